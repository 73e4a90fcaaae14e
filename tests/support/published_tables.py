"""Published tables of an invented delivery, made without any of the project's protection.

Belongs here: children with their five factors in an invented map, exact counts of its rows, and three ways to
publish them: exactly, each count rounded by itself, or all together so that they add up (a small integer
program). Does not belong here: expectations; anything of `assets`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

FACTORS = (
    "f1_ikke_kernefamilie",
    "f2_doemt",
    "f3_kontanthjaelp_pension",
    "f4_ingen_uddannelse",
    "f5_boligforhold",
)
AGES = ("0-2", "3-5", "6-9", "10-14", "15-17")
AGE_COLUMNS = tuple("age_" + band.replace("-", "_") for band in AGES)
DAY = date(2024, 12, 31)

ITEMS = (
    "children",
    "at_risk",
    "not_at_risk",
    "undetermined",
    *(f"n:{n}" for n in ("0", "1", "2", "3+")),
    *(f"{f}:{k}" for f in FACTORS for k in ("children_with", "children_without", "children_unknown")),
    *(f"age:{band}" for band in AGES),
)
PARTITIONS = (
    ("at_risk", "not_at_risk", "undetermined"),
    ("n:0", "n:1", "n:2", "n:3+"),
    *(tuple(f"{f}:{k}" for k in ("children_with", "children_without", "children_unknown")) for f in FACTORS),
    tuple(f"age:{band}" for band in AGES),
)
Publish = Literal["exact", "independent", "controlled"]


@dataclass(frozen=True)
class Area:
    area_id: str
    level: str
    parent_id: str | None


@dataclass
class Atom:
    """Dwellings no border cuts; `children` are (five of True, False or None; age band)."""

    kom: int
    area_ids: tuple[str, ...]
    children: list[tuple[tuple[bool | None, ...], int]]


def child(*factors: int, unknown: Sequence[int] = (), age: int = 1) -> tuple[tuple[bool | None, ...], int]:
    """A child with these factors (1 to 5), others not, some unknown."""
    return tuple(None if f in unknown else f in factors for f in range(1, 6)), age


def counts_of(children: Iterable[tuple[tuple[bool | None, ...], int]]) -> dict[str, int]:
    found = dict.fromkeys(ITEMS, 0)
    for factors, age in children:
        yes, unknown = factors.count(True), factors.count(None)
        found["children"] += 1
        found[f"age:{AGES[age]}"] += 1
        found["n:" + ("3+" if yes >= 3 else str(yes))] += 1
        state = "at_risk" if yes >= 3 else "not_at_risk" if yes + unknown < 3 else "undetermined"
        found[state] += 1
        for factor, has in zip(FACTORS, factors, strict=True):
            kind = "children_unknown" if has is None else "children_with" if has else "children_without"
            found[f"{factor}:{kind}"] += 1
    return found


@dataclass
class World:
    """Atoms and areas of one date. `merged`: areas that aren't shown and lie in the rest of their parent."""

    atoms: list[Atom]
    areas: list[Area]
    merged: Mapping[str, str] = field(default_factory=dict)
    day: date = DAY
    factor_children: int = 200

    def rows(self) -> list[dict[str, Any]]:
        """Every row with the atoms it is about: areas, the delivery, and the rests."""
        by_id = {a.area_id: a for a in self.areas}

        def kommune(area: Area) -> str:
            while area.level != "kommune":
                area = by_id[str(area.parent_id)]
            return area.area_id

        inside = {"leverance": set(range(len(self.atoms)))}
        for a in self.areas:
            here = [i for i, atom in enumerate(self.atoms) if atom.kom == int(kommune(a))]
            inside[a.area_id] = {
                i for i in here if a.level == "kommune" or a.area_id in self.atoms[i].area_ids
            }
        rows = [{"area_id": "leverance", "level": "leverance", "parent_id": None, "child_level": None}]
        rows += [
            {"area_id": a.area_id, "level": a.level, "parent_id": a.parent_id, "child_level": None}
            for a in self.areas
        ]
        for row in rows:
            row["atoms"] = inside[str(row["area_id"])]
        for parent, level in dict.fromkeys((str(a.parent_id), a.level) for a in self.areas):
            shown = [
                inside[a.area_id]
                for a in self.areas
                if (a.parent_id, a.level) == (parent, level) and a.area_id not in self.merged
            ]
            rows.append(
                {
                    "area_id": f"{parent}:rest:{level}",
                    "level": "rest",
                    "parent_id": parent,
                    "child_level": level,
                    "atoms": inside[parent].difference(*shown),
                }
            )
        return rows

    def populations(self) -> pl.DataFrame:
        rows = []
        for atom in self.atoms:
            counts = counts_of(atom.children)
            ages = {column: counts[f"age:{band}"] for band, column in zip(AGES, AGE_COLUMNS, strict=True)}
            rows.append(
                {"reference_date": self.day, "kom": atom.kom, "area_ids": list(atom.area_ids)}
                | {"children": counts["children"]}
                | ages
            )
        return pl.DataFrame(rows, schema_overrides={"area_ids": pl.List(pl.String)})

    def exact(self) -> dict[str, dict[str, int]]:
        per_atom = [counts_of(atom.children) for atom in self.atoms]
        return {
            str(row["area_id"]): {item: sum(per_atom[i][item] for i in row["atoms"]) for item in ITEMS}
            for row in self.rows()
        }

    def tables(
        self,
        how: Publish = "controlled",
        base: int = 5,
        seed: int = 0,
        hide: Callable[[str, str], bool] | None = None,
        instead: Mapping[tuple[str, str], int] | None = None,
    ) -> dict[str, pl.DataFrame]:
        """The four tables; `hide(area_id, item)` hides single counts, `instead` publishes others."""
        exact, rows = self.exact(), self.rows()
        published = {
            "exact": lambda: exact,
            "independent": lambda: {
                a: {k: _nearest(v, base) for k, v in c.items()} for a, c in exact.items()
            },
            "controlled": lambda: round_together(rows, exact, base, seed, self.merged),
        }[how]()
        published = {a: dict(counts) for a, counts in published.items()}
        for (area_id, item), value in (instead or {}).items():
            published[area_id][item] = value
        return lay_out(self, rows, exact, published, hide or (lambda area, item: False))


