"""Protected tables of a small release, written down and not computed, for tests of what is made from them.

Belongs here: three municipalities that are on the map, plans, areas shown, hidden and too small,
with names that are hard to set. Does not belong here: protection, expectations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, RELEASE_TABLES

MARKING = "SYNTETISKE DATA · IKKE TIL UDLEVERING"
DATES = tuple(date(year, 12, 31) for year in range(2020, 2025))
LATEST = DATES[-1]
HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(2)</script> & "fed" \' =1+1 ../../x'
LONG = "Kvarteret ved den gamle tegelværksgrund mellem Nordre Fasanmarksvej og Sønderengens Villaforening"


@dataclass(frozen=True)
class U:
    """A unit: children, at risk, undetermined; share in whole percent with interval. `status` hides."""

    level: str
    id: str
    name: str
    parent: str | None
    children: int = 0
    at_risk: int = 0
    undetermined: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "rounded"
    first: date = DATES[0]
    factors: Sequence[float | None] = (40.0, None, 32.0, 46.0, 95.0)


KOMMUNE_FACTORS = (27.0, 2.0, 9.0, 17.0, 30.0)
UNITS = (
    U("leverance", "leverance", "Leverance", None, 61000, 3600, 1300, 6.0, 5.8, 6.2, factors=KOMMUNE_FACTORS),
    U("kommune", "101", "København", "leverance", 30000, 2100, 700, 7.2, 6.9, 7.5, factors=KOMMUNE_FACTORS),
    U("kommune", "751", "Aarhus", "leverance", 21000, 1300, 400, 6.3, 6.0, 6.6, factors=KOMMUNE_FACTORS),
    U("kommune", "825", "Læsø", "leverance", 10000, 200, 200, 2.0, 1.8, 2.2, factors=KOMMUNE_FACTORS),
    U("helhedsplan", "h1", "Sammen om Nordmarken", "101", 1235, 420, 35, 35.0, 32.0, 38.0),
    U("helhedsplan", "h2", "Ærøplanen 2022–2026", "751", 900, 270, 20, 31.0, 27.0, 35.0),
    U("omraade", "o1", "Nørremarken", "h1", 310, 110, 10, 37.0, 31.0, 43.0),
    U("omraade", "o2", "Ærøvænget", "h1", 445, 130, 15, 30.0, 25.0, 35.0),
    U("omraade", "o3", "Lille Vænge", "h1", status="too_small"),
    U("omraade", "o4", "Aaparken", "h2", 600, 180, 15, 31.0, 27.0, 36.0),
    U("omraade", "o5", LONG, "h2", 200, 50, 5, 26.0, 19.0, 34.0, first=LATEST),
    U("omraade", "o6", HOSTILE, "751", 250, 60, 5, 24.0, 18.0, 31.0),
    U("omraade", "o7", "Skjulte Have", "751", status="hidden"),
    U("omraade", "o8", "Øvangen", "825", 100, 0, 0, 0.0, 0.0, 6.0),
    U("rest", "101:rest:helhedsplan", "København: børn uden for helhedsplanerne", "101", 28765, 1680, 665,
      6.0, 5.7, 6.3, factors=KOMMUNE_FACTORS),
    U("rest", "751:rest:helhedsplan", "Aarhus: børn uden for helhedsplanerne", "751", 20100, 1030, 380,
      5.2, 4.9, 5.5, factors=KOMMUNE_FACTORS),
)  # fmt: skip
CHILD_LEVEL = {"rest": "helhedsplan"}


def protected_tables(units: Sequence[U] = UNITS, marking: str = MARKING) -> dict[str, pl.DataFrame]:
    """All tables of a release by name: every date from a unit's first on, each earlier share a point up."""
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in RELEASE_TABLES}
    for unit in units:
        for i, day in enumerate(reversed([d for d in DATES if d >= unit.first])):
            _add(rows, unit, day, float(i))
    rows["benchmark"] = [
        {"name": name, "share_pct": share, "year": year, "population": who, "source": source,
         "note": "Ikke nødvendigvis samme opgørelse."}
        for name, share, year, who, source in (
            ("kl", 37.0, 2016, "Alle børn og unge i udsatte boligområder", "KL: Gevinster (2016)"),
            ("cfbu", 35.0, 2015, "Børn og unge under 18 år i udsatte boligområder", "CFBU, januar 2015"),
            ("cfbu_land", 5.0, 2015, "Børn og unge under 18 år i hele landet", "CFBU, januar 2015"),
        )
    ]  # fmt: skip
    rows["design_effect"] = [
        {"reference_date": day, "definition": "sfi5-v1", "area_id": area, "design_effect": 1.9}
        for day in DATES
        for area in ("101", "751", "825", "leverance")
    ]
    rows["release_date"] = [
        {"reference_date": day, "revision": 0, "register": register, "vintage": date(day.year - late, 12, 31),
         "window_from": date(day.year - 6, 12, 31) if register == "kraf" else None,
         "window_to": date(day.year - 1, 12, 31) if register == "kraf" else None}
        for day in DATES
        for register, late in (("bef", 0), ("udda", 1), ("akm", 1), ("kraf", 1), ("bol", 0))
    ]  # fmt: skip
    rows["quality"] = [{"left_aside_pct": 1.0} | row for row in rows["release_date"]]
    rows["release"] = [{"key": "definition", "value": "sfi5-v1"}]
    return {
        table.name: pl.DataFrame(
            [
                {c.name: marking if c.name == "marking" else row.get(c.name) for c in table.columns}
                for row in rows[table.name]
            ],
            schema=table.polars_schema,
        )
        for table in RELEASE_TABLES
    }


