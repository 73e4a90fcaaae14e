"""In CI (CI=true) a skipped test fails, unless tests/allowed_skips.toml lists it with a reason.

Belongs here: that one rule, as a pytest plugin.
Does not belong here: deciding in a test whether it can run.

A test that silently stopped running looks like one that passes. On a developer's machine a skip stays a skip.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Generator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

LIST = Path(__file__).parents[1] / "allowed_skips.toml"


@dataclass(frozen=True)
class AllowedSkip:
    """A skip CI accepts: `test` is a pattern of test ids, `says` a part of the skip's text, `reason` ours."""

    test: str
    says: str
    reason: str


def load_allowed(path: Path = LIST) -> list[AllowedSkip]:
    """The entries of `path`; an unknown key, a missing key or an empty reason raises."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(document) - {"skip"}:
        raise ValueError(f"{path.name}: only [[skip]] entries are known")
    entries = [AllowedSkip(**entry) for entry in document.get("skip", [])]
    if any(not (entry.test and entry.says and entry.reason) for entry in entries):
        raise ValueError(f"{path.name}: test, says and reason are all needed")
    return entries


def is_allowed(nodeid: str, text: str, allowed: list[AllowedSkip]) -> bool:
    return any(fnmatchcase(nodeid, entry.test) and entry.says in text for entry in allowed)


def is_strict() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _judge(report: pytest.TestReport | pytest.CollectReport, allowed: list[AllowedSkip]) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not is_allowed(report.nodeid, text, allowed):
        report.outcome = "failed"
        report.longrepr = (
            f"{text}\nSkipped in CI: make it run, or list it in tests/{LIST.name} with a reason."
        )


class SkipJudge:
    """Turns every skip that is not allowed into a failure."""

    def __init__(self, allowed: list[AllowedSkip]) -> None:
        self.allowed = allowed

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        _judge(report, self.allowed)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        _judge(report, self.allowed)
        return report


def pytest_configure(config: pytest.Config) -> None:
    if is_strict():
        config.pluginmanager.register(SkipJudge(load_allowed()), "skip-judge")
