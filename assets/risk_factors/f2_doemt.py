"""f2: the mother is convicted of crime ("mor er dømt for kriminalitet").

A conviction is a decision under one of the named laws whose type is a conviction. A charge is none:
acquittals and withdrawn charges lie in the same table. The window ends where KRAF does, and the last day is
reported with the scores.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Literal

import narwhals.stable.v2 as nw
import polars as pl
from pydantic import Field

from assets.risk_factors.inputs import Registers, VintageUsed, refusal, years_before
from assets.risk_factors.parameters import (
    Code,
    Codes,
    FactorParameters,
    RuleText,
    Years,
    either,
    is_in_words,
    is_valid_code,
)
from assets.risk_factors.people import People

CODE_DIGITS = 7
"""AFG_GER7 has seven digits; shorter extracts of it keep its first digits."""


class LawCode(Code):
    """`code` is the beginning of AFG_GER7, not the whole of it."""

    code: Annotated[int, Field(ge=1, lt=10**CODE_DIGITS)]


class Parameters(FactorParameters):
    """`window_years`: decisions in (v - years, v] count; "ever" = since the data begins. v = the last day of
    KRAF, or the reference date if that is earlier."""

    window_years: Years | Literal["ever"]
    max_age_years: Years
    laws: Annotated[tuple[LawCode, ...], Field(min_length=1)]
    decisions: Codes


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    """KRAF with its window. Refuses a missing year inside the window: without it, no row is not a no."""
    latest = registers.latest("kraf", date(reference_date.year, 12, 31), parameters.max_age_years)
    last_day = min(reference_date, latest)
    delivered = [v.year for v in registers.vintages("kraf")]
    if parameters.window_years == "ever":
        start = date(min(delivered) - 1, 12, 31)
    else:
        start = years_before(last_day, parameters.window_years)
    missing = sorted(set(_kraf_years(start, last_day)) - set(delivered))
    if missing:
        listed = ", ".join(str(year) for year in missing)
        raise refusal(
            "kraf",
            f"years missing from the window ({start}, {last_day}]: {listed}",
            "Deliver them, or use a definition with a shorter window.",
            len(missing),
        )
    return [VintageUsed("kraf", latest, start, last_day)]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """mother_id, is_convicted (a counting row in the window), is_present (in BEF for the whole window)."""
    registers = people.registers
    start, last_day = _window(registers, parameters, people.reference_date)
    rows = pl.concat(registers.frame("kraf", date(year, 12, 31)) for year in _kraf_years(start, last_day))
    counting = nw.from_native(rows).filter(is_conviction(parameters, start, last_day)).to_native()
    convicted = counting.select(mother_id="pnr", is_convicted=pl.lit(True)).unique()
    present = people.mothers_present(_snapshot_years(registers, parameters, start, last_day))
    return present.join(convicted, on="mother_id", how="left").select(
        "mother_id", pl.col("is_convicted").fill_null(False), "is_present"
    )


def is_conviction(parameters: Parameters, start: date, last_day: date) -> nw.Expr:
    """Does a KRAF row count? In (start, last_day], under a listed law, of a listed decision type. Blank:
    no."""
    in_window = (nw.col("afg_dato") > nw.lit(start)) & (nw.col("afg_dato") <= nw.lit(last_day))
    by_law = reduce(or_, (_begins_with("afg_ger7", law) for law in parameters.laws))
    return in_window & by_law & is_valid_code("afg_afgtypko", "afg_dato", parameters.decisions)


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    is_no = nw.when(nw.col("is_present")).then(nw.lit(False)).otherwise(nw.lit(None, dtype=nw.Boolean()))
    return nw.when(nw.col("is_convicted")).then(nw.lit(True)).otherwise(is_no)


def describe(parameters: Parameters) -> RuleText:
    ever = parameters.window_years == "ever"
    window = (
        "since the delivered KRAF begins, to v" if ever else f"(v - {parameters.window_years} years, v]"
    ) + "; v = the reference date, or KRAF's last day if earlier"
    since_en = "since KRAF begins" if ever else f"within {parameters.window_years} years"
    since = "siden registrets begyndelse" if ever else f"inden for de seneste {parameters.window_years} år"
    return RuleText(
        yes=(
            f"at least one decision whose AFG_GER7 begins with {is_in_words(parameters.laws)} "
            f"and whose AFG_AFGTYPKO is {is_in_words(parameters.decisions)}"
        ),
        no="no such decision, and the mother is in every year-end BEF of the window (from her birth year)",
        unknown="no such decision, but a year-end BEF of the window lacks her; or the mother is blank",
        en="The mother is convicted under " + ", ".join(law.da for law in parameters.laws) + f" {since_en}.",
        da=f"Moren er dømt efter {either(law.da for law in parameters.laws)} {since}.",
        register="KRAF (decisions), BEF (presence)",
        codes=parameters.laws + parameters.decisions,
        window=window,
    )


def _window(registers: Registers, parameters: Parameters, reference_date: date) -> tuple[date, date]:
    (used,) = vintages_used(registers, parameters, reference_date)
    assert used.window_from and used.window_to
    return used.window_from, used.window_to


def _kraf_years(start: date, last_day: date) -> range:
    return range((start + timedelta(days=1)).year, last_day.year + 1)


def _snapshot_years(registers: Registers, parameters: Parameters, start: date, last_day: date) -> range:
    """The year-ends the mother must be in: from the start day's year to v's; "ever" not before BEF begins."""
    first = start.year
    if parameters.window_years == "ever":
        year_ends = [v.year for v in registers.vintages("bef") if (v.month, v.day) == (12, 31)]
        first = max(first, min(year_ends, default=first))
    last = last_day.year if (last_day.month, last_day.day) == (12, 31) else last_day.year - 1
    return range(first, last + 1)


def _begins_with(column: str, law: LawCode) -> nw.Expr:
    """Codes are numbers without leading zeros, so "begins with 321" is 321, 3210-3219, 32100-32199, …"""
    widths = range(CODE_DIGITS - len(str(law.code)) + 1)
    return reduce(
        or_, (nw.col(column).is_between(law.code * 10**n, (law.code + 1) * 10**n - 1) for n in widths)
    )
