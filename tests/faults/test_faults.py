"""Every fault of `cases/`, through the functions that the night's assets call.

`make test` plays each once, so that over all of them each form meets a first and a later night; the marker
`faults` plays each in all its forms on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.dry_run import inspect_delivery
from assets.home import Home
from assets.settings import load_settings
from synthetic_data.deliveries import Format
from tests.faults.cases import GROUPS
from tests.faults.delivery import FORMS
from tests.faults.fault import Fault
from tests.faults.play import delivered, ingest, make_home, play
from tests.support.homes import copy_home, tree

FAULTS = [fault for group in GROUPS for fault in group.faults]


def _nights(fault: Fault) -> tuple[bool, ...]:
    return (True,) if fault.needs_last_night else (False, True)


def _cases() -> Iterator[object]:
    """All pairs of form and night; one of each fault's, in turn, without the marker."""
    for number, fault in enumerate(FAULTS):
        pairs = [(form, later) for form in fault.forms for later in _nights(fault)]
        for place, (form, later) in enumerate(pairs):
            once = place == number % len(pairs)
            name = f"{fault.name}, {form}, {'later' if later else 'first'} night"
            yield pytest.param(fault, form, later, id=name, marks=() if once else pytest.mark.faults)


@pytest.fixture(scope="session")
def good_homes(tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Home]:
    """By form: a home that has ingested the good delivery."""
    homes = {}
    for form in FORMS:
        homes[form] = home = make_home(tmp_path_factory.mktemp("good") / "home", form)
        assert (ingest(home).exit_code, ingest(home).quarantined) == (0, ())
    return homes


@pytest.mark.parametrize(("fault", "form", "later"), list(_cases()))
def test_a_fault_is_refused_clearly_or_counted_and_the_next_good_night_is_as_ever(
    fault: Fault, form: Format, later: bool, good_homes: dict[Format, Home], tmp_path: Path
) -> None:
    play(fault, good_homes[form], form, tmp_path, is_later=later)


def _beside_the_night() -> Iterator[object]:
    """One form of each; without the marker, the first of each group."""
    first = {group.faults[0].name for group in GROUPS} | {"a register of another pseudonymisation key"}
    for fault in FAULTS:
        yield pytest.param(fault, id=fault.name, marks=() if fault.name in first else pytest.mark.faults)


@pytest.mark.parametrize("fault", list(_beside_the_night()))
def test_the_check_of_a_delivery_says_all_that_the_night_would_and_keeps_nothing(
    fault: Fault, good_homes: dict[Format, Home], tmp_path: Path
) -> None:
    form = fault.forms[0]
    home = copy_home(good_homes[form], tmp_path / "home")
    fault.plant(delivered(home, form))
    before = tree(home.private)
    check = inspect_delivery(home.root / "extracts", home, load_settings(home.settings))
    assert tree(home.private) == before
    said = {*check.problems, *(problem for source in check.sources for problem in source.problems)}
    assert check.is_usable == (fault.exit == 0), said
    lacking = {name.split(":")[0] for name in check.missing}
    refused = [each for each in ingest(home).problems if each.register not in lacking]
    assert {replace(problem, row_numbers=None) for problem in refused} <= said


def test_every_fault_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
