"""The bounds engine: equal to trying every table, and to what other tools published about textbook tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.report import Tried
from tests.unit.audit.enumeration import all_tables, exact_bounds


def system(matrix, low, high, lower, upper) -> System:
    return System(
        sparse.csr_matrix(np.array(matrix, dtype=float)),
        np.array(low, dtype=float),
        np.array(high, dtype=float),
        np.array(lower, dtype=float),
        np.array(upper, dtype=float),
    )


@st.composite
def small_systems(draw):
    """Two to five unknowns from 0 to 4; up to four rows, coefficients -2 to 2, around a true table."""
    count = draw(st.integers(2, 5))
    truth = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    rows = draw(
        st.lists(st.lists(st.integers(-2, 2), min_size=count, max_size=count), min_size=1, max_size=4)
    )
    below = draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    above = draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    at = np.array(rows) @ np.array(truth)
    return rows, at - below, at + above, [0] * count, [4] * count


@settings(max_examples=60, deadline=None)
@given(small_systems(), st.integers(1, 4))
def test_bounds_are_those_of_every_table_tried(small, need):
    rows, low, high, lower, upper = small
    tables = all_tables(rows, low, high, lower, upper)
    made = system(rows, low, high, lower, upper)
    unit = np.identity(len(lower))
    for j in range(len(lower)):
        assert exact_bounds(made, unit[j]) == (tables[:, j].min(), tables[:, j].max())

    found = probe(Solver(made, Tried()), sparse.csr_matrix(unit), np.full(len(lower), need))
    width = tables.max(axis=0) - tables.min(axis=0)
    proven_narrow = found.high - found.low < need
    assert not found.unresolved.any()
    assert (proven_narrow == (width < need)).all()
    assert (found.seen_low >= tables.min(axis=0)).all()
    assert (found.seen_high <= tables.max(axis=0)).all()


@settings(max_examples=40, deadline=None)
@given(small_systems())
def test_rows_taken_up_late_count_as_much_as_the_others(small):
    rows, low, high, lower, upper = small
    made = system(rows, low, high, lower, upper)
    late = system(rows, low, high, lower, upper)
    late.rare[:] = True
    for j in range(len(lower)):
        unit = np.identity(len(lower))[j]
        assert exact_bounds(made, unit) == exact_bounds(late, unit)
        assert Solver(late, Tried()).linear(unit)[0] == pytest.approx(Solver(made, Tried()).linear(unit)[0])


def test_a_count_that_is_only_whole_in_one_way_needs_an_integer_program():
    # 2x + 2y = 6 and x - 2z = 0 with x, y, z from 0 to 3: linearly x reaches 3, in whole numbers 2.
    made = system([[2, 2, 0], [1, 0, -2]], [6, 0], [6, 0], [0, 0, 0], [3, 3, 3])
    assert -Solver(made, Tried()).linear(np.array([-1.0, 0, 0]))[0] == pytest.approx(3)
    assert exact_bounds(made, np.array([1.0, 0, 0])) == (0, 2)


def test_numbers_that_contradict_each_other_are_told():
    made = system([[1, 1], [1, 1]], [3, 5], [3, 5], [0, 0], [9, 9])
    with pytest.raises(Contradiction):
        probe(Solver(made, Tried()), sparse.identity(2, format="csr"), np.ones(2))


def test_a_count_surely_between_one_and_four_is_narrow_whatever_its_width():
    # 1 <= x <= 4 has width 3; 0 <= y <= 3 as well, but may be nobody.
    made = system([[1, 0], [0, 1]], [1, 0], [4, 3], [0, 0], [9, 9])
    found = probe(Solver(made, Tried()), sparse.identity(2, format="csr"), np.full(2, 3), small=4)
    assert (found.low[0], found.high[0]) == (1, 4)
    assert found.seen_low[1] == 0 and found.seen_high[1] == 3
    assert not found.unresolved.any()


def test_an_expired_deadline_leaves_targets_unresolved_not_safe():
    made = system([[1, 1]], [3], [3], [0, 0], [3, 3])
    found = probe(Solver(made, Tried(), deadline=0.0), sparse.identity(2, format="csr"), np.ones(2))
    assert found.unresolved.all()
