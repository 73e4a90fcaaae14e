"""Synthetic registers: an invented population, its extracts, and the planted truth about its children.

Belongs here: the one function that others call, and what it returns.
Does not belong here: anything of `assets/`; the pipeline must not be able to agree with itself.
Comes next: `assets/extracts` reads what is written here, as it reads any delivery.

    scope, areas -> begin -> world: lifecourse -> measures -> moving -> traits, year by year
                             world -> registers -> deliveries
                                  \\-> truth
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthetic_data.scope import ALL, READ, Scope

__all__ = ["ALL", "READ", "Summary", "generate", "is_generated"]

if TYPE_CHECKING:
    import polars as pl

    from synthetic_data.deliveries import Format
    from synthetic_data.dirt import Profile

DEFAULT_PERSONS = 300_000
DEFAULT_SEED = 20240615
DEFAULT_YEARS = (2020, 2021, 2022, 2023, 2024)
SUMMARY_FILE = "summary.json"
_VERSION = 6  # raise when the same request gives another world


@dataclass(frozen=True)
class Summary:
    """What was written. Shares: at_risk / (at_risk + not_at_risk) in percent, at the last date."""

    persons: int
    seed: int
    reference_years: tuple[int, ...]
    format: str
    files: int
    children: int
    areas: int
    afdelinger: int
    helhedsplaner: int
    children_in_areas_pct: float
    share_in_areas_pct: float
    share_of_all_pct: float


def generate(
    extracts: Path,
    truth_dir: Path,
    *,
    persons: int = DEFAULT_PERSONS,
    seed: int = DEFAULT_SEED,
    reference_years: Sequence[int] = DEFAULT_YEARS,
    format: Format = "parquet",
    profile: Profile = "clean",
    registers: Sequence[str] = READ,
    progress: Callable[[str, int, int], None] | None = None,
) -> Summary:
    """Write a synthetic delivery into `extracts` and the truth per reference date into `truth_dir`.

    `profile` is how dirty the delivery is; what was planted is written into `truth_dir` (`dirt.read_dirt`).
    `progress(step, done, total)` is called after each step. Both folders are replaced if all they hold is
    marked synthetic; otherwise EnvironmentUnfit. The same arguments give the same bytes.
    """
    import shutil

    import polars as pl

    from synthetic_data.deliveries import (
        COMPANION,
        FORMATS,
        MARKER_KEY,
        MARKER_TEXT,
        refuse_unmarked,
        write_delivery,
    )
    from synthetic_data.dirt import PROFILES, Record, shift_truth, soil
    from synthetic_data.registers import count_register_years
    from synthetic_data.scope import year_end
    from synthetic_data.world import World

    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}")
    if profile not in PROFILES:
        raise ValueError(f"profile must be one of {', '.join(PROFILES)}")
    scope = Scope(persons, seed, tuple(reference_years), tuple(registers))
    refuse_unmarked(extracts)
    refuse_unmarked(truth_dir)
    if truth_dir.exists():
        shutil.rmtree(truth_dir)
    truth_dir.mkdir(parents=True)
    total = count_register_years(scope)
    done = 0

    def report(step: str) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(step, done, total)

    truth = pl.DataFrame()

    def keep_truth(year: int, rows: pl.DataFrame) -> None:
        nonlocal truth
        truth = rows = rows if profile == "clean" else shift_truth(rows)
        path = truth_dir / f"{year_end(year)}.parquet"
        rows.write_parquet(path, compression="zstd", metadata={MARKER_KEY: "1"})

    world = World(scope)
    record = Record(profile)
    parts = soil(world.tell(keep_truth), record, seed=seed, last=scope.last, format=format)
    files = write_delivery(extracts, parts, format, report)
    record.write(truth_dir)
    for name, rows in (("measures_by_15", world.tell_measures()), ("mothers", world.tell_mothers())):
        path = truth_dir / f"{name}.parquet"
        rows.write_parquet(path, compression="zstd", metadata={MARKER_KEY: "1"})

    inside = truth.filter(pl.col("area_ids").list.len() > 0)
    summary = Summary(
        persons=persons,
        seed=seed,
        reference_years=scope.reference_years,
        format=format,
        files=files,
        children=truth.height,
        areas=world.areas.n,
        afdelinger=len(world.areas.area_of),
        helhedsplaner=int(world.areas.plan.max()) + 1,
        children_in_areas_pct=round(100 * inside.height / truth.height, 1),
        share_in_areas_pct=_share(inside),
        share_of_all_pct=_share(truth),
    )
    path = truth_dir / SUMMARY_FILE
    path.with_name(path.name + COMPANION).write_text(MARKER_TEXT + "\n", encoding="utf-8")
    path.write_text(
        json.dumps(asdict(summary) | _request(persons, seed, reference_years, format, profile, registers))
        + "\n",
        encoding="utf-8",
    )
    return summary


def is_generated(
    extracts: Path,
    truth_dir: Path,
    *,
    persons: int = DEFAULT_PERSONS,
    seed: int = DEFAULT_SEED,
    reference_years: Sequence[int] = DEFAULT_YEARS,
    format: Format = "parquet",
    profile: Profile = "clean",
    registers: Sequence[str] = READ,
) -> bool:
    """Whether `generate` with the same arguments has already run to its end here."""
    path = truth_dir / SUMMARY_FILE
    if not path.is_file() or not extracts.is_dir():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    request = _request(persons, seed, reference_years, format, profile, registers)
    return all(found.get(key) == value for key, value in request.items())


def _request(
    persons: int,
    seed: int,
    reference_years: Sequence[int],
    format: str,
    profile: str,
    registers: Sequence[str],
) -> dict[str, object]:
    return {
        "version": _VERSION,
        "persons": persons,
        "seed": seed,
        "reference_years": list(reference_years),
        "format": format,
        "profile": profile,
        "registers": list(registers),
    }


def _share(truth: pl.DataFrame) -> float:
    states = dict(truth.group_by("state").len().iter_rows())
    at_risk, not_at_risk = states.get("særlig", 0), states.get("ikke", 0)
    return round(100 * at_risk / (at_risk + not_at_risk), 1)
