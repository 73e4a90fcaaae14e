"""Housing areas: municipalities, helhedsplaner, areas, afdelinger, and the lists a delivery has of them.

Belongs here: how many areas of which size, names, validity, which afdeling lies in which areas.
Does not belong here: which dwelling belongs to which afdeling (`dwellings.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from synthetic_data.names import KOMMUNER, afdeling_name, area_name, plan_name
from synthetic_data.population import Floats, Ints
from synthetic_data.scope import Scope

PERSONS_PER_AREA = 12_500
OPENED = date(2008, 1, 1)
SMALL_AREAS = 0.13  # of the areas have under 50 children, at 300,000 persons


@dataclass(frozen=True)
class Areas:
    """`n` areas with `weights` (share of the areas' children) and their afdelinger, numbered through."""

    weights: Floats
    kom: Ints  # of each area
    plan: Ints  # of each area
    area_of: Ints  # of each afdeling
    afdeling_weights: Floats  # share of the area's dwellings
    overlap: tuple[int, int]  # an afdeling, and a second area that lists its dwellings too
    renamed: int  # an afdeling that got a new number ...
    renamed_on: date  # ... on this day

    @property
    def n(self) -> int:
        return len(self.weights)

    def afdeling_id(self, afdeling: int, on: date) -> str:
        area = int(self.area_of[afdeling])
        number = afdeling - int(np.argmax(self.area_of == area)) + 1
        new = "n" if afdeling == self.renamed and on >= self.renamed_on else ""
        return f"afd-{area + 1:02d}-{number}{new}"

    def ids_of(self, afdeling: int, on: date) -> list[str]:
        """Every afdeling, omraade and helhedsplan that a dwelling of the afdeling lies in, sorted."""
        areas = {int(self.area_of[afdeling])}
        if afdeling == self.overlap[0]:
            areas.add(self.overlap[1])
        plans = {f"hp-{self.plan[a] + 1:02d}" for a in areas}
        return sorted({self.afdeling_id(afdeling, on), *(f"omr-{a + 1:02d}" for a in areas), *plans})


def build_areas(scope: Scope) -> Areas:
    """24 areas in 6 plans at 300,000 persons; never fewer than 6 in 3."""
    rng = scope.stream("areas")
    n = max(6, round(scope.persons / PERSONS_PER_AREA))
    n_plans = max(3, round(n / 4))
    plan = np.sort(np.arange(n) % n_plans).astype(np.int32)
    weights = np.exp(rng.normal(0, 0.45, n))
    weights /= weights.sum()
    small = np.arange(n) % round(1 / SMALL_AREAS) == 4
    weights[small] = 0.11 / n * rng.uniform(0.8, 1.2, small.sum())
    weights /= weights.sum()
    afdelinger = np.where(small, 2, rng.integers(2, 6, n))
    area_of = np.repeat(np.arange(n), afdelinger).astype(np.int32)
    shares = rng.uniform(0.4, 1.0, len(area_of))
    shares /= np.bincount(area_of, shares)[area_of]
    # The second afdeling of the first area is listed in the second area too: same plan, so no plan overlaps.
    return Areas(
        weights=weights,
        kom=np.array([KOMMUNER[p % len(KOMMUNER)][0] for p in plan], np.int32),
        plan=plan,
        area_of=area_of,
        afdeling_weights=shares,
        overlap=(1, 1),
        renamed=int(np.argmax(area_of == n - 1)),
        renamed_on=date(scope.reference_years[len(scope.reference_years) // 2], 1, 1),
    )


def list_areas(areas: Areas) -> pl.DataFrame:
    """omraader.csv: AREA_ID, NAME, LEVEL, PARENT, PLAN, VALID_FROM, VALID_TO (Date, null = open)."""
    rows: list[tuple[str, str, str, str | None, str | None, date | None, date | None]] = []
    for code, name in KOMMUNER:
        rows.append((str(code), name, "kommune", None, None, OPENED, None))
    for plan in range(int(areas.plan.max()) + 1):
        first = int(np.argmax(areas.plan == plan))
        kom = str(areas.kom[first])
        rows.append((f"hp-{plan + 1:02d}", plan_name(plan, first), "helhedsplan", kom, None, OPENED, None))
    for area in range(areas.n):
        plan_id = f"hp-{areas.plan[area] + 1:02d}"
        kom = str(areas.kom[area])
        rows.append((f"omr-{area + 1:02d}", area_name(area), "omraade", kom, plan_id, OPENED, None))
    for afdeling, area in enumerate(areas.area_of.tolist()):
        name = afdeling_name(area, afdeling - int(np.argmax(areas.area_of == area)))
        for afdeling_id, start, end in _spells(areas, afdeling):
            rows.append((afdeling_id, name, "afdeling", f"omr-{area + 1:02d}", None, start, end))
    names = ("AREA_ID", "NAME", "LEVEL", "PARENT", "PLAN")
    schema = dict.fromkeys(names, pl.String) | {"VALID_FROM": pl.Date, "VALID_TO": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def list_addresses(areas: Areas, afdeling: Ints, adresse_id: pl.Series) -> pl.DataFrame:
    """omraade_adresser.csv: AREA_ID, ADRESSE_ID, VALID_FROM, VALID_TO.

    `afdeling` and `adresse_id` are per dwelling; dwellings outside the areas have afdeling -1.
    """
    dwellings = pl.DataFrame({"afdeling": afdeling, "ADRESSE_ID": adresse_id}).filter(pl.col("afdeling") >= 0)
    rows = [(a, *spell) for a in range(len(areas.area_of)) for spell in _spells(areas, a)]
    overlapping, second = areas.overlap
    rows.append((overlapping, f"omr-{second + 1:02d}", OPENED, None))
    schema = {"afdeling": pl.Int32, "AREA_ID": pl.String, "VALID_FROM": pl.Date, "VALID_TO": pl.Date}
    listed = pl.DataFrame(rows, schema=schema, orient="row")
    return (
        dwellings.join(listed, on="afdeling")
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
