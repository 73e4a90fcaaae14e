"""The registers as a delivery has them: one frame per register and year, real column names, ids as text.

Belongs here: columns, codes and types of BEF, UDDA, AKM, KRAF, BOL and the lists.
Does not belong here: file formats (`deliveries.py`), what is true of whom (`population.py`, `traits.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic_data.areas import list_addresses, list_areas
from synthetic_data.education_codes import HFAUDD_CSV
from synthetic_data.population import MAN, NOBODY, Ints
from synthetic_data.scope import day_number, year_end
from synthetic_data.world import World

NEW_FAMILY_CODES = 2015  # from 31 December of this year: 7, 8, 9, 10 for 1 and 5
REGIONS = {901: 84, 902: 85, 903: 81}
DENMARK, FOREIGN = 5100, (5110, 5120, 5172, 5180)
REGISTERS = ("bef", "udda", "akm", "kraf", "bol")
_CIVST = pl.Series(list("UGFED"))
LISTS = ("omraader", "omraade_adresser", "hfaudd")


@dataclass(frozen=True)
class RegisterYear:
    """One delivered file's content; `year` is None for lists."""

    register: str
    year: int | None
    frame: pl.DataFrame


def count_register_years(world: World) -> int:
    scope = world.scope
    years = (scope.bef_years, scope.udda_years, scope.akm_years, scope.kraf_years, scope.bol_years)
    return sum(map(len, years)) + len(LISTS)


def tell_registers(world: World) -> Iterator[RegisterYear]:
    """Every register year and list, one at a time."""
    scope = world.scope
    text = pl.Series(world.pnr).cast(pl.String)
    address = pl.Series(world.adresse_id).cast(pl.String)
    for year, frame in _tell_bef(world, text, address):
        yield RegisterYear("bef", year, frame)
    hfaudd = pl.Series(world.traits.codes)
    for column, year in enumerate(scope.udda_years):
        code = world.traits.hfaudd[:, column]
        rows = np.flatnonzero(code >= 0)
        finished = world.population.birth_year[rows] + 16 + world.traits.level[code[rows]] // 8
        frame = pl.DataFrame({
            "PNR": text.gather(rows),
            "HFAUDD": hfaudd.gather(code[rows]),
            "HF_KILDE": np.where(world.population.foreign[rows] == 2, 5, 1).astype(np.int8),
            "HF_VFRA": _dates((finished.clip(max=year) - 1970) * 365.25 - 180),
        })  # fmt: skip
        yield RegisterYear("udda", year, frame.sort("PNR"))
    for column, year in enumerate(scope.akm_years):
        code = world.traits.socio13[:, column]
        rows = np.flatnonzero(code > 0)
        yield RegisterYear(
            "akm", year, pl.DataFrame({"PNR": text.gather(rows), "SOCIO13": code[rows]}).sort("PNR")
        )
    for year in scope.kraf_years:
        yield RegisterYear("kraf", year, _tell_kraf(world, text, year))
    bol = _tell_bol(world, address)
    for year in scope.bol_years:
        yield RegisterYear("bol", year, bol)
    used = np.flatnonzero(world.dwellings.is_used)
    yield RegisterYear("omraader", None, list_areas(world.areas))
    yield RegisterYear(
        "omraade_adresser",
        None,
        list_addresses(world.areas, world.dwellings.afdeling[used], address.gather(used)),
    )
    yield RegisterYear("hfaudd", None, tell_hfaudd())


def tell_hfaudd() -> pl.DataFrame:
    """The education format table, every column text."""
    return pl.read_csv(HFAUDD_CSV.encode(), separator=";", infer_schema=False)


