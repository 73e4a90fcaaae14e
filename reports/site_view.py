"""From the data model to what the templates of the web pages place: overview, comparison, map.

Belongs here: choosing what a page shows. Everything is a string, a number that is drawn, a list or None.
Does not belong here: a unit's own page (`view`), words (`texts`, `site_texts`), placement (templates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reports import maps, site_texts, texts
from reports.model import Report, ReportSet, Risk, Unit, danish_order
from reports.numbers import decimal, full_date, percent

PAGES = "html"
COMPARE_FILE = f"{PAGES}/sammenlign.html"
STEPS = 5
NAME_LENGTH = 140


def page_of(report: Report) -> str:
    """Path of a unit's web page below the release folder."""
    return f"{PAGES}/{report.slug}.html"


def pdf_of(report: Report) -> str:
    return f"reports/{report.slug}.pdf"


def frame(reports: ReportSet, title: str, depth: int, here: str = "") -> dict[str, Any]:
    """What every page has: title, navigation seen from `depth` folders down, marking, date, definition."""
    up = "../" * depth
    links = (("index", "index.html"), ("compare", COMPARE_FILE))
    return {
        "title": f"{title} · {full_date(reports.reference_date)}",
        "nav": site_texts.NAV,
        "links": [
            {"href": up + href, "text": site_texts.NAV[key], "here": key == here} for key, href in links
        ],
        "marking": reports.marking,
        "as_of": texts.as_of(reports.reference_date),
        "definition": texts.definition(reports.definition),
    }


def index_page(reports: ReportSet, outlines: maps.Outlines | None = None) -> dict[str, Any]:
    """The overview: map, areas and plans, municipalities, benchmarks, method."""
    units = sorted((*reports.plans, *reports.areas), key=_plan_order)
    scale = _scale(reports)
    wider = [
        *(_row(r.unit, reports, scale, r) for r in reports.kommuner),
        *([_row(reports.delivery, reports, scale)] if reports.delivery else []),
    ]
    return {
        **frame(reports, site_texts.SITE, 0, "index"),
        "heading": site_texts.SITE,
        "texts": site_texts.INDEX,
        "columns": site_texts.COLUMNS,
        "own_plan": site_texts.OWN_PLAN,
        "compare_href": COMPARE_FILE,
        "kommuner": [
            {"id": r.unit.area_id, "name": texts.kommune_name(r.unit.name)} for r in reports.kommuner
        ],
        "sortings": [
            {"value": f"{column}{sign}", "text": f"{name}, {words}"}
            for column, name, sign, words in (
                (0, site_texts.COLUMNS[0], "+", "a–å"),
                (3, site_texts.COLUMNS[3], "-", "flest først"),
                (3, site_texts.COLUMNS[3], "+", "færrest først"),
                (4, site_texts.COLUMNS[4], "-", "størst først"),
                (4, site_texts.COLUMNS[4], "+", "mindst først"),
            )
        ],
        "rows": [_area_row(report, reports, scale) for report in units],
        "wider": wider,
        "map": _map(reports, outlines),
        "benchmarks": [
            {
                "share": percent(b.share_pct),
                "who": texts.benchmark_label(b),
                "source": b.source,
                "note": b.note,
            }
            for b in reports.benchmarks
        ],
        "reading": {"heading": texts.H_READING, "paragraphs": texts.METHOD},
        "registers": {"heading": texts.H_REGISTERS, "items": [texts.vintage(v) for v in reports.vintages]},
    }


def area_page(report: Report, reports: ReportSet, unit: Mapping[str, Any]) -> dict[str, Any]:
    """A unit's page around `unit`, its view (`view.report_page`), which the PDF is made from too."""
    day = full_date(reports.reference_date)
    crumbs = [{"href": "../index.html", "text": site_texts.NAV["index"]}]
    by_id = {(r.unit.level, r.unit.area_id): r for r in (*reports.kommuner, *reports.plans)}
    for level, above in (("kommune", report.kommune), ("helhedsplan", report.plan)):
        if above is not None and (page := by_id.get((level, above.area_id))):
            crumbs.append({"href": f"{page.slug}.html", "text": name_of(above)})
    figures = ("compare", "factors", "years", "numbers", "ages")
    return {
        "page": frame(reports, f"{name_of(report.unit)}: {unit['kind'].lower()}", 1),
        "frame": {
            "name": name_of(report.unit),
            "hidden": texts.HIDDEN,
            "table_of": site_texts.TABLE_OF,
            "crumbs": crumbs,
            "crumbs_label": site_texts.CRUMBS,
            "pdf": f"../{pdf_of(report)}",
            "pdf_text": site_texts.PDF,
            "compare_href": f"sammenlign.html#valgt={quote(report.unit.area_id, safe='')}",
            "compare_text": site_texts.COMPARE_THIS,
            "twin_links": [f"{slug}.html" for slug in unit["twins"]["slugs"]],
            "day": day,
        },
        "unit": {
            **unit,
            **{key: {**unit[key], "table": _aligned(unit[key]["table"])} for key in (*figures, "twins")},
        },
    }


