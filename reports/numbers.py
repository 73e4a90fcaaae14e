"""Numbers and dates as Danes write them.

Belongs here: formatting of single values.
Does not belong here: sentences (`texts`).
"""

from __future__ import annotations

from datetime import date

NBSP = "\u00a0"
MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)


def whole(number: int) -> str:
    """1234 → 1.234"""
    return f"{number:,}".replace(",", ".")


def decimal(number: float) -> str:
    """At most one decimal, none if it is zero: 2.5 → 2,5 and 37.0 → 37"""
    return f"{number:,.1f}".replace(",", " ").replace(".", ",").replace(" ", ".").removesuffix(",0")


def percent(share_pct: float) -> str:
    """37.0 → 37 pct."""
    return f"{decimal(share_pct)}{NBSP}pct."


def percent_range(low_pct: float, high_pct: float) -> str:
    """(32.0, 43.0) → 32–43 pct."""
    return f"{decimal(low_pct)}–{percent(high_pct)}"


def full_date(day: date) -> str:
    """31. december 2024"""
    return f"{day.day}.{NBSP}{MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """31.12.2024"""
    return f"{day.day}.{day.month}.{day.year}"
