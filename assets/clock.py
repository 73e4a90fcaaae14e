"""What time it is, and whether a time is long enough ago.

Belongs here: the one place that asks the clock, so that a test can set it. Standard library only.
Does not belong here: reference dates and vintages, which follow the delivery and not the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta


def now() -> datetime:
    """With its offset: on the night the clock is set back, 02:30 exists twice."""
    return datetime.now().astimezone()


def stamp() -> str:
    return now().isoformat(timespec="seconds")


def is_over(since: datetime, days: timedelta) -> bool:
    """Whether `days` have passed. So they have if `since` lies ahead: the clock was wrong then, or is now."""
    # Written without an offset by an earlier version: local time.
    age = now() - since.astimezone()
    return age >= days or age < timedelta(0)
