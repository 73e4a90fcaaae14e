"""What is wrong with a delivery stops it with register, column, rule, count, and never a value.

Belongs here: every refusal of typing, reading and the gate, each with a canary value that must not leak.
Does not belong here: what is accepted (`test_forms.py`, `test_values.py`).
"""

from __future__ import annotations

import gzip
import traceback
from datetime import date

import polars as pl
import pytest

from assets.extracts import type_register
from assets.extracts.columns import is_personal_name
from schemas import gate
from schemas.errors import EnvironmentUnfit, InputRefused
from schemas.registers import CONTRACTS
from tests.support.deliveries import JOURNR, TYPED, VINTAGE

CANARY = 654_321_987_654
CANARY_DATE = date(1987, 6, 5)
CANARY_TEXT = "Kanariefugl"
SECRETS = ("654321987654", "654_321", "1987-06-05", "05-06-1987", CANARY_TEXT, "280190-4444", "2801904444")


def spoken(error: BaseException) -> str:
    """Everything that can be printed of an error, along its whole chain."""
    texts = []
    todo: list[BaseException | None] = [error]
    while todo:
        current = todo.pop()
        if current is None:
            continue
        texts += [str(current), repr(current), repr(current.args), *traceback.format_exception(current)]
        todo += [current.__cause__, current.__context__]
    return "\n".join(texts)


def refused(call) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        call()
    said = spoken(caught.value)
    for secret in SECRETS:
        assert secret not in said
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert all(problem.action for problem in caught.value.problems)
    return caught.value


def refuse_frame(frame: pl.DataFrame, register: str, tmp_path, mapping=None) -> list[tuple]:
    """Type a frame that must be refused: (column, rule, count, of) of each problem. Nothing is left."""
    contract = CONTRACTS[register]
    path = tmp_path / f"{register}2024.parquet"
    frame.write_parquet(path)
    out = tmp_path / "out"
    vintage = None if contract.is_list else VINTAGE
    error = refused(
        lambda: type_register([path], contract, out / "typed.parquet", vintage=vintage, mapping=mapping)
    )
    assert not out.exists() or not list(out.iterdir())
    assert all(problem.register == register and problem.file for problem in error.problems)
    return [(p.column, p.rule, p.count, p.of) for p in error.problems]


def bef(**columns) -> pl.DataFrame:
    return TYPED["bef"].with_columns(**columns)


def test_the_same_person_twice_with_different_content_is_refused_with_the_number_of_extra_rows(tmp_path):
    frame = pl.DataFrame({"pnr": [CANARY, CANARY, 5, 5], "socio13": [330, 310, 330, 330]})
    # 5 is an exact duplicate and no problem.
    assert refuse_frame(frame, "akm", tmp_path) == [
        ("pnr", "rows have the same key and different content", 1, 4)
    ]


def test_raw_cpr_numbers_are_refused(tmp_path):
    frame = bef(mor_id=pl.Series(["280190-4444", None, "1"]))
    found = refuse_frame(frame, "bef", tmp_path)
    assert found == [("mor_id", "values look like raw CPR numbers", 1, 3)]
    frame = TYPED["akm"].with_columns(pnr=pl.Series([2801904444, 2901904444]))
    assert refuse_frame(frame, "akm", tmp_path) == [("pnr", "values look like raw CPR numbers", 2, 2)]


def test_a_cpr_number_in_a_text_column_is_refused(tmp_path):
    frame = TYPED["kraf"].with_columns(journr=pl.Series([*JOURNR[:3], "280190-4444"]))
    assert ("journr", "values look like raw CPR numbers", 1, 4) in refuse_frame(frame, "kraf", tmp_path)


def test_ids_that_are_not_digits_are_refused(tmp_path):
    frame = TYPED["akm"].with_columns(pnr=pl.Series(["1", CANARY_TEXT]))
    assert refuse_frame(frame, "akm", tmp_path) == [("pnr", "values are not ids of at most 12 digits", 1, 2)]


def test_a_blank_key_is_refused(tmp_path):
    frame = pl.DataFrame({"pnr": [CANARY, None], "socio13": [330, 330]})
    assert refuse_frame(frame, "akm", tmp_path) == [("pnr", "values are blank", 1, 2)]


def test_dates_that_cannot_be_decided_are_refused(tmp_path):
    [problem] = refuse_frame(
        bef(foed_dag=pl.Series(["05/06/1987", "1987-06-05", "05-06-1987"])), "bef", tmp_path
    )
    assert problem[0] == "foed_dag"
    assert "dates in a form that can be decided" in problem[1]
    assert problem[2:] == (1, 3)


