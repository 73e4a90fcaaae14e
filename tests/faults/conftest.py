"""Homes that several modules of bad nights start from. Nobody changes them: who needs to, takes a copy."""

from __future__ import annotations

import pytest

from assets.home import Home
from pipelines.night import run_night
from tests.faults.nights import without_dagster
from tests.faults.play import make_home


@pytest.fixture
def no_dagster(monkeypatch: pytest.MonkeyPatch) -> None:
    without_dagster(monkeypatch)


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """r0001 is published."""
    home = make_home(tmp_path_factory.mktemp("first") / "home", "parquet")
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_dagster(monkeypatch)
        outcome = run_night(home)
    assert (outcome.exit_code, outcome.release) == (0, "r0001"), outcome.messages
    return home
