"""Small register worlds as plain rows, and their way into the scoring: shared by spec, unit and property
tests.

Belongs here: rows -> typed frames by the contracts, scores -> rows with their ids kept.
Does not belong here: any rule, any expectation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from assets.risk_factors.definitions import Definition, load_definitions
from assets.risk_factors.inputs import Registers
from assets.risk_factors.scoring import score_children
from schemas.registers import CONTRACTS

Row = dict[str, Any]
World = dict[str, Any]
DEFINITIONS = load_definitions()


def as_frame(register: str, rows: Sequence[Mapping[str, Any]], day: date | None = None) -> pl.LazyFrame:
    """Rows -> a typed frame as the contract declares it; columns not named are blank. DREAM's weeks are those
    of its first row."""
    schema = CONTRACTS[register].with_weeks(rows[0] if rows else (), day).polars_schema
    return pl.DataFrame(
        [{column: row.get(column) for column in schema} for row in rows], schema=schema, orient="row"
    ).lazy()


def weeks_of(*years: int) -> list[str]:
    """The week columns of whole ISO years; 28 December lies in the last week of its year."""
    return [
        f"y_{year % 100:02d}{week:02d}"
        for year in years
        for week in range(1, date(year, 12, 28).isocalendar().week + 1)
    ]


def as_registers(world: World) -> Registers:
    frames = {
        register: {day: as_frame(register, rows, day) for day, rows in content.items()}
        for register, content in world.items()
        if not CONTRACTS[register].is_list
    }
    lists = {r: as_frame(r, content) for r, content in world.items() if CONTRACTS[r].is_list}
    return Registers(frames, lists)


def score_with_ids(
    world: World, reference_date: date, definitions: Mapping[str, Definition] = DEFINITIONS
) -> list[Row]:
    """Scored rows, keys = the register ids, in the order of definition and child."""
    scored = score_children(as_registers(world), definitions, reference_date, keys=lambda ids: ids)
    return scored.collect().sort("definition", "child_key").to_dicts()
