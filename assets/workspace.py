"""What every stage gets handed: the home, the settings, the fingerprints, and a place to say what happened.

Belongs here: the one Dagster resource of the project, and the guard that keeps data out of the event log.
Does not belong here: data logic, Dagster itself.
"""

from __future__ import annotations

import errno
import functools
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from assets.fingerprints import Fingerprints
from assets.home import Home
from assets.settings import Settings, load_settings
from schemas.errors import EnvironmentUnfit, FemfaktorError

P = ParamSpec("P")
T = TypeVar("T")


class UnexpectedFailure(FemfaktorError):
    """A bug of ours. Says where, not what: the text of a third-party error may hold values."""

    exit_code = 50


def _say_nothing(line: str) -> None:
    pass


def _show_nothing(label: str) -> Callable[[int, int], None]:
    return lambda done, total: None


@dataclass(frozen=True)
class Voice:
    """How a run talks to who started it.

    `say` gets one line per thing done: counts and names, never values. `progress(label)` gives a `(done,
    total)` callback for long work.
    """

    say: Callable[[str], None] = _say_nothing
    progress: Callable[[str], Callable[[int, int], None]] = _show_nothing


SILENT = Voice()


@dataclass
class Workspace:
    """One run's view of the data home, and what happened in it."""

    home: Home
    settings: Settings
    fingerprints: Fingerprints
    voice: Voice = SILENT
    failures: list[FemfaktorError] = field(default_factory=list)
    redone: list[str] = field(default_factory=list)
    accept_drift: frozenset[str] = frozenset()
    """Registers (`akm`, `akm/2023-12-31`) that may differ from the last good night by any amount, this
    once."""
    accepted: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, home: Home, voice: Voice = SILENT) -> Workspace:
        return cls(home, load_settings(home.settings), Fingerprints(home.state), voice)

    @property
    def extracts(self) -> Path:
        """Folder of the delivered extracts; an absolute path in the settings wins over the home."""
        return self.home.root / self.settings.delivery.extracts

    def say(self, line: str) -> None:
        self.voice.say(line)

    def redo(self, node: str, reasons: list[str]) -> None:
        """Note that `node` is being made again, and why."""
        shown = ", ".join(reasons[:3]) + (f" and {len(reasons) - 3} more" if len(reasons) > 3 else "")
        self.redone.append(f"{node}: {shown}")
        self.say(f"{node}: {shown}")


def guarded(stage: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let only errors out whose text is safe, and note each of them on the workspace.

    Dagster keeps exception texts for ever, and those of Polars or DuckDB may quote rows. So anything that is
    not a `FemfaktorError` leaves as its type and the places in our own code it came through.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            workspace = next(v for v in (*args, *kwargs.values()) if isinstance(v, Workspace))
            try:
                return function(*args, **kwargs)
            except Exception as error:
                failure = as_failure(stage, error)
            workspace.failures.append(failure)
            raise failure.with_traceback(None) from None

        return run

    return decorate


def as_failure(where: str, error: Exception) -> FemfaktorError:
    """What may be said about any error: ours as it is, the machine's by its cause, the rest by its place."""
    if isinstance(error, FemfaktorError):
        return error
    if (number := _cause(error)) is not None:
        return EnvironmentUnfit(f"{where}: {os.strerror(number)}. {_UNFIT[number]}")
    return UnexpectedFailure(f"{where}: {trace(error)}. This is a bug: please report this line.")


def _cause(error: Exception) -> int | None:
    """The system's number for what is wrong with the machine, if that is what is wrong.

    Polars, DuckDB, SQLite and xlsxwriter pass it on in their text alone: that is looked at, never shown.
    """
    if getattr(error, "errno", None) in _UNFIT:
        return error.errno  # type: ignore[attr-defined]
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return errno.ENOMEM
    text = str(error).lower()
    for number in _UNFIT:
        words = (f"(os error {number})", f"[errno {number}]", os.strerror(number).lower())
        if any(each in text for each in words):
            return number
    if type(error).__module__.startswith(("sqlite3", "sqlalchemy")):
        return next((number for words, number in _SQLITE.items() if words in text), None)
    return None


_SPACE = "Free space on the disk of the data home, then run again; what was published stands."
_RIGHTS = "Compare owner and rights of the data home with docs/night-run.md, Account and folders."
_UNFIT = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: _SPACE,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.EIO: "The disk has a fault: see the system's log before running again.",
    errno.ENOMEM: "Give the run more memory, or run it when nothing else does; then run again.",
    errno.EMFILE: "Raise the number of open files (ulimit -n), then run again.",
}
_SQLITE = {
    "disk is full": errno.ENOSPC,
    "disk i/o error": errno.EIO,
    "readonly database": errno.EROFS,
    "unable to open database": errno.EACCES,
}


def trace(error: BaseException) -> str:
    """Type and last places of an error, without its text."""
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__} at {' > '.join(places[-6:])}"
