"""All Danish words of the reports, in one place.

Belongs here: constants and the functions that turn the model's numbers into sentences.
Does not belong here: counting (`model`), placement (`view`, `charts`, templates).

Two rules. Areas have shares: no sentence may be read about a single child. Hidden is never said as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from reports.model import AreaReport, Benchmark, Factor, Risk, Unit, Vintage
from reports.numbers import NBSP, decimal, full_date, percent, percent_range, short_date, whole

REPORT = "Områderapport"
INDEX = "Børn og risikofaktorer i boligområder"
HIDDEN = "skjult"
HIDDEN_WHY = "skjult af hensyn til diskretion"
MISSING = "ikke opgjort"
TOO_SMALL = "for lille til egne tal"
DASH = "–"

FACTOR_NAMES = {
    "f1_ikke_kernefamilie": "Mor bor ikke i kernefamilie",
    "f2_doemt": "Mor er dømt for kriminalitet",
    "f3_kontanthjaelp_pension": "Mor er på kontanthjælp eller pension",
    "f4_ingen_uddannelse": "Mor har ingen uddannelse eller kun grundskole",
    "f5_boligforhold": "Mors boligforhold",
}
REGISTER_NAMES = {
    "bef": "Befolkningen (BEF)",
    "udda": "Uddannelse (UDDA)",
    "akm": "Arbejdsmarked (AKM)",
    "kraf": "Afgørelser i straffesager (KRAF)",
    "bol": "Boliger (BOL)",
}

H_COMPARE = "Andelen i forhold til andre"
H_YEARS = "Udviklingen"
H_FACTORS = "De fem risikofaktorer"
H_CHILDREN = "Børn i området"
H_METHOD = "Sådan læses tallene"
H_REGISTERS = "Registre bag tallene"
H_BENCHMARKS = "Kendte tal, ikke nødvendigvis samme opgørelse"
TABLE_FACTORS = ("Risikofaktor", "Med", "Uden", "Uoplyst", "Andel")

METHOD = (
    "Tallet er andelen af børn på 0–17 år, hvor mindst tre af fem risikofaktorer hos moren er til stede. SFI "
    "har vist, at de hænger sammen med forebyggende foranstaltninger og anbringelser i befolkningen. "
    "Andelen beskriver et område. Den siger ikke noget om de enkelte familier.",
    "Uoplyst er ikke det samme som nej. Børn, hvor manglende oplysninger kan ændre svaret, er uafklarede og "
    "indgår ikke i andelen. Skjult er ikke det samme som nul.",
    "Alle børn er talt med, så intervallet er ikke stikprøveusikkerhed. Det viser, hvor langt områdets "
    "underliggende niveau kan ligge fra tallet i et område af denne størrelse. Søskende regnes som klynger.",
)
BENCHMARK_NOTE_CHART = "Hvide søjler er kendte tal: ikke nødvendigvis samme opgørelse."
KOMMUNE = "kommunen"
NO_COMPARISON = "Områdets andel er skjult og kan ikke sammenlignes."

WHY_TOO_SMALL = (
    "Der bor for få børn eller mødre i området til, at tal kan vises uden at røbe noget om enkelte familier."
)
WHY_HIDDEN = (
    "Den er skjult af hensyn til diskretion, fordi tallene kunne røbe noget om ganske få familier. "
    "Skjult betyder ikke nul."
)

NO_PLAN = "Uden helhedsplan"
WHOLE_PLAN = "Hele helhedsplanen"
INDEX_COLUMNS = ("Område", "Børn 0–17 år", "Andel", "95 pct.-interval", "Status")
INDEX_TEXTS = {
    "lead": "Andelen af børn, hvor mindst tre af fem risikofaktorer hos moren er til stede, for hvert "
    "boligområde. Hvert område har en side (PDF).",
    "areas": "Boligområder",
    "wider": "Kommuner og alle børn i opgørelsen",
    "wider_caption": "Samme tal for kommunerne",
    "unit": "Enhed",
    "benchmarks": "Tal at holde andelene op mod",
    "benchmarks_caption": "Kendte tal fra andre kilder. Ikke nødvendigvis samme opgørelse.",
    "benchmark_columns": ("Andel", "Hvem", "Kilde", "Forbehold"),
    "pdf": "PDF",
    "skip": "Gå til tabellerne",
}


def definition(name: str) -> str:
    return f"Definition: {name}."


def kommune_name(name: str) -> str:
    return name if "kommune" in name.lower() else f"{name} Kommune"


def unit_name(unit: Unit) -> str:
    if unit.level == "kommune":
        return kommune_name(unit.name)
    return "Alle børn i opgørelsen" if unit.level == "leverance" else unit.name


def place(report: AreaReport) -> str:
    parts = [kommune_name(report.kommune.name)] if report.kommune else []
    if report.plan:
        parts.append(f"helhedsplan: {report.plan.name}")
    return " · ".join(parts)


def as_of(day: date) -> str:
    return f"Opgjort {full_date(day)}"


def cell(number: int | None, status: str) -> str:
    """A count in a table."""
    if number is None:
        return HIDDEN
    return "0–4" if status == "rounded" and number == 0 else whole(number)


def share_cell(share_pct: float | None, status: str) -> str:
    """A share in a table or on a chart."""
    if share_pct is None:
        return HIDDEN
    return f"mindst {percent(share_pct)}" if status == "group_hidden" else percent(share_pct)


def _about(number: int, status: str) -> str:
    return f"ca.{NBSP}{whole(number)}" if status == "rounded" else whole(number)


def key_sentence(risk: Risk) -> str:
    """The key figure with its counts; for rows whose share is shown."""
    assert risk.share_pct is not None
    if risk.at_risk is None or risk.decided is None:
        share = share_cell(risk.share_pct, risk.status)
        return f"Mindst tre af fem risikofaktorer er til stede for {share} af børnene. Antal er {HIDDEN_WHY}."
    return (
        f"Mindst tre af de fem risikofaktorer er til stede for {_about(risk.at_risk, risk.status)} af "
        f"{whole(risk.decided)} børn, hvor det kan afgøres, svarende til {percent(risk.share_pct)}"
    )


def interval_sentence(risk: Risk) -> str:
    if risk.low_pct is None or risk.high_pct is None:
        return "Usikkerheden om tallet er ikke vist."
    return (
        f"Områdets underliggende niveau ligger sandsynligvis mellem {decimal(risk.low_pct)} og "
        f"{percent(risk.high_pct)} (95{NBSP}pct.-interval)."
    )


def undetermined_sentence(risk: Risk) -> str:
    if risk.undetermined is None:
        return f"Antallet af uafklarede børn er {HIDDEN_WHY}."
    if risk.undetermined == 0 and risk.status != "rounded":
        return "Det kan afgøres for alle børn."
    text = f"Uafklarede: {cell(risk.undetermined, risk.status)} børn, hvor oplysninger mangler."
    if risk.if_unknown_no_pct is None or risk.if_unknown_yes_pct is None:
        return text
    low, high = decimal(risk.if_unknown_no_pct), percent(risk.if_unknown_yes_pct)
    return f"{text} Uanset hvad de viser, er andelen mellem {low} og {high}"


def children_line(risk: Risk) -> str:
    if risk.children is None:
        return f"Antallet er {HIDDEN_WHY}."
    return f"{_about(risk.children, risk.status)} børn på 0–17 år"


def mothers_line(risk: Risk) -> str | None:
    return None if risk.mothers is None else f"{_about(risk.mothers, risk.status)} mødre"


def the_unit(unit: Unit) -> str:
    return {"helhedsplan": "helhedsplanen", "kommune": "kommunen"}.get(unit.level, "området")


def bars_heading(subject: Unit, kommune: Unit | None) -> str:
    """Over the factor bars: which bar is whose."""
    if kommune is None:
        return f"Andelen i {the_unit(subject)}"
    return f"Bred: {the_unit(subject)}. Smal: kommunen"


def share_with_range(risk: Risk) -> str:
    """37 pct. (32–43)"""
    share = share_cell(risk.share_pct, risk.status)
    if risk.low_pct is None or risk.high_pct is None:
        return share
    return f"{share} ({decimal(risk.low_pct)}–{decimal(risk.high_pct)})"


def no_share_label(risk: Risk) -> str:
    """In place of the area's own bar."""
    return TOO_SMALL if risk.status == "too_small" else HIDDEN


