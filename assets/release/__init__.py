"""The release folder: protected tables as DuckDB, CSV and Excel, and the manifest that names every file.

Belongs here: file formats, and nothing but what the tables say. Does not belong here: which numbers may be
shown (`disclosure/`), pages (`reports/`), moving the folder (`assets/published.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assets.release.manifest import write_manifest

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DUCKDB_FILE", "read_release", "write_manifest", "write_release"]

DUCKDB_FILE = "femfaktor.duckdb"
EXCEL_FILE = "femfaktor.xlsx"
CSV_FOLDER = "csv"


def write_release(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Write `femfaktor.duckdb`, `csv/<table>.csv` and `femfaktor.xlsx` into the empty folder.

    `tables`: all of `schemas.release.RELEASE_TABLES` by name. The same tables give identical bytes for CSV
    and Excel and an identical content hash for DuckDB. Raises ValueError for a table that is not as declared.
    """
    from assets.release.csv_files import write_csv_files
    from assets.release.duckdb_file import write_duckdb
    from assets.release.workbook import write_workbook
    from schemas.release import RELEASE_TABLES, conform

    conformed = {table: conform(table, tables[table.name]) for table in RELEASE_TABLES}
    write_duckdb(conformed, folder / DUCKDB_FILE)
    write_csv_files(conformed, folder / CSV_FOLDER)
    write_workbook(conformed, folder / EXCEL_FILE)


def read_release(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a release by name, as they were published."""
    from assets.release.duckdb_file import read_duckdb

    return read_duckdb(folder / DUCKDB_FILE)
