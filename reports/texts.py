"""All Danish words of the reports, in one place.

Belongs here: constants and the functions that turn the model's numbers into sentences.
Does not belong here: counting (`model`, `compare`), placement (`view`, `charts`, templates).

Three rules. Areas have shares: no sentence may be read about a single child. Hidden is never said as zero.
Counts that belong to the words and not to the area are written in letters, so that every digit on a page can
be held against the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from reports.compare import ROUNDING, Comparison, Factor
from reports.model import Benchmark, Break, Count, Report, ReportSet, Risk, Unit, Vintage
from reports.numbers import NBSP, decimal, full_date, percent, percent_range, short_date, whole

KINDS = {"omraade": "Områderapport", "helhedsplan": "Rapport for helhedsplan", "kommune": "Kommunerapport"}
HIDDEN = "skjult"
HIDDEN_WHY = "skjult af hensyn til diskretion"
MISSING = "ikke opgjort"
NOT_IN_PERCENT = "vises ikke"
"""A share that rounding alone could move too far; the counts are there."""
MOST_POINTS = 2
"""Percentage points by which rounding may move what is written beside a count (DESIGN.md 5.5)."""
TOO_SMALL = "for lille til egne tal"
GROUP = f"≥{NBSP}90{NBSP}pct."
GROUP_WORDS = f"mindst 90{NBSP}pct."
DASH = "–"

F5 = "f5_boligforhold"
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
    "dream": "Ydelser (DREAM)",
    "faik": "Familiers økonomi (FAIK)",
    "ind": "Indkomst (IND)",
}

H_KEY = "Nøgletal"
H_COMPARE = "Andelen i forhold til andre"
H_YEARS = "Udviklingen"
H_FACTORS = "De fem risikofaktorer"
H_NUMBERS = "Antal risikofaktorer"
H_AGES = "Børnenes alder"
H_INITIATIVES = "Hvad har andre gjort"
H_TWINS = {
    "omraade": "Områder, der ligner",
    "helhedsplan": "Helhedsplaner, der ligner",
    "kommune": "Kommuner, der ligner",
}
H_UNDETERMINED = "Uafklarede og grænser"
H_READING = "Sådan læses tallene"
H_METHOD = "Metode og definition"
H_PROTECTION = "Beskyttelse"
H_REGISTERS = "Registre bag tallene"
H_BENCHMARKS = "Kendte tal, ikke nødvendigvis samme opgørelse"
H_TABLES = "Tallene bag figurerne"
H_PAGE_TWO = "Tal og metode"

TABLE_FACTORS = ("Risikofaktor", "Med", "Uden", "Uoplyst", "Andel")
TABLE_SHARES = ("", "Børn", "Afklarede", "Tre el. flere", "Andel", "95 pct.-interval")
TABLE_YEARS = ("Opgjort", "Børn", "Tre el. flere", "Andel", "Interval")
TABLE_NUMBERS = ("Faktorer", "Børn", "Andel")
TABLE_AGES = ("Alder", "Børn", "Andel")
TABLE_TWINS = ("Navn", "Kommune", "Børn", "Andel", "Interval")

MOST_YEARS = 8
ONLY_LATEST = "Her er de seneste otte opgørelser."
"""Said where there are more than `MOST_YEARS`."""

METHOD = (
    "Tallet er andelen af børn på 0–17 år, hvor mindst tre af fem risikofaktorer hos moren er til stede. SFI "
    "har vist, at de hænger sammen med forebyggende foranstaltninger og anbringelser i befolkningen. "
    "Andelen beskriver et område. Den siger ikke noget om de enkelte familier.",
    "Uoplyst er ikke det samme som nej. Børn, hvor manglende oplysninger kan ændre svaret, er uafklarede og "
    "indgår ikke i andelen. Skjult er ikke det samme som nul.",
    "Alle børn er talt med, så intervallet er ikke stikprøveusikkerhed. Det viser, hvor langt områdets "
    "underliggende niveau kan ligge fra tallet i et område af denne størrelse. Søskende regnes som klynger.",
)
READ_ROUNDED = (
    "Antal er rundet op eller ned til tal, der går op i fem, og står derfor med ca. Et afrundet nul vises "
    "som 0–4. Antallene kan lægges sammen."
)
READ_CHANGE = (
    "En ændring over årene nævnes kun, når de to års intervaller ikke overlapper; de rummer også "
    "afrundingen. Mindre udsving kan være tilfældige."
)
METHOD_COUNTED = (
    "De fem faktorer er valgt i SFI's rapport 10:14 og tæller lige meget. Hver er ja, nej eller uoplyst og "
    "måles hos moren i registrene nedenfor. En faktors andel er af de børn, hvor den er oplyst."
)
METHOD_COMPARED = (
    "En faktor kaldes mere udbredt end et andet sted, når forskellen er større end 95 pct.-grænserne for "
    "forskellen mellem to andele og det, afrundingen kan flytte."
)
METHOD_TWINS = (
    "Lighed er målt på antal børn, alder og profil (antal faktorer, faktorernes andele), som vejer lige "
    "meget, hver egenskab i forhold til sin spredning. Kun viste tal."
)
PROTECTION_SIZES = (
    "Områder med få børn eller få mødre får ikke egne tal og er talt med i planen eller kommunen. Faktorerne "
    "vises kun for områder med mange børn, dom for kriminalitet kun for de største."
)
PROTECTION_ROUNDED = (
    "Alle antal er afrundet samlet, så de stadig går op, og så intet om enkelte familier kan regnes frem, "
    "heller ikke ved at trække tal fra hinanden. Gælder noget næsten alle i et område, er antallene skjult."
)
PROTECTION_HIDDEN = (
    "Små antal er skjult, og så meget mere, at de ikke kan regnes frem af resten. Skjult betyder ikke nul."
)
PROTECTION_USE = "Tallene må kun bruges til statistik (databeskyttelsesloven), ikke til sager om familier."

NUMBERS_NOTE = "Her tæller uafklarede børn med; andelen ovenfor er uden dem."
"""Where shares of all children stand on a page whose key figure is a share of those who can be decided."""
COMPARE_NOTE = "Streg: 95 pct.-interval. Hvid: ikke nødvendigvis samme opgørelse."
MORE_PARTS = "Flere områder står i oversigten."
REST = "Resten af kommunen"
KOMMUNE = "kommunen"
NOT_COMPARED = "Andelen vises ikke i procent, kun antallene."
NO_COMPARISON = "Andelen er skjult og kan ikke sammenlignes."

WHY_TOO_SMALL = (
    "Der bor for få børn eller mødre i området til, at tal kan vises uden at røbe noget om enkelte familier."
)
WHY_HIDDEN = (
    "Den er skjult af hensyn til diskretion, fordi tallene kunne røbe noget om ganske få familier. "
    "Skjult betyder ikke nul."
)
WHY_ROUNDED = (
    "Andelen i procent vises ikke: med så få børn kan afrundingen alene flytte den mere end to procentpoint."
)

INITIATIVES_LEAD = (
    "Til inspiration, ikke anbefalinger: eksempler fra KL's katalog (2016), valgt efter faktorerne ovenfor."
)
INITIATIVES_HIDDEN = "Faktorerne er ikke vist, så ingen af indsatserne i KL's katalog (2016) er valgt ud."
INITIATIVES_NONE = (
    "Ingen af de faktorer, som KL's katalog (2016) har indsatser til, er "
    "med sikkerhed mere udbredt her. Derfor er ingen nævnt."
)


def definition(name: str) -> str:
    return f"Definition: {name}."


def kommune_name(name: str) -> str:
    return name if "kommune" in name.lower() else f"{name} Kommune"


def unit_name(unit: Unit) -> str:
    if unit.level == "kommune":
        return kommune_name(unit.name)
    return "Alle børn i opgørelsen" if unit.level == "leverance" else unit.name


def the_unit(unit: Unit) -> str:
    return {
        "helhedsplan": "helhedsplanen",
        "kommune": "kommunen",
        "leverance": "hele opgørelsen",
        "rest": "resten af kommunen",
    }.get(unit.level, "området")


def in_the_unit(unit: Unit) -> str:
    """i kommunen, but: i resten af kommunen, i hele opgørelsen"""
    return f"i {the_unit(unit)}"


def short_unit(unit: Unit) -> str:
    """Over a column."""
    return {"helhedsplan": "Planen", "kommune": "Kommunen", "leverance": "Alle", "rest": "Resten"}.get(
        unit.level, "Området"
    )


def all_plans_name(reports: ReportSet) -> str:
    if reports.plans_shown < len(reports.plans):
        return f"De {whole(reports.plans_shown)} viste helhedsplaner samlet"
    return "Alle helhedsplaner samlet"


def place(report: Report) -> str:
    parts = [kommune_name(report.kommune.name)] if report.kommune else []
    if report.plan:
        parts.append(f"helhedsplan: {report.plan.name}")
    if report.unit.level == "helhedsplan" and report.parts:
        parts.append(f"{whole(len(report.parts))} områder")
    return " · ".join(parts)


def as_of(day: date) -> str:
    return f"Opgjort {full_date(day)}"


def document_title(name: str, report: Report, day: date) -> str:
    return f"{name}: {KINDS[report.unit.level].lower()}, {full_date(day)}"


def cell(number: int | None, status: str) -> str:
    """A count in a table."""
    if number is None:
        return HIDDEN
    return "0–4" if status == "rounded" and number == 0 else whole(number)


def share_cell(share_pct: float | None, status: str, count: int | None = None) -> str:
    """A share in a table or on a chart. `count`: of a hidden share, the shown number it would be made of."""
    if status == "group_hidden":
        return GROUP
    if share_pct is None:
        return HIDDEN if count is None else NOT_IN_PERCENT
    return percent(share_pct)


def factor_cell(factor: Factor) -> str:
    """A factor's share. A hidden one without a bound may be nearly all or nearly none: no number then."""
    if factor.share_pct is None:
        return HIDDEN if factor.with_it is None else NOT_IN_PERCENT
    return share_cell(factor.share_pct, factor.status)


