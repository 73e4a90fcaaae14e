"""What reports conclude: changes, drivers, comparable areas, what others did. Expectations by hand."""

from __future__ import annotations

import itertools
import re
from datetime import date

import polars as pl
import pytest

from reports import charts, compare, initiatives, texts, view
from reports.compare import Factor
from reports.model import Break, build_report_set
from reports.texts import F5
from tests.support.deliveries import shared_data


def report_of(tables, area_id="O01"):
    reports = build_report_set(tables)
    (report,) = (r for r in reports.reports if r.unit.area_id == area_id)
    return report, reports


def page_of(tables, area_id="O01"):
    return view.report_page(*report_of(tables, area_id))


# A change is named only when it exceeds rounding and interval (the published interval holds both).


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [
        ((30.0, 40.0), (40.1, 50.0), "steget"),
        ((30.0, 40.0), (40.0, 50.0), "ikke større end usikkerheden"),
        ((30.0, 40.0), (39.9, 50.0), "ikke større end usikkerheden"),
        ((40.1, 50.0), (30.0, 40.0), "faldet"),
        ((40.0, 50.0), (30.0, 40.0), "ikke større end usikkerheden"),
        ((None, None), (30.0, 40.0), "ikke større end usikkerheden"),
    ],
)
def test_a_change_needs_intervals_that_do_not_meet(builder, first, last, word):
    points = [
        (date(year, 12, 31), builder.risk(share_pct=share, low_pct=low, high_pct=high))
        for year, share, (low, high) in ((2020, 35.0, first), (2024, 36.0, last))
    ]
    assert word in texts.change_finding(points)


def test_equal_rounded_shares_are_no_change_from_one_to_the_other(builder):
    points = [
        (date(year, 12, 31), builder.risk(share_pct=share, low_pct=30.0, high_pct=44.0))
        for year, share in ((2020, 37.0), (2022, 41.0), (2024, 37.0))
    ]
    assert texts.change_finding(points) == "Andelen er 37\u00a0pct. både i 2020 og i 2024."
    moved = texts.change_finding(points, [Break(date(2022, 12, 31), "moved")])
    assert moved.startswith("Andelen er 37\u00a0pct. både i 2020 og i 2024, men området hører til")


def test_a_change_is_not_named_across_a_move_to_another_unit(builder):
    frames = builder.one_area(years=builder.over_years(builder.COUNTS, (60.0, 50.0, 45.0, 40.0, 37.0)))
    old = (pl.col("area_id") == "O01") & (pl.col("reference_date") < date(2022, 12, 31))
    frames["area_risk"] = frames["area_risk"].with_columns(
        parent_id=pl.when(old).then(pl.lit("H09")).otherwise("parent_id")
    )
    years = page_of(frames)["years"]
    assert "faldet" not in years["finding"] and "hører til en anden enhed" in years["finding"]
    assert years["note"] == "2022: hører til en anden enhed end før."


def test_breaks_are_marked_in_picture_and_table(builder):
    frames = builder.one_area()
    risk, dates = frames["area_risk"], frames["release_date"]
    old = (pl.col("area_id") == "O01") & (pl.col("reference_date") < date(2023, 12, 31))
    frames["area_risk"] = risk.with_columns(
        area_name=pl.when(old).then(pl.lit("Gammelmarken")).otherwise("area_name")
    )
    revised = dates.head(1).with_columns(
        reference_date=date(2021, 12, 31), revision=pl.lit(1, dtype=pl.Int32)
    )
    frames["release_date"] = pl.concat([dates, revised])
    years = page_of(frames)["years"]
    assert years["note"] == "2021: rettet efter første udgivelse; 2023: nyt navn, før: Gammelmarken."
    assert "2023: 38 (33–44\u00a0pct.), nyt navn" in years["alt"]
    assert ">nyt navn</text>" in years["svg"] and ">rettet</text>" in years["svg"]


def test_years_without_numbers_say_why_in_one_note_each(builder):
    years = builder.over_years(builder.COUNTS, (42.0, None, 39.0, 38.0, 37.0))
    years[date(2020, 12, 31)] = years[date(2021, 12, 31)] = builder.TOO_SMALL
    del years[date(2022, 12, 31)]
    figure = page_of(builder.one_area(years=years))["years"]
    assert figure["note"] == "2020, 2021: for lille til egne tal; 2022: ikke opgjort."
    # The line that stands for the municipality in the picture has its column in the table.
    assert figure["table"]["columns"][-1] == "Kommunen"
    shares = [row[-1] for row in figure["table"]["rows"]]
    assert shares == [f"{share}\u00a0pct." for share in ("7", "6,8", "6,7", "6,6", "6,5")]


