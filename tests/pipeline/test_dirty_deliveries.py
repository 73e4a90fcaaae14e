"""Dirty deliveries through the pipeline: `typical` gives the truth but for what is named here, row by row;
`filthy` is refused, each piece with its own message.

Belongs here: what the pipeline must make of each kind of dirt.
Does not belong here: whether dirt lies where the record says (`tests/unit/synthetic/test_dirt.py`).
"""

from __future__ import annotations

import shutil
from datetime import date

import polars as pl
import pytest

from assets.aggregated import aggregate_dates
from assets.dry_run import DeliveryCheck, inspect_delivery
from assets.home import Home
from assets.registers import type_vintages
from assets.risk_factors.scoring import score_children
from assets.scored import definitions_of, open_registers, score_dates
from assets.settings import Settings
from assets.validated import validate_vintages
from assets.workspace import Workspace
from pipelines.night import run_night
from schemas.registers import READ
from schemas.release import FACTORS
from synthetic_data import ALL, generate
from synthetic_data import READ as DEFAULT_REGISTERS
from synthetic_data.dirt import CHANGES_ANSWERS, REFUSED, Planted, read_dirt, read_dirty_rows
from tests.support.homes import begin, tree

YEARS = (2020, 2021, 2022, 2023, 2024)
LATEST = '[delivery]\nredelivery = "latest"\n'
F1, F2, F3, F4, F5 = FACTORS


def day_of(year: int) -> date:
    return date(year, 12, 31)


@pytest.fixture(scope="module")
def typical(tmp_path_factory) -> Workspace:
    """Every stage up to the exact counts, on a typical delivery."""
    home = Home(tmp_path_factory.mktemp("typical") / "home")
    home.create()
    home.settings.write_text(LATEST, encoding="utf-8")
    generate(
        home.root / "extracts",
        home.root / "truth",
        persons=20_000,
        seed=3,
        reference_years=YEARS,
        profile="typical",
        registers=(*DEFAULT_REGISTERS, "dream"),
    )
    workspace = Workspace.open(home)
    for contract in READ.values():
        type_vintages(workspace, contract)
        _, refused = validate_vintages(workspace, contract)
        assert refused is None
    days = [day_of(year) for year in YEARS]
    score_dates(workspace, days)
    assert aggregate_dates(workspace, days) == days
    return workspace


def compare(workspace: Workspace, year: int) -> pl.DataFrame:
    """The truth of a date beside what was scored (columns with `_scored`), one row per child."""
    truth = pl.read_parquet(workspace.home.root / "truth" / f"{day_of(year)}.parquet")
    definitions = {"sfi5-v1": definitions_of(workspace)["sfi5-v1"]}
    scored = score_children(open_registers(workspace), definitions, day_of(year), keys=lambda ids: ids)
    both = truth.join(
        scored.select("child_key", *FACTORS, "kom", "area_ids", "age_band").collect(),
        left_on="pnr",
        right_on="child_key",
        how="full",
        suffix="_scored",
    )
    assert both["pnr"].null_count() == both["child_key"].null_count() == 0, "the same children"
    for column in ("kom", "area_ids", "age_band"):
        assert both[column].eq_missing(both[f"{column}_scored"]).all(), column
    return both


def children_hit(workspace: Workspace, year: int, both: pl.DataFrame) -> dict[str, tuple[str, pl.Series]]:
    """By kind and factor: the children whose answer the dirt must make unknown at the date."""
    rows = read_dirty_rows(workspace.home.root / "truth")

    def ids(kind: str, register: str, period: int, column: str) -> list[int]:
        found = rows.filter(kind=kind, register=register, period=str(period), column=column)
        return found["id"].to_list()

    # At the last date AKM is a year behind; a year of BOL is 1 January.
    akm = min(year, YEARS[-1] - 1)
    by_mother = both.select("pnr", "mor_id")
    bef = pl.read_parquet(workspace.home.typed("bef", str(day_of(year)))).select("pnr", home="adresse_id")
    homes = by_mother.join(bef, left_on="mor_id", right_on="pnr", how="left")["home"]

    def hit(values: pl.Series, wanted: list[int]) -> pl.Series:
        return values.is_in(pl.Series(wanted, dtype=pl.Int64).implode()).fill_null(False)

    mother, child = both["mor_id"], both["pnr"]
    orphans = hit(child, ids("orphan_mothers", "bef", year, "mor_id"))
    return {
        "unknown FM_MARK": (F1, hit(child, ids("unknown_codes", "bef", year, "fm_mark"))),
        "unknown SOCIO13": (F3, hit(mother, ids("unknown_codes", "akm", akm, "socio13"))),
        "HFAUDD not in the table": (
            F4,
            hit(mother, ids("codes_not_in_the_format_table", "udda", year, "hfaudd")),
        ),
        "unknown UDLEJNINGFH": (F5, hit(homes, ids("unknown_codes", "bol", year + 1, "udlejningfh"))),
        **{f"orphan {factor}": (factor, orphans) for factor in FACTORS},
    }


