"""DREAM's weeks: names, 53-week years, what a file must hold, and amounts as IND has them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from assets.extracts import type_register
from assets.extracts.coercion import Tally, coerce
from schemas.errors import InputRefused
from schemas.registers import CONTRACTS
from schemas.weeks import is_week_name, last_completed, monday_of, week_name, weeks_between

DREAM = CONTRACTS["dream"]
YEAR_2020 = [f"y_20{week:02d}" for week in range(1, 54)]


@pytest.mark.parametrize(
    ("name", "monday"),
    [
        ("y_9132", date(1991, 8, 5)),  # the first week of DREAM
        ("y_0001", date(2000, 1, 3)),
        ("y_1901", date(2018, 12, 31)),  # the week belongs to the year of its Thursday
        ("y_2053", date(2020, 12, 28)),
        ("Y_2101", date(2021, 1, 4)),
        ("y_2153", None),  # 2021 has 52 weeks
        ("y_2000", None),
        ("y_20531", None),
        ("pnr", None),
    ],
)
def test_a_week_is_named_by_iso_year_and_week(name, monday):
    assert monday_of(name) == monday
    if monday:
        assert week_name(monday) == name.lower()


def test_a_name_can_look_like_a_week_that_does_not_exist():
    assert is_week_name("Y_2153")
    assert not is_week_name("y_215")


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2024, 12, 28), date(2024, 12, 16)),  # Saturday: the week is not over
        (date(2024, 12, 29), date(2024, 12, 23)),  # Sunday: it is
        (date(2024, 12, 30), date(2024, 12, 23)),
    ],
)
def test_a_week_is_completed_on_its_sunday(day, monday):
    assert last_completed(day) == monday


def test_the_weeks_between_two_mondays_include_week_53():
    assert weeks_between(date(2020, 12, 21), date(2021, 1, 4)) == ["y_2052", "y_2053", "y_2101"]


def type_dream(columns: list[str], folder, *, vintage=date(2020, 12, 31), codes=(130, None)):
    frame = pl.DataFrame({"PNR": ["000000000001", "000000000002"]} | dict.fromkeys(columns, codes))
    frame.write_parquet(folder / "dream2020.parquet")
    target = folder / "typed.parquet"
    report = type_register([folder / "dream2020.parquet"], DREAM, target, vintage=vintage)
    return pl.read_parquet(target), report


def refused(columns: list[str], folder, **how) -> list[tuple[str, str, int]]:
    with pytest.raises(InputRefused) as caught:
        type_dream(columns, folder, **how)
    return [(problem.column, problem.rule, problem.count) for problem in caught.value.problems]


def test_a_year_of_53_weeks_is_typed_week_by_week(tmp_path):
    frame, report = type_dream(YEAR_2020[::-1], tmp_path)
    assert frame.columns == ["pnr", *YEAR_2020]
    assert set(frame.dtypes[1:]) == {pl.Int16}
    assert frame["y_2053"].to_list() == [130, None]
    assert (report.rows_written, report.undescribed_codes) == (2, {})


def test_of_a_cumulative_file_the_years_before_are_kept_and_older_weeks_dropped_as_one(tmp_path):
    weeks = weeks_between(date(2013, 12, 30), date(2020, 12, 28))  # 2014 week 1 - 2020 week 53
    frame, report = type_dream(weeks, tmp_path)
    assert frame.columns[1] == "y_1501"
    assert frame.columns[-1] == "y_2053"
    assert report.columns_dropped == ("y_1401 and 51 other weeks",)


def test_the_last_week_may_be_missing_if_it_was_not_over_at_the_status_day(tmp_path):
    # Week 53 of 2020 ends on 3 January 2021.
    frame, _ = type_dream(YEAR_2020[:-1], tmp_path)
    assert frame.columns[-1] == "y_2052"


@pytest.mark.parametrize(
    ("columns", "problems"),
    [
        (YEAR_2020[:51], [("y_YYWW", "weeks are missing, first y_2052", 1)]),
        (YEAR_2020[1:], [("y_YYWW", "weeks are missing, first y_2001", 1)]),
        (YEAR_2020[:10] + YEAR_2020[12:], [("y_YYWW", "weeks are missing, first y_2011", 2)]),
        ([], [("y_YYWW", "weeks are missing, first y_2001", 52)]),
        (
            [*YEAR_2020, "y_2153"],
            [("y_YYWW", "columns are named after weeks that their year does not have", 1)],
        ),
    ],
)
def test_a_hole_an_early_end_and_a_week_that_is_none_are_refused(columns, problems, tmp_path):
    assert refused(columns, tmp_path) == problems


def test_the_same_week_twice_is_refused(tmp_path):
    assert refused([*YEAR_2020, "Y_2053"], tmp_path) == [("y_2053", "more than one delivered column fits", 1)]


def test_codes_of_all_weeks_are_counted_as_one_column(tmp_path):
    _, report = type_dream(YEAR_2020, tmp_path, codes=(777, 412))
    assert report.undescribed_codes == {"y_YYWW": 106}
    assert refused(YEAR_2020, tmp_path, codes=("x", "130")) == [
        ("y_YYWW", "values are not whole numbers from 0 to 999", 53)
    ]


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("1.234.567,89", 1234567.89),
        ("1234567,89", 1234567.89),
        ("1234567.89", 1234567.89),
        ("-1.200", -1200.0),  # three digits after a dot are thousands
        (" 0 ", 0.0),
        ("", None),
        (".", None),  # SAS's missing number
    ],
)
def test_amounts_are_read_with_danish_and_english_decimals(delivered, typed):
    column, tally = CONTRACTS["ind"].column("perindkialt_13"), Tally()
    assert coerce(pl.Series([delivered, "1"]), column, None, tally).to_list() == [typed, 1.0]
    assert tally.unreadable == 0


@pytest.mark.parametrize("delivered", ["1e5", "nan", "inf", "1,2,3", "kr. 5"])
def test_what_is_no_amount_is_counted_and_never_guessed(delivered):
    column, tally = CONTRACTS["ind"].column("perindkialt_13"), Tally()
    coerce(pl.Series([delivered]), column, None, tally)
    assert tally.unreadable == 1


def test_missing_and_infinite_floats_are_blank_and_unreadable():
    column, tally = CONTRACTS["ind"].column("perindkialt_13"), Tally()
    typed = coerce(pl.Series([1.5, float("nan"), float("inf")]), column, None, tally)
    assert typed.to_list() == [1.5, None, None]
    assert (tally.blank, tally.unreadable) == (1, 1)


def test_a_measure_that_ends_before_it_begins_is_refused_and_two_at_once_are_not(tmp_path):
    rows = {"pnr": [1, 1], "pgf": [110, 210], "sag_vfra": [date(2020, 1, 1)] * 2}
    ends = {"good": [None, date(2020, 6, 1)], "bad": [date(2019, 12, 31), None]}
    for name, end in ends.items():
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame(rows | {"sag_vtil": pl.Series(end, dtype=pl.Date)}).write_parquet(path)

    def read(name):
        target = tmp_path / "typed.parquet"
        contract = CONTRACTS["bua"]
        return type_register([tmp_path / f"{name}.parquet"], contract, target, vintage=date(2024, 12, 31))

    assert read("good").rows_written == 2
    with pytest.raises(InputRefused) as caught:
        read("bad")
    assert [(p.rule, p.count) for p in caught.value.problems] == [("sag_vfra is after sag_vtil", 1)]
