"""The tables of a release: what analysts and reports get, after protection.

Belongs here: names, types, status values and Danish comments, declared once. DuckDB DDL, CSV, Excel, the
pandera checks and the documentation follow from it.
Does not belong here: numbers (`assets/disclosure`), files (`assets/release`).

Hidden is NULL, never zero. Every table ends with `marking`, so that a single row, pasted anywhere, still says
what it may be used for.
"""

from __future__ import annotations

import polars as pl

from schemas.tables import Column, Table

LEVELS = ("afdeling", "omraade", "helhedsplan", "kommune", "leverance", "rest")
FACTORS = (
    "f1_ikke_kernefamilie",
    "f2_doemt",
    "f3_kontanthjaelp_pension",
    "f4_ingen_uddannelse",
    "f5_boligforhold",
)
N_FACTORS = ("0", "1", "2", "3+")
AGE_BANDS = ("0-2", "3-5", "6-9", "10-14", "15-17")
USUAL_DESIGN_EFFECT = 2.0
"""Where none may be told: siblings share most factors (DOMAIN: about 1.8 to 2.0)."""
CELL_STATUS = ("shown", "rounded", "group_hidden", "too_small", "hidden")

SYNTHETIC = "SYNTETISKE DATA"
PROTECTED = "BESKYTTEDE TAL"
"""The marking of tables made from real data."""

_DATE = Column("reference_date", pl.Date, "Opgørelsesdato (ultimo, 31. december)")
_DEFINITION = Column("definition", pl.String, "Navn og version på definitionen af de fem risikofaktorer")
_LEVEL = Column(
    "level",
    pl.String,
    "Niveau; rest = det af den overordnede enhed, der ikke er vist særskilt",
    values=LEVELS,
)
_AREA_ID = Column("area_id", pl.String, "Områdets id fra områdelisten; for kommuner kommunekoden")
_CHILDREN = Column(
    "children", pl.Int32, "Antal børn 0-17 år, afrundet (status rounded); tom = skjult", nullable=True
)
_STATUS = Column(
    "cell_status",
    pl.String,
    "shown = vist, rounded = afrundet efter politikken (0 betyder 0-4), group_hidden = skjult, fordi "
    "tallet siger noget om næsten alle eller ingen, too_small = området er for lille, hidden = skjult, fordi "
    "det ellers kunne regnes ud eller indsnævres",
    values=CELL_STATUS,
)
_MARKING = Column("marking", pl.String, "Hvad data må bruges til")


def _percent(name: str, da: str) -> Column:
    return Column(name, pl.Float64, da + " (procent); tom = skjult", nullable=True)


def _count(name: str, da: str) -> Column:
    return Column(name, pl.Int32, da + "; tom = skjult", nullable=True)


AREA_RISK = Table(
    "area_risk",
    "Børn i særlig risiko (mindst tre af fem risikofaktorer) pr. område. Én række pr. dato, niveau og "
    "område. Afrundede antal går op i hinanden og må lægges sammen (ikke mødre). Andele og intervaller er "
    "beregnet af de viste antal; en andel er tom, hvor afrundingen alene kan flytte den for meget.",
    ("reference_date", "definition", "level", "area_id"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        Column("area_name", pl.String, "Områdets navn", collation="da"),
        Column("parent_id", pl.String, "Den overordnede enheds id", nullable=True),
        Column("child_level", pl.String, "Kun rest: det niveau, som resten er en rest af", nullable=True),
        _CHILDREN,
        _count(
            "mothers",
            "Antal forskellige mødre, afrundet for sig og må ikke lægges sammen; også tom for en rest, som "
            "andre områder er lagt ind i",
        ),
        _count("at_risk", "Børn med mindst tre risikofaktorer"),
        _count("not_at_risk", "Børn, der med sikkerhed har under tre"),
        _count("undetermined", "Børn, der ikke kan afgøres (uoplyste faktorer)"),
        _percent("share_pct", "Andel i særlig risiko blandt afklarede: at_risk / (at_risk + not_at_risk)"),
        _percent("share_if_unknown_no_pct", "Andel, hvis ingen uafklarede er i særlig risiko"),
        _percent("share_if_unknown_yes_pct", "Andel, hvis alle uafklarede er i særlig risiko"),
        _percent(
            "ci95_low_pct",
            "95 %-interval for det underliggende niveau, nedre grænse; søskende regnet som klynger, udvidet "
            "med afrundingen",
        ),
        _percent("ci95_high_pct", "95 %-interval for det underliggende niveau, øvre grænse"),
        _STATUS,
        _MARKING,
    ),
)

AREA_FACTOR = Table(
    "area_factor",
    "Børn med, uden og med uoplyst risikofaktor, pr. faktor og område.",
    ("reference_date", "definition", "level", "area_id", "factor"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        Column("factor", pl.String, "Risikofaktor (om moren)", values=FACTORS),
        _count("children_with", "Børn med risikofaktoren"),
        _count("children_without", "Børn uden risikofaktoren"),
        _count("children_unknown", "Børn, hvor faktoren er uoplyst"),
        _percent("share_pct", "Andel med faktoren blandt oplyste"),
        _STATUS,
        _MARKING,
    ),
)

