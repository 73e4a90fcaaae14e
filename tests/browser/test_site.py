"""The web pages as readers meet them: from a folder, by mouse, by keyboard, on a phone, dark, printed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.protected_tables import HOSTILE, LONG, MARKING

pytestmark = pytest.mark.browser

AREA, HIDDEN_AREA = "html/noerremarken-o1.html", "html/lille-vaenge-o3.html"
COMPARE = "html/sammenlign.html"
PAGES = ("index.html", AREA, HIDDEN_AREA, "html/kommune-aarhus-751.html", f"{COMPARE}#valgt=o1,o3,751")
AREAS = 10  # eight areas and two plans
SHARE = 4  # column of the overview


def names(page: Any) -> list[str]:
    return page.locator("#omraadetabel tbody tr:visible th bdi").all_inner_texts()


def serious(page: Any) -> list[str]:
    """What axe-core finds that keeps people out, or may."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def test_search_narrows_the_list_and_says_how_many_are_left(open_page):
    page = open_page()
    assert page.locator("#antal").inner_text() == f"Viser {AREAS} af {AREAS}."
    page.locator("#soeg").fill("nordmarken lille")
    assert names(page) == ["Lille Vænge"]
    assert page.locator("#antal").inner_text() == f"Viser 1 af {AREAS}."
    assert page.locator("#antal").get_attribute("aria-live") == "polite"
    page.locator("#soeg").fill("ingen hedder sådan")
    assert names(page) == [] and page.locator("#ingen").is_visible()
    page.locator("#soeg").fill("")
    page.locator("#kommune").select_option(label="Læsø Kommune")
    assert names(page) == ["Øvangen"]


def test_search_sees_the_names_of_area_plan_and_municipality_and_nothing_else_of_a_row(open_page):
    page = open_page()
    for query, found in (
        ("pdf", []),
        ("vælg", []),
        ("skjult", ["Skjulte Have"]),
        ("afrundet", []),
        ("310", []),
        ("læsø kommune", ["Øvangen"]),
        ("ærøplanen aaparken", ["Aaparken"]),
    ):
        page.locator("#soeg").fill(query)
        assert names(page) == found, query


def test_names_sort_by_the_name_alone_and_not_by_the_link_beside_it(open_page):
    page = open_page()
    # "Park PDF" would come after "Park 2": the word PDF of the link is no part of a name.
    page.evaluate(
        """() => {
            const rows = [...document.querySelectorAll("#omraadetabel tbody tr")];
            rows[0].querySelector("th bdi").textContent = "Park R";
            rows[1].querySelector("th bdi").textContent = "Park";
            rows[2].querySelector("th bdi").textContent = "Park (hele";
        }"""
    )
    page.locator("thead th[data-column='0'] button").click()
    assert [name for name in names(page) if name.startswith("Park")] == ["Park", "Park (hele", "Park R"]
    page.locator("thead th[data-column='2'] button").click()
    plans = page.locator("#omraadetabel tbody tr td:nth-child(3)").all_inner_texts()
    named = [plan for plan in plans if plan]
    assert plans == [*named, *[""] * (len(plans) - len(named))] and named[-1] == "Ærøplanen 2022–2026"


def test_search_finds_aa_by_å(open_page):
    page = open_page()
    page.locator("#soeg").fill("åpark")
    assert names(page) == ["Aaparken"]


def test_sorting_goes_both_ways_and_hidden_comes_last_each_time(open_page):
    page = open_page()
    before = names(page)
    button = page.locator(f"thead th[data-column='{SHARE}'] button")
    button.click()
    assert names(page)[0] == "Nørremarken" and set(names(page)[-2:]) == {"Lille Vænge", "Skjulte Have"}
    header = page.locator(f"#omraadetabel thead th[data-column='{SHARE}']")
    assert header.get_attribute("aria-sort") == "descending"
    button.click()
    assert names(page)[0] == "Øvangen" and set(names(page)[-2:]) == {"Lille Vænge", "Skjulte Have"}
    assert header.get_attribute("aria-sort") == "ascending"
    assert sorted(names(page)) == sorted(before)
    assert page.locator("th[aria-sort]").count() == 1


