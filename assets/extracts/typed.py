"""One delivered register of one status day as a typed table.

Belongs here: the way source -> chunks -> typed values -> checked rows -> sorted Parquet, and its report.
Does not belong here: reading a form (`readers.py`), reading a value (`coercion.py`).

The same register year gives the same bytes in every form: columns in the contract's order, rows by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets import files
from assets.extracts.coercion import Tally, coerce
from assets.extracts.columns import ColumnMapping, match_columns, say_name
from assets.extracts.csv_files import RAGGED, find_ragged
from assets.extracts.personal import Contents, count_own_birthdays, look_at_any
from assets.extracts.readers import column_names, read_chunks
from assets.extracts.row_numbers import MOST, ROW, RowNumbers
from assets.extracts.rows import apply_row_rules
from schemas.contracts import Column, Contract, Kind
from schemas.errors import InputRefused, Problem
from schemas.quarantine import Quarantine
from schemas.weeks import is_week_name, monday_of

FEWEST_OWN_BIRTHDAYS = 2
"""One may be chance: of 5.9 million pseudonyms of twelve digits, one in fifteen deliveries has one."""
EQUAL_ROWS, UNKNOWN_CODES = "rows equal to another, dropped", "codes not in the code list, unknown"
PERSONAL_ACTION = "Have it removed or pseudonymised at the source, and delete this delivery."


@dataclass(frozen=True)
class TypingReport:
    """What typing did, in counts. Safe to log: no value is in it, but short unknown codes of closed lists.

    `columns`: the typed ones. `unknown_codes`: values outside a closed list, made null. `undescribed_codes`:
    values outside an open list, kept. `unknown_code_values`: the short ones among the unknown codes and how
    often they occur. `row_numbers`: the file below the home that lists the rows left aside.
    """

    register: str
    vintage: date | None
    files: tuple[str, ...]
    rows_read: int
    rows_written: int
    blank_rows: int
    duplicates_dropped: int
    left_aside: tuple[Quarantine, ...]
    columns: tuple[str, ...]
    columns_dropped: tuple[str, ...]
    columns_absent: tuple[str, ...]
    unknown_codes: Mapping[str, int] = field(default_factory=dict)
    undescribed_codes: Mapping[str, int] = field(default_factory=dict)
    unknown_code_values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    row_numbers: str | None = None

    @property
    def quarantine(self) -> list[Quarantine]:
        """What was left aside, by rule."""
        rules = [
            ("", "empty lines, dropped", self.blank_rows),
            ("", EQUAL_ROWS, self.duplicates_dropped),
            *((column, UNKNOWN_CODES, count) for column, count in self.unknown_codes.items()),
        ]
        counted = [
            Quarantine(self.register, self.vintage, column, rule, count, self.rows_read)
            for column, rule, count in rules
            if count
        ]
        return [*counted, *self.left_aside]


def type_register(
    files: Sequence[Path],
    contract: Contract,
    target: Path,
    *,
    vintage: date | None,
    mapping: ColumnMapping | None = None,
    rejects: Path | None = None,
) -> TypingReport:
    """Write the typed table of `files` (the parts of one register and status day) to `target`.

    Exactly equal rows are dropped and counted; codes outside a closed list become null and are counted. The
    table appears under its name only when it is whole.
    `mapping`: typed column -> delivered column. `files` are only read. `rejects`: the folder below
    `private` for row numbers.
    Raises InputRefused with every problem found, as counts.
    """
    numbers = RowNumbers(contract.name, vintage)
    try:
        report = _type_register(
            files, contract, target, vintage=vintage, mapping=mapping or {}, numbers=numbers
        )
    except InputRefused as refused:
        # A file that can't be opened knows its name, not its register.
        problems = [
            replace(problem, register=problem.register or contract.name) for problem in refused.problems
        ]
    else:
        is_kept = rejects is not None and numbers.write(rejects)
        return replace(report, row_numbers=f"private/rejects/{numbers.place}" if is_kept else None)
    if rejects is not None:
        _note_ragged(problems, files, numbers)
        if numbers.write(rejects):
            problems = [
                replace(problem, row_numbers=f"private/rejects/{numbers.place}")
                if numbers.knows(problem.column, problem.rule)
                else problem
                for problem in problems
            ]
    raise InputRefused(problems)


def _note_ragged(problems: Iterable[Problem], files: Iterable[Path], numbers: RowNumbers) -> None:
    """The reader counts them without their numbers: they are looked for when there are any."""
    for problem in problems:
        for file in files:
            if problem.rule == RAGGED and problem.file == file.name:
                numbers.begin(_label(file), 0)
                numbers.note("", RAGGED, find_ragged(file))


def _type_register(
    files: Sequence[Path],
    contract: Contract,
    target: Path,
    *,
    vintage: date | None,
    mapping: ColumnMapping,
    numbers: RowNumbers,
) -> TypingReport:
    delivered = {file: column_names(file) for file in files}
    names = [name for found in delivered.values() for name in found]
    declared = contract.declared
    contract = contract.with_weeks(names, vintage)
    # All weeks are one column to who reads the counts.
    tallies = {column.name: Tally() for column in declared}
    weeks = tallies[declared[-1].name]
    tally_of = {column.name: tallies.get(column.name, weeks) for column in contract.columns}
    if problems := _week_problems(contract, names, vintage):
        raise InputRefused([_with_file(problem, files) for problem in problems])
    chunks: list[pl.DataFrame] = []
    dropped: dict[str, None] = {}
    absent: set[str] = set()
    blank_rows = read = 0
    unread: dict[str, Contents] = {}
    for file in files:
        label = _label(file)
        numbers.begin(label, read)
        match = match_columns(delivered[file], contract, mapping, file=label)
        dropped |= dict.fromkeys(match.dropped)
        absent |= set(match.absent)
        others = [name for name in match.dropped if not is_week_name(name)]
        for chunk in read_chunks(file, [*match.found.values(), *others]):
            for name in others:
                look_at_any(chunk[name], unread.setdefault(name, Contents()))
            typed = pl.DataFrame(
                [
                    coerce(chunk[match.found[column.name]], column, vintage, tally_of[column.name], read)
                    if column.name in match.found
                    else pl.Series(column.name, [None], column.dtype).new_from_index(0, chunk.height)
                    for column in contract.columns
                ]
            )
            places = pl.int_range(read, read + chunk.height, dtype=pl.UInt32, eager=True).alias(ROW)
            read += chunk.height
            filled = typed.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
            typed = typed.with_columns(places)
            if not filled.all():
                # Rows with nothing in them: an empty line at the end of a CSV.
                empty = _empty_lines(chunk.select(match.found.values()))
                blank_rows += int(empty.sum())
                typed = typed.filter(filled | ~empty)
            chunks.append(typed)
    schema = {column.name: column.dtype for column in contract.columns} | {ROW: pl.UInt32}
    frame = pl.concat(chunks, rechunk=False) if chunks else pl.DataFrame(schema=schema)
    chunks.clear()
    rows_read = frame.height
    problems = _value_problems(frame, contract, declared, tallies, absent, vintage, numbers)
    problems += _personal_problems(frame, contract, unread)
    left: list[Quarantine] = []
    duplicates = 0
    if not problems:
        if contract.status_column and vintage:
            frame = frame.with_columns(pl.lit(vintage, pl.Date).alias(contract.status_column))
        frame = _sort_and_deduplicate(frame, contract, problems, numbers)
        duplicates = rows_read - frame.height
    if not problems and vintage:
        frame, left = apply_row_rules(frame, contract, vintage, problems, numbers)
    if problems:
        raise InputRefused([_with_file(problem, files) for problem in problems])
    frame = frame.drop(ROW)
    _write(frame, target)
    return TypingReport(
        register=contract.name,
        vintage=vintage,
        files=tuple(_label(file) for file in files),
        rows_read=rows_read,
        rows_written=frame.height,
        blank_rows=blank_rows,
        duplicates_dropped=duplicates,
        left_aside=tuple(left),
        columns=tuple(frame.columns),
        columns_dropped=_without_weeks(dropped),
        columns_absent=tuple(column.name for column in contract.columns if column.name in absent),
        unknown_codes={name: tally.unknown for name, tally in tallies.items() if tally.unknown},
        undescribed_codes={name: tally.undescribed for name, tally in tallies.items() if tally.undescribed},
        unknown_code_values={
            name: dict(sorted(tally.unknown_values.items()))
            for name, tally in tallies.items()
            if tally.unknown_values
        },
    )


def _label(file: Path) -> str:
    """The file's name as the user knows it: hive parts with register and year."""
    hive = file.parent.name.lower().startswith("year=")
    return "/".join(file.parts[-3:]) if hive else file.name


