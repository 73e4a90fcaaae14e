"""What a machine does to a night: no memory, no rights, two runs, readers, clocks, locales, versions.

After each: the exit code of README, the last good release as it was, nothing left over, and a next night as
if nothing had happened.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from assets import clock, files
from assets.aggregated import refresh_warehouse
from assets.extracts import TypingReport, type_register
from assets.files import Disk
from assets.fingerprints import Fingerprints
from assets.home import Home
from assets.settings import Settings, load_settings
from assets.workspace import Workspace, as_failure
from pipelines.cli import main
from pipelines.journal import Journal, read_runs
from pipelines.locking import locked
from pipelines.night import Outcome, run_night
from pipelines.status import tell_freshness
from schemas.errors import EnvironmentUnfit
from tests.faults.nights import deliver_again, told
from tests.support.homes import copy_home, tree
from tests.support.proposals import make_home as make_proposal_home
from tests.support.proposals import propose

pytestmark = pytest.mark.usefixtures("no_dagster")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(first_night: Home, tmp_path: Path) -> Home:
    """r0001 is published, and AKM was delivered again."""
    home = copy_home(first_night, tmp_path / "home")
    deliver_again(home)
    return home


def run(home: Home, *arguments: str):
    return CliRunner().invoke(main, ["--home", str(home.root), *arguments])


def refused_once(home: Home, disturb: Callable[[pytest.MonkeyPatch], None]) -> Outcome:
    """The night under the disturbance; what it published before stands, and without it all is well."""
    before = tree(home.releases)
    with pytest.MonkeyPatch.context() as monkeypatch:
        disturb(monkeypatch)
        outcome = run_night(home)
    assert tree(home.releases) == before
    assert run_night(home).release == "r0002"
    assert not list(home.temp.iterdir()) + list(home.staging.iterdir())
    assert not files.leftovers(home.root, deep=True)
    return outcome


MACHINE = {
    "no memory": MemoryError(),
    "no memory for DuckDB": duckdb.OutOfMemoryException(
        "failed to allocate 16.0 MiB (16.3 MiB/19.0 MiB used)"
    ),
    "no space for Polars": pl.exceptions.ComputeError("parquet: underlying IO error: No space (os error 28)"),
    "no space for DuckDB": duckdb.IOException('Could not write file "x": No space left on device'),
    "no space": OSError(errno.ENOSPC, "x"),
    "over quota": OSError(errno.EDQUOT, "x"),
    "too many open files": OSError(errno.EMFILE, "x"),
    "a broken disk": OSError(errno.EIO, "x"),
}


@pytest.mark.parametrize("what", MACHINE)
def test_what_the_machine_lacks_is_exit_40_in_words_and_never_called_a_bug(what: str) -> None:
    failure = as_failure("scored", MACHINE[what])
    assert isinstance(failure, EnvironmentUnfit)
    assert failure.exit_code == 40
    assert "bug" not in str(failure)
    assert str(failure).startswith("scored: ")


def test_another_error_is_a_bug_and_its_text_stays_inside() -> None:
    failure = as_failure("scored", ValueError("0101011234"))
    assert failure.exit_code == 50
    assert "0101011234" not in str(failure)


def test_a_night_that_runs_out_of_memory_is_refused_and_the_next_is_as_ever(home: Home) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    outcome = refused_once(home, lambda patch: patch.setattr("assets.scored.score_children", no_memory))
    assert (outcome.state, outcome.exit_code) == ("refused", 40)
    assert "memory" in outcome.messages[0]


class ReadOnly(Disk):
    """Nothing below `folder` can be changed."""

    def __init__(self, folder: Path) -> None:
        for name in ("write", "chmod", "rename", "link", "symlink", "mkdir", "unlink", "rmdir"):
            setattr(self, name, self._guard(getattr(self, name), folder))

    @staticmethod
    def _guard(change: Callable, folder: Path) -> Callable:
        def guarded(path: Path, *rest: object) -> None:
            if any(isinstance(each, Path) and each.is_relative_to(folder) for each in (path, *rest)):
                raise PermissionError(errno.EROFS, os.strerror(errno.EROFS))
            change(path, *rest)

        return guarded


@pytest.mark.parametrize(
    "name",
    [
        "private/registers",
        "releases",
        *(
            pytest.param(n, marks=pytest.mark.faults)
            for n in ("private/state.json", "warehouse", "proposals")
        ),
    ],
)
def test_a_folder_that_cant_be_written_is_exit_40_with_what_to_look_at(home: Home, name: str) -> None:
    outcome = refused_once(home, lambda patch: patch.setattr(files, "disk", ReadOnly(home.root / name)))
    assert outcome.exit_code == 40, outcome.messages
    assert "Account and folders" in outcome.messages[0]


def test_a_home_that_cant_be_written_at_all_is_exit_40_at_the_prompt(home: Home, monkeypatch) -> None:
    monkeypatch.setattr(files, "disk", ReadOnly(home.root))
    before = tree(home.root)
    result = run(home, "nightly")
    assert result.exit_code == 40
    assert "Account and folders" in result.output
    del before["private/log/femfaktor.jsonl"]
    assert before.items() <= tree(home.root).items()


@pytest.mark.parametrize("command", [("nightly",), ("release", "propose"), ("release", "approve", "r0001")])
def test_a_second_run_is_exit_30_and_changes_nothing(home: Home, command: tuple[str, ...]) -> None:
    with locked(home):
        before = tree(home.root)
        result = run(home, *command)
        assert tree(home.root) == before
    assert result.exit_code == 30
    assert "Wait for it" in result.output


READER = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
counts = "SELECT sum(at_risk) FROM area_risk WHERE level = 'kommune'"
print(con.sql(counts).fetchall(), flush=True)
sys.stdin.readline()
print(con.sql(counts).fetchall(), flush=True)
"""


