"""One fault of each group through the whole night: the real command, Dagster, its event log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assets.home import Home
from tests.faults.cases import GROUPS
from tests.faults.fault import Fault
from tests.faults.play import delivered, restore
from tests.support.homes import copy_home, tree

ROOT = Path(__file__).parents[2]
FAULTS = [
    next(fault for fault in group.faults if fault.says and "parquet" in fault.forms) for group in GROUPS
]


def nightly(home: Home) -> subprocess.CompletedProcess[str]:
    program = "from pipelines.cli import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", program, "--home", str(home.root), "nightly"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_night_with_a_fault_refuses_keeps_the_release_and_the_next_is_as_ever(
    fault: Fault, first_night: Home, tmp_path: Path
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    before = tree(home.releases)
    extracts = delivered(home, "parquet")
    good = {path: path.read_bytes() for path in sorted(extracts.folder.rglob("*")) if path.is_file()}
    fault.plant(extracts)
    done = nightly(home)
    assert done.returncode == fault.exit, done.stderr
    for said in fault.says:
        where = ".".join(part for part in (said.register, said.column) if part)
        assert any(
            line.startswith(where) and said.rule in line and f"{said.count:,}" in line
            for line in done.stderr.splitlines()
        ), (said, done.stderr)
    assert tree(home.releases) == before
    kept = [path.read_bytes() for path in home.dagster.rglob("*") if path.is_file()]
    for secret in fault.echoes:
        assert secret not in done.stdout + done.stderr
        # Dagster writes JSON, in which ESC and letters like ø are written out; a lone byte proves nothing.
        spellings = [spelling for spelling in (secret, json.dumps(secret)[1:-1]) if len(spelling) > 1]
        for spelling in spellings:
            assert all(spelling.encode() not in content for content in kept), "Dagster keeps it for ever"
    restore(extracts.folder, good)
    again = nightly(home)
    assert again.returncode == 0, again.stderr
    assert tree(home.releases) == before
