"""Dwellings: where they lie, who owns them, and which household lives in which at each year-end.

Belongs here: municipality, afdeling, tenure, size; moves.
Does not belong here: who belongs to a household (`population.py`), the lists of areas (`areas.py`).

Dwelling i is household i's home at the last year-end. Going back, the movers of a year exchange dwellings
among themselves, so no dwelling ever holds two households.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data.areas import Areas
from synthetic_data.names import KOMMUNER
from synthetic_data.population import NOBODY, Bools, Ints, Population
from synthetic_data.scope import Scope

MINORS_IN_AREAS = 0.27  # of the areas' residents
RENTED_OUTSIDE_FAMILIES = 0.195
RENTED_OUTSIDE_OTHERS = 0.42
MOVERS = 0.11  # of all households, a year
KIND_RENTED, KIND_OWNER, KIND_OTHER, KIND_UNKNOWN = 1, 2, 3, 9


@dataclass
class Dwellings:
    """One row per dwelling; `of_household` (households, years) says who lives where."""

    kom: Ints
    afdeling: Ints  # NOBODY outside the areas
    tenure: Ints  # UDLEJNINGFH
    is_in_bol: Bools
    owner: Ints  # EJERFORHOLD
    rooms: Ints
    square_metres: Ints
    of_household: Ints
    is_used: Bools  # lived in at some year-end

    def of_persons(self, population: Population, year: int) -> Ints:
        """Each person's dwelling at the year-end; NOBODY when absent."""
        column = population.column(year)
        household = population.household[:, column]
        return np.where(household == NOBODY, NOBODY, self.of_household[household, column]).astype(np.int32)


def build_dwellings(scope: Scope, population: Population, areas: Areas) -> Dwellings:
    rng = scope.stream("dwellings")
    n, families = population.n, population.families
    area = np.full(n, NOBODY, np.int32)
    area[: families.n] = families.area
    _fill_areas(area, population, areas, rng)

    afdeling = np.full(n, NOBODY, np.int32)
    draw = rng.random(n)
    for one in range(areas.n):
        rows = np.flatnonzero(area == one)
        numbers = np.flatnonzero(areas.area_of == one)
        borders = np.cumsum(areas.afdeling_weights[numbers])
        borders[-1] = 1.0
        afdeling[rows] = numbers[np.searchsorted(borders, draw[rows])]

    codes = [code for code, _ in KOMMUNER]
    kom = rng.choice(codes, n, p=(0.45, 0.33, 0.22)).astype(np.int32)
    in_area = area >= 0
    kom[in_area] = areas.kom[area[in_area]]

    is_rented = rng.random(n) < RENTED_OUTSIDE_OTHERS
    is_rented[: families.n] = families.rank[:, 4] < RENTED_OUTSIDE_FAMILIES
    is_rented |= in_area
    draw = rng.random(n)
    tenure = np.where(is_rented, KIND_RENTED, KIND_OWNER)
    tenure = np.where(draw < 0.008, KIND_UNKNOWN, np.where(draw < 0.012, KIND_OTHER, tenure))
    almen = in_area | (is_rented & (rng.random(n) < 0.4))
    private = rng.choice([10, 30, 41, 90], n, p=(0.8, 0.08, 0.1, 0.02))
    rooms = np.clip(rng.normal(np.where(is_rented, 2.9, 4.4), 1.0), 1, 9).round()

    of_household = _move_back(scope, population, is_rented, in_area, rng)
    used = np.zeros(n, bool)
    for column in range(len(population.years)):
        household = population.household[:, column]
        used[of_household[household[household != NOBODY], column]] = True
    return Dwellings(
        kom=kom,
        afdeling=afdeling,
        tenure=tenure.astype(np.int32),
        is_in_bol=rng.random(n) >= 0.006,
        owner=np.where(almen, 20, private).astype(np.int32),
        rooms=rooms.astype(np.int32),
        square_metres=(rooms * rng.uniform(20, 32, n) + 12).astype(np.int32),
        of_household=of_household,
        is_used=used,
    )


def _fill_areas(area: Ints, population: Population, areas: Areas, rng: np.random.Generator) -> None:
    """Let other households into the areas until minors are the share of residents that they should be."""
    last = population.household[:, -1]
    alive = population.is_alive(population.years[-1])
    residents = np.bincount(last[alive], minlength=population.n)
    minors = population.age(population.years[-1]) < 18
    young = np.bincount(last[alive & minors], minlength=population.n)
    inside = area >= 0
    there = np.bincount(area[inside], residents[inside], areas.n)
    wanted = np.bincount(area[inside], young[inside], areas.n) / MINORS_IN_AREAS - there
    free = rng.permutation(np.flatnonzero(~inside & (residents > 0) & (young == 0)))
    borders = np.cumsum(np.clip(wanted, 0, None))
    filled = np.searchsorted(borders, np.cumsum(residents[free]))
    takes = filled < areas.n
    area[free[takes]] = filled[takes]


def _move_back(
    scope: Scope, population: Population, is_rented: Bools, in_area: Bools, rng: np.random.Generator
) -> Ints:
    n, n_years = population.n, len(population.years)
    of_household = np.empty((n, n_years), np.int32)
    of_household[:, -1] = np.arange(n)
    heads = np.zeros(n, bool)
    heads[population.household[population.household != NOBODY]] = True
    kind = is_rented.astype(np.int32) + 2 * in_area
    for column in range(n_years - 1, 0, -1):
        now = of_household[:, column]
        before = now.copy()
        movers = np.flatnonzero(heads & (rng.random(n) < MOVERS))
        # Most move between dwellings of the same kind; the rest mix.
        group = np.where(rng.random(len(movers)) < 0.8, kind[now[movers]], 9)
        one = movers[np.lexsort((rng.random(len(movers)), group))]
        other = movers[np.lexsort((rng.random(len(movers)), group))]
        before[one] = now[other]
        of_household[:, column - 1] = before
    return of_household
