"""From the data model to what a template places: strings, table cells, chart SVGs and their alt texts.

Belongs here: choosing what a page shows. Everything in a view is a string, a list or None, ready to be set.
Does not belong here: sentences (`texts`), drawing (`charts`), placement (templates).
"""

from __future__ import annotations

from typing import Any

from reports import charts, texts
from reports.charts import Bar, Point
from reports.fonts import printable
from reports.model import AreaReport, ReportSet, Risk, Unit
from reports.numbers import full_date, percent, percent_range

# Millimetres; templates/area.typ sets the same measures.
COMPARE_WIDTH, YEARS_WIDTH, BARS_WIDTH, FACTOR_ROW = 98.0, 68.0, 54.0, 8.4
# How wide a text may be, in millimetres at the charts' size: a page stays one page whatever the names.
TITLE_LIMIT, PLACE_LIMIT, NAME_LIMIT = 284.0, 200.0, 110.0
TITLE_SIZES = ((66.0, "22"), (145.0, "17"), (TITLE_LIMIT, "13"))


def area_page(report: AreaReport, reports: ReportSet) -> dict[str, Any]:
    """One area's page for `templates/area.typ`."""
    day = reports.reference_date
    risk = report.area.series[day]
    subject = report.instead or report.area
    bars = _bars(report, reports)
    name = _clipped(report.area.name, TITLE_LIMIT, "bold") or report.area.area_id
    width = charts.text_width(name, "bold")
    return {
        "lang_title": f"{name}: {texts.REPORT.lower()}, {full_date(day)}",
        "year": str(day.year),
        "month": str(day.month),
        "day": str(day.day),
        "kind": texts.REPORT,
        "marking": printable(reports.marking),
        "name": _breakable(name),
        "name_size": next((size for limit, size in TITLE_SIZES if width <= limit), "13"),
        "place": _breakable(_clipped(texts.place(report), PLACE_LIMIT)),
        "as_of": texts.as_of(day),
        "hero": _hero(report, risk),
        "children": _children(report.area, risk),
        "compare": _compare(report, reports, bars),
        "years": _years(subject, report, reports, charts.COMPARISON_ROW * len(bars)),
        "factors": _factors(subject, report, reports),
        "method": _method(reports),
    }


def index_page(reports: ReportSet) -> dict[str, Any]:
    """The index of all pages for `templates/index.html.j2`: groups of areas by helhedsplan, then the rest."""
    day = reports.reference_date
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for report in reports.areas:
        kommune = texts.kommune_name(report.kommune.name) if report.kommune else ""
        plan = report.plan.name if report.plan else texts.NO_PLAN
        key = (report.kommune.area_id if report.kommune else "", report.plan.area_id if report.plan else "")
        total = _index_row(report.plan, report.plan.risk(day), texts.WHOLE_PLAN) if report.plan else None
        group = groups.setdefault(key, {"title": plan, "kommune": kommune, "rows": [], "total": total})
        row = _index_row(report.area, report.area.series[day], report.area.name or report.area.area_id)
        group["rows"].append({**row, "href": f"reports/{report.slug}.pdf"})
    wider = [*reports.kommuner, *([reports.delivery] if reports.delivery else [])]
    return {
        "title": f"{texts.INDEX} {full_date(day)}",
        "heading": texts.INDEX,
        "as_of": texts.as_of(day),
        "marking": reports.marking,
        "columns": texts.INDEX_COLUMNS,
        "groups": list(groups.values()),
        "wider": [_index_row(unit, unit.risk(day), texts.unit_name(unit)) for unit in wider],
        "benchmarks": [
            {
                "share": percent(b.share_pct),
                "who": texts.benchmark_label(b),
                "source": b.source,
                "note": b.note,
            }
            for b in reports.benchmarks
        ],
        "method": _method(reports),
        "texts": texts.INDEX_TEXTS,
    }


