"""The cases every textbook of disclosure control has, each attacked by counting every table that fits.

The attacker here is written out by hand: he knows the children of every area and what is published, and tries
all whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product

import numpy as np
import polars as pl
import pytest

from assets.disclosure import Policy, Protected, load_policy
from assets.disclosure.bounds import find_bounds
from assets.disclosure.dates import CHILDREN, FAMILIES
from assets.disclosure.relations import Row, relate
from tests.support.exact_tables import DAY, Area, Delivery, cell
from tests.support.protected import SEED, protected, with_values

SUPPRESSION = with_values(load_policy(), method="complementary-suppression")
METHODS = pytest.mark.parametrize("policy", [load_policy(), SUPPRESSION], ids=["rounding", "suppression"])


def published_of(delivery: Delivery, policy: Policy, published: pl.DataFrame | None = None) -> pl.DataFrame:
    return protected(delivery.tables(), policy=policy, published=published).cells


def risk(cells: pl.DataFrame, area: str, item: str) -> int | None:
    return cells.filter(pl.col("table") == "area_risk", pl.col("area_id") == area, pl.col("item") == item)[
        "published"
    ][0]


def fits(count: int, published: int | None, policy: Policy) -> bool:
    """Whether a count may stand behind what is published."""
    if published is None:
        return True
    return abs(count - published) <= (4 if policy.method == "controlled-rounding" else 0)


def tables_that_fit(
    children: dict[str, int], check: Callable[[dict[str, int]], bool]
) -> Iterator[dict[str, int]]:
    """Every way to have so many of each area's children at risk; the others are not."""
    for counts in product(*(range(n + 1) for n in children.values())):
        table = dict(zip(children, counts, strict=True))
        if check(table):
            yield table


def spread(values: list[int]) -> int:
    return max(values) - min(values)


@METHODS
def test_two_areas_that_fill_a_municipality_do_not_tell_each_other(policy):
    children = {"o1": 60, "o2": 55}
    areas = [Area("kommune", "901", "leverance"), *(Area("omraade", o, "901") for o in children)]
    cells = published_of(Delivery([cell(901, "o1", 3, 57), cell(901, "o2", 20, 35)], areas), policy)
    found = list(
        tables_that_fit(
            children,
            lambda at: (
                all(fits(at[o], risk(cells, o, "at_risk"), policy) for o in children)
                and all(fits(children[o] - at[o], risk(cells, o, "not_at_risk"), policy) for o in children)
                and fits(at["o1"] + at["o2"], risk(cells, "901", "at_risk"), policy)
                and fits(115 - at["o1"] - at["o2"], risk(cells, "901", "not_at_risk"), policy)
            ),
        )
    )
    assert {"o1": 3, "o2": 20} in found
    for o in children:
        if policy.method == "controlled-rounding" or risk(cells, o, "at_risk") is None:
            assert spread([at[o] for at in found]) >= 4
    assert risk(cells, "o1", "at_risk") != 3


@METHODS
def test_an_omraade_of_400_with_afdelinger_of_180_and_175_and_a_hidden_one_of_45(policy):
    children = {"a1": 180, "a2": 175, "a3": 45}
    areas = [Area("kommune", "901", "leverance"), Area("omraade", "o", "901")]
    areas += [Area("afdeling", a, "o") for a in children]
    at_risk = {"a1": 70, "a2": 60, "a3": 17}
    cells_in = [cell(901, f"o {a}", at_risk[a], children[a] - at_risk[a]) for a in children]
    cells = published_of(Delivery([*cells_in, cell(901, "", 300, 3000)], areas), policy)
    # 400 - 180 - 175 is the hidden one's children, so the smaller neighbour goes along and the rest is both.
    assert risk(cells, "a3", "children") is None
    assert risk(cells, "a2", "children") is None
    assert risk(cells, "a1", "at_risk") == 70
    assert risk(cells, "o:rest:afdeling", "children") == 220
    rest, whole = risk(cells, "o:rest:afdeling", "at_risk"), risk(cells, "o", "at_risk")
    hidden = [
        a3
        for a1, a2, a3 in product(range(66, 75), range(176), range(46))
        if fits(a1, 70, policy) and fits(a2 + a3, rest, policy) and fits(a1 + a2 + a3, whole, policy)
    ]
    assert (min(hidden), max(hidden)) == (0, 45)


