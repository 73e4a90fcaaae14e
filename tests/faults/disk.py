"""A disk that fails at its n-th change, in place of the one of `assets/files.py`.

Belongs here: failing. Does not belong here: what must hold afterwards (the tests).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assets import files
from assets.files import Disk

FULL, KILLED = "disk full", "killed"
NEEDS_SPACE = {"write", "link", "symlink", "mkdir"}


class Killed(BaseException):
    """The process is gone: no `except Exception` sees it."""


class FaultyDisk(Disk):
    """Does `at` changes; the next one is done by half and fails.

    `killed`: so does every later one, so that no `finally` can tidy up. `disk full`: what needs space fails
    from then on; what gives space works. `changes` are the names of all changes asked for; `unsynced` the
    files and folders that were moved into place before their content was on the disk.
    """

    def __init__(self, at: int | None = None, how: str = KILLED) -> None:
        self.at, self.how = at, how
        self.changes: list[str] = []
        self.unsynced: list[str] = []
        self._synced: set[Path] = set()

    @property
    def failed(self) -> bool:
        return self.at is not None and len(self.changes) > self.at

    def _change(self, kind: str, path: Path, half: Callable[[], None] | None = None) -> None:
        was_failed = self.failed
        self.changes.append(f"{kind} {path.name}")
        if not self.failed:
            return
        if self.how == FULL:
            if was_failed and kind not in NEEDS_SPACE:
                return
            if half is not None:
                half()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if half is not None and not was_failed:
            half()
        raise Killed

    def write(self, path: Path, content: bytes, flags: int) -> None:
        self._change("write", path, lambda: Disk.write(self, path, content[: len(content) // 2], flags))
        self._synced.discard(path)
        super().write(path, content, flags)

    def chmod(self, path: Path, mode: int) -> None:
        # It ends what a library wrote: half of it, if it comes to nothing.
        is_part = path.is_file() and path.name.endswith(".part")
        self._change(
            "chmod", path, (lambda: os.truncate(path, path.stat().st_size // 2)) if is_part else None
        )
        super().chmod(path, mode)

    def sync(self, path: Path) -> None:
        self._change("sync", path)
        self._synced.add(path)
        super().sync(path)

    def rename(self, path: Path, target: Path) -> None:
        self._change("rename", path)
        if not path.is_symlink() and not path.name.endswith("-old") and not target.name.endswith("-old"):
            below = [each for each in path.rglob("*") if not each.is_symlink()] if path.is_dir() else []
            self.unsynced += [str(each) for each in (path, *below) if each not in self._synced]
        super().rename(path, target)

    def link(self, path: Path, target: Path) -> None:
        self._change("link", path)
        if path not in self._synced:
            self.unsynced.append(str(path))
        super().link(path, target)

    def symlink(self, path: Path, points_at: str) -> None:
        self._change("symlink", path)
        super().symlink(path, points_at)

    def mkdir(self, path: Path, mode: int) -> None:
        self._change("mkdir", path)
        super().mkdir(path, mode)

    def unlink(self, path: Path) -> None:
        self._change("unlink", path)
        super().unlink(path)

    def rmdir(self, path: Path) -> None:
        self._change("rmdir", path)
        super().rmdir(path)


@contextmanager
def faulty(at: int | None = None, how: str = KILLED) -> Iterator[FaultyDisk]:
    """The faulty disk, until the end of the block."""
    before, files.disk = files.disk, (disk := FaultyDisk(at, how))
    try:
        yield disk
    finally:
        files.disk = before
