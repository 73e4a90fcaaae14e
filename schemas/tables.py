"""Declarations of the tables femfaktor writes: one per column, from which DDL, comments and checks follow.

Belongs here: what a table and a column are, and what follows from a declaration.
Does not belong here: which tables there are (`warehouse.py`, `release.py`), how they are filled.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

DUCKDB_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Date: "DATE",
    pl.Int32: "INTEGER",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of a table femfaktor writes.

    `da` becomes the column's comment in DuckDB and its explanation in Excel; `values` closes the
    set of allowed values; `collation` is a DuckDB collation kept in the file.
    """

    name: str
    dtype: type[pl.DataType]
    da: str
    nullable: bool = False
    values: tuple[str, ...] = ()
    collation: str = ""


@dataclass(frozen=True)
class Table:
    """A table femfaktor writes: `da` is its comment, `key` names the columns that identify and order its
    rows."""

    name: str
    da: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def polars_schema(self) -> dict[str, type[pl.DataType]]:
        return {column.name: column.dtype for column in self.columns}

    def ddl(self) -> list[str]:
        """`CREATE TABLE` and `COMMENT ON` statements for DuckDB."""

        def quoted(text: str) -> str:
            return "'" + text.replace("'", "''") + "'"

        lines = [
            f'"{c.name}" {DUCKDB_TYPES[c.dtype]}'
            + (f" COLLATE {c.collation}" if c.collation else "")
            + ("" if c.nullable else " NOT NULL")
            for c in self.columns
        ]
        return [
            f'CREATE TABLE "{self.name}" ({", ".join(lines)})',
            f'COMMENT ON TABLE "{self.name}" IS {quoted(self.da)}',
            *(f'COMMENT ON COLUMN "{self.name}"."{c.name}" IS {quoted(c.da)}' for c in self.columns),
        ]
