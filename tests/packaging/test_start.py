"""A quiet night ends within two seconds only because the command line starts without the heavy packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("dagster", "duckdb", "matplotlib", "narwhals", "pandera", "polars", "pyarrow", "pyreadstat", "typst")


def heavy_after(code: str) -> list[str]:
    """The heavy packages loaded once a fresh interpreter has run `code`."""
    code = f"import sys\n{code}\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_command_line_starts_without_the_heavy_packages() -> None:
    assert heavy_after("import pipelines.cli") == []


def test_the_measure_sees_a_heavy_package() -> None:
    assert heavy_after("import polars") == ["polars"]
