"""Wilson's score interval against published numbers."""

from __future__ import annotations

import pytest

from assets.statistics.benchmarks import load_benchmarks
from assets.statistics.intervals import wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # R. G. Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_it_gives_the_numbers_newcombe_published(successes, n, low, high):
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=0.00005)


def test_a_design_effect_of_two_is_half_the_sample():
    assert wilson_interval(162, 526, design_effect=2.0) == pytest.approx((0.2553, 0.3662), abs=0.00005)


def test_a_design_effect_below_one_does_not_narrow_it():
    assert wilson_interval(15, 148, design_effect=0.5) == wilson_interval(15, 148)


def test_it_stays_within_zero_and_one():
    assert wilson_interval(0, 1)[0] == 0.0
    assert wilson_interval(1, 1)[1] == 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_no_proportion_is_refused(successes, n):
    with pytest.raises(ValueError, match="proportion"):
        wilson_interval(successes, n)


def test_the_benchmarks_are_37_35_and_5_each_with_its_reservation():
    benchmarks = load_benchmarks()
    assert benchmarks["share_pct"].to_list() == [37.0, 35.0, 5.0]
    assert all(note.startswith("Ikke nødvendigvis samme opgørelse") for note in benchmarks["note"])
