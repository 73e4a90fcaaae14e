"""f5: the mother's housing conditions ("mors boligforhold").

No source says what this means. The default is a rented dwelling; `almen` and `trangt` (crowded) are the
alternatives. Always the mother's dwelling, not the child's: some children live with their father.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import narwhals.stable.v2 as nw
import polars as pl
from pydantic import Field

from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import (
    Codes,
    FactorParameters,
    RuleText,
    Strict,
    Years,
    is_in_words,
    valid_codes,
)
from assets.risk_factors.people import People


class Crowding(Strict):
    """Crowded: more than `limit` persons per room, or fewer than `limit` m² per person."""

    measure: Literal["personer_pr_vaerelse", "m2_pr_person"]
    limit: Annotated[float, Field(gt=0)]


class Parameters(FactorParameters):
    """`condition` picks the reading; the other readings' codes stay declared, so that a variant is one
    line."""

    max_age_years: Years
    condition: Literal["lejet", "almen", "trangt"]
    rented_codes: Codes
    owner_codes: Codes
    almen_codes: Codes
    crowding: Crowding


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    return [VintageUsed("bol", registers.latest("bol", reference_date, parameters.max_age_years))]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """mother_id and, of her own dwelling at the date (null = dead, no row, no address or no match in BOL):
    udlejningfh, or ejerforhold, or residents with antal_vaerelser or boligareal."""
    (used,) = vintages_used(people.registers, parameters, people.reference_date)
    bol = people.registers.frame("bol", used.vintage)
    dwellings = people.mothers.lazy().select("mother_id", "adresse_id")
    column = _column(parameters)
    facts = dwellings.join(bol.select("adresse_id", column), on="adresse_id", how="left")
    if parameters.condition == "trangt":
        wanted = dwellings.select("adresse_id").unique()
        residents = (
            people.residents("adresse_id")
            .join(wanted, on="adresse_id", how="semi")
            .group_by("adresse_id")
            .agg(residents=pl.len())
        )
        facts = facts.join(residents, on="adresse_id", how="left")
        return facts.select("mother_id", column, "residents")
    return facts.select("mother_id", column)


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    unknown = nw.lit(None, dtype=nw.Boolean())
    column = nw.col(_column(parameters))
    if parameters.condition == "trangt":
        persons, limit = nw.col("residents"), parameters.crowding.limit
        per_room = parameters.crowding.measure == "personer_pr_vaerelse"
        is_crowded = persons > column * limit if per_room else persons * limit > column
        return nw.when(column > 0).then(is_crowded).otherwise(unknown)
    if parameters.condition == "almen":
        return (
            nw.when(column.is_null())
            .then(unknown)
            .otherwise(column.is_in(valid_codes(parameters.almen_codes, reference_date)))
        )
    rented, owner = (
        column.is_in(valid_codes(codes, reference_date))
        for codes in (parameters.rented_codes, parameters.owner_codes)
    )
    return nw.when(rented).then(nw.lit(True)).otherwise(nw.when(owner).then(nw.lit(False)).otherwise(unknown))


def describe(parameters: Parameters) -> RuleText:
    register = (
        f"BOL, newest status day up to the reference date (at most {parameters.max_age_years} years old), "
        "by the mother's ADRESSE_ID in BEF at the reference date"
    )
    no_dwelling = (
        "the mother is blank, dead or without a row at the reference date, or her dwelling is not in BOL"
    )
    if parameters.condition == "trangt":
        crowding = parameters.crowding
        per_room = crowding.measure == "personer_pr_vaerelse"
        rule = (
            f"more than {crowding.limit:g} resident(s) per room"
            if per_room
            else f"less than {crowding.limit:g} m² per resident"
        )
        rule_da = (
            f"flere end {_danish(crowding.limit)} pr. værelse"
            if per_room
            else f"mindre end {_danish(crowding.limit)} m² pr. person"
        )
        return RuleText(
            yes=f"the mother's dwelling has {rule} ({_column(parameters).upper()} and BEF)",
            no="it has not",
            unknown=f"{no_dwelling}, or {_column(parameters).upper()} is blank or 0",
            en=f"The mother lives crowded: {rule}.",
            da=f"Moren bor trangt: {rule_da}.",
            register=register,
            codes=(),
        )
    if parameters.condition == "almen":
        return RuleText(
            yes=f"the mother's dwelling has EJERFORHOLD {is_in_words(parameters.almen_codes)}",
            no="any other ownership",
            unknown=f"{no_dwelling}, or its ownership is blank",
            en="The mother lives in an almen dwelling (public housing).",
            da="Moren bor i en almen bolig.",
            register=register,
            codes=parameters.almen_codes,
        )
    return RuleText(
        yes=f"the mother's dwelling has UDLEJNINGFH {is_in_words(parameters.rented_codes)}",
        no=f"it has {is_in_words(parameters.owner_codes)}",
        unknown=f"{no_dwelling}, or it has any other code",
        en="The mother lives in a rented dwelling.",
        da="Moren bor i en lejebolig.",
        register=register,
        codes=parameters.rented_codes + parameters.owner_codes,
    )


def _column(parameters: Parameters) -> str:
    """The BOL column that the reading needs."""
    if parameters.condition == "trangt":
        per_room = parameters.crowding.measure == "personer_pr_vaerelse"
        return "antal_vaerelser" if per_room else "boligareal"
    return {"lejet": "udlejningfh", "almen": "ejerforhold"}[parameters.condition]


def _danish(number: float) -> str:
    return f"{number:g}".replace(".", ",")
