"""What a release changes against the one before it, in counts.

Belongs here: comparing published tables. Does not belong here: words for a terminal (`pipelines/summary.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import polars as pl

from schemas.release import RELEASE_TABLES
from schemas.tables import Table

Tables = Mapping[str, pl.DataFrame]
UNTOLD = ("marking", "cell_status")
"""Columns of a row that are no number of it."""


@dataclass(frozen=True)
class DateChange:
    """One reference date: `what` is new, revised or repeated; numbers by what became of them."""

    reference_date: date
    revision: int
    what: str
    kept: int = 0
    changed: int = 0
    newly_shown: int = 0
    newly_hidden: int = 0
    rows_new: int = 0
    rows_gone: int = 0


@dataclass(frozen=True)
class Comparison:
    """`facts`: keys of the table `release` that are new, changed or gone."""

    dates: list[DateChange]
    areas_new: int
    areas_gone: int
    facts: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "dates": [asdict(d) | {"reference_date": str(d.reference_date)} for d in self.dates]
        }


def compare_releases(new: Tables, old: Tables | None) -> Comparison:
    """`old`: the release before, or None for the first."""
    day = "reference_date"
    revisions = dict(new["release_date"].select(day, "revision").unique().sort(day).iter_rows())
    before: dict[date, int] = (
        dict(old["release_date"].select(day, "revision").unique().iter_rows()) if old else {}
    )
    dates = []
    for each, revision in revisions.items():
        here = {t: new[t.name].filter(pl.col(day) == each) for t in RELEASE_TABLES if day in t.key}
        if old is None or each not in before:
            shown = sum(_numbers(table, frame).drop_nulls("number").height for table, frame in here.items())
            rows = sum(frame.height for frame in here.values())
            dates.append(DateChange(each, revision, "new", newly_shown=shown, rows_new=rows))
        else:
            there = {table: old[table.name].filter(pl.col(day) == each) for table in here}
            what = "repeated" if revision == before[each] else "revised"
            dates.append(DateChange(each, revision, what, **_count_changes(here, there)))
    areas_now, areas_before = _areas(new), _areas(old) if old else set()
    return Comparison(
        dates,
        len(areas_now - areas_before),
        len(areas_before - areas_now),
        _changed_facts(new, old) if old else [],
    )


def _numbers(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """One row per number: the table's key, column, number."""
    key = list(table.key)
    numeric = [c.name for c in table.columns if c.dtype.is_numeric() and c.name not in (*key, *UNTOLD)]
    return frame.select(*key, *(pl.col(name).cast(pl.Float64) for name in numeric)).unpivot(
        index=key, variable_name="column", value_name="number"
    )


def _count_changes(new: Mapping[Table, pl.DataFrame], old: Mapping[Table, pl.DataFrame]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for table in new:
        key = list(table.key)
        both = _numbers(table, new[table]).join(
            _numbers(table, old[table]), on=[*key, "column"], suffix="_before"
        )
        now, before = pl.col("number"), pl.col("number_before")
        told = both.select(
            kept=(now.is_not_null() & (now == before)).sum(),
            changed=(now != before).sum(),
            newly_shown=(now.is_not_null() & before.is_null()).sum(),
            newly_hidden=(now.is_null() & before.is_not_null()).sum(),
        ).row(0, named=True)
        told["rows_new"] = new[table].join(old[table], on=key, how="anti").height
        told["rows_gone"] = old[table].join(new[table], on=key, how="anti").height
        counts.update(told)
    return counts


def _areas(tables: Tables) -> set[tuple[str, str]]:
    return set(tables["area_risk"].select("level", "area_id").iter_rows())


def _changed_facts(new: Tables, old: Tables) -> list[str]:
    now, before = (dict(t["release"].select("key", "value").iter_rows()) for t in (new, old))
    return sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))
