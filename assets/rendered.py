"""Rendered: DuckDB, CSV, Excel, PDF and HTML, made in staging from the protected tables alone.

Belongs here: the Dagster asset. Does not belong here: file formats (`release/`), pages (`reports/`).
"""

import json

import dagster as dg
import polars as pl

from assets import files
from assets.approval import PROPOSAL_FILE
from assets.disclosed import disclosed, staged
from assets.release import write_manifest, write_release
from assets.workspace import Workspace, guarded


@guarded("rendered")
def render_release(workspace: Workspace) -> int:
    """Write every file of the staged release; how many."""
    from reports import render

    folder = staged(workspace)
    if folder is None:
        return 0
    tables = {path.stem: pl.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))}
    release = folder / "release"
    files.make_folder(release)
    write_release(tables, release)
    latest = workspace.home.latest if workspace.home.latest.exists() else None
    outlines = workspace.settings.outlines(workspace.home.root)
    progress = workspace.voice.progress("reports")
    render(tables, release, previous=latest, outlines=outlines, progress=progress, write=files.draft)
    entry = json.loads((folder / PROPOSAL_FILE).read_text(encoding="utf-8"))["entry"]
    write_manifest(release, ledger={"length": entry["number"], "head": entry["hash"]})
    return sum(1 for path in release.rglob("*") if path.is_file())


@dg.asset(
    key="rendered",
    group_name="rendered",
    deps=[disclosed],
    description="Udgivelsens filer, bygget i staging af de beskyttede tabeller alene.",
)
def rendered(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"files": render_release(workspace)})


ASSETS = [rendered]
