"""The Excel workbook of a release: a front sheet and one tidy sheet per table.

Belongs here: layout, and that nothing in it is ever evaluated. Does not belong here: numbers, words about
method (they come from the declarations and the table `release`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas.tables import Table

FRONT = "Om"
STATUS_LEGEND = (
    ("shown", "vist"),
    ("rounded", "afrundet"),
    ("group_hidden", "skjult, fordi tallet siger noget om alle i gruppen"),
    ("too_small", "området er for lille; det indgår i resten af den overordnede enhed"),
    ("hidden", "skjult af hensyn til diskretion"),
    ("(tom celle)", "skjult eller ikke oplyst; aldrig nul"),
)


def write_workbook(tables: Mapping[Table, pl.DataFrame], path: Path) -> None:
    """One file with identical bytes for identical tables: the creation date is the last reference date."""
    import xlsxwriter

    facts = {table.name: frame for table, frame in tables.items()}
    marking = str(facts["release"]["marking"][0])
    last = max(facts["release_date"]["reference_date"].to_list(), default=date(2000, 1, 1))
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        book.set_properties(
            {
                "title": "Børn i særlig risiko i boligområder",
                "comments": marking,
                "created": datetime(last.year, last.month, last.day),
            }
        )
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "header": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_front(book.add_worksheet(FRONT), tables, facts["release"], marking, formats)
        for table, frame in tables.items():
            _write_table(book.add_worksheet(table.name), table, frame, marking, formats)


def _write_front(
    sheet: Any, tables: Mapping[Table, pl.DataFrame], release: pl.DataFrame, marking: str, formats: dict
) -> None:
    sheet.set_header(f"&C{marking.replace('&', '&&')}")
    sheet.set_column(0, 1, 28)
    sheet.set_column(2, 2, 100, formats["wrap"])
    lines: list[tuple[str, ...]] = [("Udgivelsen", "", "")]
    lines += [("", key, value) for key, value in release.select("key", "value").iter_rows()]
    lines += [("", "", ""), ("Status", "", "")]
    lines += [("", status, meaning) for status, meaning in STATUS_LEGEND]
    for table in tables:
        lines += [("", "", ""), (table.name, "", table.da)]
        lines += [("", column.name, column.da) for column in table.columns]
    sheet.write_string(0, 0, marking, formats["title"])
    for i, line in enumerate(lines, start=2):
        for j, text in enumerate(line):
            if text:
                sheet.write_string(i, j, text, formats["header"] if j == 0 else None)


def _write_table(sheet: Any, table: Table, frame: pl.DataFrame, marking: str, formats: dict) -> None:
    sheet.set_header(f"&C{marking.replace('&', '&&')}")
    sheet.freeze_panes(1, 0)
    for j, column in enumerate(table.columns):
        sheet.set_column(j, j, max(len(column.name), 12) + 2)
        sheet.write_string(0, j, column.name, formats["header"])
    sheet.autofilter(0, 0, max(frame.height, 1), len(table.columns) - 1)
    for i, row in enumerate(frame.iter_rows(), start=1):
        for j, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(i, j, datetime(value.year, value.month, value.day), formats["date"])
            elif isinstance(value, str):
                sheet.write_string(i, j, value)
            elif value is not None:
                sheet.write_number(i, j, value)
