"""Who is scored: the children of a reference date, and what BEF knows about their mothers.

Belongs here: the base population (resident, not dead, 0-17 completed years), the mothers' own BEF rows, and
in which year-end snapshots they are.
Does not belong here: any risk factor (`f1_…` to `f5_…`), areas (`areas.py`).

The frames are collected, because every factor starts from them; the big registers are then read only for the
mothers.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from assets.risk_factors.inputs import Registers, refusal, years_before
from schemas.release import AGE_BANDS

READERS = 2
"""BEF vintages read at the same time: one is searched while the next is decoded, and two fit in memory."""
DEAD = "D"
"""CIVST of someone who died in the year: still in that year's snapshot, but not resident at its end."""


@dataclass(frozen=True)
class People:
    """The children of one date and their mothers.

    `children`: child_id, mother_id (null = none given), kom, adresse_id, fm_mark, age_band, mother_is_dead
    (null = blank or never in BEF). `mothers`: one
    row per distinct mother_id, in order: is_dead and birth_year (from her latest BEF row; null = never in
    BEF), adresse_id (own row at the date; null = none, or dead). `sightings`: BEF vintage up to the date ->
    for each row of `mothers`, is she in it?
    """

    reference_date: date
    registers: Registers
    children: pl.DataFrame
    mothers: pl.DataFrame
    sightings: Mapping[date, np.ndarray]

    def residents(self, *columns: str) -> pl.LazyFrame:
        """BEF at the date without the dead."""
        bef = self.registers.frame("bef", self.reference_date)
        return bef.filter(pl.col("civst").ne_missing(DEAD)).select(columns)

    def mothers_present(self, years: range) -> pl.LazyFrame:
        """mother_id, is_present: is she in each 31 December snapshot of `years`, from her birth year on?

        A snapshot that was not delivered can't show it, so nobody is present in it; nor in no years at all.
        """
        birth_year = self.mothers["birth_year"].fill_null(0).to_numpy()
        n_seen = np.zeros(self.mothers.height, dtype=np.int32)
        for year in years:
            if (is_seen := self.sightings.get(date(year, 12, 31))) is not None:
                n_seen += is_seen & (birth_year <= year)
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
    ids = children["mother_id"].drop_nulls().unique().sort()
    sightings: dict[date, np.ndarray] = {}
    is_known = np.zeros(len(ids), dtype=bool)
    latest: list[pl.DataFrame] = []
    vintages = sorted((v for v in registers.vintages("bef") if v <= reference_date), reverse=True)
    with ThreadPoolExecutor(READERS) as readers:
        rows_by_vintage = readers.map(
            lambda vintage: _rows_of(ids, registers, vintage, reference_date), vintages
        )
        # Newest first: a row counts only for mothers that no later vintage has.
        for vintage, (mother, rows) in zip(vintages, rows_by_vintage, strict=True):
            sightings[vintage] = np.zeros(len(ids), dtype=bool)
            sightings[vintage][mother] = True
            latest.append(rows.filter(~is_known[mother]))
            is_known[mother] = True
    rows_of_mothers = pl.concat(latest, how="diagonal").select(
        "pnr",
        "is_dead",
        birth_year=pl.col("foed_dag").dt.year(),
        adresse_id=pl.when(~pl.col("is_dead")).then("adresse_id"),
    )
    mothers = pl.DataFrame({"mother_id": ids}).join(
        rows_of_mothers, left_on="mother_id", right_on="pnr", how="left", maintain_order="left"
    )
    is_dead = mothers.select("mother_id", mother_is_dead="is_dead")
    children = children.join(is_dead, on="mother_id", how="left", maintain_order="left")
    return People(reference_date, registers, children, mothers, sightings)


def age_band(reference_date: date) -> pl.Expr:
    """`foed_dag` -> age band in completed years: someone born on 29 February is a year older on 1 March."""
    lower_ages = [int(band.split("-")[0]) for band in AGE_BANDS]
    band = pl.lit(AGE_BANDS[0])
    for age, label in zip(lower_ages[1:], AGE_BANDS[1:], strict=True):
        is_this_old = pl.col("foed_dag") <= years_before(reference_date, age)
        band = pl.when(is_this_old).then(pl.lit(label)).otherwise(band)
    return band


def _rows_of(
    ids: pl.Series, registers: Registers, vintage: date, reference_date: date
) -> tuple[np.ndarray, pl.DataFrame]:
    """Which of `ids` one BEF holds (positions), and their pnr, is_dead, foed_dag; at the date adresse_id."""
    address = ["adresse_id"] if vintage == reference_date else []
    rows = (
        registers.frame("bef", vintage)
        .select("pnr", "foed_dag", *address, is_dead=pl.col("civst").eq_missing(DEAD))
        .collect(engine="streaming")
    )
    # Typed tables are sorted by key already.
    rows = rows if rows["pnr"].is_sorted() else rows.sort("pnr")
    mother, row = _find(ids, rows["pnr"])
    return mother, rows[row]


def _find(wanted: pl.Series, among: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `wanted` and in `among` of the ids in both; sorted without repeats or nulls, both of them.

    A binary search: a hash join over the same columns takes longer, and there is one per BEF vintage.
    """
    needles, hay = wanted.to_numpy(), among.to_numpy()
    place = np.searchsorted(hay, needles)
    found = place < len(hay)
    found[found] = hay[place[found]] == needles[found]
    return np.flatnonzero(found), place[found]
