"""Dirt: what real deliveries have and clean ones don't, planted into register years and written down.

Belongs here: the kinds of dirt, which profile has which, the record of what was planted where.
Does not belong here: files (`deliveries.py`), what a pipeline should make of it (the tests say so, by kind).

`typical` is a good real delivery: everything in it can be read, and only the kinds of CHANGES_ANSWERS can
change an answer. `filthy` is that and, beside it, what has to be refused.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from schemas.contracts import Kind
from schemas.registers import CONTRACTS
from synthetic_data.deliveries import COMPANION, MARKER_KEY, MARKER_TEXT
from synthetic_data.registers import RegisterYear

Profile = Literal["clean", "typical", "filthy"]
PROFILES: tuple[Profile, ...] = ("clean", "typical", "filthy")
DIRT_FILE, ROWS_FILE = "dirt.json", "dirt.parquet"
REDELIVERED = "levering-{}-03-01"  # folder of what is delivered again, by year

ID_SHIFT = 10**11 - 1
"""Clean ids begin at 10**11. Taken off every id, an eighth begin with a zero that a number loses."""
STRANGER = 95 * 10**10
"""Above every id: mothers who were never in BEF."""
_SAS_EPOCH = date(1960, 1, 1)
_ID_WIDTH = 12


@dataclass(frozen=True)
class Planted:
    """One piece of dirt: `count` rows, columns or files of this kind, in the file of `period` (`2024`,
    `202403`, blank for lists) and `column` (blank where it is not about one). Never an id."""

    kind: str
    register: str
    period: str
    column: str
    count: int


@dataclass
class Record:
    """What was planted. `rows`: kind, register, period, column and id of whose answers can change; for tests
    that hold each row against the truth, and so kept with it."""

    profile: Profile
    planted: list[Planted] = field(default_factory=list)
    rows: list[pl.DataFrame] = field(default_factory=list)

    def write(self, truth_dir: Path) -> None:
        content = {"profile": self.profile, "planted": [asdict(piece) for piece in self.planted]}
        path = truth_dir / DIRT_FILE
        path.with_name(path.name + COMPANION).write_text(MARKER_TEXT + "\n", encoding="utf-8")
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        schema = dict.fromkeys(("kind", "register", "period", "column"), pl.String) | {"id": pl.Int64}
        rows = pl.concat([pl.DataFrame(schema=schema), *self.rows])
        rows.write_parquet(truth_dir / ROWS_FILE, compression="zstd", metadata={MARKER_KEY: "1"})


def read_dirt(truth_dir: Path) -> tuple[Planted, ...]:
    """What `generate` planted, from the truth folder."""
    content = json.loads((truth_dir / DIRT_FILE).read_text(encoding="utf-8"))
    return tuple(Planted(**piece) for piece in content["planted"])


def read_dirty_rows(truth_dir: Path) -> pl.DataFrame:
    """kind, register, period, column, id (person, or dwelling in BOL) of what can change an answer."""
    return pl.read_parquet(truth_dir / ROWS_FILE)


@dataclass(frozen=True)
class Change:
    """A soiled frame, how many pieces, and whose answers it can change."""

    frame: pl.DataFrame
    count: int
    ids: pl.Series | None = None


Rng = np.random.Generator
Apply = Callable[[pl.DataFrame, str, Rng], Change]


@dataclass(frozen=True)
class Dirt:
    """A kind, and where it lies: `years` counted from the last reference year (None = every file of the
    register, lists too). BEF's quarters stay as they are unless every file is meant."""

    kind: str
    register: str
    column: str
    years: tuple[int, ...] | None
    apply: Apply

    def is_for(self, part: RegisterYear, age: int | None) -> bool:
        return part.register == self.register and (self.years is None or age in self.years)


# How values are soiled.
def _pick(rng: Rng, among: np.ndarray, share: float) -> np.ndarray:
    """A share of the given row numbers, at least one, in order."""
    return np.sort(rng.choice(among, max(1, round(share * len(among))), replace=False))


