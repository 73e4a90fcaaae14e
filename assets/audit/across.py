"""The attack on what several releases or dates tell together.

Belongs here: revisions of one date, neighbouring dates, borders that moved. The attacker assumes that nothing
changed where the population didn't, and that those who moved are all that changed elsewhere; where the
published numbers refute him, he has learnt nothing, and the report notes it. Does not belong here: one date
by itself (`attack.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl
from scipy import sparse

from assets.audit.attack import Block, Day, make_block, read_day, row_of, standing, table_of, units_in
from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.geometry import AGE_COLUMNS, WITH_NUMBERS, read_map
from assets.audit.limits import Limits
from assets.audit.report import AuditReport

EARLIER = "earlier_area_ids"
Tables = Mapping[str, pl.DataFrame]
Kind = Literal["revisions", "dates"]


def attack_across(
    tables: Tables,
    before: Sequence[Tables],
    populations: pl.DataFrame,
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    """Every earlier revision of every date against what stands, and every date against the one before."""
    now = standing(populations)
    days = tables["area_risk"]["reference_date"].unique().sort().to_list()
    for day in days:
        own = now.filter(pl.col("reference_date") == day)
        for old in _other_revisions(tables, before, day):
            then = _population_of(populations, old, day)
            if then is None:
                report.miss("earlier revisions attacked with today's population, theirs isn't given")
                then = own
            if not own.is_empty():
                _attack_pair("revisions", (old, then, day), (tables, own, day), limits, report, deadline)
    if len(days) > 1 and EARLIER not in populations.columns:
        report.miss("sizes of what moved borders added or took: earlier areas aren't given", len(days) - 1)
    for first, second in pairwise(days):
        sides = [(tables, now.filter(pl.col("reference_date") == day), day) for day in (first, second)]
        if not any(side[1].is_empty() for side in sides):
            _attack_pair("dates", sides[0], sides[1], limits, report, deadline)


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


def _population_of(populations: pl.DataFrame, old: Tables, day: date) -> pl.DataFrame | None:
    if "revision" not in populations.columns:
        return None
    revision = old["release_date"].filter(pl.col("reference_date") == day)["revision"].max()
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


def _attack_pair(
    kind: Kind,
    old: tuple[Tables, pl.DataFrame, date],
    new: tuple[Tables, pl.DataFrame, date],
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    _check_borders(kind, old[0], old[2], new[0], new[1], new[2], limits, report)
    first, second = _aligned(kind, old[1], new[1])
    pair = _Pair(
        kind,
        read_day(old[0], first, old[2], limits),
        read_day(new[0], second, new[2], limits),
        *_moves(first, second),
    )
    by_kom: dict[str, set[int]] = defaultdict(set)
    for i, kom in enumerate(pair.new.map.kom):
        by_kom[kom].add(i)
    for kom in sorted(by_kom):
        _attack_municipality(pair, frozenset(by_kom[kom]), limits, report, deadline)


def _check_borders(
    kind: Kind,
    old: Tables,
    then: date,
    new: Tables,
    population: pl.DataFrame,
    day: date,
    limits: Limits,
    report: AuditReport,
) -> None:
    """What a moved border adds to an area or takes from it is at least as large as an area must be."""
    if EARLIER not in population.columns:
        return
    moved = population.with_columns(pl.col(EARLIER).alias("area_ids"))
    shown = pl.col("cell_status").is_in(WITH_NUMBERS)
    risk_then = old["area_risk"].filter(pl.col("reference_date") == then)
    risk_now = new["area_risk"].filter(pl.col("reference_date") == day)
    was = read_map(moved, risk_then, limits.base)
    now = read_map(population, risk_now, limits.base)
    both = set(risk_then.filter(shown)["area_id"]) & set(risk_now.filter(shown)["area_id"])
    small = 0
    for area_id in both:
        a, b = was.by_id[area_id].atoms, now.by_id[area_id].atoms
        small += any(0 < now.count(piece) < limits.min_children for piece in (a - b, b - a))
    report.find("area_risk", f"{kind}: borders that moved by fewer than an area must hold", small)


def _aligned(kind: Kind, old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both populations with the same atoms in the same order; of revisions, the old one in its own areas."""
    columns = ["children", *(c for c in AGE_COLUMNS.values() if c in old.columns and c in new.columns)]
    moved = kind == "revisions" and EARLIER in new.columns
    keys = ["kom", "_ids", "_was"]

    def keyed(frame: pl.DataFrame) -> pl.DataFrame:
        was = pl.col(EARLIER) if moved and EARLIER in frame.columns else pl.col("area_ids")
        return (
            frame.with_columns(_ids=pl.col("area_ids").list.sort(), _was=was.list.sort())
            .group_by(keys)
            .agg(pl.col(columns).sum())
        )

    first, second = keyed(old), keyed(new)
    if moved and EARLIER not in old.columns:
        # The old revision knows its own areas only: they are what the new one calls earlier.
        first = first.with_columns(_was=pl.col("_ids"))
    atoms = pl.concat([first.select(keys), second.select(keys)]).unique(maintain_order=True).sort(keys)
    return tuple(
        atoms.join(frame, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col(columns).fill_null(0))
        .with_columns(area_ids=pl.col(ids), reference_date=pl.lit(None, dtype=pl.Date))
        for frame, ids in ((first, "_was" if moved else "_ids"), (second, "_ids"))
    )  # type: ignore[return-value]


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
    if not still or not blocks[0].units or not blocks[1].units:
        return
    try:
        _attack_links(pair, blocks, still, limits, report, deadline)
    except Contradiction:
        _attack_one_by_one(pair, blocks, still, limits, report, deadline)
    except TimeoutError:
        report.miss(f"{pair.kind}: municipalities not reached in the time given")


