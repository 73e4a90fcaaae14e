"""Danish words that only the web pages have: navigation, search, comparison, map.

Belongs here: constants and short sentences. Does not belong here: words that other reports share (`texts`).
Two rules, as there: no sentence may be read about a single child; hidden is never said as zero.
"""

from __future__ import annotations

SITE = "Børn og risikofaktorer i boligområder"
NAV = {"index": "Oversigt", "compare": "Sammenlign områder", "skip": "Gå til indholdet", "label": "Sider"}
CRUMBS = "Her er du"
PDF = "Hent som PDF (til print og mail)"
COMPARE_THIS = "Sammenlign med andre"
TABLE_OF = "Tabel:"
LEVELS = {"omraade": "Boligområde", "helhedsplan": "Helhedsplan", "kommune": "Kommune"}

INDEX = {
    "lead": "Andelen af børn på 0–17 år, hvor mindst tre af fem risikofaktorer hos moren er til stede. "
    "Andelen beskriver et område. Den siger ikke noget om de enkelte familier.",
    "areas": "Boligområder og helhedsplaner",
    "areas_caption": "Tallene pr. område. Overskrifterne sorterer; skjulte tal kommer sidst.",
    "search": "Søg område, helhedsplan eller kommune",
    "kommune": "Kommune",
    "all": "Alle kommuner",
    "sort": "Sortér efter",
    "sort_none": "Kommune og helhedsplan",
    "count": "Viser {n} af {i}.",
    "none": "Ingen områder passer til søgningen.",
    "pick": "Vælg",
    "pick_one": "Vælg til sammenligning:",
    "compare": "Sammenlign valgte ({n})",
    "wider": "Kommuner og alle børn i opgørelsen",
    "wider_caption": "Samme tal for kommunerne",
    "unit": "Enhed",
    "benchmarks": "Tal at holde andelene op mod",
    "benchmarks_caption": "Kendte tal fra andre kilder. Ikke nødvendigvis samme opgørelse.",
    "benchmark_columns": ("Andel", "Hvem", "Kilde", "Forbehold"),
    "files": "Hele udgivelsen som filer",
    "files_text": "Tallene ligger også i femfaktor.xlsx (Excel), i mappen csv og i femfaktor.duckdb, "
    "ved siden af denne side.",
}
COLUMNS = ("Område", "Kommune", "Helhedsplan", "Børn 0–17 år", "Andel", "95 pct.-interval", "Status")
STRIP = "Andel og interval"
OWN_PLAN = "hele planen"

MAP = {
    "heading": "Kommunerne på kortet",
    "text": "Jo stærkere farve, jo større andel. Hver kommune fører til sin side; tabellen længere nede "
    "har samme tal.",
    "tiles": "Hver kommune er et felt, lagt omtrent hvor den ligger.",
    "key": "Farver",
    "withheld": "skjult",
    "absent": "ikke i opgørelsen",
}

COMPARE = {
    "heading": "Sammenlign områder",
    "lead": "Vælg op til seks områder, helhedsplaner eller kommuner. Forskelle, der er mindre end "
    "usikkerheden, er ikke forskelle: se på intervallerne. Skjult betyder ikke nul.",
    "needs_script": "Sammenligningen kræver JavaScript, som er slået fra. De samme tal står på hvert "
    "områdes side.",
    "choose": "Vælg områder",
    "filter": "Søg i listen",
    "reset": "Ryd valget",
    "result": "Sammenligning",
    "caption": "Valgte områder ved siden af hinanden",
}
COMPARE_WORDS = {"measure": "Mål", "chosen": "{n} valgt af højst {i}.", "hidden": "skjult"}
MEASURES = {
    "risk": "Særlig risiko",
    "share": "Andel",
    "interval": "95 pct.-interval",
    "at_risk": "Børn i gruppen, af dem der kan afgøres",
    "undetermined": "Uafklarede børn",
    "factors": "Risikofaktorer, andel blandt oplyste",
    "numbers": "Børn efter antal faktorer",
    "children": "Børn",
    "total": "Børn 0–17 år",
    "ages": "Børn efter alder",
}
