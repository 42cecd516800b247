"""Prices of days and shifts, and the bound that they give: no roster costs less than everybody's cheapest row.

If one person more on a day in a shift is worth its price, each person's cheapest row by these prices, together with
the prices of all that is required, costs no more than any roster (the Lagrangian bound). Prices lie between what one
too many and one too few costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from schedvisu_lib.plan.roster.suite.arrays import NO_ROW, Facts, Floats, Ints
from schedvisu_lib.plan.roster.suite.kernels import cheapest_rows
from schedvisu_lib.plan.roster.suite.master import Doubles

_ROUNDING: Final = 1e-6
"""Of single precision: what sums of some hundred costs may be wrong by, relative to the largest."""
_PATIENCE: Final = 10
"""Steps without a better bound, after which steps get shorter."""
_SHORTER: Final = 0.7
_MEMORY: Final = 0.7
"""Part of the direction before that a step keeps."""


@dataclass
class Pricing:
    """Everybody's cheapest rows, and the best bound that any prices gave so far."""

    facts: Facts
    values: Floats
    """Scratch of the dynamic programme."""
    bound: float = -np.inf
    prices: Doubles = field(init=False)
    """Those that gave the bound."""
    least: Doubles = field(init=False)
    """What each person's cheapest row costs by them."""

    def __post_init__(self) -> None:
        self.prices = np.clip(0.1 * self.facts.under * (self.facts.required > 0), -self.facts.over, self.facts.under)
        self.prices = self.prices.astype(np.float64)
        self.least = np.zeros(len(self.facts.limits))

    def rows(self, prices: Doubles) -> tuple[Ints, float]:
        """Return everybody's cheapest row by some prices, and the bound that these give; keep it if it is the best.

        Rows that were not found, as there was not enough scratch, hold :data:`NO_ROW`.
        """
        people, days = len(self.facts.limits), len(self.facts.required)
        rows = np.full((people, days), -1, np.int32)
        told = np.zeros((people, 2))
        costs = (-prices).astype(np.float32)
        cheapest_rows(self.facts, costs, np.arange(people, dtype=np.int32), rows, 0, days, rows, told, self.values)
        rows[told[:, 0] == np.inf] = NO_ROW
        bound = float((prices * self.facts.required).sum() + told[:, 1].sum())
        bound -= _ROUNDING * float(np.abs(told[:, 1]).sum()) if np.isfinite(bound) else 0.0
        if bound > self.bound:
            self.bound, self.prices, self.least = bound, prices, told[:, 1]
        return rows, bound

    def improve(self, cost: float, steps: int, on_rows: Callable[[Ints], object], stopped: Callable[[], bool]) -> None:
        """Improve the prices by steps towards the shifts that have too few people (subgradient).

        Parameters
        ----------
        cost
            Of a roster, without what wishes cost of people who never work.
        steps
            At most.
        on_rows
            Gets the rows of each step.
        stopped
            Asked before each step.
        """
        prices: Doubles = self.prices
        direction: Doubles = np.zeros(self.facts.required.shape)
        length, worse = 1.0, 0
        for step in range(steps):
            if stopped():
                return
            best = self.bound
            rows, bound = self.rows(prices)
            on_rows(rows)
            if not np.isfinite(bound):
                return
            worse = 0 if self.bound > best else worse + 1
            if worse == _PATIENCE:
                length, worse = length * _SHORTER, 0
            missing: Doubles = (self.facts.required - head_count(rows, self.facts.required.shape[1])).astype(np.float64)
            keep = _MEMORY if step else 0.0
            direction = keep * direction + (1 - keep) * missing
            square = float((direction**2).sum())
            if square < 1e-9:
                return
            moved = prices + length * max(cost - bound, 1.0) / square * direction
            prices = np.clip(moved, -self.facts.over, self.facts.under).astype(np.float64)


def head_count(rows: Ints, shifts: int) -> Ints:
    """Return how many people work on each day in each shift."""
    there = np.zeros((rows.shape[1], shifts), np.int32)
    person, day = np.nonzero(rows >= 0)
    np.add.at(there, (day, rows[person, day]), 1)
    return there
