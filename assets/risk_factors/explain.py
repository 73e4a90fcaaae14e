"""The definitions in words, made from the declarations that run: for the command line, README and
docs/factors.md.

Belongs here: layout. Does not belong here: what a rule says (`describe` in `f1_…` to `f5_…`), sources (the
TOML files).
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from assets.risk_factors.catalogue import FACTORS, Factor
from assets.risk_factors.definitions import DEFAULT, Definition, load_definitions
from assets.risk_factors.inputs import refusal
from assets.risk_factors.parameters import CERTAINTY_WORDS, Code

WIDTH = 100


def explain(factor: str, definition: Definition) -> str:
    """Rule, codes, window, unknown rule, source and certainty of one factor (`f2` or `f2_doemt`)."""
    found = find_factor(factor)
    parameters = definition.parameters(found.key)
    text = found.rule.describe(parameters)
    parts = [
        ("Register", text.register),
        ("Yes", text.yes),
        ("No", text.no),
        ("Unknown", text.unknown),
        ("Window", text.window),
        ("Source", f"{parameters.source} ({_certainty(parameters.certainty)})"),
        ("In Danish", text.da),
    ]
    lines = [
        _wrap("", f"{found.key}: {found.da} ({found.en})"),
        f"Definition {definition.name}: {definition.title}",
        "",
    ]
    lines += [_wrap(f"{label}: ", content) for label, content in parts if content]
    if text.codes:
        lines += ["", "Codes:"]
        lines += [
            _wrap("  ", f"{_code(code)}. {code.source} ({_certainty(code.certainty)})") for code in text.codes
        ]
    if parameters.statements:
        lines += ["", "Known:"]
        lines += [
            _wrap("  ", f"{s.text} {s.source} ({_certainty(s.certainty)})") for s in parameters.statements
        ]
    return "\n".join(lines) + "\n"


def find_factor(name: str) -> Factor:
    """By key or short key; refuses any other name."""
    for factor in FACTORS:
        if name in (factor.key, factor.short):
            return factor
    known = ", ".join(factor.short for factor in FACTORS)
    raise refusal("definition", "no such factor", f"Name one of: {known}.")


def readings(definition: Definition) -> dict[str, str]:
    """How each factor is read, in one Danish sentence, by factor."""
    return {f.key: f.rule.describe(definition.parameters(f.key)).da for f in FACTORS}


def render_factor_table(definition: Definition) -> str:
    """The five factors as a Markdown table."""
    rows = []
    for factor in FACTORS:
        parameters = definition.parameters(factor.key)
        text = factor.rule.describe(parameters)
        register = text.register.split(",")[0].split(" (")[0]
        rows.append(
            [f"`{factor.short}`", f"{factor.da}: {factor.en}", text.en, register, parameters.certainty]
        )
    return _table(["", "factor", "read as", "register", "certainty"], rows)


def render_markdown() -> str:
    """docs/factors.md: the default definition in full, then what each shipped variant changes."""
    definitions = load_definitions()
    default = definitions[DEFAULT]
    letters = "; ".join(f"**{letter}** {words}" for letter, words in CERTAINTY_WORDS.items())
    parts = [
        "# The five risk factors\n",
        f"Definition `{default.name}`: {default.title}. A child with {default.threshold} or more is "
        "*i særlig risiko*; "
        f"with fewer than {default.threshold} even if every unknown were a yes, it is not; otherwise "
        "*uafklaret*. "
        "Unknown is not no.\n",
        f"Certainty: {letters}.\n",
    ]
    for factor in FACTORS:
        parts += _section(factor, default)
    parts += [
        "## Variants\n",
        "All are computed side by side; a release holds one.\n",
        _variants(definitions),
    ]
    return "\n".join(parts)


def _section(factor: Factor, definition: Definition) -> list[str]:
    parameters = definition.parameters(factor.key)
    text = factor.rule.describe(parameters)
    rows = [["register", text.register], ["yes", text.yes], ["no", text.no], ["unknown", text.unknown]]
    if text.window:
        rows.append(["window", text.window])
    rows += [["source", f"{parameters.source} ({parameters.certainty})"], ["på dansk", text.da]]
    codes = [
        [c.label, c.da, str(c.valid_from or ""), str(c.valid_to or ""), c.source, c.certainty]
        for c in text.codes
    ]
    return [
        f"## {factor.short}: {factor.da}\n",
        f"`{factor.key}`, {factor.en}.\n",
        _table(["", ""], rows),
        _table(["code", "meaning", "from", "to", "source", "certainty"], codes),
        "".join(f"- {s.text} *{s.source}* ({s.certainty})\n" for s in parameters.statements),
    ]


def _variants(definitions: dict[str, Definition]) -> str:
    default = definitions[DEFAULT]
    rows = []
    for name, variant in definitions.items():
        for factor in FACTORS:
            parameters = variant.parameters(factor.key)
            if parameters != default.parameters(factor.key):
                text = factor.rule.describe(parameters)
                source = f"{parameters.source} ({parameters.certainty})"
                rows.append([f"`{name}`", factor.short, text.en, _upper(text.unknown), source])
    return _table(["definition", "changes", "read as", "unknown when", "source"], rows)


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _code(code: Code) -> str:
    span = "".join(
        f", {word} {day}"
        for word, day in (("from", code.valid_from), ("to", code.valid_to))
        if day is not None
    )
    return f"{code.label} {code.da}{span}"


def _certainty(letter: str) -> str:
    return f"{letter}: {CERTAINTY_WORDS[letter]}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _wrap(label: str, content: str) -> str:
    return fill(content, WIDTH, initial_indent=label, subsequent_indent=" " * 4)