def test_readers_keep_the_old_numbers_and_who_opens_afterwards_gets_the_new(home: Home) -> None:
    def read(path: Path) -> subprocess.Popen:
        command = [sys.executable, "-c", READER, str(path)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    readers = [read(home.warehouse), read(home.latest / "femfaktor.duckdb")]
    old = [reader.stdout.readline() for reader in readers]
    assert run_night(home).release == "r0002"
    assert [reader.communicate("\n")[0] for reader in readers] == old
    after = [
        read(path).communicate("\n")[0].splitlines()[0]
        for path in (home.warehouse, home.latest / "femfaktor.duckdb")
    ]
    assert all(new != before.strip() for new, before in zip(after, old, strict=True))


# Clocks.


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "is_verified"),
    [
        (NOW - timedelta(days=6, hours=23), False),
        (NOW - timedelta(days=7), True),
        # The clock was wrong once: without this, contents would not be looked at again for 73 years.
        (NOW + timedelta(days=365 * 73), True),
        (NOW + timedelta(seconds=1), True),
    ],
)
def test_contents_are_verified_a_week_after_the_last_time_or_when_that_lies_ahead(
    first_night: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: datetime, is_verified: bool
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    state = json.loads(home.state.read_text())
    state["seen"]["verified_at"] = last.isoformat()
    home.state.write_text(json.dumps(state))
    set_clock(monkeypatch, NOW)
    assert run_night(home).state == "nothing_changed"
    after = Fingerprints(home.state).seen["verified_at"]
    assert (after == NOW.isoformat(timespec="seconds")) is is_verified


def test_the_night_the_clock_is_set_back_has_two_runs_at_half_past_two_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.create()
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    for zone in (summer, winter):
        set_clock(monkeypatch, datetime(2026, 10, 25, 2, 30, tzinfo=zone))
        journal = Journal(home)
        journal.begin(("nightly",))
        journal.end(
            {"state": "done", "messages": [], "seconds": 1.0, "exit_code": 0, "redone": [], "release": None}
        )
    assert [each["ended"] for each in read_runs(home, 5)] == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    ]


def test_a_clock_that_jumps_back_does_not_keep_scored_rows(first_night: Home, tmp_path: Path) -> None:
    home = copy_home(first_night, tmp_path / "home")
    leftover = home.private / "scored" / "2024-12-31.parquet"
    leftover.write_bytes(b"rows")
    ahead = (datetime.now() + timedelta(days=400)).timestamp()
    os.utime(leftover, (ahead, ahead))
    assert run_night(home).state == "nothing_changed"
    assert not leftover.exists()


