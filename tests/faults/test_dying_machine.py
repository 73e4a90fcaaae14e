"""The disk fails or the process dies at the n-th change of a night, for n = 1, 2, 3 … until it succeeds.

What others see meanwhile is exactly the old release or exactly the new one; the next night ends as if nothing
had happened. `make test` takes every n-th, `make faults` all.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets import files
from assets.approval import approve, discard, open_releases
from assets.disclosed import FOR_AUDIT
from assets.home import Home
from assets.people import Person
from assets.published import publish_staged
from assets.release.manifest import differing_files, numbered
from assets.workspace import Workspace
from pipelines.journal import read_running, read_runs
from pipelines.locking import locked
from pipelines.night import run_night
from schemas.errors import FemfaktorError
from tests.faults.disk import FULL, KILLED, Killed, faulty
from tests.faults.nights import deliver_again, told, without_dagster
from tests.support.homes import copy_home, tree
from tests.support.proposals import NIGHT, propose
from tests.support.proposals import make_home as make_proposal_home

ANNA = Person(account=NIGHT, login="anna")
ENVIRONMENT = 40
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Scene:
    """A home before something is done with its releases, and as it is when nothing disturbs that."""

    before: Home
    do: Callable[[Home], object]
    after: dict[str, str]
    changes: list[str]
    unsynced: list[str]


def set_scene(before: Home, do: Callable[[Home], object], folder: Path) -> Scene:
    home = copy_home(before, folder)
    with faulty() as disk:
        do(home)
    return Scene(before, do, told(home), disk.changes, disk.unsynced)


def is_whole(home: Home) -> None:
    """The latest release is one that exists, signed, with every file as its manifest says."""
    latest = home.latest.resolve()
    assert differing_files(latest) == []
    assert json.loads((latest / "signature.json").read_text())["approved_by"]
    assert {path.name for path in home.releases.iterdir()} >= {latest.name, "latest"}


def try_at(scene: Scene, n: int, how: str, folder: Path) -> object:
    """Do it on a failing disk, look, do it again; what it came to on the failing disk."""
    home, outcome = copy_home(scene.before, folder), None
    old = tree(scene.before.releases / "r0001")
    try:
        with faulty(n, how) as disk:
            outcome = scene.do(home)
    except (Killed, OSError):
        pass
    place = f"{how} at change {n + 1}: {disk.changes[n] if len(disk.changes) > n else 'none'}"
    assert tree(home.releases / "r0001") == old, place
    is_whole(home)
    scene.do(home)
    found = told(home)
    other = sorted(name for name in found | scene.after if found.get(name) != scene.after.get(name))
    assert other == [], place
    shutil.rmtree(folder)
    return outcome


# Approving and discarding: of a person, without a night.


def approving(home: Home) -> None:
    with locked(home):
        approve(home, "r0002", ANNA)


def discarding(home: Home) -> None:
    with locked(home):
        if (home.proposals / "r0002").is_dir():
            discard(home, "r0002")


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """r0001 is published, r0002 waits."""
    home = make_proposal_home(tmp_path_factory.mktemp("proposed") / "home")
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    propose(home, "r0002")
    return home


@pytest.mark.parametrize("how", [KILLED, FULL])
@pytest.mark.parametrize("do", [approving, discarding])
def test_an_approval_or_a_discarding_that_dies_anywhere_loses_and_doubles_nothing(
    do: Callable[[Home], None], how: str, proposed: Home, tmp_path: Path
) -> None:
    scene = set_scene(proposed, do, tmp_path / "whole")
    assert scene.unsynced == []
    for n in range(len(scene.changes)):
        try_at(scene, n, how, tmp_path / "tried")
    assert len(scene.changes) > (25 if do is approving else 5)


def test_once_the_ledger_has_it_any_run_finishes_an_approval_and_before_that_nothing_is_published(
    proposed: Home, tmp_path: Path
) -> None:
    scene = set_scene(proposed, approving, tmp_path / "whole")
    in_ledger = scene.changes.index("rename .entries.jsonl.part")
    for n, length in ((in_ledger, 1), (in_ledger + 1, 2)):
        home = copy_home(proposed, tmp_path / str(n))
        with pytest.raises(Killed), faulty(n):
            approving(home)
        assert home.latest.resolve().name == "r0001"
        assert open_releases(home)[0].length == length
        assert home.latest.resolve().name == f"r000{length}"


def test_a_first_opening_that_dies_anywhere_makes_one_seed(tmp_path: Path) -> None:
    n, was_killed = 0, True
    while was_killed:
        home = make_proposal_home(tmp_path / str(n))
        (home.private / "seed").unlink()
        try:
            with faulty(n) as disk:
                open_releases(home)
        except Killed:
            pass
        was_killed = disk.failed
        with locked(home):
            seed = open_releases(home)[1]
        assert open_releases(home)[1] == seed
        assert (len(seed), disk.unsynced, files.leftovers(home.private, deep=True)) == (32, [], [])
        n += 1
    assert n > 5


@pytest.mark.parametrize("how", [KILLED, FULL])
def test_publishing_synthetic_data_that_dies_anywhere_publishes_all_or_nothing(
    how: str, tmp_path: Path
) -> None:
    """`staging/` to `proposals/` to `releases/`; the next run empties staging and starts there."""
    outcomes, n, was_faulty = set(), 0, True
    while was_faulty:
        home = make_proposal_home(tmp_path / str(n))
        stage(home)
        try:
            with faulty(n, how) as disk:
                publish_staged(Workspace.open(home))
        except (Killed, FemfaktorError):
            pass
        was_faulty = disk.failed
        with locked(home):
            publish_staged(Workspace.open(home))
        released = numbered(home.releases)
        assert open_releases(home)[0].length == len(released), f"{how} at change {n + 1}"
        assert not list(home.root.rglob("exact.parquet"))
        if released:
            is_whole(home)
        outcomes.add(len(released))
        n += 1
    assert n > 50
    assert outcomes == {0, 1}


def stage(home: Home) -> None:
    folder = propose(home, "r0001", synthetic=True)
    for name in ("tables", FOR_AUDIT):
        (folder / name).mkdir()
        (folder / name / "exact.parquet").write_bytes(b"exact")
    folder.rename(home.staging / "r0001")


# A night that publishes a second release.


@pytest.fixture(scope="module")
def second_night(first_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterable[Scene]:
    """r0001 is published; AKM was delivered again and gives r0002."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_dagster(monkeypatch)
        folder = tmp_path_factory.mktemp("nights")
        home = copy_home(first_night, folder / "home")
        deliver_again(home)
        scene = set_scene(home, run_night, folder / "whole")
        assert "r0002 content" in scene.after
        yield scene


