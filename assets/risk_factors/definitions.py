"""Factor definitions: what the five factors mean, as data, versioned and fingerprinted.

Belongs here: loading `definitions/*.toml` (shipped) and `<home>/definitions/*.toml` (the user's own),
variants, the hash.
Does not belong here: the rules (`f1_…` to `f5_…`).

A variant says `extends = "sfi5-v1"` and then only what differs: tables are merged key by key, lists are
replaced whole.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from assets.risk_factors import (
    f1_ikke_kernefamilie,
    f2_doemt,
    f3_kontanthjaelp_pension,
    f4_ingen_uddannelse,
    f5_boligforhold,
)
from assets.risk_factors.parameters import FactorParameters, Strict
from schemas.errors import InputRefused, Problem

SHIPPED = Path(__file__).parent / "definitions"
DEFAULT = "sfi5-v1"


class Definition(Strict):
    """One complete reading of the five factors. `threshold` of them make "særlig risiko"."""

    name: str
    title: str
    # The release's "3+" and its texts say three; another threshold would be another product.
    threshold: Literal[3]
    f1_ikke_kernefamilie: f1_ikke_kernefamilie.Parameters
    f2_doemt: f2_doemt.Parameters
    f3_kontanthjaelp_pension: f3_kontanthjaelp_pension.Parameters
    f4_ingen_uddannelse: f4_ingen_uddannelse.Parameters
    f5_boligforhold: f5_boligforhold.Parameters

    @property
    def hash(self) -> str:
        """sha256 over the resolved content (a variant and its base together), independent of the file's
        layout."""
        content = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(content.encode()).hexdigest()

    def parameters(self, factor: str) -> FactorParameters:
        return getattr(self, factor)


def load_definitions(extra_dir: Path | None = None) -> dict[str, Definition]:
    """Shipped definitions and those in `extra_dir`, by name. Refuses all broken files at once."""
    files = sorted(SHIPPED.glob("*.toml"))
    if extra_dir is not None and extra_dir.is_dir():
        files += sorted(extra_dir.glob("*.toml"))
    raw: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for file in files:
        if file.stem in raw:
            problems.append(
                _problem(file.stem, "", "this name is taken by a shipped definition", "Rename the file.")
            )
            continue
        try:
            raw[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(_problem(file.stem, "", f"not readable as TOML: {error}", "Correct the file."))
    definitions: dict[str, Definition] = {}
    for name in raw:
        try:
            content = _resolve(name, raw)
            definitions[name] = Definition.model_validate(content)
        except InputRefused as refused:
            problems.extend(refused.problems)
        except ValidationError as error:
            for found in error.errors():
                column = ".".join(str(part) for part in found["loc"])
                problems.append(_problem(name, column, found["msg"], "Correct the key in the file."))
    if problems:
        raise InputRefused(problems)
    return definitions


def _resolve(name: str, raw: dict[str, dict[str, Any]], above: tuple[str, ...] = ()) -> dict[str, Any]:
    """The content of `name`, merged over what it extends."""
    content = dict(raw[name])
    if content.get("name") != name:
        raise InputRefused([_problem(name, "name", "differs from the file's name", "Make the two the same.")])
    base = content.pop("extends", None)
    if base is None:
        return content
    if base not in raw or base in (*above, name):
        raise InputRefused(
            [_problem(name, "extends", "no such definition, or a circle", "Name a definition that exists.")]
        )
    return _merge(_resolve(base, raw, (*above, name)), content)


def _merge(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both_tables else value
    return merged


def _problem(name: str, column: str, rule: str, action: str) -> Problem:
    return Problem(f"definitions/{name}.toml", column, rule, 1, action)
