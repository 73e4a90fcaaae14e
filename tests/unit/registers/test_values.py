"""Delivered values become the right typed values, and what can't be read is counted, never made blank.

Belongs here: single columns through `coerce`.
Does not belong here: whole deliveries (`test_forms.py`, `test_refusals.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.extracts.coercion import Tally, coerce
from schemas.registers import CONTRACTS

BEF, UDDA, AKM, BOL, KRAF = (CONTRACTS[name] for name in ("bef", "udda", "akm", "bol", "kraf"))
V = date(2024, 12, 31)


def read(values, column, vintage=V, dtype=None):
    tally = Tally()
    return coerce(pl.Series("x", values, dtype=dtype), column, vintage, tally).to_list(), tally


@pytest.mark.parametrize("value", ["01", "1", 1, 1.0, " 1 ", "1,0", "1.0"])
def test_a_code_is_the_same_however_it_is_written(value):
    assert read([value], BOL.column("udlejningfh"))[0] == [1]


@pytest.mark.parametrize("value", ["0101", "101", 101, 101.0, " 101", "101.0"])
def test_an_education_code_keeps_its_leading_zero(value):
    assert read([value], UDDA.column("hfaudd"))[0] == ["0101"]


@pytest.mark.parametrize("value", ["000000000012", "12", 12, 12.0, " 12 "])
def test_an_id_that_lost_its_zeros_is_the_same_id(value):
    assert read([value], BEF.column("pnr"))[0] == [12]


@pytest.mark.parametrize("value", ["", "   ", "000000000000", 0, None, float("nan"), "."])
def test_no_mother_is_blank_not_an_id(value):
    typed, tally = read([value], BEF.column("mor_id"))
    assert typed == [None]
    assert (tally.blank, tally.unreadable) == (1, 0)


@pytest.mark.parametrize(
    ("value", "readable"),
    [
        ("999999999999", True),
        ("1000000000000", False),
        ("-5", False),
        ("12A", False),
        (1.5, False),
        (1e15, False),
    ],
)
def test_an_id_has_at_most_twelve_digits(value, readable):
    typed, tally = read([value], BEF.column("pnr"))
    assert (tally.unreadable == 0) is readable
    assert (typed[0] is not None) is readable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.234", 1234),
        ("1.234,0", 1234),
        ("85,0", 85),
        ("85", 85),
        (85.0, 85),
        ("85,5", None),
        ("1e2", None),
        ("0", 0),
    ],
)
def test_whole_numbers_take_thousands_dots_and_refuse_fractions(value, expected):
    typed, tally = read([value], BOL.column("boligareal"))
    assert typed == [expected]
    assert tally.unreadable == (expected is None)


@pytest.mark.parametrize(("value", "fits"), [(32767, True), (32768, False), (-1, False)])
def test_a_number_beyond_its_type_is_counted_not_wrapped(value, fits):
    typed, tally = read([value], BOL.column("boligareal"))
    assert (typed == [value]) is fits
    assert tally.unreadable == (not fits)


@pytest.mark.parametrize(
    "value",
    [
        date(2012, 2, 29),
        datetime(2012, 2, 29),
        datetime(2012, 2, 29, 23, 59),
        "2012-02-29",
        "29-02-2012",
        " 29-02-2012 ",
        "2012-02-29 00:00:00",
        "2012-02-29T00:00:00",
        19052,  # days since 1960-01-01, as SAS counts
        19052.0,
    ],
)
def test_a_date_is_read_in_every_form_registers_use(value):
    assert read([value], BEF.column("foed_dag"))[0] == [date(2012, 2, 29)]


def test_danish_dates_have_the_day_first_also_where_it_could_be_a_month():
    typed, _ = read(["05-04-2012", "12-01-2012"], BEF.column("foed_dag"))
    assert typed == [date(2012, 4, 5), date(2012, 1, 12)]


def test_days_before_1960_are_negative():
    assert read([-1.0, 0.0], BEF.column("foed_dag"))[0] == [date(1959, 12, 31), date(1960, 1, 1)]


@pytest.mark.parametrize(
    "value",
    [
        20121231,  # yyyymmdd as a number
        1_600_000_000.0,  # SAS seconds
        "31122012",
        "19052",
        "31/12/2012",
        "29-02-2013",
        "2013-02-29",
        "1849-12-31",
        "2101-01-01",
        datetime(2012, 2, 28, 23, 0, tzinfo=UTC),  # midnight in Copenhagen: which day?
        1.5,
        True,
    ],
)
def test_a_date_that_cannot_be_decided_is_counted(value):
    typed, tally = read([value], BEF.column("foed_dag"))
    assert typed == [None]
    assert tally.unreadable == 1


def test_dates_of_two_forms_in_one_column_are_both_read():
    typed, tally = read(["2012-02-29", "01-03-2012", None, ""], BEF.column("foed_dag"))
    assert typed == [date(2012, 2, 29), date(2012, 3, 1), None, None]
    assert (tally.blank, tally.unreadable) == (2, 0)


def test_still_valid_may_be_written_9999():
    assert read(["31-12-9999"], CONTRACTS["omraader"].column("valid_to"))[0] == [date(9999, 12, 31)]


@pytest.mark.parametrize(
    ("code", "vintage", "valid"),
    [
        (5, date(2015, 9, 30), True),
        (5, date(2015, 12, 30), True),
        (5, date(2015, 12, 31), False),
        (9, date(2015, 12, 30), False),
        (9, date(2015, 12, 31), True),
        (9, date(2016, 3, 31), True),
        (6, date(2015, 9, 30), False),
        (6, date(2016, 3, 31), False),
    ],
)
def test_family_types_change_in_december_2015_and_there_is_no_6(code, vintage, valid):
    typed, tally = read([code], BEF.column("familie_type"), vintage)
    assert typed == ([code] if valid else [None])
    assert tally.unknown == (not valid)


def test_an_unknown_code_becomes_blank_and_is_counted_with_its_short_value():
    typed, tally = read([330, 999, 999, None], AKM.column("socio13"))
    assert typed == [330, None, None, None]
    assert (tally.values, tally.unknown, dict(tally.unknown_values)) == (3, 2, {"999": 2})


def test_a_code_outside_an_open_list_is_kept_and_counted():
    typed, tally = read([1, 99], KRAF.column("afg_afgtypko"))
    assert typed == [1, 99]
    assert (tally.unknown, tally.undescribed) == (0, 1)


def test_civil_status_is_read_in_any_casing():
    assert read([" u", "D", "g ", ""], BEF.column("civst"))[0] == ["U", "D", "G", None]


def test_a_null_column_from_sas_is_blank_in_every_kind():
    for contract in CONTRACTS.values():
        for column in contract.columns:
            typed, tally = read([None, None], column, dtype=pl.Null)
            assert typed == [None, None]
            assert tally.unreadable == 0


def test_categorical_text_is_read_as_text():
    assert read(["0101"], UDDA.column("hfaudd"), dtype=pl.Categorical)[0] == ["0101"]


@pytest.mark.parametrize(
    ("values", "suspicious"),
    [
        (["010190-1234"], True),  # one dash is enough
        (["0101901234", "3112991234"], True),
        ([101901234, 3112991234], True),  # zeros lost
        ([101901234, 700_000_000_007], True),  # half
        ([101901234, 700_000_000_007, 700_000_000_008], False),
        (["0113901234", "3212991234"], False),  # no such month, no such day
        ([1, 2, 3], False),
    ],
)
def test_raw_cpr_numbers_are_recognised(values, suspicious):
    assert bool(read(values, BEF.column("pnr"))[1].contents.cpr_numbers) is suspicious
