"""Dwellings, and who moves into which: the market in which the areas get and keep their residents.

Belongs here: dwellings, who moves in a span, who moves into and out of the areas.
Does not belong here: who belongs to a family (`lifecourse.py`), the lists of areas (`areas.py`).

Families come and go by chance (12 % a year); which ones come is a quota: the children of an area shall be
exposed to each combination of factors as often as `targets.py` says, so the concentration of risk in the
areas is the outcome of who moves, as it is in Denmark, and does not fade over the years.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data import targets
from synthetic_data.areas import Areas
from synthetic_data.begin import YEAR
from synthetic_data.lifecourse import Span
from synthetic_data.quotas import choose, choose_in_groups, spread
from synthetic_data.society import (
    DANISH,
    HERE,
    NOBODY,
    Bools,
    Bytes,
    Floats,
    Ints,
    Persons,
    Rows,
    Shorts,
    empty_column,
    find_heads,
    tell_homes,
)
from synthetic_data.traits import EMPLOYED

MOVERS_IN_AREAS = 0.085  # of the households, a year; leaving home, splits and deaths come on top
KIND_RENTED, KIND_OWNER, KIND_OTHER, KIND_UNKNOWN = 1, 2, 3, 9
NEWCOMER = 7 * 365  # days in the country
N_CELLS = 32  # f1, f2, f3, f4 of the family and whether the parent is of foreign origin
RENTED_OUTSIDE_OTHERS = 0.44


@dataclass
class Dwellings:
    """One row per dwelling that was ever built; columns grow in place by `add`."""

    kom: Shorts
    afdeling: Ints  # NOBODY outside the areas
    stairwell: Bools  # moves to the neighbouring afdeling with the border
    tenure: Bytes  # UDLEJNINGFH
    is_in_bol: Bools
    owner: Bytes  # EJERFORHOLD
    rooms: Bytes
    square_metres: Shorts

    @classmethod
    def none(cls) -> Dwellings:
        return cls(**{f.name: empty_column(str(f.type)) for f in fields(cls)})

    @property
    def n(self) -> int:
        return len(self.kom)

    def build(
        self, rng: np.random.Generator, kom: np.ndarray, afdeling: np.ndarray, rented: np.ndarray
    ) -> Rows:
        """New dwellings; their rows."""
        n = len(kom)
        draw = rng.random(n)
        tenure = np.where(rented, KIND_RENTED, KIND_OWNER)
        tenure = np.where(draw < 0.006, KIND_UNKNOWN, np.where(draw < 0.009, KIND_OTHER, tenure))
        almen = (afdeling >= 0) | (rented & (rng.random(n) < 0.45))
        private = rng.choice([10, 30, 41, 90, 50], n, p=(0.79, 0.08, 0.1, 0.02, 0.01))
        rooms = np.clip(rng.normal(np.where(rented, 2.9, 4.6), 1.1), 1, 9).round()
        new = {
            "kom": kom,
            "afdeling": afdeling,
            "stairwell": rng.random(n) < 0.3,
            "tenure": tenure,
            "is_in_bol": rng.random(n) >= 0.005,
            "owner": np.where(almen, 20, private),
            "rooms": rooms,
            "square_metres": rooms * rng.uniform(20, 30, n) + 14,
        }
        first = self.n
        for name, column in new.items():
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, column.astype(old.dtype)]))
        return np.arange(first, self.n)


@dataclass
class _Families:
    """One row per family with a dwelling of its own, or in need of one."""

    head: Rows
    size: np.ndarray
    kids: Floats  # children who count in a cell
    cell: Ints  # NOBODY without such children
    area: Ints  # NOBODY outside
    afdeling: Ints
    home: Ints
    score: Floats  # number of factors of the family's children


def move(
    rng: np.random.Generator,
    persons: Persons,
    dwellings: Dwellings,
    areas: Areas,
    span: Span,
    minors: Rows,
    exposure: np.ndarray,
    share_in_areas: float,
) -> None:
    """Everybody who needs a dwelling gets one, and some of the others move.

    `exposure` (minors, 5): f1 to f4 as they stand before the move, and whether the child counts.
    """
    families = _list_families(persons, dwellings, areas, minors, exposure)
    goal = _wanted_in_areas(persons, families, minors, exposure, share_in_areas)
    is_new = persons.arrived[families.head] > span.end - NEWCOMER
    leaves, enters = _exchange(rng, families, is_new, goal, span.years)
    residents = goal.sum() / targets.MINORS_IN_AREAS * _minors_per_counted(families, persons, minors)
    leaves_too, enters_too = _fill(rng, persons, families, leaves, enters, residents, span.years)
    leaves |= leaves_too
    enters |= enters_too

    homes = families.home.copy()
    inside = families.area >= 0
    age = (span.end - persons.birth[families.head]) / YEAR
    stirs = ~inside & ~enters & (rng.random(len(age)) < np.where(age < 33, 0.19, 0.055) * span.years)
    goes = leaves | enters | stirs | (homes == NOBODY)
    homes[goes] = NOBODY
    _settle_inside(rng, persons, families, dwellings, areas, homes, enters)
    _settle_outside(rng, persons, families, dwellings, areas, homes, goes & ~enters)
    persons.home[families.head] = homes
    _date_moves(rng, persons, span)


def _list_families(
    persons: Persons, dwellings: Dwellings, areas: Areas, minors: Rows, exposure: np.ndarray
) -> _Families:
    head = find_heads(persons)
    n = persons.n
    here = (persons.status == HERE) & (persons.foster == NOBODY)
    size = np.bincount(persons.head[here], minlength=n)[head]
    known = exposure[:, 4] == 1
    child, of = minors[known], persons.head[minors[known]]
    bits = exposure[known, :4] @ np.array([1, 2, 4, 8])
    cell_of_child = bits + 16 * (persons.origin[persons.mother[child]] != DANISH)
    cell = np.full(n, NOBODY, np.int32)
    cell[of] = cell_of_child
    kids = np.bincount(of, minlength=n).astype(float)
    score = np.zeros(n)
    score[of] = exposure[known, :4].sum(axis=1)
    home = persons.home[head]
    afdeling = np.where(home >= 0, dwellings.afdeling[home] if dwellings.n else NOBODY, NOBODY)
    area = np.where(afdeling >= 0, areas.area_of[afdeling], NOBODY)
    return _Families(head, size, kids[head], cell[head], area, afdeling, home, score[head])


def _wanted_in_areas(
    persons: Persons, families: _Families, minors: Rows, exposure: np.ndarray, share_in_areas: float
) -> Floats:
    """Children in areas by cell. Half-siblings may differ in f1, so it is aimed at with an offset."""
    margins = targets.IN_AREAS[:4].copy()
    inside = np.zeros(persons.n, bool)
    inside[families.head[families.area >= 0]] = True
    at = inside[persons.head[minors]] & (exposure[:, 4] == 1)
    if at.sum() > 200:
        true = exposure[at, 0].mean()
        rows = (families.area >= 0) & (families.cell >= 0)
        seen = np.average(families.cell[rows] % 2, weights=families.kids[rows])
        margins[0] = np.clip(margins[0] + seen - true, 0.2, 0.6)
    cells = targets.joint_cells(margins, targets.CORRELATION_IN_AREAS)
    cells *= targets.TILT[np.bitwise_count(np.arange(len(cells)))]
    cells /= cells.sum()
    foreign = 1.35 * targets.FOREIGN_IN_AREAS
    both = np.concatenate([cells * (1 - foreign), cells * foreign])
    return both * share_in_areas * families.kids.sum()


def _minors_per_counted(families: _Families, persons: Persons, minors: Rows) -> float:
    return len(minors) / max(families.kids.sum(), 1)


def _exchange(
    rng: np.random.Generator, families: _Families, is_new: Bools, goal: Floats, years: float
) -> tuple[Bools, Bools]:
    """Families with children: who leaves the areas, who comes."""
    inside = (families.area >= 0) & (families.cell >= 0)
    cell, kids = families.cell, families.kids
    order = rng.random(len(cell))
    have = np.bincount(cell[inside], kids[inside], N_CELLS)
    going = _leaving(have, goal, years)
    leaves = choose_in_groups(going, np.where(inside, cell, NOBODY), order, kids)
    stay = inside & ~leaves
    missing = _missing(goal, np.bincount(cell[stay], kids[stay], N_CELLS))
    # Who is looking for a dwelling anyway comes first.
    # Newcomers to the country last: refugees aren't sent to these areas.
    order = rng.random(len(cell)) + 0.3 * (families.home != NOBODY) + 0.6 * is_new
    enters = np.zeros(len(cell), bool)
    # The same combination; else as many factors; else whoever there is.
    number = np.array([bin(c % 16).count("1") for c in range(N_CELLS)])
    for group_of in (np.arange(N_CELLS), number, np.zeros(N_CELLS, int)):
        group = group_of[cell]
        free = ~inside & ~enters & (cell >= 0)
        came = np.bincount(cell[enters], kids[enters], N_CELLS)
        still = np.bincount(group_of, missing - came, N_CELLS)
        enters |= choose_in_groups(np.maximum(still, 0), np.where(free, group, NOBODY), order, kids)
    return leaves, enters


def _leaving(have: np.ndarray, goal: Floats, years: float) -> Floats:
    """As many as move anyway, or as there are too many, beyond what chance alone makes too many."""
    return np.maximum(MOVERS_IN_AREAS * years * have, have - goal - 0.7 * np.sqrt(goal))


def _missing(goal: Floats, have: np.ndarray) -> Floats:
    """To come, group by group, and not more than in all are missing."""
    missing = np.maximum(goal - have, 0)
    return missing * max(goal.sum() - have.sum(), 0) / max(missing.sum(), 1e-9)


def _fill(
    rng: np.random.Generator,
    persons: Persons,
    families: _Families,
    leaves: Bools,
    enters: Bools,
    residents: float,
    years: float,
) -> tuple[Bools, Bools]:
    """Households without children who count: as many as make minors their share of the areas' residents."""
    childless = families.cell < 0
    inside = (families.area >= 0) & childless
    foreign = persons.origin[families.head] != DANISH
    low = persons.schooling[families.head] + 0.4 * persons.vulnerability[families.head] > 0.75
    idle = ~np.isin(persons.socio[families.head], EMPLOYED)
    group = foreign + 2 * low + 4 * idle
    origin = [1 - targets.FOREIGN_IN_AREAS, targets.FOREIGN_IN_AREAS]
    shares = np.multiply.outer(np.outer([0.38, 0.62], [0.58, 0.42]), origin).ravel()
    with_children = families.size[((families.area >= 0) & (families.cell >= 0) & ~leaves) | enters].sum()
    goal = max(residents - with_children, 0) * shares
    order = rng.random(len(group))
    size = families.size.astype(float)
    have = np.bincount(group[inside], size[inside], 8)
    going = _leaving(have, goal, years)
    out = choose_in_groups(going, np.where(inside, group, NOBODY), order, size)
    missing = _missing(goal, np.bincount(group[inside & ~out], size[inside & ~out], 8))
    order = rng.random(len(group)) + (families.home != NOBODY)
    free = childless & ~inside
    come = choose_in_groups(np.maximum(missing, 0), np.where(free, group, NOBODY), order, size)
    still = max(float((missing - np.bincount(group[come], size[come], 8)).sum()), 0)
    come |= choose_in_groups(np.array([still]), np.where(free & ~come, 0, NOBODY), order, size)
    return out, come