@pytest.mark.parametrize(("unknown", "is_refused"), [(0, False), (1, False), (2, False), (3, True)])
def test_unknown_codes_are_quarantined_up_to_one_percent_and_refused_above(unknown, is_refused, tmp_path):
    rows = 200
    codes = [330] * (rows - unknown) + [777] * unknown
    frame = pl.DataFrame({"pnr": range(1, rows + 1), "socio13": codes})
    if is_refused:
        assert refuse_frame(frame, "akm", tmp_path) == [
            ("socio13", "codes are not in the code list of 2024-12-31", unknown, rows)
        ]
        return
    frame.write_parquet(tmp_path / "akm2024.parquet")
    report = type_register(
        [tmp_path / "akm2024.parquet"],
        CONTRACTS["akm"],
        tmp_path / "out.parquet",
        vintage=VINTAGE,
    )
    assert dict(report.unknown_codes) == ({"socio13": unknown} if unknown else {})
    assert pl.read_parquet(tmp_path / "out.parquet")["socio13"].null_count() == unknown


def test_an_unknown_code_where_no_blank_is_allowed_is_refused_below_the_limit_too(tmp_path):
    rows = 200
    frame = pl.concat([TYPED["bef"].head(1)] * rows).with_columns(
        pnr=pl.int_range(1, rows + 1), koen=pl.Series([7] + [1] * (rows - 1), dtype=pl.Int8)
    )
    [problem] = refuse_frame(frame, "bef", tmp_path)
    assert problem == ("koen", "codes are not in the code list, and the column may not be blank", 1, rows)


def test_an_unknown_level_of_an_area_is_always_refused(tmp_path):
    frame = TYPED["omraader"].with_columns(level=pl.Series(["kommune", "afdeling", "afdeling", CANARY_TEXT]))
    assert ("level", "codes are not in the code list", 1, 4) in refuse_frame(frame, "omraader", tmp_path)


def test_a_missing_column_is_refused_and_says_what_to_write(tmp_path):
    path = tmp_path / "kraf2024.parquet"
    TYPED["kraf"].drop("afg_dato").with_columns(journr=pl.lit("x")).write_parquet(path)
    error = refused(lambda: type_register([path], CONTRACTS["kraf"], tmp_path / "o.parquet", vintage=VINTAGE))
    [problem] = error.problems
    assert (problem.column, problem.rule) == ("afg_dato", "the required column is missing")
    assert '[registers.kraf.columns] in femfaktor.toml: afg_dato = "' in problem.action


@pytest.mark.parametrize("column", ["CPRNR", "Fornavn", "VEJNAVN", "adresse", "telefon", "E-mail", "name"])
def test_a_column_that_looks_personal_is_refused_by_name(column, tmp_path):
    frame = TYPED["akm"].with_columns(pl.lit(CANARY_TEXT).alias(column))
    assert refuse_frame(frame, "akm", tmp_path) == [(column, "the column looks personal", 1, None)]


@pytest.mark.parametrize(
    "column",
    ["adresse_id", "pnr", "version", "omraade_navn", "area_name", "hfaudd_tekst", "bop_vfra", "plads"],
)
def test_keys_and_names_of_places_do_not_look_personal(column):
    assert not is_personal_name(column)


def test_two_columns_for_one_are_refused(tmp_path):
    frame = TYPED["akm"].with_columns(PNR=pl.lit(CANARY))
    assert refuse_frame(frame, "akm", tmp_path) == [("pnr", "more than one delivered column fits", 1, None)]
    path = tmp_path / "akm2024.csv"
    path.write_text(f"PNR;SOCIO13;PNR\n{CANARY};330;{CANARY}\n")
    error = refused(lambda: type_register([path], CONTRACTS["akm"], tmp_path / "o.parquet", vintage=VINTAGE))
    assert [p.rule for p in error.problems] == ["more than one delivered column fits"]


def test_a_mapping_of_a_column_that_does_not_exist_is_refused(tmp_path):
    found = refuse_frame(TYPED["akm"], "akm", tmp_path, mapping={"socio14": "X"})
    assert found == [("socio14", "the mapping names a column the register does not have", 1, None)]


def test_a_file_of_another_year_is_refused(tmp_path):
    # The day before and two days after; the first of January is the same status day.
    days = [date(2024, 12, 30), date(2025, 1, 1), date(2025, 1, 2)]
    assert refuse_frame(bef(referencetid=pl.Series(days)), "bef", tmp_path) == [
        ("referencetid", "the status day is not the file's (2024-12-31)", 2, 3)
    ]


def test_a_file_without_rows_is_refused(tmp_path):
    assert refuse_frame(TYPED["akm"].clear(), "akm", tmp_path) == [("", "there are no rows", 0, None)]


def test_an_area_valid_twice_on_a_day_is_refused(tmp_path):
    frame = TYPED["omraader"].with_columns(
        valid_to=pl.Series([None, date(2021, 1, 1), None, date(2019, 1, 1)])
    )
    assert refuse_frame(frame, "omraader", tmp_path) == [
        ("area_id", "valid_from is after valid_to", 1, 4),
        ("area_id", "two rows are valid on the same day", 1, 4),
    ]


