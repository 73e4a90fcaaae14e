"""`make` alone lists what there is, and CI calls what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_make_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"(?m)^\.PHONY:(.*)$", text)
    assert phony
    # Alone, also when `make test` is what runs this.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", "help"], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    listed = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert set(listed) == set(phony[1].split())
    assert all(len(line.split()) > 1 for line in listed.values())


def test_help_is_what_a_bare_make_shows() -> None:
    assert ".DEFAULT_GOAL := help" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_ci_runs_the_tests_and_every_check() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "set -euo pipefail" in script
    assert "export CI=true" in script
    for call in (
        "make test",
        "make --no-print-directory lint",
        "types",
        "docs",
        "faults",
        "-m slow",
        "browser",
    ):
        assert call in script
