"""Registers that may be missing: what needs them is left out and named; what nobody reads costs nothing."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from assets.home import Home
from assets.workspace import Voice
from pipelines.night import Outcome, run_night
from schemas.registers import CONTRACTS, READ
from synthetic_data.edge_children import write_edge_delivery
from tests.support.homes import begin

BY_WEEK = ["sfi5-v1-f3-dream-enhver", "sfi5-v1-f3-dream26"]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    """A delivery with DREAM for 2013-2024, and one register that no factor reads."""
    home = Home(tmp_path_factory.mktemp("optional") / "home")
    write_edge_delivery(home.root / "extracts")
    begin(home)
    home.settings.write_text("[release]\nreference_years = 2\n", encoding="utf-8")
    (home.root / "extracts" / "ind2024.csv").write_text("PNR;PERINDKIALT_13\nno id;no amount\n")
    (home.root / "extracts" / "ind2024.csv.syntetisk").touch()
    return home


def run(home: Home) -> tuple[Outcome, list[str]]:
    said: list[str] = []
    return run_night(home, Voice(say=said.append)), said


def counted(home: Home) -> dict[str, list[str]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        rows = con.sql(
            "SELECT CAST(reference_date AS VARCHAR), list(DISTINCT definition ORDER BY definition) "
            "FROM area_risk GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return {day: [name for name in names if name in BY_WEEK] for day, names in rows}


def test_definitions_are_counted_on_the_dates_whose_weeks_are_delivered(home):
    outcome, said = run(home)
    assert outcome.exit_code == 0, outcome.messages
    assert counted(home) == {"2023-12-31": BY_WEEK, "2024-12-31": BY_WEEK}
    assert "read by no factor, left as delivered: ind" in said
    assert not (home.private / "registers" / "ind").exists()

    for year in (2022, 2023):
        (home.root / f"extracts/dream/year={year}/part-0.parquet").rename(home.root / f"{year}.parquet")
    outcome, said = run(home)
    assert outcome.exit_code == 0, outcome.messages
    assert counted(home) == {"2023-12-31": [], "2024-12-31": BY_WEEK}
    left_out = [line for line in said if "not counted" in line]
    assert left_out == [f"not counted, dream does not have the weeks: {', '.join(BY_WEEK)} on 2023-12-31"]


def test_a_released_definition_that_needs_dream_is_refused_where_dream_is_missing(home):
    home.settings.write_text(
        '[release]\nreference_years = 2\ndefinition = "sfi5-v1-f3-dream26"\n', encoding="utf-8"
    )
    before = home.warehouse.read_bytes()
    outcome, _ = run(home)
    assert outcome.exit_code == 20
    assert any(
        "dream: weeks up to 2023-12-31 that no delivered file has, first y_2301: 52" in message
        for message in outcome.messages
    )
    assert home.warehouse.read_bytes() == before


def test_every_register_that_a_definition_reads_is_typed_at_night_and_no_other(home):
    typed = {path.name for path in (home.private / "registers").iterdir()}
    assert typed == set(READ)
    assert set(CONTRACTS) - set(READ) == {"uddf", "faik", "ind", "bua", "bufo", "omraade_klasser"}
    # What the contracts say about their readers is what the factors read.
    used = pl.read_parquet(home.aggregated(date(2024, 12, 31)) / "vintage.parquet")["register"]
    assert set(used) | {"hfaudd", "omraader", "omraade_adresser"} == set(READ)
