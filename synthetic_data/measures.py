"""Measures for children: care away from home and preventive measures, by the factors of the year before.

Belongs here: to whom a measure begins, when it ends.
Does not belong here: register columns (`registers.py`).

The chance that a measure begins is a logistic model with an odds ratio per factor (`targets.ODDS_RATIOS`),
the same for every child who isn't in care; its level follows from the share of children that has had a
measure by the age of 15.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data import targets
from synthetic_data.begin import YEAR
from synthetic_data.lifecourse import Span, place, release
from synthetic_data.quotas import choose
from synthetic_data.scope import years_before
from synthetic_data.society import NEVER, NOBODY, Bools, Floats, Persons, Rows, find_minors

A_YEAR = targets.MEASURES_BY_15 / 15 * 0.97  # new measures per child; some children have several
# Of the new measures: preventive only, care only, both.
KINDS_P = np.array([
    targets.MEASURES_BY_15 - targets.PLACED_BY_15,
    targets.MEASURES_BY_15 - targets.PREVENTIVE_BY_15,
    targets.PREVENTIVE_BY_15 + targets.PLACED_BY_15 - targets.MEASURES_BY_15,
]) / targets.MEASURES_BY_15  # fmt: skip
PREVENTIVE_YEARS, CARE_YEARS = 1.3, 4.5  # mean length
CARE, PREVENTIVE_CHILD, PREVENTIVE_FAMILY = (100, 200), (200, 300), (400, 456)  # PGF


@dataclass
class Cases:
    """Rows of BUA and BUFO; `end` is NEVER while the case runs."""

    person: Rows
    code: np.ndarray  # PGF
    start: np.ndarray
    end: np.ndarray

    @classmethod
    def none(cls) -> Cases:
        return cls(*(np.empty(0, np.int32) for _ in range(4)))  # pyright: ignore[reportArgumentType]

    def add(self, person: Rows, code: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
        for name, new in (("person", person), ("code", code), ("start", start), ("end", end)):
            setattr(self, name, np.concatenate([getattr(self, name), new.astype(np.int32)]))

    def is_care(self) -> Bools:
        return self.code < CARE[1]


def chance(factors: np.ndarray) -> Floats:
    """Of a new measure within a year, per child; `factors` (children, 5): 1 = yes, all else counts as no."""
    odds = np.log(targets.ODDS_RATIOS)
    cells = np.arange(2 ** len(odds))
    # Sums and not a product of matrices: the last bits of BLAS hang on the number of cores.
    scores = ((cells[:, None] >> np.arange(len(odds)) & 1) * odds).sum(axis=1)
    of = ((factors == 1) << np.arange(len(odds))).sum(axis=1)
    shares = np.bincount(of, minlength=len(cells)) / max(len(of), 1)
    low, high = -12.0, 2.0
    for _ in range(50):
        middle = (low + high) / 2
        if (shares / (1 + np.exp(-(middle + scores)))).sum() > A_YEAR:
            high = middle
        else:
            low = middle
    return (1 / (1 + np.exp(-(low + scores))))[of]


def begin_measures(
    rng: np.random.Generator, persons: Persons, cases: Cases, day: int, minors: Rows, factors: np.ndarray
) -> None:
    """Children in care on the first day, and who has had a measure before it."""
    hazard = chance(factors)
    wanted = targets.NOT_AT_HOME * len(minors)
    age = (day - persons.birth[minors]) / YEAR
    had = rng.random(len(minors)) < 1 - (1 - hazard) ** np.minimum(age, 15)
    kind = rng.choice(3, len(minors), p=KINDS_P)
    persons.prevented[minors] = had & (kind != 1)
    was_placed = had & (kind != 0)
    persons.placed[minors] = was_placed
    # Those in care now are some of those who ever were.
    chosen = choose(wanted, np.where(was_placed, 0, 2) + rng.random(len(minors)))
    persons.placed[minors[chosen]] = True
    place(persons, minors[chosen], day, rng)
    started = day - np.minimum(rng.exponential(CARE_YEARS, len(chosen)), age[chosen]) * YEAR
    cases.add(minors[chosen], rng.integers(*CARE, len(chosen)), started, np.full(len(chosen), NEVER))


def take_measures(
    rng: np.random.Generator,
    persons: Persons,
    cases: Cases,
    span: Span,
    exposed: Rows,
    hazard: Floats,
) -> None:
    """`exposed`: children at the last year-end, with their chance of a measure this year."""
    stays = (
        (persons.birth[exposed] > years_before(span.end, 18))
        & (persons.status[exposed] == 0)
        & (persons.foster[exposed] == NOBODY)
    )
    rows = exposed[stays]
    rows = rows[rng.random(len(rows)) < hazard[stays] * span.years]
    kind = rng.choice(3, len(rows), p=KINDS_P)
    start = span.draw_days(rng, len(rows))
    preventive, care = kind != 1, kind != 0
    some = rows[preventive]
    directed = rng.random(len(some)) < 0.55
    code = np.where(
        directed, rng.integers(*PREVENTIVE_CHILD, len(some)), rng.integers(*PREVENTIVE_FAMILY, len(some))
    )
    length = rng.exponential(PREVENTIVE_YEARS, len(some)) * YEAR
    cases.add(some, code, start[preventive], start[preventive] + length + 7)
    persons.prevented[some] = True
    taken = rows[care]
    cases.add(taken, rng.integers(*CARE, len(taken)), start[care], np.full(len(taken), NEVER))
    place(persons, taken, span.end, rng)
    persons.placed[taken] = True

    # As many come home as keeps the children in care at their share.
    minors = find_minors(persons, span.end)
    away = minors[persons.foster[minors] != NOBODY]
    away = away[~np.isin(away, taken)]
    too_many = len(away) + len(taken) - targets.NOT_AT_HOME * len(minors)
    release(persons, away[choose(too_many, rng.random(len(away)))], span.end)
    over = (cases.end == NEVER) & cases.is_care() & (persons.foster[cases.person] == NOBODY)
    n = int(over.sum())
    last = np.minimum(span.draw_days(rng, n), persons.birth[cases.person[over]] + round(18 * YEAR))
    cases.end[over] = np.maximum(last, cases.start[over] + 1)
