"""The dwellings of each area, with validity dates.

Belongs here: the columns of `omraade_adresser`.
Does not belong here: the areas themselves (`omraader.py`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Column, Contract, Kind, Period

CONTRACT = Contract(
    "omraade_adresser",
    "Områdernes boliger",
    "Dwellings of the areas",
    ("area_id", "adresse_id", "valid_from"),
    (
        Column("area_id", Kind.TEXT, pl.String, "Områdets id", "Area id", nullable=False),
        Column(
            "adresse_id", Kind.ID, pl.Int64, "Boligens id som i BEF", "Dwelling as in BEF", nullable=False
        ),
        Column(
            "valid_from",
            Kind.DATE,
            pl.Date,
            "Gælder fra; tom = altid",
            "Valid from; blank = always",
            required=False,
        ),
        Column(
            "valid_to",
            Kind.DATE,
            pl.Date,
            "Gælder til og med; tom = stadig",
            "Valid to; blank = still",
            required=False,
        ),
    ),
    period=Period.NONE,
    valid_interval=("valid_from", "valid_to"),
    read_by=("areas",),
    note="Dwellings are listed for afdelinger, or for områder directly. A dwelling may lie in two områder.",
)
