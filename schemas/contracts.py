"""What a register extract must hold: one declaration per column, from which everything else follows.

Belongs here: `Column`, `CodeList`, `Contract`, and what can be derived from them alone (typed schema, pandera
schema, period rule).
Does not belong here: the registers themselves (`registers/`), turning delivered values into typed ones
(`assets/extracts`), running the checks (`gate.py`).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from schemas.weeks import last_completed, monday_of, week_name, weeks_between

if TYPE_CHECKING:
    import pandera.polars as pa

# The widest dates a register can hold; 9999-12-31 is the usual way to write "still valid".
FIRST_DATE = date(1850, 1, 1)
LAST_DATE = date(2100, 12, 31)
OPEN_DATE = date(9999, 12, 31)
# Pseudonyms have 12 digits; some deliveries hold them as numbers that lost their zeros.
ID_DIGITS = 12


def months_later(day: date, months: int) -> date:
    """The last day of the month `months` after that of `day`."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


class Kind(StrEnum):
    """How a delivered value is read. Nothing is inferred from the values themselves."""

    ID = "id"
    CODE = "code"
    DATE = "date"
    INTEGER = "integer"
    AMOUNT = "amount"
    TEXT = "text"


class Period(StrEnum):
    """What the year in a file name means, and so which status day (vintage) the file is for."""

    QUARTER = "status at the end of the quarter; without a month 31 December"
    YEAR = "the calendar year; covered to 31 December"
    MONTH = "the weeks completed by the end of the month; without a month by 31 December"
    NEW_YEAR = "status on 1 January of the year, which is 31 December of the year before"
    NONE = "a list with validity dates; no period"

    @property
    def months(self) -> int:
        """Months from one status day to the next; 0 for lists."""
        return {Period.QUARTER: 3, Period.MONTH: 1, Period.NONE: 0}.get(self, 12)


@dataclass(frozen=True)
class Code:
    """One code of a list, or the codes `code`–`last` that share one text; both validity days included."""

    code: int | str
    da: str
    en: str
    valid_from: date | None = None
    valid_to: date | None = None
    last: int | None = None

    def is_valid(self, vintage: date | None) -> bool:
        """Valid on the status day; without one (lists), valid at any time."""
        if vintage is None:
            return True
        return (self.valid_from or date.min) <= vintage <= (self.valid_to or date.max)

    @property
    def values(self) -> tuple[int | str, ...]:
        if isinstance(self.code, int) and self.last is not None:
            return tuple(range(self.code, self.last + 1))
        return (self.code,)


@dataclass(frozen=True)
class CodeList:
    """The codes of a column. `closed`: any other code is an error; otherwise it is kept and counted."""

    codes: tuple[Code, ...]
    closed: bool = True

    def at(self, vintage: date | None) -> tuple[int | str, ...]:
        """The codes valid on the status day."""
        return tuple(value for code in self.codes if code.is_valid(vintage) for value in code.values)


@dataclass(frozen=True)
class Column:
    """One column of a register.

    `name` is the typed name, also the delivered one in any casing; `aliases` are further delivered names.
    `width`: a code whose leading zeros matter is text padded to this width. `case`: text codes in one case.
    `minimum`/`maximum` bound whole numbers. `required`: must be delivered. `keep`: false = needed to read the
    register right, absent from the typed table. `varies`: an answer hangs on it, so a column that is blank
    or the same in every row is no register. `certainty` as in docs/registers.md: S, B, I or G.
    """

    name: str
    kind: Kind
    dtype: type[pl.DataType]
    da: str
    en: str
    certainty: str = "S"
    aliases: tuple[str, ...] = ()
    codes: CodeList | None = None
    unit: str = ""
    required: bool = True
    nullable: bool = True
    keep: bool = True
    width: int | None = None
    case: str = ""
    minimum: int | None = None
    maximum: int | None = None
    varies: bool = False

    @property
    def delivered(self) -> tuple[str, ...]:
        """Names to look for, lower-cased."""
        return (self.name, *(alias.lower() for alias in self.aliases))