AREA_FACTOR_COUNT = Table(
    "area_factor_count",
    "Børn efter antal risikofaktorer, der med sikkerhed er til stede. 3+ er de samme børn "
    "som at_risk i area_risk.",
    ("reference_date", "definition", "level", "area_id", "n_factors"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        Column("n_factors", pl.String, "Antal risikofaktorer", values=N_FACTORS),
        _CHILDREN,
        _STATUS,
        _MARKING,
    ),
)

AREA_CHILDREN = Table(
    "area_children",
    "Børn efter alder, fra område og op.",
    ("reference_date", "level", "area_id", "age_band"),
    (
        _DATE,
        _LEVEL,
        _AREA_ID,
        Column("age_band", pl.String, "Alder i hele år på opgørelsesdatoen", values=AGE_BANDS),
        _CHILDREN,
        _STATUS,
        _MARKING,
    ),
)

DESIGN_EFFECT = Table(
    "design_effect",
    "Designeffekt pr. kommune: hvor meget søskende udvider usikkerheden. Bruges i intervallerne. Mangler, "
    "hvor færre end områdets mindste antal børn er eller ikke er i særlig risiko: så bruges leverancens, "
    "ellers 2,0.",
    ("reference_date", "definition", "area_id"),
    (
        _DATE,
        _DEFINITION,
        Column("area_id", pl.String, "Kommunekode, eller leverance"),
        Column(
            "design_effect",
            pl.Float64,
            "Varians med søskende som klynger / varians ved simpel tilfældig udvælgelse",
        ),
        _MARKING,
    ),
)

BENCHMARK = Table(
    "benchmark",
    "Kendte tal at holde andelene op mod. Ikke nødvendigvis samme opgørelse.",
    ("name",),
    (
        Column("name", pl.String, "Sammenligningstallets navn"),
        Column("share_pct", pl.Float64, "Andel i procent"),
        Column("year", pl.Int32, "År for kilden"),
        Column("population", pl.String, "Hvem tallet dækker"),
        Column("source", pl.String, "Kilde"),
        Column("note", pl.String, "Forbehold"),
        _MARKING,
    ),
)

RELEASE_DATE = Table(
    "release_date",
    "De opgørelsesdatoer, som udgivelsen rummer, og de registerårgange, de bygger på.",
    ("reference_date", "register"),
    (
        _DATE,
        Column("revision", pl.Int32, "0 = som først udgivet; 1, 2, … = rettelse"),
        Column("register", pl.String, "Register"),
        Column("vintage", pl.Date, "Registerets statusdag (seneste på eller før opgørelsesdatoen)"),
        Column(
            "window_from", pl.Date, "Kun registre med vindue: første dag, der tælles efter", nullable=True
        ),
        Column("window_to", pl.Date, "Kun registre med vindue: sidste dag, der tælles med", nullable=True),
        _MARKING,
    ),
)

QUALITY = Table(
    "quality",
    "Registrenes kvalitet, da datoen blev udgivet: hvor stor en del af rækkerne den hyppigste fejl ramte. "
    "Groft med vilje: hele procent, og kun for registre med mindst 1.000 rækker.",
    ("reference_date", "register"),
    (
        _DATE,
        Column("register", pl.String, "Register"),
        Column("vintage", pl.Date, "Registerets statusdag"),
        Column(
            "left_aside_pct",
            pl.Float64,
            "Rækker, som den hyppigste fejl ramte (ukendt kode, gentaget række m.m.), i hele procent; "
            "tom = ikke vist",
            nullable=True,
        ),
        _MARKING,
    ),
)

RELEASE = Table(
    "release",
    "Udgivelsen selv: definition, politik og versioner. Én række pr. oplysning.",
    ("key",),
    (
        Column("key", pl.String, "Oplysning"),
        Column("value", pl.String, "Værdi"),
        _MARKING,
    ),
)

RELEASE_TABLES: tuple[Table, ...] = (
    AREA_RISK,
    AREA_FACTOR,
    AREA_FACTOR_COUNT,
    AREA_CHILDREN,
    DESIGN_EFFECT,
    BENCHMARK,
    RELEASE_DATE,
    QUALITY,
    RELEASE,
)


def conform(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with exactly the table's columns and types, in key order.

    Raises ValueError naming table, column and count (never a value) for a missing column, a value outside its
    list, a null where none may be, or rows with the same key.
    """
    if missing := [column.name for column in table.columns if column.name not in frame.columns]:
        raise ValueError(f"{table.name}: no column {', '.join(missing)}")
    frame = frame.select(pl.col(column.name).cast(column.dtype) for column in table.columns)
    for column in table.columns:
        series = frame[column.name]
        if not column.nullable and series.null_count():
            raise ValueError(f"{table.name}.{column.name}: {series.null_count():,} rows without a value")
        if column.values and (unlisted := int((~series.is_in(column.values)).sum())):
            raise ValueError(f"{table.name}.{column.name}: {unlisted:,} values outside the list")
    if duplicates := int(frame.select(table.key).is_duplicated().sum()):
        raise ValueError(f"{table.name}: {duplicates:,} rows share a key")
    # Listed values in the order of their list: 3-5 before 10-14.
    values = {column.name: column.values for column in table.columns if column.values}
    return frame.sort(
        pl.col(name).cast(pl.Enum(values[name])) if name in values else pl.col(name) for name in table.key
    )