def _index_row(unit: Unit, risk: Risk | None, name: str) -> dict[str, Any]:
    if risk is None:
        return {
            "id": unit.area_id,
            "name": name,
            **dict.fromkeys(("children", "share", "range"), texts.DASH),
        } | {"status": texts.MISSING}
    return {
        "id": unit.area_id,
        "name": name,
        "children": texts.cell(risk.children, risk.status),
        "share": texts.share_cell(risk.share_pct, risk.status),
        "range": texts.range_cell(risk),
        "status": texts.status_words(risk),
    }


def _clipped(text: str, limit: float, cut: str = "regular") -> str:
    text = printable(text)
    if charts.text_width(text, cut) <= limit:
        return text
    kept = next(n for n in range(len(text)) if charts.text_width(text[: n + 1], cut) > limit - 2)
    return f"{text[:kept].rstrip()}…"


def _breakable(text: str) -> str:
    """Zero-width spaces into words longer than any line, so that they wrap."""
    return " ".join(
        "\u200b".join(word[i : i + 24] for i in range(0, len(word), 24)) if len(word) > 30 else word
        for word in text.split(" ")
    )


def _hero(report: AreaReport, risk: Risk) -> dict[str, Any]:
    if risk.share_pct is None:
        stand_in = _clipped(texts.unit_name(report.instead), NAME_LIMIT) if report.instead else ""
        return {
            "figure": None,
            "title": texts.no_share_title(risk),
            "body": _breakable(texts.no_share_body(report, risk, stand_in)),
        }
    figure = texts.share_cell(risk.share_pct, risk.status)
    return {
        "figure": figure,
        "size": "36" if len(figure) < 10 else "22",
        "title": texts.end_stop(texts.key_sentence(risk)),
        "body": f"{texts.interval_sentence(risk)} {texts.end_stop(texts.undetermined_sentence(risk))}",
    }


def _children(area: Unit, risk: Risk) -> dict[str, Any]:
    return {
        "heading": texts.H_CHILDREN,
        "total": texts.children_line(risk),
        "mothers": texts.mothers_line(risk),
        # Ages of an area whose number of children is hidden are all hidden: one word says it.
        "ages": None
        if risk.children is None
        else [[texts.age_label(age.band), texts.cell(age.children, age.status)] for age in area.ages],
    }


def _bars(report: AreaReport, reports: ReportSet) -> list[Bar]:
    day = reports.reference_date
    units = [report.area, report.plan, report.kommune]
    if reports.delivery is not None and len(reports.kommuner) > 1:
        units.append(reports.delivery)
    bars: list[Bar] = []
    for unit in units:
        risk = unit.risk(day) if unit else None
        if unit is None or risk is None:
            continue
        name = _clipped(texts.unit_name(unit), NAME_LIMIT)
        if unit is not report.area:
            bars.append(Bar(name, texts.share_cell(risk.share_pct, risk.status), risk.share_pct))
        elif risk.share_pct is None:
            bars.append(Bar(name, texts.no_share_label(risk), None, kind="area"))
        else:
            label = texts.share_with_range(risk)
            bars.append(Bar(name, label, risk.share_pct, risk.low_pct, risk.high_pct, "area"))
    for benchmark in reports.benchmarks:
        name = _clipped(texts.benchmark_label(benchmark), NAME_LIMIT)
        bars.append(Bar(name, percent(benchmark.share_pct), benchmark.share_pct, kind="benchmark"))
    return bars


def _compare(report: AreaReport, reports: ReportSet, bars: list[Bar]) -> dict[str, Any]:
    kommune = report.kommune
    other = kommune.risk(reports.reference_date) if kommune else None
    finding = texts.comparison_finding(
        report.area.series[reports.reference_date], texts.KOMMUNE, other.share_pct if other else None
    )
    said = "; ".join(f"{bar.name} {bar.label}" for bar in bars)
    return {
        "heading": texts.H_COMPARE,
        "finding": texts.end_stop(finding),
        "svg": charts.comparison(bars, COMPARE_WIDTH),
        "alt": f"Søjlediagram. {texts.end_stop(finding)} Andele: {said}",
        "note": texts.BENCHMARK_NOTE_CHART,
    }


