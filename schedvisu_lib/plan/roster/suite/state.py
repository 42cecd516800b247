"""The roster that is being improved, and the best one so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from schedvisu_lib.plan.roster.suite.arrays import OF_PEOPLE, Facts, Floats, Ints
from schedvisu_lib.plan.roster.suite.prices import head_count


@dataclass
class State:
    """Rosters as arrays of person and day; costs are without what wishes cost of people who never work."""

    facts: Facts
    values: Floats
    """Scratch of the dynamic programme."""
    rows: Ints
    cost: float
    best_rows: Ints
    best_cost: float
    tries: int = 0

    @classmethod
    def of(cls, facts: Facts, values: Floats, rows: Ints) -> State:
        """Return the state whose roster is ``rows``."""
        cost = cost_of_rows(facts, rows)
        return cls(facts, values, rows.copy(), cost, rows.copy(), cost)

    def take(self, rows: Ints, cost: float) -> None:
        """Go on with another roster."""
        self.rows, self.cost = rows.copy(), cost
        if cost < self.best_cost - 0.5:
            self.best_rows, self.best_cost = rows.copy(), cost


def cost_of_rows(facts: Facts, rows: Ints) -> float:
    """Return what rows cost."""
    missing = facts.required - head_count(rows, facts.required.shape[1])
    person, day = np.nonzero(rows >= 0)
    wishes = facts.wishes[person, day, rows[person, day]].sum(dtype=np.float64)
    cover = facts.under * np.maximum(missing, 0) + facts.over * np.maximum(-missing, 0)
    return float(wishes + cover.sum(dtype=np.float64))


def part_of(facts: Facts, people: Ints, rows: Ints) -> Facts:
    """Return the facts of some people: of what is required, what all others of a roster leave."""
    others = np.delete(rows, people, axis=0)
    left = (facts.required - head_count(others, facts.required.shape[1])).astype(np.int32)
    own: dict[str, Any] = {name: getattr(facts, name)[people] for name in OF_PEOPLE}
    return facts._replace(**own, required=left)
