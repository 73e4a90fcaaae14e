"""What is left of a run for those who look in the morning: journal, log, freshness, history."""

from __future__ import annotations

import fcntl
import json
from datetime import date

import pytest
from click.testing import CliRunner

from assets.home import Home
from assets.workspace import Voice
from pipelines.cli import main
from pipelines.journal import Journal, read_runs
from pipelines.status import shorten, tell_freshness, tell_status

OUTCOME = {
    "state": "refused",
    "exit_code": 20,
    "seconds": 1.5,
    "redone": [],
    "messages": ["akm.socio13: 3 of 10 rows"],
    "release": None,
}


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def status(home: Home, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["--home", str(home.root), "status", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_run_that_was_killed_is_said_at_once_and_kept_by_the_next_run(home):
    Journal(home).begin(("nightly",))  # and no end: the process is gone
    assert "killed" in status(home)
    following = Journal(home)
    following.begin(("nightly",))
    following.end(OUTCOME)
    assert [run["state"] for run in read_runs(home, 5)] == ["killed", "refused"]
    assert "killed" in status(home)


def test_a_run_under_way_is_not_called_killed(home):
    Journal(home).begin(("nightly",))
    with home.lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        text = status(home)
        assert json.loads(status(home, "--json"))["running"]["jobs"] == ["nightly"]
    assert "under way" in text
    assert "killed" not in text


def test_asking_for_the_status_does_not_stand_in_the_way_of_a_run(home):
    status(home)
    with home.lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_half_a_line_of_a_killed_writer_hides_no_other_run(home):
    first = Journal(home)
    first.begin(("nightly",))
    first.end(OUTCOME)
    with home.runs.open("a", encoding="utf-8") as stream:
        stream.write('{"ended": "2026-01-0')
    second = Journal(home)
    second.begin(("nightly",))
    second.end(OUTCOME)
    assert [run["state"] for run in read_runs(home, 9)] == ["refused", "refused"]


def test_the_log_has_what_was_said_as_json_lines_with_the_time(home):
    journal, heard = Journal(home), []
    journal.begin(("nightly",))
    journal.heard(Voice(heard.append)).say("registers/akm: 7 rows, 100 %")
    journal.end(OUTCOME)
    lines = [json.loads(line) for line in home.log.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in lines] == [
        "started: nightly",
        "registers/akm: 7 rows, 100 %",
        "akm.socio13: 3 of 10 rows",
        "ended: refused in 1.5 s",
    ]
    assert [line["level"] for line in lines] == ["info", "info", "error", "info"]
    assert all(line["time"][:4].isdigit() for line in lines)
    assert heard == ["registers/akm: 7 rows, 100 %"]


def test_a_full_log_is_turned_and_only_so_many_are_kept(home, monkeypatch):
    monkeypatch.setattr("pipelines.journal.LOG_BYTES", 2_000)
    monkeypatch.setattr("pipelines.journal.LOG_FILES", 2)
    journal = Journal(home)
    journal.begin(("nightly",))
    say = journal.heard(Voice()).say
    for _ in range(100):
        say("x" * 100)
    journal.end(OUTCOME)
    assert sorted(path.name for path in home.log.parent.iterdir()) == [
        "femfaktor.jsonl",
        "femfaktor.jsonl.1",
        "femfaktor.jsonl.2",
    ]


@pytest.mark.parametrize(
    ("today", "is_late"),
    [(date(2026, 1, 30), False), (date(2026, 1, 31), False), (date(2026, 2, 1), True)],
)
def test_akm_of_2024_is_late_only_13_months_after_its_year(night, today, is_late):
    """AKM of 2023 is the newest in the delivery; a clock would have called it stale a year before."""
    akm = next(row for row in tell_freshness(night.home, today) if row.register == "akm")
    assert (akm.latest, akm.expected) == (date(2023, 12, 31), date(2024, 12, 31))
    assert akm.is_late is is_late


def test_an_installation_may_have_another_calendar(night_copy):
    night_copy.settings.write_text("[registers.akm]\narrives_after = 15\n", encoding="utf-8")
    akm = next(row for row in tell_freshness(night_copy, date(2026, 3, 31)) if row.register == "akm")
    assert (akm.due, akm.is_late) == (date(2026, 3, 31), False)


def test_lists_have_no_calendar(night):
    registers = {row["register"] for row in tell_status(night.home, 1, date(2025, 1, 1))["registers"]}
    assert {"bef", "udda", "akm", "kraf", "bol"} <= registers
    assert not {"omraader", "omraade_adresser", "hfaudd"} & registers


def test_many_nodes_of_a_stage_are_counted_few_are_named():
    many = [f"registers/akm/{year}: not made before" for year in range(2019, 2024)]
    few = ["scored 2024-12-31: akm 2023 changed"]
    assert shorten([*many, *few]) == ["registers: 5 of them, not made before", *few]


def test_the_history_of_old_runs_goes_with_its_files(home):
    import dagster as dg

    from pipelines.run import forget_old_runs, prepare_instance

    prepare_instance(home)

    @dg.job
    def nothing():
        pass

    with dg.DagsterInstance.get() as instance:
        run_id = nothing.execute_in_process(instance=instance).run_id
        database = home.dagster / "history" / "runs" / f"{run_id}.db"
        forget_old_runs(instance, home, days=1)
        assert database.exists()
        assert instance.get_run_by_id(run_id)
        forget_old_runs(instance, home, days=0)
        assert not database.exists()
        assert instance.get_run_by_id(run_id) is None
