"""ISO weeks as DREAM names its columns: `y_YYWW`, a year of two digits and a week of two.

Belongs here: from a name to the week's Monday and back.
Does not belong here: what a week's code means (`registers/dream.py`).

A week belongs to the year of its Thursday: y_2053 begins on 28 December 2020 and ends on 3 January 2021.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_NAME = re.compile(r"^y_(?P<year>\d{2})(?P<week>\d{2})$")
_FIRST_YEAR = 91  # DREAM begins in 1991, so 91-99 are the last century


def is_week_name(name: str) -> bool:
    """Is it named like a week, in any casing? The week need not exist."""
    return bool(_NAME.match(name.strip().lower()))


def monday_of(name: str) -> date | None:
    """The first day of the week a column is named after; None for other names, and weeks that don't exist."""
    if (found := _NAME.match(name.strip().lower())) is None:
        return None
    year = int(found["year"])
    try:
        return date.fromisocalendar(year + (1900 if year >= _FIRST_YEAR else 2000), int(found["week"]), 1)
    except ValueError:
        return None


def week_name(monday: date) -> str:
    """The column of the week that begins on `monday`."""
    return f"y_{monday:%g%V}"


def last_completed(day: date) -> date:
    """The Monday of the last week that has ended: its Sunday is `day` or earlier."""
    return day - timedelta(days=day.isoweekday() % 7 + 6)


def weeks_between(first: date, last: date) -> list[str]:
    """The columns of every week from the Monday `first` to the Monday `last`, both included."""
    return [week_name(first + timedelta(weeks=n)) for n in range((last - first).days // 7 + 1)]
