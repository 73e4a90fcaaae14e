"""What lies in the extracts folder, before anything is opened.

Belongs here: telling files from what only looks like one. Standard library only: a quiet night looks too.
Does not belong here: which file is which register (`extracts/discovery.py`), manifests
(`extracts/manifest.py`).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import EnvironmentUnfit

_FILE_NAME = re.compile(r"\.(parquet|csv|csv\.gz|gz|sas7bdat|xpt)$", re.IGNORECASE)
# A file's name is said in messages: not when it holds what may be a CPR number, or could garble a log.
_UNSAYABLE = re.compile(r"\d{6}[- ]?\d{4}|[\x00-\x1f\x7f-\x9f\u202a-\u202e]")
NO_NAME = "a name that can't be said"


@dataclass(frozen=True)
class Arrivals:
    """Regular files below a folder, in order; and what is none but stands where one could: path and rule."""

    files: tuple[Path, ...]
    odd: tuple[tuple[Path, str], ...]


def say_path(path: Path) -> str:
    """A path below the delivery folder as messages may hold it."""
    text = str(path)
    return NO_NAME if len(text) > 200 or _UNSAYABLE.search(text) else text


def list_arrivals(folder: Path) -> Arrivals:
    """Everything below `folder`; links are followed to files below it, and nowhere else.

    Raises EnvironmentUnfit for a folder that can't be read.
    """
    root = folder.resolve()
    files: list[Path] = []
    odd: list[tuple[Path, str]] = []

    def fail(error: OSError) -> None:
        raise EnvironmentUnfit(
            f"{folder.name}: a folder below it can't be read: {os.strerror(error.errno or 0)}"
        )

    for parent, folders, names in os.walk(folder, onerror=fail):
        for name in folders:
            path = Path(parent, name)
            if path.is_symlink():
                odd.append((path, "a link to a folder is not followed"))
            elif _FILE_NAME.search(name):
                odd.append((path, "a folder stands in the place of a file"))
        for name in names:
            path = Path(parent, name)
            if path.is_symlink() and not path.exists():
                odd.append((path, "a link leads nowhere"))
            elif path.is_symlink() and not path.resolve().is_relative_to(root):
                odd.append((path, "a link leads out of the delivery folder"))
            elif path.is_file():
                files.append(path)
            else:
                odd.append((path, "it is no regular file"))
    return Arrivals(tuple(sorted(files)), tuple(sorted(odd)))
