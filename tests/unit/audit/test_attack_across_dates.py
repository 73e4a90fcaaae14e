"""The attack across revisions, dates and borders: planted differences are found, their safe twins pass."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from assets.audit.across import attack_across
from assets.audit.limits import Limits
from assets.audit.report import AuditReport
from tests.support.published_tables import DAY, Area, Atom, World, child, invent_children

AT_RISK = child(1, 2, 3)
ROUNDED, EXACT = Limits(min_width=3), Limits(base=1, min_width=3)


def mixed(count: int, seed: int) -> list:
    return invent_children(count, np.random.default_rng(seed))


AREAS = [Area("101", "kommune", "leverance"), Area("a", "omraade", "101"), Area("b", "omraade", "101")]


def world(a: list, b: list, day: date = DAY) -> World:
    return World([Atom(101, ("a",), a), Atom(101, ("b",), b), Atom(101, (), mixed(900, 9))], AREAS, day=day)


def released(tables: Mapping[str, pl.DataFrame], revision: int, day: date = DAY) -> dict[str, pl.DataFrame]:
    dated = pl.DataFrame({"reference_date": [day], "register": ["bef"], "revision": [revision]})
    return {**tables, "release_date": dated}


def unchanged(*worlds: World) -> pl.DataFrame:
    """Counts of the last world that are as they were in each of the others: of another date, or revisions in
    this order."""
    *others, now = worlds
    counts, rows = now.exact(), []
    for revision, then in enumerate(others):
        since = {"since_date": then.day, "since_revision": 0 if then.day != now.day else revision}
        for area, own in then.exact().items():
            rows += [
                {"reference_date": now.day, **since, "area_id": area, "measure": item}
                for item, count in own.items()
                if counts[area][item] == count
            ]
    return pl.DataFrame(rows)


def across(now, before, populations: pl.DataFrame, limits: Limits, *worlds: World) -> AuditReport:
    report = AuditReport()
    attack_across(now, before, populations, unchanged(*worlds), limits, report, time.monotonic() + 60)
    report.merge_findings()
    return report


def rules(report: AuditReport) -> set[str]:
    return {finding.rule for finding in report.findings}


def of_revisions(*worlds: World) -> pl.DataFrame:
    return pl.concat(
        [w.populations().with_columns(revision=pl.lit(i, dtype=pl.Int32)) for i, w in enumerate(worlds)]
    )


FAMILY = [AT_RISK, child(1, 2, 3, age=2), child(1, 2, 3, age=3)]


def test_a_family_that_moves_between_two_nights_is_told_by_the_difference_of_exact_counts():
    before = world([*mixed(150, 1), *FAMILY], mixed(160, 2))
    after = world(mixed(150, 1), [*mixed(160, 2), *FAMILY])
    found = across(
        released(after.tables("exact"), 1),
        [released(before.tables("exact"), 0)],
        of_revisions(before, after),
        EXACT,
        before,
        after,
    )
    assert "revisions: counts that can be computed exactly" in rules(found)
    assert any("those who moved" in finding.file for finding in found.findings)


def test_the_same_family_is_not_told_by_rounded_counts():
    before = world([*mixed(150, 1), *FAMILY], mixed(160, 2))
    after = world(mixed(150, 1), [*mixed(160, 2), *FAMILY])
    report = across(
        released(after.tables(), 1),
        [released(before.tables(), 0)],
        of_revisions(before, after),
        ROUNDED,
        before,
        after,
    )
    assert rules(report) == set()
    assert report.not_exact == {}
    assert report.tried.cells > 20


def test_what_one_revision_hides_and_the_next_one_shows_is_told_by_both():
    one = world(mixed(150, 1), mixed(160, 2))

    def without(*hidden: str):
        return lambda area, item: area in hidden and (item in RISK or item.startswith(("n:", "f")))

    # The first shows the rest and hides a and b, the second shows a and hides the rest and b.
    first = one.tables("exact", hide=without("a", "b"))
    second = one.tables("exact", hide=without("b", "101:rest:omraade"))
    found = across(released(second, 1), [released(first, 0)], of_revisions(one, one), EXACT, one, one)
    assert "revisions: counts that can be computed exactly" in rules(found)
    same = across(released(first, 1), [released(first, 0)], of_revisions(one, one), EXACT, one, one)
    assert rules(same) == set() and same.tried.cells == 0


RISK = ("at_risk", "not_at_risk", "undetermined")


def test_rounding_the_same_counts_anew_for_every_revision_is_found():
    # 4 children in each of four areas: rounded once down and once up. What both leave: the first allows 0 to
    # 4, the second 1 to 9; and the sum of the second time is 20 where the parts can be 16 at most.
    areas = [Area("101", "kommune", "leverance"), *(Area(name, "omraade", "101") for name in "abcd")]
    four = World([Atom(101, (name,), [AT_RISK] * 4 + [child()] * 101) for name in "abcd"], areas)
    items = ("at_risk", "n:3+")
    down = {(name, item): 0 for name in "abcd" for item in items}
    low = {(name, item): 15 for name in ("101", "leverance") for item in items}
    up = {(name, item): 5 for name in "abcd" for item in items}
    high = {(name, item): 20 for name in ("101", "leverance") for item in items}
    first = four.tables("independent", instead=down | low)
    second = four.tables("independent", instead=up | high)
    found = across(released(second, 1), [released(first, 0)], of_revisions(four, four), ROUNDED, four, four)
    assert "revisions: counts that can be computed exactly" in rules(found)


def recounted(before: World, seed: int, places: Sequence[int] = (0, 1, 2)) -> World:
    """The same children by age, other factors in these atoms."""
    after = replace(before, atoms=[replace(atom) for atom in before.atoms])
    for i in places:
        own = after.atoms[i]
        others = mixed(len(own.children), seed + i)
        own.children = [(factors, age) for (factors, _), (_, age) in zip(others, own.children, strict=True)]
    return after


def test_numbers_that_changed_although_the_population_did_not_are_not_taken_for_equal():
    before = world(mixed(150, 1), mixed(160, 2))
    after = recounted(before, 5)
    report = across(
        released(after.tables("exact"), 1),
        [released(before.tables("exact"), 0)],
        of_revisions(before, after),
        EXACT,
        before,
        after,
    )
    assert rules(report) == set()
    assert report.not_exact == {}


def test_a_recounted_area_is_not_taken_for_equal_because_its_numbers_could_be():
    # Of 98 children 1 has f4, 96 have not, 1 is unknown; recounted 0, 95, 3. Published 5, 100, 0 and then
    # 0, 95, 5: one and the same table under both would have at least 1, 96 and 1, which is all 98. (Each by
    # itself is narrow enough; that is not the question here.)
    def counted(having: int, unknown: int) -> World:
        children = [child(4)] * having + [child(unknown=[4])] * unknown
        each = world([*children, *[child()] * (98 - len(children))], mixed(160, 2))
        return replace(each, factor_children=50)

    def published(each: World, *counts: int) -> Mapping[str, pl.DataFrame]:
        kinds = ("children_with", "children_without", "children_unknown")
        own = {("a", f"f4_ingen_uddannelse:{kind}"): n for kind, n in zip(kinds, counts, strict=True)}
        return each.tables(instead=own)

    before, after = counted(1, 1), counted(0, 3)
    first, second = released(published(before, 5, 100, 0), 0), released(published(after, 0, 95, 5), 1)
    report = across(second, [first], of_revisions(before, after), ROUNDED, before, after)
    exactly = "revisions: counts that can be computed exactly"
    assert exactly not in rules(report) and report.not_exact == {}
    # Had nothing changed, it would be told.
    first = released(published(before, 5, 100, 0), 0)
    second = released(published(before, 0, 95, 5), 1)
    found = across(second, [first], of_revisions(before, before), ROUNDED, before, before)
    assert exactly in rules(found)


def test_an_unchanged_area_rounded_anew_beside_a_recounted_one_is_found():
    # 4 at risk in each of four afdelinger, rounded down and then up, as above; another area is recounted, so
    # that nobody could take the municipality for unchanged.
    areas = [Area("101", "kommune", "leverance"), Area("o", "omraade", "101"), Area("e", "omraade", "101")]
    areas += [Area(name, "afdeling", "o") for name in "abcd"]
    atoms = [Atom(101, ("o", name), [AT_RISK] * 4 + [child()] * 101) for name in "abcd"]
    before = World([*atoms, Atom(101, ("e",), mixed(200, 3))], areas)
    after = recounted(before, 5, [4])
    items = ("at_risk", "n:3+")

    def published(each: World, value: int, four: int) -> Mapping[str, pl.DataFrame]:
        own = {(name, item): value for name in "abcd" for item in items}
        return each.tables("independent", instead=own | {("o", item): four for item in items})

    first, second, third = published(before, 0, 15), published(after, 5, 20), published(after, 0, 15)
    both = of_revisions(before, after)
    found = across(released(second, 1), [released(first, 0)], both, ROUNDED, before, after)
    assert rules(found) & {
        "revisions: counts that can be narrowed too far",
        "revisions: counts that can be computed exactly",
    }
    kept = across(released(third, 1), [released(first, 0)], both, ROUNDED, before, after)
    assert rules(kept) == set()


def test_a_revision_whose_population_is_not_given_is_named():
    one = world(mixed(150, 1), mixed(160, 2))
    other = one.tables(seed=5)
    report = across(released(other, 1), [released(one.tables(), 0)], one.populations(), ROUNDED, one, one)
    assert "earlier revisions attacked with today's population, theirs isn't given" in report.not_exact


def test_two_dates_with_an_unchanged_population_are_taken_together():
    # Shown on the first date; on the second, a and b hide each other.
    day = date(2025, 12, 31)
    first, second = world(mixed(150, 1), mixed(160, 2)), world(mixed(150, 1), mixed(160, 2), day)

    def hide(area: str, item: str) -> bool:
        return area in "ab" and (item in RISK or item.startswith(("n:", "f")))

    def both(old: World, how_hidden):
        tables = [old.tables("exact"), second.tables("exact", hide=how_hidden)]
        return {name: pl.concat([t[name] for t in tables]) for name in tables[0]}

    populations = pl.concat([first.populations(), second.populations()])
    found = across(both(first, hide), [], populations, EXACT, first, second)
    # What one of the dates shows is no finding; what neither shows would be.
    assert rules(found) == set()

    def hide_b(area: str, item: str) -> bool:
        return area == "b" and (item in RISK or item.startswith(("n:", "f")))

    # The first date shows the rest but neither a nor b, the second a but neither b nor the rest.
    half = [
        first.tables("exact", hide=hide),
        second.tables("exact", hide=lambda a, i: hide_b(a, i) or rest(a, i)),
    ]
    tables = {name: pl.concat([t[name] for t in half]) for name in half[0]}
    found = across(tables, [], populations, EXACT, first, second)
    assert "dates: counts that can be computed exactly" in rules(found)


def rest(area: str, item: str) -> bool:
    return area == "101:rest:omraade" and (item in RISK or item.startswith(("n:", "f")))


def moved_border(children: int) -> tuple[World, World]:
    """A stairwell of `children` that belonged to a and now belongs to b."""
    stairs = mixed(children, 7)
    atoms = [Atom(101, ("a",), mixed(150, 1)), Atom(101, ("b",), mixed(160, 2)), Atom(101, (), mixed(900, 9))]
    before = World([*atoms, Atom(101, ("a",), stairs)], AREAS)
    after = World([*atoms, Atom(101, ("b",), stairs)], AREAS)
    return before, after


def two_dates(children: int, publish="controlled", newcomers: int = 0, merged=()) -> AuditReport:
    """The stairwell moved between two dates; `newcomers` of each area's other children have come since."""
    before, after = moved_border(children)
    later = replace(after, day=NEXT, merged=dict.fromkeys(merged, "hidden"))
    tables = [before.tables(publish), later.tables(publish)]
    both = {name: pl.concat([t[name] for t in tables]) for name in tables[0]}
    first = before.populations().with_columns(
        earlier_date=pl.lit(None, dtype=pl.Date),
        earlier_area_ids=pl.col("area_ids"),
        newcomers=pl.lit(0, pl.Int64),
    )
    second = later.populations().with_columns(
        earlier_date=pl.lit(DAY),
        earlier_area_ids=before.populations()["area_ids"],
        newcomers=pl.Series([newcomers, newcomers, 0, 0]),
    )
    return across(
        both, [], pl.concat([first, second]), EXACT if publish == "exact" else ROUNDED, before, later
    )