def age_label(band: str) -> str:
    return f"{band.replace('-', '–')} år"


def comparison_finding(risk: Risk, other: str, other_share: float | None) -> str:
    """Higher or lower is said only where the interval excludes the other share."""
    if risk.share_pct is None:
        return "Området er for lille til en sammenligning." if risk.status == "too_small" else NO_COMPARISON
    if other_share is None or risk.low_pct is None or risk.high_pct is None:
        return f"Andelen er {percent(risk.share_pct)}"
    if risk.low_pct > other_share:
        return f"Andelen er højere end i {other} ({percent(other_share)})."
    if risk.high_pct < other_share:
        return f"Andelen er lavere end i {other} ({percent(other_share)})."
    return f"Forskellen til {other} ({percent(other_share)}) er ikke større end usikkerheden."


def change_finding(points: Sequence[tuple[date, Risk | None]]) -> str:
    """A change from the first to the last shown date is named only where the two intervals don't meet."""
    shown = [(day, risk) for day, risk in points if risk is not None and risk.share_pct is not None]
    if not shown:
        return f"Ingen år kan vises: andelen er {HIDDEN_WHY}."
    if len(shown) == 1:
        return f"Kun {shown[0][0].year} kan vises."
    (first_day, first), (last_day, last) = shown[0], shown[-1]
    assert first.share_pct is not None and last.share_pct is not None
    span = (
        f"fra {percent(first.share_pct)} ({first_day.year}) til {percent(last.share_pct)} ({last_day.year})"
    )
    if first.high_pct is not None and last.low_pct is not None and last.low_pct > first.high_pct:
        return f"Andelen er steget {span}."
    if first.low_pct is not None and last.high_pct is not None and last.high_pct < first.low_pct:
        return f"Andelen er faldet {span}."
    return f"Ændringen {span} er ikke større end usikkerheden."


