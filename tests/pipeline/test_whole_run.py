"""One whole run on synthetic registers, asserted in many ways."""

import json
import stat
from datetime import date

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.release import FACTORS, RELEASE_TABLES

DATES = [date(year, 12, 31) for year in range(2020, 2025)]


@pytest.fixture(scope="session")
def warehouse(night):
    with duckdb.connect(str(night.home.warehouse), read_only=True) as con:
        yield con


def exact(warehouse, table: str, day: date) -> pl.DataFrame:
    return warehouse.sql(
        f"SELECT * FROM {table} WHERE reference_date = '{day}' AND definition = 'sfi5-v1' AND level <> 'rest'"
    ).pl()


def planted(night, day: date) -> pl.DataFrame:
    """The truth, one row per child and area it counts in (area, plan, municipality, the whole delivery)."""
    truth = pl.read_parquet(night.home.root / "truth" / f"{day}.parquet")
    return pl.concat(
        [
            truth.explode("area_ids")
            .filter(pl.col("area_ids").is_not_null())
            .rename({"area_ids": "area_id"}),
            truth.drop("area_ids").with_columns(area_id=pl.col("kom").cast(pl.String)),
            truth.drop("area_ids").with_columns(area_id=pl.lit("leverance")),
        ],
        how="diagonal",
    )


@pytest.mark.parametrize("day", DATES, ids=str)
def test_exact_counts_equal_the_planted_truth_in_every_area(night, warehouse, day):
    truth = planted(night, day)
    expected = truth.group_by("area_id").agg(
        children=pl.len().cast(pl.Int32),
        at_risk=(pl.col("state") == "særlig").sum().cast(pl.Int32),
        not_at_risk=(pl.col("state") == "ikke").sum().cast(pl.Int32),
        undetermined=(pl.col("state") == "uafklaret").sum().cast(pl.Int32),
    )
    counted = exact(warehouse, "area_risk", day).filter(pl.col("children") > 0).select(expected.columns)
    assert_frame_equal(counted, expected, check_row_order=False)


@pytest.mark.parametrize("day", DATES, ids=str)
@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_equals_the_planted_truth_yes_no_and_unknown(night, warehouse, factor, day):
    expected = (
        planted(night, day)
        .group_by("area_id")
        .agg(
            children_with=pl.col(factor).eq(True).sum().cast(pl.Int32),
            children_without=pl.col(factor).eq(False).sum().cast(pl.Int32),
            children_unknown=pl.col(factor).is_null().sum().cast(pl.Int32),
        )
    )
    counted = (
        exact(warehouse, "area_factor", day)
        .filter(pl.col("factor") == factor)
        .select(expected.columns)
        .join(expected, on="area_id", how="semi")
    )
    assert_frame_equal(counted, expected, check_row_order=False)


def test_number_of_factors_and_ages_equal_the_planted_truth(night, warehouse):
    day = DATES[-1]
    truth = planted(night, day).filter(pl.col("area_id") == "leverance")
    n_factors = dict(
        truth.select(pl.min_horizontal("n_yes", 3).cast(pl.String).replace("3", "3+").alias("n"))
        .group_by("n")
        .len()
        .iter_rows()
    )
    counted = exact(warehouse, "area_factor_count", day).filter(pl.col("area_id") == "leverance")
    assert dict(counted.select("n_factors", "children").iter_rows()) == n_factors
    ages = dict(truth.group_by("age_band").len().iter_rows())
    bands = warehouse.sql(
        "SELECT age_band, children FROM area_children "
        f"WHERE reference_date = '{day}' AND area_id = 'leverance'"
    ).fetchall()
    assert dict(bands) == ages


