"""What is known about the quality of the registers in use, in counts: what was left aside and why.

Belongs here: reading it back for those who tell it (the warehouse's quality table, `femfaktor status`).
Standard library only: a quiet night may ask too.
Does not belong here: finding it (`extracts/`), its shape (`schemas/quarantine.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assets.fingerprints import Fingerprints
from schemas.quarantine import Quarantine

QUARANTINE = "quarantine"


def quarantine_facts(found: Iterable[Quarantine]) -> dict[str, Any]:
    """As they are kept with the node of a typed table."""
    return {QUARANTINE: [each.as_dict() for each in found]}


def find_quarantined(fingerprints: Fingerprints) -> list[Quarantine]:
    """Everything left aside in the typed tables as they stand, by register and status day."""
    return [
        Quarantine.from_dict(content)
        for node in fingerprints.nodes("registers/")
        for content in fingerprints.facts(node).get(QUARANTINE, [])
    ]
