"""The search for canaries finds a leak in every format a release, a log or a temporary file may have.

A search that finds nothing proves nothing unless it finds what was planted.
"""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pikepdf
import polars as pl
import pytest
import typst
import xlsxwriter

from tests.privacy.canary import find_canaries

ID = "004711081517"
SHORT = "4711081517"
CASE = "J-4711/ær-2024"


def csv(folder: Path) -> None:
    (folder / "leak.csv").write_text(f"pnr;alder\n{ID};7\n")


def csv_without_zeros_for_windows(folder: Path) -> None:
    (folder / "leak.csv").write_text(f"pnr;alder\r\n{SHORT};7\r\n", encoding="utf-16")


def csv_gz(folder: Path) -> None:
    (folder / "leak.csv.gz").write_bytes(gzip.compress(f"{ID};7\n".encode()))


def xlsx_text(folder: Path) -> None:
    with xlsxwriter.Workbook(folder / "leak.xlsx") as book:
        book.add_worksheet().write_string(0, 0, ID)


def xlsx_number(folder: Path) -> None:
    with xlsxwriter.Workbook(folder / "leak.xlsx") as book:
        book.add_worksheet().write_number(0, 0, int(ID))


def zip_in_zip(folder: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.txt", ID * 50)
    with zipfile.ZipFile(folder / "leak.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())


def pdf_text(folder: Path) -> None:
    (folder / "leak.pdf").write_bytes(typst.compile(f"Barn {ID}".encode()))


def pdf_stream(folder: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Leak = pdf.make_indirect(pikepdf.Stream(pdf, f"{ID} ".encode() * 50))
    pdf.save(folder / "leak.pdf", compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_alternative_text(folder: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    source = f'#image(bytes("{svg.decode().replace(chr(34), chr(92) + chr(34))}"), alt: "Barn {ID}")'
    (folder / "leak.pdf").write_bytes(typst.compile(source.encode(), pdf_standards=["1.7"]))


def duckdb_text(folder: Path) -> None:
    with duckdb.connect(folder / "leak.duckdb") as con:
        con.execute(f"CREATE TABLE t AS SELECT '{ID}' AS pnr, range AS n FROM range(50000)")


def duckdb_integer(folder: Path) -> None:
    with duckdb.connect(folder / "leak.duckdb") as con:
        con.execute(f"CREATE TABLE t AS SELECT {SHORT} + range AS n FROM range(50000)")


def duckdb_list(folder: Path) -> None:
    with duckdb.connect(folder / "leak.duckdb") as con:
        con.execute(f"CREATE TABLE t AS SELECT [{{'mor': {SHORT}}}] AS n")


def duckdb_comment(folder: Path) -> None:
    with duckdb.connect(folder / "leak.duckdb") as con:
        con.execute("CREATE TABLE t (n INTEGER)")
        con.execute(f"COMMENT ON COLUMN t.n IS 'f.eks. {ID}'")


def duckdb_free_page(folder: Path) -> None:
    with duckdb.connect(folder / "leak.duckdb") as con:
        con.execute(f"CREATE TABLE t AS SELECT '{ID}' || '-' || range AS pnr FROM range(20)")
        con.execute("CHECKPOINT")
        con.execute("DROP TABLE t")
        con.execute("CHECKPOINT")
        assert con.sql("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def parquet_text(folder: Path) -> None:
    pl.DataFrame({"pnr": [ID] * 1000}).write_parquet(
        folder / "leak.parquet", compression="zstd", statistics=False
    )


def parquet_integer(folder: Path) -> None:
    frame = pl.DataFrame({"child_key": range(int(ID) - 500, int(ID) + 500)})
    frame.write_parquet(folder / "leak.parquet", compression="zstd", statistics=False)


def parquet_list(folder: Path) -> None:
    frame = pl.DataFrame({"boern": [[1, int(ID)]] * 100})
    frame.write_parquet(folder / "leak.parquet", compression="zstd", statistics=False)


def parquet_float(folder: Path) -> None:
    frame = pl.DataFrame({"pnr": [float(ID)] * 100})
    frame.write_parquet(folder / "leak.parquet", compression="zstd", statistics=False)


def parquet_metadata(folder: Path) -> None:
    pl.DataFrame({"n": [1]}).write_parquet(folder / "leak.parquet", metadata={"source": f"/data/{ID}"})


def sqlite_text(folder: Path) -> None:
    con = sqlite3.connect(folder / "leak.db")
    con.execute("PRAGMA journal_mode = wal")
    con.execute("CREATE TABLE event_logs (event TEXT)")
    con.execute("INSERT INTO event_logs VALUES (?)", [json.dumps({"message": f"row {ID}"})])
    con.commit()
    con.close()


def sqlite_integer(folder: Path) -> None:
    con = sqlite3.connect(folder / "leak.db")
    con.execute("CREATE TABLE kvs (value INTEGER)")
    con.execute("INSERT INTO kvs VALUES (?)", [int(ID)])
    con.commit()
    con.close()


def sqlite_packed_blob(folder: Path) -> None:
    con = sqlite3.connect(folder / "leak.db")
    con.execute("CREATE TABLE kvs (value BLOB)")
    con.execute("INSERT INTO kvs VALUES (?)", [gzip.compress(ID.encode())])
    con.commit()
    con.close()


def json_log(folder: Path) -> None:
    (folder / "run.log").write_text(json.dumps({"event": "failed", "value": int(ID)}) + "\n")


def html_entities(folder: Path) -> None:
    (folder / "index.html").write_text("<p>" + "".join(f"&#{ord(c)};" for c in ID) + "</p>")


def file_name(folder: Path) -> None:
    (folder / f"{ID}.txt").write_text("")


PLANTED: list[Callable[[Path], None]] = [
    csv,
    csv_without_zeros_for_windows,
    csv_gz,
    xlsx_text,
    xlsx_number,
    zip_in_zip,
    pdf_text,
    pdf_stream,
    pdf_alternative_text,
    duckdb_text,
    duckdb_integer,
    duckdb_list,
    duckdb_comment,
    duckdb_free_page,
    parquet_text,
    parquet_integer,
    parquet_list,
    parquet_float,
    parquet_metadata,
    sqlite_text,
    sqlite_integer,
    sqlite_packed_blob,
    json_log,
    html_entities,
    file_name,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_id_is_found(plant, tmp_path):
    plant(tmp_path)
    assert {finding.canary for finding in find_canaries([tmp_path], ["990000000001", ID])} == {1}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_planted_case_number_is_found_in_any_encoding(encoding, tmp_path):
    (tmp_path / "out.txt").write_text(f"afgørelse {CASE}", encoding=encoding)
    assert [finding.canary for finding in find_canaries([tmp_path / "out.txt"], [CASE])] == [0]


@pytest.mark.parametrize("escape", ["json", "html"])
def test_a_planted_case_number_is_found_behind_escapes(escape, tmp_path):
    text = json.dumps(CASE) if escape == "json" else CASE.replace("æ", "&#230;")
    (tmp_path / "out.txt").write_text(text)
    assert [finding.canary for finding in find_canaries([tmp_path], [CASE])] == [0]


def test_an_integer_canary_is_the_id_without_its_zeros(tmp_path):
    csv(tmp_path)
    assert find_canaries([tmp_path], [int(ID)])


def test_nothing_is_found_where_nothing_was_planted(tmp_path):
    for plant in PLANTED:
        folder = tmp_path / plant.__name__
        folder.mkdir()
        if plant is not file_name:
            plant(folder)
    assert find_canaries([tmp_path], ["990000000001", "J-0815/ør-2023"]) == []


def test_a_file_that_cannot_be_decoded_is_not_passed_over(tmp_path):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(ValueError, match=r"broken\.parquet: can't be searched"):
        find_canaries([tmp_path], [ID])


def test_a_path_that_is_not_there_is_not_passed_over(tmp_path):
    with pytest.raises(FileNotFoundError):
        find_canaries([tmp_path / "moved"], [ID])


def test_a_canary_that_would_be_found_everywhere_is_refused():
    with pytest.raises(ValueError, match="short"):
        find_canaries([], ["12"])