@METHODS
def test_zeros_protect_nothing(policy):
    # Everyone of o1 is not at risk but three; a zero hidden beside a 3 would leave the 3 alone with what is
    # known.
    areas = [Area("kommune", "901", "leverance"), *(Area("omraade", f"o{i}", "901") for i in (1, 2, 3))]
    rows = {"o1": (3, 77), "o2": (0, 90), "o3": (0, 85)}
    cells_in = [cell(901, o, *counts) for o, counts in rows.items()] + [cell(901, "", 30, 170)]
    cells = published_of(Delivery(cells_in, areas), policy)
    shown = {
        o: [risk(cells, o, part) for part in ("at_risk", "not_at_risk")]
        for o in (*rows, "901:rest:omraade", "901")
    }
    found = [
        at
        for at in product(range(13), range(13), range(13), range(18, 43))
        if all(
            fits(n, shown[o][0], policy) and fits(total - n, shown[o][1], policy)
            for o, n, total in zip(
                (*rows, "901:rest:omraade", "901"), (*at, sum(at)), (80, 90, 85, 200, 455), strict=True
            )
        )
    ]
    assert (3, 0, 0, 30) in found
    assert spread([at[0] for at in found]) >= 4


@METHODS
def test_three_singletons_stay_three_among_many(policy):
    # One child at risk in each of three areas that are all of a plan.
    areas = [Area("kommune", "901", "leverance"), Area("helhedsplan", "h", "901")]
    areas += [Area("omraade", f"o{i}", "h") for i in (1, 2, 3)]
    cells_in = [cell(901, f"h o{i}", 1, 79) for i in (1, 2, 3)] + [cell(901, "", 100, 900)]
    cells = published_of(Delivery(cells_in, areas), policy)
    shown = {a: [risk(cells, a, p) for p in ("at_risk", "not_at_risk")] for a in ("o1", "o2", "o3", "h")}
    found = [
        at
        for at in product(range(10), repeat=3)
        if all(
            fits(n, shown[a][0], policy) and fits(total - n, shown[a][1], policy)
            for a, n, total in zip(shown, (*at, sum(at)), (80, 80, 80, 240), strict=True)
        )
    ]
    assert (1, 1, 1) in found
    for i in range(3):
        assert spread([at[i] for at in found]) >= 4


def test_linked_tables_are_safe_one_by_one_and_unsafe_together():
    # Every child with a factor has exactly three: number of factors and the factors together tell each other.
    row = Row("o", frozenset([0]), frozenset(FAMILIES), "område o")
    known = {
        ("f1_ikke_kernefamilie", "children_with"): 20,
        ("f2_doemt", "children_with"): 0,
        ("f3_kontanthjaelp_pension", "children_with"): 20,
        ("f4_ingen_uddannelse", "children_with"): 20,
        ("f5_boligforhold", "children_with"): 0,
    }
    exact_items = {
        ("risk", "at_risk"): 20,
        ("risk", "not_at_risk"): 80,
        ("n_factors", "0"): 80,
        ("children", "children"): 100,
        ("ages", "3-5"): 100,
    }
    exact_items |= {(factor, "children_without"): 100 - n for (factor, _), n in known.items()} | known

    def width(*, with_bounds: bool) -> int:
        relations = relate([row], [100], with_bounds=with_bounds)
        exact = np.array([exact_items.get(item, 0) for _, item in relations.cells])
        low, high = np.zeros(len(exact)), np.full(len(exact), np.inf)
        needed = np.zeros(len(exact), dtype=np.int64)
        for i, (_, item) in enumerate(relations.cells):
            # The factors are published, and that nobody has one or two; how many have three or more is not.
            if item in known or item == CHILDREN or item in (("n_factors", "1"), ("n_factors", "2")):
                low[i] = high[i] = exact[i]
            needed[i] = 4 * (item == ("risk", "at_risk"))
        found = find_bounds(
            relations, exact, known_low=low, known_high=high, needed=needed, seed=SEED, name="", seconds=60
        )
        at = relations.cells.index(("o", ("risk", "at_risk")))
        return int(found.high[at] - found.low[at])

    # By hand: n children with three to five of factors whose counts are 20, 0, 20, 20, 0 is 20.
    by_hand = [n for n in range(101) if 3 * n <= 60 <= 5 * n and n >= 20]
    assert by_hand == [20]
    assert width(with_bounds=False) >= 4
    assert width(with_bounds=True) == 0


