"""Every calibrated figure of a synthetic delivery lies within its tolerance, and the check can fail.

Belongs here: targets against what was written. Does not belong here: consistency of registers
(`test_population_is_consistent.py`), file forms (`test_deliveries.py`).
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthetic_data import ALL, generate
from synthetic_data.check import Figure, check_delivery, render_markdown, render_table, write_figures
from synthetic_data.figures import draw_sheet
from synthetic_data.targets import IN_AREAS, joint_cells, share_of_minors
from synthetic_data.yardsticks import YARDSTICKS, find_yardstick

PERSONS, YEARS = 50_000, (2022, 2023, 2024)
Figures = dict[tuple[str, str], Figure]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("checked")
    generate(home / "extracts", home / "truth", persons=PERSONS, seed=5, reference_years=YEARS, registers=ALL)
    return home


@pytest.fixture(scope="module")
def figures(home: Path) -> Figures:
    found = check_delivery(home / "extracts", home / "truth", YEARS, PERSONS)
    return {(figure.group, figure.name): figure for figure in found}


def test_every_figure_lies_within_its_tolerance(figures: Figures) -> None:
    off = [f"{f.group}: {f.name}: {f.low}-{f.high}, {f.achieved}" for f in figures.values() if not f.is_met]
    assert not off, off


def test_every_item_that_was_asked_for_is_checked(figures: Figures) -> None:
    factors = [f"f{k} yes" for k in range(1, 6)]
    asked = {
        "all children": [*factors, "at risk (3+)", "mean correlation of two factors"],
        "in areas": [*factors, "at risk (3+)", *(f"{n} factors" for n in range(6))],
        "residents": ["under 18 in areas", "under 18 in the rest"],
        "children": [
            "with the father", "not at home", "per mother, in areas", "the same at 5", "the same at 15",
        ],
        "residents 18-64": [
            "employed in areas", "employed in the rest", "public transfers per resident in areas",
            "public transfers per resident in the rest", "gross income in areas, of the rest's",
        ],
        "moves": ["out of areas in a year", "into areas in a year"],
        "crime": ["rate ratio areas : rest, 15-17", "rate ratio areas : rest, 15-29"],
        "recent immigrants": ["education missing or not stated"],
        "outcomes": [
            *(f"odds ratio of f{k}" for k in range(1, 6)), "any measure by 15", "preventive by 15",
            "placed by 15",
        ],
    }  # fmt: skip
    assert {(group, name) for group, names in asked.items() for name in names} <= set(figures)


def test_a_tolerance_is_three_standard_errors_and_half_a_unit_of_the_target(
    home: Path, figures: Figures
) -> None:
    truth = pl.read_parquet(home / "truth" / "2024-12-31.parquet")
    known = truth["f1_ikke_kernefamilie"].drop_nulls().len()
    figure = figures["all children", "f1 yes"]
    p = figure.low / 100
    assert figure.tolerance == pytest.approx(0.5 + 300 * (1.9 * p * (1 - p) / known) ** 0.5)


def test_the_check_finds_a_world_that_is_not_as_it_was_meant_to_be(home: Path, tmp_path: Path) -> None:
    """As if no parents had split up and everybody had work."""
    shutil.copytree(home, tmp_path / "home")
    truth = tmp_path / "home/truth/2024-12-31.parquet"
    pl.read_parquet(truth).with_columns(f1_ikke_kernefamilie=pl.lit(False)).write_parquet(truth)
    work = tmp_path / "home/extracts/akm/year=2023/part-0.parquet"
    pl.read_parquet(work).with_columns(SOCIO13=pl.lit(134, pl.Int16)).write_parquet(work)
    found = check_delivery(tmp_path / "home/extracts", tmp_path / "home/truth", YEARS, PERSONS)
    off = {(figure.group, figure.name) for figure in found if not figure.is_met}
    assert {("all children", "f1 yes"), ("in areas", "f1 yes")} <= off
    assert {("residents 18-64", f"employed in {place}") for place in ("areas", "the rest")} <= off
    assert "OFF" in render_table(found)


def test_the_border_of_a_tolerance_is_still_met() -> None:
    figure = Figure("g", "n", 35.0, 37.0, 38.0, 1.0)
    assert figure.is_met
    assert not replace(figure, achieved=38.001).is_met
    assert replace(figure, achieved=34.0).is_met
    assert not replace(figure, achieved=33.999).is_met


def test_the_figure_sheet_is_drawn_alike_every_time(home: Path, figures: Figures, tmp_path: Path) -> None:
    truth = pl.read_parquet(home / "truth" / "2024-12-31.parquet")
    forms = ("png", "svg", "pdf")
    for name in ("one", "two"):
        paths = [tmp_path / f"{name}.{form}" for form in forms]
        draw_sheet(list(figures.values())[:9], truth, paths, "SYNTETISKE DATA")
    for form in forms:
        one = (tmp_path / f"one.{form}").read_bytes()
        assert len(one) > 10_000
        assert one == (tmp_path / f"two.{form}").read_bytes()


def test_every_declared_yardstick_is_measured_and_what_was_kept_is_rendered(
    figures: Figures, tmp_path: Path
) -> None:
    assert set(figures) == {(y.group, y.name) for y in YARDSTICKS}
    off = replace(figures["all children", "f1 yes"], achieved=12.3456, tolerance=0.5)
    write_figures([off], tmp_path / "a.csv", persons=5_900_000, years=1, seed=3)
    rows = render_markdown([tmp_path / "a.csv"]).splitlines()
    assert rows[0].endswith("| 5,900,000 persons, 1 year(s), seed 3 |")
    assert rows[2] == "| all children: f1 yes | 27 % | 1 | inferred | 12.346 ± 0.5, **off** |"
    assert rows[3].endswith("| not measured |")


def test_a_small_country_with_more_children_in_areas_has_other_national_targets() -> None:
    """27 % of all and 40 % of the 8.7 % in areas leave 25.76 % of the rest; 20 % in areas make 28.6 %."""
    assert find_yardstick("all children", "f1 yes", 0.087).low == 27
    assert find_yardstick("all children", "f1 yes", 0.20).low == pytest.approx(28.609, abs=0.001)
    assert find_yardstick("in areas", "f1 yes", 0.20).low == 40


def test_joint_frequencies_are_those_of_independent_traits_without_correlation() -> None:
    cells = joint_cells(np.array([0.4, 0.1]), correlation=1e-12)
    assert cells == pytest.approx([0.6 * 0.9, 0.4 * 0.9, 0.6 * 0.1, 0.4 * 0.1], abs=1e-6)
    joint = joint_cells(IN_AREAS[:4])
    assert joint.sum() == pytest.approx(1)
    assert joint[1::2].sum() == pytest.approx(IN_AREAS[0], abs=1e-6)


def test_share_of_minors_adds_up_to_27_and_20_per_cent() -> None:
    for share in (0.087, 0.124):
        total = share_of_minors(share)
        residents_in_areas = share * total / 0.27
        assert (1 - share) * total / (1 - residents_in_areas) == pytest.approx(0.20)
