"""Puts the graph together: assets, checks, jobs, schedule, resources.

Belongs here: `build_defs`, so that tests get a fresh graph with their own workspace.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets import aggregated, audited, disclosed, published, registers, rendered, scored, validated
from pipelines.jobs import nightly, release
from pipelines.resources import workspace_from_environment
from pipelines.schedules import every_night_at_four


def build_defs(*, overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """All definitions of the project. `overrides` replaces resources by name, e.g. `{"workspace":
    workspace}`."""
    modules = (registers, validated, scored, aggregated, disclosed, rendered, audited, published)
    return dg.Definitions(
        assets=[asset for module in modules for asset in module.ASSETS],
        jobs=[nightly, release],
        schedules=[every_night_at_four],
        # One process: the steps share DuckDB and hand each other files; a process per step costs 20 s and
        # DuckDB locks.
        executor=dg.in_process_executor,
        resources={"workspace": workspace_from_environment, **(overrides or {})},
    )
