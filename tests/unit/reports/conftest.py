"""Small protected tables, written by hand: what the reports get, without the modules that make it.

`one_area()` gives the whole set; arguments change single things. A reader can check the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from schemas.release import AGE_BANDS, FACTORS, N_FACTORS, RELEASE_TABLES

MARKING = "SYNTETISKE DATA"
DEFINITION = "sfi5-v1"
LATEST = date(2024, 12, 31)
YEARS = tuple(date(year, 12, 31) for year in range(2020, 2025))

# 112 of 300 decided, 8 undetermined: 112/300 = 37 pct., 112/308 = 36 pct., 120/308 = 39 pct.
COUNTS = {
    "children": 308,
    "mothers": 171,
    "at_risk": 112,
    "not_at_risk": 188,
    "undetermined": 8,
    "share_pct": 37.0,
    "share_if_unknown_no_pct": 36.0,
    "share_if_unknown_yes_pct": 39.0,
    "ci95_low_pct": 32.0,
    "ci95_high_pct": 43.0,
    "cell_status": "shown",
}
HIDDEN = dict.fromkeys(COUNTS) | {"cell_status": "hidden"}
TOO_SMALL = HIDDEN | {"cell_status": "too_small"}
PLAN = COUNTS | {
    "children": 1234,
    "mothers": 690,
    "at_risk": 420,
    "not_at_risk": 780,
    "undetermined": 34,
    "share_pct": 35.0,
    "ci95_low_pct": 32.0,
    "ci95_high_pct": 38.0,
    "share_if_unknown_no_pct": 34.0,
    "share_if_unknown_yes_pct": 37.0,
}
KOMMUNE = COUNTS | {
    "children": 21480,
    "mothers": 12100,
    "at_risk": 1367,
    "not_at_risk": 19730,
    "undetermined": 383,
    "share_pct": 6.5,
    "ci95_low_pct": 6.1,
    "ci95_high_pct": 6.9,
    "share_if_unknown_no_pct": 6.4,
    "share_if_unknown_yes_pct": 8.1,
}
LEVERANCE = KOMMUNE | {
    "children": 58412,
    "at_risk": 3422,
    "not_at_risk": 53610,
    "undetermined": 1380,
    "share_pct": 6.0,
}
# Åløse without its one plan: 1367 - 420 = 947 at risk, 19730 - 780 = 18950 not; 947/19897 = 4.8 pct.
REST = KOMMUNE | {
    "children": 20246,
    "mothers": None,
    "at_risk": 947,
    "not_at_risk": 18950,
    "undetermined": 349,
    "share_pct": 4.8,
    "ci95_low_pct": 4.4,
    "ci95_high_pct": 5.1,
    "share_if_unknown_no_pct": 4.7,
    "share_if_unknown_yes_pct": 6.4,
}
# Children with, without, unknown, share of the known.
AREA_FACTORS = (
    (125, 180, 3, 41.0),
    (None, None, None, None),
    (96, 206, 6, 32.0),
    (135, 159, 14, 46.0),
    (287, 19, 2, 94.0),
)
KOMMUNE_FACTORS = (
    (5799, 15466, 215, 27.3),
    (424, 20841, 215, 2.0),
    (1919, 19403, 158, 9.0),
    (3570, 17432, 478, 17.0),
    (6401, 14937, 142, 30.0),
)
REST_FACTORS = (
    (5300, 14746, 200, 26.4),
    (380, 19666, 200, 1.9),
    (1500, 18598, 148, 7.5),
    (3000, 16800, 446, 15.2),
    (5200, 14914, 132, 25.9),
)
AGES = (51, 48, 66, 92, 51)
# By number of factors: 60 + 64 + 72 + 112 = 308.
NUMBERS = (60, 64, 72, 112)
NO_NUMBERS = (None,) * 4

CFBU = "Center for Boligsocial Udvikling (CFBU), sammenfatning, januar 2015"
BENCHMARKS = (
    (
        "kl",
        37.0,
        2016,
        "Alle børn og unge i udsatte boligområder",
        "KL: Gevinster ved boligsociale indsatser (2016), efter Center for Boligsocial Udvikling (CFBU)",
        "Ikke nødvendigvis samme opgørelse.",
    ),
    (
        "cfbu",
        35.0,
        2015,
        "Børn og unge under 18 år i udsatte boligområder",
        CFBU,
        "Ikke nødvendigvis samme opgørelse.",
    ),
    (
        "cfbu_land",
        5.0,
        2015,
        "Børn og unge under 18 år i hele landet",
        CFBU,
        "Ikke nødvendigvis samme opgørelse.",
    ),
)

READINGS = {
    "f1_ikke_kernefamilie": "Barnet bor ikke sammen med begge sine forældre.",
    "f2_doemt": "Moren er dømt efter straffeloven eller våbenloven inden for de seneste 5 år.",
    "f3_kontanthjaelp_pension": "Morens væsentligste indkomstkilde i året er kontanthjælp eller pension.",
    "f4_ingen_uddannelse": "Moren har ingen uddannelse ud over grundskolen.",
    "f5_boligforhold": "Moren bor i en lejebolig.",
}


class Tables:
    """Rows of the release tables, added unit by unit."""

    def __init__(self, marking: str = MARKING) -> None:
        self.marking = marking
        self.rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in RELEASE_TABLES}

    def add(
        self,
        level: str,
        area_id: str,
        name: str,
        parent: str | None,
        years: Mapping[date, Mapping[str, Any]],
        factors=AREA_FACTORS,
        ages=AGES,
        numbers=NUMBERS,
        child_level: str | None = None,
    ) -> Tables:
        """One unit: its `area_risk` values per date; factors, numbers and ages at the latest of them."""
        key = {"level": level, "area_id": area_id, "definition": DEFINITION, "marking": self.marking}
        for day, values in years.items():
            self.rows["area_risk"].append(
                {
                    **key,
                    "reference_date": day,
                    "area_name": name,
                    "parent_id": parent,
                    "child_level": child_level,
                    **values,
                }
            )
        for factor, (with_it, without, unknown, share) in zip(FACTORS, factors, strict=True):
            self.rows["area_factor"].append(
                {
                    **key,
                    "reference_date": max(years),
                    "factor": factor,
                    "children_with": with_it,
                    "children_without": without,
                    "children_unknown": unknown,
                    "share_pct": share,
                    "cell_status": "hidden" if with_it is None else "shown",
                }
            )
        for n, children in zip(N_FACTORS, numbers, strict=True):
            self.rows["area_factor_count"].append(
                {
                    **key,
                    "reference_date": max(years),
                    "n_factors": n,
                    "children": children,
                    "cell_status": "hidden" if children is None else "shown",
                }
            )
        for band, children in zip(AGE_BANDS, ages, strict=True):
            self.rows["area_children"].append(
                {
                    **key,
                    "reference_date": max(years),
                    "age_band": band,
                    "children": children,
                    "cell_status": "hidden" if children is None else "shown",
                }
            )
        return self

    def frames(self) -> dict[str, pl.DataFrame]:
        rows = {**self.rows}
        columns = ("name", "share_pct", "year", "population", "source", "note")
        rows["benchmark"] = [
            dict(zip(columns, values, strict=True)) | {"marking": self.marking} for values in BENCHMARKS
        ]
        registers = {
            "bef": LATEST,
            "udda": date(2023, 12, 31),
            "akm": date(2023, 12, 31),
            "kraf": date(2023, 12, 31),
        }
        rows["release_date"] = [
            {
                "reference_date": LATEST,
                "revision": 0,
                "register": register,
                "vintage": vintage,
                "window_from": date(2018, 12, 31) if register == "kraf" else None,
                "window_to": date(2023, 12, 31) if register == "kraf" else None,
                "marking": self.marking,
            }
            for register, vintage in {**registers, "bol": LATEST}.items()
        ]
        facts = {"definition": DEFINITION, "policy": "test", "policy_hash": "ab12" * 16, **READINGS}
        rows["release"] = [{"key": k, "value": v, "marking": self.marking} for k, v in facts.items()]
        return {
            table.name: pl.DataFrame(
                [{c.name: row.get(c.name) for c in table.columns} for row in rows[table.name]],
                schema=table.polars_schema,
            )
            for table in RELEASE_TABLES
        }


def over_years(latest: Mapping[str, Any], shares: tuple[float | None, ...]) -> dict[date, dict[str, Any]]:
    """`latest` at the last date; earlier dates with these shares, ± 5 points; None = hidden."""
    years: dict[date, dict[str, Any]] = {}
    for day, share in zip(YEARS, shares, strict=True):
        interval = {"share_pct": share, "ci95_low_pct": (share or 0) - 5, "ci95_high_pct": (share or 0) + 6}
        years[day] = dict(HIDDEN) if share is None else {**latest, **interval}
    years[LATEST] = dict(latest)
    return years


def wider(tables: Tables) -> Tables:
    """Two municipalities, one plan and the delivery, all years."""
    tables.add("leverance", "leverance", "Leverance", None, {LATEST: LEVERANCE}, KOMMUNE_FACTORS)
    kommune = over_years(KOMMUNE, (7.0, 6.8, 6.7, 6.6, 6.5))
    tables.add("kommune", "901", "Åløse", "leverance", kommune, KOMMUNE_FACTORS)
    tables.add("kommune", "902", "Bredby", "leverance", {LATEST: KOMMUNE}, KOMMUNE_FACTORS)
    tables.add(
        "rest",
        "901:rest:helhedsplan",
        "Åløse: børn uden for helhedsplanerne",
        "901",
        {LATEST: REST},
        REST_FACTORS,
        child_level="helhedsplan",
    )
    tables.add(
        "helhedsplan", "H01", "Sammen om Nørremarken", "901", over_years(PLAN, (38.0, 37.0, 36.0, 36.0, 35.0))
    )
    return tables


def one_area(
    name: str = "Nørremarken", years=None, factors=AREA_FACTORS, ages=AGES, numbers=NUMBERS
) -> dict[str, pl.DataFrame]:
    """A release with one område, O01, in plan H01 in Åløse Kommune."""
    years = years or over_years(COUNTS, (42.0, 41.0, 39.0, 38.0, 37.0))
    return wider(Tables()).add("omraade", "O01", name, "H01", years, factors, ages, numbers).frames()


NO_FACTORS = ((None,) * 4,) * len(FACTORS)


def too_small(name: str = "Lille Vænge") -> dict[str, pl.DataFrame]:
    """The same release where the område is too small in every year."""
    return one_area(name, dict.fromkeys(YEARS, TOO_SMALL), NO_FACTORS, (None,) * len(AGE_BANDS), NO_NUMBERS)


def risk(**values: float):
    """A `Risk` of which only the given values are known."""
    from reports.model import Risk

    return Risk(**{**dict.fromkeys(Risk.__dataclass_fields__), "status": "shown", **values})


@pytest.fixture(scope="session")
def builder() -> SimpleNamespace:
    """Everything above, for tests that make their own tables."""
    return SimpleNamespace(**{name: value for name, value in globals().items() if not name.startswith("_")})


@pytest.fixture(scope="session")
def area() -> Callable[..., dict[str, pl.DataFrame]]:
    return one_area


@pytest.fixture(scope="session")
def too_small_area() -> Callable[..., dict[str, pl.DataFrame]]:
    return too_small


@pytest.fixture(scope="session")
def no_factors():
    return NO_FACTORS


@pytest.fixture(scope="session")
def rendered(tmp_path_factory) -> Callable[..., Path]:
    """Render tables once and give the folder; the same key is not rendered again."""
    from reports import render

    folders: dict[str, Path] = {}

    def get(key: str, tables: Callable[[], dict[str, pl.DataFrame]]) -> Path:
        if key not in folders:
            folders[key] = tmp_path_factory.mktemp(key)
            render(tables(), folders[key])
        return folders[key]

    return get


@pytest.fixture(scope="session")
def printed(tmp_path_factory) -> Callable[..., Path]:
    """The PDF of one unit, made once per key: most tests need no other file of the release."""
    from reports import view
    from reports.model import build_report_set
    from reports.pdf import Printer

    folder, printer = tmp_path_factory.mktemp("printed"), Printer(LATEST)

    def get(key: str, tables: Callable[[], dict[str, pl.DataFrame]], area_id: str = "O01") -> Path:
        path = folder / f"{key}-{area_id}.pdf"
        if not path.exists():
            reports = build_report_set(tables())
            (report,) = (r for r in reports.reports if r.unit.area_id == area_id)
            path.write_bytes(printer.pdf(view.report_page(report, reports)))
        return path

    return get
