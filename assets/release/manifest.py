"""The manifest of a release: every file by its hash, and what the release was made from.

Belongs here: hashing and naming. Does not belong here: judging (`audit/`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.fingerprints import hash_file

MANIFEST_FILE = "manifest.json"


def write_manifest(folder: Path) -> Path:
    """Write `manifest.json` over all files of a rendered release; call it last.

    No time of writing: the same inputs give the same manifest, but for the bytes of the DuckDB file.
    """
    from assets.release.duckdb_file import content_hash, read_duckdb

    path = folder / MANIFEST_FILE
    path.unlink(missing_ok=True)
    database = folder / "femfaktor.duckdb"
    release = read_duckdb(database)["release"]
    manifest: dict[str, Any] = {
        "marking": release["marking"][0],
        "release": dict(release.select("key", "value").iter_rows()),
        "duckdb_content_sha256": content_hash(database),
        "files": {
            file.relative_to(folder).as_posix(): hash_file(file)
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        },
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
