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

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.geometry import (
    AGE_COLUMNS,
    Map,
    Unit,
    computable_pieces,
    read_map,
    regions_of,
)
from assets.audit.limits import Limits
from assets.audit.model import Model, model_of
from assets.audit.mothers import attack_mothers
from assets.audit.report import AuditReport, attack_parts

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
    regions: list[frozenset[int]]
    """Dwellings that the published rows don't tell apart."""
    children: list[int]
    """Of each region."""
    members: dict[str, list[int]]
    """Regions of each unit, by area_id."""
    system: System = field(init=False)
    total: Any = field(init=False)
    """Rows that give each measure of the whole block."""


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
        shown = [unit for unit in block.units if each.counts.get(unit.area_id)]
        small, _ = computable_pieces(each.map, atoms, shown, limits.min_children)
        report.find("area_risk", "pieces below the size that adding and subtracting rows gives", small)
        blocks.append(block)
    delivery = next(
        (u for u in each.map.units if u.level == "leverance" and not any(u.atoms <= b.atoms for b in blocks)),
        None,
    )
    counts = each.counts.get(delivery.area_id, {}) if delivery else {}
    try:
        totals = complete(each, blocks, counts, report, deadline)
        _Attack(each, blocks, counts, totals, limits, report, deadline).run()
    except Contradiction:
        report.find("release", "counts of a date that no table of whole numbers fits")
    except TimeoutError:
        report.miss("dates without a complete table in the time given")


def units_in(each: Day, atoms: frozenset[int]) -> list[Unit]:
    """Rows about dwellings of the block: every area, shown or not, and rests of which a count is shown."""
    return [
        unit
        for unit in each.map.units
        if unit.atoms <= atoms
        and each.map.count(unit.atoms)
        and (unit.child_level is None or unit.status == "group_hidden" or each.counts.get(unit.area_id))
    ]


def make_block(
    each: Day, atoms: frozenset[int], limits: Limits, regions: Sequence[frozenset[int]] | None = None
) -> Block:
    """The block's system; over given regions, if its rows alone don't tell them."""
    model, slack = each.model, limits.base - 1
    units = units_in(each, atoms)
    sets = regions_of(each.map, atoms, units) if regions is None else list(regions)
    inside, low, high = model.rows
    identity = sparse.identity(len(sets), format="csr")
    children = np.array([each.map.count(region) for region in sets], dtype=np.float64)
    members = {unit.area_id: [j for j, region in enumerate(sets) if region <= unit.atoms] for unit in units}
    made = Block(atoms, units, sets, children.astype(int).tolist(), members)
    rows, row_low, row_high = [], [], []
    for unit in units:
        for measure, value in each.counts.get(unit.area_id, {}).items():
            rows.append(row_of(made, model.measures[measure], members[unit.area_id]))
            row_low.append(max(0, value - slack))
            row_high.append(value + slack)
        for row, lo, hi in _group_rows(each, unit, limits):
            rows.append(row_of(made, row, members[unit.area_id]))
            row_low.append(lo)
            row_high.append(hi)
    published = np.array(rows).reshape(len(rows), len(sets) * model.size)
    made.system = System(
        sparse.vstack(
            [
                sparse.kron(identity, sparse.csr_matrix(inside)),
                sparse.kron(identity, sparse.csr_matrix(model.totals)),
                sparse.csr_matrix(published),
            ],
            format="csr",
        ),
        np.concatenate([np.tile(low, len(sets)), np.repeat(children, len(model.totals)), row_low]),
        np.concatenate([np.tile(high, len(sets)), np.repeat(children, len(model.totals)), row_high]),
        np.zeros(len(sets) * model.size),
        np.repeat(children, model.size),
        np.arange(len(sets) * (len(low) + len(model.totals)) + len(rows)) < len(sets) * len(low),
    )
    everywhere = list(range(len(sets)))
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
    each: Day, blocks: Sequence[Block], delivery: Mapping[str, int], report: AuditReport, deadline: float
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
    said = np.array([[counts.get(name, np.nan) for name in names] for counts in published])
    aims = np.array([delivery.get(name, np.nan) for name in names])
    # What the delivery says beyond its municipalities is in those that don't say; else it is rounding.
    silent = np.isnan(said)
    children = np.array([sum(block.children) for block in blocks], dtype=np.float64)
    weights = np.where(silent.any(axis=0), silent * children[:, None], 1.0)
    spread = weights.cumsum(axis=0) / np.maximum(weights.sum(axis=0), 1.0)
    planned = np.nan_to_num(said).cumsum(axis=0) + (aims - np.nan_to_num(said).sum(axis=0)) * spread
    for aim, block in zip(planned, blocks, strict=True):
        totals.append(_nearest(block, np.nan_to_num(aim - so_far), ~np.isnan(aim), report, deadline))
        so_far += totals[-1]
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
    whole = solver.witness(x, cost)
    if whole is None:
        raise TimeoutError
    return block.total @ whole[: system.size]


