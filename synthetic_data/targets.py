"""The figures that the invented country is held to, and what follows from them inside and outside the areas.

Belongs here: numbers with their meaning; the arithmetic that splits a national figure between areas and rest.
Does not belong here: how a process reaches them (`lifecourse.py`, `moving.py`, `traits.py`), measuring them
(`check.py`).

Sources: Statistics Denmark, CFBU 2015, KL 2016, KORA 2015. National figures per factor are known with two
digits; only together with a share of children in the areas do they say anything about the rest.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# f1..f5 among children for whom the factor is known.
NATIONAL = np.array([0.264, 0.02, 0.0935, 0.173, 0.30])
IN_AREAS = np.array([0.374, 0.047, 0.320, 0.462, 1.0])
CHILDREN_IN_AREAS = 0.087  # of all children: 200 areas with 500 each, of 1.16 million
OUTSIDE = (NATIONAL - CHILDREN_IN_AREAS * IN_AREAS) / (1 - CHILDREN_IN_AREAS)
CORRELATION = 0.18  # of any two factors' latent dispositions; about 0.17 is left when factors are counted
CORRELATION_IN_AREAS = 0.165  # of those who move in: work and convictions change before they are counted
AT_RISK_NATIONAL = 0.049
# ... which takes from the middle: who moves in, by how many of the first four factors, of the above.
TILT = np.array([0.90, 0.98, 1.08, 1.04, 2.6])

MINORS_OUTSIDE, MINORS_IN_AREAS = 0.20, 0.27  # under 18, of the residents
EMPLOYED_OUTSIDE, EMPLOYED_IN_AREAS = 0.73, 0.46  # of those aged 18-64
TRANSFERS_OUTSIDE, TRANSFERS_IN_AREAS = 29_000, 65_000  # kr per resident aged 18-64
FOREIGN_OUTSIDE, FOREIGN_IN_AREAS = 0.09, 0.38  # immigrants and descendants among the adults
YOUTH_CRIME_RATIO = 2.5
WITH_FATHER, NOT_AT_HOME = 0.0435, 0.0105  # of the children
MEASURES_BY_15, PREVENTIVE_BY_15, PLACED_BY_15 = 0.062, 0.048, 0.029
ODDS_RATIOS = np.array([1.9, 2.4, 2.2, 1.7, 1.4])  # of a new measure in a year, per factor a year before


def share_of_minors(share_in_areas: float) -> float:
    """Under 18 among all residents, when `share_in_areas` of the children live in areas."""
    # children = 0.27 a + 0.20 (1 - a) with a the areas' share of residents, and 0.27 a = share * children.
    inside = share_in_areas / MINORS_IN_AREAS
    return MINORS_OUTSIDE / (1 - share_in_areas + MINORS_OUTSIDE * inside)


@cache
def _normal_nodes() -> tuple[Floats, Floats]:
    """Points and weights that integrate over a standard normal variable."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return nodes, weights / weights.sum()


def joint_cells(margins: Floats, correlation: float = CORRELATION) -> Floats:
    """P of each of 2^k combinations (bit i = factor i) under a one-factor normal copula."""
    nodes, weights = _normal_nodes()
    normal = NormalDist()
    borders = np.array([normal.inv_cdf(float(m)) for m in margins])
    inner = (borders[:, None] + np.sqrt(correlation) * nodes) / np.sqrt(1 - correlation)
    given = np.vectorize(normal.cdf)(inner)
    cells = np.ones((2 ** len(margins), len(nodes)))
    for cell in range(len(cells)):
        for k in range(len(margins)):
            cells[cell] *= given[k] if cell >> k & 1 else 1 - given[k]
    return (cells * weights).sum(axis=1)  # not BLAS, whose last bits hang on the number of cores


AT_RISK_IN_AREAS = float(
    sum(p for cell, p in enumerate(joint_cells(IN_AREAS[:4])) if bin(cell).count("1") >= 2)
)  # every child there lives in a rented dwelling
