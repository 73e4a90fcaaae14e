"""The warehouse file: what is in it, that older clients open it, and how it is swapped in."""

from __future__ import annotations

import stat
import subprocess
import sysconfig
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.aggregation import CountsBroken, aggregate, build_warehouse
from assets.aggregation.sql import SQL_DIR, list_sql, load_sql
from schemas.warehouse import QUALITY, VINTAGE, WAREHOUSE_TABLES, WAREHOUSE_VIEWS
from tests.unit.aggregation.scored_rows import REFERENCE_DATE, hierarchy, scored

HIERARCHY = """
    kommune | 901 | Nordby | | 901
    omraade | O1 | Østerhegn | 901 | 901
    omraade | O2 | Aaparken | 901 | 901
"""
CHILDREN = """
    1 | 1 | 901 | O1 | 0-2 | +++-- | 3 | 5 | særlig
    2 | 2 | 901 | O1 | 3-5 | +---- | 1 | 5 | ikke
    3 | 3 | 901 | O1 | 3-5 | +---- | 1 | 5 | ikke
    4 | 4 | 901 | O1 | 3-5 | +---- | 1 | 5 | ikke
    5 | 5 | 901 | O1 | 3-5 | ++?-- | 2 | 4 | uafklaret
"""
OTHER_DEFINITION = CHILDREN.replace(
    "4 | 4 | 901 | O1 | 3-5 | +---- | 1 | 5 | ikke", "4|4|901|O1|3-5|+++--|3|5|særlig"
)
DEFINITIONS = pl.DataFrame(
    {
        "definition": ["sfi5-v1", "sfi5-v1-x"],
        "definition_hash": ["aaaa", "bbbb"],
        "title": ["Standard", "Variant"],
        "content": ["name = 'sfi5-v1'", "name = 'sfi5-v1-x'"],
    }
)
VINTAGES = pl.DataFrame(
    {
        "reference_date": [REFERENCE_DATE],
        "definition": ["sfi5-v1"],
        "register": ["kraf"],
        "vintage": [date(2023, 12, 31)],
        "window_from": [date(2018, 12, 31)],
        "window_to": [date(2023, 12, 31)],
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aggregated")
    rows = pl.concat(
        [scored(CHILDREN), scored(OTHER_DEFINITION, definition="sfi5-v1-x", definition_hash="bbbb")]
    )
    earlier = rows.with_columns(
        pl.lit(date(2023, 12, 31)).alias("reference_date"),
        # A year before, nobody was at risk.
        pl.when(pl.col("n_yes") >= 3).then(pl.lit("ikke")).otherwise("state").alias("state"),
        pl.col("n_yes").clip(upper_bound=2),
    )
    for name, frame in (("2024", rows), ("2023", earlier)):
        frame.write_parquet(folder / f"{name}.parquet")
        aggregate(folder / f"{name}.parquet", hierarchy(HIERARCHY), folder / name, folder / "tmp")
    return folder


QUALITY_ROWS = pl.DataFrame(
    [
        ("akm", date(2023, 12, 31), "", "rows equal to another, dropped", 4, 1_000, 0.4),
        ("akm", date(2023, 12, 31), "socio13", "values unknown", 25, 996, 2.51),
    ],
    schema=QUALITY.polars_schema,
    orient="row",
)


def build(folder: Path, target: Path, definitions: pl.DataFrame = DEFINITIONS) -> None:
    build_warehouse(
        {REFERENCE_DATE: folder / "2024", date(2023, 12, 31): folder / "2023"},
        target,
        definitions=definitions,
        vintages=VINTAGES,
        quality=QUALITY_ROWS,
        temp_dir=folder / "tmp",
    )


@pytest.fixture(scope="module")
def warehouse(folder: Path) -> Path:
    build(folder, folder / "warehouse" / "warehouse.duckdb")
    return folder / "warehouse" / "warehouse.duckdb"


def query(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.sql(sql).fetchall()


def test_shares_stand_beside_their_bounds_and_each_other(warehouse):
    # 1 of 4 determined; 5 children, 1 undetermined.
    shares = query(
        warehouse,
        "SELECT share_pct, share_if_unknown_no_pct, share_if_unknown_yes_pct FROM area_share "
        "WHERE area_id = 'O1' AND definition = 'sfi5-v1' AND reference_date = DATE '2024-12-31'",
    )
    assert shares == [(25.0, 20.0, 40.0)]
    compared = query(
        warehouse,
        "SELECT share_pct, compared_share_pct, difference_points FROM definition_comparison "
        "WHERE area_id = 'O1' AND definition = 'sfi5-v1-x' AND compared_with = 'sfi5-v1' "
        "AND reference_date = DATE '2024-12-31'",
    )
    assert compared == [(50.0, 25.0, 25.0)]


def test_the_share_with_a_factor_is_among_those_of_whom_it_is_known(warehouse):
    # f3 in O1: one with, three without, one unknown.
    shares = query(
        warehouse,
        "SELECT children_with, children_known, children_unknown, share_pct FROM factor_share "
        "WHERE area_id = 'O1' AND definition = 'sfi5-v1' AND reference_date = DATE '2024-12-31' "
        "AND factor = 'f3_kontanthjaelp_pension'",
    )
    assert shares == [(1, 4, 1, 25.0)]


def test_development_compares_with_the_date_before(warehouse):
    rows = query(
        warehouse,
        "SELECT reference_date, share_pct, previous_date, change_points FROM area_development "
        "WHERE area_id = 'O1' AND definition = 'sfi5-v1' ORDER BY reference_date",
    )
    assert rows == [(date(2023, 12, 31), 0.0, None, None), (REFERENCE_DATE, 25.0, date(2023, 12, 31), 25.0)]


def test_an_area_without_children_has_counts_of_zero_and_no_share(warehouse):
    assert query(
        warehouse, "SELECT DISTINCT children, at_risk, share_pct FROM area_share WHERE area_id = 'O2'"
    ) == [(0, 0, None)]
    assert query(warehouse, "SELECT DISTINCT share_pct FROM factor_share WHERE area_id = 'O2'") == [(None,)]


def test_every_table_view_and_column_has_a_danish_comment(warehouse):
    silent = query(
        warehouse,
        "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL UNION ALL "
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL UNION ALL "
        "SELECT column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL",
    )
    assert silent == []
    counted = query(warehouse, "SELECT comment FROM duckdb_tables() WHERE table_name LIKE 'area_%'")
    assert len(counted) == 4
    assert all("må ikke udleveres" in comment for (comment,) in counted)


def test_the_file_holds_the_declared_tables_and_views_and_nothing_else(warehouse):
    columns: dict[str, list[str]] = {}
    for table, column in query(
        warehouse,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "ORDER BY table_name, column_index",
    ):
        columns.setdefault(table, []).append(column)
    assert columns == {t.name: [c.name for c in t.columns] for t in (*WAREHOUSE_TABLES, *WAREHOUSE_VIEWS)}
    assert not any("key" in column or column == "pnr" for names in columns.values() for column in names)


def test_names_sort_as_in_danish(warehouse):
    # Aa is å, the last letter; ø comes before it.
    names = query(
        warehouse, "SELECT DISTINCT area_name FROM area_risk WHERE level = 'omraade' ORDER BY area_name"
    )
    assert [name for (name,) in names] == ["Østerhegn", "Aaparken"]


def test_a_duckdb_1_4_client_opens_the_warehouse(warehouse):
    """Analysts' tools are 1.4 and later; the default of 2.0 would lock them out."""
    client = Path(sysconfig.get_path("scripts")) / "duckdb"
    version = subprocess.run([client, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("v1.4.")
    sql = "; ".join(
        [
            "SELECT count(*) FROM area_risk",
            *(f"SELECT count(*) >= 0 FROM {view.name}" for view in WAREHOUSE_VIEWS),
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'area_share' AND column_name = 'share_pct'",
        ]
    )
    done = subprocess.run(
        [client, "-readonly", "-csv", "-noheader", warehouse, sql], capture_output=True, text=True, check=True
    )
    # 2 dates x 2 definitions x (delivery, kommune, 2 omraader, 2 rests)
    assert done.stdout.splitlines()[0] == "24"
    assert "Andel i særlig risiko blandt afklarede" in done.stdout
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{warehouse}' AS w (READ_ONLY)")
        tags = con.sql("SELECT tags FROM duckdb_databases() WHERE database_name = 'w'").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.4")


def test_file_and_folder_are_closed_to_others(warehouse):
    assert stat.S_IMODE(warehouse.stat().st_mode) == 0o640
    assert stat.S_IMODE(warehouse.parent.stat().st_mode) == 0o750
    assert [path.name for path in warehouse.parent.iterdir()] == ["warehouse.duckdb"]


def test_a_reader_keeps_the_old_file_and_a_stale_log_does_not_block_the_new_one(folder, tmp_path):
    target = tmp_path / "warehouse.duckdb"
    build(folder, target)
    target.with_name("warehouse.duckdb.wal").write_bytes(b"left by a killed writer")
    with target.open("rb") as reader:
        build(folder, target)
        assert reader.read(16)
    assert query(target, "SELECT count(*) FROM vintage") == [(1,)]
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_counts_under_another_version_of_a_definition_leave_the_old_file(folder, tmp_path):
    target = tmp_path / "warehouse.duckdb"
    build(folder, target)
    before = target.read_bytes()
    with pytest.raises(CountsBroken, match="1 definitions that are not"):
        build(folder, target, DEFINITIONS.with_columns(definition_hash=pl.lit("aaaa")))
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_a_folder_of_another_date_stops(folder, tmp_path):
    with pytest.raises(CountsBroken, match="rows of another date"):
        build_warehouse(
            {REFERENCE_DATE: folder / "2023"},
            tmp_path / "warehouse.duckdb",
            definitions=DEFINITIONS,
            vintages=VINTAGES.clear().select(VINTAGE.polars_schema.keys()),
            quality=QUALITY_ROWS,
            temp_dir=tmp_path,
        )


def test_every_sql_file_opens_with_its_header():
    files = [name for folder in ("tables", "views", "checks") for name in list_sql(folder)]
    assert len(files) == len(list(SQL_DIR.rglob("*.sql")))
    for name in files:
        lines = [line for line in load_sql(name).splitlines() if line.startswith("-- ")]
        fields = [line[3:].split(":")[0] for line in lines if line[3:4].isalpha() and ":" in line[:14]]
        assert [f for f in fields if f in ("Title", "Purpose", "Inputs", "Variables")] == [
            "Title",
            "Purpose",
            "Inputs",
            "Variables",
        ], name


def test_an_unknown_sql_file_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_sql("tables/nothing")
