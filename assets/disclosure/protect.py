"""The first protection: from exact counts to the tables that may be staged.

Belongs here: the order of sizes and merging, hiding, shares and intervals; the layout of the protected
tables.
Does not belong here: the steps themselves (`merging.py`, `hiding.py`, `assets/statistics`), files.

**It is known to be undone by subtraction.** Within a row nothing hidden can be computed. Across rows it can:
a parent minus its shown parts gives a bound on a hidden part, a count hidden in one area is the difference
between its parent and the siblings where that count is shown, factor tables and number of factors bound each
other, one who plays the rule backwards over two tables can single out a few rows, and a later date
differences an earlier one. Shares of 0 and 100 per cent are shown (no group rule yet). Therefore every row
says IKKE TIL UDLEVERING and `protect` refuses to make rows that don't; only synthetic data is approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from math import floor
from typing import Any, Protocol

import polars as pl

from assets.disclosure.hiding import hide_row
from assets.disclosure.merging import Atoms, Decision, Unit, decide, sum_counts
from assets.disclosure.policy import Policy
from assets.statistics.benchmarks import load_benchmarks
from assets.statistics.intervals import wilson_interval
from schemas.errors import DisclosureRefused
from schemas.release import (
    AGE_BANDS,
    FACTORS,
    N_FACTORS,
    NOT_FOR_RELEASE,
    RELEASE_TABLES,
    conform,
)

RISK = ("at_risk", "not_at_risk", "undetermined")
SAME_CHILDREN = [(("risk", 0), ("n_factors", 3))]
"""Those at risk are those with three or more factors."""

Row = dict[str, Any]


class NamedDefinition(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def hash(self) -> str: ...


@dataclass(frozen=True)
class _Date:
    """One reference date of one definition: units, the counts of each atom, and what the rows need to be
    labelled.
    """

    day: date
    units: list[Unit]
    names: dict[str, str]
    children: list[int]
    counts: list[dict[str, int]]
    design_effect: dict[str, float]
    with_ages: set[str]


def protect(
    exact: Mapping[str, pl.DataFrame],
    policy: Policy,
    *,
    definition: NamedDefinition,
    vintages: pl.DataFrame,
    marking: str,
    facts: Mapping[str, str],
) -> dict[str, pl.DataFrame]:
    """The release's tables by name (`schemas.release.RELEASE_TABLES`), of one definition and all its dates.

    `exact`: the aggregated tables (cell, area_risk, area_factor, area_factor_count, area_children,
    design_effect), all dates and definitions below each other. `vintages`: reference_date, register, vintage,
    window_from, window_to.
    `facts`: further rows of the table `release`, such as controller and purpose.

    Raises ValueError if `marking` lacks IKKE TIL UDLEVERING, DisclosureRefused if the exact tables contradict
    each other: what doesn't add up can't be protected.
    """
    if NOT_FOR_RELEASE not in marking:
        raise ValueError(
            f"the first protection can be undone: everything it makes must say {NOT_FOR_RELEASE}"
        )
    rows: dict[str, list[Row]] = {table.name: [] for table in RELEASE_TABLES}
    for each in _split_dates(exact, definition.name):
        _protect_date(each, policy, rows)
    for table in ("area_risk", "area_factor", "area_factor_count", "design_effect"):
        for row in rows[table]:
            row["definition"] = definition.name
    rows["benchmark"] = load_benchmarks().to_dicts()
    rows["release_date"] = [{"revision": 0} | row for row in vintages.to_dicts()]
    described = {
        "definition": definition.name,
        "definition_hash": definition.hash,
        "policy": policy.method,
        "policy_hash": policy.hash,
        "femfaktor": version("femfaktor"),
        "polars": version("polars"),
        "duckdb": version("duckdb"),
        **facts,
    }
    rows["release"] = [{"key": key, "value": value} for key, value in described.items()]
    return {
        table.name: conform(
            table,
            pl.DataFrame(
                [[row.get(name) for name in table.polars_schema] for row in rows[table.name]],
                schema=table.polars_schema,
                orient="row",
            ).with_columns(marking=pl.lit(marking)),
        )
        for table in RELEASE_TABLES
    }


def _split_dates(exact: Mapping[str, pl.DataFrame], definition: str) -> list[_Date]:
    frames = {
        name: frame.filter(pl.col("definition") == definition)
        for name, frame in exact.items()
        if name != "area_children"
    }
    days = frames["area_risk"]["reference_date"].unique().sort().to_list()
    found = []
    for day in days:
        here = {name: frame.filter(pl.col("reference_date") == day) for name, frame in frames.items()}
        ages = exact["area_children"].filter(pl.col("reference_date") == day)
        found.append(_open_date(day, here, set(ages["area_id"])))
    return found


def _open_date(day: date, exact: Mapping[str, pl.DataFrame], with_ages: set[str]) -> _Date:
    cells = exact["cell"].to_dicts()
    counts = [_counts_of(cell) for cell in cells]
    rows = exact["area_risk"].to_dicts()
    areas = {row["area_id"]: row for row in rows}

    inside: dict[str, set[int]] = {area_id: set() for area_id in areas}
    for i, cell in enumerate(cells):
        kom = f"{cell['kom']:03d}"
        inside["leverance"].add(i)
        if kom in inside:
            inside[kom].add(i)
        for area_id in cell["area_ids"]:
            # As in the aggregation: a child counts in its municipality, and in areas of that municipality
            # only.
            if area_id in areas and _kommune_of(area_id, areas) == kom:
                inside[area_id].add(i)
    parts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row["child_level"] is None and row["parent_id"] is not None:
            parts[row["parent_id"], row["level"]] |= inside[row["area_id"]]
    for row in rows:
        if row["child_level"] is not None:
            inside[row["area_id"]] = inside[row["parent_id"]] - parts[row["parent_id"], row["child_level"]]

    units = [
        Unit(
            row["level"],
            row["area_id"],
            row["parent_id"],
            row["child_level"],
            row["mothers"],
            frozenset(inside[row["area_id"]]),
        )
        for row in rows
    ]
    wrong = 0
    for unit in units:
        sums, row = sum_counts(unit.atoms, counts), areas[unit.area_id]
        wrong += any(sums.get(name, 0) != row[name] for name in ("children", *RISK))
    if wrong:
        raise DisclosureRefused(
            f"area_risk, {day}: {wrong:,} of {len(units):,} rows are not the sum of their cells."
        )
    return _Date(
        day=day,
        units=units,
        names={row["area_id"]: row["area_name"] for row in rows},
        children=[count["children"] for count in counts],
        counts=counts,
        # Rounded first: the intervals follow from what is published.
        design_effect={
            row["area_id"]: round(row["design_effect"], 2) for row in exact["design_effect"].to_dicts()
        },
        with_ages=with_ages,
    )


def _counts_of(cell: Row) -> dict[str, int]:
    """The additive counts of a cell, under the names the protected tables are made of."""
    counts = {name: int(cell[name]) for name in ("children", *RISK)}
    for factor in FACTORS:
        short = factor.split("_")[0]
        yes, known = int(cell[f"{short}_with"]), int(cell[f"{short}_known"])
        counts |= {f"{factor}:0": yes, f"{factor}:1": known - yes, f"{factor}:2": counts["children"] - known}
    for i, name in enumerate(("n0", "n1", "n2", "n3plus")):
        counts[f"n_factors:{i}"] = int(cell[name])
    for i, band in enumerate(AGE_BANDS):
        counts[f"ages:{i}"] = int(cell["age_" + band.replace("-", "_")])
    for i, name in enumerate(RISK):
        counts[f"risk:{i}"] = counts[name]
    return counts


def _kommune_of(area_id: str, areas: Mapping[str, Row]) -> str | None:
    """The municipality above an area (itself, if it is one); None above the municipalities."""
    row: Row | None = areas[area_id]
    while row is not None and row["level"] != "kommune":
        row = areas.get(row["parent_id"])
    return row["area_id"] if row else None


def _protect_date(each: _Date, policy: Policy, rows: dict[str, list[Row]]) -> None:
    decisions = decide(each.units, each.children, policy.size)
    areas = {
        unit.area_id: {"level": unit.level, "parent_id": unit.parent_id, "area_id": unit.area_id}
        for unit in each.units
    }
    for area_id, effect in each.design_effect.items():
        if decisions[area_id].fate == "shown":
            rows["design_effect"].append(
                {"reference_date": each.day, "area_id": area_id, "design_effect": effect}
            )
    for unit in each.units:
        kommune = _kommune_of(unit.area_id, areas) or "leverance"
        _protect_unit(unit, decisions[unit.area_id], each, each.design_effect[kommune], policy, rows)


def _protect_unit(
    unit: Unit, decision: Decision, each: _Date, effect: float, policy: Policy, rows: dict[str, list[Row]]
) -> None:
    shown = _shown_partitions(decision.atoms, each, policy) if decision.fate == "shown" else None
    fate = decision.fate
    children = sum(each.children[i] for i in decision.atoms) if shown else None
    decimals = int(children is not None and children >= policy.shares.one_decimal_from_children)
    label = {"reference_date": each.day, "level": unit.level, "area_id": unit.area_id}

    def counts_of(partition: str, length: int) -> list[int | None]:
        return shown[partition] if shown else [None] * length

    def status(counts: Sequence[int | None]) -> str:
        return "hidden" if fate == "shown" and None in counts else fate

    at_risk, not_at_risk, undetermined = risk = counts_of("risk", 3)
    mothers = decision.mothers
    if mothers is not None and 1 <= mothers <= policy.small_counts.highest:
        mothers = None
    determined = _add(at_risk, not_at_risk)
    low, high = _interval(at_risk, determined, effect, decimals)
    rows["area_risk"].append(
        label
        | {
            "area_name": each.names[unit.area_id],
            "parent_id": unit.parent_id,
            "child_level": unit.child_level,
            "children": children,
            "mothers": mothers,
            "at_risk": at_risk,
            "not_at_risk": not_at_risk,
            "undetermined": undetermined,
            "share_pct": _percent(at_risk, determined, decimals),
            "share_if_unknown_no_pct": _percent(at_risk, children, decimals),
            "share_if_unknown_yes_pct": _percent(_add(at_risk, undetermined), children, decimals),
            "ci95_low_pct": low,
            "ci95_high_pct": high,
            "cell_status": status(risk),
        }
    )
    for factor in FACTORS:
        yes, no, unknown = counts = counts_of(factor, 3)
        rows["area_factor"].append(
            label
            | {
                "factor": factor,
                "children_with": yes,
                "children_without": no,
                "children_unknown": unknown,
                "share_pct": _percent(yes, _add(yes, no), decimals),
                "cell_status": status(counts),
            }
        )
    for n_factors, count in zip(N_FACTORS, counts_of("n_factors", 4), strict=True):
        rows["area_factor_count"].append(
            label | {"n_factors": n_factors, "children": count, "cell_status": status([count])}
        )
    if unit.area_id in each.with_ages:
        for band, count in zip(AGE_BANDS, counts_of("ages", 5), strict=True):
            rows["area_children"].append(
                label | {"age_band": band, "children": count, "cell_status": status([count])}
            )


def _shown_partitions(atoms: Atoms, each: _Date, policy: Policy) -> dict[str, list[int | None]]:
    """Every partition of a shown area's children, the hidden counts as None."""
    sums = sum_counts(atoms, each.counts)
    lengths = {"risk": 3, "n_factors": 4, "ages": 5} | dict.fromkeys(FACTORS, 3)
    full = {name: [sums.get(f"{name}:{i}", 0) for i in range(length)] for name, length in lengths.items()}
    hidden = hide_row(full, SAME_CHILDREN, policy.small_counts.highest)
    return {
        name: [None if i in hidden[name] else count for i, count in enumerate(counts)]
        for name, counts in full.items()
    }


def _add(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _percent(part: int | None, whole: int | None, decimals: int) -> float | None:
    """Part of whole in per cent, half rounded up; None where either is hidden or the whole is empty."""
    if part is None or not whole:
        return None
    scale = 10**decimals
    return (200 * scale * part + whole) // (2 * whole) / scale


def _interval(
    part: int | None, whole: int | None, effect: float, decimals: int
) -> tuple[float | None, float | None]:
    if part is None or not whole:
        return None, None
    scale = 10**decimals
    low, high = (floor(100 * scale * bound + 0.5) / scale for bound in wilson_interval(part, whole, effect))
    return low, high