def test_of_many_years_the_latest_eight_are_shown_and_it_says_so(builder):
    assert "seneste" not in page_of(builder.one_area())["years"]["finding"]
    days = [date(year, 12, 31) for year in range(2015, 2025)]
    figure = page_of(builder.one_area(years=dict.fromkeys(days, builder.COUNTS)))["years"]
    assert figure["finding"].endswith("Her er de seneste otte opgørelser.")
    assert [row[0] for row in figure["table"]["rows"]] == [str(year) for year in range(2017, 2025)]


def test_marks_of_breaks_in_years_that_follow_each_other_never_meet(builder):
    frames = builder.one_area()
    own = pl.col("area_id") == "O01"
    year = pl.col("reference_date").dt.year()
    frames["area_risk"] = frames["area_risk"].with_columns(
        area_name=pl.when(own).then(pl.lit("Navn fra ") + year.cast(pl.String)).otherwise("area_name"),
        parent_id=pl.when(own & (year % 2 == 1)).then(pl.lit("H09")).otherwise("parent_id"),
    )
    svg = page_of(frames)["years"]["svg"]
    found = re.findall(r"translate\(([\d.]+) ([\d.]+)\)[^>]*>flyttet, nyt navn<", svg)
    assert len(found) == 4
    room = charts.text_width("flyttet, nyt navn", "italic") / charts.POINT
    places = [(float(x), float(y)) for x, y in found]
    assert all(y1 != y2 or abs(x1 - x2) > room for (x1, y1), (x2, y2) in itertools.combinations(places, 2))
    assert all(0 <= x <= view.SIDE_WIDTH / charts.POINT - room for x, _ in places)


def test_shares_of_all_children_stand_with_a_word_on_the_other_denominator(builder):
    page = page_of(builder.one_area())
    # 112 of 308 children is 36 per cent, 112 of the 300 decided is 37.
    assert (
        page["numbers"]["table"]["rows"][3][2] == "36\u00a0pct." and page["key"]["figure"] == "37\u00a0pct."
    )
    assert page["numbers"]["note"] == "Her tæller uafklarede børn med; andelen ovenfor er uden dem."
    assert page_of(builder.one_area(numbers=builder.NO_NUMBERS))["numbers"]["note"] == ""


def test_where_no_share_of_so_few_is_told_the_table_has_no_column_for_it(builder):
    frames = builder.one_area(numbers=(20, 25, 30, 35), ages=(20, 20, 20, 30, 20))
    own = pl.col("area_id") == "O01"
    for name in ("area_factor_count", "area_children"):
        status = pl.when(own).then(pl.lit("rounded")).otherwise("cell_status")
        frames[name] = frames[name].with_columns(cell_status=status)
    page = page_of(frames)
    # Of 110 children, rounding alone moves a share by up to 5 / 110, more than two points.
    assert page["numbers"]["table"]["columns"] == ["Faktorer", "Børn"]
    assert page["ages"]["table"]["rows"][0] == ["0–2\u00a0år", "20"] and page["numbers"]["note"] == ""


def test_benchmarks_stand_in_the_table_beside_the_bars_that_show_them(builder):
    rows = page_of(builder.one_area())["compare"]["table"]["rows"]
    assert [(row[0], row[4]) for row in rows[-3:]] == [
        ("Udsatte boligområder (2016)", "37\u00a0pct."),
        ("Udsatte boligområder (2015)", "35\u00a0pct."),
        ("Hele landet (2015)", "5\u00a0pct."),
    ]
    assert all(row[1:4] == ["–"] * 3 for row in rows[-3:])


def test_a_plan_that_shows_counts_without_a_share_stands_in_for_an_area_without_numbers(builder):
    frames = builder.too_small()
    plan = (pl.col("area_id") == "H01") & (pl.col("level") == "helhedsplan")
    shares = [name for name in builder.COUNTS if name.endswith("_pct")]
    frames["area_risk"] = frames["area_risk"].with_columns(
        [pl.when(plan).then(None).otherwise(name).alias(name) for name in shares]
    )
    report, _ = report_of(frames)
    assert report.subject.area_id == "H01"


