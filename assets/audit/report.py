"""What an audit says: findings, what was tried, and what could not be audited exactly.

Belongs here: the report, as JSON and as a short text. Does not belong here: looking.
Names rule, table, level and counts, never a value or an area: the report may be read by anyone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Finding:
    """`count` places in `file` break `rule`. Never a value."""

    file: str
    rule: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.count:,}"


@dataclass
class Tried:
    """How hard the attack tried."""

    dates: int = 0
    cells: int = 0
    """Counts attacked: published, hidden, and such as can be computed without being printed."""
    linear: int = 0
    integer: int = 0
    """Programs solved."""
    witnesses: int = 0
    """Complete tables of whole numbers that fit everything published."""
    seconds: float = 0.0


AT_THE_SAME_TIME = 2
"""Parts attacked side by side: the solver leaves Python to the others."""


@dataclass
class AuditReport:
    """`checked` counts the values compared: an audit over nothing has not passed, it has not happened."""

    findings: list[Finding] = field(default_factory=list)
    checked: int = 0
    tried: Tried = field(default_factory=Tried)
    narrowest: dict[str, int] = field(default_factory=dict)
    """By table: width of the narrowest interval found (largest less smallest possible value), but for rows of
    so few children that no interval could be as wide as is asked."""
    hidden: dict[str, dict[str, int]] = field(default_factory=dict)
    """By table: rows per reason (`cell_status`)."""
    not_exact: dict[str, int] = field(default_factory=dict)
    """What could not be audited exactly, and how many counts it concerns."""
    notes: dict[str, int] = field(default_factory=dict)
    """What an attacker learns only by assuming what he can't know; no finding."""
    share_errors: dict[str, dict[str, float]] = field(default_factory=dict)
    """By level: error of the published shares in points (mean, p95, max), where the caller knows it."""

    def find(self, file: str, rule: str, count: int = 1) -> None:
        if count:
            self.findings.append(Finding(file, rule, int(count)))

    def miss(self, what: str, count: int = 1) -> None:
        if count:
            self.not_exact[what] = self.not_exact.get(what, 0) + int(count)

    def note(self, what: str, count: int = 1) -> None:
        if count:
            self.notes[what] = self.notes.get(what, 0) + int(count)

    def narrow(self, table: str, width: int) -> None:
        self.narrowest[table] = min(width, self.narrowest.get(table, width))

    def absorb(self, other: AuditReport) -> None:
        """Take over what a part of the attack says."""
        self.findings += other.findings
        for name in ("dates", "cells", "linear", "integer", "witnesses"):
            setattr(self.tried, name, getattr(self.tried, name) + getattr(other.tried, name))
        for table, width in other.narrowest.items():
            self.narrow(table, width)
        for what, count in other.not_exact.items():
            self.miss(what, count)
        for what, count in other.notes.items():
            self.note(what, count)

    def merge_findings(self) -> None:
        """One finding per file and rule."""
        counts: Counter[tuple[str, str]] = Counter()
        for finding in self.findings:
            counts[finding.file, finding.rule] += finding.count
        self.findings = [Finding(file, rule, count) for (file, rule), count in counts.items()]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def as_text(self) -> str:
        """A few lines for the log and for the person who signs."""
        tried = self.tried
        lines = [
            f"{self.checked:,} values compared with the protected tables",
            f"{tried.cells:,} counts of {tried.dates:,} dates attacked in {tried.seconds:.1f} s",
            f"{tried.linear:,} linear, {tried.integer:,} integer programs, {tried.witnesses:,} whole tables",
        ]
        lines += [
            f"narrowest interval in {table}: {width:,}" for table, width in sorted(self.narrowest.items())
        ]
        for table, reasons in sorted(self.hidden.items()):
            parts = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
            lines.append(f"{table}: {parts}")
        for level, error in sorted(self.share_errors.items()):
            parts = ", ".join(f"{name} {value:.2f}" for name, value in error.items())
            lines.append(f"error of shares, {level}, in points: {parts}")
        lines += [f"not audited exactly: {what}: {count:,}" for what, count in sorted(self.not_exact.items())]
        lines += [f"note: {what}: {count:,}" for what, count in sorted(self.notes.items())]
        lines += [f"FOUND {finding}" for finding in self.findings]
        lines.append("refused" if self.findings else "passed")
        return "\n".join(lines)


def attack_parts(parts: Iterable[Callable[[AuditReport], None]], report: AuditReport) -> None:
    """Attack independent parts side by side; the report is the same as one after the other."""

    def attack(part: Callable[[AuditReport], None]) -> AuditReport:
        own = AuditReport()
        part(own)
        return own

    with ThreadPoolExecutor(AT_THE_SAME_TIME) as threads:
        for own in threads.map(attack, parts):
            report.absorb(own)
