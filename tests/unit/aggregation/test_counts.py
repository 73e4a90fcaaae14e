"""Exact counts per level, rest and definition, against expectations written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.aggregation import FILES, CountsBroken, aggregate
from assets.aggregation.counts import build_tables, run_checks
from assets.aggregation.engine import connect
from tests.unit.aggregation.scored_rows import cells, hierarchy, scored

# Plan P1 (kommune 901) holds the omraader O1 and O2; O3 has no plan; O4 in 902 is empty.
HIERARCHY = """
    kommune     | 901 | Nordby       |     | 901
    kommune     | 902 | Sydby        |     | 902
    helhedsplan | P1  | Planen       | 901 | 901
    omraade     | O1  | Birkeparken  | P1  | 901
    omraade     | O2  | Elmeparken   | P1  | 901
    omraade     | O3  | Askeparken   | 901 | 901
    omraade     | O4  | Tomme Enge   | 902 | 902
    afdeling    | A1  | Birk 1       | O1  | 901
    afdeling    | A2  | Birk 2       | O1  | 901
"""

# 1, 2: siblings in A1. 3: their sibling, in O2. 4: where O1 (A2) and O2 overlap. 5: in O1, in no afdeling.
# 6: O3. 7, 8: Nordby outside all areas, 7 without a known mother. 9: Sydby, sibling of 8. 10: not listed.
CHILDREN = """
    1  | 100 | 901 | A1 O1 P1    | 0-2   | +++-- | 3 | 5 | særlig
    2  | 100 | 901 | A1 O1 P1    | 3-5   | ++--- | 2 | 5 | ikke
    3  | 100 | 901 | O2 P1       | 6-9   | ++??- | 2 | 3 | uafklaret
    4  | 200 | 901 | A2 O1 O2 P1 | 10-14 | +++++ | 5 | 5 | særlig
    5  | 300 | 901 | O1 P1       | 15-17 | ----- | 0 | 5 | ikke
    6  | 400 | 901 | O3          | 0-2   | +---? | 1 | 4 | ikke
    7  |     | 901 |             | 0-2   | ????? | 0 | 0 | uafklaret
    8  | 500 | 901 |             | 3-5   | -+-+- | 2 | 5 | ikke
    9  | 500 | 902 |             | 6-9   | -+-++ | 3 | 5 | særlig
    10 | 600 | 903 |             | 15-17 | ----- | 0 | 5 | ikke
