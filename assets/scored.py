"""Scored: five factors and the state særlig risiko per child, one private Parquet file per reference date.

Belongs here: the Dagster asset, what a date depends on. Does not belong here: the rules
(`risk_factors/`), how long the rows stay (`retention.py`).
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets import files
from assets.fingerprints import hash_code
from assets.home import LIST
from assets.registers import node_of
from assets.risk_factors.definitions import Definition, load_definitions
from assets.risk_factors.inputs import Registers
from assets.risk_factors.scoring import find_countable, score_children, vintages_read
from assets.validated import VALIDATED, typed_vintages
from assets.workspace import Workspace, guarded
from schemas.registers import READ

PARTITIONS = "reference_date"
REFERENCE_DATES = dg.DynamicPartitionsDefinition(name=PARTITIONS)


def definitions_of(workspace: Workspace) -> dict[str, Definition]:
    return load_definitions(workspace.home.definitions)


def definitions_at(workspace: Workspace, registers: Registers, reference_date: date) -> dict[str, Definition]:
    """The definitions that are counted on a date."""
    released = workspace.settings.release.definition
    return find_countable(registers, definitions_of(workspace), reference_date, released=released)


def open_registers(workspace: Workspace) -> Registers:
    """Lazy scans of all typed tables that hold their contracts."""
    frames: dict[str, dict[date, pl.LazyFrame]] = {}
    lists: dict[str, pl.LazyFrame] = {}
    for register, contract in READ.items():
        vintages = typed_vintages(workspace, register)
        if contract.is_list:
            lists.update((register, pl.scan_parquet(path)) for path in vintages.values())
        else:
            frames[register] = {date.fromisoformat(v): pl.scan_parquet(path) for v, path in vintages.items()}
    return Registers(frames=frames, lists=lists)


def inputs_of(workspace: Workspace, reference_date: date) -> dict[str, str]:
    """Everything the counts of one date depend on, as named hashes."""
    registers = open_registers(workspace)
    definitions = definitions_at(workspace, registers, reference_date)
    inputs = {f"definition {name}": definition.hash for name, definition in definitions.items()}
    inputs["code"] = hash_code("assets/risk_factors", "assets/aggregation", "sql/tables", "sql/checks")
    read = vintages_read(registers, definitions, reference_date)
    read_texts = {register: [str(vintage) for vintage in vintages] for register, vintages in read.items()}
    lists = {register: [LIST] for register, contract in READ.items() if contract.is_list}
    for register, vintages in (read_texts | lists).items():
        for vintage in vintages:
            inputs[f"{register} {vintage}"] = workspace.fingerprints.output(node_of(register, vintage))
    return inputs


def stale_reasons(workspace: Workspace, reference_date: date) -> list[str]:
    """Why the counts of a date must be made again; empty if they stand."""
    written = stored_counts(workspace, reference_date)
    if not written:
        return ["not made before"]
    return workspace.fingerprints.changed(
        f"aggregated/{reference_date}", inputs_of(workspace, reference_date), *written
    )


def stored_counts(workspace: Workspace, reference_date: date) -> list[Path]:
    """The files with the counts of a date."""
    return sorted(workspace.home.aggregated(reference_date).glob("*.parquet"))


@guarded("scored")
def score_dates(workspace: Workspace, dates: Iterable[date]) -> dict[str, int]:
    """Score the dates whose inputs changed; rows (children x definitions) per date scored."""
    registers, every = open_registers(workspace), sorted(definitions_of(workspace))
    rows: dict[str, int] = {}
    left_out: dict[str, list[str]] = {}
    for day in dates:
        if not (reasons := stale_reasons(workspace, day)):
            continue
        workspace.redo(f"scored {day}", reasons)
        definitions = definitions_at(workspace, registers, day)
        if names := ", ".join(name for name in every if name not in definitions):
            left_out.setdefault(names, []).append(str(day))
        target = workspace.home.scored(day)
        files.make_folder(target.parent)
        with files.writing(target) as part:
            score_children(registers, definitions, day).sink_parquet(part, compression="zstd")
        rows[str(day)] = pl.scan_parquet(target).select(pl.len()).collect().item()
    for names, days in left_out.items():
        workspace.say(f"not counted, dream does not have the weeks: {names} on {', '.join(days)}")
    return rows


@dg.asset(
    key="scored",
    group_name="scored",
    deps=[asset.key for asset in VALIDATED],
    partitions_def=REFERENCE_DATES,
    backfill_policy=dg.BackfillPolicy.single_run(),
    description="Fem faktorer pr. barn. Privat; slettes, når datoen er talt op.",
)
def scored(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
    rows = score_dates(workspace, [date.fromisoformat(key) for key in context.partition_keys])
    for key, count in rows.items():
        context.log.info("%s: %s rows", key, count)


ASSETS = [scored]
