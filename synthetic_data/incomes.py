"""Money and weeks: IND, FAIK and DREAM, which follow from what people did in the year.

Belongs here: columns of the three registers, amounts, weekly codes.
Does not belong here: SOCIO13, which they agree with (`traits.py`).

Amounts are kroner of the year, drawn by main status; transfers are scaled so that residents aged 18-64 get on
average what `targets.py` says, in the areas and outside. A rank that stays with the person makes an income
steady over the years.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic_data import targets
from synthetic_data.moving import KIND_OWNER, KIND_RENTED
from synthetic_data.registers import Ids, RegisterYear, order_by_id
from synthetic_data.society import HERE, NOBODY, Rows, draw_ids, find_heads, tell_homes
from synthetic_data.traits import LEVEL, year_of

if TYPE_CHECKING:
    from synthetic_data.world import World

# Kroner a year by SOCIO13: earnings, transfers.
_EARNED = {110: 380, 114: 330, 120: 190, 131: 900, 132: 590, 133: 470, 134: 365, 135: 290, 139: 330,
           210: 60, 220: 130, 310: 60, 321: 8, 322: 90, 323: 20, 330: 12, 410: 45, 0: 100}  # fmt: skip
_TRANSFERRED = {210: 135, 220: 125, 310: 52, 321: 205, 322: 148, 323: 170, 330: 140, 410: 18}
_SOME = 9  # thousand kr, of those who work: sickness and parental benefit now and then

# DREAM by SOCIO13: first code and number of codes of a block.
_CODES = {330: ((130, 9), (730, 9)), 321: ((781, 1), (783, 1)), 322: ((998, 1),), 323: ((621, 1),),
          210: ((111, 1),), 220: ((890, 1), (881, 1)), 310: ((651, 1),)}  # fmt: skip


def tell_ind(world: World) -> RegisterYear:
    persons, year = world.persons, world.year
    rng = world.scope.stream(f"ind {year}")
    age = year - year_of(persons.birth)
    rows = order_by_id(world, np.flatnonzero((persons.status == HERE) & (age >= 15)))
    socio = persons.socio[rows]
    earned, given = _by_status(_EARNED)[socio], _by_status(_TRANSFERRED)[socio]
    steady = np.exp(0.30 * _steady_rank(rows) + 0.12 * rng.standard_normal(len(rows)))
    level = LEVEL[persons.code[rows]]
    educated = np.select([level >= 70, level >= 50, level >= 30], [1.45, 1.12, 1.0], 0.86)
    steady = steady * np.exp(-0.12 * persons.vulnerability[rows])
    earned = earned * steady * np.where(socio < 200, educated, 1.0)
    now_and_then = (socio > 0) & (socio < 200) & (rng.random(len(rows)) < 0.25)
    given = given * np.exp(0.15 * rng.standard_normal(len(rows))) + np.where(now_and_then, 4.0 * _SOME, 0)
    adult = (age[rows] >= 18) & (age[rows] <= 64)
    inside = world.lives_in_area()[rows]
    earned = np.where(inside, 0.85 * earned, earned)  # less pay for the same status
    # One in seven of those who live in an area when it is looked at came in the year after.
    for where, mean in enumerate((targets.TRANSFERS_OUTSIDE, targets.TRANSFERS_IN_AREAS + 5_200)):
        mine = adult & (inside == bool(where))
        if mine.any() and given[mine].sum() > 0:
            given[mine] *= mean / 1000 / given[mine].mean()
    given, earned = np.round(1000 * given), np.round(1000 * earned)
    frame = pl.DataFrame({
        "PNR": Ids(draw_ids(world.scope.seed, 0, persons.n)).text(rows),
        "PERINDKIALT_13": earned + given,
        "OFF_OVERFORSEL_13": given,
        "KONTANTHJ_13": np.where(socio == 330, np.round(0.93 * given), 0.0),
        "FOLKEFORTID_13": np.where((socio == 321) | (socio == 322), given, 0.0),
    })  # fmt: skip
    return RegisterYear("ind", year, frame)


def tell_faik(world: World, income: pl.DataFrame) -> RegisterYear:
    """One row per E-family; `income` is the year's IND."""
    persons, dwellings, year, n = world.persons, world.dwellings, world.year, world.persons.n
    seed = world.scope.seed
    rows = order_by_id(
        world, np.flatnonzero((persons.status == HERE) & (year - year_of(persons.birth) >= 15))
    )
    total = np.zeros(n)
    total[rows] = income["PERINDKIALT_13"].to_numpy()
    here = np.flatnonzero(persons.status == HERE)
    child = year - year_of(persons.birth[here]) < 15
    consumers = np.bincount(persons.head[here], np.where(child, 0.3, 0.5), n) + 0.5
    family_income = np.bincount(persons.head[here], total[here], n)
    number = draw_ids(seed, 2, n)
    heads = np.concatenate([find_heads(persons), here[persons.foster[here] != NOBODY]])
    heads = heads[np.argsort(number[heads])]
    home = tell_homes(persons)[heads]
    known = dwellings.is_in_bol[home]
    tenure = dwellings.tenure[home]
    form = np.select([known & (tenure == KIND_OWNER), known & (tenure == KIND_RENTED)], [1, 2], 9)
    # Taxes: 35 % above 50,000 kr.
    disposable = family_income - 0.35 * np.maximum(family_income - 50_000, 0)
    frame = pl.DataFrame({
        "FAMILIE_ID": Ids(number).text(heads),
        "FAMBOLIGFORM": form.astype(np.int8),
        "FAMAEKVIVADISP_13": np.round((disposable / consumers)[heads]),
    })  # fmt: skip
    return RegisterYear("faik", year, frame)


