"""How far a register may drift, and how much of it another one must know: the limits and their borders."""

from __future__ import annotations

import tomllib
from datetime import date

import polars as pl
import pytest

from assets.settings import TEMPLATE, Settings
from assets.validation.coverage import find_uncovered
from assets.validation.drift import find_drift, find_missing_vintages
from assets.validation.profile import Profile, find_constant
from schemas.coverage import COVERAGES
from schemas.registers import CONTRACTS

AKM, KRAF = CONTRACTS["akm"], CONTRACTS["kraf"]
YEAR, BEFORE = date(2024, 12, 31), date(2023, 12, 31)
MINIMUMS = Settings().coverage
DEFAULT = Settings().drift


def profile(rows: int, *, blanks: int = 0, codes: dict[str, int] | None = None) -> Profile:
    """AKM as far as a column goes."""
    return Profile(rows, {"socio13": blanks}, {"socio13": codes or {}})


def drifted(now: Profile, was: Profile, limits=DEFAULT, contract=AKM) -> list[tuple[str, int]]:
    return [(p.column, p.count) for p in find_drift(contract, YEAR, now, {BEFORE: was}, limits)]


@pytest.mark.parametrize(
    ("now", "was", "count"),
    [(800, 1000, None), (799, 1000, 201), (1250, 1000, None), (1251, 1000, 251)],
)
def test_a_fifth_of_the_larger_number_of_rows_may_go_or_come(now: int, was: int, count: int | None) -> None:
    assert drifted(profile(now), profile(was)) == ([("", count)] if count else [])


@pytest.mark.parametrize(("blanks", "count"), [(400, None), (401, 401), (200, None), (199, 199)])
def test_blanks_may_change_by_ten_of_a_hundred_rows_either_way(blanks: int, count: int | None) -> None:
    now, was = profile(1000, blanks=blanks), profile(1000, blanks=300)
    assert drifted(now, was) == ([("socio13", count)] if count else [])


@pytest.mark.parametrize(("moved", "count"), [(250, None), (251, 251)])
def test_a_quarter_of_the_codes_may_move(moved: int, count: int | None) -> None:
    """All had 330; now so many have 110."""
    now = profile(1000, codes={"330": 1000 - moved, "110": moved})
    assert drifted(now, profile(1000, codes={"330": 1000})) == ([("socio13", count)] if count else [])


def test_what_has_one_value_and_had_several_is_refused_and_what_always_had_one_is_not() -> None:
    def one(rows: int, constant: tuple[str, ...]) -> Profile:
        return Profile(rows, {"socio13": 0}, {}, constant)

    assert drifted(one(1000, ("socio13",)), one(1000, ())) == [("socio13", 1000)]
    assert drifted(one(1000, ("socio13",)), one(1000, ("socio13",))) == []


def test_a_table_of_fewer_than_fifty_rows_may_change_as_it_likes() -> None:
    assert drifted(profile(10), profile(49)) == []
    assert drifted(profile(10), profile(50)) == [("", 40)]


@pytest.mark.parametrize("rows", [49, 50])
def test_a_factors_source_that_says_one_thing_of_fifty_persons_is_refused(rows: int) -> None:
    same = Profile(rows, {"socio13": 0}, {}, ("socio13",))
    assert [p.count for p in find_constant(same, AKM, YEAR)] == ([50] if rows == 50 else [])


def test_settings_give_a_register_and_a_column_limits_of_their_own() -> None:
    limits = Settings.model_validate(
        {"drift": {"rows": 0.1, "only": {"akm": {"rows": 0.5}, "akm.socio13": {"blanks": 0.4}}}}
    ).drift
    assert drifted(profile(500), profile(1000), limits) == []
    assert drifted(profile(499), profile(1000), limits) == [("", 501)]
    assert drifted(profile(1000, blanks=400), profile(1000), limits) == []
    assert drifted(profile(1000, blanks=401), profile(1000), limits) == [("socio13", 401)]
    # KRAF has only what is set for all.
    kraf = [Profile(rows, {"afg_ger7": 0}) for rows in (890, 1000)]
    assert drifted(*kraf, limits, KRAF) == [("", 110)]


@pytest.mark.parametrize("least", [0.5, 0.9])
def test_exactly_the_least_share_found_is_enough_and_one_value_fewer_is_not(least: float) -> None:
    minimums = Settings.model_validate({"coverage": {"kraf.pnr in bef.pnr": least}}).coverage
    found = round(1000 * least)

    def uncovered(known: int) -> list[int]:
        bef, kraf = range(known), range(1000)
        tables = {"bef": bef, "kraf": kraf}
        frames = {name: {YEAR: pl.LazyFrame({"pnr": list(ids)})} for name, ids in tables.items()}
        frames["bef"][YEAR] = frames["bef"][YEAR].with_columns(
            mor_id=pl.lit(None, pl.Int64), adresse_id=pl.lit(None, pl.Int64), foed_dag=pl.lit(BEFORE)
        )
        return [problem.count for problem in find_uncovered(frames, minimums)]

    assert uncovered(found) == []
    assert uncovered(found - 1) == [1000 - found + 1]


def test_fewer_than_thirty_values_are_left_to_chance() -> None:
    def uncovered(among: int) -> int:
        frames = {
            "hfaudd": {None: pl.LazyFrame({"hfaudd": ["0001"]})},
            "udda": {YEAR: pl.LazyFrame({"hfaudd": [f"{n:04d}" for n in range(2, 2 + among)]})},
        }
        frames["udda"][YEAR] = frames["udda"][YEAR].with_columns(pnr=pl.lit(1))
        return len(find_uncovered(frames, MINIMUMS))

    assert (uncovered(29), uncovered(30)) == (0, 1)


def test_a_year_of_a_required_register_that_is_gone_is_missed_and_a_new_one_is_not() -> None:
    assert [p.file for p in find_missing_vintages(AKM, [YEAR], [YEAR, BEFORE])] == [str(BEFORE)]
    assert find_missing_vintages(AKM, [YEAR, BEFORE], [BEFORE]) == []


def test_the_written_settings_show_the_limits_that_hold_without_them() -> None:
    written = Settings.model_validate(tomllib.loads(TEMPLATE))
    assert written == Settings()
    assert written.coverage == {pair.name: pair.minimum for pair in COVERAGES}
