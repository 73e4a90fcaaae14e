"""f3: the mother is on cash benefit or pension ("mor er på kontanthjælp eller pension").

SOCIO13 is the main status of a whole year, not of the reference date. The list of codes is dated, because
benefits come and go.
"""

from __future__ import annotations

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import (
    Codes,
    FactorParameters,
    RuleText,
    Years,
    is_in_words,
    is_valid_code,
)
from assets.risk_factors.people import People


class Parameters(FactorParameters):
    """`benefit_codes`: SOCIO13 codes that are yes, each valid at the AKM vintage's day."""

    max_age_years: Years
    benefit_codes: Codes


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    return [VintageUsed("akm", registers.latest("akm", reference_date, parameters.max_age_years))]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """mother_id, socio13 (null = not in that AKM, or blank), akm_day."""
    (used,) = vintages_used(people.registers, parameters, people.reference_date)
    akm = people.registers.frame("akm", used.vintage).select("pnr", "socio13")
    mothers = people.mothers.lazy().select("mother_id", akm_day=pl.lit(used.vintage))
    return mothers.join(akm, left_on="mother_id", right_on="pnr", how="left")


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    on_benefit = is_valid_code("socio13", "akm_day", parameters.benefit_codes)
    unknown = nw.lit(None, dtype=nw.Boolean())
    return nw.when(nw.col("socio13").is_null()).then(unknown).otherwise(on_benefit)


def describe(parameters: Parameters) -> RuleText:
    benefits = ", ".join(code.da for code in parameters.benefit_codes)
    return RuleText(
        yes=f"the mother's SOCIO13 is {is_in_words(parameters.benefit_codes)}",
        no="it is any other code",
        unknown="she is not in that year's AKM, her SOCIO13 is blank, or the mother is blank",
        en=f"The mother's main income of the year is {benefits}.",
        da=f"Morens væsentligste indkomstkilde i året er {benefits}.",
        register=f"AKM, newest year up to the reference date (at most {parameters.max_age_years} years old)",
        codes=parameters.benefit_codes,
    )
