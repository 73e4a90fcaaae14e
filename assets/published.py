"""Published: an audited release becomes a proposal; one made from synthetic data approves itself.

Belongs here: the Dagster asset. Does not belong here: building a release, approving one (`approval.py`).
"""

from dataclasses import asdict, replace
from pathlib import Path

import dagster as dg

from assets import files
from assets.approval import PROPOSAL_FILE, approve, read_proposal, write_json
from assets.audited import audited
from assets.disclosed import FOR_AUDIT, staged
from assets.fingerprints import hash_file
from assets.people import current_person
from assets.release.manifest import MANIFEST_FILE, waiting_proposals
from assets.workspace import Workspace, guarded


@guarded("published")
def publish_staged(workspace: Workspace) -> Path | None:
    """Move the staged release to `proposals/`, and a synthetic one on to `releases/`; where it now lies."""
    folder, home = staged(workspace), workspace.home
    target = None
    if folder is not None:
        proposal = replace(read_proposal(folder), manifest=hash_file(folder / "release" / MANIFEST_FILE))
        write_json(folder / PROPOSAL_FILE, asdict(proposal))
        for done in ("tables", FOR_AUDIT):
            files.remove_tree(folder / done)
        target = home.proposals / folder.name
        # On the disk before the ledger may come to say that it is published.
        files.move(folder, target)
        workspace.fingerprints.record(f"release/{proposal.number}", proposal.inputs)
        workspace.say(f"proposed {target.relative_to(home.root)}")
    # The newest, be it from a run that died before it came to this.
    waiting = waiting_proposals(home)
    if waiting and read_proposal(waiting[-1]).is_synthetic:
        target = approve(home, waiting[-1].name, current_person())
        workspace.say(f"published {target.relative_to(home.root)}")
    return target


@dg.asset(
    key="published",
    group_name="published",
    deps=[audited],
    description="proposals/ til en person skriver under; syntetiske data videre til releases/latest.",
)
def published(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    target = publish_staged(workspace)
    return dg.MaterializeResult(metadata={"release": target.name if target else "unchanged"})


ASSETS = [published]
