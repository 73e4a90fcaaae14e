"""All tables of whole numbers that fit a small system, by trying every one; and the bounds of one target.

Belongs here: counting through, and the solver's bounds to hold against it. Does not belong here: anything
clever.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from assets.audit.bounds import Solver, System
from assets.audit.report import Tried


def exact_bounds(system: System, target: np.ndarray) -> tuple[int, int]:
    """Smallest and largest whole value of target · x, by the audit's own solver. Raises Contradiction."""
    solver, ends = Solver(system, Tried()), []
    for sign in (1.0, -1.0):
        bound, best, _ = solver.integer(sign * target)
        assert bound + 0.5 >= best
        ends.append(int(np.rint(sign * best)))
    return ends[0], ends[1]


def all_tables(
    matrix: Sequence[Sequence[int]],
    low: Sequence[float],
    high: Sequence[float],
    lower: Sequence[int],
    upper: Sequence[int],
) -> np.ndarray:
    """Every x between lower and upper with low <= matrix x <= high, one per row."""
    ranges = [range(a, b + 1) for a, b in zip(lower, upper, strict=True)]
    every = np.array(list(product(*ranges)), dtype=np.int64).reshape(-1, len(ranges))
    rows = every @ np.array(matrix, dtype=np.int64).reshape(-1, len(ranges)).T
    return every[((rows >= np.array(low)) & (rows <= np.array(high))).all(axis=1)]