def name_of(unit: Unit) -> str:
    """A unit's name on a page: all of it up to some lines, cut between words, on one line."""
    name = " ".join(texts.unit_name(unit).split()) or unit.area_id
    return name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH].rsplit(' ', 1)[0][:NAME_LENGTH]}…"


def _aligned(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table, and which of its columns are numbers."""
    columns = list(zip(*table["rows"], strict=True)) or [()] * len(table["columns"])
    return {
        **table,
        "numeric": [
            i > 0
            and all(
                not text or text[0] in "0123456789≥–" or text in (texts.HIDDEN, texts.NOT_IN_PERCENT)
                for text in column
            )
            for i, column in enumerate(columns)
        ],
    }


def _plan_order(report: Report) -> tuple[Any, ...]:
    """By municipality, plan (areas without one last), the plan itself before its areas, name."""
    plan = report.unit if report.unit.level == "helhedsplan" else report.plan
    names = (report.kommune, plan)
    return (
        *((u is None, danish_order(u.name) if u else (), u.area_id if u else "") for u in names),
        report.unit is not plan,
        danish_order(report.unit.name),
        report.unit.area_id,
    )


def _scale(reports: ReportSet) -> float:
    """The share that fills a strip: the largest that any row draws."""
    day = reports.reference_date
    risks = [r.unit.series[day] for r in reports.reports]
    return max([20.0, *(value for r in risks for value in (r.share_pct, r.high_pct) if value is not None)])


def _area_row(report: Report, reports: ReportSet, scale: float) -> dict[str, Any]:
    is_plan = report.unit.level == "helhedsplan"
    return {
        **_row(report.unit, reports, scale, report),
        "kommune": name_of(report.kommune).removesuffix(" Kommune") if report.kommune else "",
        "kommune_id": report.kommune.area_id if report.kommune else "",
        "plan": name_of(report.plan) if report.plan else "",
        "plan_row": is_plan,
    }


def _row(unit: Unit, reports: ReportSet, scale: float, report: Report | None = None) -> dict[str, Any]:
    risk = unit.series[reports.reference_date]
    return {
        "id": unit.area_id,
        "level": unit.level,
        "name": name_of(unit),
        "href": page_of(report) if report else "",
        "pdf": pdf_of(report) if report else "",
        "children": texts.cell(risk.children, risk.status),
        "children_sort": "" if risk.children is None else str(risk.children),
        "share": texts.share_cell(risk.share_pct, risk.status, risk.at_risk),
        "share_sort": "" if risk.share_pct is None else str(risk.share_pct),
        "range": texts.range_cell(risk),
        "range_sort": "" if risk.low_pct is None else str(risk.low_pct),
        "status": texts.status_words(risk),
        "strip": _strip(risk, scale),
    }


def _strip(risk: Risk, scale: float) -> dict[str, str | None] | None:
    """Where a row's share and interval end, in percent of the strip."""
    if risk.share_pct is None:
        return None
    ends = {"share": risk.share_pct, "low": risk.low_pct, "high": risk.high_pct}
    return {name: None if value is None else f"{100 * value / scale:.1f}" for name, value in ends.items()}


def _map(reports: ReportSet, outlines: maps.Outlines | None) -> dict[str, Any] | None:
    """Tiles or outlines of the municipalities; None without any. Steps have the same width on each side."""
    if not reports.kommuner:
        return None
    day, grid = reports.reference_date, maps.tiles()
    own = {maps.code_of(r.unit.area_id): r for r in reports.kommuner}
    bounds = _bounds([r.unit.series[day].share_pct for r in reports.kommuner])

    def tile(report: Report) -> dict[str, Any]:
        risk = report.unit.series[day]
        share = texts.share_cell(risk.share_pct, risk.status, risk.at_risk)
        name = name_of(report.unit)
        return {
            "name": name.removesuffix(" Kommune"),
            "share": share,
            "label": f"{name}: {share}",
            "href": page_of(report),
            "step": _step(risk.share_pct, bounds),
        }

    drawn = None
    if outlines is not None:
        drawn = {
            "width": f"{outlines.width:g}",
            "height": f"{outlines.height:g}",
            "shapes": [
                {"path": path, **(tile(own[code]) if code in own else {"href": ""})}
                for code, path in outlines.paths.items()
            ],
        }
    placed = [code for code in own if code in grid] if outlines is None else list(outlines.paths)
    groups = []
    if outlines is None and placed:
        land = [
            {
                "row": place.row,
                "column": place.column,
                **(tile(own[code]) if code in own else _absent(place.name)),
            }
            for code, place in grid.items()
        ]
        land.sort(key=lambda t: (t["row"], t["column"]))
        groups.append({"land": True, "tiles": land})
    left = [tile(report) for code, report in own.items() if code not in placed]
    if left:
        groups.append({"land": False, "tiles": left})
    return {
        "texts": site_texts.MAP,
        "outlines": drawn,
        "groups": groups,
        "key": _key(reports, bounds, groups),
    }


def _absent(name: str) -> dict[str, Any]:
    return {"name": name, "share": "", "label": "", "href": "", "step": "absent"}


def _bounds(shares: Sequence[float | None]) -> list[float]:
    """Upper ends of the steps but the last: round numbers, about a fifth of the shares each side.

    Even steps from the smallest to the largest share; one step where all are equal.
    """
    shown = sorted(s for s in shares if s is not None)
    if not shown or shown[0] == shown[-1]:
        return []
    low, high = shown[0], shown[-1]
    digits = 0 if high - low >= STEPS else 1
    ends = [round(low + (high - low) * i / STEPS, digits) for i in range(1, STEPS)]
    return sorted(set(ends))


def _step(share: float | None, bounds: Sequence[float]) -> str:
    if share is None:
        return "withheld"
    return f"step-{1 + sum(share > bound for bound in bounds)}"


def _key(
    reports: ReportSet, bounds: Sequence[float], groups: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """The steps in words. Their ends are those of shares that are shown, so no new number stands there."""
    day = reports.reference_date
    shares = sorted(s for r in reports.kommuner if (s := r.unit.series[day].share_pct) is not None)
    entries = []
    for step in range(1, len(bounds) + 2):
        inside = [s for s in shares if _step(s, bounds) == f"step-{step}"]
        if inside:
            low, high = decimal(inside[0]), percent(inside[-1])
            text = high if inside[0] == inside[-1] else f"{low}–{high}"
            entries.append({"step": f"step-{step}", "text": text})
    if any(r.unit.series[day].share_pct is None for r in reports.kommuner):
        entries.append({"step": "withheld", "text": site_texts.MAP["withheld"]})
    if any(tile["step"] == "absent" for group in groups for tile in group["tiles"]):
        entries.append({"step": "absent", "text": site_texts.MAP["absent"]})
    return entries


def compare_page(reports: ReportSet) -> dict[str, Any]:
    """Every unit with its numbers as they are written, for site.js to set side by side."""
    day = reports.reference_date
    units = [
        {
            "id": r.unit.area_id,
            "name": name_of(r.unit),
            "where": _where(r),
            "href": f"{r.slug}.html",
            "cells": _cells(r.unit, r.unit.series[day]),
        }
        for r in (*reports.areas, *reports.plans, *reports.kommuner)
    ]
    if reports.delivery is not None:
        cells = _cells(reports.delivery, reports.delivery.series[day])
        name = name_of(reports.delivery)
        units.append({"id": reports.delivery.area_id, "name": name, "where": "", "href": "", "cells": cells})
    return {
        **frame(reports, site_texts.COMPARE["heading"], 1, "compare"),
        "texts": site_texts.COMPARE,
        "data": {"units": units, "measures": _measures(reports), "words": site_texts.COMPARE_WORDS},
    }


def _where(report: Report) -> str:
    kommune = texts.kommune_name(report.kommune.name) if report.kommune else ""
    level = site_texts.LEVELS[report.unit.level].lower() if report.unit.level != "omraade" else ""
    plan = name_of(report.plan) if report.plan else ""
    return " · ".join(part for part in (level, plan, kommune) if part)


def _measures(reports: ReportSet) -> list[dict[str, Any]]:
    words = site_texts.MEASURES
    unit = reports.reports[0].unit if reports.reports else None

    def group(key: str) -> dict[str, Any]:
        return {"key": key, "name": words[key], "group": True}

    return [
        group("risk"),
        {"key": "share", "name": words["share"], "whole": _scale(reports)},
        *({"key": key, "name": words[key]} for key in ("interval", "at_risk", "undetermined")),
        group("factors"),
        *({"key": key, "name": name} for key, name in texts.FACTOR_NAMES.items()),
        group("numbers"),
        *({"key": f"n{c.key}", "name": texts.number_label(c.key)} for c in (unit.numbers if unit else ())),
        group("children"),
        {"key": "total", "name": words["total"]},
        *({"key": f"a{c.key}", "name": texts.age_label(c.key)} for c in (unit.ages if unit else ())),
    ]


def _cells(unit: Unit, risk: Risk) -> dict[str, dict[str, Any]]:
    """Each measure as it is written, and the share that its bar shows."""

    def share(pct: float | None, text: str) -> dict[str, Any]:
        return {"text": text} if pct is None else {"text": text, "pct": pct}

    decided = (
        site_texts.COMPARE_WORDS["hidden"]
        if risk.at_risk is None or risk.decided is None
        else f"{texts.cell(risk.at_risk, risk.status)} af {texts.cell(risk.decided, risk.status)}"
    )
    return {
        "share": share(risk.share_pct, texts.share_cell(risk.share_pct, risk.status, risk.at_risk)),
        "interval": {"text": texts.range_cell(risk)},
        "at_risk": {"text": decided},
        "undetermined": {"text": texts.cell(risk.undetermined, risk.status)},
        **{f.key: share(f.share_pct, texts.factor_cell(f)) for f in unit.factors.values()},
        **{f"n{c.key}": {"text": texts.cell(c.children, c.status)} for c in unit.numbers},
        "total": {"text": texts.cell(risk.children, risk.status)},
        **{f"a{c.key}": {"text": texts.cell(c.children, c.status)} for c in unit.ages},
    }