def _about(number: int, status: str) -> str:
    if status == "rounded" and number == 0:
        return "0–4"
    return f"ca.{NBSP}{whole(number)}" if status == "rounded" else whole(number)


def _told_share(risk: Risk) -> float | None:
    """The share, but for a rounded 0: that is 0–4 children, and "0 pct." would say more than is known."""
    return None if risk.status == "rounded" and risk.at_risk == 0 else risk.share_pct


def key_figure(risk: Risk) -> str | None:
    """What stands largest on the page; None where nothing may."""
    if _told_share(risk) is not None or risk.status == "group_hidden":
        return share_cell(risk.share_pct, risk.status)
    if risk.at_risk is not None and risk.decided:
        return f"{_about(risk.at_risk, risk.status)} af {whole(risk.decided)}"
    return None


def key_sentence(risk: Risk) -> str:
    """The key figure with its counts; for rows that have one."""
    if risk.status == "group_hidden":
        return (
            f"Mindst tre af de fem risikofaktorer er til stede for {GROUP_WORDS} af børnene. "
            f"Antallene er {HIDDEN_WHY}."
        )
    if risk.at_risk is None or risk.decided is None:
        share = percent(risk.share_pct) if risk.share_pct is not None else HIDDEN
        return (
            f"Mindst tre af de fem risikofaktorer er til stede for {share} af børnene. Antal er {HIDDEN_WHY}."
        )
    counts = (
        f"Mindst tre af de fem risikofaktorer er til stede for {_about(risk.at_risk, risk.status)} af "
        f"{whole(risk.decided)} børn, hvor det kan afgøres"
    )
    share = _told_share(risk)
    return f"{counts}." if share is None else f"{counts}, svarende til {percent(share)}"


