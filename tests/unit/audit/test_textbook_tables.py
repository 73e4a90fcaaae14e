"""Bounds of textbook tables, as other tools and authors published them.

Belongs here: tables and bounds from the literature as fixed numbers, each with its source. Does not belong
here: numbers computed by this project.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from assets.audit.bounds import System
from tests.unit.audit.enumeration import exact_bounds

Cell = tuple[int, int]


def two_way(
    rows: list[list[int | None]], hidden: list[Cell], row_totals: list[int], column_totals: list[int]
):
    """A two-way table with published margins; hidden cells are unknown and not negative."""
    shape = (len(rows), len(rows[0]))
    lines, totals = [], []
    for i, total in enumerate(row_totals):
        line = np.zeros(shape)
        line[i] = 1
        lines.append(line.ravel())
        totals.append(total)
    for j, total in enumerate(column_totals):
        line = np.zeros(shape)
        line[:, j] = 1
        lines.append(line.ravel())
        totals.append(total)
    lower, upper = np.zeros(shape), np.full(shape, float(max(row_totals)))
    for i in range(shape[0]):
        for j in range(shape[1]):
            if (i, j) not in hidden:
                lower[i, j] = upper[i, j] = rows[i][j]
    system = System(
        sparse.csr_matrix(np.array(lines)),
        np.array(totals, dtype=float),
        np.array(totals, dtype=float),
        lower.ravel(),
        upper.ravel(),
    )

    def bounds(cell: Cell) -> tuple[int, int]:
        target = np.zeros(shape)
        target[cell] = 1
        return exact_bounds(system, target.ravel())

    return bounds


def test_handbook_on_statistical_disclosure_control_example_3():
    # Handbook on Statistical Disclosure Control, section 4.2.2, example 3 (Geurts 1992, table 10, p. 20):
    # X11 lies between 3 and 6.
    bounds = two_way(
        [[None, None], [None, None], [3, 3]],
        hidden=[(0, 0), (0, 1), (1, 0), (1, 1)],
        row_totals=[7, 3, 6],
        column_totals=[9, 7],
    )
    assert bounds((0, 0)) == (3, 6)
    # By hand from the same four relations.
    assert bounds((0, 1)) == (1, 4)
    assert bounds((1, 0)) == (0, 3)
    assert bounds((1, 1)) == (0, 3)


INVESTMENT = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]


def test_investment_by_activity_and_region():
    # The introductory table of M. Fischetti and J. J. Salazar-González (2001), "Solving the cell suppression
    # problem on tabular data with linear constraints", Management Science 47(7), after L. Willenborg and
    # T. de Waal (1996). Activity II in region C is sensitive; regions A and C of activities II and III are
    # hidden. By hand, with t for II/A: II/C = 30 - t, III/A = 25 - t, III/C = 4 + t, and t from 0 to 25.
    bounds = two_way(
        INVESTMENT,  # type: ignore[arg-type]
        hidden=[(1, 0), (1, 2), (2, 0), (2, 2)],
        row_totals=[80, 49, 61],
        column_totals=[45, 101, 44],
    )
    assert bounds((1, 2)) == (5, 30)
    assert bounds((1, 0)) == (0, 25)
    assert bounds((2, 0)) == (0, 25)
    assert bounds((2, 2)) == (4, 29)


def test_hiding_the_sensitive_cell_alone_hides_nothing():
    bounds = two_way(
        INVESTMENT,  # type: ignore[arg-type]
        hidden=[(1, 2)],
        row_totals=[80, 49, 61],
        column_totals=[45, 101, 44],
    )
    assert bounds((1, 2)) == (22, 22)


# sdcTable, tests/testthat/test-simpleheuristic.R: rows w to z, columns a to d; every row and column has two
# or more hidden cells, and yet w/b is exactly 47. One more hidden cell, x/b, and the bounds are 0 and 141.
W_TO_Z = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
HIDDEN = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 1), (3, 3)]
W_B = (0, 1)


@pytest.mark.parametrize(("more", "expected"), [([], (47, 47)), ([(1, 1)], (0, 141))])
def test_sdctable_two_hidden_cells_in_every_row_and_column_are_not_enough(more, expected):
    bounds = two_way(
        W_TO_Z,  # type: ignore[arg-type]
        hidden=[*HIDDEN, *more],
        row_totals=[230, 250, 336, 3127],
        column_totals=[1012, 1262, 779, 890],
    )
    assert bounds(W_B) == expected
