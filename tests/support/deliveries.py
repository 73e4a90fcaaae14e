"""Small deliveries of every register, built by hand in each form, with the dirt that real ones have.

Belongs here: frames as they should come out, and writers that soil them per form.
Does not belong here: expectations computed by the code under test.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

VINTAGE = date(2024, 12, 31)
D = date
# Every week of 2024, and the last of 2023, as a cumulative DREAM has it.
WEEKS = ["y_2352", *(f"y_24{week:02d}" for week in range(1, 53))]

# What each register should look like when typed: rows in key order.
TYPED: dict[str, pl.DataFrame] = {
    "bef": pl.DataFrame(
        {
            "pnr": [1, 12, 100_000_000_003],
            "koen": [2, 1, 2],
            "foed_dag": [D(1959, 12, 31), D(2012, 2, 29), D(2019, 5, 1)],
            "mor_id": [None, 1, 1],
            "far_id": [None, 900_000_000_001, None],
            "aegte_id": [None, None, None],
            "e_faelle_id": [None, None, None],
            "familie_id": [50, 50, 51],
            "familie_type": [9, 9, 10],
            "plads": [1, 3, None],
            "fm_mark": [None, 3, 6],
            "civst": ["F", "U", "U"],
            "kom": [901, 901, 902],
            "reg": [81, 81, 85],
            "adresse_id": [700_000_000_007, 700_000_000_007, 42],
            "bop_vfra": [D(1999, 1, 1), D(2012, 3, 4), None],
            "ie_type": [1, 3, 2],
            "opr_land": [5100, 5100, None],
            "referencetid": [VINTAGE] * 3,
        },
        schema_overrides={
            "koen": pl.Int8,
            "familie_type": pl.Int8,
            "plads": pl.Int8,
            "fm_mark": pl.Int8,
            "kom": pl.Int16,
            "reg": pl.Int8,
            "ie_type": pl.Int8,
            "opr_land": pl.Int16,
            "aegte_id": pl.Int64,
            "e_faelle_id": pl.Int64,
        },
    ),
    "udda": pl.DataFrame(
        {
            "pnr": [1, 12, 13],
            "hfaudd": ["0001", "0101", None],
            "hf_kilde": [7, 12, None],
            "hf_vfra": [D(1980, 6, 30), None, D(2020, 1, 1)],
        },
        schema_overrides={"hf_kilde": pl.Int8},
    ),
    "akm": pl.DataFrame({"pnr": [1, 12], "socio13": [330, None]}, schema_overrides={"socio13": pl.Int16}),
    "kraf": pl.DataFrame(
        {
            "pnr": [1, 1, 1, 12],
            "afg_ger7": [1280101, 1280101, 2210000, None],
            "afg_afgtypko": [2, 2, 21, 11],
            "afg_dato": [D(2024, 1, 2), D(2024, 1, 2), D(2024, 12, 31), None],
        },
        schema_overrides={"afg_ger7": pl.Int32, "afg_afgtypko": pl.Int16},
    ),
    "bol": pl.DataFrame(
        {
            "adresse_id": [42, 700_000_000_007],
            "udlejningfh": [9, 1],
            "antal_vaerelser": [None, 4],
            "boligareal": [1234, 85],
            "ejerforhold": [90, 20],
        },
        schema_overrides={
            "udlejningfh": pl.Int8,
            "antal_vaerelser": pl.Int16,
            "boligareal": pl.Int16,
            "ejerforhold": pl.Int16,
        },
    ),
    "dream": pl.DataFrame(
        {"pnr": [1, 12, 13]} | {week: [None, 130, 998 if week > "y_2426" else None] for week in WEEKS},
        schema_overrides=dict.fromkeys(WEEKS, pl.Int16),
    ),
    "uddf": pl.DataFrame(
        {
            "pnr": [1, 12, 12],
            "hfaudd": ["0001", "0101", None],
            "hf_vfra": [D(1980, 6, 30), D(2019, 6, 30), D(2024, 1, 1)],
            "hf_vtil": [None, D(2024, 1, 1), D(9999, 12, 31)],
        }
    ),
    "faik": pl.DataFrame(
        {"familie_id": [50, 51], "famboligform": [2, 9], "famaekvivadisp_13": [234567.5, -1200.0]},
        schema_overrides={"famboligform": pl.Int8},
    ),
    "ind": pl.DataFrame(
        {
            "pnr": [1, 12],
            "perindkialt_13": [1234567.0, 0.0],
            "off_overforsel_13": [120000.25, None],
            "kontanthj_13": [99.0, None],
            "folkefortid_13": [0.0, -1.5],
        }
    ),
    "bua": pl.DataFrame(
        {
            "pnr": [12, 12],
            "pgf": [110, 199],
            "sag_vfra": [D(2020, 2, 29), D(2024, 5, 1)],
            "sag_vtil": [D(2021, 1, 1), None],
        },
        schema_overrides={"pgf": pl.Int16},
    ),
    "bufo": pl.DataFrame(
        {
            "pnr": [12, 13],
            "pgf": [210, 455],
            "sag_vfra": [D(2020, 2, 29), None],
            "sag_vtil": [D(2020, 2, 29), None],
        },
        schema_overrides={"pgf": pl.Int16},
    ),
    "omraade_klasser": pl.DataFrame(
        {"area_id": ["O1", "O1"], "aar": [2020, 2021], "klasse": ["ghetto", "parallelsamfund"]},
        schema_overrides={"aar": pl.Int16},
    ),
    "omraader": pl.DataFrame(
        {
            "area_id": ["901", "A1", "A1", "O1"],
            "name": ["Søndervang", "Æblehaven afd. 1", "Æblehaven afd. 1", 'Åparken, "Øst"'],
            "level": ["kommune", "afdeling", "afdeling", "omraade"],
            "parent": [None, "O1", "O1", "901"],
            "plan": [None, None, None, "H1"],
            "valid_from": [None, None, D(2021, 1, 1), D(2020, 1, 1)],
            "valid_to": [None, D(2020, 12, 31), None, D(9999, 12, 31)],
        }
    ),
    "omraade_adresser": pl.DataFrame(
        {
            "area_id": ["A1", "A1", "O2"],
            "adresse_id": [42, 700_000_000_007, 42],
            "valid_from": [None, D(2020, 1, 1), None],
            "valid_to": [None, None, D(2030, 1, 1)],
        }
    ),
    "hfaudd": pl.DataFrame(
        {"hfaudd": ["0000", "0001", "0101", "9999"], "hovedomraade": [90, 10, 10, 90]},
        schema_overrides={"hovedomraade": pl.Int8},
    ),
}
JOURNR = ["0100-83980-00001-24", "0100-83980-00002-24", "0100-83980-00003-24", "0200-1"]
IDS = {"pnr", "mor_id", "far_id", "aegte_id", "e_faelle_id", "familie_id", "adresse_id"}


def delivered(register: str) -> pl.DataFrame:
    """The clean rows as delivered: KRAF with its case number, out of order, first row twice."""
    frame = TYPED[register]
    if register == "kraf":
        frame = frame.with_columns(journr=pl.Series(JOURNR))
    return pl.concat([frame.reverse(), frame.head(1)])


def file_name(register: str, form: str) -> str:
    """Name of a file for the status day 31 December 2024; BOL's is 1 January 2025."""
    period = {"bol": "2025"}.get(register, "2024")
    if register in ("omraader", "omraade_adresser", "omraade_klasser", "hfaudd"):
        period = ""
    return f"{register}{period}.{form}"