def test_a_register_is_late_by_the_calendar_the_day_after_it_was_due(first_night: Home) -> None:
    bef = next(row for row in tell_freshness(first_night, NOW.date()) if row.register == "bef")
    for today, is_late in ((bef.due, False), (bef.due + timedelta(days=1), True)):
        (row,) = [row for row in tell_freshness(first_night, today) if row.register == "bef"]
        assert row.is_late is is_late


# Accounts, locales, places.


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=["open to all", "closed to all"])
def test_modes_are_what_they_are_declared_whatever_the_umask(mask: int, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    os.umask(mask)
    assert run(home, "init").exit_code == 0
    make_proposal_home(home.root)
    propose(home, "r0001")
    assert run(home, "release", "approve", "r0001").exit_code == 0

    def mode(path: Path) -> str:
        return oct(stat.S_IMODE(path.stat().st_mode))

    assert {path.name: mode(path) for path in home.root.iterdir()} == {
        **dict.fromkeys(("private", "staging", "proposals", "dagster"), "0o700"),
        **dict.fromkeys(("extracts", "warehouse"), "0o750"),
        "releases": "0o755",
        "femfaktor.toml": "0o640",
        "policy.toml": mode(home.policy),  # the test's own
    }
    assert mode(home.root) == "0o750"
    for path in (home.releases / "r0001").rglob("*"):
        assert mode(path) == ("0o755" if path.is_dir() else "0o644")
    for path in home.private.rglob("*"):
        assert mode(path)[-2:] == "00", path.name


@pytest.mark.parametrize("command", [("status",), ("explain", "f2"), ("release", "show", "r0001")])
def test_a_machine_without_danish_letters_shows_what_it_can(
    first_night: Home, command: tuple[str, ...]
) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    program = "from pipelines.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--home", str(first_night.root), *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_home_that_moved_has_nothing_to_do_and_goes_on_when_something_comes(
    first_night: Home, tmp_path: Path
) -> None:
    old = copy_home(first_night, tmp_path / "old")
    run_night(old, verify=True)
    old.root.rename(tmp_path / "new place")
    home = Home(tmp_path / "new place")
    assert run_night(home).state == "nothing_changed"
    assert str(old.root) not in home.state.read_text(), "no memory of files that are gone"
    deliver_again(home)
    outcome = run_night(home)
    assert (outcome.exit_code, outcome.release) == (0, "r0002")


# Other versions.


def test_state_of_another_version_is_refused_with_the_way_out_which_works(home: Home) -> None:
    before = tree(home.releases)
    home.state.write_text(json.dumps({"version": 99, "nodes": []}))
    refused = run_night(home)
    assert refused.exit_code == 40
    assert "another version" in refused.messages[0]
    assert "Remove it" in refused.messages[0]
    assert tree(home.releases) == before
    home.state.unlink()
    assert run_night(home).release == "r0002"


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "null",
        '{"nodes": []}',
        '{"nodes": {"registers/bef/all": {}}}',
        '{"nodes": {"x": "y"}}',
        "\ud800",
    ],
)
def test_state_of_no_known_form_is_called_damaged(tmp_path: Path, content: str) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(EnvironmentUnfit, match="damaged"):
        Fingerprints(path)


def test_state_without_a_version_and_with_an_unknown_key_is_read(first_night: Home, tmp_path: Path) -> None:
    home = copy_home(first_night, tmp_path / "home")
    state = json.loads(home.state.read_text())
    del state["version"]
    home.state.write_text(json.dumps(state | {"later": 1}))
    assert run_night(home).state == "nothing_changed"


OLD_LINES = (
    '{"ended": "2025-01-31T04:00:00", "state": "done"}',
    '{"state": "killed"}',
    "[1, 2]",
    '"text"',
    "7",
    "",
    '{"ended": "2025-02-0',
)


