"""The country on its first day: cohorts, families with their histories, couples, who is from where.

Belongs here: a population that has run for long already, so that the first year looks like any other.
Does not belong here: dwellings (`moving.py`), education, work and crime (`traits.py`), the years that follow
(`lifecourse.py`).
"""

from __future__ import annotations

import numpy as np

from synthetic_data import targets
from synthetic_data.quotas import choose
from synthetic_data.scope import years_before
from synthetic_data.society import (
    ABSENT,
    DEAD,
    DESCENDANT,
    DIVORCED,
    IMMIGRANT,
    LONG_AGO,
    MAN,
    MARRIED,
    NEVER,
    NOBODY,
    UNMARRIED,
    WIDOWED,
    WOMAN,
    Floats,
    Ints,
    Persons,
    Rows,
    find_minors,
    tell_marks,
)

YEAR = 365.25
WANTED = (0.17, 0.10, 0.41, 0.22, 0.08, 0.02)  # women by number of children wanted
LINKED = 20  # younger persons have their mother in the registers from the start
NOT_TOGETHER_AT_BIRTH, BREAK_UP_RATE = 0.055, 0.0245  # of parents; a year
FATHERLESS = 0.0375  # children without a registered father
FOREIGN_COUNTRIES = (5170, 5172, 5228, 5422, 5436, 5448, 5472, 5502, 5742, 5754)


def draw_dispositions(rng: np.random.Generator, n: int) -> dict[str, Floats]:
    names = ("vulnerability", "break_up", "crime", "benefit", "schooling")
    return {name: rng.standard_normal(n) for name in names}


def latent(persons: Persons, name: str, rows: Rows | slice = slice(None)) -> Floats:
    """A disposition: high = exposed. The five share `targets.CORRELATION`."""
    shared = np.sqrt(targets.CORRELATION) * persons.vulnerability[rows]
    return (shared + np.sqrt(1 - targets.CORRELATION) * getattr(persons, name)[rows]).astype(np.float64)


def begin(rng: np.random.Generator, day: int, residents: int, share_in_areas: float) -> Persons:
    """Everybody who is there on `day`, without dwellings."""
    persons = Persons.none()
    minors = round(targets.share_of_minors(share_in_areas) * residents)
    births, mother = _add_women_and_births(rng, persons, day, minors)
    n_women = persons.n
    men = persons.add(
        n_women,
        birth=rng.permutation(persons.birth) - rng.integers(0, 365, n_women),
        sex=MAN,
        **draw_dispositions(rng, n_women),
    )
    women = np.arange(n_women)
    fathers = _pair_parents(rng, persons, mother, men)
    children = persons.add(
        len(births),
        birth=births,
        sex=rng.choice([MAN, WOMAN], len(births)),
        mother=mother,
        father=fathers[mother],
        mother_blank=(rng.random(n_women) < 0.0025)[mother],
        unmarked=rng.random(len(births)) < 0.001,
        head=mother,
        **draw_dispositions(rng, len(births)),
    )
    persons.head[children] = mother
    _add_old(rng, persons, day, residents - len(children) - 2 * n_women)
    _plan_children(rng, persons, children[births < years_before(day, 15)], day)
    _draw_origin(rng, persons, women, fathers, children, day)
    _settle_parents(rng, persons, day, fathers, children)
    _pair_others(rng, persons, day)
    _lose_parents(rng, persons, day)
    persons.seen[:] = False
    return persons


def plan_births(rng: np.random.Generator, n: int) -> tuple[Floats, Ints, Ints]:
    """Age at the first birth in days, children wanted, and the gaps between them (n, 5)."""
    first = np.clip(rng.normal(28.6, 4.7, n), 18, 42) * YEAR
    wanted = rng.choice(len(WANTED), n, p=WANTED).astype(np.int32)
    gaps = (rng.gamma(4.0, 230.0, (n, 5)) + 330).astype(np.int32)
    gaps[:, 0] = 0
    return first, wanted, gaps


