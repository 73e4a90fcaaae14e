"""The attack on what several releases or dates tell together.

Belongs here: revisions of one date, neighbouring dates, borders that moved. The attacker assumes that nothing
changed where the population didn't, and of a revision that those who moved are all that changed elsewhere.
Where that is wrong, what he concludes is wrong too, and protects itself; so there he is taken to know which
rows (and, of a revision, which single counts: he may know that only one register came again) truly are as
before, and to assume nothing else. Does not belong here: one date by itself (`attack.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise, product
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy import sparse

from assets.audit.attack import Block, Day, make_block, read_day, row_of, standing, table_of, units_in
from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.geometry import AGE_COLUMNS, WITH_NUMBERS, Map, read_map, spanned
from assets.audit.limits import Limits
from assets.audit.report import AuditReport, attack_parts

EARLIER = "earlier_area_ids"
Tables = Mapping[str, pl.DataFrame]
Kind = Literal["revisions", "dates"]
Count = tuple[str, str]
"""(area_id, measure)."""


def attack_across(
    tables: Tables,
    before: Sequence[Tables],
    populations: pl.DataFrame,
    unchanged: pl.DataFrame,
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    """Every earlier revision of every date against what stands, and every date against the one before.

    `unchanged`: counts that truly are as they were: reference_date and, of what they are compared with,
    since_date and since_revision; area_id, measure (`Model.measures`).
    """

    def as_before(day: date, since: date, revision: int | None) -> frozenset[Count]:
        same = unchanged.filter(
            (pl.col("reference_date") == day) & (pl.col("since_date") == since),
            True if revision is None else pl.col("since_revision") == revision,
        )
        return frozenset(same.select("area_id", "measure").iter_rows())

    now = standing(populations)
    days = tables["area_risk"]["reference_date"].unique().sort().to_list()

    def revisions(day: date, own: AuditReport) -> None:
        population = now.filter(pl.col("reference_date") == day)
        for old in _other_revisions(tables, before, day):
            revision = max(old["release_date"].filter(pl.col("reference_date") == day)["revision"].to_list())
            then = _population_of(populations, revision, day)
            if then is None:
                own.miss("earlier revisions attacked with today's population, theirs isn't given")
                then = population
            if not population.is_empty():
                sides = (old, then, day), (tables, population, day)
                _attack_pair("revisions", *sides, as_before(day, day, revision), limits, own, deadline)

    def neighbours(first: date, second: date, own: AuditReport) -> None:
        sides = [(tables, now.filter(pl.col("reference_date") == day), day) for day in (first, second)]
        if not any(side[1].is_empty() for side in sides):
            _check_borders(tables, first, second, sides[1][1], limits, own)
            same = as_before(second, first, None)
            _attack_pair("dates", sides[0], sides[1], same, limits, own, deadline)

    pairs = [partial(neighbours, *pair) for pair in pairwise(days)]
    attack_parts([*(partial(revisions, day) for day in days), *pairs], report)


def _other_revisions(tables: Tables, before: Sequence[Tables], day: date) -> list[Tables]:
    """Earlier releases in which the date's rows differ, each content once."""
    found: list[Tables] = [tables]
    names = ("area_risk", "area_factor", "area_factor_count")

    def same(a: Tables, b: Tables) -> bool:
        return all(_of(a[name], day).equals(_of(b[name], day)) for name in names)

    for old in before:
        if not _of(old["area_risk"], day).is_empty() and not any(same(old, other) for other in found):
            found.append(old)
    return found[1:]


