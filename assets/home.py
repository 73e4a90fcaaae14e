"""The data home: where everything lies, and who may read it.

Belongs here: paths and file modes. Does not belong here: what is in the files.
"""

from __future__ import annotations

import os
import resource
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets import files

PRIVATE, INSIDE, READABLE = 0o700, 0o750, 0o755
INSIDE_FILE, READABLE_FILE = 0o640, 0o644


LIST = "all"


def name_vintage(day: date | None) -> str:
    """A status day as nodes and typed files are named by it; `all` for a list."""
    return day.isoformat() if day else LIST


def read_vintage(name: str) -> date | None:
    """The status day that `name_vintage` named."""
    return None if name == LIST else date.fromisoformat(name)


def keep_private() -> None:
    """Files of this process are its user's alone, and a crash leaves no memory image with register rows."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True)
class Home:
    """A data home at `root` (environment variable FEMFAKTOR_HOME, default `./data`)."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        return cls(Path(os.environ.get("FEMFAKTOR_HOME", "data")).resolve())

    @property
    def settings(self) -> Path:
        return self.root / "femfaktor.toml"

    @property
    def policy(self) -> Path:
        """What may be shown: the owner's own values, written by `femfaktor init`."""
        return self.root / "policy.toml"

    @property
    def definitions(self) -> Path:
        """The owner's own factor definitions, read beside those that ship with femfaktor."""
        return self.root / "definitions"

    @property
    def private(self) -> Path:
        return self.root / "private"

    @property
    def temp(self) -> Path:
        """Every temporary and spill file of every engine: private, and emptied when a run starts."""
        return self.private / "tmp"

    @property
    def state(self) -> Path:
        return self.private / "state.json"

    @property
    def runs(self) -> Path:
        """One JSON line per run: when, how it ended, what was redone and why. Counts and names of files
        only."""
        return self.private / "runs.jsonl"

    @property
    def running(self) -> Path:
        """There while a run is under way, and after one that was killed."""
        return self.private / "running.json"

    @property
    def log(self) -> Path:
        """What runs said, as JSON lines with the time of each; turned at a fixed size."""
        return self.private / "log" / "femfaktor.jsonl"

    @property
    def lock(self) -> Path:
        return self.private / "lock"

    @property
    def rejects(self) -> Path:
        """Row numbers of what was refused or left aside, a file per register and status day."""
        return self.private / "rejects"

    def typed(self, register: str, vintage: str) -> Path:
        return self.private / "registers" / register / f"{vintage}.parquet"

    def scored(self, reference_date: date) -> Path:
        return self.private / "scored" / f"{reference_date}.parquet"

    def aggregated(self, reference_date: date) -> Path:
        return self.private / "aggregated" / str(reference_date)

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse" / "warehouse.duckdb"

    @property
    def staging(self) -> Path:
        """Protected tables and the release being built. Outside `private`, which may be gone by then."""
        return self.root / "staging"

    @property
    def proposals(self) -> Path:
        """What a person has still to sign, and the paperwork of what was signed."""
        return self.root / "proposals"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def latest(self) -> Path:
        return self.releases / "latest"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    def create(self) -> None:
        """Make the folders with their modes, and point the temporary files of this process into `private`."""
        files.make_folder(self.root, INSIDE)
        for folder, mode in (
            (self.private, PRIVATE),
            (self.temp, PRIVATE),
            (self.staging, PRIVATE),
            (self.proposals, PRIVATE),
            (self.dagster, PRIVATE),
            (self.warehouse.parent, INSIDE),
            (self.releases, READABLE),
        ):
            files.make_folder(folder, mode)
            files.set_mode(folder, mode)
        # Polars' streaming engine spills to /var/tmp whatever the other two say.
        for variable in ("TMPDIR", "POLARS_TEMP_DIR", "POLARS_OOC_SPILL_DIR"):
            os.environ[variable] = str(self.temp)
        tempfile.tempdir = None
