"""The reports' data model: built once from the protected tables, the same for every kind of report.

Belongs here: what a report knows, as numbers, dates and statuses.
Does not belong here: words (`texts`), layout (`view`, templates). Nothing is counted anew: None is hidden.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from schemas.release import AGE_BANDS, FACTORS

REGISTERS = ("bef", "udda", "akm", "kraf", "bol")


@dataclass(frozen=True)
class Risk:
    """One row of `area_risk`: counts of children, shares in percent. None = hidden."""

    children: int | None
    mothers: int | None
    at_risk: int | None
    not_at_risk: int | None
    undetermined: int | None
    share_pct: float | None
    if_unknown_no_pct: float | None
    if_unknown_yes_pct: float | None
    low_pct: float | None
    high_pct: float | None
    status: str

    @property
    def decided(self) -> int | None:
        """Children for whom it can be decided; the share's denominator."""
        if self.at_risk is None or self.not_at_risk is None:
            return None
        return self.at_risk + self.not_at_risk


@dataclass(frozen=True)
class Factor:
    """One row of `area_factor`: counts of children, share in percent. None = hidden."""

    key: str
    with_it: int | None
    without_it: int | None
    unknown: int | None
    share_pct: float | None
    status: str


@dataclass(frozen=True)
class AgeBand:
    """One row of `area_children`."""

    band: str
    children: int | None
    status: str


@dataclass(frozen=True)
class Unit:
    """An area, plan, municipality or the whole delivery: all dates, and factors and ages at the latest."""

    level: str
    area_id: str
    name: str
    parent_id: str | None
    series: Mapping[date, Risk]
    factors: Mapping[str, Factor]
    ages: tuple[AgeBand, ...]

    def risk(self, day: date) -> Risk | None:
        """The row of a date; None where the unit has no row, which is not the same as hidden."""
        return self.series.get(day)


@dataclass(frozen=True)
class AreaReport:
    """One page: the area and what it belongs to. `instead`: whose numbers stand in where it has none."""

    slug: str
    area: Unit
    plan: Unit | None
    kommune: Unit | None
    instead: Unit | None


@dataclass(frozen=True)
class Benchmark:
    """A known number to hold shares against; percent."""

    name: str
    share_pct: float
    year: int
    population: str
    source: str
    note: str


@dataclass(frozen=True)
class Vintage:
    """A register vintage the latest date builds on. A window counts days after `after`, up to `through`."""

    register: str
    day: date
    after: date | None
    through: date | None


@dataclass(frozen=True)
class ReportSet:
    """Everything a release's reports say."""

    reference_date: date
    dates: tuple[date, ...]
    definition: str
    marking: str
    areas: tuple[AreaReport, ...]
    kommuner: tuple[Unit, ...]
    delivery: Unit | None
    benchmarks: tuple[Benchmark, ...]
    vintages: tuple[Vintage, ...]


def build_report_set(tables: Mapping[str, pl.DataFrame]) -> ReportSet:
    """The data model of the tables' latest date. Raises ValueError unless there is exactly one definition."""
    risk = tables["area_risk"].filter(
        pl.col("level").is_in(["omraade", "helhedsplan", "kommune", "leverance"])
    )
    definitions = risk["definition"].unique().to_list()
    if len(definitions) != 1:
        raise ValueError(f"area_risk holds {len(definitions)} definitions; a release has exactly one")
    dates = tuple(sorted(risk["reference_date"].unique().to_list()))
    latest = dates[-1]
    units = _units(tables, risk, latest)
    kommuner = tuple(sorted((u for (level, _), u in units.items() if level == "kommune"), key=_name_order))
    areas = [
        _area_report(unit, units, latest)
        for (level, _), unit in units.items()
        if level == "omraade" and latest in unit.series
    ]
    benchmarks = [Benchmark(*row) for row in _rows(tables["benchmark"], *Benchmark.__dataclass_fields__)]
    vintages = tables["release_date"].filter(pl.col("reference_date") == latest).sort("register")
    if len({area.slug for area in areas}) < len(areas):
        raise ValueError(
            "two areas of the list differ in upper and lower case only: their reports share a name"
        )
    return ReportSet(
        reference_date=latest,
        dates=dates,
        definition=definitions[0],
        marking=_marking(risk["marking"].unique().to_list()),
        areas=tuple(sorted(areas, key=_page_order)),
        kommuner=kommuner,
        delivery=next((u for (level, _), u in units.items() if level == "leverance"), None),
        benchmarks=tuple(sorted(benchmarks, key=lambda b: -b.share_pct)),
        vintages=tuple(
            sorted(
                (Vintage(*row) for row in _rows(vintages, "register", "vintage", "window_from", "window_to")),
                key=lambda v: REGISTERS.index(v.register) if v.register in REGISTERS else len(REGISTERS),
            )
        ),
    )


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()


