"""Putting the rules together: keys instead of ids, each rule once, and users' own definitions."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.risk_factors.catalogue import FACTORS
from assets.risk_factors.definitions import load_definitions
from assets.risk_factors.people import find_people
from assets.risk_factors.scoring import score_children
from tests.spec.tables import build_world, read_table
from tests.support.register_worlds import DEFINITIONS, as_registers, score_with_ids

DAY = date(2024, 12, 31)
DEFAULT = {"sfi5-v1": DEFINITIONS["sfi5-v1"]}


def world(table: str) -> dict:
    return build_world(read_table(table), DAY, kraf_to=2023, akm=date(2023, 12, 31))


def families(n: int) -> dict:
    return world("| FM_MARK |\n" + "| 1 |\n" * n)


def test_keys_are_a_permutation_that_is_drawn_anew_and_ids_are_gone() -> None:
    registers = as_registers(families(200))
    first, second = (score_children(registers, DEFAULT, DAY).collect() for _ in range(2))
    for scored in (first, second):
        assert sorted(scored["child_key"]) == sorted(scored["mother_key"]) == list(range(200))
        assert not {"child_id", "mother_id", "adresse_id", "pnr"} & set(scored.columns)
    pairs = [set(zip(s["child_key"], s["mother_key"], strict=True)) for s in (first, second)]
    assert pairs[0] != pairs[1]


def test_the_order_of_rows_is_not_the_registers_order() -> None:
    # Kommune 901 and 902 by halves: with the register's order kept, the halves would stay apart.
    registers = families(200)
    for row in registers["bef"][DAY]:
        row["kom"] = 901 if row["pnr"] <= 100 else 902
    scored = score_children(as_registers(registers), DEFAULT, DAY).collect()
    assert 901 in scored["kom"][100:].to_list()


def test_siblings_share_their_mothers_key_and_a_blank_mother_has_none() -> None:
    rows = score_with_ids(world("| MOR_ID |\n| 1001 |\n| 1001 |\n| - |"), DAY, DEFAULT)
    assert [row["mother_key"] for row in rows] == [1001, 1001, None]
    hidden = score_children(
        as_registers(world("| MOR_ID |\n| 1001 |\n| 1001 |\n| - |")), DEFAULT, DAY
    ).collect()
    assert sorted(hidden["mother_key"].to_list(), key=str) == [0, 0, None]


def test_five_convictions_of_a_mother_are_one_factor_of_each_of_her_children() -> None:
    siblings = world("| MOR_ID |\n| 1001 |\n| 1001 |")
    for year in range(2019, 2024):
        decision = {"pnr": 1001, "afg_dato": date(year, 3, 1), "afg_ger7": 1210000, "afg_afgtypko": 1}
        siblings["kraf"][date(year, 12, 31)].append(decision)
    rows = score_with_ids(siblings, DAY, DEFAULT)
    assert [(row["child_key"], row["f2_doemt"], row["n_yes"]) for row in rows] == [(1, True, 1), (2, True, 1)]


def test_a_child_is_counted_where_it_lived_on_the_day_and_not_where_it_lives_now() -> None:
    moved = families(2)
    moved["bef"][date(2025, 12, 31)] = [row | {"adresse_id": 2002} for row in moved["bef"][DAY]]
    moved["omraader"] = [
        {"area_id": "901", "name": "Nordby", "level": "kommune"},
        {"area_id": "O1", "name": "Birkeparken", "level": "omraade", "parent": "901"},
    ]
    moved["omraade_adresser"] = [{"area_id": "O1", "adresse_id": 2001}]
    rows = score_with_ids(moved, DAY, DEFAULT)
    assert [row["area_ids"] for row in rows] == [["O1"], []]


def test_where_the_border_ran_a_year_before_is_told_of_the_dwelling_and_who_came_since() -> None:
    # Dwelling 2001 came to O1 from O2 in 2024. Child 1 lived in it before, child 2 elsewhere in O2, child 3
    # outside, child 4 lives in no area.
    earlier, world = date(2023, 12, 31), families(4)
    homes_then, homes_now = (2001, 2002, 2003, 2001), (2001, 2001, 2001, 2003)
    children = [row for row in world["bef"][DAY] if row["pnr"] in range(1, 5)]
    rest = [row for row in world["bef"][DAY] if row["pnr"] not in range(1, 5)]
    for day, homes in ((earlier, homes_then), (DAY, homes_now)):
        world["bef"][day] = rest + [
            child | {"adresse_id": home} for child, home in zip(children, homes, strict=True)
        ]
    world["omraader"] = [
        {"area_id": "901", "name": "Nordby", "level": "kommune"},
        *({"area_id": o, "name": o, "level": "omraade", "parent": "901"} for o in ("O1", "O2")),
    ]
    world["omraade_adresser"] = [
        {"area_id": "O2", "adresse_id": 2001, "valid_to": earlier},
        {"area_id": "O1", "adresse_id": 2001, "valid_from": date(2024, 1, 1)},
        {"area_id": "O2", "adresse_id": 2002},
    ]
    rows = score_with_ids(world, DAY, DEFAULT)
    assert [(row["area_ids"], row["earlier_area_ids"], row["is_new"]) for row in rows] == [
        (["O1"], ["O2"], False),
        (["O1"], ["O2"], False),
        (["O1"], ["O2"], True),
        ([], [], False),
    ]
    assert {row["earlier_date"] for row in rows} == {earlier}


def test_without_a_date_before_no_border_moved() -> None:
    world = families(2)
    world["bef"] = {DAY: world["bef"][DAY]}
    rows = score_with_ids(world, DAY, DEFAULT)
    assert {(row["earlier_date"], tuple(row["earlier_area_ids"]), row["is_new"]) for row in rows} == {
        (None, (), False)
    }


def test_a_rule_that_definitions_share_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: Counter = Counter()
    for factor in FACTORS:
        original = factor.rule.prepare_facts

        def counting(people, parameters, key=factor.short, original=original):
            prepared[key] += 1
            return original(people, parameters)

        monkeypatch.setattr(factor.rule, "prepare_facts", counting)
    score_children(as_registers(families(3)), DEFINITIONS, DAY).collect()
    assert prepared == {"f1": 2, "f2": 3, "f3": 4, "f4": 2, "f5": 3}


def test_each_definition_has_its_rows_with_its_name_and_hash() -> None:
    scored = score_children(as_registers(families(3)), DEFINITIONS, DAY).collect()
    stamped = {(row[0], row[1]) for row in scored.select("definition", "definition_hash").iter_rows()}
    assert stamped == {(name, definition.hash) for name, definition in DEFINITIONS.items()}
    assert scored.height == 3 * len(DEFINITIONS)


def test_scoring_streams_into_a_file(tmp_path: Path) -> None:
    score_children(as_registers(families(3)), DEFINITIONS, DAY).sink_parquet(tmp_path / "scored.parquet")
    schema = pl.read_parquet_schema(tmp_path / "scored.parquet")
    assert schema["area_ids"] == pl.List(pl.String)
    assert [schema[c] for c in ("child_key", "kom", "n_yes", "f2_doemt")] == [
        pl.Int64,
        pl.Int16,
        pl.Int8,
        pl.Boolean,
    ]


def test_registers_need_not_be_sorted() -> None:
    families_, n = families(30), 30
    shuffled = {day: rows[::-1] for day, rows in families_["bef"].items()}
    assert score_with_ids(families_ | {"bef": shuffled}, DAY) == score_with_ids(families_, DAY)
    assert len(score_with_ids(families_, DAY, DEFAULT)) == n


def test_presence_in_no_snapshot_at_all_is_not_presence() -> None:
    people = find_people(as_registers(families(2)), DAY)
    assert people.mothers_present(range(2025, 2025)).collect()["is_present"].to_list() == [False, False]


def test_ever_needs_a_snapshot_inside_what_kraf_covers() -> None:
    # BEF begins after KRAF ends: nobody was shown present, so no decision is not a no.
    only_now = families(1)
    only_now["bef"] = {DAY: only_now["bef"][DAY]}
    ever = {"ever": DEFINITIONS["sfi5-v1-f2-nogensinde"]}
    assert score_with_ids(only_now, DAY, ever)[0]["f2_doemt"] is None


@pytest.mark.parametrize(
    ("own", "column", "expected"),
    [
        (
            "[f5_boligforhold]\ncondition = 'trangt'\ncrowding = { measure = 'm2_pr_person', limit = 20 }\n",
            "BOLIGAREAL",
            {"39": True, "40": False, "41": False, "0": None, "-": None},
        ),
        ("[f4_ingen_uddannelse]\nmissing = 'nej'\n", "HFAUDD", {"0001": True, "9999": False, "-": False}),
    ],
)
def test_a_users_own_reading(tmp_path: Path, own: str, column: str, expected: dict) -> None:
    head = 'name = "egen"\ntitle = "egen"\nextends = "sfi5-v1"\n'
    (tmp_path / "egen.toml").write_text(head + own, encoding="utf-8")
    definition = {"egen": load_definitions(tmp_path)["egen"]}
    table = f"| {column} |\n" + "".join(f"| {value} |\n" for value in expected)
    factor = "f5_boligforhold" if column == "BOLIGAREAL" else "f4_ingen_uddannelse"
    assert [row[factor] for row in score_with_ids(world(table), DAY, definition)] == list(expected.values())
