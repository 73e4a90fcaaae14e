"""What a user meets at the prompt: messages, exit codes, JSON."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from assets.disclosure import load_policy
from assets.home import Home
from assets.settings import load_settings
from pipelines.cli import main
from schemas.errors import EnvironmentUnfit
from tests.support.homes import copy_home, redeliver, tree


def run(home, *args: str):
    root = home.root if isinstance(home, Home) else home
    return CliRunner().invoke(main, ["--home", str(root), *args])


def test_help_names_every_command_and_exit_code(tmp_path):
    text = run(tmp_path, "--help").output
    for word in ("init", "synth", "check", "nightly", "release", "report", "status", "ui", "explain", "demo"):
        assert word in text
    for code in ("20", "21", "30", "40", "50"):
        assert code in text


def test_init_writes_settings_that_load_and_never_overwrites_them(tmp_path):
    from assets.settings import Settings, load_owner_policy, load_settings

    assert run(tmp_path, "init").exit_code == 0
    assert load_owner_policy(tmp_path / "policy.toml").method == "controlled-rounding"
    settings = tmp_path / "femfaktor.toml"
    assert load_settings(settings) == Settings()
    settings.write_text("[release]\nreference_years = 3\n", encoding="utf-8")
    assert "left as it is" in run(tmp_path, "init").output
    assert load_settings(settings).release.reference_years == 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[relase]\n", "relase"),
        ("[release]\nreference_years = 0\n", "reference_years"),
        ("[retention]\nscored_days = 3\n", "scored_reason"),
        ("[drift]\nrow = 0.3\n", "drift.row"),
        ("[drift]\nrows = 1.5\n", "drift.rows"),
        ("[drift.only.akn]\nrows = 0.3\n", "akn"),
        ('[drift.only."akm.socio"]\nblanks = 0.3\n', "akm.socio"),
        ('[coverage]\n"bef.pnr in akm.pnr" = 0.3\n', "bef.pnr in akm.pnr"),
        ("not toml", "not valid TOML"),
    ],
    ids=[
        "unknown section",
        "value below the minimum",
        "keeping rows without a reason",
        "no such kind of drift",
        "a limit above all rows",
        "no such register",
        "no such column",
        "no such pair",
        "no TOML at all",
    ],
)
def test_settings_that_are_wrong_are_refused_with_exit_40_and_the_key(tmp_path, text, named):
    (tmp_path / "extracts").mkdir()
    (tmp_path / "femfaktor.toml").write_text(text, encoding="utf-8")
    result = run(tmp_path, "nightly")
    assert result.exit_code == 40
    assert named in result.output


def test_nightly_without_extracts_says_what_to_do(tmp_path):
    result = run(tmp_path, "nightly")
    assert result.exit_code == 40
    assert "femfaktor synth" in result.output


def test_nightly_json_is_one_object_with_a_state(night_copy):
    result = run(night_copy, "nightly", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["state"] == "nothing_changed"


def test_demo_shows_the_shares_of_the_release_beside_the_benchmarks_and_where_to_look(night_copy):
    output = run(night_copy, "demo").output
    assert "nothing changed" in output
    for word in (
        "37 %",
        "35 %",
        "5 %",
        "areas under a plan",
        "SYNTETISKE DATA",
        "femfaktor.duckdb",
        "reports",
    ):
        assert word in output


def test_status_lists_runs_with_what_was_redone(night):
    output = run(night.home, "status").output
    assert "done" in output
    assert "release/r0001" in output


def test_release_show_lists_the_release_as_published(night):
    rows = json.loads(run(night.home, "release", "show", "--json").output)
    assert rows == [{"number": "r0001", "state": "published", "marking": "SYNTETISKE DATA"}]


def test_a_release_restored_without_its_paperwork_is_shown_all_the_same(night_copy):
    shutil.rmtree(night_copy.proposals)
    result = run(night_copy, "release", "show", "r0001", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["audit"] is None


def test_report_renders_the_latest_release_again_with_the_same_bytes(night, tmp_path):
    assert run(night.home, "report", str(tmp_path / "out")).exit_code == 0
    for published in (night.home.latest / "reports").glob("*.pdf"):
        assert (tmp_path / "out" / "reports" / published.name).read_bytes() == published.read_bytes()


@pytest.mark.parametrize("factor", ["f1", "f2", "f3", "f4", "f5"])
def test_explain_prints_rule_codes_source_and_certainty(tmp_path, factor):
    output = run(tmp_path, "explain", factor).output.lower()
    for word in ("yes:", "no:", "unknown:", "register:", "source:", "codes:", "(i: inference)"):
        assert word in output


def test_a_bug_is_reported_by_its_place_and_never_by_its_text(tmp_path, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("0101011234")

    monkeypatch.setattr("pipelines.night.run_night", broken)
    result = run(tmp_path, "nightly")
    assert result.exit_code == 50
    assert "ValueError" in result.output
    assert "0101011234" not in result.output


def test_check_says_what_is_there_and_that_it_can_be_used(synthetic_home, tmp_path):
    result = run(tmp_path, "check", str(synthetic_home.root / "extracts"))
    assert result.exit_code == 0
    assert "bef 2024-12-31" in result.output
    assert "can be used" in result.output


def test_check_names_a_renamed_column_and_the_lines_that_map_it_and_nightly_then_takes_them(
    synthetic_home, tmp_path
):
    home = copy_home(synthetic_home, tmp_path / "home")
    for year in range(2015, 2024):
        redeliver(home, "kraf", year, lambda kraf: kraf.rename({"AFG_DATO": "AFG_AFGDTO"}))
    result = run(home, "check", str(home.root / "extracts"), "--json")
    assert result.exit_code == 20
    found = json.loads(result.output)
    assert found["state"] == "refused"
    assert found["columns"] == {"kraf": {"afg_dato": "AFG_AFGDTO"}}

    home.settings.write_text('[registers.kraf.columns]\nafg_dato = "AFG_AFGDTO"\n', encoding="utf-8")
    assert run(home, "check", str(home.root / "extracts")).exit_code == 0
    assert run(home, "nightly").exit_code == 0


def test_check_leaves_the_delivery_and_the_home_without_a_trace(synthetic_home, tmp_path):
    before = tree(synthetic_home.root / "extracts")
    run(tmp_path, "check", str(synthetic_home.root / "extracts"))
    assert tree(synthetic_home.root / "extracts") == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_check_refuses_a_delivery_that_lacks_a_year_the_night_would_refuse(synthetic_home, tmp_path):
    home = copy_home(synthetic_home, tmp_path / "home")
    shutil.rmtree(home.root / "extracts" / "kraf" / "year=2021")
    result = run(home, "check", str(home.root / "extracts"))
    assert result.exit_code == 20
    assert "2021" in result.output
    assert run(home, "nightly").exit_code == 20


@pytest.mark.parametrize("number", ["", ".", "../private", "r1", "r0001/x"])
@pytest.mark.parametrize("command", ["show", "approve", "discard"])
def test_what_is_no_release_number_is_not_understood(tmp_path, command, number):
    result = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "release", command, number])
    assert result.exit_code == 2
    assert "not a release number such as r0001" in result.output


@pytest.mark.parametrize("name", ["femfaktor.toml", "policy.toml"])
def test_settings_and_policy_may_begin_with_the_mark_of_utf_8_and_are_nothing_else(tmp_path, name):
    home = Home(tmp_path / "home")
    CliRunner().invoke(main, ["--home", str(home.root), "init"])
    path = home.root / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    load = {"femfaktor.toml": load_settings, "policy.toml": load_policy}[name]
    assert load(path)
    for encoding in ("utf-16", "cp1252"):
        path.write_bytes(f"{text}\n# § 61 a æøå".encode(encoding, errors="replace"))
        with pytest.raises(EnvironmentUnfit, match="is not UTF-8: save it as UTF-8"):
            load(path)


def test_who_reads_only_the_beginning_is_no_bug(tmp_path):
    begin, end = os.pipe()
    os.close(begin)
    command = [
        sys.executable,
        "-c",
        "from pipelines.cli import main; main()",
        "--home",
        str(tmp_path),
        "status",
    ]
    done = subprocess.run(command, stdout=end, stderr=subprocess.PIPE, text=True)
    os.close(end)
    assert (done.returncode, done.stderr) == (0, "")
