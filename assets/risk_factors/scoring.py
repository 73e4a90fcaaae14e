"""Score the children of one reference date under one or more definitions.

Belongs here: the order of the work, each distinct rule computed once, the keys that replace register ids.
Does not belong here: the rules themselves (`f1_…` to `f5_…`), writing the rows (`assets/scored.py`), counting
them.

Nothing here leaves the private side: the rows are per child. They carry keys drawn anew in every run, not
stored and not derivable, in an order drawn with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from assets.risk_factors.areas import areas_of_dwellings
from assets.risk_factors.borders import NOWHERE, earlier_areas
from assets.risk_factors.catalogue import FACTORS, Factor
from assets.risk_factors.definitions import Definition
from assets.risk_factors.inputs import Registers, VintageUsed
from assets.risk_factors.parameters import FactorParameters
from assets.risk_factors.people import People, find_people
from assets.risk_factors.saerlig_risiko import count_and_judge
from schemas.errors import InputRefused, Problem
from schemas.registers import CONTRACTS

Keys = Callable[[pl.Series], pl.Series]
"""Distinct ids -> distinct Int64 keys, in the same order."""


def draw_keys(ids: pl.Series) -> pl.Series:
    """A random permutation of 0, 1, … from the operating system's entropy."""
    import numpy as np

    return pl.Series(np.random.default_rng().permutation(len(ids)), dtype=pl.Int64)


def score_children(
    registers: Registers,
    definitions: Mapping[str, Definition],
    reference_date: date,
    *,
    keys: Keys = draw_keys,
) -> pl.LazyFrame:
    """One row per child and definition: reference_date, definition, definition_hash, child_key, mother_key
    (null = none given), kom, area_ids, earlier_date, earlier_area_ids, is_new (`borders.py`), age_band,
    f1..f5 (true/false/null), n_yes, n_known, state.

    Refuses a missing or outdated register, naming every one of them. Tests pass `keys` to keep ids.
    """
    check_inputs(registers, definitions, reference_date)
    people = find_people(registers, reference_date)
    rules = {
        _identity(f, d.parameters(f.key)): (f, d.parameters(f.key))
        for d in definitions.values()
        for f in FACTORS
    }
    columns = {identity: f"rule_{number}" for number, identity in enumerate(rules)}
    answers = _answer(people, {columns[identity]: rule for identity, rule in rules.items()}, keys)
    areas = areas_of_dwellings(registers, reference_date)
    earlier = earlier_areas(registers, people.children.select("child_id", "adresse_id"), reference_date)
    scored = answers.join(areas.lazy(), on="adresse_id", how="left")
    scored = scored.join(earlier.lazy(), on="child_id", how="left", maintain_order="left")
    scored = scored.collect(engine="streaming").lazy()
    return pl.concat(
        scored.select(
            pl.lit(reference_date).alias("reference_date"),
            pl.lit(definition.name).alias("definition"),
            pl.lit(definition.hash).alias("definition_hash"),
            "child_key",
            "mother_key",
            "kom",
            pl.col("area_ids").fill_null(NOWHERE),
            "earlier_date",
            "earlier_area_ids",
            "is_new",
            "age_band",
            *(pl.col(columns[_identity(f, definition.parameters(f.key))]).alias(f.key) for f in FACTORS),
        ).with_columns(count_and_judge([f.key for f in FACTORS], definition.threshold))
        for definition in definitions.values()
    )


def check_inputs(registers: Registers, definitions: Mapping[str, Definition], reference_date: date) -> None:
    """Raises InputRefused with every register that the definitions need and can't have."""
    problems: list[Problem] = []
    for definition in definitions.values():
        for factor in FACTORS:
            try:
                factor.rule.vintages_used(registers, definition.parameters(factor.key), reference_date)
            except InputRefused as refused:
                problems.extend(p for p in refused.problems if p not in problems)
    if problems:
        raise InputRefused(problems)


def find_countable(
    registers: Registers, definitions: Mapping[str, Definition], reference_date: date, *, released: str
) -> dict[str, Definition]:
    """The definitions without those that need an optional register (DREAM) for the date and can't have it.

    The released one always stays, and so does what lacks a required register: `check_inputs` refuses them.
    """

    def lacks_optional(definition: Definition) -> bool:
        try:
            check_inputs(registers, {definition.name: definition}, reference_date)
        except InputRefused as refused:
            return any(not CONTRACTS[problem.register].required for problem in refused.problems)
        return False

    return {
        name: definition
        for name, definition in definitions.items()
        if name == released or not lacks_optional(definition)
    }


def vintages_used(registers: Registers, definition: Definition, reference_date: date) -> list[VintageUsed]:
    """The vintage of each register behind the scores of the date, by register; KRAF with its window."""
    check_inputs(registers, {definition.name: definition}, reference_date)
    used = {
        vintage.register: vintage
        for factor in FACTORS
        for vintage in factor.rule.vintages_used(registers, definition.parameters(factor.key), reference_date)
    }
    return [used[register] for register in sorted(used)]


def vintages_read(
    registers: Registers, definitions: Mapping[str, Definition], reference_date: date
) -> dict[str, list[date]]:
    """Everything the scores of the date depend on, by register: when one of these changes, the date is scored
    anew.

    BEF: every vintage up to the date (is a mother known, was she here?). KRAF: the years of the widest
    window.
    """
    read = {"bef": {v for v in registers.vintages("bef") if v <= reference_date}}
    for definition in definitions.values():
        for used in vintages_used(registers, definition, reference_date):
            found = read.setdefault(used.register, set())
            if used.window_from and used.window_to:
                found |= {
                    v for v in registers.vintages(used.register) if used.window_from < v and v <= used.vintage
                }
            else:
                found.add(used.vintage)
    return {register: sorted(found) for register, found in sorted(read.items())}


def answer_rule(people: People, factor: Factor, parameters: FactorParameters, name: str) -> pl.LazyFrame:
    """child_id or mother_id, and the rule's answer (true/false/null) as column `name`."""
    facts = factor.rule.prepare_facts(people, parameters)
    rule = factor.rule.has_risk_factor(parameters, people.reference_date).alias(name)
    key = facts.collect_schema().names()[0]
    return nw.from_native(facts).select(nw.col(key), rule).to_native()


def _answer(people: People, rules: Mapping[str, tuple[Factor, FactorParameters]], keys: Keys) -> pl.LazyFrame:
    """The children with keys for ids and one column per rule.

    Mothers' answers are joined to the mothers first, then once to the children.
    """
    children = people.children.select("child_id", "mother_id", "kom", "adresse_id", "age_band")
    mothers = people.mothers.select("mother_id")
    mothers = mothers.with_columns(mother_key=keys(mothers["mother_id"])).lazy()
    for name, (factor, parameters) in rules.items():
        answer = answer_rule(people, factor, parameters, name)
        if "child_id" in answer.collect_schema():
            # Facts about children are rows of `people.children`, in its order.
            children = children.with_columns(answer.select(name).collect().to_series())
        else:
            mothers = mothers.join(answer, on="mother_id", how="left")
    children = children.with_columns(child_key=keys(children["child_id"])).sort("child_key").lazy()
    return children.join(mothers, on="mother_id", how="left")


def _identity(factor: Factor, parameters: FactorParameters) -> tuple[str, FactorParameters]:
    """Two definitions share a rule's answers when its parameters are equal."""
    return factor.key, parameters
