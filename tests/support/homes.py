"""Data homes for tests: copies, changes to a delivery, snapshots of a folder.

Belongs here: what several test modules do to a home. Does not belong here: fixtures (`tests/conftest.py`).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.home import Home
from assets.settings import POLICY_TEMPLATE


def copy_home(home: Home, target: Path) -> Home:
    shutil.copytree(home.root, target, symlinks=True)
    return Home(target)


def tree(folder: Path) -> dict[str, str]:
    """Content of every file below a folder, and where links point."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def redeliver(home: Home, register: str, year: int, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Deliver one register year again with `change` made to it, still marked synthetic."""
    path = home.root / "extracts" / register / f"year={year}" / "part-0.parquet"
    change(pl.read_parquet(path)).write_parquet(path, metadata={"femfaktor_synthetic": "1"})


def begin(home: Home) -> None:
    """The policy that `femfaktor init` writes, and a seed that all tests share: equal data, equal release."""
    home.create()
    shutil.copy(POLICY_TEMPLATE, home.policy)
    seed = home.private / "seed"
    seed.write_bytes(b"no secret".ljust(32))
    seed.chmod(0o600)


def unmark(home: Home) -> None:
    """Make the delivery look real: no file says it is synthetic."""
    for path in (home.root / "extracts").rglob("*.parquet"):
        pl.read_parquet(path).write_parquet(path)
    for path in (home.root / "extracts").rglob("*.syntetisk"):
        path.unlink()
