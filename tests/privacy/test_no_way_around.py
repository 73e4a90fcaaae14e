"""No way around the protection: what could carry a person's data out is closed, not just unused."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.home import Home, keep_private
from schemas.release import RELEASE_TABLES
from schemas.release_views import RELEASE_VIEWS
from schemas.warehouse import WAREHOUSE_TABLES, WAREHOUSE_VIEWS
from tests.support.homes import copy_home, redeliver

ROOT = Path(__file__).parents[2]
SAFE_SIDE = ("assets/rendered.py", "assets/audited.py", "assets/release", "assets/audit", "reports")
PRIVATE_PATHS = {"private", "typed", "scored", "aggregated", "warehouse", "state", "runs", "log", "running"}
IDS = {"pnr", "mor_id", "far_id", "familie_id", "adresse_id", "child_key", "mother_key", "mother_keys"}


def sources(names: tuple[str, ...]) -> list[Path]:
    found = []
    for name in names:
        path = ROOT / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    assert len(found) > 15
    return found


def test_modules_right_of_disclosed_name_no_private_path_of_the_home():
    crossings = []
    for path in sources(SAFE_SIDE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            of_home = isinstance(node, ast.Attribute) and "home" in ast.unparse(node.value).lower()
            if of_home and node.attr in PRIVATE_PATHS:
                crossings.append(f"{path.relative_to(ROOT)}:{node.lineno} home.{node.attr}")
    assert crossings == []


def test_modules_right_of_disclosed_import_nothing_left_of_it():
    left = (
        "registers",
        "validated",
        "scored",
        "aggregated",
        "extracts",
        "risk_factors",
        "aggregation.counts",
    )
    crossings = []
    for path in sources(SAFE_SIDE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            if module and any(module == f"assets.{n}" or module.startswith(f"assets.{n}.") for n in left):
                crossings.append(f"{path.relative_to(ROOT)} imports {module}")
    assert crossings == []


def test_a_release_is_rendered_and_audited_with_everything_private_gone(night_copy):
    from assets.audited import audit_staged
    from assets.disclosed import stage_release
    from assets.published import publish_staged
    from assets.rendered import render_release
    from assets.workspace import Workspace

    night_copy.settings.write_text('[release]\ncontroller = "en anden"\n', encoding="utf-8")
    workspace = Workspace.open(night_copy)
    assert stage_release(workspace) is not None
    aside = night_copy.root.parent / "aside"
    aside.mkdir()
    for name in ("private", "warehouse", "extracts", "truth"):
        (night_copy.root / name).rename(aside / name)
    assert render_release(workspace) > 0
    checked, findings = audit_staged(workspace)
    assert checked > 1_000
    assert findings == []
    assert not night_copy.private.exists(), "nothing of it was made again"
    # Publishing needs the ledger: without it, refuse; with it, go on.
    (aside / "private").rename(night_copy.private)
    assert publish_staged(workspace) == night_copy.releases / "r0002"


def test_every_table_and_view_is_declared_and_none_is_keyed_by_a_person(night):
    for path, tables, views in (
        (night.home.warehouse, WAREHOUSE_TABLES, WAREHOUSE_VIEWS),
        (night.home.latest / "femfaktor.duckdb", RELEASE_TABLES, RELEASE_VIEWS),
    ):
        with duckdb.connect(str(path), read_only=True) as con:
            there = {name for (name,) in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
            seen = con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
            columns = {name for (name,) in con.sql("SELECT column_name FROM duckdb_columns()").fetchall()}
        assert there == {table.name for table in tables}
        assert {name for (name,) in seen} == {view.name for view in views}
        assert not columns & IDS


def test_the_event_log_holds_counts_and_short_words_and_no_table(night):
    """Metadata is kept for ever and shown in the UI: a whole number, a yes or no, or one of few words."""
    values = []
    for database in (night.home.dagster / "history").rglob("*.db"):
        with sqlite3.connect(database) as con:
            if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'event_logs'").fetchone():
                continue
            for (event,) in con.execute("SELECT event FROM event_logs"):
                values += list(_metadata(json.loads(event)))
    assert len(values) > 10
    allowed = {"IntMetadataEntryData", "BoolMetadataEntryData", "TextMetadataEntryData"}
    allowed |= {"JsonMetadataEntryData", "TableSchemaMetadataEntryData", "FloatMetadataEntryData"}
    allowed |= {"PythonArtifactMetadataEntryData"}  # Dagster's own: module and class of a resource
    for kind, value in values:
        assert kind in allowed
        if kind == "TextMetadataEntryData":
            is_list_of_steps = re.fullmatch(r"\[('[a-z_]+'(, )?)+\]", value["text"])
            assert is_list_of_steps or len(value["text"]) < 60


def _metadata(node):
    if isinstance(node, dict):
        kind = node.get("__class__", "")
        if kind.endswith("MetadataEntryData"):
            yield kind, node
        for value in node.values():
            yield from _metadata(value)
    elif isinstance(node, list):
        for value in node:
            yield from _metadata(value)


def test_other_numbers_for_the_same_people_change_nothing_that_leaves_the_scoring(
    synthetic_home, night, tmp_path
):
    """Ids are shifted by a constant: what is right of `scored` and what is said stays, byte for byte."""
    from assets.release.duckdb_file import content_hash
    from assets.workspace import Voice
    from pipelines.night import run_night
    from tests.support.homes import tree

    home = copy_home(synthetic_home, tmp_path / "home")
    people = ("PNR", "MOR_ID", "FAR_ID", "AEGTE_ID", "E_FAELLE_ID")
    for path in sorted((home.root / "extracts").glob("*/*/*.parquet")):
        redeliver(
            home,
            path.parts[-3],
            int(path.parts[-2].removeprefix("year=")),
            lambda frame: frame.with_columns(
                (pl.col(name).cast(pl.Int64) + 90_000_000_000).cast(pl.String).str.zfill(12).alias(name)
                for name in people
                if name in frame.columns
            ),
        )
    said: list[str] = []
    assert run_night(home, Voice(said.append)).exit_code == 0
    for part in ("csv", "reports"):
        assert tree(home.latest / part) == tree(night.home.latest / part)
    assert content_hash(home.latest / "femfaktor.duckdb") == content_hash(
        night.home.latest / "femfaktor.duckdb"
    )
    seconds = " s"
    assert [line for line in said if seconds not in line] == [
        line for line in night.said if seconds not in line
    ]


def test_modes_of_the_data_home_are_as_the_design_says(night):
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    home = night.home
    for folder in (home.private, home.temp, home.staging, home.proposals, home.dagster):
        assert mode(folder) == 0o700, folder
    assert mode(home.warehouse.parent) == 0o750
    assert mode(home.private / "seed") == 0o600
    for folder in (home.private / "ledger", home.proposals):
        for path in folder.rglob("*"):
            assert mode(path) & 0o077 == 0, path
    for path in (home.latest.resolve(), *home.latest.resolve().rglob("*")):
        assert mode(path) & 0o022 == 0, "a release is read by all and written by nobody else"


def test_duckdb_spills_inside_private_and_nowhere_else(tmp_path):
    """A table that can't fit its memory is forced to spill; its files lie below the given folder."""
    from assets.aggregation.engine import connect

    home = Home(tmp_path / "home")
    home.create()
    with connect(home.temp) as con:
        con.execute("SET memory_limit = '60MB'")
        con.execute("SET threads = 1")
        con.execute(
            "CREATE TEMP TABLE t AS SELECT hash(range) AS a, hash(range + 1) AS b FROM range(6000000)"
        )
        spilled = [path for path in home.temp.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in spilled) > 1_000_000
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and not p.is_relative_to(home.private)]
    assert outside == []