"""


def count(folder: Path, children: pl.DataFrame, areas: str = HIERARCHY) -> dict[str, pl.DataFrame]:
    children.write_parquet(folder / "scored.parquet")
    aggregate(folder / "scored.parquet", hierarchy(areas), folder / "out", folder / "tmp")
    return {name: pl.read_parquet(folder / "out" / f"{name}.parquet") for name in FILES}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    return count(tmp_path_factory.mktemp("counts"), scored(CHILDREN))


def test_children_mothers_and_states_are_counted_for_every_level_and_rest(counted):
    # area | parent | child level | children | mothers | at risk | not | undetermined
    expected = """
        leverance             |           |             | 10 | 6 | 3 | 5 | 2
        leverance:rest:kommune| leverance | kommune     | 1  | 1 | 0 | 1 | 0
        901                   | leverance |             | 8  | 5 | 2 | 4 | 2
        902                   | leverance |             | 1  | 1 | 1 | 0 | 0
        901:rest:helhedsplan  | 901       | helhedsplan | 3  | 2 | 0 | 2 | 1
        901:rest:omraade      | 901       | omraade     | 7  | 4 | 2 | 3 | 2
        902:rest:omraade      | 902       | omraade     | 1  | 1 | 1 | 0 | 0
        P1                    | 901       |             | 5  | 3 | 2 | 2 | 1
        P1:rest:omraade       | P1        | omraade     | 0  | 0 | 0 | 0 | 0
        O1                    | P1        |             | 4  | 3 | 2 | 2 | 0
        O2                    | P1        |             | 2  | 2 | 1 | 0 | 1
        O3                    | 901       |             | 1  | 1 | 0 | 1 | 0
        O4                    | 902       |             | 0  | 0 | 0 | 0 | 0
        O1:rest:afdeling      | O1        | afdeling    | 1  | 1 | 0 | 1 | 0
        A1                    | O1        |             | 2  | 1 | 1 | 1 | 0
        A2                    | O1        |             | 1  | 1 | 1 | 0 | 0
    """
    columns = [
        "area_id",
        "parent_id",
        "child_level",
        "children",
        "mothers",
        "at_risk",
        "not_at_risk",
        "undetermined",
    ]
    actual = {row[0]: row for row in counted["area_risk"].select(columns).rows()}
    wanted = {row[0]: (row[0], row[1] or None, row[2] or None, *map(int, row[3:])) for row in cells(expected)}
    assert actual == wanted


def test_a_rest_says_so_in_its_level_and_its_name(counted):
    row = counted["area_risk"].row(by_predicate=pl.col("area_id") == "O1:rest:afdeling", named=True)
    assert (row["level"], row["area_name"]) == ("rest", "Birkeparken: børn uden for afdelingerne")


def test_an_unknown_factor_is_neither_with_nor_without(counted):
    # area | factor | with | without | unknown
    expected = """
        901 | f1_ikke_kernefamilie    | 5 | 2 | 1
        901 | f2_doemt                | 5 | 2 | 1
        901 | f3_kontanthjaelp_pension| 2 | 4 | 2
        901 | f4_ingen_uddannelse     | 2 | 4 | 2
        901 | f5_boligforhold         | 1 | 5 | 2
        O2  | f4_ingen_uddannelse     | 1 | 0 | 1
        O4  | f1_ikke_kernefamilie    | 0 | 0 | 0
    """
    columns = ["children_with", "children_without", "children_unknown"]
    for area_id, factor, *numbers in cells(expected):
        row = counted["area_factor"].filter(area_id=area_id, factor=factor)
        assert row.select(columns).rows() == [tuple(map(int, numbers))], (area_id, factor)


def test_number_of_factors_counts_only_what_is_surely_there_over_all_children(counted):
    # area | 0 | 1 | 2 | 3+     (child 7, all unknown, is among 0; child 3, 2 yes and 2 unknown, among 2)
    expected = """
        leverance | 3 | 1 | 3 | 3
        901       | 2 | 1 | 3 | 2
        O1        | 1 | 0 | 1 | 2
        O4        | 0 | 0 | 0 | 0
    """
    for area_id, *numbers in cells(expected):
        rows = counted["area_factor_count"].filter(area_id=area_id).sort("n_factors")
        assert rows["n_factors"].to_list() == ["0", "1", "2", "3+"]
        assert rows["children"].to_list() == list(map(int, numbers)), area_id


def test_ages_are_counted_from_omraade_upwards(counted):
    # area | 0-2 | 3-5 | 6-9 | 10-14 | 15-17
    expected = """
        leverance            | 3 | 2 | 2 | 1 | 2
        901                  | 3 | 2 | 1 | 1 | 1
        901:rest:helhedsplan | 2 | 1 | 0 | 0 | 0
        P1                   | 1 | 1 | 1 | 1 | 1
        O1                   | 1 | 1 | 0 | 1 | 1
        O4                   | 0 | 0 | 0 | 0 | 0
    """
    ages = counted["area_children"]
    for area_id, *numbers in cells(expected):
        rows = ages.filter(area_id=area_id)
        assert rows["age_band"].to_list() == ["0-2", "3-5", "6-9", "10-14", "15-17"]
        assert rows["children"].to_list() == list(map(int, numbers)), area_id
    assert not set(ages["area_id"]) & {"A1", "A2", "O1:rest:afdeling"}


def test_no_border_cuts_a_cell_and_mothers_are_counted_in_it(counted):
    # kom | areas | children | mothers
    expected = """
        901 |             | 2 | 1
        901 | A1 O1 P1    | 2 | 1
        901 | A2 O1 O2 P1 | 1 | 1
        901 | O1 P1       | 1 | 1
        901 | O2 P1       | 1 | 1
        901 | O3          | 1 | 1
        902 |             | 1 | 1
        903 |             | 1 | 1
    """
    actual = counted["cell"].select("kom", "area_ids", "children", "mothers").rows()
    assert actual == [(int(kom), areas.split(), int(n), int(m)) for kom, areas, n, m in cells(expected)]
    assert "mother_keys" not in counted["cell"].columns


def test_a_border_that_moved_divides_the_cells_and_changes_no_row(tmp_path):
    areas = """
        kommune | 901 | Nordby |     | 901
        omraade | O1  | Birken | 901 | 901
        omraade | O2  | Egen   | 901 | 901
    """
    # Two children live in a stairwell that lay in O2 a year before, one of them since then.
    rows = scored("""
        1 | 1 | 901 | O1        | 0-2 | ----- | 0 | 5 | ikke
        2 | 2 | 901 | O1 < O2   | 0-2 | ----- | 0 | 5 | ikke
        3 | 3 | 901 | O1 < O2 * | 0-2 | +++-- | 3 | 5 | særlig
        4 | 4 | 901 | O1 < O1 * | 3-5 | +++-- | 3 | 5 | særlig
        5 | 4 | 901 | O2        | 3-5 | +++-- | 3 | 5 | særlig
    """)
    counted = count(tmp_path, rows, areas)
    cell = counted["cell"].select("area_ids", "earlier_area_ids", "children", "newcomers", "mothers")
    assert cell.rows() == [
        (["O1"], ["O1"], 2, 1, 2),
        (["O1"], ["O2"], 2, 1, 2),
        (["O2"], ["O2"], 1, 0, 1),
    ]
    assert set(counted["cell"]["earlier_date"]) == {date(2023, 12, 31)}
    risk = counted["area_risk"].filter(pl.col("level") == "omraade")
    assert risk.select("area_id", "children", "mothers", "at_risk").rows() == [
        ("O1", 4, 4, 2),
        ("O2", 1, 1, 1),
    ]


def test_counts_are_whole_numbers_in_every_file(counted):
    for name, frame in counted.items():
        floats = [column for column, dtype in frame.schema.items() if dtype.is_float()]
        assert floats == (["design_effect"] if name == "design_effect" else []), name


def test_definitions_stand_side_by_side_over_the_same_children(tmp_path):
    first = scored("1 | 100 | 901 | O3 | 0-2 | +++-- | 3 | 5 | særlig")
    second = scored(
        "1 | 100 | 901 | O3 | 0-2 | ++?-- | 2 | 4 | uafklaret", definition="other", definition_hash="b"
    )
    tables = count(tmp_path, pl.concat([first, second]))
    rows = (
        tables["area_risk"]
        .filter(area_id="O3")
        .select("definition", "definition_hash", "children", "mothers")
    )
    assert rows.sort("definition").rows() == [("other", "b", 1, 1), ("sfi5-v1", "aaaa", 1, 1)]
    states = tables["area_risk"].filter(area_id="O3").select("definition", "at_risk", "undetermined")
    assert states.sort("definition").rows() == [("other", 0, 1), ("sfi5-v1", 1, 0)]
    assert tables["area_children"].filter(area_id="O3")["children"].sum() == 1


def test_a_kommune_row_needs_no_area_to_be_counted(tmp_path):
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 2 | 902 | | 0-2 | ----- | 0 | 5 | ikke
    """
    tables = count(tmp_path, scored(children), "kommune | 901 | Nordby | | 901")
    assert tables["area_risk"].select("area_id", "children").sort("area_id").rows() == [
        ("901", 1),
        ("leverance", 2),
        ("leverance:rest:kommune", 1),
    ]


