"""Delivered text as it may be stored and shown: one spelling for what looks the same.

Belongs here: normal forms, and text that can't be taken. Does not belong here: codes (`coercion.py`),
personal data (`personal.py`).

Formulas, markup and path parts are text like any other: whoever shows a text escapes it.
"""

from __future__ import annotations

import polars as pl

LONGEST = 200
_INVISIBLE = "[\u00ad\u200b-\u200d\u2060\ufeff]"
# Control characters (ANSI sequences begin with one), and marks that turn the direction of what follows.
_CONTROL = r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\n|\r"
# UTF-8 read as Windows-1252 or Latin-1, and what a lossy conversion leaves.
_UTF_8 = "Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\u00a0-\u00bf]|\ufffd|ï¿½"
# æøåÆØ of a Mac (¾¿Œ®¯) or of DOS (‘›†) read as Windows-1252: signs where only letters stand.
_MAC_OR_DOS = r"\p{L}[¾¿®¯†‘›]\p{L}|(?:^|\s)[¾¿¯†]\p{L}|\p{L}[¾¿¯](?:\s|$)|\p{Ll}Œ|\p{L}Œ\p{Ll}"
_WRONGLY_DECODED = f"{_UTF_8}|{_MAC_OR_DOS}"
_TWO_SCRIPTS = r"\p{Latin}[^\s]*[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][^\s]*\p{Latin}"

UNFIT = {
    "values hold control characters or turn the direction of text": _CONTROL,
    "letters were decoded wrongly (æ as Ã¦)": _WRONGLY_DECODED,
    "words mix letters of two scripts that look alike": _TWO_SCRIPTS,
}
TOO_LONG = f"values are longer than {LONGEST} characters"


def normalise(text: pl.Series) -> pl.Series:
    """Composed letters (å as one), plain single spaces, nothing invisible, no blanks around."""
    plain = text.str.normalize("NFC").str.replace_all(_INVISIBLE, "")
    return plain.str.replace_all(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+", " ").str.strip_chars()


def find_unfit(text: pl.Series) -> dict[str, pl.Series]:
    """Which values can't be taken, by rule; rules that all values hold are left out."""
    checks = {rule: text.str.contains(pattern) for rule, pattern in UNFIT.items()}
    checks[TOO_LONG] = text.str.len_chars() > LONGEST
    return {rule: broken for rule, broken in checks.items() if broken.any()}