def test_names_sort_in_danish(open_page):
    page = open_page()
    page.locator("thead th[data-column='0'] button").click()
    ends = [name for name in names(page) if name[0] in "NÆØA"]
    assert ends == ["Nørremarken", "Ærøplanen 2022–2026", "Ærøvænget", "Øvangen", "Aaparken"]


def test_chosen_areas_stand_side_by_side_with_their_own_numbers(open_page):
    page = open_page()
    page.get_by_label(re.compile("sammenligning: Nørremarken")).check()
    page.get_by_label(re.compile("sammenligning: Lille Vænge")).check()
    page.get_by_role("link", name="Sammenlign valgte (2)").click()
    heads = page.locator("#resultat thead th").all_inner_texts()
    assert sorted(heads[1:]) == ["Lille Vænge", "Nørremarken"]
    rows = {
        row.locator("th").inner_text(): [
            td.inner_text().replace("\u00a0", " ") for td in row.locator("td").all()
        ]
        for row in page.locator("#resultat tbody tr:not(.group)").all()
    }
    own = heads.index("Nørremarken") - 1
    assert rows["Andel"][own] == "37 pct." and rows["Andel"][1 - own] == "skjult"
    assert rows["95 pct.-interval"][own] == "31–43 pct."
    assert rows["Børn i gruppen, af dem der kan afgøres"][own] == "110 af 300"
    assert rows["Mor er dømt for kriminalitet"] == ["skjult", "skjult"]
    # Nothing hidden is drawn, nor said as zero.
    assert {cells[1 - own] for cells in rows.values()} == {"skjult"}
    assert page.locator("#valgt-antal").inner_text() == "2 valgt af højst 6."
    page.get_by_role("button", name="Ryd valget").click()
    assert page.locator("#resultat").is_hidden()


def test_a_comparison_can_be_kept_as_an_address_and_strange_addresses_do_nothing(open_page):
    page = open_page(f"{COMPARE}#valgt=751,o1,findes-ikke,%E0%A4%A")
    assert page.locator("#resultat").is_hidden()  # not an address at all
    page = open_page(f"{COMPARE}#valgt=751,o1,findes-ikke,%3Cimg%3E")
    assert page.locator("#resultat thead th").all_inner_texts()[1:] == ["Aarhus Kommune", "Nørremarken"]


def test_no_more_than_six_can_be_chosen(open_page):
    page = open_page(COMPARE)
    boxes = page.locator("#valg input")
    for i in range(6):
        boxes.nth(i).check()
    assert page.locator("#valg input:disabled").count() == boxes.count() - 6


def test_the_keyboard_alone_reaches_and_does_everything(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "indhold"

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", selector
                return
        raise AssertionError(f"not reached by Tab: {selector}")

    tab_to("#soeg")
    page.keyboard.type("nørre")
    tab_to("thead button")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort='ascending']").count() == 1
    tab_to("tbody input[type=checkbox]")
    page.keyboard.press("Space")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.id") == "sammenlign":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sammenlign.html*")
    assert page.locator("#resultat thead th").all_inner_texts()[1:] == ["Nørremarken"]


