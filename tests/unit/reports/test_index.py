"""The index page, parsed."""

from __future__ import annotations

import itertools

import pytest
from lxml import html

MARKING = "SYNTETISKE DATA · IKKE TIL UDLEVERING"
HOSTILE = "<script>alert(1)</script> & \"fed\" '; =cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def folder(rendered, builder):
    def tables():
        wide = builder.wider(builder.Tables())
        wide.add(
            "omraade",
            "O01",
            "Nørremarken",
            "H01",
            builder.over_years(builder.COUNTS, (42.0, 41.0, 39.0, 38.0, 37.0)),
        )
        wide.add(
            "omraade",
            "O02",
            "Lille Vænge",
            "H01",
            {builder.LATEST: builder.TOO_SMALL},
            ((None,) * 4,) * 5,
            (None,) * 5,
        )
        wide.add("omraade", "O03", HOSTILE, "902", {builder.LATEST: builder.COUNTS})
        return wide.frames()

    return rendered("index", tables)


@pytest.fixture(scope="module")
def page(folder):
    return html.document_fromstring((folder / "index.html").read_text(encoding="utf-8"))


def cells(page, area_id):
    (row,) = page.xpath(f"//tr[@data-area='{area_id}']")
    return [" ".join(cell.text_content().replace("\u00a0", " ").split()) for cell in row]


def test_the_page_is_danish_titled_marked_and_self_contained(page):
    assert page.get("lang") == "da"
    assert "31.\u00a0december 2024" in page.findtext(".//title")
    assert [p.text_content() for p in page.xpath("//*[@class='marking']")] == [MARKING, MARKING]
    assert not page.xpath("//script | //link | //img | //iframe | //*[starts-with(@href, 'http')]")
    assert "ikke stikprøveusikkerhed" in page.text_content()


def test_every_area_has_a_row_with_its_numbers_and_a_status_in_words(page):
    assert cells(page, "O01") == ["Nørremarken (PDF)", "308", "37 pct.", "32–43 pct.", "vist"]
    assert cells(page, "O02") == ["Lille Vænge (PDF)", "skjult", "skjult", "skjult", "for lille til egne tal"]
    assert cells(page, "901") == ["Åløse Kommune (PDF)", "21.480", "6,5 pct.", "6,1–6,9 pct.", "vist"]


def test_areas_are_grouped_by_plan_and_those_without_come_under_their_own_heading(page):
    captions = [" ".join(c.text_content().split()) for c in page.xpath("//table[@class='areas']/caption")]
    assert captions == [
        "Uden helhedsplan · Bredby Kommune",
        "Sammen om Nørremarken · Åløse Kommune",
        "Samme tal for kommunerne",
    ]


def test_table_headers_have_a_scope_and_tables_a_caption(page):
    assert page.xpath("//th") and not page.xpath("//th[not(@scope)]")
    assert len(page.xpath("//table/caption")) == len(page.xpath("//table"))


def test_headings_come_in_order(page):
    levels = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_every_link_leads_to_a_file_or_a_place_on_the_page(page, folder):
    for href in page.xpath("//a/@href"):
        if href.startswith("#"):
            assert page.xpath(f"//*[@id='{href[1:]}']")
        else:
            assert (folder / href).is_file()


def test_benchmarks_stand_with_source_and_the_caution(page):
    text = page.text_content()
    assert "37\u00a0pct." in text and "35\u00a0pct." in text and "5\u00a0pct." in text
    assert "Ikke nødvendigvis samme opgørelse." in text


def test_a_hostile_name_is_text(page):
    assert cells(page, "O03")[0] == f"{HOSTILE} (PDF)"
