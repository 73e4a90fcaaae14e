"""Whether typed tables are what they were, what they must be, and fit together.

Belongs here: profiles of tables, drift against the last good night, coverage between registers.
Does not belong here: contracts of one table (`schemas/gate.py`), Dagster (`assets/validated.py`).
"""

from assets.validation.coverage import find_uncovered
from assets.validation.drift import find_drift, find_missing_vintages
from assets.validation.profile import Profile, find_constant, take_profile

__all__ = [
    "Profile",
    "find_constant",
    "find_drift",
    "find_missing_vintages",
    "find_uncovered",
    "take_profile",
]
