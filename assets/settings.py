"""All settings of an installation, in one commented file: `femfaktor.toml` in the data home.

Belongs here: what may be set, its default, its meaning. Does not belong here: factor rules
(`definitions/*.toml`), disclosure policy (`policy.toml`). An unknown key is an error.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assets.toml_files import read_toml
from schemas.coverage import COVERAGES
from schemas.errors import EnvironmentUnfit

if TYPE_CHECKING:
    from assets.disclosure.policy import Policy

POLICY_TEMPLATE = Path(__file__).parent / "disclosure" / "policy.toml"

_COVERAGE = {pair.name: pair.minimum for pair in COVERAGES}

TEMPLATE = """\
# femfaktor: all settings of this installation. Every line shows the default; an unknown key is an error.

[delivery]
# Folder with the register extracts, relative to this file or absolute. It is only ever read.
extracts = "extracts"
# The same register year delivered twice in dated folders: "refuse", or "latest" to take the newest folder.
redelivery = "refuse"
# SHA256SUMS and .done markers count where they are: "optional", or "required" for every file that is read.
manifest = "optional"

[release]
# The one definition that leaves the building. All others are counted beside it in the warehouse.
definition = "sfi5-v1"
# Published reference dates: the last so many 31 Decembers that BEF has.
reference_years = 5
# Required before anything made from real data is proposed for release.
controller = ""
purpose = ""
legal_basis = ""
# Outlines of municipalities for the map of the web pages: a GeoJSON file with municipality codes, relative to
# this file or absolute. Empty: a map of tiles.
outlines = ""
# true: whoever approves a proposal logged in as somebody else than who ran the night or proposed it.
second_person = false

# How much of a register may change from the last good night to this one before the night refuses it, both
# limits included. A drift passes once, by name: femfaktor nightly --accept-drift REGISTER.
[drift]
# Share of the rows, of the larger number. Registers grow by a few per cent a year; KRAF varies by ten.
rows = 0.2
# Share of all rows that are blank in a column.
blanks = 0.1
# Share of the rows with a code that would have to change it to be spread as before.
codes = 0.25
# Otherwise for one register, or one column of it:
# [drift.only.kraf]
# rows = 0.4
# [drift.only."akm.socio13"]
# codes = 0.5

# Which share of the different values of one register must be found in another, at least.
[coverage]
@COVERAGE@

[retention]
# Days to keep the scored rows (one per child) once a date is counted. Above 0 a reason is required.
scored_days = 0
scored_reason = ""
# true: typed registers (the columns that factors read) are kept until the delivery no longer holds the year.
# false: deleted once the night has counted, and typed again by the next night that counts.
keep_typed = true
# Days to keep the row numbers of what was refused or left aside (private/rejects).
rejects_days = 30
# Days to keep the history of runs that `femfaktor ui` shows (counts and run times).
run_history_days = 90

