"""Delivered files as chunks of untouched values, whatever their form.

Belongs here: file forms, encodings, chunking in bounded memory.
Does not belong here: which columns there should be (`columns.py`), what values mean (`coercion.py`).

Extracts are opened for reading only; transcoded copies go to the given temporary folder. Third-party errors
may quote values, so they leave this module as InputRefused without their text.
"""

from __future__ import annotations

import codecs
import gzip
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import EnvironmentUnfit, FemfaktorError, InputRefused, Problem

CHUNK_ROWS = 500_000
_BLOCK = 8 << 20
_SEPARATOR = ";"


def _unreadable(path: Path, error: Exception) -> FemfaktorError:
    """What may be said about a third-party error: its kind, never its text.

    Raise it outside the handler: the original must not travel along as context.
    """
    # A disk or rights error names a path only; a broken gzip is an OSError without a number.
    if isinstance(error, OSError) and error.errno is not None:
        return EnvironmentUnfit(f"{path.name}: {os.strerror(error.errno)}")
    rule = f"the file can't be read ({type(error).__name__})"
    action = "Compare with the file at its source and deliver it again."
    return InputRefused([Problem("", "", rule, 1, action, file=path.name)])


def _form(path: Path) -> str:
    name = path.name.lower()
    return "csv" if name.endswith((".csv", ".csv.gz")) else name.rpartition(".")[2]


def _open_bytes(path: Path):
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def detect_encoding(path: Path) -> str:
    """`utf-8-sig` with a BOM, else `utf-8` when the whole file is valid UTF-8, else `cp1252`."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with _open_bytes(path) as file:
        block = file.read(_BLOCK)
        if block.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        try:
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


@contextmanager
def _utf8_csv(path: Path, tmp: Path) -> Iterator[Path]:
    """The CSV as plain UTF-8: itself, or a copy transcoded block by block that is gone afterwards."""
    encoding = detect_encoding(path)
    # Polars validates UTF-8 itself, and skips a BOM.
    if encoding != "cp1252" and not path.name.lower().endswith(".gz"):
        yield path
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with tempfile.TemporaryDirectory(dir=tmp, prefix="csv-") as folder:
        copy = Path(folder) / "utf8.csv"
        with _open_bytes(path) as source, copy.open("wb") as target:
            while block := source.read(_BLOCK):
                target.write(decoder.decode(block).encode())
            target.write(decoder.decode(b"", final=True).encode())
        yield copy


def _scan_csv(path: Path) -> pl.LazyFrame:
    # Everything as text: inference turns "0101" into 101.
    return pl.scan_csv(path, separator=_SEPARATOR, infer_schema=False)


def _scan_parquet(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, hive_partitioning=False)


def column_names(path: Path, tmp: Path) -> list[str]:
    """The delivered column names, in order. A name delivered twice in a CSV ends in `_duplicated_<n>`."""
    try:
        return _column_names(path, tmp)
    except Exception as error:
        failure = _unreadable(path, error)
    raise failure


def _column_names(path: Path, tmp: Path) -> list[str]:
    match _form(path):
        case "parquet":
            return _scan_parquet(path).collect_schema().names()
        case "csv":
            with _utf8_csv(path, tmp) as copy:
                return _scan_csv(copy).collect_schema().names() if copy.stat().st_size else []
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


def read_chunks(
    path: Path, columns: Sequence[str], tmp: Path, *, rows: int = CHUNK_ROWS
) -> Iterator[pl.DataFrame]:
    """The named columns of one file, at most about `rows` rows at a time, values as delivered.

    CSV values are text; SAS numbers Float64 and blanks ""; Parquet keeps its types.
    """
    if not columns:
        return
    try:
        yield from _read_chunks(path, columns, tmp, rows)
        return
    except Exception as error:
        failure = _unreadable(path, error)
    raise failure


def _read_chunks(path: Path, columns: Sequence[str], tmp: Path, rows: int) -> Iterator[pl.DataFrame]:
    match _form(path):
        case "parquet":
            yield from _batches(_scan_parquet(path).select(columns), rows)
        case "csv":
            with _utf8_csv(path, tmp) as copy:
                yield from _batches(_scan_csv(copy).select(columns), rows)
        case _:
            yield from _sas_frames(path, columns, _sas_encoding(path, columns), rows)


def _batches(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    yield from frame.collect_batches(chunk_size=rows, maintain_order=True)
