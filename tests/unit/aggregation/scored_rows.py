"""Small scored frames written as tables, for the tests of the aggregation.

No rule of the code under test is repeated: n_yes, n_known and state are written out by hand.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.release import FACTORS

REFERENCE_DATE = date(2024, 12, 31)

HIERARCHY_SCHEMA = {
    "level": pl.String,
    "area_id": pl.String,
    "area_name": pl.String,
    "parent_id": pl.String,
    "kom": pl.Int16,
}
SCORED_SCHEMA = {
    "reference_date": pl.Date,
    "definition": pl.String,
    "definition_hash": pl.String,
    "child_key": pl.Int64,
    "mother_key": pl.Int64,
    "kom": pl.Int16,
    "area_ids": pl.List(pl.String),
    "earlier_date": pl.Date,
    "earlier_area_ids": pl.List(pl.String),
    "is_new": pl.Boolean,
    "age_band": pl.String,
    **dict.fromkeys(FACTORS, pl.Boolean),
    "n_yes": pl.Int8,
    "n_known": pl.Int8,
    "state": pl.String,
}
_FACTOR = {"+": True, "-": False, "?": None}


def cells(text: str) -> list[list[str]]:
    """Rows of a table written as text: columns split at |; empty lines and lines of # left out."""
    lines = (line.strip() for line in text.strip().splitlines())
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def hierarchy(text: str) -> pl.DataFrame:
    """level | area_id | area_name | parent_id | kom"""
    rows = [[cell or None for cell in row] for row in cells(text)]
    return pl.DataFrame([[*row[:4], int(row[4] or 0)] for row in rows], schema=HIERARCHY_SCHEMA, orient="row")


def scored(text: str, *, definition: str = "sfi5-v1", definition_hash: str = "aaaa") -> pl.DataFrame:
    """child | mother (empty = unknown) | kom | areas | age band | five of + - ? | n_yes | n_known | state

    Areas "a b < c": c is where the dwelling lay by the list of a year before; "a b < c *": and the child is
    new there. Without <, the borders stand."""
    rows = []
    for child, mother, kom, areas, age_band, factors, n_yes, n_known, state in cells(text):
        now, _, before = areas.partition("<")
        before = before or now
        rows.append(
            [
                REFERENCE_DATE,
                definition,
                definition_hash,
                int(child),
                int(mother) if mother else None,
                int(kom),
                now.split(),
                date(2023, 12, 31),
                before.replace("*", "").split(),
                "*" in before,
                age_band,
                *(_FACTOR[sign] for sign in factors),
                int(n_yes),
                int(n_known),
                state,
            ]
        )
    return pl.DataFrame(rows, schema=SCORED_SCHEMA, orient="row")
