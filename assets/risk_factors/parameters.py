"""What every definition is made of: codes with validity dates, and statements with source and certainty.

Belongs here: the pydantic building blocks that the five factors' parameters share, and the two ways to ask
whether a code counts.
Does not belong here: what a single factor needs (its own file), reading TOML (`definitions.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import narwhals.stable.v2 as nw
from pydantic import BaseModel, ConfigDict, Field, model_validator

Certainty = Literal["S", "B", "I", "G"]
CERTAINTY_WORDS: dict[str, str] = {
    "S": "read in a source",
    "B": "background knowledge, to be verified",
    "I": "inference",
    "G": "guess",
}
Years = Annotated[int, Field(ge=1, le=100)]


class Strict(BaseModel):
    """An unknown key is an error: a misspelt parameter must not fall back to a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Statement(Strict):
    """One fact the definition leans on."""

    text: str
    source: str
    certainty: Certainty


class Code(Strict):
    """A register code that a rule uses; it counts from `valid_from` to `valid_to`, both included (absent =
    open)."""

    code: int
    da: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str
    certainty: Certainty

    @model_validator(mode="after")
    def _validity_runs_forward(self) -> Code:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        return self

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    @property
    def values(self) -> Iterable[int]:
        """What the register may hold for it."""
        return (self.code,)

    @property
    def label(self) -> str:
        """The code as it is written in text."""
        return str(self.code)


Codes = Annotated[tuple[Code, ...], Field(min_length=1)]


class FactorParameters(Strict):
    """What every factor states about itself; `statements` are the facts behind its codes and choices."""

    source: str
    certainty: Certainty
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class RuleText:
    """A rule in words, made from its parameters: when yes, when no, when unknown; `en` and `da` in one
    sentence."""

    yes: str
    no: str
    unknown: str
    en: str
    da: str
    register: str
    codes: tuple[Code, ...]
    window: str = ""


def either(names: Iterable[str]) -> str:
    """`a, b eller c`"""
    *first, last = names
    return f"{', '.join(first)} eller {last}" if first else last


def valid_codes(codes: Iterable[Code], day: date) -> list[int]:
    """The codes that are valid on `day`, ascending."""
    return sorted(value for code in codes if code.is_valid_on(day) for value in code.values)


def is_valid_code(column: str, day: str, codes: Iterable[Code]) -> nw.Expr:
    """True where `column` holds one of `codes`, valid on the date in column `day`; null where either is
    null."""
    periods: dict[tuple[date | None, date | None], list[int]] = {}
    for code in codes:
        periods.setdefault((code.valid_from, code.valid_to), []).append(code.code)
    return nw.any_horizontal(
        *(
            nw.col(column).is_in(listed)
            & nw.col(day).is_between(nw.lit(start or date(1, 1, 1)), nw.lit(end or date(9999, 12, 31)))
            for (start, end), listed in periods.items()
        ),
        ignore_nulls=False,
    )


def is_in_words(codes: Iterable[Code]) -> str:
    """`330 kontanthjælp, 321 førtidspension`, with validity where a code has one."""

    def word(code: Code) -> str:
        span = ""
        if code.valid_from:
            span += f" from {code.valid_from}"
        if code.valid_to:
            span += f" to {code.valid_to}"
        return f"{code.label} {code.da}" + (f" ({span.strip()})" if span else "")

    return ", ".join(word(code) for code in codes)
