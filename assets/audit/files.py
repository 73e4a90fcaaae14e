"""Manifest, DuckDB, CSV and Excel, read back and compared value by value.

Belongs here: readers that share nothing with the writers (csv, zipfile and ElementTree instead of Polars and
xlsxwriter). Does not belong here: pages for people (`pages.py`).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl

from assets.audit.report import AuditReport
from assets.audit.statuses import Tables, marking_of

KNOWN_FILES = re.compile(
    r"femfaktor\.duckdb|femfaktor\.xlsx|csv/[a-z_]+\.csv|index\.html|html/[^/]+\.html|"
    r"reports/[^/]+\.(?:pdf|txt|png)|reports/keys\.json"
)
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
VIEW_COUNTS = ("areas", "of_areas", "areas_shown", "nearness", "max_error")
"""Whole numbers in views that count areas, not people, or say how much a count may be rounded."""
VIEW_PIVOTS = {
    **{
        f"children_{n.replace('+', 'plus')}": ("area_factor_count", "n_factors", n)
        for n in ("0", "1", "2", "3+")
    },
    **{
        f"age_{band.replace('-', '_')}": ("area_children", "age_band", band)
        for band in ("0-2", "3-5", "6-9", "10-14", "15-17")
    },
}
"""Counts set side by side: the protected table they come from, its column and the value there."""
VIEW_DIFFERENCES = {
    ("share_pct", "compared_share_pct"): "difference_points",
    ("factor_share_pct", "kommune_factor_share_pct"): "difference_points",
    ("share_pct", "previous_share_pct"): "change_points",
    ("ci95_high_pct", "ci95_low_pct"): "interval_points",
    ("share_if_unknown_yes_pct", "share_if_unknown_no_pct"): "bounds_points",
}
"""Differences of two shares on the same row, by the two they are made of."""


def compare(
    file: str,
    expected: pl.DataFrame,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    report: AuditReport,
) -> None:
    """Hold rows read from a file against a protected table, in order and cell by cell."""
    if list(names) != expected.columns:
        report.find(file, "columns are not those of the protected table")
        return
    if len(rows) != expected.height:
        report.find(
            file, "number of rows is not that of the protected table", abs(len(rows) - expected.height)
        )
        return
    for i, column in enumerate(names):
        wrong = sum(not _same(a, row[i]) for a, row in zip(expected[column].to_list(), rows, strict=True))
        report.find(file, f"{column} is not as protected", wrong)
    report.checked += expected.height * expected.width


def _same(protected: Any, published: Any) -> bool:
    if protected is None or published is None:
        return protected is None and published is None
    return type(protected) is type(published) and protected == published


def check_manifest(folder: Path, tables: Tables, report: AuditReport) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    present.discard("manifest.json")
    listed = manifest["files"]
    report.find("manifest.json", "files that it does not name", len(present - listed.keys()))
    report.find("manifest.json", "files that it names and that are not there", len(listed.keys() - present))
    for name in sorted(present & listed.keys()):
        actual = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        report.find(name, "is not the file in the manifest", int(actual != listed[name]))
        report.checked += 1
    unknown = [name for name in present if not KNOWN_FILES.fullmatch(name)]
    report.find("release", "files of a kind that is not audited", len(unknown))
    links = [path for path in folder.rglob("*") if path.is_symlink()]
    report.find("release", "links instead of files", len(links))
    report.find(
        "manifest.json", "the marking is not as protected", int(manifest["marking"] != marking_of(tables))
    )
    expected = dict(tables["release"].select("key", "value").iter_rows())
    report.find("manifest.json", "facts are not as protected", int(manifest["release"] != expected))
    hashes = re.compile(r"[0-9a-f]{64}")
    known = {"marking", "release", "ledger", "duckdb_content_sha256", "files"}
    extra = manifest.keys() != known or not hashes.fullmatch(manifest["duckdb_content_sha256"])
    ledger = manifest.get("ledger", {})
    extra |= ledger.keys() != {"length", "head"} or not hashes.fullmatch(ledger["head"])
    report.find("manifest.json", "entries that are not known", int(extra))


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of an earlier release that counts stand in."""
    import duckdb

    with duckdb.connect(folder / "femfaktor.duckdb", read_only=True, config=CONFIG) as con:
        names = ("area_risk", "area_factor", "area_factor_count", "area_children", "release_date")
        return {name: con.sql(f'SELECT * FROM "{name}" ORDER BY rowid').pl() for name in names}