def test_areas_under_a_plan_come_out_near_36_percent_and_all_children_far_below(warehouse):
    def share(level: str) -> tuple[float, float]:
        at_risk, decided = warehouse.sql(
            "SELECT sum(at_risk), sum(at_risk + not_at_risk) FROM area_risk "
            f"WHERE level = '{level}' AND definition = 'sfi5-v1' AND reference_date = '{DATES[-1]}'"
        ).fetchall()[0]
        share = at_risk / decided
        # Three standard errors; siblings are alike, which doubles the variance.
        return share, 3 * (2 * share * (1 - share) / decided) ** 0.5

    in_areas, error = share("helhedsplan")
    assert abs(in_areas - 0.365) <= error
    # In so small a world 12 % of the children live in areas, in Denmark 9 %.
    everywhere, error = share("leverance")
    assert abs(everywhere - 0.063) <= error


def test_all_definitions_are_counted_side_by_side_for_every_date(warehouse):
    rows = warehouse.sql(
        "SELECT definition, count(DISTINCT reference_date) FROM area_risk GROUP BY 1"
    ).fetchall()
    assert len(rows) >= 8
    assert {dates for _, dates in rows} == {5}


def test_no_table_of_the_warehouse_has_a_row_per_child(warehouse):
    columns = {row[0] for row in warehouse.sql("SELECT column_name FROM duckdb_columns()").fetchall()}
    assert not columns & {"pnr", "child_key", "mother_key", "adresse_id", "familie_id", "mor_id"}


def test_scored_rows_are_gone_when_the_counts_are_stored(night):
    assert not list((night.home.private / "scored").glob("*"))


def test_temporary_and_staging_folders_are_empty_afterwards(night):
    assert not list(night.home.temp.iterdir())
    assert not list(night.home.staging.iterdir())


def test_private_is_the_night_accounts_alone_and_a_release_can_be_read(night):
    mode = lambda path: stat.S_IMODE(path.stat().st_mode)  # noqa: E731
    assert mode(night.home.private) == 0o700
    assert mode(night.home.warehouse.parent) == 0o750
    assert mode(night.home.warehouse) == 0o640
    assert mode(night.home.latest / "femfaktor.duckdb") == 0o644


def test_the_release_holds_every_declared_table_in_every_format(night):
    release = night.home.latest
    with duckdb.connect(str(release / "femfaktor.duckdb"), read_only=True) as con:
        tables = {row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables == {table.name for table in RELEASE_TABLES}
    assert {path.stem for path in (release / "csv").glob("*.csv")} == tables
    assert (release / "femfaktor.xlsx").exists()
    assert (release / "index.html").exists()


def test_there_is_one_report_per_housing_area_plan_and_municipality(night, warehouse):
    ((units,),) = warehouse.sql(
        "SELECT count(DISTINCT (level, area_id)) FROM area_risk "
        "WHERE level IN ('omraade', 'helhedsplan', 'kommune')"
    ).fetchall()
    assert len(list((night.home.latest / "reports").glob("*.pdf"))) == units
    assert len(list((night.home.latest / "reports").glob("*.txt"))) == units


def test_the_vintages_behind_each_date_are_named_in_the_release(night):
    with duckdb.connect(str(night.home.latest / "femfaktor.duckdb"), read_only=True) as con:
        rows = con.sql(
            "SELECT register, vintage, window_from, window_to FROM release_date "
            "WHERE reference_date = '2024-12-31' ORDER BY register"
        ).fetchall()
    ultimo = date(2024, 12, 31)
    assert rows == [
        ("akm", date(2023, 12, 31), None, None),
        ("bef", ultimo, None, None),
        ("bol", ultimo, None, None),
        ("kraf", date(2023, 12, 31), date(2018, 12, 31), date(2023, 12, 31)),
        ("udda", ultimo, None, None),
    ]


def test_everything_says_synthetic_and_not_for_release(night):
    marking = "SYNTETISKE DATA"
    assert json.loads((night.home.latest / "manifest.json").read_text())["marking"] == marking
    with duckdb.connect(str(night.home.latest / "femfaktor.duckdb"), read_only=True) as con:
        for table in RELEASE_TABLES:
            assert con.sql(f"SELECT DISTINCT marking FROM {table.name}").fetchall() == [(marking,)]
    assert marking in (night.home.latest / "index.html").read_text(encoding="utf-8")
