"""From the data model to what a template places: strings, table cells, chart SVGs and their alt texts.

Belongs here: choosing what a report shows. Everything in a view is a string, a list or None, ready to be set;
PDF, HTML, text and pictures take it from the same view.
Does not belong here: sentences (`texts`), drawing (`charts`), placement (templates).

`report_page` gives one dict. A figure in it (`key`, `compare`, `factors`, `years`, `numbers`, `ages`) has
`heading`, `finding` (a sentence), `svg`, `alt` (says the finding and every number), `note`, and `table`: the
same numbers as `caption`, `columns` and `rows` of strings. `factors` also has `svg_named`: with the factors'
names in the picture, for where no table stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from reports import charts, texts
from reports.charts import Bar, Point
from reports.fonts import clean
from reports.initiatives import chosen_for
from reports.model import Count, Report, ReportSet, Risk, Unit
from reports.numbers import percent, percent_range

# Millimetres; templates/report.typ sets the same measures.
KEY_WIDTH, COMPARE_WIDTH, SIDE_WIDTH, FACTORS_WIDTH = 56.0, 98.0, 68.0, 56.0
YEARS_HEIGHT, COUNT_NAMES, FACTOR_NAMES = 42.0, 22.0, 66.0
PICTURES = (("andel", "compare", ""), ("udvikling", "years", " (pct.)"), ("faktorer", "factors", " (pct.)"))
"""File name, figure, and the unit where no label in the drawing has it."""
PICTURE_NAME = 40.0
# How wide a text may be, in millimetres at the charts' size: two pages stay two whatever the names.
TITLE_LIMIT, PLACE_LIMIT, NAME_LIMIT, CELL_LIMIT, COMPARE_LIMIT, TWIN_LIMIT = (
    250.0,
    190.0,
    110.0,
    46.0,
    66.0,
    42.0,
)
FACT_LIMIT, READINGS_LIMIT, KOMMUNE_LIMIT, YEARS_NOTE_LIMIT = 330.0, 800.0, 26.5, 250.0
TITLE_SIZES = ((80.0, "22"), (140.0, "17"), (TITLE_LIMIT, "13"))
MOST_ROWS = {"omraade": 5}


def report_page(report: Report, reports: ReportSet) -> dict[str, Any]:
    """Everything one report says, for `templates/report.typ`, HTML, text and pictures."""
    day, unit = reports.reference_date, report.unit
    risk = unit.series[day]
    name = unit_name(unit, TITLE_LIMIT, "bold")
    width = charts.text_width(name, "bold")
    return {
        "level": unit.level,
        "area_id": unit.area_id,
        "slug": report.slug,
        "kind": texts.KINDS[unit.level],
        "title": texts.document_title(name, report, day),
        "date": {"year": str(day.year), "month": str(day.month), "day": str(day.day)},
        "marking": _clipped(reports.marking, NAME_LIMIT, "bold"),
        "name": _breakable(name),
        "name_size": next((size for limit, size in TITLE_SIZES if width <= limit), "13"),
        "place": _breakable(_clipped(texts.place(report), PLACE_LIMIT)),
        "as_of": texts.as_of(day),
        "definition": texts.definition(_clipped(reports.definition, NAME_LIMIT)),
        "key": _key(report, reports, risk),
        "compare": _compare(report, reports),
        "years": _years(report, reports),
        "factors": _factors(report, reports),
        "numbers": _numbers(report),
        "ages": _ages(report),
        "initiatives": _initiatives(report),
        "twins": _twins(report, reports),
        "undetermined": {
            "heading": texts.H_UNDETERMINED,
            "paragraphs": [texts.end_stop(texts.undetermined_sentence(risk)), texts.METHOD[1]],
        },
        "reading": {"heading": texts.H_READING, "paragraphs": _reading(report, reports)},
        "method": _method(reports),
        "protection": _protection(report, reports),
        "page_two": f"{texts.H_PAGE_TWO} · {unit_name(unit, NAME_LIMIT, 'semibold')}",
        "tables": texts.H_TABLES,
    }


def pictures(page: dict[str, Any]) -> dict[str, Any]:
    """The figures that go on slides, from a report's page, for `templates/pictures.typ`."""
    name = page["name"].replace("\u200b", "")
    return {
        "source": f"{charts.clipped(name, PICTURE_NAME)} · {page['as_of']} · {page['definition']}",
        "marking": page["marking"],
        "figures": [
            {
                "name": picture,
                "heading": page[figure]["heading"] + unit,
                "finding": page[figure]["finding"],
                "svg": page[figure].get("svg_named") or page[figure]["svg"],
                "description": page[figure]["alt"],
            }
            for picture, figure, unit in PICTURES
        ],
    }


