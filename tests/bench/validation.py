"""What validating a year of BEF costs beside reading all that was delivered: `-m tests.bench.validation`.

Belongs here: one ratio, taken in one run on one machine. Does not belong here: typing, scoring.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from assets.extracts import type_register
from assets.settings import Drift, Settings
from assets.validation import judge_table, judge_together
from schemas.registers import CONTRACTS
from tests.faults.delivery import good_parts

DAY = date(2024, 12, 31)
IDS = ("PNR", "MOR_ID", "FAR_ID", "E_FAELLE_ID", "FAMILIE_ID", "ADRESSE_ID")


def make_bef(persons: int) -> pl.DataFrame:
    """The families of the faults' delivery over and over, each time with other pseudonyms."""
    (bef,) = (part.frame for part in good_parts() if (part.register, part.year) == ("bef", 2024))
    copies = [
        bef.with_columns(
            ((pl.col(name).cast(pl.Int64) + n * 454_545_451) % 10**12).cast(pl.String).str.zfill(12)
            for name in IDS
        )
        for n in range(persons // bef.height)
    ]
    return pl.concat(copies).unique("PNR")


def best_of_three(work: Callable[[], object]) -> float:
    """Seconds of the fastest."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main(persons: int = 1_000_000) -> None:
    contract = CONTRACTS["bef"]

    def hold(table: Path) -> None:
        judged = judge_table(table, contract, DAY, {}, Drift())
        together = judge_together({"bef": {DAY: pl.scan_parquet(table)}}, [], Settings().coverage)
        assert not (judged.problems or together)

    with tempfile.TemporaryDirectory() as folder:
        delivered, typed = Path(folder) / "bef2024.parquet", Path(folder) / "typed.parquet"
        make_bef(persons).write_parquet(delivered)
        type_register([delivered], contract, typed, vintage=DAY)
        hold(typed)
        reading, validating = (
            best_of_three(lambda: pl.read_parquet(delivered)),
            best_of_three(lambda: hold(typed)),
        )
    print(  # noqa: T201
        f"{persons:,} persons: reading {reading:.2f} s, validating {validating:.2f} s, "
        f"ratio {validating / reading:.2f}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
