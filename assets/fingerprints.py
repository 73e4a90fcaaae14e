"""What was made from what: decides what a night must redo, and says why.

Belongs here: content hashes and the record of the last good result per node. Standard library only, because
a quiet night must end within two seconds.
Does not belong here: which node needs which input (the stage modules).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assets import files
from schemas.errors import EnvironmentUnfit

PROJECT = Path(__file__).resolve().parent.parent
VERSION = 1
"""Of the form of the record. Another one is not guessed at."""


def hash_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_code(*folders: str) -> str:
    """Hash of the project's own source below `folders` (relative to the project): new code redoes old
    results."""
    digest = hashlib.sha256()
    for folder in folders:
        root = PROJECT / folder
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file())
        for file in files:
            if file.suffix != ".pyc":
                digest.update(f"{file.relative_to(PROJECT)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


class Fingerprints:
    """The record of the last good results, kept in one JSON file.

    A node is a name such as `registers/bef/2024-12-31`; its inputs are named hashes, its output one hash.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content: dict[str, Any] = {"version": VERSION, "files": {}, "nodes": {}, "seen": {}}
        if path.exists():
            self._content |= _read_state(path)

    def save(self) -> None:
        files.write(self.path, json.dumps(self._content, sort_keys=True).encode())

    def changed(self, node: str, inputs: Mapping[str, str], *written: Path) -> list[str]:
        """Why `node` must be redone: names of inputs that are new, changed or gone. Empty: it stands.

        `written`: the files it made. They are looked at as well: a run that died between writing them and
        noting it leaves files of other inputs than are on record.
        """
        record = self._content["nodes"].get(node)
        if record is None:
            return ["not made before"]
        if not all(path.exists() for path in written):
            return ["the file is gone"]
        before = record["inputs"]
        reasons = [
            *(f"{name} is new" for name in inputs if name not in before),
            *(f"{name} changed" for name in inputs if before.get(name, inputs[name]) != inputs[name]),
            *(f"{name} is gone" for name in before if name not in inputs),
        ]
        if not reasons and written and not self.is_as_written(node, *written):
            reasons = ["the file is not as it was written"]
        return reasons

    def record(
        self,
        node: str,
        inputs: Mapping[str, str],
        *written: Path,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Note a good result. `facts`: what else is to be known of it, in counts (`assets/quality.py`)."""
        self._content["nodes"][node] = {"inputs": dict(inputs), "output": self._hash_all(written)}
        if facts:
            self._content["nodes"][node]["facts"] = dict(facts)
        self.save()

    def facts(self, node: str) -> dict[str, Any]:
        return self._content["nodes"].get(node, {}).get("facts", {})

    def output(self, node: str) -> str:
        return self._content["nodes"][node]["output"]

    def is_as_written(self, node: str, *written: Path) -> bool:
        """The files are those recorded as the node's output."""
        record = self._content["nodes"].get(node)
        return (
            record is not None
            and all(path.exists() for path in written)
            and self._hash_all(written) == record["output"]
        )

    def _hash_all(self, written: Iterable[Path]) -> str:
        return "".join(self.file_hash(path) for path in written)

    def nodes(self, prefix: str) -> list[str]:
        return sorted(node for node in self._content["nodes"] if node.startswith(prefix))

    def forget(self, node: str) -> None:
        self._content["nodes"].pop(node, None)
        self.save()

    def file_hash(self, path: Path, *, trust_mtime: bool = True) -> str:
        """Content hash of a delivered file, remembered by size and modification time."""
        stat = path.stat()
        known = self._content["files"].get(str(path))
        if trust_mtime and known and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            return known[2]
        digest = hash_file(path)
        self._content["files"][str(path)] = [stat.st_size, stat.st_mtime_ns, digest]
        return digest

    def _forget_files_gone(self) -> None:
        self._content["files"] = {
            path: known for path, known in self._content["files"].items() if Path(path).exists()
        }

    def is_as_hashed(self, path: Path) -> bool:
        """The file has the size and time it had when its hash was taken: not one that is still growing."""
        stat, known = path.stat(), self._content["files"].get(str(path))
        return known is not None and known[:2] == [stat.st_size, stat.st_mtime_ns]

    def surface(
        self, folder: Path, files: Iterable[Path], settings: Mapping[str, str], *, trust_mtime: bool = True
    ) -> str:
        """One hash over everything a night depends on: `files` below `folder`, and named settings."""
        self._forget_files_gone()
        lines = [
            f"{path.relative_to(folder)}\0{self.file_hash(path, trust_mtime=trust_mtime)}"
            for path in sorted(files)
        ]
        lines += [f"{name}\0{value}" for name, value in sorted(settings.items())]
        return hash_bytes("\n".join(lines).encode())

    @property
    def seen(self) -> dict[str, Any]:
        """Facts about the last good night: its surface, when it ended, when contents were last verified in
        full."""
        return self._content["seen"]


def _read_state(path: Path) -> dict[str, Any]:
    """Raises EnvironmentUnfit if it is none, or of another version."""
    way_out = (
        "Remove it: the next run counts everything again, and publishes only what is not published already."
    )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content.get("version", 1)
        is_whole = all(
            isinstance(content.get(part, {}), dict) for part in ("files", "nodes", "seen")
        ) and all(
            isinstance(record["inputs"], dict) and isinstance(record["output"], str)
            for record in content.get("nodes", {}).values()
        )
    except (ValueError, AttributeError, TypeError, KeyError):
        version, is_whole = VERSION, False
    if version != VERSION:
        raise EnvironmentUnfit(f"{path} was written by another version of femfaktor. {way_out}")
    if not is_whole:
        raise EnvironmentUnfit(f"{path} is damaged. {way_out}")
    return content
