"""The area list: afdeling, boligområde, helhedsplan and kommune, with validity dates.

Belongs here: the columns of `omraader`.
Does not belong here: an area's dwellings (`omraade_adresser.py`), how areas nest (`assets/aggregation`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Period

LEVEL = CodeList(
    (
        Code("afdeling", "Boligafdeling", "Housing department"),
        Code("omraade", "Boligområde", "Housing area"),
        Code("helhedsplan", "Boligsocial helhedsplan", "Social housing plan"),
        Code("kommune", "Kommune; id er kommunekoden", "Municipality; its id is the municipality code"),
    )
)

CONTRACT = Contract(
    "omraader",
    "Områdeliste",
    "Area list",
    ("area_id", "valid_from"),
    (
        Column(
            "area_id", Kind.TEXT, pl.String, "Områdets id", "Area id", nullable=False, aliases=("omraade_id",)
        ),
        Column(
            "name",
            Kind.TEXT,
            pl.String,
            "Områdets navn",
            "Name of the area",
            nullable=False,
            aliases=("navn",),
        ),
        Column("level", Kind.CODE, pl.String, "Niveau", "Level", codes=LEVEL, case="lower", nullable=False),
        Column(
            "parent",
            Kind.TEXT,
            pl.String,
            "Overordnet: afdelingens område; områdets og planens kommune",
            "Parent: an afdeling's område; an område's or a plan's kommune",
            required=False,
        ),
        Column(
            "plan",
            Kind.TEXT,
            pl.String,
            "Områdets helhedsplan, hvis det har en",
            "The område's helhedsplan, if any",
            required=False,
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
    unknown_code_limit=0.0,
    valid_interval=("valid_from", "valid_to"),
    read_by=("areas",),
)
