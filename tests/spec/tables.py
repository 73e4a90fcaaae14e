"""Tables a case worker can read: one row per child, the registers' own values in, ja / nej / uoplyst out.

Belongs here: reading such a table, and building the registers it describes around plain defaults.
Does not belong here: rules, expectations.

Each row is a child of its own with a mother of its own. What a table does not mention is ordinary: the mother
is alive, at every year-end in BEF, employed, skilled, never convicted, and owns the dwelling where both live;
the child lives with both parents. A cell with `-` is blank in the register. Columns that begin with "mor" or
"mors" are about her.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.support.register_worlds import DEFINITIONS, World, score_with_ids, weeks_of

ANSWERS = {True: "ja", False: "nej", None: "uoplyst"}
LEVELS = (("0001", 10), ("1021", 10), ("1095", 15), ("4081", 30), ("5166", 40), ("9999", 90))
SKILLED, EMPLOYED, COHABITING = "4081", 131, 4


def read_table(text: str) -> list[dict[str, str]]:
    """`| a | b |` lines -> one dict per line after the first."""
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.strip()
    ]
    header, *rows = lines
    return [dict(zip(header, row, strict=True)) for row in rows]


def answers(
    text: str,
    factor: str,
    *,
    on: date = date(2024, 12, 31),
    definition: str = "sfi5-v1",
    kraf_to: int = 2023,
    akm: date = date(2023, 12, 31),
) -> tuple[list[str], list[str]]:
    """What the pipeline answers for each row, and what the table expects in its column `forventet`."""
    rows = read_table(text)
    world = build_world(rows, on, kraf_to=kraf_to, akm=akm)
    scored = score_with_ids(world, on, {definition: DEFINITIONS[definition]})
    by_child = {row["child_key"]: ANSWERS[row[factor]] for row in scored}
    assert len(by_child) == len(scored), "a child is scored more than once"
    found = [by_child.get(1 + number, "ikke med") for number in range(len(rows))]
    return found, [row["forventet"] for row in rows]


def build_world(rows: list[dict[str, str]], on: date, *, kraf_to: int, akm: date) -> World:
    """The registers that a table describes. Child n has id n, its mother 1000 + n, her dwelling 2000 + n."""
    last_year_end = on if on.month == 12 else date(on.year - 1, 12, 31)
    world: World = {
        "bef": {on: [], **{date(year, 12, 31): [] for year in range(on.year - 7, last_year_end.year + 1)}},
        "kraf": {date(year, 12, 31): [] for year in range(kraf_to - 6, kraf_to + 1)},
        "akm": {akm: []},
        "udda": {last_year_end: []},
        "bol": {last_year_end: []},
        # Somebody who is in DREAM without a benefit shows which weeks it has: those of two years.
        "dream": {date(on.year, 12, 31): [{"pnr": 0} | dict.fromkeys(weeks_of(on.year - 1, on.year))]},
        "hfaudd": [{"hfaudd": code, "hovedomraade": level} for code, level in LEVELS],
        "omraader": [],
        "omraade_adresser": [],
    }
    for number, row in enumerate(rows, start=1):
        _add_family(world, Cells(row), number, on)
    return world


class Cells:
    """One row of a table: `-` is blank, a column that isn't there is ordinary."""

    def __init__(self, row: dict[str, str]) -> None:
        self.row = row

    def get(self, column: str, ordinary: Any, read: Callable[[str], Any] = int) -> Any:
        text = self.row.get(column)
        if text is None:
            return ordinary
        return None if text == "-" else read(text)


def _add_family(world: World, cells: Cells, number: int, on: date) -> None:
    mother, dwelling = 1000 + number, 2000 + number
    years = cells.get("mor i BEF", [day.year for day in world["bef"]], _years)
    for status_day, people in world["bef"].items():
        if status_day.year in years:
            has_died = status_day.year == cells.get("mor dør i", None)
            people.append(
                {
                    "pnr": mother,
                    "foed_dag": cells.get("mors FOED_DAG", date(1985, 5, 5), date.fromisoformat),
                    "civst": "D" if has_died else "G",
                    "familie_type": cells.get("mors FAMILIE_TYPE", COHABITING),
                    "adresse_id": cells.get("mors ADRESSE_ID", dwelling),
                    "kom": 901,
                }
            )
    world["bef"][on].append(
        {
            "pnr": number,
            "foed_dag": cells.get("FOED_DAG", on - timedelta(days=3000), date.fromisoformat),
            "mor_id": cells.get("MOR_ID", mother),
            "far_id": cells.get("FAR_ID", None),
            "civst": cells.get("CIVST", "U", str),
            "fm_mark": cells.get("FM_MARK", 1),
            "adresse_id": cells.get("barnets ADRESSE_ID", dwelling),
            "kom": 901,
        }
    )
    dead = cells.get("døde i boligen", 0)
    for extra in range(cells.get("andre i boligen", 0) + dead):
        other = {"pnr": 10_000 + 100 * number + extra, "foed_dag": date(1980, 1, 1)}
        other["civst"] = "D" if extra < dead else "U"
        world["bef"][on].append(other | {"adresse_id": dwelling, "kom": 901})
    if cells.get("i AKM", "ja", str) == "ja":
        (akm,) = world["akm"].values()
        akm.append({"pnr": mother, "socio13": cells.get("SOCIO13", EMPLOYED)})
    if "DREAM" in cells.row and cells.get("i DREAM", "ja", str) == "ja":
        ((status_day, dream),) = world["dream"].items()
        dream.append(
            {"pnr": mother} | _weeks(cells.row["DREAM"], cells.get("til uge", None, str), status_day)
        )
    if cells.get("i UDDA", "ja", str) == "ja":
        (udda,) = world["udda"].values()
        udda.append({"pnr": mother, "hfaudd": cells.get("HFAUDD", SKILLED, str)})
    if cells.get("i BOL", "ja", str) == "ja":
        (bol,) = world["bol"].values()
        bol.append(
            {
                "adresse_id": dwelling,
                "udlejningfh": cells.get("UDLEJNINGFH", 2),
                "ejerforhold": cells.get("EJERFORHOLD", 10),
                "antal_vaerelser": cells.get("ANTAL_VAERELSER", 4),
                "boligareal": cells.get("BOLIGAREAL", 100),
            }
        )
    if "AFG_DATO" in cells.row:
        decided = cells.get("AFG_DATO", None, date.fromisoformat)
        decision = {
            "pnr": mother,
            "afg_dato": decided,
            "afg_ger7": cells.get("AFG_GER7", 1210000),
            "afg_afgtypko": cells.get("AFG_AFGTYPKO", 1),
        }
        # A decision lies in its year's file; without a date in the newest; in none that was not delivered.
        file = date(decided.year, 12, 31) if decided else max(world["kraf"])
        world["kraf"].get(file, []).append(decision)


def _weeks(text: str, last: str | None, status_day: date) -> dict[str, int | None]:
    """`130 x 26, - x 2` -> the codes of the last 28 weeks up to the column `last`, blank before and after."""
    names = weeks_of(status_day.year - 1, status_day.year)
    codes: list[int | None] = []
    for run in text.split(","):
        code, _, number = run.strip().partition(" x ")
        codes += [None if code == "-" else int(code)] * int(number or 1)
    end = names.index(last) + 1 if last else len(names)
    return dict.fromkeys(names) | dict(zip(names[end - len(codes) : end], codes, strict=True))


def _years(text: str) -> list[int]:
    """`2018-2020, 2022` -> the years."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
