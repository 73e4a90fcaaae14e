"""Housing areas at a date: which are valid, how they hang together, and which ones a dwelling lies in.

Belongs here: validity, the hierarchy afdeling -> omraade -> helhedsplan -> kommune, membership that closes
upward.
Does not belong here: counting (`assets/aggregation`), the statutory lists.

A dwelling in an afdeling lies in its omraade and in that omraade's plan. It may lie in two omraader
(overlap).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.risk_factors.inputs import Registers, refusal

DELIVERY = "leverance"


def hierarchy(registers: Registers, reference_date: date) -> pl.DataFrame:
    """The areas valid at the date: level, area_id, area_name, parent_id (whose rest the area is taken from),
    kom (Int16).

    parent_id: afdeling -> its omraade; omraade -> its helhedsplan, else its kommune; helhedsplan -> its
    kommune; kommune -> "leverance". An omraade whose plan has ended belongs to its kommune. Refuses an area
    listed twice at the date, and one whose parent is not valid at it.
    """
    listed = registers.listed("omraader").collect()
    areas = _valid(listed.lazy(), reference_date).collect()
    _refuse_if(
        areas.height - areas["area_id"].n_unique(),
        f"areas with overlapping validity on {reference_date}",
        "Let one row end before the next.",
    )
    _refuse_if(
        areas.filter(level="omraade")
        .join(listed, left_on="plan", right_on="area_id", how="anti")["plan"]
        .count(),
        "omraader whose plan is not in the list",
        "List the helhedsplan, or leave plan blank.",
    )
    level_of = areas.select("area_id", "level")
    plans = areas.filter(level="helhedsplan").select(plan="area_id", plan_kom="parent")
    omraader = (
        areas.filter(level="omraade")
        .join(plans, on="plan", how="left")
        .with_columns(
            parent_id=pl.when(pl.col("plan_kom").is_not_null()).then("plan").otherwise("parent"),
            kommune="parent",
        )
    )
    afdelinger = (
        areas.filter(level="afdeling")
        .join(omraader.select(parent="area_id", kommune="kommune"), on="parent", how="left")
        .with_columns(parent_id="parent")
    )
    helhedsplaner = areas.filter(level="helhedsplan").with_columns(parent_id="parent", kommune="parent")
    kommuner = areas.filter(level="kommune").with_columns(parent_id=pl.lit(DELIVERY), kommune="area_id")
    wanted = ["level", "area_id", "name", "parent_id", "kommune"]
    tree = pl.concat([frame.select(wanted) for frame in (afdelinger, omraader, helhedsplaner, kommuner)])
    levels_above = pl.DataFrame(
        [
            ("afdeling", "omraade"),
            ("omraade", "helhedsplan"),
            ("omraade", "kommune"),
            ("helhedsplan", "kommune"),
        ],
        schema=["level", "parent_level"],
        orient="row",
    )
    attached = (
        tree.join(level_of.rename({"area_id": "parent_id", "level": "parent_level"}), on="parent_id")
        .join(levels_above, on=["level", "parent_level"], how="semi")
        .height
    )
    _refuse_if(
        tree.height - kommuner.height - attached,
        f"areas whose parent is not an area of the level above, valid on {reference_date}",
        "Give each area a parent that is valid as long as it is.",
    )
    _refuse_if(
        tree.join(kommuner, left_on="kommune", right_on="area_id", how="anti").height,
        f"areas that lie in no kommune of the list, on {reference_date}",
        "Give each område and each plan its kommune as parent, also where an område has a plan.",
    )
    _refuse_if(
        kommuner.filter(~pl.col("area_id").str.contains(r"^\d{3}$")).height,
        "kommuner whose area_id is not a three-digit kommune code",
        "Use the code that BEF has in KOM.",
    )
    return tree.select(
        "level", "area_id", "parent_id", area_name="name", kom=pl.col("kommune").cast(pl.Int16)
    ).sort("level", "area_id")


def areas_of_dwellings(registers: Registers, reference_date: date) -> pl.DataFrame:
    """adresse_id, area_ids (sorted list of every afdeling, omraade and helhedsplan the dwelling lies in at
    the date).

    Refuses addresses listed for areas that are in no row of the area list; those of areas not valid at the
    date are left out.
    """
    up = (
        hierarchy(registers, reference_date)
        .filter(pl.col("level") != "kommune")
        .select("area_id", "parent_id")
    )
    members = (
        up.join(up, left_on="parent_id", right_on="area_id", how="left", suffix="_above")
        .select("area_id", member_of=pl.concat_list("area_id", "parent_id", "parent_id_above"))
        .with_columns(pl.col("member_of").list.set_intersection(up["area_id"].implode()).list.sort())
    )
    listed = registers.listed("omraade_adresser")
    known = registers.listed("omraader").select("area_id").unique()
    stray = listed.join(known, on="area_id", how="anti").select(pl.col("area_id").n_unique()).collect().item()
    if stray:
        raise refusal(
            "omraade_adresser",
            "areas that are not in omraader",
            "Add them to omraader, or correct them.",
            stray,
        )
    placed = (
        _valid(listed, reference_date)
        .select("area_id", "adresse_id")
        .join(members.lazy(), on="area_id", how="inner")
        .select("adresse_id", area_ids="member_of")
        .collect()
    )
    # Nearly every dwelling is listed once: only the others need their lists merged.
    is_twice = placed["adresse_id"].is_duplicated()
    merged = (
        placed.filter(is_twice)
        .explode("area_ids", empty_as_null=True, keep_nulls=False)
        .group_by("adresse_id")
        .agg(pl.col("area_ids").unique().sort())
    )
    return pl.concat([placed.filter(~is_twice), merged])


def _refuse_if(count: int, rule: str, action: str) -> None:
    if count:
        raise refusal("omraader", rule, action, count)


def _valid(frame: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """Rows valid on `day`; both ends are included, a blank end is open."""
    return frame.filter(
        pl.col("valid_from").fill_null(day) <= day,
        pl.col("valid_to").fill_null(day) >= day,
    )
