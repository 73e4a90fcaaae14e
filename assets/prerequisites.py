"""What a delivery must hold for its reference dates to be scored, told before anything is typed.

Belongs here: asking the definitions, by register and vintage alone. Does not belong here: contents
(`extracts/`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from assets.risk_factors.definitions import load_definitions
from assets.risk_factors.inputs import Registers
from assets.risk_factors.scoring import check_inputs, find_countable
from assets.settings import Settings
from schemas.errors import InputRefused, Problem


def find_gaps(
    delivered: Iterable[tuple[str, date | None, Iterable[str]]], settings: Settings, own_definitions: Path
) -> tuple[list[Problem], list[str]]:
    """What some definition needs for some reference date and `delivered` does not have; and notes on
    definitions that are left out, because an optional register does not reach.

    `delivered`: register, vintage (None for lists) and typed columns.
    """
    frames: dict[str, dict[date, pl.LazyFrame]] = {}
    lists: dict[str, pl.LazyFrame] = {}
    for register, vintage, columns in delivered:
        frame = pl.LazyFrame(schema=dict.fromkeys(columns, pl.Null))
        if vintage is None:
            lists[register] = frame
        else:
            frames.setdefault(register, {})[vintage] = frame
    registers = Registers(frames=frames, lists=lists)
    definitions = load_definitions(own_definitions)
    problems: list[Problem] = []
    left_out: dict[str, list[str]] = {}
    for day in settings.reference_dates(registers.vintages("bef")):
        countable = find_countable(registers, definitions, day, released=settings.release.definition)
        for name in definitions.keys() - countable.keys():
            left_out.setdefault(name, []).append(str(day))
        try:
            check_inputs(registers, countable, day)
        except InputRefused as refused:
            problems.extend(problem for problem in refused.problems if problem not in problems)
    return problems, [
        f"{name}: not counted on {', '.join(days)}: dream does not have the weeks."
        for name, days in sorted(left_out.items())
    ]
