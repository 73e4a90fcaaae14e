"""Areas that don't hang together, and names that aren't what they look like.

Belongs here: the area lists and kommune codes. Does not belong here: hostile text (`hostile.py`).
"""

from __future__ import annotations

import unicodedata
from datetime import date

import polars as pl

from tests.faults.cases.planting import change, put
from tests.faults.delivery import pseudonym
from tests.faults.fault import PARQUET, Fault, Group, Said

UTF_8 = (*PARQUET, "xpt")
"""Forms whose lists are delivered in UTF-8."""
ABOVE = "areas whose parent is not an area of the level above"


def area(column: str, **values: str | None):
    """Another value of `column` for some areas, by id (`_` for `-`)."""
    given = {name.replace("_", "-"): value for name, value in values.items()}

    def put_values(frame: pl.DataFrame) -> pl.DataFrame:
        expr = pl.col(column)
        for area_id, value in given.items():
            expr = (
                pl.when(pl.col("AREA_ID") == area_id)
                .then(pl.lit(value, frame.schema[column]))
                .otherwise(expr)
            )
        return frame.with_columns(expr.alias(column))

    return change("omraader", put_values)


def once_more(area_id: str, **columns: object):
    """A second row of an area, otherwise."""

    def add(frame: pl.DataFrame) -> pl.DataFrame:
        row = frame.filter(pl.col("AREA_ID") == area_id).with_columns(
            pl.lit(value, frame.schema[name]).alias(name) for name, value in columns.items()
        )
        return pl.concat([frame, row])

    return change("omraader", add)


def borders_moved(frame: pl.DataFrame) -> pl.DataFrame:
    """A dwelling of o-1 belongs to o-2 from 2024 on."""
    moved = pl.col("ADRESSE_ID") == pseudonym(10_030)
    ended = frame.with_columns(VALID_TO=pl.when(moved).then(pl.lit(date(2023, 12, 31))).otherwise("VALID_TO"))
    new = frame.filter(moved).with_columns(AREA_ID=pl.lit("o-2"), VALID_FROM=pl.lit(date(2024, 1, 1)))
    return pl.concat([ended, new])


def listed_for(area_id: str):
    def add(frame: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(
            [frame, frame.filter(pl.col("AREA_ID") == "o-2").head(1).with_columns(AREA_ID=pl.lit(area_id))]
        )

    return change("omraade_adresser", add)


def spelled(spell):
    """Area ids of o-2 and its dwellings as `å-2`, spelled in two ways in the two lists."""

    def plant(delivered) -> None:
        delivered.change("omraader", lambda f: f.with_columns(pl.col("AREA_ID").replace({"o-2": "å-2"})))
        delivered.change(
            "omraade_adresser", lambda f: f.with_columns(pl.col("AREA_ID").replace({"o-2": spell}))
        )

    return plant


GROUP = Group(
    "Geography",
    "An area list holds together on every reference date, or the night says where it doesn't.",
    (
        Fault(
            name="a dwelling in two areas",
            arrives="A dwelling of o-2 that is listed for o-1 too: it counts in both, and once above",
            plant=listed_for("o-1"),
        ),
        Fault(
            name="a dwelling of an area nobody lists",
            arrives="A dwelling of an area that is not in omraader",
            plant=listed_for("o-9"),
            says=(Said("omraade_adresser", "", "areas that are not in omraader"),),
        ),
        Fault(
            name="an area in two kommuner",
            arrives="An area listed twice for the same days, under two kommuner",
            plant=once_more("o-2", PARENT="306", VALID_FROM=date(2001, 1, 1)),
            says=(Said("omraader", "area_id", "two rows are valid on the same day"),),
        ),
        Fault(
            name="borders that change",
            arrives="A dwelling that belongs to another area from a day on",
            plant=change("omraade_adresser", borders_moved),
        ),
        Fault(
            name="an area that ends before it begins",
            arrives="VALID_TO before VALID_FROM",
            plant=area("VALID_TO", o_3=date(1999, 1, 1)),
            says=(Said("omraader", "area_id", "valid_from is after valid_to"),),
        ),
        Fault(
            name="an area whose parent is in no list",
            arrives="An area under kommune 999, which is not listed",
            plant=area("PARENT", o_3="999"),
            says=(Said("omraader", "", ABOVE),),
        ),
        Fault(
            name="a circle of areas",
            arrives="Two areas that are each other's parent",
            plant=area("PARENT", o_1="o-2", o_2="o-1"),
            # With the afdeling below o-1.
            says=(Said("omraader", "", "areas that lie in no kommune of the list", 3),),
        ),
        Fault(
            name="an area that is its own parent",
            arrives="An afdeling whose parent is itself",
            plant=area("PARENT", afd_1="afd-1"),
            says=(Said("omraader", "", ABOVE),),
        ),
        Fault(
            name="a plan that is in no list",
            arrives="An område of a plan that is not listed",
            plant=area("PLAN", o_3="hp-7"),
            says=(Said("omraader", "", "omraader whose plan is not in the list"),),
        ),
        Fault(
            name="a kommune code of four digits",
            arrives="Kommune 0306 in the list, 306 in BEF",
            plant=change(
                "omraader",
                lambda frame: frame.with_columns(pl.col("AREA_ID", "PARENT").replace({"306": "0306"})),
            ),
            says=(Said("omraader", "", "kommuner whose area_id is not a three-digit kommune code"),),
        ),
        Fault(
            name="a level nobody knows",
            arrives="An area of the level bydel",
            plant=area("LEVEL", o_3="bydel"),
            says=(Said("omraader", "level", "codes are not in the code list"),),
        ),
        Fault(
            name="a kommune code that can't be",
            arrives="KOM 99",
            plant=put("bef", "KOM", [99]),
            says=(Said("bef", "kom", "values are not whole numbers from 100 to 999"),),
        ),
        Fault(
            name="an area without children",
            arrives="An area that no dwelling is listed for",
            plant=once_more("o-3", AREA_ID="o-4"),
        ),
        Fault(
            name="one letter in two spellings",
            arrives="å as one character in one list, as a and a ring in the other",
            plant=spelled(unicodedata.normalize("NFD", "å-2")),
            forms=UTF_8,
        ),
        Fault(
            name="invisible characters in an id",
            arrives="A no-break space and a zero-width space in an area id of one list",
            plant=spelled("å-2\u200b\u00a0"),
            forms=UTF_8,
        ),
        Fault(
            name="a letter of another alphabet",
            arrives="A Cyrillic а in an area's name",
            plant=area("NAME", o_3="Sønderbаk"),
            says=(Said("omraader", "name", "words mix letters of two scripts"),),
            forms=UTF_8,
        ),
    ),
)
