"""Deliveries: register years as files in the forms that extracts come in, marked as synthetic.

Belongs here: hive Parquet, municipal CSV, SAS transport; markers; replacing an earlier synthetic delivery.
Does not belong here: what the files hold (`registers.py`).

Same content, same bytes: no clock and no machine gets into a file.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from schemas.errors import EnvironmentUnfit
from synthetic_data.registers import RegisterYear

Format = Literal["parquet", "csv", "xpt"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "xpt")
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
    write = {"parquet": _write_parquet, "csv": _write_csv, "xpt": _write_xpt}[format]
    files = 0
    for part in parts:
        if part.year is None:
            _write_list(beside, part, format)
        else:
            write(beside, part, part.year)
        files += 1
        if progress:
            progress(part.register if part.year is None else f"{part.register} {part.year}")
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


def _write_parquet(folder: Path, part: RegisterYear, year: int) -> None:
    target = folder / part.register / f"year={year}" / "part-0.parquet"
    target.parent.mkdir(parents=True)
    part.frame.write_parquet(target, compression="zstd", compression_level=1, metadata={MARKER_KEY: "1"})


def _write_csv(folder: Path, part: RegisterYear, year: int) -> None:
    _write_text(folder / f"{part.register}{year}.csv", part.frame, encoding="cp1252", date_format="%d-%m-%Y")


def _write_xpt(folder: Path, part: RegisterYear, year: int) -> None:
    import pyreadstat

    target = folder / f"{part.register}{year}.xpt"
    pyreadstat.write_xport(
        part.frame,  # pyright: ignore[reportArgumentType]  # its stub knows a narrower Polars frame
        target,
        file_label=MARKER_TEXT,
        table_name=f"{part.register}{year}".upper(),
        file_format_version=8,
    )
    # The writer stamps the time of day into the header.
    with target.open("r+b") as file:
        header = file.read(_XPT_HEADER)
        file.seek(0)
        file.write(_XPT_CLOCK.sub(b"01JAN00:00:00:00", header))


def _write_list(folder: Path, part: RegisterYear, format: Format) -> None:
    target = folder / f"{part.register}.csv"
    if format == "csv":
        _write_text(target, part.frame, encoding="cp1252", date_format="%d-%m-%Y")
    else:
        _write_text(target, part.frame, encoding="utf-8-sig", date_format="%Y-%m-%d")


def _write_text(target: Path, frame: pl.DataFrame, *, encoding: str, date_format: str) -> None:
    text = frame.write_csv(separator=";", date_format=date_format, decimal_comma=True, line_terminator="\r\n")
    target.write_bytes(text.encode(encoding))
    target.with_name(target.name + COMPANION).write_text(MARKER_TEXT + "\n", encoding="utf-8")
