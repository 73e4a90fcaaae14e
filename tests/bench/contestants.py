"""The two ways to one result: femfaktor's, and one hand-written DuckDB query.

Belongs here: doing the job once, each its own way, and laying both results out alike.
Does not belong here: timing, making the data.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from schemas.release import AGE_BANDS, FACTORS, N_FACTORS
from tests.bench.dataset import REFERENCE_DATE, open_dataset

HERE = Path(__file__).parent
DEFINITION = "sfi5-v1"
THREADS = 2


def run_femfaktor(typed: Path, out: Path) -> None:
    """Score into a Parquet file, then count into `out`: what a night does for one date."""
    from assets.aggregation import aggregate
    from assets.risk_factors.areas import hierarchy
    from assets.risk_factors.definitions import load_definitions
    from assets.risk_factors.scoring import score_children

    registers = open_dataset(typed)
    definitions = {DEFINITION: load_definitions(None)[DEFINITION]}
    scored = out / "scored.parquet"
    score_children(registers, definitions, REFERENCE_DATE).sink_parquet(scored)
    aggregate(scored, hierarchy(registers, REFERENCE_DATE), out, out / "tmp")


def run_handwritten(typed: Path, out: Path) -> Path:
    """The same counts from one query over the same files, into one Parquet file: one wide row per area."""
    import duckdb

    with duckdb.connect(config={"threads": THREADS}) as con:
        window = open_registers_as_views(con, typed, REFERENCE_DATE)
        score = (HERE / "handwritten_score.sql").read_text(encoding="utf-8")
        query = (HERE / "handwritten.sql").read_text(encoding="utf-8").replace("{score}", score)
        target = out / "handwritten.parquet"
        con.sql(query, params=window).write_parquet(str(target))
        return target


def open_registers_as_views(con, typed: Path, reference_date: date) -> dict[str, date]:
    """Create the views the hand-written queries read; returns their parameters."""
    from datetime import timedelta

    files = {folder.name: sorted(folder.glob("*.parquet")) for folder in typed.iterdir()}
    known = {
        register: [f for f in paths if f.stem == "all" or date.fromisoformat(f.stem) <= reference_date]
        for register, paths in files.items()
    }
    kraf_to = min(reference_date, date.fromisoformat(known["kraf"][-1].stem))
    kraf_from = kraf_to.replace(year=kraf_to.year - 5)
    first_year = (kraf_from + timedelta(days=1)).year
    views = {
        "bef": known["bef"],
        "bef_now": known["bef"][-1:],
        "kraf": [f for f in known["kraf"] if int(f.stem[:4]) >= first_year],
        **{name: known[name][-1:] for name in ("akm", "udda", "bol")},
        **{name: known[name] for name in ("hfaudd", "omraader", "omraade_adresser")},
    }
    for name, paths in views.items():
        con.read_parquet([str(path) for path in paths]).create_view(name)
    return {"reference_date": reference_date, "window_from": kraf_from, "window_to": kraf_to}


def read_wide(out: Path) -> pl.DataFrame:
    """femfaktor's tables, laid out as the hand-written query's: one wide row per area."""
    key = ["level", "area_id"]

    def beside(table: str, name: str, values: dict[str, str], labels: dict[str, str]) -> pl.DataFrame:
        frame = pl.read_parquet(out / f"{table}.parquet")
        wide = frame.pivot(on=name, index=key, values=list(values))
        one = len(values) == 1
        renamed = {
            (label if one else f"{value}_{label}"): f"{short}{suffix}"
            for value, suffix in values.items()
            for label, short in labels.items()
        }
        return wide.rename(renamed)

    risk = pl.read_parquet(out / "area_risk.parquet").drop("reference_date", "definition", "definition_hash")
    factors = beside(
        "area_factor",
        "factor",
        {"children_with": "_with", "children_without": "_without", "children_unknown": "_unknown"},
        {factor: factor[:2] for factor in FACTORS},
    ).select(
        *key,
        *(f"f{i}_with" for i in range(1, 6)),
        *((pl.col(f"f{i}_with") + pl.col(f"f{i}_without")).alias(f"f{i}_known") for i in range(1, 6)),
    )
    counts = beside(
        "area_factor_count",
        "n_factors",
        {"children": ""},
        {n: "n" + n.replace("+", "plus") for n in N_FACTORS},
    )
    ages = beside(
        "area_children",
        "age_band",
        {"children": ""},
        {band: "age_" + band.replace("-", "_") for band in AGE_BANDS},
    )
    effect = pl.read_parquet(out / "design_effect.parquet").select("area_id", "design_effect")
    return (
        risk.drop("area_name")
        .join(factors, on=key, how="left")
        .join(counts, on=key, how="left")
        .join(ages, on=key, how="left")
        .join(effect, on="area_id", how="left")
        .sort(key)
    )
