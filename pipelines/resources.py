"""The Dagster resources: the workspace, opened under the home's lock when Dagster itself starts a run.

Belongs here: resources only.
"""

from collections.abc import Iterator

import dagster as dg

from assets.home import Home
from assets.workspace import Workspace
from pipelines.locking import locked


@dg.resource(description="Data home, settings and fingerprints")
def workspace_from_environment(context: dg.InitResourceContext) -> Iterator[Workspace]:
    home = Home.from_environment()
    home.create()
    with locked(home):
        yield Workspace.open(home)
