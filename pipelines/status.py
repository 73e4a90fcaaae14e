"""What `femfaktor status` tells: the last runs, one under way, what was left aside in the registers and why,
and how fresh each of them is.

Belongs here: putting together what the journal and the fingerprints know. Does not belong here: writing it.

Freshness follows each register's delivery calendar, not the clock: AKM of 2023 is fresh until AKM of 2024 is
due, which is more than a year later.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import click

from assets.fingerprints import Fingerprints
from assets.home import Home
from assets.quality import find_quarantined
from assets.settings import load_settings
from pipelines.journal import KILLED, read_running, read_runs
from pipelines.locking import is_held
from schemas.errors import EnvironmentUnfit
from schemas.quarantine import Quarantine


@dataclass(frozen=True)
class Freshness:
    """A register's latest status day, the next one, and the day by which the next usually is delivered."""

    register: str
    latest: date
    expected: date
    due: date
    is_late: bool


def tell_freshness(home: Home, today: date) -> list[Freshness]:
    """One row per register with periods that a night has read, in the order of the contracts."""
    from schemas.contracts import months_later
    from schemas.registers import CONTRACTS

    nodes = Fingerprints(home.state).nodes("validated/")
    settings = load_settings(home.settings)
    rows = []
    for name, contract in CONTRACTS.items():
        if not contract.arrives_after:
            continue
        days = [date.fromisoformat(n.rsplit("/", 1)[-1]) for n in nodes if n.startswith(f"validated/{name}/")]
        if not days:
            continue
        own = settings.registers.get(name)
        expected = contract.next_vintage(max(days))
        due = months_later(expected, (own and own.arrives_after) or contract.arrives_after)
        rows.append(Freshness(name, max(days), expected, due, today > due))
    return rows


def tell_status(home: Home, count: int, today: date) -> dict[str, Any]:
    """For machines: `runs` (oldest first), `running` (start and jobs, or null), `registers`,
    `left_aside` (counts by register, status day, column and rule), `problem` (settings or state that can't be
    read, or null)."""
    running = read_running(home) if is_held(home) else None
    told: dict[str, Any] = {
        **{"runs": read_runs(home, count), "running": running, "registers": [], "left_aside": []},
        "problem": None,
    }
    try:
        told["registers"] = [asdict(row) for row in tell_freshness(home, today)]
        told["left_aside"] = [each.as_dict() for each in find_quarantined(Fingerprints(home.state))]
    except EnvironmentUnfit as unfit:
        # What a night stumbles over must not hide how it ended.
        told["problem"] = str(unfit)
    return told


def shorten(redone: list[str]) -> list[str]:
    """Nodes redone for one reason, counted where there are more than three of a stage."""
    groups: dict[tuple[str, str], list[str]] = {}
    for line in redone:
        node, _, reason = line.partition(": ")
        groups.setdefault((node.replace(" ", "/").split("/")[0], reason), []).append(line)
    return [
        line
        for (stage, reason), lines in groups.items()
        for line in (lines if len(lines) <= 3 else [f"{stage}: {len(lines)} of them, {reason}"])
    ]


def print_status(home: Home, count: int, today: date) -> None:
    """The same for people."""
    told = tell_status(home, count, today)
    if not told["runs"] and not told["running"]:
        click.echo("No runs yet: `femfaktor nightly`.")
    for run in told["runs"]:
        if run["state"] == KILLED:
            click.echo(f"{run['started']}  {KILLED:<16} the next run starts from the last good state")
            continue
        click.echo(
            f"{run['ended']}  {run['state']:<16} {run['seconds'] or 0:>7.1f} s  "
            f"release {run['release'] or '-'}"
        )
        for line in [*shorten(run["redone"]), *run["messages"]]:
            click.echo(f"    {line}")
    if told["running"]:
        click.echo(f"{told['running']['started']}  under way (process {told['running']['pid']})")
    elif lost := read_running(home):
        click.echo(f"{lost['started']}  {KILLED:<16} the next run starts from the last good state")
    if told["problem"]:
        click.secho(told["problem"], fg="red")
    if told["left_aside"]:
        click.echo("Left aside in the registers as they stand: counted, and unknown to the factors")
    for each in told["left_aside"]:
        click.echo(f"  {Quarantine.from_dict(each)}")
    if told["registers"]:
        click.echo("Registers: latest status day, and when the next one is due")
    for row in told["registers"]:
        late = click.style("  late: ask for it", fg="yellow") if row["is_late"] else ""
        click.echo(f"  {row['register']:<6} {row['latest']}   {row['expected']} by {row['due']}{late}")