@dataclass
class _Target:
    table: str
    row: np.ndarray
    """Over the unknowns of its block; of the delivery, over those of each block alike (`measure`)."""
    need: int


def _targets(each: Day, block: Block, limits: Limits) -> list[_Target]:
    found: list[_Target] = []
    nobody: dict[str, list[frozenset[int]]] = defaultdict(list)
    if limits.base == 1:
        # That there is nobody anywhere in a larger area is published, and no finding in each part of it.
        for unit in each.map.units:
            for name, value in each.counts.get(unit.area_id, {}).items():
                if value == 0:
                    nobody[name].append(unit.atoms)

    def add(children: int, regions: Sequence[int], counts: Mapping[str, int], suffix: str) -> None:
        atoms = frozenset().union(*(block.regions[j] for j in regions))
        for name, measure in each.model.measures.items():
            if name == "n:3+" or (limits.base == 1 and name in counts):
                continue
            if any(atoms <= empty for empty in nobody[name]):
                continue
            if need := min(limits.min_width, children):
                found.append(_Target(table_of(name) + suffix, row_of(block, measure, regions), need))

    for unit in block.units:
        add(each.map.count(unit.atoms), block.members[unit.area_id], each.counts.get(unit.area_id, {}), "")
    for j, children in enumerate(block.children):
        if children < limits.min_children:
            add(children, [j], {}, " (computed)")
    return found


def table_of(measure: str) -> str:
    if measure in RISK:
        return "area_risk"
    return "area_factor_count" if measure.startswith("n:") else "area_factor"


MOST_UNKNOWNS = 20_000
"""Of municipalities attacked together, where one alone doesn't decide."""


class _Attack:
    """All blocks of a date around one complete table, of which `totals` are the measures by block."""

    def __init__(
        self,
        each: Day,
        blocks: Sequence[Block],
        delivery: Mapping[str, int],
        totals: Sequence[np.ndarray],
        limits: Limits,
        report: AuditReport,
        deadline: float,
    ) -> None:
        self.each, self.blocks, self.totals, self.limits = each, blocks, totals, limits
        self.report, self.deadline = report, deadline
        names, slack = list(each.model.measures), limits.base - 1
        whole = np.sum(totals, axis=0)
        published = np.array([delivery.get(name, np.nan) for name in names], dtype=np.float64)
        self.low = np.where(np.isnan(published), -np.inf, np.maximum(0, published - slack))
        self.high = np.where(np.isnan(published), np.inf, published + slack)
        off = (whole < self.low) | (whole > self.high)
        report.miss(
            "counts of the delivery, left aside in its municipalities: no common table", int(off.sum())
        )
        self.low[off] = -np.inf
        self.high[off] = np.inf
        self.delivery = delivery

    def run(self) -> None:
        for i, block in enumerate(self.blocks):
            targets = _targets(self.each, block, self.limits)
            self.report.tried.cells += len(targets)
            left = self._probe([i], targets, final=len(self.blocks) == 1)
            if left:
                self._settle(i, left)
            _check_groups(self.each, block, self.limits, self.report, self.deadline)
        self._attack_delivery()

    def _settle(self, i: int, targets: list[_Target]) -> None:
        """Targets that are narrow while the other municipalities stand still: proven, if they are as narrow
        whatever those do; disproven, if some move along: the smallest first, which move freely and cost
        little."""
        left = self._probe([i], targets, alone=True)
        others = sorted(range(len(self.blocks)), key=lambda k: self.blocks[k].system.size)
        others.remove(i)
        size = 5
        while left:
            together = [i, *others[: size - 1]]
            unknowns = sum(self.blocks[k].system.size for k in together)
            if unknowns > MOST_UNKNOWNS:
                for target in left:
                    self.report.miss(f"{target.table}: only all municipalities together could tell")
                return
            padded = [
                _Target(t.table, np.concatenate([t.row, np.zeros(unknowns - len(t.row))]), t.need)
                for t in left
            ]
            still = self._probe(together, padded, final=len(together) == len(self.blocks))
            own = self.blocks[i].system.size
            left = [_Target(t.table, t.row[:own], t.need) for t in still]
            size *= 3

    def _attack_delivery(self) -> None:
        """The delivery's own counts move when any municipality's do."""
        if not self.delivery:
            return
        names = list(self.each.model.measures)
        open_ = [
            j
            for j, name in enumerate(names)
            if name != "n:3+" and not (self.limits.base == 1 and name in self.delivery)
        ]
        self.report.tried.cells += len(open_)
        for i, block in enumerate(self.blocks):
            if not open_:
                return
            targets = [_Target(table_of(names[j]), block.total[j], self.limits.min_width) for j in open_]
            left = self._probe([i], targets)
            open_ = [j for j, target in zip(open_, targets, strict=True) if any(target is t for t in left)]
        everything = sum(block.system.size for block in self.blocks)
        if open_ and everything <= MOST_UNKNOWNS:
            rows = np.concatenate([block.total for block in self.blocks], axis=1)
            targets = [_Target(table_of(names[j]), rows[j], self.limits.min_width) for j in open_]
            self._probe(list(range(len(self.blocks))), targets, final=True)
        else:
            for j in open_:
                self.report.miss(f"{table_of(names[j])}: only all municipalities together could tell")

    def _probe(
        self, chosen: Sequence[int], targets: list[_Target], *, final: bool = False, alone: bool = False
    ) -> list[_Target]:
        """Attack targets over the unknowns of the chosen blocks, the others standing still (`alone`: as if
        nothing were known of them). What is narrow is found if that proves it (`final`, `alone`); the other
        narrow ones are returned; so are, `alone`, the ones that are wide."""
        if not targets:
            return []
        solver = Solver(self._system(chosen, alone), self.report.tried, self.deadline)
        matrix = sparse.csr_matrix(np.array([target.row for target in targets]))
        need = np.array([target.need for target in targets], dtype=np.float64)
        found = probe(solver, matrix, need, small=SMALL, seed=chosen[0])
        left = []
        for k, target in enumerate(targets):
            if found.unresolved[k]:
                self.report.miss(f"{target.table}: neither bounds nor tables decided in the time given")
                continue
            outer = found.high[k] - found.low[k]
            small = found.low[k] >= 1 and found.high[k] <= SMALL
            narrow = outer < target.need or small
            if narrow and (final or alone):
                self.report.narrow(target.table, int(outer))
                self._find(target, outer, small)
            elif narrow or alone:
                left.append(target)
            elif target.need >= self.limits.min_width:
                self.report.narrow(target.table, int(found.seen_high[k] - found.seen_low[k]))
        return left

    def _find(self, target: _Target, outer: float, small: bool) -> None:
        if outer <= 0:
            rule = "counts that can be computed exactly"
        elif small:
            rule = "small counts that can be told from none"
        else:
            rule = "counts that can be narrowed too far"
        self.report.find(target.table, rule)

    def _system(self, chosen: Sequence[int], alone: bool) -> System:
        parts = [self.blocks[k].system for k in chosen]
        system = parts[0]
        if len(parts) > 1:
            system = System(
                sparse.block_diag([part.matrix for part in parts], format="csr"),
                np.concatenate([part.low for part in parts]),
                np.concatenate([part.high for part in parts]),
                np.concatenate([part.lower for part in parts]),
                np.concatenate([part.upper for part in parts]),
                np.concatenate([part.rare for part in parts]),
            )
        bound = np.isfinite(self.low) | np.isfinite(self.high)
        if alone or not bound.any():
            return system
        others = np.sum(self.totals, axis=0) - np.sum([self.totals[k] for k in chosen], axis=0)
        total = np.concatenate([self.blocks[k].total for k in chosen], axis=1)
        return system.with_rows(
            sparse.csr_matrix(total[bound]), (self.low - others)[bound], (self.high - others)[bound]
        )