def unit_name(unit: Unit, limit: float = NAME_LIMIT, cut: str = "regular") -> str:
    return charts.shortened(clean(texts.unit_name(unit)), limit, cut) or unit.area_id


def _clipped(text: str, limit: float, cut: str = "regular") -> str:
    return charts.clipped(clean(text), limit, cut)


def _named(text: str, limit: float) -> str:
    """A name in one line: a long one without its middle, for names often differ at the end."""
    return charts.shortened(clean(text), limit)


def _breakable(text: str) -> str:
    """Zero-width spaces into words longer than any line, so that they wrap."""
    return " ".join(
        "\u200b".join(word[i : i + 24] for i in range(0, len(word), 24)) if len(word) > 30 else word
        for word in text.split(" ")
    )


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"caption": caption, "columns": [*columns], "rows": [[*row] for row in rows]}


def _key(report: Report, reports: ReportSet, risk: Risk) -> dict[str, Any]:
    figure = texts.key_figure(risk)
    sizes = " · ".join(filter(None, (texts.children_line(risk), texts.mothers_line(risk))))
    if figure is None:
        stand_in = unit_name(report.instead) if report.instead else ""
        return {
            "heading": texts.H_KEY,
            "figure": None,
            "size": "22",
            "title": texts.no_share_title(risk, report.unit),
            "body": _breakable(texts.no_share_body(report, risk, stand_in)),
            "svg": None,
            "alt": None,
            "sizes": sizes,
        }
    title = texts.end_stop(texts.key_sentence(risk))
    body = [texts.interval_sentence(risk, report.unit), texts.end_stop(texts.undetermined_sentence(risk))]
    drawn = risk.share_pct is not None and risk.low_pct is not None
    others = _key_others(report, reports)
    own = Bar(report.unit.name, figure, risk.share_pct, risk.low_pct, risk.high_pct, "area")
    said = "".join(f" {texts.end_stop(other.label)}" for other in others)
    return {
        "heading": texts.H_KEY,
        "figure": figure,
        "size": "38" if len(figure) < 10 else "24",
        "title": title,
        "body": "" if risk.status == "group_hidden" else " ".join(body),
        "svg": charts.interval(own, others, KEY_WIDTH) if drawn else None,
        "alt": f"Skala med andelen {figure} og et bånd for usikkerheden. {body[0]}{said}" if drawn else None,
        "sizes": sizes,
    }


def _key_others(report: Report, reports: ReportSet) -> list[Bar]:
    """Ticks on the key figure's scale: the municipality, or for one the whole delivery."""
    unit = report.kommune or report.delivery
    risk = unit.risk(reports.reference_date) if unit else None
    if unit is None or risk is None or risk.share_pct is None:
        return []
    label = f"{texts.the_unit(unit)} {percent(risk.share_pct)}"
    return [Bar(unit.name, label, risk.share_pct)]


