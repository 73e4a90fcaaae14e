"""The policy: which numbers may be shown.

Belongs here: its values, what they must satisfy, their hash. Does not belong here: applying it
(`protect.py`).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

POLICY_FILE = Path(__file__).with_name("policy.toml")

LARGEST_PARTITION = 5
"""Parts of the finest partition of an area's children that is published: the age bands."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Size(_Strict):
    min_children: int = Field(ge=1)
    min_mothers: int = Field(ge=1)


class SmallCounts(_Strict):
    highest: int = Field(ge=1)


class Shares(_Strict):
    one_decimal_from_children: int = Field(ge=1)


class Policy(_Strict):
    """The values of `policy.toml`. An unknown or missing key raises pydantic's ValidationError."""

    method: Literal["size-merge-hide"]
    size: Size
    small_counts: SmallCounts
    shares: Shares

    @model_validator(mode="after")
    def _rows_can_hide_a_small_count(self) -> Self:
        least = LARGEST_PARTITION * self.small_counts.highest + 1
        if self.size.min_children < least:
            raise ValueError(
                f"size.min_children must be at least {least}: otherwise a row may consist of small "
                "counts only, and hiding them beside a published total hides nothing"
            )
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of the values; comments and order don't count."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def load_policy(path: Path = POLICY_FILE) -> Policy:
    """Policy from a TOML file; without an argument, the one shipped."""
    return Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
