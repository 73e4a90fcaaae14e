"""How long scored rows (one per child) stay: until counted, unless a setting with a reason keeps them longer.

Belongs here: deleting what is due. Standard library only: quiet nights call it too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from assets import clock, files
from assets.workspace import Workspace


def drop_scored(workspace: Workspace, path: Path) -> None:
    """Delete the scored rows of one date if their days are over."""
    keep = timedelta(days=workspace.settings.retention.scored_days)
    if path.exists() and clock.is_over(datetime.fromtimestamp(path.stat().st_mtime), keep):
        files.remove(path)


def drop_all_due(workspace: Workspace) -> None:
    """Delete all scored rows whose days are over, and those a killed run left uncounted."""
    for path in (workspace.home.private / "scored").glob("*"):
        drop_scored(workspace, path)
