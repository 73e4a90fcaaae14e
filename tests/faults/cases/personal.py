"""What must not lie in a delivery at all: who the persons are.

Belongs here: CPR numbers, names, addresses, phone numbers and e-mails, and look-alikes that must pass.
Does not belong here: pseudonyms that contradict each other (`people.py`).

All of them are invented. A CPR number planted here has a day, a month and any four digits.
"""

from __future__ import annotations

import polars as pl

from tests.faults.cases.planting import add_column, change, put
from tests.faults.fault import CSV, PARQUET, Fault, Group, Said

CPR = "values look like raw CPR numbers"
OWN = "values begin with their person's date of birth, as CPR numbers do"
LOOKS_PERSONAL = "the column looks personal"
NUMBERS = [f"{1 + n % 28:02d}{1 + n % 12:02d}{60 + n % 40:02d}{1000 + 37 * n % 9000:04d}" for n in range(220)]


def as_ids(form):
    """Every PNR of AKM as an invented CPR number, written in a form."""

    def replace(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(PNR=pl.Series([form(number) for number in NUMBERS[: frame.height]]))

    return change("akm", replace)


def some_ids(number: int, form=str):
    return put("akm", "PNR", [form(cpr) for cpr in NUMBERS[:number]])


def birthdays(number: int):
    """The ids of some persons in BEF begin with their own day of birth."""

    def replace(frame: pl.DataFrame) -> pl.DataFrame:
        own = pl.concat_str(pl.col("FOED_DAG").dt.strftime("%d%m%y"), pl.lit("0123"))
        row = pl.int_range(pl.len())
        return frame.with_columns(PNR=pl.when(row < number).then(own).otherwise("PNR").cast(pl.Int64))

    return change("bef", replace)


def lookalikes(frame: pl.DataFrame) -> pl.DataFrame:
    """Pseudonyms of ten digits, spread evenly: one in fourteen is a date."""
    rows = frame.height
    return frame.with_columns(
        FAMILIE_ID=pl.Series(
            [f"{10**9 + (n * 4_567_891_234 + 1_357_913_579) % (9 * 10**9)}" for n in range(rows)]
        )
    )


GROUP = Group(
    "What must not be there",
    "Refused at first sight, in columns that femfaktor reads and in columns it doesn't, and echoed nowhere.",
    (
        Fault(
            name="CPR numbers with a dash",
            arrives="PNR as ddmmyy-nnnn",
            plant=as_ids(lambda cpr: f"{cpr[:6]}-{cpr[6:]}"),
            says=(Said("akm", "pnr", CPR, 220),),
            echoes=(f"{NUMBERS[0][:6]}-{NUMBERS[0][6:]}", NUMBERS[0]),
        ),
        Fault(
            name="one CPR number with a dash",
            arrives="One PNR as ddmmyy-nnnn among pseudonyms",
            plant=some_ids(1, lambda cpr: f"{cpr[:6]}-{cpr[6:]}"),
            says=(Said("akm", "pnr", CPR),),
        ),
        Fault(
            name="CPR numbers without a dash",
            arrives="PNR as ten digits, most of them without modulus 11",
            plant=as_ids(str),
            says=(Said("akm", "pnr", CPR, 220),),
            echoes=(NUMBERS[0],),
        ),
        Fault(
            name="CPR numbers as numbers",
            arrives="PNR as whole numbers that lost their first zero",
            plant=as_ids(int),
            says=(Said("akm", "pnr", CPR, 220),),
            echoes=(NUMBERS[0].lstrip("0"),),
        ),
        Fault(
            name="replacement CPR numbers",
            arrives="PNR as erstatningspersonnumre: 60 added to the day",
            plant=as_ids(lambda cpr: f"{int(cpr[:2]) + 60}{cpr[2:]}"),
            says=(Said("akm", "pnr", CPR, 220),),
        ),
        Fault(
            name="CPR numbers in some rows",
            arrives="PNR as CPR numbers in 20 of 220 rows, pseudonyms in the others",
            plant=some_ids(20),
            # One pseudonym of the delivery looks like a CPR number, by chance.
            says=(Said("akm", "pnr", CPR, 21),),
        ),
        Fault(
            name="one CPR number that begins with a zero",
            arrives="One PNR of ten characters with a zero first, among pseudonyms of twelve",
            plant=some_ids(1),
            says=(Said("akm", "pnr", CPR),),
            forms=(*PARQUET, *CSV, "xpt"),
            echoes=(NUMBERS[0],),
        ),
        Fault(
            name="ids that are the persons' birthdays",
            arrives="Two PNR of 460 in BEF that begin with the person's own date of birth",
            plant=birthdays(2),
            says=(Said("bef", "pnr", OWN, 2),),
        ),
        Fault(
            name="CPR numbers of mothers",
            arrives="MOR_ID as CPR numbers, PNR pseudonymised",
            plant=put("bef", "MOR_ID", NUMBERS),
            says=(Said("bef", "mor_id", CPR, 220),),
        ),
        Fault(
            name="a CPR number in a case number",
            arrives="JOURNR with a CPR number",
            plant=put("kraf", "JOURNR", ["sag vedr. 280190-4444"]),
            says=(Said("kraf", "journr", CPR),),
            echoes=("280190-4444",),
        ),
        Fault(
            name="a CPR number in free text nobody reads",
            arrives="One remark of 220 with a CPR number, in a column that is not read",
            plant=add_column("akm", "BEMAERK", ["ok"] * 219 + ["ringet til 2801904444 i dag"]),
            says=(Said("akm", "BEMAERK", CPR),),
            echoes=("2801904444",),
        ),
        Fault(
            name="CPR numbers in a column nobody reads",
            arrives="A column KEY2 of ten-digit numbers",
            plant=add_column("akm", "KEY2", [int(cpr) for cpr in NUMBERS]),
            says=(Said("akm", "KEY2", CPR, 220),),
            forms=(*PARQUET, "xpt"),
        ),
        Fault(
            name="pseudonyms that look like CPR numbers by chance",
            arrives="Ids of ten digits, evenly spread: one in fourteen is a date, and they pass",
            plant=change("bef", lookalikes),
        ),
        Fault(
            name="a column of names by its name",
            arrives="UDDA with a column NAVN",
            plant=add_column("udda", "NAVN", ["Ukendt"]),
            says=(Said("udda", "NAVN", LOOKS_PERSONAL),),
        ),
        Fault(
            name="names by their content",
            arrives="Names of people in a column called KOL7",
            plant=add_column(
                "udda", "KOL7", ["Jens Hansen", "Mette Marie Nielsen", "Ali Larsen", "Bo Møller"]
            ),
            says=(Said("udda", "KOL7", "values look like names of people", 220),),
            echoes=("Jens Hansen", "Mette Marie"),
        ),
        Fault(
            name="addresses by their content",
            arrives="One street address in a column called KOL7",
            plant=add_column("udda", "KOL7", ["-"] * 219 + ["Søndervej 12, 2. tv."]),
            says=(Said("udda", "KOL7", "values hold street addresses"),),
            echoes=("Søndervej",),
        ),
        Fault(
            name="phone numbers by their content",
            arrives="Two phone numbers in a column called KOL7",
            plant=add_column("udda", "KOL7", ["-"] * 218 + ["+45 12345678", "12 34 56 78"]),
            says=(Said("udda", "KOL7", "values hold phone numbers", 2),),
            echoes=("12345678", "12 34 56 78"),
        ),
        Fault(
            name="e-mails by their content",
            arrives="One e-mail address in a column called KOL7",
            plant=add_column("udda", "KOL7", ["-"] * 219 + ["x.y@kommune.example"]),
            says=(Said("udda", "KOL7", "values hold e-mail addresses"),),
            echoes=("kommune.example",),
        ),
        Fault(
            name="a value in the place of a column name",
            arrives="A column whose name is a person's, delivered by mistake: named by its rule only",
            plant=add_column("udda", "Jens Hansen 2801904444 adresse", [1]),
            says=(Said("udda", "a name that can't be said", LOOKS_PERSONAL),),
            forms=(*PARQUET, *CSV),
            echoes=("Jens", "2801904444"),
        ),
    ),
)
