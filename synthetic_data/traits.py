"""What each person is and does: education, work, criminal decisions, year by year.

Belongs here: HFAUDD, SOCIO13 and penal decisions, mothers' benefit and convictions by quota, others' by age.
Does not belong here: families and dwellings; what counts as a factor (`truth.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data import targets
from synthetic_data.begin import YEAR, latent
from synthetic_data.education_codes import codes_by_level
from synthetic_data.quotas import choose, race
from synthetic_data.scope import day_number, year_end
from synthetic_data.society import (
    DIED,
    HERE,
    IMMIGRANT,
    MAN,
    Bools,
    Floats,
    Ints,
    Persons,
    Rows,
    Shorts,
)

STEADY = 0.93  # correlation of the benefit disposition with the year before

KONTANTHJAELP, FOERTIDSPENSION, FOLKEPENSION, CHILD, EDUCATION = 330, 321, 322, 420, 310
BENEFITS = (KONTANTHJAELP, FOERTIDSPENSION, FOLKEPENSION)
EMPLOYED = (110, 114, 120, 131, 132, 133, 134, 135, 139)
EMPLOYED_P = (0.02, 0.03, 0.005, 0.035, 0.2, 0.14, 0.41, 0.1, 0.06)
# Not employed, and not on what counts as benefit.
OTHERWISE = (210, 220, 310, 410)
OTHERWISE_P = (0.26, 0.24, 0.2, 0.3)
LEVELS = (15, 20, 29, 30, 35, 39, 40, 50, 60, 70, 80, 25)
LEVELS_P = (0.01, 0.09, 0.01, 0.38, 0.01, 0.02, 0.07, 0.22, 0.03, 0.14, 0.01, 0.01)
GRUNDSKOLE, UNKNOWN_LEVEL = 10, 90
CONVICTIONS = (1, 2, 3, 4, 5, 6, 70, 81, 82, 83, 84, 86, 88)
CONVICTIONS_P = (0.34, 0.22, 0.2, 0.05, 0.03, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02)
ACQUITTAL, FINE_NOTICE = 11, 21
DROPPED = (22, 30, 39, 62, 69, 79, 7)  # tiltalefrafald and the like, udeblivelse

CODES = tuple(code for codes in codes_by_level().values() for code in codes)
LEVEL = np.array([level for level, codes in codes_by_level().items() for _ in codes], np.int16)
_FIRST_OF_LEVEL = {level: int(np.argmax(level == LEVEL)) for level in codes_by_level()}
_SIZE_OF_LEVEL = {level: len(codes) for level, codes in codes_by_level().items()}


@dataclass
class Decisions:
    """A year's rows of KRAF."""

    person: Rows
    day: Ints
    law: Ints  # AFG_GER7
    kind: Shorts  # AFG_AFGTYPKO, 0 = blank


def draw_education(rng: np.random.Generator, persons: Persons, rows: Rows, uneducated: Bools) -> None:
    """Everything about the education of `rows`, for life; who stays without is given."""
    n = len(rows)
    pick = rng.random(n)
    level = np.where(uneducated, GRUNDSKOLE, rng.choice(LEVELS, n, p=LEVELS_P))
    persons.code[rows] = _code_of(level, pick)
    persons.school[rows] = _code_of(np.full(n, GRUNDSKOLE), pick)
    born = year_of(persons.birth[rows])
    late = np.where(rng.random(n) < 0.07, rng.integers(3, 14, n), 0)
    persons.finished[rows] = born + 16 + level // 8 + late
    recent = persons.origin[rows] == IMMIGRANT
    gap = rng.random(n) < np.where(recent, 0.125, 0.006)
    persons.untold[rows] = np.where(gap, rng.integers(1, 3, n), 0)


def _code_of(level: npt.NDArray, pick: Floats) -> Shorts:
    first = np.zeros(100, np.int16)
    size = np.zeros(100, np.int16)
    for one in _FIRST_OF_LEVEL:
        first[one], size[one] = _FIRST_OF_LEVEL[one], _SIZE_OF_LEVEL[one]
    return (first[level] + (pick * size[level]).astype(np.int16)).astype(np.int16)


def stays_uneducated(persons: Persons, rows: Rows) -> Bools:
    """Grundskole for life, by disposition: as many as among the children's mothers."""
    from statistics import NormalDist

    border = NormalDist().inv_cdf(1 - targets.NATIONAL[3] + 0.003)  # young and late ones come on top
    return latent(persons, "schooling", rows) > border


def tell_education(persons: Persons, rows: Rows, year: int) -> Shorts:
    """UDDA's HFAUDD at the end of `year` as a row of CODES, -1 = no row. Age and residence are not asked."""
    code = np.where(persons.finished[rows] <= year, persons.code[rows], persons.school[rows])
    untold = persons.untold[rows]
    recent = year - year_of(persons.arrived[rows]) <= 4
    is_gap = (untold > 0) & ((persons.origin[rows] != IMMIGRANT) | recent)
    unknown = _FIRST_OF_LEVEL[UNKNOWN_LEVEL] + rows % _SIZE_OF_LEVEL[UNKNOWN_LEVEL]
    return np.where(is_gap, np.where(untold == 1, unknown, -1), code).astype(np.int16)