def interval_sentence(risk: Risk, unit: Unit | None = None) -> str:
    if risk.low_pct is None or risk.high_pct is None:
        if risk.share_pct is None and risk.status == "rounded":
            return WHY_ROUNDED
        return "Usikkerheden om tallet er ikke vist."
    whose = {"helhedsplan": "Helhedsplanens", "kommune": "Kommunens"}.get(
        unit.level if unit else "", "Områdets"
    )
    return (
        f"{whose} underliggende niveau ligger sandsynligvis mellem {decimal(risk.low_pct)} og "
        f"{percent(risk.high_pct)} (95{NBSP}pct.-interval)."
    )


def undetermined_sentence(risk: Risk) -> str:
    if risk.undetermined is None:
        return f"Antallet af uafklarede børn er {HIDDEN_WHY}."
    if risk.undetermined == 0 and risk.status != "rounded":
        return "Det kan afgøres for alle børn."
    text = f"Uafklarede: {_about(risk.undetermined, risk.status)} børn, hvor oplysninger mangler."
    if risk.if_unknown_no_pct is None or risk.if_unknown_yes_pct is None:
        return text
    low, high = decimal(risk.if_unknown_no_pct), percent(risk.if_unknown_yes_pct)
    return f"{text} Uanset hvad de viser, er andelen mellem {low} og {high}"


