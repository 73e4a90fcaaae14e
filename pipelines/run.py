"""Runs jobs in this process against the home's own Dagster instance.

Belongs here: executing. Does not belong here: deciding whether to (`night.py`).
"""

from __future__ import annotations

import os
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING

from assets import clock, files
from assets.home import Home
from assets.settings import load_owner_policy
from assets.workspace import Workspace

if TYPE_CHECKING:
    import dagster as dg

DAGSTER_YAML = """\
# Written by femfaktor. Nothing leaves this machine, and the event log holds counts only.
telemetry:
  enabled: false
nux:
  enabled: false
retention:
  schedule:
    purge_after_days: 90
"""

# What happens is said by the workspace, line by line; Dagster's own words are in the event log.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def prepare_instance(home: Home) -> None:
    """Make the home's Dagster folder usable by us, the web server and the daemon alike."""
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    files.write(home.dagster / "dagster.yaml", DAGSTER_YAML.encode())


def run_jobs(workspace: Workspace, jobs: tuple[str, ...]) -> bool:
    """Run the jobs one after the other until one fails; whether all succeeded.

    A night on synthetic data is followed by the release job; on real data a person proposes.
    """
    prepare_instance(workspace.home)
    import dagster as dg

    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    from assets.arrival import say_path
    from assets.disclosed import released_definition
    from assets.extracts import is_synthetic_delivery
    from assets.registers import open_delivery
    from pipelines.build import build_defs
    from pipelines.partitions import range_tags
    from schemas.registers import READ

    defs = build_defs(overrides={"workspace": workspace})
    # What is wrong in the settings is said now, not after an hour.
    released_definition(workspace)
    load_owner_policy(workspace.home.policy)
    delivery = open_delivery(workspace)
    synthetic = workspace.fingerprints.seen["synthetic"] = is_synthetic_delivery(delivery)
    for path in delivery.unknown:
        workspace.say(f"not a register, not read: {say_path(path.relative_to(delivery.folder))}")
    if unread := sorted({source.register for source in delivery.sources} - set(READ)):
        workspace.say(f"read by no factor, left as delivered: {', '.join(unread)}")
    queue = list(jobs)
    with dg.DagsterInstance.get() as instance:
        forget_old_runs(instance, workspace.home, workspace.settings.retention.run_history_days)
        while queue:
            name = queue.pop(0)
            tags = range_tags(instance, workspace) if name == "nightly" else {}
            result = defs.resolve_job_def(name).execute_in_process(
                instance=instance, tags=tags, run_config=QUIET, raise_on_error=False
            )
            if not result.success or workspace.failures:
                return False
            if name == "nightly" and synthetic:
                queue.append("release")
    return True


def forget_history(home: Home, days: int) -> None:
    """`forget_old_runs`, where nothing else opens the instance."""
    prepare_instance(home)
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        forget_old_runs(instance, home, days)


def forget_old_runs(instance: dg.DagsterInstance, home: Home, days: int) -> None:
    """Delete the event log and the files of runs older than `days`: Dagster itself keeps them for ever."""
    import dagster as dg

    before = clock.now() - timedelta(days=days)
    for record in instance.get_run_records(dg.RunsFilter(created_before=before)):
        run_id = record.dagster_run.run_id
        instance.delete_run(run_id)
        # delete_run empties a run's database and leaves the file.
        files.remove(home.dagster / "history" / "runs" / f"{run_id}.db")
        files.remove_tree(home.dagster / "storage" / run_id)
