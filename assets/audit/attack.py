"""The attack on one date: what everything published about it, and the true populations, leave of each count.

Belongs here: putting published rows and the map together into linear systems, what is attacked, what counts
as found. Written without a look at how protection works; it may know what is published about it: that a
published number lies less than the base from the count, that counts add up, which share hides a group.
Does not belong here: solving (`bounds.py`), several dates together (`across.py`).

Municipality by municipality: a complete table of the whole delivery is kept, and one municipality after the
other is replaced in it by other tables that leave the delivery's published counts true. So every witness is
one for the whole delivery.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.geometry import (
    AGE_COLUMNS,
    WITH_NUMBERS,
    Map,
    Region,
    Unit,
    computable_pieces,
    read_map,
    regions_of,
)
from assets.audit.limits import Limits
from assets.audit.model import Model, model_of
from assets.audit.report import AuditReport

RISK = ("at_risk", "not_at_risk", "undetermined")
FACTOR = ("children_with", "children_without", "children_unknown")
SMALL = 4
Counts = Mapping[str, Mapping[str, int]]
"""Published counts by area_id and measure (`Model.measures`)."""


@dataclass
class Day:
    """Everything published about one date, laid over the map."""

    day: date
    map: Map
    counts: Counts
    model: Model


@dataclass
class Block:
    """One municipality: its regions as unknowns, its rows as bounds on them."""

    atoms: frozenset[int]
    units: list[Unit]
    regions: list[Region]
    system: System
    total: Any
    """Rows that give each measure of the whole block."""
    members: dict[str, list[int]] = field(default_factory=dict)
    """Regions of each unit, by area_id."""


def read_day(tables: Mapping[str, pl.DataFrame], populations: pl.DataFrame, day: date, limits: Limits) -> Day:
    here = {
        name: tables[name].filter(pl.col("reference_date") == day)
        for name in ("area_risk", "area_factor", "area_factor_count")
    }
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in here["area_risk"].select("area_id", *RISK).to_dicts():
        for measure in RISK:
            if row[measure] is not None:
                counts[row["area_id"]][measure] = row[measure]
    for area_id, kind, value in (
        here["area_factor_count"].select("area_id", "n_factors", "children").iter_rows()
    ):
        if value is not None:
            counts[area_id][f"n:{kind}"] = value
    for row in here["area_factor"].select("area_id", "factor", *FACTOR).to_dicts():
        for kind in FACTOR:
            if row[kind] is not None:
                counts[row["area_id"]][f"{row['factor']}:{kind}"] = row[kind]
    factors = here["area_factor"]["factor"].unique().sort().to_list()
    found = read_map(populations, here["area_risk"], limits.base)
    return Day(day, found, counts, model_of(factors))


def check_populations(
    tables: Mapping[str, pl.DataFrame], each: Day, limits: Limits, report: AuditReport
) -> None:
    """Children and their ages are known: what is published must be the known numbers, rounded. Else the map
    isn't the one that was published about, and nothing below would be true."""
    risk = tables["area_risk"].filter(pl.col("reference_date") == each.day)
    for area_id, value in risk.select("area_id", "children").iter_rows():
        if value is not None:
            off = abs(value - each.map.count(each.map.by_id[area_id].atoms)) >= limits.base
            report.find("area_risk", "children that are not those who live there, rounded", int(off))
    ages = tables["area_children"].filter(pl.col("reference_date") == each.day)
    if each.map.ages is None:
        report.miss("area_children: ages of the population are not known", ages.height)
        return
    bands = {band: j for j, band in enumerate(AGE_COLUMNS)}
    for area_id, band, value in ages.select("area_id", "age_band", "children").iter_rows():
        if value is not None:
            atoms = sorted(each.map.by_id[area_id].atoms)
            off = abs(value - int(each.map.ages[atoms, bands[band]].sum())) >= limits.base
            report.find("area_children", "children that are not those who live there, rounded", int(off))


