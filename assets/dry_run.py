"""A dry run on a real delivery: what is there, what is missing, what to write in femfaktor.toml; and all that
a night would refuse.

Belongs here: the whole way through a delivery without keeping anything, and its summary as text.
Does not belong here: the command (`pipelines/cli.py`), the rules themselves (`extracts/`, `validation/`).
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from assets import files
from assets.arrival import say_path
from assets.extracts.columns import ColumnMapping, say_name
from assets.extracts.discovery import Delivery, Source, find_files, find_growing, find_twins
from assets.extracts.manifest import check_manifests
from assets.extracts.markers import is_synthetic_delivery
from assets.extracts.readers import column_names
from assets.extracts.typed import TypingReport, type_register
from assets.fingerprints import Fingerprints
from assets.home import Home
from assets.prerequisites import find_gaps
from assets.quality import good_profiles
from assets.settings import Settings
from assets.validation import find_missing_vintages, judge_table, judge_together
from schemas.contracts import Contract, Period
from schemas.errors import FemfaktorError, InputRefused, Problem
from schemas.registers import CONTRACTS, READ

# Codes that few rows carry could point at a person: only the count is said.
_FEWEST_ROWS = 5
_MOST_CODES = 10


@dataclass(frozen=True)
class SourceCheck:
    """One register and status day: how it would be typed (`report`), and why it would be refused."""

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


def inspect_delivery(folder: Path, home: Home, settings: Settings) -> DeliveryCheck:
    """Type everything below `folder` into a temporary folder of the home, judge it as the home's next night
    would, and say how it went. The home's record is only read.

    Never raises for what is wrong with the delivery; EnvironmentUnfit when the folder is missing or the
    record can't be read.
    """
    delivery, problems = find_files(folder, CONTRACTS, redelivery=settings.delivery.redelivery)
    last_night = Fingerprints(home.state)
    problems += check_manifests(
        folder,
        [(source.register, file) for source in delivery.sources for file in source.files],
        last_night.file_hash,
        is_required=settings.delivery.manifest == "required",
    )
    checks: list[SourceCheck] = []
    suggestions: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(dir=home.temp if home.temp.is_dir() else None, prefix="check-") as name:
        scratch, typed = Path(name), dict[str, dict[date | None, Path]]()
        for source in delivery.sources:
            contract, columns = CONTRACTS[source.register], settings.mapping.get(source.register, {})
            target = scratch / source.register / source.typed_name
            check = _check_source(source, contract, target, columns, delivery.folder, last_night)
            for column, delivered in _suggest(source, contract, columns).items():
                suggestions.setdefault(source.register, {}).setdefault(column, delivered)
            if check.report and source.register in READ:
                before = good_profiles(last_night, source.register)
                judged = judge_table(target, contract, source.vintage, before, settings.drift)
                check = replace(check, problems=(*check.problems, *judged.problems, *judged.drift))
                typed.setdefault(source.register, {})[source.vintage] = target
            else:
                files.remove(target)
            checks.append(check)
        missing = [name for name, c in CONTRACTS.items() if c.required and not delivery.of(name)]
        problems += _beside_each_other(delivery, last_night)
        days = settings.reference_dates([day for day in typed.get("bef", {}) if day])
        tables = {
            register: {day: pl.scan_parquet(path) for day, path in paths.items()}
            for register, paths in typed.items()
        }
        has_areas = typed.keys() >= {"omraader", "omraade_adresser"}
        problems += judge_together(tables, days if has_areas else [], settings.coverage)
    notes = _notes(delivery, CONTRACTS)
    if not missing:
        gaps, left_out = find_gaps(_columns(checks), settings, home.definitions)
        problems += gaps
        notes += left_out
    return DeliveryCheck(
        folder=folder,
        sources=tuple(checks),
        unknown=tuple(say_path(path.relative_to(folder)) for path in delivery.unknown),
        missing=tuple(f"{name}: {CONTRACTS[name].en}" for name in missing),
        notes=tuple(notes),
        problems=tuple(problems),
        suggestions=suggestions,
        synthetic=is_synthetic_delivery(delivery),
    )


def _check_source(
    source: Source,
    contract: Contract,
    target: Path,
    mapping: ColumnMapping,
    folder: Path,
    fingerprints: Fingerprints,
) -> SourceCheck:
    for file in source.files:
        fingerprints.file_hash(file)
    try:
        report = type_register(source.files, contract, target, vintage=source.vintage, mapping=mapping)
    except InputRefused as refused:
        return SourceCheck(source, None, refused.problems)
    return SourceCheck(source, report, tuple(find_growing(source, folder, fingerprints.is_as_hashed)))


def _beside_each_other(delivery: Delivery, last_night: Fingerprints) -> list[Problem]:
    """Status days of one register that are alike, and those that the last good night had."""
    return [
        problem
        for contract in READ.values()
        for sources in [delivery.of(contract.name)]
        if sources
        for problem in (
            *find_twins(contract, sources.values(), last_night.file_hash),
            *find_missing_vintages(contract, sources, good_profiles(last_night, contract.name)),
        )
    ]


def _columns(checks: Iterable[SourceCheck]) -> list[tuple[str, date | None, Iterable[str]]]:
    """Register, status day and columns; of what was refused, all that it should have."""
    return [
        (
            check.source.register,
            check.source.vintage,
            check.report.columns if check.report else CONTRACTS[check.source.register].polars_schema,
        )
        for check in checks
    ]


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
    refused = [f"    {problem}" for problem in check.problems]
    if report is None:
        return [f"{head}: REFUSED", *refused]
    lines = [f"{head}: {report.rows_written:,} rows{', REFUSED' if refused else ''}", *refused]
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
