"""The registers as a delivery has them: a frame per register and status day, real column names, ids as text.

Belongs here: columns, codes and types of the registers and lists, as clean frames.
Does not belong here: file formats and dirt (`deliveries.py`), what is true of whom (`society.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic_data.areas import list_addresses, list_areas
from synthetic_data.education_codes import HFAUDD_CSV
from synthetic_data.names import CODES_BEFORE_2007, REGION_OF
from synthetic_data.scope import Scope, day_number, year_end, years_before
from synthetic_data.society import (
    BOTH,
    DIED,
    HERE,
    IMMIGRANT,
    MAN,
    MARRIED,
    NOBODY,
    draw_ids,
    tell_homes,
    tell_marks,
)
from synthetic_data.traits import CODES, tell_education, year_of

if TYPE_CHECKING:
    from synthetic_data.world import World

NEW_FAMILY_CODES = 2015  # from 31 December of this year: 7, 8, 9, 10 for 1 and 5
REFORM = 2007  # of the municipalities, on 1 January
LISTS = ("omraader", "omraade_adresser", "hfaudd")
_CIVST = pl.Series(["U", "G", "F", "E", "D"])
_NONE = -1
_IDS_IN_BEF = ("PNR", "MOR_ID", "FAR_ID", "AEGTE_ID", "E_FAELLE_ID", "FAMILIE_ID", "ADRESSE_ID")


@dataclass(frozen=True)
class RegisterYear:
    """One delivered file's content; `year` is None for lists, `month` of a status day within the year.

    Where dirt says so: `folder` it lies in, a `form` of its own, `is_cut` in the middle.
    """

    register: str
    year: int | None
    frame: pl.DataFrame
    month: int | None = None
    folder: str = ""
    form: str = ""
    is_cut: bool = False

    @property
    def name(self) -> str:
        """As files are called: bef2024, bef202403, omraader."""
        return f"{self.register}{self.year or ''}" + (f"{self.month:02d}" if self.month else "")


def count_register_years(scope: Scope) -> int:
    per_year = sum(len(scope.years_of(register)) for register in scope.registers if register != "bef")
    quarters = sum(len(scope.status_days(year)) for year in scope.bef_years)
    return per_year + quarters + len(LISTS) + scope.has_everything


def tell_hfaudd() -> pl.DataFrame:
    """The education format table, every column text."""
    return pl.read_csv(HFAUDD_CSV.encode(), separator=";", infer_schema=False)


def tell_bef(world: World, day: int) -> RegisterYear:
    persons, dwellings, year = world.persons, world.dwellings, world.year
    seed, n = world.scope.seed, persons.n
    on = date(1970, 1, 1) + timedelta(days=day)
    pnr = draw_ids(seed, 0, n)
    rows = np.flatnonzero(persons.status <= DIED)
    is_dead = persons.status[rows] == DIED
    head, partner = persons.head[rows], persons.partner[rows]
    alone = partner == NOBODY
    married = ~alone & (persons.civil[rows] == MARRIED)
    minor = persons.birth[rows] > years_before(day, 18)
    away = persons.foster[rows] != NOBODY
    is_child = (head != rows) & alone
    mark = np.where(minor, tell_marks(persons, rows), 0)
    mark[persons.unmarked[rows]] = 0
    mother, father = persons.mother[rows].copy(), persons.father[rows]
    mother[persons.mother_blank[rows]] = NOBODY
    new = on >= date(NEW_FAMILY_CODES, 12, 31)
    kind = _type_families(persons, new)[head]
    kind = np.where(away & minor, 10 if new else 5, kind)
    home = tell_homes(persons)[rows]
    kom = dwellings.kom[home]
    region = np.array([REGION_OF.get(code, 0) for code in range(1000)], np.int8)[kom]
    ids, families = Ids(pnr), Ids(draw_ids(seed, 2, n))
    frame = pl.DataFrame(
        {
            "PNR": ids.number(rows),
            "KOEN": persons.sex[rows],
            "FOED_DAG": _dates(persons.birth[rows]),
            "MOR_ID": ids.number(mother),
            "FAR_ID": ids.number(father),
            "AEGTE_ID": ids.number(np.where(married, partner, _NONE)),
            "E_FAELLE_ID": ids.number(partner),
            "FAMILIE_ID": families.number(head),
            "FAMILIE_TYPE": kind.astype(np.int8),
            "PLADS": np.where(is_child, 3, np.where(alone | (persons.sex[rows] != MAN), 1, 2)).astype(
                np.int8
            ),
            "FM_MARK": _blank(mark.astype(np.int8)),
            "CIVST": _CIVST.gather(np.where(is_dead, 4, persons.civil[rows])),
            "KOM": _old_codes(kom, home) if year < REFORM else kom,
            "REG": region,
            "ADRESSE_ID": Ids(draw_ids(seed, 1, dwellings.n)).number(home),
            "BOP_VFRA": _dates(persons.since[rows]),
            "IE_TYPE": persons.origin[rows],
            "OPR_LAND": persons.country[rows],
            "REFERENCETID": pl.repeat(on, len(rows), eager=True),
        }
    )
    # Polars takes columns side by side. In one chunk each: the groups of a Parquet file follow the chunks.
    frame = frame.sort("PNR").rechunk().with_columns(pl.col(_IDS_IN_BEF).cast(pl.String)).rechunk()
    return RegisterYear("bef", year, frame, None if on == year_end(year) else on.month)


def _type_families(persons, new: bool) -> npt.NDArray[np.int8]:
    """FAMILIE_TYPE by head: married, living together (with a joint child or not), alone."""
    couple = persons.partner != NOBODY
    joint = np.zeros(persons.n, bool)
    at_home = np.flatnonzero(
        (persons.mother >= 0) & (persons.status == HERE) & (persons.head != np.arange(persons.n))
    )
    at_home = at_home[tell_marks(persons, at_home) == BOTH]
    joint[persons.head[at_home]] = True
    married = couple & (persons.civil == MARRIED)
    kind = np.select([married, couple & joint, couple], [7 if new else 1, 3, 4], 9 if new else 5)
    return kind.astype(np.int8)


def _old_codes(kom: npt.NDArray, home: npt.NDArray) -> npt.NDArray[np.int16]:
    """The municipality's number before the reform of 2007."""
    out = kom.copy()
    for code, before in CODES_BEFORE_2007.items():
        rows = np.flatnonzero(kom == code)
        out[rows] = np.array(before, out.dtype)[home[rows] % len(before)]
    return out


