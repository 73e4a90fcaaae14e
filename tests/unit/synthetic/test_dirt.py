"""Dirt is where the record says, as much as it says, and the same for the same seed.

Belongs here: what is planted, found again by looking at the soiled frames and files.
Does not belong here: what the pipeline makes of it (`tests/pipeline/test_dirty_deliveries.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets.extracts import discover, type_register
from schemas.registers import CONTRACTS
from synthetic_data import ALL, generate, is_generated
from synthetic_data.deliveries import FORMATS, is_marked
from synthetic_data.dirt import (
    CHANGES_ANSWERS,
    ID_SHIFT,
    REFUSED,
    TYPICAL,
    Planted,
    Profile,
    Record,
    read_dirt,
    read_dirty_rows,
    soil,
)
from synthetic_data.registers import RegisterYear

SMALL = {"persons": 2_000, "seed": 7, "reference_years": (2023, 2024)}
LAST = 2024
D = date


def text(prefix: int, n: int) -> list[str]:
    """Clean ids: twelve digits, none begins with a zero."""
    return [str(10**11 + prefix * 10**7 + row) for row in range(n)]


def clean_parts() -> list[RegisterYear]:
    """Every register and list in the clean form: few columns, as many rows as dirt needs."""
    n = 1_000
    days = pl.Series([D(2000, 1, 1) + timedelta(days=row) for row in range(n)])
    parts = []
    for year in range(LAST - 4, LAST + 2):
        weeks = [f"Y_{year % 100:02d}{week:02d}".lower() for week in range(1, 53)]
        frames = {
            "bef": {
                "PNR": text(1, n), "FOED_DAG": days,
                "MOR_ID": [None, *text(2, n - 1)], "FAR_ID": [None, *text(3, n - 1)],
                "FAMILIE_TYPE": [9] * n, "FM_MARK": [1, None] * (n // 2), "KOM": [101] * n, "BOP_VFRA": days,
                "REFERENCETID": [D(year, 12, 31)] * n,
            },
            "udda": {"PNR": text(1, n), "HFAUDD": ["0001", "1042"] * (n // 2), "HF_VFRA": days},
            "akm": {"PNR": text(1, n), "SOCIO13": [131] * n},
            "kraf": {
                "PNR": text(1, n), "AFG_GER7": [1210000] * n,
                "AFG_DATO": [D(year, 1, 1) + timedelta(days=d % 365) for d in range(n)],
            },
            "bol": {"ADRESSE_ID": text(4, n), "UDLEJNINGFH": [1] * n},
            "dream": {"PNR": text(1, n)} | dict.fromkeys(weeks, ["130"] * n),
            "ind": {"PNR": text(1, n), "PERINDKIALT_13": [1.5] * n},
            "bua": {"PNR": text(1, n), "SAG_VFRA": days, "SAG_VTIL": days},
        }  # fmt: skip
        for register, columns in frames.items():
            if not (register in ("akm", "kraf", "ind") and year >= LAST):
                parts.append(RegisterYear(register, year, pl.DataFrame(columns)))
    areas = {"AREA_ID": ["o1", "a1"], "LEVEL": ["omraade", "afdeling"]}
    blank = {"VALID_FROM": [None, None], "VALID_TO": [None, None]}
    parts.append(
        RegisterYear(
            "omraader", None, pl.DataFrame(areas | blank, schema_overrides=dict.fromkeys(blank, pl.Date))
        )
    )
    return parts


def soiled(profile: Profile, *, seed: int = 1, format: str = "parquet") -> tuple[list[RegisterYear], Record]:
    record = Record(profile)
    return list(soil(clean_parts(), record, seed=seed, last=LAST, format=format)), record


def lower(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename(str.lower)


Find = Callable[[pl.DataFrame, pl.DataFrame, str], int]
"""(clean, soiled, column) -> how many pieces there are to see."""


def other_type(dtype: type[pl.DataType] | pl.DataType) -> Find:
    return lambda clean, found, column: found[column].count() if found.schema[column] == dtype else 0


def value(wanted: object) -> Find:
    return lambda clean, found, column: found[column].cast(pl.String).eq(str(wanted)).sum()


def more_rows(clean: pl.DataFrame, found: pl.DataFrame, column: str) -> int:
    return found.height - found.unique().height


FINDS: dict[str, Find] = {
    "unknown_codes": lambda c, f, column: f[column].cast(pl.Float64).is_in([499.0, 8.0, 6.0, 7.0]).sum(),
    "codes_not_in_the_format_table": value(7777),
    "orphan_mothers": lambda c, f, column: f[column].cast(pl.Int64).ge(95 * 10**10).sum(),
    "equal_rows": more_rows,
    "rows_equal_in_what_is_read": lambda c, f, column: f["version"].eq("v1").sum(),
    "empty_rows": lambda c, f, column: f["pnr"].null_count(),
    "extra_columns": lambda c, f, column: f.width - c.width,
    "blank_as_zeros": value("0" * 12),
    "blank_as_space": value(" "),
    "first_of_january": lambda c, f, column: f[column].eq(D(2024, 1, 1)).sum(),
    "ids_as_numbers": other_type(pl.Int64),
    "codes_that_lost_zeros": other_type(pl.Int32),
    "codes_as_text": other_type(pl.String),
    "codes_as_floats": other_type(pl.Float64),
    "sas_days": lambda c, f, column: f[column].is_between(14_000, 24_000).sum(),
    "dates_as_text": lambda c, f, column: f[column].str.contains(r"^\d{4}-\d{2}-\d{2}$").sum(),
    "danish_dates": lambda c, f, column: f[column].str.contains(r"^\d{2}-\d{2}-\d{4}$").sum(),
    "datetimes": other_type(pl.Datetime("us")),
    "missing_column": lambda c, f, column: int(column not in f.columns),
    "personal_column": lambda c, f, column: int(column in f.columns),
    "raw_cpr_numbers": lambda c, f, column: f[column].str.contains(r"^\d{6}-\d{4}$").sum(),
    "contradicting_rows": lambda c, f, column: f.height - f["pnr"].n_unique(),
    "too_many_unknown_codes": value(8),
    "unreadable_dates": value("31/12/2020"),
    "another_status_day": lambda c, f, column: f[column].eq(D(2021, 12, 31)).sum(),
    "blank_ids": lambda c, f, column: f[column].null_count(),
    "unreadable_ids": value("1.23E+11"),
    "no_rows": lambda c, f, column: f.height,
    "overlapping_areas": lambda c, f, column: f.height - f["area_id"].n_unique(),
    "missing_week": lambda c, f, column: int(column not in f.columns),
    "unreadable_amounts": value("1e5"),
    "ends_before_it_begins": lambda c, f, column: f[column].lt(f["sag_vfra"]).sum(),
}  # fmt: skip
ELSEWHERE = {
    "column_case", "doubled_column", "late_decisions",
    "delivered_again", "another_form", "broken_file", "delivered_twice",
}  # fmt: skip


def of(parts: list[RegisterYear], piece: Planted) -> list[RegisterYear]:
    return [p for p in parts if p.register == piece.register and p.name == piece.register + piece.period]


@pytest.mark.parametrize("profile", ["typical", "filthy"])
def test_every_piece_is_found_where_the_record_says_it_is(profile: Profile) -> None:
    parts, record = soiled(profile)
    clean = {part.name: lower(part.frame) for part in clean_parts()}
    looked_at = set()
    for piece in record.planted:
        if piece.kind in ELSEWHERE:
            continue
        frame = lower(of(parts, piece)[-1].frame)
        found = FINDS[piece.kind](clean[piece.register + piece.period], frame, piece.column)
        assert found == piece.count, piece
        assert piece.count > 0 or piece.kind == "no_rows"
        looked_at.add(piece.kind)
    kinds = {dirt.kind for dirt in (TYPICAL if profile == "typical" else REFUSED)}
    assert looked_at >= kinds - ELSEWHERE


def test_column_names_change_in_casing_only_and_as_many_as_recorded() -> None:
    parts, record = soiled("typical")
    clean = {part.name: part.frame for part in clean_parts()}
    pieces = [piece for piece in record.planted if piece.kind == "column_case"]
    assert pieces
    for piece in pieces:
        (*_, part) = of(parts, piece)
        before = clean[part.name].columns
        after = part.frame.columns[: len(before)]
        assert [name.lower() for name in after] == [name.lower() for name in before]
        changed = [name for name in part.frame.columns if name not in {*before, "VERSION", "LEVERET"}]
        assert len(changed) == piece.count


def test_late_decisions_lie_in_the_next_years_file_and_none_is_lost() -> None:
    parts, record = soiled("typical")
    decisions = {p.year: lower(p.frame).unique() for p in parts if p.register == "kraf"}
    for piece in (piece for piece in record.planted if piece.kind == "late_decisions"):
        late = decisions[int(piece.period) + 1]
        days = late["afg_dato"]
        if days.dtype == pl.Float64:
            days = (days + (D(1960, 1, 1) - D(1970, 1, 1)).days).cast(pl.Int32).cast(pl.Date)
        assert (days.dt.year() == int(piece.period)).sum() == piece.count == 50
    assert sum(frame.height for frame in decisions.values()) == 4 * 1_000


def test_the_year_that_comes_again_is_whole_and_the_first_is_not() -> None:
    parts, _ = soiled("typical")
    first, again = (part for part in parts if part.name == "akm2023")
    assert (first.folder, again.folder) == ("", "levering-2025-03-01")
    assert first.frame.height == round(0.95 * again.frame.height)


def test_files_that_are_wrong_as_files_are_recorded(tmp_path: Path) -> None:
    parts, record = soiled("filthy")
    kinds = {piece.kind: piece for piece in record.planted}
    (broken,) = of(parts, kinds["broken_file"])
    assert (broken.name, broken.form, broken.is_cut) == ("udda2022", "csv.gz", True)
    assert [part.form for part in of(parts, kinds["delivered_twice"])] == ["csv", ""]
    (doubled,) = of(parts, kinds["doubled_column"])
    assert {"AFG_GER7", "afg_ger7"} <= set(doubled.frame.columns)


def test_only_one_thing_is_wrong_with_a_file_that_is_refused() -> None:
    _, record = soiled("filthy")
    refused = {(p.register, p.period) for p in record.planted if p.kind in {dirt.kind for dirt in REFUSED}}
    assert len(refused) == len(REFUSED)
    for file in refused:
        assert len([p for p in record.planted if (p.register, p.period) == file]) == 1, file


def test_ids_lose_the_zeros_they_begin_with_where_they_are_numbers() -> None:
    parts, _ = soiled("typical")
    frames = {part.name: lower(part.frame) for part in parts}
    assert frames["akm2022"]["pnr"].min() < 10**11 - ID_SHIFT + 10**9  # type: ignore[operator]
    assert frames["bef2024"]["pnr"].str.len_chars().unique().to_list() == [12]
    assert frames["bef2024"]["pnr"].str.starts_with("0").any()
    # The same person in both.
    assert set(frames["akm2022"]["pnr"].drop_nulls()) == set(frames["bef2024"]["pnr"].cast(pl.Int64))


def test_a_csv_has_no_days_since_1960() -> None:
    _, record = soiled("typical", format="csv")
    assert "sas_days" not in {piece.kind for piece in record.planted}


def test_a_clean_delivery_has_nothing_planted_and_nothing_changed() -> None:
    parts, record = soiled("clean")
    assert record.planted == record.rows == []
    assert all(part.frame.equals(c.frame) for part, c in zip(parts, clean_parts(), strict=True))


def test_another_seed_soils_other_rows() -> None:
    first, second = (pl.concat(soiled("typical", seed=seed)[1].rows)["id"].to_list() for seed in (1, 2))
    assert first != second
    assert first == pl.concat(soiled("typical", seed=1)[1].rows)["id"].to_list()


def test_whose_answers_can_change_is_kept_by_row_and_counted_in_the_record() -> None:
    _, record = soiled("typical")
    rows = pl.concat(record.rows).group_by("kind", "register", "period", "column").len()
    by_row = {tuple(row[:4]): row[4] for row in rows.iter_rows()}
    in_record = {
        (p.kind, p.register, p.period, p.column): p.count for p in record.planted if p.kind in CHANGES_ANSWERS
    }
    assert by_row == in_record


# Files.
def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("profile", "format"), [("typical", "csv.gz"), ("typical", "xpt"), ("filthy", "parquet")]
)
def test_the_same_seed_gives_the_same_bytes_of_dirt_and_every_file_is_marked(
    profile, format, tmp_path
) -> None:
    for run in ("a", "b"):
        generate(
            tmp_path / run / "extracts", tmp_path / run / "truth", format=format, profile=profile, **SMALL
        )
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert all(is_marked(path) for path in tmp_path.rglob("*") if path.is_file())
    assert is_generated(
        tmp_path / "a/extracts", tmp_path / "a/truth", format=format, profile=profile, **SMALL
    )
    assert not is_generated(tmp_path / "a/extracts", tmp_path / "a/truth", format=format, **SMALL)


def test_the_record_lies_outside_the_extracts_and_names_nobody(tmp_path: Path) -> None:
    extracts, truth = tmp_path / "extracts", tmp_path / "truth"
    generate(extracts, truth, profile="typical", **SMALL)
    pieces = read_dirt(truth)
    assert {piece.kind for piece in pieces} >= set(CHANGES_ANSWERS)
    assert set(json.loads((truth / "dirt.json").read_text())) == {"profile", "planted"}
    people = {str(n) for n in read_dirty_rows(truth)["id"]}
    words = set((truth / "dirt.json").read_text().replace(",", " ").replace('"', " ").split())
    assert people and not people & words
    assert not list(extracts.rglob("dirt*"))


def typed(folder: Path, target: Path, redelivery: str = "latest") -> dict[str, str]:
    """Every register of a delivery, typed: bytes by register and status day."""
    target.mkdir()
    for source in discover(folder, redelivery=redelivery).sources:
        out = target / source.register / source.typed_name
        type_register(source.files, CONTRACTS[source.register], out, vintage=source.vintage)
    return digest(target)


@pytest.mark.parametrize("profile", ["clean", "typical"])
def test_every_form_of_a_delivery_gives_the_same_typed_tables(profile: Profile, tmp_path: Path) -> None:
    tables = {}
    for format in FORMATS:
        truth = tmp_path / f"truth-{format}"
        generate(tmp_path / format, truth, format=format, profile=profile, registers=ALL, **SMALL)
        tables[format] = typed(tmp_path / format, tmp_path / f"typed-{format}")
    # So small a country has no area on the statutory list.
    assert {name.split("/")[0] for name in tables["parquet"]} == set(CONTRACTS) - {"omraade_klasser"}
    for format in FORMATS:
        assert tables[format] == tables["parquet"], format
