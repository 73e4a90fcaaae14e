"""Housing areas: municipalities, helhedsplaner, areas, afdelinger, and the lists a delivery has of them.

Belongs here: how many areas of which size, names, validity, which afdeling lies in which areas.
Does not belong here: which dwelling belongs to which afdeling (`moving.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from synthetic_data import targets
from synthetic_data.names import KOM_CODES, afdeling_name, area_name, kommune_name, plan_name
from synthetic_data.scope import Scope
from synthetic_data.society import Bools, Floats, Ints, Rows

DENMARK = 5_900_000  # persons, in 98 municipalities, 200 areas and 90 plans
REGION = 300_000  # persons, in 5 municipalities and 24 areas
OPENED = date(2000, 1, 1)
TINY_AREAS = 0.13  # of the areas have under 50 children, in populations smaller than a country
NO_PLAN = -1


@dataclass(frozen=True)
class Areas:
    """`n` areas with `weights` (share of the areas' children) and their afdelinger, numbered through."""

    kommuner: tuple[int, ...]
    kommune_weights: Floats  # share of the residents outside the areas
    weights: Floats
    pressure: Floats  # areas under more of it get the more exposed newcomers
    kom: Ints  # of each area
    plan: Ints  # of each area; NO_PLAN
    area_of: Ints  # of each afdeling
    afdeling_weights: Floats  # share of the area's dwellings
    overlap: tuple[int, int]  # an afdeling, and a second area that lists its dwellings too
    renamed: int  # an afdeling that got a new number ...
    renamed_on: date  # ... on this day
    stairwell: tuple[int, int]  # from this afdeling, one stairwell moves to that one ...
    moved_on: date  # ... on this day

    @property
    def n(self) -> int:
        return len(self.weights)

    def draw_afdelinger(self, rng: np.random.Generator, area: Rows | Ints) -> Ints:
        """An afdeling of each area, by size."""
        total = np.cumsum(self.afdeling_weights)  # each area's sum to one
        return np.searchsorted(total, area + rng.random(len(area)) * (1 - 1e-9), "right").astype(np.int32)

    def afdeling_id(self, afdeling: int, on: date) -> str:
        area = int(self.area_of[afdeling])
        number = afdeling - int(np.argmax(self.area_of == area)) + 1
        new = "n" if afdeling == self.renamed and on >= self.renamed_on else ""
        return f"afd-{area + 1:02d}-{number}{new}"

    def afdeling_on(self, afdeling: Ints, stairwell: Bools, on: date) -> Ints:
        """Each dwelling's afdeling on a day, given the one it was built in."""
        source, target = self.stairwell
        moves = (afdeling == source) & stairwell & (on >= self.moved_on)
        return np.where(moves, target, afdeling).astype(np.int32)

    def ids_of(self, afdeling: int, on: date) -> list[str]:
        """Every afdeling, omraade and helhedsplan that a dwelling of the afdeling lies in, sorted."""
        areas = {int(self.area_of[afdeling])}
        if afdeling == self.overlap[0]:
            areas.add(self.overlap[1])
        plans = {f"hp-{self.plan[a] + 1:02d}" for a in areas if self.plan[a] != NO_PLAN}
        return sorted({self.afdeling_id(afdeling, on), *(f"omr-{a + 1:02d}" for a in areas), *plans})


def share_in_areas(persons: int) -> float:
    """Of the children: as in Denmark from 300,000 persons on; more where areas would else be tiny."""
    t = np.clip(np.log(persons / 30_000) / np.log(REGION / 30_000), 0, 1)
    return float(0.124 + (targets.CHILDREN_IN_AREAS - 0.124) * t)


def build_areas(scope: Scope) -> Areas:
    """24 areas at 300,000 persons, 200 in 90 plans at 5.9 million; never fewer than 6 in 3 plans."""
    rng = scope.stream("areas")
    persons = scope.persons
    n = max(6, round(24 * (persons / REGION) ** 0.712))
    n_plans = max(3, round(0.45 * n))
    n_kom = int(np.clip(round(len(KOM_CODES) * persons / DENMARK), 3, len(KOM_CODES)))
    kommuner = tuple(KOM_CODES[i * len(KOM_CODES) // n_kom] for i in range(n_kom))
    kommune_weights = np.exp(rng.normal(0, 0.6, n_kom))
    kommune_weights /= kommune_weights.sum()

    # Every plan has an area, the first two have two; one area in eight has no plan.
    planned = n - round(0.12 * n)
    plan = np.sort(np.concatenate([np.arange(planned) % n_plans, np.full(n - planned, n_plans)]))
    plan = np.where(plan == n_plans, NO_PLAN, plan).astype(np.int32)
    of_plan = rng.choice(n_kom, n_plans, p=kommune_weights)
    of_plan[:n_kom] = np.arange(min(n_kom, n_plans))
    lone = rng.choice(n_kom, n, p=kommune_weights)
    kom = np.array(kommuner)[np.where(plan == NO_PLAN, lone, of_plan[plan])].astype(np.int32)

    weights = np.exp(np.clip(rng.normal(0, 0.45, n), -0.5, 1.2))
    is_tiny = np.zeros(n, bool)
    if persons < DENMARK / 4:
        is_tiny = np.arange(n) % round(1 / TINY_AREAS) == 4
        weights[is_tiny] = weights.mean() * 0.11 * rng.uniform(0.8, 1.2, is_tiny.sum())
    weights /= weights.sum()
    residents = weights * share_in_areas(persons) * 0.2046 * persons / targets.MINORS_IN_AREAS
    afdelinger = np.clip(np.round(residents / 420) + rng.integers(1, 4, n), 2, 16).astype(int)
    area_of = np.repeat(np.arange(n), afdelinger).astype(np.int32)
    shares = rng.uniform(0.4, 1.0, len(area_of))
    shares[rng.random(len(area_of)) < 0.12] *= 0.08  # a few houses
    shares /= np.bincount(area_of, shares)[area_of]
    first = [int(np.argmax(area_of == a)) for a in range(n)]
    middle = scope.reference_years[len(scope.reference_years) // 2]
    # The second afdeling of the first area is listed in the second area too: same plan, so no plan overlaps.
    # A stairwell goes from the third area to the fourth, which share a plan.
    return Areas(
        kommuner=kommuner,
        kommune_weights=kommune_weights,
        weights=weights,
        pressure=rng.normal(0, 0.9, n),
        kom=kom,
        plan=plan,
        area_of=area_of,
        afdeling_weights=shares,
        overlap=(1, 1),
        renamed=first[-1],
        renamed_on=date(middle, 1, 1),
        stairwell=(first[2], first[3]),
        moved_on=date(scope.last, 1, 1),
    )


def list_areas(areas: Areas) -> pl.DataFrame:
    """omraader.csv: AREA_ID, NAME, LEVEL, PARENT, PLAN, VALID_FROM, VALID_TO (Date, null = open)."""
    rows: list[tuple[str, str, str, str | None, str | None, date | None, date | None]] = []
    for code in areas.kommuner:
        rows.append((str(code), kommune_name(code), "kommune", None, None, OPENED, None))
    for plan in range(int(areas.plan.max()) + 1):
        first = int(np.argmax(areas.plan == plan))
        kom = str(areas.kom[first])
        rows.append((f"hp-{plan + 1:02d}", plan_name(plan, first), "helhedsplan", kom, None, OPENED, None))
    for area in range(areas.n):
        plan_id = None if areas.plan[area] == NO_PLAN else f"hp-{areas.plan[area] + 1:02d}"
        kom = str(areas.kom[area])
        rows.append((f"omr-{area + 1:02d}", area_name(area), "omraade", kom, plan_id, OPENED, None))
    for afdeling, area in enumerate(areas.area_of.tolist()):
        name = afdeling_name(area, afdeling - int(np.argmax(areas.area_of == area)))
        for afdeling_id, start, end in _spells(areas, afdeling):
            rows.append((afdeling_id, name, "afdeling", f"omr-{area + 1:02d}", None, start, end))
    names = ("AREA_ID", "NAME", "LEVEL", "PARENT", "PLAN")
    schema = dict.fromkeys(names, pl.String) | {"VALID_FROM": pl.Date, "VALID_TO": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def list_addresses(areas: Areas, afdeling: Ints, stairwell: Bools, adresse_id: pl.Series) -> pl.DataFrame:
    """omraade_adresser.csv: AREA_ID, ADRESSE_ID, VALID_FROM, VALID_TO.

    `afdeling` (as built), `stairwell` and `adresse_id` are per dwelling; those outside the areas have NOBODY.
    """
    source, target = areas.stairwell
    moves = (afdeling == source) & stairwell
    dwellings = pl.DataFrame({"afdeling": afdeling, "moves": moves, "ADRESSE_ID": adresse_id}).filter(
        pl.col("afdeling") >= 0
    )
    border = areas.moved_on - timedelta(days=1)
    rows = [(a, False, *spell) for a in range(len(areas.area_of)) for spell in _spells(areas, a)]
    rows += [
        (source, True, name, start, min(end or border, border)) for name, start, end in _spells(areas, source)
    ]
    rows += [
        (source, True, name, max(start, areas.moved_on), end)
        for name, start, end in _spells(areas, target)
        if end is None or end >= areas.moved_on
    ]
    overlapping, second = areas.overlap
    rows.append((overlapping, False, f"omr-{second + 1:02d}", OPENED, None))
    schema = {
        "afdeling": pl.Int32, "moves": pl.Boolean, "AREA_ID": pl.String, "VALID_FROM": pl.Date,
        "VALID_TO": pl.Date,
    }  # fmt: skip
    listed = pl.DataFrame(rows, schema=schema, orient="row")
    return (
        dwellings.join(listed, on=["afdeling", "moves"])
        .select("AREA_ID", "ADRESSE_ID", "VALID_FROM", "VALID_TO")
        .sort("AREA_ID", "ADRESSE_ID", "VALID_FROM")
    )


def _spells(areas: Areas, afdeling: int) -> list[tuple[str, date, date | None]]:
    """The ids an afdeling has had: (id, first day, last day or None)."""
    day = areas.renamed_on
    if afdeling != areas.renamed:
        return [(areas.afdeling_id(afdeling, day), OPENED, None)]
    before = day - timedelta(days=1)
    return [
        (areas.afdeling_id(afdeling, before), OPENED, before),
        (areas.afdeling_id(afdeling, day), day, None),
    ]