def _attack_one_by_one(
    pair: _Pair, blocks: list[Block], still: list[int], limits: Limits, report: AuditReport, deadline: float
) -> None:
    """Not everything stood still; perhaps single areas did."""
    for area_id, members in blocks[1].members.items():
        if area_id in blocks[0].members and members and set(members) <= set(still):
            try:
                _attack_links(pair, blocks, members, limits, report, deadline, only=area_id)
            except Contradiction:
                report.note(f"{pair.kind}: areas that changed although their population didn't")
            except TimeoutError:
                report.miss(f"{pair.kind}: areas not reached in the time given")


def _attack_links(
    pair: _Pair,
    blocks: list[Block],
    still: list[int],
    limits: Limits,
    report: AuditReport,
    deadline: float,
    only: str | None = None,
) -> None:
    """Both worlds as one system: equal where `still`; elsewhere revisions differ by those who moved."""
    size, count = pair.new.model.size, len(blocks[1].regions)
    gained = np.array([sum(pair.gained[i] for i in region) for region in blocks[1].regions], dtype=float)
    lost = np.array([sum(pair.lost[i] for i in region) for region in blocks[1].regions], dtype=float)
    linked = list(still)
    if pair.kind == "revisions" and only is None:
        linked = list(range(count))
    pick = sparse.csr_matrix((np.ones(len(linked)), (range(len(linked)), linked)), shape=(len(linked), count))
    change = sparse.kron(pick, sparse.identity(size))
    rows, low, high = [sparse.hstack([-change, change])], [-lost[linked]], [gained[linked]]
    low, high = [np.repeat(low[0], size)], [np.repeat(high[0], size)]
    if pair.kind == "revisions" and only is None and _nobody_left(pair, blocks[1].atoms):
        # Who moved within the municipality took everything along.
        everyone = sparse.kron(np.ones((1, count)), sparse.identity(size))
        rows.append(sparse.hstack([-everyone, everyone]))
        low.append(np.zeros(size))
        high.append(np.zeros(size))
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
    for name, measure in pair.new.model.measures.items():
        if name == "n:3+":
            continue
        for unit in blocks[1].units:
            members = blocks[1].members[unit.area_id]
            exact = limits.base == 1 and any(
                name in each.counts.get(unit.area_id, {}) for each in (pair.old, pair.new)
            )
            if not exact and set(members) & set(still) and only in (None, unit.area_id):
                row = row_of(blocks[1], measure, members)
                targets.append(np.concatenate([np.zeros(a.size), row]))
                needs.append(min(limits.min_width_across, pair.new.map.count(unit.atoms)))
                tables.append(table_of(name))
        for j in np.flatnonzero(gained + lost) if pair.kind == "revisions" and only is None else ():
            row = row_of(blocks[1], measure, [int(j)])
            targets.append(np.concatenate([-row, row]))
            needs.append(min(limits.min_width_across, int(gained[j] + lost[j])))
            tables.append(table_of(name) + " (those who moved)")
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
