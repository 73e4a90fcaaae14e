"""Mothers are counted once per row: what several rows tell together must leave five numbers as well.

By hand: 32 and 32 mothers are published as 30 and 30, their 64 as 65. Of 65 at least 63, of 30 and 30 at most
64 together: each is 31 or 32.
"""

from __future__ import annotations

import time

import polars as pl
import pytest

from assets.audit.attack import attack
from assets.audit.limits import Limits
from assets.audit.report import AuditReport
from tests.support.exact_tables import Area, Delivery, cell
from tests.support.protected import protected

AREAS = [
    Area("kommune", "901", "leverance"),
    Area("helhedsplan", "h", "901"),
    Area("omraade", "o1", "h"),
    Area("omraade", "o2", "h"),
]
TOLD_TOGETHER = "area_risk (mothers): counts that can be narrowed too far"


def with_mothers(first: int, second: int) -> dict[str, pl.DataFrame]:
    """Two omraader that are all of a plan, with mothers of their own."""
    cells = [cell(901, "h o1", 35, 70, mothers=first), cell(901, "h o2", 30, 80, mothers=second)]
    return Delivery([*cells, cell(901, "", 90, 900, mothers=600)], AREAS).tables()


def mothers_of(tables: dict[str, pl.DataFrame]) -> dict[str, int | None]:
    return dict(tables["area_risk"].select("area_id", "mothers").iter_rows())


def audited(tables: dict[str, pl.DataFrame], exact: dict[str, pl.DataFrame]) -> set[str]:
    report = AuditReport()
    attack(tables, exact["cell"], Limits(), report, time.monotonic() + 60)
    return {f"{finding.file}: {finding.rule}" for finding in report.findings}


def test_two_areas_and_their_plan_of_which_the_sum_says_too_much_do_not_all_tell():
    exact = with_mothers(32, 32)
    tables = protected(exact).tables
    told = mothers_of(tables)
    assert [told[area] for area in ("h", "o1", "o2")].count(None) == 1
    assert told["h"] == 65
    assert TOLD_TOGETHER not in audited(tables, exact)


@pytest.mark.parametrize(
    ("first", "second", "together"), [(30, 35, 65), (33, 32, 65), (31, 32, 65), (35, 36, 70)]
)
def test_rows_that_leave_five_numbers_tell(first, second, together):
    # 33 and 32 are 35 and 30, and 65: nothing is learnt. 31 and 32 are 30 and 30, and 63 is 65: too much is.
    told = mothers_of(protected(with_mothers(first, second)).tables)
    all_tell = (first, second) != (31, 32)
    assert (None not in (told["h"], told["o1"], told["o2"])) is all_tell
    assert told["h"] == together


def test_the_audit_finds_mothers_that_a_sum_tells():
    exact = with_mothers(32, 32)
    tables = dict(protected(exact).tables)
    row = pl.col("area_id")
    told = pl.when(row.is_in(["o1", "o2"])).then(30).when(row == "h").then(65).otherwise("mothers")
    tables["area_risk"] = tables["area_risk"].with_columns(mothers=told.cast(pl.Int32))
    assert TOLD_TOGETHER in audited(tables, exact)


def test_an_area_in_which_nearly_every_child_has_a_mother_of_its_own_does_not_tell():
    # 50 children of 50 mothers, published as 50, would be 48 to 50; 110 children of 51 are 48 to 52.
    cells = [cell(901, "h o1", 15, 35, mothers=50), cell(901, "h o2", 30, 80, mothers=51)]
    exact = Delivery([*cells, cell(901, "", 90, 900, mothers=600)], AREAS).tables()
    told = mothers_of(protected(exact).tables)
    assert told["o1"] is None
    assert told["o2"] == 50