def two_omraader(at_risk: dict[str, int], children: dict[str, int]) -> Delivery:
    areas = [Area("kommune", "901", "leverance"), *(Area("omraade", o, "901") for o in at_risk)]
    cells = [cell(901, o, at_risk[o], children[o] - at_risk[o]) for o in at_risk]
    return Delivery([*cells, cell(901, "", 331, 3002)], areas)


def test_a_family_that_moves_between_two_nights_is_not_told_by_the_revision():
    policy = load_policy()
    children = [{"o1": 243, "o2": 268}, {"o1": 240, "o2": 271}]
    nights = [{"o1": 82, "o2": 67}, {"o1": 79, "o2": 70}]
    before = published_of(two_omraader(nights[0], children[0]), policy)
    after = published_of(two_omraader(nights[1], children[1]), policy, before)
    # Whatever did not change is as published before: the municipality, the rest, and the zeros.
    both = before.join(after, on=["table", "area_id", "item"], suffix="_after")
    same = both.filter(pl.col("exact") == pl.col("exact_after"))
    assert same.height > 50
    assert same.filter(pl.col("published") != pl.col("published_after")).is_empty()
    # That three children moved may be known; how many of them were at risk must not.
    moved = {
        first - second
        for first, second in product(range(60, 110), repeat=2)
        if 0 <= first - second <= 3
        and fits(first, risk(before, "o1", "at_risk"), policy)
        and fits(second, risk(after, "o1", "at_risk"), policy)
    }
    assert moved == {0, 1, 2, 3}


def test_a_border_that_moves_one_stairwell_in_a_revision_does_not_tell_the_stairwell():
    policy = load_policy()
    # Eleven children of a stairwell, six of them at risk, go from o1 to o2 with the border.
    before = published_of(two_omraader({"o1": 82, "o2": 67}, {"o1": 243, "o2": 268}), policy)
    after = published_of(two_omraader({"o1": 76, "o2": 73}, {"o1": 232, "o2": 279}), policy, before)
    stairwell = [
        first - second
        for first, second in product(range(50, 110), repeat=2)
        if 0 <= first - second <= 11
        and fits(first, risk(before, "o1", "at_risk"), policy)
        and fits(second, risk(after, "o1", "at_risk"), policy)
    ]
    assert 6 in stairwell
    assert spread(stairwell) >= 4


# --- a border that moves between two dates ----------------------------------------------------------------

NEXT, AFTER_NEXT = date(2025, 12, 31), date(2026, 12, 31)
O1_TO_O3 = [Area("kommune", "901", "leverance"), *(Area("omraade", o, "901") for o in ("o1", "o2", "o3"))]


def stairwell_moves(day: date, at_risk: int, others: int, newcomers: int = 0) -> Delivery:
    """o1, o2 and o3 with 300 children each. A stairwell that was o2's a year before is o1's now; `newcomers`
    of o1's and of o2's other children have come since. The mothers are half as many as the children."""
    cells = [
        cell(901, "o1", 80, 220, newcomers=newcomers),
        cell(901, "o2", 75, 225, newcomers=newcomers),
        cell(901, "o3", 70, 230),
        cell(901, "", 40, 900),
        cell(901, "o1", at_risk, others, earlier="o2"),
    ]
    return Delivery(cells, O1_TO_O3, day)


