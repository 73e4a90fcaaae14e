"""FAIK, families' income and tenure in a year.

Belongs here: the columns of FAIK.
Does not belong here: what housing conditions are (the factor definitions).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind

FAMBOLIGFORM = CodeList(
    (Code(1, "Ejer", "Owner"), Code(2, "Lejer", "Tenant"), Code(9, "Uoplyst", "Unknown")),
)

CONTRACT = Contract(
    "faik",
    "Familieindkomster",
    "Family income",
    ("familie_id",),
    (
        Column(
            "familie_id",
            Kind.ID,
            pl.Int64,
            "Familiens nummer (E-familie) som i BEF",
            "Number of the family (E-family) as in BEF",
            nullable=False,
        ),
        Column(
            "famboligform",
            Kind.CODE,
            pl.Int8,
            "Familiens boligform",
            "The family's tenure",
            codes=FAMBOLIGFORM,
        ),
        Column(
            "famaekvivadisp_13",
            Kind.AMOUNT,
            pl.Float64,
            "Ækvivaleret disponibel indkomst",
            "Equivalised disposable income",
            unit="kr.",
        ),
    ),
    arrives_after=13,
    required=False,
)