def _add_women_and_births(
    rng: np.random.Generator, persons: Persons, day: int, minors: int
) -> tuple[Ints, Ints]:
    """Women aged 20-70 until their children under 18 are as many as asked for."""
    most = int(minors * 2.4) + 500
    birth = (day - (LINKED + 50 * rng.random(most)) * YEAR).astype(np.int32)
    first, wanted, gaps = plan_births(rng, most)
    due = (birth[:, None] + first[:, None] + np.cumsum(gaps, axis=1)).astype(np.int32)
    planned = (np.arange(5) < wanted[:, None]) & (due - birth[:, None] < 45 * YEAR)
    born = planned & (due <= day)
    n = int(np.searchsorted(np.cumsum((born & (due > years_before(day, 18))).sum(axis=1)), minors)) + 1
    birth, due, planned, born = birth[:n], due[:n], planned[:n], born[:n]
    ahead = planned & ~born
    following = np.where(ahead.any(axis=1), due[np.arange(n), ahead.argmax(axis=1)], NEVER)
    persons.add(
        n,
        birth=birth,
        sex=WOMAN,
        wanted=planned.sum(axis=1),
        born=born.sum(axis=1),
        next_birth=following,
        **draw_dispositions(rng, n),
    )
    linked = born & (due > years_before(day, LINKED))
    mother, order = np.nonzero(linked)
    return due[mother, order], mother.astype(np.int32)


def _pair_parents(rng: np.random.Generator, persons: Persons, mother: Ints, men: Rows) -> Ints:
    """The father of each woman's children; NOBODY where the register has none."""
    out = np.full(len(men), NOBODY, np.int32)
    mothers = np.unique(mother)
    mothers = mothers[rng.random(len(mothers)) >= FATHERLESS]
    mothers = mothers[np.argsort(persons.birth[mothers], kind="stable")]
    some = np.sort(rng.choice(len(men), len(mothers), replace=False))
    some = men[some]
    older = persons.birth[some] + rng.normal(2.4, 2.0, len(some)) * YEAR
    out[mothers] = some[np.argsort(older, kind="stable")]
    # Nobody is a father before 16.
    first = np.full(len(men), NEVER, np.int64)
    np.minimum.at(first, mother, persons.birth[mother].astype(np.int64) + round(18 * YEAR))
    late = (out != NOBODY) & (persons.birth[out] > first - 16 * YEAR)
    persons.birth[out[late]] = (first[late] - 16.5 * YEAR).astype(np.int32)
    return out


def _add_old(rng: np.random.Generator, persons: Persons, day: int, n: int) -> None:
    n = max(n, 0)
    age = 70 + 28 * rng.beta(1.0, 2.1, n)
    persons.add(
        n,
        birth=(day - age * YEAR).astype(np.int32),
        sex=rng.choice([MAN, WOMAN], n, p=(0.46, 0.54)),
        **draw_dispositions(rng, n),
    )


def _plan_children(rng: np.random.Generator, persons: Persons, young: Rows, day: int) -> None:
    """Those who grow up will have children too."""
    girls = young[persons.sex[young] == WOMAN]
    first, wanted, _ = plan_births(rng, len(girls))
    persons.wanted[girls] = wanted
    due = np.maximum(persons.birth[girls] + first, day + 30).astype(np.int32)
    persons.next_birth[girls] = np.where(wanted > 0, due, NEVER)


def _draw_origin(
    rng: np.random.Generator, persons: Persons, women: Rows, fathers: Ints, children: Rows, day: int
) -> None:
    share = targets.FOREIGN_OUTSIDE + 0.087 * (targets.FOREIGN_IN_AREAS - targets.FOREIGN_OUTSIDE)
    adults = np.flatnonzero(persons.mother == NOBODY)
    foreign = np.zeros(persons.n, bool)
    foreign[adults] = rng.random(len(adults)) < share
    # Most couples are of one origin.
    with_father = women[fathers != NOBODY]
    same = with_father[rng.random(len(with_father)) < 0.93]
    foreign[fathers[same]] = foreign[same]
    persons.origin[foreign] = IMMIGRANT
    persons.country[foreign] = rng.choice(FOREIGN_COUNTRIES, foreign.sum())
    mother, father = persons.mother[children], persons.father[children]
    descends = foreign[mother] & ((father == NOBODY) | foreign[father])
    persons.origin[children[descends]] = DESCENDANT
    persons.country[children[descends]] = persons.country[mother[descends]]
    rows = np.flatnonzero(foreign)
    here = rng.exponential(22.0, len(rows)) * YEAR
    persons.arrived[rows] = np.maximum(day - here - 200, persons.birth[rows] + 200).astype(np.int32)


