"""docs/faults.md says what the cases say."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults import test_bad_machine, test_dying_machine
from tests.faults.cases import GROUPS
from tests.faults.fault import render_page
from tests.faults.machine import TROUBLES

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_table_of_the_machine_names_the_tests_that_there_are() -> None:
    there = {
        name.removeprefix("test_")
        for module in (test_bad_machine, test_dying_machine)
        for name in vars(module)
        if name.startswith("test_")
    }
    named = [name for trouble in TROUBLES for name in trouble.shown_by]
    assert sorted(named) == sorted(there)


def test_the_page_of_faults_is_rendered_from_the_cases() -> None:
    page = render_page(GROUPS)
    if os.environ.get("FEMFAKTOR_UPDATE_SNAPSHOT"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "FEMFAKTOR_UPDATE_SNAPSHOT=1 renders it"
