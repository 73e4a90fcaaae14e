"""Measures for children: care away from home and preventive measures, by the factors of the year before.

Belongs here: to whom a measure begins, when care ends.
Does not belong here: register columns (`registers.py`).

The chance that a measure begins is a logistic model with an odds ratio per factor (`targets.ODDS_RATIOS`);
its level follows from the share of children that has had a measure by the age of 15.
"""

from __future__ import annotations

import numpy as np

from synthetic_data import targets
from synthetic_data.lifecourse import Span, place, release
from synthetic_data.moving import Dwellings
from synthetic_data.quotas import choose
from synthetic_data.society import NOBODY, Persons, find_minors


def begin_measures(rng: np.random.Generator, persons: Persons, day: int, minors: np.ndarray) -> None:
    """Children in care on the first day."""
    wanted = targets.NOT_AT_HOME * len(minors)
    order = rng.standard_exponential(len(minors)) * np.exp(
        -1.0 * persons.vulnerability[persons.mother[minors]]
    )
    place(persons, minors[choose(wanted, order)], day, rng)


def take_measures(
    rng: np.random.Generator, persons: Persons, dwellings: Dwellings, span: Span, year: int
) -> None:
    minors = find_minors(persons, span.end)
    away = persons.foster[minors] != NOBODY
    # Stays in care last about five years.
    back = minors[away][rng.random(int(away.sum())) < 0.19 * span.years]
    release(persons, back, span.end)
    wanted = targets.NOT_AT_HOME * len(minors) - (persons.foster[minors] != NOBODY).sum()
    home = minors[persons.foster[minors] == NOBODY]
    order = rng.standard_exponential(len(home)) * np.exp(-1.0 * persons.vulnerability[persons.mother[home]])
    place(persons, home[choose(wanted, order)], span.end, rng)
