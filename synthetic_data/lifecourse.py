"""What happens to people between two status days: death, migration, leaving home, splitting up, meeting,
marrying, birth.

Belongs here: changes of persons and families, in the order in which they happen.
Does not belong here: dwellings and moves (`moving.py`), care (`measures.py`), education, work, crime.

How many children are born, couples split and people immigrate follows from the figures that the country is
held to (`targets.py`); to whom it happens is hazard and disposition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data import targets
from synthetic_data.begin import (
    BREAK_UP_RATE,
    FATHERLESS,
    FOREIGN_COUNTRIES,
    NOT_TOGETHER_AT_BIRTH,
    YEAR,
    draw_dispositions,
    join,
    latent,
    plan_births,
)
from synthetic_data.quotas import choose, race
from synthetic_data.scope import years_before
from synthetic_data.society import (
    ABROAD,
    ABSENT,
    BOTH,
    DESCENDANT,
    DIED,
    DIVORCED,
    HERE,
    IMMIGRANT,
    MAN,
    MARRIED,
    NEVER,
    NOBODY,
    WIDOWED,
    WOMAN,
    Persons,
    Rows,
    find_heads,
    find_minors,
    tell_marks,
)

IMMIGRATION, EMIGRATION = 0.0125, 0.008  # a year, of all
MINORS_AMONG_IMMIGRANTS = 0.08
RETURNING = 0.15  # of the immigrants were here before


@dataclass(frozen=True)
class Span:
    """From the day after `start` to `end`, both within one calendar year."""

    start: int
    end: int

    @property
    def years(self) -> float:
        return (self.end - self.start) / YEAR

    def draw_days(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.integers(self.start + 1, self.end + 1, n).astype(np.int32)


def live(rng: np.random.Generator, persons: Persons, span: Span, residents: int, minors: int) -> None:
    """Bring everybody to the end of `span`, when there are to be that many residents and minors."""
    _die(rng, persons, span)
    _emigrate(rng, persons, span)
    _leave_home(rng, persons, span)
    _meet(rng, persons, span)
    _return(rng, persons, span)
    young = max(round(MINORS_AMONG_IMMIGRANTS * IMMIGRATION * residents * span.years), 0)
    young = min(young, max(minors - len(find_minors(persons, span.end)), 0))
    births = max(minors - len(find_minors(persons, span.end)) - young, 0)
    _bear(rng, persons, span, births)
    missing = residents - int((persons.status == HERE).sum())
    _immigrate(rng, persons, span, missing, min(young, max(missing // 2, 0)))
    _split(rng, persons, span)
    _marry(rng, persons, span)


def _die(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    age = (span.end - persons.birth) / YEAR
    by_age = 0.00009 + 0.0000055 * np.exp(0.115 * np.maximum(age, 0))
    hazard = by_age * np.where(persons.sex == MAN, 1.25, 0.8)
    here = persons.status == HERE
    dead = np.flatnonzero(here & (rng.random(persons.n) < hazard * span.years))
    partner = persons.partner[dead]
    widowed = partner[partner != NOBODY]
    persons.civil[widowed[persons.civil[widowed] == MARRIED]] = WIDOWED
    _remove(persons, dead, DIED, span.end)


def _remove(persons: Persons, rows: Rows, status: int, day: int) -> None:
    """`rows` are no longer here; those of their families who stay form families without them."""
    if not len(rows):
        return
    leaves = np.zeros(persons.n, bool)
    leaves[rows] = True
    persons.status[rows] = status
    home = persons.home[persons.head[rows]]
    partner = persons.partner[rows]
    has = partner != NOBODY
    persons.partner[partner[has]] = NOBODY
    persons.partner[rows] = NOBODY
    # A family whose head leaves is headed by the partner who stays, if one does.
    heads = has & (persons.head[rows] == rows) & ~leaves[partner]
    union = np.arange(persons.n, dtype=np.int32)
    union[rows[heads]] = partner[heads]
    persons.home[partner[heads]] = persons.home[rows[heads]]
    persons.head[:] = union[persons.head]
    persons.head[rows] = rows
    persons.home[rows] = home
    persons.foster[rows] = NOBODY
    _take_in(persons, day)
    _find_new_fosters(persons, day)


def _take_in(persons: Persons, day: int) -> None:
    """Children whose family is gone: to the other parent, else into care; grown-up ones are on their own."""
    gone = persons.status[persons.head] != HERE
    alone = np.flatnonzero((persons.status == HERE) & gone)
    if not len(alone):
        return
    grown = persons.birth[alone] <= years_before(day, 18)
    persons.head[alone] = alone
    persons.home[alone] = NOBODY
    children = alone[~grown]
    parents = [persons.mother[children], persons.father[children]]
    for parent in reversed(parents):
        can = (
            (parent != NOBODY) & (persons.status[parent] == HERE) & (persons.birth[parent] < day - 17 * YEAR)
        )
        persons.head[children[can]] = persons.head[parent[can]]
    orphans = children[persons.head[children] == children]
    if len(orphans):
        place(persons, orphans, day, np.random.default_rng([len(orphans), day % 2**31]))


def place(persons: Persons, children: Rows, day: int, rng: np.random.Generator) -> None:
    """Into care with foster families."""
    age = (day - persons.birth) / YEAR
    heads = find_heads(persons)
    able = heads[(age[heads] > 30) & (age[heads] < 66) & (persons.partner[heads] != NOBODY)]
    able = able if len(able) else heads[age[heads] > 25]
    persons.head[children] = children
    persons.home[children] = NOBODY
    persons.foster[children] = able[rng.integers(0, len(able), len(children))]


def release(persons: Persons, children: Rows, day: int) -> None:
    """Out of care: home to the mother, else to the father; those of age on their own."""
    persons.foster[children] = NOBODY
    minor = persons.birth[children] > years_before(day, 18)
    back = children[minor]
    for parent in (persons.father[back], persons.mother[back]):
        can = (parent != NOBODY) & (persons.status[parent] == HERE)
        persons.head[back[can]] = persons.head[parent[can]]


def _emigrate(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    """Whole families; now and then one parent alone."""
    heads = find_heads(persons)
    age = (span.end - persons.birth[heads]) / YEAR
    foreign = persons.origin[heads] == IMMIGRANT
    minor = (persons.birth > years_before(span.end, 18)) & (persons.status == HERE)
    with_children = np.bincount(persons.head[minor], minlength=persons.n)[heads] > 0
    rate = EMIGRATION * np.where(age < 40, 2.6, 0.5) * np.where(foreign, 3.5, 0.7)
    rate = rate * np.where(with_children, 0.15, 1.0)
    gone = heads[rng.random(len(heads)) < rate * span.years]
    leaves = np.zeros(persons.n, bool)
    leaves[gone] = True
    family = np.flatnonzero(leaves[persons.head] & (persons.status == HERE))
    _send_abroad(persons, family, span.end)
    mothers = heads[(persons.partner[heads] != NOBODY) & (persons.status[heads] == HERE)]
    alone = mothers[rng.random(len(mothers)) < 0.0006 * span.years]
    _remove(persons, alone, ABROAD, span.end)


def _send_abroad(persons: Persons, rows: Rows, day: int) -> None:
    """Families keep together abroad, so that they can come back."""
    persons.status[rows] = ABROAD
    persons.home[rows] = NOBODY
    _find_new_fosters(persons, day)


def _find_new_fosters(persons: Persons, day: int) -> None:
    stray = np.flatnonzero((persons.foster != NOBODY) & (persons.status == HERE))
    left = stray[persons.status[persons.foster[stray]] != HERE]
    if len(left):
        place(persons, left, day, np.random.default_rng([len(left), day % 2**31]))


def _return(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    heads = np.flatnonzero(
        (persons.status == ABROAD) & (persons.head == np.arange(persons.n, dtype=np.int32)) & persons.seen
    )
    wanted = RETURNING * IMMIGRATION * (persons.status == HERE).sum() * span.years / 1.6
    back = heads[choose(wanted, rng.random(len(heads)))]
    comes = np.zeros(persons.n, bool)
    comes[back] = True
    family = np.flatnonzero(comes[persons.head] & (persons.status == ABROAD))
    persons.status[family] = HERE
    persons.arrived[family] = span.draw_days(rng, persons.n)[persons.head[family]]
    persons.home[family] = NOBODY
    persons.lives[family] = NOBODY


def _leave_home(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    """From 18, at 25 at the latest."""
    at_home = (
        (persons.head != np.arange(persons.n, dtype=np.int32))
        & (persons.status == HERE)
        & (persons.partner == NOBODY)
        & (persons.birth <= years_before(span.end, 18))
    )
    young = np.flatnonzero(at_home)
    must = persons.birth[young] <= years_before(span.end, 25)
    goes = young[must | (rng.random(len(young)) < 0.30 * span.years)]
    persons.head[goes] = goes
    persons.home[goes] = NOBODY
    of_age = np.flatnonzero(
        (persons.foster != NOBODY) & (persons.birth <= years_before(span.end, 18)) & (persons.status == HERE)
    )
    persons.foster[of_age] = NOBODY


def _split(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    """Parents as many as the share of children outside nuclear families asks for; other couples by chance."""
    minors = find_minors(persons, span.end)
    mark = tell_marks(persons, minors)
    nuclear = minors[mark == BOTH]
    # Of the children whose mother is dead or was never here, f1 is not known.
    mother = persons.mother[minors]
    counted = ~persons.mother_blank[minors] & np.isin(persons.status[mother], (HERE, ABROAD))
    n = persons.n
    heavy = np.bincount(persons.head[nuclear], minlength=n)
    women = np.flatnonzero(
        (persons.partner != NOBODY) & (persons.head == np.arange(n)) & (persons.status == HERE)
    )
    wanted = targets.NATIONAL[0] * counted.sum() - (counted & (mark != BOTH)).sum()
    parents = women[heavy[women] > 0]
    hazard = BREAK_UP_RATE * np.exp(0.6 * latent(persons, "break_up", parents))
    chosen = parents[choose(wanted, race(rng, hazard), heavy[parents].astype(float))]
    age = (span.end - persons.birth[women]) / YEAR
    rate = np.select([age < 30, age < 45, age < 60], [0.09, 0.045, 0.015], 0.003)
    others = women[(heavy[women] == 0) & (rng.random(len(women)) < rate * span.years)]
    _part(rng, persons, np.concatenate([chosen, others]), minors, mark)


def _part(rng: np.random.Generator, persons: Persons, women: Rows, minors: Rows, mark: np.ndarray) -> None:
    if not len(women):
        return
    men = persons.partner[women]
    # As many of the children go with their father as keeps their share in the country.
    lives_with_father = ((mark == 4) | (mark == 5)).sum()
    splits = np.zeros(persons.n, bool)
    splits[women] = True
    theirs = splits[persons.head[minors]].sum()
    share = (targets.WITH_FATHER * len(minors) - lives_with_father) / max(theirs, 1)
    father_keeps = np.zeros(persons.n, bool)
    father_keeps[women] = rng.random(len(women)) < np.clip(share, 0.06, 0.5)
    members = np.flatnonzero(splits[persons.head] & (persons.head != np.arange(persons.n)))
    head = persons.head[members]
    man = persons.partner[head]
    is_his = (persons.father[members] == man) & ((persons.mother[members] != head) | father_keeps[head])
    goes = (members == man) | is_his
    persons.head[members[goes]] = man[goes]
    # One of them stays in the dwelling; rather the one with the children.
    he_stays = rng.random(len(women)) < np.where(father_keeps[women], 0.6, 0.4)
    home = persons.home[women]
    persons.home[men] = np.where(he_stays, home, NOBODY)
    persons.home[women] = np.where(he_stays, NOBODY, home)
    for rows in (women, men):
        persons.partner[rows] = NOBODY
        was = persons.civil[rows] == MARRIED
        persons.civil[rows[was]] = DIVORCED


def _meet(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    """Singles of like age move in together."""
    age = (span.end - persons.birth) / YEAR
    free = (persons.partner == NOBODY) & (persons.status == HERE) & (persons.foster == NOBODY) & (age >= 18)
    women = np.flatnonzero(free & (persons.sex == WOMAN))
    of = age[women]
    alone = persons.head[women] == women
    rate = np.select([of < 20, of < 26, of < 36, of < 46, of < 60], [0.04, 0.16, 0.20, 0.10, 0.04], 0.006)
    women = women[rng.random(len(women)) < rate * span.years * np.where(alone, 1.0, 0.6)]
    men = np.flatnonzero(free & (persons.sex == MAN) & (age >= 19))
    target = age[women] + rng.normal(2.4, 2.5, len(women))
    # Each takes the man nearest in age among twice as many drawn by age.
    men = men[np.argsort(age[men], kind="stable")]
    if not len(men) or not len(women):
        return
    place_in_age = np.searchsorted(age[men], target) + rng.integers(-8, 9, len(women)) * max(
        len(men) // 2000, 1
    )
    place_in_age = np.clip(place_in_age, 0, len(men) - 1)
    place_in_age, first = np.unique(place_in_age, return_index=True)
    women, men = women[first], men[place_in_age]
    kin = (persons.head[women] == persons.head[men]) | (
        (persons.mother[women] == persons.mother[men]) & (persons.mother[women] != NOBODY)
    )
    women, men = women[~kin], men[~kin]
    persons.head[women] = women  # who lived with the parents leaves them
    persons.head[men] = men
    has_home = [persons.home[rows] for rows in (women, men)]
    at_hers = (has_home[0] != NOBODY) & ((rng.random(len(women)) < 0.6) | (has_home[1] == NOBODY))
    persons.home[women] = np.where(at_hers, has_home[0], has_home[1])
    join(persons, women, men)


def _marry(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    women = np.flatnonzero((persons.partner != NOBODY) & (persons.sex == WOMAN) & (persons.civil != MARRIED))
    women = women[rng.random(len(women)) < 0.075 * span.years]
    persons.civil[women] = MARRIED
    persons.civil[persons.partner[women]] = MARRIED


def _bear(rng: np.random.Generator, persons: Persons, span: Span, births: int) -> None:
    """`births` children, to those whose time has come first."""
    age = (span.end - persons.birth) / YEAR
    able = np.flatnonzero(
        (persons.sex == WOMAN) & (persons.status == HERE) & (persons.foster == NOBODY)
        & (age >= 18.6) & (age < 44.5) & (persons.next_birth < NEVER)
    )  # fmt: skip
    in_couple = persons.partner[able] != NOBODY
    due = persons.next_birth[able] + rng.normal(0, 60, len(able))
    couples, singles = able[in_couple], able[~in_couple]
    to_singles = round(births * (NOT_TOGETHER_AT_BIRTH - 0.01))
    exposed = due[~in_couple] - 500 * latent(persons, "break_up", singles)
    mothers = np.concatenate([
        couples[choose(births - to_singles, due[in_couple])], singles[choose(to_singles, exposed)],
    ])  # fmt: skip
    if len(mothers) < births:
        more = np.flatnonzero(
            (persons.sex == WOMAN) & (persons.status == HERE) & (age >= 20) & (age < 42)
            & (persons.foster == NOBODY)
        )  # fmt: skip
        more = np.setdiff1d(more, mothers)
        mothers = np.concatenate([mothers, more[choose(births - len(mothers), rng.random(len(more)))]])
    # A mother who lived with her parents has a family of her own now.
    at_home = mothers[(persons.head[mothers] != mothers) & (persons.partner[mothers] == NOBODY)]
    persons.head[at_home] = at_home
    persons.home[at_home] = NOBODY
    father = persons.partner[mothers].copy()
    alone = np.flatnonzero(father == NOBODY)
    named = alone[rng.random(len(alone)) >= FATHERLESS / NOT_TOGETHER_AT_BIRTH]
    men = np.flatnonzero((persons.sex == MAN) & (persons.status == HERE) & (age > 20) & (age < 45))
    if len(men):
        father[named] = men[rng.integers(0, len(men), len(named))]
    _add_children(rng, persons, mothers, father, span.draw_days(rng, len(mothers)))
    persons.born[mothers] += 1
    gap = (rng.gamma(4.0, 230.0, len(mothers)) + 330).astype(np.int32)
    goes_on = persons.born[mothers] < persons.wanted[mothers]
    persons.next_birth[mothers] = np.where(goes_on, span.end + gap - 180, NEVER)


def _add_children(
    rng: np.random.Generator, persons: Persons, mothers: Rows, fathers: np.ndarray, birth: np.ndarray
) -> Rows:
    n = len(mothers)
    first, wanted, _ = plan_births(rng, n)
    sex = rng.choice([MAN, WOMAN], n, p=(0.513, 0.487))
    foreign = (persons.origin[mothers] == IMMIGRANT) & (
        (fathers == NOBODY) | (persons.origin[np.maximum(fathers, 0)] == IMMIGRANT)
    )
    children = persons.add(
        n,
        birth=birth,
        sex=sex,
        mother=mothers,
        father=fathers,
        mother_blank=rng.random(n) < 0.0025,
        unmarked=rng.random(n) < 0.001,
        origin=np.where(foreign, DESCENDANT, 1),
        country=np.where(foreign, persons.country[mothers], 5100),
        wanted=wanted,
        next_birth=np.where((sex == WOMAN) & (wanted > 0), birth + first, NEVER),
        **draw_dispositions(rng, n),
    )
    persons.head[children] = persons.head[mothers]
    return children


def _immigrate(rng: np.random.Generator, persons: Persons, span: Span, people: int, minors: int) -> None:
    """`people` newcomers, `minors` of them with their parents; fewer than none leave again."""
    if people < 0:
        heads = find_heads(persons)
        size = np.bincount(persons.head[persons.status == HERE], minlength=persons.n)[heads]
        single = heads[(size == 1) & (persons.birth[heads] <= years_before(span.end, 18))]
        fostering = np.unique(persons.foster[persons.foster != NOBODY])
        single = single[~np.isin(single, fostering)]
        _send_abroad(persons, single[choose(-people, rng.random(len(single)))], span.end)
        return
    n_mothers = min(round(minors / 1.8), people - minors)
    n_mothers = max(n_mothers, 1 if minors else 0)
    minors = minors if n_mothers else 0
    n_fathers = min(round(0.75 * n_mothers), people - minors - n_mothers)
    n_single = people - minors - n_mothers - n_fathers
    days = span.draw_days(rng, n_mothers + n_single)
    country = rng.choice(FOREIGN_COUNTRIES, n_mothers + n_single)
    more = {"origin": IMMIGRANT, "civil": 0}
    first, wanted, _ = plan_births(rng, n_mothers + n_single)
    adult = span.end - (20 + 26 * rng.beta(1.3, 2.0, n_mothers + n_single)) * YEAR
    of_child = np.sort(rng.integers(0, max(n_mothers, 1), minors)) if minors else np.empty(0, np.int64)
    oldest = rng.random(n_mothers) * 14
    adult[:n_mothers] = span.end - (oldest + 19 + 14 * rng.random(n_mothers)) * YEAR
    sex = np.where(np.arange(len(days)) < n_mothers, WOMAN, rng.choice([MAN, WOMAN], len(days)))
    due = np.maximum(adult + first, span.end + 60)
    come = persons.add(
        len(days), birth=adult.astype(np.int32), sex=sex, country=country, arrived=days, wanted=wanted,
        next_birth=np.where((sex == WOMAN) & (wanted > 0), due, NEVER).astype(np.int32),
        **more, **draw_dispositions(rng, len(days)),
    )  # fmt: skip
    mothers = come[:n_mothers]
    counts = np.bincount(of_child, minlength=n_mothers) if minors else np.zeros(n_mothers, np.int64)
    persons.born[mothers] = counts
    goes_on = counts < wanted[:n_mothers]
    persons.next_birth[mothers] = np.where(goes_on, span.end + rng.integers(100, 1500, n_mothers), NEVER)
    fathers = persons.add(
        n_fathers, birth=persons.birth[mothers[:n_fathers]] - rng.integers(0, 2000, n_fathers), sex=MAN,
        country=country[:n_fathers], arrived=days[:n_fathers], **more, **draw_dispositions(rng, n_fathers),
    )  # fmt: skip
    join(persons, mothers[:n_fathers], fathers)
    is_married = rng.random(n_fathers) < 0.85
    persons.civil[mothers[:n_fathers][is_married]] = MARRIED
    persons.civil[fathers[is_married]] = MARRIED
    if minors:
        father = np.full(n_mothers, NOBODY, np.int32)
        father[:n_fathers] = fathers
        birth = span.end - (oldest[of_child] * rng.random(minors)) * YEAR
        birth = np.minimum(birth, days[of_child] - 1).astype(np.int32)
        children = persons.add(
            minors, birth=birth, sex=rng.choice([MAN, WOMAN], minors), mother=mothers[of_child],
            father=father[of_child], country=country[of_child], arrived=days[of_child],
            mother_blank=(rng.random(n_mothers) < 0.01)[of_child], unmarked=rng.random(minors) < 0.001,
            origin=IMMIGRANT, **draw_dispositions(rng, minors),
        )  # fmt: skip
        persons.head[children] = mothers[of_child]
        # Some came with their father only: their mother has an id but was never here.
        never = mothers[:n_fathers][rng.random(n_fathers) < 0.02]
        if len(never):
            _remove(persons, never, ABSENT, span.end)
            missing = len(never)
            persons.add(
                missing, birth=rng.integers(-9000, span.end - 9000, missing).astype(np.int32), sex=MAN,
                country=5170, arrived=span.draw_days(rng, missing), **more, **draw_dispositions(rng, missing),
            )  # fmt: skip
