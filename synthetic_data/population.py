"""Families first, then children: who exists, who is there at each year-end, and in whose household.

Belongs here: persons, kinship, couples and break-ups, births, deaths, migration, households per year-end.
Does not belong here: dwellings and moves (`dwellings.py`), what the mothers' factors are (`traits.py`).

The state at the last year-end is built first and history is told backwards from it, so quotas at the last
date need no luck. Persons are numbered mothers, fathers, children, others; person i's household, when i heads
one, is household i, so one number serves for both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.scope import Scope, day_number, year_end

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEVER = 9999
NOBODY = -1
CHILD_SHARE = 0.207  # under 18 among all residents
CHILDREN_IN_AREAS = 0.124  # of all children
CORRELATION = 0.20  # of the mother's five dispositions
FACTOR_COUNT = 5
MAN, WOMAN = 1, 2


@dataclass
class Families:
    """One row per mother, `n` in all; `area` is her housing area at the last date, -1 outside."""

    area: Ints
    rank: (
        Floats  # (n, 5): her disposition per factor as a rank in (0, 1) within her group, low = most exposed
    )
    first_birth: Ints  # day number
    last_birth: Ints  # year
    break_up: Ints  # day number
    foreign: Bools
    arrival: Ints  # first year-end there; before the first one: 0
    departure: Ints  # first year-end gone again
    mother_death: Ints  # year
    mother_absent: Bools  # never in BEF
    mother_departure: Ints  # first year-end gone, without her children
    mother_blank: Bools  # MOR_ID not filled in
    father_blank: Bools
    father_has_children: Bools  # after the break-up

    @property
    def n(self) -> int:
        return len(self.area)


@dataclass
class Population:
    """Persons (n rows) and their state at each year-end of `years` (columns)."""

    years: range
    families: Families
    children_from: int
    others_from: int
    family: Ints  # the mother's row in families, where there is one to be named; else NOBODY
    birth: Ints  # day number
    birth_year: Ints
    sex: npt.NDArray[np.int8]
    death_year: Ints
    foreign: npt.NDArray[np.int8]  # IE_TYPE: 1 Danish origin, 2 immigrant, 3 descendant
    arrival: Ints
    present: Bools  # (n, years): has a row in BEF, the year of death included
    household: Ints  # (n, years): NOBODY when absent
    fm_mark: npt.NDArray[np.int8]  # (n, years): 0 = none
    partner: Ints  # (n, years)
    married: Bools  # (n, years)

    @property
    def n(self) -> int:
        return len(self.birth)

    def column(self, year: int) -> int:
        return self.years.index(year)

    def is_alive(self, year: int) -> Bools:
        """In the year's snapshot, and not as dead."""
        return self.present[:, self.column(year)] & (self.death_year > year)

    def age(self, year: int) -> Ints:
        """Completed years on 31 December."""
        return year - self.birth_year


def ranks_within(groups: npt.NDArray[np.bool_], values: Floats) -> Floats:
    """Rank of each value in its group, in (0, 1): margins drawn from it are quotas, not chances."""
    out = np.empty(len(values))
    for group in (False, True):
        rows = np.flatnonzero(groups == group)
        order = np.argsort(values[rows], kind="stable")
        rank = np.empty(len(rows))
        rank[order] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
        out[rows] = rank
    return out


def build_population(scope: Scope, area_weights: Floats) -> Population:
    """The whole population; `area_weights` (sum 1) shares the areas' children between them."""
    families, kin, birth, mother_birth = _draw_families(scope, area_weights)
    return _draw_persons(scope, families, kin, birth, mother_birth)