def test_temporary_files_of_a_run_go_to_private(tmp_path):
    """In a process of its own, as a run is."""
    program = (
        "import tempfile; from pathlib import Path; from assets.home import Home\n"
        f"home = Home(Path({str(tmp_path / 'home')!r})); home.create()\n"
        "assert Path(tempfile.gettempdir()) == home.temp\n"
        "f = tempfile.NamedTemporaryFile(); assert Path(f.name).is_relative_to(home.private)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_polars_spills_inside_private_and_nowhere_else(tmp_path):
    """A sort that can't fit its memory is forced to spill. By itself Polars would choose a folder of the
    account's below /var/tmp: the account's name is made up, so that nothing else is there."""
    account = f"femfaktor-{os.getpid()}"
    program = (
        "import os; from pathlib import Path; import polars as pl; from assets.home import Home\n"
        f"home = Home(Path({str(tmp_path / 'home')!r})); home.create()\n"
        "rows = pl.LazyFrame({'a': pl.arange(0, 1_000_000, eager=True).shuffle(1)})\n"
        "rows = rows.with_columns(b=pl.col('a').hash(), c=pl.col('a').cast(pl.String))\n"
        "rows.sort('b').sink_parquet(home.temp / 'sorted.parquet')\n"
        "assert (home.temp / str(os.getpid())).is_dir(), 'nothing was spilled'\n"
    )
    small = {"POLARS_OOC_MEMORY_BUDGET_MB": "1", "POLARS_OOC_SPILL_MIN_BYTES": "1", "USER": account}
    env = {name: value for name, value in os.environ.items() if name != "POLARS_OOC_SPILL_DIR"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env | small, capture_output=True)
    usual = Path("/var/tmp") / f"polars-{account}"
    is_outside = usual.exists()
    shutil.rmtree(usual, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-500:]
    assert not is_outside
    outside = [
        p for p in tmp_path.rglob("*") if p.is_file() and not p.is_relative_to(tmp_path / "home/private")
    ]
    assert outside == []


def test_a_crash_leaves_no_memory_image(tmp_path):
    program = "from assets.home import keep_private; keep_private(); import os; os.abort()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    _, status, _ = os.wait4(process.pid, 0)
    process.returncode = status
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command", [("nightly",), ("release", "approve", "r0001"), ("release", "discard", "r0001")]
)
def test_commands_that_touch_private_files_turn_memory_images_off(tmp_path, command):
    program = (
        "import sys, resource; from click.testing import CliRunner; from pipelines.cli import main\n"
        f"CliRunner().invoke(main, ['--home', {str(tmp_path / 'home')!r}, *{command!r}])\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
    )
    (tmp_path / "home" / "private").mkdir(parents=True)
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True)


def test_who_is_not_the_homes_account_is_told_and_leaves_nothing_behind(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from pipelines.cli import main

    home = Home(tmp_path / "home")
    home.create()
    shutil.rmtree(home.temp)
    monkeypatch.setattr("assets.people.os.geteuid", lambda: 12345)
    result = CliRunner().invoke(main, ["--home", str(home.root), "nightly"])
    assert result.exit_code == 40
    assert "belongs to the account" in result.output
    assert not home.temp.exists()
    keep_private()