def _nearest(value: int, base: int) -> int:
    return base * int(value / base + 0.5)


def round_together(
    rows: Sequence[Mapping[str, Any]],
    exact: Mapping[str, Mapping[str, int]],
    base: int,
    seed: int,
    merged: Mapping[str, str],
) -> dict[str, dict[str, int]]:
    """Every count to a multiple beside it so that partitions and parts still add up: delivery and
    municipalities in one program, then each municipality. What has no such rounding is not published."""
    shown = [row for row in rows if row["area_id"] not in merged]
    parents = {row["area_id"]: row["parent_id"] for row in rows}
    random = np.random.default_rng(seed)

    def top(row: Mapping[str, Any]) -> bool:
        return row["level"] in ("leverance", "kommune") or row["parent_id"] == "leverance"

    def kommune(a: str) -> str:
        while parents[parents[a]] is not None:
            a = parents[a]
        return a

    first = [row for row in shown if top(row)]
    done = _program(first, exact, base, random, {}) or {}
    for own in [row["area_id"] for row in first if row["level"] == "kommune"]:
        below = [row for row in shown if not top(row) and kommune(row["area_id"]) == own]
        done |= _program(below, exact, base, random, {own: done[own]}) or {}
    return done


def _program(
    members: Sequence[Mapping[str, Any]],
    exact: Mapping[str, Mapping[str, int]],
    base: int,
    random: np.random.Generator,
    fixed: Mapping[str, Mapping[str, int]],
) -> dict[str, dict[str, int]] | None:
    """None if there is none; `fixed` parents are rounded already."""
    import scipy.sparse as sp
    from scipy.optimize import Bounds, LinearConstraint, milp

    keys = [(row["area_id"], item) for row in members for item in ITEMS]
    number = {key: i for i, key in enumerate(keys)}
    value = np.array([exact[a][item] for a, item in keys])
    low, high = value // base, -(-value // base)
    lines, cols, data, right = [], [], [], []

    def add(terms: Iterable[tuple[int, int]], equals: int) -> None:
        for column, factor in terms:
            lines.append(len(right))
            cols.append(column)
            data.append(factor)
        right.append(equals)

    for row in members:
        a = row["area_id"]
        for partition in PARTITIONS:
            add([(number[a, item], 1) for item in partition] + [(number[a, "children"], -1)], 0)
        add([(number[a, "at_risk"], 1), (number[a, "n:3+"], -1)], 0)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in members:
        if row["parent_id"] is not None:
            groups[row["parent_id"], row["child_level"] or row["level"]].append(row["area_id"])
    for (parent, _), parts in groups.items():
        for item in ITEMS:
            terms = [(number[a, item], 1) for a in parts]
            if parent in fixed:
                add(terms, fixed[parent][item] // base)
            else:
                add([*terms, (number[parent, item], -1)], 0)
    matrix = sp.csr_matrix((data, (lines, cols)), shape=(len(right), len(keys)))
    cost = base - 2.0 * (value - base * low) + random.uniform(-2, 2, len(keys))
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, right, right),
        bounds=Bounds(low, high),
        integrality=np.ones(len(keys)),
        options={"mip_rel_gap": 0.05, "time_limit": 20},
    )
    if found.x is None:
        return None
    rounded: dict[str, dict[str, int]] = defaultdict(dict)
    for (a, item), x in zip(keys, np.rint(found.x).astype(int).tolist(), strict=True):
        rounded[a][item] = base * x
    return rounded


