"""The private record of runs: one line per run, one per thing said, and what is known of a run that died.

Belongs here: writing and reading `private/runs.jsonl`, `private/running.json` and the rotated log below
`private/log/`. Standard library only: a quiet night writes here too.
Does not belong here: what a run does (`night.py`), showing it (`status.py`, `cli.py`).

All of it is counts, names of files and rules; the log adds the time of each line.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from assets import clock, files
from assets.home import Home
from assets.workspace import Voice

LOG_BYTES, LOG_FILES = 5_000_000, 5
"""Size at which the log, and the history of runs, is turned, and how many turned ones are kept."""

KILLED = "killed"


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "pid": record.process,
            "text": record.getMessage(),
        }
        return json.dumps(line, ensure_ascii=False)


class _Log(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A log that can't be written stops no run; logging's own way would print the record."""


class Journal:
    """The record of one run, from `begin` to `end`. Only the holder of the home's lock writes it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        files.make_folder(home.log.parent)
        self._handler = _Log(
            home.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(_JsonLine())
        # Not in logging's tree: another library's handlers must not see the lines, nor we theirs.
        self._log = logging.Logger("femfaktor", logging.INFO)
        self._log.addHandler(self._handler)

    def begin(self, jobs: tuple[str, ...]) -> None:
        """Note that a run has started; of one that never ended, that it was killed."""
        if lost := read_running(self._home):
            self._append(_empty() | {"state": KILLED, "started": lost["started"]})
            self._log.warning("the run that started %s was killed", lost["started"])
        started = {"started": clock.stamp(), "jobs": list(jobs), "pid": os.getpid()}
        files.write(self._home.running, json.dumps(started).encode())
        self._log.info("started: %s", ", ".join(jobs))

    def heard(self, voice: Voice) -> Voice:
        """`voice`, with every line written down as well."""

        def say(line: str) -> None:
            self._log.info("%s", line)
            voice.say(line)

        return replace(voice, say=say)

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Note how the run ended."""
        for message in outcome["messages"]:
            self._log.error("%s", message)
        self._log.info("ended: %s in %s s", outcome["state"], outcome["seconds"])
        self._handler.close()
        self._append({"ended": clock.stamp(), **outcome})
        files.remove(self._home.running)

    def _append(self, line: Mapping[str, Any]) -> None:
        runs = self._home.runs
        if runs.exists() and runs.stat().st_size > LOG_BYTES:
            for number in range(LOG_FILES - 1, -1, -1):
                if (path := _turned(runs, number)).exists():
                    files.move(path, _turned(runs, number + 1))
        files.append_line(self._home.runs, json.dumps(line, ensure_ascii=False))


def _turned(runs: Path, number: int) -> Path:
    """`runs.jsonl`, `runs.jsonl.1` … `runs.jsonl.5`, the oldest."""
    return runs.with_name(f"{runs.name}.{number}") if number else runs


def read_runs(home: Home, count: int) -> list[dict[str, Any]]:
    """The last `count` runs, oldest first; what an earlier version did not note is empty."""
    lines: list[str] = []
    for number in range(LOG_FILES + 1):
        if len(lines) < count and (path := _turned(home.runs, number)).exists():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines() + lines
    runs = [_empty() | run for line in lines if (run := _parsed(line))]
    return runs[-count:]


def read_running(home: Home) -> dict[str, Any] | None:
    """What is known of a run that has not ended: under way, or killed."""
    known = _parsed(home.running.read_text(encoding="utf-8")) if home.running.exists() else None
    return {"started": None, "jobs": [], "pid": None} | known if known is not None else None


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _empty() -> dict[str, Any]:
    return {
        **{"started": None, "ended": None, "state": "unknown", "exit_code": None, "seconds": None},
        **{"redone": [], "messages": [], "release": None},
    }
