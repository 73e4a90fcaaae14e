"""The edge children's declarations hold together; what a pipeline makes of them is asserted elsewhere.

Belongs here: names, ids, expectations and the delivery.
Does not belong here: running the pipeline on them (`tests/pipeline`).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from schemas.release import FACTORS
from synthetic_data.deliveries import is_marked
from synthetic_data.edge_children import CASES, REFERENCE_DATES, EdgeCase, write_edge_delivery


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edge") / "extracts"
    write_edge_delivery(folder)
    return folder


def bef_of(delivery: Path, year: int) -> pl.DataFrame:
    return pl.read_parquet(delivery / f"bef/year={year}/part-0.parquet")


def test_there_are_enough_cases_and_enough_of_them_are_not_counted() -> None:
    assert len(CASES) >= 40
    assert sum(not case.expected_counted for case in CASES) >= 5


def test_names_and_ids_are_unique_and_names_spell_a_branch() -> None:
    assert len({case.name for case in CASES}) == len({case.pnr for case in CASES}) == len(CASES)
    for case in CASES:
        assert len(case.name.split("_")) >= 3 and case.name == case.name.lower()
        assert case.why.endswith(".") and len(str(case.pnr)) == 12
        assert case.reference_date in REFERENCE_DATES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_state_written_down_follows_from_the_factors_written_down(case: EdgeCase) -> None:
    if not case.expected_counted:
        assert case.expected == {} and case.expected_state is None
        return
    assert tuple(case.expected) == FACTORS
    answers = list(case.expected.values())
    yes, unknown = answers.count(True), answers.count(None)
    expected = "særlig" if yes >= 3 else "ikke" if yes + unknown <= 2 else "uafklaret"
    assert case.expected_state == expected


def test_every_factor_has_a_yes_a_no_and_an_unknown() -> None:
    for factor in FACTORS:
        assert {case.expected[factor] for case in CASES if case.expected} == {True, False, None}, factor


def test_every_definition_with_a_variant_has_a_case() -> None:
    assert {case.definition for case in CASES} == {
        "sfi5-v1", "sfi5-v1-f1-mor", "sfi5-v1-f2-nogensinde", "sfi5-v1-f2-2aar", "sfi5-v1-f3-efterfoelgere",
        "sfi5-v1-f3-dream26", "sfi5-v1-f3-dream-enhver", "sfi5-v1-f4-mangler-ja", "sfi5-v1-f5-almen",
        "sfi5-v1-f5-trangt",
    }  # fmt: skip


def test_the_delivery_is_marked_and_holds_every_register(delivery: Path) -> None:
    assert all(is_marked(path) for path in delivery.rglob("*") if path.is_file())
    assert {path.name for path in delivery.iterdir() if path.is_dir()} >= {
        "akm",
        "bef",
        "bol",
        "dream",
        "kraf",
        "udda",
    }
    years = {int(path.name[5:]) for path in (delivery / "bef").iterdir()}
    assert years == set(range(2009, 2025))


def test_edge_children_live_among_simulated_people(delivery: Path) -> None:
    bef = bef_of(delivery, 2024)
    edge = {str(case.pnr) for case in CASES}
    assert bef.filter(~pl.col("PNR").is_in(edge)).height > 2_000
    counted = {str(c.pnr) for c in CASES if c.expected_counted and c.reference_date.year == 2024}
    assert counted <= set(bef["PNR"])


def test_only_the_case_that_says_so_has_rows_twice(delivery: Path) -> None:
    bef = bef_of(delivery, 2024)
    twice = set(bef.filter(bef.is_duplicated())["PNR"])
    (case,) = [case for case in CASES if case.name == "duplicate_rows_are_one_child"]
    assert twice == {str(case.pnr), str(case.pnr + 1)}  # the child and the single mother
