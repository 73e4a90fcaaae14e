"""f4: the mother has no education beyond primary school ("mor har ingen uddannelse eller kun grundskole").

HFAUDD is an identifier: its first digits are not the level, so the level comes from DST's format table.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import narwhals.stable.v2 as nw
import polars as pl

from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import Codes, FactorParameters, RuleText, Years, is_in_words, valid_codes
from assets.risk_factors.people import People

MISSING_MEANS = {"uoplyst": None, "ja": True, "nej": False}


class Parameters(FactorParameters):
    """`low_codes`: DISCED-15 hovedområder that are yes; `undisclosed_codes` (and no row, and a code that is
    not in the table) are what `missing` says."""

    max_age_years: Years
    low_codes: Codes
    undisclosed_codes: Codes
    missing: Literal["uoplyst", "ja", "nej"]


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    registers.listed("hfaudd")
    return [VintageUsed("udda", registers.latest("udda", reference_date, parameters.max_age_years))]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """mother_id, hovedomraade (null = not in that UDDA, blank, or code not in the format table)."""
    (used,) = vintages_used(people.registers, parameters, people.reference_date)
    levels = people.registers.listed("hfaudd").select("hfaudd", "hovedomraade")
    mothers = people.mothers.lazy().select("mother_id")
    udda = people.registers.frame("udda", used.vintage).select("pnr", "hfaudd")
    return (
        mothers.join(udda, left_on="mother_id", right_on="pnr", how="left")
        .join(levels, on="hfaudd", how="left")
        .select("mother_id", "hovedomraade")
    )


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    undisclosed = nw.col("hovedomraade").is_in(valid_codes(parameters.undisclosed_codes, reference_date))
    missing = nw.lit(MISSING_MEANS[parameters.missing], dtype=nw.Boolean())
    is_low = nw.col("hovedomraade").is_in(valid_codes(parameters.low_codes, reference_date))
    return nw.when(nw.col("hovedomraade").is_null() | undisclosed).then(missing).otherwise(is_low)


def describe(parameters: Parameters) -> RuleText:
    not_known = (
        f"{is_in_words(parameters.undisclosed_codes)}, no row in UDDA, or code not in the format table"
    )
    low = f"the mother's highest completed education has hovedområde {is_in_words(parameters.low_codes)}"
    other = "it has any other hovedområde"
    blank = "the mother is blank"
    yes, no, unknown, en, da = {
        "uoplyst": (low, other, f"{not_known}; or {blank}", "", ""),
        "ja": (f"{low}; or {not_known}", other, blank, ", or it is not known", ", eller den er uoplyst"),
        "nej": (
            low,
            f"{other}; or {not_known}",
            blank,
            "; not known counts as no",
            "; uoplyst tæller som nej",
        ),
    }[parameters.missing]
    return RuleText(
        yes=yes,
        no=no,
        unknown=unknown,
        en=f"The mother has no education beyond primary school{en}.",
        da=f"Moren har ingen uddannelse ud over grundskolen{da}.",
        register=f"UDDA, newest year up to the reference date (at most {parameters.max_age_years} years old)"
        "; DST's format table",
        codes=parameters.low_codes + parameters.undisclosed_codes,
    )
