"""HiGHS, always asked in the same way: one thread, fixed options, so that equal programs give equal answers.

Belongs here: handing a program over and reading the answer. Does not belong here: what the programs mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

State = Literal["optimal", "infeasible", "time limit"]


@dataclass(frozen=True)
class Solution:
    state: State
    x: np.ndarray
    objective: float


class Program:
    """min cost @ x, row_low <= matrix @ x <= row_high, low <= x <= high; x whole numbers where `integer`."""

    def __init__(
        self,
        matrix: sp.csr_array,
        row_bounds: tuple[np.ndarray, np.ndarray],
        bounds: tuple[np.ndarray, np.ndarray],
        integer: np.ndarray | None = None,
        *,
        seconds: float,
        gap: float = 0.0,
    ) -> None:
        import highspy
        from highspy._core import _Highs

        lp = highspy.HighsLp()
        columns = sp.csc_array(matrix)
        rows, count = len(row_bounds[0]), len(bounds[0])
        lp.num_row_, lp.num_col_ = rows, count
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = columns.indptr.astype(np.int32)
        lp.a_matrix_.index_ = columns.indices.astype(np.int32)
        lp.a_matrix_.value_ = columns.data.astype(np.float64)
        lp.row_lower_, lp.row_upper_ = (np.asarray(side, dtype=np.float64) for side in row_bounds)
        lp.col_lower_, lp.col_upper_ = (np.asarray(side, dtype=np.float64) for side in bounds)
        lp.col_cost_ = np.zeros(count)
        if integer is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(each)] for each in integer]
        # Not highspy.Highs(): its constructor prints a banner that no option holds back.
        self._highs = _Highs()
        self._columns = np.arange(count, dtype=np.int32)
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "random_seed": 1,
            # Many small programs, each nearly the one before: looking at them first takes longer than
            # solving.
            "presolve": "on" if integer is not None else "off",
            "mip_rel_gap": gap,
            "mip_abs_gap": 1e-6,
        }.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(lp)
        self._model_status, self._seconds = highspy.HighsModelStatus, seconds

    def minimise(self, cost: np.ndarray) -> Solution:
        self._highs.changeColsCost(len(self._columns), self._columns, np.asarray(cost, dtype=np.float64))
        # HiGHS counts its seconds over all runs of one program.
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._seconds)
        self._highs.run()
        status = self._highs.getModelStatus()
        x = np.array(self._highs.getSolution().col_value)
        if status == self._model_status.kOptimal:
            return Solution("optimal", x, self._highs.getObjectiveValue())
        if status in (self._model_status.kInfeasible, self._model_status.kUnboundedOrInfeasible):
            return Solution("infeasible", x, np.nan)
        return Solution("time limit", x, np.nan)
