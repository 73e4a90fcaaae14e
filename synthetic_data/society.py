"""The state of the invented country on one day: persons, who they live with, and what they are.

Belongs here: the columns of a person, reading families out of them, drawing ids.
Does not belong here: what changes the state (`lifecourse.py`, `moving.py`, `traits.py`), dwellings.

A family is known by its head: `head[i]` is i when i heads one; a couple has one head (the woman) and its
children at home share it. A family's dwelling is its head's `home`. Children in care live in their foster
family's dwelling and are a family of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic_data.scope import years_before

Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

NOBODY = -1
NEVER = 10**6  # a day that does not come
LONG_AGO = -(10**6)
MAN, WOMAN = 1, 2
# Status. DIED: this year, so still in the snapshot; ABSENT: named as somebody's mother, never in BEF.
HERE, DIED, DEAD, ABROAD, ABSENT = range(5)
UNMARRIED, MARRIED, DIVORCED, WIDOWED = range(4)
BOTH, MOTHER_NEW, MOTHER, FATHER_NEW, FATHER, AWAY = range(1, 7)  # FM_MARK
DANISH, IMMIGRANT, DESCENDANT = 1, 2, 3
# Twelve digits without leading zeros, so never a padded CPR number. Edge children have ids from LAST_ID on.
FIRST_ID, LAST_ID = 10**11, 9 * 10**11


@dataclass
class Persons:
    """One row per person who ever was; columns grow in place by `add`."""

    birth: Ints  # day number
    sex: Bytes
    mother: Ints
    father: Ints  # NOBODY: not registered
    mother_blank: Bools  # MOR_ID not filled in
    unmarked: Bools  # FM_MARK not filled in
    origin: Bytes  # IE_TYPE
    country: Shorts  # OPR_LAND
    arrived: Ints  # day of the last immigration
    status: Bytes
    head: Ints
    partner: Ints
    civil: Bytes
    foster: Ints  # head of the foster family, of children in care
    home: Ints  # dwelling, of heads; NOBODY: needs one
    lives: Ints  # dwelling at the last status day
    since: Ints  # moved in there on
    vulnerability: Reals  # common part of the five dispositions
    break_up: Reals  # own part of each disposition, standard normal like the common part
    crime: Reals
    benefit: Reals
    schooling: Reals
    wanted: Bytes  # children
    born: Bytes
    next_birth: Ints
    code: Shorts  # final education, row of `education.CODES`
    school: Shorts  # the code until then
    finished: Shorts  # year of the final education; 0 before the 15th birthday
    untold: Bytes  # education not known: 1 by a code, 2 by no row
    usual: Shorts  # SOCIO13 when working
    socio: Shorts  # SOCIO13 of the year, 0 = no row
    socio_before: Shorts  # ... of the year before
    convicted: Ints  # day of the last decision of f2's kind
    convicted_before: Ints  # ... as it stood a year before
    streak: Bytes  # year-end snapshots in a row, this one included
    streak_before: Bytes
    seen: Bools  # was ever in a snapshot
    prevented: Bools  # ever had a preventive measure
    placed: Bools  # was ever in care

    def __post_init__(self) -> None:
        self._buffers = {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def none(cls) -> Persons:
        return cls(**{f.name: empty_column(str(f.type)) for f in fields(cls)})

    @property
    def n(self) -> int:
        return len(self.birth)

    def add(self, n: int, **columns: npt.ArrayLike) -> Rows:
        """`n` more persons, everything not said as `_DEFAULTS` has it; their rows."""
        first = self.n
        for name, buffer in self._buffers.items():
            if first + n > len(buffer):
                buffer = np.concatenate([buffer[:first], np.empty(n + first // 6, buffer.dtype)])
                self._buffers[name] = buffer
            buffer[first : first + n] = columns.pop(name, _DEFAULTS.get(name, 0))
            setattr(self, name, buffer[: first + n])
        assert not columns, columns.keys()
        rows = np.arange(first, first + n)
        self.head[rows] = rows
        return rows


def empty_column(kind: str) -> Any:
    kinds = {"Ints": np.int32, "Shorts": np.int16, "Bytes": np.int8, "Bools": np.bool_, "Reals": np.float32}
    return np.empty(0, kinds[kind])


_DEFAULTS: dict[str, int] = {
    "mother": NOBODY, "father": NOBODY, "origin": DANISH, "country": 5100, "arrived": LONG_AGO,
    "partner": NOBODY, "foster": NOBODY, "home": NOBODY, "lives": NOBODY, "next_birth": NEVER,
    "convicted": LONG_AGO, "convicted_before": LONG_AGO,
}  # fmt: skip


def find_minors(persons: Persons, day: int) -> Rows:
    """Alive, resident, under 18 on `day`."""
    return np.flatnonzero((persons.birth > years_before(day, 18)) & (persons.status == HERE))


def find_heads(persons: Persons) -> Rows:
    """Heads of families with a dwelling of their own: not the children in care."""
    own = persons.head == np.arange(persons.n, dtype=np.int32)
    return np.flatnonzero(own & (persons.status == HERE) & (persons.foster == NOBODY))


def tell_homes(persons: Persons) -> Ints:
    """Each person's dwelling; of who isn't here, the last one."""
    foster = persons.foster
    head = np.where(foster == NOBODY, persons.head, persons.head[np.maximum(foster, 0)])
    return persons.home[head]


def tell_marks(persons: Persons, children: Rows) -> Bytes:
    """FM_MARK of children as it is, whether the register fills it in or not."""
    head, mother, father = persons.head[children], persons.mother[children], persons.father[children]
    with_mother = (mother != NOBODY) & (persons.head[mother] == head) & (persons.status[mother] == HERE)
    with_father = (father != NOBODY) & (persons.head[father] == head) & (persons.status[father] == HERE)
    couple = persons.partner[head] != NOBODY
    mark = np.select(
        [persons.foster[children] != NOBODY, with_mother & with_father, with_mother, with_father],
        [AWAY, BOTH, np.where(couple, MOTHER_NEW, MOTHER), np.where(couple, FATHER_NEW, FATHER)],
        AWAY,
    )
    return mark.astype(np.int8)


def draw_ids(seed: int, kind: int, n: int) -> npt.NDArray[np.int64]:
    """Pseudonyms 0 ... n - 1 of a kind (0 persons, 1 dwellings, 2 families): the i-th is the same whatever n.

    Multiplying by a number prime to the span visits every number below it once, in an order without pattern
    to a reader; the seed chooses where it starts.
    """
    span = LAST_ID - FIRST_ID
    step = 377_618_033_989  # prime, near the golden section of the span
    start = np.random.default_rng([seed, 97]).integers(0, span)
    rows = 3 * np.arange(n, dtype=object) + kind if n * 3 * step > 2**64 else None
    if rows is None:
        number = (3 * np.arange(n, dtype=np.uint64) + np.uint64(kind)) * np.uint64(step)
        return FIRST_ID + ((number + np.uint64(start)) % np.uint64(span)).astype(np.int64)
    raise OverflowError("too many ids")
