"""The data protection officer's page says what is set, what is measured, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reports.dpo import render_dpo
from tests.support.dpo import FACTS, MEASURED


def words(page: str) -> str:
    class Text(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []

        def handle_data(self, data: str) -> None:
            self.parts.append(data)

    text = Text()
    text.feed(page.split("</style>")[1])
    return " ".join(" ".join(text.parts).split())


@pytest.mark.parametrize("fact", ["controller", "purpose", "legal_basis"])
def test_what_the_owner_has_not_filled_in_is_said_to_be_missing(fact):
    assert "Ikke udfyldt" not in words(render_dpo(FACTS))
    assert "Ikke udfyldt" in words(render_dpo(replace(FACTS, **{fact: " "})))


def test_the_same_facts_give_the_same_bytes_and_one_file_without_scripts_or_addresses():
    page = render_dpo(FACTS)
    assert page == render_dpo(FACTS)
    assert "<script" not in page
    assert "http" not in page
    assert 'lang="da"' in page


def test_names_are_text_whatever_they_hold():
    page = render_dpo(replace(FACTS, controller="<b>Ærø & Søn</b>"))
    assert "&lt;b&gt;Ærø &amp; Søn&lt;/b&gt;" in page


def test_scored_rows_are_said_to_go_at_once_or_to_stay_with_the_reason():
    assert "slettes, så snart datoen er talt op" in words(render_dpo(FACTS))
    kept = words(render_dpo(replace(FACTS, scored_days=2, scored_reason="kontrol af domme")))
    assert "2 dage efter optællingen. Begrundelse: kontrol af domme" in kept


def test_typed_registers_are_said_to_stay_or_to_go_once_counted():
    assert "til leverancen ikke længere rummer årgangen" in words(render_dpo(FACTS))
    assert "slettes, når natten har talt op" in words(render_dpo(replace(FACTS, keep_typed=False)))


def test_the_policy_is_told_in_its_own_numbers():
    text = words(render_dpo(FACTS))
    for said in (
        "Basen er 5: et vist 0 dækker 0 til 4 børn",
        "mindst 50 børn og 30 mødre",
        "andel på 90 pct. og derover",
        "mindst 200 børn; domme kun med mindst 500 børn",
        "mere end 2 procentpoint",
    ):
        assert said in text
    hidden = words(render_dpo(replace(FACTS, policy={**FACTS.policy, "method": "complementary-suppression"})))
    assert "Antal fra 1 til 4 skjules" in hidden


def test_a_second_person_is_told_only_where_one_is_required():
    assert "en anden person end den" not in words(render_dpo(FACTS))
    assert "en anden person end den" in words(render_dpo(replace(FACTS, second_person=True)))


def test_synthetic_data_is_marked_at_the_top():
    assert "SYNTETISKE DATA" not in render_dpo(FACTS)
    assert "SYNTETISKE DATA" in render_dpo(replace(FACTS, is_synthetic=True))


def test_what_was_measured_is_told_with_its_numbers():
    text = words(render_dpo(FACTS))
    for said in ("148.911 værdier", "2.499 antal", "258 beregninger", "Fund: 0", "1,8"):
        assert said in text
    assert "Forslag r0003, ikke underskrevet" in text
    signed = replace(MEASURED, is_published=True, signed_at="2025-02-01")
    assert "Udgivelse r0003, underskrevet 2025-02-01" in words(render_dpo(replace(FACTS, measured=signed)))


def test_an_audit_that_attacked_nothing_is_not_said_to_have():
    text = words(render_dpo(replace(FACTS, measured=replace(MEASURED, attacked=0, programs=0))))
    assert "ingen antal blev forsøgt regnet tilbage" in text


def test_before_the_first_proposal_nothing_is_said_to_be_measured():
    assert "endnu ikke foreslået" in words(render_dpo(replace(FACTS, measured=None)))