def tell_udda(world: World) -> RegisterYear:
    persons, year = world.persons, world.year
    rows = np.flatnonzero((persons.status == HERE) & (year - year_of(persons.birth) >= 15))
    code = tell_education(persons, rows, year)
    rows, code = rows[code >= 0], code[code >= 0]
    pnr = draw_ids(world.scope.seed, 0, persons.n)
    order = np.argsort(pnr[rows])
    rows, code = rows[order], code[order]
    finished = np.where(
        persons.finished[rows] <= year, persons.finished[rows], year_of(persons.birth[rows]) + 16
    )
    frame = pl.DataFrame({
        "PNR": Ids(pnr).text(rows),
        "HFAUDD": pl.Series(CODES).gather(code),
        "HF_KILDE": np.where(persons.origin[rows] == IMMIGRANT, 5, 1).astype(np.int8),
        "HF_VFRA": _dates(_midsummer(np.minimum(finished, year))),
    })  # fmt: skip
    return RegisterYear("udda", year, frame)


def tell_akm(world: World) -> RegisterYear:
    persons = world.persons
    rows = np.flatnonzero(persons.socio > 0)
    pnr = draw_ids(world.scope.seed, 0, persons.n)
    rows = rows[np.argsort(pnr[rows])]
    return RegisterYear(
        "akm", world.year, pl.DataFrame({"PNR": Ids(pnr).text(rows), "SOCIO13": persons.socio[rows]})
    )


def tell_kraf(world: World) -> RegisterYear:
    decisions, year = world.decisions, world.year
    ids = Ids(draw_ids(world.scope.seed, 0, world.persons.n))
    n = len(decisions.person)
    journr = [f"{4100 + row % 12}-{10**7 + row}-{year}" for row in range(n)]
    frame = pl.DataFrame({
        "PNR": ids.text(decisions.person),
        "JOURNR": journr,
        "AFG_GER7": decisions.law,
        "AFG_AFGTYPKO": _blank(decisions.kind),
        "AFG_DATO": _dates(decisions.day),
    })  # fmt: skip
    return RegisterYear("kraf", year, frame.sort("PNR", "JOURNR"))


def tell_bol(world: World, year: int) -> RegisterYear:
    """`year`: of the file; the state is that of 1 January."""
    dwellings = world.dwellings
    number = draw_ids(world.scope.seed, 1, dwellings.n)
    rows = np.flatnonzero(dwellings.is_in_bol)
    rows = rows[np.argsort(number[rows])]
    frame = pl.DataFrame({
        "ADRESSE_ID": Ids(number).text(rows),
        "UDLEJNINGFH": dwellings.tenure[rows],
        "ANTAL_VAERELSER": dwellings.rooms[rows].astype(np.int16),
        "BOLIGAREAL": dwellings.square_metres[rows],
        "EJERFORHOLD": dwellings.owner[rows].astype(np.int16),
    })  # fmt: skip
    return RegisterYear("bol", year, frame)


