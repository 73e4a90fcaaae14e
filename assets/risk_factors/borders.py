"""Where the borders ran at the date before: what two dates together could tell of a border that moved.

Belongs here: the areas that each child's dwelling lay in by the list of the 31 December before, and who has
come to them since. Does not belong here: what follows from it (`assets/disclosure/merging.py`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import polars as pl

from assets.risk_factors.areas import areas_of_dwellings
from assets.risk_factors.inputs import Registers
from schemas.errors import InputRefused

NOWHERE = pl.lit([], dtype=pl.List(pl.String))


def date_before(registers: Registers, reference_date: date) -> date | None:
    """The newest 31 December before the date of which there is a BEF."""
    ends = [v for v in registers.vintages("bef") if v < reference_date and (v.month, v.day) == (12, 31)]
    return max(ends, default=None)


def earlier_areas(registers: Registers, children: pl.DataFrame, reference_date: date) -> pl.DataFrame:
    """child_id, earlier_date, earlier_area_ids (of the child's present dwelling, by the list of the date
    before; sorted), is_new (the child lived in none of these then, or wasn't there at all). `children`:
    child_id, adresse_id.

    Without a date before, or where its area list contradicts itself, earlier_date is null. Such a date can't
    have been published: it would have been refused.
    """
    before, areas = date_before(registers, reference_date), None
    if before is not None:
        with suppress(InputRefused):
            areas = areas_of_dwellings(registers, before)
    if before is None or areas is None:
        return children.select(
            "child_id",
            earlier_date=pl.lit(None, dtype=pl.Date),
            earlier_area_ids=NOWHERE,
            is_new=pl.lit(False),
        )
    placed = children.join(areas, on="adresse_id", how="left").with_columns(
        pl.col("area_ids").fill_null(NOWHERE)
    )
    inside = placed.filter(pl.col("area_ids").list.len() > 0)
    lived = (
        registers.frame("bef", before)
        .select("adresse_id", child_id="pnr")
        .join(inside.lazy().select("child_id"), on="child_id", how="semi")
        .join(areas.lazy().rename({"area_ids": "lived_in"}), on="adresse_id")
        .select("child_id", "lived_in")
    )
    stayed = (
        inside.lazy()
        .join(lived, on="child_id")
        .filter(pl.col("area_ids").list.set_intersection("lived_in").list.len() > 0)
        .select("child_id", is_new=pl.lit(False))
        .collect(engine="streaming")
    )
    return placed.join(stayed, on="child_id", how="left").select(
        "child_id",
        earlier_date=pl.lit(before),
        earlier_area_ids="area_ids",
        is_new=pl.col("is_new").fill_null(pl.col("area_ids").list.len() > 0),
    )
