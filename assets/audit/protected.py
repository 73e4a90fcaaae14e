"""What must hold in the protected tables themselves.

Belongs here: small counts, hidden is NULL, nothing subtractable within a row, sizes, shares from shown
counts, marking. Does not belong here: files. The rules are written here a second time on purpose (see the
package).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.audit.report import AuditReport

SMALL = range(1, 5)
MIN_CHILDREN, MIN_MOTHERS = 50, 30
RISK = ("at_risk", "not_at_risk", "undetermined")
FACTOR = ("children_with", "children_without", "children_unknown")
COUNTS = ("children", "mothers", *RISK, *FACTOR)
NOT_COUNTS = ("year", "revision")
"""Whole numbers that count no one. Any other integer column is unknown, and that is a finding."""

Row = dict[str, Any]
Tables = Mapping[str, pl.DataFrame]


def marking_of(tables: Tables) -> str:
    return str(tables["release"]["marking"][0])


def check_tables(tables: Tables, report: AuditReport) -> None:
    needed = {"area_risk", "area_factor", "area_factor_count", "area_children", "release", "release_date"}
    if missing := needed - tables.keys():
        report.find("protected tables", f"missing: {', '.join(sorted(missing))}", len(missing))
        return
    marking = marking_of(tables)
    for name, frame in tables.items():
        if frame.is_empty():
            report.find(name, "no rows: nothing to audit")
        report.find(
            name, "rows without the marking", int((frame["marking"] != marking).fill_null(True).sum())
        )
        _check_counts(name, frame, report)
        report.checked += frame.height * frame.width
    _check_rows(tables, report)


def _check_counts(name: str, frame: pl.DataFrame, report: AuditReport) -> None:
    for column, dtype in frame.schema.items():
        if dtype.is_integer() and column not in COUNTS + NOT_COUNTS:
            report.find(name, f"unknown column of whole numbers: {column}")
        if column in COUNTS:
            report.find(name, f"counts from 1 to 4 in {column}", int(frame[column].is_in(list(SMALL)).sum()))
            report.find(name, f"negative counts in {column}", int((frame[column] < 0).sum()))
    if "cell_status" in frame.columns:
        numbers = [c for c, dtype in frame.schema.items() if dtype.is_numeric()]
        withheld = frame.filter(pl.col("cell_status") == "too_small")
        held = withheld.filter(pl.any_horizontal(pl.col(numbers).is_not_null()))
        report.find(name, "numbers in rows that are too small to be shown", held.height)
        whole = frame.filter(pl.col("cell_status") == "hidden").filter(
            pl.all_horizontal(pl.col(c).is_not_null() for c in numbers if c in COUNTS and c != "mothers")
        )
        report.find(name, "rows called hidden in which nothing is", whole.height)


def _check_rows(tables: Tables, report: AuditReport) -> None:
    """Each area's partitions against its total: a lone hidden cell could be computed."""
    key = ("reference_date", "level", "area_id")

    def grouped(name: str) -> dict[tuple, list[Row]]:
        groups: dict[tuple, list[Row]] = defaultdict(list)
        for row in tables[name].to_dicts():
            groups[tuple(row[k] for k in key)].append(row)
        return groups

    parts = {name: grouped(name) for name in ("area_factor", "area_factor_count", "area_children")}
    for risk in tables["area_risk"].to_dicts():
        area = tuple(risk[k] for k in key)
        total = risk["children"]
        factors = parts["area_factor"].get(area, [])
        counts = {row["n_factors"]: row["children"] for row in parts["area_factor_count"].get(area, [])}
        _check_partition("area_risk", total, [risk[c] for c in RISK], report)
        for row in factors:
            _check_partition("area_factor", total, [row[c] for c in FACTOR], report)
            _check_share(
                "area_factor", row["share_pct"], row["children_with"], row["children_without"], report
            )
        _check_partition("area_factor_count", total, list(counts.values()), report)
        ages = [row["children"] for row in parts["area_children"].get(area, [])]
        if ages:
            _check_partition("area_children", total, ages, report)
        if counts.get("3+") != risk["at_risk"]:
            report.find("area_factor_count", "3+ is not the children at risk")
        _check_share("area_risk", risk["share_pct"], risk["at_risk"], risk["not_at_risk"], report)
        below = total and (total < MIN_CHILDREN or (risk["mothers"] or MIN_MOTHERS) < MIN_MOTHERS)
        report.find("area_risk", "areas below the size", int(bool(below)))
        if risk["at_risk"] is None and any(
            risk[c] is not None
            for c in ("share_pct", "share_if_unknown_no_pct", "ci95_low_pct", "ci95_high_pct")
        ):
            report.find("area_risk", "shares of hidden counts")


def _check_partition(name: str, total: int | None, counts: Sequence[int | None], report: AuditReport) -> None:
    hidden = sum(count is None for count in counts)
    shown = sum(count for count in counts if count is not None)
    if total is None:
        report.find(name, "counts of an area whose number of children is hidden", int(hidden < len(counts)))
        return
    report.find(name, "a hidden count that is the total less the others", int(hidden == 1))
    report.find(name, "counts that don't add up to the children", int(hidden == 0 and shown != total))
    # Hidden cells together hold at least one small count and one of five or more.
    report.find(
        name, "hidden counts whose sum tells them", int(hidden > 1 and total - shown < 5 + hidden - 1)
    )


def _check_share(
    name: str, share: float | None, part: int | None, others: int | None, report: AuditReport
) -> None:
    if part is None or others is None:
        report.find(name, "shares of hidden counts", int(share is not None))
    elif part + others == 0:
        report.find(name, "shares of nothing", int(share is not None))
    else:
        off = share is not None and abs(share - 100 * part / (part + others)) > 0.5 + 1e-9
        report.find(name, "shares that don't follow from the shown counts", int(off))
