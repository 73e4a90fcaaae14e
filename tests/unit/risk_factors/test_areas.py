"""Which areas there are at a date, how they hang together, and which ones a dwelling lies in."""

from __future__ import annotations

from datetime import date

import pytest

from assets.risk_factors.areas import areas_of_dwellings, hierarchy
from assets.risk_factors.inputs import Registers
from schemas.errors import InputRefused
from tests.support.register_worlds import as_frame

DAY = date(2024, 12, 31)
BEFORE, AFTER = date(2024, 12, 30), date(2025, 1, 1)


def area(
    area_id: str, level: str, parent: str | None = None, plan: str | None = None, **validity: date
) -> dict:
    return {
        "area_id": area_id,
        "name": f"Navn {area_id}",
        "level": level,
        "parent": parent,
        "plan": plan,
    } | validity


KOMMUNE = area("901", "kommune")
PLAN = area("P", "helhedsplan", "901")
TOWN = [
    KOMMUNE,
    PLAN,
    area("O1", "omraade", "901", "P"),
    area("O2", "omraade", "901"),
    area("A1", "afdeling", "O1"),
]


def lists(areas: list[dict], addresses: list[dict] = ()) -> Registers:  # type: ignore[assignment]
    return Registers(
        {},
        {
            "omraader": as_frame("omraader", areas),
            "omraade_adresser": as_frame("omraade_adresser", addresses),
        },
    )


def parents(areas: list[dict], day: date = DAY) -> dict[str, str]:
    tree = hierarchy(lists(areas), day)
    return dict(zip(tree["area_id"], tree["parent_id"], strict=True))


def listed(area_id: str, adresse_id: int, **validity: date) -> dict:
    return {"area_id": area_id, "adresse_id": adresse_id} | validity


def dwellings(areas: list[dict], addresses: list[dict]) -> dict[int, list[str]]:
    found = areas_of_dwellings(lists(areas, addresses), DAY)
    return dict(zip(found["adresse_id"], found["area_ids"].to_list(), strict=True))


def test_each_area_is_taken_from_the_one_above_it() -> None:
    assert parents(TOWN) == {"901": "leverance", "P": "901", "O1": "P", "O2": "901", "A1": "O1"}


def test_the_hierarchy_names_each_area_and_its_kommune() -> None:
    tree = hierarchy(lists(TOWN), DAY)
    assert tree.columns == ["level", "area_id", "parent_id", "area_name", "kom"]
    assert tree.filter(area_id="A1").row(0) == ("afdeling", "A1", "O1", "Navn A1", 901)
    assert tree["kom"].to_list() == [901] * 5


@pytest.mark.parametrize(
    ("validity", "is_there"),
    [
        ({}, True),
        ({"valid_to": BEFORE}, False),
        ({"valid_to": DAY}, True),
        ({"valid_from": DAY}, True),
        ({"valid_from": AFTER}, False),
        ({"valid_to": date(9999, 12, 31)}, True),
    ],
)
def test_an_area_is_valid_from_its_first_to_its_last_day(validity: dict, is_there: bool) -> None:
    assert ("O9" in parents([*TOWN, area("O9", "omraade", "901", **validity)])) is is_there


def test_when_a_plan_has_ended_its_omraade_belongs_to_the_kommune() -> None:
    town = [KOMMUNE, area("P", "helhedsplan", "901", valid_to=BEFORE), area("O1", "omraade", "901", "P")]
    assert parents(town) == {"901": "leverance", "O1": "901"}


def test_an_area_may_change_its_plan_between_two_rows() -> None:
    town = [
        *TOWN,
        area("Q", "helhedsplan", "901"),
        area("O3", "omraade", "901", "P", valid_to=BEFORE),
        area("O3", "omraade", "901", "Q", valid_from=DAY),
    ]
    assert (parents(town, BEFORE)["O3"], parents(town)["O3"]) == ("P", "Q")


def test_membership_closes_upward() -> None:
    assert dwellings(TOWN, [listed("A1", 1), listed("O1", 2), listed("O2", 3), listed("P", 4)]) == {
        1: ["A1", "O1", "P"],
        2: ["O1", "P"],
        3: ["O2"],
        4: ["P"],
    }


def test_a_dwelling_in_two_omraader_has_both_once_and_sorted() -> None:
    assert dwellings(TOWN, [listed("O2", 1), listed("A1", 1), listed("O1", 1)]) == {
        1: ["A1", "O1", "O2", "P"]
    }


def test_a_dwelling_lies_in_an_area_from_its_first_to_its_last_day() -> None:
    addresses = [
        listed("O2", 1, valid_to=BEFORE),
        listed("O2", 2, valid_to=DAY),
        listed("O2", 3, valid_from=DAY),
        listed("O2", 4, valid_from=AFTER),
    ]
    assert set(dwellings(TOWN, addresses)) == {2, 3}


def test_addresses_of_an_area_that_has_ended_are_left_out() -> None:
    assert dwellings([*TOWN, area("O9", "omraade", "901", valid_to=BEFORE)], [listed("O9", 1)]) == {}


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        ([area("O1", "omraade", "901")], "overlapping validity"),
        ([area("A2", "afdeling", "901")], "level above"),
        ([area("A2", "afdeling", "O9")], "level above"),
        ([area("O9", "omraade", "901", valid_to=BEFORE), area("A2", "afdeling", "O9")], "level above"),
        ([area("O9", "omraade", "902")], "level above"),
        ([area("Q", "helhedsplan")], "level above"),
        ([area("O9", "omraade", "901", "Q")], "plan is not in the list"),
        ([area("Byen", "kommune")], "three-digit"),
    ],
)
def test_a_list_that_does_not_hang_together_is_refused(extra: list[dict], rule: str) -> None:
    with pytest.raises(InputRefused, match=rule) as refused:
        hierarchy(lists([*TOWN, *extra]), DAY)
    assert (refused.value.problems[0].register, refused.value.problems[0].count) == ("omraader", 1)


def test_addresses_of_an_unlisted_area_are_refused() -> None:
    with pytest.raises(InputRefused, match=r"^omraade_adresser: areas that are not in omraader: 1\."):
        dwellings(TOWN, [listed("O7", 1), listed("O7", 2)])


def test_a_missing_list_is_refused_by_name() -> None:
    with pytest.raises(InputRefused, match=r"^omraader: not delivered"):
        hierarchy(Registers({}), DAY)
