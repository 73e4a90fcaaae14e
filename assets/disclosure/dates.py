"""One reference date opened for protection: its rows, and the atoms they are sums of.

Belongs here: reading the exact tables, which atoms lie in which row. An atom is a cell of the aggregation:
children of one municipality with exactly the same areas; no border cuts it. Does not belong here: deciding
anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from schemas.errors import DisclosureRefused
from schemas.release import AGE_BANDS, FACTORS, N_FACTORS

RISK = ("at_risk", "not_at_risk", "undetermined")
FACTOR_PARTS = ("children_with", "children_without", "children_unknown")

PARTITIONS: dict[str, tuple[str, ...]] = {
    "risk": RISK,
    "n_factors": N_FACTORS,
    **dict.fromkeys(FACTORS, FACTOR_PARTS),
    "ages": AGE_BANDS,
}
"""Each divides a row's children. `risk` and `n_factors` are shown together or not at all, and 3+ are the
children at risk."""

FAMILIES = ("risk", *FACTORS, "ages")
"""What may be shown of a row independently of the rest."""

Item = tuple[str, str]
"""(partition, part), or ("children", "children")."""
CHILDREN: Item = ("children", "children")
AT_RISK: Item = ("risk", "at_risk")
_FIRST_THREE: tuple[Item, ...] = tuple(("n_factors", part) for part in N_FACTORS[:3])
FAMILY_ITEMS: dict[str, tuple[Item, ...]] = {
    "risk": (*((("risk", part)) for part in RISK), *_FIRST_THREE),
    **{family: tuple((family, part) for part in PARTITIONS[family]) for family in (*FACTORS, "ages")},
}
"""The separate counts of a family; 3+ is AT_RISK and not counted twice."""
ITEMS: tuple[Item, ...] = (CHILDREN, *(item for family in FAMILIES for item in FAMILY_ITEMS[family]))
ITEM_NUMBER = {item: number for number, item in enumerate(ITEMS)}


def same_item(item: Item) -> Item:
    """The item under which a count is kept: 3+ is AT_RISK."""
    return AT_RISK if item == ("n_factors", N_FACTORS[3]) else item


Atoms = frozenset[int]


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
    name: str = ""

    def words(self) -> str:
        if self.child_level is not None:
            return f"rest of {self.parent_id} ({self.child_level})"
        return self.area_id if self.level == "leverance" else f"{self.level} {self.area_id}"


@dataclass
class Day:
    """One reference date of one definition. `counts[i]` are the ITEMS of atom i."""

    day: date
    units: dict[str, Unit]
    counts: np.ndarray
    design_effect: dict[str, float]
    with_ages: frozenset[str]
    almene_pct: dict[str, float]
    mothers: tuple[int, ...] = ()
    """Different mothers of the children of each atom: those of a set of atoms are at least as many as those
    of any of its atoms."""
    before: date | None = None
    """The reference date before, if it is published too."""
    earlier: dict[str, Atoms] = field(default_factory=dict)
    """The atoms inside each area's border of `before`, ended areas included; empty if there is none."""
    newcomers: tuple[int, ...] = ()
    """Children of each atom who did not live inside its earlier borders then."""

    def __post_init__(self) -> None:
        self.children = self.counts[:, ITEM_NUMBER[CHILDREN]]
        self.root = next(unit.area_id for unit in self.units.values() if unit.parent_id is None)
        self.below: dict[str, dict[str, list[Unit]]] = defaultdict(lambda: defaultdict(list))
        self.rests: dict[str, dict[str, Unit]] = defaultdict(dict)
        for unit in self.units.values():
            if unit.parent_id is None:
                continue
            if unit.child_level is None:
                self.below[unit.parent_id][unit.level].append(unit)
            else:
                self.rests[unit.parent_id][unit.child_level] = unit

    def count(self, atoms: Iterable[int]) -> int:
        return int(self.children[list(atoms)].sum())

    def sums(self, atoms: Iterable[int]) -> np.ndarray:
        """All ITEMS of a set of atoms."""
        return self.counts[sorted(atoms)].sum(axis=0)

    def kommune_of(self, area_id: str) -> str | None:
        """The municipality a row lies in (itself, if it is one); None for the delivery and its rest."""
        unit = self.units[area_id]
        while unit.level != "kommune":
            if unit.parent_id is None:
                return None
            unit = self.units[unit.parent_id]
        return unit.area_id

    def is_almene(self, area_id: str, share_pct: float) -> bool:
        """Whether so much of an area is almene that everybody may be seen to rent there."""
        return self.almene_pct.get(area_id, 0.0) >= share_pct

    def ancestors(self, area_id: str) -> list[str]:
        above = self.units[area_id].parent_id
        return [] if above is None else [above, *self.ancestors(above)]

    def descendants(self, area_id: str) -> list[str]:
        """Everything below a row, rests included."""
        found: list[str] = []
        for members in self.below[area_id].values():
            for member in members:
                found += [member.area_id, *self.descendants(member.area_id)]
        return found + [rest.area_id for rest in self.rests[area_id].values()]


