"""What the sender says of a delivery counts: checksums and .done markers; and files that were cut or grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.extracts.csv_files import read_batches, read_text
from assets.extracts.discovery import Source, find_growing
from assets.extracts.manifest import check_manifests
from assets.fingerprints import hash_file
from schemas.errors import InputRefused

CONTENT = b"PNR;SOCIO13\r\n1;330\r\n2;110\r\n"


def refused(folder: Path, *, is_required: bool = False) -> list[tuple[str, str]]:
    files = [("akm", path) for path in sorted(folder.glob("*.csv"))]
    problems = check_manifests(folder, files, hash_file, is_required=is_required)
    return [(problem.file or "", problem.rule) for problem in problems]


def deliver(folder: Path, sums: dict[str, str] | None = None) -> None:
    for year in (2022, 2023):
        (folder / f"akm{year}.csv").write_bytes(CONTENT + str(year).encode() + b";330\r\n")
    if sums is not None:
        lines = [f"{sums.get(p.name, hash_file(p))}  {p.name}" for p in sorted(folder.glob("*.csv"))]
        (folder / "SHA256SUMS").write_text("\n".join(line for line in lines if not line.startswith(" ")))


def test_bytes_that_are_not_those_of_the_checksum_are_refused(tmp_path: Path) -> None:
    deliver(tmp_path, {})
    assert refused(tmp_path) == []
    deliver(tmp_path, {"akm2023.csv": "0" * 64})
    assert refused(tmp_path) == [("akm2023.csv", "the bytes are not those of SHA256SUMS")]


def test_a_manifest_that_is_required_has_to_vouch_for_every_file(tmp_path: Path) -> None:
    deliver(tmp_path)
    assert refused(tmp_path) == []
    rule = "neither SHA256SUMS nor a .done marker vouches for the file"
    assert refused(tmp_path, is_required=True) == [("akm2022.csv", rule), ("akm2023.csv", rule)]
    (tmp_path / "_SUCCESS").touch()
    assert refused(tmp_path, is_required=True) == []


def test_a_file_without_the_marker_its_neighbour_has_is_not_finished(tmp_path: Path) -> None:
    deliver(tmp_path)
    (tmp_path / "akm2022.csv.done").touch()
    rule = "other files of the folder have a .done marker, this one has none"
    assert refused(tmp_path) == [("akm2023.csv", rule)]


def test_a_file_that_changed_while_it_was_read_is_named(tmp_path: Path) -> None:
    source = Source("akm", None, "csv", (tmp_path / "akm2023.csv",))
    assert find_growing(source, tmp_path, lambda _: True) == []
    found = find_growing(source, tmp_path, lambda _: False)
    assert [(p.rule, p.file) for p in found] == [("the file changed while it was read", "akm2023.csv")]


def test_a_csv_that_was_cut_in_its_last_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "akm2023.csv"
    path.write_bytes(CONTENT[:-2])
    with pytest.raises(InputRefused, match="the last line has no end"):
        read_text(path)


def test_lines_that_an_open_quote_swallows_are_refused_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "akm2023.csv"
    path.write_bytes(b'PNR;SOCIO13\r\n1;330\r\n2;"110\r\n3;330\r\n4;110"\r\n5;330\r\n')
    with pytest.raises(InputRefused) as found:
        list(read_batches(path, read_text(path), ["PNR"], 10))
    assert [(p.rule, p.count) for p in found.value.problems] == [("lines are swallowed by an open quote", 2)]
