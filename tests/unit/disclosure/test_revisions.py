"""What a revision does to counts that have not changed: kept wherever the sums allow, else as few moved as
possible."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from assets.disclosure.dates import CHILDREN
from assets.disclosure.relations import Row, relate
from assets.disclosure.rounding import round_counts
from schemas.release import FACTORS
from tests.support.exact_tables import Area, Delivery, cell
from tests.support.protected import protected

BASE = 5
PARTS = ("children_with", "children_without", "children_unknown")


def small_table(counts: np.ndarray):
    """Two areas and what they are together, with one factor: `counts[area]` with, without, unknown."""
    families = frozenset({FACTORS[0]})
    rows = [Row("both", frozenset({0, 1}), families, "both")]
    rows += [Row(name, frozenset({i}), families, name) for i, name in enumerate("ab")]
    relations = relate(rows, counts.sum(axis=1).tolist(), with_bounds=False)
    by_row = {"a": counts[0], "b": counts[1], "both": counts.sum(axis=0)}
    parts = {(FACTORS[0], part): i for i, part in enumerate(PARTS)}
    exact = [by_row[r].sum() if item == CHILDREN else by_row[r][parts[item]] for r, item in relations.cells]
    return relations, np.array(exact)


def rounded(counts: np.ndarray, held: dict, attempt: int = 0):
    relations, exact = small_table(counts)
    here = {c: held[c, x] for c, x in zip(relations.cells, exact.tolist(), strict=True) if (c, x) in held}
    fixed = {"fixed": {}, "lowered": frozenset(), "seed": b"a seed for small tables", "name": "t"}
    found = round_counts(relations, exact, base=BASE, held=here, attempt=attempt, seconds=10, **fixed)
    assert found.state == "optimal"
    return relations, exact, here, found


def fewest_moved(relations, exact: np.ndarray, held: dict) -> int:
    """Of all roundings there are, how many held counts the best one moves."""
    choices = [sorted({BASE * (x // BASE), -BASE * (-x // BASE)}) for x in exact.tolist()]
    index = [relations.cells.index(c) for c in held]
    values = list(held.values())
    fewest = len(held)
    # Children follow from the parts, both from a and b.
    number = {c: i for i, c in enumerate(relations.cells)}
    free = [number[row, (FACTORS[0], part)] for row in "ab" for part in PARTS]
    for chosen in product(*(choices[i] for i in free)):
        table = dict(zip(free, chosen, strict=True))
        for row in "ab":
            table[number[row, CHILDREN]] = sum(table[number[row, (FACTORS[0], part)]] for part in PARTS)
        for item in (CHILDREN, *((FACTORS[0], part) for part in PARTS)):
            table[number["both", item]] = table[number["a", item]] + table[number["b", item]]
        if all(table[i] in choices[i] for i in table):
            fewest = min(fewest, sum(table[i] != v for i, v in zip(index, values, strict=True)))
    return fewest


def test_of_all_roundings_of_a_small_table_one_that_moves_the_fewest_unchanged_counts_is_taken():
    random, kept, moved = np.random.default_rng(1), 0, 0
    for _ in range(100):
        counts = random.integers(0, 13, (2, 3))
        relations, exact, _, first = rounded(counts, {}, attempt=int(random.integers(0, 3)))
        told = {(c, x): first.counts[c] for c, x in zip(relations.cells, exact.tolist(), strict=True)}
        # One or two children of a are counted otherwise.
        more, less = random.choice(3, 2, replace=False)
        change = min(int(random.integers(1, 3)), counts[0, less])
        counts[0, more], counts[0, less] = counts[0, more] + change, counts[0, less] - change
        relations, exact, held, again = rounded(counts, told)
        fewest = fewest_moved(relations, exact, held)
        assert len(again.freed) == fewest
        assert sum(again.counts[c] != value for c, value in held.items()) == fewest
        kept, moved = kept + (fewest == 0), moved + (fewest > 0)
    assert kept and moved


AREAS = [Area("kommune", "901", "leverance"), Area("kommune", "902", "leverance")]
AREAS += [Area("omraade", f"o{i}", "901") for i in (1, 2, 3)]
PLACES = ((901, "o1"), (901, "o2"), (901, "o3"), (901, ""), (902, ""))


def exact_tables(*counts: tuple[int, int, int]) -> dict[str, pl.DataFrame]:
    return Delivery([cell(*place, *each) for place, each in zip(PLACES, counts, strict=True)], AREAS).tables()


def moved(first: pl.DataFrame, second: pl.DataFrame) -> int:
    same = first.drop_nulls("published").join(
        second, on=["table", "area_id", "item", "exact"], suffix="_then"
    )
    assert same.height > 40
    return same.filter(pl.col("published").ne_missing(pl.col("published_then"))).height


@pytest.mark.parametrize(
    ("o1", "others"),
    [
        ((46, 176, 0), ((52, 136, 4), (45, 114, 8), (22, 113, 3), (42, 129, 1))),
        ((24, 108, 6), ((37, 127, 0), (45, 151, 2), (51, 103, 7), (20, 119, 6))),
        ((59, 140, 2), ((41, 172, 1), (32, 116, 7), (43, 127, 7), (58, 98, 8))),
    ],
)
def test_what_a_municipality_keeps_is_not_lost_to_how_the_delivery_above_it_is_rounded(o1, others):
    # One child of o1 more is at risk. Rounding delivery and municipalities first, whatever lies below, would
    # leave no table that keeps the areas' counts.
    at_risk, not_at_risk, unknown = o1
    first = protected(exact_tables(o1, *others))
    again = protected(exact_tables((at_risk + 1, not_at_risk - 1, unknown), *others), published=first.cells)
    assert moved(first.cells, again.cells) == 0
    assert again.report["dates"][0]["held_counts_changed"] == 0


def test_a_count_that_is_again_what_it_was_two_revisions_ago_gets_the_number_it_had_then():
    others = ((52, 136, 4), (45, 114, 8), (22, 113, 3), (42, 129, 1))
    first = protected(exact_tables((42, 180, 0), *others), seed=b"seed number 02 of the first one.")
    second = protected(
        exact_tables((44, 178, 0), *others),
        seed=b"seed number 02 of the other one.",
        published=first.cells,
    )

    def third(superseded: pl.DataFrame | None) -> pl.DataFrame:
        return protected(
            exact_tables((42, 180, 0), *others),
            seed=b"seed number 02 of the third one.",
            published=second.cells,
            superseded=superseded,
        ).cells

    assert moved(first.cells, third(first.cells)) == 0
    assert moved(first.cells, third(None)) > 0, "else this shows nothing: another seed"
