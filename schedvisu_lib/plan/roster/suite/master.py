"""The linear programme that chooses one row for each person out of those that are known: the restricted master.

Its variables are rows (columns of the programme) and, of each day and shift, how many are too few and too many.
GLOP goes on from the last basis when rows are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from schedvisu_lib.plan.roster.suite.arrays import NO_ROW, Facts, Ints

Doubles = npt.NDArray[np.float64]


class Answer(NamedTuple):
    """A best mixture of rows."""

    cost: float
    """Without what wishes cost of people who never work."""
    prices: Doubles
    """Day, shift: what one person more there is worth."""
    shares: Doubles
    """Of each row of the programme."""


@dataclass(frozen=True)
class _Column:
    person: int
    row: Ints
    variable: Any


class Master:
    """A restricted master; rows are added one by one, and those of some people can be fixed for a while."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString("use_preprocessing: false")  # it would forget the basis
        self._cost = self._solver.Objective()
        self._cost.SetMinimization()
        self._people = [self._solver.Constraint(1, 1) for _ in facts.limits]
        asked = np.argwhere((facts.under > 0) | (facts.over > 0)).tolist()
        self._cover = {(day, shift): self._new_cover(day, shift) for day, shift in asked}
        self._columns: list[_Column] = []
        self._known: set[tuple[int, bytes]] = set()

    def _new_cover(self, day: int, shift: int) -> Any:
        required = float(self._facts.required[day, shift])
        constraint = self._solver.Constraint(required, required)
        for sign, weights in ((1, self._facts.under), (-1, self._facts.over)):
            variable = self._solver.NumVar(0, self._solver.infinity(), "")
            constraint.SetCoefficient(variable, sign)
            self._cost.SetCoefficient(variable, float(weights[day, shift]))
        return constraint

    @property
    def columns(self) -> list[tuple[int, Ints]]:
        """Person and row of each column."""
        return [(column.person, column.row) for column in self._columns]

    def add(self, rows: Ints) -> int:
        """Add the rows of all people that are not known yet; return how many these are."""
        return sum(self._add(person, row) for person, row in enumerate(rows))

    def _add(self, person: int, row: Ints) -> bool:
        key = person, row.tobytes()
        if row[0] == NO_ROW or key in self._known:
            return False
        self._known.add(key)
        variable = self._solver.NumVar(0, self._solver.infinity(), "")
        days = np.flatnonzero(row >= 0)
        self._cost.SetCoefficient(variable, float(self._facts.wishes[person, days, row[days]].sum()))
        self._people[person].SetCoefficient(variable, 1)
        for day in days.tolist():
            if (constraint := self._cover.get((day, int(row[day])))) is not None:
                constraint.SetCoefficient(variable, 1)
        self._columns.append(_Column(person, row.copy(), variable))
        return True

    def fix(self, numbers: set[int]) -> None:
        """Fix columns by their numbers, and free all others."""
        for number, column in enumerate(self._columns):
            column.variable.SetLb(1.0 if number in numbers else 0.0)

    def solve(self) -> Answer | None:
        """Return the best mixture; nothing if the solver gives up."""
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        prices = np.zeros(self._facts.required.shape)
        for at, constraint in self._cover.items():
            prices[at] = constraint.dual_value()
        shares = np.array([column.variable.solution_value() for column in self._columns])
        return Answer(self._cost.Value(), prices, shares)
