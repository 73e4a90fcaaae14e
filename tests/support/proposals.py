"""Homes with a proposal, made without a run: any files, a manifest, and the entry the ledger would get.

Belongs here: what tests of approval start from. Does not belong here: expectations.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from assets.approval import AUDIT_FILE, PROPOSAL_FILE, Proposal, open_releases, write_json
from assets.disclosure.ledger import PublishedDate
from assets.fingerprints import hash_file
from assets.home import Home
from tests.support.homes import begin

NIGHT = "natkonto"


def make_home(root: Path) -> Home:
    home = Home(root)
    begin(home)
    return home


def propose(
    home: Home, number: str, *, synthetic: bool = False, accounts: tuple[str, ...] = (NIGHT,)
) -> Path:
    """A proposal of one table and one page, following the ledger as it stands."""
    ledger, _ = open_releases(home)
    cells = ledger.store(pl.DataFrame({"cell": ["children"], "published": [int(number[1:])]}))
    dated = PublishedDate(
        reference_date="2024-12-31",
        revision=ledger.length,
        inputs={"cell": number},
        areas="a" * 64,
        policy={},
        policy_hash="p" * 64,
        solvers={},
        cells=cells,
        populations=cells,
    )
    entry = ledger.prepare(number, [dated])
    folder = home.proposals / number
    release = folder / "release"
    (release / "csv").mkdir(parents=True)
    (release / "index.html").write_text(f"<p>{number}</p>", encoding="utf-8")
    (release / "csv" / "area_risk.csv").write_text(number, encoding="utf-8")
    files = {str(path.relative_to(release)): hash_file(path) for path in release.rglob("*") if path.is_file()}
    said = {"length": entry.number, "head": entry.hash}
    manifest = release / "manifest.json"
    marking = "SYNTETISKE DATA" if synthetic else "BESKYTTEDE TAL"
    manifest.write_text(json.dumps({"marking": marking, "ledger": said, "files": files}), encoding="utf-8")
    proposal = Proposal(
        number=number,
        is_synthetic=synthetic,
        manifest=hash_file(manifest),
        accounts=accounts,
        proposed_by={"account": NIGHT, "login": NIGHT},
        proposed_at="2025-01-31T04:00:00+01:00",
        inputs={},
        entry=asdict(entry),
    )
    write_json(folder / AUDIT_FILE, {"audit": {}, "protection": {"dates": []}})
    write_json(folder / PROPOSAL_FILE, asdict(proposal))
    return folder
