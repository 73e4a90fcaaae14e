"""Files that are not what they should be, whatever is in them.

Belongs here: whole files. Does not belong here: their rows (`shape.py`) and values.
"""

from __future__ import annotations

from tests.faults.delivery import Delivered
from tests.faults.fault import Fault, Group, Said


def cut_in_half(delivered: Delivered) -> None:
    delivered.raw("udda", lambda content: content[: len(content) // 2])


GROUP = Group(
    "Deliveries",
    "Files that were damaged, cut, confused or not finished on their way.",
    (
        Fault(
            name="a gzipped file that was cut",
            arrives="Half of a gzipped CSV",
            plant=cut_in_half,
            says=(Said("udda", "", "the file can't be read"),),
            forms=("csv.gz",),
        ),
    ),
)
