"""The web pages of a release, parsed: numbers, words for what is hidden, names as text, nothing fetched.

What only a browser can tell is in tests/browser.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reports import render
from reports.html import inline_svg, safe_json
from schemas.release import FACTORS
from tests.support.protected_tables import HOSTILE, LONG, MARKING, UNITS, U, protected_tables

PAGES = ("index.html", "html/sammenlign.html", "html/noerremarken-o1.html", "html/kommune-aarhus-751.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    render(protected_tables(), folder)
    return folder


def read(site: Path, path: str):
    return html.document_fromstring((site / path).read_text(encoding="utf-8"))


def words(element) -> str:
    return " ".join(element.text_content().replace("\u00a0", " ").split())


def cells(page, level: str, area_id: str) -> list[str]:
    (row,) = page.xpath(f"//tr[@data-area='{area_id}'][@data-level='{level}']")
    return [text for cell in row if (text := words(cell))]


def comparison(site: Path) -> dict[str, dict]:
    (data,) = read(site, "html/sammenlign.html").xpath("//script[@id='data']")
    return {unit["id"]: unit for unit in json.loads(data.text)["units"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_danish_titled_marked_and_has_landmarks(site, path):
    page = read(site, path)
    assert page.get("lang") == "da"
    assert "31.\u00a0december 2024" in page.findtext(".//title")
    assert [words(p) for p in page.xpath("//*[@class='marking']")] == [MARKING, MARKING]
    assert len(page.xpath("//header")) == len(page.xpath("//main")) == len(page.xpath("//footer")) == 1
    (skip,) = page.xpath("//a[@class='skip']/@href")
    assert page.xpath(f"//main[@id='{skip[1:]}']")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fetches_nothing_and_its_policy_allows_nothing_but_itself(site, path):
    page = read(site, path)
    assert not page.xpath("//link | //img | //iframe | //object | //embed | //form | //base")
    assert not page.xpath("//@src | //@style")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert not [href for href in page.xpath("//@href") if re.match(r"[a-z]+:|//", href)]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    inline = page.xpath("//style | //script[not(@type)]")
    hashes = [base64.b64encode(hashlib.sha256(each.text.encode()).digest()).decode() for each in inline]
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_headings_come_in_order_and_headers_have_a_scope(site, path):
    page = read(site, path)
    levels = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert not page.xpath("//th[not(@scope)]")
    assert len(page.xpath("//table/caption")) == len(page.xpath("//table"))


def test_every_unit_has_a_row_with_its_numbers_and_a_status_in_words(site):
    page = read(site, "index.html")
    o1 = cells(page, "omraade", "o1")
    assert o1 == ["Nørremarken PDF Nørremarken", "København", "Sammen om Nordmarken", "310", "37 pct.",
                  "31–43 pct.", "afrundet"]  # fmt: skip
    assert cells(page, "omraade", "o3")[3:] == ["skjult", "skjult", "skjult", "for lille til egne tal"]
    assert cells(page, "kommune", "825")[1:4] == ["10.000", "2 pct.", "1,8–2,2 pct."]
    assert len(page.xpath("//tr[@data-area]")) == sum(u.level != "rest" for u in UNITS)


def test_plans_stand_before_their_areas_and_areas_without_one_come_last(site):
    ids = read(site, "index.html").xpath("//table[@id='omraadetabel']//tr/@data-area")
    assert ids == ["h1", "o3", "o1", "o2", "o8", "h2", "o5", "o4", "o6", "o7"]


def test_what_is_hidden_has_no_number_to_sort_by(site):
    (row,) = read(site, "index.html").xpath("//tr[@data-area='o3']")
    assert row.xpath(".//@data-sort") == ["", "", ""]


def test_a_rounded_nought_is_a_range_and_a_share_of_almost_all_a_bound(tmp_path):
    group = U("omraade", "o9", "Samlet", "751", 300, 0, 0, 90.0, status="group_hidden")
    render(protected_tables([*UNITS, group]), tmp_path)
    page = read(tmp_path, "index.html")
    assert "≥ 90 pct." in cells(page, "omraade", "o9")
    units = comparison(tmp_path)
    assert units["o8"]["cells"]["undetermined"]["text"] == "0–4"
    assert units["o9"]["cells"]["at_risk"]["text"] == "skjult"


def test_the_comparison_holds_what_the_tables_hold(site):
    units = comparison(site)
    assert set(units) == {u.id for u in UNITS if u.level != "rest"}
    own = units["o1"]["cells"]
    assert own["share"] == {"text": "37\u00a0pct.", "pct": 37.0}
    assert own["at_risk"]["text"] == "110 af 300"
    assert own["n3+"]["text"] == "110" and own["f2_doemt"] == {"text": "skjult"}
    hidden = units["o3"]["cells"]
    assert {each["text"] for each in hidden.values()} == {"skjult"}
    assert hidden.keys() == own.keys() >= set(FACTORS)


def test_a_page_has_every_figure_of_its_report_with_a_table(site):
    page = read(site, "html/noerremarken-o1.html")
    assert words(page.xpath("//h1")[0]) == "Nørremarken"
    assert len(page.xpath("//figure//svg")) == 6
    pair = "//*[contains(concat(' ', @class, ' '), ' pair ')]"
    assert len(page.xpath(pair)) == len(page.xpath(f"{pair}//table")) == 5
    assert [words(a) for a in page.xpath("//*[@class='crumbs']//a")][1:] == [
        "København Kommune",
        "Sammen om Nordmarken",
    ]


@pytest.mark.parametrize("path", ["index.html", "html/sammenlign.html"])
def test_a_hostile_name_is_text_everywhere(site, path):
    text = (site / path).read_text(encoding="utf-8")
    assert "<img" not in text and "<script>alert" not in text
    assert comparison(site)["o6"]["name"] == HOSTILE
    assert HOSTILE in words(read(site, "index.html").xpath("//tr[@data-area='o6']")[0])


def test_a_name_of_5000_characters_is_cut_between_words(tmp_path):
    units = [replace(u, name="Meget langt navn " * 300) if u.id == "o1" else u for u in UNITS]
    render(protected_tables(units), tmp_path)
    name = read(tmp_path, "index.html").xpath("//tr[@data-area='o1']/th/a/bdi")[0].text
    assert len(name) < 150 and name.endswith("navn…")
    assert LONG in words(read(tmp_path, "index.html"))


def test_the_same_tables_give_the_same_bytes(site, tmp_path):
    render(protected_tables(), tmp_path)
    for path in sorted(site.rglob("*.html")):
        assert path.read_bytes() == (tmp_path / path.relative_to(site)).read_bytes(), path.name


def test_pages_of_unchanged_units_are_not_made_again(site, tmp_path, monkeypatch):
    from reports import html as pages

    made: list[str] = []
    page = pages.page
    monkeypatch.setattr(
        pages, "page", lambda template, **data: made.append(template) or page(template, **data)
    )
    units = [replace(u, undetermined=u.undetermined + 5) if u.id == "o8" else u for u in UNITS]
    render(protected_tables(units), tmp_path, previous=site)
    # Læsø's only area changed; only the pages that show its numbers are set again.
    assert 0 < made.count("area") < 13
    same = "html/noerremarken-o1.html"
    assert (made.count("index"), made.count("compare")) == (1, 1)
    assert (tmp_path / same).read_bytes() == (site / same).read_bytes()


def test_tiles_are_the_municipalities_with_their_shares(site):
    page = read(site, "index.html")
    tiles = page.xpath("//ul[contains(@class, 'land')]/li[a]")
    assert [words(tile) for tile in tiles] == ["Læsø 2 pct.", "Aarhus 6,3 pct.", "København 7,2 pct."]
    assert len(page.xpath("//ul[contains(@class, 'land')]/li")) == 98
    assert page.xpath("//li/a/@title")[1] == "Aarhus Kommune: 6,3\u00a0pct."


def test_municipalities_that_are_not_on_the_grid_stand_in_a_row(tmp_path):
    units = [replace(u, id="901", name="Vestkøbing") if u.id == "825" else replace(u, parent="901")
             if u.parent == "825" else u for u in UNITS]  # fmt: skip
    render(protected_tables(units), tmp_path)
    page = read(tmp_path, "index.html")
    tiles = page.xpath("//ul[contains(@class, 'row')]/li")
    assert [words(tile) for tile in tiles] == ["Vestkøbing 2 pct."]


def test_outlines_take_the_place_of_tiles(tmp_path):
    square = [[[10.0, 56.0], [10.5, 56.0], [10.5, 56.3], [10.0, 56.3], [10.0, 56.0]]]
    features = [
        {"properties": {"kode": code}, "geometry": {"type": "Polygon", "coordinates": square}}
        for code in ("0751", "0101", "0840")
    ]
    file = tmp_path / "kommuner.geojson"
    file.write_text(json.dumps({"features": features}), encoding="utf-8")
    render(protected_tables(), tmp_path / "out", outlines=file)
    page = read(tmp_path / "out", "index.html")
    links = page.xpath("//*[@class='outlines']//a")
    assert sorted(link.get("aria-label") for link in links) == [
        "Aarhus Kommune: 6,3\u00a0pct.",
        "København Kommune: 7,2\u00a0pct.",
    ]
    # Rebild is drawn without a number; Læsø, which has no outline, keeps a tile.
    assert len(page.xpath("//*[@class='outlines']//path")) == 3
    assert [words(tile) for tile in page.xpath("//*[@class='map']//li")] == ["Læsø 2 pct."]


def test_a_chart_inside_a_page_has_attributes_the_style_sheet_can_overrule():
    svg = (
        '<?xml version="1.0"?><svg width="72pt" height="36pt" viewBox="0 0 72 36" version="1.1">'
        "<!-- A & B --><metadata>x</metadata>"
        "<text style=\"font: italic 600 9px 'Source Sans Pro'; fill: #1c1c1c\">A</text>"
        '<path id="p" style="fill: none; stroke: #d4d4d4" d="M 0 0"/></svg>'
    )
    assert inline_svg(svg) == (
        '<svg width="112" viewBox="0 0 72 36">'
        '<text font-size="9px" font-style="italic" font-weight="600" fill="#1c1c1c">A</text>'
        '<path fill="none" stroke="#d4d4d4" d="M 0 0"/></svg>'
    )


@given(st.text())
def test_data_in_a_page_can_be_no_markup_and_comes_back_as_it_was(text):
    data = safe_json({"name": text})
    assert not re.search("[<>&\u2028\u2029]", data)
    assert json.loads(data) == {"name": text}
