"""Intervals: how far the level behind a share may lie from the share itself.

Belongs here: formulas on numbers that are already protected. Does not belong here: which numbers may be
shown.
"""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


def wilson_interval(
    successes: int, n: int, design_effect: float = 1.0, z: float = Z_95
) -> tuple[float, float]:
    """Wilson's score interval (low, high) for a proportion, with effective sample size n / design_effect.

    E. B. Wilson (1927), JASA 22; for clusters with the effective size as L. Kish (1965), Survey Sampling,
    8.2. Preferred to p +/- z * se, which leaves 0..1 for small shares and has width 0 at 0 and 1. A design
    effect below 1 is not used to narrow the interval. Raises ValueError for n < 1 or successes outside 0..n.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError("a proportion needs n >= 1 and 0 <= successes <= n")
    effective, p = n / max(design_effect, 1.0), successes / n
    centre = p + z * z / (2 * effective)
    half = z * sqrt(p * (1 - p) / effective + z * z / (4 * effective * effective))
    scale = 1 + z * z / effective
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def rounded_interval(
    successes: int, n: int, design_effect: float = 1.0, error: int = 0
) -> tuple[float, float]:
    """`wilson_interval` of published counts, each of which may be up to `error` off: moved outwards by as
    much as `error` children are of n."""
    low, high = wilson_interval(successes, n, design_effect)
    return max(0.0, low - error / n), min(1.0, high + error / n)
