"""BEF, the population register: who lives where with whom on the status day.

Belongs here: the columns of BEF that femfaktor reads.
Does not belong here: what they mean for a risk factor (`assets/risk_factors`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Mothers, Period, RowRule, not_after

# Married couples were split by sex in December 2015; the September snapshot still has the old codes.
_SWITCH = date(2015, 12, 31)
_BEFORE_SWITCH = date(2015, 12, 30)

KOEN = CodeList((Code(1, "Mand", "Man"), Code(2, "Kvinde", "Woman")))
FAMILIE_TYPE = CodeList(
    (
        Code(1, "Ægtepar", "Married couple", valid_to=_BEFORE_SWITCH),
        Code(2, "Registreret partnerskab", "Registered partnership"),
        Code(3, "Samlevende par", "Cohabiting couple with common children"),
        Code(4, "Samboende par", "Cohabiting couple without common children"),
        Code(5, "Enlig", "Single", valid_to=_BEFORE_SWITCH),
        Code(7, "Ægtepar af forskelligt køn", "Married couple of different sex", valid_from=_SWITCH),
        Code(8, "Ægtepar af samme køn", "Married couple of the same sex", valid_from=_SWITCH),
        Code(9, "Enlig", "Single", valid_from=_SWITCH),
        Code(10, "Ikke-hjemmeboende barn", "Child not living at home", valid_from=_SWITCH),
    )
)
PLADS = CodeList(
    (
        Code(1, "Hovedperson i familien", "Head of the family"),
        Code(2, "Ægtefælle eller partner", "Spouse or partner"),
        Code(3, "Hjemmeboende barn", "Child living at home"),
    )
)
FM_MARK = CodeList(
    (
        Code(1, "Bor hos begge forældre", "Lives with both parents"),
        Code(2, "Bor hos mor og hendes nye partner", "Lives with mother and her new partner"),
        Code(3, "Bor hos enlig mor", "Lives with single mother"),
        Code(4, "Bor hos far og hans nye partner", "Lives with father and his new partner"),
        Code(5, "Bor hos enlig far", "Lives with single father"),
        Code(6, "Bor ikke hos forældrene", "Does not live with the parents"),
    )
)
CIVST = CodeList(
    (
        Code("U", "Ugift", "Never married"),
        Code("G", "Gift", "Married"),
        Code("F", "Fraskilt", "Divorced"),
        Code("E", "Enke eller enkemand", "Widowed"),
        Code("P", "Registreret partnerskab", "Registered partnership"),
        Code("O", "Ophævet partnerskab", "Dissolved partnership"),
        Code("L", "Længstlevende af to partnere", "Surviving partner"),
        Code("D", "Død", "Dead"),
    )
)
REG = CodeList(
    (
        Code(81, "Nordjylland", "North Jutland"),
        Code(82, "Midtjylland", "Central Jutland"),
        Code(83, "Syddanmark", "Southern Denmark"),
        Code(84, "Hovedstaden", "Capital Region"),
        Code(85, "Sjælland", "Zealand"),
    )
)
IE_TYPE = CodeList(
    (
        Code(1, "Dansk oprindelse", "Danish origin"),
        Code(2, "Indvandrer", "Immigrant"),
        Code(3, "Efterkommer", "Descendant of immigrants"),
    )
)


def _id(name: str, da: str, en: str, *, required: bool = False) -> Column:
    return Column(name, Kind.ID, pl.Int64, da, en, required=required, varies=required)


CONTRACT = Contract(
    "bef",
    "Befolkningen",
    "Population",
    ("pnr",),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        Column("koen", Kind.CODE, pl.Int8, "Køn", "Sex", codes=KOEN, nullable=False),
        Column("foed_dag", Kind.DATE, pl.Date, "Fødselsdag", "Day of birth", nullable=False),
        _id(
            "mor_id",
            "Mors pseudonym; tom = ingen registreret mor",
            "Mother's pseudonym; blank = none registered",
            required=True,
        ),
        _id("far_id", "Fars pseudonym", "Father's pseudonym"),
        _id("aegte_id", "Ægtefælles pseudonym", "Spouse's pseudonym"),
        _id("e_faelle_id", "Partners pseudonym i E-familien", "Partner's pseudonym in the E-family"),
        _id("familie_id", "Familiens nummer (E-familie)", "Number of the family (E-family)"),
        Column("familie_type", Kind.CODE, pl.Int8, "Familietype", "Family type", codes=FAMILIE_TYPE),
        Column(
            "plads",
            Kind.CODE,
            pl.Int8,
            "Plads i familien",
            "Place in the family",
            codes=PLADS,
            required=False,
        ),
        Column(
            "fm_mark",
            Kind.CODE,
            pl.Int8,
            "Hvem barnet bor hos",
            "Whom the child lives with",
            codes=FM_MARK,
            varies=True,
        ),
        Column("civst", Kind.CODE, pl.String, "Civilstand", "Civil status", codes=CIVST, case="upper"),
        Column(
            "kom",
            Kind.CODE,
            pl.Int16,
            "Kommunekode; enkelte er genbrugt ved reformen i 2007",
            "Municipality code; some were re-used in the 2007 reform",
            nullable=False,
            minimum=100,
            maximum=999,
        ),
        Column("reg", Kind.CODE, pl.Int8, "Region", "Region", codes=REG, required=False, certainty="B"),
        _id(
            "adresse_id",
            "Boligens id: samme værdi = samme bolig",
            "Dwelling: same value = same dwelling",
            required=True,
        ),
        Column("bop_vfra", Kind.DATE, pl.Date, "Tilflytningsdato", "Moved in on", required=False),
        Column(
            "ie_type", Kind.CODE, pl.Int8, "Herkomst", "Origin", codes=IE_TYPE, required=False, certainty="B"
        ),
        Column(
            "opr_land",
            Kind.CODE,
            pl.Int16,
            "Oprindelsesland",
            "Country of origin",
            required=False,
            minimum=0,
            maximum=9999,
        ),
        Column(
            "referencetid",
            Kind.DATE,
            pl.Date,
            "Statusdag; tages fra filnavnet, hvis den ikke er leveret",
            "Status day; taken from the file name when not delivered",
            required=False,
            nullable=False,
        ),
    ),
    period=Period.QUARTER,
    status_column="referencetid",
    arrives_after=2,
    read_by=("f1", "f2", "f5"),
    row_rules=(
        RowRule(
            "mor_id",
            "persons are their own mother",
            lambda vintage: pl.col("mor_id") == pl.col("pnr"),
            "mother unknown",
            blanks=True,
        ),
        not_after("foed_dag"),
        RowRule(
            "foed_dag",
            "persons are older than 120 years",
            lambda vintage: pl.col("foed_dag") < vintage.replace(year=vintage.year - 120, day=1),
            "kept",
        ),
        not_after("bop_vfra"),
    ),
    mothers=Mothers(),
    note="Someone who died in the year is still in its snapshot, with CIVST D.",
)
