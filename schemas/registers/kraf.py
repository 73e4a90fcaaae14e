"""KRAF, penal decisions of the calendar year: convictions, but also acquittals and withdrawn charges.

Belongs here: the columns of KRAF that femfaktor reads.
Does not belong here: which decisions count as a conviction (the factor definitions).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, RowRule, not_after

# The list is known in groups only, so it is open: other codes are kept and counted.
AFG_AFGTYPKO = CodeList(
    (
        Code(1, "Fældende dom", "Conviction by a court", last=6),
        Code(7, "Udeblivelsesdom", "Judgment in absence"),
        Code(11, "Frifindelse", "Acquittal"),
        Code(21, "Vedtaget bødeforlæg", "Accepted fine notice"),
        Code(22, "Tiltalefrafald m.m.", "Charge withdrawn or similar", last=39),
        Code(62, "Tiltalefrafald m.m.", "Charge withdrawn or similar", last=69),
        Code(70, "Fældende afgørelse", "Conviction"),
        Code(71, "Tiltalefrafald m.m.", "Charge withdrawn or similar", last=79),
        Code(81, "Fældende afgørelse", "Conviction", last=84),
        Code(86, "Fældende afgørelse", "Conviction"),
        Code(88, "Fældende afgørelse", "Conviction"),
    ),
    closed=False,
)

CONTRACT = Contract(
    "kraf",
    "Kriminalstatistik, afgørelser",
    "Penal decisions",
    ("pnr",),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        Column(
            "journr",
            Kind.TEXT,
            pl.String,
            "Journalnummer: skelner to ens afgørelser fra en dublet, gemmes ikke",
            "Case number: tells two alike decisions from a duplicate row, not kept",
            keep=False,
        ),
        Column(
            "afg_ger7",
            Kind.CODE,
            pl.Int32,
            "Gerningskode på syv cifre; første ciffer 1 = straffelov, 2 = færdselslov, 3 = særlove",
            "Seven-digit offence code; first digit 1 = penal code, 2 = traffic act, 3 = other acts",
            minimum=0,
            maximum=9_999_999,
            varies=True,
        ),
        Column(
            "afg_afgtypko",
            Kind.CODE,
            pl.Int16,
            "Afgørelsens type",
            "Type of decision",
            codes=AFG_AFGTYPKO,
            certainty="I",
            minimum=0,
            maximum=999,
            varies=True,
        ),
        Column("afg_dato", Kind.DATE, pl.Date, "Afgørelsesdato", "Date of the decision", certainty="I"),
    ),
    one_row_per_key=False,
    arrives_after=13,
    read_by=("f2",),
    row_rules=(
        not_after("afg_dato"),
        RowRule(
            "afg_dato",
            "most decisions are of another year than the file",
            lambda vintage: pl.col("afg_dato").dt.year() != vintage.year,
            "kept",
            limit=0.5,
            action="Check the year in the file's name.",
        ),
    ),
    note="The delivered name of the decision date is not confirmed: map it in femfaktor.toml.",
)