def _rows_to_compare(report: Report, reports: ReportSet) -> list[tuple[str, Risk, str]]:
    """(name, row, kind) for the comparison: the unit, what lies inside or around it, the rest.

    What a page has no room for: first the widest sums, then the last of the parts.
    """
    day, level = reports.reference_date, report.unit.level
    rows: list[tuple[str, Risk, str]] = []

    def add(unit: Unit | None, kind: str, name: str = "") -> None:
        risk = unit.risk(day) if unit else None
        if unit is not None and risk is not None:
            rows.append((name or unit_name(unit), risk, kind))

    add(report.unit, "area")
    plans_first = tuple(part for part in report.parts if part.level == "helhedsplan")
    for part in plans_first or report.parts:
        add(part, "part")
    add(report.plan, "plan")
    add(report.kommune, "kommune")
    add(report.rest, "rest", texts.REST)
    if reports.all_plans is not None:
        rows.append((texts.all_plans_name(reports), reports.all_plans, "plans"))
    if len(reports.kommuner) > 1:
        add(reports.delivery, "delivery")
    droppable = ["rest", "part", "plans"] if level == "kommune" else ["delivery", "rest", "part", "plans"]
    for kind in droppable:
        while len(rows) > MOST_ROWS.get(level, 6) and any(row[2] == kind for row in rows[1:]):
            rows.pop(max(i for i, row in enumerate(rows) if row[2] == kind))
    return rows


def _compare(report: Report, reports: ReportSet) -> dict[str, Any]:
    day, kommune = reports.reference_date, report.kommune or report.delivery
    rows = _rows_to_compare(report, reports)
    bars: list[Bar] = []
    table: list[list[str]] = []
    for name, risk, kind in rows:
        own = kind == "area"
        label = texts.no_share_label(risk)
        if risk.share_pct is not None:
            label = (
                texts.share_with_range(risk)
                if own
                else texts.share_cell(risk.share_pct, risk.status, risk.at_risk)
            )
        low, high = (risk.low_pct, risk.high_pct) if own or kind == "part" else (None, None)
        bars.append(
            Bar(name, label, risk.share_pct, low, high, "area" if own else "other")
            if risk.share_pct is not None
            else Bar(name, label, None, kind="area" if own else "other")
        )
        counts = (risk.children, risk.decided, risk.at_risk)
        table.append(
            [
                _named(name, COMPARE_LIMIT),
                *(texts.cell(value, risk.status) for value in counts),
                texts.share_cell(risk.share_pct, risk.status, risk.at_risk),
                texts.range_cell(risk),
            ]
        )
    for benchmark in reports.benchmarks:
        name = _clipped(texts.benchmark_bar(benchmark), NAME_LIMIT)
        share = percent(benchmark.share_pct)
        bars.append(Bar(name, share, benchmark.share_pct, kind="benchmark"))
        table.append([_named(name, COMPARE_LIMIT), *[texts.DASH] * 3, share, texts.DASH])
    parts = [part for part in report.parts if part.level == report.parts[0].level]
    more = [texts.MORE_PARTS] if sum(kind == "part" for _, _, kind in rows) < len(parts) else []
    other = kommune.risk(day) if kommune else None
    finding = texts.end_stop(
        texts.comparison_finding(
            report.unit.series[day],
            texts.the_unit(kommune) if kommune else texts.KOMMUNE,
            other.share_pct if other else None,
            report.unit,
        )
    )
    said = "; ".join(f"{bar.name} {bar.label}" for bar in bars)
    return {
        "heading": texts.H_COMPARE,
        "finding": finding,
        "svg": charts.comparison(bars, COMPARE_WIDTH),
        "alt": f"Søjlediagram. {finding} Andele: {said}",
        "note": " ".join([texts.COMPARE_NOTE, *more]),
        "table": _table(texts.H_COMPARE, texts.TABLE_SHARES, table),
    }


