"""Complementary suppression: counts exact or hidden, for owners who must have exact counts.

Belongs here: which counts are hidden first, and which have to go with one that could be computed too closely.
Does not belong here: finding out that it could (`bounds.py`), rows (`merging.py`).

M. Fischetti and J. J. Salazar-González (2001), "Solving the cell suppression problem on tabular data with
linear constraints", Management Science 47, 1008-1027: a count is protected if the others can be moved, within
the relations, so that it moves far enough; what has to move is hidden. Here one count after the other, by
linear programs.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from assets.disclosure.relations import Relations
from assets.disclosure.solver import Program

FREE = 1e-3
"""Cost of moving a count that is hidden already: not nothing, so that no more moves than must."""
MOVED = 1e-6


def is_small(count: int, base: int) -> bool:
    """Hidden for its own sake. A zero is not: nobody is in it."""
    return 0 < count < base


def find_company(
    relations: Relations,
    exact: np.ndarray,
    *,
    is_hidden: np.ndarray,
    is_known: np.ndarray,
    cell: int,
    width: int,
    seconds: float,
) -> np.ndarray | None:
    """Positions of the counts to hide so that `cell` can be `width` larger or, if that is cheaper, smaller;
    None if nothing helps. `is_known`: what can't be hidden, such as true populations.

    Small counts go first, and what is hidden already costs nothing.
    """
    count = len(exact)
    weight = np.where(is_hidden, FREE, 1.0 + np.log1p(exact))
    # Each count moves up by u or down by v: the first half of the columns is u, the second v.
    matrix = sp.csr_array(sp.hstack([relations.matrix, -relations.matrix]))
    at_present = relations.matrix @ exact
    row_bounds = relations.low - at_present, relations.high - at_present
    limit = np.where(is_known, 0.0, np.inf)
    best: tuple[float, np.ndarray] | None = None
    for up, down in ((width, 0), (0, width)):
        if down > exact[cell]:
            continue
        low = np.zeros(2 * count)
        high = np.concatenate([limit, np.minimum(limit, exact)])
        low[cell] = high[cell] = up
        low[count + cell] = high[count + cell] = down
        solution = Program(matrix, row_bounds, (low, high), seconds=seconds).minimise(np.tile(weight, 2))
        if solution.state == "optimal" and (best is None or solution.objective < best[0]):
            moved = solution.x[:count] + solution.x[count:] > MOVED
            best = solution.objective, np.flatnonzero(moved & ~is_hidden)
    return None if best is None else best[1]