def _draw_families(scope: Scope, area_weights: Floats) -> tuple[Families, Ints, Ints, Ints]:
    """Families, and per child its family and day of birth, and per family the mother's day of birth."""
    rng = scope.stream("families")
    years = scope.bef_years
    n_years = len(years)
    most = int(scope.persons * 0.30) + 50
    last_day = day_number(year_end(scope.last))
    span = (n_years + 22) * 365
    first_birth = last_day - rng.integers(0, span, most)
    age_first = np.clip(rng.normal(28.5, 4.6, most), 18, 42)
    mother_birth = (first_birth - age_first * 365.25).astype(np.int32)

    wanted = rng.choice(np.arange(1, 6), most, p=(0.18, 0.48, 0.24, 0.07, 0.03))
    gaps = rng.gamma(4.0, 270.0, (most, 5)).astype(np.int64) + 330
    gaps[:, 0] = 0
    births = first_birth[:, None] + np.cumsum(gaps, axis=1)
    is_born = (
        (np.arange(5) < wanted[:, None]) & (births <= last_day) & (births - mother_birth[:, None] < 45 * 365)
    )
    is_born[:, 0] = True

    departure = np.full(most, n_years, np.int32)
    leaving = rng.random(most) < 0.035 * n_years / 10
    departure[leaving] = rng.integers(1, n_years, leaving.sum())
    adult_from = np.datetime64(f"{scope.last - 17}-01-01").astype("datetime64[D]").astype(np.int64)
    minors = (is_born & (births >= adult_from)).sum(axis=1) * (departure == n_years)

    # Cut when the children asked for are there; the first families live in the areas.
    total = np.cumsum(minors)
    n = int(np.searchsorted(total, CHILD_SHARE * scope.persons)) + 1
    borders = np.cumsum(area_weights) * CHILDREN_IN_AREAS * total[n - 1]
    area = np.searchsorted(borders, total[:n] - 0.5 * minors[:n]).astype(np.int32)
    area[area >= len(area_weights)] = -1
    in_area = area >= 0

    foreign = rng.random(n) < np.where(in_area, 0.35, 0.10)
    years_here = rng.exponential(25.0, n)
    arrival = np.where(foreign, np.clip(n_years - 1 - years_here, 0, None), 0).astype(np.int32)
    departure = np.maximum(departure[:n], arrival + 1).astype(np.int32)

    shared = rng.standard_normal((n, 1))
    latent = np.sqrt(CORRELATION) * shared + np.sqrt(1 - CORRELATION) * rng.standard_normal((n, FACTOR_COUNT))
    rank = np.column_stack([ranks_within(in_area, -latent[:, k]) for k in range(FACTOR_COUNT)])

    # Share no longer together t years after the first birth: start + (1 - start)(1 - exp(-rate t)).
    start, rate = np.where(in_area, 0.15, 0.06), np.where(in_area, 0.034, 0.0175)
    after = np.where(
        rank[:, 0] < start, 0.0, -np.log(np.clip((1 - rank[:, 0]) / (1 - start), 1e-12, 1)) / rate
    )
    break_up = (first_birth[:n] + np.minimum(after, 200) * 365.25).astype(np.int32)

    kind = rng.random(n)
    more = np.where(in_area, 1.8, 1.0)  # lost and absent mothers are commoner in the areas
    death = rng.integers(0, 30, n) + scope.last - 29
    last_birth = 1970 + (births * is_born).max(axis=1)[:n] // 365.25
    mother_death = np.where(
        (kind < 0.02) & (death > last_birth) & (death >= years[0] + arrival), death, NEVER
    )
    mother_absent = (kind >= 0.02) & (kind < 0.02 + 0.006 * more)
    mother_departure = np.full(n, n_years, np.int32)
    moved = rng.integers(1, n_years, n)
    moves_away = (kind >= 0.04) & (kind < 0.04 + 0.006 * more) & (years[0] + moved > last_birth)
    mother_departure[moves_away] = moved[moves_away]
    mother_departure = np.minimum(np.maximum(mother_departure, arrival + 1), departure)
    families = Families(
        area=area,
        rank=rank,
        first_birth=first_birth[:n].astype(np.int32),
        last_birth=last_birth.astype(np.int32),
        break_up=break_up,
        foreign=foreign,
        arrival=arrival,
        departure=departure,
        mother_death=mother_death.astype(np.int32),
        mother_absent=mother_absent,
        mother_departure=mother_departure,
        mother_blank=(kind >= 0.06) & (kind < 0.06 + 0.005 * more),
        father_blank=(after == 0) & (rng.random(n) < 0.25),
        father_has_children=rng.random(n) < 0.13,
    )
    kin, order = np.nonzero(is_born[:n])
    return families, kin.astype(np.int32), births[:n][kin, order].astype(np.int32), mother_birth[:n]


