"""Three or more of five: the state of a child, where unknown is not no.

Belongs here: counting and the three states. Does not belong here: the factors, shares of areas.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

STATES = ("særlig", "ikke", "uafklaret")


def count_and_judge(factors: Sequence[str], threshold: int) -> list[pl.Expr]:
    """`n_yes`, `n_known`, `state` over the factor columns (true/false/null).

    særlig: yes to at least `threshold`. ikke: still below it if every unknown were yes. Otherwise uafklaret.
    """
    n_yes = pl.sum_horizontal(pl.col(factors)).cast(pl.Int8)
    n_known = pl.sum_horizontal(pl.col(factors).is_not_null()).cast(pl.Int8)
    n_unknown = len(factors) - n_known
    særlig, ikke, uafklaret = (pl.lit(state) for state in STATES)
    state = (
        pl.when(n_yes >= threshold)
        .then(særlig)
        .when(n_yes + n_unknown < threshold)
        .then(ikke)
        .otherwise(uafklaret)
    )
    return [n_yes.alias("n_yes"), n_known.alias("n_known"), state.alias("state")]
