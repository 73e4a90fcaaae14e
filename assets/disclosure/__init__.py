"""Disclosure control: from exact counts to protected tables, by a written policy.

Belongs here: what other packages may use. Does not belong here: files, Dagster, DuckDB.
"""

from assets.disclosure.policy import POLICY_FILE, Policy, load_policy
from assets.disclosure.protect import Protected, protect
from assets.disclosure.tables import CELL_SCHEMA

__all__ = ["CELL_SCHEMA", "POLICY_FILE", "Policy", "Protected", "load_policy", "protect"]
