"""From the folder to the report: the audit attacks the tables it has found to be the published ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import assets.audit
from assets.audit import AuditReport, Limits
from tests.support.published_tables import Area, Atom, World, child

AT_RISK, OTHERS = child(1, 2, 3), child()


@pytest.fixture
def four() -> World:
    return World(
        [Atom(101, (name,), [AT_RISK] * 4 + [OTHERS] * 101) for name in "abcd"],
        [Area("101", "kommune", "leverance"), *(Area(name, "omraade", "101") for name in "abcd")],
    )


def attacked(world: World, tables, folder: Path, earlier=()) -> AuditReport:
    populations, report = folder / "populations.parquet", AuditReport()
    world.populations().write_parquet(populations)
    assets.audit._attack(tables, populations, None, earlier, Limits(min_width=3), report, {})
    return report


def test_a_safe_release_leaves_a_report_of_what_was_tried(four, tmp_path):
    report = attacked(four, four.tables(), tmp_path)
    told = json.loads(report.as_json())
    assert told["findings"] == [] and told["not_exact"] == {}
    assert told["tried"]["cells"] > 80 and told["tried"]["witnesses"] > 1
    assert min(told["narrowest"].values()) >= 3
    assert "passed" in report.as_text() and "not audited" not in report.as_text()


def test_the_narrowest_interval_is_not_that_of_a_lone_child_of_whom_no_more_could_be_open(four, tmp_path):
    four.atoms += [Atom(101, ("x",), [OTHERS]), Atom(101, (), [OTHERS] * 99)]
    four.areas.append(Area("x", "omraade", "101"))
    four.merged = {"x": "too_small"}
    report = attacked(four, four.tables(), tmp_path)
    assert report.findings == []
    assert min(report.narrowest.values()) >= 3


def test_an_unsafe_one_is_refused(four, tmp_path):
    down = {(name, item): 0 for name in "abcd" for item in ("at_risk", "n:3+")}
    up = {(name, item): 20 for name in ("101", "leverance") for item in ("at_risk", "n:3+")}
    report = attacked(four, four.tables("independent", instead=down | up), tmp_path)
    assert report.narrowest["area_risk"] == 0
    assert "refused" in report.as_text()


def test_an_attack_that_cannot_be_carried_out_is_a_finding_without_its_words(four, tmp_path):
    report = attacked(four, {"area_risk": pl.DataFrame({"wrong": ["4711"]})}, tmp_path)
    assert [finding.rule for finding in report.findings] == [
        "the attack could not be carried out (ColumnNotFoundError)"
    ]


def test_a_run_in_which_nothing_was_attacked_has_not_passed(four, tmp_path):
    report = AuditReport()
    assets.audit._attack(four.tables(), None, None, (), Limits(), report, {})
    assert [finding.rule for finding in report.findings] == [
        "nothing was attacked: no populations were given"
    ]
    other_day = four.populations().with_columns(reference_date=pl.lit(date(1999, 12, 31)))
    other_day.write_parquet(tmp_path / "populations.parquet")
    report = AuditReport()
    assets.audit._attack(four.tables(), tmp_path / "populations.parquet", None, (), Limits(), report, {})
    assert [finding.rule for finding in report.findings] == ["nothing was attacked"]


def test_a_date_is_held_to_its_own_limits_and_not_to_the_widest(four, tmp_path):
    tables = four.tables()
    four.populations().write_parquet(tmp_path / "populations.parquet")
    day = tables["area_risk"]["reference_date"][0]
    report = AuditReport()
    stricter = {day: replace(Limits(), min_width=60)}
    assets.audit._attack(tables, tmp_path / "populations.parquet", None, (), Limits(), report, stricter)
    assert "counts that can be narrowed too far" in {finding.rule for finding in report.findings}


@pytest.mark.parametrize(
    "wrong", [{"base": 0}, {"min_width": -1}, {"group_share": 0.5}, {"group_share": 1.1}], ids=str
)
def test_limits_that_limit_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="limits"):
        Limits(**wrong)
