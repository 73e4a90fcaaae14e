"""How far apart two tables of whole numbers can be that fit the same published numbers.

Belongs here: linear systems over whole unknowns, and the bounds they leave to each target. That two complete
tables exist is proven by showing them (witnesses); that none exists, by linear bounds, and by integer
programs where those are not sharp. Does not belong here: what unknowns and targets mean (`model.py`).

Almost all counts can take many values, and one complete table shows that for many counts at once. So random
directions come first; single programs are solved only for what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from assets.audit.report import Tried

INTEGRAL = 1e-6
ROUNDS = 40
"""Random directions at most; they end earlier, when they no longer widen anything."""
MIP_SECONDS = 10.0
FOREVER = 2**31 - 1


class Contradiction(Exception):
    """No table of whole numbers fits what is published."""


@dataclass
class System:
    """Whole unknowns x ≥ `lower`, x ≤ `upper`, `low` ≤ matrix · x ≤ `high`.

    `rare` rows seldom bind: a solver takes them up only once a solution breaks them.
    """

    matrix: Any
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    rare: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        self.matrix = sparse.csr_matrix(self.matrix)
        if not len(self.rare):
            self.rare = np.zeros(len(self.low), dtype=bool)

    @property
    def size(self) -> int:
        return self.matrix.shape[1]

    def holds(self, x: np.ndarray) -> bool:
        rows = self.matrix @ x
        return bool(
            (rows >= self.low - INTEGRAL).all()
            and (rows <= self.high + INTEGRAL).all()
            and (x >= self.lower).all()
            and (x <= self.upper).all()
        )

    def with_rows(self, matrix: Any, low: np.ndarray, high: np.ndarray) -> System:
        return System(
            sparse.vstack([self.matrix, matrix], format="csr"),
            np.concatenate([self.low, low]),
            np.concatenate([self.high, high]),
            self.lower,
            self.upper,
            np.concatenate([self.rare, np.zeros(len(low), dtype=bool)]),
        )


class Solver:
    """One system in HiGHS; solved again and again from the last basis."""

    def __init__(self, system: System, tried: Tried, deadline: float = np.inf) -> None:
        self.system, self.tried, self.deadline = system, tried, deadline
        self._taken = ~system.rare
        self._linear = _highs(system, self._taken, integer=False)
        self._integer: Any = None
        self._columns = np.arange(system.size, dtype=np.int32)

    def linear(self, cost: np.ndarray) -> tuple[float, np.ndarray]:
        """Minimum of cost · x over the reals. Raises Contradiction if there is none, TimeoutError."""
        value, x, state = self._run(self._linear, cost)
        self.tried.linear += 1
        if state == "infeasible":
            raise Contradiction
        if state != "optimal":
            raise TimeoutError
        return value, x

    def integer(self, cost: np.ndarray) -> tuple[float, float, np.ndarray | None]:
        """Minimum of cost · x over whole numbers as (proven lower bound, best value found, its x or None)."""
        value, x, state = self._run(self._whole(), cost)
        self.tried.integer += 1
        if state == "infeasible":
            raise Contradiction
        bound = value if state == "optimal" else float(self._whole().getInfo().mip_dual_bound)
        whole = self._checked(x)
        return bound, np.inf if whole is None else float(cost @ whole), whole

    def witness(self, x: np.ndarray, cost: np.ndarray | None = None) -> np.ndarray | None:
        """A whole table near the real one `x`: itself, if it is whole already; else one that differs where it
        isn't whole; else one nearby; else any. Of several rather a cheap one."""
        whole = self._checked(x)
        if whole is not None:
            return whole
        system, nearest = self.system, np.rint(x)
        fraction = np.abs(x - nearest) > INTEGRAL
        cost = np.zeros(system.size) if cost is None else cost

        def near(steps: int) -> tuple[np.ndarray, np.ndarray]:
            low, high = np.floor(x + INTEGRAL) - steps, np.ceil(x - INTEGRAL) + steps
            return np.maximum(low, system.lower), np.minimum(high, system.upper)

        narrow = [tuple(np.where(fraction, end, nearest) for end in near(steps)) for steps in (0, 2)]
        for lower, upper in (*narrow, near(1), (system.lower, system.upper)):
            highs = self._whole()
            everywhere = lower is system.lower
            self._restrict(highs, lower, upper, sols=1, nodes=FOREVER if everywhere else 1)
            try:
                _, found, _ = self._run(highs, cost)
            finally:
                self._restrict(highs, system.lower, system.upper)
            self.tried.integer += 1
            whole = self._checked(found)
            if whole is not None:
                return whole
        return None

    def _restrict(
        self, highs: Any, lower: np.ndarray, upper: np.ndarray, sols: int = FOREVER, nodes: int = FOREVER
    ) -> None:
        highs.changeColsBounds(self.system.size, self._columns, lower.astype(float), upper.astype(float))
        highs.setOptionValue("mip_max_improving_sols", sols)
        highs.setOptionValue("mip_max_nodes", nodes)

    def _whole(self) -> Any:
        if self._integer is None:
            self._integer = _highs(self.system, self._taken, integer=True)
        return self._integer

    def _checked(self, x: np.ndarray) -> np.ndarray | None:
        """`x` as the whole numbers it stands for, if it does and they fit."""
        whole = np.rint(x)
        if not len(x) or np.abs(x - whole).max(initial=0.0) > 1e-4 or not self.system.holds(whole):
            return None
        return whole

    def _run(self, highs: Any, cost: np.ndarray) -> tuple[float, np.ndarray, str]:
        highs.changeColsCost(self.system.size, self._columns, np.asarray(cost, dtype=np.float64))
        while True:
            value, x, state = self._run_once(highs)
            if state == "infeasible" or not len(x) or not self._take_up(x):
                return value, x, state

    def _run_once(self, highs: Any) -> tuple[float, np.ndarray, str]:
        import highspy

        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        limit = min(left, MIP_SECONDS) if highs is self._integer else left
        highs.setOptionValue("time_limit", float(min(limit, 1e9)) + highs.getRunTime())
        highs.run()
        status = highs.getModelStatus()
        states = {
            highspy.HighsModelStatus.kOptimal: "optimal",
            highspy.HighsModelStatus.kModelEmpty: "optimal",
            highspy.HighsModelStatus.kInfeasible: "infeasible",
            highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
        }
        solution = highs.getSolution()
        x = np.asarray(solution.col_value, dtype=np.float64)
        if not solution.value_valid:
            x = np.zeros(0)
        return float(highs.getInfo().objective_function_value), x, states.get(status, "stopped")

    def _take_up(self, x: np.ndarray) -> int:
        """Give both programs the rare rows that x breaks; how many."""
        system = self.system
        rows = system.matrix @ x
        broken = ~self._taken & ((rows < system.low - INTEGRAL) | (rows > system.high + INTEGRAL))
        if not broken.any():
            return 0
        matrix = system.matrix[broken]
        for highs in filter(None, (self._linear, self._integer)):
            highs.addRows(
                matrix.shape[0],
                system.low[broken],
                system.high[broken],
                matrix.nnz,
                matrix.indptr[:-1].astype(np.int32),
                matrix.indices.astype(np.int32),
                matrix.data.astype(np.float64),
            )
        self._taken |= broken
        return int(broken.sum())


