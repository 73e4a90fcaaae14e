"""The map as the attacker knows it: which dwellings each published row is about, and what lies between rows.

Belongs here: sets of atoms (dwellings that no border cuts), their true numbers of children, the regions that
published rows tell apart, and pieces that can be had by adding and subtracting rows. Does not belong here:
counts that are protected (`attack.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

AGE_COLUMNS = {band: "age_" + band.replace("-", "_") for band in ("0-2", "3-5", "6-9", "10-14", "15-17")}
WITH_NUMBERS = ("shown", "rounded")


@dataclass(frozen=True)
class Unit:
    """A row of `area_risk` and where it lies: `atoms` are positions; `published` = something about these
    very dwellings is said."""

    level: str
    area_id: str
    parent_id: str | None
    child_level: str | None
    status: str
    atoms: frozenset[int]
    published: bool


@dataclass
class Map:
    """One date: atoms with their true children, and the units on them."""

    kom: list[str]
    children: np.ndarray
    ages: np.ndarray | None
    units: list[Unit] = field(default_factory=list)

    def count(self, atoms: Iterable[int]) -> int:
        return int(sum(self.children[i] for i in atoms))

    def occupied(self, atoms: Iterable[int]) -> frozenset[int]:
        return frozenset(i for i in atoms if self.children[i])

    @cached_property
    def by_id(self) -> dict[str, Unit]:
        return {unit.area_id: unit for unit in self.units}

    def blocks(self) -> list[frozenset[int]]:
        """Atoms by municipality; those of municipalities without an own row together."""
        own = {unit.area_id: unit for unit in self.units if unit.level == "kommune" and unit.published}
        groups: dict[str, set[int]] = defaultdict(set)
        for i, kom in enumerate(self.kom):
            groups[kom if kom in own else ""].add(i)
        return [frozenset(groups[name]) for name in sorted(groups)]


def read_map(populations: pl.DataFrame, risk: pl.DataFrame, base: int) -> Map:
    """The map of one date from the atoms' populations and that date's rows of `area_risk`.

    An area counts in its own municipality only. A rest holds what its parent's other rows leave; which areas
    without numbers are in it is seen from its published children, where it has any.
    """
    kom = [f"{int(value):03d}" for value in populations["kom"].to_list()]
    ids = [frozenset(value) for value in populations["area_ids"].to_list()]
    ages = None
    if set(AGE_COLUMNS.values()) <= set(populations.columns):
        ages = populations.select(AGE_COLUMNS.values()).to_numpy().astype(np.int64)
    found = Map(kom, populations["children"].to_numpy().astype(np.int64), ages)
    rows = {row["area_id"]: row for row in risk.to_dicts()}

    holding: dict[str, set[int]] = defaultdict(set)
    for i, (place, areas) in enumerate(zip(kom, ids, strict=True)):
        holding["leverance"].add(i)
        holding[place].add(i)
        for area_id in areas:
            if _kommune(area_id, rows) == place:
                holding[area_id].add(i)
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values():
        if row["child_level"] is None and row["parent_id"] is not None:
            parts[row["parent_id"], row["level"]].append(row)
    for row in rows.values():
        if row["child_level"] is None:
            atoms = frozenset(holding[row["area_id"]])
        else:
            atoms = _rest(row, parts[row["parent_id"], row["child_level"]], holding, found, base)
        status = row["cell_status"]
        numbers = row["children"] is not None or row["at_risk"] is not None
        published = status in WITH_NUMBERS or status == "group_hidden" or numbers
        found.units.append(
            Unit(
                row["level"],
                row["area_id"],
                row["parent_id"],
                row["child_level"],
                status,
                atoms,
                published,
            )
        )
    return found


def _kommune(area_id: str, rows: dict[str, dict[str, Any]]) -> str | None:
    row = rows.get(area_id)
    while row is not None and row["level"] != "kommune":
        row = rows.get(row["parent_id"])
    return row["area_id"] if row else None


def _rest(
    rest: dict[str, Any],
    siblings: Sequence[dict[str, Any]],
    holding: dict[str, set[int]],
    found: Map,
    base: int,
) -> frozenset[int]:
    def without(statuses: tuple[str, ...]) -> frozenset[int]:
        """The parent less the siblings that are neither merged nor of these statuses."""
        apart = [
            # Where single counts are hidden (suppression), the row is still a row of its own.
            holding[s["area_id"]]
            for s in siblings
            if s["cell_status"] not in statuses or s["children"] is not None
        ]
        return frozenset(holding[rest["parent_id"]].difference(*apart))

    widest = without(("too_small", "hidden", "group_hidden"))
    if rest["children"] is None:
        return widest
    for atoms in (widest, without(("too_small", "hidden")), without(("too_small",)), without(())):
        if abs(found.count(atoms) - rest["children"]) < base:
            return atoms
    return widest


def regions_of(found: Map, block: frozenset[int], units: Sequence[Unit]) -> list[frozenset[int]]:
    """Sets of atoms that the units don't tell apart; those without children left out."""
    inside: dict[int, list[int]] = {i: [] for i in sorted(block)}
    for position, unit in enumerate(units):
        for i in unit.atoms & block:
            inside[i].append(position)
    groups: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for i, positions in inside.items():
        groups[tuple(positions)].add(i)
    return [frozenset(atoms) for _, atoms in sorted(groups.items()) if found.count(atoms)]


def computable_pieces(
    found: Map, block: frozenset[int], rows: Sequence[Unit], smallest: int
) -> tuple[int, int]:
    """(pieces that can be had by adding and subtracting rows though they are below the size, pieces tried).

    Pieces are the map's areas, shown or not, overlaps of two, and what two overlapping ones leave of each.
    """
    areas = {unit.atoms & block for unit in found.units if unit.atoms & block}
    pieces = set(areas)
    for a, b in combinations(sorted(areas, key=sorted), 2):
        if a & b:
            pieces |= {a & b, a - b, b - a}
    small = [p for p in pieces if 0 < found.count(p) < smallest]
    return spanned(found, block, [unit.atoms for unit in rows], small), len(pieces)


def spanned(
    found: Map, block: frozenset[int], rows: Sequence[frozenset[int]], wanted: Sequence[frozenset[int]]
) -> int:
    """How many of the wanted pieces of a block some sum of its rows gives."""
    if not rows or not wanted:
        return 0
    # Atoms without children take no part: that nobody lives there is known.
    order = {atom: j for j, atom in enumerate(sorted(found.occupied(block)))}

    def indicators(sets: Sequence[frozenset[int]]) -> np.ndarray:
        columns = np.zeros((len(order), len(sets)))
        for k, atoms in enumerate(sets):
            columns[[order[i] for i in atoms if i in order], k] = 1
        return columns

    basis, weights, _ = np.linalg.svd(indicators(rows), full_matrices=False)
    basis = basis[:, weights > 1e-9 * max(1.0, weights[0])]
    pieces = indicators(wanted)
    away = np.abs(pieces - basis @ (basis.T @ pieces)).max(axis=0)
    return int((away < 1e-7).sum())
