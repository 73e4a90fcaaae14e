"""Deliveries: register years as files in the forms that extracts come in, marked as synthetic.

Belongs here: hive and yearly Parquet, municipal CSV, gzipped or not, SAS transport; markers; replacing an
earlier synthetic delivery.
Does not belong here: what the files hold (`registers.py`, `dirt.py`).

Same content, same bytes: no clock and no machine gets into a file.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import polars as pl

from schemas.errors import EnvironmentUnfit
from synthetic_data.registers import RegisterYear

Format = Literal["parquet", "yearly", "csv", "csv.gz", "xpt"]
FORMATS: tuple[Format, ...] = ("parquet", "yearly", "csv", "csv.gz", "xpt")
"""`parquet` in hive folders, `yearly` one Parquet file per register and year."""
MARKER_KEY = "femfaktor_synthetic"
COMPANION = ".syntetisk"
MARKER_TEXT = "SYNTETISKE DATA"

_XPT_CLOCK = re.compile(rb"\d{2}[A-Z]{3}\d{2}:\d{2}:\d{2}:\d{2}")
_XPT_HEADER = 640  # bytes before the variables


def write_delivery(
    folder: Path,
    parts: Iterable[RegisterYear],
    format: Format,
    progress: Callable[[str], None] | None = None,
) -> int:
    """Write a delivery into `folder`, in the place of an earlier synthetic one; the number of data files.

    Raises EnvironmentUnfit when the folder holds anything that does not bear the synthetic marker.
    """
    refuse_unmarked(folder)
    beside = folder.with_name(f".{folder.name}.part")
    if beside.exists():
        shutil.rmtree(beside)
    beside.mkdir(parents=True)
    files = 0
    # One part is written while the next is made: two in memory, two cores at work.
    with ThreadPoolExecutor(1) as writer:
        under_way: Future[None] | None = None
        for part in parts:
            if under_way:
                under_way.result()
            under_way = writer.submit(_write_part, beside / part.folder, part, format)
            files += 1
            if progress:
                progress(part.name)
            del part
        if under_way:
            under_way.result()
    if folder.exists():
        shutil.rmtree(folder)
    beside.replace(folder)
    return files


def refuse_unmarked(folder: Path) -> None:
    """Raise EnvironmentUnfit if `folder` holds a file that does not say it is synthetic."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise EnvironmentUnfit(
            f"{folder.name} is a file, not a folder. Choose a folder for the synthetic extracts."
        )
    foreign = sum(not is_marked(path) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    if foreign:
        raise EnvironmentUnfit(
            f"{folder.name} holds {foreign} file(s) without the synthetic marker; real extracts are never "
            "overwritten. Choose an empty folder, or move those files away first."
        )


def is_marked(path: Path) -> bool:
    """Whether a file bears the synthetic marker of its form."""
    if path.is_symlink():
        return False
    if path.suffix == COMPANION:
        return True
    if path.suffix == ".parquet":
        try:
            return pl.read_parquet_metadata(path).get(MARKER_KEY) == "1"
        except Exception:
            return False
    if path.suffix == ".xpt":
        with path.open("rb") as file:
            return MARKER_TEXT.encode() in file.read(_XPT_HEADER)
    return path.with_name(path.name + COMPANION).exists()


def _write_part(folder: Path, part: RegisterYear, format: Format) -> None:
    target = _write_form(folder, part, format)
    if part.is_cut:
        _cut(target)


def _write_form(folder: Path, part: RegisterYear, format: Format) -> Path:
    folder.mkdir(exist_ok=True)
    form = part.form or format
    if part.year is None:
        return _write_list(folder / f"{part.name}.csv", part.frame, form)
    # A hive folder is a whole year: a status day within it is a file beside.
    if form == "parquet" and part.month is None:
        return _write_parquet(folder / part.register / f"year={part.year}" / "part-0.parquet", part.frame)
    if form in ("parquet", "yearly"):
        return _write_parquet(folder / f"{part.name}.parquet", part.frame)
    if form == "xpt":
        return _write_xpt(folder / f"{part.name}.xpt", part.frame, part.name)
    return _write_text(folder / f"{part.name}.{form}", part.frame, encoding="cp1252", date_format="%d-%m-%Y")


def _write_parquet(target: Path, frame: pl.DataFrame) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(target, compression="zstd", compression_level=1, metadata={MARKER_KEY: "1"})
    return target


def _write_xpt(target: Path, frame: pl.DataFrame, name: str) -> Path:
    import pyreadstat

    pyreadstat.write_xport(
        frame,  # pyright: ignore[reportArgumentType]  # its stub knows a narrower Polars frame
        target,
        file_label=MARKER_TEXT,
        table_name=name.upper(),
        file_format_version=8,
    )
    # The writer stamps the time of day into the header.
    with target.open("r+b") as file:
        header = file.read(_XPT_HEADER)
        file.seek(0)
        file.write(_XPT_CLOCK.sub(b"01JAN00:00:00:00", header))
    return target


def _write_list(target: Path, frame: pl.DataFrame, form: str) -> Path:
    if form.startswith("csv"):
        return _write_text(target, frame, encoding="cp1252", date_format="%d-%m-%Y")
    return _write_text(target, frame, encoding="utf-8-sig", date_format="%Y-%m-%d")


def _write_text(target: Path, frame: pl.DataFrame, *, encoding: str, date_format: str) -> Path:
    text = frame.write_csv(separator=";", date_format=date_format, decimal_comma=True, line_terminator="\r\n")
    content = text.encode(encoding)
    # No time of day in the header: the same content, the same bytes.
    target.write_bytes(gzip.compress(content, 6, mtime=0) if target.suffix == ".gz" else content)
    target.with_name(target.name + COMPANION).write_text(MARKER_TEXT + "\n", encoding="utf-8")
    return target


def _cut(target: Path) -> None:
    """A transfer that broke off."""
    content = target.read_bytes()
    target.write_bytes(content[: len(content) // 2])
