"""Education levels: Statistics Denmark's format table from education code to main level (DISCED-15).

Belongs here: the columns of `hfaudd`.
Does not belong here: the 4,830 codes themselves, which are an input to the pipeline.
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Period

# Open: a later edition of the format table may add a level.
HOVEDOMRAADE = CodeList(
    (
        Code(5, "Førskoleuddannelser", "Pre-primary education"),
        Code(10, "Grundskole", "Primary and lower secondary school"),
        Code(15, "Forberedende uddannelser", "Preparatory education"),
        Code(20, "Gymnasiale uddannelser", "Upper secondary, general"),
        Code(25, "Danskundervisning ved sprogcentre", "Danish courses at language centres"),
        Code(29, "Erhvervsfaglige grundforløb", "Basic vocational courses"),
        Code(30, "Erhvervsfaglige uddannelser", "Upper secondary, vocational"),
        Code(35, "Adgangsgivende uddannelsesforløb", "Qualifying courses"),
        Code(39, "Arbejdsmarkedsuddannelser", "Labour market training"),
        Code(40, "Korte videregående uddannelser", "Short-cycle higher education"),
        Code(50, "Mellemlange videregående uddannelser", "Medium-cycle higher education"),
        Code(60, "Bacheloruddannelser", "Bachelor's programmes"),
        Code(70, "Lange videregående uddannelser", "Long-cycle higher education"),
        Code(80, "Ph.d. og forskeruddannelser", "Doctoral programmes"),
        Code(90, "Uoplyst m.v.", "Not stated"),
    ),
    closed=False,
)

CONTRACT = Contract(
    "hfaudd",
    "Uddannelseskoder og hovedområder",
    "Education codes and main levels",
    ("hfaudd",),
    (
        Column(
            "hfaudd",
            Kind.CODE,
            pl.String,
            "Uddannelseskode på fire cifre",
            "Four-digit education code",
            width=4,
            nullable=False,
        ),
        Column(
            "hovedomraade",
            Kind.CODE,
            pl.Int8,
            "Hovedområde (DISCED-15)",
            "Main level (DISCED-15)",
            codes=HOVEDOMRAADE,
            nullable=False,
            minimum=0,
            maximum=99,
        ),
    ),
    period=Period.NONE,
    read_by=("f4",),
)
