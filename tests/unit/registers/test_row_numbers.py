"""Which rows of a delivery are wrong: told in a file below `private`, by number, and nowhere else."""

from __future__ import annotations

import csv
import gzip
import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets.extracts import type_register
from assets.home import Home
from assets.retention import drop_all_due
from assets.workspace import Workspace
from schemas.errors import InputRefused
from schemas.registers import CONTRACTS
from tests.faults.delivery import good_parts
from tests.faults.play import delivered, ingest, make_home

DAY = date(2024, 12, 31)
ROWS = 300


def akm(**changes: object) -> str:
    """So many rows of AKM as CSV lines; `r7="x"` puts x into SOCIO13 of the seventh."""
    lines = [f"{n * 77_777_777 + 123:012d};{(330, 110, 133)[n % 3]}" for n in range(1, ROWS + 1)]
    for row, value in changes.items():
        n = int(row[1:])
        lines[n - 1] = lines[n - 1].split(";")[0] + f";{value}"
    return "\r\n".join(["PNR;SOCIO13", *lines, ""])


def told(folder: Path, register: str = "akm", day: str = "2024-12-31") -> list[tuple[str, str, str, int]]:
    with (folder / register / f"{day}.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [*csv.DictReader(stream, delimiter=";")]
    assert {(row["register"], row["status_day"]) for row in rows} == {(register, day)}
    return [(row["file"], row["column"], row["rule"], int(row["row"])) for row in rows]


def read(path: Path, rejects: Path, register: str = "akm") -> str:
    """Type it; the message where it is refused."""
    try:
        type_register(
            [path], CONTRACTS[register], path.with_name("typed.parquet"), vintage=DAY, rejects=rejects
        )
    except InputRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("packed", [False, True])
def test_values_and_codes_that_cant_be_are_listed_by_file_and_row(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("akm2024.csv.gz" if packed else "akm2024.csv")
    text = akm(r7="x", r300="9x", r12="901", r13="902", r14="903", r15="904").encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    message = read(path, tmp_path / "rejects")
    assert message.count("Row numbers: private/rejects/akm/2024-12-31.csv.") == 2
    codes = "codes are not in the code list of 2024-12-31"
    assert told(tmp_path / "rejects") == [
        (path.name, "socio13", "values are not whole numbers", 7),
        (path.name, "socio13", "values are not whole numbers", 300),
        *((path.name, "socio13", codes, row) for row in (12, 13, 14, 15)),
    ]


def test_a_row_with_a_field_too_many_is_listed_and_a_quoted_separator_is_none(tmp_path: Path) -> None:
    path = tmp_path / "akm2024.csv"
    path.write_text(akm(r5='"330"', r200="330;1"), newline="")
    assert "Row numbers" in read(path, tmp_path / "rejects")
    assert told(tmp_path / "rejects") == [
        ("akm2024.csv", "", "rows have more or fewer fields than the header", 200)
    ]


def test_rows_are_counted_in_their_own_part_empty_lines_included(tmp_path: Path) -> None:
    parts = [tmp_path / "akm" / "year=2024" / f"part-{n}.parquet" for n in range(2)]
    parts[0].parent.mkdir(parents=True)
    pl.DataFrame({"PNR": range(1, 101), "SOCIO13": ["330", "110"] * 50}).write_parquet(parts[0])
    second = pl.DataFrame({"PNR": range(101, 201), "SOCIO13": ["330"] * 3 + [None, "y"] + ["330"] * 95})
    empty = pl.when(pl.int_range(pl.len()) == 3).then(None)
    second.with_columns(PNR=empty.otherwise("PNR")).write_parquet(parts[1])
    with pytest.raises(InputRefused):
        type_register(parts, CONTRACTS["akm"], tmp_path / "t", vintage=DAY, rejects=tmp_path / "rejects")
    assert told(tmp_path / "rejects") == [
        ("akm/year=2024/part-1.parquet", "socio13", "values are not whole numbers", 5)
    ]


def test_rows_left_aside_are_listed_as_delivered_whatever_their_order(tmp_path: Path) -> None:
    (bef,) = (part.frame for part in good_parts() if (part.register, part.year) == ("bef", 2024))
    own = pl.int_range(pl.len()) == 41
    bef = bef.reverse().with_columns(MOR_ID=pl.when(own).then("PNR").otherwise("MOR_ID"))
    pl.concat([bef, bef[5:6]]).write_parquet(tmp_path / "bef2024.parquet")
    assert read(tmp_path / "bef2024.parquet", tmp_path / "rejects", "bef") == ""
    doubled, own_mother = told(tmp_path / "rejects", "bef")
    assert doubled[2] == "rows equal to another, dropped"
    assert doubled[3] in (6, bef.height + 1)
    assert own_mother[1:] == ("mor_id", "persons are their own mother, mother unknown", 42)


def test_at_most_a_thousand_rows_a_rule_and_none_once_the_file_is_right(tmp_path: Path) -> None:
    wrong, path = pl.DataFrame({"PNR": range(1, 2001), "SOCIO13": ["z"] * 2000}), tmp_path / "akm2024.parquet"
    wrong.write_parquet(path)
    assert "2,000 of 2,000 rows" in read(path, tmp_path / "rejects")
    assert [row for *_, row in told(tmp_path / "rejects")] == [*range(1, 1001)]
    wrong.with_columns(SOCIO13=pl.Series([330, 110] * 1000)).write_parquet(path)
    assert read(path, tmp_path / "rejects") == ""
    assert not list((tmp_path / "rejects").rglob("*.csv"))


def test_no_row_number_and_no_value_stands_anywhere_else(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", "csv")
    extracts = delivered(home, "csv")
    lines = extracts.path("akm").read_bytes().split(b"\r\n")
    lines[187] = lines[187].split(b";")[0] + b";Kanariefugl"
    extracts.path("akm").write_bytes(b"\r\n".join(lines))
    found = ingest(home)
    assert found.exit_code == 20
    assert [row[3] for row in told(home.rejects, day="2023-12-31")] == [187]
    said = "\n".join(found.lines) + repr(found.problems)
    texts = {path: path.read_bytes() for path in home.private.rglob("*") if path.is_file()}
    for path, content in texts.items():
        assert b"Kanariefugl" not in content, path.name
        # In hashes three digits may follow each other by chance.
        if path.parent.parent != home.rejects and path.suffix != ".parquet":
            said += re.sub(r"[0-9a-f]{32,}", "", content.decode("utf-8", "replace"))
    assert not re.search(r"(?<!\d)18[78](?!\d)", re.sub(r"\d{10,}", "", said))
    assert "private/rejects/akm/2023-12-31.csv" in said
    assert "Kanariefugl" not in said


@pytest.mark.parametrize(("days", "is_there"), [(29, True), (31, False)])
def test_row_numbers_go_after_their_days(tmp_path: Path, days: int, is_there: bool) -> None:
    home = Home(tmp_path / "home")
    home.create()
    path = home.rejects / "akm" / "2024-12-31.csv"
    path.parent.mkdir(parents=True)
    path.write_text("row")
    then = (datetime.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    drop_all_due(Workspace.open(home))
    assert path.exists() is is_there
