"""BOL, dwellings on 1 January: tenure, rooms, area, ownership.

Belongs here: the columns of BOL that femfaktor reads.
Does not belong here: what housing conditions are (the factor definitions).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Period

UDLEJNINGFH = CodeList(
    (
        Code(1, "Udlejet", "Rented"),
        Code(2, "Benyttet af ejeren", "Used by the owner"),
        Code(3, "Uoplyst (ikke benyttet)", "Unknown (not in use)"),
        Code(9, "Uoplyst", "Unknown"),
    )
)
# Codes of the building register's field 102; further codes are kept and counted.
EJERFORHOLD = CodeList(
    (
        Code(10, "Privatpersoner eller interessentskab", "Private persons or partnership"),
        Code(20, "Alment boligselskab", "Non-profit housing association"),
        Code(30, "Aktie- eller anpartsselskab", "Company"),
        Code(40, "Forening, legat eller selvejende institution", "Association or self-governing institution"),
        Code(41, "Privat andelsboligforening", "Private housing cooperative"),
        Code(50, "Beliggenhedskommunen", "The municipality"),
        Code(60, "Anden kommune", "Another municipality"),
        Code(70, "Regionen", "The region"),
        Code(80, "Staten", "The state"),
        Code(90, "Andet", "Other"),
    ),
    closed=False,
)

CONTRACT = Contract(
    "bol",
    "Boligopgørelsen",
    "Dwellings",
    ("adresse_id",),
    (
        Column(
            "adresse_id", Kind.ID, pl.Int64, "Boligens id som i BEF", "Dwelling as in BEF", nullable=False
        ),
        Column(
            "udlejningfh",
            Kind.CODE,
            pl.Int8,
            "Udlejningsforhold",
            "Rented or used by the owner",
            codes=UDLEJNINGFH,
            varies=True,
        ),
        Column(
            "antal_vaerelser",
            Kind.INTEGER,
            pl.Int16,
            "Antal værelser",
            "Number of rooms",
            certainty="B",
            unit="rooms",
            required=False,
            minimum=0,
        ),
        Column(
            "boligareal",
            Kind.INTEGER,
            pl.Int16,
            "Boligens areal",
            "Floor area of the dwelling",
            certainty="B",
            unit="m²",
            required=False,
            minimum=0,
        ),
        Column(
            "ejerforhold",
            Kind.CODE,
            pl.Int16,
            "Ejendommens ejerforhold",
            "Ownership of the property",
            codes=EJERFORHOLD,
            certainty="B",
            required=False,
            minimum=0,
            maximum=999,
        ),
    ),
    period=Period.NEW_YEAR,
    arrives_after=6,
    read_by=("f5",),
    note="Names of rooms, area and ownership are not confirmed: map them in femfaktor.toml.",
)
