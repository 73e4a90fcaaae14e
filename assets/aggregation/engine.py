"""DuckDB as femfaktor uses it: in-process, offline, spilling only where it is told to.

Belongs here: the connection's settings, quoting. Does not belong here: SQL, tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def connect(temp_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database that fetches no extensions and spills below `temp_dir` only."""
    spill = temp_dir / "duckdb"
    con = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(spill),
        }
    )
    try:
        con.execute("SET enable_progress_bar = false")
        yield con
    finally:
        con.close()


def quote_path(path: Path) -> str:
    """A path as an SQL string literal, for the statements that take no parameter (COPY, ATTACH)."""
    return "'" + str(path).replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