def _years(subject: Unit, report: AreaReport, reports: ReportSet, height: float) -> dict[str, Any]:
    rows = [(day, subject.risk(day)) for day in reports.dates]
    own = [_point(day, risk, reports) for day, risk in rows]
    kommune = report.kommune if report.kommune is not subject else None
    other = [_point(day, kommune.risk(day), reports) for day in reports.dates] if kommune else []
    finding = texts.end_stop(texts.change_finding(rows))
    said = "; ".join(
        f"{p.tick}: {p.label}"
        + (
            f" ({percent_range(p.low_pct, p.high_pct)})"
            if p.low_pct is not None and p.high_pct is not None
            else ""
        )
        for p in own
    )
    return {
        "heading": _heading(texts.H_YEARS, report),
        "finding": finding,
        "svg": charts.development(own, other, texts.KOMMUNE, YEARS_WIDTH, height),
        "alt": f"Kurve med usikkerhedsbånd. {finding} Pr. år: {said}",
    }


def _point(day, risk: Risk | None, reports: ReportSet) -> Point:
    year_ends = all((d.month, d.day) == (12, 31) for d in reports.dates)
    tick = str(day.year) if year_ends else f"{day.month}.{day.year}"
    if risk is None:
        return Point(day, tick, texts.MISSING, None)
    label = texts.share_cell(risk.share_pct, risk.status)
    return Point(day, tick, label.removesuffix("\u00a0pct."), risk.share_pct, risk.low_pct, risk.high_pct)


def _heading(heading: str, report: AreaReport) -> str:
    return heading if report.instead is None else f"{heading} i {texts.the_unit(report.instead)}"


def _factors(subject: Unit, report: AreaReport, reports: ReportSet) -> dict[str, Any]:
    kommune = report.kommune if report.kommune is not subject else None
    rows: list[list[str]] = []
    bars: list[tuple[Bar, Bar | None]] = []
    said: list[str] = []
    for factor in subject.factors.values():
        name = texts.FACTOR_NAMES[factor.key]
        share = texts.share_cell(factor.share_pct, factor.status)
        cells = (factor.with_it, factor.without_it, factor.unknown)
        rows.append([name, *(texts.cell(value, factor.status) for value in cells), share])
        own = Bar(
            name, share if factor.share_pct is not None else texts.HIDDEN_WHY, factor.share_pct, kind="area"
        )
        other = None
        if kommune is not None:
            theirs = kommune.factors[factor.key]
            label = texts.share_cell(theirs.share_pct, theirs.status)
            other = Bar(name, label, theirs.share_pct)
            share += f" ({texts.KOMMUNE} {label})"
        bars.append((own, other))
        said.append(f"{name} {share}")
    finding = texts.end_stop(texts.factor_finding(list(subject.factors.values())))
    return {
        "heading": _heading(texts.H_FACTORS, report),
        "finding": finding,
        "columns": [*texts.TABLE_FACTORS, texts.bars_heading(subject, kommune)],
        "rows": rows,
        "svg": charts.factor_bars(bars, BARS_WIDTH, FACTOR_ROW),
        "alt": f"Søjlediagram. {finding} {'; '.join(said)}",
    }


def _method(reports: ReportSet) -> dict[str, Any]:
    return {
        "heading": texts.H_METHOD,
        "paragraphs": [*texts.METHOD],
        "definition": texts.definition(_clipped(reports.definition, NAME_LIMIT)),
        "registers_heading": texts.H_REGISTERS,
        "registers": [printable(texts.vintage(entry)) for entry in reports.vintages],
        "benchmarks_heading": texts.H_BENCHMARKS,
        "benchmarks": [printable(text) for text in texts.benchmark_sources(reports.benchmarks)],
    }