def attack_day(each: Day, limits: Limits, report: AuditReport, deadline: float) -> None:
    """Every count of one date, and every count that could be computed without being printed."""
    report.tried.dates += 1
    blocks = []
    for atoms in each.map.blocks():
        block = make_block(each, atoms, limits)
        small, _ = computable_pieces(each.map, atoms, block.units, limits.min_children)
        report.find("area_risk", "pieces below the size that adding and subtracting rows gives", small)
        blocks.append(block)
    wide = [
        unit
        for unit in each.map.units
        if each.counts.get(unit.area_id) and not any(unit.atoms <= block.atoms for block in blocks)
    ]
    try:
        totals = complete(each, blocks, wide, limits, report, deadline)
    except Contradiction:
        report.find("release", "counts of a date that no table of whole numbers fits")
        return
    except TimeoutError:
        report.miss("dates without a complete table in the time given")
        return
    whole = sum(totals)
    for i, block in enumerate(blocks):
        try:
            _attack_block(each, block, wide, whole - totals[i], limits, report, deadline, seed=i)
        except Contradiction:
            report.find("release", "counts of a municipality that no table of whole numbers fits")


def make_block(each: Day, atoms: frozenset[int], limits: Limits) -> Block:
    model, slack = each.model, limits.base - 1
    units = [
        unit
        for unit in each.map.units
        if unit.atoms <= atoms
        and (each.counts.get(unit.area_id) or unit.status == "group_hidden")
        and each.map.count(unit.atoms)
    ]
    regions = regions_of(each.map, atoms, units)
    inside, low, high = model.rows
    identity = sparse.identity(len(regions), format="csr")
    children = np.array([region.children for region in regions], dtype=np.float64)
    parts = [
        sparse.kron(identity, sparse.csr_matrix(inside)),
        sparse.kron(identity, sparse.csr_matrix(model.totals)),
    ]
    lows = [np.tile(low, len(regions)), np.repeat(children, len(model.totals))]
    highs = [np.tile(high, len(regions)), np.repeat(children, len(model.totals))]
    rows, row_low, row_high = [], [], []
    members = {unit.area_id: [] for unit in units}
    for j, region in enumerate(regions):
        for position in region.units:
            members[units[position].area_id].append(j)
    made = Block(atoms, units, regions, None, None, members)  # type: ignore[arg-type]
    for unit in units:
        for measure, value in each.counts.get(unit.area_id, {}).items():
            rows.append(row_of(made, model.measures[measure], members[unit.area_id]))
            row_low.append(max(0, value - slack))
            row_high.append(value + slack)
        for row, lo, hi in _group_rows(each, unit, limits):
            rows.append(row_of(made, row, members[unit.area_id]))
            row_low.append(lo)
            row_high.append(hi)
    if rows:
        parts.append(sparse.csr_matrix(np.array(rows)))
        lows.append(np.array(row_low, dtype=np.float64))
        highs.append(np.array(row_high, dtype=np.float64))
    rare = [np.ones(len(lows[0]), dtype=bool)] + [np.zeros(len(low), dtype=bool) for low in lows[1:]]
    made.system = System(
        sparse.vstack(parts, format="csr"),
        np.concatenate(lows),
        np.concatenate(highs),
        np.zeros(len(regions) * model.size),
        np.repeat(children, model.size),
        np.concatenate(rare),
    )
    everywhere = list(range(len(regions)))
    made.total = np.array([row_of(made, row, everywhere) for row in model.measures.values()])
    return made


def row_of(block: Block, measure: np.ndarray, regions: Sequence[int]) -> np.ndarray:
    """A measure summed over regions, as a row over the block's unknowns."""
    row = np.zeros((len(block.regions), len(measure)))
    row[list(regions)] = measure
    return row.ravel()