def _tell_bef(world: World, text: pl.Series, address: pl.Series) -> Iterator[tuple[int, pl.DataFrame]]:
    population, dwellings = world.population, world.dwellings
    families, n = population.families, population.n
    rng = world.scope.stream("bef")
    country = np.where(population.foreign == 1, DENMARK, rng.choice(FOREIGN, n)).astype(np.int16)
    has_mother = population.family != NOBODY
    mother = np.where(has_mother, population.family, 0)
    mother_ids = text.gather(mother).set(pl.Series(~has_mother | families.mother_blank[mother]), None)
    father_ids = text.gather(mother + families.n).set(
        pl.Series(~has_mother | families.father_blank[mother]), None
    )
    familie = pl.Series(world.familie_id).cast(pl.String)
    # A gathered index beyond the end means none: one row more, null.
    some = text.extend_constant(None, 1)
    by_pnr = np.argsort(world.pnr)
    home_before = np.full(n, NOBODY, np.int32)
    since = np.zeros(n, np.int32)
    spouse_before = np.full(n, NOBODY, np.int32)
    for year in population.years:
        column = population.column(year)
        home = dwellings.of_persons(population, year)
        start = day_number(year_end(year - 1)) + 1
        moved = start + rng.integers(0, 365, n)[np.maximum(population.household[:, column], 0)]
        if column == 0:
            moved = moved - rng.integers(0, 3_000, n)
        since = np.where(home != home_before, np.maximum(moved, population.birth), since).astype(np.int32)
        home_before = home

        rows = by_pnr[population.present[by_pnr, column]]
        partner = population.partner[rows, column]
        alone = partner == NOBODY
        married = population.married[rows, column]
        is_dead = population.death_year[rows] == year
        age = population.age(year)[rows]
        household = population.household[rows, column]
        mark = population.fm_mark[rows, column]
        is_child = (age < 25) & has_mother[rows] & alone & (household != rows)
        away = is_child & (mark == 6)
        is_child &= ~away
        last_spouse = spouse_before[rows]
        widowed = (last_spouse != NOBODY) & (population.death_year[last_spouse] <= year)
        civil = np.where(married, 1, np.where(widowed, 3, np.where(last_spouse != NOBODY, 2, 0)))
        civil = np.where(is_dead, 4, civil)
        spouse_before[rows] = np.where(married, partner, last_spouse)
        family_type = _type_families(world, year, column, household)
        family_type = np.where(away, 10 if year >= NEW_FAMILY_CODES else 5, family_type)
        kom = dwellings.kom[home[rows]]
        spouse = pl.Series(np.where(alone, n, partner))
        yield (
            year,
            pl.DataFrame(
                {
                    "PNR": text.gather(rows),
                    "KOEN": population.sex[rows],
                    "FOED_DAG": _dates(population.birth[rows]),
                    "MOR_ID": mother_ids.gather(rows),
                    "FAR_ID": father_ids.gather(rows),
                    "AEGTE_ID": some.gather(np.where(married, spouse, n)),
                    "E_FAELLE_ID": some.gather(spouse),
                    "FAMILIE_ID": familie.gather(np.where(away, n + rows, household)),
                    "FAMILIE_TYPE": family_type.astype(np.int8),
                    "PLADS": np.where(
                        is_child, 3, np.where(alone | (population.sex[rows] != MAN), 1, 2)
                    ).astype(np.int8),
                    "FM_MARK": _blank(mark),
                    "CIVST": _CIVST.gather(civil),
                    "KOM": kom.astype(np.int16),
                    "REG": np.select([kom == k for k in REGIONS], list(REGIONS.values())).astype(np.int8),
                    "ADRESSE_ID": address.gather(home[rows]),
                    "BOP_VFRA": _dates(since[rows]),
                    "IE_TYPE": population.foreign[rows],
                    "OPR_LAND": country[rows],
                    "REFERENCETID": pl.repeat(year_end(year), len(rows), eager=True),
                }
            ),
        )


def _type_families(world: World, year: int, column: int, household: Ints) -> npt.NDArray[np.int_]:
    """FAMILIE_TYPE of each row's household: married, living together (with a joint child or not), alone."""
    population = world.population
    heads = population.partner[:, column] != NOBODY
    couple = np.zeros(population.n, bool)
    couple[population.household[heads, column]] = True
    married = np.zeros(population.n, bool)
    married[population.household[heads & population.married[:, column], column]] = True
    parents = np.arange(population.n) < population.families.n
    new = year >= NEW_FAMILY_CODES
    kind = np.where(married, 7 if new else 1, np.where(couple, np.where(parents, 3, 4), 9 if new else 5))
    return kind[household]


def _tell_kraf(world: World, text: pl.Series, year: int) -> pl.DataFrame:
    decisions = world.traits.decisions
    first, last = day_number(year_end(year - 1)) + 1, day_number(year_end(year))
    rows = np.flatnonzero((decisions.day >= first) & (decisions.day <= last))
    return pl.DataFrame({
        "PNR": text.gather(decisions.person[rows]),
        "JOURNR": [f"{4100 + row % 12}-{70000 + row}-{year}" for row in rows.tolist()],
        "AFG_GER7": decisions.law[rows],
        "AFG_AFGTYPKO": _blank(decisions.kind[rows].astype(np.int16)),
        "AFG_DATO": _dates(decisions.day[rows]),
    }).sort("PNR", "JOURNR")  # fmt: skip


def _tell_bol(world: World, address: pl.Series) -> pl.DataFrame:
    dwellings = world.dwellings
    rows = np.flatnonzero(dwellings.is_used & dwellings.is_in_bol)
    return pl.DataFrame({
        "ADRESSE_ID": address.gather(rows),
        "UDLEJNINGFH": dwellings.tenure[rows].astype(np.int8),
        "ANTAL_VAERELSER": dwellings.rooms[rows].astype(np.int16),
        "BOLIGAREAL": dwellings.square_metres[rows].astype(np.int16),
        "EJERFORHOLD": dwellings.owner[rows].astype(np.int16),
    }).sort("ADRESSE_ID")  # fmt: skip


def _dates(days: npt.NDArray[np.int32] | npt.NDArray[np.float64]) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def _blank(codes: npt.NDArray[np.int8] | npt.NDArray[np.int16]) -> pl.Series:
    """0 means no code."""
    series = pl.Series(codes)
    return series.set(series == 0, None)
