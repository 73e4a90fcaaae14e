"""Delivered values as typed values, by declaration and never by guess.

Belongs here: how each kind of column is read from text, numbers, dates and SAS days; code lists; counts of
what could not be read.
Does not belong here: files (`readers.py`), rows and keys (`typed.py`).

A value that can't be read is never made blank in silence: it is counted, and the delivery is refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, time

import polars as pl

from assets.extracts.personal import Contents
from assets.extracts.row_numbers import MOST
from assets.extracts.texts import find_unfit, normalise
from schemas.contracts import FIRST_DATE, ID_DIGITS, LAST_DATE, OPEN_DATE, Column, Kind

_SAS_EPOCH = date(1960, 1, 1)
_SHORT_CODE = 3


@dataclass
class Tally:
    """Counts of one column over all chunks. `unfit`: by rule, texts that can't be taken. `unknown_values`
    holds short codes only, never ids or text. `…_at`: the places of the first ones (`row_numbers.py`)."""

    rows: int = 0
    blank: int = 0
    unreadable: int = 0
    contents: Contents = field(default_factory=Contents)
    unfit: Counter[str] = field(default_factory=Counter)
    values: int = 0
    unknown: int = 0
    undescribed: int = 0
    unknown_values: Counter[str] = field(default_factory=Counter)
    unreadable_at: list[int] = field(default_factory=list)
    unknown_at: list[int] = field(default_factory=list)
    unfit_at: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def coerce(
    series: pl.Series, column: Column, vintage: date | None, tally: Tally, first: int = 0
) -> pl.Series:
    """One chunk of a delivered column as its typed values; what is wrong is counted in `tally`. `first`: the
    place of its first row."""
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    match column.kind:
        case Kind.DATE:
            values, blank = _dates(series)
        case Kind.TEXT:
            values, blank = _text(series)
        case Kind.AMOUNT:
            values, blank = _amounts(series)
        case Kind.CODE if column.dtype == pl.String and column.width is None:
            values, blank = _text_codes(series, column, vintage)
        case _:
            values, blank = _whole_numbers(series)
            values, blank = _within_bounds(values, column, blank)
    tally.rows += len(series)
    tally.blank += blank
    if unreadable := len(series) - blank - values.count():
        tally.unreadable += unreadable
        _note(tally.unreadable_at, values.is_null() & ~_is_blank(series, column), first)
    tally.values += values.count()
    if column.kind is Kind.TEXT:
        tally.contents.look_at_text(values)
        for rule, broken in find_unfit(values).items():
            tally.unfit[rule] += len(broken.arg_true())
            _note(tally.unfit_at[rule], broken, first)
    if column.kind is Kind.ID:
        tally.contents.look_at_numbers(values, series)
        if series.dtype == pl.String and values.count() + blank < len(series):
            tally.contents.look_at_text(series)
    if column.codes:
        values = _apply_codes(values, column, vintage, tally, first)
    if column.width is not None:
        return values.cast(pl.String).str.zfill(column.width).alias(column.name)
    return values.cast(column.dtype).alias(column.name)


def _note(places: list[int], broken: pl.Series, first: int) -> None:
    if (room := MOST - len(places)) > 0:
        places += [first + place for place in broken.arg_true()[:room]]


def _is_blank(series: pl.Series, column: Column) -> pl.Series:
    """As the readers of values see it: nothing, a dot, NaN, and zeros in the place of a person."""
    blank = series.is_null()
    if series.dtype == pl.String:
        blank = blank | normalise(series).is_in(["", "."])
    elif series.dtype.is_float():
        blank = blank | series.is_nan()
    if column.kind is Kind.ID:
        blank = blank | (series.cast(pl.Int64, strict=False) == 0)
    return blank.fill_null(False)


def _nulls(series: pl.Series, dtype: type[pl.DataType]) -> pl.Series:
    return pl.Series(series.name, [None], dtype).new_from_index(0, len(series))


def _null_where(values: pl.Series, mask: pl.Series) -> pl.Series:
    return pl.DataFrame({"v": values, "m": mask}).select(pl.when(~pl.col("m")).then("v")).to_series()


def _blank_count(series: pl.Series) -> int:
    return int(series.is_in(["", "."]).sum() or 0) + series.null_count()


def _whole_numbers(series: pl.Series) -> tuple[pl.Series, int]:
    """Int64 and the number of blanks. Text may have blanks around, `1.0`, `1,0` and thousands dots."""
    if series.dtype == pl.Null:
        return series.cast(pl.Int64), len(series)
    if series.dtype.is_integer():
        return series.cast(pl.Int64, strict=False), series.null_count()
    if series.dtype.is_float() or series.dtype.is_decimal():
        # pandas writes missing numbers as NaN.
        numbers = series.cast(pl.Float64).fill_nan(None)
        return _integral(numbers), numbers.null_count()
    if series.dtype != pl.String:
        return _nulls(series, pl.Int64), series.null_count()
    values = series.cast(pl.Int64, strict=False)
    blank = series.null_count() + int((series == "").sum() or 0)
    if values.null_count() == blank:
        return values, blank
    numbers, blank = _decimals(series)
    return _integral(numbers), blank


def _amounts(series: pl.Series) -> tuple[pl.Series, int]:
    """Float64 and the number of blanks, from numbers or text as in `_decimals`."""
    if series.dtype == pl.Null:
        return series.cast(pl.Float64), len(series)
    if series.dtype.is_numeric():
        # pandas writes missing numbers as NaN.
        numbers = series.cast(pl.Float64).fill_nan(None)
        return _null_where(numbers, numbers.is_infinite()), numbers.null_count()
    if series.dtype != pl.String:
        return _nulls(series, pl.Float64), series.null_count()
    return _decimals(series)


def _decimals(series: pl.Series) -> tuple[pl.Series, int]:
    """Text as Float64 and the number of blanks: `1.0`, `1,0`, thousands dots, blanks around."""
    text = series.str.strip_chars()
    frame = pl.DataFrame({"t": text}).with_columns(
        pl.when(pl.col("t").str.contains(r"^-?\d{1,3}(\.\d{3})+(,\d+)?$"))
        .then(pl.col("t").str.replace_all(".", "", literal=True))
        .otherwise("t")
        .str.replace(",", ".", literal=True)
        .alias("n")
    )
    # Only plain decimals: "1e5", "inf" and "nan" are not numbers of a register.
    plain = frame.select(pl.when(pl.col("n").str.contains(r"^-?\d+(\.\d+)?$")).then("n")).to_series()
    return plain.cast(pl.Float64, strict=False), _blank_count(text)


def _integral(numbers: pl.Series) -> pl.Series:
    """Int64 where the number is whole and exactly held by a double, else null."""
    frame = pl.DataFrame({"n": numbers})
    whole = (pl.col("n") == pl.col("n").round()) & (pl.col("n").abs() < 2**53)
    return frame.select(pl.when(whole).then("n").cast(pl.Int64)).to_series()


def _within_bounds(values: pl.Series, column: Column, blank: int) -> tuple[pl.Series, int]:
    """Values outside the column's bounds become null, and so count as unreadable."""
    if column.kind is Kind.ID:
        # 000000000000 is how some deliveries write "no such person".
        zeros = int((values == 0).sum() or 0)
        low, high, blank = 1, 10**ID_DIGITS - 1, blank + zeros
    elif column.width is not None:
        low, high = 0, 10**column.width - 1
    else:
        limit = 2 ** (8 * {pl.Int8: 1, pl.Int16: 2, pl.Int32: 4}[column.dtype] - 1)
        low = column.minimum if column.minimum is not None else -limit
        high = column.maximum if column.maximum is not None else limit - 1
    lowest, highest = values.min(), values.max()
    if lowest is not None and (lowest < low or highest > high):  # type: ignore[operator]
        values = _null_where(values, ~values.is_between(low, high))
    return values, blank


