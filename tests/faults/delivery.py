"""A delivery of a few hundred invented persons in two kommuner, in every form a delivery comes in.

Belongs here: the good delivery that faults are planted into, and how to plant: changed frames and bytes.
Does not belong here: the faults (`cases/`), what they lead to (`play.py`).

By arithmetic alone: the same persons everywhere, and every number in an expectation can be counted by hand.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from synthetic_data.deliveries import COMPANION, Format, write_delivery
from synthetic_data.registers import RegisterYear

FAMILIES = 120
CHILDREN = 240
PERSONS = 460
"""120 mothers, 100 fathers (each sixth mother lives alone), two children a family."""
KOM = (101, 306)
YEARS = {
    "bef": (2023, 2024),
    "udda": (2023, 2024),
    "akm": (2022, 2023),
    "kraf": (2019, 2020, 2021, 2022, 2023),
    "bol": (2024, 2025),
}
LISTS = ("omraader", "omraade_adresser", "hfaudd")
FORMS: tuple[Format, ...] = ("parquet", "yearly", "csv", "csv.gz", "xpt")
CONVICTED = 24


def pseudonym(n: int) -> str:
    """Twelve digits, another one for every n; spread over all of them as a keyed hash is."""
    return f"{(n * 738_197_411_923 + 345_678_901_234) % 10**12:012d}"


def _day(n: int, first: date, last: date) -> date:
    return first + timedelta(days=n * 7919 % (last - first).days)


def _bef(year: int) -> pl.DataFrame:
    rows = []
    status = date(year, 12, 31)
    for family in range(FAMILIES):
        kom, home = KOM[family % 2], pseudonym(10_000 + family)
        mother, father = pseudonym(1_000 + family), pseudonym(2_000 + family)
        alone = family % 6 == 0
        kind = 9 if alone else 7
        common = {
            "FAMILIE_ID": pseudonym(20_000 + family),
            "FAMILIE_TYPE": kind,
            "KOM": kom,
            "ADRESSE_ID": home,
        }
        adults = [(mother, 2, 1)] if alone else [(mother, 2, 1), (father, 1, 2)]
        for pnr, koen, plads in adults:
            born = _day(family + 100 * koen, date(1976, 1, 1), date(1988, 1, 1))
            partner = None if alone else (father if pnr == mother else mother)
            rows.append(
                {
                    "PNR": pnr,
                    "KOEN": koen,
                    "FOED_DAG": born,
                    "E_FAELLE_ID": partner,
                    "PLADS": plads,
                    "CIVST": "G",
                }
                | common
            )
        for child in range(2):
            born = _day(2 * family + child, date(2010, 1, 1), date(2022, 12, 31))
            rows.append(
                {
                    "PNR": pseudonym(3_000 + 2 * family + child),
                    "KOEN": 1 + child,
                    "FOED_DAG": born,
                    "MOR_ID": mother,
                    "FAR_ID": father,
                    "PLADS": 3,
                    "FM_MARK": 3 if alone else 1,
                    "CIVST": "U",
                }
                | common
            )
    schema = {
        **dict.fromkeys(("PNR",), pl.String), "KOEN": pl.Int8, "FOED_DAG": pl.Date,
        **dict.fromkeys(("MOR_ID", "FAR_ID", "AEGTE_ID", "E_FAELLE_ID", "FAMILIE_ID"), pl.String),
        "FAMILIE_TYPE": pl.Int8, "PLADS": pl.Int8, "FM_MARK": pl.Int8, "CIVST": pl.String, "KOM": pl.Int16,
        "ADRESSE_ID": pl.String,
    }  # fmt: skip
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    return frame.with_columns(REFERENCETID=pl.lit(status))


def _adults() -> pl.DataFrame:
    return _bef(2024).filter(pl.col("MOR_ID").is_null()).select("PNR")


def _spread(frame: pl.DataFrame, name: str, values: list, dtype: type[pl.DataType]) -> pl.DataFrame:
    """The values in turn, row after row."""
    column = pl.Series(name, [values[row % len(values)] for row in range(frame.height)], dtype)
    return frame.with_columns(column)


def _udda(year: int) -> pl.DataFrame:
    frame = _spread(_adults(), "HFAUDD", ["0001", "1006", "3180", "5042", "1539"], pl.String)
    return frame.with_columns(HF_KILDE=pl.lit(1, pl.Int8), HF_VFRA=pl.lit(date(year - 13, 6, 30)))


def _akm(year: int) -> pl.DataFrame:
    codes = [330, 133, 134, 321, 135, 110]
    return _spread(_adults(), "SOCIO13", codes[year % 6 :] + codes[: year % 6], pl.Int16)


def _kraf(year: int) -> pl.DataFrame:
    convicted = _adults().head(CONVICTED)
    frame = convicted.with_columns(
        JOURNR=pl.concat_str(pl.lit("4111-1000"), pl.int_range(1000, 1000 + CONVICTED), pl.lit(f"-{year}"))
    )
    frame = _spread(frame, "AFG_GER7", [1280101, 1510187, 3410592], pl.Int32)
    frame = _spread(frame, "AFG_AFGTYPKO", [1, 2, 21, 11], pl.Int16)
    return frame.with_columns(
        AFG_DATO=pl.Series([_day(n, date(year, 1, 1), date(year, 12, 31)) for n in range(CONVICTED)])
    )


def _bol(year: int) -> pl.DataFrame:
    homes = pl.DataFrame({"ADRESSE_ID": [pseudonym(10_000 + family) for family in range(FAMILIES)]})
    for name, values, dtype in (
        ("UDLEJNINGFH", [1, 2, 1, 1, 2], pl.Int8),
        ("ANTAL_VAERELSER", [2, 3, 4], pl.Int16),
        ("BOLIGAREAL", [61, 85, 110, 140 + year % 10], pl.Int16),
        ("EJERFORHOLD", [20, 10, 20, 41, 10], pl.Int16),
    ):
        homes = _spread(homes, name, values, dtype)
    return homes


AREAS = [
    # area_id, name, level, parent, plan
    ("101", "Ravnsø Kommune", "kommune", None, None),
    ("306", "Ulvemølle Kommune", "kommune", None, None),
    ("hp-1", "Sammen om Mosehøj", "helhedsplan", "101", None),
    ("o-1", "Mosehøj", "omraade", "101", "hp-1"),
    ("o-2", "Æbleåen", "omraade", "101", "hp-1"),
    ("o-3", "Sønderbæk", "omraade", "306", None),
    ("afd-1", "Mosehøj afd. 1", "afdeling", "o-1", None),
]


def _omraader() -> pl.DataFrame:
    frame = pl.DataFrame(AREAS, schema=["AREA_ID", "NAME", "LEVEL", "PARENT", "PLAN"], orient="row")
    ends = pl.lit(None, pl.Date)
    return frame.with_columns(VALID_FROM=pl.lit(date(2000, 1, 1)), VALID_TO=ends)


def _omraade_adresser() -> pl.DataFrame:
    """Of the 60 homes of 101: 15 in afd-1, 15 more in o-1, 20 in o-2; of those of 306: 30 in o-3."""
    places = [
        ("afd-1", range(0, 30, 2)),
        ("o-1", range(30, 60, 2)),
        ("o-2", range(60, 100, 2)),
        ("o-3", range(1, 61, 2)),
    ]
    rows = [(area, pseudonym(10_000 + family)) for area, families in places for family in families]
    frame = pl.DataFrame(rows, schema=["AREA_ID", "ADRESSE_ID"], orient="row")
    return frame.with_columns(VALID_FROM=pl.lit(date(2000, 1, 1)), VALID_TO=pl.lit(None, pl.Date))


def _hfaudd() -> pl.DataFrame:
    levels = {"0001": 10, "1006": 10, "3180": 30, "5042": 40, "1539": 20, "9999": 90}
    return pl.DataFrame({"HFAUDD": list(levels), "HOVEDOMRAADE": list(levels.values())})


def good_parts() -> list[RegisterYear]:
    """Every register year of the good delivery."""
    make = {"bef": _bef, "udda": _udda, "akm": _akm, "kraf": _kraf, "bol": _bol}
    lists = {"omraader": _omraader, "omraade_adresser": _omraade_adresser, "hfaudd": _hfaudd}
    return [
        *(
            RegisterYear(register, year, make[register](year))
            for register, years in YEARS.items()
            for year in years
        ),
        *(RegisterYear(name, None, lists[name]()) for name in LISTS),
    ]


Change = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Delivered:
    """A delivery on disk in one form, into which a fault is planted."""

    folder: Path
    form: Format

    def path(self, register: str, year: int | None = None) -> Path:
        """The file of a register year (the last one if none is given), or of a list."""
        if register in LISTS:
            return self.folder / f"{register}.csv"
        year = year or YEARS[register][-1]
        if self.form == "parquet":
            return self.folder / register / f"year={year}" / "part-0.parquet"
        return self.folder / f"{register}{year}.{'parquet' if self.form == 'yearly' else self.form}"

    def change(self, register: str, change: Change, year: int | None = None) -> None:
        """Deliver one register year again, in the delivery's own form, with `change` made to its rows."""
        year = None if register in LISTS else year or YEARS[register][-1]
        (part,) = (p for p in good_parts() if (p.register, p.year) == (register, year))
        beside = self.folder.with_name("changed")
        write_delivery(beside, [RegisterYear(register, year, change(part.frame))], self.form)
        for path in beside.rglob("*"):
            if path.is_file():
                path.replace(self.folder / path.relative_to(beside))
        shutil.rmtree(beside)

    def text(self, register: str, edit: Callable[[bytes], bytes], year: int | None = None) -> None:
        """Change the bytes of a CSV, packed or not."""
        path = self.path(register, year)
        packed = path.suffix == ".gz"
        content = path.read_bytes()
        content = edit(gzip.decompress(content) if packed else content)
        path.write_bytes(gzip.compress(content, 6, mtime=0) if packed else content)

    def raw(self, register: str, edit: Callable[[bytes], bytes], year: int | None = None) -> None:
        """Change the bytes of a file as they lie there."""
        path = self.path(register, year)
        path.write_bytes(edit(path.read_bytes()))

    def marker(self, path: Path) -> Path:
        return path.with_name(path.name + COMPANION)


def write_good(folder: Path, form: Format) -> Delivered:
    write_delivery(folder, good_parts(), form)
    return Delivered(folder, form)
