"""What is shown of a delivery, what is merged, what is hidden. Expectations are added up by hand; counts that
are multiples of five are published as they are."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.disclosure import load_policy
from schemas.errors import DisclosureRefused
from schemas.release import RELEASE_TABLES
from tests.support.exact_tables import Area, Delivery, cell
from tests.support.protected import MARKING, SEED, protected

NOTHING = {"share_pct": None, "share_if_unknown_no_pct": None, "share_if_unknown_yes_pct": None}
COUNTS = ("children", "mothers", "at_risk", "not_at_risk", "undetermined", "cell_status")
HIDDEN = (None, None, None, None, None)


def risk_of(delivery: Delivery) -> dict[str, dict[str, Any]]:
    return {row["area_id"]: row for row in protected(delivery.tables()).tables["area_risk"].to_dicts()}


def columns(row: dict[str, Any], *names: str) -> tuple:
    return tuple(row[name] for name in names)


def one_kommune(*areas: Area) -> list[Area]:
    return [Area("kommune", "901", "leverance"), *areas]


def test_every_count_is_a_multiple_of_five_less_than_five_away_and_multiples_stay():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    cells = [cell(901, "o1", 121, 207, 12), cell(901, "o2", 88, 152, 3), cell(901, "", 530, 4713, 61)]
    cells = protected(Delivery(cells, areas).tables()).cells.filter(pl.col("published").is_not_null())
    assert cells.height > 100
    assert cells.filter(pl.col("published") % 5 != 0).is_empty()
    assert cells.filter((pl.col("published") - pl.col("exact")).abs() > 4).is_empty()
    assert cells.filter((pl.col("exact") % 5 == 0) & (pl.col("exact") != pl.col("published"))).is_empty()
    assert set(cells["status"]) == {"rounded"}


def test_counts_shares_and_interval_of_a_shown_area():
    # 60 of 600 is 10.0 %; with 40 undetermined 60/640 = 9.4 % and 100/640 = 15.6 %. Wilson's interval of 60
    # of 600 is 7.85-12.67 %, and four of 600 children are 0.67 points: 7.2-13.3 %.
    areas = one_kommune(Area("omraade", "o1", "901"))
    row = risk_of(Delivery([cell(901, "o1", 60, 540, 40), cell(901, "", 500, 500)], areas))["o1"]
    assert columns(row, *COUNTS) == (640, 320, 60, 540, 40, "rounded")
    assert columns(row, "share_pct", "share_if_unknown_no_pct", "share_if_unknown_yes_pct") == (10, 9, 16)
    assert columns(row, "ci95_low_pct", "ci95_high_pct") == (7, 13)


@pytest.mark.parametrize(("others", "share"), [(155, None), (160, 20.0), (165, 20.0)])
def test_a_share_is_hidden_where_rounding_could_move_it_by_more_than_two_points(others, share):
    # Four children of 195 are 2.05 points, of 200 2.00.
    areas = one_kommune(Area("omraade", "o1", "901"))
    row = risk_of(Delivery([cell(901, "o1", 40, others), cell(901, "", 500, 500)], areas))["o1"]
    assert columns(row, "at_risk", "not_at_risk", "share_pct") == (40, others, share)
    assert (row["ci95_low_pct"] is None) == (share is None)


def test_one_decimal_from_5000_children():
    rows = risk_of(
        Delivery(
            [cell(901, "", 335, 4660), cell(902, "", 335, 4665)],
            [Area("kommune", "901", "leverance"), Area("kommune", "902", "leverance")],
        )
    )
    assert rows["901"]["share_pct"] == 7  # 4,995 children
    assert rows["902"]["share_pct"] == 6.7  # 5,000 children


@pytest.mark.parametrize(
    ("children", "mothers", "shown"),
    [(45, 30, False), (49, 30, False), (50, 30, True), (55, 30, True), (50, 29, False), (50, 31, True)],
)
def test_an_area_needs_50_children_and_30_mothers(children, mothers, shown):
    area = Area("omraade", "o1", "901")
    cells = [cell(901, "o1", 20, children - 20, mothers=mothers), cell(901, "", 100, 100)]
    row = risk_of(Delivery(cells, one_kommune(area)))["o1"]
    assert row["cell_status"] == ("rounded" if shown else "too_small")
    assert row["children"] == (children if shown else None)


def test_mothers_are_rounded_to_the_nearest_multiple():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    cells = [
        cell(901, "o1", 50, 50, mothers=52),
        cell(901, "o2", 50, 50, mothers=53),
        cell(901, "", 100, 100),
    ]
    rows = risk_of(Delivery(cells, areas))
    assert (rows["o1"]["mothers"], rows["o2"]["mothers"]) == (50, 55)


def test_a_too_small_area_is_merged_into_the_rest_of_its_parent():
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    rows = risk_of(
        Delivery([cell(901, "o1", 40, 60), cell(901, "o2", 20, 25), cell(901, "", 100, 400)], areas)
    )
    assert columns(rows["o2"], *COUNTS) == (*HIDDEN, "too_small")
    assert {name: rows["o2"][name] for name in NOTHING} == NOTHING
    # 500 outside + 45; its mothers can't be added up.
    assert columns(rows["901:rest:omraade"], *COUNTS) == (545, None, 120, 425, 0, "rounded")
    assert columns(rows["o1"], *COUNTS) == (100, 50, 40, 60, 0, "rounded")


def test_a_rest_below_the_size_takes_the_smallest_shown_sibling_with_it_until_it_is_big_enough():
    areas = one_kommune(*(Area("omraade", f"o{i}", "901") for i in (1, 2, 3, 4)))
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
        "o2": "rounded",
        "o3": "too_small",
        "o4": "too_small",
    }
    assert columns(rows["901:rest:omraade"], *COUNTS) == (110, None, 50, 60, 0, "rounded")


def test_an_empty_rest_stays_empty():
    rows = risk_of(Delivery([cell(901, "o1", 40, 60)], one_kommune(Area("omraade", "o1", "901"))))
    assert columns(rows["901:rest:omraade"], *COUNTS) == (0, 0, 0, 0, 0, "rounded")
    assert rows["901:rest:omraade"]["share_pct"] is None
    assert rows["901:rest:omraade"]["ci95_low_pct"] is None


def test_everything_below_a_too_small_parent_is_too_small():
    areas = [
        Area("kommune", "901", "leverance"),
        Area("kommune", "902", "leverance"),
        Area("helhedsplan", "h", "902"),
        Area("omraade", "o", "h"),
    ]
    rows = risk_of(Delivery([cell(901, "", 100, 900), cell(902, "h o", 20, 80, mothers=20)], areas))
    for area in ("902", "h", "o", "902:rest:helhedsplan", "h:rest:omraade"):
        assert columns(rows[area], *COUNTS) == (*HIDDEN, "too_small")
    # Without 902 only 901 is shown; the rest is 902's hundred, whose 20 mothers are too few: 901 goes along.
    assert rows["901"]["cell_status"] == "hidden"
    assert rows["leverance:rest:kommune"]["children"] == 1100


def test_a_child_in_an_area_of_another_municipality_counts_in_its_municipality_only():
    areas = [
        Area("kommune", "901", "leverance"),
        Area("kommune", "902", "leverance"),
        Area("omraade", "o1", "901"),
    ]
    rows = risk_of(Delivery([cell(901, "o1", 40, 60), cell(901, "", 70, 80), cell(902, "o1", 50, 50)], areas))
    assert rows["o1"]["children"] == 100
    assert rows["902"]["children"] == 100


@pytest.mark.parametrize(("at_risk", "shown"), [(265, True), (270, False), (275, False)])
def test_a_share_of_nine_in_ten_is_hidden_with_everything_below_and_does_not_follow_from_the_rest(
    at_risk, shown
):
    areas = one_kommune(
        Area("omraade", "o1", "901"), Area("afdeling", "a1", "o1"), Area("omraade", "o2", "901")
    )
    cells = [cell(901, "o1 a1", at_risk, 300 - at_risk), cell(901, "o2", 100, 200), cell(901, "", 100, 900)]
    rows = risk_of(Delivery(cells, areas))
    if shown:
        assert columns(rows["o1"], *COUNTS) == (300, 150, at_risk, 300 - at_risk, 0, "rounded")
        return
    for area in ("o1", "a1"):
        assert columns(rows[area], *COUNTS) == (*HIDDEN, "group_hidden")
        assert rows[area]["share_pct"] is None
    assert rows["901:rest:omraade"]["children"] == 1300


def test_the_factors_one_by_one_need_200_children_and_the_rest_is_hidden_with_the_small_ones():
    areas = one_kommune(*(Area("omraade", f"o{i}", "901") for i in (1, 2)))
    cells = [cell(901, "o1", 100, 100), cell(901, "o2", 80, 100), cell(901, "", 300, 1000)]
    table = protected(Delivery(cells, areas).tables()).tables["area_factor"]
    f1 = {r["area_id"]: r for r in table.filter(factor="f1_ikke_kernefamilie").to_dicts()}
    names = ("children_with", "children_without", "children_unknown", "cell_status")
    assert columns(f1["o1"], *names) == (100, 100, 0, "rounded")
    assert columns(f1["o2"], *names) == (None, None, None, "too_small")
    # Otherwise o2 were the municipality less o1 and the rest.
    assert columns(f1["901:rest:omraade"], *names) == (None, None, None, "hidden")
    assert columns(f1["901"], *names) == (480, 1200, 0, "rounded")


@pytest.mark.parametrize(("convicted", "statuses"), [(0, ["group_hidden"]), (4, ["group_hidden", "rounded"])])
def test_a_factor_that_nobody_has_is_hidden_by_what_is_published(convicted, statuses):
    # Four convicted are published as 0 or 5. As 0 they must look like nobody: hiding only what is exactly 0
    # would tell that a shown 0 is not.
    everyone = cell(901, "", 300, 1000, f2_with=convicted, f5_with=300)
    row = (
        protected(Delivery([everyone], one_kommune()).tables())
        .tables["area_factor"]
        .filter(factor="f2_doemt", level="kommune")
        .to_dicts()[0]
    )
    assert row["cell_status"] in statuses
    assert row["children_with"] == (None if row["cell_status"] == "group_hidden" else 5)


def test_only_the_asked_definition_is_released():
    one = Delivery([cell(901, "", 40, 60)], one_kommune()).tables()
    other = Delivery([cell(901, "", 10, 90)], one_kommune(), definition="sfi5-f5-almen").tables()
    both = {name: pl.concat([one[name], other[name]]) for name in one if name != "area_children"}
    tables = protected(both | {"area_children": one["area_children"]}).tables
    assert set(tables["area_risk"]["definition"]) == {"sfi5-v1"}
    assert tables["area_risk"].filter(level="kommune")["at_risk"].to_list() == [40]
    facts = dict(tables["release"].select("key", "value").iter_rows())
    assert columns(facts, "definition", "definition_hash", "purpose") == ("sfi5-v1", "d" * 64, "Statistik")
    assert columns(facts, "policy", "policy_version") == ("controlled-rounding", "1")
    assert facts["policy_hash"] == load_policy().hash


def test_every_row_of_every_table_bears_the_marking():
    tables = protected(Delivery([cell(901, "", 60, 60)], one_kommune()).tables()).tables
    assert list(tables) == [table.name for table in RELEASE_TABLES]
    # `assets/disclosed.py` knows the registers.
    assert tables.pop("quality").is_empty()
    for table in tables.values():
        assert table.height > 0
        assert set(table["marking"]) == {MARKING}


def test_rows_that_are_not_the_sum_of_their_cells_are_refused_without_naming_them():
    exact = Delivery(
        [cell(901, "o1", 40, 60), cell(901, "", 99, 100)], one_kommune(Area("omraade", "o1", "901"))
    ).tables()
    wrong = exact["area_risk"].with_columns(
        at_risk=pl.col("at_risk") + (pl.col("area_id") == "o1").cast(pl.Int64)
    )
    with pytest.raises(DisclosureRefused, match=r"1 of 5 rows are not the sum of their cells\.$"):
        protected(exact | {"area_risk": wrong})


def test_counts_that_contradict_each_other_are_refused():
    # 40 children with three factors, and nobody has f1 to f5.
    none = {f"f{i}_with": 0 for i in range(1, 6)}
    with pytest.raises(DisclosureRefused, match="contradict each other in"):
        protected(Delivery([cell(901, "", 40, 60, **none)], one_kommune()).tables())


def test_a_seed_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match="at least 16 bytes"):
        protected(Delivery([cell(901, "", 40, 60)], one_kommune()).tables(), seed=SEED[:15])


def test_a_delivery_without_a_listed_municipality_has_a_rest_that_is_everyone():
    exact = Delivery([cell(901, "", 40, 60)], [Area("kommune", "902", "leverance")]).tables()
    # No municipality at all: the aggregation still lists the delivery's rest.
    exact = {
        name: t.filter(pl.col("area_id") != "902") if "area_id" in t.columns else t
        for name, t in exact.items()
    }
    rows = {row["area_id"]: row for row in protected(exact).tables["area_risk"].to_dicts()}
    assert columns(rows["leverance:rest:kommune"], *COUNTS) == (100, 50, 40, 60, 0, "rounded")


@pytest.mark.parametrize(("almene", "status"), [(94, "group_hidden"), (95, "rounded"), (96, "rounded")])
def test_that_everybody_rents_is_shown_only_where_the_dwellings_are_almene(almene, status):
    areas = one_kommune(Area("omraade", "o1", "901"), Area("omraade", "o2", "901"))
    all_rent = {"f5_with": 400, "n0": 0, "n1": 300}
    cells = [
        cell(901, "o1", 100, 300, **all_rent),
        cell(901, "o2", 100, 300, f5_with=200, n0=100, n1=200),
        cell(901, "", 200, 1800, f5_with=500, n0=1300, n1=500),
    ]
    exact = Delivery(cells, areas).tables()
    day = exact["area_risk"]["reference_date"][0]
    exact["dwelling"] = pl.DataFrame(
        {"reference_date": [day], "definition": ["sfi5-v1"], "area_id": ["o1"], "dwellings": [100]}
    ).with_columns(almene=pl.lit(almene))
    f5 = {
        row["area_id"]: row
        for row in protected(exact).tables["area_factor"].filter(factor="f5_boligforhold").to_dicts()
    }
    assert f5["o1"]["cell_status"] == status
    assert f5["o1"]["children_with"] == (400 if status == "rounded" else None)
    # Hidden, it must not be the municipality less the others either.
    assert (f5["901:rest:omraade"]["children_with"] is None) == (status == "group_hidden")
    assert f5["901"]["children_with"] == 1100


@pytest.mark.parametrize(("at_risk", "told"), [(2, False), (49, True), (44, False), (60, True)])
def test_the_design_effect_of_a_municipality_is_told_only_where_it_is_not_of_few(at_risk, told):
    # Two siblings at risk would make it 2.0, two strangers 1.0. 49 may be published as 45 or as 50.
    areas = [Area("kommune", "901", "leverance"), Area("kommune", "902", "leverance")]
    exact = Delivery([cell(901, "", at_risk, 2000), cell(902, "", 300, 3000)], areas).tables()
    exact["design_effect"] = exact["design_effect"].with_columns(
        design_effect=pl.when(pl.col("area_id") == "901").then(1.3).otherwise(1.7)
    )
    tables = protected(exact).tables
    published = tables["area_risk"].row(by_predicate=pl.col("area_id") == "901", named=True)["at_risk"]
    effects = dict(tables["design_effect"].select("area_id", "design_effect").iter_rows())
    assert effects == ({"901": 1.3} if published >= 50 else {}) | {"902": 1.7, "leverance": 1.7}
    assert published >= 50 or not told or at_risk == 49
