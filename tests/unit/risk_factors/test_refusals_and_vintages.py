"""Which register vintages count, and when scoring refuses instead of guessing."""

from __future__ import annotations

from datetime import date

import pytest

from assets.risk_factors.inputs import Registers, VintageUsed, years_before
from assets.risk_factors.scoring import find_countable, score_children, vintages_read, vintages_used
from schemas.errors import InputRefused
from tests.support.register_worlds import DEFINITIONS, as_frame, weeks_of

DAY = date(2024, 12, 31)
DEFAULT = {"sfi5-v1": DEFINITIONS["sfi5-v1"]}


def year_end(year: int) -> date:
    return date(year, 12, 31)


def empty(register: str, years) -> dict:
    return {
        year_end(year): as_frame(register, [dict.fromkeys(weeks_of(year))], year_end(year))
        if register == "dream"
        else as_frame(register, [])
        for year in years
    }


def delivery(**changed) -> Registers:
    """Empty registers, all there; `akm=[2021]` delivers other years of it, `hfaudd=None` leaves it out."""
    years = {
        "bef": range(2018, 2025),
        "udda": [2024],
        "akm": [2023],
        "kraf": range(2019, 2024),
        "bol": [2024],
        "dream": [2024],
    }
    lists = {name: as_frame(name, []) for name in ("hfaudd", "omraader", "omraade_adresser")}
    return Registers(
        {
            register: empty(register, changed.get(register, delivered))
            for register, delivered in years.items()
        },
        {name: frame for name, frame in lists.items() if name not in changed},
    )


def refusals(registers: Registers, definitions=DEFAULT) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        score_children(registers, definitions, DAY)
    return [f"{problem.register}: {problem.rule}" for problem in refused.value.problems]


def test_a_complete_delivery_without_children_gives_no_rows() -> None:
    scored = score_children(delivery(), DEFINITIONS, DAY).collect()
    assert scored.height == 0
    assert scored.columns[:11] == [
        "reference_date",
        "definition",
        "definition_hash",
        "child_key",
        "mother_key",
        "kom",
        "area_ids",
        "earlier_date",
        "earlier_area_ids",
        "is_new",
        "age_band",
    ]


def test_a_stock_is_counted_on_its_day_and_not_near_it() -> None:
    assert refusals(delivery(bef=[2022, 2023])) == ["bef: no vintage of the reference date 2024-12-31"]


def test_every_missing_register_is_named_at_once() -> None:
    assert refusals(delivery(udda=[], akm=[2025], bol=[]), DEFINITIONS) == [
        "akm: no vintage on or before 2024-12-31",
        "udda: no vintage on or before 2024-12-31",
        "bol: no vintage on or before 2024-12-31",
    ]


def test_a_register_two_years_old_is_used_and_an_older_one_refused() -> None:
    score_children(delivery(akm=[2022]), DEFAULT, DAY)
    assert refusals(delivery(akm=[2021])) == [
        "akm: the newest vintage, 2021-12-31, is more than 2 years before 2024-12-31"
    ]


def test_an_outdated_kraf_is_refused() -> None:
    score_children(delivery(kraf=range(2018, 2023)), DEFAULT, DAY)
    assert refusals(delivery(kraf=range(2010, 2022))) == [
        "kraf: the newest vintage, 2021-12-31, is more than 2 years before 2024-12-31"
    ]


def test_a_kraf_year_missing_from_the_window_is_refused_because_no_row_would_not_be_a_no() -> None:
    assert refusals(delivery(kraf=[2020, 2022, 2023])) == [
        "kraf: years missing from the window (2018-12-31, 2023-12-31]: 2019, 2021"
    ]


def test_a_shorter_window_can_do_without_the_early_years() -> None:
    two_years = {"sfi5-v1-f2-2aar": DEFINITIONS["sfi5-v1-f2-2aar"]}
    assert score_children(delivery(kraf=[2022, 2023]), two_years, DAY).collect().height == 0


def test_the_format_table_of_education_is_needed() -> None:
    assert refusals(delivery(hfaudd=None)) == ["hfaudd: not delivered"]


def test_a_snapshot_that_was_not_delivered_is_no_reason_to_refuse() -> None:
    assert score_children(delivery(bef=[2024]), DEFINITIONS, DAY).collect().height == 0


def test_the_newest_vintage_up_to_the_date_is_used_and_kraf_says_its_window() -> None:
    registers = delivery(akm=[2021, 2022, 2023, 2025], kraf=range(2012, 2024))
    assert vintages_used(registers, DEFINITIONS["sfi5-v1"], DAY) == [
        VintageUsed("akm", year_end(2023)),
        VintageUsed("bef", DAY),
        VintageUsed("bol", DAY),
        VintageUsed("kraf", year_end(2023), year_end(2018), year_end(2023)),
        VintageUsed("udda", DAY),
    ]


