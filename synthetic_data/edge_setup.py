"""One edge family and its register rows: what an edge child's setting may say, and what follows from it.

Belongs here: the setting with its unremarkable defaults, ids, rows.
Does not belong here: which cases there are and what is expected of them (`edge_children.py`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from synthetic_data.incomes import weeks_of
from synthetic_data.registers import NEW_FAMILY_CODES
from synthetic_data.scope import Scope, year_end

# Above every simulated id: first those of dwellings, then those of persons.
ADDRESS_BASE, PERSON_BASE = 98 * 10**10, 99 * 10**10
CHILD, MOTHER, FATHER, FIRST_SIBLING = 0, 1, 2, 3
NO_ROW = -1
MARRIED = -2  # FAMILIE_TYPE of a married couple, by the code of the year
KOM, REG = 101, 84
ALWAYS = range(1900, 2100)


@dataclass(frozen=True)
class Decision:
    """A row of KRAF; `delivered` is the year of the file, else that of the date."""

    day: date | None
    law: int | None = 1280110
    kind: int | None = 1
    delivered: int | None = None


@dataclass(frozen=True)
class Setting:
    """A family in which nothing stands out, except what is said. NO_ROW = not in that register."""

    born: date = date(2013, 6, 15)
    child_years: Iterable[int] = ALWAYS
    child_dies: int | None = None
    fm_mark: int | None = 1
    child_elsewhere: bool = False
    mother_blank: bool = False
    mother_years: Iterable[int] = ALWAYS
    mother_dies: int | None = None
    mother_address_blank: bool = False
    father_dies: int | None = None
    family_type: int = MARRIED  # the mother's
    decisions: tuple[Decision, ...] = ()
    work: int | None = 131
    work_in: Mapping[int, int | None] | None = None  # by year, where it differs
    weeks: Mapping[str, int] | None = None  # code by column of DREAM, the others blank; None = not in DREAM
    education: str | int | None = "4283"
    tenure: int | None = 2
    tenure_until_2024: int | None = None  # in BOL up to that year, if different
    tenure_elsewhere: int = 2
    owner: int | None = 10
    rooms: int = 5
    siblings: int = 0
    sibling_of: str = ""  # a case whose mother, dwelling and registers these are
    twice: bool = False  # every row delivered twice


Row = dict[str, object]
Rows = dict[tuple[str, int], list[Row]]


def number_of(name: str) -> int:
    """A case's number, from its name alone: a new case moves no other."""
    return zlib.crc32(name.encode()) % 10**8


def person_id(name: str, role: int = CHILD) -> int:
    return PERSON_BASE + 100 * number_of(name) + role


def tell_rows(name: str, setting: Setting, scope: Scope) -> Rows:
    """The family's rows by register and year."""
    rows: Rows = {}
    family = setting.sibling_of or name
    home = ADDRESS_BASE + 100 * number_of(family)
    elsewhere = ADDRESS_BASE + 100 * number_of(name) + 1
    for year in scope.bef_years:
        rows["bef", year] = list(_tell_bef(name, family, setting, year, home, elsewhere))
    for year in scope.years_of("bol"):
        if setting.child_elsewhere:
            rows.setdefault(("bol", year), []).append(_bol(elsewhere, setting.tenure_elsewhere, 10, 5))
        if setting.tenure == NO_ROW or setting.sibling_of:
            continue
        earlier = setting.tenure_until_2024 if year <= 2024 else None
        row = _bol(home, earlier or setting.tenure, setting.owner, setting.rooms)
        rows.setdefault(("bol", year), []).append(row)
    if not setting.sibling_of:
        _tell_mother(rows, name, setting, scope)
    if setting.twice:
        rows = {key: [*found, *found] for key, found in rows.items()}
    return rows


def as_frame(rows: list[Row], like: pl.DataFrame) -> pl.DataFrame:
    """Rows as a frame with the columns and types of a register's frame."""
    return pl.DataFrame(
        [pl.Series(column, [row.get(column) for row in rows], dtype) for column, dtype in like.schema.items()]
    )