def test_siblings_have_one_mother_and_children_without_one_add_none(tmp_path):
    children = """
        1 | 100 | 901 | O3 | 0-2 | ----- | 0 | 5 | ikke
        2 | 100 | 901 | O3 | 3-5 | ----- | 0 | 5 | ikke
        3 | 100 | 901 | O3 | 6-9 | ----- | 0 | 5 | ikke
        4 | 200 | 901 | O3 | 0-2 | ----- | 0 | 5 | ikke
        5 |     | 901 | O3 | 0-2 | ????? | 0 | 0 | uafklaret
        6 |     | 901 | O3 | 3-5 | ????? | 0 | 0 | uafklaret
    """
    tables = count(tmp_path, scored(children))
    mothers = dict(tables["area_risk"].select("area_id", "mothers").rows())
    assert (mothers["O3"], mothers["901"], mothers["leverance"]) == (2, 2, 2)
    assert tables["cell"]["mothers"].to_list() == [2]


def test_a_child_in_another_kommune_than_its_area_counts_in_the_kommune_only(tmp_path):
    children = scored("1 | 100 | 902 | O3 | 0-2 | +++-- | 3 | 5 | særlig")
    children.write_parquet(tmp_path / "scored.parquet")
    result = aggregate(tmp_path / "scored.parquet", hierarchy(HIERARCHY), tmp_path / "out", tmp_path / "tmp")
    risk = pl.read_parquet(tmp_path / "out" / "area_risk.parquet").select("area_id", "children")
    counts = dict(risk.rows())
    assert (counts["O3"], counts["901"], counts["902"], counts["902:rest:omraade"]) == (0, 0, 1, 1)
    assert result.children_outside_kommune == 1


