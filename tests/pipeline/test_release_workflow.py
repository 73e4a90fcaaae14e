"""From counts to an approved release and on to the next: what a person proposes, sees, signs, and gets back.

One delivery without the synthetic marker stands for real data.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from assets.approval import open_releases
from assets.home import Home
from pipelines.cli import main
from pipelines.night import run_night
from tests.support.homes import copy_home, redeliver, tree, unmark

SETTINGS = '[release]\ncontroller = "Prøvekøbing"\npurpose = "Statistik"\nlegal_basis = "§ 10"\n'


def run(home: Home, *args: str, **env: str):
    return CliRunner().invoke(main, ["--home", str(home.root), *args], env=env)


def told(home: Home, *args: str):
    result = run(home, *args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def less_educated(udda: pl.DataFrame) -> pl.DataFrame:
    """One in sixty gets a code of grundskole: nearly every area changes in something."""
    return udda.with_columns(
        HFAUDD=pl.when(pl.int_range(pl.len()) % 60 == 0).then(pl.lit("1007")).otherwise("HFAUDD")
    )


def rows(release: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(release / "femfaktor.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


@pytest.fixture(scope="module")
def real_home(synthetic_home, tmp_path_factory) -> Home:
    """Real data after its night, two reference dates, nothing proposed."""
    home = copy_home(synthetic_home, tmp_path_factory.mktemp("real") / "home")
    unmark(home)
    home.settings.write_text(SETTINGS + "reference_years = 2\n", encoding="utf-8")
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    return home


@pytest.fixture(scope="module")
def proposed_home(real_home, tmp_path_factory) -> Home:
    home = copy_home(real_home, tmp_path_factory.mktemp("proposed") / "home")
    outcome = run_night(home, jobs=("release",))
    assert outcome.exit_code == 0, outcome.messages
    assert (outcome.proposal, outcome.release) == ("r0001", None)
    return home


@pytest.fixture(scope="module")
def approved_home(proposed_home, tmp_path_factory) -> Home:
    home = copy_home(proposed_home, tmp_path_factory.mktemp("approved") / "home")
    result = run(home, "release", "approve", "r0001", SUDO_USER="anna")
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture(scope="module")
def revised_home(approved_home, tmp_path_factory) -> Home:
    """UDDA of the earlier date was delivered again, and the change proposed."""
    home = copy_home(approved_home, tmp_path_factory.mktemp("revised") / "home")
    redeliver(home, "udda", 2023, less_educated)
    unmark(home)
    assert run_night(home).exit_code == 0
    outcome = run_night(home, jobs=("release",))
    assert outcome.exit_code == 0, outcome.messages
    assert outcome.proposal == "r0002"
    return home


@pytest.fixture
def proposed(proposed_home, tmp_path) -> Home:
    return copy_home(proposed_home, tmp_path / "home")


@pytest.fixture
def approved(approved_home, tmp_path) -> Home:
    return copy_home(approved_home, tmp_path / "home")


@pytest.fixture
def revised(revised_home, tmp_path) -> Home:
    return copy_home(revised_home, tmp_path / "home")


@pytest.mark.parametrize("missing", ["controller", "purpose", "legal_basis"])
def test_real_data_is_not_proposed_without_controller_purpose_and_legal_basis(real_home, tmp_path, missing):
    home = copy_home(real_home, tmp_path / "home")
    text = home.settings.read_text(encoding="utf-8")
    home.settings.write_text("\n".join(line for line in text.splitlines() if missing not in line))
    result = run(home, "release", "propose")
    assert result.exit_code == 21
    assert missing in result.output
    assert not list(home.proposals.iterdir())


def test_nothing_is_protected_without_a_policy_in_the_home(real_home, tmp_path):
    home = copy_home(real_home, tmp_path / "home")
    home.policy.unlink()
    result = run(home, "release", "propose")
    assert result.exit_code == 40
    assert "femfaktor init" in result.output


def test_an_unknown_key_in_the_policy_is_refused_by_its_name(real_home, tmp_path):
    home = copy_home(real_home, tmp_path / "home")
    home.policy.write_text(home.policy.read_text(encoding="utf-8") + "\n[syze]\nmin_children = 1\n")
    result = run(home, "release", "propose")
    assert result.exit_code == 40
    assert "syze" in result.output


def test_nothing_is_visible_under_releases_before_somebody_approves(proposed_home):
    assert not list(proposed_home.releases.iterdir())
    assert open_releases(proposed_home)[0].length == 0


def test_the_proposal_holds_its_files_and_its_paperwork_and_no_exact_table(proposed_home):
    folder = proposed_home.proposals / "r0001"
    names = {path.name for path in folder.iterdir()}
    assert names == {"release", "proposal.json", "audit.json", "relations.parquet"}
    assert not list(proposed_home.staging.iterdir())


def test_show_says_what_a_first_proposal_holds_and_what_the_audit_did(proposed_home):
    assert told(proposed_home, "release", "show") == [
        {"number": "r0001", "state": "proposed", "marking": "BESKYTTEDE TAL"}
    ]
    description = told(proposed_home, "release", "show", "r0001")
    assert [each["what"] for each in description["changes"]["dates"]] == ["new", "new"]
    assert description["audit"]["checked"] > 1_000
    assert description["audit"]["tried"]["cells"] > 100
    text = run(proposed_home, "release", "show", "r0001").output
    assert "2024-12-31  new: " in text
    assert "passed" in text


def test_show_lists_the_relations_in_words(proposed_home):
    text = run(proposed_home, "release", "show", "r0001", "--relations").output
    assert "kommune" in text.split("audit:")[1]
    assert " = " in text.split("audit:")[1]


def test_show_of_a_number_that_is_not_there_says_where_to_look(proposed_home):
    result = run(proposed_home, "release", "show", "r0009")
    assert result.exit_code == 2
    assert "release show" in result.output


def test_proposing_the_same_again_changes_nothing(proposed):
    before = tree(proposed.proposals)
    outcome = run_night(proposed, jobs=("release",))
    assert (outcome.state, outcome.proposal) == ("nothing_changed", "r0001")
    assert tree(proposed.proposals) == before


def test_an_approved_release_is_the_latest_signed_by_who_logged_in(approved_home):
    assert approved_home.latest.resolve().name == "r0001"
    signature = json.loads((approved_home.latest / "signature.json").read_text())
    assert signature["approved_by"]["login"] == "anna"
    assert told(approved_home, "release", "show")[0]["state"] == "published"
    ledger, _ = open_releases(approved_home)
    manifest = json.loads((approved_home.latest / "manifest.json").read_text())
    assert manifest["ledger"] == {"length": 1, "head": ledger.head}
    assert set(ledger.published_dates()) == {date(2023, 12, 31), date(2024, 12, 31)}


def test_a_second_person_is_somebody_else_than_who_proposed(proposed):
    proposed.settings.write_text(SETTINGS + "second_person = true\n", encoding="utf-8")
    proposer = json.loads((proposed.proposals / "r0001" / "proposal.json").read_text())["proposed_by"]
    refused = run(proposed, "release", "approve", "r0001", SUDO_USER=proposer["login"])
    assert refused.exit_code == 21
    assert "second person" in refused.output
    assert not proposed.latest.exists()
    assert run(proposed, "release", "approve", "r0001", SUDO_USER="bo").exit_code == 0


def test_a_discarded_proposal_leaves_its_number_unused(proposed):
    assert run(proposed, "release", "discard", "r0001").exit_code == 0
    outcome = run_night(proposed, jobs=("release",))
    assert outcome.proposal == "r0002"


def test_a_published_file_is_approved_as_audited_or_not_at_all(proposed):
    path = proposed.proposals / "r0001" / "release" / "index.html"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    refused = run(proposed, "release", "approve", "r0001")
    assert refused.exit_code == 21
    assert "index.html" in refused.output
    assert not list(proposed.releases.iterdir())


def test_a_revision_keeps_what_has_not_changed_and_says_so(revised_home):
    changes = told(revised_home, "release", "show", "r0002")["changes"]
    revised, repeated = changes["dates"]
    assert (revised["what"], revised["revision"]) == ("revised", 1)
    assert (repeated["what"], repeated["revision"]) == ("repeated", 0)
    # Education changes f4 and the number of factors; the ages stay.
    assert revised["changed"] > 0
    release, before = revised_home.proposals / "r0002" / "release", revised_home.releases / "r0001"
    ages = "SELECT * FROM area_children WHERE reference_date = '2023-12-31' ORDER BY ALL"
    assert rows(release, ages) == rows(before, ages)
    other = "SELECT * FROM area_risk WHERE reference_date = '2024-12-31' ORDER BY ALL"
    assert rows(release, other) == rows(before, other)
    assert "revision 1: " in run(revised_home, "release", "show", "r0002").output


def test_an_unchanged_count_of_a_revised_date_is_published_as_before(revised):
    assert run(revised, "release", "approve", "r0002").exit_code == 0
    ledger, _ = open_releases(revised)
    first, second = (ledger.read(entry.dates[0].cells) for entry in ledger.entries)
    key = ["table", "level", "area_id", "item"]
    both = second.join(first.filter(reference_date=date(2023, 12, 31)), on=key, suffix="_first")
    shown = both.filter(pl.col("published").is_not_null() & pl.col("published_first").is_not_null())
    unchanged = shown.filter(pl.col("exact") == pl.col("exact_first"))
    assert unchanged.height > 100
    assert unchanged.filter(pl.col("published") != pl.col("published_first")).height == 0


def test_until_it_is_approved_the_release_before_a_proposal_stays_byte_for_byte(revised_home, approved_home):
    assert tree(revised_home.releases) == tree(approved_home.releases)


def test_approving_the_revision_makes_the_ledger_one_longer_and_moves_latest(revised):
    assert run(revised, "release", "approve", "r0002").exit_code == 0
    assert revised.latest.resolve().name == "r0002"
    assert open_releases(revised)[0].length == 2
    assert run_night(revised, jobs=("release",)).state == "nothing_changed"


@pytest.mark.parametrize("lost", ["ledger", "seed", "everything private"])
def test_without_ledger_or_seed_nothing_is_proposed_and_the_release_stays(approved, lost):
    before = tree(approved.releases)
    path = {"ledger": "private/ledger", "seed": "private/seed", "everything private": "private"}[lost]
    (approved.root / path).rename(approved.root / "aside")
    if lost == "everything private":
        assert run_night(approved).exit_code == 0
    approved.settings.write_text(SETTINGS.replace("Prøvekøbing", "Andre") + "reference_years = 2\n")
    refused = run_night(approved, jobs=("release",))
    assert refused.exit_code == 21
    assert "Way out" in refused.messages[0]
    assert tree(approved.releases) == before
    assert not list(approved.staging.iterdir())


def back_up(home: Home, target: Path) -> None:
    """As docs/releasing.md says: these belong together."""
    target.mkdir()
    shutil.copy(home.private / "seed", target / "seed")
    shutil.copytree(home.private / "ledger", target / "ledger")
    shutil.copytree(home.releases, target / "releases", symlinks=True)


def restore(home: Home, source: Path, *parts: str) -> None:
    for part in parts:
        place = home.releases if part == "releases" else home.private / part
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        copy = shutil.copytree if (source / part).is_dir() else shutil.copy
        copy(source / part, place, **({"symlinks": True} if copy is shutil.copytree else {}))


def test_backup_and_restore_drill(revised, tmp_path):
    back_up(revised, tmp_path / "old")
    assert run(revised, "release", "approve", "r0002").exit_code == 0
    back_up(revised, tmp_path / "new")
    good = tree(revised.releases), tree(revised.private / "ledger")

    # A ledger older than the releases is noticed.
    restore(revised, tmp_path / "old", "ledger")
    refused = run(revised, "release", "approve", "r0002")
    assert refused.exit_code == 21
    assert "backup older than the release" in refused.output

    # So are releases older than the ledger.
    restore(revised, tmp_path / "new", "ledger")
    restore(revised, tmp_path / "old", "releases")
    refused = run_night(revised, jobs=("release",))
    assert refused.exit_code == 21
    assert "r0002 is published, and it is not under" in refused.messages[0]

    # The disk is lost: an empty home, the delivery, and the newest backup.
    shutil.rmtree(revised.private)
    shutil.rmtree(revised.warehouse.parent)
    shutil.rmtree(revised.releases)
    shutil.rmtree(revised.proposals)
    revised.create()
    restore(revised, tmp_path / "new", "seed", "ledger", "releases")
    assert run_night(revised).exit_code == 0
    outcome = run_night(revised, jobs=("release",))
    assert (outcome.exit_code, outcome.proposal) == (0, None)
    assert (tree(revised.releases), tree(revised.private / "ledger")) == good


def edit_policy(home: Home, old: str, new: str) -> None:
    text = home.policy.read_text(encoding="utf-8")
    assert old in text
    home.policy.write_text(text.replace(old, new), encoding="utf-8")


def test_another_policy_protects_nothing_anew_that_is_published(approved):
    before = tree(approved.releases)
    edit_policy(approved, "min_children = 50", "min_children = 60")
    assert run_night(approved).exit_code == 0
    outcome = run_night(approved, jobs=("release",))
    assert (outcome.exit_code, outcome.proposal) == (0, None)
    assert tree(approved.releases) == before


def test_a_revision_stays_under_the_policy_its_date_was_first_published_under(revised):
    edit_policy(revised, "min_children = 50", "min_children = 60")
    assert run(revised, "release", "discard", "r0002").exit_code == 0
    assert run_night(revised, jobs=("release",)).proposal == "r0003"
    entry = json.loads((revised.proposals / "r0003" / "proposal.json").read_text())["entry"]
    assert [each["policy"]["size"]["min_children"] for each in entry["dates"]] == [50]


def test_another_method_cant_stand_beside_what_is_published(approved):
    edit_policy(approved, 'method = "controlled-rounding"', 'method = "complementary-suppression"')
    refused = run_night(approved, jobs=("release",))
    assert refused.exit_code == 21
    assert "Put method and base back" in refused.messages[0]


def test_a_finding_of_the_audit_refuses_and_leaves_neither_staging_nor_proposal(approved, monkeypatch):
    from assets.release.csv_files import write_csv_files

    def leak(tables, folder):
        write_csv_files(tables, folder)
        path = folder / "area_risk.csv"
        path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[1])

    before = tree(approved.releases)
    approved.settings.write_text(SETTINGS.replace("Prøvekøbing", "Andre") + "reference_years = 2\n")
    monkeypatch.setattr("assets.release.csv_files.write_csv_files", leak)
    refused = run_night(approved, jobs=("release",))
    assert refused.exit_code == 21
    assert "csv/area_risk.csv" in refused.messages[0]
    assert tree(approved.releases) == before
    assert not list(approved.staging.iterdir())
    assert {path.name for path in approved.proposals.iterdir()} == {"r0001"}


def test_other_facts_of_the_release_are_proposed_with_every_number_as_published(approved):
    approved.settings.write_text(SETTINGS.replace("Prøvekøbing", "Andre") + "reference_years = 2\n")
    assert run_night(approved, jobs=("release",)).proposal == "r0002"
    changes = told(approved, "release", "show", "r0002")["changes"]
    assert {each["what"] for each in changes["dates"]} == {"repeated"}
    assert changes["facts"] == ["controller"]
    release, before = approved.proposals / "r0002" / "release", approved.releases / "r0001"
    query = "SELECT * FROM area_risk ORDER BY ALL"
    assert rows(release, query) == rows(before, query)


def test_the_data_protection_officers_page_tells_settings_policy_and_what_was_measured(
    approved_home, tmp_path
):
    page = tmp_path / "dpo.html"
    assert run(approved_home, "dpo", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    for word in ("Prøvekøbing", "Statistik", "§ 10", "Basen er 5", "mindst 50 børn", "r0001", "underskrevet"):
        assert word in text
    assert "<script" not in text


def test_the_data_protection_officers_page_is_there_before_anything_is_proposed(tmp_path):
    home = Home(tmp_path / "home")
    assert run(home, "init").exit_code == 0
    assert run(home, "dpo").exit_code == 0
    text = (home.root / "databeskyttelse.html").read_text(encoding="utf-8")
    assert "Ikke udfyldt" in text
    assert "endnu ikke foreslået" in text