def _tell_mother(rows: Rows, name: str, setting: Setting, scope: Scope) -> None:
    mother = str(person_id(name, MOTHER))
    alive = set(setting.mother_years) & set(range(1900, setting.mother_dies or 2100))
    for year in scope.years_of("akm"):
        work = (setting.work_in or {}).get(year, setting.work)
        if year in alive and work != NO_ROW:
            rows["akm", year] = [{"PNR": mother, "SOCIO13": work}]
    if setting.weeks is not None:
        for year in scope.years_of("udda"):
            by_week: Row = {"PNR": mother}
            by_week |= {week: str(setting.weeks.get(week, "")) for week in weeks_of(year)}
            rows["dream", year] = [by_week]
    for year in scope.years_of("udda"):
        if year in alive and setting.education != NO_ROW:
            rows["udda", year] = [{"PNR": mother, "HFAUDD": setting.education, "HF_KILDE": 1}]
    for number, decision in enumerate(setting.decisions):
        year = decision.delivered or (decision.day.year if decision.day else 0)
        row: Row = {
            "PNR": mother,
            "JOURNR": f"4100-{number_of(name):08d}-{number}",
            "AFG_GER7": decision.law,
            "AFG_AFGTYPKO": decision.kind,
            "AFG_DATO": decision.day,
        }
        rows.setdefault(("kraf", year), []).append(row)


def _tell_bef(
    name: str, family: str, setting: Setting, year: int, home: int, elsewhere: int
) -> Iterable[Row]:
    mother, father = (str(person_id(family, role)) for role in (MOTHER, FATHER))
    lives_together = setting.fm_mark in (None, 1, 6)

    def row(pnr: str, sex: int, born: date, address: int | None, died: int | None, **more: object) -> Row:
        return {
            "PNR": pnr,
            "KOEN": sex,
            "FOED_DAG": born,
            "FAMILIE_ID": str(home),
            "CIVST": "D" if died == year else "U",
            "KOM": KOM,
            "REG": REG,
            "ADRESSE_ID": None if address is None else str(address),
            "IE_TYPE": 1,
            "OPR_LAND": 5100,
            "REFERENCETID": year_end(year),
            **more,
        }

    def is_there(years: Iterable[int], born: date, died: int | None) -> bool:
        return year in years and born.year <= year <= (died or year)

    married = 7 if year >= NEW_FAMILY_CODES else 1
    single = 9 if year >= NEW_FAMILY_CODES else 5
    type_of_home = married if lives_together else single
    parents: Row = {
        "MOR_ID": None if setting.mother_blank else mother,
        "FAR_ID": father if lives_together else None,
        "FM_MARK": setting.fm_mark,
        "FAMILIE_TYPE": type_of_home,
        "PLADS": 3,
    }
    if is_there(setting.child_years, setting.born, setting.child_dies):
        address = elsewhere if setting.child_elsewhere else home
        yield row(str(person_id(name)), 2, setting.born, address, setting.child_dies, **parents)
    if setting.sibling_of:
        return
    for number in range(setting.siblings):
        pnr = str(person_id(name, FIRST_SIBLING + number))
        yield row(pnr, 1, date(2008 - number, 4, 1), home, None, **parents)
    born = date(1980, 3, 3)
    if not setting.mother_blank and is_there(setting.mother_years, born, setting.mother_dies):
        kind = type_of_home if setting.family_type == MARRIED else setting.family_type
        address = None if setting.mother_address_blank else home
        yield row(mother, 2, born, address, setting.mother_dies, FAMILIE_TYPE=kind, PLADS=1)
    if lives_together and is_there(ALWAYS, date(1978, 5, 9), setting.father_dies):
        yield row(father, 1, date(1978, 5, 9), home, setting.father_dies, FAMILIE_TYPE=married, PLADS=2)


def _bol(address: int, tenure: int | None, owner: int | None, rooms: int) -> Row:
    return {
        "ADRESSE_ID": str(address),
        "UDLEJNINGFH": tenure,
        "ANTAL_VAERELSER": rooms,
        "BOLIGAREAL": 30 * rooms,
        "EJERFORHOLD": owner,
    }
