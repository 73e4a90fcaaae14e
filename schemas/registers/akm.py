"""AKM, the labour market status of the year, about a year late.

Belongs here: the columns of AKM that femfaktor reads.
Does not belong here: which statuses count as benefit or pension (the factor definitions).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts import Code, CodeList, Column, Contract, Kind

SOCIO13 = CodeList(
    (
        Code(110, "Selvstændig", "Self-employed"),
        Code(111, "Selvstændig, 10 eller flere ansatte", "Self-employed, 10 or more employees"),
        Code(112, "Selvstændig, 5-9 ansatte", "Self-employed, 5-9 employees"),
        Code(113, "Selvstændig, 1-4 ansatte", "Self-employed, 1-4 employees"),
        Code(114, "Selvstændig, ingen ansatte", "Self-employed, no employees"),
        Code(120, "Medarbejdende ægtefælle", "Assisting spouse"),
        Code(131, "Topleder", "Employee, management"),
        Code(132, "Lønmodtager, højeste niveau", "Employee, highest level"),
        Code(133, "Lønmodtager, mellemniveau", "Employee, middle level"),
        Code(134, "Lønmodtager, grundniveau", "Employee, basic level"),
        Code(135, "Anden lønmodtager", "Employee, other"),
        Code(139, "Lønmodtager, stilling ikke angivet", "Employee, position not stated"),
        Code(210, "Arbejdsløs mindst halvdelen af året", "Unemployed at least half of the year"),
        Code(220, "Sygedagpenge, orlov m.m.", "Sickness benefit, leave etc."),
        Code(310, "Under uddannelse", "In education"),
        Code(321, "Førtidspensionist", "Disability pensioner"),
        Code(322, "Folkepensionist", "Old-age pensioner"),
        Code(323, "Efterlønsmodtager", "Early retirement"),
        Code(330, "Kontanthjælpsmodtager", "Cash benefit"),
        Code(410, "Andre", "Others (not unemployed)"),
        Code(420, "Børn under 15 år", "Children under 15"),
    )
)

CONTRACT = Contract(
    "akm",
    "Arbejdsklassifikationsmodulet",
    "Labour market status of the year",
    ("pnr",),
    (
        Column("pnr", Kind.ID, pl.Int64, "Personens pseudonym", "The person's pseudonym", nullable=False),
        Column(
            "socio13",
            Kind.CODE,
            pl.Int16,
            "Årets væsentligste status",
            "Main status of the year",
            codes=SOCIO13,
            varies=True,
        ),
    ),
    arrives_after=13,
    read_by=("f3",),
    note="A person who is missing was not in AKM that year: unknown, not 'no'.",
)
