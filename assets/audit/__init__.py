"""The audit: opens a rendered release as an outsider would, compares it with what was protected, and attacks.

Belongs here: reading published files back, everything that must not be found in them, and what could be
computed from all of them together. Imports nothing else of the project: an error it shared with what it
checks would not be seen. So the few rules it needs are written here again.
Does not belong here: protecting, rendering, deciding what follows from a finding (`assets/audited.py`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.audit.limits import Limits
from assets.audit.report import AuditReport, Finding

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AuditReport", "Finding", "Limits", "audit_release"]


def audit_release(
    folder: Path,
    protected_dir: Path,
    *,
    populations: Path | None = None,
    unchanged: Path | None = None,
    earlier: Sequence[Path] = (),
    limits: Limits,
    by_date: Mapping[date, Limits] | None = None,
) -> AuditReport:
    """Read every file of a release folder, compare it with the protected tables (`<table>.parquet`), and try
    to recover counts from everything published.

    `populations`: what an attacker may know, a Parquet file with a row per atom (dwellings that no border
    cuts) and date: reference_date, kom, area_ids, children, age_0_2 … age_15_17; all true numbers. It may
    also hold the populations of superseded revisions (column `revision`), and where the same dwellings lay at
    the date before (`earlier_date`, `earlier_area_ids`; `newcomers`: children who weren't there then).
    `unchanged`: counts that truly are as in an earlier revision or at the date before, which an attacker may
    know too: reference_date, since_date, since_revision, area_id, measure (`at_risk`, `n:0`,
    `<factor>:children_with`).
    `earlier`: folders of the releases before this one, oldest first. `by_date`: what single dates have to
    withstand, where that isn't `limits`; dates together have to withstand `limits`.

    Findings name file, rule and count, never a value. Any finding must stop the release. A file that can't be
    read or isn't known is a finding too, and so is an attack on nothing: what was not audited was not shown
    to be safe.
    """
    import polars as pl

    from assets.audit import files, pages, statuses, web

    report = AuditReport()
    tables = {path.stem: pl.read_parquet(path) for path in sorted(protected_dir.glob("*.parquet"))}
    for dated, own in _by_limits(tables, limits, by_date or {}):
        statuses.check_statuses(dated, own, report)
    if report.findings:
        return report
    for check in (
        files.check_manifest,
        files.check_duckdb,
        files.check_csv,
        files.check_workbook,
        pages.check_pdfs,
        pages.check_texts,
        pages.check_pictures,
        pages.check_keys,
        web.check_site,
    ):
        try:
            check(folder, tables, report)
        except Exception as error:
            # The text of a reader's error may hold values.
            report.find("release", f"{check.__name__} could not read it ({type(error).__name__})")
    if not report.findings:
        _attack(tables, populations, unchanged, earlier, limits, report, by_date or {})
    report.merge_findings()
    return report


def _by_limits(
    tables: Mapping[str, pl.DataFrame], limits: Limits, by_date: Mapping[date, Limits]
) -> list[tuple[dict[str, pl.DataFrame], Limits]]:
    """The tables with the dates that have the same to withstand."""
    import polars as pl

    days = tables["area_risk"]["reference_date"].unique().sort().to_list() if "area_risk" in tables else []
    groups: list[tuple[Limits, list[date]]] = []
    for day in days:
        own = by_date.get(day, limits)
        same = next((dates for other, dates in groups if other == own), None)
        if same is None:
            groups.append((own, [day]))
        else:
            same.append(day)
    if len(groups) < 2:
        return [(dict(tables), groups[0][0] if groups else limits)]
    return [
        (
            {
                name: frame.filter(pl.col("reference_date").is_in(dates))
                if "reference_date" in frame.columns
                else frame
                for name, frame in tables.items()
            },
            own,
        )
        for own, dates in groups
    ]


def _attack(
    tables: Mapping[str, pl.DataFrame],
    populations: Path | None,
    unchanged: Path | None,
    earlier: Sequence[Path],
    limits: Limits,
    report: AuditReport,
    by_date: Mapping[date, Limits],
) -> None:
    import polars as pl

    from assets.audit.across import attack_across
    from assets.audit.attack import attack
    from assets.audit.files import read_tables

    if populations is None:
        report.find("release", "nothing was attacked: no populations were given")
        return
    started = time.monotonic()
    deadline = started + limits.seconds
    try:
        known = pl.read_parquet(populations)
        for dated, own in _by_limits(tables, limits, by_date):
            attack(dated, known, own, report, deadline)
        before = [read_tables(folder) for folder in earlier]
        if unchanged is not None:
            attack_across(tables, before, known, pl.read_parquet(unchanged), limits, report, deadline)
        elif before or known["reference_date"].n_unique() > 1:
            report.miss("revisions and dates together: which counts are unchanged isn't given")
        report.find("release", "nothing was attacked", int(not report.tried.cells))
    except Exception as error:
        # The text of an error may hold values.
        report.find("release", f"the attack could not be carried out ({type(error).__name__})")
    report.tried.seconds = round(time.monotonic() - started, 1)
