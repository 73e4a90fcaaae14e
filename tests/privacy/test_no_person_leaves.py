"""Ids of real families of the delivery are looked for in everything a run leaves outside `private/`."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from assets.home import Home
from tests.privacy.canary import find_canaries
from tests.support.homes import copy_home, redeliver

FEMFAKTOR = str(Path(sys.executable).with_name("femfaktor"))
CANARIES = {
    "PNR": 888_000_000_017,
    "MOR_ID": 888_000_000_029,
    "FAMILIE_ID": 888_000_000_031,
    "ADRESSE_ID": 888_000_000_043,
    "JOURNR": 888_000_000_057,
}


def plant(home: Home) -> None:
    """Give one family of a housing area, in every register and year, the canaries for ids."""
    extracts = home.root / "extracts"
    listed = pl.read_csv(extracts / "omraade_adresser.csv", separator=";", infer_schema=False)
    listed.columns = [name.lower().lstrip("\ufeff") for name in listed.columns]
    bef = pl.read_parquet(extracts / "bef" / "year=2024" / "part-0.parquet")
    child = (
        bef.filter(
            pl.col("ADRESSE_ID").is_in(listed["adresse_id"].to_list()),
            pl.col("FM_MARK") == 1,
            pl.col("MOR_ID").is_in(bef["PNR"].to_list()),
        )
        .sort("PNR")
        .row(0, named=True)
    )
    ids = {child[name]: f"{CANARIES[name]:012d}" for name in CANARIES if name != "JOURNR"}
    for path in sorted(extracts.glob("*/*/*.parquet")):
        register, year = path.parts[-3], int(path.parts[-2].removeprefix("year="))
        redeliver(
            home,
            register,
            year,
            lambda frame: frame.with_columns(
                pl.col(name).replace(ids)
                for name in frame.columns
                if name in {"PNR", "MOR_ID", "FAR_ID", "AEGTE_ID", "E_FAELLE_ID", "FAMILIE_ID", "ADRESSE_ID"}
            ),
        )
    convict = {"PNR": ids[child["MOR_ID"]], "JOURNR": str(CANARIES["JOURNR"])}
    redeliver(
        home,
        "kraf",
        2023,
        lambda kraf: pl.concat(
            [kraf, kraf.head(1).with_columns(pl.lit(value).alias(name) for name, value in convict.items())]
        ),
    )
    text = (extracts / "omraade_adresser.csv").read_bytes()
    address = child["ADRESSE_ID"].encode()
    assert address in text
    (extracts / "omraade_adresser.csv").write_bytes(text.replace(address, ids[child["ADRESSE_ID"]].encode()))


@pytest.fixture(scope="module")
def finished(synthetic_home, tmp_path_factory):
    """A run by command line, as a timer makes it, with everything it wrote and printed."""
    root = tmp_path_factory.mktemp("canary")
    home = copy_home(synthetic_home, root / "home")
    plant(home)
    outside = root / "tmp"
    outside.mkdir()
    done = subprocess.run(
        [FEMFAKTOR, "--home", str(home.root), "nightly"],
        capture_output=True,
        text=True,
        env={"TMPDIR": str(outside), "PATH": "/usr/bin:/bin"},
    )
    (root / "printed.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    subprocess.run([FEMFAKTOR, "--home", str(home.root), "dpo"], check=True, capture_output=True)
    return root, home


def files_outside_private(root, home: Home) -> list:
    kept_apart = (home.private, home.root / "extracts", home.root / "truth")
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(f) for f in kept_apart)
    ]


def test_no_id_of_the_canary_family_is_found_outside_private(finished):
    root, home = finished
    files = files_outside_private(root, home)
    kinds = {path.suffix for path in files}
    assert {".duckdb", ".pdf", ".xlsx", ".csv", ".html", ".json", ".db", ".txt"} <= kinds
    names = {path.name for path in files}
    assert {"databeskyttelse.html", "proposal.json", "audit.json", "relations.parquet"} <= names
    assert find_canaries(files, CANARIES.values()) == []


def test_no_id_is_found_in_the_ledger_either(finished):
    """It is private, but it is kept for good."""
    _, home = finished
    assert len(list((home.private / "ledger" / "tables").iterdir())) > 5
    assert find_canaries([home.private / "ledger", home.private / "log"], CANARIES.values()) == []


def test_the_canaries_were_in_the_registers_that_were_read(finished):
    """Otherwise finding none would prove nothing."""
    _, home = finished
    typed = [path for path in (home.private / "registers").rglob("*.parquet") if path.parent.name == "bef"]
    found = {finding.canary for finding in find_canaries(typed, CANARIES.values())}
    assert found == {0, 1, 2, 3}
    extracts = list((home.root / "extracts" / "kraf").rglob("*.parquet"))
    assert {finding.canary for finding in find_canaries(extracts, CANARIES.values())} >= {4}


def test_the_journal_number_is_not_kept_even_in_private(finished):
    _, home = finished
    private = [path for path in home.private.rglob("*") if path.is_file()]
    assert find_canaries(private, [CANARIES["JOURNR"]]) == []


def test_a_refused_delivery_echoes_no_value(finished, tmp_path):
    """Codes, dates and ids that break a contract hold canaries; message, event log and state must not."""
    _, home = finished
    broken = copy_home(home, tmp_path / "home")
    canary = CANARIES["PNR"]
    redeliver(broken, "kraf", 2022, lambda f: f.with_columns(JOURNR=pl.lit("1"), PNR=pl.lit(f"x{canary}")))
    redeliver(broken, "udda", 2022, lambda f: f.with_columns(HFAUDD=pl.lit(str(canary))))
    redeliver(broken, "bef", 2022, lambda f: f.with_columns(KOEN=pl.lit(canary)))
    done = subprocess.run(
        [FEMFAKTOR, "--home", str(broken.root), "nightly"],
        capture_output=True,
        text=True,
    )
    printed = tmp_path / "printed.txt"
    printed.write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 20
    for register in ("kraf", "udda", "bef"):
        assert register in done.stderr
    state = [broken.state, broken.runs]
    files = [path for path in files_outside_private(tmp_path, broken) if path != printed]
    assert find_canaries([*files, printed, *state], [canary]) == []
