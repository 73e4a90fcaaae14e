"""Whole nights in milliseconds: the stages one after the other, without Dagster and with plain pages.

Belongs here: driving them. `pipelines.night` around them is the real one: lock, journal, outcome.
Does not belong here: faults, expectations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.aggregated import aggregate_dates, refresh_warehouse
from assets.audited import audit_staged
from assets.disclosed import stage_release
from assets.home import Home
from assets.published import publish_staged
from assets.registers import open_delivery, type_vintages
from assets.rendered import render_release
from assets.scored import score_dates
from assets.validated import validate_together, validate_vintages
from assets.workspace import Workspace
from schemas.errors import FemfaktorError
from schemas.registers import READ
from tests.support.homes import tree


def run_stages(workspace: Workspace, jobs: tuple[str, ...]) -> bool:
    """What `pipelines.run.run_jobs` does on synthetic data."""
    workspace.fingerprints.seen["synthetic"] = True
    delivery = open_delivery(workspace)
    dates = workspace.settings.reference_dates([day for day in delivery.of("bef") if day])
    try:
        if "nightly" in jobs:
            for contract in READ.values():
                type_vintages(workspace, contract)
            for contract in READ.values():
                validate_vintages(workspace, contract)
            validate_together(workspace)
            score_dates(workspace, dates)
            aggregate_dates(workspace, dates)
            refresh_warehouse(workspace, dates)
        stage_release(workspace)
        render_release(workspace)
        audit_staged(workspace)
        publish_staged(workspace)
    except FemfaktorError:
        return False
    return not workspace.failures


def plain_pages(tables: Any, out: Path, *, write: Callable[[Path, bytes], None], **_: Any) -> list[Path]:
    """In place of the reports: one page, the same for the same tables."""
    page = out / "index.html"
    write(page, f"{tables['area_risk'].height} rows".encode())
    return [page]


def without_dagster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.run.run_jobs", run_stages)
    monkeypatch.setattr("reports.render", plain_pages)
    # The pages are not what is tried here.
    monkeypatch.setattr("assets.audited.audit_release", _audit_nothing)


def _audit_nothing(*_: Any, **__: Any) -> Any:
    from assets.audit.report import AuditReport

    return AuditReport()


def deliver_again(home: Home, socio13: int = 330) -> None:
    """AKM of 2023 comes again, every fifth person with one main income: the counts change, within what a
    register may drift."""
    path = home.root / "extracts" / "akm" / "year=2023" / "part-0.parquet"
    chosen = pl.int_range(pl.len()) % 5 == 0
    income = pl.when(chosen).then(pl.lit(socio13, pl.Int16)).otherwise("SOCIO13")
    akm = pl.read_parquet(path).with_columns(SOCIO13=income)
    akm.write_parquet(path, metadata={"femfaktor_synthetic": "1"})


TIMES = {
    "audit.json",
    "signature.json",
    "proposal.json",
    "runs.jsonl",
    "state.json",
    "femfaktor.jsonl",
    "manifest.json",
}
BUILT = {"femfaktor.duckdb", "warehouse.duckdb"}
"""Their bytes differ from build to build; the manifest holds the hash of the content."""


def told(home: Home) -> dict[str, str]:
    """All that a home holds, without times: what two nights that did the same agree on."""
    found = {
        name: digest
        for name, digest in tree(home.root).items()
        if not name.startswith(("dagster/", "extracts/")) and Path(name).name not in TIMES | BUILT
    }
    names = {name: "there" for name in tree(home.root) if Path(name).name in TIMES | BUILT}
    manifests = {
        str(path): json.loads(path.read_text()) for path in sorted(home.releases.rglob("manifest.json"))
    }
    contents = {
        f"{Path(path).parent.name} content": manifest.get("duckdb_content_sha256", "")
        for path, manifest in manifests.items()
        if not Path(path).parent.is_symlink()
    }
    return found | names | contents
