"""The file layer: every change femfaktor makes to its home, and that it is on the disk when a call returns.

Belongs here: writing whole or not at all, moving, removing. Standard library only: quiet nights write too.
Does not belong here: what is in the files, where they lie (`home.py`), temporary copies of the readers.

A file that stands alone is written beside its place, synced, moved over the old one, and its folder
synced (`write`, `writing`). A file of a folder that is still out of sight is only put there (`draft`,
`drafting`): the folder is synced as a whole and moved into place (`move`, `building`). What a run that died
left beside a file ends in `.part`; the next run removes it (`leftovers`).

Renames are atomic, and an fsync of the folder makes them last (POSIX). Without an fsync of the file before
it, a rename may outlive its content: after a power cut the file is there and empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OWNER, OWNER_FOLDER = 0o600, 0o700


class Disk:
    """The changes themselves, one call each. Tests put another one in its place that fails at the n-th."""

    def write(self, path: Path, content: bytes, flags: int) -> None:
        with open(path, "wb", opener=lambda name, _: os.open(name, os.O_WRONLY | flags, OWNER)) as stream:
            stream.write(content)

    def sync(self, path: Path) -> None:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def chmod(self, path: Path, mode: int) -> None:
        path.chmod(mode)

    def rename(self, path: Path, target: Path) -> None:
        path.replace(target)

    def link(self, path: Path, target: Path) -> None:
        os.link(path, target)

    def symlink(self, path: Path, points_at: str) -> None:
        path.symlink_to(points_at)

    def mkdir(self, path: Path, mode: int) -> None:
        path.mkdir(mode=mode)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def rmdir(self, path: Path) -> None:
        path.rmdir()


disk = Disk()


def beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def write(path: Path, content: bytes, mode: int = OWNER) -> None:
    """Write a file whole or not at all."""
    with writing(path, mode) as part:
        disk.write(part, content, os.O_CREAT | os.O_TRUNC)


@contextmanager
def writing(path: Path, mode: int = OWNER) -> Iterator[Path]:
    """Where a library is to write what then, whole, becomes `path`."""
    part = beside(path)
    remove(part)
    try:
        yield part
        _put(part, path, mode)
    except Exception:
        # Not for a process on its way out (KeyboardInterrupt, SystemExit): the next run does it.
        with suppress(OSError):
            remove(part)
        raise


def _put(part: Path, path: Path, mode: int) -> None:
    disk.chmod(part, mode)
    disk.sync(part)
    disk.rename(part, path)
    disk.sync(path.parent)


def create(path: Path, content: bytes) -> None:
    """Write a file that never takes another's place. Raises FileExistsError where there is one."""
    part = beside(path)
    disk.write(part, content, os.O_CREAT | os.O_TRUNC)
    disk.sync(part)
    disk.link(part, path)
    disk.unlink(part)
    disk.sync(path.parent)


def append_line(path: Path, line: str) -> None:
    """Add a line. A process killed inside leaves half a line: the next starts on a line of its own."""
    torn = path.exists() and _last_byte(path) not in (b"", b"\n")
    disk.write(path, ("\n" * torn + line + "\n").encode(), os.O_CREAT | os.O_APPEND)
    disk.sync(path)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(stream.seek(0, os.SEEK_END) - 1, 0))
        return stream.read(1)


def draft(path: Path, content: bytes) -> None:
    """Put a file into a folder that nobody sees yet; parents are made."""
    make_folder(path.parent)
    with drafting(path):
        disk.write(path, content, os.O_CREAT | os.O_TRUNC)


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """Where a library is to write a file of a folder that nobody sees yet."""
    yield path
    disk.chmod(path, OWNER)


@contextmanager
def building(target: Path, temp: Path) -> Iterator[Path]:
    """An empty folder below `temp` (same disk) that, whole, takes the place of the folder `target`."""
    part, old = (temp / f"{target.parent.name}-{target.name}{end}" for end in ("", "-old"))
    for each in (part, old):
        remove_tree(each)
    make_folder(part)
    yield part
    make_folder(target.parent)
    if target.exists():
        disk.rename(target, old)
    move(part, target)
    remove_tree(old)


def move(folder: Path, target: Path) -> None:
    """Move a folder to where it is seen, with all its files on the disk before."""
    sync_tree(folder)
    disk.rename(folder, target)
    disk.sync(target.parent)
    disk.sync(folder.parent)


def point(link: Path, name: str) -> None:
    """Let a symbolic link point at another name in its folder, in one step."""
    part = beside(link)
    disk.unlink(part)
    disk.symlink(part, name)
    disk.rename(part, link)
    disk.sync(link.parent)


def make_folder(path: Path, mode: int = OWNER_FOLDER) -> None:
    """The folder with its parents; `mode` (whatever the umask) where it is new."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_folder(path.parent, mode)
    disk.mkdir(path, mode)
    set_mode(path, mode)
    disk.sync(path.parent)


def set_mode(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o7777 != mode:
        disk.chmod(path, mode)


def set_modes(folder: Path, file_mode: int, folder_mode: int) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            set_mode(path, folder_mode if path.is_dir() else file_mode)


def remove(path: Path) -> None:
    """Remove a file, or what DuckDB keeps beside it (`.wal`), if there is one."""
    for each in (path, path.with_name(f"{path.name}.wal")):
        if each.is_symlink() or each.exists():
            disk.unlink(each)


def remove_tree(path: Path) -> None:
    """Remove a folder with all in it, or a file, if there is one. Only what nobody sees any more."""
    if path.is_symlink() or path.is_file():
        disk.unlink(path)
    elif path.exists():
        for each in path.iterdir():
            remove_tree(each)
        disk.rmdir(path)


def leftovers(folder: Path, *, deep: bool = False) -> list[Path]:
    """What a run that died left beside files of `folder` (`deep`: and of all folders below)."""
    return sorted((folder.rglob if deep else folder.glob)(".*.part*"))


def sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        if not path.is_symlink():
            disk.sync(path)
