"""Polars, DuckDB and the row-by-row oracle give the same scores, for every shipped definition.

hypothesis draws small worlds with the values at which rules turn: blanks, dead mothers, codes that are in no
list, the first and the last day of a window, snapshots and register years that were not delivered.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.risk_factors import f2_doemt
from assets.risk_factors.catalogue import FACTORS
from assets.risk_factors.people import find_people
from schemas.release import FACTORS as FACTOR_COLUMNS
from tests.oracle import five_factors as oracle
from tests.support.register_worlds import DEFINITIONS, World, as_registers, score_with_ids, weeks_of

COMPARED = ("kom", "age_band", *FACTOR_COLUMNS, "n_yes", "n_known", "state")
MOTHERS = (101, 102, 103)
NEVER_IN_BEF = 199
ADDRESSES = (None, 1, 2, 3)
OFFENCES = (None, 0, 1, 19, 1999999, 2000000, 3210, 3209999, 3210000, 3410999, 3411000)
CIVST = ("U", "G", "U", "D", None)
ONE_DAY = timedelta(days=1)
OFTEN, SELDOM = (
    settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    for examples in (80, 25)
)


def year_end(year: int) -> date:
    return date(year, 12, 31)


@st.composite
def dream_files(draw: st.DrawFn, day: date) -> dict[date, list]:
    """A file per year, or one for both, or both with the newer one saying otherwise (and to be ignored). Runs
    of weeks on a benefit, away, and else, that end a week before, at, or a week after the window does."""

    def pick(*values):
        return draw(st.sampled_from(values))

    year = day.year
    weeks = {y: weeks_of(y) for y in (year - 1, year)}
    every = weeks[year - 1] + weeks[year]
    over = [name for name in weeks[year] if date.fromisocalendar(year, int(name[4:]), 7) <= day]
    newest = (weeks[year - 1] + over)[-1]
    end = every.index(newest) + 1

    def row(mother: int) -> dict:
        runs = [pick(111, None)] * 120
        runs += [pick(997, 999)] * pick(0, 0, 1, 2, 26, 27)
        runs += [pick(130, 138, 139, 140, 148, 730, 781, 782, 783, 810, 998)] * pick(
            0, 1, 2, 24, 25, 26, 27, 52
        )
        runs = runs[-(end + pick(-1, 0, 0, 1)) :]
        return {"pnr": mother} | dict(zip(every, [*runs, *[None] * len(every)], strict=False))

    mothers = [m for m in (*MOTHERS, NEVER_IN_BEF) if draw(st.integers(0, 4))]
    rows = [{"pnr": 190} | dict.fromkeys(every), *map(row, mothers)]

    def only(names: list[str]) -> list:
        return [{"pnr": r["pnr"]} | {name: r[name] for name in names} for r in rows]

    match pick("yearly", "cumulative", "revised"):
        case "cumulative":
            return {year_end(year): rows}
        case "yearly":
            return {year_end(y): only(names) for y, names in weeks.items()}
    return {year_end(year - 1): only(weeks[year - 1]), year_end(year): [rows[0], *map(row, mothers)]}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[World, date]:
    """A world that every shipped definition can score, and its reference date."""

    def pick(*values):
        return draw(st.sampled_from(values))

    day = pick(
        year_end(2012), year_end(2014), year_end(2015), year_end(2020), date(2020, 6, 30), date(2020, 2, 29)
    )
    year = day.year
    kraf_last = year - pick(0, 0, 1)
    kraf = {year_end(y): [] for y in range(kraf_last - 5 - pick(0, 2), kraf_last + 1 + pick(0, 1))}
    born = {mother: date(pick(1980, 1980, 1990, year - 3, year - 5), 5, 5) for mother in MOTHERS}

    bef: dict[date, list] = {day: []}
    for y in range(year - 8, year + 2):
        if draw(st.integers(0, 7)):
            bef.setdefault(year_end(y), [])
    bef.setdefault(date(year - 1, 9, 30), [])
    for status_day, rows in bef.items():
        for mother in MOTHERS:
            if status_day >= born[mother] and draw(st.integers(0, 9)):
                rows.append(
                    {
                        "pnr": mother,
                        "foed_dag": born[mother],
                        "mor_id": None,
                        "fm_mark": None,
                        "civst": pick(*CIVST),
                        "familie_type": pick(None, 1, 3, 5, 6, 7, 9, 10),
                        "adresse_id": pick(*ADDRESSES),
                        "kom": 901,
                        "referencetid": status_day,
                    }
                )
    birthdays = [
        day,
        day + ONE_DAY,
        *(
            oracle.same_day_earlier(day, age) + shift
            for age in (3, 6, 10, 15, 18)
            for shift in (0 * ONE_DAY, ONE_DAY)
        ),
        date(2008, 2, 29),
        date(2012, 2, 29),
    ]
    for child in range(1, draw(st.integers(3, 9)) + 1):
        bef[day].append(
            {
                "pnr": child,
                "foed_dag": pick(*birthdays),
                "mor_id": pick(None, *MOTHERS, NEVER_IN_BEF),
                "fm_mark": pick(None, 1, 1, 2, 3, 4, 5, 6),
                "civst": pick(*CIVST),
                "familie_type": 10,
                "adresse_id": pick(*ADDRESSES),
                "kom": pick(901, 902),
                "referencetid": day,
            }
        )

    last = min(day, year_end(kraf_last))
    edges = [oracle.same_day_earlier(last, years) for years in (2, 5)] + [
        last,
        day,
        date(min(kraf).year, 1, 1),
    ]
    for _ in range(draw(st.integers(0, 6))):
        decided = pick(None, *(edge + shift for edge in edges for shift in (-ONE_DAY, 0 * ONE_DAY, ONE_DAY)))
        file = year_end(decided.year) if decided else max(kraf)
        if file in kraf:
            kraf[file].append(
                {
                    "pnr": pick(*MOTHERS, NEVER_IN_BEF),
                    # Mostly convictions, so that it is the date that decides.
                    "afg_ger7": pick(*[1210000] * 12, *OFFENCES),
                    "afg_afgtypko": pick(*[1] * 8, None, 7, 11, 21, 62, 70, 88),
                    "afg_dato": decided,
                }
            )

    def annual(make_rows) -> dict[date, list]:
        """Some of five vintages, at least one usable; the one after the reference date must be ignored."""
        days = {year_end(year - 1 - pick(0, 1))} | {
            year_end(year + n) for n in (-1, 0, 1) if pick(True, False)
        }
        usable = {d for d in days if d > day or d >= oracle.same_day_earlier(day, 2)}
        return {d: make_rows() for d in sorted(usable | {year_end(year - 1)})}

    def present(ids):
        return [i for i in ids if draw(st.integers(0, 5))]

    world = {
        "bef": bef,
        "kraf": kraf,
        "akm": annual(
            lambda: [
                {"pnr": m, "socio13": pick(None, 330, 321, 322, 220, 210, 131, 410)} for m in present(MOTHERS)
            ]
        ),
        "udda": annual(
            lambda: [
                {"pnr": m, "hfaudd": pick(None, "0001", "1095", "4081", "9999", "7777", "8888")}
                for m in present((*MOTHERS, NEVER_IN_BEF))
            ]
        ),
        "bol": annual(
            lambda: [
                {
                    "adresse_id": a,
                    "udlejningfh": pick(None, 1, 1, 2, 3, 9),
                    "ejerforhold": pick(None, 10, 20, 20),
                    "antal_vaerelser": pick(None, 0, 1, 2, 3),
                    "boligareal": 80,
                }
                for a in present((1, 2, 3))
            ]
        ),
        "dream": draw(dream_files(day)),
        "hfaudd": [
            {"hfaudd": "0001", "hovedomraade": 10},
            {"hfaudd": "1095", "hovedomraade": 15},
            {"hfaudd": "4081", "hovedomraade": 30},
            {"hfaudd": "9999", "hovedomraade": 90},
            {"hfaudd": "8888", "hovedomraade": None},
        ],
    }
    ends = (None, day - ONE_DAY, day, day + ONE_DAY)
    listed = draw(
        st.lists(st.tuples(st.sampled_from(("a1", "a2", "o1", "o2", "p1")), st.sampled_from((1, 2, 3))))
    )
    world["omraader"] = [
        area("901", "kommune"),
        area("p1", "helhedsplan", "901", valid_to=pick(*ends)),
        area("o1", "omraade", "901", "p1"),
        area("o2", "omraade", "901"),
        area("a1", "afdeling", "o1", valid_from=pick(*ends)),
        area("a2", "afdeling", "o2"),
    ]
    world["omraade_adresser"] = [
        {"area_id": a, "adresse_id": address, "valid_from": pick(*ends), "valid_to": pick(*ends)}
        for a, address in listed
    ]
    return world, day


def area(area_id, level, parent=None, plan=None, valid_from=None, valid_to=None):
    return {
        "area_id": area_id,
        "name": area_id,
        "level": level,
        "parent": parent,
        "plan": plan,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def by_oracle(world: World, day: date) -> list[dict]:
    rows = [
        {"reference_date": day, "definition": name, "definition_hash": DEFINITIONS[name].hash}
        | {"child_key": row.pop("child_id"), "mother_key": row.pop("mother_id")}
        | row
        for name in oracle.VARIANTS
        for row in oracle.score(world, day, name)
    ]
    return sorted(rows, key=lambda row: (row["definition"], row["child_key"]))


@OFTEN
@given(worlds())
def test_polars_gives_the_scores_of_the_row_by_row_oracle(drawn: tuple[World, date]) -> None:
    world, day = drawn
    assert score_with_ids(world, day) == by_oracle(world, day)


@SELDOM
@given(worlds())
def test_duckdb_answers_every_rule_as_polars_does(drawn: tuple[World, date]) -> None:
    world, day = drawn
    people = find_people(as_registers(world), day)
    rules = {(f.key, d.parameters(f.key)): f for d in DEFINITIONS.values() for f in FACTORS}
    with duckdb.connect() as con:
        for (_, parameters), factor in rules.items():
            facts = factor.rule.prepare_facts(people, parameters).collect()
            key = facts.columns[0]
            rule = factor.rule.has_risk_factor(parameters, day).alias("answer")
            con.register("facts", facts)
            by_duckdb = nw.from_native(con.table("facts")).select(nw.col(key), rule).to_native().pl()
            con.unregister("facts")
            by_polars = nw.from_native(facts).select(nw.col(key), rule).to_native()
            assert by_duckdb.sort(key).equals(by_polars.sort(key))


@SELDOM
@given(worlds())
def test_the_hand_written_query_gives_the_scores_of_the_row_by_row_oracle(drawn: tuple[World, date]) -> None:
    world, day = drawn
    registers = as_registers(world)
    (kraf,) = f2_doemt.vintages_used(registers, DEFINITIONS["sfi5-v1"].f2_doemt, day)
    known = {r: {v: f for v, f in vintages.items() if v <= day} for r, vintages in registers.frames.items()}
    tables = {r: known[r][max(known[r])] for r in ("akm", "udda", "bol")} | {
        "bef": pl.concat(known["bef"].values()),
        "bef_now": known["bef"][day],
        "kraf": pl.concat(registers.frames["kraf"].values()),
        "hfaudd": registers.lists["hfaudd"],
    }
    query = (Path(__file__).parents[2] / "bench" / "handwritten_score.sql").read_text(encoding="utf-8")
    with duckdb.connect() as con:
        for name, frame in tables.items():
            con.register(name, frame.collect())
        window = {"reference_date": day, "window_from": kraf.window_from, "window_to": kraf.window_to}
        found = con.sql(query, params=window).pl().sort("child").to_dicts()
    expected = sorted(oracle.score(world, day), key=lambda row: row["child_id"])
    assert [{column: row[column] for column in COMPARED} for row in found] == [
        {column: row[column] for column in COMPARED} for row in expected
    ]


@SELDOM
@given(worlds())
def test_duckdb_finds_the_same_convictions_among_the_rows(drawn: tuple[World, date]) -> None:
    world, day = drawn
    rows = pl.concat(as_registers(world).frames["kraf"].values()).with_row_index("row").collect()
    rule = f2_doemt.is_conviction(DEFINITIONS["sfi5-v1"].f2_doemt, date(1900, 1, 1), day)
    in_polars = nw.from_native(rows).filter(rule).to_native()
    with duckdb.connect() as con:
        con.register("kraf", rows)
        in_duckdb = nw.from_native(con.table("kraf")).filter(rule).to_native().order("row").pl()
    assert in_duckdb["row"].to_list() == in_polars["row"].to_list()


def test_the_oracle_knows_every_shipped_definition() -> None:
    assert set(oracle.VARIANTS) == set(DEFINITIONS)
