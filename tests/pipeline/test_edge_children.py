"""Edge children and non-cases among simulated people, through the whole pipeline, asserted one by one.

The name of a case spells the branch it takes (`synthetic_data/edge_children.py`).
"""

import polars as pl
import pytest

from assets.home import Home
from assets.risk_factors.scoring import score_children
from assets.scored import definitions_of, open_registers
from assets.workspace import Workspace
from pipelines.night import run_night
from schemas.release import FACTORS
from synthetic_data.edge_children import CASES, REFERENCE_DATES, write_edge_delivery
from tests.support.homes import begin


@pytest.fixture(scope="session")
def edge_home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("edge") / "home")
    write_edge_delivery(home.root / "extracts")
    begin(home)
    # BEF has every year from 2009; 2014, the first date with cases, is the eleventh from the end.
    home.settings.write_text("[release]\nreference_years = 11\n", encoding="utf-8")
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    return home


@pytest.fixture(scope="session")
def scored(edge_home):
    """What is scored from the tables the run typed and validated; ids kept instead of drawn keys."""
    workspace = Workspace.open(edge_home)
    registers, definitions = open_registers(workspace), definitions_of(workspace)
    rows = pl.concat(
        score_children(registers, definitions, day, keys=lambda ids: ids).collect() for day in REFERENCE_DATES
    )
    found = rows.filter(pl.col("child_key").is_in([case.pnr for case in CASES]))
    return {
        (row["reference_date"], row["definition"], row["child_key"]): row for row in found.to_dicts()
    }, rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_edge_child(scored, case):
    row = scored[0].get((case.reference_date, case.definition, case.pnr))
    assert (row is not None) == case.expected_counted, case.why
    if row is not None:
        assert {factor: row[factor] for factor in FACTORS} == case.expected, case.why
        assert row["state"] == case.expected_state, case.why


def test_no_child_is_scored_twice_under_one_definition(scored):
    rows = scored[1]
    assert not rows.select("reference_date", "definition", "child_key").is_duplicated().any()


@pytest.mark.parametrize("day", REFERENCE_DATES, ids=str)
def test_the_run_counted_exactly_these_children(edge_home, scored, day):
    """The scores asserted one by one are the ones behind the stored counts."""
    by = ["definition"]
    counts = [
        pl.len().cast(pl.Int32).alias("children"),
        (pl.col("state") == "særlig").sum().cast(pl.Int32).alias("at_risk"),
        (pl.col("state") == "uafklaret").sum().cast(pl.Int32).alias("undetermined"),
    ]
    expected = scored[1].filter(pl.col("reference_date") == day).group_by(by).agg(counts).sort(by)
    stored = pl.read_parquet(edge_home.aggregated(day) / "area_risk.parquet")
    whole = stored.filter(pl.col("level") == "leverance").select(expected.columns).sort(by)
    assert whole.rows() == expected.rows()
