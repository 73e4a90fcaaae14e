"""Which rows are shown, and what the rests then hold.

Belongs here: sizes, the group rule, merging into the rest of the parent, slivers between overlapping areas
and between an old and a new border, which factors are shown of a shown row; everything on sets of atoms. Does
not belong here: counts as published (`rounding.py`, `suppression.py`), tables (`tables.py`).

What isn't shown is never the difference between a parent and its shown parts alone: it is merged into the
rest, and the rest obeys the same rules. For factors the rest takes the others' place: it is hidden with them.

A border that moved. An area's counts of two neighbouring dates, one less the other, are those of the sliver
its border took or gave, if nothing else changed. Much does between two 31 Decembers: the difference is that
of the sliver and of all who came to the area or left it meanwhile, and nobody can tell them apart. So the
sliver together with those who came must be as large as an area must be; else the area is hidden at this date
and merged into the rest. At the next date the border stands, and the area is shown again: two years apart the
stairwell is among still more others. Hiding the area for as long as anybody can look up its old counts would
hide it for ever, for one stairwell; not counting who came would hide it every year, since hardly a list of
dwellings stays the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from assets.disclosure.dates import AT_RISK, FACTOR_PARTS, ITEM_NUMBER, Atoms, Day, Unit
from assets.disclosure.policy import Policy
from schemas.release import FACTORS

Fate = Literal["shown", "group_hidden", "too_small", "hidden"]


@dataclass
class Overruled:
    """Rows that must not be shown whatever their size, as (family, area_id): their published counts would say
    something about everybody (`group`), or could be computed too closely (`hidden`)."""

    group: set[tuple[str, str]] = field(default_factory=set)
    hidden: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Decision:
    """What becomes of a row: `atoms` and `mothers` as published; mothers None where they can't be known."""

    fate: Fate
    atoms: Atoms = frozenset()
    mothers: int | None = None


@dataclass
class Plan:
    """`rows`: a decision per row, for its children, states and number of factors. `families`: the fate of its
    factors and ages, of which never more is shown than of the row itself."""

    rows: dict[str, Decision]
    families: dict[str, dict[str, Fate]]

    def is_shown(self, family: str, area_id: str) -> bool:
        if family == "risk":
            return self.rows[area_id].fate == "shown"
        return self.families[family].get(area_id) == "shown"

    def shown(self, family: str) -> dict[str, Atoms]:
        """The rows shown of a family, with their atoms as published."""
        return {a: decision.atoms for a, decision in self.rows.items() if self.is_shown(family, a)}


def _withheld(fate: Fate) -> Fate:
    """The fate of a row that goes along with others: its own reason, if it has one."""
    return "hidden" if fate == "shown" else fate


def make_plan(
    day: Day, policy: Policy, overruled: Overruled | None = None, *, f5_is_rented: bool = True
) -> Plan:
    """Top-down: a row that isn't shown takes everything below it along, since its parts would add up to
    it."""
    overruled = overruled or Overruled()
    rows = _Merging(day, policy, overruled).run()
    families: dict[str, dict[str, Fate]] = {
        factor: _FactorRows(day, policy, overruled, rows, factor, f5_is_rented).run() for factor in FACTORS
    }
    families["ages"] = {area_id: rows[area_id].fate for area_id in day.with_ages if area_id in rows}
    for family, area_id in overruled.hidden:
        if family == "ages" and rows[area_id].fate == "shown":
            families["ages"][area_id] = "hidden"
    return Plan(rows, families)


