"""What must hold in the protected tables row by row: statuses, multiples of the base, sizes, sums, shares.

Belongs here: rules that need the tables and the limits only. Does not belong here: what several rows tell
together (`attack.py`), files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.audit.limits import Limits
from assets.audit.report import AuditReport

RISK = ("at_risk", "not_at_risk", "undetermined")
FACTOR = ("children_with", "children_without", "children_unknown")
COUNTS = ("children", "mothers", *RISK, *FACTOR)
NOT_COUNTS = ("year", "revision")
"""Whole numbers that count no one. Any other integer column is unknown, and that is a finding."""
NEEDED = ("area_risk", "area_factor", "area_factor_count", "area_children", "release", "release_date")
WITH_NUMBERS = ("shown", "rounded")
BELOW_MUNICIPALITY = ("afdeling", "omraade", "helhedsplan")
SHARES = {
    "share_pct": (("at_risk",), ("at_risk", "not_at_risk")),
    "share_if_unknown_no_pct": (("at_risk",), ("children",)),
    "share_if_unknown_yes_pct": (("at_risk", "undetermined"), ("children",)),
}
"""Column: what is divided by what."""

Row = dict[str, Any]
Tables = Mapping[str, pl.DataFrame]


def marking_of(tables: Tables) -> str:
    return str(tables["release"]["marking"][0])


def check_statuses(tables: Tables, limits: Limits, report: AuditReport) -> None:
    if missing := set(NEEDED) - tables.keys():
        report.find("protected tables", f"missing: {', '.join(sorted(missing))}", len(missing))
        return
    markings = {value for frame in tables.values() for value in frame["marking"].to_list()}
    report.find("protected tables", "rows that bear different markings or none", int(len(markings) != 1))
    for name, frame in tables.items():
        # Where few are at risk no design effect is told.
        if frame.is_empty() and name != "design_effect":
            report.find(name, "no rows: nothing to audit")
        _check_table(name, frame, limits, report)
        report.checked += frame.height * frame.width
    _check_rows(tables, limits, report)
    _check_levels(tables, report)
    _check_intervals(tables, report)
    _check_effects(tables, limits, report)


def _check_table(name: str, frame: pl.DataFrame, limits: Limits, report: AuditReport) -> None:
    counts = [c for c, dtype in frame.schema.items() if dtype.is_integer() and c in COUNTS]
    for column, dtype in frame.schema.items():
        if dtype.is_integer() and column not in COUNTS + NOT_COUNTS:
            report.find(name, f"unknown column of whole numbers: {column}")
    for column in counts:
        report.find(name, f"negative counts in {column}", frame.filter(pl.col(column) < 0).height)
        if limits.base > 1:
            odd = frame.filter(pl.col(column) % limits.base != 0).height
            report.find(name, f"counts in {column} that are no multiples of the base", odd)
        else:
            small = frame.filter(pl.col(column).is_between(1, 4)).height
            report.find(name, f"counts from 1 to 4 in {column}", small)
    if "cell_status" not in frame.columns:
        return
    for status, rows in frame["cell_status"].value_counts().iter_rows():
        reasons = report.hidden.setdefault(name, {})
        reasons[status] = reasons.get(status, 0) + rows
    numbers = [c for c, dtype in frame.schema.items() if dtype.is_numeric() and c not in NOT_COUNTS]
    with_numbers = pl.col("cell_status").is_in(WITH_NUMBERS)
    withheld = frame.filter(~with_numbers)
    group = pl.col("cell_status") == "group_hidden"
    # The population isn't what is hidden of a group.
    open_of_group = ~(group & pl.lit(name == "area_risk"))
    held = withheld.filter(
        pl.any_horizontal(
            pl.col(c).is_not_null() & (open_of_group if c in ("children", "mothers") else True)
            for c in numbers
        )
    )
    if limits.base > 1:
        report.find(name, "numbers in rows that are hidden", held.height)
        empty = frame.filter(with_numbers & pl.all_horizontal(pl.col(c).is_null() for c in counts))
        report.find(name, "rows called shown or rounded without a count", empty.height)
    else:
        bare = held.filter(pl.col("cell_status").is_in(("too_small", "group_hidden")))
        report.find(name, "numbers in rows that are hidden", bare.height)


def _check_rows(tables: Tables, limits: Limits, report: AuditReport) -> None:
    key = ("reference_date", "level", "area_id")

    def grouped(name: str) -> dict[tuple, list[Row]]:
        groups: dict[tuple, list[Row]] = defaultdict(list)
        for row in tables[name].to_dicts():
            groups[tuple(row[k] for k in key)].append(row)
        return groups

    parts = {name: grouped(name) for name in ("area_factor", "area_factor_count", "area_children")}
    slack = limits.base - 1
    for risk in tables["area_risk"].to_dicts():
        area, total = tuple(risk[k] for k in key), risk["children"]
        counts = {row["n_factors"]: row["children"] for row in parts["area_factor_count"].get(area, [])}
        _check_sum("area_risk", total, [risk[c] for c in RISK], report)
        _check_sum("area_factor_count", total, list(counts.values()), report)
        ages = [row["children"] for row in parts["area_children"].get(area, [])]
        if ages:
            _check_sum("area_children", total, ages, report)
        if counts and counts.get("3+") != risk["at_risk"]:
            report.find("area_factor_count", "3+ is not the children at risk")
        # Zero is the rest of a parent that is covered by its parts: nobody is in it.
        small = bool(total) and total + slack < limits.min_children
        few = risk["mothers"] is not None and bool(total) and risk["mothers"] + slack < limits.min_mothers
        report.find("area_risk", "areas below the size", int(small or few))
        for column, (part, whole) in SHARES.items():
            _check_share(
                "area_risk", column, _sum(risk, part), _sum(risk, whole), risk[column], limits, report
            )
        if _is_group(_sum(risk, ("at_risk",)), _sum(risk, ("at_risk", "not_at_risk")), limits):
            report.find("area_risk", "shares of a whole group that are not hidden")
        for row in parts["area_factor"].get(area, []):
            yes, no = row["children_with"], row["children_without"]
            _check_sum("area_factor", total, [row[c] for c in FACTOR], report)
            known = None if yes is None or no is None else yes + no
            _check_share("area_factor", "share_pct", yes, known, row["share_pct"], limits, report)
            needed = limits.factor_children.get(row["factor"], 0)
            if risk["level"] in (*BELOW_MUNICIPALITY, "rest") and yes is not None and total:
                report.find("area_factor", "factors of areas too small for them", int(total + slack < needed))


def _sum(row: Row, columns: Sequence[str]) -> int | None:
    values = [row[c] for c in columns]
    return None if None in values else sum(values)


def _check_sum(name: str, total: int | None, counts: Sequence[int | None], report: AuditReport) -> None:
    if total is None or None in counts:
        return
    off = sum(count for count in counts if count is not None) != total
    report.find(name, "counts that don't add up to the children", int(off))


def _check_share(
    name: str,
    column: str,
    part: int | None,
    whole: int | None,
    share: float | None,
    limits: Limits,
    report: AuditReport,
) -> None:
    """A share says no more than the two counts beside it: it is their quotient, or nothing."""
    if share is None:
        return
    if part is None or not whole:
        report.find(name, f"{column} of hidden counts or of nothing")
        return
    report.find(
        name,
        f"{column} does not follow from the published counts",
        int(abs(share - 100 * part / whole) > 0.5 + 1e-9),
    )
    if name == "area_factor" and limits.base > 1:
        # Both counts may be off by base - 1, in opposite directions.
        off = limits.base - 1
        high = 100 * min((part + off) / whole, 1) - 100 * part / whole
        report.find(name, "shares that rounding alone can move too far", int(high > 2 * limits.share_points))


def _is_group(part: int | None, whole: int | None, limits: Limits) -> bool:
    return part is not None and bool(whole) and part >= limits.group_share * (whole or 0)


def _check_levels(tables: Tables, report: AuditReport) -> None:
    """The published numbers are one additive system: parts and rest give the parent, wherever all are shown
    and no two parts overlap. Where parts overlap they give more; less can't be.
    """
    frame = tables["area_risk"]
    columns = ("children", *RISK)
    rows = {(r["reference_date"], r["area_id"]): r for r in frame.to_dicts()}
    parts: dict[tuple, list[Row]] = defaultdict(list)
    complete: set[tuple] = set()
    for (day, _), row in rows.items():
        if row["parent_id"] is None:
            continue
        level = row["child_level"] or row["level"]
        parts[day, row["parent_id"], level].append(row)
        if row["child_level"]:
            complete.add((day, row["parent_id"], level))
    for day, parent_id, level in complete:
        parent = rows.get((day, parent_id))
        if parent is None:
            report.find("area_risk", "rests of a parent that has no row")
            continue
        for column in columns:
            values = [row[column] for row in parts[day, parent_id, level]]
            fates = {row["cell_status"] for row in parts[day, parent_id, level]}
            if parent[column] is None or "hidden" in fates or "group_hidden" in fates:
                continue
            if sum(v for v in values if v is not None) < parent[column]:
                report.find("area_risk", f"{column} of parts and rest that is less than the parent's")


def _check_effects(tables: Tables, limits: Limits, report: AuditReport) -> None:
    """A design effect is made of exact counts: of few children at risk it tells how many, and that they are
    siblings."""
    if "design_effect" not in tables:
        return
    key = ["reference_date", "area_id"]
    joined = tables["design_effect"].join(tables["area_risk"].select(*key, *RISK), on=key, how="left")
    enough = pl.all_horizontal(pl.col(RISK[:2]) + limits.base > limits.min_children).fill_null(False)
    report.find(
        "design_effect", "design effects of fewer than an area must hold", joined.filter(~enough).height
    )


def _check_intervals(tables: Tables, report: AuditReport) -> None:
    """Interval and share are functions of what is published: equal counts in one municipality give equal
    intervals. Where they don't, something else went in.
    """
    frame = tables["area_risk"].filter(pl.col("ci95_low_pct").is_not_null())
    outside = frame.filter(
        (pl.col("ci95_low_pct") > pl.col("ci95_high_pct"))
        | (pl.col("share_pct") < pl.col("ci95_low_pct") - 1)
        | (pl.col("share_pct") > pl.col("ci95_high_pct") + 1)
    )
    report.find("area_risk", "intervals that don't hold the share", outside.height)
    hidden = frame.filter(pl.any_horizontal(pl.col(c).is_null() for c in ("at_risk", "not_at_risk")))
    report.find("area_risk", "intervals of hidden counts", hidden.height)
    parents = {
        (r["reference_date"], r["area_id"]): r["parent_id"]
        for r in tables["area_risk"].select("reference_date", "area_id", "parent_id").to_dicts()
    }
    municipalities = {
        (r["reference_date"], r["area_id"])
        for r in tables["area_risk"].filter(pl.col("level") == "kommune").to_dicts()
    }
    seen: dict[tuple, tuple] = {}
    for row in frame.to_dicts():
        place: str | None = row["area_id"]
        while place is not None and (row["reference_date"], place) not in municipalities:
            place = parents.get((row["reference_date"], place))
        counts = (row["reference_date"], place, *(row[c] for c in ("children", *RISK)))
        interval = tuple(row[c] for c in ("share_pct", *SHARES, "ci95_low_pct", "ci95_high_pct"))
        report.find(
            "area_risk",
            "equal counts with different intervals",
            int(seen.setdefault(counts, interval) != interval),
        )
