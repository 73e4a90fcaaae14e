"""What an audit says: findings, and how many values it compared.

Belongs here: the report. Does not belong here: looking.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """`count` places in `file` break `rule`. Never a value."""

    file: str
    rule: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.count:,}"


@dataclass
class AuditReport:
    """`checked` counts the values compared: an audit over nothing has not passed, it has not happened."""

    findings: list[Finding] = field(default_factory=list)
    checked: int = 0

    def find(self, file: str, rule: str, count: int = 1) -> None:
        if count:
            self.findings.append(Finding(file, rule, count))
