"""What a release has to withstand, in plain numbers that the caller takes from its policy.

Belongs here: the numbers. Does not belong here: reading a policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """`base` is the rounding base; 1 means that counts are exact or hidden."""

    base: int = 5
    min_width: int = 4
    """Every count that isn't published exactly must have at least `min_width` + 1 possible values."""
    min_width_across: int = 3
    """The same after everything from other dates and revisions was added under the attacker's assumption that
    nothing changed where the population didn't. Two valid roundings of one count leave base - 1 values."""
    min_children: int = 50
    min_mothers: int = 30
    group_share: float = 0.9
    """From this share on a row says something about everyone in it."""
    factor_children: Mapping[str, int] = field(default_factory=dict)
    """Children an area below municipality must have before a factor may be published, by factor."""
    share_points: float = 2.0
    """A share is NULL where rounding alone can move it by more percentage points."""
    seconds: float = 600
    """Time for the whole attack. What is not reached in time is named in the report."""

    def __post_init__(self) -> None:
        if self.base < 1 or self.min_width < 0 or not 0.5 < self.group_share <= 1:
            raise ValueError("limits: base at least 1, min_width at least 0, group_share above 0.5")
