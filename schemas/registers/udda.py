"""UDDA, highest completed education once a year.

Belongs here: the columns of UDDA that femfaktor reads.
Does not belong here: the level of an education code (`hfaudd.py`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Column, Contract, Kind, not_after

CONTRACT = Contract(
    "udda",
    "Højeste fuldførte uddannelse",
    "Highest completed education",
    ("pnr",),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        Column(
            "hfaudd",
            Kind.CODE,
            pl.String,
            "Uddannelseskode på fire cifre; de første cifre er ikke niveauet",
            "Four-digit education code; its first digits are not the level",
            width=4,
            varies=True,
        ),
        Column(
            "hf_kilde",
            Kind.CODE,
            pl.Int8,
            "Kilde til oplysningen",
            "Source of the information",
            required=False,
            certainty="B",
            minimum=0,
            maximum=127,
        ),
        Column(
            "hf_vfra", Kind.DATE, pl.Date, "Uddannelsen gælder fra", "Education valid from", required=False
        ),
    ),
    arrives_after=10,
    read_by=("f4",),
    row_rules=(not_after("hf_vfra"),),
)
