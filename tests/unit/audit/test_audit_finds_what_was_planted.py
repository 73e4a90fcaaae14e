"""An untouched release passes; every single thing changed in it is found, in the file where it is."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

import assets.audit
import reports
from assets.audit import Limits, audit_release, pages, web
from assets.release import write_manifest
from tests.support.small_release import write_small_release


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    write_small_release(folder)
    return folder


@pytest.fixture
def staged(original, tmp_path) -> Path:
    shutil.copytree(original, tmp_path / "staged")
    return tmp_path / "staged"


def findings(staged: Path) -> list[str]:
    return [
        str(finding)
        for finding in audit_release(staged / "release", staged / "tables", limits=Limits()).findings
    ]


def replace_text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(release: Path) -> None:
        text = (release / name).read_text(encoding="utf-8")
        assert old in text
        (release / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def change_database(*statements: str) -> Callable[[Path], None]:
    def change(release: Path) -> None:
        with duckdb.connect(release / "femfaktor.duckdb") as con:
            for statement in statements:
                con.execute(statement)

    return change


def change_workbook(pattern: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(release: Path) -> None:
        path = release / "femfaktor.xlsx"
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        name = next(n for n in parts if re.search(pattern, n) and old in parts[n])
        parts[name] = parts[name].replace(old, new, 1)
        with zipfile.ZipFile(path, "w") as book:
            for part, content in parts.items():
                book.writestr(part, content)

    return change


def swap(pattern: str) -> Callable[[Path], None]:
    def change(release: Path) -> None:
        one, two = sorted(release.glob(pattern))[:2]
        a, b = one.read_bytes(), two.read_bytes()
        one.write_bytes(b)
        two.write_bytes(a)

    return change


def change_picture(old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(release: Path) -> None:
        path = release / "reports/blok-17-o1-udvikling.png"
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))

    return change


def name_another_chart(release: Path) -> None:
    path = release / "reports/blok-17-o1-udvikling.png"
    before, keyword, after = path.read_bytes().partition(b"Source\0\0\0da\0\0")
    assert keyword
    path.write_bytes(before + keyword + b"0" * 64 + after[64:])


def test_a_name_is_found_on_a_page_whose_font_lacks_its_letters_and_no_other_is():
    close = pages.without_spaces("Kort om ???? Park og mere")
    assert pages._begins("שלום Park", close) and not pages._begins("Blok Park", close)


def test_of_a_release_as_it_was_protected_nothing_is_found_in_the_files(original):
    report = audit_release(original / "release", original / "tables", limits=Limits())
    # Without populations there is nothing to attack with: the only finding.
    rules = [finding.rule for finding in report.findings]
    assert rules == ["nothing was attacked: no populations were given"]
    assert report.checked > 3_000


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (replace_text("csv/area_risk.csv", ";115;", ";114;"), "csv/area_risk.csv"),
        (replace_text("csv/area_risk.csv", "Blok 17;h1;;315;", "Blok 17;h1;;;"), "csv/area_risk.csv"),
        (replace_text("csv/area_risk.csv", "SYNTETISKE DATA", "FRI"), "csv/area_risk.csv"),
        (replace_text("csv/benchmark.csv", "37,0", "36,0"), "csv/benchmark.csv"),
        (lambda release: (release / "csv/release.csv").unlink(), "csv"),
        (
            change_database("UPDATE area_risk SET at_risk = 70 WHERE at_risk IS NULL"),
            "femfaktor.duckdb: area_risk",
        ),
        (change_database("UPDATE area_factor SET share_pct = 0"), "femfaktor.duckdb: area_factor"),
        (change_database("CREATE TABLE scored AS SELECT 1 AS child_key"), "femfaktor.duckdb"),
        (change_database("COMMENT ON COLUMN area_risk.children IS NULL"), "femfaktor.duckdb"),
        (change_database("CREATE VIEW more AS SELECT 3 AS children"), "femfaktor.duckdb: more"),
        (change_workbook("sheet2.xml", b"<v>115</v>", b"<v>114</v>"), "femfaktor.xlsx: area_risk"),
        (
            change_workbook("sheet2.xml", b"<v>115</v>", b"<f>110+5</f><v>115</v>"),
            "femfaktor.xlsx: area_risk",
        ),
        (change_workbook("sharedStrings", "Småby".encode(), b"Storby"), "femfaktor.xlsx: area_risk"),
        (change_workbook("comments1.xml", b"Antal", b"Anton 4711"), "femfaktor.xlsx"),
        (
            change_workbook(
                "sheet1.xml.rels|workbook.xml.rels",
                b"<Relationship ",
                b'<Relationship TargetMode="External" ',
            ),
            "femfaktor.xlsx",
        ),
        (change_workbook("sheet1.xml", b"oddHeader>&amp;CSYN", b"oddHeader>&amp;CSYM"), "femfaktor.xlsx: Om"),
        (replace_text("index.html", ">315<", ">310<"), "index.html"),
        (replace_text("index.html", "</main>", "<p>11 børn</p></main>"), "index.html"),
        (replace_text("index.html", "</main>", "<!-- 4711 --></main>"), "index.html"),
        (replace_text("index.html", "</main>", "<script>1</script></main>"), "index.html"),
        (replace_text("index.html", 'data-area="o3"', 'data-area="o4"'), "index.html"),
        (replace_text("index.html", 'data-sort="315"', 'data-sort="310"'), "index.html"),
        (replace_text("index.html", "<h1>", '<h1 title="4711">'), "index.html"),
        (replace_text("index.html", "<h1>", '<h1 data-antal="4711">'), "index.html"),
        (replace_text("index.html", "<h1>", '<h1 onclick="x">'), "index.html"),
        (replace_text("index.html", "default-src", "default-src *"), "index.html"),
        (replace_text("index.html", "const MOST = 6;", "const MOST = 6; fetch('//x');"), "index.html"),
        (replace_text("index.html", 'href="html/sammenlign.html"', 'href="https://x.dk"'), "index.html"),
        (replace_text("index.html", "* { box-sizing", "@import 'x'; * { box-sizing"), "index.html"),
        (replace_text("html/blok-17-o1.html", ">315<", ">317<"), "html/blok-17-o1.html"),
        (replace_text("html/blok-17-o1.html", "</main>", "<script>1</script></main>"), "html/blok-17"),
        (replace_text("html/blok-17-o1.html", "</main>", '<img src="x"></main>'), "html/blok-17"),
        (replace_text("html/blok-17-o1.html", "</svg>", "<text>4711</text></svg>"), "html/blok-17"),
        (
            replace_text("html/blok-17-o1.html", 'role="img" aria-label="', 'aria-label="4711 '),
            "html/blok-17",
        ),
        (replace_text("html/sammenlign.html", '"pct":38.0', '"pct":39.5'), "html/sammenlign.html"),
        (replace_text("html/sammenlign.html", '"id":"o1"', '"id":"o77"'), "html/sammenlign.html"),
        (replace_text("html/sammenlign.html", '"words":', '"more":[],"words":'), "html/sammenlign.html"),
        (lambda release: (release / "html/blok-17-o1.html").unlink(), "html"),
        (lambda release: (release / "html/ekstra.html").write_text("<p>x"), "html"),
        (swap("reports/*.pdf"), "reports/"),
        (lambda release: (release / "reports/ekstra.pdf").write_bytes(b"%PDF"), "reports"),
        (swap("reports/*.txt"), "reports/"),
        (replace_text("reports/blok-17-o1.txt", "115 af", "117 af"), "reports/blok-17-o1.txt"),
        (replace_text("reports/blok-17-o1.txt", "SYNTETISKE DATA", "FRI"), "reports/blok-17-o1.txt"),
        (lambda release: (release / "reports/blok-17-o1.txt").unlink(), "reports"),
        (change_picture(b"(2024)", b"(4711)"), "reports/blok-17-o1-udvikling.png"),
        (change_picture(b"iTXt", b"zTXt"), "reports/blok-17-o1-udvikling.png"),
        (name_another_chart, "reports/blok-17-o1-udvikling.png"),
        (
            lambda release: (release / "reports/blok-17-o1-fem.png").write_bytes(b""),
            "reports",
        ),
        (replace_text("reports/keys.json", '"key": "', '"key": "17'), "reports/keys.json"),
        (lambda release: (release / "notes.txt").write_text("x"), "release"),
    ],
)
def test_a_change_is_found_where_it_is_even_if_the_manifest_goes_along(staged, change, file):
    change(staged / "release")
    if (staged / "release/csv/release.csv").exists():
        write_manifest(staged / "release", ledger={"length": 1, "head": "0" * 64})
    found = findings(staged)
    assert any(finding.startswith(file) for finding in found), found


def test_a_changed_file_is_not_the_one_in_the_manifest(staged):
    with (staged / "release/csv/area_risk.csv").open("a") as file:
        file.write("\n")
    assert "csv/area_risk.csv: is not the file in the manifest: 1" in findings(staged)


def test_a_file_that_the_manifest_does_not_name_is_found(staged):
    shutil.copy(staged / "release/csv/release.csv", staged / "release/csv/more.csv")
    assert "manifest.json: files that it does not name: 1" in findings(staged)


def test_a_number_on_a_pdf_that_is_not_the_areas_is_found(staged):
    # The pages as rendered, held against tables in which one number is another.
    path = staged / "tables/area_risk.parquet"
    table = pl.read_parquet(path)
    latest = (pl.col("area_id") == "o1") & (pl.col("reference_date") == date(2024, 12, 31))
    table.with_columns(mothers=pl.when(latest).then(775).otherwise("mothers")).write_parquet(path)
    assert any(f.startswith("reports/") and "numbers that are not" in f for f in findings(staged))


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("area_risk", "undetermined", 3, "no multiples of the base"),
        ("area_risk", "at_risk", 75, "counts that don't add up to the children"),
        ("area_risk", "share_pct", 45.0, "share_pct does not follow from the published counts"),
        ("area_risk", "children", 45, "areas below the size"),
        ("area_risk", "cell_status", "too_small", "numbers in rows that are hidden"),
        ("area_risk", "marking", "FRI", "rows that bear different markings"),
    ],
)
def test_protected_tables_that_protect_too_little_are_found(staged, table, column, value, rule):
    # o2: 70 at risk and 130 not, as they are; 3 undetermined are 0 or 5.
    path = staged / f"tables/{table}.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(
        pl.when(pl.col("area_id") == "o2")
        .then(pl.lit(value, dtype=frame.schema[column]))
        .otherwise(column)
        .alias(column)
    ).write_parquet(path)
    assert any(rule in finding for finding in findings(staged)), findings(staged)


def test_a_file_that_cannot_be_read_is_a_finding(staged):
    (staged / "release/femfaktor.xlsx").write_bytes(b"no workbook")
    assert "release: check_workbook could not read it (BadZipFile): 1" in findings(staged)


def test_findings_hold_no_values(staged):
    replace_text("csv/area_risk.csv", ";115;", ";4711;")(staged / "release")
    replace_text("index.html", "</main>", "<p>4711</p></main>")(staged / "release")
    found = " ".join(findings(staged))
    assert found
    assert "4711" not in found and "Blok" not in found


def test_the_audit_knows_the_script_of_the_pages():
    script = Path(reports.__file__).parent / "templates/site/site.js"
    assert hashlib.sha256(script.read_bytes()).hexdigest() == web.KNOWN_SCRIPT, (
        "the script changed: read it, then set KNOWN_SCRIPT in assets/audit/web.py"
    )


def test_the_audit_imports_nothing_else_of_the_project():
    for path in Path(assets.audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                root = module.split(".")[0]
                assert root not in {"pipelines", "schemas", "reports", "synthetic_data", "tests"}, path.name
                assert root != "assets" or module.startswith("assets.audit"), path.name
