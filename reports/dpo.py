"""The page for the data protection officer: what is done with the data here, and what makes it safe.

Belongs here: its facts and its words. Does not belong here: gathering the facts (`pipelines/dpo.py`), the
areas' pages (`view`, `texts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reports.numbers import decimal, full_date, whole

TEMPLATES = Path(__file__).parent / "templates"

METHODS = {
    "controlled-rounding": "Kontrolleret afrunding: hvert antal rundes til et multiplum af basen nær ved, "
    "alle antal på én gang, så alt stadig går op. Afrunding hvert for sig ville kunne regnes tilbage.",
    "complementary-suppression": "Skjulte celler: antal vises nøjagtigt eller skjules, og så meget andet "
    "skjules med, at det skjulte ikke kan regnes ud.",
}
REASONS = {
    "shown": "vist",
    "rounded": "vist afrundet",
    "group_hidden": "skjult, fordi tallet siger noget om alle i området",
    "too_small": "området eller gruppen er for lille",
    "hidden": "skjult af hensyn til diskretion",
}
TABLES = {
    "area_risk": "Andel og antal i særlig risiko",
    "area_factor": "Den enkelte risikofaktor",
    "area_factor_count": "Antal risikofaktorer",
    "area_children": "Børn efter alder",
}


@dataclass(frozen=True)
class Measured:
    """What the audit of one release or proposal found, and what its protection cost."""

    number: str
    is_published: bool
    signed_at: str | None
    dates: Sequence[date]
    checked: int
    attacked: int
    programs: int
    findings: int
    narrowest: Mapping[str, int]
    rows: Mapping[str, Mapping[str, int]]
    not_exact: int
    share_errors: Sequence[tuple[date, Mapping[str, float]]]


@dataclass(frozen=True)
class Facts:
    """Everything the page says that isn't said the same everywhere."""

    controller: str
    purpose: str
    legal_basis: str
    definition: str
    is_synthetic: bool | None
    second_person: bool
    scored_days: int
    scored_reason: str
    keep_typed: bool
    rejects_days: int
    run_history_days: int
    policy: Mapping[str, Any]
    policy_hash: str
    measured: Measured | None


def render_dpo(facts: Facts) -> str:
    """One HTML file, no scripts, no network. The same facts give the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"whole": whole, "decimal": decimal, "full_date": full_date}
    page = environment.get_template("dpo.html.j2")
    return page.render(facts=facts, methods=METHODS, reasons=REASONS, tables=TABLES)
