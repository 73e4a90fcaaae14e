"""The truth: five factors and the state of every child, from what was planted, under the definition sfi5-v1.

Belongs here: the generator's own reading of its world, to hold a pipeline against.
Does not belong here: reading registers back, anything of `assets/` (a shared mistake would hide itself).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.release import AGE_BANDS, FACTORS
from synthetic_data.areas import Areas
from synthetic_data.moving import KIND_OWNER, KIND_RENTED, Dwellings
from synthetic_data.scope import WINDOW_YEARS, day_number, year_end
from synthetic_data.society import (
    AWAY,
    BOTH,
    DEAD,
    DIED,
    HERE,
    LONG_AGO,
    Bools,
    Persons,
    Rows,
    draw_ids,
    find_minors,
    tell_homes,
    tell_marks,
)
from synthetic_data.traits import BENEFITS, GRUNDSKOLE, LEVEL, UNKNOWN_LEVEL, tell_education, year_of

NO, YES, UNKNOWN = 0, 1, -1
STATES = ("særlig", "ikke", "uafklaret")
BAND_STARTS = (0, 3, 6, 10, 15)
States = npt.NDArray[np.int8]


def plant_factors(persons: Persons, dwellings: Dwellings, year: int, children: Rows, *, late: bool) -> States:
    """(children, 5) of NO, YES, UNKNOWN at 31 December of `year`; `late`: AKM and KRAF end a year before."""
    mother = np.maximum(persons.mother[children], 0)
    is_named = (persons.mother[children] >= 0) & ~persons.mother_blank[children]
    out = np.full((len(children), len(FACTORS)), UNKNOWN, np.int8)
    alive = persons.status[mother] == HERE

    usable = persons.seen[mother] & (persons.status[mother] != DIED) & (persons.status[mother] != DEAD)
    marked = ~persons.unmarked[children]
    out[:, 0] = np.where(usable & marked, tell_marks(persons, children) != 1, UNKNOWN)

    end = day_number(year_end(year - late - WINDOW_YEARS))
    convicted = (persons.convicted_before if late else persons.convicted)[mother] > max(end, LONG_AGO)
    streak = (persons.streak_before if late else persons.streak)[mother]
    out[:, 1] = _ask(convicted, convicted | (streak > WINDOW_YEARS))

    socio = (persons.socio_before if late else persons.socio)[mother]
    out[:, 2] = _ask(np.isin(socio, BENEFITS), socio > 0)

    code = tell_education(persons, mother, year)
    level = np.where(alive & (code >= 0), LEVEL[code], UNKNOWN_LEVEL)
    out[:, 3] = _ask(level == GRUNDSKOLE, level != UNKNOWN_LEVEL)

    home = tell_homes(persons)[mother]
    lives = alive & (home >= 0)
    home = np.where(lives, home, 0)
    tenure = np.where(lives & dwellings.is_in_bol[home], dwellings.tenure[home], 0) if dwellings.n else home
    out[:, 4] = _ask(tenure == KIND_RENTED, np.isin(tenure, (KIND_RENTED, KIND_OWNER)))

    out[~is_named] = UNKNOWN
    return out


def tell_exposure(persons: Persons, children: Rows, year: int) -> States:
    """(children, 5): FM_MARK != 1 and the mother's three factors as they are, known to a register or not; and
    whether the child lives with somebody whose factors count, that is not in care and its mother is here.
    """
    mother = np.maximum(persons.mother[children], 0)
    mark = tell_marks(persons, children)
    convicted = persons.convicted[mother] > day_number(year_end(year - 1 - WINDOW_YEARS))
    code = np.where(persons.finished[mother] <= year, persons.code[mother], persons.school[mother])
    counts = (persons.mother[children] >= 0) & (persons.status[mother] == HERE) & (mark != AWAY)
    return np.column_stack([
        mark != BOTH,
        convicted,
        np.isin(persons.socio[mother], BENEFITS),
        LEVEL[code] == GRUNDSKOLE,
        counts,
    ]).astype(np.int8)  # fmt: skip


def count_factors(factors: States) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """n_yes and n_known per child."""
    return (factors == YES).sum(axis=1).astype(np.int8), (factors != UNKNOWN).sum(axis=1).astype(np.int8)


def is_at_risk(n_yes: npt.NDArray[np.int8]) -> Bools:
    return n_yes >= 3


def is_not_at_risk(n_yes: npt.NDArray[np.int8], n_known: npt.NDArray[np.int8]) -> Bools:
    return n_yes + len(FACTORS) - n_known <= 2


def tell_truth(
    persons: Persons, dwellings: Dwellings, areas: Areas, seed: int, year: int, *, late: bool
) -> pl.DataFrame:
    """One row per child at 31 December of `year`, sorted by pnr.

    pnr, mor_id (null where the register does not name her), kom, adresse_id, f1..f5 (null = unknown), n_yes,
    n_known, state, age_band, area_ids (afdeling, omraade and helhedsplan of the child's dwelling, sorted).
    """
    on = year_end(year)
    children = find_minors(persons, day_number(on))
    factors = plant_factors(persons, dwellings, year, children, late=late)
    n_yes, n_known = count_factors(factors)
    home = tell_homes(persons)[children]
    state = np.where(is_at_risk(n_yes), 0, np.where(is_not_at_risk(n_yes, n_known), 1, 2))
    age = year - year_of(persons.birth[children])
    band = np.searchsorted(BAND_STARTS, age, "right") - 1
    lists = [areas.ids_of(a, on) for a in range(len(areas.area_of))] + [[]]
    afdeling = areas.afdeling_on(dwellings.afdeling[home], dwellings.stairwell[home], on)
    area_ids = pl.Series(lists, dtype=pl.List(pl.String)).gather(afdeling % len(lists))
    pnr = draw_ids(seed, 0, persons.n)
    mother = persons.mother[children]
    blank = pl.Series(persons.mother_blank[children] | (mother < 0))
    return pl.DataFrame({
        "pnr": pnr[children],
        "mor_id": pnr[mother],
        "kom": dwellings.kom[home],
        "adresse_id": draw_ids(seed, 1, dwellings.n)[home],
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