def _with_file(problem: Problem, files: Sequence[Path]) -> Problem:
    name = _label(files[0]) + (f" and {len(files) - 1} more" if len(files) > 1 else "")
    return replace(problem, file=problem.file or name)


def _week_problems(contract: Contract, names: Sequence[str], vintage: date | None) -> list[Problem]:
    """Weeks that don't exist, and weeks that should be there and are not."""
    if contract.weeks is None or vintage is None:
        return []
    named = [name for name in names if is_week_name(name)]
    strange = sum(monday_of(name) is None for name in named)
    kept = [name for name in contract.polars_schema if is_week_name(name)]
    missing = sorted(set(contract.weeks.expected(kept, vintage)) - set(kept))
    problems = []
    for rule, count, action in (
        (
            "columns are named after weeks that their year does not have",
            strange,
            "Have the columns named by ISO week.",
        ),
        (
            f"weeks are missing, first {missing[0]}" if missing else "",
            len(missing),
            f"Deliver every week of {vintage.year} up to {vintage}, or correct the file's name.",
        ),
    ):
        if count:
            problems.append(Problem(contract.name, contract.weeks.column.name, rule, count, action))
    return problems


def _without_weeks(dropped: Iterable[str]) -> tuple[str, ...]:
    """Column names with the weeks among them as one: a cumulative DREAM has more than a thousand."""
    names = dict.fromkeys(say_name(name) for name in dropped if not is_week_name(name))
    weeks = [name for name in dropped if is_week_name(name)]
    return (*names, *([f"{weeks[0]} and {len(weeks) - 1} other weeks"] if weeks else []))


