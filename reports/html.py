"""The web pages through Jinja2: each page is one file that fetches nothing.

Belongs here: the template environment, the content security policy, fonts and charts made fit to stand inside
a page. Autoescape is on: a name is text, whatever it holds.
Does not belong here: words (`texts`, `site_texts`), what a page shows (`view`, `site_view`).

Style and script stand inline, allowed by their hashes and nothing else: pages opened from a folder (`file://`)
have no origin that a policy could name, and one that is mailed must still work.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import charts, fonts

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates" / "site"
LETTERS = (*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”„…·•−≥≤↑↓↕›×"))
PIXELS = 96 / 72 * 1.17
"""Pixels per point of a chart: its text, 9 points, as large as a page's small text."""
CHART_COLOURS = {
    charts.INK: "--ink",
    charts.GREY: "--quiet",
    charts.BAR_GREY: "--bar",
    charts.LINE: "--line",
    charts.ACCENT: "--accent",
    charts.ACCENT_TINT: "--tint",
    "#ffffff": "--paper",
}
FACES = (("regular", "normal", 400), ("italic", "italic", 400), ("semibold", "normal", 600))


def page(template: str, **data: Any) -> str:
    """The page of `templates/site/<template>.html.j2`, with style, script and policy in place.

    `data` holds `page`, whose `marking` stands on every printed sheet too.
    """
    inline = _inline(data["page"]["marking"])
    return _environment().get_template(f"{template}.html.j2").render(**inline, **data)


@lru_cache(maxsize=4)
def _inline(marking: str) -> dict[str, str]:
    """Style and script of a page, and the policies that allow just these."""
    from markupsafe import Markup

    style, script = style_sheet(marking), (TEMPLATES / "site.js").read_text(encoding="utf-8")
    allowed = f"default-src 'none'; style-src {_hash(style)};"
    rest = "font-src data:; base-uri 'none'; form-action 'none'"
    return {
        "style": Markup(style),
        "script": Markup(script),
        "policy": f"{allowed} {rest}",
        "policy_with_script": f"{allowed} script-src {_hash(script)}; {rest}",
    }


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "chart": lambda svg: Markup(inline_svg(svg)),
        "json": lambda d: Markup(safe_json(d)),
    }
    return environment


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def safe_json(data: Any) -> str:
    """JSON that can stand inside a script element: no character that HTML could take for its own."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def style_sheet(marking: str) -> str:
    """`site.css` with the font as data, the charts' colours in the dark, the marking on each sheet."""
    dark = "".join(
        f'.chart [fill="{colour}"]{{fill:var({name})}}.chart [stroke="{colour}"]{{stroke:var({name})}}\n'
        for colour, name in CHART_COLOURS.items()
    )
    said = "".join(char if char.isalnum() and char.isascii() else f"\\{ord(char):x} " for char in marking)
    sheet = (TEMPLATES / "site.css").read_text(encoding="utf-8")
    return (
        f"{_faces()}{sheet}@media screen and (prefers-color-scheme:dark){{{dark}}}\n"
        f'@page{{@bottom-right{{content:"{said}";font:600 8.5pt "Rapport",sans-serif}}}}\n'
    )


@cache
def _faces() -> str:
    """The cuts of the reports' font that pages use, reduced to Latin letters."""
    return "".join(
        f'@font-face{{font-family:"Rapport";font-style:{style};font-weight:{weight};'
        f"src:url(data:font/woff;base64,{_woff(cut)})}}\n"
        for cut, style, weight in FACES
    )


def _woff(cut: str) -> str:
    """The cut as WOFF in base64, of its names only copyright and licence.

    The family's name is reserved for the unchanged font (OFL 1.1).
    """
    from fontTools.subset import Options, Subsetter, save_font
    from fontTools.ttLib import TTFont

    options = Options(
        flavor="woff",
        hinting=False,
        layout_features=["kern", "tnum"],
        name_IDs=[0, 13, 14],
        name_languages=["*"],
        notdef_outline=True,
    )
    font = TTFont(fonts.font_file(cut), recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    file = io.BytesIO()
    save_font(font, file, options)
    return base64.b64encode(file.getvalue()).decode()


_STYLE = re.compile(r' style="([^"]*)"')
_DROPPED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL
)
_FONT = re.compile(r"(?:(italic|oblique)\s+)?(?:(\d{3}|bold)\s+)?([\d.]+px)\b.*", re.DOTALL)


def inline_svg(svg: str) -> str:
    """A chart's SVG for a place inside a page: styles as attributes, which the policy allows and the style
    sheet can overrule in the dark; no names, ids, comments or sizes of its own.
    """

    def attributes(match: re.Match[str]) -> str:
        found: dict[str, str] = {}
        for entry in match[1].split(";"):
            name, _, value = (part.strip() for part in entry.partition(":"))
            if name == "font" and (font := _FONT.fullmatch(value)):
                found |= {"font-size": font[3], "font-style": font[1] or "", "font-weight": font[2] or ""}
            elif name and name not in ("font-family", "font"):
                found[name] = value
        return "".join(f' {name}="{value}"' for name, value in found.items() if value)

    svg = _STYLE.sub(attributes, _DROPPED.sub("", svg))
    svg = re.sub(r' (?:id|xmlns(?::\w+)?|version)="[^"]*"', "", svg)
    svg = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(
        r'(?<=<svg) width="([\d.]+)pt"', lambda m: f' width="{float(m[1]) * PIXELS:.0f}"', svg, count=1
    )
    return re.sub(r"\s*\n\s*", "\n", svg).strip()
