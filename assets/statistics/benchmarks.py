"""Benchmarks: published shares to hold an area's share against.

Belongs here: reading them. Does not belong here: the numbers (`benchmarks.toml`), comparing.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl

BENCHMARKS_FILE = Path(__file__).with_name("benchmarks.toml")


def load_benchmarks() -> pl.DataFrame:
    """One row per benchmark: name, share_pct, year, population, source, note."""
    return pl.DataFrame(tomllib.loads(BENCHMARKS_FILE.read_text(encoding="utf-8"))["benchmark"])
