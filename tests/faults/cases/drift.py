"""Registers that have changed since the last good night by more than registers change, or don't fit the
others.

Belongs here: drift and coverage, with their limits. Does not belong here: what is wrong by itself
(`shape.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from tests.faults.cases.planting import Plant, change, lines, text
from tests.faults.delivery import Delivered
from tests.faults.fault import CSV, Fault, Group, Said

FEWER = "rows fewer than on the last good night"
MORE = "rows more than on the last good night"
NOT_FOUND = "are not found in"


def every(number: int, column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Every so-manieth row gets the value."""

    def put(frame: pl.DataFrame) -> pl.DataFrame:
        given = pl.lit(value, frame.schema[column])
        chosen = pl.int_range(pl.len()) % number == 0
        return frame.with_columns(pl.when(chosen).then(given).otherwise(column).alias(column))

    return put


def all_of(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(pl.lit(value, frame.schema[column]).alias(column))


def other_key(*columns: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Other pseudonyms of the same form."""

    def moved(name: str) -> pl.Expr:
        return (999_999_999_999 - pl.col(name).cast(pl.Int64)).cast(pl.String).str.zfill(12).alias(name)

    return lambda frame: frame.with_columns(moved(name) for name in columns)


def single_mothers(frame: pl.DataFrame) -> pl.DataFrame:
    """FM_MARK of every second child."""
    children = pl.col("FM_MARK").is_not_null()
    chosen = children & (children.cum_sum() % 2 == 0)
    return frame.with_columns(FM_MARK=pl.when(chosen).then(pl.lit(3, pl.Int8)).otherwise("FM_MARK"))


def unknown_codes(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(HFAUDD=(2000 + pl.int_range(pl.len())).cast(pl.String))


def all_years(
    register: str, function: Callable[[pl.DataFrame], pl.DataFrame], years: tuple[int, ...]
) -> Plant:
    def plant(delivered: Delivered) -> None:
        for year in years:
            delivered.change(register, function, year)

    return plant


def remove(register: str, year: int) -> Plant:
    def plant(delivered: Delivered) -> None:
        path: Path = delivered.path(register, year)
        path.unlink()
        delivered.marker(path).unlink(missing_ok=True)

    return plant


GROUP = Group(
    "Drift and coverage",
    "Each status day is held against the last good night: a fifth of the rows, ten points of blanks, a "
    "quarter of the codes may change (`femfaktor nightly --accept-drift REGISTER` lets more pass, once, and "
    "is written down). And registers against each other: do they speak of the same persons? `[drift]` and "
    "`[coverage]` in `femfaktor.toml` set other limits.",
    (
        Fault(
            name="a register that is thirty per cent smaller",
            arrives="AKM with 154 of its 220 rows",
            plant=change("akm", lambda frame: frame.head(154)),
            says=(Said("akm", "", FEWER, 66),),
            needs_last_night=True,
        ),
        Fault(
            name="a CSV that was cut between two rows",
            arrives="The first 150 of 220 rows of AKM, the last of them whole",
            plant=text("akm", lines(lambda rows: rows[:151])),
            says=(Said("akm", "", FEWER, 70),),
            forms=CSV,
            needs_last_night=True,
        ),
        Fault(
            name="a register at the limit",
            arrives="AKM with 176 of its 220 rows: exactly one fifth fewer passes",
            plant=change("akm", lambda frame: frame.head(176)),
        ),
        Fault(
            name="a register one row below the limit",
            arrives="AKM with 175 of its 220 rows",
            plant=change("akm", lambda frame: frame.head(175)),
            says=(Said("akm", "", FEWER, 45),),
            needs_last_night=True,
        ),
        Fault(
            name="a register that has grown",
            arrives="AKM with 110 persons more",
            plant=change("akm", lambda frame: pl.concat([frame, other_key("PNR")(frame.head(110))])),
            says=(Said("akm", "", MORE, 110),),
            needs_last_night=True,
        ),
        Fault(
            name="many blanks",
            arrives="SOCIO13 blank in every fifth row",
            plant=change("akm", every(5, "SOCIO13", None)),
            says=(Said("akm", "socio13", "more blanks than on the last good night", 44),),
            needs_last_night=True,
        ),
        Fault(
            name="codes that moved",
            arrives="FM_MARK of every second person is single mother",
            plant=change("bef", single_mothers),
            says=(Said("bef", "fm_mark", "codes are spread otherwise than on the last good night", 100),),
            needs_last_night=True,
        ),
        Fault(
            name="a year that is gone",
            arrives="KRAF of 2021, delivered on the last good night, is no longer there",
            plant=remove("kraf", 2021),
            says=(Said("kraf", "", "delivered on the last good night, and no longer"),),
            needs_last_night=True,
        ),
        *(
            Fault(
                name=f"a factor's source that is all {word}",
                arrives=f"{column} {word} in every row of {register.upper()}",
                plant=change(register, all_of(column, value)),
                says=(Said(register, column.lower(), rule, rows),),
            )
            for register, column, value, word, rule, rows in (
                ("akm", "SOCIO13", None, "blank", "all rows are blank", 220),
                ("akm", "SOCIO13", 410, "the same", "all rows say the same", 220),
                ("udda", "HFAUDD", "9999", "alike", "all rows say the same", 220),
                ("bol", "UDLEJNINGFH", 2, "owned", "all rows say the same", 120),
            )
        ),
        Fault(
            name="mothers of another pseudonymisation key",
            arrives="MOR_ID of another key than PNR: no child's mother is found in BEF, UDDA and AKM",
            plant=all_years("bef", other_key("MOR_ID"), (2023, 2024)),
            says=(
                *(Said("bef", "mor_id", f"values {NOT_FOUND} bef.pnr", 120),) * 2,
                *(Said("bef", "mor_id", f"mothers {NOT_FOUND} udda.pnr", 120),) * 2,
                *(Said("bef", "mor_id", f"mothers {NOT_FOUND} akm.pnr", 120),) * 2,
            ),
        ),
        Fault(
            name="a register of another pseudonymisation key",
            arrives="UDDA of another key",
            plant=all_years("udda", other_key("PNR"), (2023, 2024)),
            says=(Said("bef", "mor_id", f"mothers {NOT_FOUND} udda.pnr", 120),) * 2,
        ),
        Fault(
            name="education codes of another table",
            arrives="HFAUDD with codes that are not in the format table",
            plant=all_years("udda", unknown_codes, (2023, 2024)),
            says=(Said("udda", "hfaudd", f"values {NOT_FOUND} hfaudd.hfaudd", 220),) * 2,
        ),
    ),
)
