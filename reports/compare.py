"""Comparisons: is a factor more widespread here than there, and which units are alike.

Belongs here: the two calculations, on protected numbers alone. Shares of small areas are not shrunken toward
others: docs/analysts.md says why.
Does not belong here: words (`texts`), choosing what is compared with what (`model`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.model import Unit

Z95 = 1.96
ROUNDING = 4
"""Children that controlled rounding to base 5 may move a count by, at most."""


@dataclass(frozen=True)
class Factor:
    """One row of `area_factor`: counts of children, share in percent. None = hidden."""

    key: str
    with_it: int | None
    without_it: int | None
    unknown: int | None
    share_pct: float | None
    status: str

    @property
    def known(self) -> int | None:
        """Children for whom the factor is known; the share's denominator."""
        if self.with_it is None or self.without_it is None:
            return None
        return self.with_it + self.without_it


@dataclass(frozen=True)
class Comparison:
    """A factor here and there, percentage points between them, and whether that is more than uncertainty.

    `verdict`: above, below, same; None where a number is hidden.
    """

    key: str
    own: Factor
    other: Factor | None
    difference: float | None
    verdict: str | None


def compare(own: Factor, other: Factor | None, design_effect: float) -> Comparison:
    """Hold a factor against the same factor elsewhere.

    Above or below only where the difference exceeds the 95 % limits of a difference between two shares
    (siblings as clusters, by the published design effect), plus what rounding can have moved both.
    """
    if other is None or own.share_pct is None or other.share_pct is None or not own.known or not other.known:
        return Comparison(own.key, own, other, None, None)
    difference = own.share_pct - other.share_pct
    variance = points = 0.0
    for factor in (own, other):
        share, n = (factor.with_it or 0) / (factor.known or 1), factor.known or 1
        variance += max(design_effect, 1.0) * share * (1 - share) / n
        # Whole percents by themselves move a share by half a point.
        points += 0.5 + (100 * ROUNDING / n if factor.status == "rounded" else 0.0)
    limit = 100 * Z95 * sqrt(variance) + points
    verdict = "above" if difference > limit else "below" if difference < -limit else "same"
    return Comparison(own.key, own, other, difference, verdict)


def nearest(units: Sequence[Unit], day: date, count: int) -> dict[str, tuple[Unit, ...]]:
    """For each unit the `count` others most like it in size and profile; none for a unit without numbers.

    Three blocks weigh alike: size (log of children), age (shares of the five bands) and profile (shares by
    number of factors, and of each factor). Each feature is scaled by its spread; a feature hidden for either
    of two units is left out for that pair. Because of those gaps this is plain Euclidean distance: nearest
    neighbour searches take no nulls, and filling them in would invent numbers. Not part of it: the share
    itself, whose comparison is the point.
    """
    import numpy as np

    shown = [u for u in units if u.series[day].children and u.numbers[0].children is not None]
    found: dict[str, tuple[Unit, ...]] = {u.area_id: () for u in units}
    if len(shown) < 3:
        return found
    blocks: list[list[list[float]]] = [[], [], []]
    for unit in shown:
        children = unit.series[day].children or 0
        blocks[0].append([log(children)])
        blocks[1].append(_parts([a.children for a in unit.ages]))
        shares = [f.share_pct for f in unit.factors.values()]
        blocks[2].append(
            [*_parts([n.children for n in unit.numbers]), *(float("nan") if s is None else s for s in shares)]
        )
    total, weight = np.zeros((len(shown), len(shown))), np.zeros((len(shown), len(shown)))
    for block in blocks:
        values = np.array(block)
        known = ~np.isnan(values)
        some = known.any(axis=0)
        values, known = values[:, some], known[:, some]
        if not values.size:
            continue
        spread = np.nanstd(values, axis=0)
        scaled = np.where(known, values / np.where(spread > 0, spread, 1.0), 0.0)
        both = known[:, None, :] & known[None, :, :]
        squares = np.where(both, (scaled[:, None, :] - scaled[None, :, :]) ** 2, 0.0).sum(axis=2)
        features = both.sum(axis=2)
        total += np.where(features > 0, squares / np.maximum(features, 1), 0.0)
        weight += features > 0
    distance = np.where(weight > 0, total / np.maximum(weight, 1), np.inf).round(9)
    for i, unit in enumerate(shown):
        order = sorted(
            (j for j in range(len(shown)) if j != i), key=lambda j: (distance[i, j], shown[j].area_id)
        )
        found[unit.area_id] = tuple(shown[j] for j in order[:count])
    return found


def _parts(children: Sequence[int | None]) -> list[float]:
    """Each count as a share of their sum; NaN where one is hidden."""
    counts = [c for c in children if c is not None]
    total = sum(counts)
    if len(counts) < len(children) or not total:
        return [float("nan")] * len(children)
    return [c / total for c in counts]
