"""Who is scored: the children of a reference date, and what BEF knows about their mothers.

Belongs here: the base population (resident, not dead, 0-17 completed years), the mothers' own BEF rows, and in which
year-end snapshots they are.
Does not belong here: any risk factor (`f1_…` to `f5_…`), areas (`areas.py`).

Both frames are collected, because every factor starts from them; the big registers are then read only for the mothers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.risk_factors.inputs import Registers, refusal, years_before
from schemas.release import AGE_BANDS

DEAD = "D"
"""CIVST of someone who died in the year: still in that year's snapshot, but not resident at its end."""


@dataclass(frozen=True)
class People:
    """The children of one date and their mothers.

    `children`: child_id, mother_id (null = none given), kom, adresse_id, fm_mark, age_band.
    `mothers`: one row per distinct mother_id: is_dead (in her latest BEF row; null = never in BEF), birth_year (null =
    never in BEF), adresse_id and is_resident (own row at the date, not dead).
    """

    reference_date: date
    registers: Registers
    children: pl.DataFrame
    mothers: pl.DataFrame

    def residents(self, *columns: str) -> pl.LazyFrame:
        """BEF at the date without the dead."""
        bef = self.registers.frame("bef", self.reference_date)
        return bef.filter(pl.col("civst").ne_missing(DEAD)).select(columns)

    def mothers_present(self, years: list[int]) -> pl.LazyFrame:
        """mother_id, present: is she in each 31 December snapshot of `years` (from her birth year)? A snapshot that
        was not delivered can't show it, so nobody is present in it."""
        frames = self.registers.frames["bef"]
        snapshots = {year: frames.get(date(year, 12, 31)) for year in years}
        seen = [
            frame.select(mother_id="pnr", year=pl.lit(year, pl.Int32))
            for year, frame in snapshots.items()
            if frame is not None
        ]
        mothers = self.mothers.lazy().select("mother_id", birth_year=pl.col("birth_year").fill_null(0))
        required = pl.max_horizontal(pl.lit(min(years, default=0), pl.Int32), "birth_year")
        n_required = pl.lit(max(years, default=0), pl.Int32) - required + 1
        if not seen:
            return mothers.select("mother_id", present=pl.lit(False))
        counted = (
            pl.concat(seen)
            .join(mothers, on="mother_id", how="inner")
            .filter(pl.col("year") >= pl.col("birth_year"))
            .group_by("mother_id")
            .agg(n_seen=pl.len().cast(pl.Int32))
        )
        return mothers.join(counted, on="mother_id", how="left").select(
            "mother_id", present=(pl.col("n_seen") == n_required).fill_null(False)
        )


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
    bef = registers.frame("bef", reference_date)
    children = (
        bef.filter(
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
    mother_ids = children.select(pl.col("mother_id").drop_nulls().unique().sort())
    at_date = _mothers_in(bef, mother_ids).collect(engine="streaming")
    missing = mother_ids.join(at_date, on="mother_id", how="anti")
    earlier = [v for v in registers.vintages("bef") if v < reference_date]
    before = _last_rows(registers, earlier, missing) if earlier and missing.height else at_date.clear()
    known = pl.concat(
        [at_date.with_columns(is_here=pl.lit(True)), before.with_columns(is_here=pl.lit(False))]
    )
    mothers = mother_ids.join(known, on="mother_id", how="left", maintain_order="left").select(
        "mother_id",
        "is_dead",
        "birth_year",
        is_resident=(pl.col("is_here") & ~pl.col("is_dead")).fill_null(False),
        adresse_id=pl.when(pl.col("is_here") & ~pl.col("is_dead")).then("adresse_id"),
    )
    return People(reference_date, registers, children, mothers)


def age_band(reference_date: date) -> pl.Expr:
    """`foed_dag` -> age band in completed years: someone born on 29 February is a year older on 1 March."""
    lower_ages = [int(band.split("-")[0]) for band in AGE_BANDS]
    band = pl.lit(AGE_BANDS[0])
    for age, label in zip(lower_ages[1:], AGE_BANDS[1:], strict=True):
        band = (
            pl.when(pl.col("foed_dag") <= years_before(reference_date, age))
            .then(pl.lit(label))
            .otherwise(band)
        )
    return band


def _mothers_in(bef: pl.LazyFrame, mother_ids: pl.DataFrame) -> pl.LazyFrame:
    return (
        bef.select("pnr", "civst", "foed_dag", "adresse_id")
        .join(mother_ids.lazy(), left_on="pnr", right_on="mother_id", how="semi")
        .select(
            mother_id="pnr",
            is_dead=pl.col("civst").eq_missing(DEAD),
            birth_year=pl.col("foed_dag").dt.year(),
            adresse_id="adresse_id",
        )
    )


def _last_rows(registers: Registers, vintages: list[date], mother_ids: pl.DataFrame) -> pl.DataFrame:
    """Each mother's row in the newest of `vintages` that has her."""
    found = [
        _mothers_in(registers.frame("bef", vintage), mother_ids).with_columns(vintage=pl.lit(vintage))
        for vintage in vintages
    ]
    return (
        pl.concat(found)
        .collect(engine="streaming")
        .sort("vintage")
        .unique("mother_id", keep="last", maintain_order=True)
        .drop("vintage")
    )
