"""Mothers: which rows may tell how many different mothers their children have.

Belongs here: rounding to the nearest multiple, and what follows from a mother being counted once per row: a
row has no more mothers than its parts together, no fewer than any of them, and no more beyond a part than
children. Does not belong here: the counts of children, which add up (`relations.py`).

A rounded number of mothers leaves five; where rows together leave fewer, one of them doesn't tell: a rest
before an area, a small one before a large one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from assets.disclosure.dates import Atoms, Day
from assets.disclosure.merging import Plan
from assets.disclosure.policy import Policy
from assets.disclosure.solver import Program

COARSEST_LAST = ("rest", "afdeling", "omraade", "helhedsplan", "kommune", "leverance")
WHOLE = 1e-6


def publish_mothers(day: Day, plan: Plan, policy: Policy) -> dict[str, int]:
    """Mothers as published, by area_id; rows that don't tell are left out."""
    published = {
        area: shown
        for area, decision in plan.rows.items()
        if decision.fate == "shown"
        and decision.mothers is not None
        and (shown := _rounded(decision.mothers, policy)) is not None
    }
    places = [unit.area_id for unit in day.below[day.root]["kommune"]]
    top = [day.root, *places, *(rest.area_id for rest in day.rests[day.root].values())]
    for block in (top, *([place, *day.descendants(place)] for place in places)):
        rows = _Rows(day, _atoms(day, plan, block), policy)
        while telling := rows.narrow(published):
            del published[
                min(telling, key=lambda a: (COARSEST_LAST.index(day.units[a].level), published[a], a))
            ]
    return published


def _rounded(mothers: int, policy: Policy) -> int | None:
    base = policy.rounding.base
    if policy.method == "controlled-rounding":
        return base * ((2 * mothers + base) // (2 * base))
    return None if 0 < mothers < base else mothers


def _atoms(day: Day, plan: Plan, block: Iterable[str]) -> dict[str, Atoms]:
    """The block's rows that have children: areas, shown or not, and rests as published."""
    found: dict[str, Atoms] = {}
    for area in block:
        unit, decision = day.units[area], plan.rows[area]
        atoms = decision.atoms if decision.fate == "shown" else unit.atoms
        occupied = frozenset(i for i in atoms if day.children[i])
        if occupied and (unit.child_level is None or decision.fate == "shown"):
            found[area] = occupied
    return found


class _Rows:
    """The rows of a block and what follows between them."""

    def __init__(self, day: Day, atoms: Mapping[str, Atoms], policy: Policy) -> None:
        self.policy, self.rows = policy, list(atoms)
        self.children = np.array([day.count(each) for each in atoms.values()], dtype=float)
        lines = [*_nested(day, self.rows, atoms), *_covered(day, self.rows, atoms)]
        self.matrix = _matrix([line for line, _, _ in lines], len(self.rows))
        self.bounds = np.array([lo for _, lo, _ in lines]), np.array([hi for _, _, hi in lines])

    def narrow(self, published: Mapping[str, int]) -> list[str]:
        """Of the rows that tell, those to choose from because some row's mothers could be computed too
        closely."""
        is_rounded = self.policy.method == "controlled-rounding"
        slack = self.policy.rounding.base // 2 if is_rounded else 0
        told = np.array([published.get(area, -1) for area in self.rows])
        low = np.where(told >= 0, np.maximum(1, told - slack), 1.0)
        high = np.where(told >= 0, np.minimum(self.children, told + slack), self.children)
        program = Program(
            self.matrix, self.bounds, (low, high), seconds=self.policy.rounding.time_limit_seconds
        )
        needed = np.minimum(self.policy.audit.narrowest_interval, self.children - 1)
        found, unit = set(), np.identity(len(self.rows))
        for i, area in enumerate(self.rows):
            if told[i] >= 0 and not is_rounded:
                continue
            ends = [program.minimise(sign * unit[i]) for sign in (1.0, -1.0)]
            is_known = all(end.state == "optimal" for end in ends)
            width = np.floor(ends[1].x[i] + WHOLE) - np.ceil(ends[0].x[i] - WHOLE) if is_known else 0
            if width < needed[i]:
                found.add(area)
        telling = [area for area in self.rows if area in published]
        return [area for area in telling if area in found] or (telling if found else [])


def _nested(day: Day, rows: Sequence[str], atoms: Mapping[str, Atoms]):
    for i, inner in enumerate(rows):
        for j, outer in enumerate(rows):
            if i != j and (atoms[inner] < atoms[outer] or (atoms[inner] == atoms[outer] and i < j)):
                yield {j: 1, i: -1}, 0.0, float(day.count(atoms[outer] - atoms[inner]))


def _covered(day: Day, rows: Sequence[str], atoms: Mapping[str, Atoms]):
    """A parent that its rows on one level cover has no more mothers than they have together."""
    number = {area: i for i, area in enumerate(rows)}
    for parent in rows:
        for level, rest in day.rests[parent].items():
            merged = atoms.get(rest.area_id, frozenset())
            members = [unit.area_id for unit in day.below[parent][level] if unit.area_id in number]
            parts = [area for area in members if not atoms[area] <= merged]
            parts += [rest.area_id] if rest.area_id in number else []
            if parts and frozenset().union(*(atoms[area] for area in parts)) >= atoms[parent]:
                yield {number[parent]: 1} | {number[area]: -1 for area in parts}, -np.inf, 0.0


def _matrix(lines: Sequence[Mapping[int, int]], width: int) -> sp.csr_array:
    entries = [(k, column, value) for k, line in enumerate(lines) for column, value in line.items()]
    rows, columns, values = (list(part) for part in zip(*entries, strict=True)) if entries else ([], [], [])
    return sp.csr_array((values, (rows, columns)), shape=(len(lines), width), dtype=np.float64)
