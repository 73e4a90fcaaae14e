"""Which five factors there are, in SFI's order: key, name, and the module that holds the rule.

Belongs here: names. Does not belong here: what a factor means (`f1_…` to `f5_…`, `definitions/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import narwhals.stable.v2 as nw
import polars as pl

from assets.risk_factors import (
    f1_ikke_kernefamilie,
    f2_doemt,
    f3_kontanthjaelp_pension,
    f4_ingen_uddannelse,
    f5_boligforhold,
)
from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import RuleText
from assets.risk_factors.people import People


class Rule(Protocol):
    """What each factor's module offers."""

    def vintages_used(
        self, registers: Registers, parameters: Any, reference_date: date
    ) -> list[VintageUsed]: ...

    def prepare_facts(self, people: People, parameters: Any) -> pl.LazyFrame: ...

    def has_risk_factor(self, parameters: Any, reference_date: date) -> nw.Expr: ...

    def describe(self, parameters: Any) -> RuleText: ...


@dataclass(frozen=True)
class Factor:
    """`short` is what the command line accepts (`f2`); `da` as printed in KL's catalogue, `en` its
    translation."""

    key: str
    da: str
    en: str
    rule: Rule

    @property
    def short(self) -> str:
        return self.key.split("_")[0]


FACTORS: tuple[Factor, ...] = (
    Factor(
        "f1_ikke_kernefamilie",
        "mor bor ikke i kernefamilie",
        "mother does not live in a nuclear family",
        f1_ikke_kernefamilie,
    ),
    Factor("f2_doemt", "mor er dømt for kriminalitet", "mother is convicted of crime", f2_doemt),
    Factor(
        "f3_kontanthjaelp_pension",
        "mor er på kontanthjælp eller pension",
        "mother is on cash benefit or pension",
        f3_kontanthjaelp_pension,
    ),
    Factor(
        "f4_ingen_uddannelse",
        "mor har ingen uddannelse eller kun grundskole",
        "mother has no education beyond primary school",
        f4_ingen_uddannelse,
    ),
    Factor("f5_boligforhold", "mors boligforhold", "mother's housing conditions", f5_boligforhold),
)
