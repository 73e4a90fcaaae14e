"""The views of a release answer their question, on a small release written by hand.

Every example of docs/analysts.md runs on it, in today's DuckDB and in an older client.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.release.duckdb_file import write_duckdb
from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, RELEASE_TABLES, conform
from schemas.release_views import RELEASE_VIEWS

ROOT = Path(__file__).parents[3]
OLD_CLIENT = Path(sys.executable).with_name("duckdb")
MARKING = "SYNTETISKE DATA"
BEFORE, LATEST = date(2023, 12, 31), date(2024, 12, 31)
EXAMPLES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/analysts.md").read_text(encoding="utf-8"), re.DOTALL)

# level, id, name, parent, children, at risk, not at risk, undetermined, share, low, high, status
UNITS = [
    ("leverance", "leverance", "Leverance", None, 60000, 3000, 56000, 1000, 5.1, 4.9, 5.3, "rounded"),
    ("kommune", "901", "Åløse", "leverance", 20000, 1400, 18200, 400, 7.1, 6.8, 7.4, "rounded"),
    ("helhedsplan", "h1", "Nordplanen", "901", 1000, 350, 630, 20, 36.0, 32.0, 40.0, "rounded"),
    ("omraade", "o1", "Blok 17", "h1", 400, 160, 235, 5, 41.0, 35.0, 47.0, "rounded"),
    ("omraade", "o2", "Ærøvænget", "h1", 300, 105, 190, 5, 36.0, 29.0, 43.0, "rounded"),
    ("omraade", "o3", "Skjult", "h1", None, None, None, None, None, None, None, "too_small"),
    ("omraade", "o4", "Elmene", "901", 200, 15, 185, 0, 8.0, 4.0, 12.0, "rounded"),
    ("afdeling", "a1", "Blok 17 Øst", "o1", 100, 40, 60, 0, 40.0, 30.0, 50.0, "rounded"),
]
FACTOR_SHARES = {
    "901": (27.0, 2.0, 9.0, 17.0, 30.0),
    "o1": (45.0, 3.0, 35.0, 48.0, 95.0),
    "o2": (44.0, None, 33.0, 47.0, 94.0),
    "o4": (30.0, None, None, None, 80.0),
}


def _tables() -> dict[str, pl.DataFrame]:
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in RELEASE_TABLES}
    for day in (BEFORE, LATEST):
        for level, area, name, parent, *counts, share, low, high, status in UNITS:
            children, at_risk, not_at_risk, undetermined = counts
            if day == BEFORE and area == "o1":
                share, low, high = 30.0, 25.0, 34.0
            key = {"reference_date": day, "level": level, "area_id": area, "definition": "sfi5-v1"}
            rows["area_risk"].append(
                {
                    **key,
                    "area_name": name,
                    "parent_id": parent,
                    "children": children,
                    "at_risk": at_risk,
                    "not_at_risk": not_at_risk,
                    "undetermined": undetermined,
                    "share_pct": share,
                    "ci95_low_pct": low,
                    "ci95_high_pct": high,
                    "share_if_unknown_no_pct": None if share is None else share - 1,
                    "share_if_unknown_yes_pct": None if share is None else share + 2,
                    "cell_status": status,
                }
            )
            for factor, pct in zip(FACTORS, FACTOR_SHARES.get(area, (None,) * 5), strict=True):
                known = pct is not None and children is not None
                rows["area_factor"].append(
                    {
                        **key,
                        "factor": factor,
                        "children_with": children // 2 if known else None,
                        "share_pct": pct,
                        "cell_status": "rounded" if known else "hidden",
                    }
                )
            for n, number in enumerate(N_FACTORS):
                value = None if children is None else at_risk if number == "3+" else 10 * (n + 1)
                rows["area_factor_count"].append(
                    {**key, "n_factors": number, "children": value, "cell_status": status}
                )
            for n, band in enumerate(AGE_BANDS):
                value = None if children is None else 5 * n
                rows["area_children"].append(
                    {**key, "age_band": band, "children": value, "cell_status": status}
                )
    rows["benchmark"] = [
        {
            "name": "kl",
            "share_pct": 37.0,
            "year": 2016,
            "population": "Børn i udsatte boligområder",
            "source": "KL",
            "note": "Ikke nødvendigvis samme opgørelse.",
        }
    ]
    rows["release"] = [{"key": "definition", "value": "sfi5-v1"}]
    return {
        table.name: pl.DataFrame(
            [
                {c.name: row.get(c.name, MARKING if c.name == "marking" else None) for c in table.columns}
                for row in rows[table.name]
            ],
            schema=table.polars_schema,
        )
        for table in RELEASE_TABLES
    }


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("views") / "femfaktor.duckdb"
    tables = _tables()
    write_duckdb({table: conform(table, tables[table.name]) for table in RELEASE_TABLES}, path)
    return path


@pytest.fixture(scope="module")
def con(path):
    with duckdb.connect(path, read_only=True) as con:
        yield con


def ask(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return con.sql(sql).fetchall()


def old(path: Path, sql: str) -> str:
    command = [OLD_CLIENT, "-readonly", "-csv", "-noheader", path, sql]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_view_has_the_declared_columns_and_rows_and_an_older_client_reads_as_many(con, path):
    for view in RELEASE_VIEWS:
        relation = con.sql(f"FROM {view.name}")
        assert relation.columns == list(view.columns), view.name
        count = len(relation.fetchall())
        assert count > 0, view.name
        assert int(old(path, f"SELECT count(*) FROM {view.name}")) == count, view.name


def test_every_view_is_in_the_analysts_page_with_its_example():
    for view in RELEASE_VIEWS:
        assert f"{view.example}\n" in EXAMPLES, view.name


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_analysts_page_gives_rows_in_both_clients(con, path, number):
    example = EXAMPLES[number]
    assert len(ask(con, example)) > 0
    assert old(path, example).strip()


def test_an_area_knows_its_plan_and_municipality_however_deep(con):
    where = "WHERE reference_date = '2024-12-31'"
    sql = f"SELECT area_id, plan_name, kommune_name FROM area_place {where} ORDER BY area_id"
    assert ask(con, sql) == [
        ("901", None, "Åløse"),
        ("a1", "Nordplanen", "Åløse"),
        ("h1", "Nordplanen", "Åløse"),
        ("leverance", None, None),
        ("o1", "Nordplanen", "Åløse"),
        ("o2", "Nordplanen", "Åløse"),
        ("o3", "Nordplanen", "Åløse"),
        ("o4", None, "Åløse"),
    ]


def test_a_comparison_says_higher_or_lower_only_outside_the_interval(con):
    sql = "SELECT area_id, difference_points, verdict FROM area_comparison WHERE {} ORDER BY area_id"
    against = "compared_with LIKE 'Børn%' AND level = 'omraade'"
    # 37 is inside 35–47 and 29–43, above 4–12; o3 is hidden.
    assert ask(con, sql.format(against)) == [
        ("o1", 4.0, "ikke større end usikkerheden"),
        ("o2", -1.0, "ikke større end usikkerheden"),
        ("o3", None, None),
        ("o4", -29.0, "lavere"),
    ]
    against = "compared_with = 'kommunen' AND area_id = 'o1'"
    assert ask(con, sql.format(against)) == [("o1", 33.9, "højere")]
    assert ask(con, sql.format("compared_with = 'kommunen' AND level = 'kommune'")) == []


def test_a_change_is_one_only_where_the_intervals_do_not_meet(con):
    sql = "SELECT reference_date, change_points, change FROM area_development WHERE area_id = '{}' ORDER BY 1"
    # 25–34 then 35–47; and the same share twice.
    assert ask(con, sql.format("o1")) == [(BEFORE, None, None), (LATEST, 11.0, "steget")]
    assert ask(con, sql.format("o2"))[1] == (LATEST, 0.0, "ikke større end usikkerheden")
    assert ask(con, sql.format("o3"))[1] == (LATEST, None, None)


def test_a_driver_is_held_against_the_municipality_and_hidden_stays_hidden(con):
    sql = (
        "SELECT factor, factor_share_pct, kommune_factor_share_pct, difference_points FROM factor_driver "
        "WHERE area_id = 'o2' AND reference_date = '2024-12-31' ORDER BY factor"
    )
    rows = ask(con, sql)
    assert rows[0] == ("f1_ikke_kernefamilie", 44.0, 27.0, 17.0)
    assert rows[1] == ("f2_doemt", None, 2.0, None)


def test_numbers_and_ages_stand_side_by_side(con):
    where = "WHERE area_id = 'o1' AND reference_date = '2024-12-31'"
    sql = f"SELECT children_0, children_1, children_2, children_3plus FROM factor_number {where}"
    assert ask(con, sql) == [(10, 20, 30, 160)]
    sql = f"SELECT age_0_2, age_3_5, age_6_9, age_10_14, age_15_17 FROM age_profile {where}"
    assert ask(con, sql) == [(0, 5, 10, 15, 20)]


def test_uncertainty_tells_interval_and_bounds_apart(con):
    where = "WHERE area_id = 'o1' AND reference_date = '2024-12-31'"
    sql = f"SELECT interval_points, bounds_points FROM uncertainty {where}"
    assert ask(con, sql) == [(12.0, 3.0)]


def test_what_is_hidden_is_named_with_its_reason(con):
    where = "WHERE area_id = '{}' AND reference_date = '2024-12-31'"
    sql = f"SELECT what, why FROM hidden_area {where} ORDER BY what"
    reasons = dict(ask(con, sql.format("o3")))
    assert {
        "andel i særlig risiko",
        "antal børn",
        "antal i særlig risiko",
        "antal faktorer",
    } <= reasons.keys()
    assert reasons["antal børn"] == "for få børn eller mødre i området til egne tal"
    assert ask(con, sql.format("o1")) == []
    assert ask(con, sql.format("o2")) == [("faktor f2_doemt", "skjult af hensyn til diskretion")]


def test_a_sum_carries_its_largest_error(con):
    sql = (
        "SELECT sum(at_risk), sum(max_error), count(*), count(at_risk) FROM area_sum "
        "WHERE level = 'omraade' AND reference_date = '2024-12-31'"
    )
    assert ask(con, sql) == [(160 + 105 + 15, 3 * 4, 4, 3)]


def test_the_example_of_a_sum_gives_numbers_where_there_are_some(con):
    (example,) = (view.example for view in RELEASE_VIEWS if view.name == "area_sum")
    assert any(row[3] is not None and row[-1] is not None for row in ask(con, example))


def test_an_area_that_shows_counts_without_a_share_is_one_of_its_plans_shown_areas(tmp_path):
    from tests.support.protected_tables import UNITS, U, protected_tables

    tables = protected_tables([*UNITS, U("omraade", "o9", "Kun antal", "h1", 120, 40, 0, 33.0, 25.0, 41.0)])
    own = pl.col("area_id") == "o9"
    tables["area_risk"] = tables["area_risk"].with_columns(share_pct=pl.when(~own).then("share_pct"))
    frames = {table: conform(table, tables[table.name]) for table in RELEASE_TABLES}
    write_duckdb(frames, tmp_path / "r.duckdb")
    with duckdb.connect(tmp_path / "r.duckdb", read_only=True) as con:
        sql = (
            "SELECT areas, areas_shown FROM plan_total WHERE area_id = 'h1' AND reference_date = '2024-12-31'"
        )
        # o1, o2 and o9 of four; o3 is too small.
        assert ask(con, sql) == [(4, 3)]


def test_a_plan_has_its_own_total_and_says_how_many_areas_are_shown(con):
    sql = "SELECT children, at_risk, areas, areas_shown FROM plan_total WHERE reference_date = '2024-12-31'"
    assert ask(con, sql) == [(1000, 350, 3, 2)]


def test_the_most_similar_area_comes_first_and_too_little_shown_is_no_likeness(con):
    sql = "SELECT nearness, similar_name FROM comparable_area WHERE area_id = '{}' ORDER BY nearness"
    # o1 and o2 are of a size and a profile, o4 is small and has hardly any of the factors.
    assert ask(con, sql.format("o1")) == [(1, "Ærøvænget"), (2, "Elmene")]
    assert ask(con, sql.format("o3")) == []


def test_comparable_areas_are_those_the_reports_name(tmp_path):
    from reports.model import build_report_set
    from tests.support.protected_tables import U, protected_tables

    shares = ((40.0, None, 32.0, 46.0, 95.0), (31.0, 2.0, None, 40.0, 90.0), (22.0, None, 12.0, 20.0, 70.0))
    units = [U("leverance", "leverance", "Leverance", None, 9000, 900, 100, 10.0, 9.0, 11.0)]
    units += [U("kommune", "101", "København", "leverance", 9000, 900, 100, 10.0, 9.0, 11.0)]
    units += [
        U("omraade", f"o{i:02}", f"Område {i}", "101", 100 + 45 * (i * 7 % 11), 5 * (i * 5 % 13), 5,
          20.0 + i, 10.0, 40.0, factors=shares[i % 3])
        for i in range(12)
    ]  # fmt: skip
    units[8] = U("omraade", "o06", "Skjult", "101", status="hidden")
    tables = protected_tables(units)
    path = tmp_path / "femfaktor.duckdb"
    write_duckdb({table: conform(table, tables[table.name]) for table in RELEASE_TABLES}, path)
    with duckdb.connect(path, read_only=True) as con:
        where = "WHERE level = 'omraade' ORDER BY area_id, nearness"
        rows = ask(con, f"SELECT area_id, similar_id FROM comparable_area {where}")
    named = [
        (report.unit.area_id, twin.unit.area_id)
        for report in sorted(build_report_set(tables).areas, key=lambda r: r.unit.area_id)
        for twin in report.twins
    ]
    assert len(named) == 11 * 5
    assert rows == named