def _settle_inside(
    rng: np.random.Generator,
    persons: Persons,
    families: _Families,
    dwellings: Dwellings,
    areas: Areas,
    homes: Ints,
    enters: Bools,
) -> None:
    """Newcomers by area: more exposed families rather to areas under more pressure."""
    for with_children in (True, False):
        rows = np.flatnonzero(enters & ((families.cell >= 0) == with_children))
        if not len(rows):
            continue
        weight = families.kids if with_children else families.size
        stays = (homes != NOBODY) & (families.area >= 0) & ((families.cell >= 0) == with_children)
        have = np.bincount(families.area[stays], weight[stays], areas.n)
        wanted = areas.weights * (have.sum() + weight[rows].sum())
        slots = spread(rng, len(rows), np.maximum(wanted - have, 0.01))
        to = np.repeat(np.arange(areas.n), slots)
        to = to[np.argsort(areas.pressure[to] + rng.normal(0, 2.5, len(to)), kind="stable")]
        exposure = families.score[rows] if with_children else persons.vulnerability[families.head[rows]]
        came = rows[np.argsort(exposure + rng.normal(0, 2.5, len(rows)), kind="stable")]
        homes[came] = _find_in_areas(rng, dwellings, areas, families, homes, to)


def _find_in_areas(
    rng: np.random.Generator,
    dwellings: Dwellings,
    areas: Areas,
    families: _Families,
    homes: Ints,
    to: np.ndarray,
) -> Rows:
    """A vacant dwelling in each of the areas `to`; built where there is none."""
    vacant = dwellings.afdeling >= 0
    vacant[homes[homes != NOBODY]] = False
    free = rng.permutation(np.flatnonzero(vacant))
    free_in = areas.area_of[dwellings.afdeling[free]] if len(free) else np.empty(0, np.int32)
    out = np.full(len(to), NOBODY, np.int64)
    free = free[np.argsort(free_in, kind="stable")]
    wanted = np.argsort(to, kind="stable")
    supply, demand = np.bincount(free_in, minlength=areas.n), np.bincount(to, minlength=areas.n)
    nth_free = np.arange(len(free)) - np.repeat(np.cumsum(supply) - supply, supply)
    nth_wanted = np.arange(len(to)) - np.repeat(np.cumsum(demand) - demand, demand)
    gets = nth_wanted < supply[to[wanted]]
    takes = nth_free < demand[np.sort(free_in)]
    out[wanted[gets]] = free[takes]
    lacks = np.flatnonzero(out == NOBODY)
    if len(lacks):
        afdeling = areas.draw_afdelinger(rng, to[lacks])
        out[lacks] = dwellings.build(rng, areas.kom[to[lacks]], afdeling, np.full(len(lacks), True))
    return out