def _check_groups(each: Day, block: Block, limits: Limits, report: AuditReport, deadline: float) -> None:
    """Of a row hidden for its group no more may be certain than that it is about the group share or above."""
    at, others = each.model.measures["at_risk"], each.model.measures["not_at_risk"]
    groups = [unit for unit in block.units if unit.status == "group_hidden"]
    if not groups:
        return
    solver = Solver(block.system, report.tried, deadline)
    for unit in groups:
        row = row_of(block, at - limits.group_share * (at + others), block.members[unit.area_id])
        try:
            least, _ = solver.linear(row)
        except TimeoutError:
            report.miss("area_risk: groups not attacked in the time given")
            continue
        report.find("area_risk", "groups of which more than the group share is certain", int(least >= 1))


def standing(populations: pl.DataFrame) -> pl.DataFrame:
    """The populations that go with the release, without those of earlier revisions (column `revision`)."""
    if "revision" not in populations.columns:
        return populations
    return populations.filter(pl.col("revision") == pl.col("revision").max().over("reference_date"))


def attack(
    tables: Mapping[str, pl.DataFrame],
    populations: pl.DataFrame,
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    """Every date of the release by itself. Dates without populations are named, not passed over."""
    populations = standing(populations)

    def one(day: date, own: AuditReport) -> None:
        known = populations.filter(pl.col("reference_date") == day)
        if known.is_empty():
            own.miss("dates whose population is not known")
            return
        each = read_day(tables, known, day, limits)
        check_populations(tables, each, limits, own)
        attack_day(each, limits, own, deadline)
        attack_mothers(tables["area_risk"], day, each.map, limits, own, deadline)

    days = tables["area_risk"]["reference_date"].unique().sort().to_list()
    attack_parts([partial(one, day) for day in days], report)