def _text(series: pl.Series) -> tuple[pl.Series, int]:
    """Text in its normal form; whole numbers without a decimal point; blank is null."""
    if series.dtype == pl.Null:
        return series.cast(pl.String), len(series)
    if series.dtype.is_numeric():
        values, blank = _whole_numbers(series)
        return values.cast(pl.String), blank
    if series.dtype != pl.String:
        return _nulls(series, pl.String), series.null_count()
    text = normalise(series)
    blank = (text == "").fill_null(False)
    return (_null_where(text, blank) if blank.any() else text), int(blank.sum()) + series.null_count()


def _text_codes(series: pl.Series, column: Column, vintage: date | None) -> tuple[pl.Series, int]:
    """Text in the column's case; most often it already is a code of the list."""
    if column.codes and series.dtype == pl.String:
        known = pl.Series(column.codes.at(vintage), dtype=pl.String)
        if series.is_in(known.implode()).all(ignore_nulls=True):
            return series, series.null_count()
    values, blank = _text(series)
    return values.str.to_uppercase() if column.case == "upper" else values.str.to_lowercase(), blank


def _dates(series: pl.Series) -> tuple[pl.Series, int]:
    """Dates from dates, datetimes, `YYYY-MM-DD`, `dd-mm-yyyy`, or numbers of days since 1960-01-01 (SAS)."""
    if series.dtype == pl.Null:
        return series.cast(pl.Date), len(series)
    if series.dtype == pl.Date:
        values, blank = series, series.null_count()
    elif isinstance(series.dtype, pl.Datetime):
        values, blank = series.dt.date(), series.null_count()
        if series.dtype.time_zone:
            # Midnight in Copenhagen is the evening before in UTC: which day is meant can't be decided.
            values = _null_where(values, series.dt.time() != time(0, 0))
    elif series.dtype.is_numeric():
        # 20121231 and seconds since 1960 fall outside, and are refused rather than guessed.
        days, blank = _whole_numbers(series)
        first, last = ((day - _SAS_EPOCH).days for day in (FIRST_DATE, LAST_DATE))
        days = _null_where(days, ~days.is_between(first, last)).cast(pl.Int32)
        values = (days + (_SAS_EPOCH - date(1970, 1, 1)).days).cast(pl.Date)
    elif series.dtype == pl.String:
        values, blank = _dates_from_text(series)
    else:
        values, blank = _nulls(series, pl.Date), series.null_count()
    lowest, highest = values.min(), values.max()
    if lowest is not None and (lowest < FIRST_DATE or highest > LAST_DATE):  # type: ignore[operator]
        plausible = values.is_between(FIRST_DATE, LAST_DATE) | (values == OPEN_DATE)
        values = _null_where(values, ~plausible)
    return values, blank


