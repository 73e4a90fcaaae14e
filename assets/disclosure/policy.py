"""The policy: which numbers may be shown.

Belongs here: its values, what they must satisfy, their hash. Does not belong here: applying it
(`protect.py`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assets.toml_files import read_toml
from schemas.errors import EnvironmentUnfit

POLICY_FILE = Path(__file__).with_name("policy.toml")

LARGEST_PARTITION = 5
"""Parts of the finest partition of an area's children that is published: the age bands."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rounding(_Strict):
    base: int = Field(ge=3, le=100)
    time_limit_seconds: float = Field(gt=0, allow_inf_nan=False)


class Size(_Strict):
    min_children: int = Field(ge=1)
    min_mothers: int = Field(ge=1)


class Group(_Strict):
    share_pct: int = Field(ge=50, le=100)
    almene_dwellings_pct: int = Field(ge=50, le=100)


class AreaFactor(_Strict):
    min_children: int = Field(ge=1)
    min_children_f2_doemt: int = Field(ge=1)


class Shares(_Strict):
    max_rounding_points: float = Field(gt=0, allow_inf_nan=False)
    one_decimal_from_children: int = Field(ge=1)


class Audit(_Strict):
    narrowest_interval: int = Field(ge=2)
    all_decided: bool


class Policy(_Strict):
    """The values of `policy.toml`."""

    version: str = Field(min_length=1)
    method: Literal["controlled-rounding", "complementary-suppression"]
    rounding: Rounding
    size: Size
    group: Group
    area_factor: AreaFactor
    shares: Shares
    audit: Audit

    @model_validator(mode="after")
    def _values_fit_together(self) -> Self:
        least = LARGEST_PARTITION * (self.rounding.base - 1) + 1
        if self.size.min_children < least:
            raise ValueError(
                f"size.min_children must be at least {least} with rounding.base {self.rounding.base}: "
                "otherwise an area may consist of small counts only"
            )
        if self.audit.narrowest_interval > self.rounding.base - 1:
            raise ValueError(
                f"audit.narrowest_interval must be at most {self.rounding.base - 1}: a rounded 0 leaves "
                f"0 to {self.rounding.base - 1}"
            )
        return self

    def is_group(self, part: int, others: int) -> bool:
        """Whether so many of so many more say something about everybody."""
        return part > 0 and 100 * part >= self.group.share_pct * (part + others)

    @property
    def hash(self) -> str:
        """SHA-256 of the values; comments and order don't count."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def min_children_of_factor(self, factor: str, level: str) -> int:
        """Children an area needs before a factor of its own is shown."""
        own = self.area_factor.min_children_f2_doemt if factor == "f2_doemt" else 0
        below = 0 if level in ("kommune", "leverance") else self.area_factor.min_children
        return max(own, below, self.size.min_children)

    def min_children_of_share(self) -> int:
        """Fewest children in a share's denominator, given how far rounding can move its numerator."""
        if self.method != "controlled-rounding":
            return 1
        return -int(-100 * (self.rounding.base - 1) // self.shares.max_rounding_points)


def load_policy(path: Path = POLICY_FILE) -> Policy:
    """Policy from a TOML file; without an argument, the one shipped.

    Raises:
        EnvironmentUnfit: no such file, not TOML, an unknown or missing key, or a value outside its bounds,
            all of them named; or one that the Danish texts of a release don't speak of.
    """
    try:
        policy = Policy.model_validate(read_toml(path))
    except FileNotFoundError:
        raise EnvironmentUnfit(f"{path.name}: no such file. Nothing is protected without a policy.") from None
    except ValidationError as error:
        problems = [
            f"  {'.'.join(map(str, e['loc'])) or 'values'}: {_words(e['type'], e['msg'])}"
            for e in error.errors()
        ]
        raise EnvironmentUnfit(
            "\n".join([f"{path.name} is not a policy. Compare with docs/disclosure.md:", *problems])
        ) from None
    for name, value, only, words in (
        ("rounding.base", policy.rounding.base, 5, "0–4"),
        ("group.share_pct", policy.group.share_pct, 90, "≥ 90 pct."),
    ):
        if value != only:
            raise EnvironmentUnfit(
                f"{path.name}: {name} is {value}, and reports, views and tables say “{words}”: {only} is the "
                "only value they can tell."
            )
    return policy


def _words(kind: str, message: str) -> str:
    return {"extra_forbidden": "unknown key", "missing": "missing"}.get(
        kind, message.removeprefix("Value error, ")
    )