# A factor drives the share when it is more widespread here beyond sampling-like limits and rounding.


def factor(with_it, without_it, share, status="shown"):
    return Factor("f4_ingen_uddannelse", with_it, without_it, 0, share, status)


def test_a_factor_is_above_only_beyond_limits_and_rounding():
    there = factor(2000, 8000, 20.0)
    # 200 children, design effect 1: 1.96 * sqrt(.25*.75/200 + .2*.8/10000) = 6.05 points; + 2 * 0.5.
    assert compare.compare(factor(54, 146, 27.0), there, 1.0).verdict == "same"
    assert compare.compare(factor(55, 145, 27.5), there, 1.0).verdict == "above"
    assert compare.compare(factor(25, 175, 12.5), there, 1.0).verdict == "below"
    # Siblings widen the limit to 1.96 * sqrt(2) ..., rounding by 100 * 4 / 200 = 2 points.
    assert compare.compare(factor(55, 145, 27.5), there, 2.0).verdict == "same"
    assert compare.compare(factor(55, 145, 27.5, "rounded"), there, 1.0).verdict == "same"


def test_a_hidden_factor_has_no_verdict():
    there = factor(2000, 8000, 20.0)
    assert compare.compare(factor(None, None, None), there, 1.0).verdict is None
    assert compare.compare(factor(50, 150, 25.0), factor(None, None, None), 1.0).verdict is None
    assert compare.compare(factor(50, 150, 25.0), None, 1.0).verdict is None


def test_drivers_come_by_difference_and_the_housing_factor_is_none_of_them(builder):
    report, _ = report_of(builder.one_area())
    # Differences to the rest of Åløse: f1 41 - 26.4, f3 32 - 7.5, f4 46 - 15.2, f5 94 - 25.9; f2 is hidden.
    assert report.against.area_id == "901:rest:helhedsplan"
    assert report.drivers == ("f4_ingen_uddannelse", "f3_kontanthjaelp_pension", "f1_ikke_kernefamilie")
    finding = page_of(builder.one_area())["factors"]["finding"]
    assert finding == (
        "Mere udbredt end i resten af kommunen: mor har ingen uddannelse eller kun grundskole (46 mod "
        "15,2\u00a0pct.) og mor er på kontanthjælp eller pension (32 mod 7,5\u00a0pct.)."
    )


def test_an_area_too_small_for_factors_shows_its_plans_and_says_so(builder):
    page = page_of(builder.one_area(factors=builder.NO_FACTORS))
    assert page["factors"]["heading"] == "De fem risikofaktorer i helhedsplanen"
    assert page["factors"]["rows"][0][1] == "41\u00a0pct."
    assert page["numbers"]["heading"] == "Antal risikofaktorer"


def test_the_housing_factor_says_what_it_is_read_as_and_that_it_is_nearly_everyone(builder):
    assert page_of(builder.one_area())["factors"]["note"] == (
        "Mors boligforhold: moren bor i en lejebolig. I almene områder gælder det stort set alle, så de fire "
        "andre faktorer afgør andelen."
    )
    rented, crowded = {F5: "Moren bor i en lejebolig."}, {F5: "Moren bor trangt: flere end 1 pr. værelse."}
    assert "almene" in texts.f5_sentence(rented, factor(80, 20, 80.0))
    assert "almene" not in texts.f5_sentence(rented, factor(79, 21, 79.0))
    assert texts.f5_sentence(crowded, factor(80, 20, 80.0)) == (
        "Mors boligforhold: moren bor trangt: flere end 1 pr. værelse."
    )
    assert texts.factor_label(F5, crowded) == "Mors boligforhold: bor trangt"
    assert texts.factor_label(F5, {}) == "Mors boligforhold"


def test_page_two_says_how_each_factor_is_read(builder):
    said = page_of(builder.one_area())["method"]["paragraphs"][1]
    assert said == (
        "De er læst sådan: barnet bor ikke sammen med begge sine forældre; moren er dømt efter straffeloven "
        "eller våbenloven inden for de seneste 5 år; morens væsentligste indkomstkilde i året er "
        "kontanthjælp eller pension; moren har ingen uddannelse ud over grundskolen; "
        "moren bor i en lejebolig."
    )
    assert texts.readings_sentence({}) == ""


# What others did (DESIGN 8).


