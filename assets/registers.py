"""Registers: delivered extracts as typed Parquet, one file per register and vintage, under
`private/registers`.

Belongs here: the Dagster assets and which files are typed anew. Does not belong here: reading (`extracts/`),
declarations (`schemas/registers`).

The typed tables mirror the delivery: what is no longer delivered goes. Registers that no factor reads are not
typed.
"""

import dagster as dg

from assets import files
from assets.extracts import Delivery, TypingReport, discover, type_register
from assets.extracts.discovery import find_growing, find_twins
from assets.extracts.manifest import check_manifests
from assets.fingerprints import hash_bytes, hash_code
from assets.home import name_vintage
from assets.quality import quality_facts
from assets.workspace import Workspace, guarded
from schemas.contracts import Contract
from schemas.errors import InputRefused, Problem
from schemas.registers import CONTRACTS, READ


def open_delivery(workspace: Workspace) -> Delivery:
    """What was delivered, as its sender says it is.

    Raises InputRefused when it is ambiguous, unfinished or not what its manifest says.
    """
    settings = workspace.settings.delivery
    delivery = discover(workspace.extracts, CONTRACTS, redelivery=settings.redelivery)
    problems = check_manifests(
        delivery.folder,
        [(source.register, file) for source in delivery.sources for file in source.files],
        workspace.fingerprints.file_hash,
        is_required=settings.manifest == "required",
    )
    if problems:
        raise InputRefused(problems)
    return delivery


@guarded("registers")
def type_vintages(workspace: Workspace, contract: Contract) -> dict[str, int]:
    """Type the delivered files of one register that changed; rows per vintage typed."""
    register, fingerprints = contract.name, workspace.fingerprints
    delivery = open_delivery(workspace)
    mapping = workspace.settings.mapping.get(register, {})
    shared_inputs = {
        "code": hash_code("assets/extracts", "schemas/contracts.py", f"schemas/registers/{register}.py"),
        "column names": hash_bytes(repr(sorted(mapping.items())).encode()),
    }
    rows: dict[str, int] = {}
    delivered = {name_vintage(source.vintage): source for source in delivery.of(register).values()}
    if contract.required and not delivered:
        raise InputRefused(
            [Problem(register, "", "not delivered", 1, "See `femfaktor check DIR` for the gaps.")]
        )
    if twins := find_twins(contract, delivered.values(), fingerprints.file_hash):
        raise InputRefused(twins)
    for vintage, source in delivered.items():
        node, target = node_of(register, vintage), workspace.home.typed(register, vintage)
        inputs = {
            str(file.relative_to(delivery.folder)): fingerprints.file_hash(file) for file in source.files
        } | shared_inputs
        reasons = fingerprints.changed(node, inputs, target)
        if not reasons:
            continue
        workspace.redo(node, reasons)
        report = type_register(
            source.files,
            contract,
            target,
            vintage=source.vintage,
            mapping=mapping,
            rejects=workspace.home.rejects,
        )
        if growing := find_growing(source, delivery.folder, fingerprints.is_as_hashed):
            raise InputRefused(growing)
        for note in _notes(report):
            workspace.say(f"{node}: {note}")
        fingerprints.record(node, inputs, target, facts=quality_facts(report, target))
        rows[vintage] = report.rows_written
    for node in fingerprints.nodes(node_of(register)):
        vintage = node.rsplit("/", 1)[-1]
        if vintage not in delivered:
            files.remove(workspace.home.typed(register, vintage))
            fingerprints.forget(node)
            workspace.say(f"{node}: no longer delivered")
    return rows


def node_of(register: str, vintage: str = "") -> str:
    return f"registers/{register}/{vintage}"


def _notes(report: TypingReport) -> list[str]:
    """What a reader of the log should know: counts and column names."""
    notes = [f"{report.rows_written:,} rows"]
    notes += [f"left aside: {each}" for each in report.quarantine]
    if report.row_numbers:
        notes.append(f"row numbers: {report.row_numbers}")
    if report.columns_dropped:
        notes.append(f"columns not in the contract, dropped: {', '.join(report.columns_dropped)}")
    return notes


def _table_schema(contract: Contract) -> dg.TableSchema:
    """The contract's columns, for the graph in the browser."""
    return dg.TableSchema(
        [
            dg.TableColumn(c.name, str(c.dtype()), c.da, dg.TableColumnConstraints(nullable=c.nullable))
            for c in contract.kept
        ]
    )


def _asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=["registers", contract.name],
        group_name="registers",
        description=contract.da,
        metadata={"columns": _table_schema(contract)},
    )
    def typed(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
        rows = type_vintages(workspace, contract)
        return dg.MaterializeResult(metadata={"vintages_typed": len(rows), "rows_typed": sum(rows.values())})

    return typed


ASSETS = [_asset(contract) for contract in READ.values()]
