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
from assets.risk_factors.scoring import check_inputs
from assets.settings import Settings
from schemas.errors import InputRefused, Problem


def find_gaps(
    delivered: Iterable[tuple[str, date | None]], settings: Settings, own_definitions: Path
) -> list[Problem]:
    """What some definition needs for some reference date and `delivered` does not have.

    `delivered`: register and vintage; None for lists.
    """
    frames: dict[str, dict[date, pl.LazyFrame]] = {}
    lists: dict[str, pl.LazyFrame] = {}
    for register, vintage in delivered:
        if vintage is None:
            lists[register] = pl.LazyFrame()
        else:
            frames.setdefault(register, {})[vintage] = pl.LazyFrame()
    registers = Registers(frames=frames, lists=lists)
    definitions = load_definitions(own_definitions)
    problems: list[Problem] = []
    for day in settings.reference_dates(registers.vintages("bef")):
        try:
            check_inputs(registers, definitions, day)
        except InputRefused as refused:
            problems.extend(problem for problem in refused.problems if problem not in problems)
    return problems
