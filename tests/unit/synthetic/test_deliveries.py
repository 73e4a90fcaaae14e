"""Deliveries: every form, marked, the same bytes for the same seed, and never over anything real.

Belongs here: files and folders.
Does not belong here: what is in the registers (`test_population_is_consistent.py`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from schemas.errors import EnvironmentUnfit
from synthetic_data import generate, is_generated
from synthetic_data.deliveries import FORMATS, MARKER_TEXT, Format, is_marked, refuse_unmarked

SMALL = {"persons": 2_000, "seed": 7, "reference_years": (2023, 2024)}


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module", params=FORMATS)
def delivery(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Format]:
    home = tmp_path_factory.mktemp(request.param)
    generate(home / "extracts", home / "truth", format=request.param, **SMALL)
    return home, request.param


def test_every_file_says_it_is_synthetic(delivery: tuple[Path, Format]) -> None:
    home, _ = delivery
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert all(is_marked(path) for path in files)


def test_the_same_seed_gives_the_same_bytes(delivery: tuple[Path, Format], tmp_path: Path) -> None:
    home, form = delivery
    generate(tmp_path / "extracts", tmp_path / "truth", format=form, **SMALL)
    assert digest(tmp_path) == digest(home)


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), tmp_path / f"truth{seed}", **(SMALL | {"seed": seed}))
    one, two = (pl.read_parquet(tmp_path / s / "bef/year=2024/part-0.parquet")["PNR"] for s in ("1", "2"))
    assert not set(one) & set(two)


def test_files_are_named_as_deliveries_are(delivery: tuple[Path, Format]) -> None:
    home, form = delivery
    extracts = home / "extracts"
    expected = {"parquet": "bef/year=2024/part-0.parquet", "yearly": "bef2024.parquet"}
    assert (extracts / expected.get(form, f"bef2024.{form}")).is_file()
    for name in ("omraader.csv", "omraade_adresser.csv", "hfaudd.csv"):
        assert (extracts / name).is_file()
        assert (extracts / f"{name}.syntetisk").read_text(encoding="utf-8").strip() == MARKER_TEXT


def test_municipal_csv_is_cp1252_with_semicolons_and_danish_dates(
    tmp_path: Path,
) -> None:
    generate(tmp_path / "extracts", tmp_path / "truth", format="csv", **SMALL)
    header, first, *_ = (tmp_path / "extracts/bef2024.csv").read_bytes().decode("cp1252").splitlines()
    row = dict(zip(header.split(";"), first.split(";"), strict=True))
    assert row["REFERENCETID"] == "31-12-2024"
    areas = (tmp_path / "extracts/omraader.csv").read_bytes()
    assert "Ravnsø Kommune".encode("cp1252") in areas


def test_sas_transport_carries_the_label_and_the_ids(tmp_path: Path) -> None:
    import pyreadstat

    generate(tmp_path / "extracts", tmp_path / "truth", format="xpt", **SMALL)
    frame, meta = pyreadstat.read_xport(tmp_path / "extracts/akm2023.xpt", output_format="polars")
    assert meta.file_label == MARKER_TEXT
    assert frame["PNR"].str.len_chars().unique().to_list() == [12]


def test_an_unmarked_file_is_never_overwritten(tmp_path: Path) -> None:
    real = tmp_path / "extracts" / "bef2024.csv"
    real.parent.mkdir()
    real.write_text("PNR;KOM\n", encoding="utf-8")
    with pytest.raises(EnvironmentUnfit, match="never overwritten"):
        generate(tmp_path / "extracts", tmp_path / "truth", **SMALL)
    assert real.read_text(encoding="utf-8") == "PNR;KOM\n"
    assert not (tmp_path / "truth").exists()


def test_the_truth_folder_is_protected_the_same_way(tmp_path: Path) -> None:
    notes = tmp_path / "truth" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("mine", encoding="utf-8")
    with pytest.raises(EnvironmentUnfit, match="1 file"):
        generate(tmp_path / "extracts", tmp_path / "truth", **SMALL)
    assert notes.exists() and not (tmp_path / "extracts").exists()


def test_a_file_that_only_looks_like_parquet_is_not_marked(tmp_path: Path) -> None:
    fake = tmp_path / "part-0.parquet"
    fake.write_bytes(b"femfaktor_synthetic 1")
    assert not is_marked(fake)
    with pytest.raises(EnvironmentUnfit):
        refuse_unmarked(tmp_path)


def test_a_synthetic_delivery_is_replaced_as_a_whole(tmp_path: Path) -> None:
    generate(tmp_path / "extracts", tmp_path / "truth", format="csv", **SMALL)
    generate(tmp_path / "extracts", tmp_path / "truth", format="parquet", **SMALL)
    assert not list((tmp_path / "extracts").glob("bef*.csv"))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_is_there_already_is_recognised(delivery: tuple[Path, Format]) -> None:
    home, form = delivery
    extracts, truth = home / "extracts", home / "truth"
    assert is_generated(extracts, truth, format=form, **SMALL)
    assert not is_generated(extracts, truth, format=form, **(SMALL | {"seed": 8}))
    assert not is_generated(home / "nowhere", truth, format=form, **SMALL)


def test_progress_counts_to_its_total_and_says_nothing_of_persons(tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    generate(tmp_path / "extracts", tmp_path / "truth", progress=lambda *step: said.append(step), **SMALL)
    assert [done for _, done, _ in said] == list(range(1, said[-1][2] + 1))
    assert not any(character.isdigit() and len(step) > 30 for step, _, _ in said for character in step)


def test_no_id_of_a_person_stands_outside_the_registers(tmp_path: Path) -> None:
    generate(tmp_path / "extracts", tmp_path / "truth", **SMALL)
    persons = set(pl.read_parquet(tmp_path / "extracts/bef/year=2024/part-0.parquet")["PNR"])
    for name in ("omraader.csv", "omraade_adresser.csv", "hfaudd.csv"):
        cells = (tmp_path / "extracts" / name).read_text(encoding="utf-8-sig").replace("\r\n", ";").split(";")
        assert not persons & set(cells)
    assert not any(pnr in (tmp_path / "truth/summary.json").read_text() for pnr in persons)