@pytest.mark.parametrize("year", YEARS)
def test_on_typical_only_the_named_answers_differ_from_the_truth(typical: Workspace, year: int) -> None:
    """Codes in no list and mothers in no BEF are unknown; a conviction that comes a year late is not known
    yet. All else, in every row, is as planted: duplicates, casing, SAS days, lost zeros, what comes again."""
    both = compare(typical, year)
    expected = both.select(FACTORS)
    for factor, rows in children_hit(typical, year, both).values():
        known = expected[factor]
        expected = expected.with_columns(
            pl.when(~rows).then(pl.lit(known)).alias(factor)  # null where hit
        )
    dirty = read_dirty_rows(typical.home.root / "truth")
    late = dirty.filter(kind="late_decisions", period=str(year))["id"]
    is_late = both["mor_id"].is_in(late.implode()).fill_null(False)
    for factor in FACTORS:
        found, wanted = both[f"{factor}_scored"], expected[factor]
        same = found.eq_missing(wanted)
        if factor == F2:
            # The only thing that can be wrong is a yes that is not one yet.
            assert (same | (is_late & wanted.fill_null(False))).all()
        else:
            assert same.all(), factor


def test_every_kind_that_can_change_an_answer_does(typical: Workspace) -> None:
    """Otherwise the test above would hold of dirt that was never read."""
    changed: set[str] = set()
    for year in YEARS:
        both = compare(typical, year)
        for name, (factor, rows) in children_hit(typical, year, both).items():
            if (both[factor].is_not_null() & both[f"{factor}_scored"].is_null() & rows).any():
                changed.add(name)
        if (both[F2].fill_null(False) & ~both[f"{F2}_scored"].fill_null(False)).any():
            changed.add("late")
    assert changed >= {
        "unknown FM_MARK",
        "unknown SOCIO13",
        "HFAUDD not in the table",
        "unknown UDLEJNINGFH",
        *(f"orphan {factor}" for factor in FACTORS),
        "late",
    }
    assert {piece.kind for piece in read_dirt(typical.home.root / "truth")} >= set(CHANGES_ANSWERS)


def test_the_stored_counts_are_of_the_rows_that_were_compared(typical: Workspace) -> None:
    both = compare(typical, 2024)
    yes = pl.sum_horizontal(pl.col(f"{factor}_scored").fill_null(False).cast(pl.Int32) for factor in FACTORS)
    at_risk = both.filter(yes >= 3).height
    stored = pl.read_parquet(typical.home.aggregated(day_of(2024)) / "area_risk.parquet")
    (whole,) = stored.filter(level="leverance", definition="sfi5-v1").to_dicts()
    assert (whole["children"], whole["at_risk"]) == (both.height, at_risk)


