"""The benchmark's input: a synthetic delivery of 1 M persons, typed once and reused.

Belongs here: making it, finding it again. Does not belong here: timing.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl

import synthetic_data
from assets.extracts import discover, type_register
from assets.risk_factors.inputs import Registers
from schemas.registers import CONTRACTS

REFERENCE_DATE = date(2024, 12, 31)


def make_dataset(folder: Path, persons: int) -> Path:
    """The folder of typed registers (`<register>/<vintage>.parquet`); made only if it isn't there whole."""
    extracts, truth, typed = folder / "extracts", folder / "truth", folder / "typed"
    request = {"persons": persons, "reference_years": (REFERENCE_DATE.year,)}
    if synthetic_data.is_generated(extracts, truth, **request) and typed.is_dir():
        return typed
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    synthetic_data.generate(extracts, truth, **request)
    beside = folder / "typed.part"
    for source in discover(extracts).sources:
        target = beside / source.register / source.typed_name
        target.parent.mkdir(parents=True, exist_ok=True)
        type_register(source.files, CONTRACTS[source.register], target, vintage=source.vintage / "tmp")
    beside.rename(typed)
    return typed


def open_dataset(typed: Path) -> Registers:
    """Lazy scans of the typed registers."""
    frames: dict[str, dict[date, pl.LazyFrame]] = {}
    lists: dict[str, pl.LazyFrame] = {}
    for path in sorted(typed.glob("*/*.parquet")):
        register = path.parent.name
        if path.stem == "all":
            lists[register] = pl.scan_parquet(path)
        else:
            frames.setdefault(register, {})[date.fromisoformat(path.stem)] = pl.scan_parquet(path)
    return Registers(frames=frames, lists=lists)