def play_night(scene: Scene, n: int, how: str, folder: Path) -> None:
    outcome = try_at(scene, n, how, folder)
    if how == FULL:
        assert outcome is None or outcome.exit_code == ENVIRONMENT, outcome  # type: ignore[attr-defined]


def test_nothing_is_moved_into_place_before_its_content_is_on_the_disk(second_night: Scene) -> None:
    assert second_night.unsynced == []
    assert sum(change.startswith("sync") for change in second_night.changes) > 50


@pytest.mark.parametrize(("how", "start"), [(KILLED, 3), (FULL, 13)])
def test_a_night_that_dies_at_every_tenth_change_up_to_its_proposal_leaves_the_old_release(
    how: str, start: int, second_night: Scene, tmp_path: Path
) -> None:
    """From there on every change is tried above."""
    for n in range(start, second_night.changes.index("rename r0002"), 20):
        play_night(second_night, n, how, tmp_path / "tried")


@pytest.mark.faults
@pytest.mark.parametrize("how", [KILLED, FULL])
@pytest.mark.parametrize("part", range(10))
def test_a_night_that_dies_at_any_change_leaves_the_old_or_the_new_release(
    how: str, part: int, second_night: Scene, tmp_path: Path
) -> None:
    for n in range(part, len(second_night.changes), 10):
        play_night(second_night, n, how, tmp_path / "tried")


# Really killed, and a really full disk: processes of their own.

KILL = """
import os, signal, sys
from pathlib import Path
import pytest
from assets.home import Home
from pipelines.night import run_night
from tests.faults import disk
from tests.faults.nights import without_dagster

class Dies(disk.FaultyDisk):
    def _change(self, kind, path, half=None):
        try:
            super()._change(kind, path, half)
        except disk.Killed:
            os.kill(os.getpid(), signal.SIGKILL)

disk.files.disk = Dies(int(sys.argv[2]))
without_dagster(pytest.MonkeyPatch())
run_night(Home(Path(sys.argv[1])))
"""


def places(scene: Scene) -> dict[str, int]:
    """The harmful ones: a typed table, counts, the warehouse, the proposal, the ledger, `latest`."""
    return {
        name: scene.changes.index(name)
        for name in (
            "rename .entries.jsonl.part",
            "rename .2023-12-31.parquet.part",
            "rename aggregated-2024-12-31",
            "rename .warehouse.duckdb.part",
            "rename r0002",
            "rename .latest.part",
            "write runs.jsonl",
        )
    }


def kill_at(scene: Scene, place: str, folder: Path) -> None:
    home = copy_home(scene.before, folder)
    command = [sys.executable, "-W", "ignore", "-c", KILL, str(home.root), str(places(scene)[place])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    is_whole(home)
    assert read_running(home), "the next run and `femfaktor status` say that it was killed"
    run_night(home)
    assert told(home) == scene.after
    assert read_runs(home, 2)[0]["state"] == "killed"


def test_a_process_killed_before_the_ledger_has_it_leaves_the_old_release(
    second_night: Scene, tmp_path: Path
) -> None:
    kill_at(second_night, "rename .entries.jsonl.part", tmp_path / "home")


@pytest.mark.faults
def test_a_process_killed_at_any_harmful_place_leaves_the_old_or_the_new_release(
    second_night: Scene, tmp_path: Path
) -> None:
    for number, place in enumerate(places(second_night)):
        kill_at(second_night, place, tmp_path / str(number))


FULL_DISK = """
import resource, sys
from pipelines.cli import main
# Polars, DuckDB, SQLite and xlsxwriter meet the real error of the system.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
main(["--home", sys.argv[2], "nightly"])
"""


@pytest.mark.faults
@pytest.mark.parametrize("size", [0, 2_000, 20_000, 70_000, 300_000])
def test_a_whole_night_whose_files_may_not_grow_is_exit_40_and_the_next_is_as_ever(
    size: int, first_night: Home, tmp_path: Path
) -> None:
    """With Dagster and the real pages: what they write fails too."""
    home = copy_home(first_night, tmp_path / "home")
    deliver_again(home)
    before = tree(home.releases / "r0001")
    command = [sys.executable, "-W", "ignore", "-c", FULL_DISK, str(size), str(home.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == ENVIRONMENT, done.stderr
    assert "bug" not in done.stderr
    assert tree(home.releases / "r0001") == before
    is_whole(home)
    outcome = run_night(home)
    assert (outcome.exit_code, outcome.release) == (0, "r0002"), outcome.messages
