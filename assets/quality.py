"""What is known about the quality of the registers in use, in counts: what is unknown, what was left aside.

Belongs here: keeping it with the typed tables, and laying it out for those who tell it (the warehouse,
`femfaktor status`). Standard library only at the top: a quiet night may ask too.
Does not belong here: finding it (`extracts/`), its shape (`schemas/quarantine.py`, `schemas/warehouse.py`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.fingerprints import Fingerprints
from assets.home import read_vintage
from schemas.quarantine import Quarantine

if TYPE_CHECKING:
    import polars as pl

    from assets.extracts import TypingReport
    from assets.validation import Profile

ROWS, NULLS, QUARANTINE, PROFILE = "rows", "nulls", "quarantine", "profile"
UNKNOWN = "values unknown"
FEWEST_ROWS = 1_000
WEEKS = "y_YYWW"
"""All weeks of DREAM are one column to who reads the counts."""
_GOOD = "profiles"


def quality_facts(report: TypingReport, typed: Path) -> dict[str, Any]:
    """As they are kept with the node of a typed table."""
    return {
        ROWS: report.rows_written,
        NULLS: count_nulls(typed),
        QUARANTINE: [each.as_dict() for each in report.quarantine],
    }


def count_nulls(typed: Path) -> dict[str, int]:
    """Unknown values by column, from what the file says of itself: no row is read. Weeks are added up."""
    from pyarrow.parquet import read_metadata

    from schemas.weeks import is_week_name

    metadata, nulls = read_metadata(typed), dict[str, int]()
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            name = WEEKS if is_week_name(column.path_in_schema) else column.path_in_schema
            nulls[name] = nulls.get(name, 0) + column.statistics.null_count
    return nulls


def find_quarantined(fingerprints: Fingerprints) -> list[Quarantine]:
    """Everything left aside in the typed tables as they stand, by register and status day."""
    return [
        Quarantine.from_dict(content)
        for node in fingerprints.nodes("registers/")
        for content in fingerprints.facts(node).get(QUARANTINE, [])
    ]


def tabulate_quality(fingerprints: Fingerprints) -> pl.DataFrame:
    """The warehouse's table `quality`: one row per register, status day, column and rule."""
    import polars as pl

    from schemas.warehouse import QUALITY

    rows = []
    for node in fingerprints.nodes("registers/"):
        _, register, name = node.split("/")
        vintage = read_vintage(name)
        facts = fingerprints.facts(node)
        rows += [
            (register, vintage, column, UNKNOWN, count, facts[ROWS])
            for column, count in facts.get(NULLS, {}).items()
        ]
        rows += [
            (register, vintage, each.column, each.rule, each.count, each.of)
            for each in (Quarantine.from_dict(content) for content in facts.get(QUARANTINE, []))
        ]
    schema = QUALITY.polars_schema
    share = (100 * pl.col("affected") / pl.col("rows")).fill_nan(0.0).round(2)
    frame = pl.DataFrame(rows, {name: schema[name] for name in list(schema)[:-1]}, orient="row")
    return frame.with_columns(share_pct=share).sort(QUALITY.key)


def coarsen_quality(fingerprints: Fingerprints, vintages: pl.DataFrame) -> pl.DataFrame:
    """The release's table `quality`, without its marking: so coarse that it says nothing of a person.

    `vintages`: reference_date, register, vintage. Whole per cent of at least `FEWEST_ROWS` rows: a step is
    ten persons or more.
    """
    import polars as pl

    worst = {}
    for each in find_quarantined(fingerprints):
        key = each.register, each.vintage
        worst[key] = max(worst.get(key, 0.0), each.count / each.of if each.of else 0.0)

    def percent(register: str, vintage: date) -> float | None:
        rows = fingerprints.facts(f"registers/{register}/{vintage}").get(ROWS, 0)
        return float(round(100 * worst.get((register, vintage), 0.0))) if rows >= FEWEST_ROWS else None

    named = vintages.select("reference_date", "register", "vintage").unique().drop_nulls("vintage")
    shares = [percent(register, vintage) for _, register, vintage in named.iter_rows()]
    return named.with_columns(left_aside_pct=pl.Series(shares, dtype=pl.Float64))


def keep_good_profiles(fingerprints: Fingerprints) -> None:
    """At the end of a good night: what its tables looked like is what the next night is held against."""
    nodes = fingerprints.nodes("validated/")
    profiles = {node.removeprefix("validated/"): fingerprints.facts(node).get(PROFILE) for node in nodes}
    fingerprints.seen[_GOOD] = {name: profile for name, profile in profiles.items() if profile}


def good_profiles(fingerprints: Fingerprints, register: str) -> dict[date | None, Profile]:
    """By status day (None for lists): the profiles of one register on the last good night."""
    from assets.validation import Profile

    return {
        read_vintage(vintage): Profile.from_dict(profile)
        for name, profile in fingerprints.seen.get(_GOOD, {}).items()
        for found, _, vintage in [name.partition("/")]
        if found == register
    }