def _empty_lines(chunk: pl.DataFrame) -> pl.Series:
    """Rows in which every delivered column is null, or blank text."""
    blank = [
        (pl.col(name).is_null() | (pl.col(name).str.strip_chars() == ""))
        if dtype == pl.String
        else pl.col(name).is_null()
        for name, dtype in chunk.schema.items()
    ]
    return chunk.select(pl.all_horizontal(blank)).to_series()


def _value_problems(
    frame: pl.DataFrame,
    contract: Contract,
    declared: Sequence[Column],
    tallies: Mapping[str, Tally],
    absent: set[str],
    vintage: date | None,
    numbers: RowNumbers,
) -> list[Problem]:
    """Everything that is wrong with single values, as counts."""
    problems: list[Problem] = []
    rows = frame.height
    if not rows:
        action = "Deliver it again, or remove the file."
        return [Problem(contract.name, "", "there are no rows", 0, action)]

    def refuse(
        column: str, rule: str, count: int, of: int, action: str, places: pl.Series | list[int] | None = None
    ) -> None:
        if count:
            problems.append(Problem(contract.name, column, rule, count, action, of=of))
            numbers.note(column, rule, [] if places is None else places)

    for column in declared:
        tally = tallies[column.name]
        personal = list(tally.contents.findings(is_about_places=contract.is_list))
        for rule, count in personal:
            refuse(column.name, rule, count, tally.rows, PERSONAL_ACTION)
        for rule, count in tally.unfit.items():
            action, places = "Correct the text at the source.", tally.unfit_at[rule]
            refuse(column.name, rule, count, tally.rows, action, places)
        if not personal:
            refuse(
                column.name,
                f"values are not {_expected(column)}",
                tally.unreadable,
                tally.rows,
                "Correct the extract at the source, or map another column.",
                tally.unreadable_at,
            )
        is_few = not tally.unknown or tally.unknown / tally.values <= contract.unknown_code_limit
        if is_few:
            numbers.note(column.name, UNKNOWN_CODES, tally.unknown_at)
        else:
            refuse(
                column.name,
                f"codes are not in the code list{f' of {vintage}' if vintage else ''}",
                tally.unknown,
                tally.values,
                "See docs/registers.md for the list; is this the right column and the right year?",
                tally.unknown_at,
            )
        if not column.nullable and column.name != contract.status_column:
            # What could not be read is reported above and is not blank.
            blank = frame[column.name].null_count() - tally.unreadable - tally.unknown
            if column.name not in absent:
                others = {*tally.unreadable_at, *tally.unknown_at}
                nulls = frame.filter(pl.col(column.name).is_null())[ROW] if blank else []
                refuse(
                    column.name,
                    "values are blank",
                    blank,
                    rows,
                    "The column has to be filled in every row.",
                    [place for place in nulls if place not in others],
                )
            if is_few:
                refuse(
                    column.name,
                    "codes are not in the code list, and the column may not be blank",
                    tally.unknown,
                    rows,
                    "See docs/registers.md for the list.",
                    tally.unknown_at,
                )
    if contract.status_column and vintage and contract.status_column not in absent:
        # 31 December is also called 1 January of the next year.
        other = (
            (~frame[contract.status_column].is_between(vintage, vintage + timedelta(days=1)))
            .fill_null(False)
            .arg_true()
        )
        refuse(
            contract.status_column,
            f"the status day is not the file's ({vintage})",
            len(other),
            rows,
            "Check the year in the file's name.",
            frame[ROW].gather(other[:MOST]),
        )
    return problems


