"""Did a test find the mistake? A pytest plugin that tells a test's objection from an accident.

Belongs here: that one judgement, inside the run on a mutant. Does not belong here: starting the run
(`__main__.py`).

An objection is a failed assertion, or the project's own refusal. A TypeError, a missing column or a module
that can't be imported proves only that the mutant doesn't run: the run goes on, and such a failure catches
nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

VERDICT_FILE = "FEMFAKTOR_VERDICT"
PROJECT_MODULES = ("assets", "pipelines", "reports", "schemas", "synthetic_data", "tests")


class Verdict:
    """Notes what happens, and ends the run at the first objection."""

    def __init__(self, target: Path, folder: Path) -> None:
        self.target, self.folder = target, folder
        self.caught_by = ""
        self.passed: list[str] = []
        self.accidents: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and call.excinfo is not None:
            if is_objection(call.excinfo.value):
                self.caught_by = self.caught_by or item.nodeid
                item.session.shouldstop = "the mistake is found"
            else:
                self.accidents.append(f"{item.nodeid}: {call.excinfo.typename}")
        elif report.passed and report.when == "call":
            self.passed.append(item.nodeid)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.accidents.append(f"{report.nodeid}: can't be collected")

    def pytest_sessionfinish(self) -> None:
        verdict = {
            "caught_by": self.caught_by,
            "passed": self.passed,
            "accidents": self.accidents,
            "elsewhere": modules_from_elsewhere(self.folder),
        }
        self.target.write_text(json.dumps(verdict), encoding="utf-8")


def is_objection(error: BaseException) -> bool:
    """An assertion, `pytest.fail` or `pytest.raises` among them, or a refusal; in a group, all of them."""
    from assets.aggregation import CountsBroken
    from schemas.errors import DisclosureRefused, InputRefused

    if isinstance(error, BaseExceptionGroup):
        return all(is_objection(single) for single in error.exceptions)
    return isinstance(
        error, AssertionError | pytest.fail.Exception | InputRefused | DisclosureRefused | CountsBroken
    )


def modules_from_elsewhere(folder: Path) -> list[str]:
    """Modules of the project that were not loaded from below `folder`: then it is not the mutant that ran."""
    return sorted(
        name
        for name, module in sys.modules.items()
        if name.partition(".")[0] in PROJECT_MODULES
        and (file := getattr(module, "__file__", None))
        and not Path(file).resolve().is_relative_to(folder)
    )


def pytest_configure(config: pytest.Config) -> None:
    if target := os.environ.get(VERDICT_FILE):
        config.pluginmanager.register(Verdict(Path(target), config.rootpath.resolve()), "verdict")
