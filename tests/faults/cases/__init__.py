"""The faults, group by group.

Belongs here: the list of groups. Does not belong here: a fault (one module per group).
"""

from __future__ import annotations

from tests.faults.cases import deliveries, drift, geography, hostile, people, personal, shape
from tests.faults.fault import Group

GROUPS: tuple[Group, ...] = (
    deliveries.GROUP,
    shape.GROUP,
    drift.GROUP,
    people.GROUP,
    personal.GROUP,
    geography.GROUP,
    hostile.GROUP,
)
