"""Reference dates as Dagster partitions, one run for all of them.

Belongs here: keeping the partitions in step with the delivery. Does not belong here: which dates count
(`settings`).
"""

import dagster as dg

from assets.registers import open_delivery
from assets.scored import PARTITIONS
from assets.workspace import Workspace
from schemas.errors import InputRefused, Problem

NO_BEF = Problem(
    "bef",
    "",
    "no status of 31 December delivered",
    0,
    "Deliver BEF for the years to report; see `femfaktor check`.",
)


def range_tags(instance: dg.DagsterInstance, workspace: Workspace) -> dict[str, str]:
    """Register the delivery's reference dates as partitions; the run tags that cover them all."""
    vintages = [vintage for vintage in open_delivery(workspace).of("bef") if vintage]
    dates = [str(day) for day in workspace.settings.reference_dates(vintages)]
    if not dates:
        raise InputRefused([NO_BEF])
    # A range runs in the order in which partitions were added, so an older date that arrives late starts the
    # list anew.
    if dates != list(instance.get_dynamic_partitions(PARTITIONS)):
        for known in instance.get_dynamic_partitions(PARTITIONS):
            instance.delete_dynamic_partition(PARTITIONS, known)
        instance.add_dynamic_partitions(PARTITIONS, dates)
    return {"dagster/asset_partition_range_start": dates[0], "dagster/asset_partition_range_end": dates[-1]}
