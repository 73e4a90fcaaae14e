"""What a delivery folder holds: which files are which register and which status day.

Belongs here: file and folder names, periods, re-deliveries.
Does not belong here: opening files (`readers.py`), their columns (`columns.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.arrival import list_arrivals, say_path
from assets.extracts.manifest import is_manifest
from schemas.contracts import Contract
from schemas.errors import EnvironmentUnfit, InputRefused, Problem
from schemas.registers import CONTRACTS

MARKER_SUFFIX = ".syntetisk"
_FILE = re.compile(r"^(?P<stem>.+?)\.(?P<form>parquet|csv|csv\.gz|sas7bdat|xpt)$")
_PERIOD = re.compile(r"^(?P<register>.*\D)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})?$")
_HIVE_YEAR = re.compile(r"^year=(?P<year>(?:19|20)\d{2})$")
_UNFINISHED = re.compile(r"^\.(?=.*\.)|\.(part|partial|filepart|tmp|crdownload)$")
_DATED = re.compile(r"(?P<y>20\d{2})-?(?P<m>\d{2})-?(?P<d>\d{2})$")


@dataclass(frozen=True)
class Source:
    """The files of one register and status day in one form. `vintage` is None for lists.

    `delivered` is the date in the folder's name when it lies in a dated re-delivery folder.
    """

    register: str
    vintage: date | None
    form: str
    files: tuple[Path, ...]
    delivered: date | None = None

    @property
    def typed_name(self) -> str:
        """File name of the typed table: the status day, or `all.parquet` for lists."""
        return f"{self.vintage.isoformat() if self.vintage else 'all'}.parquet"


@dataclass(frozen=True)
class Delivery:
    """Everything found below `folder`; `unknown` files are not read and have to be named to the user."""

    folder: Path
    sources: tuple[Source, ...]
    unknown: tuple[Path, ...]

    def of(self, register: str) -> dict[date | None, Source]:
        """The sources of one register by status day, oldest first."""
        return {source.vintage: source for source in self.sources if source.register == register}


def _delivered_on(folders: tuple[str, ...]) -> date | None:
    """The date a re-delivery folder carries at the end of its name, innermost first."""
    for name in reversed(folders):
        if found := _DATED.search(name):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    return None


def _recognise(parts: tuple[str, ...], contracts: Mapping[str, Contract]) -> Source | None:
    """Register, status day and form from a lower-cased path below the delivery folder; None = not ours."""
    file = _FILE.match(parts[-1])
    if file is None:
        return None
    folders, stem, form = parts[:-1], file["stem"], file["form"]
    if len(folders) >= 2 and folders[-2] in contracts and (hive := _HIVE_YEAR.match(folders[-1])):
        register, year, month = folders[-2], int(hive["year"]), None
        if form != "parquet":
            return None
        folders, form = folders[:-2], "hive"
    elif stem in contracts and contracts[stem].is_list:
        return Source(stem, None, form, (), _delivered_on(folders))
    elif (named := _PERIOD.match(stem)) and named["register"] in contracts:
        register, year = named["register"], int(named["year"])
        month = int(named["month"]) if named["month"] else None
    else:
        return None
    try:
        vintage = contracts[register].vintage(year, month)
    except ValueError:
        return None
    return Source(register, vintage, form, (), _delivered_on(folders))


def _odd(relative: Path, source: Source | None, rule: str) -> Problem:
    action = "Deliver the file itself, whole, into the delivery folder; or remove it."
    return Problem(source.register if source else "", "", rule, 1, action, file=say_path(relative))


def discover(
    folder: Path, contracts: Mapping[str, Contract] = CONTRACTS, *, redelivery: str = "refuse"
) -> Delivery:
    """What `find_files` found; InputRefused when the choice is ambiguous."""
    delivery, problems = find_files(folder, contracts, redelivery=redelivery)
    if problems:
        raise InputRefused(problems)
    return delivery


def find_files(
    folder: Path, contracts: Mapping[str, Contract] = CONTRACTS, *, redelivery: str = "refuse"
) -> tuple[Delivery, list[Problem]]:
    """Find every register file below `folder`, by name only, and what is ambiguous: then the first counts.

    Forms: `<register>/year=YYYY/*.parquet`, `<register>YYYY[MM].parquet|csv|csv.gz|sas7bdat|xpt`, lists as
    `<list>.<form>`; in any casing, also in dated re-delivery folders. The same register and status day twice
    is ambiguous, unless `redelivery="latest"`: then the folder with the latest date wins.
    Raises EnvironmentUnfit when `folder` is missing.
    """
    if redelivery not in ("refuse", "latest"):
        raise ValueError(f"redelivery is 'refuse' or 'latest', not {redelivery!r}")
    if not folder.is_dir():
        raise EnvironmentUnfit(f"{folder} is not a folder")
    unknown: list[Path] = []
    # One candidate = the files of one form in one folder; hive parts belong together.
    candidates: dict[tuple[str, date | None], dict[tuple, list[Path]]] = defaultdict(
        lambda: defaultdict(list)
    )
    problems: list[Problem] = []
    arrivals = list_arrivals(folder)
    for path, rule in arrivals.odd:
        source = _recognise(tuple(part.lower() for part in path.relative_to(folder).parts), contracts)
        problems.append(_odd(path.relative_to(folder), source, rule))
    for path in arrivals.files:
        relative = path.relative_to(folder)
        parts = tuple(part.lower() for part in relative.parts)
        if parts[-1].endswith(MARKER_SUFFIX) or is_manifest(parts[-1]):
            continue
        source = _recognise(parts, contracts)
        if source is None:
            unfinished = _recognise((*parts[:-1], _UNFINISHED.sub("", parts[-1])), contracts)
            if unfinished and _UNFINISHED.search(parts[-1]):
                problems.append(_odd(relative, unfinished, "the transfer of the file is not finished"))
            else:
                unknown.append(path)
            continue
        place = (path.parent, "") if source.form == "hive" else (path.parent, path.name)
        candidates[source.register, source.vintage][source.form, source.delivered, *place].append(path)
    sources: list[Source] = []
    for (register, vintage), found in candidates.items():
        choices = [
            Source(register, vintage, form, tuple(files), delivered)
            for (form, delivered, *_), files in found.items()
        ]
        if redelivery == "latest":
            last = max(source.delivered or date.min for source in choices)
            choices = [source for source in choices if (source.delivered or date.min) == last]
        if len(choices) > 1:
            problems.append(
                Problem(
                    register,
                    "",
                    f"delivered more than once for {vintage or 'the list'}",
                    len(choices),
                    "Keep one, or, when they lie in folders that end in different dates, choose "
                    'redelivery = "latest" in femfaktor.toml.',
                    file=", ".join(say_path(source.files[0].relative_to(folder)) for source in choices),
                )
            )
        sources.append(choices[0])
    order = list(contracts)
    sources.sort(key=lambda source: (order.index(source.register), source.vintage or date.min))
    return Delivery(folder, tuple(sources), tuple(unknown)), problems


def find_twins(
    contract: Contract, sources: Iterable[Source], hash_of: Callable[[Path], str]
) -> list[Problem]:
    """Files that hold the same bytes as another status day's: one of the names is wrong.

    Registers of persons only: the dwellings of a small place may well be those of the year before.
    """
    if "pnr" not in contract.key:
        return []
    days: dict[tuple[str, ...], list[str]] = {}
    for source in sources:
        content = tuple(sorted(map(hash_of, source.files)))
        days.setdefault(content, []).append(str(source.vintage))
    return [
        Problem(
            contract.name,
            "",
            f"the same bytes were delivered for {' and '.join(alike)}",
            len(alike),
            "Check the year in the files' names.",
        )
        for alike in days.values()
        if len(alike) > 1
    ]


def find_growing(source: Source, folder: Path, is_as_hashed: Callable[[Path], bool]) -> list[Problem]:
    """Whether the files, now that they were read, are still as they were before."""
    growing = [file for file in source.files if not is_as_hashed(file)]
    if not growing:
        return []
    rule, name = "the file changed while it was read", say_path(growing[0].relative_to(folder))
    action = "Is it still being copied? Run again when the delivery is whole."
    return [Problem(source.register, "", rule, len(growing), action, file=name)]
