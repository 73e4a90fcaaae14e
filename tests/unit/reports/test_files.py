"""The files of a release's reports: which there are, when they are copied, what pictures and texts hold."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import shutil

import polars as pl
import pypdfium2 as pdfium
import pytest
from PIL import Image

from reports import fonts, plain, render, view
from reports.model import build_report_set

RENDER = importlib.import_module("reports.render")  # the package's name for it is the function
MARKING = "SYNTETISKE DATA"


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def two_areas(builder):
    def tables(children: int = 308):
        wide = builder.wider(builder.Tables())
        for area_id, name, size in (("O01", "Nørremarken", 308), ("O02", "Sydmarken", children)):
            years = {builder.LATEST: builder.COUNTS | {"children": size}}
            wide.add("omraade", area_id, name, "902", years)
        return wide.frames()

    return tables


@pytest.fixture(scope="module")
def first(two_areas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    render(two_areas(), folder)
    return folder


def made_again(monkeypatch):
    """Slugs of the reports that are rendered and not copied from now on."""
    made, original = [], RENDER.report_files
    monkeypatch.setattr(
        RENDER, "report_files", lambda report, reports: made.append(report.slug) or original(report, reports)
    )
    return made


def test_each_report_has_a_pdf_a_text_and_three_pictures(first):
    files = {name for name in digests(first) if name.startswith("reports/noerremarken-o01")}
    assert files == {
        "reports/noerremarken-o01.pdf",
        "reports/noerremarken-o01.txt",
        "reports/noerremarken-o01-andel.png",
        "reports/noerremarken-o01-udvikling.png",
        "reports/noerremarken-o01-faktorer.png",
    }


def test_what_has_not_changed_is_copied_and_the_bytes_are_those_of_a_new_rendering(
    two_areas, first, tmp_path, monkeypatch
):
    made = made_again(monkeypatch)
    render(two_areas(), tmp_path, previous=first)
    assert made == []
    assert digests(tmp_path) == digests(first)


def test_only_reports_that_show_a_changed_number_are_made_again(two_areas, first, tmp_path, monkeypatch):
    made = made_again(monkeypatch)
    render(two_areas(children=310), tmp_path, previous=first)
    # The area; and its municipality, which lists it. Not the other area, plan and municipality.
    assert made == ["kommune-bredby-902", "sydmarken-o02"]
    assert digests(tmp_path)["reports/sydmarken-o02.pdf"] != digests(first)["reports/sydmarken-o02.pdf"]


def test_a_file_that_is_not_as_it_was_written_is_made_again(two_areas, first, tmp_path, monkeypatch):
    damaged = tmp_path / "damaged"
    shutil.copytree(first, damaged)
    (damaged / "reports/sydmarken-o02.txt").write_text("x", encoding="utf-8")
    (damaged / "reports/noerremarken-o01-andel.png").unlink()
    made = made_again(monkeypatch)
    render(two_areas(), tmp_path / "new", previous=damaged)
    assert made == ["noerremarken-o01", "sydmarken-o02"]
    assert digests(tmp_path / "new") == digests(first)


def test_other_code_makes_everything_again(two_areas, first, tmp_path, monkeypatch):
    monkeypatch.setattr(RENDER, "_code", lambda: "other")
    made = made_again(monkeypatch)
    render(two_areas(), tmp_path, previous=first)
    assert len(made) == 5


def test_keys_hold_hashes_and_names_of_files_only(first):
    keys = json.loads((first / "reports/keys.json").read_text(encoding="utf-8"))
    for slug, entry in keys.items():
        assert set(entry) == {"key", "files"} and len(entry["key"]) == 64
        assert all(name.startswith((f"reports/{slug}", f"html/{slug}.")) for name in entry["files"])


def test_several_processes_write_the_same_bytes(two_areas, first, tmp_path, monkeypatch):
    monkeypatch.setattr(RENDER, "ALONE", 1)
    render(two_areas(), tmp_path)
    assert digests(tmp_path) == digests(first)


def test_a_picture_says_in_itself_what_it_shows_and_what_it_may_be_used_for(first):
    with Image.open(first / "reports/noerremarken-o01-andel.png") as picture:
        assert picture.size == (1134, 638)  # 160 × 90 mm at 180 pixels per inch
        text = picture.info["Description"]
    assert "Nørremarken 37\u00a0pct. (32–43)" in text and MARKING in text
    assert "Opgjort 31.\u00a0december 2024" in text


def test_the_text_stands_alone_in_a_mail(two_areas):
    reports = build_report_set(two_areas())
    text = plain.text(view.report_page(reports.areas[0], reports))
    assert max(map(len, text.splitlines())) <= 72
    words = " ".join(text.split())
    assert words.startswith("Nørremarken Bredby Kommune Opgjort 31. december 2024 SYNTETISKE DATA")
    assert "112 af 300 børn, hvor det kan afgøres, svarende til 37 pct." in words
    assert "Den siger ikke noget om de enkelte familier." in words


HOSTILE = [
    '<b>#x</b> $a_1$ *fed* `kode` \\" & [a](http://x.dk)',
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "#sys.inputs // /* */ {{ 7*7 }} {% x %}",
    "%PDF \\u{202e} \u202etxt.exe",
    "שלום עולם مرحبا",
    "🏠🏠 familien 👨‍👩‍👧",
    "\x00\x07\x1b[31m",
    "</text></svg><script>1</script>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_everywhere(builder, tmp_path, name):
    wide = builder.wider(builder.Tables())
    wide.add("omraade", "O01", name, "902", {builder.LATEST: builder.COUNTS})
    frames = wide.frames()
    reports = build_report_set(frames)
    page = view.report_page(reports.areas[0], reports)
    (tmp_path / "r.pdf").write_bytes(_printer(builder).pdf(page))
    document = pdfium.PdfDocument(tmp_path / "r.pdf")
    assert len(document) == 2
    whole = "".join(each.get_textpage().get_text_range() for each in document)
    shown = fonts.drawable(page["name"].replace("\u200b", ""))
    assert "".join(shown.split()) in "".join(whole.split())
    # In the chart it is the content of one text element, escaped.
    for figure in ("compare", "factors", "years"):
        assert "<script" not in page[figure]["svg"] and "</svg>" in page[figure]["svg"][-8:]
    assert "/" not in reports.areas[0].slug and ".." not in reports.areas[0].slug


def test_a_text_and_a_web_page_keep_the_letters_that_the_font_of_the_pdf_does_not_have(builder):
    frames = builder.one_area("Jødisk שלום og Łódź 東京")
    reports = build_report_set(frames)
    page = view.report_page(reports.areas[0], reports)
    assert plain.text(page).startswith("Jødisk שלום og Łódź 東京\n")
    assert "東京" in page["compare"]["svg"] and page["compare"]["table"]["rows"][0][0].endswith("東京")
    assert fonts.drawable("Jødisk שלום og Łódź 東京 – \u200bæøå") == "Jødisk ???? og Łódź ?? – \u200bæøå"


def test_a_picture_names_the_chart_of_its_web_page(first):
    with Image.open(first / "reports/noerremarken-o01-faktorer.png") as picture:
        source = picture.info["Source"]
    charts = re.findall(
        r"<svg.*?</svg>", (first / "html/noerremarken-o01.html").read_text("utf-8"), re.DOTALL
    )
    assert source in {hashlib.sha256(chart.encode()).hexdigest() for chart in charts}


def _printer(builder):
    from reports.pdf import Printer

    return Printer(builder.LATEST)


def test_numbers_in_every_table_of_a_page_are_those_of_the_protected_tables(builder):
    frames = builder.one_area()
    reports = build_report_set(frames)
    page = view.report_page(reports.areas[0], reports)
    risk = frames["area_risk"].filter(pl.col("area_id") == "O01").sort("reference_date")
    years = [(row[1], row[3]) for row in page["years"]["table"]["rows"]]
    expected = [(str(c), f"{s:.0f}\u00a0pct.") for c, s in risk.select("children", "share_pct").rows()]
    assert years == expected
    ages = frames["area_children"].filter(pl.col("area_id") == "O01")["children"].to_list()
    assert [row[1] for row in page["ages"]["table"]["rows"]] == [str(n) for n in ages]
    numbers = frames["area_factor_count"].filter(pl.col("area_id") == "O01")["children"].to_list()
    assert [row[1] for row in page["numbers"]["table"]["rows"]] == [str(n) for n in numbers]
