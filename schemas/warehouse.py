"""The tables and views of `warehouse.duckdb`: exact counts, for the authority's own analysts only.

Belongs here: names, types and Danish comments. DDL and comments in the file follow from it.
Does not belong here: the counting (`sql/tables`), the views' SQL (`sql/views`), protected tables
(`release.py`).

Exact counts are not anonymous: no row per child, no cell finer than an area, and nothing from here may be
handed out.
Keys are those of the release tables; there are no shares, no status and no marking, and nothing is hidden.
"""

from __future__ import annotations

import polars as pl

from schemas.release import AGE_BANDS, FACTORS, LEVELS, N_FACTORS
from schemas.tables import Column, Table

EXACT = "Eksakte tal: kun inden for myndigheden, må ikke udleveres."

_DATE = Column("reference_date", pl.Date, "Opgørelsesdato (ultimo, 31. december)")
_DEFINITION = Column(
    "definition", pl.String, "Navn og version på definitionen af de fem risikofaktorer; se definition"
)
_HASH = Column("definition_hash", pl.String, "Definitionens fingeraftryk, da der blev talt; se definition")
_LEVEL = Column(
    "level",
    pl.String,
    "Niveau; leverance = alle børn i leverancen, rest = børn i den overordnede enhed uden for "
    "dens enheder på child_level",
    values=LEVELS,
)
_AREA_ID = Column(
    "area_id", pl.String, "Områdets id fra områdelisten; for kommuner kommunekoden; <parent>:rest:<niveau>"
)
_AREA_NAME = Column("area_name", pl.String, "Områdets navn", collation="da")
_CHILDREN = Column("children", pl.Int32, "Antal børn 0-17 år")
_FACTOR = Column("factor", pl.String, "Risikofaktor (om moren)", values=FACTORS)


def _count(name: str, da: str) -> Column:
    return Column(name, pl.Int32, da)


def _percent(name: str, da: str) -> Column:
    return Column(name, pl.Float64, da + " (procent); tom, når nævneren er 0", nullable=True)


AREA_RISK = Table(
    "area_risk",
    f"Børn i særlig risiko (mindst tre af fem risikofaktorer) pr. dato, definition og område. {EXACT}",
    ("reference_date", "definition", "level", "area_id"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        _AREA_NAME,
        Column("parent_id", pl.String, "Den overordnede enheds id; tom for leverancen", nullable=True),
        Column("child_level", pl.String, "Kun rest: det niveau, som resten er en rest af", nullable=True),
        _CHILDREN,
        _count("mothers", "Antal forskellige kendte mødre; kan ikke lægges sammen på tværs af områder"),
        _count("at_risk", "Børn med mindst tre risikofaktorer"),
        _count("not_at_risk", "Børn, der med sikkerhed har under tre"),
        _count("undetermined", "Børn, der ikke kan afgøres (uoplyste faktorer)"),
        _HASH,
    ),
)

AREA_FACTOR = Table(
    "area_factor",
    f"Børn med, uden og med uoplyst risikofaktor, pr. faktor og område. {EXACT}",
    ("reference_date", "definition", "level", "area_id", "factor"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        _FACTOR,
        _count("children_with", "Børn med risikofaktoren"),
        _count("children_without", "Børn uden risikofaktoren"),
        _count("children_unknown", "Børn, hvor faktoren er uoplyst; uoplyst er ikke nej"),
    ),
)

AREA_FACTOR_COUNT = Table(
    "area_factor_count",
    "Børn efter antal risikofaktorer, der med sikkerhed er til stede. 3+ er de samme børn som at_risk i "
    f"area_risk. {EXACT}",
    ("reference_date", "definition", "level", "area_id", "n_factors"),
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        Column("n_factors", pl.String, "Antal risikofaktorer", values=N_FACTORS),
        _CHILDREN,
    ),
)

AREA_CHILDREN = Table(
    "area_children",
    f"Børn efter alder, fra område og op; uafhængigt af definition. {EXACT}",
    ("reference_date", "level", "area_id", "age_band"),
    (
        _DATE,
        _LEVEL,
        _AREA_ID,
        Column("age_band", pl.String, "Alder i hele år på opgørelsesdatoen", values=AGE_BANDS),
        _CHILDREN,
    ),
)

DESIGN_EFFECT = Table(
    "design_effect",
    f"Designeffekt pr. kommune og for leverancen: hvor meget søskende udvider usikkerheden. {EXACT}",
    ("reference_date", "definition", "area_id"),
    (
        _DATE,
        _DEFINITION,
        Column("area_id", pl.String, "Kommunekode, eller leverance"),
        Column(
            "design_effect",
            pl.Float64,
            "Varians med søskende som klynger / varians ved simpel tilfældig udvælgelse; mindst 1",
        ),
    ),
)

DEFINITION = Table(
    "definition",
    "De definitioner af de fem risikofaktorer, der er talt efter.",
    ("definition",),
    (
        Column("definition", pl.String, "Navn og version"),
        Column("definition_hash", pl.String, "Definitionens fingeraftryk"),
        Column("title", pl.String, "Titel"),
        Column("content", pl.String, "Hele definitionen, varianter flettet ind (JSON)"),
    ),
)

