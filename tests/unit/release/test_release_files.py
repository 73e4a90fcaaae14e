"""The files of a release: what is in them is what was protected, in every format, for clients old and new."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import fastexcel
import polars as pl
import pytest

from assets.disclosure import load_policy, protect
from assets.release import read_release, write_manifest, write_release
from assets.release.duckdb_file import content_hash
from schemas.release import RELEASE_TABLES
from schemas.release_views import RELEASE_VIEWS
from tests.support.exact_tables import Area, Delivery, cell

OLD_CLIENT = Path(sys.executable).with_name("duckdb")
HOSTILE = [
    "=cmd|' /C calc'!A0",
    'Robert"; DROP TABLE area_risk;--',
    "to\nlinjer",
    "+45 1234",
    "Ærø & Ølby; <b>",
]
LEDGER = {"length": 1, "head": "0" * 64}
MARKING = "SYNTETISKE DATA"


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    areas = [Area("kommune", "901", "leverance", name="Vestkøbing")]
    areas += [Area("omraade", f"o{i}", "901", name=name) for i, name in enumerate(HOSTILE)]
    cells = [cell(901, f"o{i}", 80 + 2 * i, 120, 3 if i == 1 else 0) for i in range(len(HOSTILE))]
    cells += [cell(901, "", 100, 900, 20)]
    exact = [
        Delivery(cells, [*areas, Area("omraade", "o9", "901")], day=day).tables()
        for day in (date(2023, 12, 31), date(2024, 12, 31))
    ]
    return protect(
        {name: pl.concat([each[name] for each in exact]) for name in exact[0]},
        load_policy(),
        definition=SimpleNamespace(name="sfi5-v1", hash="d" * 64),
        vintages=pl.DataFrame(
            {
                "reference_date": [date(2023, 12, 31), date(2024, 12, 31)],
                "register": ["bef", "bef"],
                "vintage": [date(2023, 12, 31), date(2024, 12, 31)],
                "window_from": [None, None],
                "window_to": [None, None],
            }
        ),
        marking=MARKING,
        facts={"controller": "Styrelsen for Prøver"},
        seed=b"a seed that only the tests know",
    ).tables


@pytest.fixture(scope="module")
def folder(tables, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_release(tables, folder)
    write_manifest(folder, ledger=LEDGER)
    return folder


@pytest.fixture
def database(folder):
    with duckdb.connect(folder / "femfaktor.duckdb", read_only=True) as con:
        yield con


def ask_old_client(folder: Path, sql: str) -> str:
    # Another name than it was written under: nothing in the file may depend on it.
    return subprocess.run(
        [OLD_CLIENT, "-readonly", "-noheader", "-list", folder / "femfaktor.duckdb", sql],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_duckdb_csv_and_release_hold_exactly_the_protected_tables(tables, folder):
    back = read_release(folder)
    assert back.keys() == tables.keys() == {table.name for table in RELEASE_TABLES}
    for name, table in tables.items():
        assert back[name].equals(table), name


def test_an_older_client_opens_it_and_reads_numbers_views_and_comments(folder):
    assert ask_old_client(folder, "SELECT version()").startswith("v1.4")
    sql = "SELECT children, at_risk FROM area_risk WHERE area_id = 'o0' AND reference_date = '2024-12-31'"
    assert ask_old_client(folder, sql) == "200|80\n"
    sql = "SELECT comment FROM duckdb_columns() WHERE table_name = 'area_risk' AND column_name = 'children'"
    assert ask_old_client(folder, sql) == "Antal børn 0-17 år, afrundet (status rounded); tom = skjult\n"


def test_the_file_has_the_storage_version_of_1_4(database):
    tags = database.sql("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.4.0")


def test_every_table_view_and_column_has_a_danish_comment(database):
    for function, name in (("duckdb_tables", "table_name"), ("duckdb_views", "view_name")):
        missing = database.sql(
            f"SELECT {name} FROM {function}() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
        assert missing == []
    missing = database.sql(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert missing == []


def test_the_declared_columns_of_a_view_are_the_columns_it_has(database):
    for view in RELEASE_VIEWS:
        assert database.sql(f"FROM {view.name} LIMIT 0").columns == list(view.columns)


def test_the_view_of_the_latest_date_sets_an_area_beside_its_municipality(database):
    row = database.sql(
        "SELECT kommune_name, share_pct, kommune_share_pct, reference_date "
        "FROM latest_area WHERE area_id = 'o0'"
    ).fetchall()
    # Municipality: 80 + 82 + 84 + 86 + 88 + 100 at risk of 520 + 1,500 determined, within rounding.
    assert row == [("Vestkøbing", 40.0, 26.0, date(2024, 12, 31))]


def test_names_sort_in_danish(database):
    database.execute("CREATE TEMP TABLE names AS SELECT area_name FROM area_risk LIMIT 0")
    database.execute("INSERT INTO names VALUES ('Åby'), ('Ærø'), ('Zoo'), ('Ølby'), ('Aalborg')")
    names = [row[0] for row in database.sql("SELECT area_name FROM names ORDER BY ALL").fetchall()]
    assert names[:3] == ["Zoo", "Ærø", "Ølby"]


def test_hidden_is_null_in_every_format(tables, folder):
    hidden = tables["area_risk"].filter(pl.col("area_id").is_in(["o1", "o9"]))
    assert hidden["at_risk"].null_count() == 2
    csv = pl.read_csv(folder / "csv/area_risk.csv", separator=";", infer_schema=False)
    for column in ("at_risk", "undetermined", "share_pct"):
        assert set(csv.filter(pl.col("area_id") == "o9")[column]) == {None}
    sheet = fastexcel.read_excel(folder / "femfaktor.xlsx").load_sheet("area_risk").to_polars()
    assert sheet.filter(pl.col("area_id") == "o9")["at_risk"].to_list() == [None, None]
    assert sheet.filter(pl.col("area_id") == "o0")["at_risk"].to_list() == [80, 80]


@pytest.mark.parametrize("i", range(len(HOSTILE)))
def test_a_hostile_name_is_text_in_every_format(folder, database, i):
    sql = f"SELECT DISTINCT area_name FROM area_risk WHERE area_id = 'o{i}'"
    assert database.sql(sql).fetchall() == [(HOSTILE[i],)]
    csv = pl.read_csv(folder / "csv/area_risk.csv", separator=";", infer_schema=False)
    name = csv.filter(pl.col("area_id") == f"o{i}")["area_name"][0]
    assert name == ("'" + HOSTILE[i] if HOSTILE[i][0] in "=+" else HOSTILE[i])
    sheet = fastexcel.read_excel(folder / "femfaktor.xlsx").load_sheet("area_risk").to_polars()
    assert sheet.filter(pl.col("area_id") == f"o{i}")["area_name"][0] == HOSTILE[i]


def test_the_workbook_holds_no_formula(folder):
    import zipfile

    with zipfile.ZipFile(folder / "femfaktor.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(RELEASE_TABLES) + 1
        assert not any(b"<f>" in book.read(name) or b"<f " in book.read(name) for name in sheets)


def parts_of(folder: Path) -> dict[str, str]:
    import zipfile

    with zipfile.ZipFile(folder / "femfaktor.xlsx") as book:
        return {name: book.read(name).decode("utf-8") for name in book.namelist()}


def test_the_front_sheet_says_what_the_numbers_are_and_what_may_be_summed(folder):
    sheet = fastexcel.read_excel(folder / "femfaktor.xlsx").load_sheet("Om", header_row=None).to_polars()
    lines = {row[0]: row[1] for row in sheet.rows() if row[0]}
    assert MARKING in lines
    assert "Aldrig nul" in lines["tom celle (grå)"]
    assert "højst 4 · k forkert" in lines["afrundede antal"].replace("\n", " ")
    assert lines.keys() >= {
        "shown",
        "rounded",
        "group_hidden",
        "too_small",
        "hidden",
        "f2_doemt",
        "area_risk",
    }
    assert lines["definition_hash"] == "d" * 64


def test_every_column_has_its_meaning_as_a_note_and_headers_stay_in_sight(folder):
    parts = parts_of(folder)
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")][1:]
    for number, (table, sheet) in enumerate(zip(RELEASE_TABLES, sheets, strict=True), start=1):
        assert '<pane ySplit="1"' in sheet and 'state="frozen"' in sheet
        assert "<autoFilter" in sheet
        notes = parts[f"xl/comments{number}.xml"]
        assert notes.count("<comment ") == len(table.columns)
        assert all(column.da.replace("<", "&lt;").replace(">", "&gt;") in notes for column in table.columns)


def test_hidden_cells_are_grey_and_numbers_are_formatted_as_excel_translates_them(folder):
    parts = parts_of(folder)
    assert 'type="containsBlanks"' in parts["xl/worksheets/sheet2.xml"]
    for code in ("#,##0.0", "dd-mm-yyyy"):
        assert f'formatCode="{code}"' in parts["xl/styles.xml"]


def test_csv_is_as_danish_excel_opens_it(folder):
    raw = (folder / "csv/design_effect.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfreference_date;definition;area_id;design_effect;marking\n")
    assert b"2024-12-31;sfi5-v1;901;1,0;" in raw


def test_no_age_band_in_csv_looks_like_a_date(folder):
    csv = pl.read_csv(folder / "csv/area_children.csv", separator=";", infer_schema=False)
    assert set(csv["age_band"]) == {"0–2", "3–5", "6–9", "10–14", "15–17"}


def test_the_same_tables_give_the_same_bytes_and_the_same_content_hash(tables, folder, tmp_path):
    shuffled = {name: table.sample(fraction=1, shuffle=True, seed=7) for name, table in tables.items()}
    write_release(shuffled, tmp_path)
    write_manifest(tmp_path, ledger=LEDGER)
    files = [file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file()]
    for file in files:
        if file.suffix == ".duckdb":
            assert content_hash(folder / file) == content_hash(tmp_path / file)
        elif file.name == "manifest.json":
            one, two = (json.loads((each / file).read_bytes()) for each in (folder, tmp_path))
            assert one["files"].pop("femfaktor.duckdb") and two["files"].pop("femfaktor.duckdb")
            assert one == two
        else:
            assert (folder / file).read_bytes() == (tmp_path / file).read_bytes(), file


def test_the_content_hash_sees_a_changed_number_a_changed_order_and_a_changed_comment(folder, tmp_path):
    original = content_hash(folder / "femfaktor.duckdb")
    for i, change in enumerate(
        (
            "UPDATE area_risk SET children = children + 1 WHERE area_id = 'o0'",
            "CREATE TABLE t AS FROM release; DELETE FROM release; "
            "INSERT INTO release FROM t ORDER BY key DESC; DROP TABLE t",
            "COMMENT ON COLUMN area_risk.children IS 'Antal voksne'",
        )
    ):
        copy = tmp_path / f"{i}.duckdb"
        copy.write_bytes((folder / "femfaktor.duckdb").read_bytes())
        with duckdb.connect(copy) as con:
            con.execute(change)
        assert content_hash(copy) != original


def test_the_manifest_names_every_file_with_its_hash(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {
        "manifest.json"
    }
    assert manifest["files"].keys() == files
    assert not any(file.endswith(".wal") for file in files)
    csv = (folder / "csv/area_risk.csv").read_bytes()
    assert manifest["files"]["csv/area_risk.csv"] == hashlib.sha256(csv).hexdigest()
    assert manifest["marking"] == MARKING
    assert manifest["release"]["definition_hash"] == "d" * 64
    assert manifest["release"]["policy_hash"] == load_policy().hash


def test_a_release_is_not_written_over_another(tables, folder):
    with pytest.raises(FileExistsError, match=r"femfaktor\.duckdb"):
        write_release(tables, folder)


def test_a_table_that_is_not_as_declared_is_refused(tables, tmp_path):
    nulled = tables | {"area_risk": tables["area_risk"].with_columns(marking=pl.lit(None, dtype=pl.String))}
    with pytest.raises(ValueError, match=r"area_risk\.marking: 20 rows without a value"):
        write_release(nulled, tmp_path)