def _settle_outside(
    rng: np.random.Generator,
    persons: Persons,
    families: _Families,
    dwellings: Dwellings,
    areas: Areas,
    homes: Ints,
    goes: Bools,
) -> None:
    """Rented or owned by quota of those who stayed, near where they lived before."""
    rented = _choose_tenure(rng, persons, families, dwellings, homes, goes)
    before = families.home
    for kind in (True, False):
        rows = np.flatnonzero(goes & (rented == kind))
        vacant = (dwellings.afdeling == NOBODY) & ((dwellings.tenure == KIND_RENTED) == kind)
        vacant[homes[homes != NOBODY]] = False
        free = np.flatnonzero(vacant)
        n = min(len(rows), len(free))
        # Both sorted by municipality, so most stay in theirs or near it; new ones anywhere.
        kom = np.where(before[rows] >= 0, dwellings.kom[before[rows]] if dwellings.n else 0, 0)
        new = kom == 0
        kom[new] = _draw_kom(rng, areas, new.sum())
        far = rng.random(len(rows)) < 0.25
        kom[far] = _draw_kom(rng, areas, far.sum())
        lot = rng.permutation(len(rows))
        lot = lot[np.argsort(kom[lot], kind="stable")]
        if len(free) > n:
            free = np.sort(rng.choice(free, n, replace=False))
        size = families.size[rows]
        free = free[np.lexsort((dwellings.rooms[free] + rng.normal(0, 1, n), dwellings.kom[free]))]
        lucky = np.sort(rng.permutation(len(lot))[:n])
        chosen = lot[lucky]
        chosen = chosen[np.lexsort((size[chosen] + rng.normal(0, 1, n), kom[chosen]))]
        homes[rows[chosen]] = free
        rest = np.setdiff1d(lot, chosen)
        homes[rows[rest]] = dwellings.build(
            rng, kom[rest], np.full(len(rest), NOBODY), np.full(len(rest), kind)
        )


