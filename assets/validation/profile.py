"""What a typed table looks like, in counts: enough to see tomorrow that it has changed.

Belongs here: taking a profile, and columns that can't be right by themselves.
Does not belong here: comparing two (`drift.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from schemas.contracts import Contract
from schemas.errors import Problem

FEWEST_ROWS = 50
"""A column of fewer rows may be the same in all of them, and a table may change as it likes."""


@dataclass(frozen=True)
class Profile:
    """Rows; per column its blanks; per column with a code list how many rows have each code; the columns with
    one value or none."""

    rows: int
    blanks: Mapping[str, int]
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    constant: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Profile:
        return cls(**{**content, "constant": tuple(content["constant"])})


def take_profile(frame: pl.DataFrame, contract: Contract) -> Profile:
    """One pass over each column of the contract; weeks are not looked at one by one."""
    columns = [column for column in contract.kept if column.name in frame.columns]
    looked_at = frame.select(
        *(pl.col(column.name).null_count().alias(f"{column.name} blanks") for column in columns),
        *(
            pl.col(column.name).min().eq_missing(pl.col(column.name).max()).alias(column.name)
            for column in columns
        ),
    ).row(0, named=True)
    return Profile(
        rows=frame.height,
        blanks={column.name: looked_at[f"{column.name} blanks"] for column in columns},
        codes={
            column.name: {
                str(code): count for code, count in frame[column.name].drop_nulls().value_counts().rows()
            }
            for column in columns
            if column.codes
        },
        constant=tuple(column.name for column in columns if looked_at[column.name]),
    )


def find_constant(profile: Profile, contract: Contract, vintage: date | None) -> list[Problem]:
    """Columns an answer hangs on, and which say the same of everybody."""
    if profile.rows < FEWEST_ROWS:
        return []
    return [
        Problem(
            contract.name,
            column.name,
            "all rows are blank" if profile.blanks[column.name] == profile.rows else "all rows say the same",
            profile.rows,
            "Have the extract made again: no register looks like this.",
            of=profile.rows,
            file=str(vintage) if vintage else None,
        )
        for column in contract.kept
        if column.varies and column.name in profile.constant
    ]
