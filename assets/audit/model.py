"""What an attacker knows about the children of one region: how counts hang together, as linear rows.

Belongs here: the unknowns of a region and the rows between them; one region is the smallest set of dwellings
that published areas tell apart. Does not belong here: areas (`geometry.py`), solving (`bounds.py`).

Unknowns of a region: children by state and certain factors (not at risk with 0, 1, 2; undetermined with 0, 1,
2; at risk with 3 or more), and per factor children with, without and with it unknown. The rows between both
come from a child's 3^5 possible patterns: for every set S of factors, a child with k certain factors has
between max(0, k - (5 - |S|)) and min(k, |S|) of them in S (Gale-Ryser), and likewise for the unknown ones and
for both together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

ALL_FACTORS = 5
CLASSES = ("o0", "o1", "o2", "u0", "u1", "u2", "a")
YES = {"o0": (0, 0), "o1": (1, 1), "o2": (2, 2), "u0": (0, 0), "u1": (1, 1), "u2": (2, 2), "a": (3, 5)}
UNKNOWN = {"o0": (0, 2), "o1": (0, 1), "o2": (0, 0), "u0": (3, 5), "u1": (2, 4), "u2": (1, 3), "a": (0, 2)}
EITHER = {"o0": (0, 2), "o1": (1, 2), "o2": (2, 2), "u0": (3, 5), "u1": (3, 5), "u2": (3, 5), "a": (3, 5)}
"""Fewest and most certain, unknown, and certain or unknown factors of a child in each class."""


@dataclass(frozen=True)
class Model:
    """Rows and measures of one region, for these factors."""

    factors: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(CLASSES) + 3 * len(self.factors)

    @cached_property
    def measures(self) -> dict[str, np.ndarray]:
        """Every count that is published of an area, as a row over the unknowns."""
        found = {
            "at_risk": self._row({"a": 1}),
            "not_at_risk": self._row({"o0": 1, "o1": 1, "o2": 1}),
            "undetermined": self._row({"u0": 1, "u1": 1, "u2": 1}),
            "n:0": self._row({"o0": 1, "u0": 1}),
            "n:1": self._row({"o1": 1, "u1": 1}),
            "n:2": self._row({"o2": 1, "u2": 1}),
            "n:3+": self._row({"a": 1}),
        }
        for i, factor in enumerate(self.factors):
            for j, kind in enumerate(("children_with", "children_without", "children_unknown")):
                row = np.zeros(self.size)
                row[len(CLASSES) + 3 * i + j] = 1
                found[f"{factor}:{kind}"] = row
        return found

    @cached_property
    def totals(self) -> np.ndarray:
        """Rows that each give the region's children."""
        rows = [self._row(dict.fromkeys(CLASSES, 1))]
        rows += [
            sum(self.measures[f"{f}:{k}"] for k in ("children_with", "children_without", "children_unknown"))
            for f in self.factors
        ]
        return np.array(rows)

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(matrix, low, high) of what holds in every region whatever its size."""
        if not self.factors:
            return np.zeros((0, self.size)), np.zeros(0), np.zeros(0)
        matrix, low, high = [], [], []
        seen: set[tuple] = set()
        for row, lo, hi in self._subset_rows():
            key = (tuple(row), lo, hi)
            if key not in seen:
                seen.add(key)
                matrix.append(row)
                low.append(lo)
                high.append(hi)
        return np.array(matrix), np.array(low), np.array(high)

    def _subset_rows(self) -> Iterator[tuple[np.ndarray, float, float]]:
        for kinds, per_child in (
            (("children_with",), YES),
            (("children_unknown",), UNKNOWN),
            (("children_with", "children_unknown"), EITHER),
        ):
            for size in range(1, len(self.factors) + 1):
                least = {c: max(0, low - (ALL_FACTORS - size)) for c, (low, _) in per_child.items()}
                most = {c: min(high, size) for c, (_, high) in per_child.items()}
                for chosen in combinations(self.factors, size):
                    of_factors = np.sum([self.measures[f"{f}:{k}"] for f in chosen for k in kinds], axis=0)
                    if any(least.values()):
                        yield of_factors - self._row(least), 0.0, np.inf
                    # Implied by the sum over single factors where every child may have all of S.
                    if any(most[c] < size for c in CLASSES):
                        yield of_factors - self._row(most), -np.inf, 0.0

    def _row(self, classes: dict[str, int]) -> np.ndarray:
        row = np.zeros(self.size)
        for i, name in enumerate(CLASSES):
            row[i] = classes.get(name, 0)
        return row


def model_of(factors: Sequence[str]) -> Model:
    return Model(tuple(sorted(factors)))
