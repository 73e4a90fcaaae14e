"""The same registers in every form a delivery takes, through the pipeline."""

import json
import shutil

import polars as pl
import pytest

from assets.home import Home
from pipelines.night import run_night
from synthetic_data import generate
from tests.support.deliveries import shared_data
from tests.support.homes import begin, tree

PERSONS = 8_000


@pytest.fixture(scope="module")
def from_parquet(tmp_path_factory):
    return typed_registers(tmp_path_factory.mktemp("parquet"), "parquet")


def typed_registers(root, form: str) -> tuple[Home, dict[str, str]]:
    home = Home(root / "home")
    generate(home.root / "extracts", home.root / "truth", persons=PERSONS, seed=11, format=form)
    begin(home)
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    return home, tree(home.private / "registers")


@pytest.mark.parametrize("form", ["csv", "xpt"])
def test_a_delivery_gives_the_same_typed_tables_and_release_in_every_form(from_parquet, tmp_path, form):
    """Municipal CSV (cp1252, decimal comma, dd-mm-yyyy) and SAS transport: every byte as from Parquet.

    The homes share their seed and nothing else, so this is also a rebuild in another place.
    """
    expected_home, expected = from_parquet
    home, typed = typed_registers(tmp_path, form)
    assert len(typed) > 30
    assert typed == expected
    assert tree(home.latest / "csv") == tree(expected_home.latest / "csv")
    assert tree(home.latest / "reports") == tree(expected_home.latest / "reports")
    for name in ("femfaktor.xlsx", "index.html"):
        assert (home.latest / name).read_bytes() == (expected_home.latest / name).read_bytes()
    here, there = (json.loads((each.latest / "manifest.json").read_text()) for each in (home, expected_home))
    assert here["duckdb_content_sha256"] == there["duckdb_content_sha256"]
    assert here["ledger"] == there["ledger"]


def test_the_same_rows_delivered_again_in_another_form_are_no_reason_to_count_again(from_parquet, tmp_path):
    home = Home(tmp_path / "home")
    shutil.copytree(from_parquet[0].root, home.root, symlinks=True)
    akm = home.root / "extracts" / "akm"
    frame = pl.read_parquet(akm / "year=2022" / "part-0.parquet")
    shutil.rmtree(akm / "year=2022")
    frame.write_csv(home.root / "extracts" / "akm2022.csv", separator=";")
    (home.root / "extracts" / "akm2022.csv.syntetisk").touch()
    outcome = run_night(home)
    assert [line.split(":")[0] for line in outcome.redone] == ["registers/akm/2022-12-31"]
    assert outcome.release == "r0001"


def test_extracts_are_never_written(tmp_path):
    home = Home(tmp_path / "home")
    generate(home.root / "extracts", home.root / "truth", persons=PERSONS, seed=11, format="csv")
    begin(home)
    before = {path: path.stat().st_mtime_ns for path in (home.root / "extracts").rglob("*")}
    run_night(home)
    assert {path: path.stat().st_mtime_ns for path in (home.root / "extracts").rglob("*")} == before


def test_the_pipeline_runs_with_all_4830_education_codes(from_parquet, tmp_path):
    home = Home(tmp_path / "home")
    shutil.copytree(from_parquet[0].root, home.root, symlinks=True)
    shutil.copy(shared_data("hfaudd_disced15.csv"), home.root / "extracts" / "hfaudd.csv")
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    assert pl.read_parquet(home.typed("hfaudd", "all")).height == 4_830
    # The small list holds real codes of the full one, so nobody's level changes.
    assert outcome.release == "r0001"
