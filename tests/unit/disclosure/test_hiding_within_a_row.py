"""Small counts of one row: hidden, and not to be computed from the rest of the row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from assets.disclosure.hiding import hide_counts, hide_row

AT_RISK_IS_3_PLUS = [(("risk", 0), ("n_factors", 3))]


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write `total` as `parts` counts of zero or more, in order."""
    for bars in combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield tuple(b - a - 1 for a, b in pairwise(edges))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((40, 60, 0), set()),  # nothing small
        ((5, 60, 0), set()),  # 5 is not small
        ((4, 60, 30), {0, 2}),  # 4 is, and the smaller of the others goes with it
        ((1, 60, 0), {0, 1}),  # a zero is no company
        ((0, 60, 0), set()),  # zero is not small
        ((0, 0, 0), set()),  # an empty rest
        ((1, 1, 98), {0, 1, 2}),  # 1 + 1 = 2 would tell both
        ((3, 50, 50), {0, 1, 2}),  # ties go together
        ((2, 3, 20, 30, 40), {0, 1, 2}),
    ],
)
def test_a_small_count_is_hidden_with_the_smallest_further_count(counts, hidden):
    assert hide_counts(counts, set(), highest=4) == hidden


def test_a_count_hidden_elsewhere_gets_company_here():
    assert hide_counts((40, 60, 0), {0}, highest=4) == {0, 1}


def test_at_risk_and_three_or_more_factors_are_hidden_together():
    row = {"risk": (30, 67, 3), "n_factors": (20, 25, 25, 30)}
    # undetermined 3 takes at risk 30 with it; so 3+ is hidden, and 0 factors (20) so that 3+ can't be
    # computed.
    assert hide_row(row, AT_RISK_IS_3_PLUS, highest=4) == {"risk": {0, 2}, "n_factors": {3, 0}}


def test_a_count_hidden_as_company_in_both_partitions_gets_further_company_in_one():
    row = {"risk": (30, 69, 1), "n_factors": (31, 35, 4, 30)}
    # With only 30 between them, 4 - 1 = 3 would follow from the sums (34 and 31) and tell both.
    assert hide_row(row, AT_RISK_IS_3_PLUS, highest=4) == {"risk": {0, 2}, "n_factors": {3, 2, 0}}


@pytest.mark.parametrize(("total", "parts"), [(21, 3), (33, 3), (60, 3), (21, 4), (30, 4), (21, 5), (24, 5)])
def test_no_hidden_count_follows_from_the_row(total, parts):
    """Brute force: of all rows that look the same once published, no hidden cell has one value only."""
    worlds = defaultdict(list)
    for counts in compositions(total, parts):
        hidden = hide_counts(counts, set(), highest=4)
        worlds[tuple(None if i in hidden else c for i, c in enumerate(counts))].append(counts)
    for published, rows in worlds.items():
        assert not any(count is not None and 1 <= count <= 4 for count in published)
        for i, count in enumerate(published):
            if count is None:
                assert len({row[i] for row in rows}) > 1, published


def rows_of_risk_and_factors(total: int) -> Iterator[dict[str, tuple[int, ...]]]:
    for factors in compositions(total, 4):
        below = total - factors[3]
        for not_at_risk in range(below + 1):
            yield {"risk": (factors[3], not_at_risk, below - not_at_risk), "n_factors": factors}


def test_no_hidden_count_can_be_computed_from_risk_and_number_of_factors_together():
    """Brute force over both partitions of 21 children: every hidden cell has several values that fit all
    sums.
    """
    rows = [row["risk"] + row["n_factors"] for row in rows_of_risk_and_factors(21)]
    looks = set()
    for row in rows_of_risk_and_factors(21):
        hidden = hide_row(row, AT_RISK_IS_3_PLUS, highest=4)
        assert (0 in hidden["risk"]) == (3 in hidden["n_factors"])
        cells = row["risk"] + row["n_factors"]
        at = frozenset(hidden["risk"] | {i + 3 for i in hidden["n_factors"]})
        looks.add((at, tuple(None if i in at else c for i, c in enumerate(cells))))

    fits = defaultdict(lambda: defaultdict(list))
    for at in {at for at, _ in looks}:
        for row in rows:
            if all(row[i] > 0 for i in at):
                fits[at][tuple(None if i in at else c for i, c in enumerate(row))].append(row)
    for at, published in looks:
        for i in at:
            assert len({row[i] for row in fits[at][published]}) > 1, published