def write_parquet(register: str, folder: Path) -> Path:
    """A clean research-machine delivery: zero-padded text ids, capital names, one column nobody asked for."""
    frame = delivered(register).with_columns(
        [pl.col(name).cast(pl.String).str.zfill(12) for name in delivered(register).columns if name in IDS]
    )
    # DREAM's weeks are text at the source.
    frame = frame.with_columns(pl.col(r"^y_\d{4}$").cast(pl.String).fill_null(""))
    frame = frame.rename(str.upper).with_columns(VERSION=pl.lit("x"))
    path = folder / file_name(register, "parquet")
    frame.write_parquet(path)
    return path


def write_csv(register: str, folder: Path, *, encoding: str = "cp1252", newline: str = "\r\n") -> Path:
    """A municipal extract: `;`, dd-mm-yyyy, ids that lost their zeros, thousands dots, padded codes."""

    def cell(name: str, value: object) -> str:
        if value is None:
            return " " if name == "mor_id" else ""
        if isinstance(value, date):
            return value.strftime("%d-%m-%Y")
        if isinstance(value, float):
            return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
        if name == "boligareal":
            return f"{value:,}".replace(",", ".") + ",0"
        if name == "fm_mark":
            return f"0{value}"
        if name == "civst":
            return f" {value.lower()} "
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if '"' in text or ";" in text else text

    frame = delivered(register)
    lines = [";".join(name.title() for name in frame.columns)]
    lines += [";".join(cell(n, v) for n, v in zip(frame.columns, row, strict=True)) for row in frame.rows()]
    path = folder / file_name(register, "csv")
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def write_xpt(register: str, folder: Path) -> Path:
    """SAS transport v8: every number a double, dates as days since 1960, no null string."""
    import pyreadstat

    frame = delivered(register)
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if dtype == pl.Date and name not in ("valid_to", "hf_vtil"):
            column = (column - date(1960, 1, 1)).dt.total_days().cast(pl.Float64)
        elif dtype == pl.Date:
            column = column.dt.strftime("%Y-%m-%d").fill_null("")
        elif name == "hfaudd":
            column = column.cast(pl.Float64)
        elif dtype == pl.String:
            column = column.fill_null("")
        else:
            column = column.cast(pl.Float64)
        columns.append(column.alias(name))
    path = folder / file_name(register, "xpt")
    pyreadstat.write_xport(frame.select(columns), str(path), table_name="T", file_format_version=8)
    return path


def shared_data(name: str) -> Path:
    """A file of the shared data folder; skips when it is not there."""
    repo = Path(__file__).parents[2]
    path = Path(os.environ.get("FEMFAKTOR_SHARED", repo.parent / "shared" / "data")) / name
    if not path.is_file():
        pytest.skip(f"shared data {name} is not on this machine (set FEMFAKTOR_SHARED)")
    return path
