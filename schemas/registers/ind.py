"""IND, persons' income in a year.

Belongs here: the columns of IND.
Does not belong here: sums per area, price levels.
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Column, Contract, Kind


def _amount(name: str, da: str, en: str) -> Column:
    return Column(name, Kind.AMOUNT, pl.Float64, da, en, unit="kr.")


CONTRACT = Contract(
    "ind",
    "Personindkomster",
    "Personal income",
    ("pnr",),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        _amount("perindkialt_13", "Personindkomst i alt", "Total personal income"),
        _amount("off_overforsel_13", "Offentlige overførsler i alt", "Public transfers in all"),
        _amount("kontanthj_13", "Kontanthjælp m.m.", "Cash benefit etc."),
        _amount("folkefortid_13", "Folke- og førtidspension", "Old-age and disability pension"),
    ),
    arrives_after=13,
    required=False,
)
