"""Validated: the typed tables that hold their contracts, look like those of the last good night, and fit
together. What does not stops everything after it.

Belongs here: the Dagster assets with their blocking checks, letting a drift pass. Does not belong here:
contracts (`schemas/registers`), how a failed check is worded (`schemas/gate.py`), judging (`validation/`).

Validates the file that is then used, not a plan that would read its source again.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.fingerprints import hash_code
from assets.home import read_vintage
from assets.people import current_person
from assets.quality import PROFILE, good_profiles
from assets.registers import node_of
from assets.validation import find_missing_vintages, judge_table, judge_together
from assets.workspace import Workspace, guarded
from schemas.contracts import Contract
from schemas.errors import InputRefused, Problem
from schemas.registers import READ

CHECK, TOGETHER = "contract_holds", "validated/together"


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
    before = good_profiles(fingerprints, contract.name)
    vintages = typed_vintages(workspace, contract.name)
    days = {vintage: read_vintage(vintage) for vintage in vintages}
    if vintages:
        for gone in find_missing_vintages(contract, days.values(), before):
            problems += _accept(workspace, f"{contract.name}/{gone.file}", [gone])
    for vintage, path in vintages.items():
        node, day = f"validated/{contract.name}/{vintage}", days[vintage]
        inputs = {"typed": fingerprints.output(node_of(contract.name, vintage))}
        if not fingerprints.changed(node, inputs):
            continue
        looked_at += 1
        judged = judge_table(path, contract, day, before, workspace.settings.drift)
        wrong = [*judged.problems, *_accept(workspace, f"{contract.name}/{vintage}", judged.drift)]
        if wrong:
            problems.extend(wrong)
        elif judged.profile:
            fingerprints.record(node, inputs, facts={PROFILE: asdict(judged.profile)})
    for node in fingerprints.nodes(f"validated/{contract.name}/"):
        if not workspace.home.typed(contract.name, node.rsplit("/", 1)[-1]).exists():
            fingerprints.forget(node)
    refused = InputRefused(problems) if problems else None
    if refused:
        workspace.failures.append(refused)
    return looked_at, refused


def _accept(workspace: Workspace, name: str, drift: Sequence[Problem]) -> Sequence[Problem]:
    """The drift that stays a problem: none of it, where the run was told to accept it, which is written
    down."""
    if not drift or not workspace.accept_drift & {name, name.split("/")[0]}:
        return drift
    for problem in drift:
        said = replace(problem, action=f"Accepted by {current_person().login}.")
        workspace.accepted.append(str(said))
        workspace.say(f"drift: {said}")
    return []


@guarded("validated")
def validate_together(workspace: Workspace) -> InputRefused | None:
    """Hold the tables against each other: do they speak of the same persons and dwellings?"""
    fingerprints = workspace.fingerprints
    tables = {name: typed_vintages(workspace, name) for name in READ}
    inputs = {
        node_of(name, vintage): fingerprints.output(node_of(name, vintage))
        for name, vintages in tables.items()
        for vintage in vintages
    }
    days = workspace.settings.reference_dates([date.fromisoformat(vintage) for vintage in tables["bef"]])
    inputs["dates"] = ", ".join(map(str, days))
    minimums = workspace.settings.coverage
    inputs["limits"] = ", ".join(f"{name}: {least}" for name, least in minimums.items())
    inputs["code"] = hash_code("assets/validation", "assets/risk_factors/areas.py", "schemas/coverage.py")
    if not fingerprints.changed(TOGETHER, inputs):
        return None
    frames: dict[str, dict[date | None, pl.LazyFrame]] = {
        name: {read_vintage(vintage): pl.scan_parquet(path) for vintage, path in vintages.items()}
        for name, vintages in tables.items()
    }
    problems = judge_together(frames, days, minimums)
    if not problems:
        fingerprints.record(TOGETHER, inputs)
        return None
    refused = InputRefused(problems)
    workspace.failures.append(refused)
    return refused


def _checked(refused: InputRefused | None) -> dg.AssetCheckResult:
    problems = [str(problem) for problem in refused.problems] if refused else []
    return dg.AssetCheckResult(passed=refused is None, check_name=CHECK, metadata={"problems": problems})


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
        return dg.MaterializeResult(
            metadata={"vintages_validated": looked_at}, check_results=[_checked(refused)]
        )

    return held


_TABLES = [_asset(contract) for contract in READ.values()]
_TOGETHER_KEY = dg.AssetKey(TOGETHER.split("/"))


@dg.asset(
    key=_TOGETHER_KEY,
    group_name="validated",
    deps=[asset.key for asset in _TABLES],
    check_specs=[
        dg.AssetCheckSpec(
            CHECK, asset=_TOGETHER_KEY, blocking=True, description="Registrene handler om de samme personer."
        )
    ],
    description="Registrene passer sammen: samme personer, boliger og koder.",
)
def together(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[_checked(validate_together(workspace))])


VALIDATED = [*_TABLES, together]
ASSETS = VALIDATED
