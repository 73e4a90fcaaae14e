"""Definitions are data: complete, sourced, fingerprinted, and strict about what they don't know."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from assets.risk_factors.catalogue import FACTORS
from assets.risk_factors.definitions import SHIPPED, load_definitions
from assets.risk_factors.parameters import is_valid_code, valid_codes
from schemas.errors import InputRefused
from schemas.release import FACTORS as FACTOR_COLUMNS
from tests.support.register_worlds import DEFINITIONS

VARIANTS = {
    "sfi5-v1-f1-mor": "f1_ikke_kernefamilie",
    "sfi5-v1-f2-2aar": "f2_doemt",
    "sfi5-v1-f2-nogensinde": "f2_doemt",
    "sfi5-v1-f3-dream-enhver": "f3_kontanthjaelp_pension",
    "sfi5-v1-f3-dream26": "f3_kontanthjaelp_pension",
    "sfi5-v1-f3-efterfoelgere": "f3_kontanthjaelp_pension",
    "sfi5-v1-f4-mangler-ja": "f4_ingen_uddannelse",
    "sfi5-v1-f5-almen": "f5_boligforhold",
    "sfi5-v1-f5-trangt": "f5_boligforhold",
}
OWN = 'name = "{name}"\ntitle = "min egen"\nextends = "{base}"\n'


def write(folder: Path, name: str, text: str = "", base: str = "sfi5-v1") -> Path:
    (folder / f"{name}.toml").write_text(OWN.format(name=name, base=base) + text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        load_definitions(folder)
    return [str(problem) for problem in refused.value.problems]


def test_the_catalogue_has_the_five_factors_of_the_release() -> None:
    assert tuple(factor.key for factor in FACTORS) == FACTOR_COLUMNS


@pytest.mark.parametrize(("name", "changed"), VARIANTS.items())
def test_a_shipped_variant_changes_one_factor_and_nothing_else(name: str, changed: str) -> None:
    default, variant = DEFINITIONS["sfi5-v1"], DEFINITIONS[name]
    assert [f for f in FACTOR_COLUMNS if variant.parameters(f) != default.parameters(f)] == [changed]
    assert variant.threshold == default.threshold == 3


def test_the_shipped_definitions_are_the_default_and_its_variants() -> None:
    assert set(DEFINITIONS) == {"sfi5-v1", *VARIANTS}


def test_definitions_that_differ_have_different_hashes() -> None:
    hashes = [definition.hash for definition in DEFINITIONS.values()]
    assert len(set(hashes)) == len(hashes)
    assert all(len(fingerprint) == 64 for fingerprint in hashes)


def test_layout_and_comments_do_not_change_the_hash(tmp_path: Path) -> None:
    one = load_definitions(write(tmp_path, "egen", "[f2_doemt]\nwindow_years = 4\n"))["egen"].hash
    two = load_definitions(write(tmp_path, "egen", "\n# fire år\nf2_doemt = { window_years = 4 }\n"))[
        "egen"
    ].hash
    other = load_definitions(write(tmp_path, "egen", "[f2_doemt]\nwindow_years = 3\n"))["egen"].hash
    assert one == two != other


def test_a_users_definition_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    found = load_definitions(write(tmp_path, "egen", "[f4_ingen_uddannelse]\nmissing = 'nej'\n"))
    assert set(found) == {*DEFINITIONS, "egen"}
    assert found["egen"].f4_ingen_uddannelse.missing == "nej"
    assert found["egen"].f2_doemt == DEFINITIONS["sfi5-v1"].f2_doemt


def test_a_variant_of_a_variant_keeps_both_changes(tmp_path: Path) -> None:
    found = load_definitions(write(tmp_path, "egen", "[f2_doemt]\nwindow_years = 2\n", base="sfi5-v1-f1-mor"))
    assert (found["egen"].f1_ikke_kernefamilie.side, found["egen"].f2_doemt.window_years) == ("mor", 2)


def test_a_list_is_replaced_whole(tmp_path: Path) -> None:
    own = "benefit_codes = [{ code = 330, da = 'k', source = 's', certainty = 'G' }]\n"
    found = load_definitions(write(tmp_path, "egen", "[f3_kontanthjaelp_pension]\n" + own))
    assert [code.code for code in found["egen"].f3_kontanthjaelp_pension.benefit_codes] == [330]


def test_without_a_folder_of_their_own_users_have_the_shipped_ones(tmp_path: Path) -> None:
    assert load_definitions(tmp_path / "findes ikke") == DEFINITIONS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[f2_doemt]\nwindow = 5\n", "f2_doemt.window: Extra inputs are not permitted"),
        ("[f2_doemt]\nwindow_years = 0\n", "f2_doemt.window_years"),
        ("[f2_doemt]\nwindow_years = 'altid'\n", "f2_doemt.window_years"),
        ("[f2_doemt]\nlaws = []\n", "f2_doemt.laws"),
        ("threshold = 6\n", "threshold"),
        ("[f5_boligforhold.crowding]\nlimit = 0\n", "f5_boligforhold.crowding.limit"),
        (
            "[f1_ikke_kernefamilie]\nintact_codes = [{ code = 1, da = 'x' }]\n",
            "intact_codes.0.source: Field required",
        ),
        (
            "[f4_ingen_uddannelse]\nlow_codes = [{ code = 1, da = 'x', source = 's', certainty = 'S', "
            "valid_from = 2020-01-01, valid_to = 2019-12-31 }]\n",
            "valid_from is after valid_to",
        ),
        ("[f2_doemt\n", "not readable as TOML"),
    ],
)
def test_a_broken_definition_is_refused_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    found = problems(write(tmp_path, "egen", text))
    assert any(said in problem and problem.startswith("definitions/egen.toml") for problem in found)


def test_all_broken_files_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a", "threshold = 9\n")
    write(tmp_path, "b", "[")
    assert [problem.split(":")[0] for problem in problems(tmp_path)] == [
        "definitions/b.toml",
        "definitions/a.toml.threshold",
    ]


def test_a_base_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "no such definition, or a circle" in problems(write(tmp_path, "egen", base="sfi5-v9"))[0]


def test_definitions_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", base="b")
    write(tmp_path, "b", base="a")
    assert all("no such definition, or a circle" in problem for problem in problems(tmp_path))


def test_a_name_that_differs_from_the_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "egen").joinpath("egen.toml").rename(tmp_path / "anden.toml")
    assert "differs from the file's name" in problems(tmp_path)[0]


def test_a_shipped_name_can_not_be_taken(tmp_path: Path) -> None:
    assert "taken by a shipped definition" in problems(write(tmp_path, "sfi5-v1"))[0]


@pytest.mark.parametrize(
    ("day", "single", "on_a_row"),
    [
        (date(2015, 12, 29), [5], [True, False]),
        (date(2015, 12, 30), [5], [True, False]),
        (date(2015, 12, 31), [9], [False, True]),
        (date(2016, 1, 1), [9], [False, True]),
    ],
)
def test_a_code_counts_from_its_first_to_its_last_day(day: date, single: list, on_a_row: list) -> None:
    codes = DEFINITIONS["sfi5-v1"].f1_ikke_kernefamilie.single_codes
    rows = pl.DataFrame({"code": [5, 9], "day": [day, day]})
    assert valid_codes(codes, day) == single
    found = nw.from_native(rows).select(is_valid_code("code", "day", codes).alias("found")).to_native()
    assert found["found"].to_list() == on_a_row


def test_each_shipped_definition_explains_itself_in_its_first_line() -> None:
    for file in SHIPPED.glob("*.toml"):
        assert file.read_text(encoding="utf-8").startswith("# "), file.name


WEEKS = """
[f3_kontanthjaelp_pension.dream]
window = {window}
at_least = {at_least}
benefit_codes = [{{ code = 130, {last} da = 'k', source = 's', certainty = 'B' }}]
away_codes = [{{ code = 997, da = 'u', source = 's', certainty = 'B' }}]
"""


def test_a_definition_without_dream_has_the_hash_it_had_before_there_was_one() -> None:
    # Published: it stands on every row that was released under it.
    assert "dream" not in DEFINITIONS["sfi5-v1"].model_dump()["f3_kontanthjaelp_pension"]
    assert DEFINITIONS["sfi5-v1"].hash.startswith("0c8885e3ff18e96e")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"window": 53}, "less than or equal to 52"),
        ({"at_least": 0}, "greater than or equal to 1"),
        ({"at_least": 53}, "at_least is more than window"),
        ({"last": "last = 130,"}, "last is not above code"),
    ],
)
def test_weeks_that_can_not_be_meant_are_refused(tmp_path: Path, wrong: dict, said: str) -> None:
    values = {"window": 52, "at_least": 26, "last": "last = 138,"}
    assert load_definitions(write(tmp_path, "egen", WEEKS.format(**values)))["egen"]
    found = problems(write(tmp_path, "egen", WEEKS.format(**values | wrong)))
    assert any(said in problem for problem in found)


def test_a_range_of_codes_is_each_code_in_it() -> None:
    weeks = DEFINITIONS["sfi5-v1-f3-dream26"].f3_kontanthjaelp_pension.dream
    assert weeks is not None
    assert valid_codes(weeks.benefit_codes[:1], date(2024, 1, 1)) == [*range(130, 139)]
    assert [code.label for code in weeks.away_codes] == ["997", "999"]
