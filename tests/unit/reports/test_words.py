"""Numbers, charts and the rule that no sentence is about a child."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import reports
from reports import charts, numbers, texts
from reports.charts import Bar, Point
from reports.model import danish_order

HERE = Path(reports.__file__).parent


def test_numbers_are_written_as_danes_write_them():
    assert numbers.whole(1234567) == "1.234.567"
    assert numbers.decimal(2.5) == "2,5"
    assert numbers.decimal(37.0) == "37"
    assert numbers.decimal(1234.56) == "1.234,6"
    assert numbers.percent(6.5) == "6,5\u00a0pct."
    assert numbers.percent_range(32.0, 43.0) == "32–43\u00a0pct."
    assert numbers.full_date(date(2024, 12, 31)) == "31.\u00a0december 2024"
    assert numbers.short_date(date(2024, 1, 5)) == "5.1.2024"


def test_names_sort_as_in_a_danish_register():
    assert sorted(["Åby", "Øby", "Aarup", "Æby", "Zoo", "aby"], key=danish_order) == [
        "aby",
        "Zoo",
        "Æby",
        "Øby",
        "Åby",
        "Aarup",
    ]


def test_numbered_names_sort_by_number():
    assert sorted(["Blok 10", "Blok 2"], key=danish_order) == ["Blok 2", "Blok 10"]


def test_no_text_speaks_of_a_child_in_the_singular():
    words = (HERE / "texts.py").read_text(encoding="utf-8")
    strings = [
        n.value
        for n in ast.walk(ast.parse(words))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    assert not [
        s for s in strings if re.search(r"\b(barnet|et barn|barnets|1 barn|dit barn)\b", s, re.IGNORECASE)
    ]


def test_charts_are_reproducible_and_draw_names_as_text_not_as_mathematics():
    bars = [Bar("$\\frac{", "37 pct.", 37.0, 32.0, 43.0, "area"), Bar("Skjult", "skjult", None)]
    assert charts.comparison(bars, 90) == charts.comparison(bars, 90)
    assert ">$\\frac{</text>" in charts.comparison(bars, 90)


def test_a_hidden_bar_is_a_dotted_box_and_not_a_bar():
    shown = charts.comparison([Bar("A", "37 pct.", 37.0, kind="area")], 90)
    hidden = charts.comparison([Bar("A", "skjult", None, kind="area")], 90)
    assert charts.ACCENT in shown and "dasharray" not in shown
    assert charts.ACCENT not in hidden and "dasharray" in hidden


def test_a_line_never_bridges_a_hidden_year():
    def point(year, share):
        return Point(date(year, 12, 31), str(year), "", share)

    runs = charts._runs(
        [point(2020, 1.0), point(2021, None), point(2022, 2.0), point(2023, 3.0), point(2025, 4.0)]
    )
    assert [[p.day.year for p in run] for run in runs] == [[2020], [2022, 2023], [2025]]


def test_a_line_never_bridges_a_hidden_quarter():
    quarters = [(date(2024, 3, 31), 1.0), (date(2024, 6, 30), None), (date(2024, 9, 30), 2.0)]
    runs = charts._runs([Point(day, "", "", share) for day, share in quarters])
    assert [[point.day.month for point in run] for run in runs] == [[3], [9]]


@pytest.mark.parametrize("text", ["kort", "et noget længere navn med flere ord i", "W" * 200, "x"])
def test_clipped_labels_never_exceed_their_width(text):
    assert charts.text_width(charts.clipped(text, 30.0)) <= 30.0


def test_a_label_is_never_clipped_inside_a_number():
    whole = "Blok 1234567"
    clipped = {charts.clipped(whole, width) for width in range(9, 30)}
    assert clipped <= {whole, "Blok…", "Blo…", "Bl…"}


def test_a_long_name_in_one_line_keeps_its_beginning_and_its_last_words():
    name = "Den almennyttige boligforening af 1947, afdeling 12"
    for width, end in ((46.0, "12"), (66.0, "afdeling 12")):
        short = charts.shortened(name, width)
        assert re.fullmatch(rf"Den almennyttige.*… {end}", short) and charts.text_width(short) <= width
    assert charts.shortened("Kort navn", 46.0) == "Kort navn"
    assert charts.text_width(charts.shortened("W" * 5000, 46.0)) <= 46.0


def test_the_finding_needs_the_interval_to_exclude_the_other_share(builder):
    def finding(low, high):
        return texts.comparison_finding(
            builder.risk(share_pct=10.0, low_pct=low, high_pct=high), "kommunen", 8.0
        )

    assert "højere" in finding(8.1, 12.0)
    assert "ikke større end usikkerheden" in finding(8.0, 12.0)
    assert "lavere" in finding(5.0, 7.9)


def test_reports_import_neither_assets_nor_duckdb():
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for path in HERE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not imported & {"assets", "duckdb", "dagster", "pipelines"}
