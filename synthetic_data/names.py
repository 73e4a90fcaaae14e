"""Invented Danish names for municipalities, areas and afdelinger.

Belongs here: name parts and how they are combined.
Does not belong here: which areas there are (`areas.py`).

No name is that of a real municipality or housing area known to us; a likeness is chance.
"""

from __future__ import annotations

# Codes 901-903 are in no Danish list of municipalities.
KOMMUNER: tuple[tuple[int, str], ...] = (
    (901, "Ravnsø Kommune"),
    (902, "Æblehøj Kommune"),
    (903, "Strandmølle Ås Kommune"),
)

_FIRST = (
    "Mosehøj", "Ræveskov", "Klokkeblomst", "Tjørnelund", "Ærtemark", "Ødegårds", "Åkande", "Stenrøse",
    "Brombær", "Hyldebusk", "Lærkemose", "Gøgeurt", "Sivsø", "Kornblomst", "Pilebæk", "Uglehøj",
    "Skovmærke", "Rønnebær", "Vibeeng", "Hasselnød", "Bøgekrat", "Lyngbakke", "Engkarse", "Sølvpoppel",
)  # fmt: skip
_LAST = ("parken", "vænget", "gården", "toften", "bakken", "haven", "engen", "kvarteret", "byen", "lunden")
_STREETS = ("Øst", "Vest", "Nord", "Syd", "Midt")
_PLANS = ("Sammen om", "Fællesskab i", "Trygt i", "Børn og unge i", "Hånd i hånd i", "Naboskab i")


def area_name(number: int) -> str:
    """Name of area `number` (0, 1, …); unique for the first 240, numbered after that."""
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[(number + number // len(_FIRST)) % len(_LAST)]
    turn = number // (len(_FIRST) * len(_LAST))
    return first + last + (f" {turn + 1}" if turn else "")


def afdeling_name(area: int, number: int) -> str:
    """Name of afdeling `number` (0, 1, …, 4) of an area."""
    return f"{area_name(area)}, afdeling {_STREETS[number]}"


def plan_name(number: int, first_area: int) -> str:
    """Name of helhedsplan `number`, whose first area is `first_area`."""
    return f"{_PLANS[number % len(_PLANS)]} {area_name(first_area)}"