def test_the_check_for_accessibility_finds_a_planted_fault(open_page):
    page = open_page()
    page.evaluate("document.body.append(document.createElement('button'))")
    assert [found.split(":")[0] for found in serious(page)] == ["button-name"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_nothing_serious_keeps_anyone_out(open_page, path, colours, width):
    assert serious(open_page(path, color_scheme=colours, width=width)) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_the_whole_width(open_page, path):
    page = open_page(path, width=375)
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_a_phone_sorts_too(open_page):
    page = open_page(width=375)
    page.get_by_label("Sortér efter").select_option(label="Andel, størst først")
    assert names(page)[0] == "Nørremarken"


@pytest.mark.parametrize("path", PAGES)
def test_dark_is_dark_and_its_charts_with_it(open_page, path):
    page = open_page(path, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 28)"
    inks = page.locator(".chart text").evaluate_all("texts => texts.map(t => getComputedStyle(t).fill)")
    # Nothing is written in the ink of paper.
    assert "rgb(28, 28, 28)" not in inks


@pytest.mark.parametrize("path", PAGES)
def test_paper_has_the_content_and_the_marking_and_no_tools(open_page, path):
    page = open_page(path)
    page.emulate_media(media="print")
    for gone in (".tools", "nav", ".skip", ".actions", ".chooser"):
        assert not any(part.is_visible() for part in page.locator(gone).all()), gone
    assert page.locator("h1").is_visible()
    assert [part.inner_text() for part in page.locator(".marking").all()] == [MARKING, MARKING]


def test_an_area_prints_on_few_pages(open_page):
    import pypdfium2

    printed = pypdfium2.PdfDocument(open_page(AREA).pdf(prefer_css_page_size=True))
    assert 2 <= len(printed) <= 5
    sheets = [sheet.get_textpage().get_text_bounded() for sheet in printed]
    assert "37" in sheets[0]
    assert all(MARKING in " ".join(sheet.split()) for sheet in sheets)


@pytest.mark.parametrize("path", PAGES)
def test_everything_can_be_read_without_the_script(open_page, path):
    page = open_page(path, java_script_enabled=False)
    assert page.locator("h1").is_visible()
    if path == "index.html":
        assert page.locator("#omraadetabel tbody tr").count() == AREAS
        assert page.locator("#soeg").is_hidden()
    if path.startswith(COMPARE):
        assert page.locator("noscript p").is_visible()


def test_every_chart_has_its_words_and_its_numbers_beside_it(open_page):
    page = open_page(AREA)
    charts = page.locator("figure [role=img]")
    assert charts.count() == 6
    assert all(len(text) > 30 for text in charts.evaluate_all("all => all.map(c => c.ariaLabel)"))
    assert page.locator(".pair").count() == page.locator(".pair table").count() == 5


def test_hidden_is_said_as_hidden(open_page):
    page = open_page(HIDDEN_AREA)
    hero = page.locator(".hero").inner_text()
    assert "for lille til egne tal" in hero and not re.search(r"\b0\b", hero)
    row = open_page().locator("tr[data-area='o3'] td.number")
    assert row.all_inner_texts() == ["skjult", "skjult", "skjult"]


@pytest.mark.parametrize("path", ["index.html", f"{COMPARE}#valgt=o6"])
def test_a_hostile_name_is_text(open_page, path):
    page = open_page(path)
    assert page.locator("bdi", has_text="onerror").first.inner_text() == HOSTILE
    assert page.locator("img").count() == 0


def test_a_long_name_is_there_in_full(open_page):
    page = open_page("html/kvarteret-ved-den-gamle-tegelvaerksgrund-mellem-nordre-fasan-o5.html")
    assert page.locator("h1").inner_text() == LONG


def test_every_link_inside_the_site_leads_to_a_file(open_page, site):
    for path in ("index.html", AREA, "html/kommune-koebenhavn-101.html", COMPARE):
        page = open_page(path)
        for href in page.locator("a").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
            file = (site / path).parent / href.split("#")[0] if not href.startswith("#") else site / path
            assert file.resolve().is_file(), href


def test_the_map_places_a_municipality_and_leads_to_its_page(open_page):
    page = open_page()
    tile = page.locator(".tiles a", has_text="Aarhus")
    assert tile.inner_text().split() == ["Aarhus", "6,3", "pct."]
    læsø, aarhus, copenhagen = (
        page.locator(".tiles a", has_text=name).bounding_box() for name in ("Læsø", "Aarhus", "København")
    )
    assert læsø["y"] < aarhus["y"] < copenhagen["y"] and aarhus["x"] < læsø["x"] < copenhagen["x"]
    tile.click()
    assert page.locator("h1").inner_text() == "Aarhus Kommune"
