"""The reports as PDF and text; what a web page shares with them (`web`).

Belongs here: every number on a page must be one the protected tables give for its area, the units it is held
against or the benchmarks, follow from such by a sum or a share that pages show, or belong to a fixed phrase;
the area's own numbers must all be there; the marking on every page. Does not belong here: tables.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.audit.report import AuditReport
from assets.audit.statuses import Tables, marking_of

MONTHS = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
]
_DATE = re.compile(rf"(\d{{1,2}})\.\s*(\d{{1,2}}|{'|'.join(MONTHS)})[.\s]\s*(\d{{4}})(?!\d)")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:,\d+)?")
SMALL_COUNT = re.compile(r"(?<![\d.,–-])[1-4]\s+(?:børn|mødre|barn|mor)\b", re.IGNORECASE)
# Numbers that belong to the words of a report, not to an area.
_FIXED = re.compile(
    r"(?:0–17|0–2|3–5|6–9|10–14|15–17)\s*år|95\s*pct\.-\s*(?:interval|grænserne)|0–4(?!\d)|(?:≥|mindst)\s*90\s*pct"
    r"|rapport\s+10:14|katalog\s+\(2016\)|Foreningssamarbejdet\s+9220|Ghet2business|\b[12]/2\b"
)
# The scale of a chart: nothing, half, all of what it spans.
_SCALE = re.compile(
    r"(?<![\d.,])0\s+(?:5\s+10|10\s+20|15\s+30|20\s+40|25\s+50|30\s+60|40\s+80|50\s+100)(?![\d,])"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u00ad\ufeff\ufffe"))


def without_spaces(text: str) -> str:
    return "".join(text.translate(_INVISIBLE).split())


def numbers_in(text: str) -> Iterator[Decimal]:
    """Numbers as Danes write them: 1.234 and 6,5."""
    for token in _NUMBER.findall(text):
        yield Decimal(token.replace(".", "").replace(",", "."))


class Allowed:
    """Numbers and dates that may stand on pages of this release."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.latest = tables["area_risk"]["reference_date"].max()
        risk = tables["area_risk"].to_dicts()
        self.parents = {row["area_id"]: row["parent_id"] for row in risk}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in ("area_risk", "area_factor", "area_factor_count", "area_children"):
            for row in tables[name].to_dicts():
                if row["reference_date"] != self.latest:
                    # Of earlier dates pages show the development: shares, children, those at risk.
                    kept = {
                        k: v for k, v in row.items() if not isinstance(v, int) or k in ("children", "at_risk")
                    }
                else:
                    kept = row
                self.rows.setdefault(row["area_id"], []).append(kept)
        dates = {
            d
            for c in ("reference_date", "vintage", "window_from", "window_to")
            for d in tables["release_date"][c]
        }
        dates = {d for d in dates if d is not None}
        self.dates = dates | {d + timedelta(days=1) for d in dates}
        self.common = {Decimal(d.year) for d in dates}
        for name in ("benchmark", "release"):
            self.common |= set(self._of_rows(tables[name].to_dicts()))
        self.risk = [row for row in risk if row["reference_date"] == self.latest]
        self.plans = self._sum_of_plans()
        # Of the hashes a page shows the beginning.
        self.hashes = [
            value[:12]
            for key, value in tables["release"].select("key", "value").iter_rows()
            if key.endswith("_hash")
        ]
        self.definition = str(dict(tables["release"].select("key", "value").iter_rows()).get("definition"))

    def _of_rows(self, rows: Iterable[dict[str, Any]]) -> Iterator[Decimal]:
        for row in rows:
            for value in row.values():
                if isinstance(value, str):
                    yield from numbers_in(value)
                elif isinstance(value, int | float):
                    yield Decimal(str(value))
            if row.get("at_risk") is not None and row.get("not_at_risk") is not None:
                yield Decimal(row["at_risk"] + row["not_at_risk"])

    def of_area(self, area_id: str) -> set[Decimal]:
        """Of the area, the units above it and the whole delivery: the latest date, and earlier shares."""
        found, unit = set(self.common), area_id
        while unit is not None:
            found |= set(self._of_rows(self.rows.get(unit, [])))
            unit = self.parents.get(unit)
        return found | set(self._of_rows(self.rows.get("leverance", [])))

    def of_report(self, report: Report, text: str) -> set[Decimal]:
        """Of the area and all it is held against: what is inside it, the rest of its municipality, the sum of
        the plans, and units of its level that `text` names.
        """
        found, above, unit = self.of_area(report.area_id), {report.area_id}, report.area_id
        while (unit := self.parents.get(unit)) is not None:
            above.add(unit)
        parts = [r for r in self.risk if r["parent_id"] == report.area_id and r["child_level"] is None]
        rests = [r for r in self.risk if r["child_level"] is not None and r["parent_id"] in above]
        close = without_spaces(text)
        named = [
            r
            for r in self.risk
            if r["level"] == report.level
            and r["area_id"] != report.area_id
            and _begins(r["area_name"], close)
        ]
        found |= set(self._of_rows([*parts, *named])) | {Decimal(len(parts))}
        found |= {Decimal(sum(p["level"] == level for p in parts)) for level in ("omraade", "helhedsplan")}
        for rest in rests:
            found |= set(self._of_rows(self.rows.get(rest["area_id"], [])))
        for unit in above:
            found |= set(self._derived(unit))
        return found | self.plans

    def _derived(self, area_id: str) -> Iterator[Decimal]:
        """Shares by age and by number of factors, their sum, and how many have at most one."""
        for name, column in (("area_children", "age_band"), ("area_factor_count", "n_factors")):
            rows = self.tables[name].filter(reference_date=self.latest, area_id=area_id)
            rows = rows.filter(rows["level"] != "rest")
            counts = dict(zip(rows[column].to_list(), rows["children"].to_list(), strict=True))
            if not counts or None in counts.values() or not (total := sum(counts.values())):
                continue
            yield Decimal(total)
            for count in counts.values():
                yield Decimal((200 * count + total) // (2 * total))
            if name == "area_factor_count":
                yield Decimal(counts.get("0", 0) + counts.get("1", 0))

    def _sum_of_plans(self) -> set[Decimal]:
        plans = [
            r
            for r in self.risk
            if r["level"] == "helhedsplan" and None not in (r["at_risk"], r["not_at_risk"])
        ]
        sums = {name: sum(r[name] or 0 for r in plans) for name in ("children", "at_risk", "not_at_risk")}
        decided = sums["at_risk"] + sums["not_at_risk"]
        if not decided:
            return set()
        share = (200 * sums["at_risk"] + decided) // (2 * decided)
        return {Decimal(n) for n in (len(plans), sums["children"], sums["at_risk"], decided, share)}

    def strange(self, text: str, allowed: set[Decimal]) -> tuple[int, int]:
        """(numbers and dates that may not stand there, numbers and dates looked at)."""
        text = text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u2011", "-")
        for beginning in self.hashes:
            text = text.replace(beginning, " ")
        text = _SCALE.sub(" ", _FIXED.sub(" ", text.replace(self.definition, " ")))
        wrong = looked = 0
        for day, month, year in _DATE.findall(text):
            month = MONTHS.index(month) + 1 if month in MONTHS else int(month)
            looked += 1
            wrong += date(int(year), month, int(day)) not in self.dates
        for number in numbers_in(_DATE.sub(" ", text)):
            looked += 1
            wrong += number not in allowed
        return wrong, looked


@dataclass(frozen=True)
class Report:
    """A report that must be there: `slug` is the name of its files without ending."""

    slug: str
    level: str
    area_id: str
    row: dict[str, Any]


def expected_reports(tables: Tables) -> dict[str, Report]:
    """By slug: one report per område, helhedsplan and kommune of the latest date."""
    risk = tables["area_risk"]
    latest = risk.filter(reference_date=risk["reference_date"].max())
    reports = [
        Report(_slug(row), row["level"], row["area_id"], row)
        for row in latest.to_dicts()
        if row["level"] in ("omraade", "helhedsplan", "kommune")
    ]
    return {report.slug: report for report in reports}


def _slug(row: dict[str, Any]) -> str:
    """File name of a report: level (but for områder), name, id."""
    key = _plain(row["area_id"])
    if key != row["area_id"].lower():
        key = f"{key}-{hashlib.sha256(row['area_id'].encode()).hexdigest()[:8]}".lstrip("-")
    name = _plain(row["area_name"])[:60].strip("-")
    level = "" if row["level"] == "omraade" else f"{row['level']}-"
    return level + f"{name}-{key}".strip("-")


def _plain(text: str) -> str:
    text = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def _begins(name: str, close: str) -> bool:
    """Whether a page (its text without spaces) holds the beginning of a name. Long names lose their middle,
    and letters that a font doesn't have are written as `?`.
    """
    start = re.match(r"[\w\s.,:()/&'–-]*", unicodedata.normalize("NFC", name))
    wanted = without_spaces(start[0])[:12] if start else ""
    if wanted in close:
        return True
    letters = (re.escape(c) if c < "\u0250" else f"[{re.escape(c)}?]" for c in wanted)
    return re.search("".join(letters), close) is not None


def check_pdfs(folder: Path, tables: Tables, report: AuditReport) -> None:
    allowed, marking = Allowed(tables), without_spaces(marking_of(tables))
    for name, each in _present(folder, "pdf", tables, report).items():
        pages, attachments = read_pdf(folder / name)
        report.find(name, "attachments", attachments)
        report.find(name, "not two pages", int(len(pages) != 2))
        whole = "\n".join(text for text, _ in pages)
        numbers = allowed.of_report(each, whole)
        check_own(name, each, whole, report)
        for text, alternatives in pages:
            report.find(name, "pages without the marking", int(marking not in without_spaces(text)))
            for part in (text, *alternatives):
                _check_numbers(name, part, allowed, numbers, report)


def check_texts(folder: Path, tables: Tables, report: AuditReport) -> None:
    allowed, marking = Allowed(tables), without_spaces(marking_of(tables))
    for name, each in _present(folder, "txt", tables, report).items():
        text = (folder / name).read_text(encoding="utf-8")
        report.find(name, "the marking is missing", int(marking not in without_spaces(text)))
        report.find(
            name, "is not about its area", int(not _begins(each.row["area_name"], without_spaces(text)))
        )
        _check_numbers(name, text, allowed, allowed.of_report(each, text), report)


PICTURES = ("andel", "udvikling", "faktorer")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iTXt", b"pHYs", b"sRGB", b"gAMA"}


def check_pictures(folder: Path, tables: Tables, report: AuditReport) -> None:
    """Each picture's description, that the chart it says to be drawn from is the one on its unit's web page
    (whose text is read there), and that it holds nothing else but pixels. Pixels are not read, and the report
    says so.
    """
    allowed, marking = Allowed(tables), without_spaces(marking_of(tables))
    expected = {
        f"reports/{slug}-{picture}.png": each
        for slug, each in expected_reports(tables).items()
        for picture in PICTURES
    }
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.png")}
    report.find("reports", "pictures that no area has, or that are missing", len(present ^ expected.keys()))
    charts: dict[str, set[str]] = {}
    for name in sorted(present & expected.keys()):
        slug = expected[name].slug
        if slug not in charts:
            charts[slug] = _charts(folder / f"html/{slug}.html")
        chunks = _chunks((folder / name).read_bytes())
        report.find(
            name, "parts that a picture has no use for", sum(kind not in _CHUNKS for kind, _ in chunks)
        )
        parts = [body.split(b"\0", 5) for kind, body in chunks if kind == b"iTXt"]
        if [part[0] for part in parts] != [b"Description", b"Source"]:
            report.find(name, "not one description and one source")
            continue
        text, source = (part[5].decode() for part in parts)
        report.find(name, "the marking is missing", int(marking not in without_spaces(text)))
        _check_numbers(name, text, allowed, allowed.of_report(expected[name], text), report)
        report.find(
            name,
            "drawn from another chart than its web page has",
            int(source not in charts[slug]),
        )
    report.note("pictures held against chart and description, their pixels not read", len(present))


_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def _charts(page: Path) -> set[str]:
    """SHA-256 of each chart on a web page."""
    return {
        hashlib.sha256(chart.encode()).hexdigest() for chart in _SVG.findall(page.read_text(encoding="utf-8"))
    }


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and body of each part of a PNG. Raises ValueError for anything that is not whole parts."""
    if not content.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    at, found = len(_SIGNATURE), []
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if at + 12 + size > len(content):
            raise ValueError("a part is cut off")
        found.append((kind, content[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


_HASH = re.compile(r"[0-9a-f]{64}")


def check_keys(folder: Path, tables: Tables, report: AuditReport) -> None:
    """`reports/keys.json` holds hashes of the reports' files, and nothing else."""
    file = "reports/keys.json"
    keys = json.loads((folder / file).read_bytes())
    report.find(
        file,
        "reports that no area has, or that are missing",
        len(keys.keys() ^ expected_reports(tables).keys()),
    )
    for slug, entry in keys.items():
        shape = entry.keys() == {"key", "files"} and _HASH.fullmatch(entry["key"])
        known = all(
            name.rpartition("/")[2].startswith(slug) and _HASH.fullmatch(digest)
            for name, digest in entry["files"].items()
        )
        report.find(file, "entries that are not known", int(not shape or not known))
        report.checked += 1 + len(entry["files"])


def _present(folder: Path, ending: str, tables: Tables, report: AuditReport) -> dict[str, Report]:
    """The reports' files of one kind; those missing or one too many are findings."""
    expected = {f"reports/{slug}.{ending}": each for slug, each in expected_reports(tables).items()}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob(f"*.{ending}")}
    report.find(
        "reports", f"{ending} files that no area has, or that are missing", len(present ^ expected.keys())
    )
    return {name: expected[name] for name in sorted(present & expected.keys())}


