"""The whole invented world of one request: population, areas, dwellings, traits, and their pseudonyms.

Belongs here: putting the parts together, drawing ids.
Does not belong here: how the parts are made, register columns (`registers.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.areas import Areas, build_areas
from synthetic_data.dwellings import Dwellings, build_dwellings
from synthetic_data.population import Population, build_population
from synthetic_data.scope import Scope
from synthetic_data.traits import Traits, build_traits

# Twelve digits without leading zeros, so never a padded CPR number. Edge children have ids from LAST_ID on.
FIRST_ID, LAST_ID = 10**11, 9 * 10**11

Ids = npt.NDArray[np.int64]


@dataclass
class World:
    scope: Scope
    areas: Areas
    population: Population
    dwellings: Dwellings
    traits: Traits
    pnr: Ids  # of each person
    adresse_id: Ids  # of each dwelling
    familie_id: Ids  # of each household, then of each person who is a family of their own


def build_world(scope: Scope) -> World:
    areas = build_areas(scope)
    population = build_population(scope, areas.weights)
    dwellings = build_dwellings(scope, population, areas)
    traits = build_traits(scope, population)
    ids = _draw_ids(scope.stream("ids"), 4 * population.n)
    pnr, adresse_id, household, own = np.split(ids, 4)
    return World(
        scope, areas, population, dwellings, traits, pnr, adresse_id, np.concatenate([household, own])
    )


def _draw_ids(rng: np.random.Generator, n: int) -> Ids:
    """`n` different pseudonyms in random order."""
    ids = np.sort(rng.integers(FIRST_ID, LAST_ID, n + n // 100 + 100))
    return rng.permutation(ids[np.diff(ids, prepend=0) > 0])[:n]
