"""The search for counts that may be published of one date: plan, protect, attack, and again until nothing is
found.

Belongs here: the blocks (the delivery with its municipalities first, then each municipality), what follows
when a block has no solution or a count could be computed too closely. Does not belong here: the methods
themselves (`rounding.py`, `suppression.py`), the tables.

Nothing is ever protected by something weaker: what can't be solved or shown to be safe is hidden, the finest
level first. Each turn hides more or uses up one of a block's few seeds, so the search ends.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assets.disclosure import bounds, rounding, suppression
from assets.disclosure.dates import CHILDREN, FACTOR_PARTS, FAMILIES, ITEM_NUMBER, ITEMS, Day
from assets.disclosure.merging import Overruled, Plan, make_plan
from assets.disclosure.policy import Policy
from assets.disclosure.relations import Cell, Relations, Row, relate
from assets.disclosure.tables import Protection, family_of
from schemas.errors import DisclosureRefused
from schemas.release import FACTORS

SEEDS = 3
"""Solutions tried of a block before rows are hidden instead."""
COMPANIONS = 4
"""Municipalities that move along when the counts of one are attacked to the end."""
TOP = "leverance"
MERGED = "merged:"
"""A rest as published, beside the natural rest it is merged from."""
EARLIER = "earlier:"
"""A row inside its border of the date before."""
FINEST_FIRST = (("afdeling",), ("afdeling", "omraade"), ("afdeling", "omraade", "helhedsplan"))

Published = dict[Cell, int | None]


@dataclass
class Found:
    """A date that may be published, and how it was found."""

    protection: Protection
    relations: list[Relations]
    blocks: list[dict[str, Any]]
    freed: list[Cell]
    narrowest: int | None


@dataclass
class _Block:
    relations: Relations
    counts: Published
    state: str
    seconds: float
    freed: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class _Model:
    """`low .. high`: what is known of each cell. `must_be_wide`: counts the attacker must not come close
    to."""

    relations: Relations
    exact: np.ndarray
    low: np.ndarray
    high: np.ndarray
    must_be_wide: np.ndarray


@dataclass
class Search:
    day: Day
    policy: Policy
    seed: bytes
    held: Mapping[tuple[Cell, int], int]
    """Counts published before, by cell and exact count."""
    f5_is_rented: bool = True
    overruled: Overruled = field(default_factory=Overruled)

    def __post_init__(self) -> None:
        self.children: list[int] = self.day.children.tolist()
        self.kommuner = [unit.area_id for unit in self.day.below[self.day.root]["kommune"]]
        self.attempts: dict[str, int] = defaultdict(int)
        self.coupled: set[str] = set()
        self.lowered: set[str] = set()
        self.given_up: dict[str, int] = defaultdict(int)
        self.solved: dict[Any, _Block] = {}
        self.attacked: dict[Any, dict[Cell, int]] = {}
        self.suppressed: set[Cell] = set()
        self.merged: dict[str, frozenset[int]] = {}
        self.rounds = self.policy.method == "controlled-rounding"

    def run(self) -> Found:
        while True:
            plan = make_plan(self.day, self.policy, self.overruled, f5_is_rented=self.f5_is_rented)
            blocks = self.protect(plan)
            if unsolved := [name for name, block in blocks.items() if block.state != "optimal"]:
                for name in unsolved:
                    self.hide_block(name)
                continue
            counts: Published = {}
            for block in blocks.values():
                counts |= {
                    cell: None if cell in self.suppressed else n
                    for cell, n in block.counts.items()
                    if not block.relations.rows[cell[0]].is_piece
                }
            if self.overrule_groups(plan, counts):
                continue
            close, narrowest = self.attack(plan, counts, to_the_end=self.rounds)
            if close and not self.rounds:
                if self.suppress_company([cell for cells in close.values() for cell in cells], plan, counts):
                    continue
                close, narrowest = self.attack(plan, counts)
            if close:
                for name, cells in close.items():
                    self.look_again(name, cells, plan)
                continue
            return Found(
                Protection(self.day, plan, counts),
                [block.relations for block in blocks.values()],
                [
                    {
                        "block": name,
                        "state": block.state,
                        "rows": sum(not row.is_piece for row in block.relations.rows.values()),
                        "counts": len(block.relations.cells),
                        "relations": len(block.relations.relations),
                        "solutions": 1 + self.attempts[name],
                        "seconds": round(block.seconds, 3),
                    }
                    for name, block in blocks.items()
                ],
                [cell for block in blocks.values() for cell in block.freed],
                narrowest,
            )

    # --- one solution -------------------------------------------------------------------------------------

    def protect(self, plan: Plan) -> dict[str, _Block]:
        """Counts of all shown rows by block, top-down. A municipality that has no solution below its rounded
        counts, or none that keeps what is published, is solved together with the delivery; if that fails too,
        or time runs out, its block says so."""
        while True:
            top = [
                self.day.root,
                *self.kommuner,
                *(r.area_id for r in self.day.rests[self.day.root].values()),
            ]
            top += [area for k in sorted(self.coupled) for area in self.day.descendants(k)]
            above = self.solve(TOP, self.published_rows(plan, top), {})
            if above.state != "optimal":
                return dict.fromkeys(sorted(self.coupled), above) or {TOP: above}
            blocks = {TOP: above}
            for kommune in self.kommuner:
                below = [a for a in self.day.descendants(kommune) if plan.is_shown("risk", a)]
                if kommune in self.coupled or not below:
                    continue
                fixed = {cell: n for cell, n in above.counts.items() if cell[0] == kommune and n is not None}
                blocks[kommune] = self.solve(kommune, self.published_rows(plan, [kommune, *below]), fixed)
                if blocks[kommune].state == "infeasible" or blocks[kommune].freed:
                    self.coupled.add(kommune)
            if self.coupled.isdisjoint(blocks):
                return blocks

    def published_rows(self, plan: Plan, areas: Iterable[str]) -> list[Row]:
        """What is shown, and inside which border of the date before it lay, if that moved: the difference is
        rounded as if it were printed."""
        rows: list[Row] = []
        for area in areas:
            if not plan.is_shown("risk", area):
                continue
            atoms, words = plan.rows[area].atoms, self.day.units[area].words()
            families = frozenset(family for family in FAMILIES if plan.is_shown(family, area))
            rows.append(Row(area, atoms, families, words))
            before = self.day.earlier.get(area, atoms)
            if self.day.count(before ^ atoms):
                words = f"[{words} by the borders of {self.day.before}]"
                rows.append(Row(f"{EARLIER}{area}", before, families, words, is_piece=True))
        return rows

    def solve(self, name: str, rows: Sequence[Row], fixed: Mapping[Cell, int]) -> _Block:
        lowered = frozenset(row.row_id for row in rows if row.row_id in self.lowered)
        key = (name, self.attempts[name], lowered, tuple(rows), tuple(fixed.items()))
        if key not in self.solved:
            started = time.monotonic()
            relations = relate(rows, self.children)
            exact = self.exact(relations)
            self.check_exact(relations, exact)
            if not rows:
                block = _Block(relations, {}, "optimal", 0.0)
            elif self.rounds:
                found = rounding.round_counts(
                    relations,
                    exact,
                    base=self.policy.rounding.base,
                    fixed=fixed,
                    held={
                        cell: self.held[cell, count]
                        for cell, count in zip(relations.cells, exact.tolist(), strict=True)
                        if (cell, count) in self.held and cell not in fixed
                    },
                    lowered=lowered,
                    seed=self.seed,
                    name=str(self.day.day),
                    attempt=self.attempts[name],
                    seconds=self.policy.rounding.time_limit_seconds,
                )
                block = _Block(relations, dict(found.counts), found.state, 0.0, found.freed)
            else:
                counts = dict(zip(relations.cells, exact.tolist(), strict=True))
                block = _Block(relations, counts, "optimal", 0.0)
                self.suppress_small(block)
            block.seconds = time.monotonic() - started
            self.solved[key] = block
        return self.solved[key]

    def suppress_small(self, block: _Block) -> None:
        """Hide the small counts of a block, unless they are out already."""
        self.suppressed |= {
            cell
            for cell, count in block.counts.items()
            if count is not None
            and suppression.is_small(count, self.policy.rounding.base)
            and not block.relations.rows[cell[0]].is_piece
            and (cell, count) not in self.held
        }

    def check_exact(self, relations: Relations, exact: np.ndarray) -> None:
        sums = relations.matrix @ exact
        broken = int(((sums < relations.low) | (sums > relations.high)).sum())
        if broken:
            raise DisclosureRefused(
                f"{self.day.day}: the exact counts contradict each other in {broken:,} of {len(sums):,} "
                "relations (such as: with, without and unknown are all children). Count the date again."
            )

    def exact(self, relations: Relations) -> np.ndarray:
        sums = {row_id: self.day.sums(row.atoms) for row_id, row in relations.rows.items()}
        return np.array([sums[row][ITEM_NUMBER[item]] for row, item in relations.cells], dtype=np.int64)

    # --- what must not be shown ---------------------------------------------------------------------------

    def overrule_groups(self, plan: Plan, counts: Published) -> bool:
        """Hide rows whose published counts say something about everybody; whether there were any."""
        found = False
        for area in plan.rows:
            if plan.is_shown("risk", area):
                at_risk, others = (counts.get((area, ("risk", part))) for part in ("at_risk", "not_at_risk"))
                if at_risk is not None and others is not None and self.policy.is_group(at_risk, others):
                    found |= self.overrule(self.overruled.group, "risk", area, plan)
            for factor in FACTORS:
                if not plan.is_shown(factor, area) or not counts.get((area, CHILDREN)):
                    continue
                yes, no = (counts.get((area, (factor, part))) for part in FACTOR_PARTS[:2])
                if yes is None or no is None or not yes + no:
                    continue
                exempt = factor == FACTORS[4] and self.f5_is_rented and self.is_almene(area)
                if yes == 0 or (self.policy.is_group(yes, no) and not exempt):
                    found |= self.overrule(self.overruled.group, factor, area, plan)
        return found

    def is_almene(self, area: str) -> bool:
        return self.day.is_almene(area, self.policy.group.almene_dwellings_pct)

    def overrule(self, where: set[tuple[str, str]], family: str, area: str, plan: Plan) -> bool:
        """Hide a row, or what stands above it if that is not enough; True, or nothing is left to hide."""
        row: str | None = area
        while row is not None:
            if plan.is_shown(family, row) and (family, row) not in where:
                where.add((family, row))
                return True
            row = self.day.units[row].parent_id
        if family != "risk":
            return self.overrule(where, "risk", area, plan)
        children = self.day.count(self.day.units[self.day.root].atoms)
        raise DisclosureRefused(
            f"{self.day.day}: nothing of this date can be shown under this policy: even all {children:,} "
            "children together would say something about everybody, or leave counts that can be computed. "
            "Deliver more children (whole municipalities), or leave early dates out with [release] "
            "reference_years in femfaktor.toml; nothing was published, the last release stands."
        )

    def hide_block(self, name: str) -> None:
        """Hide what the solver could not do: the finest level of the municipality first."""
        if name == TOP or self.given_up[name] >= len(FINEST_FIRST):
            raise DisclosureRefused(
                f"{self.day.day}: the counts of {name} could not be protected within the policy's time "
                "limit. Raise [rounding] time_limit_seconds in the policy, or publish fewer levels."
            )
        levels = FINEST_FIRST[self.given_up[name]]
        self.given_up[name] += 1
        self.coupled.discard(name)
        for area in self.day.descendants(name):
            if self.day.units[area].level in levels:
                self.overruled.hidden.add(("risk", area))

    def look_again(self, name: str, cells: Sequence[Cell], plan: Plan) -> None:
        """Another seed for the block; after a few, hide the rows."""
        block = TOP if name in self.coupled else name
        if self.rounds and self.attempts[block] < SEEDS:
            self.attempts[block] += 1
            self.lowered |= {row.removeprefix(MERGED) for row, _ in cells}
            return
        self.attempts[block] = 0
        for family, area in {(family_of(item), row.removeprefix(MERGED)) for row, item in cells}:
            self.overrule(self.overruled.hidden, family, area, plan)

    # --- the attack ---------------------------------------------------------------------------------------

    def attack(
        self, plan: Plan, counts: Published, *, to_the_end: bool = True
    ) -> tuple[dict[str, list[Cell]], int | None]:
        """Counts that could be computed too closely, by block, and the narrowest interval of all.

        Municipality by municipality with the others as they are: what is possible there is possible
        altogether. What is not, is tried again together with a few others: those of the fewest rows, whose
        counts move freely and cost little.
        """
        root, places = self.day.root, [*self.kommuner]
        places += [r.area_id for r in self.day.rests[root].values() if self.day.count(r.atoms)]
        freest = sorted(places, key=lambda place: (len(self.areas_of([place])), place))
        widths: dict[Cell, int] = {}
        for place in places:
            for cell, width in self.attack_places(plan, counts, [place]).items():
                widths[cell] = max(width, widths.get(cell, -1))
        left = [cell for cell in widths if to_the_end and self.is_too_close(cell, widths)]
        for place in dict.fromkeys(freest[0] if cell[0] == root else self.place_of(cell) for cell in left):
            wanted = frozenset(cell for cell in left if cell[0] == root or self.place_of(cell) == place)
            together = [place, *(other for other in freest if other != place)][: 1 + COMPANIONS]
            for cell, width in self.attack_places(plan, counts, together, wanted).items():
                widths[cell] = max(width, widths[cell])
        close: dict[str, list[Cell]] = defaultdict(list)
        for cell in widths:
            if self.is_too_close(cell, widths):
                place = self.place_of(cell)
                close[TOP if cell[0] in (root, *places) else place].append(cell)
        needed = [width for cell, width in widths.items() if self.needed(cell)]
        return dict(close), min(needed, default=None)

    def place_of(self, cell: Cell) -> str:
        area = cell[0].removeprefix(MERGED)
        return self.day.kommune_of(area) or area

    def is_too_close(self, cell: Cell, widths: Mapping[Cell, int]) -> bool:
        return widths[cell] < self.needed(cell)

    def needed(self, cell: Cell) -> int:
        """The width a count's interval needs: a row with fewer children than that may not be narrowed at
        all."""
        area = cell[0]
        atoms = self.merged[area] if area.startswith(MERGED) else self.day.units[area].atoms
        return min(self.policy.audit.narrowest_interval, self.day.count(atoms))

    def attack_places(
        self, plan: Plan, counts: Published, places: Sequence[str], wanted: frozenset[Cell] | None = None
    ) -> dict[Cell, int]:
        """Width of the interval of each count (or of those wanted, to the end) in these municipalities and
        the delivery."""
        rows, published = self.listed_rows(plan, counts, self.areas_of(places))
        key = (tuple(places), wanted, tuple(published.items()), tuple(rows))
        if key not in self.attacked:
            model = self.model(rows, published, places)
            cells = model.relations.cells
            needed = np.array(
                [
                    self.needed(cell) if must and (wanted is None or cell in wanted) else 0
                    for cell, must in zip(cells, model.must_be_wide, strict=True)
                ]
            )
            found = bounds.find_bounds(
                model.relations,
                model.exact,
                known_low=model.low,
                known_high=model.high,
                needed=needed,
                seed=self.seed,
                name=f"{self.day.day}|{','.join(places)}",
                seconds=self.policy.rounding.time_limit_seconds,
                to_the_end=wanted is not None,
            )
            self.attacked[key] = {cells[i]: int(found.high[i] - found.low[i]) for i in np.flatnonzero(needed)}
        return self.attacked[key]

    def areas_of(self, places: Sequence[str]) -> list[str]:
        return [self.day.root, *(a for place in places for a in (place, *self.day.descendants(place)))]

    def model(self, rows: Sequence[Row], published: Published, places: Sequence[str]) -> _Model:
        """What the attacker knows of these municipalities: relations, published counts, true populations; all
        other municipalities as they are."""
        relations = relate(rows, self.children)
        exact = self.exact(relations)
        children = {
            row.row_id: self.day.count(row.atoms) for row in rows if not row.row_id.startswith(MERGED)
        }
        low, high = bounds.known(
            relations, published, children, self.policy.rounding.base if self.rounds else 1
        )
        inside = frozenset[int]().union(*(self.day.units[place].atoms for place in places))
        must = np.zeros(len(exact), dtype=bool)
        for i, cell in enumerate(relations.cells):
            row = relations.rows[cell[0]]
            if row.is_piece:
                if not row.atoms & inside:
                    low[i] = high[i] = exact[i]
            elif cell[1] != CHILDREN and cell[1][0] != "ages":  # true populations are taken as known
                must[i] = self.rounds or published.get(cell) is None
        return _Model(relations, exact, low, high, must)

    def suppress_company(self, cells: Sequence[Cell], plan: Plan, counts: Published) -> bool:
        """Hide further counts so that each of these can move as far as it needs; whether there were any to
        hide."""
        by_size = sorted(self.kommuner, key=lambda k: (-self.day.count(self.day.units[k].atoms), k))
        by_places: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
        for cell in cells:
            place = self.place_of(cell)
            if cell[0] in (self.day.root, place):
                both = [place, *by_size] if place != self.day.root else by_size
                by_places[tuple(dict.fromkeys(both))[:2]].append(cell)
            else:
                by_places[(place,)].append(cell)
        before = len(self.suppressed)
        for places, here in by_places.items():
            rows, published = self.listed_rows(plan, counts, self.areas_of(places))
            model = self.model(rows, published, places)
            number = {cell: i for i, cell in enumerate(model.relations.cells)}
            is_hidden = model.low < model.high
            is_known = np.array(
                [
                    low == high and (cell[1] == CHILDREN or cell not in published or (cell, x) in self.held)
                    for cell, low, high, x in zip(
                        model.relations.cells, model.low, model.high, model.exact.tolist(), strict=True
                    )
                ]
            )
            for cell in here:
                company = suppression.find_company(
                    model.relations,
                    model.exact,
                    is_hidden=is_hidden,
                    is_known=is_known,
                    cell=number[cell],
                    width=self.needed(cell),
                    seconds=self.policy.rounding.time_limit_seconds,
                )
                if company is not None:
                    is_hidden[company] = True
                    rows_hidden = [model.relations.cells[i] for i in company]
                    self.suppressed |= {(row.removeprefix(MERGED), item) for row, item in rows_hidden}
        return len(self.suppressed) > before

    def listed_rows(
        self, plan: Plan, counts: Published, areas: Sequence[str]
    ) -> tuple[list[Row], dict[Cell, int | None]]:
        """All rows of the area list, shown or not, and the rests as published; what is published of them."""
        rows: list[Row] = []
        published: dict[Cell, int | None] = {}
        for area in areas:
            unit, decision = self.day.units[area], plan.rows[area]
            families = frozenset(f for f in FAMILIES if f != "ages" or area in self.day.with_ages)
            rows.append(Row(area, unit.atoms, families, unit.words()))
            as_row = area
            if decision.fate == "shown" and decision.atoms != unit.atoms:
                as_row = MERGED + area
                self.merged[as_row] = decision.atoms
                shown = frozenset(f for f in FAMILIES if plan.is_shown(f, area))
                rows.append(Row(as_row, decision.atoms, shown, f"{unit.words()} as published"))
            for item in ITEMS:
                if (count := counts.get((area, item))) is not None:
                    published[as_row, item] = count
        return rows, published