def _of(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The date's rows, but for what a release says of itself on every row."""
    return frame.filter(pl.col("reference_date") == day).drop("marking", strict=False)


def _population_of(populations: pl.DataFrame, revision: Any, day: date) -> pl.DataFrame | None:
    if "revision" not in populations.columns:
        return None
    found = populations.filter((pl.col("reference_date") == day) & (pl.col("revision") == revision))
    return None if found.is_empty() else found


@dataclass
class _Pair:
    """Two worlds over the same atoms; `gained` and `lost` children per atom between them, by age."""

    kind: Kind
    old: Day
    new: Day
    gained: np.ndarray
    lost: np.ndarray
    moved: frozenset[int]
    """Atoms whose areas changed in between."""
    unchanged: frozenset[Count]


def _attack_pair(
    kind: Kind,
    old: tuple[Tables, pl.DataFrame, date],
    new: tuple[Tables, pl.DataFrame, date],
    unchanged: frozenset[Count],
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    first, second = _aligned(kind, old[1], new[1])
    pair = _Pair(
        kind,
        read_day(old[0], first, old[2], limits),
        read_day(new[0], second, new[2], limits),
        *_moves(first, second),
        frozenset(np.flatnonzero((first["area_ids"] != second["area_ids"]).to_numpy()).tolist()),
        unchanged,
    )
    by_kom: dict[str, set[int]] = defaultdict(set)
    for i, kom in enumerate(pair.new.map.kom):
        by_kom[kom].add(i)
    for kom in sorted(by_kom):
        _attack_municipality(pair, frozenset(by_kom[kom]), limits, report, deadline)


def _check_borders(
    tables: Tables, then: date, day: date, population: pl.DataFrame, limits: Limits, report: AuditReport
) -> None:
    """What a moved border took or gave is as large as an area must be, those included who came to the area
    meanwhile and can't be told from it; or no sum of rows of both dates gives it."""
    if EARLIER not in population.columns or (population["earlier_date"] != then).fill_null(True).any():
        report.miss("sizes of what moved borders added or took: earlier areas aren't given")
        return
    # No base: what was merged then is seen from what is hidden, not from children of another date.
    risk_then, risk_now = (tables["area_risk"].filter(pl.col("reference_date") == d) for d in (then, day))
    was = read_map(population.with_columns(area_ids=EARLIER), risk_then, 0)
    now = read_map(population, risk_now, limits.base)
    came = population["newcomers"].to_numpy()
    differ = population["area_ids"].list.sort() != population[EARLIER].list.sort()
    moved = frozenset(i for i, other in enumerate(differ.to_list()) if other and now.children[i])
    places: dict[str, set[int]] = defaultdict(set)
    for i, kom in enumerate(now.kom):
        places[kom].add(i)
    small = 0
    for kom in sorted({now.kom[i] for i in moved}):
        here = frozenset(places[kom])
        slivers = set()
        for a, b in product(_areas(now, here), _areas(was, here)):
            if both := a & b:
                for piece in (a - b, b - a):
                    children = now.count(piece)
                    is_small = children > 0 and children + sum(came[i] for i in both) < limits.min_children
                    if is_small and now.occupied(piece) <= moved:
                        slivers.add(now.occupied(piece))
        rows = [unit.atoms for each in (was, now) for unit in each.units if unit.status in WITH_NUMBERS]
        small += spanned(now, here, [atoms for atoms in rows if atoms <= here], sorted(slivers, key=sorted))
    report.find("area_risk", "dates: slivers below the size that adding and subtracting rows gives", small)


def _areas(each: Map, here: frozenset[int]) -> set[frozenset[int]]:
    """Every area's dwellings, shown or not."""
    return {unit.atoms for unit in each.units if unit.child_level is None and unit.atoms <= here}


def _aligned(kind: Kind, old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both populations with the same atoms in the same order. Between dates an atom is also where its
    dwellings were before: what a border took or gave is assumed to have stood still for as far as the numbers
    allow."""
    ages = [c for c in AGE_COLUMNS.values() if c in old.columns and c in new.columns]
    columns, keys = ["children", *ages], ["kom", "_ids", "_was"]
    moved = kind == "dates" and EARLIER in new.columns

    def keyed(frame: pl.DataFrame, was: str) -> pl.DataFrame:
        sets = frame.with_columns(_ids=pl.col("area_ids").list.sort(), _was=pl.col(was).list.sort())
        return sets.group_by(keys).agg(pl.col(columns).sum())

    first, second = keyed(old, "area_ids"), keyed(new, EARLIER if moved else "area_ids")
    if moved:
        first = pl.DataFrame(_divided(first, second, ages or ["children"]), schema=first.schema)
    atoms = pl.concat([first.select(keys), second.select(keys)]).unique(maintain_order=True).sort(keys)
    return tuple(
        atoms.join(frame, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col(columns).fill_null(0))
        .with_columns(area_ids=pl.col(ids), reference_date=pl.lit(None, dtype=pl.Date))
        for frame, ids in ((first, "_was"), (second, "_ids"))
    )  # type: ignore[return-value]


def _divided(first: pl.DataFrame, second: pl.DataFrame, by: Sequence[str]) -> list[dict[str, Any]]:
    """The atoms of the first date, divided where a border cut them since: each part holds those who live
    there at the second, by age, as long as there are any left; the part that didn't move, all others."""
    parts: dict[tuple, list[dict[str, Any]]] = defaultdict(list)
    for part in second.to_dicts():
        parts[part["kom"], tuple(part["_was"])].append(part)
    found = []
    for atom in first.to_dicts():
        cut = [part for part in parts[atom["kom"], tuple(atom["_was"])] if part["_ids"] != atom["_ids"]]
        for part in sorted(cut, key=lambda part: part["_ids"]):
            stood = {column: min(atom[column], part[column]) for column in by}
            atom |= {column: atom[column] - stood[column] for column in by}
            found.append(part | stood | {"children": sum(stood.values())})
        found.append(atom | {"children": sum(atom[column] for column in by)})
    return found


def _moves(first: pl.DataFrame, second: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    columns = [c for c in AGE_COLUMNS.values() if c in first.columns] or ["children"]
    change = second.select(columns).to_numpy().astype(int) - first.select(columns).to_numpy().astype(int)
    return np.maximum(change, 0).sum(axis=1), np.maximum(-change, 0).sum(axis=1)


def _attack_municipality(
    pair: _Pair, atoms: frozenset[int], limits: Limits, report: AuditReport, deadline: float
) -> None:
    units = [*units_in(pair.old, atoms), *units_in(pair.new, atoms)]
    signature: dict[int, list[int]] = {i: [] for i in sorted(atoms)}
    for position, unit in enumerate(units):
        for i in unit.atoms:
            signature[i].append(position)
    groups: dict[tuple, set[int]] = defaultdict(set)
    for i, positions in signature.items():
        groups[(*positions, -1 - bool(pair.gained[i] or pair.lost[i]))].add(i)
    regions = [frozenset(group) for _, group in sorted(groups.items())]
    blocks = [make_block(each, atoms, limits, regions) for each in (pair.old, pair.new)]
    still = [
        j
        for j, region in enumerate(regions)
        if not any(pair.gained[i] or pair.lost[i] for i in region) and blocks[1].children[j]
    ]
    if not blocks[0].units or not blocks[1].units:
        return
    rows = {
        area_id: members
        for area_id, members in blocks[1].members.items()
        if blocks[0].members.get(area_id) == members and members
    }
    measures = [name for name in pair.new.model.measures if name != "n:3+"]
    same = {a for a in rows if all((a, name) in pair.unchanged for name in measures)}
    try:
        if still and all(a in same for a, members in rows.items() if set(members) <= set(still)):
            try:
                links = _Links(still, frozenset(), pair.kind == "revisions")
                _attack_links(pair, blocks, links, limits, report, deadline)
                return
            except Contradiction:
                report.note(f"{pair.kind}: municipalities where more changed than the population")
        still = [j for j in still if any(_is_same_throughout(rows[a], j, rows, same) for a in same)]
        counts: frozenset[Count] = frozenset()
        if pair.kind == "revisions":
            counts = frozenset((a, name) for a in rows for name in measures) & pair.unchanged
        if still or counts:
            _attack_links(pair, blocks, _Links(still, counts, False), limits, report, deadline)
    except Contradiction:
        report.miss(f"{pair.kind}: municipalities of which no common table was found")
    except TimeoutError:
        report.miss(f"{pair.kind}: municipalities not reached in the time given")


def _is_same_throughout(
    members: Sequence[int], region: int, rows: Mapping[str, Sequence[int]], same: set[str]
) -> bool:
    """Whether an unchanged row holds the region and no row inside it changed: so nothing in it did."""
    return region in members and all(a in same for a, inside in rows.items() if set(inside) <= set(members))


@dataclass
class _Links:
    """What two worlds have in common: regions that are the same, and single counts of rows; with
    `movers_only`, everything else differs by those who moved at most."""

    still: list[int]
    counts: frozenset[Count]
    movers_only: bool


def _attack_links(
    pair: _Pair, blocks: list[Block], links: _Links, limits: Limits, report: AuditReport, deadline: float
) -> None:
    """Both worlds as one system."""
    size, count = pair.new.model.size, len(blocks[1].regions)
    gained = np.array([sum(pair.gained[i] for i in region) for region in blocks[1].regions], dtype=float)
    lost = np.array([sum(pair.lost[i] for i in region) for region in blocks[1].regions], dtype=float)
    linked = list(range(count)) if links.movers_only else links.still
    pick = sparse.csr_matrix((np.ones(len(linked)), (range(len(linked)), linked)), shape=(len(linked), count))
    change = sparse.kron(pick, sparse.identity(size))
    rows = [sparse.hstack([-change, change])]
    low, high = [np.repeat(-lost[linked], size)], [np.repeat(gained[linked], size)]
    if links.movers_only and _nobody_left(pair, blocks[1].atoms):
        # Who moved within the municipality took everything along.
        everyone = sparse.kron(np.ones((1, count)), sparse.identity(size))
        rows.append(sparse.hstack([-everyone, everyone]))
        low.append(np.zeros(size))
        high.append(np.zeros(size))
    measures, still = pair.new.model.measures, set(links.still)
    if links.counts:
        members = blocks[1].members
        equal = np.array([row_of(blocks[1], measures[m], members[a]) for a, m in sorted(links.counts)])
        rows.append(sparse.csr_matrix(np.hstack([-equal, equal])))
        low.append(np.zeros(len(equal)))
        high.append(np.zeros(len(equal)))
    a, b = blocks[0].system, blocks[1].system
    system = System(
        sparse.block_diag([a.matrix, b.matrix], format="csr"),
        np.concatenate([a.low, b.low]),
        np.concatenate([a.high, b.high]),
        np.concatenate([a.lower, b.lower]),
        np.concatenate([a.upper, b.upper]),
        np.concatenate([a.rare, b.rare]),
    ).with_rows(sparse.vstack(rows, format="csr"), np.concatenate(low), np.concatenate(high))

    targets, needs, tables = [], [], []

    def add(old: np.ndarray, new: np.ndarray, children: int, table: str) -> None:
        targets.append(np.concatenate([old, new]))
        needs.append(min(limits.min_width_across, children))
        tables.append(table)

    nothing = np.zeros(a.size)
    for name, measure in measures.items():
        if name == "n:3+":
            continue
        for now, (each, block) in enumerate(zip((pair.old, pair.new), blocks, strict=True)):
            for unit in block.units:
                members = block.members[unit.area_id]
                is_same = set(members) <= still or (unit.area_id, name) in links.counts
                # What is the same in both is attacked once; between dates only what is the same at all.
                if (is_same and not now) or (not links.counts and not set(members) & still):
                    continue
                if pair.kind == "dates" and not now:
                    continue
                told = [name in side.counts.get(unit.area_id, {}) for side in (pair.old, pair.new)]
                if limits.base == 1 and (any(told) if is_same else told[now]):
                    continue
                row = row_of(block, measure, members)
                add(*((nothing, row) if now else (row, nothing)), each.map.count(unit.atoms), table_of(name))
        for j in links.still if pair.kind == "dates" else ():
            if blocks[1].regions[j] <= pair.moved and blocks[1].children[j] < limits.min_children:
                row = row_of(blocks[1], measure, [j])
                add(nothing, row, blocks[1].children[j], table_of(name) + " (moved borders)")
        for j in np.flatnonzero(gained + lost) if links.movers_only else ():
            row = row_of(blocks[1], measure, [int(j)])
            add(-row, row, int(gained[j] + lost[j]), table_of(name) + " (those who moved)")
    if not targets:
        return
    solver = Solver(system, report.tried, deadline)
    found = probe(solver, sparse.csr_matrix(np.array(targets)), np.array(needs, dtype=np.float64))
    report.tried.cells += len(targets)
    for k, table in enumerate(tables):
        outer = found.high[k] - found.low[k]
        if found.unresolved[k]:
            report.miss(f"{table}, {pair.kind}: not decided in the time given")
        elif outer <= 0 and needs[k]:
            report.find(table, f"{pair.kind}: counts that can be computed exactly")
        elif outer < needs[k] and pair.kind == "revisions":
            report.find(table, f"{pair.kind}: counts that can be narrowed too far")
        elif outer < needs[k]:
            report.note(f"{table}, {pair.kind}: counts that would be narrow if nothing had changed")


def _nobody_left(pair: _Pair, atoms: frozenset[int]) -> bool:
    here = sorted(atoms)
    if pair.new.map.ages is None or pair.old.map.ages is None:
        return pair.new.map.count(here) == pair.old.map.count(here)
    return bool((pair.new.map.ages[here].sum(axis=0) == pair.old.map.ages[here].sum(axis=0)).all())
