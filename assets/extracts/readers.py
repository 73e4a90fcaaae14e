"""Delivered files as chunks of untouched values, whatever their form.

Belongs here: file forms, chunking in bounded memory.
Does not belong here: which columns there should be (`columns.py`), what values mean (`coercion.py`), the rows
of a CSV (`csv_files.py`).

Extracts are opened for reading only. Third-party errors may quote values, so they leave this module as
InputRefused without their text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assets.extracts.csv_files import read_batches, read_header, read_text, refuse
from schemas.errors import EnvironmentUnfit, FemfaktorError, InputRefused, Problem

CHUNK_ROWS = 500_000


def _unreadable(path: Path, error: Exception) -> FemfaktorError:
    """What may be said about a third-party error: its kind, never its text.

    Raise it outside the handler: the original must not travel along as context.
    """
    if isinstance(error, InputRefused):
        return error
    # A disk or rights error names a path only; a broken gzip is an OSError without a number.
    if isinstance(error, OSError) and error.errno is not None:
        return EnvironmentUnfit(f"{path.name}: {os.strerror(error.errno)}")
    rule = f"the file can't be read ({type(error).__name__})"
    action = "Compare with the file at its source and deliver it again."
    return InputRefused([Problem("", "", rule, 1, action, file=path.name)])


def _form(path: Path) -> str:
    name = path.name.lower()
    return "csv" if name.endswith((".csv", ".csv.gz")) else name.rpartition(".")[2]


_FIRST_BYTES = {
    "parquet": b"PAR1",
    "gz": b"\x1f\x8b",
    "xpt": b"HEADER RECORD",
    "sas7bdat": bytes(12) + b"\xc2\xea\x81\x60",
}
# Packed, office and SAS files are not text, whatever they are called.
_NOT_TEXT = (b"PAR1", b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"HEADER RECORD", bytes(8))


def _check_first_bytes(path: Path) -> None:
    """Raises InputRefused for a file that is empty, or not what its name says; the library would say so less
    clearly, or not at all."""
    kind = path.name.lower().rpartition(".")[2]
    with path.open("rb") as file:
        first = file.read(16)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4))
        has_end = kind != "parquet" or file.read(4) == b"PAR1"
    if not first:
        raise refuse(path, "the file is empty", 0, "Deliver it again, or remove it.")
    is_kind = (
        first.startswith(_FIRST_BYTES[kind]) if kind in _FIRST_BYTES else not first.startswith(_NOT_TEXT)
    )
    if not is_kind:
        raise refuse(path, f"the file is no {kind} file by its first bytes", 1, "Check its name and form.")
    if not has_end:
        raise refuse(path, "the file has no end", 1, "It was cut on its way: deliver it again.")


def _scan_parquet(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, hive_partitioning=False)


def column_names(path: Path) -> list[str]:
    """The delivered column names, in order. A name delivered twice in a CSV ends in `_duplicated_<n>`."""
    try:
        return _column_names(path)
    except Exception as error:
        failure = _unreadable(path, error)
    raise failure


def _column_names(path: Path) -> list[str]:
    _check_first_bytes(path)
    match _form(path):
        case "parquet":
            return _scan_parquet(path).collect_schema().names()
        case "csv":
            return read_header(path)
        case _:
            return _sas_columns(path)


def _sas_columns(path: Path) -> list[str]:
    import pyreadstat

    read = pyreadstat.read_xport if _form(path) == "xpt" else pyreadstat.read_sas7bdat
    _, metadata = read(str(path), metadataonly=True, output_format="polars")
    return list(metadata.column_names)


def _sas_encoding(path: Path, columns: Sequence[str]) -> str | None:
    """SAS transport names no encoding: UTF-8 if all text is, else Windows-1252. None = the file's own."""
    import pyreadstat

    if _form(path) != "xpt":
        return None
    try:
        for _ in _sas_frames(path, columns, None, CHUNK_ROWS):
            pass
    except (UnicodeDecodeError, pyreadstat.ReadstatError):
        return "WINDOWS-1252"
    return None


def _sas_frames(
    path: Path, columns: Sequence[str], encoding: str | None, rows: int
) -> Iterator[pl.DataFrame]:
    import pyreadstat

    read = pyreadstat.read_xport if _form(path) == "xpt" else pyreadstat.read_sas7bdat
    options: dict[str, Any] = {"encoding": encoding} if encoding else {}
    for frame, _ in pyreadstat.read_file_in_chunks(
        read, str(path), chunksize=rows, output_format="polars", usecols=list(columns), **options
    ):
        assert isinstance(frame, pl.DataFrame)
        yield frame.select(columns)


def read_chunks(path: Path, columns: Sequence[str], *, rows: int = CHUNK_ROWS) -> Iterator[pl.DataFrame]:
    """The named columns of one file, at most about `rows` rows at a time, values as delivered.

    CSV values are text; SAS numbers Float64 and blanks ""; Parquet keeps its types.
    """
    if not columns:
        return
    try:
        yield from _read_chunks(path, columns, rows)
        return
    except Exception as error:
        failure = _unreadable(path, error)
    raise failure


def _read_chunks(path: Path, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
    match _form(path):
        case "parquet":
            yield from _batches(_scan_parquet(path).select(columns), rows)
        case "csv":
            yield from read_batches(path, read_text(path), columns, rows)
        case _:
            yield from _sas_frames(path, columns, _sas_encoding(path, columns), rows)


def _batches(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    yield from frame.collect_batches(chunk_size=rows, maintain_order=True)
