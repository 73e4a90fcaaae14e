"""Dwellings per area: which are almene, and that what isn't known isn't."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.risk_factors.definitions import load_definitions
from assets.risk_factors.dwellings import count_dwellings
from assets.risk_factors.inputs import Registers

DAY = date(2024, 12, 31)


def test_a_dwelling_counts_in_every_area_above_it_and_is_almen_only_if_bol_says_so(tmp_path):
    areas = [
        ("901", "kommune", None, None),
        ("h", "helhedsplan", "901", None),
        ("o", "omraade", "901", "h"),
        ("a", "afdeling", "o", None),
    ]
    listed = pl.LazyFrame(
        [(i, i, level, parent, plan, None, None) for i, level, parent, plan in areas],
        schema={
            "area_id": pl.String,
            "name": pl.String,
            "level": pl.String,
            "parent": pl.String,
            "plan": pl.String,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
        },
        orient="row",
    )
    addresses = pl.LazyFrame(
        {"area_id": ["a", "a", "a", "o", "o"], "adresse_id": [1, 2, 3, 4, 5]},
    ).with_columns(valid_from=pl.lit(None, pl.Date), valid_to=pl.lit(None, pl.Date))
    # 20 is almen, 10 is not, 3 is blank; 5 is not in BOL.
    bol = pl.LazyFrame(
        {"adresse_id": [1, 2, 3, 4], "ejerforhold": [20, 10, None, 20]},
        schema={"adresse_id": pl.Int64, "ejerforhold": pl.Int16},
    )
    registers = Registers(
        frames={"bol": {date(2024, 1, 1): bol}}, lists={"omraader": listed, "omraade_adresser": addresses}
    )
    parameters = load_definitions(tmp_path)["sfi5-v1"].parameters("f5_boligforhold")
    counted = count_dwellings(registers, parameters, DAY)  # pyright: ignore[reportArgumentType]
    assert counted.select("area_id", "dwellings", "almene").rows() == [("a", 3, 1), ("h", 5, 2), ("o", 5, 2)]