# What the pipeline says of each kind: register, column, rule (its beginning).
SAID = {
    "missing_column": ("akm", "socio13", "the required column is missing"),
    "personal_column": ("udda", "NAVN", "the column looks personal"),
    "raw_cpr_numbers": ("kraf", "pnr", "values look like raw CPR numbers"),
    "contradicting_rows": ("akm", "pnr", "rows have the same key and different content"),
    "too_many_unknown_codes": ("bef", "fm_mark", "codes are not in the code list of 2023-12-31"),
    "unreadable_dates": ("kraf", "afg_dato", "values are not dates in a form that can be decided"),
    "another_status_day": ("bef", "referencetid", "the status day is not the file's (2022-12-31)"),
    "blank_ids": ("udda", "pnr", "values are blank"),
    "unreadable_ids": ("bef", "pnr", "values are not ids of at most 12 digits"),
    "no_rows": ("bol", "", "there are no rows"),
    "doubled_column": ("kraf", "afg_ger7", "more than one delivered column fits"),
    "broken_file": ("udda", "", "the file can't be read"),
    "delivered_twice": ("bol", "", "delivered more than once for 2024-12-31"),
    "overlapping_areas": ("omraader", "area_id", "two rows are valid on the same day"),
    "missing_week": ("dream", "y_YYWW", "weeks are missing, first y_2410"),
    "unreadable_amounts": ("ind", "perindkialt_13", "values are not amounts in kroner"),
    "ends_before_it_begins": ("bua", "pnr", "sag_vfra is after sag_vtil"),
}
# Where the count that is said is not the number of pieces: both files of the year are named.
COUNTED_OTHERWISE = {"delivered_twice": 2}


@pytest.fixture(scope="module")
def filthy(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("filthy") / "home")
    home.create()
    folders = home.root / "extracts", home.root / "truth"
    # A seed with which no row that has an unknown code is one of those delivered twice.
    generate(*folders, persons=5_000, seed=10, profile="filthy", registers=ALL)
    return home


def look_at(home: Home) -> DeliveryCheck:
    settings = Settings.model_validate({"delivery": {"redelivery": "latest"}})
    return inspect_delivery(home.root / "extracts", home, settings)


def test_everything_that_is_wrong_is_said_at_once_each_with_its_place_and_count(filthy: Home) -> None:
    check = look_at(filthy)
    problems = [*check.problems, *(problem for source in check.sources for problem in source.problems)]
    said = [(p.register, p.column, p.rule, p.count) for p in problems]
    refused = {dirt.kind for dirt in REFUSED}
    pieces = [piece for piece in read_dirt(filthy.root / "truth") if piece.kind in refused]
    assert set(SAID) == refused == {piece.kind for piece in pieces}
    for piece in pieces:
        register, column, rule = SAID[piece.kind]
        count = COUNTED_OTHERWISE.get(piece.kind, piece.count)
        matching = [
            s for s in said if s[:2] == (register, column) and s[2].startswith(rule) and s[3] == count
        ]
        assert len(matching) == 1, (piece, said)
    # Nothing else is wrong with it, and each problem says what to do.
    assert len(said) == len(pieces)
    assert all(problem.action for problem in problems)


def test_what_can_be_read_in_a_filthy_delivery_is_counted(filthy: Home) -> None:
    check = look_at(filthy)
    reports = {
        (s.source.register, s.report.files[0]): s.report for s in check.sources if s.report is not None
    }
    planted = [p for p in read_dirt(filthy.root / "truth") if p.kind in ("unknown_codes", "equal_rows")]
    assert planted
    by_file = {report.files[0]: report for report in reports.values()}
    for piece in planted:
        report = next(r for name, r in by_file.items() if _is_file_of(piece, name))
        if piece.kind == "unknown_codes":
            assert report.unknown_codes[piece.column] == piece.count
        else:
            assert report.duplicates_dropped == piece.count


def _is_file_of(piece: Planted, name: str) -> bool:
    return name.startswith((f"{piece.register}/year={piece.period}/", f"{piece.register}{piece.period}."))


def test_typical_goes_all_the_way_and_filthy_leaves_the_release_byte_for_byte(filthy: Home, tmp_path) -> None:
    home = Home(tmp_path / "home")
    begin(home)
    home.settings.write_text(LATEST + "[release]\nreference_years = 2\n", encoding="utf-8")
    extracts = home.root / "extracts"
    generate(
        extracts,
        home.root / "truth",
        persons=3_000,
        seed=5,
        reference_years=(2023, 2024),
        profile="typical",
        registers=ALL,
    )
    outcome = run_night(home)
    assert outcome.exit_code == 0, outcome.messages
    assert outcome.release == "r0001"
    before = tree(home.releases) | tree(home.warehouse.parent)

    extracts.rename(home.root / "good")
    shutil.copytree(filthy.root / "extracts", extracts)
    outcome = run_night(home)
    assert (outcome.state, outcome.exit_code) == ("refused", 20)
    assert tree(home.releases) | tree(home.warehouse.parent) == before
