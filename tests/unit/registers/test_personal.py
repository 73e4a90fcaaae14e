"""Personal data told by content from pseudonyms that look like it.

Belongs here: single values. Does not belong here: what a delivery with them is told (`tests/faults/`).
"""

from __future__ import annotations

import polars as pl
import pytest

from assets.extracts.personal import Contents


@pytest.mark.parametrize(
    ("value", "phones"),
    [
        ("+45 12345678", 1),
        ("+4512345678", 1),
        ("0045 12 34 56 78", 1),
        ("12 34 56 78", 1),
        ("004512345678", 0),
    ],
)
def test_a_pseudonym_of_twelve_digits_that_begins_with_0045_is_no_phone_number(
    value: str, phones: int
) -> None:
    contents = Contents()
    contents.look_at_text(pl.Series([value]))
    assert contents.phones == phones
