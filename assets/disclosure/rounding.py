"""Zero-restricted controlled rounding: every count to a multiple of the base next to it, and everything still
adds up.

Belongs here: the integer program of one block of rows. Does not belong here: which rows are shown, which
blocks there are (`protect.py`), what may be computed from the result (`bounds.py`).

L. H. Cox (1987), "A constructive procedure for unbiased controlled rounding", JASA 82, 520-524; J. J.
Salazar-González (2006), "Controlled rounding and cell perturbation", Mathematical Programming 105, 583-603.
Independent rounding is undone by adding up; the program rounds all counts at once within the relations.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assets.disclosure.relations import Cell, Relations
from assets.disclosure.solver import Program, Solution, State

SECRET_PART = 2.0
"""How many children's distance the private seed may add to or take from rounding a count up. The nearest
multiple alone could be played back: a published 10 would be 8 to 12 to all who know the method."""
RESEEDED_PART = 12.0
"""The same when a first solution let a count be computed too closely: enough to look elsewhere altogether."""
LOWERED_WEIGHT = 40.0
"""Distance added to rounding up in a row where a count could be computed too closely: beside a rounded 0, the
other parts of a whole that is known leave the more room the lower they are published."""
GAP = 0.01
"""Relative distance from the optimum at which the solver may stop: the best is not safer than nearly the
best."""


@dataclass(frozen=True)
class Rounded:
    """`counts` by cell; `freed`: held counts that could not be kept."""

    state: State
    counts: dict[Cell, int]
    freed: tuple[Cell, ...] = ()


def draw(seed: bytes, name: str, count: int) -> np.ndarray:
    """`count` numbers in -1 .. 1 that follow from the private seed and the name alone."""
    stream = hashlib.shake_256(hmac.digest(seed, name.encode(), "sha256")).digest(8 * count)
    return np.frombuffer(stream, dtype=">u8").astype(np.float64) / 2.0**63 - 1.0


def round_counts(
    relations: Relations,
    exact: np.ndarray,
    *,
    base: int,
    fixed: Mapping[Cell, int],
    held: Mapping[Cell, int],
    lowered: frozenset[str],
    seed: bytes,
    name: str,
    attempt: int,
    seconds: float,
) -> Rounded:
    """Multiples of `base` for every cell of the block, as near to `exact` as the relations allow.

    `fixed` were rounded in the block above. `held` were published before and are kept; if they can't all be,
    as many as possible are. `lowered`: rows to round down where there is a choice.
    """
    low, high = exact // base, -(-exact // base)
    number = {cell: i for i, cell in enumerate(relations.cells)}
    for cell, value in fixed.items():
        low[number[cell]] = high[number[cell]] = value // base
    secret = SECRET_PART if attempt == 0 else RESEEDED_PART
    # One stream per count, so that a count's secret part outlives a change elsewhere.
    drawn = np.array([draw(seed, f"{name}|{row}|{item}|{attempt}", 1)[0] for row, item in relations.cells])
    printed = np.array([not relations.rows[row].is_piece for row, _ in relations.cells])
    up = np.where(printed, base - 2.0 * (exact - base * low) + secret * drawn, 0.0)
    up += np.array([LOWERED_WEIGHT * (row in lowered) for row, _ in relations.cells])
    can_hold = {
        number[cell]: value // base
        for cell, value in held.items()
        if cell in number and value % base == 0 and low[number[cell]] <= value // base <= high[number[cell]]
    }
    found = _solve(relations, up, *_kept(low, high, can_hold), seconds)
    if found.state == "infeasible" and can_hold:
        cost = np.zeros(len(low))
        for i, value in can_hold.items():
            cost[i] = 1.0 if value == low[i] else -1.0
        # First how many are kept, then how near the others come: in one cost some would be freed for a little
        # nearness, within the gap the solver may leave.
        most = _solve(relations, cost, low, high, seconds, gap=0.0)
        if most.state != "optimal":
            return Rounded(most.state, {})
        can_hold = {i: value for i, value in can_hold.items() if round(most.x[i]) == value}
        found = _solve(relations, up, *_kept(low, high, can_hold), seconds)
    if found.state != "optimal":
        return Rounded(found.state, {})
    values = base * np.rint(found.x).astype(np.int64)
    counts = dict(zip(relations.cells, values.tolist(), strict=True))
    freed = tuple(cell for cell, value in held.items() if cell in number and counts[cell] != value)
    return Rounded("optimal", counts, freed)


def _kept(low: np.ndarray, high: np.ndarray, values: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray]:
    low, high = low.copy(), high.copy()
    for i, value in values.items():
        low[i] = high[i] = value
    return low, high


def _solve(
    relations: Relations,
    up: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    seconds: float,
    gap: float = GAP,
) -> Solution:
    # A bound that no rounding can break needs no line in the program.
    matrix = relations.matrix
    least = matrix.maximum(0) @ low + matrix.minimum(0) @ high
    needed = np.isfinite(relations.high) | (least < 0)
    program = Program(
        matrix[needed],
        (relations.low[needed], relations.high[needed]),
        (low, high),
        np.ones(len(low), dtype=bool),
        seconds=seconds,
        gap=gap,
    )
    return program.minimise(np.where(low == high, 0.0, up))
