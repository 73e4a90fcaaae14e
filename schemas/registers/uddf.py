"""UDDF, highest completed education as intervals: what UDDA says once a year, with its dates.

Belongs here: the columns of UDDF.
Does not belong here: the level of an education code (`hfaudd.py`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Column, Contract, Kind

CONTRACT = Contract(
    "uddf",
    "Højeste fuldførte uddannelse, forløb",
    "Highest completed education, intervals",
    ("pnr", "hf_vfra"),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        Column(
            "hfaudd",
            Kind.CODE,
            pl.String,
            "Uddannelseskode på fire cifre; de første cifre er ikke niveauet",
            "Four-digit education code; its first digits are not the level",
            width=4,
        ),
        Column("hf_vfra", Kind.DATE, pl.Date, "Uddannelsen gælder fra", "Education valid from"),
        Column(
            "hf_vtil",
            Kind.DATE,
            pl.Date,
            "Uddannelsen gælder til; tom = stadig",
            "Education valid to; blank = still",
            certainty="B",
        ),
    ),
    valid_interval=("hf_vfra", "hf_vtil"),
    # Whether HF_VTIL is the last day or the next interval's first is not confirmed.
    may_overlap=True,
    arrives_after=10,
    required=False,
    note="One delivery holds all intervals up to its status day.",
)