def _years(report: Report, reports: ReportSet) -> dict[str, Any]:
    subject = report.subject
    days = reports.dates[-texts.MOST_YEARS :]
    marks: dict[date, list[str]] = {}
    notes: dict[date, list[str]] = {day: [] for day in days}
    for entry in report.breaks:
        marks.setdefault(entry.day, []).append(texts.BREAK_MARKS[entry.kind])
        before = _named(entry.before, CELL_LIMIT)
        notes.setdefault(entry.day, []).append(texts.break_note(entry, before))
    for day in days:
        risk = subject.risk(day)
        if risk is None or risk.status == "too_small":
            notes[day].append(texts.MISSING if risk is None else texts.TOO_SMALL)
    rows = [(day, subject.risk(day)) for day in days]
    own = [_point(day, risk, reports, marks.get(day, [])) for day, risk in rows]
    kommune = report.kommune or report.delivery
    if kommune is subject:
        kommune = None
    other = [_point(day, kommune.risk(day), reports, []) for day in days] if kommune else []
    finding = texts.end_stop(texts.change_finding(rows, report.breaks))
    if len(days) < len(reports.dates):
        finding = f"{finding} {texts.ONLY_LATEST}"
    said = "; ".join(
        f"{p.tick}: {p.label}"
        + (
            f" ({percent_range(p.low_pct, p.high_pct)})"
            if p.low_pct is not None and p.high_pct is not None
            else ""
        )
        + (f", {p.mark}" if p.mark else "")
        for p in own
    )
    table = [
        [
            p.tick,
            texts.cell(risk.children, risk.status) if risk else texts.DASH,
            texts.cell(risk.at_risk, risk.status) if risk else texts.DASH,
            texts.share_cell(risk.share_pct, risk.status, risk.at_risk) if risk else texts.DASH,
            texts.range_cell(risk) if risk else texts.DASH,
            *([_share_at(kommune, day)] if kommune else []),
        ]
        for p, (day, risk) in zip(own, rows, strict=True)
    ]
    other_name = texts.the_unit(kommune) if kommune else ""
    columns = [*texts.TABLE_YEARS, *([texts.short_unit(kommune)] if kommune else [])]
    note = texts.years_note([(p.tick, note) for p in own for note in notes[p.day]])
    return {
        "heading": _heading(texts.H_YEARS, report),
        "finding": finding,
        "svg": charts.development(own, other, other_name, SIDE_WIDTH, YEARS_HEIGHT),
        "alt": f"Kurve med usikkerhedsbånd. {finding} Pr. år: {said}",
        "note": _clipped(texts.end_stop(note), YEARS_NOTE_LIMIT) if note else "",
        "table": _table(_heading(texts.H_YEARS, report), columns, table),
    }


def _share_at(unit: Unit, day: date) -> str:
    risk = unit.risk(day)
    return texts.share_cell(risk.share_pct, risk.status, risk.at_risk) if risk else texts.DASH


def _point(day: date, risk: Risk | None, reports: ReportSet, marks: Sequence[str]) -> Point:
    year_ends = all((d.month, d.day) == (12, 31) for d in reports.dates)
    tick, mark = str(day.year) if year_ends else f"{day.month}.{day.year}", ", ".join(marks)
    if risk is None:
        return Point(day, tick, texts.MISSING, None, mark=mark)
    label = texts.share_cell(risk.share_pct, risk.status, risk.at_risk).removesuffix("\u00a0pct.")
    if risk.share_pct is None:
        return Point(day, tick, label, None, mark=mark)
    return Point(day, tick, label, risk.share_pct, risk.low_pct, risk.high_pct, mark)


def _heading(heading: str, report: Report, subject: Unit | None = None) -> str:
    subject = subject or report.subject
    return heading if subject is report.unit else f"{heading} {texts.in_the_unit(subject)}"


