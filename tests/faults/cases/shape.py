"""Tables that don't have the shape of their register.

Belongs here: columns, rows and separators. Does not belong here: single values (`people.py`, `personal.py`).
"""

from __future__ import annotations

import polars as pl

from tests.faults.cases.planting import add_column, change, lines, put, text
from tests.faults.fault import CSV, PARQUET, Fault, Group, LeftAside, Said

MISSING = "the required column is missing"
RAGGED = "rows have more or fewer fields than the header"
HEADERLESS = "the first line holds values, not column names"


def with_line(line: bytes, place: int = 5):
    return lines(lambda rows: [*rows[:place], line, *rows[place:]])


def longer(row: bytes) -> bytes:
    return row + b";1"


def shorter(row: bytes) -> bytes:
    return row.rsplit(b";", 1)[0]


def edit_row(place: int, function):
    return lines(lambda rows: [*rows[:place], function(rows[place]), *rows[place + 1 :]])


GROUP = Group(
    "Shape",
    "Nothing is ever skipped, padded or guessed in silence.",
    (
        Fault(
            name="a column is missing",
            arrives="AKM without SOCIO13",
            plant=change("akm", lambda frame: frame.drop("SOCIO13")),
            says=(Said("akm", "socio13", MISSING),),
        ),
        Fault(
            name="a column has another name",
            arrives="UDDA whose HFAUDD is called UDDKODE",
            plant=change("udda", lambda frame: frame.rename({"HFAUDD": "UDDKODE"})),
            says=(Said("udda", "hfaudd", MISSING),),
        ),
        Fault(
            name="a column comes twice",
            arrives="KRAF with AFG_GER7 and afg_ger7",
            plant=change("kraf", lambda frame: frame.with_columns(pl.col("AFG_GER7").alias("afg_ger7"))),
            says=(Said("kraf", "afg_ger7", "more than one delivered column fits"),),
            forms=("parquet", "yearly", "csv", "csv.gz"),
        ),
        Fault(
            name="a column comes twice under one name",
            arrives="A CSV whose header has SOCIO13 twice",
            plant=text("akm", lines(lambda rows: [row + b";" + row.split(b";")[1] for row in rows])),
            says=(Said("akm", "socio13", "more than one delivered column fits"),),
            forms=CSV,
        ),
        Fault(
            name="columns in another order",
            arrives="BEF with its columns in another order",
            plant=change("bef", lambda frame: frame.select(reversed(frame.columns))),
        ),
        Fault(
            name="a column that nobody asked for",
            arrives="AKM with one column more",
            plant=add_column("akm", "VERSION", ["v2"]),
        ),
        Fault(
            name="no header",
            arrives="A CSV that begins with its first row",
            plant=text("akm", lines(lambda rows: rows[1:])),
            says=(Said("akm", "", HEADERLESS, 2),),
            forms=CSV,
        ),
        Fault(
            name="the header again",
            arrives="A CSV with its header again in the middle",
            plant=text("akm", lines(lambda rows: [*rows[:9], rows[0], *rows[9:]])),
            says=(
                Said("akm", "pnr", "values are not ids of at most 12 digits"),
                Said("akm", "socio13", "values are not whole numbers"),
            ),
            forms=CSV,
        ),
        Fault(
            name="a total row",
            arrives="A CSV that ends in a row of totals",
            plant=text("akm", lines(lambda rows: [*rows, b"I alt;220"])),
            says=(Said("akm", "pnr", "values are not ids of at most 12 digits"),),
            forms=CSV,
        ),
        Fault(
            name="commas",
            arrives="A CSV with commas",
            plant=text("akm", lambda content: content.replace(b";", b",")),
            says=(Said("akm", "", "the columns are not separated by semicolons"),),
            forms=CSV,
        ),
        Fault(
            name="tabs",
            arrives="A CSV with tabs",
            plant=text("kraf", lambda content: content.replace(b";", b"\t")),
            says=(Said("kraf", "", "the columns are not separated by semicolons"),),
            forms=CSV,
        ),
        Fault(
            name="a row with a field too few",
            arrives="A CSV with one row that is a field short (Polars would fill it with a blank)",
            plant=text("bol", edit_row(7, shorter)),
            says=(Said("bol", "", RAGGED),),
            forms=CSV,
        ),
        Fault(
            name="a row with a field too many",
            arrives="A CSV with one row that has a field too many",
            plant=text("bol", edit_row(7, longer)),
            says=(Said("bol", "", RAGGED),),
            forms=CSV,
        ),
        Fault(
            name="a quote that is never closed",
            arrives="A CSV with a quote before the last field of its 100th row, never closed: 21 lines go",
            plant=text("bol", edit_row(99, lambda row: b'"'.join(row.rsplit(b";", 1)).replace(b'"', b';"'))),
            says=(Said("bol", "", "lines are swallowed by an open quote", 21),),
            forms=CSV,
        ),
        Fault(
            name="two quotes with lines between them",
            arrives="A CSV with a quote in its 10th row that is closed in its 14th",
            plant=text(
                "omraade_adresser",
                lines(lambda rows: [*rows[:9], rows[9] + b'"x', *rows[10:13], rows[13] + b'"', *rows[14:]]),
            ),
            says=(Said("omraade_adresser", "", "lines are swallowed by an open quote", 4),),
        ),
        Fault(
            name="empty lines",
            arrives="A CSV with two empty lines, and one of separators only",
            plant=text("akm", lines(lambda rows: [*rows[:4], b"", *rows[4:], b"", b";"])),
            leaves_aside=(LeftAside("akm", "", "empty lines, dropped", 3),),
            forms=CSV,
        ),
        Fault(
            name="text late in a column of numbers",
            arrives="SOCIO13 that is text in its last row",
            plant=change(
                "akm",
                lambda frame: pl.concat(
                    [
                        frame.head(-1).with_columns(pl.col("SOCIO13").cast(pl.String)),
                        frame.tail(1).with_columns(SOCIO13=pl.lit("kontanthjælp")),
                    ]
                ),
            ),
            says=(Said("akm", "socio13", "values are not whole numbers"),),
            echoes=("kontanthjælp",),
        ),
        Fault(
            name="parts of one year with different types",
            arrives="A hive year of two parts, the second with SOCIO13 as text: read as the same numbers",
            plant=lambda delivered: _second_part(delivered),
            forms=("parquet",),
        ),
        Fault(
            name="the same rows again",
            arrives="Three rows of KRAF twice",
            plant=change("kraf", lambda frame: pl.concat([frame, frame.head(3)])),
            leaves_aside=(LeftAside("kraf", "", "rows equal to another, dropped", 3),),
        ),
        Fault(
            name="no rows",
            arrives="A table without rows",
            plant=change("bol", lambda frame: frame.clear()),
            says=(Said("bol", "", "there are no rows", 0),),
            forms=(*PARQUET, *CSV),
        ),
        Fault(
            name="codes that are in no list, a few",
            arrives="One unknown FM_MARK of 240",
            plant=put("bef", "FM_MARK", [8]),
            leaves_aside=(LeftAside("bef", "fm_mark", "codes not in the code list, unknown", 1),),
        ),
        Fault(
            name="codes that are in no list, many",
            arrives="Three unknown FM_MARK of 240: more than one per cent",
            plant=put("bef", "FM_MARK", [8, 8, 8]),
            says=(Said("bef", "fm_mark", "codes are not in the code list of 2024-12-31", 3),),
        ),
    ),
)


def _second_part(delivered) -> None:
    path = delivered.path("akm")
    frame = pl.read_parquet(path)
    frame.head(100).write_parquet(path)
    frame.tail(-100).with_columns(pl.col("SOCIO13").cast(pl.String)).write_parquet(
        path.with_name("part-1.parquet")
    )
