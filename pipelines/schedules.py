"""When: every night at 04:00 in Copenhagen.

Belongs here: schedules only. For those who run the Dagster daemon; a systemd timer with `femfaktor nightly`
does the same without one (docs/night-run.md).

Not 02:30: on clock-change nights that time exists twice or not at all.
"""

import dagster as dg

from assets.home import Home
from assets.workspace import Workspace
from pipelines.jobs import nightly
from pipelines.partitions import range_tags


@dg.schedule(
    job=nightly, cron_schedule="0 4 * * *", execution_timezone="Europe/Copenhagen", name="every_night_at_four"
)
def every_night_at_four(context: dg.ScheduleEvaluationContext):
    return dg.RunRequest(tags=range_tags(context.instance, Workspace.open(Home.from_environment())))