def statuses(found: Protected, day: date) -> dict[str, str]:
    rows = found.tables["area_risk"].filter(pl.col("reference_date") == day)
    return dict(rows.select("area_id", "cell_status").iter_rows())


def beside(*deliveries: Delivery) -> Protected:
    tables = [each.tables() for each in deliveries]
    return protected({name: pl.concat([t[name] for t in tables]) for name in tables[0]})


def test_a_border_that_moves_one_stairwell_hides_the_two_areas_at_that_date_and_shows_them_at_the_next():
    before = Delivery(
        [cell(901, o, 75, 230) for o in ("o1", "o2", "o3")] + [cell(901, "", 40, 900)], O1_TO_O3
    )
    after = Delivery(stairwell_moves(NEXT, 6, 5).cells, O1_TO_O3, NEXT)
    for each in after.cells:
        each["earlier_area_ids"] = each["area_ids"] if each["children"] > 11 else ["o2"]
    stands = Delivery(
        [cell(901, "o1", 86, 225), cell(901, "o2", 75, 225), *after.cells[2:4]], O1_TO_O3, AFTER_NEXT
    )
    found = beside(before, after, stands)
    assert {statuses(found, DAY)[o] for o in ("o1", "o2", "o3")} == {"rounded"}
    assert statuses(found, NEXT) | {"901": ""} == {
        "leverance": "rounded",
        "901": "",
        "o1": "hidden",
        "o2": "hidden",
        "o3": "rounded",
        "901:rest:omraade": "rounded",
        "leverance:rest:kommune": "rounded",
    }
    assert {statuses(found, AFTER_NEXT)[o] for o in ("o1", "o2", "o3")} == {"rounded"}


@pytest.mark.parametrize(
    ("at_risk", "others", "newcomers", "shown"),
    [
        (6, 5, 0, False),
        (6, 5, 38, False),  # 11 in the stairwell and 38 who came: 49
        (6, 5, 39, True),  # 50, and of 11 children 5 mothers: of 50, 22; see below
        (20, 29, 0, False),
        (20, 40, 0, True),  # 60 children of 30 mothers
        (20, 39, 0, False),  # 59 of 29
    ],
)
def test_a_moved_stairwell_and_those_who_came_must_be_as_many_as_an_area_holds(
    at_risk, others, newcomers, shown
):
    delivery = stairwell_moves(NEXT, at_risk, others, newcomers)
    if newcomers:
        delivery.cells[-1]["mothers"] = 7  # 7 of 11: 32 of 50
    found = protected(delivery.tables(), standing=[DAY])
    assert {statuses(found, NEXT)[o] for o in ("o1", "o2")} == {"rounded" if shown else "hidden"}
    assert statuses(found, NEXT)["o3"] == "rounded"


def test_a_border_that_moved_since_a_date_that_was_never_published_hides_nothing():
    found = protected(stairwell_moves(NEXT, 6, 5).tables())
    assert set(statuses(found, NEXT).values()) == {"rounded"}


def test_an_area_under_another_name_has_not_moved():
    delivery = stairwell_moves(NEXT, 6, 5)
    delivery.cells[0]["earlier_area_ids"], delivery.cells[-1]["earlier_area_ids"] = ["old"], ["old"]
    found = protected(delivery.tables(), standing=[DAY])
    assert set(statuses(found, NEXT).values()) == {"rounded"}


def test_the_relations_name_what_a_moved_border_added_in_words():
    found = protected(stairwell_moves(NEXT, 20, 40).tables(), standing=[DAY])
    lines = found.relations["relation"].to_list()
    assert any("[omraade o2 by the borders of 2024-12-31] = omraade o2 + [" in line for line in lines)
