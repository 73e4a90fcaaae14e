"""The definitions in words: whatever runs is said, with source and certainty."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.risk_factors.catalogue import FACTORS
from assets.risk_factors.definitions import load_definitions
from assets.risk_factors.explain import explain, find_factor, readings, render_factor_table, render_markdown
from schemas.errors import InputRefused
from tests.support.register_worlds import DEFINITIONS

DEFAULT = DEFINITIONS["sfi5-v1"]


@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.short)
def test_every_code_source_and_certainty_is_named(factor, name: str) -> None:
    definition = DEFINITIONS[name]
    parameters = definition.parameters(factor.key)
    said = " ".join(explain(factor.short, definition).split())
    assert parameters.source in said
    assert all(f"{code.label} {code.da}" in said for code in factor.rule.describe(parameters).codes)
    assert all(" ".join(statement.text.split()) in said for statement in parameters.statements)
    for label in ("Register:", "Yes:", "No:", "Unknown:", "Source:"):
        assert label in said


def test_only_f2_has_a_window() -> None:
    assert "(v - 5 years, v]" in explain("f2", DEFAULT)
    assert "(v - 2 years, v]" in explain("f2_doemt", DEFINITIONS["sfi5-v1-f2-2aar"])
    assert "since the delivered KRAF begins" in explain("f2", DEFINITIONS["sfi5-v1-f2-nogensinde"])
    assert "Window:" not in explain("f1", DEFAULT)


def test_validity_of_codes_is_named() -> None:
    said = explain("f1", DEFINITIONS["sfi5-v1-f1-mor"])
    assert "5 enlig, to 2015-12-30" in said
    assert "9 enlig, from 2015-12-31" in said


def test_lines_fit_a_terminal() -> None:
    assert max(len(line) for f in FACTORS for line in explain(f.key, DEFAULT).splitlines()) <= 100


def test_a_definition_without_statements_says_none(tmp_path: Path) -> None:
    own = 'name = "egen"\ntitle = "egen"\nextends = "sfi5-v1"\n[f3_kontanthjaelp_pension]\nstatements = []\n'
    (tmp_path / "egen.toml").write_text(own, encoding="utf-8")
    assert "Known:" in explain("f3", DEFAULT)
    assert "Known:" not in explain("f3", load_definitions(tmp_path)["egen"])


def test_an_unknown_factor_is_refused_with_the_known_ones() -> None:
    assert find_factor("f5").key == "f5_boligforhold"
    with pytest.raises(InputRefused, match="f1, f2, f3, f4, f5"):
        find_factor("f6")


def test_the_table_has_one_row_per_factor_as_sfi_orders_them() -> None:
    lines = render_factor_table(DEFAULT).splitlines()
    assert [line.split("`")[1] for line in lines[2:]] == ["f1", "f2", "f3", "f4", "f5"]
    assert len({line.count("|") for line in lines}) == 1


def test_the_page_has_the_default_in_full_and_one_line_for_each_variant() -> None:
    page = render_markdown()
    assert [line for line in page.splitlines() if line.startswith("## f")] == [
        f"## {f.short}: {f.da}" for f in FACTORS
    ]
    assert all(page.count(f"| `{name}` |") == 1 for name in DEFINITIONS if name != "sfi5-v1")


@pytest.mark.parametrize(
    ("own", "factor", "said"),
    [
        ("[f4_ingen_uddannelse]\nmissing = 'nej'\n", "f4", "uoplyst tæller som nej"),
        ("[f5_boligforhold]\ncondition = 'trangt'\n", "f5", "flere end 1 pr. værelse"),
        (
            "[f5_boligforhold]\ncondition = 'trangt'\n"
            "crowding = { measure = 'm2_pr_person', limit = 17.5 }\n",
            "f5",
            "mindre end 17,5 m² pr. person",
        ),
    ],
)
def test_the_words_follow_the_parameters(tmp_path: Path, own: str, factor: str, said: str) -> None:
    head = 'name = "egen"\ntitle = "egen"\nextends = "sfi5-v1"\n'
    (tmp_path / "egen.toml").write_text(head + own, encoding="utf-8")
    assert said in " ".join(explain(factor, load_definitions(tmp_path)["egen"]).split())


def test_each_factor_is_read_in_one_danish_sentence() -> None:
    assert readings(DEFAULT) == {
        "f1_ikke_kernefamilie": "Barnet bor ikke sammen med begge sine forældre.",
        "f2_doemt": "Moren er dømt efter straffeloven, lov om euforiserende stoffer eller våbenloven "
        "inden for de seneste 5 år.",
        "f3_kontanthjaelp_pension": "Morens væsentligste indkomstkilde i året er kontanthjælp, "
        "førtidspension eller folkepension.",
        "f4_ingen_uddannelse": "Moren har ingen uddannelse ud over grundskolen.",
        "f5_boligforhold": "Moren bor i en lejebolig.",
    }
