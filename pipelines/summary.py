"""What a terminal shows of a release: the shares beside the benchmarks, and where to look.

Belongs here: reading published numbers for people at a prompt. Does not belong here: computing numbers;
everything comes from the release, except the sum over all plans, which is a sum of published counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from assets.home import Home
from assets.release.manifest import MANIFEST_FILE, SIGNATURE_FILE, numbered, waiting_proposals


def list_releases(home: Home) -> list[dict[str, Any]]:
    """Releases and proposals, oldest first: number, state (published, proposed, superseded), marking."""
    published, waiting = numbered(home.releases), waiting_proposals(home)
    newest = max((path.name for path in (*published, *waiting)), default="")
    rows = [(path.name, "published", path) for path in published]
    rows += [
        (path.name, "proposed" if path.name == newest else "superseded", path / "release") for path in waiting
    ]
    return [
        {"number": number, "state": state, "marking": _read_json(folder / MANIFEST_FILE)["marking"]}
        for number, state, folder in sorted(rows)
    ]


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def describe_release(home: Home, number: str, *, relations: bool = False) -> dict[str, Any]:
    """What a release or proposal is, what it changes since the one before it, and what the audit said."""
    from assets.approval import AUDIT_FILE, PROPOSAL_FILE, RELATIONS_FILE, read_audit, release_folder
    from assets.release import read_release
    from assets.release.compare import compare_releases

    states = {row["number"]: row["state"] for row in list_releases(home)}
    folder = release_folder(home, number)
    if folder is None:
        raise click.BadParameter("see `femfaktor release show`", param_hint="NUMBER")
    before = [path for path in numbered(home.releases) if path.name < number]
    changes = compare_releases(read_release(folder), read_release(before[-1]) if before else None)
    paperwork = home.proposals / number
    told = {
        "number": number,
        "state": states[number],
        "before": before[-1].name if before else None,
        "changes": changes.as_dict(),
        "proposed_by": _read_json(paperwork / PROPOSAL_FILE).get("proposed_by"),
        "proposed_at": _read_json(paperwork / PROPOSAL_FILE).get("proposed_at"),
        "signature": _read_json(folder / SIGNATURE_FILE) or None,
        # A backup need not hold the paperwork.
        "audit": read_audit(paperwork).get("audit") if (paperwork / AUDIT_FILE).exists() else None,
    }
    if relations:
        told["relations"] = _relations(paperwork / RELATIONS_FILE)
    return told


def _relations(path: Path) -> list[dict[str, str]]:
    """What adds up among the counts protected for this release, by date and block of areas, in words."""
    import polars as pl

    if not path.exists():
        raise click.BadParameter("its paperwork is gone from HOME/proposals", param_hint="NUMBER")
    return pl.read_parquet(path).cast({"reference_date": pl.String}).to_dicts()


def print_description(told: Mapping[str, Any]) -> None:
    """`describe_release` in words."""
    number, changes, signature = told["number"], told["changes"], told["signature"]
    click.echo(f"{number}, {told['state']}; compared with {told['before'] or 'nothing: it is the first'}")
    if told["proposed_by"]:
        click.echo(f"  proposed {told['proposed_at']} by {_person(told['proposed_by'])}")
    if signature:
        click.echo(f"  approved {signature['approved_at']} by {_person(signature['approved_by'])}")
    for each in changes["dates"]:
        click.echo(f"  {each['reference_date']}  {_date_in_words(each)}")
    click.echo(f"  areas: {changes['areas_new']:,} new, {changes['areas_gone']:,} no longer there")
    if changes["facts"]:
        click.echo(f"  also different: {', '.join(changes['facts'])}")
    if told["audit"]:
        click.echo("audit:")
        for line in _audit_in_words(told["audit"]).splitlines():
            click.echo(f"  {line}")
    place = None
    for each in told.get("relations", []):
        if place != (place := (each["reference_date"], each["block"])):
            click.echo(f"{place[0]}, {place[1]}:")
        click.echo(f"  {each['relation']}")


def _audit_in_words(told: Mapping[str, Any]) -> str:
    from assets.audit.report import AuditReport, Finding, Tried

    parts = {"findings": [Finding(**each) for each in told["findings"]], "tried": Tried(**told["tried"])}
    return AuditReport(**{**told, **parts}).as_text()


def _person(who: Mapping[str, str] | str) -> str:
    if isinstance(who, str):
        return who
    return who["login"] + (f" as {who['account']}" if who["account"] != who["login"] else "")


def _date_in_words(each: Mapping[str, Any]) -> str:
    if each["what"] == "repeated":
        return f"as published (revision {each['revision']})"
    if each["what"] == "new":
        return f"new: {each['newly_shown']:,} numbers in {each['rows_new']:,} rows"
    return (
        f"revision {each['revision']}: {each['kept']:,} numbers as before, {each['changed']:,} changed, "
        f"{each['newly_shown']:,} newly shown, {each['newly_hidden']:,} newly hidden; rows: "
        f"{each['rows_new']:,} new, {each['rows_gone']:,} gone"
    )


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