def tell_uddf(world: World) -> RegisterYear:
    """All intervals up to the year's end: school, then the final education."""
    persons, year = world.persons, world.year
    rows = order_by_id(
        world, np.flatnonzero((persons.status == HERE) & (year - year_of(persons.birth) >= 15))
    )
    rows = rows[tell_education(persons, rows, year) >= 0]
    born, finished = year_of(persons.birth[rows]), persons.finished[rows]
    left_school = np.minimum(born + 16, year)
    more = (finished <= year) & (finished > left_school) & (persons.code[rows] != persons.school[rows])
    start, done = _midsummer(left_school), _midsummer(finished)
    ids = Ids(draw_ids(world.scope.seed, 0, persons.n))
    codes = pl.Series(CODES)
    only = (finished <= year) & ~more
    first = pl.DataFrame({
        "PNR": ids.text(rows),
        "HFAUDD": codes.gather(np.where(only, persons.code[rows], persons.school[rows])),
        "HF_VFRA": _dates(start),
        "HF_VTIL": _dates(done - 1).set(pl.Series(~more), None),
    })  # fmt: skip
    second = pl.DataFrame({
        "PNR": ids.text(rows[more]),
        "HFAUDD": codes.gather(persons.code[rows[more]]),
        "HF_VFRA": _dates(done[more]),
        "HF_VTIL": pl.repeat(None, int(more.sum()), dtype=pl.Date, eager=True),
    })  # fmt: skip
    return RegisterYear("uddf", year, pl.concat([first, second]).sort("PNR", "HF_VFRA"))


def _midsummer(year: npt.NDArray) -> npt.NDArray[np.float64]:
    return (year - 1970) * 365.25 + 180


def tell_cases(world: World) -> Iterator[RegisterYear]:
    """BUA and BUFO: what ran in the year."""
    cases, year = world.cases, world.year
    start, end = day_number(year_end(year - 1)), day_number(year_end(year))
    ids = Ids(draw_ids(world.scope.seed, 0, world.persons.n))
    for name, mine in (("bua", cases.is_care()), ("bufo", ~cases.is_care())):
        rows = np.flatnonzero(mine & (cases.start <= end) & (cases.end > start))
        frame = pl.DataFrame({
            "PNR": ids.text(cases.person[rows]),
            "PGF": cases.code[rows].astype(np.int16),
            "SAG_VFRA": _dates(cases.start[rows]),
            "SAG_VTIL": _dates(cases.end[rows]).set(pl.Series(cases.end[rows] > end), None),
        })  # fmt: skip
        yield RegisterYear(name, year, frame.sort("PNR", "SAG_VFRA", "PGF"))


def tell_lists(world: World) -> Iterator[RegisterYear]:
    dwellings = world.dwellings
    yield RegisterYear("omraader", None, list_areas(world.areas))
    rows = np.flatnonzero(dwellings.afdeling >= 0)
    address = Ids(draw_ids(world.scope.seed, 1, dwellings.n)).text(rows)
    yield RegisterYear(
        "omraade_adresser",
        None,
        list_addresses(world.areas, dwellings.afdeling[rows], dwellings.stairwell[rows], address),
    )
    yield RegisterYear("hfaudd", None, tell_hfaudd())


def order_by_id(world: World, rows: npt.NDArray) -> npt.NDArray:
    """Persons in the order of their pseudonyms."""
    return rows[np.argsort(draw_ids(world.scope.seed, 0, world.persons.n)[rows])]


class Ids:
    """Ids as text by row number; below zero is null."""

    def __init__(self, numbers: npt.NDArray[np.int64]) -> None:
        self._numbers = numbers

    def number(self, rows: npt.NDArray) -> pl.Series:
        series = pl.Series(self._numbers[np.maximum(rows, 0)])
        missing = rows < 0
        if missing.any():
            series = series.set(pl.Series(missing), None)
        return series

    def text(self, rows: npt.NDArray) -> pl.Series:
        return self.number(rows).cast(pl.String)


def _dates(days: npt.NDArray) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def _blank(codes: npt.NDArray[np.int8] | npt.NDArray[np.int16]) -> pl.Series:
    """0 means no code."""
    series = pl.Series(codes)
    return series.set(series == 0, None)