def _settle_parents(
    rng: np.random.Generator, persons: Persons, day: int, fathers: Ints, children: Rows
) -> None:
    """Who still lives together; with whom the children live when not."""
    minors = find_minors(persons, day)
    mother = persons.mother[minors]
    n = len(fathers)
    weight = np.bincount(mother, minlength=n)
    youngest = np.full(n, LONG_AGO)
    np.maximum.at(youngest, persons.mother[children], persons.birth[children])
    first = np.full(n, NEVER)
    np.minimum.at(first, persons.mother[children], persons.birth[children])
    parents = np.flatnonzero(fathers != NOBODY)
    length = np.where(weight[parents] > 0, (day - (first[parents] + youngest[parents]) / 2) / YEAR, 20)
    apart = 1 - (1 - NOT_TOGETHER_AT_BIRTH + FATHERLESS) * np.exp(-BREAK_UP_RATE * length)
    rank = np.empty(len(parents))
    rank[np.argsort(-latent(persons, "break_up", parents))] = (np.arange(len(parents)) + 0.5) / len(parents)
    heavy = weight[parents]
    fatherless = weight[fathers == NOBODY].sum()
    goal = targets.NATIONAL[0] * len(minors) - fatherless - targets.NOT_AT_HOME * len(minors) * 0.7
    broken = np.zeros(len(parents), bool)
    young = np.flatnonzero(heavy > 0)
    broken[young[choose(goal, (rank / apart)[young], heavy[young])]] = True
    broken |= (heavy == 0) & (rank < apart)

    together = parents[~broken]
    join(persons, together, fathers[together])
    is_married = rng.random(len(together)) < 0.66
    marry(persons, together[is_married], fathers[together[is_married]])
    apart_now = parents[broken]
    was_married = rng.random(len(apart_now)) < 0.55
    for rows in (apart_now[was_married], fathers[apart_now[was_married]]):
        persons.civil[rows] = DIVORCED
    # Some children live with the father.
    goal = targets.WITH_FATHER * len(minors)
    order = rng.random(len(apart_now))
    to_father = apart_now[choose(goal, order, weight[apart_now].astype(float))]
    goes = np.isin(persons.mother[children], to_father)
    persons.head[children[goes]] = fathers[persons.mother[children[goes]]]


def _pair_others(rng: np.random.Generator, persons: Persons, day: int) -> None:
    """New partners, couples without children, old couples: all by age."""
    age = (day - persons.birth) / YEAR
    has_children = np.zeros(persons.n, bool)
    has_children[persons.head[persons.head != np.arange(persons.n)]] = True
    single = (persons.partner == NOBODY) & (persons.head == np.arange(persons.n)) & (age >= 20)
    chance = np.select([has_children, age < 24, age < 32, age < 70], [0.36, 0.25, 0.62, 0.66], 0.55)
    takes = single & (rng.random(persons.n) < chance)
    women = np.flatnonzero(takes & (persons.sex == WOMAN))
    men = np.flatnonzero(single & (persons.sex == MAN))
    women = women[np.argsort(persons.birth[women] + rng.normal(0, 2 * YEAR, len(women)), kind="stable")]
    men = rng.permutation(men)[: len(women)]
    women = women[: len(men)]
    men = men[np.argsort(persons.birth[men] + rng.normal(2.4 * YEAR, 2 * YEAR, len(men)), kind="stable")]
    join(persons, women, men)
    is_married = rng.random(len(women)) < np.where(age[women] > 45, 0.8, 0.35)
    marry(persons, women[is_married], men[is_married])
    left = (age > 60) & (persons.partner == NOBODY) & (persons.civil == UNMARRIED)
    persons.civil[left & (rng.random(persons.n) < 0.55)] = WIDOWED


def _lose_parents(rng: np.random.Generator, persons: Persons, day: int) -> None:
    """Some mothers are dead, or were never in Denmark: their children live with the father."""
    minors = find_minors(persons, day)
    with_father = minors[
        (tell_marks(persons, minors) > 0)
        & (persons.father[minors] != NOBODY)
        & (persons.partner[persons.mother[minors]] == NOBODY)
    ]
    candidates = rng.permutation(np.unique(persons.mother[with_father]))
    count = len(np.unique(persons.mother[minors]))
    n_dead, n_absent = round(0.0003 * count), round(0.001 * count)
    dead, absent = candidates[:n_dead], candidates[n_dead : n_dead + n_absent]
    for gone, status in ((dead, DEAD), (absent, ABSENT)):
        persons.status[gone] = status
        orphans = np.flatnonzero(np.isin(persons.mother, gone))
        persons.head[orphans] = persons.head[persons.father[orphans]]


def join(persons: Persons, women: Rows | Ints, men: Rows | Ints) -> None:
    """Two families become one, headed by the woman."""
    union = np.arange(persons.n, dtype=np.int32)
    union[men] = women
    persons.head[:] = union[persons.head]
    persons.partner[women] = men
    persons.partner[men] = women


def marry(persons: Persons, women: Rows | Ints, men: Rows | Ints) -> None:
    persons.civil[women] = MARRIED
    persons.civil[men] = MARRIED
