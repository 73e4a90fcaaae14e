"""Web pages: the overview, each unit's page, the comparison with its data.

Belongs here: every number in text, attributes and data is one the protected tables give for its unit (as in
`pages`); a page runs no script but the known one, fetches nothing, and says so in its policy; the marking.
Does not belong here: PDF and text files (`pages`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from assets.audit import pages
from assets.audit.report import AuditReport
from assets.audit.statuses import Tables, marking_of

KNOWN_SCRIPT = "11a427fc65310373e29afe1c1674676e459320c9c2849af29d14da4b48f611f6"
"""SHA-256 of the one script, reports/templates/site/site.js: a changed script is read by a person, then its
hash is set here (tests/unit/audit says when they differ).
"""
COMPARISON = "html/sammenlign.html"
FOREIGN = frozenset(
    [
        "iframe",
        "frame",
        "object",
        "embed",
        "applet",
        "form",
        "link",
        "base",
        "img",
        "image",
        "audio",
        "video",
        "source",
        "track",
        "portal",
        "foreignobject",
        "animate",
        "set",
    ]
)
READ_ALOUD = frozenset(
    ["aria-label", "title", "alt", "placeholder", "data-text", "data-label", "aria-description"]
)
"""Attributes that are text to a reader."""
DRAWING = frozenset(
    [
        "d",
        "points",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "width",
        "height",
        "viewbox",
        "transform",
        "stroke-width",
        "stroke-dasharray",
        "stroke-dashoffset",
        "font-size",
        "font-weight",
        "stroke-miterlimit",
        "fill-opacity",
        "stroke-opacity",
        "opacity",
        "rx",
        "ry",
        "dx",
        "dy",
    ]
)
"""Attributes that say where a line runs, in elements of a drawing."""
TECHNICAL = frozenset(
    [
        "charset",
        "class",
        "id",
        "href",
        "for",
        "value",
        "data-href",
        "aria-labelledby",
        "data-column",
        "tabindex",
        "colspan",
        "data-area",
        "data-level",
        "data-kommune",
        "fill",
        "stroke",
        "lang",
        "name",
        "content",
        "http-equiv",
    ]
)
_FACE = r"@font-face\{[^{}]*?src:url\(data:font/woff;base64,[A-Za-z0-9+/=]+\)\}"


class Page(HTMLParser):
    """What a page says (`text` outside rows of a unit, `rows` inside), also aloud, and what it runs."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.rows: list[tuple[tuple[str, str], list[str]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.policies: list[str] = []
        self.foreign = 0
        self.unknown = 0
        self.sorted_by: list[tuple[tuple[str, str] | None, str]] = []
        self._unit: tuple[str, str] | None = None
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.foreign += tag in FOREIGN
        if tag in ("script", "style"):
            self._inside.append(tag)
            if tag == "script":
                self.scripts.append((named, ""))
                self.foreign += len(named.keys() - {"type", "id"})
            else:
                self.styles.append("")
        if tag == "meta" and (named.get("http-equiv") or "").lower() == "content-security-policy":
            self.policies.append(named.get("content") or "")
        elif tag == "meta" and named.get("http-equiv"):
            self.foreign += 1
        if tag == "tr" and named.get("data-area") is not None:
            self._unit = (str(named.get("data-level")), str(named["data-area"]))
            self.rows.append((self._unit, []))
        for name, value in attrs:
            value = value or ""
            plain = "".join(value.split()).lower()
            if name.startswith("on") or name in (
                "style",
                "src",
                "srcset",
                "action",
                "formaction",
                "ping",
                "srcdoc",
            ):
                self.foreign += 1
            if re.match(r"[a-z][a-z0-9+.-]*:|//|\\", plain) and name in ("href", "xlink:href", "data-href"):
                self.foreign += 1
            if "url(" in plain:
                self.foreign += 1
            if name in READ_ALOUD:
                self._say(value)
            elif name == "data-sort":
                self.sorted_by.append((self._unit, value))
            elif name not in DRAWING | TECHNICAL and re.search(r"\d", value):
                self.unknown += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._inside:
            self._inside.pop()
        if tag == "tr":
            self._unit = None

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] == "script":
            named, said = self.scripts[-1]
            self.scripts[-1] = (named, said + data)
        elif self._inside:
            self.styles[-1] += data
        else:
            self._say(data)

    def handle_comment(self, data: str) -> None:
        self._say(data)

    def handle_decl(self, decl: str) -> None:
        self.foreign += decl.strip().lower() != "doctype html"

    def _say(self, text: str) -> None:
        (self.text if self._unit is None else self.rows[-1][1]).append(text)


