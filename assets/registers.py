"""Registers: delivered extracts as typed Parquet, one file per register and vintage, under
`private/registers`.

Belongs here: the Dagster assets and which files are typed anew. Does not belong here: reading (`extracts/`),
declarations (`schemas/registers`).

The typed tables mirror the delivery: what is no longer delivered goes.
"""

import dagster as dg

from assets.extracts import Delivery, discover, is_synthetic_delivery, type_register
from assets.fingerprints import hash_bytes, hash_code, hash_file
from assets.home import PRIVATE
from assets.workspace import Workspace, guarded
from schemas.contracts import Contract
from schemas.registers import CONTRACTS


def open_delivery(workspace: Workspace) -> Delivery:
    return discover(workspace.extracts, CONTRACTS, redelivery=workspace.settings.delivery.redelivery)


@guarded("registers")
def type_vintages(workspace: Workspace, contract: Contract) -> dict[str, int]:
    """Type the delivered files of one register that changed; rows per vintage typed."""
    register, fingerprints = contract.name, workspace.fingerprints
    delivery = open_delivery(workspace)
    mapping = workspace.settings.mapping.get(register, {})
    code = hash_code(
        "assets/extracts", "schemas/contracts.py", "schemas/gate.py", f"schemas/registers/{register}.py"
    )
    rows: dict[str, int] = {}
    delivered = delivery.vintages(register)
    for vintage, files in delivered.items():
        node, target = f"registers/{register}/{vintage}", workspace.home.typed(register, vintage)
        inputs = {str(file.relative): fingerprints.file_hash(file.path) for file in files}
        inputs |= {"code": code, "column names": hash_bytes(repr(sorted(mapping.items())).encode())}
        reasons = fingerprints.changed(node, inputs) if target.exists() else ["not made before"]
        if not reasons:
            continue
        workspace.redo(node, reasons)
        target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        report = type_register(
            files, contract, target, vintage=vintage, tmp=workspace.home.temp, mapping=mapping
        )
        for note in report.notes():
            workspace.say(f"{node}: {note}")
        fingerprints.record(node, inputs, hash_file(target))
        rows[vintage] = report.rows
    for node in fingerprints.nodes(f"registers/{register}/"):
        vintage = node.rsplit("/", 1)[-1]
        if vintage not in delivered:
            workspace.home.typed(register, vintage).unlink(missing_ok=True)
            fingerprints.forget(node)
            workspace.say(f"{node}: no longer delivered")
    fingerprints.seen["synthetic"] = is_synthetic_delivery(delivery)
    return rows


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


ASSETS = [_asset(contract) for contract in CONTRACTS.values()]