def _draw_kom(rng: np.random.Generator, areas: Areas, n: int) -> np.ndarray:
    return rng.choice(np.array(areas.kommuner), n, p=areas.kommune_weights)


def _choose_tenure(
    rng: np.random.Generator,
    persons: Persons,
    families: _Families,
    dwellings: Dwellings,
    homes: Ints,
    goes: Bools,
) -> Bools:
    """Who of `goes` rents: by how many factors the children have, so that rent falls on the exposed."""
    rented = np.zeros(len(goes), bool)
    has_home = homes != NOBODY
    is_rented = np.zeros(len(goes), bool)
    if dwellings.n:
        is_rented[has_home] = dwellings.tenure[homes[has_home]] == KIND_RENTED
    outside = ~((families.area >= 0) & has_home)
    group = np.where(families.cell >= 0, np.minimum(families.score, 2), NOBODY).astype(int)
    shares = rent_by_factors(families, group, outside)
    for k, share in enumerate(shares):
        mine = outside & (group == k) & (goes | has_home)
        have = families.kids[mine & has_home & is_rented].sum()
        wanted = share * families.kids[mine].sum() - have
        rows = np.flatnonzero(goes & (group == k))
        order = rng.normal(0, 1, len(rows)) - persons.vulnerability[families.head[rows]]
        rented[rows[choose(wanted, order, families.kids[rows])]] = True
    rows = np.flatnonzero(goes & (group == NOBODY))
    mine = outside & (group == NOBODY)
    have = (mine & has_home & is_rented).sum()
    order = rng.normal(0, 1, len(rows)) - 0.5 * persons.vulnerability[families.head[rows]]
    order += (persons.birth[families.head[rows]] < persons.birth[families.head].max() - 36 * YEAR) * 1.2
    rented[rows[choose(RENTED_OUTSIDE_OTHERS * mine.sum() - have, order)]] = True
    return rented


