"""What scoring reads: typed registers by name and vintage, and the rules for which vintage counts.

Belongs here: finding a vintage, and refusing when it is missing or too old.
Does not belong here: reading files (`assets/extracts`), what a register contains (`schemas/registers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from schemas.errors import InputRefused, Problem


@dataclass(frozen=True)
class VintageUsed:
    """A register vintage behind the scores. Decisions count in `(window_from, window_to]`: after the first
    day, up to and including the last."""

    register: str
    vintage: date
    window_from: date | None = None
    window_to: date | None = None


@dataclass(frozen=True)
class Registers:
    """Typed registers.

    `frames`: register -> vintage (status day) -> frame; `lists`: omraader, omraade_adresser, hfaudd. Keys
    (pnr in BEF, UDDA and AKM, adresse_id in BOL, hfaudd) are unique within a frame; KRAF has many rows a
    person.
    """

    frames: Mapping[str, Mapping[date, pl.LazyFrame]]
    lists: Mapping[str, pl.LazyFrame] = field(default_factory=dict)

    def vintages(self, register: str) -> list[date]:
        """Delivered vintages, oldest first."""
        return sorted(self.frames.get(register, {}))

    def latest(self, register: str, on: date, max_age_years: int) -> date:
        """The newest vintage on or before `on`; refuses none, and one more than `max_age_years` older."""
        found = max((v for v in self.vintages(register) if v <= on), default=None)
        if found is None:
            raise refusal(
                register,
                f"no vintage on or before {on}",
                f"Deliver {register} for {on.year} or the year before.",
            )
        if found < years_before(on, max_age_years):
            raise refusal(
                register,
                f"the newest vintage, {found}, is more than {max_age_years} years before {on}",
                f"Deliver a newer {register}, or raise max_age_years in your own definition and say why.",
            )
        return found

    def frame(self, register: str, vintage: date) -> pl.LazyFrame:
        return self.frames[register][vintage]

    def listed(self, name: str) -> pl.LazyFrame:
        """One of the lists; refuses when it was not delivered."""
        if name not in self.lists:
            raise refusal(name, "not delivered", f"Add {name}.csv to the delivery.")
        return self.lists[name]


def refusal(register: str, rule: str, action: str, count: int = 1) -> InputRefused:
    """One problem, ready to raise."""
    return InputRefused([Problem(register, "", rule, count, action)])


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 29 February becomes 28 February (DOMAIN: all windows)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
