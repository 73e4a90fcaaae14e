"""The DuckDB file of a release: what analysts open.

Belongs here: writing it so that older clients can read it, reading it back, the hash of its content.
Does not belong here: tables and comments (`schemas/release.py`), SQL (`sql/views`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from assets import files
from assets.aggregation.engine import quote_name, quote_path
from assets.aggregation.sql import load_sql
from schemas.release import RELEASE_TABLES, conform
from schemas.release_views import RELEASE_VIEWS
from schemas.tables import Table

STORAGE_VERSION = "v1.4.0"
"""Analysts' tools are older than ours: a file in the default format of DuckDB 2 can't be opened by 1.x."""

CATALOG = "femfaktor"


@contextmanager
def _open(path: Path, options: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on the file alone, that fetches nothing."""
    con = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    try:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"ATTACH {quote_path(path)} AS {CATALOG} ({options})")
        con.execute(f"USE {CATALOG}")
        yield con
    finally:
        con.close()


def write_duckdb(tables: Mapping[Table, pl.DataFrame], path: Path) -> None:
    """A new file with tables (rows in the given order), views and Danish comments; no `.wal` beside it."""
    if path.exists() or Path(f"{path}.wal").exists():
        raise FileExistsError(f"{path.name} is there already: a release is written into an empty folder")
    with files.drafting(path), _open(path, f"STORAGE_VERSION '{STORAGE_VERSION}'") as con:
        for table, frame in tables.items():
            for statement in table.ddl():
                con.execute(statement)
            con.register("incoming", frame)
            con.execute(f"INSERT INTO {quote_name(table.name)} BY NAME SELECT * FROM incoming")
            con.unregister("incoming")
        for view in RELEASE_VIEWS:
            con.execute(f"CREATE VIEW {quote_name(view.name)} AS {load_sql(f'views/release_{view.name}')}")
            con.execute(f"COMMENT ON VIEW {quote_name(view.name)} IS {_text(view.da)}")
            for column, da in view.columns.items():
                con.execute(f"COMMENT ON COLUMN {quote_name(view.name)}.{quote_name(column)} IS {_text(da)}")
        con.execute(f"CHECKPOINT {CATALOG}")
        con.execute("USE memory")
        con.execute(f"DETACH {CATALOG}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def read_duckdb(path: Path) -> dict[str, pl.DataFrame]:
    """Every declared table of the file, by name, in key order."""
    with _open(path, "READ_ONLY") as con:
        there = {name for (name,) in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
        return {
            # A table that came into being after the release is empty in it.
            table.name: conform(table, con.sql(f"SELECT * FROM {quote_name(table.name)}").pl())
            if table.name in there
            else pl.DataFrame(schema=table.polars_schema)
            for table in RELEASE_TABLES
        }


def content_hash(path: Path) -> str:
    """SHA-256 over names, types, comments, view definitions and rows in their stored order.

    The file's own bytes differ from build to build (block headers); its content must not.
    """
    digest = hashlib.sha256()

    def add(value: object) -> None:
        digest.update(json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n")

    with _open(path, "READ_ONLY") as con:
        here = f"database_name = '{CATALOG}'"
        tables = con.sql(
            f"SELECT table_name, comment FROM duckdb_tables() WHERE {here} ORDER BY ALL"
        ).fetchall()
        views = con.sql(
            f"SELECT view_name, comment, sql FROM duckdb_views() WHERE {here} AND NOT internal ORDER BY ALL"
        ).fetchall()
        columns = con.sql(
            "SELECT table_name, column_index, column_name, data_type, is_nullable, comment "
            f"FROM duckdb_columns() WHERE {here} AND NOT internal ORDER BY ALL"
        ).fetchall()
        for described in (tables, views, columns):
            add(described)
        for name, _ in tables:
            add(name)
            rows = con.execute(f"SELECT * FROM {quote_name(name)} ORDER BY rowid")
            while batch := rows.fetchmany(10_000):
                for row in batch:
                    add(row)
    return digest.hexdigest()