def _check_numbers(
    name: str, text: str, allowed: Allowed, numbers: set[Decimal], report: AuditReport
) -> None:
    wrong, looked = allowed.strange(text, numbers)
    report.find(name, "numbers that are not in the protected tables", wrong)
    report.find(name, "small counts in words", len(SMALL_COUNT.findall(text)))
    report.checked += looked


def check_own(name: str, each: Report, text: str, report: AuditReport) -> None:
    """A report is about its area: the name, and each number of its row."""
    report.find(name, "is not about its area", int(not _begins(each.row["area_name"], without_spaces(text))))
    columns = ("children", "at_risk", "share_pct", "ci95_low_pct", "ci95_high_pct")
    shown = {Decimal(str(each.row[c])) for c in columns if each.row[c]}
    missing = shown - set(numbers_in(text.replace("\u00a0", " ")))
    report.find(name, "protected numbers of an area that are missing", len(missing))


def read_pdf(path: Path) -> tuple[list[tuple[str, list[str]]], int]:
    """Per page its text and the alternative texts of its figures; and the number of attached files."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        pages = []
        for page in document:
            text = page.get_textpage().get_text_bounded()
            pages.append((text, _alternatives(page)))
        return pages, document.count_attachments()
    finally:
        document.close()


def _alternatives(page: Any) -> list[str]:
    """Alternative texts in the page's structure tree; pypdfium2 has them in its raw interface only."""
    import ctypes

    import pypdfium2.raw as pdfium

    found: list[str] = []

    def visit(element: Any) -> None:
        size = pdfium.FPDF_StructElement_GetAltText(element, None, 0)
        if size > 2:
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDF_StructElement_GetAltText(element, buffer, size)
            found.append(buffer.raw.decode("utf-16-le").rstrip("\0"))
        for i in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, i)
            if child:
                visit(child)

    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if tree:
        for i in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            child = pdfium.FPDF_StructTree_GetChildAtIndex(tree, i)
            if child:
                visit(child)
        pdfium.FPDF_StructTree_Close(tree)
    return found
