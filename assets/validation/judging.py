"""What is wrong with a typed table by itself and beside the last good night, and with all of them together.

Belongs here: putting the rules together, once for the night and for `femfaktor check`.
Does not belong here: the rules themselves (the other modules here, `schemas/gate.py`), what follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.risk_factors.areas import areas_of_dwellings
from assets.risk_factors.inputs import Registers
from assets.settings import Drift
from assets.validation.coverage import Tables, find_uncovered
from assets.validation.drift import find_drift
from assets.validation.profile import Profile, find_constant, take_profile
from schemas.contracts import Contract
from schemas.errors import InputRefused, Problem
from schemas.gate import validate


@dataclass(frozen=True)
class Judgement:
    """`drift` may be let pass, `problems` may not. `profile`: None where the contract is broken."""

    profile: Profile | None
    problems: tuple[Problem, ...] = ()
    drift: tuple[Problem, ...] = ()


def judge_table(
    typed: Path, contract: Contract, day: date | None, before: Mapping[date | None, Profile], limits: Drift
) -> Judgement:
    """The contract, columns that say nothing, drift. `before`: the register on the last good night."""
    try:
        table = validate(pl.scan_parquet(typed), contract, day)
    except InputRefused as refused:
        return Judgement(None, refused.problems)
    profile = take_profile(table, contract)
    if constant := find_constant(profile, contract, day):
        return Judgement(profile, tuple(constant))
    return Judgement(profile, drift=tuple(find_drift(contract, day, profile, before, limits)))


def judge_together(tables: Tables, days: Iterable[date], minimums: Mapping[str, float]) -> list[Problem]:
    """Coverage, and what scoring would refuse in the area lists on any of the reference dates `days`; each
    problem once. `tables` and `minimums` as in `find_uncovered`."""
    problems = find_uncovered(tables, minimums)
    lists = {name: of_days[None] for name, of_days in tables.items() if None in of_days}
    for day in days:
        try:
            areas_of_dwellings(Registers(frames={}, lists=lists), day)
        except InputRefused as refused:
            problems += refused.problems
    return list(dict.fromkeys(problems))