def test_every_problem_is_told_at_once(tmp_path):
    frame = bef(
        foed_dag=pl.lit("hvornår"), kom=pl.Series([99, 901, 1000]), pnr=pl.Series([CANARY_TEXT, "1", "2"])
    )
    assert {(p[0], p[2]) for p in refuse_frame(frame, "bef", tmp_path)} == {
        ("pnr", 1),
        ("foed_dag", 3),
        ("kom", 2),
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("akm2024.csv", f"PNR;SOCIO13\n{CANARY};330;{CANARY}\n".encode()),  # more fields than columns
        ("akm2024.csv", b""),
        ("akm2024.csv", f"PNR;SOCIO13\n{CANARY};\x81\xff\n".encode("latin-1")),  # neither UTF-8 nor cp1252
        ("akm2024.csv", f"PNR,SOCIO13\n{CANARY},330\n".encode()),  # commas
        ("akm2024.csv.gz", gzip.compress(f"PNR;SOCIO13\n{CANARY};330\n".encode(), mtime=0)[:-6]),
        ("akm2024.csv.gz", f"PNR;SOCIO13\n{CANARY};330\n".encode()),
        ("akm2024.parquet", f"PAR1{CANARY}".encode()),
        ("akm2024.xpt", f"{CANARY_TEXT}{CANARY}".encode()),
        ("akm2024.sas7bdat", f"{CANARY_TEXT}{CANARY}".encode()),
    ],
)
def test_a_broken_file_is_refused_without_its_content(name, content, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    error = refused(lambda: type_register([path], CONTRACTS["akm"], tmp_path / "o.parquet", vintage=VINTAGE))
    assert all(problem.file == name for problem in error.problems)
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def good_bol() -> pl.DataFrame:
    return TYPED["bol"]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ({"adresse_id": pl.lit(CANARY)}, ("", "more than one row per key", 2)),
        ({"adresse_id": pl.Series([1, -CANARY])}, ("adresse_id", "not an id of at most 12 digits", 1)),
        ({"adresse_id": pl.Series([1, None])}, ("adresse_id", "values are blank", 1)),
        ({"udlejningfh": pl.lit(7, pl.Int8)}, ("udlejningfh", "code is not in the code list", 2)),
        ({"boligareal": pl.Series([-1, 0], dtype=pl.Int16)}, ("boligareal", "below the minimum", 1)),
        ({"boligareal": pl.lit(CANARY_TEXT)}, ("boligareal", "wrong datatype", 1)),
        ({"kanarie": pl.lit(CANARY_TEXT)}, ("kanarie", "column is unexpected", 1)),
    ],
)
@pytest.mark.parametrize("lazy", [True, False])
def test_the_gate_checks_the_data_of_lazy_frames_too(bad, expected, lazy):
    frame = good_bol().with_columns(**bad)
    error = refused(
        lambda: gate.validate(frame.lazy() if lazy else frame, CONTRACTS["bol"], date(2024, 12, 31))
    )
    assert expected in [(p.column, p.rule, p.count) for p in error.problems]


@pytest.mark.parametrize("order", [[0, 1, 2, 2], [2, 0, 1, 2]], ids=["sorted", "not sorted"])
def test_the_gate_finds_a_key_twice_in_any_order(order):
    bol = pl.concat([good_bol(), good_bol()[:1]]).with_columns(adresse_id=pl.Series([10, 20, 30]))
    error = refused(lambda: gate.validate(bol[order], CONTRACTS["bol"], VINTAGE))
    assert [(p.rule, p.count) for p in error.problems] == [("more than one row per key", 2)]


def test_the_gate_names_a_missing_column():
    error = refused(lambda: gate.validate(good_bol().drop("boligareal"), CONTRACTS["bol"], VINTAGE))
    assert [(p.column, p.rule) for p in error.problems] == [("boligareal", "column is missing")]


def test_the_gate_knows_the_code_list_of_the_year():
    frame = TYPED["bef"].with_columns(familie_type=pl.lit(5, pl.Int8))
    gate.validate(frame, CONTRACTS["bef"], date(2015, 9, 30))
    error = refused(lambda: gate.validate(frame, CONTRACTS["bef"], date(2015, 12, 31)))
    assert [(p.column, p.count) for p in error.problems] == [("familie_type", 3)]


def test_a_file_that_is_gone_is_an_environment_problem_not_a_bad_delivery(tmp_path):
    with pytest.raises(EnvironmentUnfit, match=r"akm2024\.csv"):
        type_register(
            [tmp_path / "akm2024.csv"],
            CONTRACTS["akm"],
            tmp_path / "o.parquet",
            vintage=VINTAGE,
        )


@pytest.mark.parametrize("name", ["akm2024.csv", "akm2024.parquet", "akm2024.xpt"])
def test_what_a_library_says_of_a_value_is_not_passed_on(name, tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise ValueError(f"could not parse {CANARY_TEXT}, {CANARY} as i16")

    path = tmp_path / name
    first = {"parquet": b"PAR1 PAR1", "xpt": b"HEADER RECORD"}
    path.write_bytes(first.get(name.split(".")[1], b"PNR;SOCIO13\n1;330\n"))
    for reader in ("read_header", "_scan_parquet", "_sas_columns"):
        monkeypatch.setattr(f"assets.extracts.readers.{reader}", fail)
    target = tmp_path / "o.parquet"
    error = refused(lambda: type_register([path], CONTRACTS["akm"], target, vintage=VINTAGE))
    assert [problem.rule for problem in error.problems] == ["the file can't be read (ValueError)"]
