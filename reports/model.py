"""The reports' data model: built once from the protected tables, the same for every kind of report.

Belongs here: what a report knows, as numbers, dates and statuses.
Does not belong here: words (`texts`), layout (`view`, templates). Nothing is counted anew: None is hidden.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from reports.compare import Comparison, Factor, compare, nearest
from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, USUAL_DESIGN_EFFECT

REGISTERS = ("bef", "udda", "akm", "kraf", "bol")
FACTS = ("policy", "policy_hash", "definition_hash", "controller", "purpose", "legal_basis", *FACTORS)
"""Of the table `release`, what reports say; by a factor's name, how it is read."""
TWINS = 5
"""Comparable areas a report names."""


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
class Count:
    """Children of one age band (`area_children`) or with one number of factors (`area_factor_count`)."""

    key: str
    children: int | None
    status: str


@dataclass(frozen=True)
class Unit:
    """An area, plan, municipality, rest or the whole delivery: all dates; factors, counts at the latest."""

    level: str
    area_id: str
    name: str
    parent_id: str | None
    child_level: str | None
    series: Mapping[date, Risk]
    names: Mapping[date, str]
    parents: Mapping[date, str | None]
    factors: Mapping[str, Factor]
    numbers: tuple[Count, ...]
    ages: tuple[Count, ...]

    def risk(self, day: date) -> Risk | None:
        """The row of a date; None where the unit has no row, which is not the same as hidden."""
        return self.series.get(day)


@dataclass(frozen=True)
class Twin:
    """A comparable unit of the same level, and the municipality it lies in."""

    unit: Unit
    kommune: Unit | None


@dataclass(frozen=True)
class Break:
    """What stands between two dates of a series: `renamed` (from `before`), `moved` (another parent) or
    `revised` (the date's numbers were published before and corrected).
    """

    day: date
    kind: str
    before: str = ""


@dataclass(frozen=True)
class Report:
    """One report: a unit and what it is held against.

    `rest`: what the municipality has outside the plans (or areas); `parts`: what lies inside the unit;
    `instead`: whose numbers stand in where the unit has none; `factors_of`: whose factors are shown, the
    unit's, or the plan's for an area too small for factors of its own; `compared`: these against `rest`, or
    against the municipality or delivery where there is none.
    """

    slug: str
    unit: Unit
    plan: Unit | None
    kommune: Unit | None
    rest: Unit | None
    delivery: Unit | None
    parts: tuple[Unit, ...]
    twins: tuple[Twin, ...]
    instead: Unit | None
    factors_of: Unit
    against: Unit | None
    compared: tuple[Comparison, ...]
    breaks: tuple[Break, ...]

    @property
    def area(self) -> Unit:
        return self.unit

    @property
    def subject(self) -> Unit:
        """Whose numbers the figures show."""
        return self.instead or self.unit

    @property
    def drivers(self) -> tuple[str, ...]:
        """Factors more widespread here than there beyond doubt, the largest difference first.

        Not the housing factor: in an area of rented homes it is what the area is, not what drives its share.
        """
        above = [c for c in self.compared if c.verdict == "above" and c.key != "f5_boligforhold"]
        return tuple(c.key for c in sorted(above, key=lambda c: -(c.difference or 0.0)))


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
    """Everything a release's reports say.

    `all_plans`: the sum of the shown helhedsplaner at the latest date, of `plans_shown` plans in all.
    """

    reference_date: date
    dates: tuple[date, ...]
    definition: str
    marking: str
    areas: tuple[Report, ...]
    plans: tuple[Report, ...]
    kommuner: tuple[Report, ...]
    delivery: Unit | None
    all_plans: Risk | None
    plans_shown: int
    benchmarks: tuple[Benchmark, ...]
    vintages: tuple[Vintage, ...]
    facts: Mapping[str, str]

    @property
    def reports(self) -> tuple[Report, ...]:
        """All reports, the widest first."""
        return (*self.kommuner, *self.plans, *self.areas)