def work(
    rng: np.random.Generator, persons: Persons, year: int, inside: Bools, minors: Rows, first: bool
) -> None:
    """SOCIO13 of `year`. `inside`: lives in an area."""
    n = persons.n
    fresh = rng.standard_normal(n, dtype=np.float32)
    if not first:
        persons.benefit[:] = STEADY * persons.benefit + np.sqrt(1 - STEADY**2).astype(np.float32) * fresh
    here = persons.status == HERE
    age = year - year_of(persons.birth)
    mother = persons.mother[minors]
    named = (mother >= 0) & ~persons.mother_blank[minors]
    mother, home = mother[named], inside[minors[named]]
    kids = np.bincount(mother, minlength=n)
    group = np.zeros(n, np.int8)
    group[mother] = home
    missing = rng.random(n) < 0.006
    fits = here & (kids > 0) & (age < 67) & ~missing
    on_benefit = np.zeros(n, bool)
    disposition = latent(persons, "benefit")
    shares = (targets.NATIONAL[2],) * 2 if first else (targets.OUTSIDE[2], targets.IN_AREAS[2])
    # On the first day nobody lives anywhere yet: one group.
    for where, share in enumerate(shares):
        rows = np.flatnonzero(fits & (group == where))
        rows = rows[choose(share * kids[rows].sum(), -disposition[rows], kids[rows].astype(float))]
        on_benefit[rows] = True
    code = np.zeros(n, np.int16)
    adult = here & (age >= 18) & (age <= 64)
    # Who works: as many of each group as the figures say, those least exposed first.
    order = disposition + 0.6 * rng.standard_normal(n) + 6 * on_benefit + np.where(age < 23, 0.5, 0)
    works = np.zeros(n, bool)
    # One in seven of those who live in an area when it is looked at came in the year after.
    for where, share in enumerate((targets.EMPLOYED_OUTSIDE, targets.EMPLOYED_IN_AREAS - 0.042)):
        rows = np.flatnonzero(adult & (inside == bool(where)))
        if first and where == 0:
            share = 0.713
        works[rows[choose(share * len(rows), order[rows])]] = True
    usual = persons.usual
    new = np.flatnonzero(adult & (usual == 0))
    usual[new] = rng.choice(EMPLOYED, len(new), p=EMPLOYED_P)
    code = np.where(works, usual, 0)
    idle = np.flatnonzero(adult & ~works)
    kind = rng.choice(OTHERWISE, len(idle), p=OTHERWISE_P)
    kind = np.where((age[idle] < 26) & (rng.random(len(idle)) < 0.75), EDUCATION, kind)
    early = (age[idle] >= 62) & (rng.random(len(idle)) < 0.5)
    kind = np.where(early, 323, kind)
    # Others than mothers live on benefit too.
    dependent = (kids[idle] == 0) & (age[idle] >= 22) & (rng.random(len(idle)) < 0.48)
    pension = (idle * 7919 % 100 < np.where(age[idle] > 40, 60, 25)).astype(bool)
    benefit = np.where(pension, FOERTIDSPENSION, KONTANTHJAELP)
    code[idle] = np.where(on_benefit[idle] | dependent, benefit, kind)
    code = np.where(here & (age >= 65) & (age < 67), np.where(rng.random(n) < 0.4, 134, 323), code)
    code = np.where(here & (age >= 67), FOLKEPENSION, code)
    code = np.where(here & (age < 18), EDUCATION, code)
    code = np.where(here & (age < 15), CHILD, code)
    persons.socio_before[:] = persons.socio
    persons.socio[:] = np.where(missing | ~here, 0, code)


