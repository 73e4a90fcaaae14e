"""Approval: who may sign what. Killed at any step: tests/faults/test_dying_machine.py."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from assets.approval import approve, discard, open_releases
from assets.disclosed import next_number
from assets.home import Home
from assets.people import Person, current_person
from schemas.errors import DisclosureRefused
from tests.support.homes import tree
from tests.support.proposals import NIGHT, make_home, propose

ANNA = Person(account=NIGHT, login="anna")
TIMER = Person(account=NIGHT, login=NIGHT)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


def refused(home: Home, number: str, by: Person = ANNA, **options: bool) -> str:
    before = tree(home.root)
    with pytest.raises(DisclosureRefused) as error:
        approve(home, number, by, **options)
    assert tree(home.root) == before, "a refused approval leaves everything as it was"
    return str(error.value)


def test_an_approved_proposal_is_the_latest_release_and_everybody_may_read_it(home):
    propose(home, "r0001")
    assert not home.latest.exists()
    target = approve(home, "r0001", ANNA)
    assert home.latest.resolve() == target.resolve() == (home.releases / "r0001").resolve()
    for path in (target, *target.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644)


def test_the_signature_names_person_account_time_and_manifest_in_a_file_of_its_own(home):
    propose(home, "r0001")
    manifest = json.loads((home.proposals / "r0001" / "proposal.json").read_text())["manifest"]
    target = approve(home, "r0001", ANNA)
    signature = json.loads((target / "signature.json").read_text())
    assert signature["approved_by"] == {"account": NIGHT, "login": "anna"}
    assert signature["manifest_sha256"] == manifest
    assert "T" in signature["approved_at"]
    assert signature["proposed_by"] == {"account": NIGHT, "login": NIGHT}
    assert "signature.json" not in json.loads((target / "manifest.json").read_text())["files"]


def test_the_paperwork_of_an_approved_release_stays_private(home):
    propose(home, "r0001")
    target = approve(home, "r0001", ANNA)
    paperwork = {path.name for path in (home.proposals / "r0001").iterdir()}
    assert paperwork == {"audit.json", "proposal.json", "signature.json"}
    assert not (target / "proposal.json").exists()


def test_approving_twice_is_the_same_as_once(home):
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    before = tree(home.root)
    approve(home, "r0001", TIMER)
    assert tree(home.root) == before


def test_a_number_that_is_not_proposed_is_refused(home):
    assert "no proposal r0007" in refused(home, "r0007")


@pytest.mark.parametrize(
    "change", ["edited", "gone", "added", "manifest", "link", "link to a folder", "fifo"]
)
def test_files_that_differ_from_what_was_audited_are_refused(home, change):
    release = propose(home, "r0001") / "release"
    path = release / "csv" / "area_risk.csv"
    if change == "edited":
        path.write_text("other")
    elif change == "gone":
        path.unlink()
    elif change == "added":
        (release / "csv" / "children.csv").write_text("1")
    elif change == "link":
        path.rename(home.root / "aside")
        path.symlink_to(home.root / "aside")
    elif change == "link to a folder":
        (release / "csv" / "more").symlink_to(home.private)
    elif change == "fifo":
        os.mkfifo(release / "csv" / "pipe")
    else:
        (release / "manifest.json").write_text("{}")
    message = refused(home, "r0001")
    assert "1 file(s) are not as they were audited" in message
    assert "propose again" in message


def test_an_older_proposal_is_refused_while_a_newer_one_waits(home):
    propose(home, "r0001")
    propose(home, "r0002")
    assert "r0002 came after it" in refused(home, "r0001")


def test_a_proposal_is_refused_once_another_was_approved_after_it_was_made(home):
    propose(home, "r0003")
    late = home.proposals / "r0003"
    late.rename(home.root / "aside")
    propose(home, "r0002")
    approve(home, "r0002", ANNA)
    (home.root / "aside").rename(late)
    assert "Propose again" in refused(home, "r0003")


def test_paperwork_of_another_proposal_is_refused(home):
    propose(home, "r0001")
    propose(home, "r0002")
    for name in ("r0001", "r0002"):
        (home.proposals / name / "proposal.json").rename(home.root / name)
    shutil.copy(home.root / "r0001", home.proposals / "r0002" / "proposal.json")
    refused(home, "r0002")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"number": "r0001"}'])
def test_damaged_paperwork_is_refused_with_what_to_do(home, content):
    (propose(home, "r0001") / "proposal.json").write_text(content)
    assert "Discard" in refused(home, "r0001")


@pytest.mark.parametrize(
    ("by", "accounts", "allowed"),
    [
        (TIMER, (NIGHT,), False),
        (Person(NIGHT, "bo"), (NIGHT, "bo"), False),
        (ANNA, (NIGHT, "bo"), True),
    ],
    ids=["the night account", "who proposed it", "somebody else"],
)
def test_a_required_second_person_is_neither_the_night_account_nor_who_proposed(home, by, accounts, allowed):
    propose(home, "r0001", accounts=accounts)
    if allowed:
        assert approve(home, "r0001", by, second_person=True).is_dir()
    else:
        assert "second person" in refused(home, "r0001", by, second_person=True)
        assert approve(home, "r0001", by).is_dir(), "without the setting, one person is enough"


def test_who_uses_sudo_signs_with_the_name_they_logged_in_with(monkeypatch):
    """Where the kernel keeps a login id, that one counts and nothing in the environment changes it."""
    monkeypatch.setenv("SUDO_USER", "anna")
    monkeypatch.setattr("pathlib.Path.read_text", lambda self, *a, **k: "4294967295")
    assert current_person().login == "anna"
    monkeypatch.setattr("pathlib.Path.read_text", lambda self, *a, **k: "0")
    assert current_person().login == "root"


def test_a_discarded_proposal_is_gone_and_a_published_one_stays(home):
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    propose(home, "r0002")
    discard(home, "r0002")
    assert not (home.proposals / "r0002").exists()
    with pytest.raises(DisclosureRefused, match="published and stays"):
        discard(home, "r0001")
    assert (home.releases / "r0001").is_dir()


def test_no_number_is_ever_used_twice(home):
    assert next_number(home, open_releases(home)[0], []) == "r0001"
    propose(home, "r0001")
    assert next_number(home, open_releases(home)[0], []) == "r0002"
    approve(home, "r0001", ANNA)
    propose(home, "r0002")
    discard(home, "r0002")
    assert next_number(home, open_releases(home)[0], ["release/r0001", "release/r0002"]) == "r0003"


def test_a_release_that_the_ledger_names_and_that_is_gone_lets_nothing_follow(home):
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    shutil.rmtree(home.releases / "r0001")
    with pytest.raises(DisclosureRefused, match="r0001 is published, and it is not under"):
        open_releases(home)


def altered(home: Home, of: str) -> None:
    (home.root / of / "csv" / "area_risk.csv").write_text("other")


def test_nothing_follows_a_published_release_that_was_altered(home):
    propose(home, "r0001")
    propose(home, "r0002")
    approve(home, "r0002", ANNA)
    altered(home, "releases/r0002")
    with pytest.raises(DisclosureRefused, match=r"r0002: 1 published file.* as they were signed") as error:
        open_releases(home)
    assert "Restore the folder from a backup" in str(error.value)


def test_a_manifest_rewritten_after_the_signature_is_an_altered_release(home):
    propose(home, "r0001")
    target = approve(home, "r0001", ANNA)
    manifest = json.loads((target / "manifest.json").read_text())
    (target / "manifest.json").write_text(json.dumps(manifest | {"marking": "other"}))
    with pytest.raises(DisclosureRefused, match="r0001: 1 published file"):
        open_releases(home)


def test_an_approval_that_died_is_not_finished_with_files_altered_since(home, monkeypatch):
    propose(home, "r0001")
    with monkeypatch.context() as patched:
        patched.setattr("assets.approval._finish", lambda *_: pytest.fail("died"))
        with pytest.raises(pytest.fail.Exception):
            approve(home, "r0001", ANNA)
    altered(home, "proposals/r0001/release")
    with pytest.raises(
        DisclosureRefused, match=r"r0001 is signed, and 1 of its file.* Nothing of it was published"
    ):
        open_releases(home)
    assert not (home.releases / "r0001").exists()


def test_ledger_and_releases_older_than_the_signed_paperwork_are_refused(home):
    for number in ("r0001", "r0002"):
        propose(home, number)
        approve(home, number, ANNA)
    ledger = home.private / "ledger" / "entries.jsonl"
    ledger.write_text(ledger.read_text().splitlines(keepends=True)[0])
    shutil.rmtree(home.releases / "r0002")
    home.latest.unlink()
    home.latest.symlink_to("r0001")
    with pytest.raises(DisclosureRefused, match="shorter than when r0002 was made"):
        open_releases(home)


def test_a_ledger_that_is_lost_with_all_releases_is_missed_by_the_signed_paperwork(home):
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    for folder in (home.private / "ledger", home.releases):
        shutil.rmtree(folder)
    with pytest.raises(DisclosureRefused, match="The ledger is lost: r0001 is published"):
        open_releases(home)


@pytest.mark.parametrize("content", [None, "{"])
def test_a_proposal_without_its_audit_is_refused(home, content):
    path = propose(home, "r0001") / "audit.json"
    path.unlink() if content is None else path.write_text(content)
    assert "audit.json is gone or damaged" in refused(home, "r0001")


def test_paperwork_that_calls_real_data_synthetic_is_refused(home):
    path = propose(home, "r0001") / "proposal.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"is_synthetic": True}))
    assert "belongs to other files" in refused(home, "r0001", TIMER, second_person=True)


@pytest.mark.parametrize("ledger", [{}, [], 1, "x"])
def test_a_damaged_manifest_says_where_to_restore_it_from(home, ledger):
    propose(home, "r0001")
    target = approve(home, "r0001", ANNA)
    (target / "manifest.json").write_text(json.dumps({"ledger": ledger}))
    with pytest.raises(DisclosureRefused, match=r"gone or damaged. Restore the folder"):
        open_releases(home)


def test_a_byte_in_the_ledger_that_is_no_letter_is_an_edited_entry(home):
    propose(home, "r0001")
    approve(home, "r0001", ANNA)
    with (home.private / "ledger" / "entries.jsonl").open("ab") as file:
        file.write(b"\xff")
    with pytest.raises(DisclosureRefused, match="Entry 2 of 2 in the ledger is not as it was written"):
        open_releases(home)