def lay_out(
    world: World,
    rows: Sequence[Mapping[str, Any]],
    exact: Mapping[str, Mapping[str, int]],
    published: Mapping[str, Mapping[str, int]],
    hide: Callable[[str, str], bool],
) -> dict[str, pl.DataFrame]:
    risk, factor, count, ages = [], [], [], []
    for row in rows:
        a = str(row["area_id"])
        status = world.merged.get(a, "rounded" if a in published else "hidden")
        own = published.get(a, {}) if a not in world.merged else {}

        def get(item: str, a: str = a, own: Mapping[str, int] = own) -> int | None:
            return None if hide(a, item) else own.get(item)

        label = {"reference_date": world.day, "level": row["level"], "area_id": a}
        risk.append(
            label
            | {"parent_id": row["parent_id"], "child_level": row["child_level"], "mothers": None}
            | {item: get(item) for item in ITEMS[:4]}
            | {"cell_status": status}
        )
        big = row["level"] in ("kommune", "leverance") or exact[a]["children"] >= world.factor_children
        for f in FACTORS:
            kinds = ("children_with", "children_without", "children_unknown")
            factor.append(label | {"factor": f} | {k: get(f"{f}:{k}") if big else None for k in kinds})
        count += [label | {"n_factors": n, "children": get(f"n:{n}")} for n in ("0", "1", "2", "3+")]
        if "afdeling" not in (row["level"], row["child_level"]):
            ages += [label | {"age_band": band, "children": get(f"age:{band}")} for band in AGES]
    return {
        "area_risk": pl.DataFrame(risk, infer_schema_length=None),
        "area_factor": pl.DataFrame(factor, infer_schema_length=None),
        "area_factor_count": pl.DataFrame(count, infer_schema_length=None),
        "area_children": pl.DataFrame(ages, infer_schema_length=None),
    }


def invent_children(count: int, random: np.random.Generator, level: float = 0.35) -> list:
    """Children whose factors hang together, some unknown."""
    base = random.beta(1.2, 1.2 * (1 / level - 1), count)
    has = random.random((count, 5)) < base[:, None]
    unknown = random.random((count, 5)) < 0.03
    ages = random.integers(0, 5, count)
    return [
        (tuple(None if u else bool(h) for h, u in zip(hs, us, strict=True)), int(age))
        for hs, us, age in zip(has, unknown, ages, strict=True)
    ]


def invent_world(
    municipalities: int, areas: int, seed: int = 0, *, day: date = DAY, others: int = 3000
) -> World:
    """`areas` områder over the municipalities, two or three afdelinger each, some with one too small."""
    random = np.random.default_rng(seed)
    atoms: list[Atom] = []
    tree: list[Area] = []
    merged: dict[str, str] = {}
    for m in range(municipalities):
        kom = 100 + m
        tree.append(Area(f"{kom}", "kommune", "leverance"))
        own = areas // municipalities + (m < areas % municipalities)
        for o in range(own):
            name = f"o{kom}-{o}"
            tree.append(Area(name, "omraade", f"{kom}"))
            sizes = random.integers(60, 260, int(random.integers(2, 4)))
            for d, size in enumerate(sizes):
                afdeling = f"{name}-{d}"
                tree.append(Area(afdeling, "afdeling", name))
                atoms.append(Atom(kom, (name, afdeling), invent_children(int(size), random)))
            if random.random() < 0.3:
                small = f"{name}-x"
                tree.append(Area(small, "afdeling", name))
                atoms.append(Atom(kom, (name, small), invent_children(int(random.integers(20, 49)), random)))
                atoms.append(Atom(kom, (name,), invent_children(60, random)))
                merged[small] = "too_small"
        atoms.append(Atom(kom, (), invent_children(int(random.integers(others // 2, others)), random, 0.06)))
    return World(atoms, tree, merged, day)
