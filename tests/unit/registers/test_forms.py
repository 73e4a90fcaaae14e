"""The same register year, delivered in any form, is the same typed table.

Belongs here: whole registers through `type_register`.
Does not belong here: single values (`test_values.py`), refusals (`test_refusals.py`).
"""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.extracts import is_synthetic, type_register
from assets.extracts.csv_files import read_text
from assets.extracts.readers import column_names, read_chunks
from assets.fingerprints import hash_file
from schemas import gate
from schemas.registers import CONTRACTS
from tests.support.deliveries import (
    TYPED,
    VINTAGE,
    WEEKS,
    file_name,
    shared_data,
    write_csv,
    write_parquet,
    write_xpt,
)

REGISTERS = list(CONTRACTS)


def type_one(path: Path, register: str, folder: Path, name: str = "out.parquet"):
    contract = CONTRACTS[register]
    vintage = None if contract.is_list else VINTAGE
    target = folder / name
    return target, type_register([path], contract, target, vintage=vintage)


@pytest.mark.parametrize("register", REGISTERS)
def test_parquet_csv_and_sas_transport_of_the_same_year_give_the_same_bytes(register, tmp_path):
    parquet, _ = type_one(write_parquet(register, tmp_path), register, tmp_path, "a.parquet")
    csv, _ = type_one(write_csv(register, tmp_path), register, tmp_path, "b.parquet")
    xpt, _ = type_one(write_xpt(register, tmp_path), register, tmp_path, "c.parquet")
    assert_frame_equal(pl.read_parquet(parquet), TYPED[register])
    assert pl.read_parquet(csv).equals(pl.read_parquet(parquet))
    assert pl.read_parquet(xpt).equals(pl.read_parquet(parquet))
    assert hash_file(parquet) == hash_file(csv) == hash_file(xpt)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_typed_table_passes_the_gate_and_has_the_declared_schema(register, tmp_path):
    contract = CONTRACTS[register]
    target, _ = type_one(write_csv(register, tmp_path), register, tmp_path)
    frame = pl.scan_parquet(target)
    vintage = None if contract.is_list else VINTAGE
    assert dict(frame.collect_schema()) == contract.with_weeks(WEEKS, vintage).polars_schema
    gate.validate(frame, contract, vintage)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("zipped", [False, True])
def test_danish_letters_survive_every_encoding(encoding, zipped, tmp_path):
    path = write_csv("omraader", tmp_path, encoding=encoding)
    if zipped:
        packed = path.with_name("OMRAADER.CSV.GZ")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    target, _ = type_one(path, "omraader", tmp_path)
    assert pl.read_parquet(target)["name"].to_list() == TYPED["omraader"]["name"].to_list()
    assert read_text(path).encoding == encoding


def test_sas_transport_in_windows_1252_is_read_as_such(tmp_path):
    import pyreadstat

    path = tmp_path / "omraader.xpt"
    pyreadstat.write_xport(pl.DataFrame({"name": ["~blehaven"]}), str(path), file_format_version=8)
    path.write_bytes(path.read_bytes().replace(b"~", "Æ".encode("cp1252")))
    assert next(read_chunks(path, ["name"]))["name"].to_list() == ["Æblehaven"]


def test_the_extract_is_untouched(tmp_path):
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    path = write_csv("omraader", extracts)
    path.chmod(stat.S_IRUSR)
    extracts.chmod(stat.S_IRUSR | stat.S_IXUSR)
    before = hash_file(path)
    try:
        type_register([path], CONTRACTS["omraader"], tmp_path / "out.parquet", vintage=None)
    finally:
        extracts.chmod(stat.S_IRWXU)
    assert hash_file(path) == before
    assert [p.name for p in extracts.iterdir()] == [path.name]


def test_parts_of_one_year_are_read_together_and_the_report_counts(tmp_path):
    clean = TYPED["akm"]
    for part, rows in (("part-0", clean.head(1)), ("part-1", clean)):
        rows.with_columns(EXTRA=1).write_parquet(tmp_path / f"{part}.parquet")
    report = type_register(
        sorted(tmp_path.glob("part-*")),
        CONTRACTS["akm"],
        tmp_path / "out.parquet",
        vintage=VINTAGE,
    )
    assert (report.rows_read, report.rows_written, report.duplicates_dropped) == (3, 2, 1)
    assert report.columns_dropped == ("EXTRA",)
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet"), clean)


