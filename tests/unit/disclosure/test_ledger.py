"""The ledger: what was published stays, and a ledger that is not the one it was refuses with the way out."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.disclosure.ledger import START, Entry, PublishedDate, Stand, open_ledger
from schemas.errors import DisclosureRefused

DAY = date(2024, 12, 31)
CELLS = pl.DataFrame({"cell": ["children", "at_risk"], "exact": [212, 47], "published": [210, 45]})
POPULATIONS = pl.DataFrame({"kom": [901], "children": [212]})


@pytest.fixture
def private(tmp_path: Path) -> Path:
    (tmp_path / "private").mkdir()
    return tmp_path / "private"


def dated(ledger, day: date = DAY, revision: int = 0, cells: pl.DataFrame = CELLS) -> PublishedDate:
    return PublishedDate(
        reference_date=str(day),
        revision=revision,
        inputs={"counts": "c" * 64},
        areas="a" * 64,
        policy={"base": 5},
        policy_hash="p" * 64,
        solvers={"highspy": "1.11"},
        cells=ledger.store(cells),
        populations=ledger.store(POPULATIONS),
    )


def publish(private: Path, *releases: str) -> list[Stand]:
    """Append one entry per release; what their manifests then say."""
    stands = []
    for i, release in enumerate(releases):
        ledger, _ = open_ledger(private, stands)
        cells = CELLS.with_columns(pl.col("published") + 5 * i)
        ledger.append(ledger.prepare(release, [dated(ledger, revision=i, cells=cells)]))
        stands.append(Stand(release, ledger.length, ledger.head))
    return stands


def lines_of(private: Path) -> list[str]:
    return (private / "ledger" / "entries.jsonl").read_text(encoding="utf-8").splitlines()


def write_lines(private: Path, lines: list[str]) -> None:
    (private / "ledger" / "entries.jsonl").write_text("".join(f"{line}\n" for line in lines))


def refused(private: Path, stands: list[Stand]) -> str:
    with pytest.raises(DisclosureRefused) as error:
        open_ledger(private, stands)
    assert "Way out" in str(error.value)
    return str(error.value)


def test_a_home_that_published_nothing_begins_with_an_empty_ledger_and_a_seed_for_its_owner_alone(private):
    ledger, seed = open_ledger(private)
    assert (ledger.length, ledger.head) == (0, START)
    assert len(seed) == 32
    assert stat.S_IMODE((private / "seed").stat().st_mode) == 0o600
    assert open_ledger(private)[1] == seed


def test_two_homes_do_not_share_a_seed(tmp_path):
    seeds = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        seeds.add(open_ledger(tmp_path / name)[1])
    assert len(seeds) == 2


def test_what_was_appended_is_there_when_the_ledger_is_opened_again(private):
    stands = publish(private, "r0001", "r0002")
    ledger, _ = open_ledger(private, stands)
    assert [(entry.number, entry.release) for entry in ledger.entries] == [(1, "r0001"), (2, "r0002")]
    newest = ledger.published_dates()[DAY]
    assert newest.revision == 1
    assert ledger.read(newest.cells)["published"].to_list() == [215, 50]
    assert ledger.read(newest.populations).equals(POPULATIONS)
    assert ledger.read(ledger.entries[0].dates[0].cells).equals(CELLS)


def test_every_entry_names_the_one_before_it(private):
    publish(private, "r0001", "r0002", "r0003")
    entries = [json.loads(line) for line in lines_of(private)]
    assert [each["previous"] for each in entries] == [START, entries[0]["hash"], entries[1]["hash"]]


def test_the_same_seed_and_the_same_entries_give_the_same_head(private, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    open_ledger(private)
    shutil.copy(private / "seed", other / "seed")
    assert publish(private, "r0001", "r0002")[-1] == publish(other, "r0001", "r0002")[-1]


def test_the_head_says_nothing_to_one_who_guesses_the_numbers_but_lacks_the_seed(private, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert publish(private, "r0001")[0].head != publish(other, "r0001")[0].head


def test_appending_the_last_entry_again_changes_nothing(private):
    ledger, _ = open_ledger(private)
    entry = ledger.prepare("r0001", [dated(ledger)])
    ledger.append(entry)
    ledger.append(entry)
    assert len(lines_of(private)) == 1
    again, _ = open_ledger(private)
    again.append(Entry.from_line(entry.to_line()))
    assert len(lines_of(private)) == 1


def test_an_entry_prepared_before_another_was_appended_is_refused(private):
    ledger, _ = open_ledger(private)
    waiting = ledger.prepare("r0001", [dated(ledger)])
    ledger.append(ledger.prepare("r0002", [dated(ledger)]))
    with pytest.raises(DisclosureRefused, match="Propose again"):
        ledger.append(waiting)


def test_an_entry_that_was_changed_while_it_waited_is_refused(private):
    ledger, _ = open_ledger(private)
    waiting = ledger.prepare("r0001", [dated(ledger)])
    changed = replace(waiting, dates=(replace(waiting.dates[0], policy_hash="q" * 64),))
    with pytest.raises(DisclosureRefused, match="another seed"):
        ledger.append(changed)


def test_a_lost_seed_is_never_replaced_while_there_is_a_ledger(private):
    stands = publish(private, "r0001")
    (private / "seed").unlink()
    assert "seed is lost" in refused(private, stands)
    assert not (private / "seed").exists()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_of_another_length_is_refused(private, size):
    publish(private, "r0001")
    (private / "seed").write_bytes(b"x" * size)
    assert "seed is damaged" in refused(private, [])


def test_another_seed_is_noticed_by_the_chain(private):
    stands = publish(private, "r0001")
    (private / "seed").write_bytes(b"x" * 32)
    assert "seed is not the one" in refused(private, stands)


def test_a_ledger_that_is_gone_is_refused_where_a_release_is_published(private):
    stands = publish(private, "r0001")
    shutil.rmtree(private / "ledger")
    assert "ledger is lost" in refused(private, stands)


def test_a_home_whose_whole_private_folder_is_gone_makes_no_new_seed(private):
    stands = publish(private, "r0001")
    shutil.rmtree(private)
    private.mkdir()
    assert "ledger is lost" in refused(private, stands)
    assert not (private / "seed").exists()


@pytest.mark.parametrize("kept", [1, 2])
def test_a_ledger_that_was_cut_or_restored_from_an_older_backup_is_refused(private, kept):
    stands = publish(private, "r0001", "r0002", "r0003")
    write_lines(private, lines_of(private)[:kept])
    assert f"shorter than when r000{kept + 1} was made ({kept} of {kept + 1}" in refused(private, stands)


def test_a_ledger_longer_than_the_releases_know_is_in_order(private):
    stands = publish(private, "r0001", "r0002")
    assert open_ledger(private, stands[:1])[0].length == 2


def test_a_ledger_of_another_home_with_the_same_seed_is_refused(private, tmp_path):
    stands = publish(private, "r0001")
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(private / "seed", other / "seed")
    ledger, _ = open_ledger(other)
    ledger.append(ledger.prepare("r0001", [dated(ledger, date(2023, 12, 31))]))
    assert "not the one that r0001 was made with" in refused(other, stands)


EDITS = {
    "a revision": lambda entry: entry["dates"][0].update(revision=7),
    "a policy": lambda entry: entry["dates"][0].update(policy={"base": 3}),
    "the cells": lambda entry: entry["dates"][0].update(cells="0" * 64),
    "the release": lambda entry: entry.update(release="r0009"),
    "the number": lambda entry: entry.update(number=9),
    "the hash": lambda entry: entry.update(hash="f" * 64),
    "a date less": lambda entry: entry["dates"].clear(),
    "an unknown key": lambda entry: entry.update(note="x"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("place", [0, 1])
def test_an_edited_entry_is_refused_by_its_number(private, edit, place):
    stands = publish(private, "r0001", "r0002")
    entries = [json.loads(line) for line in lines_of(private)]
    EDITS[edit](entries[place])
    write_lines(private, [json.dumps(entry) for entry in entries])
    assert f"Entry {place + 1} of 2" in refused(private, stands)


@pytest.mark.parametrize("order", [[1, 0], [0, 0], [1]])
def test_entries_in_another_order_or_twice_are_refused(private, order):
    stands = publish(private, "r0001", "r0002")
    lines = lines_of(private)
    write_lines(private, [lines[i] for i in order])
    refused(private, stands)


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"number": 1}'])
def test_a_line_that_is_no_entry_is_refused_and_not_echoed(private, line):
    stands = publish(private, "r0001")
    write_lines(private, [*lines_of(private), line])
    assert "Entry 2 of 2" in refused(private, stands)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_stored_numbers_that_are_gone_or_changed_are_refused_by_their_release(private, damage):
    stands = publish(private, "r0001")
    for path in (private / "ledger" / "tables").iterdir():
        content = path.read_bytes()
        path.unlink()
        if damage == "changed":
            path.write_bytes(content + b"x")
        assert "r0001 published are gone" in refused(private, stands)
        path.write_bytes(content)
    assert open_ledger(private, stands)[0].length == 1


def test_tables_that_no_entry_names_are_dropped_and_those_of_a_waiting_proposal_are_kept(private):
    publish(private, "r0001")
    ledger, _ = open_ledger(private)
    waiting = ledger.prepare("r0002", [dated(ledger, cells=CELLS.head(1))])
    ledger.store(CELLS.tail(1))
    ledger.drop_unnamed([waiting])
    left = {path.stem for path in (private / "ledger" / "tables").iterdir()}
    assert left == waiting.tables() | ledger.entries[0].tables()
    assert len(left) == 3


def test_everything_the_ledger_writes_is_for_its_owner_alone(private):
    publish(private, "r0001")
    for path in (private / "ledger").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
