"""Aggregated: exact counts per level and rest, and the warehouse analysts query inside the authority.

Belongs here: the Dagster assets. Does not belong here: SQL (`sql/`), running it (`aggregation/`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets import files
from assets.aggregation import aggregate, build_warehouse
from assets.fingerprints import hash_bytes, hash_code
from assets.quality import tabulate_quality
from assets.retention import drop_scored
from assets.risk_factors.areas import hierarchy
from assets.risk_factors.definitions import Definition
from assets.risk_factors.dwellings import DWELLING_SCHEMA, count_dwellings
from assets.risk_factors.f5_boligforhold import Parameters
from assets.risk_factors.inputs import Registers
from assets.risk_factors.scoring import vintages_used
from assets.scored import (
    REFERENCE_DATES,
    definitions_at,
    definitions_of,
    inputs_of,
    open_registers,
    scored,
    stale_reasons,
    stored_counts,
)
from assets.workspace import Workspace, guarded
from schemas.release import FACTORS
from schemas.warehouse import DEFINITION, VINTAGE


@guarded("aggregated")
def aggregate_dates(workspace: Workspace, dates: Iterable[date]) -> list[date]:
    """Count the dates that were scored anew; scored rows go as soon as their counts are stored."""
    registers = open_registers(workspace)
    done: list[date] = []
    for day in dates:
        source, target = workspace.home.scored(day), workspace.home.aggregated(day)
        if stale_reasons(workspace, day):
            definitions = definitions_at(workspace, registers, day)
            with files.building(target, workspace.home.temp) as folder:
                counted = aggregate(source, hierarchy(registers, day), folder, workspace.home.temp)
                _vintages(registers, definitions, day).write_parquet(folder / "vintage.parquet")
                _dwellings(registers, definitions, day).write_parquet(folder / "dwelling.parquet")
            workspace.fingerprints.record(
                f"aggregated/{day}", inputs_of(workspace, day), *stored_counts(workspace, day)
            )
            if counted.children_outside_kommune:
                workspace.say(
                    f"aggregated {day}: {counted.children_outside_kommune:,} of {counted.children:,} "
                    "children live in a listed area of another kommune than BEF's; they count in their "
                    "kommune, not in the area. Compare parent in omraader with KOM."
                )
            done.append(day)
        drop_scored(workspace, source)
    return done


def _dwellings(registers: Registers, definitions: Mapping[str, Definition], day: date) -> pl.DataFrame:
    """The dwellings of each area as each definition reads BOL."""
    frames = [
        count_dwellings(registers, f5, day).with_columns(definition=pl.lit(name))
        for name, definition in definitions.items()
        for f5 in [definition.parameters(FACTORS[4])]
        if isinstance(f5, Parameters)
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=DWELLING_SCHEMA | {"definition": pl.String})


def _vintages(registers: Registers, definitions: Mapping[str, Definition], day: date) -> pl.DataFrame:
    """The register vintages behind one date's counts, per definition."""
    rows = [
        {"reference_date": day, "definition": name} | asdict(used)
        for name, definition in definitions.items()
        for used in vintages_used(registers, definition, day)
    ]
    return pl.DataFrame(rows, schema=VINTAGE.polars_schema)


def _described(definitions: Mapping[str, Definition]) -> pl.DataFrame:
    rows = [
        {
            "definition": d.name,
            "definition_hash": d.hash,
            "title": d.title,
            "content": d.model_dump_json(indent=1),
        }
        for d in definitions.values()
    ]
    return pl.DataFrame(rows, schema=DEFINITION.polars_schema)


@guarded("warehouse")
def refresh_warehouse(workspace: Workspace, dates: Iterable[date]) -> bool:
    """Build the warehouse anew beside the old one, if any date's counts changed; whether it did."""
    counted = {day: workspace.home.aggregated(day) for day in sorted(dates)}
    inputs = {str(day): workspace.fingerprints.output(f"aggregated/{day}") for day in counted}
    quality = tabulate_quality(workspace.fingerprints)
    inputs["quality"] = hash_bytes(quality.write_ndjson().encode())
    inputs["code"] = hash_code(
        "assets/aggregation", "assets/quality.py", "schemas/warehouse.py", "schemas/tables.py", "sql/views"
    )
    target = workspace.home.warehouse
    fingerprints = workspace.fingerprints
    reasons = fingerprints.changed("warehouse", inputs, target)
    if not reasons:
        _drop_uncounted(workspace, counted)
        return False
    workspace.redo("warehouse", reasons)
    vintages = pl.concat(pl.read_parquet(folder / "vintage.parquet") for folder in counted.values())
    build_warehouse(
        counted,
        target,
        definitions=_described(definitions_of(workspace)).filter(
            pl.col("definition").is_in(vintages["definition"].implode())
        ),
        vintages=vintages,
        quality=quality,
        temp_dir=workspace.home.temp,
    )
    fingerprints.record("warehouse", inputs, target)
    _drop_uncounted(workspace, counted)
    return True


def _drop_uncounted(workspace: Workspace, counted: Mapping[date, Path]) -> None:
    """Counts of dates that are no longer counted: what was published of them is in the ledger."""
    for folder in workspace.home.aggregated(date.min).parent.glob("*"):
        if folder not in counted.values():
            workspace.fingerprints.forget(f"aggregated/{folder.name}")
            files.remove_tree(folder)


@dg.asset(
    key="aggregated",
    group_name="aggregated",
    deps=[scored],
    partitions_def=REFERENCE_DATES,
    backfill_policy=dg.BackfillPolicy.single_run(),
    description="Eksakte antal pr. niveau og rest for hver definition. Privat.",
)
def aggregated(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
    aggregate_dates(workspace, [date.fromisoformat(key) for key in context.partition_keys])


@dg.asset(
    key="warehouse",
    group_name="aggregated",
    deps=[aggregated],
    description="warehouse.duckdb: eksakte antal til brug inden for myndigheden; aldrig en række pr. barn.",
)
def warehouse(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    rebuilt = refresh_warehouse(workspace, counted_dates(workspace))
    return dg.MaterializeResult(metadata={"rebuilt": rebuilt})


def counted_dates(workspace: Workspace) -> list[date]:
    """The reference dates of the delivery that have stored counts, oldest first."""
    bef = [
        date.fromisoformat(node.rsplit("/", 1)[-1]) for node in workspace.fingerprints.nodes("validated/bef/")
    ]
    counted = set(workspace.fingerprints.nodes("aggregated/"))
    return [day for day in workspace.settings.reference_dates(bef) if f"aggregated/{day}" in counted]


ASSETS = [aggregated, warehouse]
