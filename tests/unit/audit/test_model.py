"""The rows of a region are exactly what children with five factors can be: compared with every pattern."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from scipy import sparse

from assets.audit.bounds import System
from assets.audit.model import Model, model_of
from tests.support.published_tables import FACTORS, counts_of
from tests.unit.audit.enumeration import exact_bounds

PATTERNS = list(product((True, False, None), repeat=5))


def region(model: Model, children: int, more=()) -> System:
    matrix, low, high = model.rows
    parts = [matrix, model.totals, *[row[None, :] for row, _ in more]]
    total = np.full(len(model.totals), children)
    values = np.array([value for _, value in more], dtype=float)
    return System(
        sparse.csr_matrix(np.vstack(parts)),
        np.concatenate([low, total, values]),
        np.concatenate([high, total, values]),
        np.zeros(model.size),
        np.full(model.size, float(children)),
    )


def test_every_possible_child_fits():
    model = model_of(FACTORS)
    matrix, low, high = model.rows
    for pattern in PATTERNS:
        counts = counts_of([(pattern, 0)])
        x = np.zeros(model.size)
        yes = counts["n:1"] + 2 * counts["n:2"]
        kind = "a" if counts["at_risk"] else ("o" if counts["not_at_risk"] else "u") + str(yes)
        x[("o0", "o1", "o2", "u0", "u1", "u2", "a").index(kind)] = 1
        for i, factor in enumerate(model.factors):
            for j, part in enumerate(("children_with", "children_without", "children_unknown")):
                x[7 + 3 * i + j] = counts[f"{factor}:{part}"]
        assert (matrix @ x >= low).all() and (matrix @ x <= high).all(), pattern
        assert (model.totals @ x == 1).all()
        assert {name: int(row @ x) for name, row in model.measures.items()} == {
            name: counts[name] for name in model.measures
        }


@pytest.mark.parametrize("children", [1, 2])
def test_bounds_given_some_counts_are_those_of_all_children_there_could_be(children):
    # Every set of one or two children with five factors, by counts; knowing three counts bounds the others.
    model = model_of(FACTORS)
    names = list(model.measures)
    worlds = np.unique(
        np.array(
            [
                [counts[name] for name in names]
                for group in combinations_with_replacement(PATTERNS, children)
                for counts in [counts_of([(p, 0) for p in group])]
            ]
        ),
        axis=0,
    )
    random = np.random.default_rng(7)
    for _ in range(25):
        truth = worlds[random.integers(len(worlds))]
        known = random.choice(len(names), 3, replace=False)
        fitting = worlds[(worlds[:, known] == truth[known]).all(axis=1)]
        made = region(model, children, [(model.measures[names[k]], truth[k]) for k in known])
        for j in random.choice(len(names), 4, replace=False):
            bounds = exact_bounds(made, model.measures[names[j]])
            assert bounds == (fitting[:, j].min(), fitting[:, j].max()), (names[j], [names[k] for k in known])
