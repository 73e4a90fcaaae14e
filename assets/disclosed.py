"""Disclosed: the one door from the private side to the safe side.

Belongs here: the Dagster asset; which release is due; carrying earlier published dates along. Does not
belong here: the protection itself (`disclosure/`).

Everything right of this module works on `staging/<number>/` alone and can be run with `private/` gone.
"""

import secrets
import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.aggregated import counted_dates, warehouse
from assets.disclosure import load_policy, protect
from assets.extracts import is_synthetic_delivery
from assets.fingerprints import hash_bytes, hash_code
from assets.home import PRIVATE
from assets.registers import open_delivery
from assets.release import read_release
from assets.risk_factors.definitions import Definition
from assets.scored import definitions_of
from assets.workspace import Workspace, guarded
from schemas.errors import DisclosureRefused, EnvironmentUnfit
from schemas.release import PROTECTED, RELEASE_TABLES, SYNTHETIC, conform

EXACT_TABLES = ("cell", "area_risk", "area_factor", "area_factor_count", "area_children", "design_effect")
"""What `aggregated` stores per date and `protect` reads."""
DATED_TABLES = tuple(table.name for table in RELEASE_TABLES if "reference_date" in table.polars_schema)


def numbered(folder: Path) -> list[Path]:
    """Releases (or proposals) in a folder, oldest first: `r0001`, `r0002`, …"""
    return sorted(path for path in folder.glob("r[0-9][0-9][0-9][0-9]") if path.is_dir())


def staged(workspace: Workspace) -> Path | None:
    """The release under construction, if one is due."""
    folders = numbered(workspace.home.staging)
    return folders[-1] if folders else None


def marking_of(*, synthetic: bool) -> str:
    return SYNTHETIC if synthetic else PROTECTED


def is_marked_synthetic(marking: str) -> bool:
    return marking.startswith(SYNTHETIC)


def private_seed(workspace: Workspace) -> bytes:
    """The installation's secret for the rounding, drawn once."""
    path = workspace.home.private / "seed"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


@guarded("disclosed")
def stage_release(workspace: Workspace) -> Path | None:
    """Protect all reference dates into `staging/rNNNN/tables`, unless the last release still stands.

    Raises:
        DisclosureRefused: real data without controller, purpose and legal basis.
    """
    home, settings, fingerprints = workspace.home, workspace.settings.release, workspace.fingerprints
    for leftover in home.staging.iterdir():
        shutil.rmtree(leftover)
    synthetic = is_synthetic_delivery(open_delivery(workspace))
    if not synthetic and not all(
        s.strip() for s in (settings.controller, settings.purpose, settings.legal_basis)
    ):
        raise DisclosureRefused(
            "Real data is proposed only with controller, purpose and legal_basis set in [release] of "
            "femfaktor.toml."
        )
    definition, dates, policy = released_definition(workspace), counted_dates(workspace), load_policy()
    code = hash_code(
        *("assets/disclosure", "assets/release", "assets/statistics", "assets/audit"),
        *("reports", "schemas/release.py", "sql/views"),
    )
    inputs = {f"counts {day}": fingerprints.output(f"aggregated/{day}") for day in dates}
    inputs |= {
        "definition": definition.hash,
        "settings": hash_bytes(settings.model_dump_json().encode()),
        "policy": policy.hash,
        "marking": marking_of(synthetic=synthetic),
        "code": code,
    }
    existing = numbered(home.releases) + numbered(home.proposals)
    last = max(existing, key=lambda path: path.name, default=None)
    reasons = fingerprints.changed(f"release/{last.name}", inputs) if last else ["not made before"]
    if not reasons:
        return None
    exact = {
        name: pl.concat([pl.read_parquet(home.aggregated(day) / f"{name}.parquet") for day in dates])
        for name in EXACT_TABLES
    }
    vintages = pl.concat([pl.read_parquet(home.aggregated(day) / "vintage.parquet") for day in dates])
    protected = protect(
        exact,
        policy,
        definition=definition,
        vintages=vintages.filter(pl.col("definition") == definition.name),
        marking=marking_of(synthetic=synthetic),
        facts={
            key: value
            for key in ("controller", "purpose", "legal_basis")
            if (value := getattr(settings, key).strip())
        }
        | {"code": code[:12]},
        seed=private_seed(workspace),
    )
    tables = protected.tables
    if home.latest.exists():
        published = read_release(home.latest)
        check_same_series(tables, published)
        tables = carry_earlier_dates(tables, published)
    tables = {table.name: conform(table, tables[table.name]) for table in RELEASE_TABLES}
    if last and is_same(tables, read_release(last)):
        # Other inputs, same numbers: a definition more to compare, or a lost memory of the last night.
        fingerprints.record(f"release/{last.name}", inputs)
        return None
    number = f"r{int(last.name[1:]) + 1 if last else 1:04d}"
    workspace.redo(f"release/{number}", reasons)
    folder = home.staging / number / "tables"
    folder.mkdir(parents=True, mode=PRIVATE)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    fingerprints.record(f"release/{number}", inputs)
    return folder.parent


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


