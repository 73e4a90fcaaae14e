"""Published: an audited release moved to where people look, in one step.

Belongs here: the Dagster asset, and where a release goes. Does not belong here: building it.

Only data that bears the synthetic marker is approved by itself. Real data ends as a proposal, because the
first protection can be undone by subtraction.
"""

import shutil
from pathlib import Path

import dagster as dg
import polars as pl

from assets.audited import audited
from assets.disclosed import is_marked_synthetic, numbered, staged
from assets.home import READABLE, Home
from assets.workspace import Workspace, guarded


@guarded("published")
def publish_staged(workspace: Workspace) -> Path | None:
    """Move the staged release to `releases/` (synthetic) or `proposals/` (real); where it now lies."""
    folder, home = staged(workspace), workspace.home
    if folder is None:
        finish_publication(home)
        return None
    marking = pl.read_parquet(folder / "tables" / "release.parquet")["marking"][0]
    if not is_marked_synthetic(marking):
        target = home.proposals / folder.name
        (folder / "release").rename(target)
    else:
        target = home.releases / folder.name
        make_readable(folder / "release")
        (folder / "release").rename(target)
        point_latest_at(home, target)
    shutil.rmtree(folder)
    workspace.say(f"published {target.relative_to(home.root)}")
    return target


def finish_publication(home: Home) -> None:
    """A run that died between its last two steps left an audited release that `latest` does not point at
    yet."""
    releases = numbered(home.releases)
    if releases and (not home.latest.exists() or home.latest.resolve() != releases[-1].resolve()):
        point_latest_at(home, releases[-1])


def make_readable(folder: Path) -> None:
    folder.chmod(READABLE)
    for path in folder.rglob("*"):
        path.chmod(READABLE if path.is_dir() else 0o644)


def point_latest_at(home: Home, release: Path) -> None:
    """Move `releases/latest` in one step: a new link beside, renamed over the old."""
    beside = home.releases / ".latest"
    beside.unlink(missing_ok=True)
    beside.symlink_to(release.name)
    beside.replace(home.latest)


@dg.asset(
    key="published",
    group_name="published",
    deps=[audited],
    description="releases/latest (syntetiske data) eller proposals/ (rigtige data).",
)
def published(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    target = publish_staged(workspace)
    return dg.MaterializeResult(metadata={"release": target.name if target else "unchanged"})


ASSETS = [published]