NEXT = date(2025, 12, 31)
SLIVERS = "dates: slivers below the size that adding and subtracting rows gives"


@pytest.mark.parametrize(
    ("children", "newcomers", "is_found"),
    [(8, 0, True), (60, 0, False), (8, 41, True), (8, 42, False)],
)
def test_a_border_that_moves_one_stairwell_tells_its_children_unless_enough_others_came(
    children, newcomers, is_found
):
    report = two_dates(children, newcomers=newcomers)
    assert (SLIVERS in rules(report)) is is_found
    assert report.not_exact == {}


def test_a_stairwell_is_not_told_if_both_its_areas_are_in_the_rest_when_it_moves():
    assert SLIVERS in rules(two_dates(8, merged=["b"]))
    assert SLIVERS not in rules(two_dates(8, merged=["a", "b"]))


def test_exact_counts_of_two_dates_give_the_stairwell_that_moved_if_nothing_else_did():
    found = two_dates(8, "exact")
    assert any("(moved borders)" in finding.file for finding in found.findings)
    assert not any("(moved borders)" in finding.file for finding in two_dates(8).findings)


def test_borders_that_cannot_be_judged_are_named():
    days = (DAY, date(DAY.year + 1, 12, 31))
    worlds = [world(mixed(150, 1), mixed(160, 2), day=day) for day in days]
    first, second = (each.tables() for each in worlds)
    both = {name: pl.concat([first[name], second[name]]) for name in first}
    dates = pl.concat([released({}, 0, day)["release_date"] for day in days])
    populations = pl.concat([each.populations() for each in worlds])
    report = across({**both, "release_date": dates}, [], populations, ROUNDED, *worlds)
    assert report.not_exact == {"sizes of what moved borders added or took: earlier areas aren't given": 1}
