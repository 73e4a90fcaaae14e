"""What a terminal shows of a release: the shares beside the benchmarks, and where to look.

Belongs here: reading published numbers for people at a prompt. Does not belong here: computing numbers;
everything comes from the release, except the sum over all plans, which is a sum of published counts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from assets.home import Home


def list_releases(home: Home) -> list[dict[str, Any]]:
    """Releases and proposals, oldest first: number, state, marking."""
    rows = []
    for folder, state in ((home.releases, "published"), (home.proposals, "proposed")):
        for path in sorted(folder.glob("r[0-9]*")):
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            rows.append({"number": path.name, "state": state, "marking": manifest["marking"]})
    return sorted(rows, key=lambda row: row["number"])


def print_shares(release: Path) -> None:
    """Shares at the latest reference date, from the release, beside the benchmarks."""
    import duckdb
    from rich.console import Console
    from rich.table import Table

    with duckdb.connect(str(release / "femfaktor.duckdb"), read_only=True) as con:
        rows = con.sql(SHARES).fetchall()
        benchmarks = con.sql("SELECT population, year, share_pct FROM benchmark ORDER BY 3 DESC").fetchall()
        ((day, marking),) = con.sql("SELECT max(reference_date), min(marking) FROM area_risk").fetchall()
    table = Table(
        "level", "area", title_justify="left", title=f"Children at particular risk, {day}\n{marking}"
    )
    for name in ("children", "at risk", "share"):
        table.add_column(name, justify="right")
    for level, name, children, at_risk, share, status in rows:
        why_not = "too small" if status == "too_small" else "hidden"
        table.add_row(
            level,
            name,
            f"{children:,}" if children is not None else why_not,
            f"{at_risk:,}" if at_risk is not None else why_not,
            f"{share:g} %" if share is not None else why_not,
        )
    table.add_section()
    for population, year, share in benchmarks:
        table.add_row("benchmark", f"{population} ({year})", "", "", f"{share:g} %")
    Console().print(table)
    click.echo("Benchmarks: not necessarily computed the same way.")


# Everything is as published; the line over all plans adds published counts, where none of them is hidden.
SHARES = """
WITH latest AS (
    SELECT * FROM area_risk WHERE reference_date = (SELECT max(reference_date) FROM area_risk)
),
plans AS (
    SELECT sum(children) AS children, sum(at_risk) AS at_risk, sum(at_risk + not_at_risk) AS known,
           count(*) = count(at_risk + not_at_risk) AS is_whole
    FROM latest WHERE level = 'helhedsplan'
),
lines AS (
    SELECT ['leverance', 'kommune', '', 'omraade'].list_position(level) AS place,
           level, area_name, children, at_risk, share_pct, cell_status
    FROM latest WHERE level IN ('leverance', 'kommune', 'omraade')
    UNION ALL
    SELECT 3, 'sum', 'areas under a plan', if(is_whole, children, NULL), if(is_whole, at_risk, NULL),
           if(is_whole, round(100 * at_risk / known, 1), NULL), 'hidden'
    FROM plans
)
SELECT level, area_name, children, at_risk, share_pct, cell_status FROM lines ORDER BY place, area_name
"""


def print_where_to_look(home: Home) -> None:
    release = home.latest
    reports = sorted((release / "reports").glob("*.pdf"))
    click.echo("Where to look:")
    for label, path in (
        ("release", release.resolve()),
        ("overview", release / "index.html"),
        ("area reports", f"{release / 'reports'}  ({len(reports)} PDF files)"),
        ("DuckDB file", release / "femfaktor.duckdb"),
        ("tables", f"{release / 'csv'}, {release / 'femfaktor.xlsx'}"),
        ("exact counts", f"{home.warehouse}  (inside the authority only)"),
        ("the graph", "make ui"),
    ):
        click.echo(f"  {label:<13} {path}")
