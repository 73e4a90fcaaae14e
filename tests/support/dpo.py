"""Facts for the data protection officer's page, all of its parts filled."""

from __future__ import annotations

import tomllib
from datetime import date

from assets.settings import POLICY_TEMPLATE
from reports.dpo import Facts, Measured

MEASURED = Measured(
    number="r0003",
    is_published=False,
    signed_at=None,
    dates=[date(2023, 12, 31), date(2024, 12, 31)],
    checked=148_911,
    attacked=2_499,
    programs=258,
    findings=0,
    narrowest={"area_risk": 4, "area_factor": 5},
    rows={"area_risk": {"rounded": 134, "too_small": 72}, "area_children": {"rounded": 440}},
    not_exact=0,
    share_errors=[
        (date(2023, 12, 31), {"shares": 10, "mean": 0.279, "p95": 1.188, "max": 1.778}),
        (date(2024, 12, 31), {"shares": 0, "mean": None, "p95": None, "max": None}),
    ],
)
FACTS = Facts(
    controller="Prøvekøbing Kommune",
    purpose="Statistik til boligsociale indsatser",
    legal_basis="databeskyttelseslovens § 10",
    definition="sfi5-v1: efter SFI 10:14",
    is_synthetic=False,
    second_person=False,
    scored_days=0,
    scored_reason="",
    keep_typed=True,
    rejects_days=30,
    run_history_days=90,
    policy=tomllib.loads(POLICY_TEMPLATE.read_text(encoding="utf-8")),
    policy_hash="f" * 64,
    measured=MEASURED,
)
