"""How long rows about persons stay. Scored rows, one per child: until counted, unless a setting with a reason
keeps them longer. Typed registers: as long as the delivery holds the year, unless a setting lets them go too.
Row numbers of what was refused: some days.

Belongs here: deleting what is due. Standard library only: quiet nights call it too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from assets import clock, files
from assets.workspace import Workspace


def drop_scored(workspace: Workspace, path: Path) -> None:
    """Delete the scored rows of one date if their days are over."""
    if path.exists():
        _drop(path, workspace.settings.retention.scored_days)


def _drop(path: Path, days: int) -> None:
    if clock.is_over(datetime.fromtimestamp(path.stat().st_mtime), timedelta(days)):
        files.remove(path)


def drop_all_due(workspace: Workspace) -> None:
    """Delete what is due before a run (left by one that was killed, or whose days are over) and after it."""
    for path in (workspace.home.private / "scored").glob("*"):
        drop_scored(workspace, path)
    for path in workspace.home.rejects.glob("*/*.csv"):
        _drop(path, workspace.settings.retention.rejects_days)
    if not workspace.settings.retention.keep_typed:
        files.remove_tree(workspace.home.private / "registers")
