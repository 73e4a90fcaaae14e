"""Rows that contradict themselves or another row: left aside and counted, or too many of them.

Belongs here: applying the contract's row rules, and who can be whose mother.
Does not belong here: the rules (`schemas/registers`), keys and intervals (`typed.py`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from assets.extracts.row_numbers import ROW, RowNumbers
from schemas.contracts import Contract, Mothers
from schemas.errors import Problem
from schemas.quarantine import Quarantine


def apply_row_rules(
    frame: pl.DataFrame, contract: Contract, vintage: date, problems: list[Problem], numbers: RowNumbers
) -> tuple[pl.DataFrame, list[Quarantine]]:
    """The frame with what can't be made unknown, and what was left aside; a rule broken too often goes to
    `problems`. `frame` is sorted by key."""
    left: list[Quarantine] = []

    def settle(
        column: str, rule: str, broken: pl.Series, of: int, limit: float, then: str, action: str
    ) -> bool:
        """Whether the rows, by place in the delivery, are left aside."""
        count = len(broken)
        # In a small register one row is more than any share.
        if count > 1 and count / of > limit:
            problems.append(Problem(contract.name, column, rule, count, action, of=of))
            numbers.note(column, rule, broken)
            return False
        # A rule about most rows says nothing about single ones.
        if count and limit < 0.5:
            left.append(Quarantine(contract.name, vintage, column, f"{rule}, {then}", count, of))
            numbers.note(column, left[-1].rule, broken)
        return bool(count)

    if contract.row_rules:
        counts = frame.select(
            *(rule.breaks(vintage).sum().alias(f"breaks {n}") for n, rule in enumerate(contract.row_rules)),
            *(pl.col(rule.column).count().alias(f"of {n}") for n, rule in enumerate(contract.row_rules)),
        ).row(0, named=True)
        for n, rule in enumerate(contract.row_rules):
            breaks, of = rule.breaks(vintage), counts[f"of {n}"]
            broken = frame.filter(breaks)[ROW] if counts[f"breaks {n}"] else frame[ROW][:0]
            is_left = settle(rule.column, rule.rule, broken, of, rule.limit, rule.left, rule.action)
            if is_left and rule.blanks:
                kept = pl.when(~breaks.fill_null(False)).then(rule.column)
                frame = frame.with_columns(kept.alias(rule.column))
    if contract.mothers:
        frame = _check_mothers(frame, contract.mothers, settle)
    return frame, left


def _check_mothers(frame: pl.DataFrame, rule: Mothers, settle) -> pl.DataFrame:
    """Every person whose mother is in the table: her age at the birth, her sex. In a circle of mothers
    somebody is younger than her child, so that none stays whole."""
    ids, wanted = frame[rule.key].to_numpy(), frame[rule.column].drop_nulls()
    if wanted.is_empty():
        return frame
    child = np.flatnonzero(frame[rule.column].is_not_null().to_numpy())
    needles = wanted.to_numpy()
    place = np.searchsorted(ids, needles)
    place[place == len(ids)] = 0
    is_found = ids[place] == needles
    child, mother = child[is_found], place[is_found]
    born = frame[rule.born]
    pairs = pl.DataFrame({"child": born[child], "mother": born[mother], "sex": frame[rule.sex[0]][mother]})
    day_of_year = [
        pl.col(who).dt.month().cast(pl.Int16) * 100 + pl.col(who).dt.day() for who in pairs.columns[:2]
    ]
    years = pl.col("child").dt.year() - pl.col("mother").dt.year() - (day_of_year[0] < day_of_year[1])
    judged = pairs.select(
        young=years < rule.youngest, old=years > rule.oldest, man=pl.col("sex") != rule.sex[1]
    )
    wrong = np.zeros(len(child), dtype=bool)
    for name, words in (
        ("young", f"mothers are younger than {rule.youngest} at the birth"),
        ("old", f"mothers are older than {rule.oldest} at the birth"),
        ("man", "mothers are men"),
    ):
        broken = judged[name].fill_null(False)
        if settle(
            rule.column,
            words,
            frame[ROW].gather(child[broken]),
            len(child),
            rule.limit,
            "mother unknown",
            "Is it the right column, and the same pseudonyms throughout?",
        ):
            wrong |= broken.to_numpy()
    if not wrong.any():
        return frame
    mask = np.zeros(frame.height, dtype=bool)
    mask[child[wrong]] = True
    return frame.with_columns(pl.when(~pl.Series(mask)).then(rule.column).alias(rule.column))
