"""The same seed gives the same bytes whatever the number of cores, and years do not pile up in memory.

Belongs here: what depends on the machine. Does not belong here: what is in the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GENERATE = """
import sys
from pathlib import Path
from synthetic_data import ALL, generate
home, form = Path(sys.argv[1]), sys.argv[2]
generate(
    home / "extracts", home / "truth", persons=4_000, seed=7, reference_years=(2023, 2024), format=form,
    registers=ALL,
)
"""


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_one_core_and_two_write_the_same_bytes(tmp_path: Path, form: str) -> None:
    found = []
    for cores in ("1", "2"):
        home = tmp_path / cores
        environment = os.environ | {
            "POLARS_MAX_THREADS": cores, "OMP_NUM_THREADS": cores, "OPENBLAS_NUM_THREADS": cores,
        }  # fmt: skip
        command = [sys.executable, "-c", GENERATE, str(home), form]
        subprocess.run(command, env=environment, check=True, cwd=Path(__file__).parents[3])
        found.append(digest(home))
    assert len(found[0]) > 40
    assert json.dumps(found[0]) == json.dumps(found[1])
