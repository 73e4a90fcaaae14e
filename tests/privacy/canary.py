"""Searches files for canaries: ids and texts that were put into the registers and must come out nowhere.

Belongs here: decoding, so that compression, encodings and binary formats hide nothing. Files are told apart
by their first bytes, not by their names. Does not belong here: which files to search, which canaries were put
where.

A file that can't be decoded raises: what was not searched was not shown to be clean.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MIN_DIGITS = 7
"""An id that is shorter once its zeros are gone is searched for with its zeros only: 12 would be found
everywhere.
"""


@dataclass(frozen=True)
class Finding:
    """Canary number `canary` (its place in the list) lies in `path`; `where` says at what point of the
    decoding.
    """

    path: str
    where: str
    canary: int


class _Needles:
    def __init__(self, canaries: Iterable[str | int]) -> None:
        self.raw: list[tuple[int, bytes]] = []
        self.numbers: list[tuple[int, bytes]] = []
        for i, canary in enumerate(canaries):
            text = f"{canary:012d}" if isinstance(canary, int) else canary
            forms = {text}
            if text.isdigit() and len(text.lstrip("0")) >= MIN_DIGITS:
                forms.add(text.lstrip("0"))
                value = int(text)
                if value < 2**63:
                    self.numbers += [(i, struct.pack("<q", value)), (i, struct.pack("<d", float(value)))]
            elif not text or len(text) < MIN_DIGITS:
                raise ValueError("a canary this short would be found everywhere")
            for form in forms:
                encoded = {form.encode(e, "ignore") for e in ("utf-8", "utf-16-le", "utf-16-be", "cp1252")}
                self.raw += [(i, needle) for needle in encoded]

    def in_bytes(self, content: bytes) -> set[int]:
        """As text in any encoding, and as an integer or float as computers store them."""
        return {i for i, needle in (*self.raw, *self.numbers) if needle in content}

    def in_text(self, text: str) -> set[int]:
        return {i for i, needle in self.raw if needle in text.encode("utf-8", "surrogatepass")}


def find_canaries(paths: Iterable[Path], canaries: Iterable[str | int]) -> list[Finding]:
    """Every canary in the files and folders `paths` (and in the names of what lies in them).

    Ids (12 digits, or an integer) are searched for with and without leading zeros and as numbers; other texts
    as they are. Raises ValueError naming a file that can't be decoded.
    """
    needles, found = _Needles(canaries), set()
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: not there to be searched")
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            found |= {Finding(str(file), "name", i) for i in needles.in_text(name)}
            if file.is_file():
                for where, canary in _search(file.read_bytes(), needles, file.name):
                    found.add(Finding(str(file), where, canary))
    return sorted(found, key=lambda finding: (finding.path, finding.where, finding.canary))


def _search(content: bytes, needles: _Needles, name: str, depth: int = 0) -> Iterator[tuple[str, int]]:
    yield from (("bytes", i) for i in needles.in_bytes(content))
    if depth > 5:
        raise ValueError(f"{name}: packed deeper than this search goes")
    decode = _decoder(content)
    if decode is None:
        text = content.decode("utf-8", "ignore")
        if "&#" in text or "\\u" in text:
            yield from (("entities", i) for i in needles.in_text(html.unescape(text)))
            escaped = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
            yield from (("escapes", i) for i in needles.in_text(escaped))
        return
    try:
        parts = list(decode(content))
    except Exception as error:
        raise ValueError(f"{name}: can't be searched ({type(error).__name__})") from error
    for where, part in parts:
        if isinstance(part, str):
            yield from ((where, i) for i in needles.in_text(part))
        else:
            inner = _search(part, needles, f"{name}: {where}", depth + 1)
            yield from ((f"{where}: {deeper}", i) for deeper, i in inner)


def _decoder(content: bytes):
    if content.startswith(b"\x1f\x8b"):
        return lambda packed: [("gzip", gzip.decompress(packed))]
    if content.startswith(b"PK\x03\x04"):
        return _zip_parts
    if content.startswith(b"%PDF"):
        return _pdf_parts
    if content.startswith(b"PAR1"):
        return _parquet_parts
    if content.startswith(b"SQLite format 3\0"):
        return _sqlite_parts
    if content[8:12] == b"DUCK":
        return _duckdb_parts
    return None


def _zip_parts(content: bytes) -> Iterator[tuple[str, bytes | str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            yield "member name", member.filename
            yield member.filename, archive.read(member)


def _pdf_parts(content: bytes) -> Iterator[tuple[str, bytes | str]]:
    import pikepdf
    import pypdfium2

    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                yield "stream", _stream_bytes(item)
            yield from (("string", text) for text in _pdf_strings(item))
        yield from (("string", text) for text in _pdf_strings(pdf.trailer))
    document = pypdfium2.PdfDocument(content)
    try:
        # Shown text: in the streams it stands as glyph numbers.
        for page in document:
            yield "text", page.get_textpage().get_text_range()
    finally:
        document.close()


def _stream_bytes(stream) -> bytes:
    import pikepdf

    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # an image filter: pixels, searched as they are
        return stream.read_raw_bytes()


def _pdf_strings(item, depth: int = 0) -> Iterator[str]:
    import pikepdf

    if isinstance(item, pikepdf.String):
        yield str(item)
    elif isinstance(item, pikepdf.Array) and depth < 20:
        for part in item:
            yield from _pdf_strings(part, depth + 1)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream) and depth < 20:
        for key in item.keys():  # noqa: SIM118
            yield str(key)
            part = item.get(key)
            # Objects of their own come by themselves.
            if not getattr(part, "is_indirect", False):
                yield from _pdf_strings(part, depth + 1)


def _frame_parts(where: str, frame) -> Iterator[tuple[str, bytes | str]]:
    import polars as pl

    for column in frame.iter_columns():
        place = f"{where}.{column.name}"
        if column.dtype == pl.Binary:
            yield from ((place, value) for value in column.drop_nulls().to_list())
        elif column.dtype.is_float():
            # Not 1.23e11.
            yield (
                place,
                "\n".join(str(int(v)) for v in column.drop_nulls().drop_nans().to_list() if abs(v) < 1e18),
            )
        else:
            yield place, column.to_frame("v" if column.name == "" else None).write_ndjson()


def _parquet_parts(content: bytes) -> Iterator[tuple[str, bytes | str]]:
    import polars as pl

    yield "metadata", "\n".join(f"{k}={v}" for k, v in pl.read_parquet_metadata(io.BytesIO(content)).items())
    yield from _frame_parts("column", pl.read_parquet(io.BytesIO(content)))


def _sqlite_parts(content: bytes) -> Iterator[tuple[str, bytes | str]]:
    with sqlite3.connect(":memory:") as con:
        # A database in write-ahead mode can't be opened from memory: bytes 18 and 19 say which mode it is in.
        con.deserialize(content[:18] + b"\x01\x01" + content[20:])
        con.text_factory = bytes
        tables = [
            name.decode() for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            quoted = '"' + table.replace('"', '""') + '"'
            for row in con.execute(f"SELECT * FROM {quoted}"):
                for value in row:
                    if isinstance(value, bytes):
                        yield f"table {table}", value
                    elif value is not None:
                        yield f"table {table}", str(value)


def _duckdb_parts(content: bytes) -> Iterator[tuple[str, bytes | str]]:
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        # A copy: the file may be open elsewhere in this process.
        copy = Path(folder) / "copy.duckdb"
        copy.write_bytes(content)
        with duckdb.connect(copy, read_only=True) as con:
            for function in ("duckdb_tables", "duckdb_views", "duckdb_columns"):
                yield function, con.sql(f"SELECT * FROM {function}() WHERE NOT internal").pl().write_ndjson()
            names = con.sql(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal "
                "UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
            for schema, name in names:
                quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name))
                yield from _frame_parts(name, con.sql(f"FROM {quoted}").pl())
