"""What people see of bad deliveries: the warehouse's quality table and `femfaktor status`."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from assets.fingerprints import Fingerprints
from assets.home import Home
from assets.quality import coarsen_quality
from assets.release.duckdb_file import read_duckdb
from pipelines.cli import main
from pipelines.night import run_night
from tests.support.homes import copy_home

pytestmark = pytest.mark.usefixtures("no_dagster")

DAY = date(2023, 12, 31)


@pytest.fixture
def soiled(first_night: Home, tmp_path: Path) -> Home:
    """AKM of 2023 (220 adults) again: 11 main incomes unknown, 2 rows twice; and its night."""
    home = copy_home(first_night, tmp_path / "home")
    path = home.root / "extracts" / "akm" / "year=2023" / "part-0.parquet"
    akm = pl.read_parquet(path)
    blank = pl.when(pl.int_range(pl.len()) < 11).then(None).otherwise("SOCIO13").alias("SOCIO13")
    akm = pl.concat([akm.with_columns(blank), akm.tail(2)])
    akm.write_parquet(path, metadata={"femfaktor_synthetic": "1"})
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    return home


def rows(home: Home, where: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        query = "SELECT vintage, column_name, rule, affected, rows, share_pct FROM quality WHERE "
        return con.sql(query + where + " ORDER BY ALL").fetchall()


def test_the_warehouse_counts_what_is_unknown_and_what_was_left_aside_and_status_says_so(
    soiled: Home,
) -> None:
    assert rows(soiled, "register = 'akm' AND vintage = '2023-12-31' AND affected > 0") == [
        (DAY, "", "rows equal to another, dropped", 2, 222, 0.9),
        (DAY, "socio13", "values unknown", 11, 220, 5.0),
    ]
    assert rows(soiled, "register = 'omraader' AND column_name = 'plan'") == [
        (None, "plan", "values unknown", 5, 7, 71.43)
    ]
    told = CliRunner().invoke(main, ["--home", str(soiled.root), "status"]).output
    assert "akm 2023-12-31: rows equal to another, dropped: 2 of 222 rows" in told
    as_json = json.loads(CliRunner().invoke(main, ["--home", str(soiled.root), "status", "--json"]).output)
    (left,) = [each for each in as_json["left_aside"] if each["register"] == "akm"]
    assert (left["vintage"], left["count"], left["of"]) == ("2023-12-31", 2, 222)


def released(home: Home) -> list[tuple]:
    with duckdb.connect(str(home.latest / "femfaktor.duckdb"), read_only=True) as con:
        query = "SELECT reference_date, vintage, left_aside_pct FROM quality WHERE register = 'akm'"
        return con.sql(query).fetchall()


def test_a_release_tells_the_worst_share_in_whole_per_cent_and_of_small_registers_nothing(
    first_night: Home, soiled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = date(2024, 12, 31)
    assert released(first_night) == released(soiled) == [(latest, DAY, None)]
    monkeypatch.setattr("assets.quality.FEWEST_ROWS", 200)
    vintages = pl.DataFrame({"reference_date": [latest], "register": ["akm"], "vintage": [DAY]})
    quality = coarsen_quality(Fingerprints(soiled.state), vintages)
    # 2 of 222 rows are 0.9 per cent.
    assert quality.rows() == [(latest, "akm", DAY, 1.0)]


def test_a_release_from_before_the_table_is_read_without_it(first_night: Home, tmp_path: Path) -> None:
    old = tmp_path / "femfaktor.duckdb"
    shutil.copy(first_night.latest / "femfaktor.duckdb", old)
    with duckdb.connect(str(old)) as con:
        con.sql("DROP TABLE quality")
    tables = read_duckdb(old)
    assert tables["quality"].height == 0
    assert tables["area_risk"].height > 0


def test_a_clean_delivery_has_nothing_left_aside(first_night: Home) -> None:
    assert rows(first_night, "rule <> 'values unknown'") == []
    assert "Left aside" not in CliRunner().invoke(main, ["--home", str(first_night.root), "status"]).output
