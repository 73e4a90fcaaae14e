"""What is shown of a delivery, what is merged, what is hidden. All expectations are added up by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from assets.disclosure import load_policy, protect
from schemas.errors import DisclosureRefused
from tests.support.exact_tables import Area, Delivery, cell

DEFINITION = SimpleNamespace(name="sfi5-v1", hash="d" * 64)
MARKING = "SYNTETISKE DATA · IKKE TIL UDLEVERING"
NOTHING = {"share_pct": None, "share_if_unknown_no_pct": None, "share_if_unknown_yes_pct": None}
VINTAGES = pl.DataFrame(
    {
        "reference_date": [date(2024, 12, 31)],
        "register": ["bef"],
        "vintage": [date(2024, 12, 31)],
        "window_from": [None],
        "window_to": [None],
    }
)


def protected(exact: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return protect(
        exact,
        load_policy(),
        definition=DEFINITION,
        vintages=VINTAGES,
        marking=MARKING,
        facts={"purpose": "Statistik"},
    )


def risk_of(delivery: Delivery, **exact: pl.DataFrame) -> dict[str, dict[str, Any]]:
    table = protected(delivery.tables() | exact)["area_risk"]
    return {row["area_id"]: row for row in table.to_dicts()}


def columns(row: dict[str, Any], *names: str) -> tuple:
    return tuple(row[name] for name in names)


COUNTS = ("children", "mothers", "at_risk", "not_at_risk", "undetermined", "cell_status")


def one_kommune(*areas: Area) -> list[Area]:
    return [Area("kommune", "901", "leverance"), *areas]


def test_counts_shares_and_interval_of_a_shown_area():
    # 15 of 148: Newcombe (1998) gives 6.24-16.05 %. With 12 undetermined: 15/160 = 9.4 %, 27/160 = 16.9 %.
    row = risk_of(
        Delivery(
            [cell(901, "o1", 15, 133, 12), cell(901, "", 500, 500)], one_kommune(Area("omraade", "o1", "901"))
        )
    )["o1"]
    assert columns(row, *COUNTS) == (160, 80, 15, 133, 12, "shown")
    assert columns(row, "share_pct", "share_if_unknown_no_pct", "share_if_unknown_yes_pct") == (10, 9, 17)
    assert columns(row, "ci95_low_pct", "ci95_high_pct") == (6, 16)


def test_one_decimal_from_5000_children():
    rows = risk_of(
        Delivery(
            [cell(901, "", 333, 4666), cell(902, "", 334, 4666)],
            [Area("kommune", "901", "leverance"), Area("kommune", "902", "leverance")],
        )
    )
    assert rows["901"]["share_pct"] == 7  # 4,999 children: 6.66 %
    assert rows["902"]["share_pct"] == 6.7  # 5,000 children: 6.68 %


@pytest.mark.parametrize(
    ("children", "mothers", "shown"),
    [(49, 30, False), (50, 30, True), (51, 30, True), (50, 29, False), (50, 31, True)],
)
def test_an_area_needs_50_children_and_30_mothers(children, mothers, shown):
    area = Area("omraade", "o1", "901")
    row = risk_of(
        Delivery(
            [cell(901, "o1", 20, children - 20, mothers=mothers), cell(901, "", 100, 100)], one_kommune(area)
        )
    )["o1"]
    assert row["cell_status"] == ("shown" if shown else "too_small")
    assert row["children"] == (children if shown else None)


def test_a_too_small_area_is_merged_into_the_rest_of_its_parent():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    rows = risk_of(
        Delivery([cell(901, "o1", 40, 60), cell(901, "o2", 20, 29), cell(901, "", 100, 400)], areas)
    )
    assert columns(rows["o2"], *COUNTS) == (None, None, None, None, None, "too_small")
    assert {name: rows["o2"][name] for name in NOTHING} == NOTHING
    # 500 outside + 49; its mothers can't be added up.
    assert columns(rows["901:rest:omraade"], *COUNTS) == (549, None, 120, 429, 0, "shown")
    assert columns(rows["o1"], *COUNTS) == (100, 50, 40, 60, 0, "shown")


def test_a_rest_below_the_size_takes_the_smallest_shown_sibling_with_it_until_it_is_big_enough():
    areas = one_kommune(
        Area("omraade", "o1", "901"),
        Area("omraade", "o2", "901"),
        Area("omraade", "o3", "901"),
        Area("omraade", "o4", "901"),
    )
    cells = [
        cell(901, "o1", 30, 30, mothers=40),
        cell(901, "o2", 90, 90),
        cell(901, "o3", 10, 10, mothers=10),
        cell(901, "o4", 10, 20, mothers=20),
    ]
    rows = risk_of(Delivery(cells, areas))
    # o3 + o4 have 50 children, but for all we know only 20 mothers; so o1 goes with them.
    assert {area: rows[area]["cell_status"] for area in ("o1", "o2", "o3", "o4")} == {
        "o1": "hidden",
        "o2": "shown",
        "o3": "too_small",
        "o4": "too_small",
    }
    assert columns(rows["901:rest:omraade"], *COUNTS) == (110, None, 50, 60, 0, "shown")


def test_an_untouched_small_rest_takes_a_sibling_too():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    delivery = Delivery(
        [cell(901, "o1", 40, 60), cell(901, "o2", 50, 60), cell(901, "", 3, 4)],
        areas,
    )
    rows = risk_of(delivery)
    assert columns(rows["o1"], *COUNTS) == (None, None, None, None, None, "hidden")
    assert columns(rows["901:rest:omraade"], *COUNTS) == (107, None, 43, 64, 0, "shown")


def test_an_empty_rest_stays_empty():
    rows = risk_of(Delivery([cell(901, "o1", 40, 60)], one_kommune(Area("omraade", "o1", "901"))))
    assert columns(rows["901:rest:omraade"], *COUNTS) == (0, 0, 0, 0, 0, "shown")
    assert rows["901:rest:omraade"]["share_pct"] is None
    assert rows["901:rest:omraade"]["ci95_low_pct"] is None
    assert rows["o1"]["cell_status"] == "shown"


def test_everything_below_a_too_small_parent_is_too_small():
    areas = [
        Area("kommune", "901", "leverance"),
        Area("kommune", "902", "leverance"),
        Area("helhedsplan", "h", "902"),
        Area("omraade", "o", "h"),
    ]
    rows = risk_of(Delivery([cell(901, "", 100, 900), cell(902, "h o", 20, 80, mothers=20)], areas))
    for area in ("902", "h", "o", "902:rest:helhedsplan", "h:rest:omraade"):
        assert columns(rows[area], *COUNTS) == (None, None, None, None, None, "too_small")
    # Without 902 only 901 is shown; the rest is 902's hundred, whose 20 mothers are too few: 901 goes along.
    assert rows["901"]["cell_status"] == "hidden"
    assert rows["leverance:rest:kommune"]["children"] == 1100


def test_everything_below_an_area_taken_along_is_hidden_too():
    areas = one_kommune(
        Area("omraade", "o1", "901"),
        Area("afdeling", "a1", "o1"),
        Area("omraade", "o2", "901"),
        Area("omraade", "o3", "901"),
    )
    cells = [cell(901, "o1 a1", 40, 40), cell(901, "o2", 100, 100), cell(901, "o3", 5, 5)]
    rows = risk_of(Delivery(cells, areas))
    for area in ("o1", "a1", "o1:rest:afdeling"):
        assert columns(rows[area], *COUNTS) == (None, None, None, None, None, "hidden")


def test_children_in_a_too_small_area_and_in_a_shown_sibling_stay_out_of_the_rest():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    cells = [
        cell(901, "o1", 40, 60),
        cell(901, "o1 o2", 6, 7),
        cell(901, "o2", 8, 9),
        cell(901, "", 100, 400),
    ]
    rows = risk_of(Delivery(cells, areas))
    assert columns(rows["o1"], "children", "at_risk") == (113, 46)
    assert columns(rows["901:rest:omraade"], *COUNTS) == (517, None, 108, 409, 0, "shown")


def test_an_area_overlapping_one_under_another_parent_counts_under_both():
    areas = one_kommune(
        Area("helhedsplan", "h1", "901"),
        Area("omraade", "o1", "h1"),
        Area("omraade", "o1b", "h1"),
        Area("helhedsplan", "h2", "901"),
        Area("omraade", "o2", "h2"),
    )
    cells = [
        cell(901, "h1 o1b", 40, 60),
        cell(901, "h1 o1 h2 o2", 30, 30, mothers=12),  # in both plans
        cell(901, "h2 o2", 30, 50),
        cell(901, "", 100, 400),
    ]
    exact = Delivery(cells, areas)
    rows = risk_of(exact)
    # o1 is too small for its mothers and falls to the rest of h1, although o2 is shown: o2 is no part of h1
    # ...
    assert rows["o1"]["cell_status"] == "too_small"
    # ... whose 60 children have for all we know 12 mothers only, so o1b goes along and the rest is h1 itself.
    assert rows["o1b"]["cell_status"] == "hidden"
    assert rows["h1:rest:omraade"]["children"] == 160
    assert rows["o2"]["children"] == 140
    # The two plans share children of 12 mothers only: that stays unknown as long as the rest does.
    assert columns(rows["901:rest:helhedsplan"], "children", "cell_status") == (None, "hidden")


def test_a_small_overlap_of_shown_areas_stays_unknown_because_the_rest_is_hidden():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    cells = [
        cell(901, "o1", 40, 60),
        cell(901, "o1 o2", 3, 4),
        cell(901, "o2", 60, 60),
        cell(901, "", 100, 400),
    ]
    rows = risk_of(Delivery(cells, areas))
    # 107 + 127 + 500 - 727 = 7 would be the children in both.
    assert columns(rows["o1"], "children", "cell_status") == (107, "shown")
    assert columns(rows["o2"], "children", "cell_status") == (127, "shown")
    assert columns(rows["901:rest:omraade"], *COUNTS) == (None, None, None, None, None, "hidden")


def test_where_nothing_lies_outside_a_small_overlap_costs_the_smaller_area():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    cells = [cell(901, "o1", 40, 60), cell(901, "o1 o2", 3, 4), cell(901, "o2", 60, 60)]
    rows = risk_of(Delivery(cells, areas))
    # o2 and the rest are all there is, without an overlap. Of o1's 53 mothers at most 7 are missing in the
    # rest.
    assert columns(rows["o1"], *COUNTS) == (None, None, None, None, None, "hidden")
    assert columns(rows["o2"], *COUNTS) == (127, 63, 63, 64, 0, "shown")
    assert columns(rows["901:rest:omraade"], *COUNTS) == (100, None, 40, 60, 0, "shown")


def test_small_counts_and_what_tells_them_are_hidden_alike_in_all_tables():
    more = {"n0": 20, "n1": 25, "n2": 25, "n3plus": 30, "f2_with": 1, "f2_known": 100}
    more |= {"age_0_2": 2, "age_3_5": 0, "age_6_9": 90, "age_10_14": 8}
    delivery = Delivery(
        [cell(901, "o1", 30, 67, 3, **more), cell(901, "", 400, 400)],
        one_kommune(Area("omraade", "o1", "901")),
    )
    tables = protected(delivery.tables())
    of_o1 = {
        name: table.filter(pl.col("area_id") == "o1")
        for name, table in tables.items()
        if "level" in table.columns
    }
    risk = of_o1["area_risk"].to_dicts()[0]
    # 3 undetermined: 30 at risk goes along. Then no share, and no 3+ either.
    assert columns(risk, *COUNTS) == (100, 50, None, 67, None, "hidden")
    assert (
        columns(risk, "share_pct", "share_if_unknown_no_pct", "share_if_unknown_yes_pct", "ci95_low_pct")
        == (None,) * 4
    )
    counts = of_o1["area_factor_count"]
    assert counts["children"].to_list() == [None, 25, 25, None]
    assert counts["cell_status"].to_list() == ["hidden", "shown", "shown", "hidden"]
    ages = of_o1["area_children"]
    assert dict(zip(ages["age_band"], ages["children"], strict=True)) == {
        "0-2": None, "3-5": 0, "6-9": 90, "10-14": None, "15-17": 0,
    }  # fmt: skip
    doemt = of_o1["area_factor"].filter(pl.col("factor") == "f2_doemt").to_dicts()[0]
    names = ("children_with", "children_without", "children_unknown", "share_pct", "cell_status")
    assert columns(doemt, *names) == (None, None, 0, None, "hidden")


def test_unknown_factors_are_neither_with_nor_without():
    more = {"f4_with": 30, "f4_known": 80}
    delivery = Delivery([cell(901, "", 40, 60, **more)], one_kommune())
    row = (
        protected(delivery.tables())["area_factor"]
        .filter(level="kommune", factor="f4_ingen_uddannelse")
        .to_dicts()[0]
    )
    # 30 of the 80 known: 37.5 %, half rounded up.
    assert columns(row, "children_with", "children_without", "children_unknown", "share_pct") == (
        30,
        50,
        20,
        38,
    )


def test_a_child_in_an_area_of_another_municipality_counts_in_its_municipality_only():
    areas = [
        Area("kommune", "901", "leverance"),
        Area("kommune", "902", "leverance"),
        Area("omraade", "o1", "901"),
    ]
    rows = risk_of(Delivery([cell(901, "o1", 40, 60), cell(901, "", 70, 80), cell(902, "o1", 50, 50)], areas))
    assert rows["o1"]["children"] == 100
    assert rows["902"]["children"] == 100


def test_only_the_asked_definition_is_released():
    one = Delivery([cell(901, "", 40, 60)], one_kommune()).tables()
    other = Delivery([cell(901, "", 10, 90)], one_kommune(), definition="sfi5-f5-almen").tables()
    both = {name: pl.concat([one[name], other[name]]) for name in one if name != "area_children"}
    tables = protected(both | {"area_children": one["area_children"]})
    assert set(tables["area_risk"]["definition"]) == {"sfi5-v1"}
    assert tables["area_risk"].filter(level="kommune")["at_risk"].to_list() == [40]
    facts = dict(tables["release"].select("key", "value").iter_rows())
    assert columns(facts, "definition", "definition_hash", "purpose") == ("sfi5-v1", "d" * 64, "Statistik")


def test_every_row_of_every_table_bears_the_marking():
    for table in protected(Delivery([cell(901, "", 40, 60)], one_kommune()).tables()).values():
        assert table.height > 0
        assert set(table["marking"]) == {MARKING}


def test_it_makes_nothing_that_may_be_handed_over():
    exact = Delivery([cell(901, "", 40, 60)], one_kommune()).tables()
    with pytest.raises(ValueError, match="IKKE TIL UDLEVERING"):
        protect(
            exact,
            load_policy(),
            definition=DEFINITION,
            vintages=VINTAGES,
            marking="SYNTETISKE DATA",
            facts={},
        )


def test_counts_that_do_not_add_up_are_refused_without_naming_them():
    exact = Delivery(
        [cell(901, "o1", 40, 60), cell(901, "", 99, 100)], one_kommune(Area("omraade", "o1", "901"))
    ).tables()
    wrong = exact["area_risk"].with_columns(
        at_risk=pl.col("at_risk") + (pl.col("area_id") == "o1").cast(pl.Int64)
    )
    with pytest.raises(DisclosureRefused, match=r"1 of 5 rows are not the sum of their cells\.$"):
        protected(exact | {"area_risk": wrong})


def test_a_delivery_without_a_listed_municipality_has_a_rest_that_is_everyone():
    exact = Delivery([cell(901, "", 40, 60)], [Area("kommune", "902", "leverance")]).tables()
    # No municipality at all: the aggregation still lists the delivery's rest.
    exact = {
        name: t.filter(pl.col("area_id") != "902") if "area_id" in t.columns else t
        for name, t in exact.items()
    }
    rows = {row["area_id"]: row for row in protected(exact)["area_risk"].to_dicts()}
    assert columns(rows["leverance:rest:kommune"], *COUNTS) == (100, 50, 40, 60, 0, "shown")
