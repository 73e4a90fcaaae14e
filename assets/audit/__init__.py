"""The audit: opens a rendered release as an outsider would and holds it against the protected tables.

Belongs here: reading published files back, and everything that must not be found in them. Imports nothing
else of the project: an error it shared with what it checks would not be seen. So the few rules it needs are
written here again.
Does not belong here: protecting, rendering, deciding what follows from a finding (`assets/audited.py`).

This first version compares and looks for small and subtractable counts within a row; it doesn't attack across
rows.
"""

from __future__ import annotations

from pathlib import Path

from assets.audit.report import AuditReport, Finding

__all__ = ["AuditReport", "Finding", "audit_release"]


def audit_release(folder: Path, protected_dir: Path) -> AuditReport:
    """Read every file of a release folder and compare it with the protected tables (`<table>.parquet`).

    Findings name file, rule and count, never a value. Any finding must stop the release. A file that can't be
    read or isn't known is a finding too: what was not audited was not shown to be safe.
    """
    import polars as pl

    from assets.audit import files, pages, protected

    report = AuditReport()
    tables = {path.stem: pl.read_parquet(path) for path in sorted(protected_dir.glob("*.parquet"))}
    protected.check_tables(tables, report)
    if report.findings:
        return report
    for check in (
        files.check_manifest,
        files.check_duckdb,
        files.check_csv,
        files.check_workbook,
        pages.check_index,
        pages.check_pdfs,
    ):
        try:
            check(folder, tables, report)
        except Exception as error:
            # The text of a reader's error may hold values.
            report.find("release", f"{check.__name__} could not read it ({type(error).__name__})")
    return report
