"""Municipalities by their real codes and invented names; invented names of areas, afdelinger and plans.

Belongs here: code lists, name parts and how they are combined.
Does not belong here: which areas there are (`areas.py`).

The 98 codes are real, so that code lists and regions are put to use; every name is invented, so that nobody
takes a figure for a fact. No name is that of a real municipality or housing area known to us; a likeness is
chance.
"""

from __future__ import annotations

CODES_OF_REGION: dict[int, tuple[int, ...]] = {
    84: (101, 147, 151, 153, 155, 157, 159, 161, 163, 165, 167, 169, 173, 175, 183, 185, 187, 190, 201, 210,
         217, 219, 223, 230, 240, 250, 260, 270, 400),
    85: (253, 259, 265, 269, 306, 316, 320, 326, 329, 330, 336, 340, 350, 360, 370, 376, 390),
    83: (410, 420, 430, 440, 450, 461, 479, 480, 482, 492, 510, 530, 540, 550, 561, 563, 573, 575, 580, 607,
         621, 630),
    82: (615, 657, 661, 665, 671, 706, 707, 710, 727, 730, 740, 741, 746, 751, 756, 760, 766, 779, 791),
    81: (773, 787, 810, 813, 820, 825, 840, 846, 849, 851, 860),
}  # fmt: skip
KOM_CODES = tuple(sorted(code for codes in CODES_OF_REGION.values() for code in codes))
REGION_OF = {code: region for region, codes in CODES_OF_REGION.items() for code in codes}
# Before 1 January 2007 there were 271; these are some of those that went into a later one. 461 and 630, among
# others, were numbers of other municipalities then.
CODES_BEFORE_2007: dict[int, tuple[int, ...]] = {
    190: (189, 207), 210: (208, 227), 240: (171, 235, 237), 250: (209, 221, 225, 229),
    306: (305, 327, 343), 330: (325, 331, 333), 340: (311, 335, 340), 370: (357, 373, 393),
    376: (369, 375, 391), 410: (429, 445, 451),
    430: (425, 431, 473), 479: (427, 435, 479), 540: (501, 523, 537), 550: (505, 521, 541),
    561: (557, 561, 571), 573: (553, 567, 573), 630: (541, 611, 631), 657: (651, 657, 677, 685),
    706: (701, 703, 721), 730: (717, 729, 731), 740: (743, 749, 771), 791: (761, 769),
    851: (803, 837, 849, 851), 860: (819, 821, 839),
}  # fmt: skip

_KOM_FIRST = ("Ravn", "Æble", "Ulve", "Hjorte", "Lærke", "Måge", "Ege", "Birke", "Trane", "Orne",
              "Grævlinge", "Sval", "Odder", "Ørne", "Elle")  # fmt: skip
_KOM_LAST = ("sø", "høj", "mølle", "å", "lund", "vig", "bro")
_FIRST = (
    "Mosehøj", "Ræveskov", "Klokkeblomst", "Tjørnelund", "Ærtemark", "Ødegårds", "Åkande", "Stenrøse",
    "Brombær", "Hyldebusk", "Lærkemose", "Gøgeurt", "Sivsø", "Kornblomst", "Pilebæk", "Uglehøj",
    "Skovmærke", "Rønnebær", "Vibeeng", "Hasselnød", "Bøgekrat", "Lyngbakke", "Engkarse", "Sølvpoppel",
)  # fmt: skip
_LAST = ("parken", "vænget", "gården", "toften", "bakken", "haven", "engen", "kvarteret", "byen", "lunden")
_STREETS = ("Øst", "Vest", "Nord", "Syd", "Midt")
_PLANS = ("Sammen om", "Fællesskab i", "Trygt i", "Børn og unge i", "Hånd i hånd i", "Naboskab i")


def kommune_name(code: int) -> str:
    number = KOM_CODES.index(code)
    first = _KOM_FIRST[number % len(_KOM_FIRST)]
    return f"{first}{_KOM_LAST[number // len(_KOM_FIRST)]} Kommune"


def area_name(number: int) -> str:
    """Name of area `number` (0, 1, …); unique for the first 240, numbered after that."""
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[(number + number // len(_FIRST)) % len(_LAST)]
    turn = number // (len(_FIRST) * len(_LAST))
    return first + last + (f" {turn + 1}" if turn else "")


def afdeling_name(area: int, number: int) -> str:
    """Name of afdeling `number` (0, 1, …) of an area."""
    turn = number // len(_STREETS)
    return f"{area_name(area)}, afdeling {_STREETS[number % len(_STREETS)]}" + (
        f" {turn + 1}" if turn else ""
    )


def plan_name(number: int, first_area: int) -> str:
    """Name of helhedsplan `number`, whose first area is `first_area`."""
    return f"{_PLANS[number % len(_PLANS)]} {area_name(first_area)}"