def _personal_problems(
    frame: pl.DataFrame, contract: Contract, unread: Mapping[str, Contents]
) -> list[Problem]:
    """Personal data in columns that nobody asked for, and ids that are their own person's birthday."""
    problems = [
        Problem(contract.name, say_name(name), rule, count, PERSONAL_ACTION, of=frame.height)
        for name, contents in unread.items()
        for rule, count in contents.findings(is_about_places=contract.is_list)
    ]
    if contract.mothers:
        key, born = contract.mothers.key, contract.mothers.born
        own = frame.select(count_own_birthdays(pl.col(key), pl.col(born))).item() or 0
        if own >= FEWEST_OWN_BIRTHDAYS:
            rule = "values begin with their person's date of birth, as CPR numbers do"
            problems.append(Problem(contract.name, key, rule, own, PERSONAL_ACTION, of=frame.height))
    return problems


def _expected(column: Column) -> str:
    match column.kind:
        case Kind.ID:
            return "ids of at most 12 digits"
        case Kind.DATE:
            return "dates in a form that can be decided (YYYY-MM-DD, dd-mm-yyyy, SAS days) within 1850–2100"
        case Kind.TEXT:
            return "text"
        case Kind.AMOUNT:
            return "amounts in kroner"
    if column.dtype == pl.String and column.width is None:
        return "text codes"
    bounds = (column.minimum, column.maximum)
    between = f" from {bounds[0]} to {bounds[1]}" if None not in bounds else ""
    return f"codes of {column.width} digits" if column.width else f"whole numbers{between}"


def _sort_and_deduplicate(
    frame: pl.DataFrame, contract: Contract, problems: list[Problem], numbers: RowNumbers
) -> pl.DataFrame:
    """Rows in key order without exact duplicates, kept columns only; a broken key goes to `problems`."""
    kept = [column.name for column in contract.kept]
    delivered = [name for name in frame.columns if name != ROW]
    if not contract.one_row_per_key:
        if contract.valid_interval:
            _check_intervals(frame, contract, problems, numbers)
        unique = frame.unique(delivered)
        if unique.height < frame.height:
            numbers.note("", EQUAL_ROWS, frame.join(unique, on=ROW, how="anti")[ROW])
        return unique.select(*kept, ROW).sort(kept)
    key = list(contract.key)
    if not (len(key) == 1 and _is_strictly_increasing(frame[key[0]])):
        frame = frame.sort(key)
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in key)
        first = pl.int_range(pl.len()) == 0
        again = frame.select(same & ~first).to_series()
        if again.any():
            repeated = frame.filter(again).select(key).unique()
            alike = frame.join(repeated, on=key, how="semi", nulls_equal=True)
            if clashes := alike.unique(delivered).height - repeated.height:
                name, rule = ", ".join(key), "rows have the same key and different content"
                numbers.note(name, rule, alike[ROW])
                problems.append(
                    Problem(
                        contract.name,
                        name,
                        rule,
                        clashes,
                        "Is the file two deliveries in one? Deliver one row per key.",
                        of=frame.height,
                    )
                )
            else:
                numbers.note("", EQUAL_ROWS, frame.filter(again)[ROW])
            frame = frame.filter(~again)
    if contract.valid_interval:
        _check_intervals(frame, contract, problems, numbers)
    return frame.select(*kept, ROW)


def _is_strictly_increasing(key: pl.Series) -> bool:
    return key.dtype == pl.Int64 and key.null_count() == 0 and bool((key.diff().drop_nulls() > 0).all())


def _check_intervals(
    frame: pl.DataFrame, contract: Contract, problems: list[Problem], numbers: RowNumbers
) -> None:
    """An area or a dwelling in it is valid at most once on any day. `frame` is sorted by key."""
    assert contract.valid_interval is not None
    start, end = contract.valid_interval
    rest = [name for name in contract.key if name != start]
    previous = pl.col(end).fill_null(date.max).shift(1).over(rest)
    overlaps = pl.lit(False) if contract.may_overlap else pl.col(start).fill_null(date.min) <= previous
    name, action = ", ".join(rest), f"Correct {start} and {end}; both days are included."
    for rule, breaks in (
        (f"{start} is after {end}", pl.col(start) > pl.col(end)),
        ("two rows are valid on the same day", overlaps),
    ):
        broken = frame.filter(breaks)[ROW]
        if count := len(broken):
            problems.append(Problem(contract.name, name, rule, count, action, of=frame.height))
            numbers.note(name, rule, broken)


def _write(frame: pl.DataFrame, target: Path) -> None:
    """Whole or not at all."""
    files.make_folder(target.parent)
    with files.writing(target) as part:
        # Level 1: half the time of the default for a file a few percent larger.
        frame.write_parquet(part, compression="zstd", compression_level=1, statistics=True)
