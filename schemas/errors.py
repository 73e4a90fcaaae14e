"""What may be said when something is wrong: register, column, rule, count and what to do. Never a value,
never a row.

Belongs here: the errors whose exit code the command line returns.
Does not belong here: finding problems (`gate.py`, `assets/extracts`), printing them (`pipelines/cli.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One problem, worded without data: `count` of `of` rows break `rule`; `action` says what to do next.

    `file` is the path below the delivery folder, where one file is to blame; `row_numbers` the file below
    the data home that lists the rows.
    """

    register: str
    column: str
    rule: str
    count: int
    action: str
    of: int | None = None
    file: str | None = None
    row_numbers: str | None = None

    def __str__(self) -> str:
        where = ".".join(part for part in (self.register, self.column) if part)
        rows = f"{self.count:,} of {self.of:,} rows" if self.of is not None else f"{self.count:,}"
        file = f" ({self.file})" if self.file else ""
        listed = f" Row numbers: {self.row_numbers}." if self.row_numbers else ""
        return f"{where}{file}: {self.rule}: {rows}. {self.action}{listed}".strip()


class FemfaktorError(Exception):
    """An expected failure: `exit_code` is what the command line returns (README, "Exit codes")."""

    exit_code = 50


class InputRefused(FemfaktorError):
    """The delivery breaks its contract. Carries every problem found, not just the first."""

    exit_code = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DisclosureRefused(FemfaktorError):
    """The release can't be shown to be safe, or may not be approved."""

    exit_code = 21


class AlreadyRunning(FemfaktorError):
    """Another run holds the data home."""

    exit_code = 30


class EnvironmentUnfit(FemfaktorError):
    """Disk, rights or set-up: nothing is wrong with the data."""

    exit_code = 40