def _group_rows(each: Day, unit: Unit, limits: Limits) -> list[tuple[np.ndarray, float, float]]:
    """What a row's status says of its true share: below the group share where it is shown; about that share
    or more where it is hidden for the group (rounded counts may have decided it)."""
    share = Fraction(limits.group_share).limit_denominator(1000)
    part, whole = share.numerator, share.denominator
    at, others = each.model.measures["at_risk"], each.model.measures["not_at_risk"]
    excess = whole * at - part * (at + others)
    counts = each.counts.get(unit.area_id, {})
    if unit.status == "group_hidden":
        return [(excess, -float(whole * (limits.base - 1)), np.inf)]
    if counts.get("at_risk", 0) + counts.get("not_at_risk", 0) < limits.base:
        return []
    return [(excess, -np.inf, -1.0)]


def complete(
    each: Day,
    blocks: Sequence[Block],
    wide: Sequence[Unit],
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> list[np.ndarray]:
    """The measures of each block in one complete table of the whole delivery.

    One municipality after the other gets the table that keeps the sum so far nearest to the sum of what was
    published, so that the delivery's own counts come out right at the end. Raises Contradiction if a
    municipality has no table at all, TimeoutError.
    """
    names = list(each.model.measures)
    so_far = np.zeros(len(names))
    totals: list[np.ndarray] = []
    own = [next((u for u in block.units if u.level == "kommune"), None) for block in blocks]
    published = [each.counts.get(unit.area_id, {}) if unit else {} for unit in own]
    planned = np.array([[counts.get(name, np.nan) for name in names] for counts in published]).cumsum(axis=0)
    delivery = next((unit for unit in wide if unit.level == "leverance"), None)
    counts = each.counts[delivery.area_id] if delivery else {}
    aims = np.array([counts.get(name, np.nan) for name in names])
    # What municipalities say together may differ from what the delivery says: spread it.
    drift = np.where(np.isnan(aims - planned[-1]), 0, aims - planned[-1])
    for i, block in enumerate(blocks):
        aim = planned[i] + drift * (i + 1) / len(blocks)
        if i == len(blocks) - 1:
            aim = np.where(np.isnan(aim), aims, aim)
        totals.append(_nearest(block, np.nan_to_num(aim - so_far), ~np.isnan(aim), report, deadline))
        so_far += totals[-1]
    if delivery:
        off = sum(
            abs(so_far[j] - counts[name]) >= limits.base for j, name in enumerate(names) if name in counts
        )
        report.miss("counts of the delivery left aside in its municipalities: no common table found", off)
    return totals


def _nearest(
    block: Block, aim: np.ndarray, aimed: np.ndarray, report: AuditReport, deadline: float
) -> np.ndarray:
    """Measures of the block's table whose aimed measures are nearest to `aim`."""
    system, chosen = block.system, np.flatnonzero(aimed)
    count = len(chosen)
    total = sparse.csr_matrix(block.total[chosen])
    away = sparse.identity(count, format="csr")
    # away >= |total - aim|, as two rows each.
    matrix = sparse.bmat(
        [[system.matrix, None], [total, -away], [total, away]] if count else [[system.matrix]], format="csr"
    )
    aim = aim[chosen]
    none = np.full(count, np.inf)
    steered = System(
        matrix,
        np.concatenate([system.low, -none, aim]) if count else system.low,
        np.concatenate([system.high, aim, none]) if count else system.high,
        np.concatenate([system.lower, np.zeros(count)]),
        np.concatenate([system.upper, np.full(count, 1e6)]),
        np.concatenate([system.rare, np.zeros(2 * count, dtype=bool)]),
    )
    solver = Solver(steered, report.tried, deadline)
    cost = np.concatenate([np.zeros(system.size), np.ones(count)])
    _, x = solver.linear(cost)
    whole = solver.witness(cost, x)
    if whole is None:
        raise TimeoutError
    return block.total @ whole[: system.size]


@dataclass
class _Target:
    table: str
    row: np.ndarray
    need: int
    piece: bool = False


def _targets(each: Day, block: Block, wide: Sequence[Unit], limits: Limits) -> list[_Target]:
    found: list[_Target] = []
    model = each.model

    def add(children: int, regions: Sequence[int], counts: Mapping[str, int], piece: bool) -> None:
        for name, measure in model.measures.items():
            if name == "n:3+" or (limits.base == 1 and name in counts):
                continue
            need = min(limits.min_width, children)
            if need:
                found.append(_Target(_table(name), row_of(block, measure, regions), need, piece))

    for unit in block.units:
        add(each.map.count(unit.atoms), block.members[unit.area_id], each.counts.get(unit.area_id, {}), False)
    for j, region in enumerate(block.regions):
        if region.children < limits.min_children:
            add(region.children, [j], {}, True)
    for unit in wide:
        counts = each.counts[unit.area_id]
        add(each.map.count(unit.atoms), range(len(block.regions)), counts, False)
    return found


def _table(measure: str) -> str:
    if measure in RISK:
        return "area_risk"
    return "area_factor_count" if measure.startswith("n:") else "area_factor"


def _attack_block(
    each: Day,
    block: Block,
    wide: Sequence[Unit],
    others: np.ndarray,
    limits: Limits,
    report: AuditReport,
    deadline: float,
    seed: int,
) -> None:
    system = block.system
    names = list(each.model.measures)
    rows, low, high = [], [], []
    for unit in wide:
        counts = each.counts[unit.area_id]
        if unit.level != "leverance":
            continue
        for j, name in enumerate(names):
            if name in counts:
                rows.append(block.total[j])
                low.append(max(0, counts[name] - limits.base + 1) - others[j])
                high.append(counts[name] + limits.base - 1 - others[j])
    if rows:
        window = system.with_rows(sparse.csr_matrix(np.array(rows)), np.array(low), np.array(high))
        system = window
    targets = _targets(each, block, wide, limits)
    if not targets:
        return
    solver = Solver(system, report.tried, deadline)
    report.tried.cells += len(targets)
    matrix = sparse.csr_matrix(np.array([target.row for target in targets]))
    need = np.array([target.need for target in targets], dtype=np.float64)
    found = probe(solver, matrix, need, small=SMALL, seed=seed)
    for i, target in enumerate(targets):
        where = f"{target.table} (computed)" if target.piece else target.table
        if found.unresolved[i]:
            report.miss(f"{where}: neither bounds nor tables decided in the time given")
            continue
        seen = found.seen_high[i] - found.seen_low[i]
        outer = found.high[i] - found.low[i]
        report.narrow(where, int(max(seen, 0) if np.isinf(outer) else outer))
        if outer <= 0:
            report.find(where, "counts that can be computed exactly")
        elif found.low[i] >= 1 and found.high[i] <= SMALL:
            report.find(where, "small counts that can be told from none")
        elif outer < target.need:
            report.find(where, "counts that can be narrowed too far")
    _check_groups(each, block, solver, limits, report)


def _check_groups(each: Day, block: Block, solver: Solver, limits: Limits, report: AuditReport) -> None:
    """Of a row hidden for its group no more may be certain than that it is about the group share or above."""
    at, others = each.model.measures["at_risk"], each.model.measures["not_at_risk"]
    for unit in block.units:
        if unit.status != "group_hidden":
            continue
        regions = block.members[unit.area_id]
        row = row_of(block, at - limits.group_share * (at + others), regions)
        try:
            least, _ = solver.linear(row)
        except TimeoutError:
            report.miss("area_risk: groups not attacked in the time given")
            continue
        report.find("area_risk", "groups of which more than the group share is certain", int(least >= 1))


def attack(
    tables: Mapping[str, pl.DataFrame],
    populations: pl.DataFrame,
    limits: Limits,
    report: AuditReport,
) -> list[Day]:
    """Every date of the release by itself. Dates without populations are named, not passed over."""
    deadline = time.monotonic() + limits.seconds
    days = []
    for day in tables["area_risk"]["reference_date"].unique().sort().to_list():
        known = populations.filter(pl.col("reference_date") == day)
        if known.is_empty():
            report.miss("dates whose population is not known")
            continue
        each = read_day(tables, known, day, limits)
        check_populations(tables, each, limits, report)
        attack_day(each, limits, report, deadline)
        days.append(each)
    return days


__all__ = ["WITH_NUMBERS", "Day", "attack", "attack_day", "read_day"]