def _draw_persons(scope: Scope, families: Families, kin: Ints, birth: Ints, mother_birth: Ints) -> Population:
    rng = scope.stream("persons")
    years = np.array(scope.bef_years)
    n_years, n_f, n_k = len(years), families.n, len(kin)
    ends = np.array([day_number(year_end(y)) for y in years])
    columns = np.arange(n_years)

    def there(arrival: Ints, departure: Ints) -> Bools:
        return (columns >= arrival[:, None]) & (columns < departure[:, None])

    # Presence and life, mothers - fathers - children.
    death_m = families.mother_death
    m_present = (
        there(families.arrival, families.mother_departure)
        & (years <= death_m[:, None])
        & ~families.mother_absent[:, None]
    )
    death_f = scope.last - rng.integers(0, n_years, n_f)
    death_f = np.where((rng.random(n_f) < 0.015) & (death_f > families.last_birth), death_f, NEVER)
    f_known = ~families.father_blank
    f_present = there(families.arrival, families.departure) & (years <= death_f[:, None]) & f_known[:, None]
    k_birth_year = birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int32) + 1970
    k_arrival = np.maximum(families.arrival[kin], k_birth_year - years[0])
    death_k = np.where(
        rng.random(n_k) < 0.002,
        np.maximum(scope.last - rng.integers(0, n_years, n_k), k_birth_year),
        NEVER,
    )
    k_present = there(k_arrival, families.departure[kin]) & (years <= death_k[:, None])

    # Who lives with whom.
    m_alive = m_present & (years < death_m[:, None])
    f_alive = f_present & (years < death_f[:, None])
    broken = ends >= families.break_up[:, None]
    met = families.first_birth - rng.integers(300, 4 * 365, n_f)
    together = m_alive & f_alive & ~broken & (ends >= met[:, None])
    age = years - k_birth_year[:, None]
    leaves_at = rng.integers(19, 25, n_k)
    at_home = age < leaves_at[:, None]
    placed_at = np.where(rng.random(n_k) < 0.02, rng.integers(0, 16, n_k), 99)
    placed = (age >= placed_at[:, None]) & (age < 18)
    with_father = f_alive[kin] & (~m_alive[kin] | (broken & families.father_has_children[:, None])[kin])
    with_mother = m_alive[kin] & ~with_father
    away = at_home & (age < 18) & (placed | ~(with_mother | with_father | together[kin]))

    # Others: alone or in couples, adults from the first year on; enough to reach the persons asked for.
    residents = int(
        m_alive[:, -1].sum() + f_alive[:, -1].sum() + (k_present & (years < death_k[:, None]))[:, -1].sum()
    )
    stay = max(scope.persons - residents, 50)
    n_o = int(stay * (1 + 0.014 * n_years))
    n_o += n_o % 2
    o_leaves = np.arange(n_o) >= stay
    o_birth = (ends[0] - (18.5 + 62 * rng.beta(1.1, 1.5, n_o)) * 365.25).astype(np.int32)
    o_sex = np.where(np.arange(n_o) % 2 == 0, WOMAN, MAN).astype(np.int8)
    gone = rng.integers(1, n_years, n_o)
    o_dies = o_leaves & (rng.random(n_o) < 0.55)
    death_o = np.where(o_dies, years[0] + gone, NEVER)
    o_departure = np.where(o_leaves & ~o_dies, gone, n_years).astype(np.int32)
    o_foreign = rng.random(n_o) < 0.12
    o_arrival = np.where(o_foreign, np.clip(n_years - 1 - rng.exponential(25.0, n_o), 0, None), 0).astype(
        np.int32
    )
    o_arrival = np.minimum(o_arrival, np.minimum(o_departure - 1, np.where(o_dies, gone, n_years)))
    o_present = there(o_arrival, o_departure) & (years <= death_o[:, None])
    in_couple = np.repeat(rng.random(n_o // 2) < 0.5, 2) & ~o_leaves

    from_f, from_k, from_o = n_f, 2 * n_f, 2 * n_f + n_k
    n = from_o + n_o
    household = np.repeat(np.arange(n, dtype=np.int32)[:, None], n_years, axis=1)
    partner = np.full((n, n_years), NOBODY, np.int32)
    fm_mark = np.zeros((n, n_years), np.int8)
    mothers = np.arange(n_f, dtype=np.int32)[:, None]

    # New partners come from those who live alone; they move in one to five years after the break-up.
    new = {}
    alone = np.flatnonzero(~in_couple & ~o_leaves & (o_arrival == 0) & (ends[-1] - o_birth < 60 * 365))
    for who, sex, share in (("mother", MAN, 0.38), ("father", WOMAN, 0.35)):
        pool = rng.permutation(alone[o_sex[alone] == sex])
        wants = np.flatnonzero((rng.random(n_f) < share) & (families.break_up < ends[-1]))[: len(pool)]
        moves_in = families.break_up[wants] + rng.integers(365, 5 * 365, len(wants))
        active = ends >= moves_in[:, None]
        active &= (m_alive if who == "mother" else f_alive)[wants]
        both = np.zeros((n_f, n_years), bool)
        both[wants] = active
        parent = wants + (0 if who == "mother" else from_f)
        person = from_o + pool[: len(wants)]
        rows, cols = np.nonzero(active)
        household[person[rows], cols] = parent[rows]
        partner[person[rows], cols] = parent[rows]
        partner[parent[rows], cols] = person[rows]
        new[who] = both

    in_mothers = together | (f_alive & ~m_alive & ~broken & (ends >= met[:, None]))
    household[from_f:from_k] = np.where(in_mothers, mothers, household[from_f:from_k])
    partner[:n_f] = np.where(together, mothers + from_f, partner[:n_f])
    partner[from_f:from_k] = np.where(together, mothers, partner[from_f:from_k])
    couples = from_o + np.flatnonzero(in_couple & (np.arange(n_o) % 2 == 0))
    o_alive = o_present & (years < death_o[:, None])
    both_there = o_alive[couples - from_o] & o_alive[couples + 1 - from_o]
    household[couples + 1] = np.where(both_there, couples[:, None], household[couples + 1])
    partner[couples] = np.where(both_there, couples[:, None] + 1, NOBODY)
    partner[couples + 1] = np.where(both_there, couples[:, None], NOBODY)

    foster = from_o + rng.choice(np.flatnonzero(~o_leaves & (o_arrival == 0)), n_k)
    fathers_home = household[from_f:from_k]
    home = np.where(with_father & ~together[kin], fathers_home[kin], kin[:, None])
    k_household = np.where(away, household[foster], np.where(at_home, home, household[from_k:from_o]))
    household[from_k:from_o] = k_household
    mark = np.where(
        together[kin],
        1,
        np.where(
            with_father,
            np.where(new["father"][kin], 4, 5),
            np.where(new["mother"][kin], 2, 3),
        ),
    )
    mark = np.where(away, 6, np.where(at_home, mark, 0))
    mark[rng.random(n_k) < 0.001] = 0
    fm_mark[from_k:from_o] = mark

    birth_f = (mother_birth - rng.normal(2.4 * 365, 1200, n_f)).clip(-22_000, families.first_birth - 18 * 366)
    birth_all = np.concatenate([mother_birth, birth_f, birth, o_birth]).astype(np.int32)
    birth_year = birth_all.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int32) + 1970
    family = np.concatenate([np.full(2 * n_f, NOBODY), kin, np.full(n_o, NOBODY)]).astype(np.int32)

    # Parents who were minors in the first years were children in somebody's family then.
    young = np.flatnonzero(birth_year[:from_k] > years[0] - 18)
    steady = np.flatnonzero(m_alive.all(axis=1) & ~families.mother_blank)
    steady = steady[np.argsort(birth_year[steady], kind="stable")]
    low = np.searchsorted(birth_year[steady], birth_year[young] - 40)
    high = np.searchsorted(birth_year[steady], birth_year[young] - 20)
    origin = steady[low + (rng.random(len(young)) * (high - low)).astype(int)]
    family[young] = origin
    minor = years - birth_year[young][:, None] < 18
    household[young] = np.where(minor, origin[:, None], household[young])
    partner[young] = np.where(minor, NOBODY, partner[young])
    fm_mark[young] = np.where(minor, np.where(together[origin], 1, np.where(new["mother"][origin], 2, 3)), 0)

    # The dead stay where they lived.
    death = np.concatenate([death_m, death_f, death_k, death_o]).astype(np.int32)
    for column in range(1, n_years):
        died = death == years[column]
        household[died, column] = household[died, column - 1]

    present = np.concatenate([m_present, f_present, k_present, o_present])
    household[~present] = NOBODY
    fm_mark[~present] = 0
    partner[~present] = NOBODY
    married_pair = rng.random(n) < 0.65
    leads = np.where(partner != NOBODY, np.minimum(partner, np.arange(n)[:, None]), 0)
    k_foreign = np.where(
        families.foreign[kin], np.where(birth < ends[0] + (families.arrival[kin] - 1) * 365, 2, 3), 1
    )
    return Population(
        years=scope.bef_years,
        families=families,
        children_from=from_k,
        others_from=from_o,
        family=family,
        birth=birth_all,
        birth_year=birth_year.astype(np.int32),
        sex=np.concatenate(
            [np.full(n_f, WOMAN), np.full(n_f, MAN), rng.choice([MAN, WOMAN], n_k), o_sex]
        ).astype(np.int8),
        death_year=death,
        foreign=np.concatenate(
            [
                np.where(families.foreign, 2, 1),
                np.where(families.foreign, 2, 1),
                k_foreign,
                np.where(o_foreign, 2, 1),
            ]
        ).astype(np.int8),
        arrival=np.concatenate([families.arrival, families.arrival, k_arrival, o_arrival]).astype(np.int32),
        present=present,
        household=household,
        fm_mark=fm_mark,
        partner=partner,
        married=(partner != NOBODY) & married_pair[leads],
    )
