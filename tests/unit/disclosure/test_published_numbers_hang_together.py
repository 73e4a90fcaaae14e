"""Published counts add up across areas and tables, a revision keeps what has not changed, and shares and
intervals are those of the published counts. Worked out by hand."""

from __future__ import annotations

import polars as pl
import pytest

from tests.support.exact_tables import Area, Delivery, cell
from tests.support.protected import protected

AREAS = [Area("kommune", "901", "leverance"), *(Area("omraade", f"o{i}", "901") for i in (1, 2))]
RISK = ["children", "at_risk", "not_at_risk", "undetermined"]


def delivery(undetermined: int = 3) -> Delivery:
    # 122 at risk three times: each alone is nearest to 120, and 3 x 120 is not near 366.
    cells = [
        cell(901, "o1", 122, 207, 3),
        cell(901, "o2", 122, 207, undetermined),
        cell(901, "", 122, 4713, 3),
    ]
    return Delivery(cells, AREAS)


def test_areas_and_rest_add_up_to_their_kommune_in_every_table() -> None:
    tables = protected(delivery().tables()).tables
    for name, key, counts in (
        ("area_risk", "definition", RISK),
        ("area_factor", "factor", ["children_with", "children_without", "children_unknown"]),
        ("area_factor_count", "n_factors", ["children"]),
        ("area_children", "age_band", ["children"]),
    ):
        shown = 0
        for (value,), rows in tables[name].group_by(key):
            for count in counts:
                by_area = dict(rows.select("area_id", count).iter_rows())
                parts = [by_area[area] for area in ("o1", "o2", "901:rest:omraade")]
                if None not in parts:
                    assert sum(parts) == by_area["901"], (name, value, count)
                    shown += 1
        assert shown >= 3, name


def test_the_parts_of_an_area_are_its_children_in_every_table() -> None:
    tables = protected(delivery().tables()).tables
    children = dict(tables["area_risk"].select("area_id", "children").iter_rows())
    risk = tables["area_risk"].drop_nulls(RISK)
    assert risk.height == 6
    assert risk.filter(pl.sum_horizontal(RISK[1:]) != pl.col("children")).is_empty()
    for row in tables["area_factor"].drop_nulls("children_with").to_dicts():
        parts = row["children_with"] + row["children_without"] + row["children_unknown"]
        assert parts == children[row["area_id"]]
    for name in ("area_factor_count", "area_children"):
        for area_id, total in tables[name].group_by("area_id").agg(pl.col("children").sum()).iter_rows():
            assert total == children[area_id], name
    at_risk = dict(risk.select("area_id", "at_risk").iter_rows())
    three = tables["area_factor_count"].filter(n_factors="3+").select("area_id", "children")
    assert dict(three.iter_rows()) == at_risk


def test_a_revision_keeps_every_count_that_has_not_changed_whatever_the_seed() -> None:
    first = protected(delivery().tables())
    # One undetermined child more in o2: o1 and the rest are as they were.
    again = protected(delivery(4).tables(), seed=b"another seed than the first one.", published=first.cells)
    by = ["table", "area_id", "item", "exact"]
    kept = first.cells.join(again.cells, on=by, suffix="_again").filter(pl.col("area_id") == "o1")
    assert kept.height > 20
    assert kept.filter(pl.col("published").ne_missing(pl.col("published_again"))).is_empty()


def test_an_unchanged_date_is_repeated_as_published_whatever_the_seed() -> None:
    first = protected(delivery().tables())
    again = protected(delivery().tables(), seed=b"another seed than the first one.", published=first.cells)
    assert again.cells.equals(first.cells)


@pytest.mark.parametrize(("at_risk", "others", "share"), [(25, 175, 13), (25, 180, 12), (35, 245, 13)])
def test_half_a_per_cent_is_rounded_up(at_risk: int, others: int, share: int) -> None:
    # 12.5, 12.2 and 12.5 per cent.
    exact = Delivery([cell(901, "o1", at_risk, others), cell(901, "o2", 500, 1500)], AREAS).tables()
    row = protected(exact).tables["area_risk"].row(by_predicate=pl.col("area_id") == "o1", named=True)
    assert (row["at_risk"], row["share_pct"]) == (at_risk, share)


def test_siblings_widen_the_published_interval() -> None:
    # 60 of 600 and a design effect of 2 is 30 of 300: Wilson 7.09-13.92 %; with four of 600 children (0.67
    # points) on either side 6.4-14.6 %.
    exact = Delivery([cell(901, "o1", 60, 540), cell(901, "o2", 500, 1500)], AREAS).tables()
    exact["design_effect"] = exact["design_effect"].with_columns(design_effect=pl.lit(2.0))
    row = protected(exact).tables["area_risk"].row(by_predicate=pl.col("area_id") == "o1", named=True)
    assert (row["ci95_low_pct"], row["ci95_high_pct"]) == (6, 15)