def check_site(folder: Path, tables: Tables, report: AuditReport) -> None:
    expected = {f"html/{slug}.html": each for slug, each in pages.expected_reports(tables).items()}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    known = {"index.html", COMPARISON, *expected}
    report.find("html", "pages that no area has, or that are missing", len(present ^ known))
    allowed = pages.Allowed(tables)
    for name in sorted(present & known):
        page = Page((folder / name).read_text(encoding="utf-8"))
        whole = " ".join([*page.text, *(text for _, texts in page.rows for text in texts)])
        report.find(
            name,
            "the marking is missing",
            int(pages.without_spaces(marking_of(tables)) not in pages.without_spaces(whole)),
        )
        _check_behaviour(name, page, report)
        if name in expected:
            each = expected[name]
            pages.check_own(name, each, whole, report)
            _check_numbers(name, page.text, allowed, allowed.of_report(each, whole), report)
            report.find(name, "rows of other units", len(page.rows) + len(page.sorted_by))
        elif name == COMPARISON:
            _check_numbers(name, page.text, allowed, allowed.common, report)
            _check_comparison(page, tables, allowed, report)
        else:
            _check_index(page, tables, allowed, report)


def _check_numbers(
    name: str, texts: Sequence[str], allowed: pages.Allowed, numbers: set[Decimal], report: AuditReport
) -> None:
    """Numbers in all texts together, small counts in each: a chart's 2 beside "Mor" is no count."""
    wrong, looked = allowed.strange(" ".join(texts), numbers)
    report.find(name, "numbers that are not in the protected tables", wrong)
    report.find(name, "small counts in words", sum(len(pages.SMALL_COUNT.findall(text)) for text in texts))
    report.checked += looked