def rent_by_factors(families: _Families, group: np.ndarray, outside: Bools) -> Floats:
    """Share in rented dwellings outside the areas of children with 0, 1 and 2+ of the other four factors.

    With three or more of four a child is at risk in any dwelling; with two it is if the dwelling is rented.
    """
    kids = families.kids
    rows = outside & (group >= 0)
    total = kids[rows].sum()
    if not total:
        return np.zeros(3)
    risky = np.bincount(group[rows], kids[rows], 3) / total
    three = kids[rows & (families.score >= 3)].sum() / total
    at_risk_outside = (targets.AT_RISK_NATIONAL - targets.CHILDREN_IN_AREAS * targets.AT_RISK_IN_AREAS) / (
        1 - targets.CHILDREN_IN_AREAS
    )
    two = max(risky[2] - three, 1e-9)
    high = float(np.clip((at_risk_outside - three) / two, 0.05, 0.95))
    # Mothers whose children live with the father rent more often.
    rest = targets.OUTSIDE[4] - 0.009 - high * risky[2]
    low = rest / max(risky[0] + 1.05 * risky[1], 1e-9)
    return np.clip(np.array([low, 1.05 * low, high]), 0, 1)


def _date_moves(rng: np.random.Generator, persons: Persons, span: Span) -> None:
    """Day of moving in, one per family; not before birth or immigration."""
    lives = tell_homes(persons)
    here = persons.status == HERE
    moved = here & (lives != persons.lives)
    day = span.draw_days(rng, persons.n)[persons.head]
    day = np.maximum(
        day, np.maximum(persons.birth, np.where(persons.arrived > span.start, persons.arrived, 0))
    )
    newborn = persons.birth > span.start
    new = persons.lives == NOBODY
    day = np.where(
        newborn, persons.birth, np.where(new & (persons.arrived > span.start), persons.arrived, day)
    )
    persons.since[moved] = day[moved]
    persons.lives[here] = lives[here]