def children_line(risk: Risk) -> str | None:
    """None where the number is hidden: the page says so beside it."""
    if risk.children is None:
        return None
    return f"{_about(risk.children, risk.status)} børn på 0–17 år"


def mothers_line(risk: Risk) -> str | None:
    return None if risk.mothers is None else f"{_about(risk.mothers, risk.status)} mødre"


def share_with_range(risk: Risk) -> str:
    """37 pct. (32–43)"""
    share = share_cell(risk.share_pct, risk.status)
    if risk.share_pct is None or risk.low_pct is None or risk.high_pct is None:
        return share
    return f"{share} ({decimal(risk.low_pct)}–{decimal(risk.high_pct)})"


def no_share_label(risk: Risk) -> str:
    """In place of a bar."""
    if risk.status == "too_small":
        return TOO_SMALL
    return share_cell(risk.share_pct, risk.status, risk.at_risk)


def age_label(band: str) -> str:
    return f"{band.replace('-', '–')}{NBSP}år"


def number_label(key: str) -> str:
    return {"0": "ingen", "1": "én", "2": "to", "3+": "tre eller flere"}[key]


def count_label(count: Count, total: int | None) -> str:
    """65 (21 pct.)"""
    share = part_cell(count, total)
    number = cell(count.children, count.status)
    return number if share in (HIDDEN, DASH, NOT_IN_PERCENT) else f"{number} ({share})"


