"""From scored children to exact counts per level, rest and definition, for one reference date.

Belongs here: the order in which the SQL of `sql/tables` and `sql/checks` runs, and what goes in and out.
Does not belong here: the counting itself (`sql/`), what the tables mean (`schemas/warehouse.py`).
What comes out is exact and stays on the private side.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from assets import files
from assets.aggregation.engine import connect, quote_name, quote_path
from assets.aggregation.sql import list_sql, load_sql
from schemas.errors import FemfaktorError
from schemas.release import LEVELS

WAVES = (
    ("area", "atom"),
    ("design_effect", "mother_place", "place_area"),
    ("area_count", "cell"),
    ("area_risk", "area_factor", "area_factor_count", "area_children"),
)
"""All tables of `sql/tables` but `counted`. A table needs only those of earlier waves, so that the tables of
a wave are filled at the same time: most are too small to keep two cores busy."""
FILES = ("cell", "area_risk", "area_factor", "area_factor_count", "area_children", "design_effect")
"""`<name>.parquet` in the folder of a date; all but `cell` go to the warehouse."""


class CountsBroken(FemfaktorError):
    """Counts that must hold by construction don't: our bug."""


@dataclass(frozen=True)
class Counted:
    """What an aggregation may say about itself: counts only."""

    children: int
    definitions: int
    children_outside_kommune: int
    """Children whose dwelling is listed in an area of another municipality than the one BEF has them in.

    They count in their municipality, not in the area (`sql/tables/place_area.sql`).
    """


def aggregate(scored: Path, areas: pl.DataFrame, out_dir: Path, temp_dir: Path) -> Counted:
    """Write `<out_dir>/<name>.parquet` for each name in `FILES`; all definitions in `scored` side by side.

    `scored`: one row per child and definition of one reference date (`assets.risk_factors.score_children`).
    `areas`: the hierarchy valid at the date, one row per area: level, area_id, area_name, parent_id, kom.
    The parent is the one a rest belongs to: an omraade's helhedsplan, else its kommune.
    Every area comes out, with zeros if no child lives there.
    Raises CountsBroken with the names of the checks (`sql/checks`) that don't hold.
    """
    files.make_folder(out_dir)
    with connect(temp_dir) as con:
        build_tables(con, scored, areas)
        run_checks(con)
        _run_together(
            con,
            [
                f"COPY {quote_name(name)} TO {quote_path(out_dir / f'{name}.parquet')} (FORMAT parquet)"
                for name in FILES
            ],
        )
        return _counted(con)


def build_tables(con: duckdb.DuckDBPyConnection, scored: Path, areas: pl.DataFrame) -> None:
    """Fill every table of `sql/tables` in `con`, each from the ones before."""
    con.execute(f"CREATE VIEW scored AS FROM read_parquet({quote_path(scored)})")
    _register_hierarchy(con, areas)
    for wave in WAVES:
        _run_together(
            con, [f"CREATE TABLE {quote_name(name)} AS {load_sql(f'tables/{name}')}" for name in wave]
        )


def run_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Run every query of `sql/checks`; each returns the rows that break it. Raises CountsBroken."""
    # One query: ten small ones would spend their time on planning.
    counts = " UNION ALL ".join(
        f"SELECT '{name.removeprefix('checks/')}', count(*) FROM ({load_sql(name)})"
        for name in list_sql("checks")
    )
    broken = {name: rows for name, rows in con.sql(counts).fetchall() if rows}
    if broken:
        raise CountsBroken(
            "aggregation: " + "; ".join(f"{name}: {rows:,} rows break it" for name, rows in broken.items())
        )


def _run_together(con: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> None:
    with ThreadPoolExecutor(len(statements)) as threads:
        list(threads.map(lambda statement: con.cursor().execute(statement).close(), statements))


def _register_hierarchy(con: duckdb.DuckDBPyConnection, areas: pl.DataFrame) -> None:
    columns = areas.select(
        pl.col("level", "area_id", "area_name", "parent_id").cast(pl.String), pl.col("kom").cast(pl.Int16)
    )
    if columns["area_id"].is_duplicated().any() or not columns["level"].is_in(LEVELS).all():
        raise CountsBroken("aggregation: the hierarchy has an area twice or an unknown level")
    con.register("frame", columns)
    # A registered frame is seen by its own connection only.
    con.execute("CREATE TABLE hierarchy AS FROM frame")
    con.unregister("frame")


def _counted(con: duckdb.DuckDBPyConnection) -> Counted:
    return Counted(*con.sql(load_sql("tables/counted")).fetchall()[0])
