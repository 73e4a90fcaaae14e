"""What the sender says of a delivery: which bytes it has, and that it is finished.

Belongs here: `SHA256SUMS` and `.done` markers. Does not belong here: which file is which register
(`discovery.py`).

Either counts when it is there; `[delivery] manifest = "required"` wants one for every file that is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from assets.arrival import list_arrivals, say_path
from schemas.errors import Problem

_LINE = re.compile(r"(?P<hash>[0-9a-fA-F]{64})[ \t]+\*?(?P<path>.+)")
_FOLDER_MARKERS = (".done", "_success")
_AGAIN = "Wait for the delivery to end, or have it delivered again."


def is_manifest(name: str) -> bool:
    name = name.lower()
    return name in ("sha256sums", "sha256sums.txt", *_FOLDER_MARKERS) or name.endswith(".done")


def check_manifests(
    folder: Path,
    files: Iterable[tuple[str, Path]],
    hash_of: Callable[[Path], str],
    *,
    is_required: bool,
) -> list[Problem]:
    """What is not as the sender says. `files`: register and path of all that is read; `hash_of`: SHA-256."""
    arrived = list_arrivals(folder).files
    registers = {path: register for register, path in files}
    problems: list[Problem] = []

    def refuse(path: Path, rule: str, action: str = _AGAIN) -> None:
        name = say_path(path.relative_to(folder))
        problems.append(Problem(registers.get(path, ""), "", rule, 1, action, file=name))

    vouched: set[Path] = set()
    for sums in (path for path in arrived if path.name.lower().startswith("sha256sums")):
        listed = _read_sums(sums)
        if listed is None:
            refuse(sums, "the list of checksums can't be read", "It has a line per file: checksum, name.")
            continue
        for path, wanted in listed.items():
            if not path.is_file():
                refuse(
                    path if path.is_relative_to(folder) else sums, "a file of SHA256SUMS was not delivered"
                )
            elif path in registers and hash_of(path) != wanted:
                refuse(path, "the bytes are not those of SHA256SUMS")
            vouched.add(path)
        for path in registers:
            if path.is_relative_to(sums.parent) and path not in listed:
                refuse(path, "the file is not in SHA256SUMS")
                vouched.add(path)
    done = {path for path in arrived if is_manifest(path.name) and not path.name.lower().startswith("sha256")}
    marked_folders = {path.parent for path in done if path.name.lower() in _FOLDER_MARKERS}
    marked = {
        path.with_name(path.name[: -len(".done")])
        for path in done
        if path.name.lower() not in _FOLDER_MARKERS
    }
    for path in registers:
        if path in marked or any(path.is_relative_to(parent) for parent in marked_folders):
            vouched.add(path)
        elif any(other.parent == path.parent for other in marked):
            refuse(path, "other files of the folder have a .done marker, this one has none")
            vouched.add(path)
        if is_required and path not in vouched:
            refuse(
                path,
                "neither SHA256SUMS nor a .done marker vouches for the file",
                "Have the sender add one; [delivery] manifest in femfaktor.toml asks for it.",
            )
    return problems


def _read_sums(path: Path) -> dict[Path, str] | None:
    """Path -> checksum; None when a line is something else."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None
    listed: dict[Path, str] = {}
    for line in filter(str.strip, lines):
        if not (found := _LINE.fullmatch(line.strip())):
            return None
        name = found["path"].replace("\\", "/").removeprefix("./")
        listed[path.parent / name] = found["hash"].lower()
    return listed