def part_cell(count: Count, total: int | None) -> str:
    """A count as a share of the sum of its table; whole percent."""
    if count.children is None or not total:
        return HIDDEN if count.children is None else DASH
    if count.status == "rounded" and count.children == 0:
        return DASH
    if count.status == "rounded" and MOST_POINTS * total < 100 * ROUNDING:
        return NOT_IN_PERCENT
    return percent(float((200 * count.children + total) // (2 * total)))


def comparison_finding(risk: Risk, other: str, other_share: float | None, unit: Unit | None = None) -> str:
    """Higher or lower is said only where the interval excludes the other share."""
    if risk.status == "group_hidden":
        return f"Andelen er {GROUP_WORDS}"
    if risk.share_pct is None:
        if risk.status == "too_small":
            who = the_unit(unit) if unit else "området"
            return f"{who[:1].upper()}{who[1:]} er for lille til en sammenligning."
        return NOT_COMPARED if risk.status == "rounded" and risk.at_risk is not None else NO_COMPARISON
    if other_share is None or risk.low_pct is None or risk.high_pct is None:
        return f"Andelen er {percent(risk.share_pct)}"
    if risk.low_pct > other_share:
        return f"Andelen er højere end i {other} ({percent(other_share)})."
    if risk.high_pct < other_share:
        return f"Andelen er lavere end i {other} ({percent(other_share)})."
    return f"Forskellen til {other} ({percent(other_share)}) er ikke større end usikkerheden."


def change_finding(points: Sequence[tuple[date, Risk | None]], breaks: Sequence[Break] = ()) -> str:
    """A change from the first to the last shown date is named only where the two intervals don't meet: they
    hold both uncertainty and rounding.
    """
    shown = [(day, risk) for day, risk in points if risk is not None and risk.share_pct is not None]
    if not shown:
        if any(risk is not None and risk.at_risk is not None for _, risk in points):
            return "Andelen vises ikke i procent for noget år, kun antallene."
        return f"Ingen år kan vises: andelen er {HIDDEN_WHY}."
    if len(shown) == 1:
        return f"Kun {shown[0][0].year} kan vises."
    (first_day, first), (last_day, last) = shown[0], shown[-1]
    assert first.share_pct is not None and last.share_pct is not None
    if "group_hidden" in (first.status, last.status):
        return "Udviklingen kan ikke gøres op, fordi antal er skjult."
    span = (
        f"fra {percent(first.share_pct)} ({first_day.year}) til {percent(last.share_pct)} ({last_day.year})"
    )
    equal = decimal(first.share_pct) == decimal(last.share_pct)
    same = f"Andelen er {percent(last.share_pct)} både i {first_day.year} og i {last_day.year}"
    if any(b.kind == "moved" and first_day < b.day <= last_day for b in breaks):
        went = same if equal else f"Andelen går {span}"
        return f"{went}, men området hører til en anden enhed nu end før: se bemærkningerne."
    if first.high_pct is not None and last.low_pct is not None and last.low_pct > first.high_pct:
        return f"Andelen er steget {span}."
    if first.low_pct is not None and last.high_pct is not None and last.high_pct < first.low_pct:
        return f"Andelen er faldet {span}."
    if equal:
        return f"{same}."
    return f"Ændringen {span} er ikke større end usikkerheden."


BREAK_MARKS = {"renamed": "nyt navn", "moved": "flyttet", "revised": "rettet"}
"""On the chart, before the year."""


def break_note(entry: Break, name: str) -> str:
    """Beside the table, after the year."""
    if entry.kind == "renamed":
        return f"nyt navn, før: {name}"
    return "hører til en anden enhed end før" if entry.kind == "moved" else "rettet efter første udgivelse"


def years_note(notes: Sequence[tuple[str, str]]) -> str:
    """2020, 2021: for lille til egne tal; 2023: nyt navn, før: Gammelmarken."""
    years: dict[str, list[str]] = {}
    for year, note in notes:
        years.setdefault(note, []).append(year)
    return "; ".join(f"{', '.join(said)}: {note}" for note, said in years.items())


def benchmark_label(benchmark: Benchmark) -> str:
    return f"{benchmark.population} ({benchmark.year})"


def benchmark_bar(benchmark: Benchmark) -> str:
    """Short, for a chart: the population without what all of them share."""
    name = benchmark.population.removeprefix("Alle børn og unge i ")
    name = name.removeprefix("Børn og unge under 18 år i ")
    return f"{name[:1].upper()}{name[1:]} ({benchmark.year})"


def benchmark_sources(benchmarks: Sequence[Benchmark]) -> list[str]:
    """One line per source: 35 og 5 pct.: …"""
    shares: dict[str, list[str]] = {}
    for benchmark in benchmarks:
        shares.setdefault(benchmark.source, []).append(decimal(benchmark.share_pct))
    return [f"{' og '.join(numbers)}{NBSP}pct.: {source}." for source, numbers in shares.items()]


def vintage(entry: Vintage) -> str:
    text = f"{REGISTER_NAMES.get(entry.register, entry.register.upper())}{NBSP}{short_date(entry.day)}"
    if entry.after and entry.through:
        text += f", afgørelser {short_date(entry.after + timedelta(days=1))}–{short_date(entry.through)}"
    return text


def no_share_title(risk: Risk, unit: Unit | None = None) -> str:
    if risk.status != "too_small":
        return "Andelen er skjult"
    who = the_unit(unit) if unit else "området"
    return f"{who[:1].upper()}{who[1:]} er for lille til egne tal"


def no_share_body(report: Report, risk: Risk, stand_in: str) -> str:
    """What a page without a share of its own says, and where to look instead."""
    why = WHY_TOO_SMALL if risk.status == "too_small" else WHY_HIDDEN
    if risk.status != "too_small" and risk.children is None:
        why = f"{why} Antallet af børn er også skjult."
    if report.instead is not None:
        where = the_unit(report.instead)
        return (
            f"{why} Områdets børn er talt med i {where}, og resten af rapporten viser tallene for {stand_in}."
        )
    if risk.children is None and report.unit.level != "kommune":
        return f"{why} Der er heller ikke tal for helhedsplanen eller kommunen, der kan vises i stedet."
    return why


def status_words(risk: Risk) -> str:
    """Status of an area in the index."""
    if risk.status == "too_small":
        return TOO_SMALL
    if risk.status == "group_hidden":
        return "antal skjult for gruppen"
    if risk.share_pct is None:
        return "kun antal" if risk.at_risk is not None else HIDDEN_WHY
    return "afrundet" if risk.status == "rounded" else "vist"


def range_cell(risk: Risk) -> str:
    if risk.share_pct is None:
        return HIDDEN if risk.at_risk is None else NOT_IN_PERCENT
    return (
        DASH if risk.low_pct is None or risk.high_pct is None else percent_range(risk.low_pct, risk.high_pct)
    )


def end_stop(text: str) -> str:
    """Close a sentence without doubling the stop of `pct.`"""
    return text if text.endswith((".", ":")) else f"{text}."


def factor_finding(compared: Sequence[Comparison], drivers: Sequence[str], against: Unit | None) -> str:
    """Where the unit differs most from the rest of its municipality, among what is shown."""
    shown = [c for c in compared if c.own.share_pct is not None]
    if not shown:
        return f"Faktorerne er {HIDDEN_WHY}. Skjult betyder ikke nul."
    where = in_the_unit(against) if against else ""
    by_key: Mapping[str, Comparison] = {c.key: c for c in compared}
    if drivers:
        named = []
        for key in drivers[:2]:
            c = by_key[key]
            assert c.own.share_pct is not None and c.other is not None and c.other.share_pct is not None
            name = FACTOR_NAMES[key][0].lower() + FACTOR_NAMES[key][1:]
            named.append(f"{name} ({decimal(c.own.share_pct)} mod {percent(c.other.share_pct)})")
        return f"Mere udbredt end {where}: {' og '.join(named)}."
    if any(c.verdict for c in compared if c.key != F5):
        return f"Ingen af de viste faktorer er med sikkerhed mere udbredt end {where}."
    top = max(shown, key=lambda c: c.own.share_pct or 0.0)
    name = FACTOR_NAMES[top.key][0].lower() + FACTOR_NAMES[top.key][1:]
    return f"Mest udbredt af de viste: {name} ({factor_cell(top.own)})."


def readings_sentence(facts: Mapping[str, str]) -> str:
    """What the definition reads as each factor; empty for a release that doesn't say."""
    said = [_reading(facts, key) for key in FACTOR_NAMES if key in facts]
    return f"De er læst sådan: {'; '.join(said)}." if said else ""


def _reading(facts: Mapping[str, str], key: str) -> str:
    """moren bor i en lejebolig"""
    text = facts.get(key, "").removesuffix(".")
    return text[:1].lower() + text[1:]


def factor_label(key: str, facts: Mapping[str, str]) -> str:
    """The factor's name; of the housing factor also what it is read as."""
    reading = _reading(facts, key).removeprefix("moren ").partition(":")[0] if key == F5 else ""
    return f"{FACTOR_NAMES[key]}: {reading}" if reading else FACTOR_NAMES[key]


def f5_sentence(facts: Mapping[str, str], factor: Factor) -> str:
    """What the housing factor means; where it is nearly everyone, that it says what the area is."""
    reading = _reading(facts, F5)
    text = f"{FACTOR_NAMES[F5]}: {reading or 'som definitionen siger'}."
    if not reading.endswith(("lejebolig", "almen bolig")):
        return text
    if factor.status == "group_hidden" or (factor.share_pct or 0.0) >= 80:
        return f"{text} I almene områder gælder det stort set alle, så de fire andre faktorer afgør andelen."
    return text


def numbers_finding(counts: Sequence[Count], total: int | None) -> str:
    if not total or any(c.children is None for c in counts):
        return f"Fordelingen er {HIDDEN_WHY}."
    few = sum(c.children or 0 for c in counts[:2])
    status = counts[0].status
    return f"For {_about(few, status)} af {whole(total)} børn er højst én faktor til stede."


def ages_finding(counts: Sequence[Count], total: int | None) -> str:
    if not total or any(c.children is None for c in counts):
        return f"Aldersfordelingen er {HIDDEN_WHY}."
    return f"Under tre år: {_about(counts[0].children or 0, counts[0].status)} af {whole(total)} børn."


def twins_finding(report: Report, day: date) -> str:
    what = {"omraade": "områder", "helhedsplan": "helhedsplaner", "kommune": "kommuner"}[report.unit.level]
    if not report.twins:
        if report.unit.numbers[0].children is None:
            return f"Tallene er skjult, så ingen {what} kan kaldes sammenlignelige."
        return f"Opgørelsen rummer for få {what} med viste tal til en sammenligning."
    return f"De {what}, der ligner mest i størrelse og profil, de nærmeste først."


def policy_line(facts: Mapping[str, str]) -> str:
    """Which rules, definition and software the release was made with; hashes in short."""
    short = {key: facts[key][:12] for key in ("policy_hash", "definition_hash") if facts.get(key)}
    parts = []
    if facts.get("policy"):
        parts.append(
            f"Politik: {facts['policy']}" + (f" ({short['policy_hash']})" if "policy_hash" in short else "")
        )
    if "definition_hash" in short:
        parts.append(f"definitionens mærke: {short['definition_hash']}")
    return "; ".join(parts) + "." if parts else ""


def responsible_line(facts: Mapping[str, str]) -> str:
    parts = [
        f"{label}: {facts[key]}"
        for key, label in (
            ("controller", "Dataansvarlig"),
            ("purpose", "Formål"),
            ("legal_basis", "Hjemmel"),
        )
        if facts.get(key)
    ]
    return ". ".join(parts) + "." if parts else ""