def test_a_kraf_that_runs_past_the_date_is_cut_at_the_date() -> None:
    used = vintages_used(delivery(kraf=range(2019, 2027)), DEFINITIONS["sfi5-v1"], DAY)
    assert VintageUsed("kraf", DAY, year_end(2019), DAY) in used


def test_ever_begins_the_day_before_the_first_delivered_year() -> None:
    used = vintages_used(delivery(kraf=range(2012, 2024)), DEFINITIONS["sfi5-v1-f2-nogensinde"], DAY)
    assert VintageUsed("kraf", year_end(2023), year_end(2011), year_end(2023)) in used


def test_a_date_depends_on_every_bef_up_to_it_and_on_the_kraf_years_of_its_widest_window() -> None:
    registers = delivery(bef=[2020, 2023, 2024, 2025], akm=[2022, 2023], kraf=range(2012, 2024))
    assert vintages_read(registers, DEFAULT, DAY) == {
        "akm": [year_end(2023)],
        "bef": [year_end(2020), year_end(2023), DAY],
        "bol": [DAY],
        "kraf": [year_end(year) for year in range(2019, 2024)],
        "udda": [DAY],
    }
    assert len(vintages_read(registers, DEFINITIONS, DAY)["kraf"]) == 12


WEEKS = {"sfi5-v1-f3-dream26": DEFINITIONS["sfi5-v1-f3-dream26"]}
NO_WEEK = "dream: weeks up to 2024-12-31 that no delivered file has, first "


def test_dream_says_its_window_and_the_newest_file_it_needs() -> None:
    registers = delivery(dream=[2022, 2023, 2024, 2025])
    used = vintages_used(registers, WEEKS["sfi5-v1-f3-dream26"], DAY)
    # Week 1 of 2024 begins on 1 January, week 52 ends on 29 December.
    assert VintageUsed("dream", DAY, year_end(2023), date(2024, 12, 29)) in used
    assert vintages_read(registers, WEEKS, DAY)["dream"] == [DAY]


def test_a_window_over_two_years_depends_on_both_files() -> None:
    day = year_end(2021)
    registers = delivery(
        dream=[2020, 2021], bef=[2020, 2021], udda=[2021], akm=[2021], bol=[2021], kraf=range(2016, 2022)
    )
    used = vintages_used(registers, WEEKS["sfi5-v1-f3-dream26"], day)
    # Week 53 of 2020 begins on 28 December 2020, week 51 of 2021 ends on 26 December.
    assert VintageUsed("dream", day, date(2020, 12, 27), date(2021, 12, 26)) in used
    assert vintages_read(registers, WEEKS, day)["dream"] == [year_end(2020), day]


@pytest.mark.parametrize(("dream", "first"), [([], "y_2401"), ([2023], "y_2401"), ([2025], "y_2401")])
def test_weeks_that_were_not_delivered_are_refused_not_counted_as_no_benefit(dream, first) -> None:
    assert refusals(delivery(dream=dream), WEEKS) == [NO_WEEK + first]


def test_without_dream_the_definitions_that_need_it_are_left_out_and_the_others_counted() -> None:
    registers = delivery(dream=[])
    kept = find_countable(registers, DEFINITIONS, DAY, released="sfi5-v1")
    assert set(DEFINITIONS) - set(kept) == {"sfi5-v1-f3-dream26", "sfi5-v1-f3-dream-enhver"}
    assert score_children(registers, kept, DAY).collect().height == 0
    assert find_countable(delivery(), DEFINITIONS, DAY, released="sfi5-v1") == DEFINITIONS


def test_the_released_definition_is_never_left_out_but_refused() -> None:
    registers = delivery(dream=[2023])
    kept = find_countable(registers, DEFINITIONS, DAY, released="sfi5-v1-f3-dream26")
    assert set(DEFINITIONS) - set(kept) == {"sfi5-v1-f3-dream-enhver"}
    assert refusals(registers, kept) == [NO_WEEK + "y_2401"]


def test_a_required_register_that_is_missing_leaves_nothing_out() -> None:
    kept = find_countable(delivery(akm=[]), DEFINITIONS, DAY, released="sfi5-v1")
    assert kept == DEFINITIONS


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2024, 2, 29), 5, date(2019, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
        (date(2023, 2, 28), 3, date(2020, 2, 28)),
        (date(2024, 12, 31), 5, date(2019, 12, 31)),
    ],
)
def test_the_29th_of_february_minus_years_is_the_28th(day: date, years: int, expected: date) -> None:
    assert years_before(day, years) == expected
