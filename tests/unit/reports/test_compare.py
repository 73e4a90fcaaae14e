"""When a factor is said to be more widespread here than there: only beyond siblings, chance and rounding."""

from __future__ import annotations

import pytest

from reports.compare import Factor, compare
from reports.model import build_report_set


def factor(with_it: int | None, without_it: int | None, status: str = "shown") -> Factor:
    share = None if with_it is None or without_it is None else 100.0 * with_it / (with_it + without_it)
    return Factor("f4_ingen_uddannelse", with_it, without_it, 0, share, status)


# 60 of 150 (40 %) against 300 of 1,000 (30 %): 10 points apart. The variance of the difference is
# 0.4 * 0.6 / 150 + 0.3 * 0.7 / 1000 = 0.00181, its 95 % limit 1.96 * 4.25 = 8.34 points, and whole per cents
# add half a point on either side: 9.34.
HERE, THERE = (60, 90), (300, 700)


def test_a_difference_beyond_its_limit_is_one_in_either_direction() -> None:
    assert compare(factor(*HERE), factor(*THERE), 1.0).verdict == "above"
    assert compare(factor(*THERE), factor(*HERE), 1.0).verdict == "below"
    # 58 of 150 is 8.67 points above: less than the limit.
    assert compare(factor(58, 92), factor(*THERE), 1.0).verdict == "same"


def test_siblings_widen_the_limit() -> None:
    # Design effect 2: 1.96 * 6.02 + 1 = 12.79 points.
    assert compare(factor(*HERE), factor(*THERE), 2.0).verdict == "same"
    # Below 1 it is chance, and doesn't make the limit narrower: 8.67 points stay within 9.34.
    assert compare(factor(58, 92), factor(*THERE), 0.5).verdict == "same"


def test_what_rounding_may_have_moved_is_no_difference() -> None:
    # 4 of 150 and 4 of 1,000 children: 2.67 + 0.40 points more, 12.40 in all.
    assert compare(factor(*HERE, "rounded"), factor(*THERE, "rounded"), 1.0).verdict == "same"


@pytest.mark.parametrize(("own", "other"), [((None, None), THERE), (HERE, (None, None)), ((0, 0), THERE)])
def test_what_is_hidden_or_empty_is_not_compared(own, other) -> None:
    own_factor = Factor("f2_doemt", *own, 0, None, "hidden") if None in own or not any(own) else factor(*own)
    found = compare(own_factor, factor(*other), 1.0)
    assert (found.difference, found.verdict) == (None, None)


def test_an_area_is_held_against_the_rest_of_its_kommune_and_not_against_a_whole_it_is_part_of(area) -> None:
    (report,) = build_report_set(area()).areas
    assert report.against is not None and report.against.area_id == "901:rest:helhedsplan"
    # 41.0 here, 26.4 in the rest (27.3 in all of the kommune).
    assert report.compared[0].difference == pytest.approx(14.6)
