"""In CI a skip is a failure unless it is listed with a reason: tried with a small suite of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.skips import AllowedSkip, is_allowed, load_allowed

ROOT = Path(__file__).parents[2]
SUITE = """
import pytest
def test_passes(): pass
def test_skips(): pytest.skip("the moon is wrong")
@pytest.mark.skipif(True, reason="the sun is wrong")
def test_skips_by_mark(): pass
@pytest.mark.xfail(reason="known")
def test_fails_as_expected(): assert False
"""


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.support.skips",
        "-p",
        "no:cacheprovider",
        str(folder),
    ]
    env = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_on_a_developers_machine_a_skip_stays_a_skip(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.returncode == 0
    assert "1 passed, 2 skipped, 1 xfailed" in done.stdout


def test_in_ci_an_unlisted_skip_fails_and_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "true")
    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in done.stdout
    assert "the moon is wrong" in done.stdout
    assert "tests/allowed_skips.toml" in done.stdout


def test_an_entry_covers_one_reason_not_every_skip_of_a_test() -> None:
    allowed = [AllowedSkip("tests/unit/*", "FEMFAKTOR_SHARED", "lies beside the repository")]
    assert is_allowed("tests/unit/a.py::test_b", "Skipped: FEMFAKTOR_SHARED is not there", allowed)
    assert not is_allowed("tests/unit/a.py::test_b", "Skipped: too slow", allowed)
    assert not is_allowed("tests/spec/a.py::test_b", "Skipped: FEMFAKTOR_SHARED is not there", allowed)


@pytest.mark.parametrize(
    "text",
    [
        '[[skip]]\ntest = "tests/*"\nsays = "x"\nreason = ""\n',
        '[[skip]]\ntest = "tests/*"\nreason = "because"\n',
        '[[skip]]\ntest = "*"\nsays = "x"\nreason = "y"\nwhen = "z"\n',
        'skips = ["tests/a.py"]\n',
    ],
)
def test_an_entry_without_reason_or_with_an_unknown_key_raises(text: str, tmp_path: Path) -> None:
    path = tmp_path / "allowed.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((TypeError, ValueError)):
        load_allowed(path)


def test_the_list_itself_is_read() -> None:
    assert load_allowed()