def _filled(frame: pl.DataFrame, column: str) -> np.ndarray:
    return np.flatnonzero(frame[column].is_not_null().to_numpy())


def _put(frame: pl.DataFrame, column: str, rows: np.ndarray, values: object) -> pl.DataFrame:
    return frame.with_columns(frame[column].clone().scatter(rows, values))  # pyright: ignore[reportArgumentType]


def _cast(dtype: pl.DataType | type[pl.DataType], frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).cast(dtype)), frame[column].count())


def _as_sas_days(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    days = (pl.col(column) - _SAS_EPOCH).dt.total_days().cast(pl.Float64)
    return Change(frame.with_columns(days.alias(column)), frame[column].count())


def _as_text(form: str, frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).dt.strftime(form)), frame[column].count())


def _write_blank(text: str, frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).fill_null(text)), frame[column].null_count())


def _rename(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    styles = (str.lower, str.title, str.upper)
    names = {
        name: styles[int(style)](name)
        for name, style in zip(frame.columns, rng.integers(0, 3, frame.width), strict=True)
    }
    return Change(frame.rename(names), sum(old != new for old, new in names.items()))


def _add_columns(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(VERSION=pl.lit("v2"), LEVERET=pl.lit(date(2025, 3, 1))), 2)


def _new_year_status(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).dt.offset_by("1d")), frame.height)


