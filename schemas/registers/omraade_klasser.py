"""The statutory class of an area, year by year: almenboligloven § 61 a, published on 1 December.

Belongs here: the columns of `omraade_klasser`.
Does not belong here: the areas themselves (`omraader.py`), the criteria behind a class.

Most areas under a helhedsplan are on no list, and a listed area need not have a plan: two classifications.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Period

# Law 2157 of 27 November 2021 renamed two of the classes and added one.
_RENAMED = date(2021, 12, 1)
_BEFORE = date(2021, 11, 30)
_SINCE = date(2018, 12, 1)

KLASSE = CodeList(
    (
        Code("udsat", "Udsat boligområde", "Vulnerable area", valid_from=_SINCE),
        Code("ghetto", "Ghettoområde", "Ghetto area (as the act said)", date(2010, 12, 1), _BEFORE),
        Code("haard_ghetto", "Hårdt ghettoområde", "Hard ghetto area (as the act said)", _SINCE, _BEFORE),
        Code("parallelsamfund", "Parallelsamfund", "Parallel society", valid_from=_RENAMED),
        Code("omdannelse", "Omdannelsesområde", "Transformation area", valid_from=_RENAMED),
        Code("forebyggelse", "Forebyggelsesområde", "Prevention area", valid_from=_RENAMED),
    )
)

CONTRACT = Contract(
    "omraade_klasser",
    "Områdernes klasse efter almenboligloven § 61 a",
    "Statutory class of the areas",
    ("area_id", "aar"),
    (
        Column(
            "area_id", Kind.TEXT, pl.String, "Områdets id", "Area id", nullable=False, aliases=("omraade_id",)
        ),
        Column(
            "aar",
            Kind.INTEGER,
            pl.Int16,
            "Listens år (1. december)",
            "Year of the list (1 December)",
            nullable=False,
            minimum=2010,
            maximum=2099,
        ),
        Column(
            "klasse",
            Kind.CODE,
            pl.String,
            "Strengeste klasse på årets liste",
            "Strictest class on the year's list",
            codes=KLASSE,
            case="lower",
            nullable=False,
            certainty="B",
        ),
    ),
    period=Period.NONE,
    unknown_code_limit=0.0,
    required=False,
    note="An area that is on no list of a year has no row for it.",
)
