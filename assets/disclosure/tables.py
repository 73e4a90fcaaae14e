"""The layout of the protected tables: shares and intervals from protected counts, one row per area.

Belongs here: rows as `schemas.release` declares them, the long form the ledger keeps. Does not belong here:
which counts may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import polars as pl

from assets.disclosure.dates import AT_RISK, CHILDREN, FACTOR_PARTS, ITEM_NUMBER, RISK, Day, Item, same_item
from assets.disclosure.merging import Plan
from assets.disclosure.mothers import publish_mothers
from assets.disclosure.policy import Policy
from assets.statistics.intervals import rounded_interval
from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, USUAL_DESIGN_EFFECT

Record = dict[str, Any]
Counts = Mapping[tuple[str, Item], int | None]
"""Protected counts of the shown rows by (area_id, item); None is hidden."""

CELL_SCHEMA = {
    "reference_date": pl.Date,
    "table": pl.String,
    "level": pl.String,
    "area_id": pl.String,
    "item": pl.String,
    "exact": pl.Int64,
    "published": pl.Int64,
    "status": pl.String,
}
"""The long form of every additive count of a date. `item` is the column for area_risk, n_factors or age_band
for area_factor_count and area_children, `factor/column` for area_factor."""


@dataclass(frozen=True)
class Protection:
    """A date as protected."""

    day: Day
    plan: Plan
    counts: Counts


def family_of(item: Item) -> str:
    partition = item[0]
    return "risk" if partition in ("children", "risk", "n_factors") else partition


def lay_out(protection: Protection, policy: Policy) -> dict[str, list[Record]]:
    """Rows of the tables area_risk, area_factor, area_factor_count, area_children, design_effect."""
    return _Layout(protection, policy).rows()


class _Layout:
    def __init__(self, protection: Protection, policy: Policy) -> None:
        self.day, self.plan, self.counts = protection.day, protection.plan, protection.counts
        self.policy = policy
        self.mothers: dict[str, int] = {}
        self.shown_as = "rounded" if policy.method == "controlled-rounding" else "shown"

    def rows(self) -> dict[str, list[Record]]:
        self.mothers = publish_mothers(self.day, self.plan, self.policy)
        tables: dict[str, list[Record]] = {
            name: [] for name in ("area_risk", "area_factor", "area_factor_count", "area_children")
        }
        for unit in self.day.units.values():
            label = {"reference_date": self.day.day, "level": unit.level, "area_id": unit.area_id}
            tables["area_risk"].append(label | self._risk(unit.area_id))
            tables["area_factor"] += [label | self._factor(unit.area_id, factor) for factor in FACTORS]
            tables["area_factor_count"] += [
                label | {"n_factors": part} | self._single(unit.area_id, ("n_factors", part))
                for part in N_FACTORS
            ]
            if unit.area_id in self.day.with_ages:
                tables["area_children"] += [
                    label | {"age_band": band} | self._single(unit.area_id, ("ages", band))
                    for band in AGE_BANDS
                ]
        tables["design_effect"] = [
            {"reference_date": self.day.day, "area_id": area_id, "design_effect": effect}
            for area_id, effect in self.day.design_effect.items()
            if self.tells_effect(area_id)
        ]
        return tables

    def tells_effect(self, area_id: str) -> bool:
        """Whether a municipality's design effect says nothing about few: of two children at risk it would
        tell that there are two, and siblings."""
        sides = [self.count(area_id, ("risk", part)) for part in RISK[:2]]
        return all(side is not None and side >= self.policy.size.min_children for side in sides)

    def effect_of(self, area_id: str) -> float:
        """The municipality's design effect, else the delivery's: what is published, nothing else."""
        for place in (self.day.kommune_of(area_id), self.day.root):
            if place in self.day.design_effect and self.tells_effect(place):
                return self.day.design_effect[place]
        return USUAL_DESIGN_EFFECT

    def count(self, area_id: str, item: Item) -> int | None:
        return self.counts.get((area_id, same_item(item)))

    def status(self, area_id: str, family: str, counts: Sequence[int | None]) -> str:
        fate = self.plan.rows[area_id].fate if family == "risk" else self.plan.families[family][area_id]
        if fate != "shown":
            return fate
        return "hidden" if None in counts else self.shown_as

    def _single(self, area_id: str, item: Item) -> Record:
        count = self.count(area_id, item)
        return {"children": count, "cell_status": self.status(area_id, family_of(item), [count])}

    def _risk(self, area_id: str) -> Record:
        unit = self.day.units[area_id]
        at_risk, not_at_risk, undetermined = risk = [self.count(area_id, ("risk", part)) for part in RISK]
        children = self.count(area_id, CHILDREN)
        determined, decimals = _add(at_risk, not_at_risk), self._decimals(children)
        low, high = self._interval(at_risk, determined, self.effect_of(area_id), decimals)
        return {
            "area_name": unit.name,
            "parent_id": unit.parent_id,
            "child_level": unit.child_level,
            "children": children,
            "mothers": self.mothers.get(area_id),
            "at_risk": at_risk,
            "not_at_risk": not_at_risk,
            "undetermined": undetermined,
            "share_pct": self._percent(at_risk, determined, decimals),
            "share_if_unknown_no_pct": self._percent(at_risk, children, decimals),
            "share_if_unknown_yes_pct": self._percent(_add(at_risk, undetermined), children, decimals),
            "ci95_low_pct": low,
            "ci95_high_pct": high,
            "cell_status": self.status(area_id, "risk", risk),
        }

    def _factor(self, area_id: str, factor: str) -> Record:
        yes, no, unknown = counts = [self.count(area_id, (factor, part)) for part in FACTOR_PARTS]
        decimals = self._decimals(self.count(area_id, CHILDREN))
        return {
            "factor": factor,
            "children_with": yes,
            "children_without": no,
            "children_unknown": unknown,
            "share_pct": self._percent(yes, _add(yes, no), decimals),
            "cell_status": self.status(area_id, factor, counts),
        }

    def _decimals(self, children: int | None) -> int:
        return int(children is not None and children >= self.policy.shares.one_decimal_from_children)

    def _percent(self, part: int | None, whole: int | None, decimals: int) -> float | None:
        """Part of whole in per cent, half rounded up; None where either is hidden or rounding could move it
        too far."""
        if part is None or not whole or whole < self.policy.min_children_of_share():
            return None
        scale = 10**decimals
        return (200 * scale * part + whole) // (2 * whole) / scale

    def _interval(
        self, part: int | None, whole: int | None, effect: float, decimals: int
    ) -> tuple[float | None, float | None]:
        if part is None or not whole or whole < self.policy.min_children_of_share():
            return None, None
        error = self.policy.rounding.base - 1 if self.policy.method == "controlled-rounding" else 0
        scale = 10**decimals
        low, high = rounded_interval(part, whole, effect, error)
        return floor(100 * scale * low + 0.5) / scale, floor(100 * scale * high + 0.5) / scale


def list_cells(protection: Protection, policy: Policy) -> pl.DataFrame:
    """Every additive count of the date with its exact and its published value (CELL_SCHEMA): private."""
    day, plan, layout = protection.day, protection.plan, _Layout(protection, policy)
    items: list[tuple[str, str, Item]] = [
        ("area_risk", "children", CHILDREN),
        *(("area_risk", part, ("risk", part)) for part in RISK),
        *(("area_factor", f"{f}/{part}", (f, part)) for f in FACTORS for part in FACTOR_PARTS),
        *(("area_factor_count", part, ("n_factors", part)) for part in N_FACTORS),
        *(("area_children", band, ("ages", band)) for band in AGE_BANDS),
    ]
    rows = []
    for unit in day.units.values():
        decision = plan.rows[unit.area_id]
        exact = day.sums(decision.atoms if decision.fate == "shown" else unit.atoms)
        for table, name, item in items:
            if table == "area_children" and unit.area_id not in day.with_ages:
                continue
            published = layout.count(unit.area_id, item)
            rows.append(
                (
                    day.day,
                    table,
                    unit.level,
                    unit.area_id,
                    name,
                    int(exact[ITEM_NUMBER[same_item(item)]]),
                    published,
                    layout.status(unit.area_id, family_of(item), [published]),
                )
            )
    return pl.DataFrame(rows, schema=CELL_SCHEMA, orient="row")


def item_named(table: str, name: str) -> Item:
    """The item behind a row of the long form."""
    if table == "area_risk":
        return CHILDREN if name == "children" else ("risk", name)
    if table == "area_factor":
        factor, part = name.split("/")
        return factor, part
    return same_item(("n_factors" if table == "area_factor_count" else "ages", name))


def share_errors(protection: Protection, rows: Sequence[Record]) -> list[float]:
    """How far rounding the counts moved each shown share of area_risk, in percentage points."""
    day, plan, errors = protection.day, protection.plan, []
    for row in rows:
        if row["share_pct"] is None:
            continue
        exact = day.sums(plan.rows[row["area_id"]].atoms)
        at_risk, others = exact[ITEM_NUMBER[AT_RISK]], exact[ITEM_NUMBER["risk", "not_at_risk"]]
        published = row["at_risk"] / (row["at_risk"] + row["not_at_risk"])
        errors.append(abs(100 * published - 100 * at_risk / (at_risk + others)))
    return errors


def _add(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b