@pytest.mark.parametrize(
    ("drivers", "aims"),
    [
        ((), []),
        (("f2_doemt",), []),
        (("f5_boligforhold",), []),
        (("f1_ikke_kernefamilie",), ["Øget trivsel og læring"]),
        (("f3_kontanthjaelp_pension",), ["Flere i beskæftigelse"]),
        (("f4_ingen_uddannelse", "f2_doemt"), ["Øget trivsel og læring", "Flere i beskæftigelse"]),
    ],
)
def test_initiatives_follow_from_the_drivers(drivers, aims):
    assert [aim.name for aim in initiatives.chosen_for(drivers)] == aims


def test_the_catalogue_has_eighteen_and_those_without_text_have_a_title_only():
    _, aims = initiatives._catalogue()
    assert {key: len(entries) for key, (_, entries) in aims.items()} == {
        "trivsel": 6,
        "tryghed": 6,
        "beskaeftigelse": 6,
    }
    without = {e.kommune for _, entries in aims.values() for e in entries if not e.line}
    assert without == {"Holbæk", "Holstebro", "Aarhus", "Køge", "Fredensborg", "Fredericia", "Kolding"}
    assert all(len(e.line) <= 85 for _, entries in aims.values() for e in entries)


def test_initiatives_are_worded_as_inspiration_also_where_none_is_named(builder):
    assert page_of(builder.one_area())["initiatives"]["lead"].startswith("Til inspiration, ikke anbefalinger")
    same = tuple((*row[:3], row[3]) for row in builder.REST_FACTORS)
    page = page_of(builder.one_area(factors=same))
    assert page["initiatives"]["aims"] == [] and "med sikkerhed mere udbredt" in page["initiatives"]["lead"]


def test_the_lines_are_not_the_catalogues_sentences():
    catalogue = shared_data("kl-inspirationskatalog-2016.txt")
    words = re.findall(r"\w+", catalogue.read_text(encoding="utf-8").lower())
    six = {tuple(words[i : i + 6]) for i in range(len(words) - 5)}
    _, aims = initiatives._catalogue()
    for _, entries in aims.values():
        for entry in entries:
            line = re.findall(r"\w+", entry.line.lower())
            assert not [line[i : i + 6] for i in range(len(line) - 5) if tuple(line[i : i + 6]) in six]


# Comparable areas.


def neighbours(builder, *sizes):
    """Areas O01, O02, … of these sizes, alike in everything else."""
    wide = builder.wider(builder.Tables())
    for i, children in enumerate(sizes, 1):
        wide.add(
            "omraade",
            f"O{i:02d}",
            f"Blok {i}",
            "H01",
            {builder.LATEST: builder.COUNTS | {"children": children}},
        )
    return wide.frames()


def test_twins_are_the_nearest_in_size_when_all_else_is_equal(builder):
    report, _ = report_of(neighbours(builder, 300, 1200, 320, 150, 600, 310, 5000))
    # By ratio: 310/300, 320/300, then 600/300 = 300/150 (the tie goes by id), then 1200.
    assert [twin.unit.area_id for twin in report.twins] == ["O06", "O03", "O04", "O05", "O02"]


def test_twins_weigh_profile_and_age_beside_size(builder):
    frames = neighbours(builder, 300, 300, 310, 100, 2000)
    # O02 has the same size and the opposite ages; O03 a bit more children and the same ages.
    ages = {"0-2": 200, "3-5": 60, "6-9": 28, "10-14": 15, "15-17": 5}
    own = pl.col("area_id") == "O02"
    frames["area_children"] = frames["area_children"].with_columns(
        children=pl.when(own)
        .then(pl.col("age_band").replace_strict(ages, return_dtype=pl.Int32, default=None))
        .otherwise("children")
    )
    report, _ = report_of(frames)
    assert next(twin.unit.area_id for twin in report.twins) == "O03"


def test_a_hidden_or_lonely_area_has_no_twins_and_the_page_says_why(builder):
    assert page_of(neighbours(builder, 300, 310))["twins"]["finding"].startswith("Opgørelsen rummer for få")
    wide = builder.wider(builder.Tables())
    for i in range(1, 5):
        wide.add("omraade", f"O{i:02d}", f"Blok {i}", "H01", {builder.LATEST: builder.COUNTS})
    hidden = ({builder.LATEST: builder.HIDDEN}, builder.NO_FACTORS, (None,) * 5, builder.NO_NUMBERS)
    wide.add("omraade", "O09", "Skjulthøj", "H01", *hidden)
    frames = wide.frames()
    assert "Tallene er skjult" in page_of(frames, "O09")["twins"]["finding"]
    assert all(row[0] != "Skjulthøj" for row in page_of(frames)["twins"]["table"]["rows"])


