"""Coverage: how many of one register's persons, dwellings and codes another one knows.

Belongs here: counting, status day by status day. Does not belong here: the pairs and limits
(`schemas/coverage.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from schemas.coverage import COVERAGES, Coverage
from schemas.errors import Problem

FEWEST_VALUES = 30
"""Below, chance decides."""
NEAREST_DAYS = 400
"""Status days further apart are not held against each other."""
CHILDHOOD_YEARS = 18

Tables = Mapping[str, Mapping[date | None, pl.LazyFrame]]


def find_uncovered(tables: Tables, minimums: Mapping[str, float]) -> list[Problem]:
    """Each pair, every status day of one with the nearest of the other. `tables`: register -> status day
    (None for lists) -> typed table; `minimums`: by name of the pair, the least share that must be found."""
    return [
        problem
        for pair in COVERAGES
        for one, other in _near(tables.get(pair.register, {}), tables.get(pair.found_in, {}))
        for problem in _judge(
            pair, one, tables[pair.register][one], tables[pair.found_in][other], minimums[pair.name]
        )
    ]


def _near(first: Iterable[date | None], second: Iterable[date | None]) -> list[tuple]:
    """Pairs of status days: for each of one side the nearest of the other; a list fits the newest."""
    one, other = [*first], [*second]

    def apart(a: date | None, b: date | None) -> float:
        newest = date.max.toordinal()
        return abs((a.toordinal() if a else newest) - (b.toordinal() if b else newest))

    if not one or not other:
        return []
    pairs = {(a, min(other, key=lambda b: apart(a, b))) for a in one}
    pairs |= {(min(one, key=lambda a: apart(a, b)), b) for b in other}
    near = {(a, b) for a, b in pairs if a is None or b is None or apart(a, b) <= NEAREST_DAYS}
    return sorted(near, key=str)


def _judge(
    pair: Coverage, day: date | None, values: pl.LazyFrame, keys: pl.LazyFrame, minimum: float
) -> list[Problem]:
    if pair.register == "bef" and pair.column == "mor_id" and day:
        childhood = pl.date(day.year - CHILDHOOD_YEARS, day.month, day.day)
        values = values.filter(pl.col("foed_dag") > childhood)
    wanted = values.select(value=pl.col(pair.column)).drop_nulls().unique()
    known = keys.select(value=pl.col(pair.key))
    counts = pl.collect_all(
        [wanted.select(pl.len()), wanted.join(known, on="value", how="anti").select(pl.len())]
    )
    among, missing = (count.item() for count in counts)
    if among < FEWEST_VALUES or (among - missing) / among >= minimum:
        return []
    return [
        Problem(
            pair.register,
            pair.column,
            pair.words,
            missing,
            "Is it another pseudonymisation key, another year, or another municipality? Have both delivered "
            "from one source.",
            of=among,
            file=str(day) if day else None,
        )
    ]