@dataclass(frozen=True)
class Weeks:
    """One column per ISO week, named `y_YYWW` as in `column`: DREAM's way to hold time.

    A file holds at least the weeks of its own year, up to its status day and without a hole; a cumulative one
    holds earlier years too, of which `years_before` are kept. A blank cell is a week without a code.
    """

    column: Column
    years_before: int

    def kept(self, delivered: Iterable[str], vintage: date) -> list[str]:
        """The week columns of the typed table, oldest first."""
        years = range(vintage.year - self.years_before, vintage.year + 1)
        mondays = {
            monday for name in delivered if (monday := monday_of(name)) and monday.isocalendar().year in years
        }
        return [week_name(monday) for monday in sorted(mondays)]

    def expected(self, names: Iterable[str], vintage: date) -> list[str]:
        """Every week from the first of `names` (at the latest week 1 of the status day's year) to the last
        of them (at the earliest the one completed on the status day)."""
        mondays = [monday for name in names if (monday := monday_of(name))]
        first = min([*mondays, date.fromisocalendar(vintage.year, 1, 1)])
        return weeks_between(first, max([*mondays, last_completed(vintage)]))


# The share of rows that may break a row rule before it is the register that is wrong, not the rows.
ROWS_MAY_BREAK = 0.005


@dataclass(frozen=True)
class RowRule:
    """What no row may say. `breaks` gives, for a status day, the expression that is true in a row that does.

    Up to `limit` of the rows that have the column are left aside, counted as `left`; above it the delivery is
    refused. `blanks`: the column becomes unknown in them.
    """

    column: str
    rule: str
    breaks: Callable[[date], pl.Expr]
    left: str
    blanks: bool = False
    limit: float = ROWS_MAY_BREAK
    action: str = "Correct the extract at the source."


def not_after(column: str) -> RowRule:
    """The date may not lie after the status day: then it is in another form, or the file is of another
    year."""
    return RowRule(
        column,
        "dates are after the status day",
        lambda vintage: (pl.col(column) > vintage) & (pl.col(column) != OPEN_DATE),
        "kept",
        action="Are they Excel's day numbers, years of two digits, or is it a file of another year?",
    )


@dataclass(frozen=True)
class Mothers:
    """Who can be the mother of a person in the same table: `column` holds her `key`; completed years at the
    birth, both included (ours: wider than any in the statistics of births); her `sex`. Links that can't be
    are unknown, and refused above `limit`."""

    column: str = "mor_id"
    key: str = "pnr"
    born: str = "foed_dag"
    youngest: int = 12
    oldest: int = 60
    sex: tuple[str, int] = ("koen", 2)
    limit: float = ROWS_MAY_BREAK


