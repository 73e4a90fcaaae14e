"""The truth: five factors and the state of every child, from what was planted, under the definition sfi5-v1.

Belongs here: the generator's own reading of its world, to hold a pipeline against.
Does not belong here: reading registers back, anything of `assets/` (a shared mistake would hide itself).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.release import AGE_BANDS, FACTORS
from synthetic_data.dwellings import KIND_OWNER, KIND_RENTED
from synthetic_data.population import NOBODY, Bools
from synthetic_data.scope import WINDOW_YEARS, day_number, year_end
from synthetic_data.world import World

NO, YES, UNKNOWN = 0, 1, -1
BENEFITS = (330, 321, 322)
STATES = ("særlig", "ikke", "uafklaret")
BAND_STARTS = (0, 3, 6, 10, 15)
States = npt.NDArray[np.int8]


def find_children(world: World, year: int) -> npt.NDArray[np.intp]:
    """Children: alive, resident, under 18 at the year-end."""
    population = world.population
    is_minor = population.birth_year > year - 18
    return np.flatnonzero(population.is_alive(year) & is_minor & (population.family != NOBODY))


def plant_factors(world: World, year: int, children: npt.NDArray[np.intp]) -> States:
    """(children, 5) of NO, YES, UNKNOWN at 31 December of `year`."""
    population, dwellings, traits, scope = world.population, world.dwellings, world.traits, world.scope
    mother = population.family[children]  # a mother has her family's number
    is_named = ~population.families.mother_blank[mother]
    out = np.full((len(children), len(FACTORS)), UNKNOWN, np.int8)

    seen = np.any(population.present[:, : population.column(year) + 1], axis=1)
    usable = is_named & seen[mother] & (population.death_year[mother] > year)
    mark = population.fm_mark[children, population.column(year)]
    out[:, 0] = np.where(usable & (mark > 0), mark != 1, UNKNOWN)

    end = min(year, scope.kraf_years[-1])
    decisions = traits.decisions
    in_window = (
        decisions.counts
        & (decisions.day > day_number(year_end(end - WINDOW_YEARS)))
        & (decisions.day <= day_number(year_end(end)))
    )
    convicted = np.zeros(population.n, bool)
    convicted[decisions.person[in_window]] = True
    window = slice(population.column(end - WINDOW_YEARS), population.column(end) + 1)
    always_there = population.present[:, window].all(axis=1)
    out[:, 1] = _ask(convicted, convicted | always_there)[mother]

    socio13 = traits.socio13[:, scope.akm_years.index(min(year, scope.akm_years[-1]))]
    out[:, 2] = _ask(np.isin(socio13, BENEFITS), socio13 > 0)[mother]

    hfaudd = traits.hfaudd[:, scope.udda_years.index(year)]
    level = np.where(hfaudd == -1, 90, traits.level[hfaudd])
    out[:, 3] = _ask(level == 10, level != 90)[mother]

    home = dwellings.of_persons(population, year)
    tenure = np.where(population.is_alive(year) & dwellings.is_in_bol[home], dwellings.tenure[home], 0)
    out[:, 4] = _ask(tenure == KIND_RENTED, np.isin(tenure, (KIND_RENTED, KIND_OWNER)))[mother]

    out[~is_named] = UNKNOWN
    return out


def count_factors(factors: States) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """n_yes and n_known per child."""
    return (factors == YES).sum(axis=1).astype(np.int8), (factors != UNKNOWN).sum(axis=1).astype(np.int8)


def is_at_risk(n_yes: npt.NDArray[np.int8]) -> Bools:
    return n_yes >= 3


def is_not_at_risk(n_yes: npt.NDArray[np.int8], n_known: npt.NDArray[np.int8]) -> Bools:
    return n_yes + len(FACTORS) - n_known <= 2


def tell_truth(world: World, year: int) -> pl.DataFrame:
    """One row per child at 31 December of `year`, sorted by pnr.

    pnr, mor_id (null where the register does not name her), kom, adresse_id, f1..f5 (null = unknown), n_yes,
    n_known, state, age_band, area_ids (afdeling, omraade and helhedsplan of the child's dwelling, sorted).
    """
    children = find_children(world, year)
    factors = plant_factors(world, year, children)
    n_yes, n_known = count_factors(factors)
    population, on = world.population, year_end(year)
    mother = population.family[children]
    home = world.dwellings.of_persons(population, year)[children]
    state = np.where(is_at_risk(n_yes), 0, np.where(is_not_at_risk(n_yes, n_known), 1, 2))
    age = population.age(year)[children]
    band = np.searchsorted(BAND_STARTS, age, "right") - 1
    lists = [world.areas.ids_of(a, on) for a in range(len(world.areas.area_of))] + [[]]
    area_ids = pl.Series(lists, dtype=pl.List(pl.String)).gather(world.dwellings.afdeling[home] % len(lists))
    blank = pl.Series(population.families.mother_blank[mother])
    return pl.DataFrame({
        "pnr": world.pnr[children],
        "mor_id": world.pnr[mother],
        "kom": world.dwellings.kom[home].astype(np.int16),
        "adresse_id": world.adresse_id[home],
        **{name: factors[:, k] for k, name in enumerate(FACTORS)},
        "n_yes": n_yes,
        "n_known": n_known,
        "state": pl.Series(STATES).gather(state),
        "age_band": pl.Series(AGE_BANDS).gather(band),
        "area_ids": area_ids,
    }).with_columns(
        pl.when(~blank).then("mor_id"),
        *(pl.when(pl.col(name) != UNKNOWN).then(pl.col(name) == YES).alias(name) for name in FACTORS),
    ).sort("pnr")  # fmt: skip


def _ask(is_yes: Bools, is_known: Bools) -> States:
    return np.where(is_known, np.where(is_yes, YES, NO), UNKNOWN).astype(np.int8)
