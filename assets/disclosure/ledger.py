"""The ledger: what was published, for good. Append-only, hash-chained, kept in `private/ledger/`.

Belongs here: the private seed, the chain, its verification, the tables each entry points at.
Does not belong here: what is protected how (`protect.py`), when an entry is written (`assets/published.py`).

private/seed: 32 random bytes; decide ties in the protection and are the key of the chain.
private/ledger/entries.jsonl: one line per published release.
private/ledger/tables/<sha256>.parquet: every published cell of a date and revision with its exact value, and
the areas' true populations then.

The chain is keyed (HMAC), because its head stands in every manifest: a plain hash over exact values would
confirm the guess of one who knows all of them but one. An entry holds no time and no name, so that a rebuild
gives the same head; who approved it when is in the release's signature.
"""

from __future__ import annotations

import hmac
import io
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import files
from assets.fingerprints import hash_bytes
from schemas.errors import DisclosureRefused

if TYPE_CHECKING:
    import polars as pl

SEED_BYTES = 32
START = "0" * 64
"""What the first entry names as the one before it."""

WAY_OUT = (
    "Nothing is published and nothing changed. Way out: restore private/seed, private/ledger and releases "
    "together from the newest backup (docs/releasing.md, Backup). Without one these dates can't be published "
    "again from this home or another: a second protection of the same numbers, set beside the first, would "
    "give them away."
)


def _refuse(what: str) -> DisclosureRefused:
    return DisclosureRefused(f"{what} {WAY_OUT}")


@dataclass(frozen=True)
class PublishedDate:
    """One reference date as a release first published it, or revised it.

    `inputs`: named hashes of all that decides the numbers. `areas`: hash of the area list. `policy`: the
    values it was protected under, which its revisions keep. `cells`, `populations`: hashes of stored tables.
    """

    reference_date: str
    revision: int
    inputs: Mapping[str, str]
    areas: str
    policy: Mapping[str, Any]
    policy_hash: str
    solvers: Mapping[str, str]
    cells: str
    populations: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.reference_date)


@dataclass(frozen=True)
class Entry:
    """One published release: the dates it published anew or revised; all others stand as before."""

    number: int
    release: str
    dates: tuple[PublishedDate, ...]
    previous: str
    hash: str

    def to_line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    def tables(self) -> set[str]:
        """Hashes of all stored tables it names."""
        return {name for each in self.dates for name in (each.cells, each.populations)}

    @classmethod
    def from_line(cls, line: str) -> Entry:
        """Raises ValueError, TypeError or KeyError for a line that is no entry."""
        return cls.from_content(json.loads(line))

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Entry:
        return cls(**{**content, "dates": tuple(PublishedDate(**each) for each in content["dates"])})


@dataclass(frozen=True)
class Stand:
    """How long a ledger was, and its last hash, when a release was made: what the manifest says."""

    release: str
    length: int
    head: str


class Ledger:
    """An opened, verified ledger."""

    def __init__(self, folder: Path, key: bytes, entries: tuple[Entry, ...]) -> None:
        self.folder, self._key, self.entries = folder, key, entries

    @property
    def length(self) -> int:
        return len(self.entries)

    @property
    def head(self) -> str:
        return self.entries[-1].hash if self.entries else START

    def published_dates(self) -> dict[date, PublishedDate]:
        """The newest revision of every date ever published."""
        return {each.day: each for entry in self.entries for each in entry.dates}

    def superseded(self) -> list[PublishedDate]:
        """Every revision that is not the newest of its date, oldest first."""
        every = [each for entry in self.entries for each in entry.dates]
        return [each for each in every if each is not self.published_dates()[each.day]]

    def prepare(self, release: str, dates: Iterable[PublishedDate]) -> Entry:
        """The entry that publishing `release` would append now."""
        content = Entry(self.length + 1, release, tuple(dates), self.head, "")
        return replace(content, hash=_chain_hash(self._key, content))

    def append(self, entry: Entry) -> None:
        """Make the entry durable: after this the release counts as published. Twice is the same as once.

        Raises:
            DisclosureRefused: the entry doesn't follow the last one.
        """
        if self.entries and entry == self.entries[-1]:
            return
        self.check_next(entry)
        self.entries = (*self.entries, entry)
        # Whole or not at all, beside and moved: a torn last line can't be.
        lines = "".join(each.to_line() + "\n" for each in self.entries)
        files.write(self.folder / "entries.jsonl", lines.encode())

    def check_next(self, entry: Entry) -> None:
        """Raises DisclosureRefused if the entry can't be appended now."""
        if entry.previous != self.head or entry.hash != _chain_hash(self._key, entry):
            raise DisclosureRefused(
                f"{entry.release} was proposed before the last release was approved, or with another seed. "
                "Propose again: femfaktor release propose"
            )
        _check_tables(self.folder, entry)

    def store(self, table: pl.DataFrame) -> str:
        """Keep a table under the hash of its bytes. Until an entry names it, it counts for nothing."""
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        name = hash_bytes(content)
        path = _table_path(self.folder, name)
        if not path.exists():
            files.write(path, content)
        return name

    def read(self, name: str) -> pl.DataFrame:
        """A stored table."""
        import polars as pl

        return pl.read_parquet(io.BytesIO(_read_table(self.folder, name)))

    def drop_unnamed(self, pending: Iterable[Entry] = ()) -> None:
        """Delete tables that neither an entry nor a pending one names: of proposals that came to nothing."""
        named = {name for entry in (*self.entries, *pending) for name in entry.tables()}
        for path in (self.folder / "tables").iterdir():
            if path.stem not in named:
                files.remove(path)