def test_two_alike_decisions_with_different_case_numbers_both_stay(tmp_path):
    target, report = type_one(write_csv("kraf", tmp_path), "kraf", tmp_path)
    # Four decisions, of which two differ in the case number only; the fifth row is a true duplicate.
    assert (report.rows_read, report.duplicates_dropped) == (5, 1)
    assert pl.read_parquet(target).height == 4
    assert "journr" not in pl.read_parquet_schema(target)


def test_the_status_day_is_filled_in_when_not_delivered(tmp_path):
    path = tmp_path / file_name("bef", "parquet")
    TYPED["bef"].drop("referencetid", "aegte_id").write_parquet(path)
    target, report = type_one(path, "bef", tmp_path)
    assert_frame_equal(pl.read_parquet(target), TYPED["bef"])
    assert report.columns_absent == ("aegte_id", "referencetid")


def test_the_first_of_january_is_the_same_status_day_as_the_day_before(tmp_path):
    path = tmp_path / "bef2024.parquet"
    TYPED["bef"].with_columns(pl.col("referencetid").dt.offset_by("1d")).write_parquet(path)
    target, _ = type_one(path, "bef", tmp_path)
    assert_frame_equal(pl.read_parquet(target), TYPED["bef"])


def test_a_mapped_column_is_found_under_its_delivered_name(tmp_path):
    path = tmp_path / "kraf2024.parquet"
    TYPED["kraf"].rename({"afg_dato": "AFG_AFGDTO"}).with_columns(
        journr=pl.Series("journr", ["a", "b", "c", "d"])
    ).write_parquet(path)
    type_register(
        [path],
        CONTRACTS["kraf"],
        tmp_path / "out.parquet",
        vintage=VINTAGE,
        mapping={"afg_dato": "afg_afgdto"},
    )
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet"), TYPED["kraf"])


def test_rows_in_many_chunks_are_the_same_table_as_in_one(tmp_path, monkeypatch):
    rows = 25
    frame = pl.DataFrame({"pnr": range(rows, 0, -1), "socio13": [330] * rows})
    frame.write_csv(tmp_path / "akm2024.csv", separator=";")
    frame.write_parquet(tmp_path / "akm2024.parquet")
    once, _ = type_one(tmp_path / "akm2024.parquet", "akm", tmp_path, "a.parquet")
    monkeypatch.setattr("assets.extracts.typed.read_chunks", lambda *args: read_chunks(*args, rows=4))
    chunked, _ = type_one(tmp_path / "akm2024.csv", "akm", tmp_path, "b.parquet")
    assert hash_file(once) == hash_file(chunked)


def test_the_public_education_table_is_typed_with_its_4830_codes(tmp_path):
    path = shared_data("hfaudd_disced15.csv")
    target, report = type_one(path, "hfaudd", tmp_path)
    table = pl.read_parquet(target)
    assert table.height == 4830
    assert table["hfaudd"].str.len_chars().unique().to_list() == [4]
    # Read by hand in the file: 0001 "Ingen uddannelse" is level 10, 0000 "Afbrudt" is 90, 0141 is 40.
    levels = dict(table.rows())
    assert (levels["0001"], levels["0000"], levels["0141"]) == (10, 90, 40)
    assert report.columns_dropped == ("HFAUDD_TEKST", "HOVEDOMRAADE_TEKST", "UDDANNELSESGRUPPE")
    assert not report.undescribed_codes


def test_sas7bdat_goes_through_the_same_chunk_reader(tmp_path):
    path = shared_data("sample.sas7bdat")
    assert column_names(path)[:3] == ["mychar", "mynum", "mydate"]
    chunks = list(read_chunks(path, ["mydate", "mychar"], rows=2))
    assert [chunk.height for chunk in chunks] == [2, 2, 1]
    assert pl.concat(chunks)["mychar"].to_list() == ["a", "b", "c", "d", "e"]
    assert not is_synthetic(path)


def test_empty_lines_are_dropped_and_counted(tmp_path):
    path = tmp_path / "akm2024.csv"
    path.write_text("PNR;SOCIO13\n1;330\n\n;\n12;\n")
    target, report = type_one(path, "akm", tmp_path)
    assert_frame_equal(pl.read_parquet(target), TYPED["akm"])
    assert (report.rows_read, report.blank_rows) == (2, 2)
