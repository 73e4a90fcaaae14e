"""`femfaktor dpo`: gathers what the data protection officer's page says.

Belongs here: facts from settings, policy and the newest paperwork. Does not belong here: words and layout
(`reports/dpo.py`).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from assets import files
from assets.approval import AUDIT_FILE, PROPOSAL_FILE, SIGNATURE_FILE, read_audit
from assets.home import READABLE_FILE, Home
from assets.release.manifest import numbered
from assets.risk_factors.definitions import load_definitions
from assets.settings import load_owner_policy, load_settings
from reports.dpo import Facts, Measured, render_dpo


def write_dpo(home: Home, out: Path) -> None:
    """Write the page as things stand: settings and policy of today, measures of the newest proposal or
    release."""
    settings, policy = load_settings(home.settings), load_owner_policy(home.policy)
    release = settings.release
    definition = load_definitions(home.definitions).get(release.definition)
    paperwork = next(
        (path for path in reversed(numbered(home.proposals)) if (path / AUDIT_FILE).exists()), None
    )
    facts = Facts(
        controller=release.controller,
        purpose=release.purpose,
        legal_basis=release.legal_basis,
        definition=f"{definition.name}: {definition.title}" if definition else release.definition,
        is_synthetic=_read(paperwork / PROPOSAL_FILE)["is_synthetic"] if paperwork else None,
        second_person=release.second_person,
        scored_days=settings.retention.scored_days,
        scored_reason=settings.retention.scored_reason,
        keep_typed=settings.retention.keep_typed,
        rejects_days=settings.retention.rejects_days,
        run_history_days=settings.retention.run_history_days,
        policy=policy.model_dump(),
        policy_hash=policy.hash,
        measured=_measured(home, paperwork) if paperwork else None,
    )
    files.write(out, render_dpo(facts).encode(), READABLE_FILE)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _measured(home: Home, paperwork: Path) -> Measured:
    told = read_audit(paperwork)
    audit, protection = told["audit"], told["protection"]
    signature = paperwork / SIGNATURE_FILE
    is_published = (home.releases / paperwork.name).is_dir()
    dates = [(date.fromisoformat(each["reference_date"]), each) for each in protection["dates"]]
    return Measured(
        number=paperwork.name,
        is_published=is_published,
        signed_at=_read(signature)["approved_at"][:10] if is_published and signature.exists() else None,
        dates=[day for day, _ in dates],
        checked=audit["checked"],
        attacked=audit["tried"]["cells"],
        programs=audit["tried"]["linear"] + audit["tried"]["integer"],
        findings=len(audit["findings"]),
        narrowest=audit["narrowest"],
        rows=audit["hidden"],
        not_exact=sum(audit["not_exact"].values()),
        share_errors=[(day, each["share_error_points"]) for day, each in dates],
    )
