"""Scored: five factors and the state særlig risiko per child, one private Parquet file per reference date.

Belongs here: the Dagster asset, what a date depends on. Does not belong here: the rules
(`risk_factors/`), how long the rows stay (`retention.py`).
"""

from collections.abc import Iterable
from datetime import date

import dagster as dg
import polars as pl

from assets.fingerprints import hash_code
from assets.registers import node_of
from assets.risk_factors.definitions import Definition, load_definitions
from assets.risk_factors.inputs import Registers
from assets.risk_factors.scoring import score_children, vintages_read
from assets.validated import VALIDATED, typed_vintages
from assets.workspace import Workspace, guarded
from schemas.registers import READ

PARTITIONS = "reference_date"
REFERENCE_DATES = dg.DynamicPartitionsDefinition(name=PARTITIONS)


def definitions_of(workspace: Workspace) -> dict[str, Definition]:
    return load_definitions(workspace.home.definitions)


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
    definitions = definitions_of(workspace)
    inputs = {f"definition {name}": definition.hash for name, definition in definitions.items()}
    inputs["code"] = hash_code("assets/risk_factors", "assets/aggregation", "sql/tables", "sql/checks")
    read = vintages_read(open_registers(workspace), definitions, reference_date)
    read_texts = {register: [str(vintage) for vintage in vintages] for register, vintages in read.items()}
    lists = {register: ["all"] for register, contract in READ.items() if contract.is_list}
    for register, vintages in (read_texts | lists).items():
        for vintage in vintages:
            inputs[f"{register} {vintage}"] = workspace.fingerprints.output(node_of(register, vintage))
    return inputs


def stale_reasons(workspace: Workspace, reference_date: date) -> list[str]:
    """Why the counts of a date must be made again; empty if they stand."""
    if not workspace.home.aggregated(reference_date).is_dir():
        return ["not made before"]
    return workspace.fingerprints.changed(
        f"aggregated/{reference_date}", inputs_of(workspace, reference_date)
    )


@guarded("scored")
def score_dates(workspace: Workspace, dates: Iterable[date]) -> dict[str, int]:
    """Score the dates whose inputs changed; rows (children x definitions) per date scored."""
    definitions, registers = definitions_of(workspace), open_registers(workspace)
    rows: dict[str, int] = {}
    for day in dates:
        if not (reasons := stale_reasons(workspace, day)):
            continue
        workspace.redo(f"scored {day}", reasons)
        target = workspace.home.scored(day)
        target.parent.mkdir(exist_ok=True)
        score_children(registers, definitions, day).sink_parquet(target, compression="zstd")
        rows[str(day)] = pl.scan_parquet(target).select(pl.len()).collect().item()
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
