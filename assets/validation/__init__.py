"""Whether typed tables are what they were, what they must be, and fit together.

Belongs here: profiles of tables, drift against the last good night, coverage between registers, and judging
by all of them.
Does not belong here: contracts of one table (`schemas/gate.py`), Dagster (`assets/validated.py`).
"""

from assets.validation.drift import find_missing_vintages
from assets.validation.judging import Judgement, judge_table, judge_together
from assets.validation.profile import Profile

__all__ = [
    "Judgement",
    "Profile",
    "find_missing_vintages",
    "judge_table",
    "judge_together",
]
