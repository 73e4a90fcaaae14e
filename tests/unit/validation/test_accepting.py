"""A drift passes by name, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.delivery import Delivered
from tests.faults.play import Ingested, delivered, ingest, make_home


def drift(extracts: Delivered, rows: int) -> None:
    for register in ("akm", "udda"):
        extracts.change(register, lambda frame: frame.head(rows))


def fewer(found: Ingested) -> list[tuple[str, int]]:
    return [(p.register, p.count) for p in found.problems if "fewer than" in p.rule]


@pytest.fixture
def after(tmp_path: Path):
    home = make_home(tmp_path / "home", "parquet")
    assert ingest(home).exit_code == 0
    return home


def test_only_the_register_that_is_named_may_drift_and_only_in_that_run(after) -> None:
    extracts = delivered(after, "parquet")
    drift(extracts, 150)
    assert fewer(ingest(after)) == [("udda", 70), ("akm", 70)]
    assert fewer(ingest(after, accept_drift=("akm",))) == [("udda", 70)]
    accepted = ingest(after, accept_drift=("akm", "udda/2024-12-31"))
    assert (accepted.exit_code, accepted.problems) == (0, ())
    drift(extracts, 100)
    assert fewer(ingest(after)) == [("udda", 50), ("akm", 50)]