def _add(rows: dict[str, list[dict[str, Any]]], unit: U, day: date, earlier: float) -> None:
    """One unit at one date. Parts of a count are split so that they add up in fives."""
    shown = unit.share is not None
    key = {"reference_date": day, "definition": "sfi5-v1", "level": unit.level, "area_id": unit.id,
           "cell_status": unit.status}  # fmt: skip
    decided = unit.children - unit.undetermined

    whole = shown and unit.status != "group_hidden"

    def seen(value: Any) -> Any:
        return value if whole else None

    def share(value: float | None) -> float | None:
        return None if value is None else value + earlier

    rows["area_risk"].append(
        {
            **key,
            "area_name": unit.name,
            "parent_id": unit.parent,
            "child_level": CHILD_LEVEL.get(unit.level),
            "children": unit.children if shown else None,
            "mothers": seen(unit.children * 3 // 5 // 5 * 5),
            "at_risk": seen(unit.at_risk),
            "not_at_risk": seen(decided - unit.at_risk),
            "undetermined": seen(unit.undetermined),
            "share_pct": share(unit.share),
            "share_if_unknown_no_pct": share(unit.share),
            "share_if_unknown_yes_pct": share(unit.share),
            "ci95_low_pct": share(unit.low),
            "ci95_high_pct": share(unit.high),
        }
    )
    for factor, pct in zip(FACTORS, unit.factors, strict=True):
        with_it = None if pct is None or not whole else round(unit.children * pct / 500) * 5
        hidden = {"cell_status": "hidden" if whole else unit.status} if with_it is None else {}
        rows["area_factor"].append(
            {
                **key,
                **hidden,
                "factor": factor,
                "children_with": with_it,
                "children_without": None if with_it is None else unit.children - with_it,
                "children_unknown": None if with_it is None else 0,
                "share_pct": None if with_it is None else pct,
            }
        )
    rest = unit.children - unit.at_risk
    numbers = (rest // 15 * 5, rest // 15 * 5, rest - rest // 15 * 10, unit.at_risk)
    for number, children in zip(N_FACTORS, numbers, strict=True):
        rows["area_factor_count"].append({**key, "n_factors": number, "children": seen(children)})
    each = unit.children // 25 * 5
    for band, children in zip(AGE_BANDS, (each, each, each, each, unit.children - 4 * each), strict=True):
        rows["area_children"].append({**key, "age_band": band, "children": seen(children)})
