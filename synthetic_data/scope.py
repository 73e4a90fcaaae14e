"""What is asked for (persons, reference years, seed) and which register years follow from it.

Belongs here: register years per reference year, the streams of random numbers.
Does not belong here: what the registers hold.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

WINDOW_YEARS = 5  # convictions count this far back, and so must the mother's presence
MIN_PERSONS = 2_000
READ = ("bef", "udda", "akm", "kraf", "bol")  # what scoring reads by default
ALL = (*READ, "uddf", "dream", "ind", "faik", "bua", "bufo")  # and BEF's quarters, and the statutory classes


@dataclass(frozen=True)
class Scope:
    """A request: `persons` residents at the last reference date, 31 December of each reference year."""

    persons: int
    seed: int
    reference_years: tuple[int, ...]
    registers: tuple[str, ...] = READ

    def __post_init__(self) -> None:
        if self.persons < MIN_PERSONS:
            raise ValueError(f"at least {MIN_PERSONS} persons: smaller populations can't meet the quotas")
        if not self.reference_years or list(self.reference_years) != sorted(set(self.reference_years)):
            raise ValueError("reference years: at least one, ascending, each once")

    @property
    def first(self) -> int:
        return self.reference_years[0]

    @property
    def last(self) -> int:
        return self.reference_years[-1]

    @property
    def _lead(self) -> int:
        # The window ends with KRAF, a year early at the last reference date.
        return min(self.first, self.last - 1) - WINDOW_YEARS

    @property
    def bef_years(self) -> range:
        """Year-ends (31 December), with the lead that the conviction window needs."""
        return range(self._lead, self.last + 1)

    def status_days(self, year: int) -> list[date]:
        """Of BEF: 31 December, and the ends of the quarters in the last reference year."""
        return [date(year, month, 30 + (month in (3, 12))) for month in self._months(year)]

    def _months(self, year: int) -> tuple[int, ...]:
        return (3, 6, 9, 12) if self.has_everything and year == self.last else (12,)

    @property
    def has_everything(self) -> bool:
        return set(self.registers) >= set(ALL)

    def years_of(self, register: str) -> range:
        """The years of a register's files; of one that isn't asked for, none."""
        if register not in self.registers:
            return range(0)
        return {
            "bef": self.bef_years,
            "udda": range(self.first - 1, self.last + 1),
            "uddf": range(self.last, self.last + 1),
            # A year late: the last reference year is not there yet.
            "akm": range(self.first - 1, self.last),
            "ind": range(self.first - 1, self.last),
            "faik": range(self.first - 1, self.last),
            "kraf": range(self._lead, self.last),
            # 1 January: year Y is the state at the end of Y - 1.
            "bol": range(self.first, self.last + 2),
            "dream": range(self.first - 1, self.last + 1),
            "bua": range(self.first, self.last + 1),
            "bufo": range(self.first, self.last + 1),
        }[register]

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of one purpose: a new purpose leaves the others' numbers as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def year_end(year: int) -> date:
    return date(year, 12, 31)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def years_before(day: int, years: int) -> int:
    """The day number `years` calendar years before `day`; 29 February becomes 28 February."""
    then = date(1970, 1, 1) + timedelta(days=int(day))
    try:
        return day_number(then.replace(year=then.year - years))
    except ValueError:
        return day_number(then.replace(year=then.year - years, day=28))