def _dates_from_text(series: pl.Series) -> tuple[pl.Series, int]:
    # Usually every value has the first one's form.
    first = series.first(ignore_nulls=True)
    form = "%d-%m-%Y" if isinstance(first, str) and first[2:3] == "-" else "%Y-%m-%d"
    values = series.str.to_date(form, strict=False)
    if values.null_count() == series.null_count():
        return values, series.null_count()
    text = series.str.strip_chars()
    iso = pl.col("t").str.contains(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$")
    danish = pl.col("t").str.contains(r"^\d{2}-\d{2}-\d{4}$")
    values = (
        pl.DataFrame({"t": text})
        .select(
            pl.when(iso)
            .then(pl.col("t").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))
            .when(danish)
            .then(pl.col("t").str.to_date("%d-%m-%Y", strict=False))
        )
        .to_series()
    )
    return values, _blank_count(text)


def _apply_codes(
    values: pl.Series, column: Column, vintage: date | None, tally: Tally, first: int
) -> pl.Series:
    """Closed list: other codes become null and are counted. Open list: they stay and are counted."""
    assert column.codes is not None
    known = pl.Series(column.codes.at(vintage), dtype=values.dtype)
    outside = ~values.is_in(known.implode()) & values.is_not_null()
    count = int(outside.sum() or 0)
    if not count:
        return values
    if not column.codes.closed:
        tally.undescribed += count
        return values
    tally.unknown += count
    _note(tally.unknown_at, outside, first)
    codes = values.filter(outside).cast(pl.String)
    tally.unknown_values.update(
        {code: n for code, n in codes.value_counts().rows() if len(code) <= _SHORT_CODE}
    )
    return _null_where(values, outside)