def check_duckdb(folder: Path, tables: Tables, report: AuditReport) -> None:
    import duckdb

    file = "femfaktor.duckdb"
    with duckdb.connect(folder / file, read_only=True, config=CONFIG) as con:
        here = "database_name = current_database() AND NOT internal"
        present = {
            name for (name,) in con.sql(f"SELECT table_name FROM duckdb_tables() WHERE {here}").fetchall()
        }
        if present != tables.keys():
            report.find(file, "tables are not the protected ones", len(present ^ tables.keys()))
        for name in sorted(present & tables.keys()):
            relation = con.sql(f'SELECT * FROM "{name}" ORDER BY rowid')
            compare(f"{file}: {name}", tables[name], relation.columns, relation.fetchall(), report)
        uncommented = con.sql(
            f"SELECT 1 FROM duckdb_tables() WHERE {here} AND comment IS NULL UNION ALL "
            f"SELECT 1 FROM duckdb_views() WHERE {here} AND comment IS NULL UNION ALL "
            f"SELECT 1 FROM duckdb_columns() WHERE {here} AND comment IS NULL"
        ).fetchall()
        report.find(file, "tables, views or columns without a comment", len(uncommented))
        for (name,) in con.sql(f"SELECT view_name FROM duckdb_views() WHERE {here}").fetchall():
            _check_view(f"{file}: {name}", con.sql(f'SELECT * FROM "{name}"').pl(), tables, report)
    report.find(file, "a .wal file lies beside it", int((folder / f"{file}.wal").exists()))


def _check_view(file: str, view: pl.DataFrame, tables: Tables, report: AuditReport) -> None:
    """A view shows nothing but protected numbers: those of the same row where it names one, else shares of
    any row.
    """
    if "marking" not in view.columns or set(view["marking"]) - {marking_of(tables)}:
        report.find(file, "rows without the marking")
    risk, key = tables["area_risk"], ["reference_date", "level", "area_id"]
    shares = {
        value
        for name in ("area_risk", "area_factor", "benchmark")
        for column, dtype in tables[name].schema.items()
        if dtype.is_float()
        for value in tables[name][column].to_list()
    } | {None}
    differences = {made for (a, b), made in VIEW_DIFFERENCES.items() if {a, b, made} <= set(view.columns)}
    for (a, b), made in VIEW_DIFFERENCES.items():
        if made in differences and {a, b} <= set(view.columns):
            off = view.filter(pl.col(made).ne_missing((pl.col(a) - pl.col(b)).round(1)))
            report.find(file, f"{made} is not the difference of the shares beside it", off.height)
    for column, dtype in view.schema.items():
        if column in VIEW_PIVOTS and set(key) <= set(view.columns):
            table, by, value = VIEW_PIVOTS[column]
            cells = tables[table].filter(pl.col(by) == value).select(*key, pl.col("children").alias("_cell"))
            both = view.join(cells, on=key, how="left")
            report.find(
                file,
                f"{column} is not as protected",
                both.filter(pl.col(column).ne_missing(pl.col("_cell"))).height,
            )
        elif dtype.is_numeric() and column in risk.columns and set(key) <= set(view.columns):
            both = view.select(*key, column).join(
                risk.select(*key, column), on=key, how="left", suffix="_protected"
            )
            wrong = both.filter(pl.col(column).ne_missing(pl.col(f"{column}_protected")))
            report.find(file, f"{column} is not as protected", wrong.height)
        elif dtype.is_float() and column not in differences:
            report.find(
                file, f"{column} is no protected share", sum(v not in shares for v in view[column].to_list())
            )
        elif dtype.is_numeric() and column not in VIEW_COUNTS and column not in differences:
            report.find(file, f"unknown column of numbers: {column}")
        report.checked += view.height