def build_report_set(tables: Mapping[str, pl.DataFrame]) -> ReportSet:
    """The data model of the tables' latest date. Raises ValueError unless there is exactly one definition."""
    risk = tables["area_risk"].filter(pl.col("level") != "afdeling")
    definitions = risk["definition"].unique().to_list()
    if len(definitions) != 1:
        raise ValueError(f"area_risk holds {len(definitions)} definitions; a release has exactly one")
    dates = tuple(sorted(risk["reference_date"].unique().to_list()))
    latest = dates[-1]
    units = _units(tables, risk, latest)
    effects = dict(
        _rows(tables["design_effect"].filter(pl.col("reference_date") == latest), "area_id", "design_effect")
    )
    revised = tuple(
        sorted(set(tables["release_date"].filter(pl.col("revision") > 0)["reference_date"].to_list()))
    )
    by_level: dict[str, list[Unit]] = {level: [] for level in ("kommune", "helhedsplan", "omraade", "rest")}
    for unit in units.values():
        if unit.level in by_level and latest in unit.series:
            by_level[unit.level].append(unit)
    delivery = units.get(("leverance", "leverance"))
    kommune_of = {
        (unit.level, unit.area_id): _above(unit, units)[1]
        for unit in units.values()
        if unit.level in ("omraade", "helhedsplan", "kommune")
    }
    twins = {
        level: nearest(by_level[level], latest, TWINS) for level in ("omraade", "helhedsplan", "kommune")
    }
    reports = {
        level: [
            _report(
                unit,
                units,
                by_level,
                latest,
                delivery,
                tuple(
                    Twin(twin, kommune_of[twin.level, twin.area_id]) for twin in twins[level][unit.area_id]
                ),
                effects,
                revised,
            )
            for unit in by_level[level]
        ]
        for level in ("omraade", "helhedsplan", "kommune")
    }
    benchmarks = [Benchmark(*row) for row in _rows(tables["benchmark"], *Benchmark.__dataclass_fields__)]
    vintages = tables["release_date"].filter(pl.col("reference_date") == latest).sort("register")
    slugs = [report.slug for each in reports.values() for report in each]
    if len(set(slugs)) < len(slugs):
        raise ValueError(
            "two areas of the list differ in upper and lower case only: their reports share a name"
        )
    all_plans, plans_shown = _sum([unit.series[latest] for unit in by_level["helhedsplan"]])
    return ReportSet(
        reference_date=latest,
        dates=dates,
        definition=definitions[0],
        marking=_marking(risk["marking"].unique().to_list()),
        areas=tuple(sorted(reports["omraade"], key=_page_order)),
        plans=tuple(sorted(reports["helhedsplan"], key=_page_order)),
        kommuner=tuple(sorted(reports["kommune"], key=_page_order)),
        delivery=delivery if delivery and latest in delivery.series else None,
        all_plans=all_plans,
        plans_shown=plans_shown,
        benchmarks=tuple(sorted(benchmarks, key=lambda b: -b.share_pct)),
        vintages=tuple(
            sorted(
                (Vintage(*row) for row in _rows(vintages, "register", "vintage", "window_from", "window_to")),
                key=lambda v: REGISTERS.index(v.register) if v.register in REGISTERS else len(REGISTERS),
            )
        ),
        facts={k: v for k, v in _rows(tables["release"], "key", "value") if k in FACTS},
    )


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()


def _units(
    tables: Mapping[str, pl.DataFrame], risk: pl.DataFrame, latest: date
) -> dict[tuple[str, str], Unit]:
    series: dict[tuple[str, str], dict[date, Risk]] = {}
    names: dict[tuple[str, str], dict[date, str]] = {}
    parents: dict[tuple[str, str], dict[date, str | None]] = {}
    child_levels: dict[tuple[str, str], str | None] = {}
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
    keys = ("level", "area_id", "reference_date", "area_name", "parent_id", "child_level")
    for level, area_id, day, name, parent, child_level, *values in _rows(
        risk.sort("reference_date"), *keys, *columns
    ):
        key = (level, area_id)
        series.setdefault(key, {})[day] = Risk(*values)
        names.setdefault(key, {})[day] = name
        parents.setdefault(key, {})[day] = parent
        child_levels[key] = child_level
    factors: dict[tuple[str, str], dict[str, Factor]] = {}
    frame = tables["area_factor"].filter(pl.col("reference_date") == latest)
    counts = ("children_with", "children_without", "children_unknown", "share_pct", "cell_status")
    for level, area_id, *values in _rows(frame, "level", "area_id", "factor", *counts):
        factors.setdefault((level, area_id), {})[values[0]] = Factor(*values)

    def counted(table: str, column: str) -> dict[tuple[str, str], dict[str, Count]]:
        found: dict[tuple[str, str], dict[str, Count]] = {}
        rows = tables[table].filter(pl.col("reference_date") == latest)
        for level, area_id, *values in _rows(rows, "level", "area_id", column, "children", "cell_status"):
            found.setdefault((level, area_id), {})[values[0]] = Count(*values)
        return found

    ages, numbers = counted("area_children", "age_band"), counted("area_factor_count", "n_factors")
    return {
        key: Unit(
            *key,
            list(names[key].values())[-1],
            list(parents[key].values())[-1],
            child_levels[key],
            series[key],
            names[key],
            parents[key],
            {f: factors.get(key, {}).get(f) or _hidden_factor(f) for f in FACTORS},
            tuple(numbers.get(key, {}).get(n, Count(n, None, "hidden")) for n in N_FACTORS),
            tuple(ages.get(key, {}).get(b, Count(b, None, "hidden")) for b in AGE_BANDS),
        )
        for key in series
    }


def _hidden_factor(key: str) -> Factor:
    return Factor(key, None, None, None, None, "hidden")


def _above(unit: Unit, units: Mapping[tuple[str, str], Unit]) -> tuple[Unit | None, Unit | None]:
    """The plan and the municipality a unit lies in."""
    if unit.level == "kommune":
        return None, unit
    plan = units.get(("helhedsplan", unit.parent_id or "")) if unit.level == "omraade" else None
    return plan, units.get(("kommune", (plan.parent_id if plan else unit.parent_id) or ""))


