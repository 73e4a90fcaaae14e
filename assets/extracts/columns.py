"""Which delivered column is which column of the contract.

Belongs here: names, casing, aliases, the user's mapping, names that look personal.
Does not belong here: values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.arrival import NO_NAME
from schemas.contracts import Contract
from schemas.errors import InputRefused, Problem

# Typed column -> delivered column, as in femfaktor.toml under [registers.<name>.columns].
ColumnMapping = Mapping[str, str]

_PERSONAL = re.compile(
    r"cpr|personn(umme)?r|navn|telefon|tlf|phone|mobil|e?mail"
    r"|(^|_)(name|firstname|lastname|surname|address|adresse|adr|street|vej|gade|husnr|etage|doer)(_|$|\d)"
    r"|^(vej|adresse|gade)"
)
# Names of places and keys, not of people; adresse_id is a pseudonym.
_NOT_PERSONAL = re.compile(
    r"(omr|area|afdeling|kommune|plan|file|table|column)_?\w*nav?(n|me)$|^adresse_?id$"
)


# A name that can be said: anything else may be a value in the place of a name.
_SAYABLE = re.compile(r"[A-Za-zÆØÅæøå_][\w.-]{0,47}")


def say_name(name: str) -> str:
    """A delivered column name as messages may hold it."""
    return name if _SAYABLE.fullmatch(name) and not re.search(r"\d{6}", name) else NO_NAME


@dataclass(frozen=True)
class ColumnMatch:
    """Typed name -> delivered name; delivered columns nobody asked for; optional ones that are absent."""

    found: Mapping[str, str]
    dropped: tuple[str, ...]
    absent: tuple[str, ...]


def is_personal_name(name: str) -> bool:
    """Does a column of this name hold names, addresses, phone numbers or CPR numbers?"""
    name = name.strip().lower().replace(" ", "_").replace("ø", "oe").replace("å", "aa")
    return bool(_PERSONAL.search(name)) and not _NOT_PERSONAL.search(name)


def match_columns(
    delivered: Sequence[str], contract: Contract, mapping: ColumnMapping, *, file: str
) -> ColumnMatch:
    """Find the contract's columns among the delivered names, in any casing.

    InputRefused: a required column is missing, two columns fit one, the mapping names an unknown column, or a
    column that nobody asked for looks personal.
    """
    mapping = {name.lower(): target.lower() for name, target in mapping.items()}
    problems: list[Problem] = []

    def refuse(column: str, rule: str, action: str) -> None:
        problems.append(Problem(contract.name, column, rule, 1, action, file=file))

    names = {column.name for column in contract.columns}
    for name in mapping.keys() - names:
        refuse(
            name,
            "the mapping names a column the register does not have",
            f"Remove it from [registers.{contract.name}.columns], or use one of {', '.join(sorted(names))}.",
        )
    lowered = [re.sub(r"_duplicated_\d+$", "", name.strip().lower()) for name in delivered]
    found: dict[str, str] = {}
    absent: list[str] = []
    taken: set[str] = set()
    for column in contract.columns:
        mapped = mapping.get(column.name)
        wanted = (mapped,) if mapped in lowered else column.delivered
        hits = [delivered[i] for i, name in enumerate(lowered) if name in wanted]
        if len(hits) > 1:
            refuse(column.name, "more than one delivered column fits", "Deliver it once, or map one of them.")
        if hits:
            found[column.name] = hits[0]
            taken.update(hits)
        elif column.required:
            refuse(
                column.name,
                "the required column is missing",
                f"If it has another name, write under [registers.{contract.name}.columns] in femfaktor.toml: "
                f'{column.name} = "<delivered name>".',
            )
        else:
            absent.append(column.name)
    dropped = tuple(name for name in delivered if name not in taken)
    for name in dropped:
        if is_personal_name(name):
            refuse(
                say_name(name),
                "the column looks personal",
                "Have it removed at the source; it must not lie here.",
            )
    if problems:
        raise InputRefused(problems)
    return ColumnMatch(found, dropped, tuple(absent))