def check_csv(folder: Path, tables: Tables, report: AuditReport) -> None:
    present = {path.stem for path in (folder / "csv").glob("*.csv")}
    report.find("csv", "tables are not the protected ones", len(present ^ tables.keys()))
    for name in sorted(present & tables.keys()):
        with (folder / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
            header, *rows = csv.reader(lines, delimiter=";")
        expected = tables[name]
        types = list(expected.schema.values())
        parsed = [[_csv_value(text, dtype) for text, dtype in zip(row, types, strict=True)] for row in rows]
        # CSV as this reader sees it knows no difference between nothing and an empty text.
        expected = expected.with_columns(pl.col(pl.String).replace({"": None}))
        compare(f"csv/{name}.csv", expected, header, parsed, report)


def _csv_value(text: str, dtype: pl.DataType) -> Any:
    if text == "":
        return None
    if dtype.is_integer():
        return int(text)
    if dtype.is_float():
        return float(text.replace(",", "."))
    if dtype == pl.Date:
        return date.fromisoformat(text)
    # An en dash keeps a spreadsheet from reading 3-5 as a date, an apostrophe from running the text.
    if re.fullmatch(r"\d+–\d+", text):
        return text.replace("–", "-")
    return text[1:] if re.match(r"'[=+\-@\t\r]", text) else text


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_EXCEL_DAY_0 = date(1899, 12, 30)


def check_workbook(folder: Path, tables: Tables, report: AuditReport) -> None:
    file, marking = "femfaktor.xlsx", marking_of(tables)
    with zipfile.ZipFile(folder / file) as book:
        parts = book.namelist()
        active = [p for p in parts if re.search(r"vba|externalLink|connections|embeddings|activeX|media", p)]
        report.find(file, "parts that a table has no use for", len(active))
        links = sum(
            link.attrib.get("TargetMode") == "External"
            for part in parts
            if part.endswith(".rels")
            for link in ElementTree.fromstring(book.read(part))
        )
        report.find(file, "links that lead out of the file", links)
        _check_notes(file, book, folder, report)
        shared = _shared_strings(book)
        parts_of_book = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        targets = {link.attrib["Id"]: link.attrib["Target"] for link in parts_of_book}
        sheets = {
            sheet.attrib["name"]: ElementTree.fromstring(
                book.read(f"xl/{targets[sheet.attrib[f'{_REL}id']]}")
            )
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        }
    front = [name for name in sheets if name not in tables]
    if len(front) != 1 or sheets.keys() - set(front) != tables.keys():
        report.find(file, "sheets are not the protected tables and a front sheet")
        return
    for name, sheet in sheets.items():
        place = f"{file}: {name}"
        report.find(place, "formulas", sum(1 for _ in sheet.iter(f"{_MAIN}f")))
        header = "".join(text for part in sheet.iter(f"{_MAIN}oddHeader") for text in part.itertext())
        report.find(place, "printed pages without the marking", int(marking not in header.replace("&&", "&")))
        rows = _rows(sheet, shared)
        if name in front:
            texts = [value for row in rows for value in row.values()]
            report.find(place, "the marking is missing", int(marking not in texts))
            report.find(place, "numbers on the front sheet", sum(not isinstance(v, str) for v in texts))
            continue
        expected = tables[name]
        columns = [rows[0].get(i) for i in range(len(rows[0]))]
        types = list(expected.schema.values())
        typed = [[_excel_value(row.get(i), dtype) for i, dtype in enumerate(types)] for row in rows[1:]]
        outside = sum(i >= len(types) for row in rows for i in row)
        report.find(place, "cells outside the table", outside)
        compare(place, expected.with_columns(pl.col(pl.String).replace({"": None})), columns, typed, report)  # type: ignore[arg-type]


def _check_notes(file: str, book: zipfile.ZipFile, folder: Path, report: AuditReport) -> None:
    """A note says what a column is, in the words of the DuckDB file's comment, and nothing else."""
    import duckdb

    with duckdb.connect(folder / "femfaktor.duckdb", read_only=True) as con:
        known = {
            text for (text,) in con.sql("SELECT comment FROM duckdb_columns() WHERE NOT internal").fetchall()
        }
    notes = [
        _unescaped("".join(t.text or "" for t in note.iter(f"{_MAIN}t")))
        for part in book.namelist()
        if re.fullmatch(r"xl/comments\d*\.xml", part)
        for note in ElementTree.fromstring(book.read(part)).iter(f"{_MAIN}comment")
    ]
    report.find(file, "notes that are not the column's comment", sum(note not in known for note in notes))
    report.checked += len(notes)


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return [
        _unescaped("".join(t.text or "" for t in item.iter(f"{_MAIN}t"))) for item in root.iter(f"{_MAIN}si")
    ]


def _unescaped(text: str) -> str:
    """OOXML writes control characters as _xHHHH_ (ECMA-376, ST_Xstring)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def _rows(sheet: ElementTree.Element, shared: Sequence[str]) -> list[dict[int, str | float]]:
    """Cells with a value, by position from 0."""
    rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells: dict[int, str | float] = {}
        for cell in row.iter(f"{_MAIN}c"):
            letters = re.match(r"[A-Z]+", cell.attrib["r"])
            value = cell.find(f"{_MAIN}v")
            if letters is None or value is None or value.text is None:
                continue
            at = 0
            for letter in letters[0]:
                at = 26 * at + ord(letter) - ord("A") + 1
            kind = cell.attrib.get("t", "n")
            cells[at - 1] = (
                shared[int(value.text)] if kind == "s" else float(value.text) if kind == "n" else value.text
            )
        rows.append(cells)
    return rows


def _excel_value(value: str | float | None, dtype: pl.DataType) -> Any:
    if isinstance(value, float):
        if dtype.is_integer() and value.is_integer():
            return int(value)
        if dtype == pl.Date and value.is_integer():
            return _EXCEL_DAY_0 + timedelta(days=int(value))
    return value