class _Merging:
    def __init__(self, day: Day, policy: Policy, overruled: Overruled) -> None:
        self.day, self.policy, self.size, self.overruled = day, policy, policy.size, overruled
        self.children: list[int] = day.children.tolist()
        self.at_risk: list[int] = day.counts[:, ITEM_NUMBER[AT_RISK]].tolist()
        self.not_at_risk: list[int] = day.counts[:, ITEM_NUMBER["risk", "not_at_risk"]].tolist()
        self.earlier = {area_id: self.occupied(atoms) for area_id, atoms in day.earlier.items()}
        standing = {self.occupied(unit.atoms) for unit in day.units.values()}
        self.gone = {
            area_id: atoms
            for area_id, atoms in self.earlier.items()
            if atoms not in standing and self.count(atoms) >= self.size.min_children
        }
        """Earlier borders that are no border now and were wide enough to be shown."""
        self.decisions: dict[str, Decision] = {}
        self.overlaps: dict[str, list[Atoms]] = {}
        """Per shown row, sets inside it that are known though not printed: its overlaps with shown siblings,
        and those of the rows above it."""

    def run(self) -> dict[str, Decision]:
        root = self.day.units[self.day.root]
        fate = self.fate_of(root)
        if fate == "shown":
            self.show(root)
        else:
            self.withhold(root, fate)
        return self.decisions

    def show(self, unit: Unit) -> None:
        self.decisions[unit.area_id] = Decision("shown", unit.atoms, unit.mothers)
        for level in sorted(self.day.rests[unit.area_id]):
            self.split(unit, level)

    def withhold(self, unit: Unit, fate: Fate) -> None:
        self.decisions[unit.area_id] = Decision(fate)
        for level, rest in self.day.rests[unit.area_id].items():
            for member in self.day.below[unit.area_id][level]:
                self.withhold(member, fate)
            self.decisions[rest.area_id] = Decision(fate)

    def fate_of(self, unit: Unit) -> Fate:
        if not self.fits(unit.atoms, [unit]):
            return "too_small"
        if self.is_group(unit.atoms) or ("risk", unit.area_id) in self.overruled.group:
            return "group_hidden"
        if ("risk", unit.area_id) in self.overruled.hidden or self.is_told_by_border(unit):
            return "hidden"
        return "shown"

    def is_told_by_border(self, unit: Unit) -> bool:
        """What a moved border took or gave, and who came since, are too few to be known."""
        now = self.occupied(unit.atoms)
        if unit.level in ("leverance", "kommune") or now in self.earlier.values():
            return False
        nested = {*self.day.descendants(unit.area_id), *self.day.ancestors(unit.area_id)}
        for area_id, before in self.gone.items():
            if area_id in nested or not before & now:
                continue  # what lies between a row and one below it is a rest, and judged as one
            came = sum(self.day.newcomers[i] for i in before & now)
            if any(self.is_little(piece, came) for piece in (now - before, before - now)):
                return True
        return False

    def is_little(self, piece: Atoms, came: int) -> bool:
        """Whether a piece and `came` others, with as many mothers per child, are fewer than an area needs."""
        children, mothers = self.count(piece), max((self.day.mothers[i] for i in piece), default=0)
        few_mothers = mothers * (children + came) < self.size.min_mothers * children
        return children > 0 and (children + came < self.size.min_children or few_mothers)

    def occupied(self, atoms: Atoms) -> Atoms:
        return frozenset(i for i in atoms if self.children[i])

    def split(self, parent: Unit, level: str) -> None:
        """Decide the parts of a shown parent on one level, and their rest."""
        members, natural = self.day.below[parent.area_id][level], self.day.rests[parent.area_id][level]
        known = [natural, parent, *(self.day.units[a] for a in self.day.descendants(parent.area_id))]
        fates: dict[str, Fate] = {unit.area_id: self.fate_of(unit) for unit in members}
        shown = {unit.area_id: unit for unit in members if fates[unit.area_id] == "shown"}
        withheld = [unit for unit in members if fates[unit.area_id] in ("group_hidden", "hidden")]
        taken: list[Unit] = []
        rest_overruled = {"risk"} & {
            family for family, area in self.overruled.group | self.overruled.hidden if area == natural.area_id
        }
        overlaps = self.overlaps.get(parent.area_id, [])
        while True:
            rest = parent.atoms.difference(*(unit.atoms for unit in shown.values()))
            slivers = self.slivers(list(shown.values()), known)
            cut = [unit for unit in shown.values() if self.is_cut(unit.atoms, overlaps, known)]
            if self.count(rest) and not self.is_fit_rest(rest, known, withheld):
                candidates = list(shown.values())
            elif cut or self.is_cut(rest, overlaps, known):
                # A part without an overlap of rows above (or the reverse) is too little.
                candidates = cut or list(shown.values())
            elif slivers and not self.count(rest):
                # That nothing is left over may be seen from the map, so hiding the rest would hide nothing.
                candidates = slivers
            elif rest_overruled and self.count(rest) and not taken:
                # Its counts came out unfit: others along with it give it other counts.
                candidates = list(shown.values())
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
                others = [other.atoms for other in shown.values() if other is not unit]
                self.overlaps[unit.area_id] = [
                    both for atoms in (*others, *overlaps) if self.count(both := atoms & unit.atoms)
                ]
                self.show(unit)
            else:
                self.withhold(unit, _withheld(fates[unit.area_id]))

    def is_fit_rest(self, rest: Atoms, known: Collection[Unit], withheld: Sequence[Unit]) -> bool:
        """Big enough, not all alike, and not as good as the counts of one row that is withheld for them."""
        alone = any(
            self.count(rest - unit.atoms) < self.size.min_children for unit in withheld if unit.atoms <= rest
        )
        return self.fits(rest, known) and not self.is_group(rest) and not alone

    def slivers(self, shown: Sequence[Unit], known: Collection[Unit]) -> list[Unit]:
        """Shown areas that overlap another so that the overlap or what is left of either is too small to be
        known."""
        found = []
        for a, b in combinations(shown, 2):
            both = a.atoms & b.atoms
            if both and self.count(both):
                pieces = (both, a.atoms - both, b.atoms - both)
                if any(self.count(piece) and not self.fits(piece, known) for piece in pieces):
                    found += [a, b]
        return found

    def is_cut(self, atoms: Atoms, overlaps: Collection[Atoms], known: Collection[Unit]) -> bool:
        """What is left between a row and a known overlap is too small to be known."""
        if not self.count(atoms):
            return False
        nested = [other for other in overlaps if other <= atoms or atoms <= other]
        pieces = [atoms ^ other for other in nested]
        return any(self.count(piece) and not self.fits(piece, known) for piece in pieces)

    def count(self, atoms: Atoms) -> int:
        return sum(self.children[i] for i in atoms)

    def is_group(self, atoms: Atoms) -> bool:
        at_risk, others = (sum(counts[i] for i in atoms) for counts in (self.at_risk, self.not_at_risk))
        return self.policy.is_group(at_risk, others)

    def fits(self, atoms: Atoms, known: Collection[Unit]) -> bool:
        """Big enough to be shown.

        Mothers don't add up (one may have children in two atoms), so those of a merged set are bounded from
        below: of a unit's mothers at most one per child outside the set can be outside it altogether.
        """
        if self.count(atoms) < self.size.min_children:
            return False
        return any(unit.mothers - self.count(unit.atoms - atoms) >= self.size.min_mothers for unit in known)


