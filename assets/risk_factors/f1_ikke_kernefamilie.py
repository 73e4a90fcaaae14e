"""f1: the mother does not live in a nuclear family ("mor bor ikke i kernefamilie").

Two readings: `barn` asks the child's row (FM_MARK: with whom does the child live?), `mor` the mother's own
row (FAMILIE_TYPE: is she single?). They part exactly where it matters most: a placed child has FM_MARK 6 even
when its mother lives with its father.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import narwhals.stable.v2 as nw
import polars as pl

from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import Codes, FactorParameters, RuleText, is_in_words, valid_codes
from assets.risk_factors.people import People


class Parameters(FactorParameters):
    """`side` picks the reading; `intact_codes` are the FM_MARK that are a nuclear family; a FAMILIE_TYPE in
    `single_codes` is yes, in `couple_codes` no, anything else, or not valid at the date, unknown."""

    side: Literal["barn", "mor"]
    intact_codes: Codes
    single_codes: Codes
    couple_codes: Codes


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    return [VintageUsed("bef", reference_date)]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """`barn`: child_id, fm_mark, mother_is_dead (null = mother blank or never in BEF). `mor`: mother_id,
    familie_type (null = no own row at the date)."""
    if parameters.side == "mor":
        own_row = people.residents("pnr", "familie_type")
        mothers = people.mothers.lazy().select("mother_id")
        return mothers.join(own_row, left_on="mother_id", right_on="pnr", how="left")
    return people.children.lazy().select("child_id", "fm_mark", "mother_is_dead")


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    unknown = nw.lit(None, dtype=nw.Boolean())
    if parameters.side == "mor":
        single, couple = (
            nw.col("familie_type").is_in(valid_codes(codes, reference_date))
            for codes in (parameters.single_codes, parameters.couple_codes)
        )
        return (
            nw.when(single)
            .then(nw.lit(True))
            .otherwise(nw.when(couple).then(nw.lit(False)).otherwise(unknown))
        )
    is_intact = nw.col("fm_mark").is_in(valid_codes(parameters.intact_codes, reference_date))
    is_known = ~nw.col("mother_is_dead") & ~nw.col("fm_mark").is_null()
    return nw.when(is_known).then(~is_intact).otherwise(unknown)


def describe(parameters: Parameters) -> RuleText:
    if parameters.side == "mor":
        return RuleText(
            yes=f"the mother's own FAMILIE_TYPE is {is_in_words(parameters.single_codes)}",
            no=f"it is {is_in_words(parameters.couple_codes)}",
            unknown="she has no row at the reference date, is dead, or the code is blank or not valid",
            en="The mother is single by her own family type, whoever the child lives with.",
            da="Moren er enlig efter sin egen familietype i befolkningsregistret.",
            register="BEF, the mother's row at the reference date",
            codes=parameters.single_codes + parameters.couple_codes,
        )
    return RuleText(
        yes=f"the child's FM_MARK is not {is_in_words(parameters.intact_codes)} (a placed child is 6)",
        no=f"FM_MARK is {is_in_words(parameters.intact_codes)}",
        unknown="FM_MARK is blank, or the child's mother is blank, dead, or in no delivered BEF",
        en="The child does not live with both parents (a placed child counts).",
        da="Barnet bor ikke sammen med begge sine forældre.",
        register="BEF, the child's row at the reference date",
        codes=parameters.intact_codes,
    )
