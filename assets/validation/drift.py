"""Drift: what has changed since the last good night by more than a register changes.

Belongs here: holding two profiles against each other.
Does not belong here: taking profiles (`profile.py`), the limits (`assets/settings.py`), letting a drift pass
(`assets/validated.py`).

A status day is held against itself on the last good night; a new one against the one before it. Shares are
quotients of whole numbers: differences of two shares would miss a limit that is met exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from assets.settings import Drift
from assets.validation.profile import FEWEST_ROWS, Profile
from schemas.contracts import Contract
from schemas.errors import Problem

_ACTION = "Compare with the delivery before. If it is right: femfaktor nightly --accept-drift {}, once."


def find_drift(
    contract: Contract,
    vintage: date | None,
    now: Profile,
    before: Mapping[date | None, Profile],
    limits: Drift,
) -> list[Problem]:
    """What drifted in one table; `before` by status day, as of the last good night. Within the limits, both
    included: nothing."""
    reference = _reference(vintage, before)
    if reference is None or before[reference].rows < FEWEST_ROWS:
        return []
    was, problems = before[reference], []

    def drifted(column: str, rule: str, count: int, of: int) -> None:
        name = f"{contract.name}/{vintage}" if vintage else contract.name
        action, file = _ACTION.format(name), str(vintage) if vintage else None
        problems.append(Problem(contract.name, column, rule, count, action, of=of, file=file))

    gone = was.rows - now.rows
    if abs(gone) / max(was.rows, now.rows) > limits.of(contract.name).rows:
        drifted(
            "",
            "rows fewer than on the last good night" if gone > 0 else "rows more than on the last good night",
            abs(gone),
            was.rows,
        )
    for column in now.blanks.keys() & was.blanks.keys():
        limit = limits.of(contract.name, column)
        change = now.blanks[column] * was.rows - was.blanks[column] * now.rows
        if abs(change) / (now.rows * was.rows) > limit.blanks:
            words = "more" if change > 0 else "fewer"
            drifted(column, f"{words} blanks than on the last good night", now.blanks[column], now.rows)
        elif column in now.constant and column not in was.constant:
            drifted(column, "all rows say the same, unlike on the last good night", now.rows, now.rows)
        elif (moved := _moved(contract, column, vintage, reference, now, was)) > limit.codes:
            coded = now.rows - now.blanks[column]
            rule = "codes are spread otherwise than on the last good night"
            drifted(column, rule, round(moved * coded), coded)
    return sorted(problems, key=lambda problem: problem.column)


def _reference(vintage: date | None, before: Mapping[date | None, Profile]) -> date | None:
    if vintage in before:
        return vintage
    earlier = [day for day in before if day and vintage and day < vintage]
    return max(earlier, default=None)


def _moved(
    contract: Contract, column: str, vintage: date | None, reference: date | None, now: Profile, was: Profile
) -> float:
    """Share of the codes that changed; 0 where the code list itself did."""
    lists = contract.column(column).codes
    if not lists or lists.at(vintage) != lists.at(reference):
        return 0.0
    a, b = now.codes.get(column, {}), was.codes.get(column, {})
    of_a, of_b = sum(a.values()), sum(b.values())
    if not of_a or not of_b:
        return 0.0
    moved = sum(abs(a.get(code, 0) * of_b - b.get(code, 0) * of_a) for code in a.keys() | b.keys())
    return moved / (2 * of_a * of_b)


def find_missing_vintages(
    contract: Contract, delivered: Iterable[date | None], before: Iterable[date | None]
) -> list[Problem]:
    """Status days of a required register that the last good night had and that are no longer delivered."""
    if not contract.required:
        return []
    return [
        Problem(
            contract.name,
            "",
            "delivered on the last good night, and no longer",
            1,
            f"Is a file missing? If not: femfaktor nightly --accept-drift {contract.name}/{day}, once.",
            file=str(day),
        )
        for day in sorted({*before} - {*delivered}, key=str)
        if day is not None
    ]
