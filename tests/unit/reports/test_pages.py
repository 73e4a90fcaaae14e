"""The PDF pages, read back as a reader, a screen reader and an auditor would."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pikepdf
import polars as pl
import pypdfium2 as pdfium
import pytest

from reports import render, view
from reports.model import build_report_set, slug_of
from reports.pdf import Printer

MARKING = "SYNTETISKE DATA"
FONTS = {"SourceSansPro-Regular", "SourceSansPro-Semibold", "SourceSansPro-Bold", "SourceSansPro-It"}


def pages_of(page: Path) -> list[str]:
    """The text of each page with every run of white space as one space."""
    document = pdfium.PdfDocument(page)
    texts = [each.get_textpage().get_text_range() for each in document]
    return [re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\ufffe", "-")) for text in texts]


def text_of(page: Path) -> str:
    first, second = pages_of(page)
    return f"{first} {second}"


@pytest.fixture(scope="module")
def normal(printed, area):
    return printed("normal", area)


@pytest.fixture(scope="module")
def small(printed, too_small_area):
    return printed("small", too_small_area)


def test_the_key_figure_stands_with_its_counts_interval_and_undetermined(normal):
    text = text_of(normal)
    assert "112 af 300 børn, hvor det kan afgøres, svarende til 37 pct." in text
    assert "mellem 32 og 43 pct." in text
    assert "Uafklarede: 8 børn" in text
    assert "mellem 36 og 39 pct." in text


def test_the_page_names_area_municipality_plan_date_definition_and_vintages(normal):
    text = text_of(normal)
    for words in (
        "Nørremarken",
        "Åløse Kommune",
        "helhedsplan: Sammen om Nørremarken",
        "31. december 2024",
        "sfi5-v1",
    ):
        assert words in text
    assert "Uddannelse (UDDA) 31.12.2023" in text
    assert "afgørelser 1.1.2019–31.12.2023" in text.replace("– ", "–")


def test_factor_rows_equal_the_table_and_a_hidden_row_is_said_as_hidden(normal):
    text = text_of(normal)
    assert "Mor bor ikke i kernefamilie 125 180 3 41 pct. 27,3 pct. 26,4 pct." in text
    assert "Mor er dømt for kriminalitet skjult skjult skjult skjult 2 pct. 1,9 pct." in text
    assert "Mors boligforhold: bor i en lejebolig 287 19 2 94 pct." in text


def test_children_are_given_by_age(normal):
    text = text_of(normal)
    assert "308 børn på 0–17 år · 171 mødre" in text
    # 51/308 = 16,6; 48/308 = 15,6; 66/308 = 21,4; 92/308 = 29,9
    assert "0–2 år 51 17 pct. 3–5 år 48 16 pct. 6–9 år 66 21 pct. 10–14 år 92 30 pct." in text


def test_children_are_given_by_number_of_factors(normal):
    # 60, 64, 72 and 112 of 308; at most one factor: 60 + 64.
    assert "ingen 60 19 pct. én 64 21 pct. to 72 23 pct. tre eller flere 112 36 pct." in text_of(normal)
    assert "For 124 af 308 børn er højst én faktor til stede." in text_of(normal)


def test_the_marking_stands_at_top_and_foot(normal, small):
    for page in (*pages_of(normal), *pages_of(small)):
        assert page.count(MARKING) == 2


def test_the_page_is_tagged_pdf_a_and_pdf_ua_in_danish_with_title_and_outline(normal):
    with pikepdf.open(normal) as pdf:
        assert str(pdf.Root.Lang) == "da"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        metadata = pdf.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["dc:title"] == "Nørremarken: områderapport, 31.\u00a0december 2024"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Nørremarken"]
            assert [item.title for item in outline.root[0].children] == [
                "Andelen i forhold til andre",
                "Udviklingen",
                "De fem risikofaktorer",
                "Antal risikofaktorer",
                "Børnenes alder",
                "Hvad har andre gjort",
                "Tal og metode · Nørremarken",
            ]
            assert [item.title for item in outline.root[0].children[-1].children] == [
                "Andelen i forhold til andre",
                "De fem risikofaktorer",
                "Udviklingen",
                "Antal risikofaktorer",
                "Børnenes alder",
                "Områder, der ligner",
                "Uafklarede og grænser",
                "Sådan læses tallene",
                "Metode og definition",
                "Beskyttelse",
                "Registre bag tallene",
                "Kendte tal, ikke nødvendigvis samme opgørelse",
            ]


def figures_of(page: Path) -> list[str]:
    """The alt texts of all figures in the structure tree."""
    alts: list[str] = []

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/S") == "/Figure":
                alts.append(str(node.get("/Alt", "")))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(page) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return alts


def test_every_figure_has_an_alt_text_that_says_the_finding(normal):
    key, compare, years, factors, numbers, ages = figures_of(normal)
    assert "mellem 32 og 43\u00a0pct." in key and "kommunen 6,5\u00a0pct." in key
    assert "højere end i kommunen (6,5\u00a0pct.)" in compare
    assert "Nørremarken 37\u00a0pct. (32–43)" in compare
    assert "ikke større end usikkerheden" in years and "2020: 42" in years
    assert (
        "Mor er dømt for kriminalitet skjult (kommunen 2\u00a0pct.; resten af kommunen 1,9\u00a0pct.)"
        in factors
    )
    assert "tre eller flere 112 (36\u00a0pct.)" in numbers
    assert "15–17\u00a0år 51 (17\u00a0pct.)" in ages


def test_only_the_intended_fonts_are_used_and_all_are_embedded(normal, small):
    for page in (normal, small):
        with pikepdf.open(page) as pdf:
            names = set()
            for font in (font for each in pdf.pages for font in each.Resources.Font.values()):
                (inner,) = font.DescendantFonts
                names.add(str(inner.BaseFont).split("+")[1].removesuffix("-Identity-H"))
                assert "/FontFile2" in inner.FontDescriptor or "/FontFile3" in inner.FontDescriptor
        assert names <= FONTS and "SourceSansPro-Regular" in names


def test_no_text_is_smaller_than_nine_points(normal):
    sizes = set()
    for page in pdfium.PdfDocument(normal):
        for item in page.get_objects():
            if item.type == pdfium.raw.FPDF_PAGEOBJ_TEXT:
                sizes.add(round(item.get_font_size(), 2))
    assert min(sizes) >= 8.99


def test_the_same_tables_give_the_same_bytes(rendered, area, tmp_path):
    first = rendered("normal", area)
    render(area(), tmp_path)

    def digests(folder):
        return {
            path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert digests(first) == digests(tmp_path)


def test_a_too_small_area_gets_a_calm_page_that_points_to_its_plan(small):
    text = text_of(small)
    assert "Området er for lille til egne tal" in text
    assert "308 børn på" not in text and "af 300" not in text
    assert "resten af rapporten viser tallene for Sammen om Nørremarken" in text
    assert "De fem risikofaktorer i helhedsplanen" in text
    assert "svarende til" not in text


def test_a_too_small_area_without_shown_plan_points_to_the_municipality(builder, printed, no_factors):
    def tables():
        wide = builder.wider(builder.Tables())
        wide.rows["area_risk"] = [row for row in wide.rows["area_risk"] if row["level"] != "helhedsplan"]
        wide.add(
            "omraade",
            "O01",
            "Enghaven",
            "901",
            {builder.LATEST: builder.TOO_SMALL},
            no_factors,
            (None,) * 5,
            builder.NO_NUMBERS,
        )
        return wide.frames()

    text = text_of(printed("no-plan", tables))
    assert "resten af rapporten viser tallene for Åløse Kommune" in text
    assert "De fem risikofaktorer i kommunen" in text
    assert "helhedsplan:" not in text


def test_an_area_with_a_hidden_share_keeps_what_may_be_shown(builder, printed):
    partly = builder.COUNTS | {
        "at_risk": None,
        "undetermined": None,
        "cell_status": "hidden",
        **{name: None for name in builder.COUNTS if name.endswith("_pct")},
    }
    text = text_of(printed("partly", lambda: builder.one_area(years={builder.LATEST: partly})))
    assert "Andelen er skjult" in text and "Skjult betyder ikke nul." in text
    assert "308 børn på 0–17 år" in text
    assert "Mor bor ikke i kernefamilie 125 180 3 41 pct." in text
    assert "svarende til" not in text


def test_where_everything_is_hidden_nothing_is_said_as_zero(builder, printed, no_factors):
    def tables():
        hidden = builder.Tables().add(
            "kommune",
            "901",
            "Åløse",
            None,
            {builder.LATEST: builder.HIDDEN},
            no_factors,
            (None,) * 5,
            builder.NO_NUMBERS,
        )
        hidden.add(
            "omraade",
            "O01",
            "Enghaven",
            "901",
            {builder.LATEST: builder.HIDDEN},
            no_factors,
            (None,) * 5,
            builder.NO_NUMBERS,
        )
        return hidden.frames()

    page = printed("all-hidden", tables)
    text = text_of(page)
    assert "Der er heller ikke tal for helhedsplanen eller kommunen" in text
    assert not re.search(r"\b0 (pct|børn)", text)
    compare, years, factors, numbers, ages = figures_of(page)
    assert "ingen skjult; én skjult" in numbers and "0–2\u00a0år skjult" in ages
    assert "Enghaven skjult; Åløse Kommune skjult" in compare
    assert "2024: skjult" in years
    assert "Mors boligforhold: bor i en lejebolig skjult" in factors


def test_a_group_hidden_share_is_given_as_a_bound(builder, printed):
    factors = list(builder.AREA_FACTORS)

    def tables():
        frames = builder.one_area(factors=factors)
        own = (pl.col("area_id") == "O01") & (pl.col("factor") == "f5_boligforhold")
        counts = [
            pl.when(own).then(None).otherwise(pl.col(c)).alias(c)
            for c in ("children_with", "children_without", "children_unknown")
        ]
        frames["area_factor"] = frames["area_factor"].with_columns(
            *counts,
            share_pct=pl.when(own).then(90.0).otherwise("share_pct"),
            cell_status=pl.when(own).then(pl.lit("group_hidden")).otherwise("cell_status"),
        )
        return frames

    text = text_of(printed("group", tables))
    assert "Mors boligforhold: bor i en lejebolig skjult skjult skjult ≥ 90 pct." in text
    assert "I almene områder gælder det stort set alle" in text


def test_rounded_counts_say_about_and_a_rounded_zero_is_a_range(builder, printed):
    rounded = builder.COUNTS | {
        "at_risk": 110,
        "not_at_risk": 190,
        "undetermined": 0,
        "cell_status": "rounded",
    }
    text = text_of(printed("rounded", lambda: builder.one_area(years={builder.LATEST: rounded})))
    assert "ca. 110 af 300 børn" in text
    assert "Uafklarede: 0–4 børn" in text


def test_hidden_and_missing_years_are_told_apart(builder, printed):
    def tables():
        years = builder.over_years(builder.COUNTS, (42.0, None, 39.0, 38.0, 37.0))
        del years[date(2023, 12, 31)]
        return builder.one_area(years=years)

    _, _, years, *_ = figures_of(printed("gaps", tables))
    assert "2021: skjult; 2022: 39 (34–45\u00a0pct.); 2023: ikke opgjort; 2024: 37" in years


def test_one_year_alone_is_no_development(builder, printed):
    page = printed("one-year", lambda: builder.one_area(years={builder.LATEST: builder.COUNTS}))
    assert "Kun 2024 kan vises." in text_of(page)


def test_a_change_beyond_the_intervals_is_named(builder, printed):
    def tables():
        return builder.one_area(years=builder.over_years(builder.COUNTS, (60.0, 50.0, 45.0, 40.0, 37.0)))

    assert "Andelen er faldet fra 60 pct. (2020) til 37 pct. (2024)." in text_of(printed("fall", tables))


HOSTILE = '<b>#x</b> $a_1$ *fed* `kode` \\" & [a](http://x.dk) = 1; =SUM(A1)'


def test_markup_in_a_name_is_text(builder, printed):
    assert HOSTILE in text_of(printed("hostile", lambda: builder.one_area(HOSTILE)))


@pytest.mark.parametrize(
    "name",
    [
        "Den almennyttige boligforening af 1947, afdelingerne Skovparken og Søndervang nord for Ringvejen",
        "Boligforeningsafdelingsbestyrelsesformandskandidatområdet" * 3,
        "W" * 5000,
        "Æ " * 2000,
        "東京 \U0001f3e0 \u202etxt.exe \x00\x07",
        "   ",
    ],
    ids=["long", "one-word", "5000", "many-words", "foreign", "blank"],
)
def test_any_name_fits_on_two_pages(builder, tmp_path, name):
    wide = builder.Tables()
    wide.add("leverance", "leverance", "Leverance", None, {builder.LATEST: builder.LEVERANCE})
    wide.add("kommune", "902", "Bredby", "leverance", {builder.LATEST: builder.KOMMUNE})
    wide.add("kommune", "901", name, "leverance", {builder.LATEST: builder.KOMMUNE})
    wide.add("helhedsplan", "H01", name, "901", {builder.LATEST: builder.PLAN})
    wide.add("omraade", "O01", name, "H01", {builder.LATEST: builder.COUNTS})
    wide.add(
        "omraade",
        "O02",
        name,
        "H01",
        {builder.LATEST: builder.TOO_SMALL},
        builder.NO_FACTORS,
        (None,) * 5,
        (None,) * 4,
    )
    pages = [path for path in render(wide.frames(), tmp_path) if path.suffix == ".pdf"]
    assert len(pages) == 5
    for page in pages:
        assert len(pages_of(page)) == 2


def test_the_fullest_report_fits_on_two_pages(builder, tmp_path):
    """Long names, twelve years with a break in each, everything rounded, five twins, every fact."""
    name = "Den almennyttige boligforening af 1947, afdelingerne Skovparken og Søndervang nord for Ringvejen"
    days = [date(year, 12, 31) for year in range(2013, 2025)]
    wide = builder.Tables()
    wide.add("leverance", "leverance", "L", None, dict.fromkeys(days, builder.LEVERANCE))
    for kom in ("901", "902", "903"):
        plan = f"Fællesskab og tryghed {kom} i {name}"
        wide.add("kommune", kom, f"Lyngby-Taarbæk {kom}", "leverance", dict.fromkeys(days, builder.KOMMUNE))
        wide.add("rest", f"{kom}:rest", "R", kom, {builder.LATEST: builder.REST}, child_level="helhedsplan")
        wide.add("helhedsplan", f"H{kom}", plan, kom, dict.fromkeys(days, builder.PLAN))
    for i in range(1, 8):
        counts = builder.COUNTS | {"children": 3080 + i, "cell_status": "rounded"}
        wide.add("omraade", f"O{i:02d}", f"{name} {i}", "H901", dict.fromkeys(days, counts))
    for row in wide.rows["area_risk"]:
        year = row["reference_date"].year
        if row["area_id"] in ("O01", "H901") and year < 2023:
            row["area_name"] = f"{name}, som det hed i {year}"
            row["parent_id"] = row["parent_id"] if year % 2 else "H902"
    frames = wide.frames()
    revised = frames["release_date"].head(1).with_columns(revision=pl.lit(1, dtype=pl.Int32))
    frames["release_date"] = pl.concat(
        [frames["release_date"], *(revised.with_columns(reference_date=day) for day in days[5:8])]
    )
    fact = frames["release"].head(1).with_columns(value=pl.lit(name))
    facts = [fact.with_columns(key=pl.lit(key)) for key in ("controller", "purpose", "legal_basis")]
    frames["release"] = pl.concat([frames["release"], *facts])
    reports, printer = build_report_set(frames), Printer(builder.LATEST)
    for report in reports.reports:
        if report.unit.area_id in ("O01", "H901", "901"):
            printer.pdf(view.report_page(report, reports))  # refuses any other number of pages


def test_there_is_a_report_per_omraade_plan_and_kommune_of_the_latest_date(builder, tmp_path):
    wide = builder.wider(builder.Tables())
    wide.add("omraade", "O01", "Nørremarken", "H01", {builder.LATEST: builder.COUNTS})
    wide.add("omraade", "O02", "Nedlagt", "H01", {builder.YEARS[0]: builder.COUNTS})
    wide.add("afdeling", "A01", "Afdeling 1", "O01", {builder.LATEST: builder.COUNTS})
    wide.add("rest", "O01:rest:afdeling", "Rest", "O01", {builder.LATEST: builder.COUNTS})
    calls = []
    written = render(wide.frames(), tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert {path.name for path in written if path.suffix == ".pdf"} == {
        "noerremarken-o01.pdf",
        "helhedsplan-sammen-om-noerremarken-h01.pdf",
        "kommune-aaloese-901.pdf",
        "kommune-bredby-902.pdf",
    }
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_file_names_are_readable_stable_and_apart():
    assert slug_of("Åkær Øst / æ", "O-12") == "aakaer-oest-ae-o-12"
    assert slug_of("Parken", "a/b") != slug_of("Parken", "a:b")
    assert slug_of("../../etc/passwd", "..").count("/") == 0
    assert len(slug_of("x" * 5000, "o1")) < 80


def test_two_definitions_in_one_release_are_refused(area):
    tables = area()
    risk = tables["area_risk"]
    tables["area_risk"] = pl.concat([risk, risk.with_columns(definition=pl.lit("anden"))])
    with pytest.raises(ValueError, match="2 definitions"):
        build_report_set(tables)
