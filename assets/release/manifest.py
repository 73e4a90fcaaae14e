"""The manifest of a release: every file by its hash, and what the release was made from.

Belongs here: hashing and naming, and whether the files still are as named. Does not belong here: judging
(`audit/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets import files
from assets.fingerprints import hash_file
from assets.home import Home

MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "signature.json"
"""Who approved the manifest: written after it, so not in it."""


def numbered(folder: Path) -> list[Path]:
    """Releases (or proposals) in a folder, oldest first: `r0001`, `r0002`, …"""
    return sorted(path for path in folder.glob("r[0-9][0-9][0-9][0-9]") if path.is_dir())


def waiting_proposals(home: Home) -> list[Path]:
    """Proposals whose files still wait in them, oldest first."""
    return [path for path in numbered(home.proposals) if (path / "release").is_dir()]


def write_manifest(folder: Path, *, ledger: Mapping[str, Any]) -> Path:
    """Write `manifest.json` over all files of a rendered release; call it last.

    `ledger`: its length and head once this release is in it.

    No time of writing: the same inputs give the same manifest, but for the bytes of the DuckDB file.
    """
    from assets.release.duckdb_file import content_hash, read_duckdb

    path = folder / MANIFEST_FILE
    files.remove(path)
    database = folder / "femfaktor.duckdb"
    release = read_duckdb(database)["release"]
    manifest: dict[str, Any] = {
        "marking": release["marking"][0],
        "release": dict(release.select("key", "value").iter_rows()),
        "ledger": dict(ledger),
        "duckdb_content_sha256": content_hash(database),
        "files": {
            file.relative_to(folder).as_posix(): hash_file(file)
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        },
    }
    files.draft(path, (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode())
    return path


def differing_files(release: Path) -> list[str]:
    """Files of a release that are gone, not as its manifest says, or that it doesn't know."""
    try:
        named = json.loads((release / MANIFEST_FILE).read_text(encoding="utf-8"))["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return [MANIFEST_FILE]
    # Links lead elsewhere, whatever they point at: none belongs to a release.
    paths = [path for path in release.rglob("*") if path.is_symlink() or not path.is_dir()]
    there = {path.relative_to(release).as_posix() for path in paths}
    odd = {path.relative_to(release).as_posix() for path in paths if path.is_symlink() or not path.is_file()}
    wrong = [n for n, digest in named.items() if n not in there - odd or hash_file(release / n) != digest]
    return sorted({*wrong, *odd, *(there - named.keys() - {MANIFEST_FILE, SIGNATURE_FILE})})


def is_in_ledger(release: Path, private: Path) -> bool:
    """Whether seed and ledger are there and the ledger holds the entry that the release was published with: a
    look at two numbers, that a quiet night can afford. Verifying the chain is `disclosure/ledger.py`'s."""
    try:
        said = json.loads((release / MANIFEST_FILE).read_text(encoding="utf-8"))["ledger"]
        lines = (private / "ledger" / "entries.jsonl").read_text(encoding="utf-8").splitlines()
        return (private / "seed").is_file() and json.loads(lines[said["length"] - 1])["hash"] == said["head"]
    except (FileNotFoundError, IndexError, ValueError, KeyError, TypeError):
        return False
