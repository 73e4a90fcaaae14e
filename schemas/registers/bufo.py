"""BUFO, preventive measures for children and youths: which, and when they ran.

Belongs here: the contract of BUFO.
Does not belong here: its columns, which are those of BUA (`bua.py`).
"""

from __future__ import annotations

from schemas.contracts import Contract
from schemas.registers.bua import COLUMNS

CONTRACT = Contract(
    "bufo",
    "Børn og unge, forebyggende foranstaltninger",
    "Preventive measures for children and youths",
    ("pnr",),
    COLUMNS,
    one_row_per_key=False,
    valid_interval=("sag_vfra", "sag_vtil"),
    may_overlap=True,
    arrives_after=10,
    required=False,
    note="What the factors were chosen to foretell (SFI 10:14), not a factor itself.",
)
