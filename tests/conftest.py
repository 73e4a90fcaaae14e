"""Fixtures that many tests share: one whole run on synthetic registers, asserted in many ways.

Nobody changes the run's home: who needs to, takes a copy (`night_copy`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.homes import begin, copy_home

PERSONS = 30_000
SEED = 7
SET_BY_A_RUN = ("TMPDIR", "POLARS_TEMP_DIR", "POLARS_OOC_SPILL_DIR", "DAGSTER_HOME", "FEMFAKTOR_HOME")


@dataclass(frozen=True)
class Night:
    """A finished run: its home, its outcome, and every line it said."""

    home: object
    outcome: object
    said: tuple[str, ...]


@pytest.fixture(autouse=True)
def _environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch):
    """A run points temporary files into its home and narrows the umask: not for the next test."""
    for variable in SET_BY_A_RUN:
        monkeypatch.setenv(variable, os.environ.get(variable, ""))
        monkeypatch.delenv(variable)
    mask = os.umask(0o022)
    os.umask(mask)
    yield
    os.umask(mask)
    import tempfile

    tempfile.tempdir = None


@pytest.fixture(scope="session")
def synthetic_home(tmp_path_factory: pytest.TempPathFactory):
    """A home with a synthetic delivery and its planted truth, before any run."""
    from assets.home import Home
    from synthetic_data import generate

    home = Home(tmp_path_factory.mktemp("synthetic") / "home")
    generate(home.root / "extracts", home.root / "truth", persons=PERSONS, seed=SEED)
    begin(home)
    return home


@pytest.fixture(scope="session")
def night(synthetic_home, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The whole job, once, on a copy of the synthetic delivery."""
    from assets.workspace import Voice
    from pipelines.night import run_night

    home = copy_home(synthetic_home, tmp_path_factory.mktemp("night") / "home")
    said: list[str] = []
    before = {name: os.environ.pop(name, None) for name in SET_BY_A_RUN}
    outcome = run_night(home, Voice(said.append))
    # The tests' own fixture runs after this one and would take these for what was there before.
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    assert outcome.exit_code == 0, outcome.messages
    return Night(home, outcome, tuple(said))


@pytest.fixture
def night_copy(night: Night, tmp_path: Path):
    """The home of the finished run, to be changed at will."""
    return copy_home(night.home, tmp_path / "home")