# Per register: how many months after its status day your delivery usually has it, where that differs from
# docs/registers.md; `femfaktor status` says when one is late.
# [registers.akm]
# arrives_after = 15
# Columns that your delivery calls something else:  typed name = "DELIVERED NAME"
# [registers.kraf.columns]
# afg_dato = "AFG_AFGDTO"
""".replace("@COVERAGE@", "\n".join(f'"{name}" = {least}' for name, least in _COVERAGE.items()))


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Delivery(_Section):
    extracts: Path = Path("extracts")
    redelivery: Literal["refuse", "latest"] = "refuse"
    manifest: Literal["optional", "required"] = "optional"


class Release(_Section):
    definition: str = "sfi5-v1"
    reference_years: int = Field(default=5, ge=1, le=30)
    controller: str = ""
    purpose: str = ""
    legal_basis: str = ""
    outlines: str = ""
    second_person: bool = False


class DriftOnly(_Section):
    """What is left out is as for all."""

    rows: float | None = Field(default=None, ge=0, le=1)
    blanks: float | None = Field(default=None, ge=0, le=1)
    codes: float | None = Field(default=None, ge=0, le=1)


class Drift(_Section):
    rows: float = Field(default=0.2, ge=0, le=1)
    blanks: float = Field(default=0.1, ge=0, le=1)
    codes: float = Field(default=0.25, ge=0, le=1)
    only: dict[str, DriftOnly] = Field(default_factory=dict)

    @field_validator("only")
    @classmethod
    def _names_what_there_is(cls, only: dict[str, DriftOnly]) -> dict[str, DriftOnly]:
        if only:
            from schemas.registers import READ

            there = {*READ, *(f"{name}.{c.name}" for name, contract in READ.items() for c in contract.kept)}
            if unknown := sorted(only.keys() - there):
                raise ValueError(f"no register or column that a factor reads: {', '.join(unknown)}")
        return only

    def of(self, register: str, column: str = "") -> Drift:
        """The limits of a register, or of one of its columns."""
        own = [self.only[name] for name in (register, f"{register}.{column}") if name in self.only]
        return self.model_copy(update={k: v for each in own for k, v in each if v is not None})


class Retention(_Section):
    scored_days: int = Field(default=0, ge=0, le=366)
    scored_reason: str = ""
    keep_typed: bool = True
    rejects_days: int = Field(default=30, ge=0, le=366)
    run_history_days: int = Field(default=90, ge=1, le=3650)

    @model_validator(mode="after")
    def _keeping_needs_a_reason(self) -> Retention:
        if self.scored_days and not self.scored_reason.strip():
            raise ValueError("scored_days above 0 needs scored_reason")
        return self


class Register(_Section):
    columns: dict[str, str] = Field(default_factory=dict)
    arrives_after: int | None = Field(default=None, ge=1, le=60)


class Settings(_Section):
    delivery: Delivery = Delivery()
    release: Release = Release()
    drift: Drift = Drift()
    coverage: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=lambda: dict(_COVERAGE))
    retention: Retention = Retention()
    registers: dict[str, Register] = Field(default_factory=dict)

    @field_validator("coverage")
    @classmethod
    def _names_pairs(cls, coverage: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(coverage.keys() - _COVERAGE.keys()):
            raise ValueError(f"no such pair: {', '.join(unknown)}")
        return _COVERAGE | coverage

    @property
    def mapping(self) -> dict[str, dict[str, str]]:
        """Column names by register, as readers take them: `{"kraf": {"afg_dato": "AFG_AFGDTO"}}`."""
        return {register: dict(section.columns) for register, section in self.registers.items()}

    def outlines(self, root: Path) -> Path | None:
        """The GeoJSON file for the web pages' map, if one is set; `root` is the data home."""
        return root / self.release.outlines if self.release.outlines else None

    def reference_dates(self, bef_vintages: list[date]) -> list[date]:
        """The last `reference_years` 31 Decembers among the BEF vintages delivered, oldest first."""
        ends = sorted(vintage for vintage in bef_vintages if (vintage.month, vintage.day) == (12, 31))
        return ends[-self.release.reference_years :]


def load_settings(path: Path) -> Settings:
    """Read `femfaktor.toml`; defaults where it is absent.

    Raises:
        EnvironmentUnfit: the file is no TOML, or has an unknown key or a value that is not allowed.
    """
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(read_toml(path))
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise EnvironmentUnfit(
            f"{path.name}: " + "; ".join(lines) + ". Compare with `femfaktor init --print`."
        ) from None


def load_owner_policy(path: Path) -> Policy:
    """The policy in the data home: the owner's choice, made by writing it there.

    Raises:
        EnvironmentUnfit: there is none, or it is no policy.
    """
    from assets.disclosure.policy import load_policy

    if not path.exists():
        raise EnvironmentUnfit(
            f"No {path.name} in {path.parent}: nothing is protected without a policy. `femfaktor init` "
            "writes one to start from; read it through."
        )
    return load_policy(path)
