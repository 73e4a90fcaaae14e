"""Persons who can't be: duplicates, ids, mothers, dates.

Belongs here: rows of persons. Does not belong here: what says who somebody is (`personal.py`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.faults.cases.planting import change, put, set_born
from tests.faults.delivery import pseudonym
from tests.faults.fault import CSV, PARQUET, Fault, Group, LeftAside, Said

# Child 3000 of mother 1000 is born 2010-01-01; the other child of hers is 3001.
CHILD, SIBLING, MOTHER = pseudonym(3_000), pseudonym(3_001), pseudonym(1_000)
NOT_DATES = "values are not dates in a form that can be decided"
LATE = "dates are after the status day"


def own_mother(number: int):
    return change(
        "bef",
        lambda frame: frame.with_columns(
            MOR_ID=pl.when(pl.col("PNR").is_in([pseudonym(3_000 + n) for n in range(number)]))
            .then("PNR")
            .otherwise("MOR_ID")
        ),
    )


def mother_born(day: date):
    """Both children of mother 1000 are born on 5 May 2012; she on the given day."""
    born = date(2012, 5, 5)
    return change("bef", set_born({CHILD: born, SIBLING: born, MOTHER: day}))


def circle(frame: pl.DataFrame) -> pl.DataFrame:
    """Mother 1000's mother is her own child."""
    mother = pl.when(pl.col("PNR") == MOTHER).then(pl.lit(SIBLING)).otherwise("MOR_ID")
    return frame.with_columns(MOR_ID=mother)


def fathers_as_mothers(number: int):
    return change(
        "bef",
        lambda frame: frame.with_columns(
            MOR_ID=pl.when(pl.col("PNR").is_in([pseudonym(3_002 + n) for n in range(number)]))
            .then("FAR_ID")
            .otherwise("MOR_ID")
        ),
    )