# Rounded and hidden.


def test_an_area_whose_share_rounding_could_move_shows_its_counts_and_says_why(builder):
    hidden = {name: None for name in builder.COUNTS if name.endswith("_pct")}
    small = (
        builder.COUNTS
        | hidden
        | {
            "children": 110,
            "at_risk": 40,
            "not_at_risk": 70,
            "undetermined": 0,
            "cell_status": "rounded",
        }
    )
    page = page_of(builder.one_area(years=dict.fromkeys(builder.YEARS, small)))
    assert page["key"]["figure"] == "ca.\u00a040 af 110"
    assert "kan afrundingen alene flytte den mere end to procentpoint" in page["key"]["body"]
    assert page["years"]["table"]["rows"][0][1:4] == ["110", "40", "vises ikke"]
    assert page["compare"]["finding"] == "Andelen vises ikke i procent, kun antallene."
    assert "40 af 110" in page["key"]["title"]


def test_a_group_hidden_share_is_a_bound_and_its_counts_are_hidden(builder):
    group = builder.HIDDEN | {"cell_status": "group_hidden"}
    page = page_of(builder.one_area(years={builder.LATEST: group}))
    assert page["key"]["figure"] == "≥\u00a090\u00a0pct."
    assert "mindst 90\u00a0pct. af børnene" in page["key"]["title"]
    assert page["compare"]["table"]["rows"][0][1:5] == ["skjult", "skjult", "skjult", "≥\u00a090\u00a0pct."]


def test_a_hidden_factor_that_may_be_nearly_none_is_not_said_to_be_nearly_all(builder):
    assert texts.factor_cell(factor(None, None, None, "group_hidden")) == "skjult"
    assert texts.factor_cell(factor(None, None, 90.0, "group_hidden")) == "≥\u00a090\u00a0pct."


def test_a_rounded_zero_by_age_is_a_range_without_a_share(builder):
    frames = builder.one_area(ages=(0, 100, 100, 100, 10))
    own = pl.col("area_id") == "O01"
    frames["area_children"] = frames["area_children"].with_columns(
        cell_status=pl.when(own).then(pl.lit("rounded")).otherwise("cell_status")
    )
    assert page_of(frames)["ages"]["table"]["rows"][0] == ["0–2\u00a0år", "0–4", "–"]


def test_the_sum_of_the_plans_is_given_when_there_are_two(builder):
    wide = builder.wider(builder.Tables())
    wide.add("helhedsplan", "H02", "Bredby Sammen", "902", {builder.LATEST: builder.PLAN})
    wide.add("omraade", "O01", "Nørremarken", "H01", {builder.LATEST: builder.COUNTS})
    rows = page_of(wide.frames())["compare"]["table"]["rows"]
    # 2 * 1234 children, 2 * (420 + 780) decided, 2 * 420 at risk: 35 pct.
    assert ["Alle helhedsplaner samlet", "2.468", "2.400", "840", "35\u00a0pct.", "–"] in rows


def test_a_plan_is_held_against_its_areas_and_a_municipality_against_all(builder):
    wide = builder.wider(builder.Tables())
    for i in range(1, 12):
        wide.add("omraade", f"O{i:02d}", f"Blok {i}", "H01", {builder.LATEST: builder.COUNTS})
    frames = wide.frames()
    plan, kommune = page_of(frames, "H01"), page_of(frames, "901")
    names = [row[0] for row in plan["compare"]["table"]["rows"]]
    assert names[:6] == ["Sammen om Nørremarken", "Blok 1", "Blok 2", "Blok 3", "Blok 4", "Åløse Kommune"]
    assert "Flere områder står i oversigten." in plan["compare"]["note"]
    assert "hele opgørelsen" in kommune["compare"]["finding"]
    assert kommune["kind"] == "Kommunerapport" and plan["kind"] == "Rapport for helhedsplan"


def test_texts_of_the_catalogue_speak_of_no_single_child():
    words = initiatives.INITIATIVES_FILE.read_text(encoding="utf-8")
    assert not re.search(r"\b(barnet|et barn|barnets|dit barn)\b", words, re.IGNORECASE)