def _repeat(share: float, frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = _pick(rng, np.arange(frame.height), share)
    return Change(pl.concat([frame, frame[rows]]), len(rows))


def _repeat_otherwise(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    """The same rows once more, different in a column that nobody reads."""
    rows = _pick(rng, np.arange(frame.height), 0.002)
    again = frame[rows].with_columns(VERSION=pl.lit("v1"))
    return Change(pl.concat([frame.with_columns(VERSION=pl.lit("v2")), again]), len(rows))


def _empty_rows(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(pl.concat([frame, frame.clear(3)]), 3)


def _unknown(code: object, share: float, frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = _pick(rng, _filled(frame, column), share)
    return Change(_put(frame, column, rows, code), len(rows), _ids_of(frame, rows))


def _orphan(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = _pick(rng, _filled(frame, column), 0.003)
    return Change(
        _put(frame, column, rows, pl.Series([str(STRANGER + n) for n in range(len(rows))])),
        len(rows),
        _ids_of(frame, rows),
    )


def _ids_of(frame: pl.DataFrame, rows: np.ndarray) -> pl.Series:
    """The first column is the person, or BOL's dwelling."""
    return frame.to_series(0)[rows].cast(pl.Int64)


# What has to be refused.
def _keep(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    """What is wrong is the file, not what is in it."""
    return Change(frame, 1)


def _drop(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.drop(column), 1)


def _add_personal(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.lit("Navnløs").alias(column)), 1)


def _as_cpr(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    day, month, year = (rng.integers(low, high, frame.height) for low, high in ((1, 29), (1, 13), (0, 100)))
    tail = rng.integers(0, 10_000, frame.height)
    text = [f"{d:02d}{m:02d}{y:02d}-{t:04d}" for d, m, y, t in zip(day, month, year, tail, strict=True)]
    return Change(frame.with_columns(pl.Series(column, text)), frame.height)


def _contradict(codes: tuple[object, object], frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    """A few rows a second time, with another code."""
    rows = rng.choice(_filled(frame, column), 5, replace=False)
    first, second = (_put(frame[rows], column, np.arange(5), code) for code in codes)
    rest = frame[np.setdiff1d(np.arange(frame.height), rows)]
    return Change(pl.concat([rest, first, second]), 5)


def _spoil(text: str, number: int, frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = rng.choice(_filled(frame, column), number, replace=False)
    if frame.schema[column] == pl.Date:
        frame = frame.with_columns(pl.col(column).dt.strftime("%Y-%m-%d"))
    frame = frame.with_columns(pl.col(column).cast(pl.String))
    return Change(_put(frame, column, rows, text), number)


def _another_year(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).dt.offset_by("-1y")), frame.height)


def _blank_some(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = rng.choice(frame.height, 3, replace=False)
    return Change(_put(frame, column, rows, None), 3)


def _empty(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.clear(), 0)


def _double_column(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    return Change(frame.with_columns(pl.col(column).alias(column.lower())), 1)


def _overlap(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    """An area once more from a day on, though its first row has no end."""
    open_ended = frame.filter(pl.col("VALID_TO").is_null(), pl.col("LEVEL") == "omraade").head(1)
    again = open_ended.with_columns(VALID_FROM=pl.lit(date(2023, 1, 1)))
    return Change(pl.concat([frame, again]), again.height)


def _swap_days(frame: pl.DataFrame, column: str, rng: Rng) -> Change:
    rows = _pick(rng, _filled(frame, "SAG_VTIL"), 0.01)
    swapped = _put(frame, "SAG_VTIL", rows, date(1990, 1, 1))
    return Change(swapped, len(rows))


def _numbers(*columns: tuple[str, str]) -> list[Dirt]:
    return [
        Dirt("ids_as_numbers", register, column, None, partial(_cast, pl.Int64))
        for register, column in columns
    ]


TYPICAL: tuple[Dirt, ...] = (
    Dirt("unknown_codes", "akm", "SOCIO13", None, partial(_unknown, 499, 0.003)),
    Dirt("unknown_codes", "bef", "FM_MARK", (0, -1), partial(_unknown, 8, 0.003)),
    Dirt("unknown_codes", "bef", "FAMILIE_TYPE", (0,), partial(_unknown, 6, 0.002)),
    Dirt("unknown_codes", "bol", "UDLEJNINGFH", (0, 1), partial(_unknown, 7, 0.003)),
    Dirt("codes_not_in_the_format_table", "udda", "HFAUDD", (0,), partial(_unknown, "7777", 0.003)),
    Dirt("orphan_mothers", "bef", "MOR_ID", (0,), _orphan),
    Dirt("equal_rows", "bef", "", (0, -1), partial(_repeat, 0.0005)),
    Dirt("equal_rows", "kraf", "", None, partial(_repeat, 0.002)),
    Dirt("rows_equal_in_what_is_read", "akm", "", None, _repeat_otherwise),
    Dirt("empty_rows", "akm", "", (-2,), _empty_rows),
    Dirt("extra_columns", "bef", "", None, _add_columns),
    Dirt("blank_as_zeros", "bef", "MOR_ID", (0,), partial(_write_blank, "0" * _ID_WIDTH)),
    Dirt("blank_as_space", "bef", "FAR_ID", (0,), partial(_write_blank, " ")),
    Dirt("first_of_january", "bef", "REFERENCETID", (-1,), _new_year_status),
    *_numbers(("akm", "PNR"), ("kraf", "PNR"), ("bol", "ADRESSE_ID"), ("dream", "PNR"), ("ind", "PNR")),
    Dirt("codes_that_lost_zeros", "udda", "HFAUDD", (0, -2), partial(_cast, pl.Int32)),
    Dirt("codes_as_text", "akm", "SOCIO13", (-1, -3), partial(_cast, pl.String)),
    Dirt("codes_as_text", "bef", "KOM", (0, -2), partial(_cast, pl.String)),
    Dirt("codes_as_text", "bol", "UDLEJNINGFH", (0,), partial(_cast, pl.String)),
    Dirt("codes_as_floats", "bef", "FM_MARK", (0, -1), partial(_cast, pl.Float64)),
    Dirt("sas_days", "bef", "FOED_DAG", (0,), _as_sas_days),
    Dirt("sas_days", "kraf", "AFG_DATO", (-1, -3), _as_sas_days),
    Dirt("dates_as_text", "bef", "FOED_DAG", (-1,), partial(_as_text, "%Y-%m-%d")),
    Dirt("danish_dates", "bef", "BOP_VFRA", (0,), partial(_as_text, "%d-%m-%Y")),
    Dirt("datetimes", "udda", "HF_VFRA", None, partial(_cast, pl.Datetime("us"))),
    *(Dirt("column_case", register, "", None, _rename) for register in CONTRACTS),
)
"""In this order: rows first, then how they are written, then names."""

REFUSED: tuple[Dirt, ...] = (
    Dirt("missing_column", "akm", "SOCIO13", (-2,), _drop),
    Dirt("personal_column", "udda", "NAVN", (-1,), _add_personal),
    Dirt("raw_cpr_numbers", "kraf", "PNR", (-3,), _as_cpr),
    Dirt("contradicting_rows", "akm", "SOCIO13", (-1,), partial(_contradict, (131, 330))),
    Dirt("too_many_unknown_codes", "bef", "FM_MARK", (-1,), partial(_unknown, 8, 0.05)),
    Dirt("unreadable_dates", "kraf", "AFG_DATO", (-2,), partial(_spoil, "31/12/2020", 6)),
    Dirt("another_status_day", "bef", "REFERENCETID", (-2,), _another_year),
    Dirt("blank_ids", "udda", "PNR", (0,), _blank_some),
    Dirt("unreadable_ids", "bef", "PNR", (-3,), partial(_spoil, "1.23E+11", 4)),
    Dirt("no_rows", "bol", "", (0,), _empty),
    Dirt("doubled_column", "kraf", "AFG_GER7", (-4,), _double_column),
    Dirt("overlapping_areas", "omraader", "", None, _overlap),
    Dirt("missing_week", "dream", "y_{}10", (0,), _drop),
    Dirt("unreadable_amounts", "ind", "PERINDKIALT_13", (-1,), partial(_spoil, "1e5", 7)),
    Dirt("broken_file", "udda", "", (-2,), _keep),
    Dirt("delivered_twice", "bol", "", (1,), _keep),
    Dirt("ends_before_it_begins", "bua", "SAG_VTIL", (0,), _swap_days),
)
CHANGES_ANSWERS = {
    "unknown_codes": "the code becomes blank, so the factor that reads it is unknown",
    "codes_not_in_the_format_table": "f4 is unknown",
    "orphan_mothers": "nothing is known of the mother: all five factors are unknown",
    "late_decisions": "a decision that comes a year late is not known at the end of its own year",
}


def soil(
    parts: Iterable[RegisterYear], record: Record, *, seed: int, last: int, format: str
) -> Iterator[RegisterYear]:
    """The same register years with the dirt of the record's profile, written down in it.

    `last` is the last reference year. A file that has to be refused has nothing else, so that each refusal
    stands alone.
    """
    if record.profile == "clean":
        yield from parts
        return
    held: pl.DataFrame | None = None
    for part in map(_shift_ids, parts):
        soiler = _Soiler(record, seed, last, part, format)
        if record.profile == "filthy" and (refused := soiler.find(REFUSED)):
            yield from soiler.refuse(refused)
            continue
        if part.register == "kraf" and record.profile == "typical":
            held = soiler.hold_back(held)
        soiler.plant(soiler.find(TYPICAL))
        yield from soiler.deliver()


def shift_truth(rows: pl.DataFrame) -> pl.DataFrame:
    """The truth about children with the ids that soiled registers have."""
    return rows.with_columns(pl.col("pnr", "mor_id", "adresse_id") - ID_SHIFT)


class _Soiler:
    """One register year on its way to be soiled."""

    def __init__(self, record: Record, seed: int, last: int, part: RegisterYear, format: str) -> None:
        self.record, self.seed, self.last, self.part, self.format = record, seed, last, part, format
        month = f"{part.month:02d}" if part.month else ""
        self.period = f"{part.year}{month}" if part.year else ""

    @property
    def age(self) -> int | None:
        """Years from the last reference year; None for lists and quarters."""
        return None if self.part.year is None or self.part.month else self.part.year - self.last

    def find(self, kinds: Iterable[Dirt]) -> list[Dirt]:
        # Numbers in a CSV are text: days since 1960 can't be told from other numbers there.
        as_text = self.format.startswith("csv")
        return [
            dirt
            for dirt in kinds
            if dirt.is_for(self.part, self.age) and not (as_text and dirt.kind == "sas_days")
        ]

    def random(self, kind: str, column: str = "") -> Rng:
        """Of one piece: another kind of dirt leaves this one's numbers as they were."""
        name = f"dirt {kind} {self.part.register} {self.period} {column}"
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def note(self, kind: str, column: str, count: int, ids: pl.Series | None = None) -> None:
        register = self.part.register
        self.record.planted.append(Planted(kind, register, self.period, column.lower(), count))
        if ids is not None:
            self.record.rows.append(
                pl.DataFrame({"id": ids.cast(pl.Int64)}).select(
                    pl.lit(kind).alias("kind"),
                    pl.lit(register).alias("register"),
                    pl.lit(self.period).alias("period"),
                    pl.lit(column.lower()).alias("column"),
                    "id",
                )
            )

    def plant(self, kinds: Iterable[Dirt]) -> None:
        for dirt in kinds:
            column = dirt.column.format(str(self.part.year)[2:])
            change = dirt.apply(self.part.frame, column, self.random(dirt.kind, column))
            self.part = replace(self.part, frame=change.frame)
            if change.count or dirt.kind == "no_rows":
                self.note(dirt.kind, column, change.count, change.ids)

    def refuse(self, kinds: list[Dirt]) -> Iterator[RegisterYear]:
        self.plant(kinds)
        for dirt in kinds:
            if dirt.kind == "broken_file":
                yield replace(self.part, form="csv.gz", is_cut=True)
                return
            if dirt.kind == "delivered_twice":
                yield replace(self.part, form="yearly" if self.format.startswith("csv") else "csv")
        yield self.part

    def hold_back(self, held: pl.DataFrame | None) -> pl.DataFrame | None:
        """Decisions that come with the next year's file, and those that came late from the year before."""
        frame, late = self.part.frame, None
        if self.age is not None and self.age < -1:
            rows = _pick(self.random("late_decisions"), np.arange(frame.height), 0.05)
            late = frame[rows]
            self.note("late_decisions", "AFG_DATO", len(rows), late["PNR"])
            frame = frame[np.setdiff1d(np.arange(frame.height), rows)]
        self.part = replace(self.part, frame=frame if held is None else pl.concat([frame, held]))
        return late

    def deliver(self) -> Iterator[RegisterYear]:
        """The file, or the two that its register year came in."""
        if (self.part.register, self.age) == ("kraf", -2):
            self.note("another_form", "", 1)
            self.part = replace(self.part, form="csv.gz")
        if (self.part.register, self.age) == ("akm", -1) and self.record.profile == "typical":
            self.note("delivered_again", "", 1)
            frame = self.part.frame
            yield replace(self.part, frame=frame.head(frame.height - frame.height // 20))
            self.part = replace(self.part, folder=REDELIVERED.format(self.last + 1))
        yield self.part


def _shift_ids(part: RegisterYear) -> RegisterYear:
    """Ids that can begin with a zero, padded to their width as text."""
    ids = {column.name for column in CONTRACTS[part.register].columns if column.kind is Kind.ID}
    columns = [name for name in part.frame.columns if name.lower() in ids]
    shifted = (pl.col(columns).cast(pl.Int64) - ID_SHIFT).cast(pl.String).str.zfill(_ID_WIDTH)
    return replace(part, frame=part.frame.with_columns(shifted)) if columns else part
