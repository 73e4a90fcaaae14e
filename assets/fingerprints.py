"""What was made from what: decides what a night must redo, and says why.

Belongs here: content hashes and the record of the last good result per node. Standard library only, because
a quiet night must end within two seconds.
Does not belong here: which node needs which input (the stage modules).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schemas.errors import EnvironmentUnfit

PROJECT = Path(__file__).resolve().parent.parent


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


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone, on the disk when this returns: beside, synced,
    moved."""
    beside = path.with_name(f".{path.name}.part")
    with open(beside, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """What was moved into or out of the folder (or written to the file) is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        sync_folder(path)


class Fingerprints:
    """The record of the last good results, kept in one JSON file.

    A node is a name such as `registers/bef/2024-12-31`; its inputs are named hashes, its output one hash.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content: dict[str, Any] = {"files": {}, "nodes": {}, "seen": {}}
        if path.exists():
            try:
                self._content |= json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                raise EnvironmentUnfit(
                    f"{path} is damaged. Remove it: the next run counts everything again, and publishes only "
                    "what is not published already."
                ) from None

    def save(self) -> None:
        replace_file(self.path, json.dumps(self._content, sort_keys=True).encode())

    def changed(self, node: str, inputs: Mapping[str, str]) -> list[str]:
        """Why `node` must be redone: names of inputs that are new, changed or gone. Empty: it stands."""
        record = self._content["nodes"].get(node)
        if record is None:
            return ["not made before"]
        before = record["inputs"]
        return [
            *(f"{name} is new" for name in inputs if name not in before),
            *(f"{name} changed" for name in inputs if before.get(name, inputs[name]) != inputs[name]),
            *(f"{name} is gone" for name in before if name not in inputs),
        ]

    def record(
        self, node: str, inputs: Mapping[str, str], output: str = "", facts: Mapping[str, Any] | None = None
    ) -> None:
        """Note a good result. `facts`: what else is to be known of it, in counts (`assets/quality.py`)."""
        self._content["nodes"][node] = {"inputs": dict(inputs), "output": output}
        if facts:
            self._content["nodes"][node]["facts"] = dict(facts)
        self.save()

    def facts(self, node: str) -> dict[str, Any]:
        return self._content["nodes"].get(node, {}).get("facts", {})

    def output(self, node: str) -> str:
        return self._content["nodes"][node]["output"]

    def is_as_written(self, node: str, path: Path) -> bool:
        """The file is the one recorded as the node's output."""
        record = self._content["nodes"].get(node)
        return record is not None and path.exists() and self.file_hash(path) == record["output"]

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

    def surface(
        self, folder: Path, files: Iterable[Path], settings: Mapping[str, str], *, trust_mtime: bool = True
    ) -> str:
        """One hash over everything a night depends on: `files` below `folder`, and named settings."""
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
