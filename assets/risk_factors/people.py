"""Who is scored: the children of a reference date, and what BEF knows about their mothers.

Belongs here: the base population (resident, not dead, 0-17 completed years), the mothers' own BEF rows, and
in which year-end snapshots they are.
Does not belong here: any risk factor (`f1_…` to `f5_…`), areas (`areas.py`).

The frames are collected, because every factor starts from them; the big registers are then read only for the
mothers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from assets.risk_factors.inputs import Registers, refusal, years_before
from schemas.release import AGE_BANDS

DEAD = "D"
"""CIVST of someone who died in the year: still in that year's snapshot, but not resident at its end."""


@dataclass(frozen=True)
class People:
    """The children of one date and their mothers.

    `children`: child_id, mother_id (null = none given), kom, adresse_id, fm_mark, age_band. `mothers`: one
    row per distinct mother_id: is_dead and birth_year (from her latest BEF row; null = never in BEF),
    adresse_id (own row at the date; null = none, or dead). `sightings`: one row per mother and BEF vintage up
    to the date: mother (row number in `mothers`), vintage.
    """

    reference_date: date
    registers: Registers
    children: pl.DataFrame
    mothers: pl.DataFrame
    sightings: pl.DataFrame

    def residents(self, *columns: str) -> pl.LazyFrame:
        """BEF at the date without the dead."""
        bef = self.registers.frame("bef", self.reference_date)
        return bef.filter(pl.col("civst").ne_missing(DEAD)).select(columns)

    def mothers_present(self, years: range) -> pl.LazyFrame:
        """mother_id, is_present: is she in each 31 December snapshot of `years`, from her birth year on?

        A snapshot that was not delivered can't show it, so nobody is present in it; nor in no years at all.
        """
        year_ends = [date(year, 12, 31) for year in years]
        birth_year = self.mothers["birth_year"].fill_null(0).to_numpy()
        seen = self.sightings.filter(pl.col("vintage").is_in(year_ends))
        mother = seen["mother"].to_numpy()
        is_born = seen["vintage"].dt.year().to_numpy() >= birth_year[mother]
        n_seen = np.bincount(mother[is_born], minlength=self.mothers.height)
        n_required = years.stop - np.maximum(birth_year, years.start)
        is_present = (n_seen == n_required) & (n_seen > 0)
        return self.mothers.lazy().select("mother_id", is_present=pl.lit(pl.Series(is_present)))


def find_people(registers: Registers, reference_date: date) -> People:
    """The children resident at `reference_date`, 0-17 completed years, and their mothers.

    Refuses when BEF has no vintage of exactly that day: a stock is counted on its day, not near it.
    """
    if reference_date not in registers.frames.get("bef", {}):
        raise refusal(
            "bef",
            f"no vintage of the reference date {reference_date}",
            f"Deliver BEF as of {reference_date}, or leave the date out.",
        )
    children = (
        registers.frame("bef", reference_date)
        .filter(
            pl.col("foed_dag") > years_before(reference_date, 18),
            pl.col("foed_dag") <= reference_date,
            pl.col("civst").ne_missing(DEAD),
        )
        .select(
            "kom",
            "adresse_id",
            "fm_mark",
            child_id="pnr",
            mother_id="mor_id",
            age_band=age_band(reference_date),
        )
        .collect(engine="streaming")
    )
    ids = children.select(pl.col("mother_id").drop_nulls().unique().sort()).with_row_index("mother")
    vintages = [v for v in registers.vintages("bef") if v <= reference_date]
    rows = pl.concat([_mothers_in(registers, v, ids, v == reference_date) for v in vintages]).collect(
        engine="streaming"
    )
    at_date = rows.filter(vintage=reference_date)
    is_here = np.zeros(ids.height, dtype=bool)
    is_here[at_date["mother"]] = True
    elsewhere = rows.filter(~is_here[rows["mother"]]).sort("vintage").unique("mother", keep="last")
    latest = pl.concat([at_date, elsewhere])
    mothers = (
        ids.join(latest, on="mother", how="left", maintain_order="left")
        .with_columns(adresse_id=pl.when(~pl.col("is_dead")).then("adresse_id"))
        .select("mother_id", "is_dead", "birth_year", "adresse_id")
    )
    return People(reference_date, registers, children, mothers, rows.select("mother", "vintage"))


def age_band(reference_date: date) -> pl.Expr:
    """`foed_dag` -> age band in completed years: someone born on 29 February is a year older on 1 March."""
    lower_ages = [int(band.split("-")[0]) for band in AGE_BANDS]
    band = pl.lit(AGE_BANDS[0])
    for age, label in zip(lower_ages[1:], AGE_BANDS[1:], strict=True):
        is_this_old = pl.col("foed_dag") <= years_before(reference_date, age)
        band = pl.when(is_this_old).then(pl.lit(label)).otherwise(band)
    return band


def _mothers_in(registers: Registers, vintage: date, ids: pl.DataFrame, is_at_date: bool) -> pl.LazyFrame:
    """The mothers' rows in one BEF; the address only at the reference date."""
    columns = ["pnr", "civst", "foed_dag", *(["adresse_id"] if is_at_date else [])]
    return (
        registers.frame("bef", vintage)
        .select(columns)
        .join(ids.lazy(), left_on="pnr", right_on="mother_id", how="inner")
        .select(
            "mother",
            vintage=pl.lit(vintage),
            is_dead=pl.col("civst").eq_missing(DEAD),
            birth_year=pl.col("foed_dag").dt.year(),
            adresse_id=pl.col("adresse_id") if is_at_date else pl.lit(None, pl.Int64),
        )
    )
