"""A dry run on a real delivery: what is there, what is missing, what to write in femfaktor.toml.

Belongs here: the whole way through a delivery without keeping anything, and its summary as text.
Does not belong here: the command (`pipelines/cli.py`), the rules themselves (the other modules here).
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.arrival import say_path
from assets.extracts.columns import ColumnMapping, say_name
from assets.extracts.discovery import Delivery, Source, find_files
from assets.extracts.manifest import check_manifests
from assets.extracts.markers import is_synthetic_delivery
from assets.extracts.readers import column_names
from assets.extracts.typed import TypingReport, type_register
from assets.fingerprints import hash_file
from schemas.contracts import Contract, Period
from schemas.errors import FemfaktorError, InputRefused, Problem
from schemas.registers import CONTRACTS

# Codes that few rows carry could point at a person: only the count is said.
_FEWEST_ROWS = 5
_MOST_CODES = 10


@dataclass(frozen=True)
class SourceCheck:
    """One register and status day: how it would be typed (`report`), or why not (`problems`)."""

    source: Source
    report: TypingReport | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class DeliveryCheck:
    """What `femfaktor check` found. `suggestions`: register -> typed column -> delivered column, guessed."""

    folder: Path
    sources: tuple[SourceCheck, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    suggestions: Mapping[str, Mapping[str, str]]
    synthetic: bool

    @property
    def is_usable(self) -> bool:
        """Everything needed is there and can be typed."""
        return not (self.missing or self.problems or any(check.problems for check in self.sources))

    def toml_lines(self) -> list[str]:
        """The lines for femfaktor.toml that would map what looks like a renamed column."""
        lines: list[str] = []
        for register, columns in self.suggestions.items():
            lines += [f"[registers.{register}.columns]"]
            lines += [f'{name} = "{_toml(delivered)}"' for name, delivered in columns.items()]
        return lines

    def as_dict(self) -> dict[str, object]:
        """The check for machines: names, counts and a `state`, never a value."""
        return {
            "state": "usable" if self.is_usable else "refused",
            "synthetic": self.synthetic,
            "sources": [
                {
                    "register": check.source.register,
                    "vintage": check.source.vintage.isoformat() if check.source.vintage else None,
                    "form": check.source.form,
                    "rows": check.report.rows_written if check.report else None,
                    "problems": [str(problem) for problem in check.problems],
                }
                for check in self.sources
            ],
            "missing": list(self.missing),
            "problems": [str(problem) for problem in self.problems],
            "not_read": list(self.unknown),
            "notes": list(self.notes),
            "columns": {register: dict(columns) for register, columns in self.suggestions.items()},
        }

    def to_text(self) -> str:
        """The check as plain text, a section per question."""
        lines = [f"Delivery {self.folder}" + (" (synthetic data)" if self.synthetic else ""), "", "There is:"]
        lines += [line for check in self.sources for line in _source_lines(check)] or ["  nothing"]
        for title, items in (
            ("Missing", self.missing),
            ("Refused", tuple(str(problem) for problem in self.problems)),
            ("Not read (no register by this name)", self.unknown),
            ("Note", self.notes),
        ):
            if items:
                lines += ["", f"{title}:", *(f"  {item}" for item in items)]
        if self.suggestions:
            lines += ["", "Columns that may have another name. If so, write in femfaktor.toml:"]
            lines += [f"  {line}" for line in self.toml_lines()]
        verdict = "The delivery can be used." if self.is_usable else "The delivery can't be used yet."
        return "\n".join([*lines, "", verdict]) + "\n"


def inspect_delivery(
    folder: Path,
    mapping: Mapping[str, ColumnMapping] | None = None,
    *,
    contracts: Mapping[str, Contract] = CONTRACTS,
    redelivery: str = "refuse",
    manifest: str = "optional",
    tmp: Path | None = None,
) -> DeliveryCheck:
    """Type everything below `folder` into a temporary folder (in `tmp` if given) and say how it went.

    `mapping`: register -> typed column -> delivered column. Never raises for what is wrong with the
    delivery; EnvironmentUnfit when the folder is missing.
    """
    delivery, problems = find_files(folder, contracts, redelivery=redelivery)
    problems += check_manifests(
        folder,
        [(source.register, file) for source in delivery.sources for file in source.files],
        hash_file,
        is_required=manifest == "required",
    )
    checks: list[SourceCheck] = []
    suggestions: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(dir=tmp, prefix="check-") as scratch:
        for source in delivery.sources:
            contract = contracts[source.register]
            columns = (mapping or {}).get(source.register, {})
            checks.append(_check_source(source, contract, Path(scratch), columns))
            for name, delivered in _suggest(source, contract, columns).items():
                suggestions.setdefault(source.register, {}).setdefault(name, delivered)
    found = {source.register for source in delivery.sources}
    return DeliveryCheck(
        folder=folder,
        sources=tuple(checks),
        unknown=tuple(say_path(path.relative_to(folder)) for path in delivery.unknown),
        missing=tuple(f"{name}: {c.en}" for name, c in contracts.items() if c.required and name not in found),
        notes=tuple(_notes(delivery, contracts)),
        problems=tuple(problems),
        suggestions=suggestions,
        synthetic=is_synthetic_delivery(delivery),
    )


def _check_source(source: Source, contract: Contract, scratch: Path, mapping: ColumnMapping) -> SourceCheck:
    target = scratch / "typed.parquet"
    try:
        report = type_register(source.files, contract, target, vintage=source.vintage, mapping=mapping)
    except InputRefused as refused:
        return SourceCheck(source, None, refused.problems)
    finally:
        target.unlink(missing_ok=True)
    return SourceCheck(source, report, ())


def _suggest(source: Source, contract: Contract, mapping: ColumnMapping) -> dict[str, str]:
    """Columns of the contract that are not there, with the nearest name among those nobody asked for."""
    try:
        delivered = column_names(source.files[0])
    except FemfaktorError:
        return {}
    mapped = {name.lower(): to.lower() for name, to in mapping.items()}
    # A name that can't be said is no suggestion.
    present = {name.strip().lower(): name for name in delivered if say_name(name) == name}
    wanted = {
        column.name
        for column in contract.columns
        if not present.keys() & {*column.delivered, mapped.get(column.name, "")}
    }
    taken = {name for column in contract.columns for name in column.delivered} | set(mapped.values())
    free = {name: original for name, original in present.items() if name not in taken}
    guesses: dict[str, str] = {}
    for column in contract.columns:
        if column.name in wanted and (near := difflib.get_close_matches(column.name, free, n=1, cutoff=0.6)):
            guesses[column.name] = free.pop(near[0])
    return guesses


def _notes(delivery: Delivery, contracts: Mapping[str, Contract]) -> list[str]:
    """What is not wrong, but limits what can be said."""
    notes: list[str] = []
    years: dict[str, list[int]] = {}
    for register, contract in contracts.items():
        days = [day for day in delivery.of(register) if day is not None and (day.month, day.day) == (12, 31)]
        years[register] = sorted(day.year for day in days)
        if years[register] and not contract.is_list:
            gaps = sorted(set(range(years[register][0], years[register][-1] + 1)) - set(years[register]))
            if gaps:
                notes.append(f"{register}: no 31 December of {', '.join(map(str, gaps))} in between.")
    if years.get("bef") and years.get("kraf"):
        # "No conviction" is known only of mothers seen in every snapshot of the window.
        last = min(years["bef"][-1], years["kraf"][-1])
        needed = sorted(set(range(last - 5, last + 1)) - set(years["bef"]))
        if needed:
            notes.append(
                f"bef: for f2 with a window of five years to 31 December {last}, the snapshots of "
                f"{', '.join(map(str, needed))} are not there; without them f2 is unknown, not 'no'."
            )
        decisions = sorted(set(range(last - 4, last + 1)) - set(years["kraf"]))
        if decisions:
            notes.append(f"kraf: the same window needs the years {', '.join(map(str, decisions))}.")
    if unread := [name for name, contract in contracts.items() if delivery.of(name) and not contract.read_by]:
        notes.append(f"{', '.join(unread)}: read by no factor; the night leaves them as delivered.")
    for register, contract in contracts.items():
        if contract.period is Period.NEW_YEAR and years.get(register):
            notes.append(f"{register}: a year is 1 January, and counts as 31 December of the year before.")
    return notes


def _source_lines(check: SourceCheck) -> list[str]:
    source, report = check.source, check.report
    when = f"{source.vintage}" if source.vintage else "list"
    files = source.files[0].name + (f" and {len(source.files) - 1} more" if len(source.files) > 1 else "")
    head = f"  {source.register} {when} ({source.form}: {files})"
    if report is None:
        return [f"{head}: REFUSED", *(f"    {problem}" for problem in check.problems)]
    lines = [f"{head}: {report.rows_written:,} rows"]
    if report.blank_rows:
        lines.append(f"    {report.blank_rows:,} empty lines are dropped")
    if report.duplicates_dropped:
        lines.append(f"    {report.duplicates_dropped:,} exact duplicates are dropped")
    if report.columns_absent:
        lines.append(f"    not delivered, will be unknown: {', '.join(report.columns_absent)}")
    if report.columns_dropped:
        lines.append(f"    not needed, dropped: {', '.join(report.columns_dropped)}")
    for name, count in report.unknown_codes.items():
        lines.append(
            f"    {name}: {count:,} values not in the code list become unknown{_codes(report, name)}"
        )
    for name, count in report.undescribed_codes.items():
        lines.append(f"    {name}: {count:,} values have a code without a text")
    return lines


def _codes(report: TypingReport, column: str) -> str:
    """Short codes that many rows share; anything rarer is left to the count."""
    counted = report.unknown_code_values.get(column, {})
    common = [code for code, rows in counted.items() if rows >= _FEWEST_ROWS]
    return f" (codes {', '.join(common[:_MOST_CODES])})" if common else ""


def _toml(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
