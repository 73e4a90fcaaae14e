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
        benchmarks = con.sql("SELECT name, share_pct, year FROM benchmark ORDER BY share_pct DESC").fetchall()
        day, marking = con.sql("SELECT max(reference_date), min(marking) FROM area_risk").fetchall()[0]
    table = Table(title=f"Children at particular risk, {day}, from {release.resolve().name}  [{marking}]")
    for name, justify in (
        ("level", "left"),
        ("area", "left"),
        ("children", "right"),
        ("at risk", "right"),
        ("share", "right"),
    ):
        table.add_column(name, justify=justify)  # pyright: ignore[reportArgumentType]
    for level, name, children, at_risk, share in rows:
        table.add_row(
            level,
            name,
            f"{children:,}" if children is not None else "hidden",
            f"{at_risk:,}" if at_risk is not None else "hidden",
            f"{share:.0f} %" if share is not None else "hidden",
        )
    table.add_section()
    for name, share, year in benchmarks:
        table.add_row("benchmark", f"{name} ({year})", "", "", f"{share:.0f} %")
    Console().print(table)


SHARES = """
WITH latest AS (
    SELECT * FROM area_risk WHERE reference_date = (SELECT max(reference_date) FROM area_risk)
),
shown AS (
    SELECT 1 AS place, level, area_name, children, at_risk, share_pct FROM latest WHERE level = 'leverance'
    UNION ALL
    SELECT 2, level, area_name, children, at_risk, share_pct FROM latest WHERE level = 'kommune'
    UNION ALL
    SELECT 3, 'sum', 'alle helhedsplaner', sum(children), sum(at_risk),
           100 * sum(at_risk) FILTER (not_at_risk IS NOT NULL) / sum(at_risk + not_at_risk)
    FROM latest WHERE level = 'helhedsplan'
    UNION ALL
    SELECT 4, level, area_name, children, at_risk, share_pct FROM latest WHERE level = 'omraade'
)
SELECT level, area_name, children, at_risk, share_pct FROM shown ORDER BY place, area_name
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
