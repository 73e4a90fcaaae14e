"""A whole small release, as the pipeline makes it, for tests of what is in its files.

Belongs here: one delivery with a shown, a partly hidden and a too small area, protected and rendered.
Does not belong here: expectations.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl

from assets.disclosure import load_policy, protect
from assets.release import write_manifest, write_release
from schemas.release import QUALITY, conform
from tests.support.exact_tables import Area, Delivery, cell

MARKING = "SYNTETISKE DATA"
DAYS = (date(2023, 12, 31), date(2024, 12, 31))
AREAS = [
    Area("kommune", "901", "leverance", name="Vestkøbing"),
    Area("helhedsplan", "h1", "901", name="Nordplanen 2022"),
    Area("omraade", "o1", "h1", name="Blok 17"),
    Area("omraade", "o2", "h1", name="Ærøvænget"),
    Area("omraade", "o3", "901", name="Småby"),
]


def small_tables() -> dict[str, pl.DataFrame]:
    exact = []
    for i, day in enumerate(DAYS):
        cells = [
            # Multiples of the rounding base, so that they are published as they are.
            cell(901, "h1 o1", 110 + 5 * i, 190, 10, mothers=170, n0=155, n1=35, f4_with=135, f4_known=295),
            cell(901, "h1 o2", 70, 130, 3),
            cell(901, "o3", 5, 6),
            cell(901, "", 1367, 19730, 383),
        ]
        exact.append(Delivery(cells, AREAS, day=day).tables())
    definition: Any = SimpleNamespace(name="sfi5-v1", hash="d" * 64)
    vintages = [
        {"reference_date": day, "register": register, "vintage": day, "window_from": None, "window_to": None}
        for day in DAYS
        for register in ("bef", "udda")
    ]
    kraf = {"register": "kraf", "vintage": DAYS[0], "window_from": date(2018, 12, 31), "window_to": DAYS[0]}
    vintages += [{"reference_date": day, **kraf} for day in DAYS]
    tables = protect(
        {name: pl.concat([each[name] for each in exact]) for name in exact[0]},
        load_policy(),
        definition=definition,
        vintages=pl.DataFrame(vintages, infer_schema_length=None),
        marking=MARKING,
        facts={"controller": "Styrelsen for Prøver", "purpose": "Statistik", "legal_basis": "§ 10"},
        seed=b"a seed that only the tests know",
    ).tables
    shares = pl.DataFrame(vintages, infer_schema_length=None).select("reference_date", "register", "vintage")
    quality = shares.with_columns(left_aside_pct=pl.lit(2.0), marking=pl.lit(MARKING))
    return tables | {"quality": conform(QUALITY, quality)}


def write_small_release(folder: Path) -> tuple[Path, Path]:
    """`folder/release` and `folder/tables`, as they lie in staging."""
    from reports import render

    tables, release, protected = small_tables(), folder / "release", folder / "tables"
    release.mkdir(parents=True)
    protected.mkdir()
    for name, table in tables.items():
        table.write_parquet(protected / f"{name}.parquet")
    write_release(tables, release)
    render(tables, release)
    write_manifest(release, ledger={"length": 1, "head": "0" * 64})
    return release, protected
