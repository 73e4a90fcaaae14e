"""The dwellings of each area, and how many of them are almene: what an area is, apart from who lives there.

Belongs here: counting dwellings in BOL. Does not belong here: what follows from it (`assets/disclosure`),
families.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.risk_factors.areas import areas_of_dwellings
from assets.risk_factors.f5_boligforhold import Parameters
from assets.risk_factors.inputs import Registers
from assets.risk_factors.parameters import valid_codes

DWELLING_SCHEMA = {
    "reference_date": pl.Date,
    "area_id": pl.String,
    "dwellings": pl.Int64,
    "almene": pl.Int64,
}


def count_dwellings(registers: Registers, parameters: Parameters, reference_date: date) -> pl.DataFrame:
    """Dwellings per afdeling, omraade and helhedsplan in the BOL that f5 is read from (DWELLING_SCHEMA).

    A listed address that is not in BOL counts as a dwelling that isn't almen, and so does one whose ownership
    is blank: not known is not almen.
    """
    bol = registers.frame("bol", registers.latest("bol", reference_date, parameters.max_age_years))
    almene = pl.col("ejerforhold").is_in(valid_codes(parameters.almen_codes, reference_date))
    return (
        areas_of_dwellings(registers, reference_date)
        .lazy()
        .join(bol.select("adresse_id", "ejerforhold"), on="adresse_id", how="left")
        .select(pl.col("area_ids").alias("area_id"), almene.fill_null(False).alias("almene"))
        .explode("area_id", empty_as_null=True, keep_nulls=False)
        .group_by("area_id")
        .agg(dwellings=pl.len().cast(pl.Int64), almene=pl.col("almene").sum().cast(pl.Int64))
        .sort("area_id")
        .select(pl.lit(reference_date).alias("reference_date"), "area_id", "dwellings", "almene")
        .collect()
    )