# --- design effect: p = sum y / M; n/(n-1) * sum (y - p m)^2 / M^2  over  p(1-p)/(M-1) ---


def effect(folder: Path, children: str) -> dict[str, float]:
    rows = count(folder, scored(children))["design_effect"].select("area_id", "design_effect").rows()
    return dict(rows)


def test_one_child_per_mother_gives_a_design_effect_of_one(tmp_path):
    # n = M = 4, y = 1: cluster variance 4/3 * (9/16 + 3/16) / 16 = 1/16; simple 3/16 / 3 = 1/16.
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 2 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        3 | 3 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        4 |   | 901 | | 0-2 | ----- | 0 | 5 | ikke
    """
    assert effect(tmp_path, children)["901"] == pytest.approx(1.0)


def test_siblings_alike_widen_the_variance(tmp_path):
    # Two pairs of siblings and two lone children of unknown mother: n = 4, M = 6, y = 3, p = 1/2.
    # sum (y - m/2)^2 = 1 + 1 + 1/4 + 1/4 = 5/2; cluster 4/3 * 5/2 / 36 = 5/54; simple 1/4 / 5; ratio 50/27.
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        3 | 2 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        4 | 2 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        5 |   | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        6 |   | 901 | | 0-2 | ----- | 0 | 5 | ikke
        7 | 2 | 901 | | 0-2 | ++??? | 2 | 2 | uafklaret
    """
    assert effect(tmp_path, children)["901"] == pytest.approx(50 / 27)


def test_a_mother_with_children_in_two_kommuner_is_one_cluster_of_the_delivery(tmp_path):
    # Delivery: mother 1 (m 2, y 2), mother 2 (m 2, y 0): n = 2, p = 1/2; 2/1 * 2 / 16 = 1/4 over 1/4 / 3: 3.
    # Each kommune: one child each of two mothers: 1.
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 1 | 902 | | 0-2 | +++-- | 3 | 5 | særlig
        3 | 2 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        4 | 2 | 902 | | 0-2 | ----- | 0 | 5 | ikke
    """
    assert effect(tmp_path, children) == pytest.approx({"901": 1.0, "902": 1.0, "leverance": 3.0})


def test_where_nothing_varies_or_nobody_is_determined_the_design_effect_is_one(tmp_path):
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 2 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
    """
    assert effect(tmp_path, children) == {"901": 1.0, "902": 1.0, "leverance": 1.0}


def test_siblings_that_differ_don_t_make_an_interval_narrower_than_single_children(tmp_path):
    # Two mothers with one child at risk and one not: no variance between clusters; the floor holds.
    children = """
        1 | 1 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        2 | 1 | 901 | | 0-2 | ----- | 0 | 5 | ikke
        3 | 2 | 901 | | 0-2 | +++-- | 3 | 5 | særlig
        4 | 2 | 901 | | 0-2 | ----- | 0 | 5 | ikke
    """
    assert effect(tmp_path, children)["901"] == 1.0


# --- checks: what must hold does, or the run stops with the check's name and a count ---

GOOD = "1 | 100 | 901 | O3 | 0-2 | +++-- | 3 | 5 | særlig"


