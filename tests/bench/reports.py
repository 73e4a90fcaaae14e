"""How long the reports of a large release take: `make bench-reports` (300 areas, their plans and kommuner).

Belongs here: invented protected tables of that size, the clock. Does not belong here: a limit; a machine's
speed is no test.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from reports import render
from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, RELEASE_TABLES

YEARS = tuple(date(year, 12, 31) for year in range(2020, 2025))
MARKING = "SYNTETISKE DATA"
PROFILE = (0.4, 0.05, 0.32, 0.46, 0.85)


def tables(areas: int, seed: int = 1) -> dict[str, pl.DataFrame]:
    """Protected tables, base 5: areas of 100 to 1,500 children, three to a plan, twelve to a municipality."""
    random = np.random.default_rng(seed)
    rows: dict[str, list[dict]] = {table.name: [] for table in RELEASE_TABLES}

    def five(number: float) -> int:
        return round(number / 5) * 5

    def add(level: str, area_id: str, name: str, parent: str | None, children: int, share: float) -> None:
        key = {"definition": "sfi5-v1", "level": level, "area_id": area_id, "marking": MARKING}
        for i, day in enumerate(YEARS):
            decided = five(children * 0.96)
            at_risk = five(decided * (share + 0.01 * i))
            pct, half = 100 * at_risk / decided, 196 * (1.9 * share * (1 - share) / decided) ** 0.5 + 1
            known = at_risk + five(decided - at_risk)
            row = {
                "area_name": name,
                "parent_id": parent,
                "children": children,
                "mothers": five(children * 0.55),
                "at_risk": at_risk,
                "not_at_risk": known - at_risk,
                "undetermined": children - known,
                "share_pct": float(round(pct)),
                "share_if_unknown_no_pct": float(round(100 * at_risk / children)),
                "share_if_unknown_yes_pct": float(round(100 * (at_risk + children - known) / children)),
                "ci95_low_pct": float(round(max(pct - half, 0))),
                "ci95_high_pct": float(round(min(pct + half, 100))),
                "cell_status": "rounded",
            }
            rows["area_risk"].append(key | {"reference_date": day} | row)
        latest = key | {"reference_date": YEARS[-1], "cell_status": "rounded"}
        for factor, usual in zip(FACTORS, PROFILE, strict=True):
            with_it = five(children * min(usual * share / 0.36 * random.uniform(0.8, 1.2), 0.95))
            counts = {"children_with": with_it, "children_without": children - with_it, "children_unknown": 0}
            rows["area_factor"].append(
                latest | {"factor": factor, "share_pct": float(round(100 * with_it / children)), **counts}
            )
        parts = [five(children * p) for p in (0.1, 0.26, 0.28)]
        for n, count in zip(N_FACTORS, [*parts, children - sum(parts)], strict=True):
            rows["area_factor_count"].append(latest | {"n_factors": n, "children": count})
        parts = [five(children * p * random.uniform(0.9, 1.1)) for p in (0.16, 0.17, 0.22, 0.28)]
        for band, count in zip(AGE_BANDS, [*parts, children - sum(parts)], strict=True):
            rows["area_children"].append(latest | {"age_band": band, "children": count})

    add("leverance", "leverance", "Hele leverancen", None, 400_000, 0.06)
    for k in range(-(-areas // 12)):
        add("kommune", f"{101 + k}", f"Kommune {k + 1}", "leverance", 20_000, 0.06)
        for h in range(min(4, -(-(areas - 12 * k) // 3))):
            plan = f"h{k:02d}{h}"
            add("helhedsplan", plan, f"Sammen om kvarter {k + 1}.{h + 1}", f"{101 + k}", 1500, 0.35)
            for a in range(min(3, areas - 12 * k - 3 * h)):
                children = five(random.uniform(100, 1500))
                share = float(random.uniform(0.2, 0.5))
                add("omraade", f"o{k:02d}{h}{a}", f"Område {k + 1}.{h + 1}.{a + 1}", plan, children, share)
    rows["release_date"] = [
        {"reference_date": day, "revision": 0, "register": register, "vintage": day, "marking": MARKING}
        for day in YEARS
        for register in ("bef", "udda", "akm", "kraf", "bol")
    ]
    rows["benchmark"] = [
        {"name": "kl", "share_pct": 37.0, "year": 2016, "population": "Udsatte boligområder", "source": "KL"}
        | {"note": "Ikke nødvendigvis samme opgørelse.", "marking": MARKING}
    ]
    rows["release"] = [{"key": "definition", "value": "sfi5-v1", "marking": MARKING}]
    return {
        table.name: pl.DataFrame(
            [{c.name: row.get(c.name) for c in table.columns} for row in rows[table.name]],
            schema=table.polars_schema,
        )
        for table in RELEASE_TABLES
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=300)
    areas = parser.parse_args().areas
    frames = tables(areas)
    units = frames["area_risk"].filter(
        pl.col("level").is_in(["omraade", "helhedsplan", "kommune"]), reference_date=YEARS[-1]
    )
    with tempfile.TemporaryDirectory(prefix="femfaktor-bench-") as name:
        first, again = Path(name) / "first", Path(name) / "again"
        for label, folder, previous in (("all new", first, None), ("nothing changed", again, first)):
            start = time.perf_counter()
            written = render(frames, folder, previous=previous)
            seconds = time.perf_counter() - start
            size = sum(path.stat().st_size for path in written) / 1e6
            made = f"{areas} areas, {units.height} reports, {len(written)} files, {size:.0f} MB"
            print(f"{label}: {made}: {seconds:.1f} s")  # noqa: T201
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"peak memory of one process: {memory / 1e3:.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