def weeks_of(year: int) -> list[str]:
    """DREAM's columns of a year: its ISO weeks, 53 in 2015, 2020, 2026 …"""
    last = date(year, 12, 28).isocalendar().week
    return [f"y_{year % 100:02d}{week:02d}" for week in range(1, last + 1)]


def tell_dream(world: World) -> RegisterYear:
    """Everybody with a benefit in some week of the year; empty = none."""
    persons, year = world.persons, world.year
    rng = world.scope.stream(f"dream {year}")
    columns = weeks_of(year)
    n_weeks = len(columns)
    socio = persons.socio
    lasting = np.isin(socio, list(_CODES)) & (persons.status == HERE)
    passing = (socio > 0) & (socio < 200) & (rng.random(persons.n) < 0.12)
    gone = (persons.status == 1) & (socio >= 0)
    rows = order_by_id(world, np.flatnonzero(lasting | passing | gone))
    status = socio[rows]
    # Main status means more than half of the year; who works is off work for some weeks.
    whole = np.isin(status, (321, 322)) | (rng.random(len(rows)) < 0.55)
    length = np.where(whole, n_weeks, rng.integers(n_weeks // 2 + 1, n_weeks + 1, len(rows)))
    length = np.where(passing[rows] & ~lasting[rows], rng.integers(1, 20, len(rows)), length)
    begin = (rng.random(len(rows)) * (n_weeks - length + 1)).astype(np.int64)
    code = np.full(len(rows), 890, np.int64)
    draw = rng.random(len(rows))
    for one, blocks in _CODES.items():
        mine = np.flatnonzero(status == one)
        block = np.array(blocks)[(draw[mine] * len(blocks)).astype(int)]
        code[mine] = block[:, 0] + (mine % block[:, 1])
    dead = gone[rows]
    died = (rng.random(len(rows)) * n_weeks).astype(np.int64)
    begin, length, code = (
        np.where(dead, new, old) for new, old in ((died, begin), (n_weeks, length), (999, code))
    )
    names = pl.Series([*map(str, range(1000))])
    text = names.gather(code)
    data: dict[str, pl.Series] = {"PNR": Ids(draw_ids(world.scope.seed, 0, persons.n)).text(rows)}
    for week, column in enumerate(columns):
        runs = (week >= begin) & (week < begin + length)
        data[column] = text.set(pl.Series(~runs), None).alias(column)
    return RegisterYear("dream", year, pl.DataFrame(data))


def _by_status(table: dict[int, int]) -> npt.NDArray[np.float64]:
    out = np.zeros(1000)
    out[list(table)] = list(table.values())
    return out


def _steady_rank(rows: Rows) -> npt.NDArray[np.float64]:
    """A standard normal value of each person's own, the same every year."""
    mixed = (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed = mixed * np.uint64(0xD6E8FEB86659FD93)
    parts = [
        ((mixed >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(float) / 65536 for shift in (0, 16, 32, 48)
    ]
    return (sum(parts) - 2) * np.sqrt(3)
