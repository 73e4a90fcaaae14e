"""Whatever the areas and their overlaps: what is shown, and what follows from it about a set of children, is
big.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.disclosure.dates import ITEMS, Day, Unit
from assets.disclosure.merging import make_plan
from assets.disclosure.policy import load_policy

DAY = date(2024, 12, 31)
AREAS = ("o1", "o2", "o3", "o4")


@st.composite
def places(draw) -> list[tuple[frozenset[str], list[int]]]:
    """Atoms: the areas they lie in (none: outside all) and the mother of each child."""
    found = []
    for areas in draw(st.sets(st.frozensets(st.sampled_from(AREAS), max_size=2), min_size=1, max_size=7)):
        children = draw(st.sampled_from([0, 1, 7, 29, 49, 50, 51, 80, 140]))
        first, per_mother = draw(st.sampled_from([0, 0, 200, 400])), draw(st.integers(1, 3))
        found.append((areas, [first + i // per_mother for i in range(children)]))
    return found


@settings(max_examples=400, deadline=None)
@given(places())
def test_shown_areas_rests_and_overlaps_are_empty_or_big(atoms):
    def mothers(of: frozenset[int]) -> int:
        return len({mother for i in of for mother in atoms[i][1]})

    def children(of: frozenset[int]) -> int:
        return sum(len(atoms[i][1]) for i in of)

    everything = frozenset(range(len(atoms)))
    inside = {area: frozenset(i for i in everything if area in atoms[i][0]) for area in AREAS}
    outside = everything.difference(*inside.values())
    units = [Unit("leverance", "901", None, None, mothers(everything), everything)]
    units += [Unit("omraade", area, "901", None, mothers(of), of) for area, of in inside.items()]
    units += [Unit("rest", "rest", "901", "omraade", mothers(outside), outside)]
    counts = np.zeros((len(atoms), len(ITEMS)), dtype=np.int64)
    counts[:, 0] = [len(each) for _, each in atoms]
    day = Day(DAY, {unit.area_id: unit for unit in units}, counts, {}, frozenset(), {})
    decided = make_plan(day, load_policy()).rows

    def is_big(of: frozenset[int]) -> bool:
        return children(of) >= 50 and mothers(of) >= 30

    shown = {area: decided[area].atoms for area in AREAS if decided[area].fate == "shown"}
    for of in shown.values():
        assert is_big(of)
    if not is_big(everything):
        assert {decision.fate for decision in decided.values()} == {"too_small"}
        return
    rest = everything.difference(*shown.values())
    # The parent less the shown areas is known to all who have a map, whether the rest's row is shown or not.
    assert not children(rest) or is_big(rest)
    if decided["rest"].fate == "shown":
        assert decided["rest"].atoms == rest
        assert decided["rest"].mothers in (None, mothers(rest))
    if decided["rest"].fate == "shown" or not children(rest):
        for a, b in combinations(shown.values(), 2):
            if children(a & b):
                for piece in (a & b, a - b, b - a):
                    assert not children(piece) or is_big(piece)