def _factors(report: Report, reports: ReportSet) -> dict[str, Any]:
    """The five factors here, in the municipality and in the rest of it."""
    subject, against = report.factors_of, report.against
    kommune = report.kommune if report.kommune is not subject else None
    columns = [u for u in (kommune, report.rest if subject is not report.kommune else None) if u is not None]
    if not columns and against is not None:
        columns = [against]
    lines: list[list[str]] = []
    table: list[list[str]] = []
    bars: list[tuple[Bar, Bar | None]] = []
    said: list[str] = []
    for comparison in report.compared:
        factor = comparison.own
        name = _clipped(texts.factor_label(factor.key, reports.facts), FACTOR_NAMES)
        share = texts.factor_cell(factor)
        others = [texts.factor_cell(unit.factors[factor.key]) for unit in columns]
        lines.append([name, share, *others])
        cells = (factor.with_it, factor.without_it, factor.unknown)
        table.append([name, *(texts.cell(value, factor.status) for value in cells), share, *others])
        plain = share.removesuffix("\u00a0pct.")
        own = Bar(name, plain, factor.share_pct, kind="area")
        other = None
        if comparison.other is not None and against is not None:
            theirs = comparison.other
            label = texts.factor_cell(theirs).removesuffix("\u00a0pct.")
            other = Bar(name, label, theirs.share_pct)
        bars.append((own, other))
        beside = "; ".join(
            f"{texts.the_unit(unit)} {text}" for unit, text in zip(columns, others, strict=True)
        )
        said.append(f"{name} {share}" + (f" ({beside})" if beside else ""))
    finding = texts.end_stop(texts.factor_finding(report.compared, report.drivers, against))
    heads = [texts.short_unit(unit) for unit in columns]
    whose = (texts.the_unit(subject), texts.the_unit(against) if against else "")
    return {
        "heading": _heading(texts.H_FACTORS, report, subject),
        "finding": finding,
        "columns": ["", texts.short_unit(subject), *heads],
        "rows": lines,
        "svg": charts.factor_dots(bars, FACTORS_WIDTH, *whose),
        "svg_named": charts.factor_dots(bars, FACTORS_WIDTH + FACTOR_NAMES, *whose, names=FACTOR_NAMES),
        "alt": f"Prikdiagram. {finding} Andele: {'; '.join(said)}",
        "note": _clipped(texts.f5_sentence(reports.facts, subject.factors[texts.F5]), FACT_LIMIT),
        "table": _table(_heading(texts.H_FACTORS, report, subject), [*texts.TABLE_FACTORS, *heads], table),
    }


def _counts(
    rows: Sequence[Count],
    names: Sequence[str],
    strong: str,
    heading: str,
    columns: Sequence[str],
    finding: str,
    note: str = "",
) -> dict[str, Any]:
    total = _total(rows)
    drawn = [
        charts.Count(name, texts.count_label(row, total), row.children, row.key == strong)
        for row, name in zip(rows, names, strict=True)
    ]
    said = "; ".join(f"{row.name} {row.label}" for row in drawn)
    table = [
        [name, texts.cell(row.children, row.status), texts.part_cell(row, total)]
        for row, name in zip(rows, names, strict=True)
    ]
    if any(cells[-1] == texts.NOT_IN_PERCENT for cells in table):
        # So few children that no share of them is told: no column for it, and nothing to say about it.
        table, columns, note = [cells[:-1] for cells in table], columns[:-1], ""
    return {
        "heading": heading,
        "finding": finding,
        "svg": charts.counts(drawn, SIDE_WIDTH, COUNT_NAMES),
        "alt": f"Søjlediagram. {finding} {said}",
        "note": note if total else "",
        "table": _table(heading, columns, table),
    }


def _total(rows: Sequence[Count]) -> int | None:
    if any(row.children is None for row in rows):
        return None
    return sum(row.children or 0 for row in rows)


def _numbers(report: Report) -> dict[str, Any]:
    rows = report.subject.numbers
    names = [texts.number_label(row.key) for row in rows]
    finding = texts.numbers_finding(rows, _total(rows))
    heading = _heading(texts.H_NUMBERS, report)
    return _counts(rows, names, "3+", heading, texts.TABLE_NUMBERS, finding, texts.NUMBERS_NOTE)


