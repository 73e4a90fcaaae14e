"""What follows from a contract: status days, code lists, documentation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from schemas.contracts import Kind
from schemas.registers import CONTRACTS, render_markdown


def test_a_year_of_bol_is_the_first_of_january_and_so_the_end_of_the_year_before():
    assert CONTRACTS["bol"].vintage(2025) == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (2024, None, date(2024, 12, 31)),
        (2021, 3, date(2021, 3, 31)),
        (2021, 6, date(2021, 6, 30)),
        (2021, 12, date(2021, 12, 31)),
    ],
)
def test_bef_is_the_last_day_of_the_quarter(year, month, day):
    assert CONTRACTS["bef"].vintage(year, month) == day


@pytest.mark.parametrize(
    ("register", "month"), [("bef", 2), ("bef", 13), ("udda", 3), ("bol", 12), ("omraader", None)]
)
def test_a_period_the_register_does_not_have_is_an_error(register, month):
    with pytest.raises(ValueError, match="no period"):
        CONTRACTS[register].vintage(2024, month)


def test_the_typed_columns_are_those_scoring_reads():
    assert list(CONTRACTS["kraf"].polars_schema) == ["pnr", "afg_ger7", "afg_afgtypko", "afg_dato"]
    assert CONTRACTS["udda"].polars_schema["hfaudd"] == pl.String
    assert CONTRACTS["bef"].polars_schema["kom"] == pl.Int16


def test_every_code_fits_its_column_and_stands_once():
    for contract in CONTRACTS.values():
        for column in contract.columns:
            if column.codes:
                for vintage in (None, date(2015, 12, 30), date(2015, 12, 31)):
                    codes = column.codes.at(vintage)
                    assert len(set(codes)) == len(codes)
                    assert pl.Series(codes, dtype=column.dtype).null_count() == 0


def test_every_key_and_validity_column_is_declared():
    for contract in CONTRACTS.values():
        names = {column.name for column in contract.columns}
        assert {*contract.key, *(contract.valid_interval or ())} <= names
        assert all(column.dtype == pl.Int64 for column in contract.columns if column.kind is Kind.ID)


def test_the_register_documentation_is_up_to_date():
    page = Path(__file__).parents[3] / "docs" / "registers.md"
    assert page.read_text(encoding="utf-8") == render_markdown(), "run make docs WRITE=1"