def open_dates(
    exact: Mapping[str, pl.DataFrame], definition: str, standing: Collection[date] = ()
) -> list[Day]:
    """Every reference date of the definition, oldest first. `standing`: dates that are published beside them.

    Raises:
        DisclosureRefused: rows that are not the sum of their cells; what doesn't add up can't be protected.
    """
    frames = {
        name: frame.filter(pl.col("definition") == definition) if "definition" in frame.columns else frame
        for name, frame in exact.items()
    }
    days = frames["area_risk"]["reference_date"].unique().sort().to_list()
    opened: list[Day] = []
    for day in days:
        here = {name: frame.filter(pl.col("reference_date") == day) for name, frame in frames.items()}
        opened.append(_open_date(day, here, {*days, *standing}))
    return opened


def _open_date(day: date, exact: Mapping[str, pl.DataFrame], published: Collection[date]) -> Day:
    cells = exact["cell"].to_dicts()
    counts = np.array([_counts_of(cell) for cell in cells], dtype=np.int64).reshape(len(cells), len(ITEMS))
    rows = exact["area_risk"].to_dicts()
    areas = {row["area_id"]: row for row in rows}

    before = next((cell["earlier_date"] for cell in cells if cell["earlier_date"] in published), None)
    inside: dict[str, set[int]] = {area_id: set() for area_id in areas}
    earlier: dict[str, set[int]] = defaultdict(set)
    for i, cell in enumerate(cells):
        kom = f"{cell['kom']:03d}"
        inside["leverance"].add(i)
        if kom in inside:
            inside[kom].add(i)
        for area_id in cell["area_ids"]:
            # As in the aggregation: a child counts in its municipality, and in areas of that municipality
            # only.
            if area_id in areas and _kommune_of(area_id, areas) == kom:
                inside[area_id].add(i)
        for area_id in cell["earlier_area_ids"] if before else ():
            if area_id not in areas or _kommune_of(area_id, areas) == kom:
                earlier[area_id].add(i)
    parts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row["child_level"] is None and row["parent_id"] is not None:
            parts[row["parent_id"], row["level"]] |= inside[row["area_id"]]
    for row in rows:
        if row["child_level"] is not None:
            inside[row["area_id"]] = inside[row["parent_id"]] - parts[row["parent_id"], row["child_level"]]

    units = {
        row["area_id"]: Unit(
            row["level"],
            row["area_id"],
            row["parent_id"],
            row["child_level"],
            row["mothers"],
            frozenset(inside[row["area_id"]]),
            row["area_name"],
        )
        for row in rows
    }
    opened = Day(
        day=day,
        units=units,
        counts=counts,
        # Rounded first: the intervals follow from what is published.
        design_effect={
            row["area_id"]: round(row["design_effect"], 1) for row in exact["design_effect"].to_dicts()
        },
        with_ages=frozenset(exact["area_children"]["area_id"]),
        almene_pct={
            row["area_id"]: 100 * row["almene"] / row["dwellings"]
            for row in exact["dwelling"].to_dicts()
            if row["dwellings"]
        }
        if "dwelling" in exact
        else {},
        mothers=tuple(cell["mothers"] for cell in cells),
        before=before,
        earlier={area_id: frozenset(atoms) for area_id, atoms in earlier.items()},
        newcomers=tuple(cell["newcomers"] for cell in cells),
    )
    wrong = 0
    for unit in units.values():
        sums, row = opened.sums(unit.atoms), areas[unit.area_id]
        wrong += sums[ITEM_NUMBER[CHILDREN]] != row["children"]
        wrong += any(sums[ITEM_NUMBER["risk", part]] != row[part] for part in RISK)
    if wrong:
        raise DisclosureRefused(
            f"area_risk, {day}: {wrong:,} of {len(units):,} rows are not the sum of their cells."
        )
    return opened


def _counts_of(cell: Mapping[str, Any]) -> list[int]:
    """The ITEMS of a cell."""
    children = int(cell["children"])
    counts: dict[Item, int] = {CHILDREN: children}
    counts |= {("risk", part): int(cell[part]) for part in RISK}
    counts |= {
        ("n_factors", part): int(cell[name])
        for part, name in zip(N_FACTORS, ("n0", "n1", "n2"), strict=False)
    }
    for factor in FACTORS:
        short = factor.split("_")[0]
        yes, known = int(cell[f"{short}_with"]), int(cell[f"{short}_known"])
        counts |= zip(
            ((factor, part) for part in FACTOR_PARTS), (yes, known - yes, children - known), strict=True
        )
    counts |= {("ages", band): int(cell["age_" + band.replace("-", "_")]) for band in AGE_BANDS}
    return [counts[item] for item in ITEMS]


def _kommune_of(area_id: str, areas: Mapping[str, Mapping[str, Any]]) -> str | None:
    row: Mapping[str, Any] | None = areas[area_id]
    while row is not None and row["level"] != "kommune":
        row = areas.get(row["parent_id"])
    return row["area_id"] if row else None
