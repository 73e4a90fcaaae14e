"""Protection: from exact counts to the tables that may be published.

Belongs here: the one entry to disclosure control, what was published before, the release's tables and the
report. Does not belong here: the steps themselves (`search.py` and what it uses), files.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import polars as pl

from assets.disclosure.dates import Day, open_dates
from assets.disclosure.merging import Decision, Fate, Plan
from assets.disclosure.policy import Policy
from assets.disclosure.relations import Cell
from assets.disclosure.search import Found, Search
from assets.disclosure.tables import (
    CELL_SCHEMA,
    Protection,
    Record,
    family_of,
    item_named,
    lay_out,
    list_cells,
    share_errors,
)
from assets.statistics.benchmarks import load_benchmarks
from schemas.release import FACTORS, RELEASE_TABLES, conform

SHOWN = ("shown", "rounded")
AT_THE_SAME_TIME = 2
"""Dates protected side by side; the solver leaves Python to the others. None depends on another."""
RELATION_SCHEMA = {"reference_date": pl.Date, "block": pl.String, "relation": pl.String}


class NamedDefinition(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def hash(self) -> str: ...


@dataclass(frozen=True)
class Protected:
    """`tables`: the release's, by name. `cells`: every additive count with its exact and its published value
    (CELL_SCHEMA), private: what the ledger keeps and the next `protect` takes as `published`. `relations`:
    what adds up, in words, without counts. `report`: per date what was solved, hidden and lost; counts
    only."""

    tables: dict[str, pl.DataFrame]
    cells: pl.DataFrame
    relations: pl.DataFrame
    report: dict[str, Any]


def protect(
    exact: Mapping[str, pl.DataFrame],
    policy: Policy,
    *,
    definition: NamedDefinition,
    vintages: pl.DataFrame,
    marking: str,
    facts: Mapping[str, str],
    seed: bytes,
    published: pl.DataFrame | None = None,
    superseded: pl.DataFrame | None = None,
    standing: Collection[date] = (),
) -> Protected:
    """Protect all dates of one definition.

    `exact`: the aggregated tables (cell, area_risk, area_factor, area_factor_count, area_children,
    design_effect, and dwelling where known), all dates and definitions below each other. `vintages`:
    reference_date, register, vintage, window_from, window_to. `facts`: further rows of the table `release`,
    such as controller and purpose. `seed`: the installation's secret; the same seed and counts give the same
    tables. `published`: `cells` of dates published before: a count that has not changed stays as published,
    and a date in which nothing has is repeated as it was. `superseded`: `cells` of their earlier revisions,
    oldest first: a count that is again what it was gets the number it had. `standing`: dates that are
    published beside these; where a border moved since one of them, the two together must not tell what it
    took or gave.

    Raises:
        DisclosureRefused: the exact tables contradict each other, or a date can't be protected under the
        policy.
    """
    if len(seed) < 16:
        raise ValueError("the private seed must be at least 16 bytes")
    rows: dict[str, list[Record]] = {table.name: [] for table in RELEASE_TABLES}
    cells, relations, reports = [], [], []
    nothing = pl.DataFrame(schema=CELL_SCHEMA)
    before = published if published is not None else nothing
    told = pl.concat([superseded if superseded is not None else nothing, before])
    f5_is_rented = _is_rented(definition)

    def find(day: Day) -> tuple[Found, float]:
        started = time.monotonic()
        of_day = pl.col("reference_date") == day.day
        found = _as_published(day, policy, before.filter(of_day))
        if found is None:
            held = _held(told.filter(of_day))
            found = Search(day, policy, seed, held, f5_is_rented=f5_is_rented).run()
        return found, time.monotonic() - started

    days = open_dates(exact, definition.name, standing)
    with ThreadPoolExecutor(AT_THE_SAME_TIME) as threads:
        found_by_day = list(threads.map(find, days))
    for day, (found, seconds) in zip(days, found_by_day, strict=True):
        laid_out = lay_out(found.protection, policy)
        for name, records in laid_out.items():
            rows[name] += records
        cells.append(list_cells(found.protection, policy))
        for block, each in zip(found.blocks, found.relations, strict=True):
            relations += [(day.day, block["block"], line) for line in each.describe()]
        reports.append(_report(day, found, laid_out, seconds))
    for name in ("area_risk", "area_factor", "area_factor_count", "design_effect"):
        for row in rows[name]:
            row["definition"] = definition.name
    rows["benchmark"] = load_benchmarks().to_dicts()
    rows["release_date"] = [{"revision": 0} | row for row in vintages.to_dicts()]
    described = {
        "definition": definition.name,
        "definition_hash": definition.hash,
        "policy": policy.method,
        "policy_version": policy.version,
        "policy_hash": policy.hash,
        "femfaktor": version("femfaktor"),
        "polars": version("polars"),
        "duckdb": version("duckdb"),
        "highspy": version("highspy"),
        **facts,
    }
    rows["release"] = [{"key": key, "value": value} for key, value in described.items()]
    tables = {
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
    return Protected(
        tables,
        pl.concat(cells) if cells else pl.DataFrame(schema=CELL_SCHEMA),
        pl.DataFrame(relations, schema=RELATION_SCHEMA, orient="row"),
        {"method": policy.method, "dates": reports},
    )


def _is_rented(definition: NamedDefinition) -> bool:
    """Whether f5 is read as a rented dwelling; only then may an almen area show that all have it."""
    parameters = getattr(definition, "parameters", None)
    return parameters is None or getattr(parameters(FACTORS[4]), "condition", "") == "lejet"


# --- what was published before ----------------------------------------------------------------------------


def _held(published: pl.DataFrame) -> dict[tuple[Cell, int], int]:
    """Published counts by cell and exact count, the last where a count had to be told twice: they are kept
    whenever the exact count is that again."""
    return {
        ((row["area_id"], item_named(row["table"], row["item"])), row["exact"]): row["published"]
        for row in published.filter(pl.col("published").is_not_null()).to_dicts()
    }


def _as_published(day: Day, policy: Policy, published: pl.DataFrame) -> Found | None:
    """The date as it was published, if no row and no exact count has changed since."""
    if published.is_empty() or set(published["area_id"]) != set(day.units):
        return None
    fates: dict[str, dict[str, Fate]] = {family: {} for family in ("risk", *FACTORS, "ages")}
    counts: dict[Cell, int | None] = {}
    for row in published.to_dicts():
        item = item_named(row["table"], row["item"])
        fate = "shown" if row["published"] is not None else row["status"]
        # A row with one shown count is a shown row: under suppression its other counts may be hidden.
        if fates[family_of(item)].get(row["area_id"]) != "shown":
            fates[family_of(item)][row["area_id"]] = fate
        counts[row["area_id"], item] = row["published"]
    decisions: dict[str, Decision] = {}
    for area, unit in day.units.items():
        fate, atoms, mothers = fates["risk"][area], unit.atoms, unit.mothers
        if fate == "shown" and unit.child_level is not None:
            siblings = day.below[unit.parent_id or ""][unit.child_level]
            shown = [sibling.atoms for sibling in siblings if fates["risk"][sibling.area_id] == "shown"]
            atoms = day.units[unit.parent_id or ""].atoms.difference(*shown)
            mothers = unit.mothers if atoms == unit.atoms else None
        decisions[area] = Decision(fate, atoms, mothers) if fate == "shown" else Decision(fate)
    plan = Plan(decisions, {family: fate for family, fate in fates.items() if family != "risk"})
    protection = Protection(day, plan, counts)
    key = ["table", "area_id", "item"]
    columns = [*key, "exact", "published", "status"]
    now = list_cells(protection, policy).sort(key).select(columns)
    if not now.equals(published.sort(key).select(columns)):
        return None
    return Found(protection, [], [], [], None)


# --- report -----------------------------------------------------------------------------------------------


def _report(day: Day, found: Found, rows: Mapping[str, Sequence[Record]], seconds: float) -> dict[str, Any]:
    errors = share_errors(found.protection, rows["area_risk"])
    return {
        "reference_date": day.day.isoformat(),
        "unchanged": not found.blocks,
        "blocks": found.blocks,
        "rows": {
            name: dict(Counter(row["cell_status"] for row in records))
            for name, records in rows.items()
            if name != "design_effect"
        },
        "narrowest_interval": found.narrowest,
        "held_counts_changed": len(found.freed),
        "share_error_points": {
            "shares": len(errors),
            "mean": round(float(np.mean(errors)), 3) if errors else None,
            "p95": round(float(np.quantile(errors, 0.95)), 3) if errors else None,
            "max": round(max(errors), 3) if errors else None,
        },
        "seconds": round(seconds, 3),
    }