def _report(
    unit: Unit,
    units: Mapping[tuple[str, str], Unit],
    by_level: Mapping[str, Sequence[Unit]],
    latest: date,
    delivery: Unit | None,
    twins: tuple[Twin, ...],
    effects: Mapping[str, float],
    revised: Sequence[date],
) -> Report:
    plan, kommune = _above(unit, units)
    inside = unit.level if plan is None else plan.level
    rest = None
    if kommune is not None and kommune is not unit:
        rest = next(
            (
                r
                for r in by_level["rest"]
                if r.parent_id == kommune.area_id and r.child_level == inside and r.series[latest].decided
            ),
            None,
        )
    instead = None
    if not _has_numbers(unit, latest):
        candidates = (u for u in (plan, kommune) if u is not None and u is not unit)
        instead = next((u for u in candidates if latest in u.series and _has_figure(u.series[latest])), None)
    subject = instead or unit
    factors_of = next((u for u in (subject, plan) if u is not None and _has_factors(u)), subject)
    against = next((u for u in (rest, kommune, delivery) if u is not None and u is not factors_of), None)
    if factors_of is kommune:
        against = delivery
    parts = [
        part
        for level in ("helhedsplan", "omraade")
        for part in by_level[level]
        if part.parent_id == unit.area_id and unit.level in ("helhedsplan", "kommune")
    ]
    effect = effects.get(kommune.area_id if kommune else "", effects.get("leverance", USUAL_DESIGN_EFFECT))
    return Report(
        slug=slug_of(unit.name, unit.area_id, unit.level),
        unit=unit,
        plan=plan,
        kommune=kommune if kommune is not unit else None,
        rest=rest,
        delivery=delivery if delivery and latest in delivery.series else None,
        parts=tuple(sorted(parts, key=_name_order)),
        twins=twins,
        instead=instead,
        factors_of=factors_of,
        against=against,
        compared=tuple(
            compare(factor, against.factors[factor.key] if against else None, effect)
            for factor in factors_of.factors.values()
        ),
        breaks=_breaks(subject, units, revised),
    )


def _breaks(unit: Unit, units: Mapping[tuple[str, str], Unit], revised: Sequence[date]) -> tuple[Break, ...]:
    """What the tables tell about why two dates may not be comparable."""
    found: list[Break] = []
    days = sorted(unit.series)
    for before, day in itertools.pairwise(days):
        if unit.names[before] != unit.names[day]:
            found.append(Break(day, "renamed", unit.names[before]))
        if unit.parents[before] != unit.parents[day] and unit.level != "kommune":
            found.append(Break(day, "moved"))
    found += [Break(day, "revised") for day in days if day in revised]
    return tuple(sorted(found, key=lambda b: (b.day, b.kind)))


def _sum(risks: Sequence[Risk]) -> tuple[Risk | None, int]:
    """The sum of the rows that show their counts, and how many they are; None for fewer than two."""
    shown = [r for r in risks if r.decided is not None]
    if len(shown) < 2:
        return None, len(shown)
    at_risk, not_at_risk, undetermined, children = (
        sum(getattr(r, name) or 0 for r in shown)
        for name in ("at_risk", "not_at_risk", "undetermined", "children")
    )
    decided = at_risk + not_at_risk
    share = float((200 * at_risk + decided) // (2 * decided)) if decided else None
    status = "rounded" if any(r.status == "rounded" for r in shown) else "shown"
    values = (children, None, at_risk, not_at_risk, undetermined, share, None, None, None, None, status)
    return Risk(*values), len(shown)


def _has_figure(risk: Risk) -> bool:
    """Whether a page has a key figure of its own: a share, or the counts where the share is left out."""
    return risk.share_pct is not None or risk.at_risk is not None


def _has_numbers(unit: Unit, day: date) -> bool:
    risk = unit.series[day]
    factors = (value for f in unit.factors.values() for value in (f.with_it, f.without_it, f.unknown))
    return any(value is not None for value in (risk.children, risk.at_risk, risk.share_pct, *factors))


def _has_factors(unit: Unit) -> bool:
    return any(f.share_pct is not None for f in unit.factors.values())


def slug_of(name: str, area_id: str, level: str = "omraade") -> str:
    """File name without ending: readable, unique per level and area id, the same in every release."""
    key = _slug(area_id)
    if key != area_id.lower():
        key = f"{key}-{hashlib.sha256(area_id.encode()).hexdigest()[:8]}".lstrip("-")
    prefix = "" if level == "omraade" else f"{level}-"
    return prefix + f"{_slug(name)[:60].strip('-')}-{key}".strip("-")


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


def _page_order(report: Report) -> tuple[Any, ...]:
    groups = (report.kommune, report.plan)
    return (*((u is None, *(_name_order(u) if u else ((), ""))) for u in groups), *_name_order(report.unit))


def _marking(values: Sequence[str]) -> str:
    return " · ".join(
        sorted({value for value in values if value}, key=lambda v: (not v.startswith("SYNT"), v))
    )