def as_days_of_excel(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns((pl.col("FOED_DAG") - date(1899, 12, 30)).dt.total_days().cast(pl.Int64))


YOUNG, OLD = "mothers are younger than 12 at the birth", "mothers are older than 60 at the birth"

GROUP = Group(
    "People",
    "Rows that can't be. A few are left aside and counted, what hangs on them is unknown; many are refused.",
    (
        Fault(
            name="a person twice, differing",
            arrives="Two rows for one person in AKM, with different SOCIO13",
            plant=change(
                "akm",
                lambda frame: pl.concat([frame, frame.head(2).with_columns(SOCIO13=pl.lit(410, pl.Int16))]),
            ),
            says=(Said("akm", "pnr", "rows have the same key and different content", 2),),
        ),
        Fault(
            name="a person twice, equal",
            arrives="Two rows for each of four persons in BEF, all alike",
            plant=change("bef", lambda frame: pl.concat([frame, frame.head(4)])),
            leaves_aside=(LeftAside("bef", "", "rows equal to another, dropped", 4),),
        ),
        Fault(
            name="persons without an id",
            arrives="Three blank PNR in UDDA",
            plant=put("udda", "PNR", [None, None, None]),
            says=(Said("udda", "pnr", "values are blank", 3),),
        ),
        Fault(
            name="ids as Excel writes long numbers",
            arrives="PNR as 1.23E+11",
            plant=put("akm", "PNR", ["1.23E+11", "4.56E+11"]),
            says=(Said("akm", "pnr", "values are not ids of at most 12 digits", 2),),
            echoes=("1.23E+11", "4.56E+11"),
        ),
        Fault(
            name="one child is its own mother",
            arrives="MOR_ID equal to PNR in one row of 240",
            plant=own_mother(1),
            leaves_aside=(LeftAside("bef", "mor_id", "persons are their own mother, mother unknown", 1),),
        ),
        Fault(
            name="many children are their own mother",
            arrives="MOR_ID equal to PNR in ten rows",
            plant=own_mother(10),
            says=(
                Said("bef", "mor_id", "persons are their own mother", 10),
                Said("bef", "mor_id", YOUNG, 10),
                Said("bef", "mor_id", "mothers are men", 5),
            ),
        ),
        Fault(
            name="a circle of mothers",
            arrives="A mother whose mother is her own child",
            plant=change("bef", circle),
            leaves_aside=(LeftAside("bef", "mor_id", f"{YOUNG}, mother unknown", 1),),
        ),
        Fault(
            name="one mother is a man",
            arrives="FAR_ID in the place of MOR_ID, once",
            plant=fathers_as_mothers(1),
            leaves_aside=(LeftAside("bef", "mor_id", "mothers are men, mother unknown", 1),),
        ),
        Fault(
            name="fathers in the place of mothers",
            arrives="FAR_ID in the place of MOR_ID, in four rows",
            plant=fathers_as_mothers(4),
            says=(Said("bef", "mor_id", "mothers are men", 4),),
        ),
        *(
            Fault(
                name=f"a mother {when}",
                arrives=f"A mother of two who was {when} at the birth ({'outside' if words else 'inside'})",
                plant=mother_born(day),
                says=(Said("bef", "mor_id", words, 2),) if words else (),
            )
            for when, day, words in (
                ("one day short of 12", date(2000, 5, 6), YOUNG),
                ("12 to the day", date(2000, 5, 5), ""),
                ("12 years and a day", date(2000, 5, 4), ""),
                ("one day short of 61", date(1951, 5, 6), ""),
                ("60 to the day", date(1952, 5, 5), ""),
                ("61 to the day", date(1951, 5, 5), OLD),
            )
        ),
        Fault(
            name="one birth in the future",
            arrives="One child born the day after the status day: kept, and not counted as a child",
            plant=change("bef", set_born({CHILD: date(2025, 1, 1)})),
            leaves_aside=(LeftAside("bef", "foed_dag", f"{LATE}, kept", 1),),
        ),
        Fault(
            name="a birth on the status day",
            arrives="One child born on the status day",
            plant=change("bef", set_born({CHILD: date(2024, 12, 31)})),
        ),
        Fault(
            name="births in the future",
            arrives="Three children born after the status day, of 460 persons",
            plant=change("bef", set_born({pseudonym(3_000 + n): date(2025, 1, 1) for n in range(3)})),
            says=(Said("bef", "foed_dag", LATE, 3),),
        ),
        Fault(
            name="a birth in 1800",
            arrives="One person born in 1800",
            plant=put("bef", "FOED_DAG", ["1800-01-01"]),
            says=(Said("bef", "foed_dag", NOT_DATES),),
            forms=(*PARQUET, *CSV),
            echoes=("1800-01-01",),
        ),
        Fault(
            name="dates that don't exist",
            arrives="30 February, and month 13",
            plant=put("kraf", "AFG_DATO", ["2023-02-30", "2023-13-01"]),
            says=(Said("kraf", "afg_dato", NOT_DATES, 2),),
            echoes=("2023-02-30", "2023-13-01"),
        ),
        Fault(
            name="years of two digits",
            arrives="Dates as 05-06-87",
            plant=change("bef", lambda frame: frame.with_columns(pl.col("FOED_DAG").dt.strftime("%d-%m-%y"))),
            says=(Said("bef", "foed_dag", NOT_DATES, 460),),
        ),
        Fault(
            name="days as Excel counts them",
            arrives="FOED_DAG as days since 1900: as SAS days half of the persons were born in the future",
            plant=change("bef", as_days_of_excel),
            says=(Said("bef", "foed_dag", LATE, 460),),
            forms=(*PARQUET, "xpt"),
        ),
        Fault(
            name="decisions of another year",
            arrives="KRAF of 2022 in the file of 2023",
            plant=change("kraf", lambda frame: frame.with_columns(pl.col("AFG_DATO").dt.offset_by("-1y"))),
            says=(Said("kraf", "afg_dato", "most decisions are of another year than the file", 24),),
        ),
        Fault(
            name="another status day",
            arrives="BEF of 2022 in the file of 2024",
            plant=change("bef", lambda frame: frame.with_columns(pl.col("REFERENCETID").dt.offset_by("-2y"))),
            says=(Said("bef", "referencetid", "the status day is not the file's (2024-12-31)", 460),),
        ),
    ),
)
