"""What must not lie in a delivery: CPR numbers, names, addresses, phone numbers and e-mails, by content.

Belongs here: telling them from pseudonyms and codes that look like them by chance.
Does not belong here: names of columns (`columns.py`), what is done about a finding (`typed.py`).

Only counts leave this module.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

# ddmmyy; a replacement number (erstatningspersonnummer) has 60 added to its day. No check of modulus 11:
# since 2007 there are numbers without.
_DAY_MONTH = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])"
_SHAPE = r"(?:^|\D)\d{6}[- ]?\d{4}(?:\D|$)"
_CPR = rf"(?:^|\D){_DAY_MONTH}\d{{2}}[- ]?\d{{4}}(?:\D|$)"
_EMAIL = r"[\w.+-]+@[\w-]+\.\w{2,}"
# 0045 and eight digits without a space is also a pseudonym of twelve.
_PHONE = r"(?:^|\D)(?:(?:\+45 ?|0045 )\d{2} ?\d{2} ?\d{2} ?\d{2}|\d{2} \d{2} \d{2} \d{2})(?:\D|$)"
_ADDRESS = (
    r"(?i)\p{L}(?:vej|gade|allé|alle|stræde|vænget|parken|torvet|plads|boulevard|vangen|toften|bakken)(?:en)?"
    r" +\d{1,3} ?[a-z]?(?:[,. ]|$)"
)
_PERSON = r"^\p{Lu}\p{Ll}+(?:[ -]\p{Lu}[\p{Ll}.]*)* (?:\p{Lu}\p{Ll}*(?:sen|gaard|gård)|Møller|Lund|Holm)$"

# A number of ten digits that is anybody's guess is a date this often: 62 of 100 days, 12 of 100 months; the
# first digit of one with nine was a zero that got lost.
_CHANCE_TEN, _CHANCE_NINE, _CHANCE_TEXT = 53 / 90 * 0.12, 0.12, 0.62 * 0.12
_DEVIATIONS = 6
"""So many standard deviations above chance: once in a billion columns."""
_FEWEST = 7
_MANY_NAMES = 0.2


@dataclass
class Contents:
    """Counts of one delivered column over all its chunks."""

    values: int = 0
    nine: int = 0
    ten: int = 0
    dates: int = 0
    padded: int = 0
    shaped: int = 0
    cpr: int = 0
    emails: int = 0
    phones: int = 0
    addresses: int = 0
    people: int = 0

    def look_at_text(self, series: pl.Series) -> None:
        counts = (
            pl.DataFrame({"t": series})
            .lazy()
            .select(
                values=pl.col("t").count(),
                shaped=pl.col("t").str.contains(_SHAPE).sum(),
                cpr=pl.col("t").str.contains(_CPR).sum(),
                emails=pl.col("t").str.contains(_EMAIL).sum(),
                phones=pl.col("t").str.contains(_PHONE).sum(),
                addresses=pl.col("t").str.contains(_ADDRESS).sum(),
                people=pl.col("t").str.contains(_PERSON).sum(),
            )
            .collect()
            .row(0, named=True)
        )
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + (count or 0))

    def look_at_numbers(self, numbers: pl.Series, delivered: pl.Series) -> None:
        """`numbers`: whole numbers; `delivered`: as they came, where ten characters with a zero first are
        told from a number that lost its zeros."""
        self.values += numbers.count()
        is_candidate = numbers.is_between(100_000_000, 9_999_999_999).fill_null(False)
        if not is_candidate.any():
            return
        found = pl.DataFrame({"n": numbers, "d": delivered}).filter(is_candidate)
        day, month = pl.col("n") // 100_000_000, pl.col("n") // 1_000_000 % 100
        is_date = (day.is_between(1, 31) | day.is_between(61, 91)) & month.is_between(1, 12)
        is_nine = pl.col("n") < 1_000_000_000
        is_padded = (
            pl.col("d").str.strip_chars().str.len_bytes() == 10
            if delivered.dtype == pl.String
            else pl.lit(False)
        )
        counts = found.select(
            nine=is_nine.sum(),
            ten=(~is_nine).sum(),
            dates=is_date.sum(),
            padded=(is_nine & is_date & is_padded).sum(),
        ).row(0, named=True)
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + count)

    @property
    def cpr_numbers(self) -> int:
        """Values that look like CPR numbers, if they are too many for chance; otherwise 0."""
        if self.cpr and (2 * self.cpr >= self.shaped or _is_no_chance(self.cpr, self.shaped, _CHANCE_TEXT)):
            return self.cpr
        if self.dates and 2 * self.dates >= self.values:
            return self.dates
        expected = self.nine * _CHANCE_NINE + self.ten * _CHANCE_TEN
        number = self.nine + self.ten
        if number and _is_no_chance(self.dates, number, expected / number):
            return self.dates
        # Ten characters with a zero first, where pseudonyms have another width.
        return self.padded if 2 * number < self.values else 0

    def findings(self, *, is_about_places: bool) -> Iterator[tuple[str, int]]:
        """What was found, in words, and how often. Areas may be called like streets and people."""
        if self.cpr_numbers:
            yield "values look like raw CPR numbers", self.cpr_numbers
        if self.emails:
            yield "values hold e-mail addresses", self.emails
        if self.phones:
            yield "values hold phone numbers", self.phones
        if is_about_places:
            return
        if self.addresses:
            yield "values hold street addresses", self.addresses
        if self.people >= 3 and self.people >= _MANY_NAMES * self.values:
            yield "values look like names of people", self.people


def look_at_any(series: pl.Series, contents: Contents) -> None:
    """A column that nobody asked for: text, and whole numbers, may hold anything."""
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    if series.dtype == pl.String:
        contents.look_at_text(series)
    elif series.dtype.is_integer() or series.dtype.is_float():
        contents.look_at_numbers(series.cast(pl.Int64, strict=False), series)


def _is_no_chance(found: int, among: int, chance: float) -> bool:
    expected = among * chance
    limit = expected + _DEVIATIONS * math.sqrt(expected * (1 - chance))
    return found >= _FEWEST and found > limit


def count_own_birthdays(ids: pl.Expr, born: pl.Expr) -> pl.Expr:
    """How many ids begin with their own person's date of birth, as CPR numbers do and pseudonyms don't."""
    day = born.dt.day().cast(pl.Int64)
    date_part = (day * 10_000 + born.dt.month().cast(pl.Int64) * 100 + born.dt.year() % 100) * 10_000
    return (
        (ids - date_part).is_between(0, 9_999) | (ids - date_part - 6_000_000_000).is_between(0, 9_999)
    ).sum()