def test_runs_noted_by_an_earlier_version_are_told_as_far_as_they_go(
    first_night: Home, tmp_path: Path
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    home.runs.write_text("".join(f"{line}\n" for line in OLD_LINES))
    home.running.write_text("[]")
    result = run(home, "status")
    assert result.exit_code == 0, result.output
    assert "2025-01-31T04:00:00  done" in result.output
    assert run_night(home).state == "nothing_changed"
    assert [each["state"] for each in read_runs(home, 9)] == ["done", "killed", "nothing_changed"]


def test_the_status_is_told_also_when_settings_or_state_cant_be_read(
    first_night: Home, tmp_path: Path
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    home.settings.write_text("[relase]\n")
    result = run(home, "status")
    assert result.exit_code == 0
    assert "relase" in result.output
    assert "release r0001" in result.output


@pytest.mark.parametrize("content", [None, "", "[]", "{}"], ids=["gone", "empty", "a list", "without files"])
def test_a_manifest_that_is_gone_or_damaged_is_said_with_what_to_restore(
    first_night: Home, tmp_path: Path, content: str | None
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    manifest = home.latest / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)
    outcome = run_night(home)
    assert outcome.exit_code == 40
    assert "Restore the folder" in outcome.messages[0]
    outcome = run_night(home, jobs=("release",))
    assert outcome.exit_code == 21
    assert "r0001" in outcome.messages[0]


def test_what_a_dead_run_left_anywhere_is_gone_after_the_next(first_night: Home, tmp_path: Path) -> None:
    home = copy_home(first_night, tmp_path / "home")
    expected = told(home)
    for name in (
        "private/.state.json.part",
        "private/registers/bef/.2020-12-31.parquet.part",
        "private/ledger/.entries.jsonl.part",
        "private/tmp/spill/block",
        "warehouse/.warehouse.duckdb.part",
        "warehouse/.warehouse.duckdb.part.wal",
        "staging/r0002/release/index.html",
        "proposals/r0001/.signature.json.part",
        "releases/.latest.part",
    ):
        (home.root / name).parent.mkdir(parents=True, exist_ok=True)
        (home.root / name).write_bytes(b"half")
    assert run_night(home).state == "nothing_changed"
    assert told(home) == expected


def test_counts_that_a_dead_night_left_unfinished_are_not_proposed(home: Home) -> None:
    """The files of new inputs lie there, and the record is of the old ones."""
    counts = home.aggregated(datetime(2024, 12, 31).date()) / "area_risk.parquet"
    pl.read_parquet(counts).with_columns(pl.col("at_risk") + 1).write_parquet(counts)
    outcome = run_night(home, jobs=("release",))
    assert outcome.exit_code == 40
    assert "femfaktor nightly" in outcome.messages[0]
    assert run_night(home).release == "r0002"


def test_a_typed_table_that_is_not_as_it_was_written_is_made_again(first_night: Home, tmp_path: Path) -> None:
    """A night died before it noted it, and then the older delivery came back."""
    home = copy_home(first_night, tmp_path / "home")
    good = tree(home.private / "registers")
    typed = home.typed("akm", "2023-12-31")
    pl.read_parquet(typed).with_columns(socio13=pl.lit(330, pl.Int16)).write_parquet(typed)
    home.settings.write_text(home.settings.read_text() + "# something changed\n")
    outcome = run_night(home)
    assert outcome.redone == ["registers/akm/2023-12-31: the file is not as it was written"]
    assert tree(home.private / "registers") == good


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("policy.toml", "min_mothers = 30", "", "size.min_mothers: missing"),
        ("policy.toml", "min_mothers = 30", "min_mothers = 30\nmin_kin = 1", "size.min_kin: unknown key"),
        ("femfaktor.toml", "[release]", "[release]\nrounding = 5", "release.rounding"),
    ],
)
def test_settings_or_a_policy_of_another_version_are_refused_by_key_and_the_release_stands(
    home: Home, name: str, old: str, new: str, key: str
) -> None:
    path, before = home.root / name, tree(home.releases)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    outcome = run_night(home)
    assert outcome.exit_code == 40
    assert key in "\n".join(outcome.messages)
    assert tree(home.releases) == before
    path.write_text(text, encoding="utf-8")
    assert run_night(home).release == "r0002"


