"""CSV files of a release, as Danish Excel opens them: `;`, decimal comma, UTF-8 with BOM.

Belongs here: what CSV can't say by itself. Does not belong here: tables.
NULL is an empty field, an empty text is `""`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from assets import files
from schemas.tables import Table

FORMULA_STARTS = r"^[=+\-@\t\r]"
"""A spreadsheet runs a CSV field that begins like this, quoted or not (OWASP, "CSV Injection")."""


RANGE = r"^(\d+)-(\d+)$"
"""Excel reads 3-5 as 3 May, also between quotes; with an en dash it stays text."""


def write_csv_files(tables: Mapping[Table, pl.DataFrame], folder: Path) -> None:
    """`<table>.csv` per table.

    Texts that a spreadsheet would run get an apostrophe in front; ranges in columns
    with listed values (age bands) get an en dash.
    """
    files.make_folder(folder)
    for table, frame in tables.items():
        text = pl.col(pl.String)
        listed = [column.name for column in table.columns if column.values]
        shown = frame.with_columns(pl.col(listed).str.replace(RANGE, "$1–$2")).with_columns(
            pl.when(text.str.contains(FORMULA_STARTS)).then("'" + text).otherwise(text).name.keep()
        )
        with files.drafting(folder / f"{table.name}.csv") as path:
            shown.write_csv(path, separator=";", decimal_comma=True, include_bom=True)
