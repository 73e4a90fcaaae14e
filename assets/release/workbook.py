"""The Excel workbook of a release: a front sheet and one tidy sheet per table.

Belongs here: layout, and that nothing in it is ever evaluated. Does not belong here: numbers, what a table or
column means (its declaration), what the release is made of (the table `release`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets import files
from schemas.tables import Column, Table

FRONT = "Om"
TITLE = "Børn i særlig risiko i boligområder"
TEXT_WIDTH = 110  # of the front sheet, in characters
ACCENT, TINT, HIDDEN_TINT = "#0B5C7F", "#E7F0F4", "#EDEDED"
READING = (
    (
        "særlig risiko",
        "Mindst tre af fem risikofaktorer hos barnets mor er til stede (SFI). Tallet beskriver et område, "
        "aldrig et barn eller en familie.",
    ),
    (
        "uafklaret",
        "Oplysninger mangler, og de kan ændre svaret. Uafklarede børn indgår ikke i andelen; de to andele, "
        "hvis ingen og hvis alle af dem talte med, står ved siden af.",
    ),
    (
        "andel (share_pct)",
        "at_risk / (at_risk + not_at_risk), beregnet af de viste antal, i hele procent "
        "(fra 5.000 børn med en decimal).",
    ),
    (
        "95 %-interval",
        "Hvor langt områdets underliggende niveau kan ligge fra tallet i et område af denne størrelse. Alle "
        "børn er talt med, så det er ikke stikprøveusikkerhed. Søskende regnes som klynger.",
    ),
    ("tom celle (grå)", "Skjult eller ikke oplyst. Aldrig nul."),
)
SUMS = (
    (
        "antal, samme niveau",
        "Må lægges sammen. Vælg ét niveau (level) ad gangen: niveauerne tæller de samme børn, og en afdeling "
        "kan ligge i to områder.",
    ),
    (
        "afrundede antal",
        "Hvert antal med status rounded er flyttet højst 4. En sum af k afrundede antal er derfor højst "
        "4 · k forkert, mens en vist total (helhedsplan, kommune) højst er 4 forkert: brug totalen, hvor den "
        "findes. Et afrundet 0 betyder 0–4.",
    ),
    (
        "skjulte antal",
        "En sum over tomme celler er for lille. Tæl de tomme, eller brug den overordnede enheds egen række.",
    ),
    (
        "andele og intervaller",
        "Må ikke lægges sammen eller gennemsnitsberegnes: læg antal sammen, og del bagefter.",
    ),
)
STATUS_LEGEND = (
    ("shown", "vist"),
    ("rounded", "afrundet, så tal ikke kan trækkes fra hinanden; 0 betyder 0–4"),
    ("group_hidden", "skjult, fordi tallet siger noget om næsten alle i gruppen, eller om ingen"),
    ("too_small", "området er for lille; det indgår i resten af den overordnede enhed"),
    ("hidden", "skjult af hensyn til diskretion"),
)


def write_workbook(tables: Mapping[Table, pl.DataFrame], path: Path) -> None:
    """One file with identical bytes for identical tables: the creation date is the last reference date."""
    import xlsxwriter

    facts = {table.name: frame for table, frame in tables.items()}
    marking = str(facts["release"]["marking"][0])
    last = max(facts["release_date"]["reference_date"].to_list(), default=date(2000, 1, 1))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with files.drafting(path), xlsxwriter.Workbook(path, options) as book:
        book.set_properties(
            {"title": TITLE, "comments": marking, "created": datetime(last.year, last.month, last.day)}
        )
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16, "font_color": ACCENT}),
            "marking": book.add_format({"bold": True}),
            "section": book.add_format({"bold": True, "font_size": 12, "bottom": 1, "bottom_color": ACCENT}),
            "term": book.add_format({"valign": "top"}),
            "link": book.add_format({"valign": "top", "font_color": ACCENT, "underline": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "header": book.add_format(
                {"bold": True, "bg_color": TINT, "bottom": 1, "bottom_color": ACCENT, "valign": "vcenter"}
            ),
            "hidden": book.add_format({"bg_color": HIDDEN_TINT}),
            # Excel writes these as Danes do where it is set to Danish: 1.234 and 6,5.
            pl.Int32: book.add_format({"num_format": "#,##0"}),
            pl.Float64: book.add_format({"num_format": "#,##0.0"}),
            pl.Date: book.add_format({"num_format": "dd-mm-yyyy"}),
            pl.String: None,
            "year": book.add_format({"num_format": "0"}),
        }
        _write_front(book.add_worksheet(FRONT), tables, facts, marking, formats)
        for table, frame in tables.items():
            _write_table(book.add_worksheet(table.name), table, frame, marking, formats)


def _write_front(
    sheet: Any,
    tables: Mapping[Table, pl.DataFrame],
    facts: Mapping[str, pl.DataFrame],
    marking: str,
    formats: Mapping[Any, Any],
) -> None:
    """Title, marking, how to read, what may be summed, status, tables with links, columns, the release."""
    from reports.texts import FACTOR_NAMES

    _set_up_page(sheet, marking)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30, formats["term"])
    sheet.set_column(1, 1, TEXT_WIDTH, formats["wrap"])
    sheet.write_string(0, 0, TITLE, formats["title"])
    sheet.write_string(1, 0, marking, formats["marking"])
    told = dict(facts["release"].select("key", "value").iter_rows())
    factors = tuple(
        (key, f"{name}. Læst sådan: {told[key]}" if key in told else name)
        for key, name in FACTOR_NAMES.items()
    )
    sections = [
        ("Sådan læses tallene", READING),
        ("De fem risikofaktorer (om moren)", factors),
        ("Hvad må lægges sammen, og hvor forkert kan det blive?", SUMS),
        ("Status (cell_status)", STATUS_LEGEND),
        ("Ark", tuple((table.name, table.da) for table in tables)),
        ("Udgivelsen", tuple((k, v) for k, v in told.items() if k not in FACTOR_NAMES)),
        *((f"Kolonner i {table.name}", tuple((c.name, c.da) for c in table.columns)) for table in tables),
    ]
    top = 3
    for heading, lines in sections:
        sheet.write_string(top, 0, heading, formats["section"])
        sheet.write_blank(top, 1, None, formats["section"])
        for i, (term, text) in enumerate(lines, start=top + 1):
            if heading == "Ark":
                sheet.write_url(i, 0, f"internal:'{term}'!A1", formats["link"], term)
            else:
                sheet.write_string(i, 0, term, formats["term"])
            sheet.write_string(i, 1, text, formats["wrap"])
            # Excel fits rows to wrapped text when it opens the file; other programs do not.
            sheet.set_row(i, 15 * max(len(textwrap.wrap(text, TEXT_WIDTH - 5)), 1))
        top += len(lines) + 2


def _write_table(
    sheet: Any, table: Table, frame: pl.DataFrame, marking: str, formats: Mapping[Any, Any]
) -> None:
    """Header with each column's meaning as a note, filters, and the rows; hidden cells stay empty."""
    _set_up_page(sheet, marking)
    sheet.set_landscape()
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, 20)
    last_row, last_column = max(frame.height, 1), len(table.columns) - 1
    sheet.autofilter(0, 0, last_row, last_column)
    # Municipality codes and ids are text on purpose.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last_row + 1}"})
    for j, column in enumerate(table.columns):
        sheet.set_column(j, j, _width(column, frame[column.name]))
        sheet.write_string(0, j, column.name, formats["header"])
        sheet.write_comment(0, j, column.da, {"author": "femfaktor", "x_scale": 2.2, "y_scale": 0.9})
        if column.nullable:
            sheet.conditional_format(1, j, last_row, j, {"type": "blanks", "format": formats["hidden"]})
        cell = formats["year"] if column.name == "year" else formats[column.dtype]
        for i, value in _values(frame[column.name]):
            if isinstance(value, date):
                sheet.write_datetime(i, j, datetime(value.year, value.month, value.day), cell)
            elif isinstance(value, str):
                sheet.write_string(i, j, value)
            else:
                sheet.write_number(i, j, value, cell)


def _values(series: pl.Series) -> Iterator[tuple[int, Any]]:
    """Row of the sheet and value, for the cells that have one."""
    return ((i, value) for i, value in enumerate(series.to_list(), start=1) if value is not None)


def _width(column: Column, series: pl.Series) -> int:
    """In characters: the longest value or the name beside its filter button, within reason."""
    longest = series.cast(pl.String).str.len_chars().max() or 0
    return min(max(int(longest), len(column.name) + 3, 10), 48) + 1  # type: ignore[arg-type]


def _set_up_page(sheet: Any, marking: str) -> None:
    sheet.set_header(f"&C{marking.replace('&', '&&')}")
    sheet.set_footer("&L&A&R&P / &N")
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
