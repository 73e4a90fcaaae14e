"""What others did: the catalogue's initiatives whose aim meets what drives an area's share.

Belongs here: reading `initiatives.toml` and choosing. Does not belong here: what drives a share (`model`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INITIATIVES_FILE = Path(__file__).with_name("initiatives.toml")


@dataclass(frozen=True)
class Initiative:
    """`line` is empty where only title and municipality are known."""

    title: str
    kommune: str
    line: str


@dataclass(frozen=True)
class Aim:
    """One aim of the catalogue with its initiatives, and the factors it was chosen for."""

    name: str
    factors: tuple[str, ...]
    initiatives: tuple[Initiative, ...]


def chosen_for(drivers: Sequence[str]) -> tuple[Aim, ...]:
    """The aims that meet these factors, in the catalogue's order; none for factors without one."""
    aims_of, aims = _catalogue()
    chosen = []
    for key, (name, initiatives) in aims.items():
        factors = tuple(f for f in drivers if key in aims_of.get(f, ()))
        if factors:
            chosen.append(Aim(name, factors, initiatives))
    return tuple(chosen)


@cache
def _catalogue() -> tuple[dict[str, list[str]], dict[str, tuple[str, tuple[Initiative, ...]]]]:
    data = tomllib.loads(INITIATIVES_FILE.read_text(encoding="utf-8"))
    aims = {
        key: (
            name,
            tuple(
                Initiative(entry["title"], entry["kommune"], entry.get("line", ""))
                for entry in data["initiative"]
                if entry["aim"] == key
            ),
        )
        for key, name in data["aims"].items()
    }
    return data["aims_of"], aims
