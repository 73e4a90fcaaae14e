"""How faults are planted: small changes of a delivery that many cases share.

Belongs here: functions that make a `plant`. Does not belong here: what must come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from tests.faults.delivery import Delivered

Plant = Callable[[Delivered], None]


def put(register: str, column: str, values: Sequence[object], *, year: int | None = None) -> Plant:
    """The first rows that have the column get these values; the column becomes text if it has to."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        dtype = frame.schema[column]
        if any(isinstance(value, str) for value in values) and dtype != pl.String:
            frame = frame.with_columns(
                pl.col(column).dt.strftime("%Y-%m-%d") if dtype == pl.Date else pl.col(column).cast(pl.String)
            )
        rows = frame[column].is_not_null().arg_true().head(len(values)).to_list()
        series = frame[column].clone()
        return frame.with_columns(series.scatter(rows, pl.Series(values, dtype=frame.schema[column])))

    return lambda delivered: delivered.change(register, change, year)


def change(
    register: str, function: Callable[[pl.DataFrame], pl.DataFrame], *, year: int | None = None
) -> Plant:
    return lambda delivered: delivered.change(register, function, year)


def add_column(register: str, name: str, values: Sequence[object]) -> Plant:
    """One more column: the values in turn, row after row."""

    def add(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.Series(name, [values[row % len(values)] for row in range(frame.height)]))

    return change(register, add)


def text(register: str, function: Callable[[bytes], bytes]) -> Plant:
    return lambda delivered: delivered.text(register, function)


def raw(register: str, function: Callable[[bytes], bytes]) -> Plant:
    return lambda delivered: delivered.raw(register, function)


def lines(function: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """A change of the lines of a CSV, header first, without their ends."""
    return lambda content: b"".join(line + b"\r\n" for line in function(content.split(b"\r\n")[:-1]))


def set_born(persons: dict[str, date]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Other days of birth, by pseudonym."""

    def born(frame: pl.DataFrame) -> pl.DataFrame:
        days = pl.col("PNR").replace_strict(persons, default=None, return_dtype=pl.Date)
        return frame.with_columns(FOED_DAG=days.fill_null(pl.col("FOED_DAG")))

    return born
