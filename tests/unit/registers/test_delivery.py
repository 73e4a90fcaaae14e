"""Which files of a delivery are which register, and what `femfaktor check` says about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.dry_run import DeliveryCheck, inspect_delivery
from assets.extracts import discover, is_synthetic, is_synthetic_delivery
from assets.home import Home
from assets.settings import Settings
from schemas.errors import EnvironmentUnfit, InputRefused
from schemas.registers import CONTRACTS
from tests.support.deliveries import JOURNR, TYPED, write_csv, write_parquet, write_xpt


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(folder: Path, **options) -> list[tuple]:
    delivery = discover(folder, CONTRACTS, **options)
    return [(s.register, s.vintage and s.vintage.isoformat(), s.form, len(s.files)) for s in delivery.sources]


def test_every_form_is_found_in_any_casing(tmp_path):
    touch(
        tmp_path,
        "bef/year=2023/part-0.parquet",
        "bef/year=2023/part-1.parquet",
        "BEF202403.SAS7BDAT",
        "raw/Bef2024.parquet",
        "udda2024.csv.gz",
        "akm2023.csv",
        "kraf2024.xpt",
        "bol2025.parquet",
        "OMRAADER.csv",
        "omraade_adresser.parquet",
        "hfaudd.xpt",
    )
    assert found(tmp_path) == [
        ("bef", "2023-12-31", "hive", 2),
        ("bef", "2024-03-31", "sas7bdat", 1),
        ("bef", "2024-12-31", "parquet", 1),
        ("udda", "2024-12-31", "csv.gz", 1),
        ("akm", "2023-12-31", "csv", 1),
        ("kraf", "2024-12-31", "xpt", 1),
        ("bol", "2024-12-31", "parquet", 1),
        ("omraader", None, "csv", 1),
        ("omraade_adresser", None, "parquet", 1),
        ("hfaudd", None, "xpt", 1),
    ]
    assert discover(tmp_path).of("bol")[date(2024, 12, 31)].typed_name == "2024-12-31.parquet"
    assert discover(tmp_path).of("hfaudd")[None].typed_name == "all.parquet"


def test_unknown_files_are_named_and_companion_files_are_not(tmp_path):
    touch(
        tmp_path,
        "readme.txt",
        "befolkning2024.csv",
        "udda202403.csv",
        "bef202402.csv",
        "akm2024.csv.syntetisk",
    )
    delivery = discover(tmp_path)
    assert not delivery.sources
    assert [p.name for p in delivery.unknown] == [
        "bef202402.csv",
        "befolkning2024.csv",
        "readme.txt",
        "udda202403.csv",
    ]


def test_the_same_year_twice_is_refused_unless_the_latest_dated_folder_may_win(tmp_path):
    touch(tmp_path, "bef2018.csv", "2019-05-01/bef2018.csv", "genlevering_20200131/bef/year=2018/p.parquet")
    with pytest.raises(InputRefused) as caught:
        discover(tmp_path)
    [problem] = caught.value.problems
    assert (problem.register, problem.rule, problem.count) == (
        "bef",
        "delivered more than once for 2018-12-31",
        3,
    )
    assert 'redelivery = "latest"' in problem.action
    latest = discover(tmp_path, redelivery="latest").of("bef")[date(2018, 12, 31)]
    assert (latest.form, latest.delivered) == ("hive", date(2020, 1, 31))


def test_the_latest_rule_does_not_choose_between_files_of_one_folder(tmp_path):
    touch(tmp_path, "bef2018.csv", "bef2018.parquet")
    with pytest.raises(InputRefused):
        discover(tmp_path, redelivery="latest")


def test_bef2018_and_bef201812_are_the_same_day(tmp_path):
    touch(tmp_path, "bef2018.csv", "bef201812.csv")
    with pytest.raises(InputRefused):
        discover(tmp_path)


def test_a_missing_folder_is_an_environment_problem(tmp_path):
    with pytest.raises(EnvironmentUnfit):
        discover(tmp_path / "nowhere")


def test_an_unknown_redelivery_rule_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="redelivery"):
        discover(tmp_path, redelivery="newest")


def test_a_delivery_is_synthetic_only_if_every_file_says_so(tmp_path):
    import pyreadstat

    TYPED["akm"].write_parquet(tmp_path / "akm2024.parquet", metadata={"femfaktor_synthetic": "1"})
    path = write_csv("udda", tmp_path)
    pyreadstat.write_xport(
        TYPED["bol"].select("adresse_id"),
        str(tmp_path / "bol2025.xpt"),
        file_label="SYNTETISKE DATA",
        file_format_version=8,
    )
    assert is_synthetic(tmp_path / "akm2024.parquet")
    assert is_synthetic(tmp_path / "bol2025.xpt")
    assert not is_synthetic(path)
    assert not is_synthetic_delivery(discover(tmp_path))
    touch(tmp_path, f"{path.name}.syntetisk")
    assert is_synthetic_delivery(discover(tmp_path))


def test_an_empty_delivery_and_a_broken_file_are_not_synthetic(tmp_path):
    assert not is_synthetic_delivery(discover(tmp_path))
    touch(tmp_path, "akm2024.parquet")
    assert not is_synthetic(tmp_path / "akm2024.parquet")


def look_at(folder: Path, columns: Mapping[str, Mapping[str, str]] | None = None) -> DeliveryCheck:
    """With column names as in femfaktor.toml, beside a home that is not there."""
    registers = {register: {"columns": names} for register, names in (columns or {}).items()}
    return inspect_delivery(folder, Home(folder / "home"), Settings.model_validate({"registers": registers}))


def whole_delivery(folder: Path) -> None:
    for register in CONTRACTS:
        write_parquet(register, folder)


def test_the_check_of_one_year_takes_every_file_and_names_what_is_lacking(tmp_path):
    whole_delivery(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    check = look_at(tmp_path)
    assert not [problem for source in check.sources for problem in source.problems]
    assert {problem.register for problem in check.problems} == {"kraf", "omraader"}
    text = check.to_text()
    assert "bef 2024-12-31 (parquet: bef2024.parquet): 3 rows" in text
    assert "not needed, dropped: VERSION" in text
    assert "1 exact duplicates are dropped" in text
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_the_check_names_missing_registers_and_the_years_that_convictions_need(tmp_path):
    write_xpt("bef", tmp_path)
    write_csv("kraf", tmp_path)
    check = look_at(tmp_path)
    assert not check.is_usable
    assert [line.split(":")[0] for line in check.missing] == [
        "udda",
        "akm",
        "bol",
        "omraader",
        "omraade_adresser",
        "hfaudd",
    ]
    # Window (2019-12-31, 2024-12-31]: snapshots 2019–2024, decisions 2020–2024.
    assert any("2019, 2020, 2021, 2022, 2023" in note for note in check.notes if note.startswith("bef"))
    assert any("2020, 2021, 2022, 2023" in note for note in check.notes if note.startswith("kraf"))


def test_the_check_guesses_the_lines_for_femfaktor_toml_and_they_work(tmp_path):
    whole_delivery(tmp_path)
    (tmp_path / "kraf2024.parquet").unlink()
    TYPED["kraf"].rename({"afg_dato": "AFG_AFGDTO"}).with_columns(journr=pl.Series(JOURNR)).write_parquet(
        tmp_path / "kraf2024.parquet"
    )
    check = look_at(tmp_path)
    assert not check.is_usable
    assert check.toml_lines() == ["[registers.kraf.columns]", 'afg_dato = "AFG_AFGDTO"']
    assert check.as_dict()["state"] == "refused"
    again = look_at(tmp_path, check.suggestions)
    assert not [problem for source in again.sources for problem in source.problems]
    assert not again.suggestions


def test_the_check_prints_common_unknown_codes_and_only_counts_rare_ones(tmp_path):
    rows = 2000
    codes = [330] * (rows - 6) + [776] + [777] * 5
    pl.DataFrame({"pnr": range(1, rows + 1), "socio13": codes}).write_parquet(tmp_path / "akm2024.parquet")
    text = look_at(tmp_path).to_text()
    assert "socio13: 6 values not in the code list become unknown (codes 777)" in text
    assert "776" not in text


def test_the_check_never_prints_a_value(tmp_path):
    whole_delivery(tmp_path)
    frame = TYPED["bef"].with_columns(pnr=pl.Series(["280190-4444", "Kanariefugl", "654321987654"]))
    frame.write_parquet(tmp_path / "bef2024.parquet")
    check = look_at(tmp_path)
    assert "values look like raw CPR numbers: 1 of 3 rows" in check.to_text()
    for secret in ("280190", "Kanariefugl", "654321987654"):
        assert secret not in check.to_text() + repr(check) + json.dumps(check.as_dict())


def test_the_check_tells_of_an_ambiguous_delivery(tmp_path):
    touch(tmp_path, "bef2018.csv", "bef2018.parquet")
    check = look_at(tmp_path)
    assert not check.is_usable
    assert "delivered more than once" in check.to_text()
