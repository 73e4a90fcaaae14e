"""f3: the mother is on cash benefit or pension ("mor er på kontanthjælp eller pension").

Two readings: SOCIO13, the main status of a whole year (AKM), or the weeks on a benefit up to the reference
date (DREAM). The lists of codes are dated, because benefits come and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import narwhals.stable.v2 as nw
import polars as pl
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from assets.risk_factors.inputs import Registers, VintageUsed, refusal
from assets.risk_factors.parameters import (
    Code,
    Codes,
    FactorParameters,
    RuleText,
    Strict,
    Years,
    either,
    is_in_words,
    is_valid_code,
    valid_codes,
)
from assets.risk_factors.people import People
from schemas.weeks import last_completed, monday_of, weeks_between

MOST_WEEKS = 52
"""A window within two calendar years, so that two year-ends of BEF tell who was here for all of it."""


class WeekCodes(Code):
    """The codes `code` to `last`, which share a text; `code` alone without `last`."""

    last: int | None = None

    @model_validator(mode="after")
    def _range_runs_forward(self) -> WeekCodes:
        if self.last is not None and self.last <= self.code:
            raise ValueError("last is not above code")
        return self

    @property
    def values(self) -> Iterable[int]:
        return range(self.code, (self.last or self.code) + 1)

    @property
    def label(self) -> str:
        return f"{self.code}-{self.last}" if self.last else str(self.code)


class Weeks(Strict):
    """At least `at_least` of the last `window` completed weeks on a code of `benefit_codes`, valid on the
    week's Monday. In a week with one of `away_codes` the mother was not here: nothing is known of it."""

    window: Annotated[int, Field(ge=1, le=MOST_WEEKS)]
    at_least: Annotated[int, Field(ge=1)]
    benefit_codes: Annotated[tuple[WeekCodes, ...], Field(min_length=1)]
    away_codes: Annotated[tuple[WeekCodes, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_be_reached(self) -> Weeks:
        if self.at_least > self.window:
            raise ValueError("at_least is more than window")
        return self


class Parameters(FactorParameters):
    """`benefit_codes`: SOCIO13 codes that are yes, each valid at the AKM vintage's day. `dream`: the weeks of
    DREAM are read instead."""

    max_age_years: Years
    benefit_codes: Codes
    dream: Weeks | None = None

    @model_serializer(mode="wrap")
    def _leave_out_what_is_not_used(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        # A definition without DREAM keeps the hash that was stamped on its releases.
        content = handler(self)
        if self.dream is None:
            del content["dream"]
        return content


def vintages_used(registers: Registers, parameters: Parameters, reference_date: date) -> list[VintageUsed]:
    """AKM, or DREAM with its window. Refuses weeks that no delivered DREAM has: no week is not no benefit."""
    if parameters.dream is None:
        return [VintageUsed("akm", registers.latest("akm", reference_date, parameters.max_age_years))]
    monday = last_completed(reference_date)
    first = monday - timedelta(weeks=parameters.dream.window - 1)
    start, end = first - timedelta(days=1), monday + timedelta(days=6)
    newest = max(_find_weeks(registers, parameters.dream, reference_date))
    return [VintageUsed("dream", newest, start, end)]


def prepare_facts(people: People, parameters: Parameters) -> pl.LazyFrame:
    """AKM: mother_id, socio13 (null = not in that AKM, or blank), akm_day.

    DREAM: mother_id, the window's weeks_on_benefit, weeks_away, weeks_blank (no row = all blank), is_present
    (in BEF at the year-ends before and in the window).
    """
    if parameters.dream is not None:
        return _count_weeks(people, parameters.dream)
    (used,) = vintages_used(people.registers, parameters, people.reference_date)
    akm = people.registers.frame("akm", used.vintage).select("pnr", "socio13")
    mothers = people.mothers.lazy().select("mother_id", akm_day=pl.lit(used.vintage))
    return mothers.join(akm, left_on="mother_id", right_on="pnr", how="left")


def has_risk_factor(parameters: Parameters, reference_date: date) -> nw.Expr:
    """True, False, or null for unknown, over the facts."""
    unknown = nw.lit(None, dtype=nw.Boolean())
    if parameters.dream is None:
        on_benefit = is_valid_code("socio13", "akm_day", parameters.benefit_codes)
        return nw.when(nw.col("socio13").is_null()).then(unknown).otherwise(on_benefit)
    # DREAM holds only who ever had a benefit, so a blank week of somebody who was here is a week without.
    blank = nw.when(nw.col("is_present")).then(nw.lit(0)).otherwise(nw.col("weeks_blank"))
    at_most = nw.col("weeks_on_benefit") + nw.col("weeks_away") + blank
    is_no = nw.when(at_most < parameters.dream.at_least).then(nw.lit(False)).otherwise(unknown)
    return (
        nw.when(nw.col("weeks_on_benefit") >= parameters.dream.at_least).then(nw.lit(True)).otherwise(is_no)
    )


def describe(parameters: Parameters) -> RuleText:
    if parameters.dream is not None:
        return _describe_weeks(parameters.dream)
    benefits = either(code.da for code in parameters.benefit_codes)
    return RuleText(
        yes=f"the mother's SOCIO13 is {is_in_words(parameters.benefit_codes)}",
        no="it is any other code",
        unknown="she is not in that year's AKM, her SOCIO13 is blank, or the mother is blank",
        en="The mother's main income of the year is "
        f"{', '.join(code.da for code in parameters.benefit_codes)}.",
        da=f"Morens væsentligste indkomstkilde i året er {benefits}.",
        register=f"AKM, newest year up to the reference date (at most {parameters.max_age_years} years old)",
        codes=parameters.benefit_codes,
    )


def _describe_weeks(weeks: Weeks) -> RuleText:
    number = f"at least {weeks.at_least} of the last {weeks.window} weeks"
    number_da = f"mindst {weeks.at_least} af de seneste {weeks.window} uger"
    benefits = either(dict.fromkeys(code.da for code in weeks.benefit_codes))
    return RuleText(
        yes=f"in {number} the mother's code is {is_in_words(weeks.benefit_codes)}",
        no="fewer, even if every week that is not known were one; blank is none if she was in BEF at the "
        "year-end before the reference date's year and at each one since",
        unknown=f"the weeks not known decide: {is_in_words(weeks.away_codes)}, and blank weeks of a mother "
        "who was not in BEF then; or the mother is blank",
        en=f"The mother was on {benefits} in {number}.",
        da=f"Moren fik {benefits} i {number_da}.",
        register="DREAM (weeks), BEF (presence)",
        codes=weeks.benefit_codes + weeks.away_codes,
        window=f"the {weeks.window} ISO weeks up to the last one that ended on or before the reference date",
    )


def _find_weeks(registers: Registers, weeks: Weeks, reference_date: date) -> dict[date, list[str]]:
    """DREAM vintage -> the window's weeks that are read from it: each from the oldest file that has it, so
    that a later delivery does not change what was counted."""
    monday = last_completed(reference_date)
    wanted = weeks_between(monday - timedelta(weeks=weeks.window - 1), monday)
    found: dict[date, list[str]] = {}
    missing = dict.fromkeys(wanted)
    for vintage in registers.vintages("dream"):
        names = registers.frame("dream", vintage).collect_schema().names()
        if here := [week for week in missing if week in names]:
            found[vintage] = here
            missing = {week: None for week in missing if week not in here}
    if missing:
        raise refusal(
            "dream",
            f"weeks up to {reference_date} that no delivered file has, first {next(iter(missing))}",
            f"Deliver dream for {reference_date.year} and the year before, or use a definition that does not "
            "read it.",
            len(missing),
        )
    return found


def _count_weeks(people: People, weeks: Weeks) -> pl.LazyFrame:
    facts = people.mothers.lazy().select("mother_id")
    names: list[str] = []
    for vintage, found in _find_weeks(people.registers, weeks, people.reference_date).items():
        rows = people.registers.frame("dream", vintage).select("pnr", *found)
        facts = facts.join(rows, left_on="mother_id", right_on="pnr", how="left")
        names += found
    # Both ends of the window, or of the year it lies in.
    year_end_has_come = (people.reference_date.month, people.reference_date.day) == (12, 31)
    years = range(people.reference_date.year - 1, people.reference_date.year + year_end_has_come)
    return facts.select(
        "mother_id",
        weeks_on_benefit=_number_of(names, weeks.benefit_codes),
        weeks_away=_number_of(names, weeks.away_codes),
        weeks_blank=pl.sum_horizontal(pl.col(name).is_null().cast(pl.Int32) for name in names),
    ).join(people.mothers_present(years), on="mother_id", how="left")


def _number_of(names: Iterable[str], codes: Iterable[WeekCodes]) -> pl.Expr:
    """In how many of the weeks is the code one of those valid on the week's Monday?"""
    counted = [
        pl.col(name).is_in(listed).fill_null(False).cast(pl.Int32)
        for name in names
        if (monday := monday_of(name)) and (listed := valid_codes(codes, monday))
    ]
    return pl.sum_horizontal(pl.lit(0, pl.Int32), *counted)