def open_ledger(private: Path, stands: Iterable[Stand] = ()) -> tuple[Ledger, bytes]:
    """The verified ledger and the seed; both are begun where nothing was ever published.

    `stands`: what the manifests of all releases say.

    Raises:
        DisclosureRefused: seed or ledger is lost, edited, shorter than a release says or of another home.
    """
    stands, folder = list(stands), private / "ledger"
    lines = _read_lines(folder)
    if stands and not lines:
        raise _refuse(f"The ledger is lost: {stands[-1].release} is published, and {folder} is empty.")
    seed = _open_seed(private / "seed", is_needed=bool(lines))
    key = hmac.digest(seed, b"femfaktor ledger", "sha256")
    ledger = Ledger(folder, key, tuple(_verify(folder, key, lines)))
    for stand in stands:
        if stand.length > ledger.length:
            raise _refuse(
                f"The ledger is shorter than when {stand.release} was made ({ledger.length} of "
                f"{stand.length} entries): it was cut, or restored from a backup older than the release."
            )
        if stand.length and ledger.entries[stand.length - 1].hash != stand.head:
            raise _refuse(f"The ledger is not the one that {stand.release} was made with.")
    return ledger, seed


def _read_lines(folder: Path) -> list[str]:
    for each in (folder, folder / "tables"):
        files.make_folder(each)
    path = folder / "entries.jsonl"
    # A byte that is no letter makes the entry another one, which is what is then said.
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []


def _verify(folder: Path, key: bytes, lines: list[str]) -> Iterable[Entry]:
    previous = START
    for number, line in enumerate(lines, 1):
        broken = _refuse(
            f"Entry {number} of {len(lines)} in the ledger is not as it was written: it was edited or "
            "damaged, or the seed is not the one it was written with."
        )
        try:
            entry = Entry.from_line(line)
        except (ValueError, TypeError, KeyError):
            raise broken from None
        if (entry.number, entry.previous) != (number, previous) or not hmac.compare_digest(
            entry.hash, _chain_hash(key, entry)
        ):
            raise broken
        _check_tables(folder, entry)
        previous = entry.hash
        yield entry


def _chain_hash(key: bytes, entry: Entry) -> str:
    content = asdict(entry)
    del content["hash"]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, canonical.encode(), "sha256").hexdigest()


def _check_tables(folder: Path, entry: Entry) -> None:
    for name in sorted(entry.tables()):
        try:
            _read_table(folder, name)
        except (OSError, ValueError):
            raise _refuse(
                f"Numbers that {entry.release} published are gone from the ledger, or changed."
            ) from None


def _table_path(folder: Path, name: str) -> Path:
    return folder / "tables" / f"{name}.parquet"


def _read_table(folder: Path, name: str) -> bytes:
    content = _table_path(folder, name).read_bytes()
    if hash_bytes(content) != name:
        raise ValueError("not the content its name says")
    return content


def _open_seed(path: Path, *, is_needed: bool) -> bytes:
    if not path.exists():
        if is_needed:
            raise _refuse(f"The private seed is lost: {path} is gone, and the ledger is there.")
        files.create(path, secrets.token_bytes(SEED_BYTES))
    seed = path.read_bytes()
    if len(seed) != SEED_BYTES:
        raise _refuse(f"The private seed is damaged: {path} does not hold {SEED_BYTES} bytes.")
    return seed