VINTAGE = Table(
    "vintage",
    "De registerårgange, som hver opgørelsesdato og definition bygger på.",
    ("reference_date", "definition", "register"),
    (
        _DATE,
        Column(
            "definition",
            pl.String,
            "Navn og version på definitionen; tom, når årgangen gælder alle",
            nullable=True,
        ),
        Column("register", pl.String, "Register"),
        Column(
            "vintage", pl.Date, "Registerets statusdag (seneste på eller før opgørelsesdatoen)", nullable=True
        ),
        Column(
            "window_from", pl.Date, "Kun registre med vindue: første dag, der tælles efter", nullable=True
        ),
        Column("window_to", pl.Date, "Kun registre med vindue: sidste dag, der tælles med", nullable=True),
    ),
)

QUALITY = Table(
    "quality",
    "Registrenes kvalitet: hvad der er uoplyst, og hvad der blev lagt til side ved indlæsningen, og hvorfor. "
    f"Én række pr. register, statusdag, kolonne og regel. {EXACT}",
    ("register", "vintage", "column_name", "rule"),
    (
        Column("register", pl.String, "Register"),
        Column("vintage", pl.Date, "Registerets statusdag; tom for lister", nullable=True),
        Column("column_name", pl.String, "Kolonne; tom tekst = hele rækker"),
        Column(
            "rule", pl.String, "Hvad der er talt; values unknown = uoplyst, resten som i nattens meddelelser"
        ),
        Column("affected", pl.Int32, "Antal rækker eller værdier, som det gælder"),
        Column("rows", pl.Int32, "Antal rækker i registeret (ved uoplyst: i den indlæste tabel)"),
        Column("share_pct", pl.Float64, "affected i procent af rows"),
    ),
)

COUNT_TABLES = (AREA_RISK, AREA_FACTOR, AREA_FACTOR_COUNT, AREA_CHILDREN, DESIGN_EFFECT)
"""Filled from the Parquet files of each date."""
WAREHOUSE_TABLES = (*COUNT_TABLES, DEFINITION, VINTAGE, QUALITY)

AREA_SHARE = Table(
    "area_share",
    f"Andel i særlig risiko pr. område, med grænserne for de uafklarede. {EXACT}",
    AREA_RISK.key,
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        _AREA_NAME,
        _CHILDREN,
        _count("determined", "Afklarede børn: at_risk + not_at_risk (nævneren)"),
        _count("at_risk", "Børn med mindst tre risikofaktorer (tælleren)"),
        _count("undetermined", "Børn, der ikke kan afgøres"),
        _percent("share_pct", "Andel i særlig risiko blandt afklarede"),
        _percent("share_if_unknown_no_pct", "Andel, hvis ingen uafklarede er i særlig risiko"),
        _percent("share_if_unknown_yes_pct", "Andel, hvis alle uafklarede er i særlig risiko"),
    ),
)

DEFINITION_COMPARISON = Table(
    "definition_comparison",
    f"Andelen efter to definitioner ved siden af hinanden, for hvert par. {EXACT}",
    ("reference_date", "level", "area_id", "definition", "compared_with"),
    (
        _DATE,
        _LEVEL,
        _AREA_ID,
        _AREA_NAME,
        _CHILDREN,
        _DEFINITION,
        Column("compared_with", pl.String, "Den definition, der sammenlignes med"),
        _percent("share_pct", "Andel efter definition"),
        _percent("compared_share_pct", "Andel efter compared_with"),
        Column(
            "difference_points", pl.Float64, "share_pct - compared_share_pct (procentpoint)", nullable=True
        ),
    ),
)

FACTOR_SHARE = Table(
    "factor_share",
    f"Andel børn med hver risikofaktor, blandt dem, hvor den er oplyst. {EXACT}",
    AREA_FACTOR.key,
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        _AREA_NAME,
        _FACTOR,
        _count("children_with", "Børn med risikofaktoren (tælleren)"),
        _count("children_known", "Børn, hvor faktoren er oplyst (nævneren)"),
        _count("children_unknown", "Børn, hvor faktoren er uoplyst"),
        _percent("share_pct", "Andel med faktoren blandt oplyste"),
    ),
)

AREA_DEVELOPMENT = Table(
    "area_development",
    f"Andelen pr. område over tid, med ændringen siden forrige opgørelsesdato. {EXACT}",
    AREA_RISK.key,
    (
        _DATE,
        _DEFINITION,
        _LEVEL,
        _AREA_ID,
        _AREA_NAME,
        _CHILDREN,
        _percent("share_pct", "Andel i særlig risiko blandt afklarede"),
        Column("previous_date", pl.Date, "Forrige opgørelsesdato for området", nullable=True),
        Column("change_points", pl.Float64, "Ændring siden forrige dato (procentpoint)", nullable=True),
    ),
)

WAREHOUSE_VIEWS = (AREA_SHARE, DEFINITION_COMPARISON, FACTOR_SHARE, AREA_DEVELOPMENT)
"""Each is `sql/views/<name>.sql`; in the order in which they build on each other."""
