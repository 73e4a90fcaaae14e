"""Renders all reports of a release.

Belongs here: the order of the work, the files it writes, which of them need not be made again.
Does not belong here: numbers (`model`), words (`texts`, `view`), drawing (`charts`), formats (`pdf`, `png`,
`plain`, `html`).

A report whose content, code and fonts are those of the release before is copied from it. `reports/keys.json`
remembers both: per report a hash of everything that goes into its files, and the SHA-256 of each file. So a
copy is taken only of a file that still is what was written then, and the audit reads copies like the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from reports.model import Report, ReportSet, build_report_set

if TYPE_CHECKING:
    from reports.pdf import Printer
    from reports.png import Photographer

Progress = Callable[[int, int], None]
"""Called after each report with (reports done, reports in all)."""

Writer = Callable[[Path, bytes], None]
"""Puts a file with its content at a path, and makes the folders above it."""

KEYS_FILE = "reports/keys.json"
LIBRARIES = ("fonttools", "jinja2", "matplotlib", "typst")
ALONE = 24
"""So many reports are rendered before a second process would have started."""

Files = dict[str, bytes]
"""Content by path below the release folder."""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def render(
    tables: Mapping[str, pl.DataFrame],
    out_dir: Path,
    *,
    previous: Path | None = None,
    outlines: Path | None = None,
    progress: Progress | None = None,
    write: Writer = _write,
) -> list[Path]:
    """Write the reports of every område, helhedsplan and kommune of the latest date into `out_dir`:
    `reports/<slug>.pdf`, `.txt`, three pictures `reports/<slug>-<figure>.png`, and `html/<slug>.html`; the
    overview `index.html`, and `html/sammenlign.html` for comparing.

    `tables` are the protected tables of `schemas.release`, keyed by table name, one definition, all dates.
    `outlines`: GeoJSON of municipalities for the overview's map, in place of tiles.
    `previous`: the folder of an earlier release; what has not changed is copied from it. The same tables give
    the same bytes, copied or made. `write` puts a file in its place. Returns the files written.
    """
    from reports import html, maps, site_view

    drawn = maps.read_outlines(outlines) if outlines else None
    # The compilers keep folders among the temporary files of the run that made them: gone with that run.
    _photographer.cache_clear()
    _printer.cache_clear()
    reports = build_report_set(tables)
    if drawn is not None and outlines is not None:
        maps.check_codes(drawn, outlines, (maps.code_of(r.unit.area_id) for r in reports.kommuner))
    keys = {report.slug: content_key(report, reports) for report in reports.reports}
    remembered: dict[str, dict[str, str]] = {}
    written: list[Path] = []
    done = 0

    def keep(slug: str, files: Files) -> None:
        nonlocal done
        remembered[slug] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        for name, content in files.items():
            written.append(out_dir / name)
            write(out_dir / name, content)
        done += 1
        if progress is not None:
            progress(done, len(keys))

    known = _read_keys(previous) if previous else {}
    due: list[int] = []
    for number, report in enumerate(reports.reports):
        files = _unchanged(previous, known.get(report.slug), keys[report.slug]) if previous else None
        if files is None:
            due.append(number)
        else:
            keep(report.slug, files)
    for number, files in _render_all(reports, due):
        keep(reports.reports[number].slug, files)
    for name, template, page in (
        ("index.html", "index", site_view.index_page(reports, drawn)),
        (site_view.COMPARE_FILE, "compare", site_view.compare_page(reports)),
    ):
        written.append(out_dir / name)
        write(out_dir / name, html.page(template, page=page).encode())
    memory = {slug: {"key": keys[slug], "files": remembered[slug]} for slug in sorted(keys)}
    write(out_dir / KEYS_FILE, (json.dumps(memory, indent=1) + "\n").encode())
    return [*written, out_dir / KEYS_FILE]


def report_files(report: Report, reports: ReportSet) -> Files:
    """One report in all its forms."""
    from reports import html, plain, site_view, view

    page = view.report_page(report, reports)
    place = f"reports/{report.slug}"
    pictures = _photographer().pictures(view.pictures(page))
    return {
        f"{place}.pdf": _printer(reports.reference_date).pdf(page),
        f"{place}.txt": plain.text(page).encode(),
        site_view.page_of(report): html.page("area", **site_view.area_page(report, reports, page)).encode(),
        **{f"{place}-{name}.png": picture for name, picture in pictures.items()},
    }


@cache
def _photographer() -> Photographer:
    from reports.png import Photographer

    return Photographer()


@cache
def _printer(day: date) -> Printer:
    from reports.pdf import Printer

    return Printer(day)


def content_key(report: Report, reports: ReportSet) -> str:
    """A hash of everything the files of a report follow from. The model's repr holds each number it has."""
    shared = (
        reports.reference_date,
        reports.dates,
        reports.definition,
        reports.marking,
        reports.all_plans,
        reports.plans_shown,
        len(reports.plans),
        len(reports.kommuner),
        reports.benchmarks,
        reports.vintages,
        reports.facts,
    )
    return hashlib.sha256(f"{_code()}\n{shared!r}\n{report!r}".encode()).hexdigest()


@cache
def _code() -> str:
    """A hash of the code, data and fonts that make pages, and the versions of the libraries that set them."""
    from importlib.metadata import version

    from reports import fonts

    digest = hashlib.sha256()
    here = Path(__file__).parent
    files = [path for path in sorted(here.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    for path in [
        *files,
        here.parent / "schemas" / "release.py",
        *(fonts.font_file(cut) for cut in fonts.CUTS),
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(" ".join(version(library) for library in LIBRARIES).encode())
    return digest.hexdigest()


def _read_keys(previous: Path) -> dict[str, dict]:
    path = previous / KEYS_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _unchanged(previous: Path, known: Mapping | None, key: str) -> Files | None:
    """The earlier files of a report, if they follow from the same and are as they were written."""
    if known is None or known["key"] != key:
        return None
    files: Files = {}
    for name, digest in known["files"].items():
        path = previous / name
        if not path.is_file() or hashlib.sha256(content := path.read_bytes()).hexdigest() != digest:
            return None
        files[name] = content
    return files


def _render_all(reports: ReportSet, due: list[int]) -> Iterable[tuple[int, Files]]:
    """Files of these reports, in order; several processes where it pays. No report knows of another, so the
    bytes are the same.
    """
    workers = min(len(os.sched_getaffinity(0)), max(1, len(due) // ALONE))
    if workers == 1:
        for number in due:
            yield number, report_files(reports.reports[number], reports)
        return
    yield from _in_processes(reports, due, workers)


def _in_processes(reports: ReportSet, due: list[int], workers: int) -> Iterator[tuple[int, Files]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Spawned, not forked: Polars' threads don't survive a fork.
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (reports,)) as pool:
        yield from zip(due, pool.map(_render_one, due, chunksize=4), strict=True)


_reports: ReportSet | None = None


def _start(reports: ReportSet) -> None:
    global _reports
    _reports = reports


def _render_one(number: int) -> Files:
    assert _reports is not None
    return report_files(_reports.reports[number], _reports)
