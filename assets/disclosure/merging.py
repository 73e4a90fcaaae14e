"""Which areas are shown, and what the rests then hold.

Belongs here: sizes, merging into the rest of the parent, slivers between overlapping areas; everything on
sets of atoms (the cells of the aggregation: children of one municipality with exactly the same areas).
Does not belong here: counts within a row (`hiding.py`), tables (`protect.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from assets.disclosure.policy import Size

Atoms = frozenset[int]
Fate = Literal["shown", "too_small", "hidden"]


@dataclass(frozen=True)
class Unit:
    """A row of the level tables before protection: an area, the delivery, or a rest (`child_level` set).

    `atoms` are the positions of its cells; `mothers` its number of different mothers.
    """

    level: str
    area_id: str
    parent_id: str | None
    child_level: str | None
    mothers: int
    atoms: Atoms


@dataclass(frozen=True)
class Decision:
    """What becomes of a unit: `atoms` and `mothers` as published; mothers None where they can't be known."""

    fate: Fate
    atoms: Atoms = frozenset()
    mothers: int | None = None


def decide(units: Sequence[Unit], children: Sequence[int], size: Size) -> dict[str, Decision]:
    """A decision per area_id. `children[i]` is the number of children in atom i.

    Top-down: a unit that isn't shown takes everything below it along, since its parts would add up to it.
    """
    return _Merging(units, children, size).run()


class _Merging:
    def __init__(self, units: Sequence[Unit], children: Sequence[int], size: Size) -> None:
        self.units = {unit.area_id: unit for unit in units}
        self.children, self.size = children, size
        self.below: dict[str, dict[str, list[Unit]]] = defaultdict(lambda: defaultdict(list))
        self.rests: dict[str, dict[str, Unit]] = defaultdict(dict)
        for unit in units:
            if unit.parent_id is None:
                continue
            if unit.child_level is None:
                self.below[unit.parent_id][unit.level].append(unit)
            else:
                self.rests[unit.parent_id][unit.child_level] = unit
        self.decisions: dict[str, Decision] = {}

    def run(self) -> dict[str, Decision]:
        for unit in self.units.values():
            if unit.parent_id is None:
                if self.fits(unit.atoms, [unit]):
                    self.show(unit)
                else:
                    self.withhold(unit, "too_small")
        return self.decisions

    def show(self, unit: Unit) -> None:
        self.decisions[unit.area_id] = Decision("shown", unit.atoms, unit.mothers)
        for level in sorted(self.rests[unit.area_id]):
            self.split(unit, level)

    def withhold(self, unit: Unit, fate: Fate) -> None:
        self.decisions[unit.area_id] = Decision(fate)
        for level, rest in self.rests[unit.area_id].items():
            for member in self.below[unit.area_id][level]:
                self.withhold(member, fate)
            self.decisions[rest.area_id] = Decision(fate)

    def split(self, parent: Unit, level: str) -> None:
        """Decide the parts of a shown parent on one level, and their rest."""
        members, natural = self.below[parent.area_id][level], self.rests[parent.area_id][level]
        known = [natural, parent, *self.all_below(parent)]
        shown = {unit.area_id: unit for unit in members if self.fits(unit.atoms, [unit])}
        taken: list[Unit] = []
        while True:
            rest = parent.atoms.difference(*(unit.atoms for unit in shown.values()))
            slivers = self.slivers(list(shown.values()), known)
            if self.count(rest) and not self.fits(rest, known):
                candidates = list(shown.values())
            elif slivers and not self.count(rest):
                # That nothing is left over may be seen from the map, so hiding the rest would hide nothing.
                candidates = slivers
            else:
                break
            if not candidates:
                break  # nothing is shown: the rest is the parent itself
            smallest = min(candidates, key=lambda unit: (self.count(unit.atoms), unit.area_id))
            taken.append(shown.pop(smallest.area_id))

        # Parts + rest - parent = what is counted twice: a small overlap stays unknown only if the rest does.
        if slivers:
            self.decisions[natural.area_id] = Decision("hidden")
        elif rest == natural.atoms:
            self.decisions[natural.area_id] = Decision("shown", rest, natural.mothers)
        else:
            self.decisions[natural.area_id] = Decision("shown", rest, None)
        for unit in members:
            if unit.area_id in shown:
                self.show(unit)
            else:
                self.withhold(unit, "hidden" if unit in taken else "too_small")

    def slivers(self, shown: Sequence[Unit], known: Collection[Unit]) -> list[Unit]:
        """Shown areas that overlap another so that the overlap or what is left of either is too small to be
        known.
        """
        found = []
        for a, b in combinations(shown, 2):
            both = a.atoms & b.atoms
            if self.count(both):
                pieces = (both, a.atoms - both, b.atoms - both)
                if any(self.count(piece) and not self.fits(piece, known) for piece in pieces):
                    found += [a, b]
        return found

    def count(self, atoms: Atoms) -> int:
        return sum(self.children[i] for i in atoms)

    def all_below(self, unit: Unit) -> list[Unit]:
        members = [member for level in self.below[unit.area_id].values() for member in level]
        return members + [found for member in members for found in self.all_below(member)]

    def fits(self, atoms: Atoms, known: Collection[Unit]) -> bool:
        """Big enough to be shown.

        Mothers don't add up (one may have children in two atoms), so those of a merged set are bounded from
        below: of a unit's mothers at most one per child outside the set can be outside it altogether.
        """
        if self.count(atoms) < self.size.min_children:
            return False
        return any(unit.mothers - self.count(unit.atoms - atoms) >= self.size.min_mothers for unit in known)


def sum_counts(atoms: Atoms, counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Counts of a set of atoms, by measure; zeros for the empty set."""
    names = counts[0].keys() if counts else ()
    return {name: sum(counts[i][name] for i in atoms) for name in names}
