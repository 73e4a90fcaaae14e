"""What people see of bad deliveries: the warehouse's quality table and `femfaktor status`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from assets.home import Home
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


def test_a_clean_delivery_has_nothing_left_aside(first_night: Home) -> None:
    assert rows(first_night, "rule <> 'values unknown'") == []
    assert "Left aside" not in CliRunner().invoke(main, ["--home", str(first_night.root), "status"]).output