def benchmark_label(benchmark: Benchmark) -> str:
    return f"{benchmark.population} ({benchmark.year})"


def benchmark_sources(benchmarks: Sequence[Benchmark]) -> list[str]:
    """One line per source: 35 og 5 pct.: …"""
    shares: dict[str, list[str]] = {}
    for benchmark in benchmarks:
        shares.setdefault(benchmark.source, []).append(decimal(benchmark.share_pct))
    return [f"{' og '.join(numbers)}{NBSP}pct.: {source}." for source, numbers in shares.items()]


def vintage(entry: Vintage) -> str:
    text = f"{REGISTER_NAMES.get(entry.register, entry.register.upper())} {short_date(entry.day)}"
    if entry.after and entry.through:
        text += f", afgørelser {short_date(entry.after + timedelta(days=1))}–{short_date(entry.through)}"
    return text


def no_share_title(risk: Risk) -> str:
    return "Området er for lille til egne tal" if risk.status == "too_small" else "Andelen er skjult"


def no_share_body(report: AreaReport, risk: Risk, stand_in: str) -> str:
    """What a page without a share of its own says, and where to look instead."""
    why = WHY_TOO_SMALL if risk.status == "too_small" else WHY_HIDDEN
    if report.instead is not None:
        where = the_unit(report.instead)
        return f"{why} Områdets børn er talt med i {where}, og resten af siden viser tallene for {stand_in}."
    if risk.children is None:
        return f"{why} Der er heller ikke tal for helhedsplanen eller kommunen, der kan vises i stedet."
    return why


def status_words(risk: Risk) -> str:
    """Status of an area in the index."""
    if risk.status == "too_small":
        return TOO_SMALL
    if risk.status == "group_hidden":
        return "antal skjult for gruppen"
    if risk.share_pct is None:
        return HIDDEN_WHY
    return "afrundet" if risk.status == "rounded" else "vist"


def range_cell(risk: Risk) -> str:
    if risk.share_pct is None:
        return HIDDEN
    return (
        DASH if risk.low_pct is None or risk.high_pct is None else percent_range(risk.low_pct, risk.high_pct)
    )


def end_stop(text: str) -> str:
    """Close a sentence without doubling the stop of `pct.`"""
    return text if text.endswith(".") else f"{text}."


def factor_finding(factors: Sequence[Factor]) -> str:
    """Which factor is most widespread among those shown."""
    shown = [factor for factor in factors if factor.share_pct is not None]
    if not shown:
        return f"Faktorerne er {HIDDEN_WHY}. Skjult betyder ikke nul."
    top = max(shown, key=lambda factor: factor.share_pct or 0.0)
    most = f"{FACTOR_NAMES[top.key].lower()} ({share_cell(top.share_pct, top.status)})"
    hidden = len(factors) - len(shown)
    if not hidden:
        return f"Mest udbredt: {most}."
    return f"Mest udbredt af de viste: {most}. {hidden} af de {len(factors)} andele er {HIDDEN_WHY}."