def _units(
    tables: Mapping[str, pl.DataFrame], risk: pl.DataFrame, latest: date
) -> dict[tuple[str, str], Unit]:
    series: dict[tuple[str, str], dict[date, Risk]] = {}
    heads: dict[tuple[str, str], tuple[str, str | None]] = {}
    columns = (
        "children",
        "mothers",
        "at_risk",
        "not_at_risk",
        "undetermined",
        "share_pct",
        "share_if_unknown_no_pct",
        "share_if_unknown_yes_pct",
        "ci95_low_pct",
        "ci95_high_pct",
        "cell_status",
    )
    keys = ("level", "area_id", "reference_date", "area_name", "parent_id")
    for level, area_id, day, name, parent, *values in _rows(risk.sort("reference_date"), *keys, *columns):
        series.setdefault((level, area_id), {})[day] = Risk(*values)
        heads[level, area_id] = (name, parent)
    factors: dict[tuple[str, str], dict[str, Factor]] = {}
    frame = tables["area_factor"].filter(pl.col("reference_date") == latest)
    counts = ("children_with", "children_without", "children_unknown", "share_pct", "cell_status")
    for level, area_id, *values in _rows(frame, "level", "area_id", "factor", *counts):
        factors.setdefault((level, area_id), {})[values[0]] = Factor(*values)
    ages: dict[tuple[str, str], dict[str, AgeBand]] = {}
    frame = tables["area_children"].filter(pl.col("reference_date") == latest)
    for level, area_id, *values in _rows(frame, "level", "area_id", "age_band", "children", "cell_status"):
        ages.setdefault((level, area_id), {})[values[0]] = AgeBand(*values)
    return {
        (level, area_id): Unit(
            level,
            area_id,
            name,
            parent,
            series[level, area_id],
            {f: factors.get((level, area_id), {}).get(f) or _hidden_factor(f) for f in FACTORS},
            tuple(ages.get((level, area_id), {}).get(b, AgeBand(b, None, "hidden")) for b in AGE_BANDS),
        )
        for (level, area_id), (name, parent) in heads.items()
    }


def _hidden_factor(key: str) -> Factor:
    return Factor(key, None, None, None, None, "hidden")


def _area_report(area: Unit, units: Mapping[tuple[str, str], Unit], latest: date) -> AreaReport:
    plan = units.get(("helhedsplan", area.parent_id or ""))
    kommune = units.get(("kommune", (plan.parent_id if plan else area.parent_id) or ""))
    instead = None
    if not _has_numbers(area, latest):
        candidates = (u for u in (plan, kommune) if u is not None)
        instead = next((u for u in candidates if (r := u.risk(latest)) and r.share_pct is not None), None)
    return AreaReport(slug_of(area.name, area.area_id), area, plan, kommune, instead)


def _has_numbers(unit: Unit, day: date) -> bool:
    risk = unit.series[day]
    factors = (value for f in unit.factors.values() for value in (f.with_it, f.without_it, f.unknown))
    return any(value is not None for value in (risk.children, risk.at_risk, risk.share_pct, *factors))


def slug_of(name: str, area_id: str) -> str:
    """File name without ending: readable, unique per area id, the same in every release."""
    key = _slug(area_id)
    if key != area_id.lower():
        key = f"{key}-{hashlib.sha256(area_id.encode()).hexdigest()[:8]}".lstrip("-")
    return f"{_slug(name)[:60].strip('-')}-{key}".strip("-")


def _slug(text: str) -> str:
    text = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def danish_order(text: str) -> tuple[str, ...]:
    """Sort key: æ, ø, å come last, aa as å, case does not matter, 2 before 10."""
    text = re.sub(r"\d+", lambda digits: digits[0].zfill(12), text.lower().replace("aa", "å"))
    return tuple({"æ": "{", "ø": "|", "å": "}"}.get(char, char) for char in text)


def _name_order(unit: Unit) -> tuple[tuple[str, ...], str]:
    return danish_order(unit.name), unit.area_id


def _page_order(report: AreaReport) -> tuple[Any, ...]:
    groups = (report.kommune, report.plan)
    return (*((u is None, *(_name_order(u) if u else ((), ""))) for u in groups), *_name_order(report.area))


def _marking(values: Sequence[str]) -> str:
    return " · ".join(
        sorted({value for value in values if value}, key=lambda v: (not v.startswith("SYNT"), v))
    )
