"""Delivered CSV files, read so that nothing is skipped, padded or swallowed in silence.

Belongs here: encodings, lines, headers and rows of a CSV.
Does not belong here: other forms (`readers.py`), what columns and values mean.

Polars fills short rows with blanks, and a quote that is never closed swallows the rest of a file: here each
row has as many fields as the header, and as many rows come out as the file has lines.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import InputRefused, Problem

SEPARATOR = ";"
_OTHER_SEPARATORS = ",\t|"
_BLOCK = 8 << 20
_WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_LONGEST_HEADER = 1 << 20
RAGGED = "rows have more or fewer fields than the header"
_AGAIN = "Compare with the file at its source and deliver it again."


@dataclass(frozen=True)
class Text:
    """What the bytes of a CSV are: `utf-8-sig` with a BOM, else `utf-8` when all of it is valid UTF-8, else
    `cp1252`; and the number of lines, the header included."""

    encoding: str
    lines: int


def refuse(path: Path, rule: str, count: int, action: str) -> InputRefused:
    return InputRefused([Problem("", "", rule, count, action, file=path.name)])


def _open_bytes(path: Path):
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def read_text(path: Path) -> Text:
    """Look at every byte once.

    Raises InputRefused for bytes that are no text, and for a last line without an end: the file was cut.
    """
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    lines, nul, has_bom, last = 0, 0, False, b""
    with _open_bytes(path) as file:
        block = file.read(_BLOCK)
        _refuse_wide(path, block)
        has_bom = block.startswith(codecs.BOM_UTF8)
        while block:
            nul += block.count(b"\0")
            # A line ends with LF, CR or both; CR and LF may lie in two blocks.
            lines += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            lines -= last == b"\r" and block[:1] == b"\n"
            if decoder:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    decoder = None
            last = block[-1:]
            block = file.read(_BLOCK)
        if decoder:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                decoder = None
    if nul:
        action = "Is it UTF-16, or damaged? Deliver it as UTF-8 or Windows-1252."
        raise refuse(path, "the text holds NUL bytes", nul, action)
    if last not in (b"", b"\n", b"\r"):
        action = "Was it cut on its way? Deliver it again, with an end to its last line."
        raise refuse(path, "the last line has no end", 1, action)
    encoding = "cp1252" if decoder is None else "utf-8-sig" if has_bom else "utf-8"
    return Text(encoding, lines)


def _refuse_wide(path: Path, start: bytes) -> None:
    if start[:2] in _WIDE:
        raise refuse(path, f"the text is {_WIDE[start[:2]]}", 1, "Deliver it as UTF-8 or Windows-1252.")


def read_header(path: Path) -> list[str]:
    """The column names; one that comes again ends in `_duplicated_<n>`. Empty for an empty file. Looks at the
    first line alone.

    Raises InputRefused for a first line that is no header.
    """
    with _open_bytes(path) as file:
        start = file.read(_LONGEST_HEADER)
    _refuse_wide(path, start)
    line = start.replace(b"\r", b"\n").split(b"\n", 1)[0]
    if b"\0" in line:
        read_text(path)  # refuses it, with the count
    try:
        first = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        first = line.decode("cp1252", errors="replace")
    if not first:
        return []
    names = next(csv.reader([first], delimiter=SEPARATOR))
    if len(names) == 1 and any(separator in first for separator in _OTHER_SEPARATORS):
        action = "Deliver it with semicolons, as Danish Excel writes it."
        raise refuse(path, "the columns are not separated by semicolons", 1, action)
    values = sum(bool(name.strip()) and not any(map(str.isalpha, name)) for name in names)
    if values:
        action = "Deliver it with the column names in the first line."
        raise refuse(path, "the first line holds values, not column names", values, action)
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in seen:
            names[place] = f"{name}_duplicated_{seen[name]}"
        seen[name] = seen.get(name, -1) + 1
    return names


def read_batches(path: Path, text: Text, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
    """The named columns as text, at most about `rows` rows at a time; an empty line is a row of nulls.

    Raises InputRefused after the last batch, when rows have too few or too many fields, or hold line ends.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    names = read_header(path)
    if text.lines <= 1:
        return
    ragged = empty = 0

    def on_ragged(row: Any) -> str:
        nonlocal ragged, empty
        if row.text.strip():
            ragged += 1
        else:
            empty += 1
        return "skip"

    # Names by place: the header may have one twice.
    places = [str(place) for place in range(len(names))]
    wanted = {str(names.index(column)): column for column in columns}
    with pa.input_stream(
        str(path), compression="gzip" if path.name.lower().endswith(".gz") else None
    ) as file:
        reader = pc.open_csv(
            file,
            pc.ReadOptions(
                column_names=places,
                skip_rows=1,
                block_size=_BLOCK,
                encoding="utf8" if text.encoding.startswith("utf-8") else text.encoding,
            ),
            pc.ParseOptions(
                delimiter=SEPARATOR, newlines_in_values=False, ignore_empty_lines=False,
                invalid_row_handler=on_ragged,
            ),
            pc.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                include_columns=list(wanted),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )  # fmt: skip
        count, waiting = 0, []
        for batch in reader:
            count += batch.num_rows
            waiting.append(batch)
            if sum(each.num_rows for each in waiting) >= rows:
                yield from _frame(waiting, wanted).iter_slices(rows)
                waiting = []
        if waiting:
            yield from _frame(waiting, wanted).iter_slices(rows)
    if empty:
        yield pl.DataFrame(schema=dict.fromkeys(columns, pl.String)).clear(empty)
    swallowed = text.lines - 1 - count - ragged - empty
    problems = [
        Problem("", "", rule, number, action, of=text.lines - 1, file=path.name)
        for rule, number, action in (
            (
                RAGGED,
                ragged,
                "A separator too many, or a value with a semicolon and no quotes? " + _AGAIN,
            ),
            (
                "lines are swallowed by an open quote",
                swallowed,
                "Close the quote, or write it twice. " + _AGAIN,
            ),
        )
        if number
    ]
    if problems:
        raise InputRefused(problems)


def find_ragged(path: Path) -> list[int]:
    """The places (from 0, without the header) of rows with too few or too many fields."""
    text = read_text(path)
    names, places = read_header(path), list[int]()
    with io.TextIOWrapper(_open_bytes(path), encoding=text.encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=SEPARATOR)
        for row in reader:
            if row and len(row) != len(names):
                places.append(reader.line_num - 2)
    return places


def _frame(batches: list[Any], wanted: dict[str, str]) -> pl.DataFrame:
    frame = pl.from_arrow(batches)
    assert isinstance(frame, pl.DataFrame)
    return frame.rename(wanted)
