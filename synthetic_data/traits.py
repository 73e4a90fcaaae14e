"""What each person is: work, education, decisions, year by year.

Belongs here: SOCIO13, HFAUDD and criminal decisions, mothers' by quota of disposition, others' by age.
Does not belong here: households and dwellings; what counts as a factor (`truth.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.education_codes import codes_by_level
from synthetic_data.population import Ints, Population, ranks_within
from synthetic_data.scope import Scope, day_number, year_end

# Shares of mothers, (outside, in the areas), at the last date.
CONVICTED_IN_WINDOW = (0.016, 0.05)
ON_BENEFIT = (0.050, 0.315)
UNEDUCATED = (0.118, 0.45)
BENEFIT_TREND = (0.002, 0.008)  # higher per year back
YEAR_TO_YEAR = 0.93  # correlation of the benefit disposition with the year before

KONTANTHJAELP, FOERTIDSPENSION, FOLKEPENSION, CHILD, EDUCATION = 330, 321, 322, 420, 310
EMPLOYEES = (131, 132, 133, 134, 135, 139, 110, 120, 210, 220, 310, 323, 410)
EMPLOYEES_P = (0.03, 0.18, 0.12, 0.34, 0.10, 0.06, 0.04, 0.01, 0.03, 0.03, 0.03, 0.005, 0.025)
LEVELS = (15, 20, 29, 30, 35, 39, 40, 50, 60, 70, 80, 25)
LEVELS_P = (0.01, 0.08, 0.01, 0.38, 0.01, 0.02, 0.08, 0.23, 0.04, 0.12, 0.01, 0.01)
CONVICTIONS = (1, 2, 3, 4, 5, 6, 70, 81, 82, 83, 84, 86, 88)
CONVICTIONS_P = (0.34, 0.22, 0.2, 0.05, 0.03, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02)
ACQUITTAL, FINE_NOTICE = 11, 21
DROPPED = (22, 30, 39, 62, 69, 79, 7)  # tiltalefrafald and the like, udeblivelse


@dataclass
class Decisions:
    """Rows of KRAF; `counts` is the generator's own word on whether it is a conviction of f2's kind."""

    person: Ints
    day: Ints
    law: Ints  # AFG_GER7
    kind: Ints  # AFG_AFGTYPKO, 0 = blank
    counts: npt.NDArray[np.bool_]


@dataclass
class Traits:
    """SOCIO13 (persons, AKM years; 0 = no row), HFAUDD (persons, UDDA years; row of `codes`, -1 = no row)."""

    socio13: npt.NDArray[np.int16]
    hfaudd: npt.NDArray[np.int16]
    codes: tuple[str, ...]
    level: Ints  # hovedområde of each code
    decisions: Decisions


def build_traits(scope: Scope, population: Population) -> Traits:
    codes, level = _list_codes()
    return Traits(
        socio13=_draw_work(scope, population),
        hfaudd=_draw_education(scope, population, level),
        codes=codes,
        level=level,
        decisions=_draw_decisions(scope, population),
    )


def _list_codes() -> tuple[tuple[str, ...], Ints]:
    pairs = [(code, level) for level, codes in codes_by_level().items() for code in codes]
    return tuple(code for code, _ in pairs), np.array([level for _, level in pairs], np.int32)


def _draw_work(scope: Scope, population: Population) -> npt.NDArray[np.int16]:
    rng = scope.stream("work")
    n, families = population.n, population.families
    in_area = families.area >= 0
    usual = rng.choice(EMPLOYEES, n, p=EMPLOYEES_P).astype(np.int16)
    benefit = np.where(rng.random(n) < 0.72, KONTANTHJAELP, FOERTIDSPENSION).astype(np.int16)
    others_on_benefit = rng.random(n) < 0.09
    unemployed_youth = rng.random(n) < 0.5
    missing = rng.random((n, len(scope.akm_years))) < 0.006
    disposition = np.argsort(np.argsort(families.rank[:, 2])) / families.n
    disposition = (disposition - 0.5) * np.sqrt(12)  # variance 1
    out = np.zeros((n, len(scope.akm_years)), np.int16)
    for column in range(len(scope.akm_years) - 1, -1, -1):
        year = scope.akm_years[column]
        back = scope.akm_years[-1] - year
        share = np.where(
            in_area, ON_BENEFIT[1] + BENEFIT_TREND[1] * back, ON_BENEFIT[0] + BENEFIT_TREND[0] * back
        )
        rank = families.rank[:, 2] if back == 0 else ranks_within(in_area, disposition)
        on_benefit = others_on_benefit.copy()
        on_benefit[: families.n] = rank < share
        age = population.age(year)
        code = np.where(on_benefit, benefit, usual)
        code = np.where((age < 24) & ~on_benefit & unemployed_youth, EDUCATION, code)
        code = np.where(age < 18, EDUCATION, code)
        code = np.where(age < 15, CHILD, code)
        code = np.where(age >= 67, FOLKEPENSION, code)
        out[:, column] = np.where(population.is_alive(year) & ~missing[:, column], code, 0)
        noise = rng.standard_normal(families.n)
        disposition = YEAR_TO_YEAR * disposition + np.sqrt(1 - YEAR_TO_YEAR**2) * noise
    return out


def _draw_education(scope: Scope, population: Population, level: Ints) -> npt.NDArray[np.int16]:
    rng = scope.stream("education")
    n, families = population.n, population.families
    pick = rng.random(n)

    def code_of(wanted: npt.NDArray[np.int_]) -> npt.NDArray[np.int16]:
        out = np.empty(len(wanted), np.int16)
        for one in np.unique(wanted):
            rows, choices = wanted == one, np.flatnonzero(level == one)
            out[rows] = choices[(pick[rows] * len(choices)).astype(int)]
        return out

    uneducated = rng.random(n) < 0.22
    uneducated[: families.n] = families.rank[:, 3] < np.where(
        families.area >= 0, UNEDUCATED[1], UNEDUCATED[0]
    )
    attained = rng.choice(LEVELS, n, p=LEVELS_P)
    attained = np.where(uneducated, 10, attained)
    school, final = code_of(np.full(n, 10)), code_of(attained)
    unknown = code_of(np.full(n, 90))
    # Some finished late: before that they had grundskole only.
    finished = np.where(rng.random(n) < 0.07, scope.last - rng.integers(0, 8, n), 0)
    first = scope.bef_years[0]
    newcomer = (population.foreign == 2) & (population.arrival > 0)
    gap = rng.random(n) < np.where(newcomer, 0.125, 0.006)
    gap_as_code = rng.random(n) < 0.5
    out = np.empty((n, len(scope.udda_years)), np.int16)
    for column, year in enumerate(scope.udda_years):
        age = population.age(year)
        is_recent = (year - (first + population.arrival)) <= 4
        code = np.where((age < 19) | (year < finished), school, final)
        has_gap = gap & (~newcomer | is_recent)
        code = np.where(has_gap, np.where(gap_as_code, unknown, -1), code)
        out[:, column] = np.where(population.is_alive(year) & (age >= 15), code, -1)
    return out


def _draw_decisions(scope: Scope, population: Population) -> Decisions:
    rng = scope.stream("decisions")
    n, families = population.n, population.families
    years = scope.kraf_years
    first, last = day_number(year_end(years[0] - 1)) + 1, day_number(year_end(years[-1]))
    scale = 0.85 * len(years) / 5  # some have more than one decision, so fewer persons than decisions
    share = np.where(families.area >= 0, CONVICTED_IN_WINDOW[1], CONVICTED_IN_WINDOW[0]) * scale
    convicted = np.zeros(n, bool)
    convicted[: families.n] = families.rank[:, 1] < np.minimum(share, 0.5)
    convicted[families.n :] = rng.random(n - families.n) < np.where(
        population.sex[families.n :] == 1, 0.03, 0.006
    )
    again = convicted & (rng.random(n) < 0.25)
    counting = np.concatenate([np.flatnonzero(convicted), np.flatnonzero(again)])
    kinds = [rng.choice(CONVICTIONS, len(counting), p=CONVICTIONS_P)]
    laws = [_draw_law(rng, len(counting), counts=True)]
    persons, counts = [counting], [np.ones(len(counting), bool)]

    def add_noise(share: float, kind: npt.NDArray[np.int_] | int, *, counting_law: bool) -> None:
        rows = np.flatnonzero(rng.random(n) < share)
        persons.append(rows)
        kinds.append(np.broadcast_to(kind, len(rows)) if np.ndim(kind) == 0 else rng.choice(kind, len(rows)))
        laws.append(_draw_law(rng, len(rows), counts=counting_law))
        counts.append(np.zeros(len(rows), bool))

    add_noise(0.008, ACQUITTAL, counting_law=True)
    add_noise(0.008, np.array(DROPPED), counting_law=True)
    add_noise(0.008, FINE_NOTICE, counting_law=True)
    add_noise(0.0005, 0, counting_law=True)
    add_noise(0.05, np.array((1, 2, FINE_NOTICE)), counting_law=False)

    person = np.concatenate(persons)
    arrived = day_number(year_end(population.years[0] - 1)) + 1 + population.arrival[person] * 365.25
    earliest = np.maximum(first, population.birth[person] + 15.2 * 365.25)
    earliest = np.where(population.arrival[person] > 0, np.maximum(earliest, arrived), earliest)
    died = (population.death_year[person] - 1970) * 365.25
    latest = np.minimum(last, died)
    day = (earliest + rng.random(len(person)) * (latest - earliest + 1)).astype(np.int32)
    keep = latest >= earliest
    return Decisions(
        person=person[keep].astype(np.int32),
        day=np.minimum(day, last)[keep],
        law=np.concatenate(laws)[keep].astype(np.int32),
        kind=np.concatenate(kinds)[keep].astype(np.int32),
        counts=np.concatenate(counts)[keep],
    )


def _draw_law(rng: np.random.Generator, n: int, *, counts: bool) -> npt.NDArray[np.int_]:
    """AFG_GER7: straffelov (1…), drugs and weapons acts (3210…, 3410…); else traffic (2…) and other acts."""
    tail = rng.integers(0, 1000, n)
    if counts:
        act = rng.choice([1280, 1320, 1510, 1120, 3210, 3410], n, p=(0.3, 0.2, 0.15, 0.15, 0.12, 0.08))
    else:
        act = rng.choice([2100, 2610, 3310, 3510, 3805], n, p=(0.5, 0.3, 0.1, 0.05, 0.05))
    return act * 1000 + tail
