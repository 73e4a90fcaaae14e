"""The register documentation, rendered from the contracts.

Belongs here: Markdown for `docs/registers.md`.
Does not belong here: facts about registers (the contracts), writing the file (`pipelines/docs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from schemas.contracts import Code, Column, Contract

_INTRO = """# Registers

<!-- Rendered from schemas/registers: do not edit; run `make docs WRITE=1`. -->

What femfaktor reads, column by column. Columns are found in any casing; a delivered name that differs is
mapped in `femfaktor.toml` (`femfaktor check DIR` writes the lines for you). Columns not listed here are named
in the log and dropped; a column that looks personal by its name stops the run.

Certainty: **S** read in a source, **B** background knowledge, **I** inference, **G** guess.
"Code list, closed": other codes become blank and are counted; above the register's limit the delivery is
refused. "Open": other codes are kept and counted.
"""


def render_markdown(contracts: Mapping[str, Contract]) -> str:
    """All contracts as one Markdown page, ending in a newline."""
    return "\n".join([_INTRO, *(_register(contract) for contract in contracts.values())])


def _register(contract: Contract) -> str:
    rows = "One row" if contract.one_row_per_key else "Any number of rows"
    key = " + ".join(f"`{name}`" for name in contract.key)
    lines = [
        f"## {contract.name.upper()}: {contract.en}",
        "",
        f"*{contract.da}.* {rows} per {key}.",
        f"Period: {contract.period.value}.",
        *(
            [f"Usually delivered within {contract.arrives_after} months (B)."]
            if contract.arrives_after
            else []
        ),
        _readers(contract),
        f"Limit for codes outside a closed list: {contract.unknown_code_limit:.0%} of a column's values.",
    ]
    lines += _row_rules(contract)
    if contract.note:
        lines += ["", contract.note]
    lines += [
        "",
        *_table(
            ("Column", "Read as", "Typed", "Must be", "Danish", "English", "Certainty"),
            map(_row, contract.declared),
        ),
    ]
    for column in contract.declared:
        if column.codes:
            lines += [
                "",
                f"**{column.name.upper()}**, code list, {'closed' if column.codes.closed else 'open'}",
                "",
                *_table(("Code", "Danish", "English", "Valid"), map(_code, column.codes.codes)),
            ]
    return "\n".join(lines) + "\n"


def _row_rules(contract: Contract) -> list[str]:
    """What single rows may not say, and how many may all the same."""
    rules = [
        f"- `{rule.column}`: {rule.rule}: at most {rule.limit:.1%} of the rows"
        + (f" ({rule.left})." if rule.limit < 0.5 else ".")
        for rule in contract.row_rules
    ]
    if mothers := contract.mothers:
        rules.append(
            f"- `{mothers.column}`: mothers are {mothers.youngest} to {mothers.oldest} at the birth, both "
            f"included, and women: at most {mothers.limit:.1%} of the links are otherwise (mother unknown)."
        )
    return ["", "Left aside and counted in few rows, refused in more:", "", *rules] if rules else []


def _readers(contract: Contract) -> str:
    """Who reads the register, and what happens without it."""
    if not contract.read_by:
        return "Read by no factor: `femfaktor check` holds it to this page, the night only names it."
    readers = f"Read by {', '.join(contract.read_by)}"
    if contract.required:
        return f"{readers}. Required."
    return f"{readers}. Optional: without it the definitions that need it are left out."


def _row(column: Column) -> tuple[str, ...]:
    must = "delivered" if column.required else "delivered if at hand"
    if not column.nullable:
        must += ", never blank"
    typed = column.dtype.__name__ if column.keep else "not kept"
    if column.unit:
        typed += f" ({column.unit})"
    names = ", ".join(f"`{name.upper()}`" for name in column.delivered)
    return names, column.kind.value, typed, must, column.da, column.en, column.certainty


def _code(code: Code) -> tuple[str, ...]:
    value = f"{code.code}–{code.last}" if code.last is not None else str(code.code)
    return value, code.da, code.en, _validity(code.valid_from, code.valid_to)


def _validity(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return ""
    return f"{start or ''} – {end or ''}".strip()


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line("---" for _ in head), *map(line, rows)]
