"""One run at a time per data home.

Belongs here: the lock, asking for it, and clearing what a run that died under it left behind. Does not
belong here: what runs under it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from assets import files
from assets.home import Home
from schemas.errors import AlreadyRunning


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the home's lock, with temporary and half-written files of a run that died removed.

    The kernel releases the lock when the process dies, however it dies.

    Raises:
        AlreadyRunning: another process holds it.
    """
    with home.lock.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Another femfaktor run holds {home.root}. Wait for it, or see `femfaktor status`."
            ) from None
        _clear(home)
        try:
            yield
        finally:
            with suppress(OSError):
                _clear(home)


def _clear(home: Home) -> None:
    """Nothing that is removed here was ever seen: temporary copies, a release under construction, halves."""
    found = [path for folder in (home.temp, home.staging) for path in folder.iterdir()]
    for folder in (home.private, home.proposals):
        found += files.leftovers(folder, deep=True)
    for folder in (home.warehouse.parent, home.releases, home.dagster, home.root):
        found += files.leftovers(folder)
    for path in found:
        files.remove_tree(path)


def is_held(home: Home) -> bool:
    """Whether a run is under way."""
    if not home.lock.exists():
        return False
    with home.lock.open("r") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
