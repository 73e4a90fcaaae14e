"""DREAM, public benefits week by week: one row per person, one column per ISO week.

Belongs here: the columns and codes of DREAM that femfaktor reads.
Does not belong here: which codes count as benefit or pension (the factor definitions).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind, Period, Weeks

# Not the whole list, so it is open: other codes are kept and counted.
YDELSE = CodeList(
    (
        Code(111, "Arbejdsløshedsdagpenge", "Unemployment benefit"),
        Code(130, "Kontanthjælp", "Cash benefit", last=138),
        Code(140, "Uddannelseshjælp (fra 2014)", "Education benefit (from 2014)", last=148),
        Code(621, "Efterløn", "Early retirement"),
        Code(651, "Statens uddannelsesstøtte", "State education grant"),
        Code(730, "Kontanthjælp, aktivitetsparat", "Cash benefit, not ready for work", last=738),
        Code(781, "Førtidspension", "Disability pension"),
        Code(783, "Førtidspension", "Disability pension"),
        Code(810, "Ressourceforløb (fra 2013)", "Resource programme (from 2013)", last=818),
        Code(881, "Barselsdagpenge", "Parental benefit"),
        Code(890, "Sygedagpenge", "Sickness benefit"),
        Code(997, "Udvandret", "Emigrated"),
        Code(998, "Folkepension", "Old-age pension"),
        Code(999, "Død", "Dead"),
    ),
    closed=False,
)

CONTRACT = Contract(
    "dream",
    "DREAM, offentlige ydelser pr. uge",
    "Public benefits by week",
    ("pnr",),
    (Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),),
    period=Period.MONTH,
    weeks=Weeks(
        Column(
            "y_YYWW",
            Kind.CODE,
            pl.Int16,
            "Ugens ydelse; tom = ingen. Kolonnen hedder efter ISO-ugen: y_2053 er uge 53 i 2020",
            "The week's benefit; blank = none. Named after the ISO week: y_2053 is week 53 of 2020",
            codes=YDELSE,
            certainty="B",
            minimum=0,
            maximum=999,
        ),
        years_before=5,
    ),
    arrives_after=2,
    read_by=("f3",),
    required=False,
    note="A file holds at least the weeks of its own year; of a cumulative one the five years before are "
    "kept too. Only who ever had a benefit is in it. Not meant for counting stocks.",
)
