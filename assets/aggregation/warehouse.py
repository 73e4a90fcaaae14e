"""Assembling `warehouse.duckdb`: a new file beside the old one, swapped in when it is whole.

Belongs here: what it takes to write the file safely and so that older clients open it.
Does not belong here: table declarations (`schemas/warehouse.py`), view SQL (`sql/views`), counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from assets import files
from assets.aggregation.counts import CountsBroken
from assets.aggregation.engine import connect, quote_name, quote_path
from assets.aggregation.sql import load_sql
from schemas.tables import Table
from schemas.warehouse import COUNT_TABLES, DEFINITION, QUALITY, VINTAGE, WAREHOUSE_VIEWS

STORAGE_VERSION = "v1.4.0"
"""The oldest client that must open the file; the default of DuckDB 2.0 can't be opened by 1.x."""


def build_warehouse(
    aggregated: Mapping[date, Path],
    target: Path,
    *,
    definitions: pl.DataFrame,
    vintages: pl.DataFrame,
    quality: pl.DataFrame,
    temp_dir: Path,
) -> None:
    """Write `target` anew from the folders `aggregate` wrote, one per reference date.

    `definitions`: columns of `schemas.warehouse.DEFINITION`, every definition the counts were made under.
    `vintages`, `quality`: columns of `schemas.warehouse.VINTAGE` and `QUALITY`. Further columns are ignored.
    Readers of the old file keep it; who opens `target` afterwards gets the new one. File 0640, folder 0750.
    Raises CountsBroken if counts were made under another version of a definition than the one given, or if
    a folder holds another date than it stands for.
    """
    files.make_folder(target.parent, 0o750)
    with files.writing(target, mode=0o640) as part:
        with connect(temp_dir) as con:
            con.execute(f"ATTACH {quote_path(part)} AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
            con.execute("USE warehouse")
            con.begin()
            for table in COUNT_TABLES:
                _create(con, table)
                for reference_date in sorted(aggregated):
                    _insert_counts(con, table, aggregated[reference_date], reference_date)
            for table, frame in ((DEFINITION, definitions), (VINTAGE, vintages), (QUALITY, quality)):
                _create(con, table)
                con.register("frame", frame.select(pl.col(c.name).cast(c.dtype) for c in table.columns))
                _insert(con, table, "frame")
                con.unregister("frame")
            _check_hashes(con)
            for view in WAREHOUSE_VIEWS:
                _create_view(con, view)
            con.commit()
            con.execute("CHECKPOINT warehouse")
            con.execute("USE memory")
            con.execute("DETACH warehouse")
        # A log left by a killed writer belongs to the old file and would make the new one unopenable.
        files.remove(target.with_name(f"{target.name}.wal"))


def _create(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    for statement in table.ddl():
        con.execute(statement)


def _insert_counts(con: duckdb.DuckDBPyConnection, table: Table, folder: Path, reference_date: date) -> None:
    counts = con.read_parquet(str(folder / f"{table.name}.parquet"))
    counts.create_view("counts_of_date")
    other = con.execute(
        "SELECT count(*) FROM counts_of_date WHERE reference_date <> $date", {"date": reference_date}
    ).fetchall()[0][0]
    if other:
        raise CountsBroken(f"warehouse: {table.name}: {other:,} rows of another date than the folder's")
    _insert(con, table, "counts_of_date")
    con.execute("DROP VIEW counts_of_date")


def _insert(con: duckdb.DuckDBPyConnection, table: Table, source: str) -> None:
    columns = ", ".join(quote_name(column.name) for column in table.columns)
    order = ", ".join(quote_name(name) for name in table.key)
    rows = f"SELECT {columns} FROM {quote_name(source)} ORDER BY {order}"
    con.execute(f"INSERT INTO {quote_name(table.name)} BY NAME {rows}")


def _check_hashes(con: duckdb.DuckDBPyConnection) -> None:
    broken = con.sql(
        "SELECT count(*) FROM (SELECT DISTINCT definition, definition_hash FROM area_risk) "
        "ANTI JOIN definition USING (definition, definition_hash)"
    ).fetchall()[0][0]
    if broken:
        raise CountsBroken(
            f"warehouse: counts under {broken:,} definitions that are not, or no longer, the ones described"
        )


def _create_view(con: duckdb.DuckDBPyConnection, view: Table) -> None:
    columns = ", ".join(quote_name(column.name) for column in view.columns)
    con.execute(f"CREATE VIEW {quote_name(view.name)} ({columns}) AS {load_sql(f'views/{view.name}')}")
    # Tables and views take comments alike.
    for statement in view.ddl():
        if statement.startswith("COMMENT ON"):
            con.execute(statement.replace("COMMENT ON TABLE", "COMMENT ON VIEW", 1))
