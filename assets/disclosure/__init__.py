"""Disclosure control: from exact counts to protected tables, by a written policy.

Belongs here: what other packages may use. Does not belong here: files, Dagster, DuckDB.
"""

from assets.disclosure.policy import Policy, load_policy
from assets.disclosure.protect import protect

__all__ = ["Policy", "load_policy", "protect"]
