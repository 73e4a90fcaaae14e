"""One run at a time per data home.

Belongs here: the lock, and asking for it. Does not belong here: what runs under it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from assets.home import Home
from schemas.errors import AlreadyRunning


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the home's lock. The kernel releases it when the process dies, however it dies.

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
        yield


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
