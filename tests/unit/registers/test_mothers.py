"""Who can be whose mother, and how many rows may break a rule: the borders."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from assets.extracts.row_numbers import ROW, RowNumbers
from assets.extracts.rows import apply_row_rules
from schemas.registers import CONTRACTS

BEF, DAY = CONTRACTS["bef"], date(2024, 12, 31)
BORN = date(2020, 6, 15)
PAIRS = 1000


def bef(mothers_born: list[date]) -> pl.DataFrame:
    """A child of each mother; of `PAIRS` pairs the others are 30 at the birth. Sorted by key."""
    mothers = [*mothers_born, *[date(1990, 6, 15)] * (PAIRS - len(mothers_born))]
    child = {"koen": 1, "foed_dag": BORN}
    rows = [
        *({"pnr": 1 + n, "koen": 2, "foed_dag": born, "mor_id": None} for n, born in enumerate(mothers)),
        *({"pnr": 10_001 + n, **child, "mor_id": 1 + n} for n in range(PAIRS)),
    ]
    frame = pl.DataFrame(rows, schema=BEF.polars_schema)
    return frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW))


def judged(mothers_born: list[date]) -> tuple[int, list[tuple[str, int]], list[int]]:
    """Mothers unknown afterwards; what is refused; what was left aside."""
    problems, numbers = [], RowNumbers("bef", DAY)
    frame, left = apply_row_rules(bef(mothers_born), BEF, DAY, problems, numbers)
    unknown = frame.filter(pl.col("pnr") > 10_000)["mor_id"].null_count()
    return unknown, [(p.rule, p.count) for p in problems], [each.count for each in left]


@pytest.mark.parametrize(
    ("born", "unknown"),
    [
        (date(2008, 6, 15), 0),
        (date(2008, 6, 16), 1),
        (date(1959, 6, 16), 0),
        (date(1959, 6, 15), 1),
    ],
    ids=["12 to the day", "a day short of 12", "60 and 364 days", "61 to the day"],
)
def test_a_mother_of_twelve_to_sixty_completed_years_at_the_birth_can_be(born: date, unknown: int) -> None:
    assert judged([born]) == (unknown, [], [1] * unknown)


def test_five_of_a_thousand_mothers_who_cant_be_are_left_aside_and_six_are_refused() -> None:
    assert judged([date(2010, 1, 1)] * 5) == (5, [], [5])
    unknown, problems, left = judged([date(2010, 1, 1)] * 6)
    assert (unknown, left) == (0, [])
    assert problems == [("mothers are younger than 12 at the birth", 6)]
