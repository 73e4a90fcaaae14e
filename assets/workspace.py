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
            except FemfaktorError as error:
                failure = error
            except OSError as error:
                failure = _from_os(stage, error)
            except Exception as error:
                failure = UnexpectedFailure(
                    f"{stage}: {trace(error)}. This is a bug: please report this line."
                )
            workspace.failures.append(failure)
            raise failure.with_traceback(None) from None

        return run

    return decorate


_UNFIT = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def _from_os(stage: str, error: OSError) -> FemfaktorError:
    if error.errno in _UNFIT:
        return EnvironmentUnfit(
            f"{stage}: {os.strerror(error.errno)}. Check disk space and rights of the data home."
        )
    return UnexpectedFailure(f"{stage}: {trace(error)}. This is a bug: please report this line.")


def trace(error: BaseException) -> str:
    """Type and last places of an error, without its text."""
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__} at {' > '.join(places[-6:])}"
