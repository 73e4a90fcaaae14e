"""Bounds: how closely each count could be computed from what is to be published, hidden counts included.

Belongs here: the attack on one block with the protection's own relations, before anything is rendered. Does
not belong here: the audit (`assets/audit`), which attacks the files and shares no code with this.

The attacker is taken to know the relations, the policy, the method, and every area's true number of children.
A count is safe if two tables that fit everything published differ in it by the narrowest interval the policy
allows. Such tables are looked for many counts at a time; only counts that keep failing get a program of their
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assets.disclosure.dates import FAMILIES
from assets.disclosure.relations import Cell, Relations
from assets.disclosure.rounding import draw
from assets.disclosure.solver import Program
from assets.disclosure.tables import family_of

DIRECTIONS = 8
"""Random directions tried for all counts together before the rest are taken one by one."""
WHOLE = 1e-6


@dataclass
class Bounds:
    """Per cell the lowest and highest count found in tables that fit."""

    low: np.ndarray
    high: np.ndarray

    def open_cells(self, needed: np.ndarray) -> np.ndarray:
        return np.flatnonzero(self.high - self.low < needed)


def find_bounds(
    relations: Relations,
    exact: np.ndarray,
    *,
    known_low: np.ndarray,
    known_high: np.ndarray,
    needed: np.ndarray,
    seed: bytes,
    name: str,
    seconds: float,
    to_the_end: bool = True,
) -> Bounds:
    """Intervals of all cells, as wide as `needed` where that can be shown, else as wide as they are.

    `known_low .. known_high`: what is published or known of each cell. `needed`: the width it needs; 0 for
    cells that are known anyway. Without `to_the_end`, cells that need a program of whole numbers each are
    left open.
    """
    found = Bounds(exact.copy(), exact.copy())
    attack = _Attack(relations, exact, known_low, known_high, needed, found, seconds)
    # One family at a time, the others as they are: small programs that settle nearly everything.
    families = np.array([FAMILIES.index(family_of(item)) for _, item in relations.cells])
    for number in range(len(FAMILIES)):
        attack.look_around(families == number, draw(seed, f"{name}|{number}", DIRECTIONS * len(exact)))
    everything = np.ones(len(exact), dtype=bool)
    attack.look_around(everything, draw(seed, name, DIRECTIONS * len(exact)))
    if to_the_end:
        attack.look_at_each(everything)
    return found


@dataclass
class _Attack:
    relations: Relations
    exact: np.ndarray
    known_low: np.ndarray
    known_high: np.ndarray
    needed: np.ndarray
    found: Bounds
    seconds: float

    def program(self, free: np.ndarray, *, whole: bool) -> Program:
        """The relations among the free cells, the others as they are.

        Tables of whole numbers are what counts; the corners of the linear program nearly always are.
        """
        low = np.where(free, self.known_low, self.exact)
        high = np.where(free, np.minimum(self.known_high, self._most()), self.exact)
        matrix, lines = self.relations.matrix, self.relations
        least = matrix.maximum(0) @ low + matrix.minimum(0) @ high
        # A bound that nothing within what is known can break needs no line.
        keep = (np.isfinite(lines.high) | (least < 0)) & (np.diff(matrix[:, free].indptr) > 0)
        fixed = matrix[keep] @ np.where(free, 0.0, self.exact)
        return Program(
            matrix[keep][:, free],
            (lines.low[keep] - fixed, lines.high[keep] - fixed),
            (low[free], high[free]),
            np.ones(int(free.sum()), dtype=bool) if whole else None,
            seconds=self.seconds,
        )

    def _most(self) -> np.ndarray:
        """No count is larger than the largest there is."""
        return np.full(len(self.exact), float(self.exact.max(initial=0)))

    def look_around(self, free: np.ndarray, drawn: np.ndarray) -> None:
        columns = np.flatnonzero(free)
        program: Program | None = None
        for direction in range(DIRECTIONS):
            left = self.found.open_cells(self.needed)
            left = left[free[left]]
            if not len(left):
                return
            program = program or self.program(free, whole=False)
            cost = np.zeros(len(self.exact))
            cost[left] = np.sign(drawn[direction * len(left) : (direction + 1) * len(left)])
            for sign in (1.0, -1.0):
                self.look(program, columns, sign * cost[columns])

    def look_at_each(self, free: np.ndarray) -> None:
        columns = np.flatnonzero(free)
        for whole in (False, True):
            left = self.found.open_cells(self.needed)
            program = self.program(free, whole=whole) if len(left) else None
            for i in left:
                for sign in (1.0, -1.0):
                    if program and self.found.high[i] - self.found.low[i] < self.needed[i]:
                        self.look(program, columns, np.where(columns == i, sign, 0.0))

    def look(self, program: Program, columns: np.ndarray, cost: np.ndarray) -> None:
        solution = program.minimise(cost)
        if solution.state == "optimal" and np.abs(solution.x - np.rint(solution.x)).max() < WHOLE:
            table = np.rint(solution.x).astype(np.int64)
            self.found.low[columns] = np.minimum(self.found.low[columns], table)
            self.found.high[columns] = np.maximum(self.found.high[columns], table)


def known(
    relations: Relations, published: Mapping[Cell, int | None], children: Mapping[str, int], base: int
) -> tuple[np.ndarray, np.ndarray]:
    """What is known of each cell: within base - 1 of what is published, and the children of listed rows."""
    low, high = np.zeros(len(relations.cells)), np.full(len(relations.cells), np.inf)
    for i, cell in enumerate(relations.cells):
        row, (partition, _) = cell
        if partition == "children" and row in children:
            low[i] = high[i] = children[row]
        elif (value := published.get(cell)) is not None:
            low[i], high[i] = max(0, value - base + 1), value + base - 1
    return low, high