def _highs(system: System, taken: np.ndarray, integer: bool) -> Any:
    import highspy
    from highspy._core import _Highs

    # Not highspy.Highs(): its constructor prints a banner that no option holds back.
    highs = _Highs()
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "simplex_strategy": 4,  # primal: the last vertex stays feasible when only the direction changes
    }.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = system.size, int(taken.sum())
    lp.col_cost_ = np.zeros(system.size)
    lp.col_lower_, lp.col_upper_ = system.lower.astype(np.float64), system.upper.astype(np.float64)
    lp.row_lower_, lp.row_upper_ = system.low[taken].astype(np.float64), system.high[taken].astype(np.float64)
    columns = sparse.csc_matrix(system.matrix[taken])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = columns.indptr.astype(np.int32)
    lp.a_matrix_.index_ = columns.indices.astype(np.int32)
    lp.a_matrix_.value_ = columns.data.astype(np.float64)
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * system.size
    highs.passModel(lp)
    return highs


@dataclass
class Probed:
    """Per target: the values seen in witnesses, and the bounds outside which none can lie."""

    seen_low: np.ndarray
    seen_high: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unresolved: np.ndarray
    """True where neither a witness nor a bound could decide (in time)."""


def probe(
    solver: Solver,
    targets: Any,
    need: np.ndarray,
    *,
    small: int = 0,
    seed: int = 0,
) -> Probed:
    """Widen every target (row of the sparse matrix `targets`) until two witnesses lie `need` apart and one of
    them outside 1 … `small`, or it is proven that they can't. Raises Contradiction.
    """
    count = targets.shape[0]
    targets = sparse.csr_matrix(targets)
    random = np.random.default_rng(seed)
    found = Probed(
        seen_low=np.full(count, np.inf),
        seen_high=np.full(count, -np.inf),
        low=np.full(count, -np.inf),
        high=np.full(count, np.inf),
        unresolved=np.zeros(count, dtype=bool),
    )

    def record(x: np.ndarray | None) -> None:
        if x is None:
            return
        values = targets @ x
        np.minimum(found.seen_low, values, out=found.seen_low)
        np.maximum(found.seen_high, values, out=found.seen_high)
        solver.tried.witnesses += 1

    def is_open(i: Any = slice(None)) -> Any:
        within = (found.seen_low[i] >= 1) & (found.seen_high[i] <= small)
        return ~(found.seen_high[i] - found.seen_low[i] >= need[i]) | within

    def open_targets() -> np.ndarray:
        return np.flatnonzero(is_open())

    def look(cost: np.ndarray) -> None:
        _, x = solver.linear(cost)
        record(solver.witness(x))

    try:
        look(np.zeros(solver.system.size))
        idle = 0
        for _ in range(ROUNDS):
            left = open_targets()
            if not len(left) or idle >= 3:
                break
            signs = random.choice([-1.0, 1.0], len(left))
            cost = signs @ targets[left]
            look(cost)
            look(-cost)
            closed = len(left) - len(open_targets())
            idle = 0 if closed > 0.05 * len(left) else idle + 1
        for i in open_targets():
            if is_open(i):
                row = targets[i].toarray().ravel()
                _single(solver, row, int(i), float(need[i]), small, found, is_open, record)
    except TimeoutError:
        found.unresolved[open_targets()] = True
    return found


def _single(
    solver: Solver,
    row: np.ndarray,
    i: int,
    need: float,
    small: int,
    found: Probed,
    is_open: Callable[[int], Any],
    record: Callable[[np.ndarray | None], None],
) -> None:
    """Both bounds of one target; integer programs only where linear ones and witnesses don't meet."""

    def proven() -> bool:
        return found.high[i] - found.low[i] < need or (found.low[i] >= 1 and found.high[i] <= small)

    for sign in (1.0, -1.0):
        value, x = solver.linear(sign * row)
        if sign > 0:
            found.low[i] = np.ceil(value - INTEGRAL)
        else:
            found.high[i] = np.floor(-value + INTEGRAL)
        if proven():
            continue
        record(solver.witness(x))
        if not is_open(i):
            return
    for sign in (1.0, -1.0):
        if proven():
            return
        bound, _, x = solver.integer(sign * row)
        if sign > 0:
            found.low[i] = max(found.low[i], np.ceil(bound - INTEGRAL))
        else:
            found.high[i] = min(found.high[i], np.floor(-bound + INTEGRAL))
        record(x)
        if not is_open(i):
            return
    found.unresolved[i] = not proven()
