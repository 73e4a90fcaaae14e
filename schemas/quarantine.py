"""What was left aside without stopping the night, in counts.

Belongs here: the shape of a quarantine. Does not belong here: finding it (`assets/extracts`), keeping and
telling it (`assets/quality.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Quarantine:
    """`count` of `of` rows of one register and status day (None for lists) break `rule`, and what became of
    them. `column` is blank where whole rows are meant. Counts only: never a value, never a row number."""

    register: str
    vintage: date | None
    column: str
    rule: str
    count: int
    of: int

    def __str__(self) -> str:
        where = ".".join(part for part in (self.register, self.column) if part)
        return f"{where} {self.vintage or 'list'}: {self.rule}: {self.count:,} of {self.of:,} rows"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"vintage": self.vintage.isoformat() if self.vintage else None}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Quarantine:
        read = cls(**content)
        return replace(read, vintage=date.fromisoformat(content["vintage"])) if content["vintage"] else read
