"""The statutory classes of the areas by almenboligloven § 61 a, from what is true of their residents.

Belongs here: what is counted per area each year, the criteria, the list `omraade_klasser`.
Does not belong here: who lives there; the classes of plans, which are another classification.

Act 1322 of 27 November 2018, amended by act 2157 of 27 November 2021: an area of 1,000 residents or more that
meets two of four criteria; who lives there decides between the classes. Shares of work and of convicted are
means of two years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic_data.names import REGION_OF
from synthetic_data.scope import day_number, year_end
from synthetic_data.society import DANISH, HERE, Floats, tell_homes
from synthetic_data.traits import EDUCATION, EMPLOYED, GRUNDSKOLE, LEVEL, tell_education, year_of

if TYPE_CHECKING:
    from synthetic_data.world import World

RESIDENTS = 1_000
# Outside work and education; convicted, times the national mean; only grundskole; income of the region's.
STRICT, MILD = (0.40, 3.0, 0.60, 0.55), (0.30, 2.0, 0.60, 0.65)
FOREIGN_STRICT, FOREIGN_MILD = 0.50, 0.30
TRANSFORMED_AFTER = 5  # years running


@dataclass(frozen=True)
class AreaYear:
    """Per area at a year-end."""

    residents: Floats
    idle: Floats
    convicted: Floats  # times the national mean
    unschooled: Floats
    income: Floats  # of the region's mean; NaN while it isn't known
    foreign: Floats


def observe(world: World, income: pl.DataFrame | None) -> AreaYear:
    """`income`: IND of the year, if it is told."""
    persons, year, n = world.persons, world.year, world.areas.n
    here = np.flatnonzero(persons.status == HERE)
    home = tell_homes(persons)[here]
    afdeling = world.dwellings.afdeling[home]
    area = np.where(afdeling >= 0, world.areas.area_of[afdeling], n)
    age = year - year_of(persons.birth[here])
    socio = persons.socio[here]

    def share(rows: np.ndarray, of: np.ndarray) -> Floats:
        total = np.bincount(area[of], minlength=n + 1)
        return np.bincount(area[of & rows], minlength=n + 1) / np.maximum(total, 1)

    adult = (age >= 18) & (age < 65)
    convicted = persons.convicted[here] > day_number(year_end(year - 1))
    criminal = age >= 18
    national = max(convicted[criminal].mean(), 1e-9)
    code = tell_education(persons, here, year)
    level = np.where(code >= 0, LEVEL[code], 90)
    relative = np.full(n, np.nan)
    if income is not None:
        relative = _compare_income(world, here, home, area, age, socio, income)
    return AreaYear(
        residents=np.bincount(area, minlength=n + 1)[:n].astype(float),
        idle=share(~np.isin(socio, (*EMPLOYED, EDUCATION)), adult)[:n],
        convicted=share(convicted, criminal)[:n] / national,
        unschooled=share(level == GRUNDSKOLE, (age >= 30) & (age < 60) & (level != 90))[:n],
        income=relative,
        foreign=share(persons.origin[here] != DANISH, age >= 0)[:n],
    )


def _compare_income(world: World, here, home, area, age, socio, income: pl.DataFrame) -> Floats:
    """Mean gross income of those aged 15-64 who aren't students, over the region's."""
    n = world.areas.n
    old = np.flatnonzero(age >= 15)
    from synthetic_data.registers import order_by_id

    amount = np.zeros(world.persons.n)
    amount[order_by_id(world, here[old])] = income["PERINDKIALT_13"].to_numpy()
    rows = (age >= 15) & (age < 65) & (socio != EDUCATION)
    region_of = np.array([REGION_OF.get(code, 0) for code in range(1000)])
    region = region_of[world.dwellings.kom[home]]
    mine = amount[here]

    def mean(group: np.ndarray, size: int) -> Floats:
        count = np.bincount(group[rows], minlength=size)
        return np.bincount(group[rows], mine[rows], size) / np.maximum(count, 1)

    return mean(area, n + 1)[:n] / np.maximum(mean(region, 100)[region_of[world.areas.kom]], 1)


def list_classes(years: dict[int, AreaYear], wanted: tuple[int, ...]) -> pl.DataFrame:
    """omraade_klasser.csv: AREA_ID, AAR, KLASSE; an area that is on no list has no row."""
    rows: list[tuple[str, int, str]] = []
    running = np.zeros(0)
    for year in sorted(years):
        now, before = years[year], years.get(year - 1, years[year])
        # Income is known a year late, as everything from the tax authority.
        income = before.income if np.isnan(now.income).all() else now.income
        values = ((now.idle + before.idle) / 2, (now.convicted + before.convicted) / 2, now.unschooled)
        strict = _count(values, income, STRICT) >= 2
        mild = _count(values, income, MILD) >= 2
        big = now.residents >= RESIDENTS
        listed = big & strict
        parallel = listed & (now.foreign > FOREIGN_STRICT)
        running = np.where(parallel, (running if len(running) else 0) + 1, 0)
        transformed = parallel & (running >= TRANSFORMED_AFTER)
        prevent = big & mild & (now.foreign > FOREIGN_MILD) & ~listed
        if year in wanted and year >= 2010:
            klasse = _name(year, listed, parallel, transformed, prevent)
            rows += [(f"omr-{a + 1:02d}", year, name) for a, name in enumerate(klasse) if name]
    schema = {"AREA_ID": pl.String, "AAR": pl.Int16, "KLASSE": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("AREA_ID", "AAR")


def _count(values: tuple[Floats, ...], income: Floats, borders: tuple[float, ...]) -> np.ndarray:
    idle, convicted, unschooled = (value > border for value, border in zip(values, borders[:3], strict=True))
    poor = np.nan_to_num(income, nan=np.inf) < borders[3]
    return idle.astype(int) + convicted + unschooled + poor


def _name(year: int, listed, parallel, transformed, prevent) -> list[str]:
    """Names changed on 1 December 2018 and 2021."""
    if year >= 2021:
        names = np.select(
            [transformed, parallel, listed, prevent],
            ["omdannelse", "parallelsamfund", "udsat", "forebyggelse"],
            "",
        )
    elif year >= 2018:
        names = np.select([transformed, parallel, listed], ["haard_ghetto", "ghetto", "udsat"], "")
    else:
        names = np.where(listed, "ghetto", "")
    return names.tolist()