def test_settings_from_before_a_section_was_there_are_read(tmp_path: Path) -> None:
    path = tmp_path / "femfaktor.toml"
    path.write_text('[delivery]\nredelivery = "latest"\n[release]\nreference_years = 2\n')
    settings = load_settings(path)
    assert (settings.delivery.redelivery, settings.drift, settings.coverage) == (
        "latest", Settings().drift, Settings().coverage,
    )  # fmt: skip


def test_a_file_that_grows_while_it_is_read_is_refused_and_taken_once_it_is_whole(home: Home) -> None:
    growing = home.root / "extracts" / "akm" / "year=2023" / "part-0.parquet"

    def read_and_grow(files: Sequence[Path], *rest: Any, **options: Any) -> TypingReport:
        report = type_register(files, *rest, **options)
        if growing in files:
            os.utime(growing, ns=(1, 1))
        return report

    outcome = refused_once(home, lambda patch: patch.setattr("assets.registers.type_register", read_and_grow))
    assert outcome.exit_code == 20
    assert outcome.messages[0].startswith(
        "akm (akm/year=2023/part-0.parquet): the file changed while it was read: 1."
    )


def test_counts_of_a_date_that_is_no_longer_counted_are_removed(first_night: Home, tmp_path: Path) -> None:
    home = copy_home(first_night, tmp_path / "home")
    counted = home.aggregated(datetime(2024, 12, 31).date())
    shutil.copytree(counted, counted.with_name("2019-12-31"))
    workspace = Workspace.open(home)
    refresh_warehouse(workspace, [datetime(2024, 12, 31).date()])
    assert [path.name for path in counted.parent.iterdir()] == ["2024-12-31"]


def test_the_history_of_runs_is_turned_at_its_size_and_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.create()
    monkeypatch.setattr("pipelines.journal.LOG_BYTES", 500)
    monkeypatch.setattr("pipelines.journal.LOG_FILES", 2)
    for seconds in range(40):
        journal = Journal(home)
        journal.begin(("nightly",))
        journal.end({"state": "done", "messages": [], "seconds": seconds})
    kept = sorted(home.private.glob("runs.jsonl*"))
    assert [path.name for path in kept] == ["runs.jsonl", "runs.jsonl.1", "runs.jsonl.2"]
    assert all(path.stat().st_size < 800 for path in kept)
    assert [each["seconds"] for each in read_runs(home, 5)] == [35, 36, 37, 38, 39]


def test_a_proposal_approved_while_the_disk_is_full_is_exit_40_and_can_be_approved_afterwards(
    tmp_path: Path,
) -> None:
    home = make_proposal_home(tmp_path / "home")
    propose(home, "r0001")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(files, "disk", ReadOnly(home.proposals))
        result = run(home, "release", "approve", "r0001")
    assert result.exit_code == 40
    assert not home.latest.exists()
    assert run(home, "release", "approve", "r0001").exit_code == 0


def test_typed_registers_go_once_counted_where_the_setting_says_so_and_come_back_for_the_next_count(
    home: Home,
) -> None:
    home.settings.write_text(home.settings.read_text() + "[retention]\nkeep_typed = false\n")
    assert run_night(home).release == "r0002"
    assert not (home.private / "registers").exists()
    assert run_night(home).state == "nothing_changed"
    assert tell_freshness(home, NOW.date()), "what a night has read stays known"
    deliver_again(home, 133)
    outcome = run_night(home)
    assert (outcome.exit_code, outcome.release) == (0, "r0003")
    assert not (home.private / "registers").exists()
    assert [line for line in outcome.redone if line.startswith("scored")] == [
        "scored 2024-12-31: akm 2023-12-31 changed"
    ]


@pytest.mark.parametrize(("days", "is_there"), [(89, True), (91, False)])
def test_quiet_nights_let_the_history_of_old_runs_go_too(
    first_night: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, is_there: bool
) -> None:
    home = copy_home(first_night, tmp_path / "home")
    old = home.dagster / "history" / "runs" / "0a1b-2c3d.db"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"events")
    then = (datetime.now() - timedelta(days=days)).timestamp()
    os.utime(old, (then, then))
    monkeypatch.setattr("pipelines.run.forget_history", lambda *_: old.unlink())
    assert run_night(home).state == "nothing_changed"
    assert old.exists() is is_there
