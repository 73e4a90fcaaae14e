"""A night: look whether anything changed; if so, run the jobs; say what was done and why.

Belongs here: the order of a run, its lock, its outcome. Does not belong here: data logic (`assets/`), Dagster
(`run.py`, imported only when there is work: a quiet night must end within two seconds).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from assets import clock
from assets.arrival import list_arrivals
from assets.fingerprints import hash_code, hash_file
from assets.home import Home, keep_private
from assets.people import check_account, current_person
from assets.quality import keep_good_profiles
from assets.release.manifest import differing_files, is_in_ledger, waiting_proposals
from assets.retention import drop_all_due
from assets.workspace import SILENT, Voice, Workspace, as_failure
from pipelines.journal import Journal
from pipelines.locking import locked
from schemas.errors import EnvironmentUnfit, FemfaktorError

VERIFY_EVERY = timedelta(days=7)
"""How long size and modification time are trusted before the contents of all extracts are read again."""

CODE = ("assets", "schemas", "sql", "reports")


@dataclass
class Outcome:
    """How a run ended. `state` is for machines: nothing_changed, done, refused, failed."""

    state: str
    exit_code: int
    seconds: float
    redone: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    release: str | None = None
    proposal: str | None = None
    """What waits for a person's approval."""
    accepted: list[str] = field(default_factory=list)
    """Drift that was let pass, and by whom."""

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def run_night(
    home: Home,
    voice: Voice = SILENT,
    *,
    jobs: tuple[str, ...] = ("nightly",),
    verify: bool = False,
    accept_drift: Iterable[str] = (),
) -> Outcome:
    """Run `jobs` if anything they depend on changed. Synthetic data goes on to the release job by itself.

    `accept_drift`: registers, or register/status day, that may differ from the last good night by any amount.

    Raises:
        AlreadyRunning: another run holds the home.
    """
    started = time.monotonic()
    keep_private()
    check_account(home)
    home.create()
    with locked(home):
        journal = Journal(home)
        try:
            journal.begin(jobs)
            workspace = Workspace.open(home, journal.heard(voice))
            workspace.accept_drift = frozenset(accept_drift)
            outcome = _do(workspace, jobs, verify=verify)
        except Exception as error:
            outcome = _refusal(as_failure("night", error))
        outcome.seconds = round(time.monotonic() - started, 2)
        outcome.release = home.latest.resolve().name if home.latest.exists() else None
        outcome.proposal = _newest_waiting(home)
        try:
            journal.end(asdict(outcome))
        except OSError as error:
            unfit = as_failure("run history", error)
            outcome.messages.append(str(unfit))
            outcome.state, outcome.exit_code = "refused", outcome.exit_code or unfit.exit_code
    return outcome


def _do(workspace: Workspace, jobs: tuple[str, ...], *, verify: bool) -> Outcome:
    fingerprints = workspace.fingerprints
    drop_all_due(workspace)
    surface = _surface(workspace, verify=verify)
    if jobs == ("nightly",) and _is_quiet(workspace, surface):
        outcome = Outcome("nothing_changed", 0, 0.0)
        _forget_history(workspace)
    else:
        from pipelines.run import run_jobs

        if "nightly" in jobs:
            fingerprints.seen["account"] = current_person().account
        outcome = _outcome(run_jobs(workspace, jobs), workspace)
        outcome.accepted = workspace.accepted
    if outcome.exit_code == 0:
        fingerprints.seen["surface"] = surface
        if "nightly" in jobs:
            keep_good_profiles(fingerprints)
        drop_all_due(workspace)
    fingerprints.save()
    return outcome


def _refusal(failure: FemfaktorError) -> Outcome:
    state = "failed" if failure.exit_code == 50 else "refused"
    return Outcome(state, failure.exit_code, 0.0, messages=[str(failure)])


def _surface(workspace: Workspace, *, verify: bool) -> str:
    """One hash over extracts, settings, definitions and code."""
    home, fingerprints = workspace.home, workspace.fingerprints
    if not workspace.extracts.is_dir():
        raise EnvironmentUnfit(
            f"No extracts: {workspace.extracts} is not a folder. Set [delivery] extracts in {home.settings}, "
            "or try `femfaktor synth`."
        )
    files = list_arrivals(workspace.extracts).files
    own = [home.settings, home.policy, *sorted(home.definitions.glob("*.toml"))]
    last = fingerprints.seen.get("verified_at")
    verify = verify or last is None or clock.is_over(datetime.fromisoformat(last), VERIFY_EVERY)
    if verify:
        fingerprints.seen["verified_at"] = clock.stamp()
    return fingerprints.surface(
        workspace.extracts,
        files,
        {path.name: hash_file(path) for path in own if path.exists()} | {"code": hash_code(*CODE)},
        trust_mtime=not verify,
    )


def _is_quiet(workspace: Workspace, surface: str) -> bool:
    """Nothing to do: same surface as the last good night, and its results are still as they were written."""
    home, seen = workspace.home, workspace.fingerprints.seen
    if seen.get("surface") != surface:
        return False
    if not workspace.fingerprints.is_as_written("warehouse", home.warehouse):
        return False
    if not home.latest.exists():
        if seen.get("synthetic"):
            return False
    elif differing := differing_files(home.latest):
        raise EnvironmentUnfit(
            f"{home.latest.resolve().name}: {len(differing)} published file(s) differ from the manifest, "
            f"first {differing[0]}. Restore the folder from a backup (docs/releasing.md)."
        )
    if home.latest.exists() and not is_in_ledger(home.latest, home.private):
        # Says what is lost, and the way out; imported only then.
        from assets.approval import open_releases

        open_releases(home)
    return True


def _forget_history(workspace: Workspace) -> None:
    """Many quiet nights in a row let old runs go too; Dagster is loaded only if there are any."""
    days = workspace.settings.retention.run_history_days
    runs = (workspace.home.dagster / "history" / "runs").glob("*-*.db")
    if any(clock.is_over(datetime.fromtimestamp(run.stat().st_mtime), timedelta(days)) for run in runs):
        from pipelines.run import forget_history

        forget_history(workspace.home, days)


def _newest_waiting(home: Home) -> str | None:
    waiting = [path.name for path in waiting_proposals(home)]
    return max(waiting) if waiting else None


def _outcome(success: bool, workspace: Workspace) -> Outcome:
    if success and not workspace.failures:
        state = "done" if workspace.redone else "nothing_changed"
        return Outcome(state, 0, 0.0, redone=workspace.redone)
    # The input is the first thing to look at; what failed after it may be its consequence.
    failures = sorted(workspace.failures, key=lambda failure: failure.exit_code != 20)
    code = failures[0].exit_code if failures else 50
    return Outcome(
        "failed" if code == 50 else "refused",
        code,
        0.0,
        redone=workspace.redone,
        messages=[str(failure) for failure in failures] or ["The run failed; see `femfaktor ui`."],
    )