class _FactorRows:
    """One factor: which shown rows show it."""

    def __init__(
        self,
        day: Day,
        policy: Policy,
        overruled: Overruled,
        rows: Mapping[str, Decision],
        factor: str,
        f5_is_rented: bool,
    ) -> None:
        self.day, self.policy, self.overruled, self.rows, self.factor = day, policy, overruled, rows, factor
        self.children: list[int] = day.children.tolist()
        yes, no = (ITEM_NUMBER[factor, part] for part in FACTOR_PARTS[:2])
        self.yes, self.no = day.counts[:, yes].tolist(), day.counts[:, no].tolist()
        self.almene = (
            {a for a in rows if day.is_almene(a, policy.group.almene_dwellings_pct)}
            if factor == FACTORS[4] and f5_is_rented
            else set()
        )
        self.fates: dict[str, Fate] = {a: _withheld(d.fate) for a, d in rows.items()}

    def run(self) -> dict[str, Fate]:
        root = self.day.root
        if self.rows[root].fate == "shown":
            fate = self.fate_of(root)
            self.fates[root] = fate
            if fate == "shown":
                self.descend(root)
            else:
                self.name_below(root)
        return self.fates

    def fate_of(self, area_id: str) -> Fate:
        atoms, unit = self.rows[area_id].atoms, self.day.units[area_id]
        children = self.count(atoms)
        if not children:
            return "shown"
        level = "kommune" if unit.child_level == "kommune" else unit.level
        if children < self.policy.min_children_of_factor(self.factor, level):
            return "too_small"
        # Nobody with the factor is a group too, but is judged by what is published: hiding only what is
        # exactly none would tell that a shown 0 is not.
        if (self.factor, area_id) in self.overruled.group or self.is_group(atoms, {area_id}):
            return "group_hidden"
        return "hidden" if (self.factor, area_id) in self.overruled.hidden else "shown"

    def descend(self, parent: str) -> None:
        for level, rest in sorted(self.day.rests[parent].items()):
            self.split(parent, level, rest.area_id)

    def name_below(self, area_id: str) -> None:
        """Why rows below a row without the factor don't show it: their own size, or the row above."""
        for below in self.day.descendants(area_id):
            if self.rows[below].fate == "shown":
                fate = self.fate_of(below)
                self.fates[below] = _withheld(fate)

    def split(self, parent: str, level: str, rest: str) -> None:
        members = [m.area_id for m in self.day.below[parent][level] if self.rows[m.area_id].fate == "shown"]
        rows = [*members, *([rest] if self.rows[rest].fate == "shown" else [])]
        fates: dict[str, Fate] = {row: self.fate_of(row) for row in rows}
        shown = {row for row in rows if fates[row] == "shown"}
        needed = self.policy.min_children_of_factor(
            self.factor, "kommune" if level == "kommune" else "omraade"
        )
        while True:
            left = self.rows[parent].atoms.difference(*(self.rows[row].atoms for row in shown))
            hidden = [row for row in rows if row not in shown and self.count(self.rows[row].atoms)]
            if not self.count(left) or (
                len(hidden) > 1 and self.count(left) >= needed and not self.is_group(left, set(hidden))
            ):
                break
            candidates = [row for row in shown if self.count(self.rows[row].atoms)]
            if not candidates:
                break
            shown.remove(
                min(candidates, key=lambda row: (row != rest, self.count(self.rows[row].atoms), row))
            )
        for row in rows:
            if row in shown:
                self.fates[row] = "shown"
                self.descend(row)
            else:
                self.fates[row] = _withheld(fates[row])
                self.name_below(row)

    def is_group(self, atoms: Atoms, rows: set[str]) -> bool:
        yes, no = (sum(counts[i] for i in atoms) for counts in (self.yes, self.no))
        return self.policy.is_group(yes, no) and not rows <= self.almene

    def count(self, atoms: Atoms) -> int:
        return sum(self.children[i] for i in atoms)