def decide(
    rng: np.random.Generator,
    persons: Persons,
    year: int,
    inside: Bools,
    minors: Rows,
    window: int,
    first: bool,
) -> Decisions:
    """The year's penal decisions. Mothers of minors are convicted as often as keeps those with a conviction
    in the last `window` years at their share; others by age, sex and area."""
    n = persons.n
    start, end = day_number(year_end(year - 1)), day_number(year_end(year))
    persons.convicted_before[:] = persons.convicted
    here = (persons.status == HERE) & (persons.arrived <= end)
    age = year - year_of(persons.birth)
    mother = persons.mother[minors]
    named = (mother >= 0) & ~persons.mother_blank[minors]
    mother, home = mother[named], inside[minors[named]]
    kids = np.bincount(mother, minlength=n)
    group = np.zeros(n, np.int8)
    group[mother] = home
    since = day_number(year_end(year - window))
    counting: list[Rows] = []
    shares = (targets.NATIONAL[1],) * 2 if first else (targets.OUTSIDE[1], targets.IN_AREAS[1])
    disposition = latent(persons, "crime")
    for where, share in enumerate(shares):
        rows = np.flatnonzero(here & (kids > 0) & (group == where) & (age >= 16))
        has = persons.convicted[rows] > since
        known = kids[rows][(persons.streak[rows] > window) | has].sum() if not first else kids[rows].sum()
        clean = rows[~has]
        wanted = share * known - kids[rows][has].sum()
        hazard = np.exp(2.5 * disposition[clean])
        counting.append(clean[choose(wanted, race(rng, hazard), kids[clean].astype(float))])
    # The rest of the population.
    rate = np.select(
        [age < 15, age < 18, age < 30, age < 45, age < 65], [0, 0.016, 0.02, 0.009, 0.003], 0.0005
    )
    rate = rate * np.where(persons.sex == MAN, 1.6, 0.35) * np.where(inside, targets.YOUTH_CRIME_RATIO, 1.0)
    rate = rate * (0.4 + 0.6 * np.exp(0.8 * disposition - 0.32))
    others = here & (kids == 0)
    counting.append(np.flatnonzero(others & (rng.random(n) < rate)))
    again = np.concatenate(counting)
    again = again[rng.random(len(again)) < 0.15]
    person = np.concatenate([*counting, again])
    laws = [_draw_law(rng, len(person), counts=True)]
    kinds = [rng.choice(CONVICTIONS, len(person), p=CONVICTIONS_P)]
    day = _draw_days(rng, persons, person, start, end)
    np.maximum.at(persons.convicted, person, day)
    parts, days = [person], [day]
    responsible = np.flatnonzero((persons.status <= DIED) & (age >= 16) & (persons.status == HERE))
    for share, some, counts in (
        (0.0009, (ACQUITTAL,), True),
        (0.0009, DROPPED, True),
        (0.0009, (FINE_NOTICE,), True),
        (0.00006, (0,), True),
        (0.006, (1, 2, FINE_NOTICE), False),
    ):
        rows = responsible[rng.random(len(responsible)) < share]
        parts.append(rows)
        laws.append(_draw_law(rng, len(rows), counts=counts))
        kinds.append(rng.choice(some, len(rows)))
        days.append(_draw_days(rng, persons, rows, start, end))
    return Decisions(
        np.concatenate(parts),
        np.concatenate(days).astype(np.int32),
        np.concatenate(laws).astype(np.int32),
        np.concatenate(kinds).astype(np.int16),
    )


def begin_record(rng: np.random.Generator, persons: Persons, year: int, minors: Rows, window: int) -> None:
    """Convictions before the registers begin, spread over the window."""
    end = day_number(year_end(year))
    decide(rng, persons, year, np.zeros(persons.n, bool), minors, window, True)
    rows = np.flatnonzero(persons.convicted > day_number(year_end(year - 1)))
    # A share of those is as old as the window; the rest was convicted in the years before.
    persons.convicted[rows] -= (365 * rng.integers(0, window, len(rows))).astype(np.int32)
    persons.convicted[rows] = np.maximum(persons.convicted[rows], persons.birth[rows] + 5500)
    persons.convicted_before[rows] = np.where(
        persons.convicted[rows] <= end - 366, persons.convicted[rows], -(10**6)
    )


def _draw_days(rng: np.random.Generator, persons: Persons, rows: Rows, start: int, end: int) -> Ints:
    earliest = np.maximum(start + 1, persons.arrived[rows])
    earliest = np.maximum(earliest, persons.birth[rows] + round(15.1 * YEAR))
    return np.minimum(earliest + (rng.random(len(rows)) * (end - earliest + 1)).astype(np.int64), end).astype(
        np.int32
    )


def _draw_law(rng: np.random.Generator, n: int, *, counts: bool) -> npt.NDArray[np.int_]:
    """AFG_GER7: straffelov (1…), drugs and weapons acts (3210…, 3410…); else traffic (2…) and other acts."""
    tail = rng.integers(0, 1000, n)
    if counts:
        act = rng.choice([1280, 1320, 1510, 1120, 3210, 3410], n, p=(0.3, 0.2, 0.15, 0.15, 0.12, 0.08))
    else:
        act = rng.choice([2100, 2610, 3310, 3510, 3805], n, p=(0.5, 0.3, 0.1, 0.05, 0.05))
    return act * 1000 + tail


def year_of(day: npt.NDArray) -> npt.NDArray[np.int32]:
    """Calendar year of day numbers: looked up, since numpy's calendar takes ten times as long."""
    if not len(day):
        return np.empty(0, np.int32)
    first = int(day.min())
    span = np.arange(first, int(day.max()) + 1).astype("datetime64[D]")
    return (span.astype("datetime64[Y]").astype(np.int32) + 1970)[day - first]
