"""Validated: the typed tables that hold their contracts. A contract that does not hold stops everything
after it.

Belongs here: the Dagster assets with their blocking checks. Does not belong here: contracts
(`schemas/registers`), how a failed check is worded (`schemas/gate.py`).

Validates the file that is then used, not a plan that would read its source again.
"""

from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.registers import node_of
from assets.workspace import Workspace, guarded
from schemas.contracts import Contract
from schemas.errors import InputRefused
from schemas.gate import validate
from schemas.registers import READ

CHECK = "contract_holds"


def typed_vintages(workspace: Workspace, register: str) -> dict[str, Path]:
    """The typed files of a register, by vintage, oldest first."""
    nodes = workspace.fingerprints.nodes(node_of(register))
    vintages = [node.rsplit("/", 1)[-1] for node in nodes]
    return {vintage: workspace.home.typed(register, vintage) for vintage in vintages}


@guarded("validated")
def validate_vintages(workspace: Workspace, contract: Contract) -> tuple[int, InputRefused | None]:
    """Hold the vintages typed anew to the contract: how many were looked at, and what is wrong with them."""
    fingerprints = workspace.fingerprints
    problems, looked_at = [], 0
    for vintage, path in typed_vintages(workspace, contract.name).items():
        node = f"validated/{contract.name}/{vintage}"
        inputs = {"typed": fingerprints.output(node_of(contract.name, vintage))}
        if not fingerprints.changed(node, inputs):
            continue
        looked_at += 1
        try:
            validate(
                pl.scan_parquet(path), contract, None if contract.is_list else date.fromisoformat(vintage)
            )
        except InputRefused as refused:
            problems.extend(refused.problems)
        else:
            fingerprints.record(node, inputs)
    for node in fingerprints.nodes(f"validated/{contract.name}/"):
        if not workspace.home.typed(contract.name, node.rsplit("/", 1)[-1]).exists():
            fingerprints.forget(node)
    refused = InputRefused(problems) if problems else None
    if refused:
        workspace.failures.append(refused)
    return looked_at, refused


def _asset(contract: Contract) -> dg.AssetsDefinition:
    key = dg.AssetKey(["validated", contract.name])

    @dg.asset(
        key=key,
        group_name="validated",
        deps=[dg.AssetKey(["registers", contract.name])],
        check_specs=[
            dg.AssetCheckSpec(
                CHECK, asset=key, blocking=True, description="Kontrakten for registeret holder."
            )
        ],
        description=f"{contract.da}: kontrakten holder.",
    )
    def held(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
        looked_at, refused = validate_vintages(workspace, contract)
        problems = [str(problem) for problem in refused.problems] if refused else []
        return dg.MaterializeResult(
            metadata={"vintages_validated": looked_at},
            check_results=[
                dg.AssetCheckResult(passed=refused is None, check_name=CHECK, metadata={"problems": problems})
            ],
        )

    return held


VALIDATED = [_asset(contract) for contract in READ.values()]
ASSETS = VALIDATED
