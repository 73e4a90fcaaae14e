"""The wrong pipelines of tests/mutants still say what to change; what `make mutants` calls caught is caught.

That each of them turns the suite red is shown by `make mutants` itself.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import pytest

from assets.aggregation import CountsBroken
from schemas.errors import AlreadyRunning, InputRefused
from tests.mutants.__main__ import main, run_tests
from tests.mutants.catalogue import ROOT, Mutant, MutantStale, copy_project, load_mutants
from tests.mutants.verdict import is_objection

MUTANTS = load_mutants()
PARSERS = {".py": ast.parse, ".sql": duckdb.extract_statements, ".toml": tomllib.loads}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_applies_to_todays_code_and_still_parses(mutant: Mutant) -> None:
    mutated = mutant.mutated()
    assert mutated != (ROOT / mutant.file).read_text(encoding="utf-8")
    PARSERS[Path(mutant.file).suffix](mutated)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_told_in_a_sentence_and_names_tests_that_exist(mutant: Mutant) -> None:
    assert mutant.wrong.endswith(".") and len(mutant.wrong.split()) > 5
    assert mutant.tests and not mutant.missing_tests()


def test_there_are_wrong_pipelines_in_every_part() -> None:
    assert len(MUTANTS) >= 60
    assert {Path(mutant.file).parts[0] for mutant in MUTANTS} >= {"assets", "schemas", "sql"}


@pytest.mark.parametrize("text", ["nothing of it", "twice twice"])
def test_old_text_that_does_not_stand_exactly_once_is_stale(tmp_path: Path, text: str) -> None:
    (tmp_path / "file.py").write_text(text, encoding="utf-8")
    with pytest.raises(MutantStale, match="not once"):
        Mutant("name", "A sentence.", "file.py", "twice", "thrice", ()).mutated(tmp_path)


def test_the_working_tree_is_never_edited(tmp_path: Path) -> None:
    mutant = MUTANTS[0]
    before = (ROOT / mutant.file).read_bytes()
    copy_project(tmp_path / "project", mutant)
    assert (tmp_path / "project" / mutant.file).read_text(encoding="utf-8") == mutant.mutated()
    assert (ROOT / mutant.file).read_bytes() == before


ACCIDENTS = """
import pytest
from schemas.errors import EnvironmentUnfit
def test_that_passes(): pass
def test_that_is_skipped(): pytest.skip("not here")
def test_of_another_type(): raise TypeError("an accident")
def test_on_a_full_disk(): raise EnvironmentUnfit("the disk is full")
"""
OBJECTION = """
@pytest.fixture
def night(): assert 1 == 2
def test_it(night): pass
def test_after_it(): pass
"""


def test_an_accident_is_no_objection_and_the_run_goes_on(project_copy: Path) -> None:
    plant(project_copy, ACCIDENTS)
    found = run_tests(project_copy, ["test_planted.py"])
    assert (found["caught_by"], found["passed"]) == ("", ["test_planted.py::test_that_passes"])
    assert found["accidents"] == [
        "test_planted.py::test_of_another_type: TypeError",
        "test_planted.py::test_on_a_full_disk: EnvironmentUnfit",
    ]


def test_a_run_ends_at_the_first_objection_also_of_a_fixture(project_copy: Path) -> None:
    plant(project_copy, ACCIDENTS + OBJECTION)
    found = run_tests(project_copy, ["test_planted.py"])
    assert found["caught_by"] == "test_planted.py::test_it"
    assert found["passed"] == ["test_planted.py::test_that_passes"]


def test_a_module_that_cannot_be_imported_catches_nothing(project_copy: Path) -> None:
    plant(project_copy, "import a_module_that_is_not_there\ndef test_it(): assert 1 == 2")
    found = run_tests(project_copy, ["test_planted.py"])
    assert (found["caught_by"], found["accidents"]) == ("", ["test_planted.py: can't be collected"])


@pytest.mark.parametrize(
    ("error", "objects"),
    [
        (AssertionError(), True),
        (pytest.fail.Exception("did not raise"), True),
        (InputRefused([]), True),
        (CountsBroken("a check"), True),
        (ExceptionGroup("two", [AssertionError(), InputRefused([])]), True),
        (ExceptionGroup("two", [AssertionError(), KeyError()]), False),
        (AlreadyRunning("another night"), False),
        (KeyError("column"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_objection_is_an_assertion_or_a_refusal(error: Exception, objects: bool) -> None:
    assert is_objection(error) is objects


def plant(project_copy: Path, tests: str) -> None:
    (project_copy / "project" / "test_planted.py").write_text(tests, encoding="utf-8")


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutants")
    copy_project(folder / "project")
    return folder


def test_a_survivor_is_listed_with_what_is_wrong_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test = "tests/unit/statistics/test_intervals.py::test_it_stays_within_zero_and_one"
    old = '"""Statistics on protected numbers'
    harmless = Mutant(
        "harmless", "Nothing is wrong.", "assets/statistics/__init__.py", old, old + "!", (test,)
    )
    monkeypatch.setattr("tests.mutants.__main__.load_mutants", lambda: [harmless])
    monkeypatch.setattr("tests.mutants.__main__.SUITE", (test,))
    assert main([]) == 1
    told = capsys.readouterr().out
    assert "0 of 1 wrong pipelines found out" in told
    assert "SURVIVED: harmless (Nothing is wrong.)" in told


def test_an_unknown_name_is_an_error_and_not_an_empty_table() -> None:
    command = [sys.executable, "-m", "tests.mutants", "no-such-mutant"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "no such mutant" in done.stderr) == (2, True)
