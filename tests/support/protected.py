"""Protecting small deliveries in tests.

Belongs here: the call with everything a test doesn't care about. Does not belong here: expectations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl

from assets.disclosure import Policy, Protected, load_policy, protect

SEED = b"a seed that only the tests know."
DEFINITION: Any = SimpleNamespace(name="sfi5-v1", hash="d" * 64)
MARKING = "SYNTETISKE DATA"
VINTAGES = pl.DataFrame(
    {
        "reference_date": [date(2024, 12, 31)],
        "register": ["bef"],
        "vintage": [date(2024, 12, 31)],
        "window_from": [None],
        "window_to": [None],
    }
)


def protected(
    exact: Mapping[str, pl.DataFrame],
    *,
    policy: Policy | None = None,
    seed: bytes = SEED,
    published: pl.DataFrame | None = None,
    superseded: pl.DataFrame | None = None,
    standing: Collection[date] = (),
) -> Protected:
    return protect(
        exact,
        policy or load_policy(),
        definition=DEFINITION,
        vintages=VINTAGES,
        marking=MARKING,
        facts={"purpose": "Statistik"},
        seed=seed,
        published=published,
        superseded=superseded,
        standing=standing,
    )


def with_values(policy: Policy, **sections: Any) -> Policy:
    """The policy with other values, e.g. `with_values(policy, rounding={"base": 10})`."""
    values = policy.model_dump()
    for name, section in sections.items():
        values[name] = values[name] | section if isinstance(section, dict) else section
    return Policy.model_validate(values)
