"""The synthetic registers agree with each other, over the years and with their quotas.

Belongs here: what a reader of the delivered frames may rely on.
Does not belong here: file forms (`test_deliveries.py`), edge children (`test_edge_children.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from synthetic_data.names import CODES_BEFORE_2007, KOM_CODES, REGION_OF
from synthetic_data.scope import Scope
from synthetic_data.world import World

YEARS = (2020, 2021, 2022, 2023, 2024)
PERSONS = 6_000
Frames = dict[tuple[str, int | None], Any]  # Any: values of a frame have no static type


@pytest.fixture(scope="module")
def told() -> tuple[Frames, dict[int, pl.DataFrame]]:
    """Every register year, and the truth of each reference year."""
    truth: dict[int, pl.DataFrame] = {}
    world = World(Scope(PERSONS, 11, YEARS))
    frames = {(part.register, part.year): part.frame for part in world.tell(truth.__setitem__)}
    return frames, truth


@pytest.fixture(scope="module")
def frames(told: tuple[Frames, dict[int, pl.DataFrame]]) -> Frames:
    return told[0]


@pytest.fixture(scope="module")
def bef(frames: dict[tuple[str, int | None], pl.DataFrame]) -> pl.DataFrame:
    parts = [
        f.with_columns(pl.lit(year).alias("YEAR")) for (name, year), f in frames.items() if name == "bef"
    ]
    return pl.concat(parts)


def test_register_years_are_those_a_run_at_the_reference_years_needs(frames: dict) -> None:
    years: dict[str, list[int]] = {}
    for name, year in frames:
        if year is not None:
            years.setdefault(name, []).append(year)
    assert years == {
        "bef": list(range(2015, 2025)),
        "udda": list(range(2019, 2025)),
        "akm": list(range(2019, 2024)),
        "kraf": list(range(2015, 2024)),
        "bol": list(range(2020, 2026)),
    }


def test_the_persons_asked_for_live_there_at_the_last_date(bef: pl.DataFrame) -> None:
    last = bef.filter((pl.col("YEAR") == 2024) & (pl.col("CIVST") != "D"))
    assert last.height == PERSONS


def test_ids_are_twelve_digits_and_unique(bef: pl.DataFrame, frames: dict) -> None:
    assert bef.group_by("YEAR", "PNR").len()["len"].max() == 1
    for column in ("PNR", "MOR_ID", "FAR_ID", "AEGTE_ID", "E_FAELLE_ID", "FAMILIE_ID", "ADRESSE_ID"):
        values = bef[column].drop_nulls()
        assert values.str.contains(r"^[1-9]\d{11}$").all(), (
            column
        )  # no leading zero: never a padded CPR number
    bol = frames["bol", 2025]
    assert bol["ADRESSE_ID"].is_unique().all()
    persons, dwellings, households = set(bef["PNR"]), set(bef["ADRESSE_ID"]), set(bef["FAMILIE_ID"])
    assert not persons & dwellings and not persons & households and not dwellings & households


def test_a_person_keeps_sex_birthday_and_parents_over_the_years(bef: pl.DataFrame) -> None:
    fixed = ["KOEN", "FOED_DAG", "MOR_ID", "FAR_ID", "IE_TYPE", "OPR_LAND"]
    counts = bef.group_by("PNR").agg(pl.col(fixed).n_unique())
    assert counts.select(pl.col(fixed).max()).row(0) == (1,) * len(fixed)


def test_the_dead_do_not_come_back(bef: pl.DataFrame) -> None:
    died = bef.filter(pl.col("CIVST") == "D").select("PNR", died="YEAR")
    assert died.height > 0 and died["PNR"].is_unique().all()
    assert bef.join(died, on="PNR").filter(pl.col("YEAR") > pl.col("died")).height == 0


def test_mothers_are_women_and_grown_up_when_their_children_are_born(bef: pl.DataFrame) -> None:
    people = bef.unique("PNR").select("PNR", "KOEN", "FOED_DAG", "MOR_ID")
    pairs = people.join(people, left_on="MOR_ID", right_on="PNR", suffix="_MOTHER")
    years = (pairs["FOED_DAG"] - pairs["FOED_DAG_MOTHER"]).dt.total_days() / 365.25
    assert pairs.height > 500
    assert set(pairs["KOEN_MOTHER"]) == {2}
    assert years.min() >= 17.9
    assert years.max() <= 46


def test_siblings_share_a_mother(bef: pl.DataFrame) -> None:
    children = bef.filter((pl.col("YEAR") == 2024) & (pl.col("FOED_DAG") > date(2006, 12, 31)))
    per_mother = children.drop_nulls("MOR_ID").group_by("MOR_ID").len()["len"]
    assert per_mother.max() >= 3
    assert 1.4 <= per_mother.mean() <= 2.1


def test_children_are_born_and_turn_18(bef: pl.DataFrame) -> None:
    by_year = {year: frame for (year,), frame in bef.partition_by("YEAR", as_dict=True).items()}
    born = by_year[2024].filter(pl.col("FOED_DAG").dt.year() == 2024)
    assert born.height > 0 and not set(born["PNR"]) & set(by_year[2023]["PNR"])
    grown = by_year[2024].filter(pl.col("FOED_DAG").dt.year() == 2006)
    assert set(grown["PNR"]) & set(by_year[2023]["PNR"])


def test_every_minor_has_a_mother_named_or_planted_blank(bef: pl.DataFrame) -> None:
    minors = bef.filter(pl.col("YEAR") - pl.col("FOED_DAG").dt.year() < 18)
    assert 0 < minors["MOR_ID"].is_null().mean() < 0.03


def test_a_child_with_fm_mark_1_lives_with_both_parents_and_with_3_with_the_mother(bef: pl.DataFrame) -> None:
    homes = bef.filter(pl.col("CIVST") != "D").select("YEAR", "PNR", "ADRESSE_ID")
    children = bef.filter((pl.col("YEAR") - pl.col("FOED_DAG").dt.year() < 18) & (pl.col("CIVST") != "D"))
    for parent in ("MOR_ID", "FAR_ID"):
        children = children.join(
            homes.rename({"PNR": parent, "ADRESSE_ID": f"{parent}_HOME"}), on=["YEAR", parent], how="left"
        )
    with_mother = pl.col("MOR_ID_HOME") == pl.col("ADRESSE_ID")
    with_father = pl.col("FAR_ID_HOME") == pl.col("ADRESSE_ID")
    named = children.drop_nulls("MOR_ID")
    assert named.filter(pl.col("FM_MARK") == 1).select((with_mother & with_father).all()).item()
    assert named.filter(pl.col("FM_MARK").is_in([2, 3])).select(with_mother.all()).item()
    assert named.filter(pl.col("FM_MARK").is_in([4, 5])).select(with_father.all()).item()
    assert set(children["FM_MARK"].drop_nulls()) == {1, 2, 3, 4, 5, 6}


def test_moving_in_dates_lie_between_birth_and_the_status_day(bef: pl.DataFrame) -> None:
    fine = (pl.col("BOP_VFRA") >= pl.col("FOED_DAG")) & (pl.col("BOP_VFRA") <= pl.col("REFERENCETID"))
    assert bef.select(fine.all()).item()
    stayed = bef.sort("PNR", "YEAR").with_columns(
        pl.col("ADRESSE_ID", "YEAR", "BOP_VFRA").shift(1).over("PNR").name.suffix("_BEFORE")
    )
    same = stayed.filter(
        (pl.col("ADRESSE_ID") == pl.col("ADRESSE_ID_BEFORE")) & (pl.col("YEAR") == pl.col("YEAR_BEFORE") + 1)
    )
    assert same.select((pl.col("BOP_VFRA") == pl.col("BOP_VFRA_BEFORE")).all()).item()


def test_a_dwelling_keeps_its_municipality(bef: pl.DataFrame) -> None:
    assert bef.group_by("ADRESSE_ID").agg(pl.col("KOM").n_unique())["KOM"].max() == 1


def test_decisions_lie_in_the_year_of_their_file_and_after_the_15th_birthday(
    bef: pl.DataFrame, frames: dict
) -> None:
    born = bef.unique("PNR").select("PNR", "FOED_DAG")
    for (name, year), frame in frames.items():
        if name == "kraf":
            assert set(frame["AFG_DATO"].dt.year()) == {year}
            age = frame.join(born, on="PNR").select(pl.col("AFG_DATO") - pl.col("FOED_DAG")).to_series()
            assert age.dt.total_days().min() >= 15 * 365


def test_unknowns_are_planted_everywhere(told: tuple[Frames, dict[int, pl.DataFrame]]) -> None:
    frames, truth = told[0], told[1][2024]
    factors = [name for name in truth.columns if name[0] == "f" and name[1].isdigit()]
    assert len(factors) == 5
    assert all(truth[name].null_count() > 0 for name in factors)
    assert {"særlig", "ikke", "uafklaret"} == set(truth["state"])
    assert {3, 9} <= set(frames["bol", 2025]["UDLEJNINGFH"])


def test_areas_nest_and_two_of_them_overlap(frames: dict) -> None:
    areas = frames["omraader", None]
    level = dict(areas.select("AREA_ID", "LEVEL").iter_rows())
    parent = {"afdeling": "omraade", "omraade": "kommune", "helhedsplan": "kommune"}
    for area_id, one, above, plan in areas.select("AREA_ID", "LEVEL", "PARENT", "PLAN").iter_rows():
        assert level.get(above) == parent.get(one), area_id
        assert plan is None or (level[plan], one) == ("helhedsplan", "omraade"), area_id
    listed = frames["omraade_adresser", None]
    direct = listed.filter(pl.col("AREA_ID").str.starts_with("omr-"))
    through = listed.filter(pl.col("AREA_ID").str.starts_with("afd-01-2"))
    assert direct.height > 0
    assert direct["AREA_ID"].unique().to_list() == ["omr-02"]
    assert set(direct["ADRESSE_ID"]) == set(through["ADRESSE_ID"])


def test_a_stairwell_moves_to_the_next_area_on_one_day(told: tuple[Frames, dict[int, pl.DataFrame]]) -> None:
    frames, truth = told
    listed = frames["omraade_adresser", None].filter(pl.col("ADRESSE_ID").is_duplicated())
    moved = listed.filter(pl.col("VALID_FROM") == date(2024, 1, 1))
    left = listed.filter(pl.col("VALID_TO") == date(2023, 12, 31))
    assert moved.height == left.height > 0
    assert moved["AREA_ID"].unique().to_list() == ["afd-04-1"]
    assert left["AREA_ID"].unique().to_list() == ["afd-03-1"]
    homes = moved["ADRESSE_ID"].cast(pl.Int64).implode()
    for year, area in ((2023, "omr-03"), (2024, "omr-04")):
        there = truth[year].filter(pl.col("adresse_id").is_in(homes))["area_ids"]
        assert there.len() > 0 and there.list.contains(area).all()


def test_municipalities_have_real_codes_and_their_regions(bef: pl.DataFrame) -> None:
    pairs = bef.select("KOM", "REG").unique().rows()
    assert {kom for kom, _ in pairs} <= set(KOM_CODES)
    assert all(REGION_OF[kom] == region for kom, region in pairs)


def test_before_the_reform_of_2007_a_dwelling_lies_in_one_of_the_old_municipalities() -> None:
    world = World(Scope(2_000, 11, (2011, 2012)))
    parts = world.tell()
    told = {part.year: part.frame for part in parts if part.register == "bef" and part.year in (2006, 2007)}
    homes = told[2006].join(told[2007], on="ADRESSE_ID", suffix="_NEW").select("ADRESSE_ID", "KOM", "KOM_NEW")
    pairs = homes.unique()
    assert pairs["ADRESSE_ID"].is_unique().all()
    assert pairs.filter(pl.col("KOM") != pl.col("KOM_NEW")).height > 0
    for before, after in pairs.select("KOM", "KOM_NEW").unique().iter_rows():
        assert before in CODES_BEFORE_2007.get(after, (after,))


def test_an_afdeling_got_a_new_number_without_a_gap(frames: dict) -> None:
    areas = frames["omraader", None]
    ended = areas.filter(pl.col("VALID_TO").is_not_null())
    begun = areas.filter(pl.col("VALID_FROM") == date(2022, 1, 1))
    assert ended["VALID_TO"].to_list() == [date(2021, 12, 31)]
    assert ended["NAME"].to_list() == begun["NAME"].to_list()


def test_areas_number_and_size_follow_the_persons() -> None:
    from synthetic_data.areas import build_areas, share_in_areas

    region, country = (build_areas(Scope(persons, 8, YEARS)) for persons in (300_000, 5_900_000))
    assert region.n == 24 and len(region.kommuner) == 5
    children = region.weights * share_in_areas(300_000) * 61_400
    assert (children < 50).sum() >= 2
    assert 195 <= country.n <= 205
    assert country.kommuner == KOM_CODES and len(KOM_CODES) == 98
    assert int(country.plan.max()) + 1 == 90 and (country.plan == -1).sum() > 10
    residents = country.weights * 0.087 * 1_207_000 / 0.27
    assert residents.min() >= 1_000 and residents.max() <= 6_000
    assert 1_400 <= sorted(residents)[country.n // 2] <= 1_950
    per_plan = [(country.plan == plan).sum() for plan in range(90)]
    assert min(per_plan) >= 1 and max(per_plan) <= 4
    afdelinger = country.afdeling_weights * residents[country.area_of]
    assert (afdelinger < 50).sum() > 20 and afdelinger.max() <= 1_200


def test_too_few_persons_or_unordered_years_are_refused() -> None:
    with pytest.raises(ValueError, match="persons"):
        Scope(500, 1, YEARS)
    with pytest.raises(ValueError, match="ascending"):
        Scope(5_000, 1, (2024, 2023))
