"""Nights after the first: nothing changed, one thing changed, something wrong."""

import os
import shutil
import subprocess
import sys
import time
from datetime import date

import duckdb
import polars as pl
import pytest

from assets.workspace import Voice
from pipelines.locking import locked
from pipelines.night import run_night
from schemas.errors import AlreadyRunning
from tests.support.homes import copy_home, redeliver, tree, unmark


def more_on_kontanthjaelp(akm: pl.DataFrame) -> pl.DataFrame:
    """Every sixth person more: less than what a night takes for drift."""
    chosen = pl.int_range(pl.len()) % 6 == 0
    benefit = pl.lit(330, dtype=akm.schema["SOCIO13"])
    return akm.with_columns(SOCIO13=pl.when(chosen).then(benefit).otherwise("SOCIO13"))


def test_a_night_without_changes_says_so_and_leaves_the_release_as_it_is(night_copy):
    before = tree(night_copy.releases)
    outcome = run_night(night_copy)
    assert (outcome.state, outcome.exit_code, outcome.redone) == ("nothing_changed", 0, [])
    assert tree(night_copy.releases) == before


def test_a_quiet_night_loads_neither_dagster_nor_the_engines(night_copy):
    """That is what keeps it below two seconds, whatever machine it runs on."""
    program = (
        "import sys; from pathlib import Path\n"
        "from assets.home import Home; from pipelines.night import run_night\n"
        f"assert run_night(Home(Path({str(night_copy.root)!r}))).state == 'nothing_changed'\n"
        "print(sorted({'dagster', 'polars', 'duckdb', 'pandera', 'matplotlib', 'typst'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_touching_a_file_without_changing_it_is_no_change(night_copy):
    for path in (night_copy.root / "extracts").rglob("*.parquet"):
        path.touch()
    assert run_night(night_copy).state == "nothing_changed"


@pytest.mark.parametrize("lost", ["seed", "ledger", "an entry"])
def test_a_quiet_night_notices_that_the_memory_of_what_was_published_is_gone(night_copy, lost):
    ledger = night_copy.private / "ledger"
    if lost == "seed":
        (night_copy.private / "seed").unlink()
    elif lost == "ledger":
        shutil.rmtree(ledger)
    else:
        (ledger / "entries.jsonl").write_text("")
    outcome = run_night(night_copy)
    assert (outcome.state, outcome.exit_code) == ("refused", 21)
    assert "Way out: restore private/seed, private/ledger and releases" in outcome.messages[0]


def test_one_changed_register_year_redoes_only_what_depends_on_it_and_says_why(night_copy):
    """AKM 2021 is the latest status for 31 December 2021 alone: 2022 and later have their own."""
    redeliver(night_copy, "akm", 2021, more_on_kontanthjaelp)
    said: list[str] = []
    outcome = run_night(night_copy, Voice(said.append))
    assert outcome.exit_code == 0
    redone = [line.split(":")[0] for line in outcome.redone]
    assert redone == ["registers/akm/2021-12-31", "scored 2021-12-31", "warehouse", "release/r0002"]
    assert "scored 2021-12-31: akm 2021-12-31 changed" in said


def test_a_changed_date_becomes_a_revision_and_the_others_stay_as_published(night_copy):
    redeliver(night_copy, "akm", 2021, more_on_kontanthjaelp)
    run_night(night_copy)

    def rows(release: str, query: str):
        with duckdb.connect(str(night_copy.releases / release / "femfaktor.duckdb"), read_only=True) as con:
            return con.sql(query).fetchall()

    revisions = "SELECT DISTINCT reference_date, revision FROM release_date ORDER BY 1"
    assert [revision for _, revision in rows("r0002", revisions)] == [0, 1, 0, 0, 0]
    others = "SELECT * FROM area_risk WHERE reference_date <> '2021-12-31' ORDER BY ALL"
    assert rows("r0002", others) == rows("r0001", others)
    assert night_copy.latest.resolve().name == "r0002"


def test_a_delivery_that_breaks_its_contract_is_refused_and_the_last_release_stands(night_copy):
    before = tree(night_copy.releases), tree(night_copy.warehouse.parent)
    redeliver(night_copy, "bol", 2025, lambda bol: bol.with_columns(UDLEJNINGFH=pl.lit(7, dtype=pl.Int64)))
    outcome = run_night(night_copy)
    assert (outcome.state, outcome.exit_code) == ("refused", 20)
    assert "bol.udlejningfh" in outcome.messages[0]
    assert (tree(night_copy.releases), tree(night_copy.warehouse.parent)) == before


def test_the_night_after_a_refused_one_is_good_again_when_the_delivery_is(night_copy):
    path = night_copy.root / "extracts" / "bol" / "year=2025" / "part-0.parquet"
    good = path.read_bytes()
    redeliver(night_copy, "bol", 2025, lambda bol: bol.with_columns(UDLEJNINGFH=pl.lit(7, dtype=pl.Int64)))
    assert run_night(night_copy).exit_code == 20
    path.write_bytes(good)
    outcome = run_night(night_copy)
    assert outcome.exit_code == 0
    assert outcome.release == "r0001"


def test_a_register_that_is_gone_is_named_and_refused(night_copy):
    for path in (night_copy.root / "extracts" / "udda").rglob("*.parquet"):
        path.unlink()
    outcome = run_night(night_copy)
    assert outcome.exit_code == 20
    assert any("udda" in message and "not delivered" in message for message in outcome.messages)


def test_a_published_file_that_was_changed_is_noticed(night_copy):
    path = night_copy.latest / "csv" / "area_risk.csv"
    path.write_bytes(path.read_bytes() + b"x")
    outcome = run_night(night_copy)
    assert outcome.exit_code == 40
    assert "csv/area_risk.csv" in outcome.messages[0]


def test_a_second_run_at_the_same_time_is_refused(night_copy):
    with locked(night_copy), pytest.raises(AlreadyRunning) as refused:
        run_night(night_copy)
    assert refused.value.exit_code == 30


def test_real_data_ends_at_the_warehouse_at_night(synthetic_home, tmp_path):
    home = copy_home(synthetic_home, tmp_path / "home")
    unmark(home)
    outcome = run_night(home)
    assert (outcome.exit_code, outcome.release, outcome.proposal) == (0, None, None)
    assert home.warehouse.exists()


def test_one_unmarked_file_makes_the_whole_delivery_real(night_copy):
    path = night_copy.root / "extracts" / "kraf" / "year=2020" / "part-0.parquet"
    pl.read_parquet(path).write_parquet(path)
    assert run_night(night_copy).exit_code == 0
    assert run_night(night_copy, jobs=("release",)).exit_code == 21


def test_reference_dates_are_the_last_31_decembers_that_bef_has():
    from assets.settings import Settings

    vintages = [date(2023, 12, 31), date(2024, 3, 31), date(2022, 12, 31), date(2021, 12, 31)]
    settings = Settings.model_validate({"release": {"reference_years": 2}})
    assert settings.reference_dates(vintages) == [date(2022, 12, 31), date(2023, 12, 31)]


def test_scored_rows_stay_only_while_a_setting_with_a_reason_keeps_them(night_copy):
    night_copy.settings.write_text(
        '[retention]\nscored_days = 2\nscored_reason = "kontrol"\n', encoding="utf-8"
    )
    redeliver(night_copy, "akm", 2021, more_on_kontanthjaelp)
    run_night(night_copy)
    (kept,) = (night_copy.private / "scored").iterdir()
    assert kept.name == "2021-12-31.parquet"
    three_days_ago = time.time() - 3 * 24 * 3600
    os.utime(kept, (three_days_ago, three_days_ago))
    night_copy.settings.write_text(
        '[retention]\nscored_days = 2\nscored_reason = "kontrol igen"\n', encoding="utf-8"
    )
    run_night(night_copy)
    assert not kept.exists()


def test_a_night_that_was_quiet_still_lets_scored_rows_go_when_their_days_are_over(night_copy):
    leftover = night_copy.scored(date(2021, 12, 31))
    leftover.write_bytes(b"rows")
    assert run_night(night_copy).state == "nothing_changed"
    assert not leftover.exists()


OWN_DEFINITION = 'extends = "sfi5-v1"\nname = "egen"\ntitle = "egen"\n[f2_doemt]\nwindow_years = 3\n'


def add_own_definition(home):
    home.definitions.mkdir()
    (home.definitions / "egen.toml").write_text(OWN_DEFINITION, encoding="utf-8")


def test_a_definition_more_to_compare_is_counted_and_leaves_the_release_as_it_is(night_copy):
    before = tree(night_copy.releases)
    add_own_definition(night_copy)
    outcome = run_night(night_copy)
    assert (outcome.state, outcome.release) == ("done", "r0001")
    assert tree(night_copy.releases) == before
    with duckdb.connect(str(night_copy.warehouse), read_only=True) as con:
        assert con.sql("SELECT count(*) > 0 FROM area_risk WHERE definition = 'egen'").fetchall() == [(True,)]
    assert run_night(night_copy).state == "nothing_changed"


def test_losing_everything_private_counts_again_and_publishes_nothing(night_copy):
    """The memory of what was published is gone: docs/releasing.md, Backup."""
    before = tree(night_copy.releases)
    shutil.rmtree(night_copy.private)
    refused = run_night(night_copy)
    assert refused.exit_code == 21
    assert "ledger is lost" in refused.messages[0]
    assert tree(night_copy.releases) == before
    with duckdb.connect(str(night_copy.warehouse), read_only=True) as con:
        assert con.sql("SELECT count(*) > 0 FROM area_risk").fetchall() == [(True,)]


def test_another_released_definition_revises_every_date_or_is_refused_and_never_stands_beside_the_old_one(
    night_copy,
):
    """Two readings of the same children may narrow a count between them: then the audit refuses."""
    add_own_definition(night_copy)
    night_copy.settings.write_text('[release]\ndefinition = "egen"\n', encoding="utf-8")
    outcome = run_night(night_copy)
    if outcome.exit_code:
        assert outcome.exit_code == 21
        assert "revisions" in outcome.messages[0]
        expected = ("r0001", "sfi5-v1", 0)
    else:
        expected = ("r0002", "egen", 1)
    with duckdb.connect(str(night_copy.latest / "femfaktor.duckdb"), read_only=True) as con:
        definitions = con.sql("SELECT DISTINCT definition FROM area_risk").fetchall()
        revisions = con.sql("SELECT DISTINCT revision FROM release_date").fetchall()
    assert (outcome.release, definitions, revisions) == (expected[0], [(expected[1],)], [(expected[2],)])


def test_another_definition_is_refused_where_published_dates_are_no_longer_counted(night_copy):
    add_own_definition(night_copy)
    night_copy.settings.write_text('[release]\ndefinition = "egen"\nreference_years = 2\n', encoding="utf-8")
    refused = run_night(night_copy)
    assert refused.exit_code == 21
    assert "reference_years" in refused.messages[0]
    assert refused.release == "r0001"


def test_a_date_that_is_no_longer_counted_is_repeated_as_published(night_copy):
    night_copy.settings.write_text("[release]\nreference_years = 2\n", encoding="utf-8")
    assert run_night(night_copy).exit_code == 0
    with duckdb.connect(str(night_copy.latest / "femfaktor.duckdb"), read_only=True) as con:
        rows = con.sql("SELECT DISTINCT reference_date, revision FROM release_date ORDER BY 1").fetchall()
    assert rows == [(date(year, 12, 31), 0) for year in range(2020, 2025)]


def test_real_data_is_never_put_beside_synthetic_releases(night_copy):
    unmark(night_copy)
    night_copy.settings.write_text(
        '[release]\ncontroller = "K"\npurpose = "P"\nlegal_basis = "L"\n', encoding="utf-8"
    )
    assert run_night(night_copy).exit_code == 0
    refused = run_night(night_copy, jobs=("release",))
    assert refused.exit_code == 21
    assert "new data home" in refused.messages[0]


def test_a_released_definition_that_does_not_exist_is_said_before_any_work(night_copy):
    night_copy.settings.write_text('[release]\ndefinition = "ukendt"\n', encoding="utf-8")
    outcome = run_night(night_copy)
    assert (outcome.exit_code, outcome.redone) == (40, [])
    assert "sfi5-v1" in outcome.messages[0]


def test_a_damaged_warehouse_is_built_again(night_copy):
    night_copy.warehouse.write_bytes(b"garbage")
    outcome = run_night(night_copy)
    assert [line.split(":")[0] for line in outcome.redone] == ["warehouse"]
    with duckdb.connect(str(night_copy.warehouse), read_only=True) as con:
        assert con.sql("SELECT count(*) > 0 FROM area_risk").fetchall() == [(True,)]


def test_a_damaged_state_is_named_with_the_way_out(night_copy):
    night_copy.state.write_text('{"files": {', encoding="utf-8")
    refused = run_night(night_copy)
    assert refused.exit_code == 40
    night_copy.state.unlink()
    assert run_night(night_copy).release == "r0001"


def test_a_definition_with_another_threshold_is_refused_with_its_key(night_copy):
    night_copy.definitions.mkdir()
    text = 'extends = "sfi5-v1"\nname = "to"\ntitle = "to"\nthreshold = 2\n'
    (night_copy.definitions / "to.toml").write_text(text, encoding="utf-8")
    refused = run_night(night_copy)
    assert refused.exit_code == 20
    assert "threshold" in refused.messages[0]


def test_children_in_an_area_of_another_kommune_are_told_by_their_number(night_copy):
    extracts = night_copy.root / "extracts"
    listed = pl.read_csv(extracts / "omraade_adresser.csv", separator=";", infer_schema=False)
    homes = listed[listed.columns[1]].head(40).to_list()
    redeliver(
        night_copy,
        "bef",
        2024,
        lambda bef: bef.with_columns(
            KOM=pl.when(pl.col("ADRESSE_ID").is_in(homes))
            .then(pl.lit(411))
            .otherwise("KOM")
            .cast(bef.schema["KOM"])
        ),
    )
    said: list[str] = []
    run_night(night_copy, Voice(said.append))
    assert any("another kommune than BEF's" in line for line in said)
