"""The invented country, year by year: what happens first, what follows, and which registers say so.

Belongs here: the order of events and of register years.
Does not belong here: the events themselves, register columns (`registers.py`), files (`deliveries.py`).

One year is in memory at a time. Whoever wants frames iterates `tell`; a frame is dropped when the next is
asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from synthetic_data import registers as frames
from synthetic_data import targets
from synthetic_data.areas import Areas, build_areas, share_in_areas
from synthetic_data.begin import YEAR, begin
from synthetic_data.incomes import tell_dream, tell_faik, tell_ind
from synthetic_data.lifecourse import Span, live
from synthetic_data.measures import Cases, begin_measures, chance, take_measures
from synthetic_data.moving import Dwellings, move
from synthetic_data.registers import RegisterYear
from synthetic_data.scope import WINDOW_YEARS, Scope, day_number, year_end, years_before
from synthetic_data.society import (
    DEAD,
    DIED,
    HERE,
    NOBODY,
    Persons,
    Rows,
    find_minors,
    tell_homes,
)
from synthetic_data.statutory import AreaYear, list_classes, observe
from synthetic_data.traits import (
    Decisions,
    begin_record,
    decide,
    draw_education,
    stays_uneducated,
    work,
    year_of,
)
from synthetic_data.truth import plant_factors, tell_exposure, tell_truth

GROWTH = 0.003  # of the population, a year


class World:
    """A country that is brought forward year by year while its registers are read."""

    scope: Scope
    areas: Areas
    persons: Persons
    dwellings: Dwellings
    decisions: Decisions

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.areas = build_areas(scope)
        self.share_in_areas = share_in_areas(scope.persons)
        self.rng = scope.stream("course")
        self.year = scope.bef_years[0]
        self.area_years: dict[int, AreaYear] = {}
        self._begin()

    def _residents(self, year: float) -> int:
        return round(self.scope.persons * (1 - GROWTH) ** (self.scope.last - year))

    def _begin(self) -> None:
        day = day_number(year_end(self.year))
        self.persons = begin(self.rng, day, self._residents(self.year), self.share_in_areas)
        self.dwellings = Dwellings.none()
        persons = self.persons
        adults = np.flatnonzero(persons.birth <= years_before(day, 15))
        draw_education(self.rng, persons, adults, stays_uneducated(persons, adults))
        minors = find_minors(persons, day)
        outside = np.zeros(persons.n, bool)
        work(self.rng, persons, self.year, outside, minors, True)
        begin_record(self.rng, persons, self.year, minors, WINDOW_YEARS)
        self.cases = Cases.none()
        exposure = tell_exposure(persons, minors, self.year)
        rents = self.rng.random(len(minors)) < targets.NATIONAL[4]
        begin_measures(self.rng, persons, self.cases, day, minors, np.column_stack([exposure[:, :4], rents]))
        persons.seen[:] = persons.status == HERE
        stay = np.clip((day - persons.arrived) // 365, 1, WINDOW_YEARS + 1)
        persons.streak[:] = np.where(persons.seen, stay, 0)
        self._move(Span(day - 365, day))
        age = np.maximum(day - persons.birth, 0)
        since = (
            day - np.minimum(self.rng.exponential(7 * YEAR, persons.n), 40 * YEAR).astype(int)[persons.head]
        )
        arrived = np.where(persons.arrived > day - 60 * YEAR, persons.arrived, -(10**6))
        persons.since[:] = np.maximum(np.maximum(since, day - age), arrived)
        inside = self.lives_in_area()
        work(self.rng, persons, self.year, inside, minors, False)
        persons.socio_before[:] = persons.socio
        self.decisions = decide(self.rng, persons, self.year, inside, minors, WINDOW_YEARS, False)
        self._expose(minors)

    def _expose(self, minors: Rows) -> None:
        """Who may have a measure next year, and how likely, by the factors at this year-end."""
        minors = minors[self.persons.foster[minors] == NOBODY]
        factors = plant_factors(self.persons, self.dwellings, self.year, minors, late=False)
        self.exposed = (minors, chance(factors))

    def lives_in_area(self) -> np.ndarray:
        home = tell_homes(self.persons)
        return (home >= 0) & (self.dwellings.afdeling[np.maximum(home, 0)] >= 0)

    def _move(self, span: Span) -> None:
        minors = find_minors(self.persons, span.end)
        exposure = tell_exposure(self.persons, minors, self.year)
        move(self.rng, self.persons, self.dwellings, self.areas, span, minors, exposure, self.share_in_areas)

    def _bring_to(self, start: int, end: int) -> None:
        """Live from one status day to the next of the same year."""
        span = Span(start, end)
        persons = self.persons
        residents = self._residents(self.year - 1 + (end - day_number(year_end(self.year - 1))) / YEAR)
        minors = round(targets.share_of_minors(self.share_in_areas) * residents)
        live(self.rng, persons, span, residents, minors)
        take_measures(self.rng, persons, self.cases, span, *self.exposed)
        adults = np.flatnonzero((persons.finished == 0) & (persons.birth <= years_before(end, 15)))
        draw_education(self.rng, persons, adults, stays_uneducated(persons, adults))
        self._move(span)
        persons.seen |= persons.status <= DIED

    def next_year(self, days: list[int]) -> Iterator[int]:
        """Live through a year, stopping at each of `days` (ascending, the last is 31 December)."""
        self.year += 1
        persons = self.persons
        persons.status[persons.status == DIED] = DEAD
        start = day_number(year_end(self.year - 1))
        for day in days:
            self._bring_to(start, day)
            start = day
            if day != days[-1]:
                yield day
        present = persons.status <= DIED
        persons.streak_before[:] = persons.streak
        persons.streak[:] = np.where(present, np.minimum(persons.streak + 1, 100), 0)
        minors = find_minors(persons, start)
        inside = self.lives_in_area()
        work(self.rng, persons, self.year, inside, minors, False)
        self.decisions = decide(self.rng, persons, self.year, inside, minors, WINDOW_YEARS, False)
        self._expose(minors)
        yield start

    def tell(self, keep_truth: Callable[[int, pl.DataFrame], None] | None = None) -> Iterator[RegisterYear]:
        """Every register year and list, one at a time; the truth of each reference year as it comes."""
        scope = self.scope
        yield from self._tell_year(day_number(year_end(self.year)), keep_truth)
        for year in scope.bef_years[1:]:
            for day in self.next_year([day_number(d) for d in scope.status_days(year)]):
                yield from self._tell_year(day, keep_truth)
        yield from frames.tell_lists(self)
        if scope.has_everything:
            classes = list_classes(self.area_years, scope.reference_years)
            if classes.height:
                yield RegisterYear("omraade_klasser", None, classes)

    def _tell_year(
        self, day: int, keep_truth: Callable[[int, pl.DataFrame], None] | None
    ) -> Iterator[RegisterYear]:
        scope, year = self.scope, self.year
        if day != day_number(year_end(year)):
            yield frames.tell_bef(self, day)
            return
        if keep_truth and year in scope.reference_years:
            late = year == scope.last
            keep_truth(
                year, tell_truth(self.persons, self.dwellings, self.areas, scope.seed, year, late=late)
            )
        yield frames.tell_bef(self, day)
        if year in scope.years_of("udda"):
            yield frames.tell_udda(self)
        if year in scope.years_of("uddf"):
            yield frames.tell_uddf(self)
        if year in scope.years_of("akm"):
            yield frames.tell_akm(self)
        if year in scope.years_of("kraf"):
            yield frames.tell_kraf(self)
        if year + 1 in scope.years_of("bol"):
            yield frames.tell_bol(self, year + 1)
        if year in scope.years_of("dream"):
            yield tell_dream(self)
        income = tell_ind(self) if year in scope.years_of("ind") else None
        if income:
            yield income
            if year in scope.years_of("faik"):
                yield tell_faik(self, income.frame)
        if scope.has_everything:
            self.area_years[year] = observe(self, income.frame if income else None)
        if year in scope.years_of("bua"):
            yield from frames.tell_cases(self)

    def tell_measures(self) -> pl.DataFrame:
        """Of each child who turned 15 this year: had it ever a preventive measure, was it ever placed?"""
        persons = self.persons
        rows = np.flatnonzero((year_of(persons.birth) == self.year - 15) & (persons.status == HERE))
        return pl.DataFrame({"prevented": persons.prevented[rows], "placed": persons.placed[rows]})

    def tell_mothers(self) -> pl.DataFrame:
        """Of each child's mother, if there is one: is she dead? BEF begins too late to say."""
        persons = self.persons
        mother = persons.mother[find_minors(persons, day_number(year_end(self.year)))]
        gone = np.isin(persons.status[mother[mother != NOBODY]], (DIED, DEAD))
        return pl.DataFrame({"is_dead": gone})
