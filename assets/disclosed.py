"""Disclosed: the one door from the private side to the safe side.

Belongs here: the Dagster asset; which dates are due; keeping what is published as it was published. Does not
belong here: the protection itself and the ledger (`disclosure/`).

Rendering and audit, right of this module, work on `staging/<number>/` alone and run with `private/` gone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from pydantic import ValidationError

from assets import clock, files
from assets.aggregated import counted_dates, warehouse
from assets.approval import (
    PROPOSAL_FILE,
    RELATIONS_FILE,
    Proposal,
    open_releases,
    read_proposal,
    release_folder,
    write_json,
)
from assets.disclosure import Policy, Protected, protect
from assets.disclosure.ledger import Entry, Ledger, PublishedDate
from assets.extracts import is_synthetic_delivery
from assets.fingerprints import hash_bytes, hash_code
from assets.home import Home
from assets.people import current_person
from assets.quality import coarsen_quality
from assets.registers import open_delivery
from assets.release import read_release
from assets.release.manifest import numbered, waiting_proposals
from assets.risk_factors.definitions import Definition
from assets.risk_factors.explain import readings
from assets.scored import definitions_of, stored_counts
from assets.settings import load_owner_policy
from assets.workspace import Workspace, guarded
from schemas.errors import DisclosureRefused, EnvironmentUnfit
from schemas.release import AGE_BANDS, N_FACTORS, PROTECTED, RELEASE_TABLES, SYNTHETIC, conform

Tables = dict[str, pl.DataFrame]

EXACT_TABLES = (
    "cell",
    "area_risk",
    "area_factor",
    "area_factor_count",
    "area_children",
    "design_effect",
    "dwelling",
)
"""What `aggregated` stores per date and `protect` reads."""
DATED_TABLES = tuple(table.name for table in RELEASE_TABLES if "reference_date" in table.polars_schema)
ATOM = ("reference_date", "kom", "area_ids", "earlier_date", "earlier_area_ids", "children", "newcomers")
AGES = tuple("age_" + band.replace("-", "_") for band in AGE_BANDS)
AREA = ("level", "area_id", "area_name", "parent_id", "child_level")
DAY = "reference_date"
FOR_AUDIT = "for_audit"
POPULATIONS_FILE, UNCHANGED_FILE = "populations.parquet", "unchanged.parquet"
POLICIES_FILE, PROTECTION_FILE = "policies.json", "protection.json"
UNCHANGED_SCHEMA = {
    DAY: pl.Date,
    "since_date": pl.Date,
    "since_revision": pl.Int32,
    "area_id": pl.String,
    "measure": pl.String,
}
SOLVERS = ("highspy", "scipy")


@dataclass(frozen=True)
class _Due:
    """What one release protects: a date, its place in the ledger, and the policy it is protected under."""

    day: date
    revision: int
    policy: Policy
    inputs: Mapping[str, str]


def staged(workspace: Workspace) -> Path | None:
    """The release under construction, if one is due."""
    folders = numbered(workspace.home.staging)
    return folders[-1] if folders else None


@guarded("disclosed")
def stage_release(workspace: Workspace) -> Path | None:
    """Protect what is due into `staging/rNNNN/`, unless the last release or proposal still stands.

    A date whose inputs are those it was published from is repeated as published, whatever the policy says
    now: the same numbers are never protected twice.

    Raises:
        DisclosureRefused: real data without controller, purpose and legal basis; seed, ledger and releases
            that don't belong together; a release that can't follow the last.
    """
    home, settings, fingerprints = workspace.home, workspace.settings.release, workspace.fingerprints
    for leftover in home.staging.iterdir():
        files.remove_tree(leftover)
    synthetic = is_synthetic_delivery(open_delivery(workspace))
    marking = SYNTHETIC if synthetic else PROTECTED
    facts = {
        key: value
        for key in ("controller", "purpose", "legal_basis")
        if (value := getattr(settings, key).strip())
    }
    if not synthetic and len(facts) < 3:
        raise DisclosureRefused(
            "Real data is proposed only with controller, purpose and legal_basis set in [release] of "
            "femfaktor.toml."
        )
    policy, definition = load_owner_policy(home.policy), released_definition(workspace)
    ledger, seed = open_releases(home)
    days = _finished_dates(workspace)
    code = hash_code(
        *("assets/disclosure", "assets/release", "assets/statistics", "assets/audit"),
        *("reports", "schemas/release.py", "sql/views"),
    )
    inputs = {f"counts {day}": fingerprints.output(f"aggregated/{day}") for day in days}
    inputs |= {
        "definition": definition.hash,
        "settings": hash_bytes(settings.model_dump_json().encode()),
        "policy": policy.hash,
        "marking": marking,
        "code": code,
    }
    last = max([path.name for path in (*numbered(home.releases), *waiting_proposals(home))], default=None)
    reasons = fingerprints.changed(f"release/{last}", inputs) if last else ["not made before"]
    if not reasons:
        return None

    exact, vintages = _read_exact(home, definition.name, days)
    published = read_release(home.latest) if ledger.entries else None
    if published is not None:
        check_same_series(marking, definition, days, published)
    due = find_due(ledger, policy, _inputs_by_date(exact, vintages, definition, days))
    protected = _protect(
        exact,
        due,
        policy,
        ledger,
        definition=definition,
        vintages=vintages,
        marking=marking,
        facts=facts | {"code": code[:12]} | readings(definition),
        seed=seed,
    )
    tables = protected.tables
    # Of a date that is repeated, as it was told then; if that was never, as things are now.
    told = set(published["quality"][DAY]) - {each.day for each in due} if published is not None else set()
    quality = coarsen_quality(fingerprints, vintages.filter(~pl.col(DAY).is_in(list(told))))
    tables["quality"] = quality.with_columns(marking=pl.lit(marking))
    if published is not None:
        tables = keep_published(tables, published, {each.day: each.revision for each in due})
    tables = {table.name: conform(table, tables[table.name]) for table in RELEASE_TABLES}
    if last and is_same(tables, read_release(_folder_of(home, last))):
        # Other inputs, same numbers: a definition more to compare, or a lost memory of the last night.
        fingerprints.record(f"release/{last}", inputs)
        return None

    number = next_number(home, ledger, fingerprints.nodes("release/"))
    workspace.redo(f"release/{number}", reasons)
    folder = home.staging / number
    files.make_folder(folder / "tables")
    for name, table in tables.items():
        with files.drafting(folder / "tables" / f"{name}.parquet") as path:
            table.write_parquet(path)
    atoms = exact["cell"].select(*ATOM, *AGES)
    entry = ledger.prepare(
        number,
        [
            PublishedDate(
                reference_date=str(each.day),
                revision=each.revision,
                inputs=each.inputs,
                areas=_hash_rows(exact["area_risk"].filter(pl.col(DAY) == each.day).select(AREA)),
                policy=each.policy.model_dump(),
                policy_hash=each.policy.hash,
                solvers={name: version(name) for name in SOLVERS},
                cells=ledger.store(protected.cells.filter(pl.col(DAY) == each.day)),
                populations=ledger.store(atoms.filter(pl.col(DAY) == each.day)),
            )
            for each in due
        ],
    )
    ledger.drop_unnamed([read_proposal(path).ledger_entry for path in waiting_proposals(home)] + [entry])
    _write_for_audit(folder / FOR_AUDIT, ledger, entry, protected.report)
    with files.drafting(folder / RELATIONS_FILE) as path:
        protected.relations.write_parquet(path)
    person = current_person()
    proposal = Proposal(
        number=number,
        is_synthetic=synthetic,
        manifest="",
        accounts=sorted({person.account, person.login, fingerprints.seen.get("account", person.account)}),
        proposed_by=asdict(person),
        proposed_at=clock.stamp(),
        inputs=inputs,
        entry=asdict(entry),
    )
    write_json(folder / PROPOSAL_FILE, asdict(proposal))
    return folder


def _finished_dates(workspace: Workspace) -> list[date]:
    """The dates with counts, each as the night stored it."""
    days = counted_dates(workspace)
    for day in days:
        if not workspace.fingerprints.is_as_written(f"aggregated/{day}", *stored_counts(workspace, day)):
            raise EnvironmentUnfit(
                f"The counts of {day} are not as a night finished them: run `femfaktor nightly` first."
            )
    return days


def _protect(
    exact: Tables,
    due: Sequence[_Due],
    policy: Policy,
    ledger: Ledger,
    *,
    definition: Definition,
    vintages: pl.DataFrame,
    marking: str,
    facts: Mapping[str, str],
    seed: bytes,
) -> Protected:
    """The dates that are due, each under its policy, held to what is published of it already.

    Without a date that is due, the tables still say what the release is made of.
    """
    standing, parts = ledger.published_dates(), []
    for own in {each.policy.hash: each.policy for each in due}.values() or [policy]:
        days = [each.day for each in due if each.policy == own]
        earlier = [ledger.read(standing[day].cells) for day in days if day in standing]
        superseded = [ledger.read(each.cells) for each in ledger.superseded() if each.day in days]
        here = pl.col(DAY).is_in(days)
        parts.append(
            protect(
                {name: frame.filter(here) for name, frame in exact.items()},
                own,
                definition=definition,
                vintages=vintages.filter(here),
                marking=marking,
                facts=facts,
                seed=seed,
                published=pl.concat(earlier) if earlier else None,
                superseded=pl.concat(superseded) if superseded else None,
                standing={*standing, *(each.day for each in due)},
            )
        )
    # What holds for the release as a whole is told by the policy in force.
    return Protected(
        {
            name: pl.concat([part.tables[name] for part in parts]) if name in DATED_TABLES else table
            for name, table in parts[-1].tables.items()
        },
        pl.concat([part.cells for part in parts]),
        pl.concat([part.relations for part in parts]),
        {"dates": [each for part in parts for each in part.report["dates"]]},
    )


def _write_for_audit(folder: Path, ledger: Ledger, entry: Entry, report: Mapping[str, Any]) -> None:
    """What the audit needs beside the files: true populations, which counts truly are unchanged, policies in
    force, what protecting cost."""
    files.make_folder(folder)
    dates = [each for published in (*ledger.entries, entry) for each in published.dates]
    populations = pl.concat(
        ledger.read(each.populations).with_columns(revision=pl.lit(each.revision, pl.Int32)) for each in dates
    )
    with files.drafting(folder / POPULATIONS_FILE) as path:
        populations.sort(DAY, "revision", "kom").write_parquet(path)
    with files.drafting(folder / UNCHANGED_FILE) as path:
        _unchanged(ledger, dates).write_parquet(path)
    # The newest revision last: a date's revisions are under the policy of the first.
    policies = {each.reference_date: each.policy for each in dates}
    files.draft(folder / POLICIES_FILE, json.dumps(policies).encode())
    files.draft(folder / PROTECTION_FILE, json.dumps(report, ensure_ascii=False).encode())


def _unchanged(ledger: Ledger, dates: Sequence[PublishedDate]) -> pl.DataFrame:
    """The counts of every date that are as in its earlier revisions, or as at the date before it."""
    measure = pl.col("item").replace_strict({part: f"n:{part}" for part in N_FACTORS}, default=None)
    measure = pl.coalesce(measure, pl.col("item").str.replace("/", ":", literal=True))
    counted = pl.col("table").is_in(["area_risk", "area_factor", "area_factor_count"])
    standing = {each.day: each for each in dates}
    stored = {
        each.cells: ledger.read(each.cells)
        .filter(counted, pl.col("item") != "children")
        .select("area_id", "exact", measure=measure)
        for each in dates
    }
    pairs = [(each, standing[each.day]) for each in dates if each is not standing[each.day]]
    pairs += [(standing[first], standing[second]) for first, second in pairwise(sorted(standing))]
    keys = ["area_id", "measure", "exact"]
    return pl.concat(
        [pl.DataFrame(schema=UNCHANGED_SCHEMA)]
        + [
            stored[now.cells]
            .join(stored[then.cells], on=keys, how="semi")
            .select(
                pl.lit(now.day).alias(DAY),
                pl.lit(then.day).alias("since_date"),
                pl.lit(then.revision, pl.Int32).alias("since_revision"),
                "area_id",
                "measure",
            )
            for then, now in pairs
        ]
    )


def released_definition(workspace: Workspace) -> Definition:
    """The one definition that leaves the building.

    Raises:
        EnvironmentUnfit: femfaktor.toml names one that does not exist.
    """
    definitions, name = definitions_of(workspace), workspace.settings.release.definition
    if name not in definitions:
        raise EnvironmentUnfit(
            f"[release] definition in femfaktor.toml is not one of: {', '.join(sorted(definitions))}."
        )
    return definitions[name]


def next_number(home: Home, ledger: Ledger, remembered: Iterable[str]) -> str:
    """One more than every number ever used: who read r0007 and approves r0007 approves what was read."""
    used = [path.name for path in (*numbered(home.releases), *numbered(home.proposals))]
    used += [entry.release for entry in ledger.entries] + [
        node.removeprefix("release/") for node in remembered
    ]
    return f"r{max((int(number[1:]) for number in used), default=0) + 1:04d}"


def _folder_of(home: Home, number: str) -> Path:
    folder = release_folder(home, number)
    assert folder is not None
    return folder


def _read_exact(home: Home, definition: str, days: Sequence[date]) -> tuple[Tables, pl.DataFrame]:
    """The exact tables of one definition, all dates below each other, and the vintages behind them."""

    def read(name: str) -> pl.DataFrame:
        frame = pl.concat([pl.read_parquet(home.aggregated(day) / f"{name}.parquet") for day in days])
        return frame.filter(pl.col("definition") == definition) if "definition" in frame.columns else frame

    return {name: read(name) for name in EXACT_TABLES}, read("vintage")


def _inputs_by_date(
    exact: Tables, vintages: pl.DataFrame, definition: Definition, days: Sequence[date]
) -> dict[date, dict[str, str]]:
    """Per date, named hashes of all that its published numbers are made of."""
    frames = exact | {"vintage": vintages}
    return {
        day: {name: _hash_rows(frame.filter(pl.col(DAY) == day)) for name, frame in frames.items()}
        | {"definition": definition.hash}
        for day in days
    }


def _hash_rows(frame: pl.DataFrame) -> str:
    """Whatever the order of rows."""
    return hash_bytes(b"\n".join(sorted(frame.write_ndjson().encode().splitlines())))


def find_due(ledger: Ledger, policy: Policy, inputs: Mapping[date, Mapping[str, str]]) -> list[_Due]:
    """The dates to protect: never published, or published from other inputs.

    A date stays under the policy of its first publication: under another, the two publications together
    would tell more than each policy allows.

    Raises:
        DisclosureRefused: the policy rounds in another way than what is published.
    """
    standing, due = ledger.published_dates(), []
    for before in standing.values():
        if _rounding(before.policy) != _rounding(policy.model_dump()):
            raise DisclosureRefused(
                f"policy.toml has another method or rounding base than {before.reference_date} was published "
                "with: dates rounded in two ways can't be set side by side. Put method and base back; all "
                "other values hold for dates published from now on."
            )
    for day, named in inputs.items():
        before = standing.get(day)
        if before is None:
            due.append(_Due(day, 0, policy, named))
        elif before.inputs != named:
            due.append(_Due(day, before.revision + 1, _own_policy(before), named))
    return due


def _rounding(policy: Mapping[str, Any]) -> tuple[str, int]:
    return policy["method"], policy["rounding"]["base"]


def _own_policy(before: PublishedDate) -> Policy:
    try:
        return Policy.model_validate(before.policy)
    except ValidationError:
        raise DisclosureRefused(
            f"{before.reference_date} was published under a policy that this version can't read, and its "
            "numbers have changed. Revise it with the version it was published with."
        ) from None


def check_same_series(marking: str, definition: Definition, days: Sequence[date], published: Tables) -> None:
    """A release goes on from the last one, or must start in a home of its own.

    Raises:
        DisclosureRefused: the last release is synthetic and this is not, or the other way round; or published
            dates can't be counted again under another definition (two would difference out single families).
    """
    told = dict(published["release"].select("key", "value").iter_rows())
    if published["release"]["marking"][0] != marking:
        raise DisclosureRefused(
            "This home's releases are synthetic and its delivery is real, or the other way round. Start a "
            "new data home (--home)."
        )
    lost = set(published["release_date"][DAY]) - set(days)
    if lost and definition.hash != told["definition_hash"]:
        raise DisclosureRefused(
            f"The definition changed, and {len(lost)} published date(s) are no longer counted: a release "
            "holds one definition. Raise reference_years in femfaktor.toml until all of them are, or start a "
            "new data home (--home)."
        )


def is_same(tables: Tables, published: Tables) -> bool:
    return all(tables[name].equals(published[name]) for name in tables)


def keep_published(tables: Tables, published: Tables, revisions: Mapping[date, int]) -> Tables:
    """Repeat published dates as they are; those protected anew stand under their revision."""
    kept = dict(tables)
    revised = pl.col(DAY).is_in(list(revisions))
    numbers = pl.DataFrame(
        {DAY: list(revisions), "revision": list(revisions.values())},
        schema={DAY: pl.Date, "revision": pl.Int32},
    )
    dates = tables["release_date"].drop("revision").join(numbers, on=DAY, how="left", maintain_order="left")
    tables["release_date"] = dates.select(tables["release_date"].columns)
    for name in DATED_TABLES:
        kept[name] = pl.concat([published[name].filter(~revised).select(tables[name].columns), tables[name]])
    if not revisions:
        # A policy that protected nothing of this release is not the release's.
        policy = pl.col("key").str.starts_with("policy")
        kept["release"] = pl.concat([tables["release"].filter(~policy), published["release"].filter(policy)])
    return kept


@dg.asset(
    key="disclosed",
    group_name="disclosed",
    deps=[warehouse],
    description="Beskyttede tabeller: det eneste, der går videre til den sikre side.",
)
def disclosed(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    folder = stage_release(workspace)
    return dg.MaterializeResult(metadata={"staged": folder.name if folder else "nothing due"})


ASSETS = [disclosed]
