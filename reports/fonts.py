"""The one type family of the reports: Source Sans Pro (SIL Open Font License 1.1, embedding allowed).

Belongs here: where its files are and which characters it has.
Does not belong here: sizes and weights (`charts`, `templates/report.typ`).

Only the four cuts in use are handed on: the package holds each cut twice (otf and ttf), and a search path
with both leaves the choice to the order of the directory.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from reports.numbers import NBSP

FAMILY = "Source Sans Pro"
CUTS = {"regular": "Regular", "italic": "It", "semibold": "Semibold", "bold": "Bold"}
MISSING = "?"


@cache
def font_file(cut: str) -> Path:
    """Path of a cut: regular, italic, semibold, bold."""
    from importlib.resources import files

    return Path(str(files("font_source_sans_pro") / "files" / f"SourceSansPro-{CUTS[cut]}.ttf"))


@cache
def _drawable() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    # Every cut used for names must have the character; the italic is used for our own words only.
    maps = [TTFont(font_file(cut), lazy=True).getBestCmap() or {} for cut in ("regular", "semibold", "bold")]
    return frozenset.intersection(*(frozenset(m) for m in maps))


def clean(text: str) -> str:
    """`text` on one line without controls, direction marks and what no file can hold; every letter stays, and
    so do spaces that don't break.
    """
    kept = (
        " "
        if char.isspace() and char != NBSP
        else {"Cc": "", "Cf": "", "Cs": MISSING}.get(unicodedata.category(char), char)
        for char in unicodedata.normalize("NFC", text)
    )
    return re.sub(" +", " ", "".join(kept)).strip()


def drawable(text: str) -> str:
    """`text` with `?` for what the font can't draw; zero-width spaces draw nothing and stay.

    PDF/A forbids glyphs that stand for nothing; a name in another script must not stop the run.
    """
    return text if text.isascii() else _undrawable().sub(MISSING, text)


@cache
def _undrawable() -> re.Pattern[str]:
    kept = "".join(map(chr, sorted(_drawable() - set(range(0x80)))))
    return re.compile(rf"[^\x00-\x7f\u200b{re.escape(kept)}]")
