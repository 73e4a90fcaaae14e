"""Draws that meet a quota: who is chosen is chance or disposition, how many is not.

Belongs here: choosing rows by weight until a number is reached.
Does not belong here: what the numbers are (`targets.py`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.society import Bools, Floats, Rows


def choose(wanted: float, order: npt.NDArray, weight: npt.NDArray | None = None) -> Rows:
    """Positions in ascending `order` until their weights (else 1 each) sum to `wanted`, as near as can be."""
    if wanted <= 0 or not len(order):
        return np.empty(0, np.intp)
    if weight is None:
        n = min(round(wanted), len(order))
        if n < len(order) // 4:
            first = np.argpartition(order, n)[:n]
            return first[np.argsort(order[first], kind="stable")]
        return np.argsort(order, kind="stable")[:n]
    rows = np.argsort(order, kind="stable")
    middle = np.cumsum(weight[rows]) - weight[rows] / 2
    return rows[: np.searchsorted(middle, wanted)]


def choose_in_groups(wanted: Floats, group: npt.NDArray, order: npt.NDArray, weight: npt.NDArray) -> Bools:
    """The same in each group 0 ... len(wanted) - 1 (others are never chosen); which rows are chosen."""
    rows = np.flatnonzero((group >= 0) & (group < len(wanted)))
    # Two stable sorts, the second by radix since groups are few: half the time of lexsort.
    rows = rows[np.argsort(order[rows], kind="stable")]
    rows = rows[np.argsort(group[rows].astype(np.int16), kind="stable")]
    chosen = np.zeros(len(group), bool)
    if not len(rows):
        return chosen
    of, heavy = group[rows], weight[rows].astype(np.float64)
    total = np.cumsum(heavy)
    first = np.flatnonzero(np.diff(of, prepend=-1))
    before = np.repeat(total[first] - heavy[first], np.diff(first, append=len(rows)))
    chosen[rows] = total - before - heavy / 2 < wanted[of]
    return chosen


def race(rng: np.random.Generator, hazard: npt.NDArray) -> Floats:
    """Waiting times: in ascending order, rows come as their hazards make them."""
    return rng.standard_exponential(len(hazard)) / np.maximum(hazard, 1e-12)


def spread(rng: np.random.Generator, total: int, shares: Floats) -> npt.NDArray[np.int64]:
    """`total` split by `shares` into whole numbers, the remainders by lot."""
    exact = total * shares / shares.sum()
    whole = np.floor(exact).astype(np.int64)
    rest = int(total - whole.sum())
    if rest:
        whole[np.argsort(whole - exact + 1e-9 * rng.random(len(exact)), kind="stable")[:rest]] += 1
    return whole