@pytest.mark.parametrize(
    ("children", "check"),
    [
        pytest.param(
            GOOD.replace("særlig", "ikke"), "additive_factor_counts", id="three yes but not at risk"
        ),
        pytest.param(GOOD.replace("særlig", "ukendt"), "additive_states", id="a state that doesn't exist"),
        pytest.param(GOOD.replace("0-2", "18-20"), "additive_ages", id="an age band that doesn't exist"),
        pytest.param(GOOD.replace("O3", "O9"), "areas_are_listed", id="an area that isn't in the hierarchy"),
        pytest.param("", "the_delivery_is_everyone", id="no scored child at all"),
    ],
)
def test_a_broken_count_stops_with_the_check_s_name(tmp_path, children, check):
    with pytest.raises(CountsBroken, match=rf"{check}: \d+ rows break it") as caught:
        count(tmp_path, scored(children))
    assert caught.value.exit_code == 50


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("checks")
    scored(CHILDREN).write_parquet(folder / "scored.parquet")
    with connect(folder) as con:
        build_tables(con, folder / "scored.parquet", hierarchy(HIERARCHY))
        run_checks(con)
        yield con


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("UPDATE area_risk SET undetermined = undetermined + 1 WHERE area_id = 'O1'", "additive_states"),
        ("UPDATE area_factor SET children_unknown = 1 WHERE area_id = 'O4'", "additive_factors"),
        ("DELETE FROM area_factor WHERE area_id = 'O1'", "additive_factors"),
        ("UPDATE area_factor_count SET children = 9 WHERE n_factors = '0'", "additive_factor_counts"),
        ("UPDATE area_children SET children = 9 WHERE area_id = 'O2'", "additive_ages"),
        ("UPDATE area_risk SET children = 4 WHERE area_id = 'P1'", "areas_and_rest_are_the_parent"),
        ("UPDATE area_risk SET at_risk = 9 WHERE level = 'rest'", "areas_and_rest_are_the_parent"),
        ("DELETE FROM area_risk WHERE area_id = 'O4'", "every_area_has_a_row"),
        ("UPDATE area_risk SET children = 9 WHERE area_id = 'leverance'", "the_delivery_is_everyone"),
        ("UPDATE atom SET reference_date = DATE '2023-12-31' WHERE place_id = 1", "one_date_and_one_hash"),
    ],
)
def test_each_check_finds_the_fault_it_is_there_for(built, change, check):
    built.begin()
    try:
        built.execute(change)
        with pytest.raises(CountsBroken, match=rf"\b{check}: \d+ rows break it"):
            run_checks(built)
    finally:
        built.rollback()


def test_definitions_over_different_children_stop(tmp_path):
    both = pl.concat([scored(GOOD), scored(GOOD + "\n" + GOOD.replace("1 ", "2 ", 1), definition="other")])
    with pytest.raises(CountsBroken, match="definitions_score_the_same_children"):
        count(tmp_path, both)


def test_two_versions_of_one_definition_stop(tmp_path):
    both = pl.concat([scored(GOOD), scored(GOOD, definition_hash="bbbb")])
    with pytest.raises(CountsBroken, match="one_date_and_one_hash"):
        count(tmp_path, both)


def test_an_area_without_a_listed_parent_stops(tmp_path):
    with pytest.raises(CountsBroken, match="every_area_has_a_row"):
        count(tmp_path, scored(GOOD), HIERARCHY + "\nomraade | O8 | Hjemløs | P8 | 901")


def test_an_area_listed_twice_stops(tmp_path):
    with pytest.raises(CountsBroken, match="an area twice"):
        count(tmp_path, scored(GOOD), HIERARCHY + "\nomraade | O3 | Askeparken | 901 | 901")


def test_an_error_text_holds_no_area_no_key_and_no_path(tmp_path):
    with pytest.raises(CountsBroken) as caught:
        count(tmp_path, scored("4711 | 815 | 901 | HEMMELIG | 0-2 | +++-- | 3 | 5 | særlig"))
    assert not any(word in str(caught.value) for word in ("HEMMELIG", "4711", "815", str(tmp_path)))