def check_same_series(tables: dict[str, pl.DataFrame], published: dict[str, pl.DataFrame]) -> None:
    """A release goes on from the last one, or must start in a home of its own.

    Raises:
        DisclosureRefused: the last release is synthetic and this is not, or the other way round; or published
            dates can't be counted again under another definition (two would difference out single families).
    """

    def told(release: dict[str, pl.DataFrame], key: str) -> str:
        return release["release"].filter(pl.col("key") == key)["value"].item()

    kinds = {is_marked_synthetic(release["release"]["marking"][0]) for release in (tables, published)}
    if len(kinds) > 1:
        raise DisclosureRefused(
            "This home's releases are synthetic and its delivery is real, or the other way round. Start a "
            "new data home (--home)."
        )
    day = "reference_date"
    lost = set(published["release_date"][day]) - set(tables["release_date"][day])
    if lost and told(tables, "definition_hash") != told(published, "definition_hash"):
        raise DisclosureRefused(
            f"The definition changed, and {len(lost)} published date(s) are no longer counted: a release "
            "holds one definition. Raise reference_years in femfaktor.toml until all of them are, or start a "
            "new data home (--home)."
        )


def is_same(tables: dict[str, pl.DataFrame], published: dict[str, pl.DataFrame]) -> bool:
    return all(tables[name].equals(published[name]) for name in tables)


def carry_earlier_dates(
    tables: dict[str, pl.DataFrame], published: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Repeat published dates: those no longer counted as they were; those counted differently as the next
    revision."""
    day, revision = "reference_date", "revision"
    before = published["release_date"].group_by(day).agg(pl.col(revision).max())
    changed = set[date]().union(
        *(
            _differing_dates(
                tables[name].drop(revision, strict=False), published[name].drop(revision, strict=False)
            )
            for name in DATED_TABLES
        )
    )
    current = set(tables["release_date"][day])
    for name in DATED_TABLES:
        dropped = published[name].filter(~pl.col(day).is_in(list(current)))
        tables[name] = pl.concat([dropped.select(tables[name].columns), tables[name]]).sort(
            day, maintain_order=True
        )
    tables["release_date"] = (
        tables["release_date"]
        .join(before.rename({revision: "_before"}), on=day, how="left", maintain_order="left")
        .with_columns(
            (pl.col("_before") + pl.col(day).is_in(list(changed)).cast(pl.Int32))
            .fill_null(0)
            .cast(pl.Int32)
            .alias(revision)
        )
        .drop("_before")
    )
    return tables


def _differing_dates(new: pl.DataFrame, old: pl.DataFrame) -> set[date]:
    """Dates in both whose rows are not the same."""
    day, old = pl.col("reference_date"), old.select(new.columns)
    both = set(new["reference_date"]) & set(old["reference_date"])
    return {d for d in both if not new.filter(day == d).equals(old.filter(day == d))}


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
