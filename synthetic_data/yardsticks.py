"""What a synthetic delivery is held against: every figure, its target, how exactly that is known, from where.

Belongs here: the declarations; the target that a national figure becomes in a small invented country.
Does not belong here: measuring (`check.py`), what the process aims at to get there (`targets.py`).

A figure that two sources contradict, or that follows from others, is not held: docs/synthetic.md has the
arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthetic_data.targets import CHILDREN_IN_AREAS, ODDS_RATIOS

DST = "DST 2023"  # Statistics Denmark, 1 January 2023
CFBU, KL, KORA = "CFBU 2015", "KL 2016", "KORA 2015"
INFERRED = "inferred"  # margins that reproduce CFBU's 5 and 35-37 per cent under one common correlation
MIX = "mixture"  # follows from other figures of this list
OWN = "own choice"  # no source known: plausible, and what tests of the pipeline need


@dataclass(frozen=True)
class Yardstick:
    """`low` = `high` unless the target is a range; known to `digit`, in `unit`."""

    group: str
    name: str
    low: float
    high: float
    digit: float
    source: str
    unit: str = "%"


def _one(group: str, name: str, target: float, digit: float, source: str, unit: str = "%") -> Yardstick:
    return Yardstick(group, name, target, target, digit, source, unit)


def _spread_in_areas(shares: tuple[float, ...], at_risk: float) -> Iterator[Yardstick]:
    """Number of factors. 27, 10 and 0.8 make 37.8, more than the 35-37 that CFBU and KL found: anything
    between these and the same, scaled to the middle of that range.
    """
    high = sum(shares[3:])
    for n, share in enumerate(shares):
        scaled = share * (at_risk / high if n >= 3 else (100 - at_risk) / (100 - high))
        low, most = sorted((share, round(scaled, 1 + (share < 1))))
        yield Yardstick(AREAS, f"{n} factors", low, most, 0.1 if share < 1 and n else 1, INFERRED)


ALL, AREAS, HOMES, ADULTS = "all children", "in areas", "children", "residents 18-64"

YARDSTICKS: tuple[Yardstick, ...] = (
    *(_one(ALL, f"f{k} yes", p, 1, INFERRED) for k, p in enumerate((27, 2, 9, 17, 30), 1)),
    *(_one(AREAS, f"f{k} yes", p, 1, INFERRED) for k, p in enumerate((40, 5, 32, 46), 1)),
    # The mothers of the 4 % who live with the father and of the 1 % in care may live elsewhere.
    Yardstick(AREAS, "f5 yes", 95, 100, 1, INFERRED),
    _one(ALL, "at risk (3+)", 5, 1, CFBU),
    Yardstick(AREAS, "at risk (3+)", 35, 37, 1, f"{CFBU}, {KL}"),
    *(_one(ALL, f"{n} factors", p, 1, INFERRED) for n, p in enumerate((42, 36, 16))),
    *_spread_in_areas((0, 25, 38, 27, 10, 0.8), at_risk=36),
    Yardstick(ALL, "mean correlation of two factors", 0.15, 0.25, 0.01, INFERRED, ""),
    _one("residents", "under 18 in areas", 27, 1, KL),
    _one("residents", "under 18 in the rest", 20, 1, KL),
    # 200 areas with 500 children each, of 1,155,838.
    _one(HOMES, "live in areas", 100 * CHILDREN_IN_AREAS, 0.2, MIX),
    _one(HOMES, "with two registered parents", 96, 1, DST),
    _one(HOMES, "with both parents, of those with two", 77, 1, DST),
    _one(HOMES, "the same at 5", 83, 1, DST),
    _one(HOMES, "the same at 15", 65, 1, DST),
    _one(HOMES, "with the mother", 21, 1, DST),
    _one(HOMES, "with the father", 4, 1, DST),
    _one(HOMES, "not at home", 1, 1, DST),
    _one(HOMES, "whose mother is dead", 0.3, 0.1, DST),
    Yardstick(HOMES, "without a usable row of the mother", 1, 2, 1, INFERRED),
    Yardstick(HOMES, "whose mother has rows in earlier years only", 0.05, 1, 0.1, OWN),
    _one(HOMES, "per mother, in areas", 300 / 160, 0.1, INFERRED, ""),
    _one(ADULTS, "employed in areas", 46, 1, KL),
    _one(ADULTS, "employed in the rest", 73, 1, KL),
    _one(ADULTS, "public transfers per resident in areas", 65_000, 1_000, KL, "kr"),
    _one(ADULTS, "public transfers per resident in the rest", 29_000, 1_000, KL, "kr"),
    # § 61 a asks whether an area is below 55 % of its region: the areas lie around it.
    Yardstick(ADULTS, "gross income in areas, of the rest's", 55, 75, 1, OWN),
    Yardstick(ADULTS, "on kontanthjælp or førtidspension", 6, 14, 1, OWN),
    Yardstick("moves", "out of areas in a year", 10, 15, 1, INFERRED),
    Yardstick("moves", "into areas in a year", 10, 15, 1, INFERRED),
    Yardstick("recent immigrants", "education missing or not stated", 10, 15, 1, INFERRED),
    Yardstick("crime", "rate ratio areas : rest, 15-17", 2, 3, 0, KL, ""),
    Yardstick("crime", "rate ratio areas : rest, 15-29", 2, 3, 0, KL, ""),
    *(_one("outcomes", f"odds ratio of f{k}", float(r), 0, OWN, "") for k, r in enumerate(ODDS_RATIOS, 1)),
    _one("outcomes", "any measure by 15", 6.2, 0.4, KORA),  # "a little over 6"
    _one("outcomes", "preventive by 15", 4.8, 0.1, KORA),
    _one("outcomes", "placed by 15", 2.9, 0.1, KORA),
)
_BY_NAME = {(yardstick.group, yardstick.name): yardstick for yardstick in YARDSTICKS}


def find_yardstick(group: str, name: str, share_in_areas: float) -> Yardstick:
    """The target where `share_in_areas` of the children live in areas.

    What is said of all children holds where that is Denmark's 8.7 %: the areas' figure and the rest's make
    up another country's.
    """
    found = _BY_NAME[group, name]
    if name == "live in areas":
        return replace(found, low=100 * share_in_areas, high=100 * share_in_areas)
    there = _BY_NAME.get((AREAS, name))
    if group != ALL or there is None:
        return found
    inside = (there.low + there.high) / 2
    more = (share_in_areas - CHILDREN_IN_AREAS) / (1 - CHILDREN_IN_AREAS)
    target = found.low + more * (inside - found.low)
    return replace(found, low=target, high=target)
