"""The attack on the numbers of mothers of one date.

Belongs here: what is known of mothers who are counted once per row, whatever the rounding: a row has at least
as many as any row inside it, at most as many as rows that cover it have together, and at most as many more
than a row inside it as there are children between them. Does not belong here: counts of children
(`attack.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import permutations

import numpy as np
import polars as pl
from scipy import sparse

from assets.audit.bounds import Contradiction, Solver, System, probe
from assets.audit.geometry import Map, Unit
from assets.audit.limits import Limits
from assets.audit.report import AuditReport

TABLE = "area_risk (mothers)"


def attack_mothers(
    risk: pl.DataFrame, day: date, found: Map, limits: Limits, report: AuditReport, deadline: float
) -> None:
    """Every row's mothers, told or not: the delivery with its municipalities, then each municipality."""
    here = risk.filter(pl.col("reference_date") == day).select("area_id", "mothers")
    told = {area: mothers for area, mothers in here.iter_rows() if mothers is not None}
    rows = [
        unit
        for unit in found.units
        if found.count(unit.atoms) and (unit.child_level is None or unit.published)
    ]
    top = [unit for unit in rows if unit.level in ("leverance", "kommune") or unit.parent_id == "leverance"]
    blocks = [top] + [
        [
            unit
            for unit in rows
            if unit.atoms <= place.atoms and unit.parent_id is not None and unit not in top
        ]
        + [place]
        for place in top
        if place.level == "kommune"
    ]
    for block in blocks:
        _attack_block(block, told, found, limits, report, deadline)


def _attack_block(
    units: list[Unit],
    told: Mapping[str, int],
    found: Map,
    limits: Limits,
    report: AuditReport,
    deadline: float,
) -> None:
    if not any(unit.area_id in told for unit in units):
        return
    atoms = [found.occupied(unit.atoms) for unit in units]
    children = np.array([found.count(each) for each in atoms], dtype=float)
    # To the nearest multiple: half a base either way.
    off = limits.base // 2
    lower, upper = np.ones(len(units)), children.copy()
    for i, unit in enumerate(units):
        if unit.area_id in told:
            lower[i], upper[i] = max(0, told[unit.area_id] - off), min(upper[i], told[unit.area_id] + off)
    rows, low, high = [], [], []
    for i, j in permutations(range(len(units)), 2):
        if atoms[i] <= atoms[j]:
            row = np.zeros(len(units))
            row[j], row[i] = 1, -1
            rows.append(row)
            low.append(0.0)
            high.append(float(found.count(atoms[j] - atoms[i])))
    for j in range(len(units)):
        for parts in _covers(j, units, atoms):
            row = np.zeros(len(units))
            row[j] = 1
            row[parts] = -1
            rows.append(row)
            low.append(-np.inf)
            high.append(0.0)
    matrix = sparse.csr_matrix(np.array(rows).reshape(len(rows), len(units)))
    system = System(matrix, np.array(low), np.array(high), lower, upper)
    targets = [i for i, unit in enumerate(units) if limits.base > 1 or unit.area_id not in told]
    need = np.array([min(limits.min_width, children[i] - 1) for i in targets])
    report.tried.cells += len(targets)
    try:
        probed = probe(
            Solver(system, report.tried, deadline), sparse.csr_matrix(np.identity(len(units))[targets]), need
        )
    except Contradiction:
        report.find(TABLE, "numbers that no mothers fit")
        return
    for k in range(len(targets)):
        if probed.unresolved[k]:
            report.miss(f"{TABLE}: not decided in the time given")
            continue
        width = probed.seen_high[k] - probed.seen_low[k]
        if width < need[k]:
            width = probed.high[k] - probed.low[k]
        if width < need[k] or need[k] >= limits.min_width:
            report.narrow(TABLE, int(width))
        report.find(TABLE, "counts that can be narrowed too far", int(width < need[k]))


def _covers(j: int, units: list[Unit], atoms: list[frozenset[int]]) -> list[list[int]]:
    """Rows on one level below a row that hold all its children together."""
    found = []
    for level in {unit.child_level or unit.level for unit in units if unit.parent_id == units[j].area_id}:
        parts = [
            i
            for i, unit in enumerate(units)
            if unit.parent_id == units[j].area_id and level in (unit.level, unit.child_level)
        ]
        rests = [i for i in parts if units[i].child_level]
        parts = [i for i in parts if i in rests or not any(atoms[i] <= atoms[r] for r in rests)]
        if parts and frozenset().union(*(atoms[i] for i in parts)) >= atoms[j]:
            found.append(parts)
    return found