@dataclass(frozen=True)
class Contract:
    """A register: its columns, what identifies a row, and which status day a delivered year stands for.

    `one_row_per_key`: rows with the same key and different content are refused (KRAF has many rows a
    person). `unknown_code_limit`: share of a column's values that may lie outside its closed code list; they
    become null and are counted. Above it the delivery is refused. `valid_interval`: (from, to) columns whose
    intervals may not run backwards, nor overlap for the rest of the key unless `may_overlap`.
    `status_column`: holds the status day itself, checked against the file. `weeks`: a column per week besides
    `columns`. `read_by`: the factors (and "areas") that read it; a register that none reads is named by the
    night, and typed by `femfaktor check` only. `required`: a delivery without the register can't be scored;
    without an optional one the definitions that need it are left out. `arrives_after`: months from the status
    day until a delivery usually holds it (certainty B, so femfaktor.toml may say otherwise); 0 = no
    calendar. `row_rules`, `mothers`: what single rows may not say.
    """

    name: str
    da: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    period: Period = Period.YEAR
    one_row_per_key: bool = True
    unknown_code_limit: float = 0.01
    valid_interval: tuple[str, str] | None = None
    may_overlap: bool = False
    status_column: str | None = None
    weeks: Weeks | None = None
    read_by: tuple[str, ...] = ()
    required: bool = True
    arrives_after: int = 0
    row_rules: tuple[RowRule, ...] = ()
    mothers: Mothers | None = None
    note: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def declared(self) -> tuple[Column, ...]:
        """All columns, the weeks as one."""
        return self.columns + ((self.weeks.column,) if self.weeks else ())

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns of the typed table, in order."""
        return tuple(column for column in self.columns if column.keep)

    @property
    def polars_schema(self) -> dict[str, type[pl.DataType]]:
        """Name -> dtype of the typed table."""
        return {column.name: column.dtype for column in self.kept}

    @property
    def is_list(self) -> bool:
        """A list with validity dates (areas, education levels), delivered once and not per year."""
        return self.period is Period.NONE

    def with_weeks(self, delivered: Iterable[str], vintage: date | None) -> Contract:
        """The contract with a column for each week that is delivered and kept."""
        if self.weeks is None or vintage is None:
            return self
        weeks = tuple(replace(self.weeks.column, name=name) for name in self.weeks.kept(delivered, vintage))
        return replace(self, columns=self.columns + weeks)

    def vintage(self, year: int, month: int | None = None) -> date:
        """The status day of a file named `<register>YYYY[MM]`.

        ValueError when the register has no such period: lists, months for an annual register, months that
        don't end a quarter or don't exist.
        """
        match self.period:
            case Period.QUARTER if month is None or month in (3, 6, 9, 12):
                month = month or 12
                return date(year, month, calendar.monthrange(year, month)[1])
            case Period.MONTH if month is None or 1 <= month <= 12:
                month = month or 12
                return date(year, month, calendar.monthrange(year, month)[1])
            case Period.YEAR if month is None:
                return date(year, 12, 31)
            case Period.NEW_YEAR if month is None:
                # Statistics Denmark's 1 January is the same moment as 31 December of the year before.
                return date(year - 1, 12, 31)
        raise ValueError(f"{self.name} has no period {year}{f'{month:02d}' if month else ''}")

    def next_vintage(self, vintage: date) -> date:
        """The status day after `vintage`. ValueError for a list."""
        if not self.period.months:
            raise ValueError(f"{self.name} has no periods")
        return months_later(vintage, self.period.months)

    def pandera_schema(self, vintage: date | None) -> pa.DataFrameSchema:
        """The checks of a typed table of this vintage: types, nulls, code lists, bounds, one row per key."""
        import pandera.polars as pa

        def checks(column: Column) -> list[pa.Check]:
            found = []
            if column.codes and column.codes.closed:
                found.append(pa.Check.isin(column.codes.at(vintage), name="code is not in the code list"))
            if column.minimum is not None:
                found.append(pa.Check.ge(column.minimum, name="below the minimum"))
            if column.maximum is not None:
                found.append(pa.Check.le(column.maximum, name="above the maximum"))
            if column.kind is Kind.ID:
                found.append(pa.Check.in_range(1, 10**ID_DIGITS - 1, name="not an id of at most 12 digits"))
            if column.kind is Kind.DATE:
                found.append(pa.Check.in_range(FIRST_DATE, OPEN_DATE, name="not a plausible date"))
            if column.width is not None:
                found.append(pa.Check.str_length(column.width, column.width, name="not the full code width"))
            return found

        return pa.DataFrameSchema(
            {
                column.name: pa.Column(column.dtype, checks=checks(column), nullable=column.nullable)
                for column in self.kept
            },
            strict=True,
            ordered=True,
            checks=[_one_row_per(self.key)] if self.one_row_per_key else None,
            name=self.name,
        )


def _one_row_per(key: tuple[str, ...]) -> pa.Check:
    """Typed tables are sorted by key: where they are, equal rows stand beside each other, and a national BEF
    needs no hash table."""
    import pandera.polars as pa

    def is_alone(data: pa.PolarsData) -> pl.LazyFrame:
        frame = data.lazyframe.select(key).collect()
        name, *more = key
        if more or not frame[name].is_sorted():
            return pl.LazyFrame({"alone": ~frame.is_duplicated()})
        values = pl.col(name)
        return frame.lazy().select(
            alone=values.ne_missing(values.shift(1)) & values.ne_missing(values.shift(-1))
        )

    return pa.Check(is_alone, name="more than one row per key")