def _check_behaviour(name: str, page: Page, report: AuditReport) -> None:
    """One style sheet, the known script or none, data on the comparison; the policy allows just these."""
    scripts = [text for named, text in page.scripts if not named]
    data = [named for named, _ in page.scripts if named]
    strange = [text for text in scripts if hashlib.sha256(text.encode()).hexdigest() != KNOWN_SCRIPT]
    report.find(name, "scripts that are not the known one", len(strange) + max(len(scripts) - 1, 0))
    wanted = [{"type": "application/json", "id": "data"}] if name == COMPARISON else []
    report.find(name, "data that does not belong there", int(data != wanted))
    report.find(name, "elements or attributes that fetch, run or send", page.foreign)
    report.find(name, "numbers in attributes that are not known", page.unknown)
    sheet = page.styles[0] if len(page.styles) == 1 else "@import"
    rest = re.sub(_FACE, "", sheet)
    report.find(name, "style that may fetch", int(bool(re.search(r"url\(|@import|image-set|src:", rest))))
    policy = [f"style-src {_hash(sheet)}", *(f"script-src {_hash(text)}" for text in scripts)]
    policy = ["default-src 'none'", *policy, "font-src data:", "base-uri 'none'", "form-action 'none'"]
    report.find(
        name, "content security policy is not the strictest", int(page.policies != ["; ".join(policy)])
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _check_index(page: Page, tables: Tables, allowed: pages.Allowed, report: AuditReport) -> None:
    """Each row has its own unit's numbers, all of them; the rest names units and municipal shares."""
    file = "index.html"
    latest = {(row["level"], row["area_id"]): row for row in allowed.risk}
    everyone = set(allowed.common)
    for row in allowed.risk:
        if row["level"] in ("helhedsplan", "kommune"):
            everyone |= set(pages.numbers_in(row["area_name"]))
        if row["level"] == "kommune" and row["share_pct"] is not None:
            everyone.add(Decimal(str(row["share_pct"])))
    _check_numbers(file, page.text, allowed, everyone, report)
    shown_units = {unit for unit, _ in page.rows}
    wanted = {unit for unit in latest if unit[0] in ("omraade", "helhedsplan", "kommune", "leverance")}
    report.find(
        file, "rows of units that are missing or not in the protected tables", len(shown_units ^ wanted)
    )
    columns = ("children", "share_pct", "ci95_low_pct", "ci95_high_pct")
    names = {
        row["area_id"]: set(pages.numbers_in(row["area_name"]))
        for row in allowed.risk
        if row["level"] in ("helhedsplan", "kommune")
    }
    for unit, texts in page.rows:
        if unit not in latest:
            continue
        row, whole = latest[unit], " ".join(texts).replace("\u00a0", " ")
        shown = {Decimal(str(row[c])) for c in columns if row[c] is not None}
        mine, above = shown | set(pages.numbers_in(row["area_name"])), row["parent_id"]
        while above is not None:
            mine |= names.get(above, set())
            above = allowed.parents.get(above)
        wrong, looked = allowed.strange(whole, mine)
        report.find(file, "numbers of an area that are not as protected", wrong)
        report.find(file, "small counts in words", sum(len(pages.SMALL_COUNT.findall(t)) for t in texts))
        missing = {value for value in shown if value} - set(pages.numbers_in(whole))
        report.find(
            file,
            "protected numbers of an area that are missing",
            int(row["share_pct"] is not None and bool(missing)),
        )
        report.checked += looked
    for unit, value in page.sorted_by:
        row = latest.get(unit) if unit else None
        shown = {Decimal(str(row[c])) for c in columns if row[c] is not None} if row else set()
        report.find(
            file,
            "numbers to sort by that are not as protected",
            int(value != "" and Decimal(value) not in shown),
        )
        report.checked += 1


def _check_comparison(page: Page, tables: Tables, allowed: pages.Allowed, report: AuditReport) -> None:
    """The data of the comparison: every string and number of a unit is one of its own."""
    for named, text in page.scripts:
        if not named:
            continue
        data = json.loads(text)
        report.find(COMPARISON, "data that is not known", len(data.keys() ^ {"units", "measures", "words"}))
        levels = {row["area_id"] for row in allowed.risk if row["level"] != "afdeling"}
        highest = {
            Decimal(str(row[c]))
            for row in allowed.risk
            for c in ("share_pct", "ci95_high_pct")
            if row[c] is not None
        }
        for value in _values([data["measures"], data["words"]]):
            if isinstance(value, str):
                _check_numbers(COMPARISON, [value], allowed, allowed.common, report)
            elif not isinstance(value, bool):
                report.find(
                    COMPARISON, "scales that no share gives", int(Decimal(str(value)) not in highest | {20})
                )
        for unit in data["units"]:
            report.find(
                COMPARISON, "units that are not in the protected tables", int(unit["id"] not in levels)
            )
            numbers = allowed.of_area(unit["id"])
            for value in _values([unit["name"], unit["where"], unit["cells"]]):
                if isinstance(value, str):
                    _check_numbers(COMPARISON, [value], allowed, numbers, report)
                else:
                    report.find(
                        COMPARISON,
                        "numbers that are not in the protected tables",
                        int(Decimal(str(value)) not in numbers),
                    )
                    report.checked += 1


def _values(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for key, value in data.items():
            # Keys name factors, ages and numbers of factors.
            if key != "key":
                yield from _values(value)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value)
    elif data is not None:
        yield data
