"""All tables of whole numbers that fit a small system, by trying every one.

Belongs here: counting through. Does not belong here: anything clever, anything of `assets`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np


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
