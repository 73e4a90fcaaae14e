"""Bring the shares at the last reference date to their quota, for any seed.

Belongs here: moving single mothers onto or off benefit (SOCIO13 of the latest AKM year) and, where that does
not suffice, to or from grundskole (HFAUDD).
Does not belong here: the margins that bring them near (`population.py`, `traits.py`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.population import NOBODY
from synthetic_data.traits import KONTANTHJAELP
from synthetic_data.truth import (
    NO,
    UNKNOWN,
    YES,
    States,
    count_factors,
    find_children,
    is_at_risk,
    is_not_at_risk,
    plant_factors,
)
from synthetic_data.world import World

SHARE_IN_AREAS = 0.365  # asked: 35-38 %
SHARE_OF_ALL = 0.064  # asked: 5-8 %
BENEFIT, EDUCATION = 2, 3  # the factors that are moved, in this order
EMPLOYED = 134
GRUNDSKOLE, VOCATIONAL = 10, 30  # hovedområde
WORKING_AGE = (18, 64)


def meet_quotas(world: World) -> None:
    """Change SOCIO13 and HFAUDD in place, mothers in the areas first."""
    year = world.scope.last
    children = find_children(world, year)
    home = world.dwellings.of_persons(world.population, year)[children]
    in_area = world.dwellings.afdeling[home] != NOBODY
    mother = world.population.family[children]
    has_child_in_area = np.bincount(mother[in_area], minlength=world.population.families.n) > 0
    everywhere = np.full(len(children), True)
    for factor in (BENEFIT, EDUCATION):
        _nudge(world, children, factor, counted=in_area, movable=has_child_in_area, share=SHARE_IN_AREAS)
    for factor in (BENEFIT, EDUCATION):
        _nudge(world, children, factor, counted=everywhere, movable=~has_child_in_area, share=SHARE_OF_ALL)


def _nudge(
    world: World,
    children: npt.NDArray[np.intp],
    factor: int,
    *,
    counted: npt.NDArray[np.bool_],
    movable: npt.NDArray[np.bool_],
    share: float,
) -> None:
    factors = plant_factors(world, world.scope.last, children)
    risk, known = _weigh(factors)
    at_risk, decided = int(risk[counted].sum()), int(known[counted].sum())
    up = at_risk < share * decided

    changed = factors.copy()
    changed[:, factor] = np.where(factors[:, factor] == UNKNOWN, UNKNOWN, YES if up else NO)
    new_risk, new_known = _weigh(changed)
    families = world.population.families
    mother = world.population.family[children]
    size = families.n
    d_risk = np.bincount(mother[counted], (new_risk * 1 - risk)[counted], size).astype(int)
    d_known = np.bincount(mother[counted], (new_known * 1 - known)[counted], size).astype(int)
    age = world.population.age(world.scope.akm_years[-1])[:size]
    can = movable & (d_risk != 0) & (age >= WORKING_AGE[0]) & (age <= WORKING_AGE[1])
    # Those nearest the border first: least likely to have come out otherwise.
    disposition = families.rank[:, factor]
    candidates = np.flatnonzero(can)
    candidates = candidates[
        np.argsort(disposition[candidates] if up else -disposition[candidates], kind="stable")
    ]
    for one in candidates.tolist():
        now = abs(at_risk - share * decided)
        then = abs(at_risk + d_risk[one] - share * (decided + d_known[one]))
        if then < now:
            at_risk, decided = at_risk + d_risk[one], decided + d_known[one]
            _move(world, one, factor, up)


def _move(world: World, mother: int, factor: int, up: bool) -> None:
    traits = world.traits
    if factor == BENEFIT:
        traits.socio13[mother, -1] = KONTANTHJAELP if up else EMPLOYED
    elif up:
        had_row = traits.hfaudd[mother] >= 0  # what is not attained now never was
        traits.hfaudd[mother, had_row] = np.argmax(traits.level == GRUNDSKOLE)
    else:
        traits.hfaudd[mother, -1] = np.argmax(traits.level == VOCATIONAL)


def _weigh(factors: States) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Per child: at risk; at risk or certainly not."""
    n_yes, n_known = count_factors(factors)
    risk = is_at_risk(n_yes)
    return risk, risk | is_not_at_risk(n_yes, n_known)