def _ages(report: Report) -> dict[str, Any]:
    rows = report.subject.ages
    names = [texts.age_label(row.key) for row in rows]
    finding = texts.ages_finding(rows, _total(rows))
    return _counts(rows, names, "", _heading(texts.H_AGES, report), texts.TABLE_AGES, finding)


def _initiatives(report: Report) -> dict[str, Any]:
    aims = chosen_for(report.drivers)
    lead = texts.INITIATIVES_LEAD
    if not aims:
        hidden = all(c.verdict is None for c in report.compared)
        lead = texts.INITIATIVES_HIDDEN if hidden else texts.INITIATIVES_NONE
    return {
        "heading": texts.H_INITIATIVES,
        "lead": lead,
        "aims": [
            {
                "name": aim.name,
                "initiatives": [
                    {"title": each.title, "kommune": each.kommune, "line": each.line}
                    for each in aim.initiatives
                ],
            }
            for aim in aims
        ],
    }


def _twins(report: Report, reports: ReportSet) -> dict[str, Any]:
    day, rows = reports.reference_date, []
    inside = report.unit.level != "kommune"
    for twin in report.twins:
        risk = twin.unit.series[day]
        kommune = texts.kommune_name(twin.kommune.name) if twin.kommune else texts.DASH
        rows.append(
            [
                _named(texts.unit_name(twin.unit), TWIN_LIMIT),
                *([_named(kommune.removesuffix(" Kommune"), KOMMUNE_LIMIT)] if inside else []),
                texts.cell(risk.children, risk.status),
                texts.share_cell(risk.share_pct, risk.status, risk.at_risk),
                texts.range_cell(risk),
            ]
        )
    heading = texts.H_TWINS[report.unit.level]
    return {
        "heading": heading,
        "finding": texts.twins_finding(report, day),
        "how": texts.METHOD_TWINS if rows else "",
        "slugs": [_slug(twin.unit, reports) for twin in report.twins],
        "table": _table(heading, [c for c in texts.TABLE_TWINS if inside or c != "Kommune"], rows),
    }


def _slug(unit: Unit, reports: ReportSet) -> str:
    return next(
        r.slug
        for r in {"omraade": reports.areas, "helhedsplan": reports.plans}.get(unit.level, reports.kommuner)
        if r.unit is unit
    )


def _is_rounded(report: Report, reports: ReportSet) -> bool:
    units = (report.unit, report.subject, report.plan, report.kommune)
    risks = (unit.risk(reports.reference_date) for unit in units if unit)
    return any(risk.status == "rounded" for risk in risks if risk)


def _reading(report: Report, reports: ReportSet) -> list[str]:
    rounded = [texts.READ_ROUNDED] if _is_rounded(report, reports) else []
    return [texts.METHOD[0], *rounded, texts.METHOD[2], texts.READ_CHANGE]


def _protection(report: Report, reports: ReportSet) -> dict[str, Any]:
    how = texts.PROTECTION_ROUNDED if _is_rounded(report, reports) else texts.PROTECTION_HIDDEN
    lines = (texts.policy_line(reports.facts), texts.responsible_line(reports.facts))
    return {
        "heading": texts.H_PROTECTION,
        "paragraphs": [texts.PROTECTION_SIZES, how, texts.PROTECTION_USE],
        "facts": _breakable(_clipped(" ".join(filter(None, lines)), FACT_LIMIT)),
    }


def _method(reports: ReportSet) -> dict[str, Any]:
    said = _breakable(_clipped(texts.readings_sentence(reports.facts), READINGS_LIMIT))
    return {
        "heading": texts.H_METHOD,
        "paragraphs": [texts.METHOD_COUNTED, *([said] if said else []), texts.METHOD_COMPARED],
        "registers_heading": texts.H_REGISTERS,
        "registers": [clean(texts.vintage(entry)) for entry in reports.vintages],
        "benchmarks_heading": texts.H_BENCHMARKS,
        "benchmarks": [_clipped(text, FACT_LIMIT) for text in texts.benchmark_sources(reports.benchmarks)],
    }
