"""BUA, children and youths placed outside home: the measures and when they ran.

Belongs here: the columns of BUA, and the measure codes it shares with BUFO.
Does not belong here: preventive measures (`bufo.py`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind

# Known in groups only, so it is open: other codes are kept and counted.
PGF = CodeList(
    (
        Code(100, "Anbringelse", "Placement outside home", last=199),
        Code(200, "Forebyggende, rettet mod barnet", "Preventive, directed at the child", last=299),
        Code(400, "Forebyggende, rettet mod familien", "Preventive, directed at the family", last=455),
    ),
    closed=False,
)
COLUMNS = (
    Column("pnr", Kind.ID, pl.Int64, "Barnets pseudonym", "The child's pseudonym", nullable=False),
    Column("pgf", Kind.CODE, pl.Int16, "Foranstaltning", "Measure", codes=PGF, minimum=0, maximum=999),
    Column("sag_vfra", Kind.DATE, pl.Date, "Begyndt", "Begun"),
    Column("sag_vtil", Kind.DATE, pl.Date, "Ophørt; tom = løber", "Ended; blank = running"),
)

CONTRACT = Contract(
    "bua",
    "Børn og unge, anbringelser",
    "Children and youths placed outside home",
    ("pnr",),
    COLUMNS,
    one_row_per_key=False,
    valid_interval=("sag_vfra", "sag_vtil"),
    may_overlap=True,
    arrives_after=10,
    required=False,
    note="What the factors were chosen to foretell (SFI 10:14), not a factor itself.",
)
