"""Renders all reports of a release.

Belongs here: the order of the work and the files it writes.
Does not belong here: numbers (`model`), words (`texts`, `view`), drawing (`charts`), formats (`pdf`, `html`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from reports.model import build_report_set

Progress = Callable[[int, int], None]
"""Called after each report with (reports done, reports in all)."""


def render(
    tables: Mapping[str, pl.DataFrame], out_dir: Path, *, progress: Progress | None = None
) -> list[Path]:
    """Write `reports/<slug>.pdf` and `.txt` per område, helhedsplan and kommune of the latest date, and
    `index.html`, into `out_dir`.

    `tables` are the protected tables of `schemas.release`, keyed by table name, one definition, all dates.
    The same tables give the same bytes. Returns the files written.
    """
    from reports import html, plain, view
    from reports.pdf import Printer

    reports = build_report_set(tables)
    folder = out_dir / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    printer = Printer(reports.reference_date)
    for done, report in enumerate(reports.reports, 1):
        page = view.report_page(report, reports)
        pdf, txt = folder / f"{report.slug}.pdf", folder / f"{report.slug}.txt"
        pdf.write_bytes(printer.pdf(page))
        txt.write_text(plain.text(page), encoding="utf-8", newline="\n")
        written += [pdf, txt]
        if progress is not None:
            progress(done, len(reports.reports))
    index = out_dir / "index.html"
    index.write_text(html.index(view.index_page(reports)), encoding="utf-8", newline="\n")
    return [*written, index]
