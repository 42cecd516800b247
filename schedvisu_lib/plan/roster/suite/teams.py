"""Re-solving: a few people's rows are made anew together, by columns, while all others stay.

The bound of the few tells early whether anything can be won; most often it cannot, and the next few are tried.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from schedvisu_lib.plan.roster.suite.arrays import Ints
from schedvisu_lib.plan.roster.suite.budget import Budget
from schedvisu_lib.plan.roster.suite.columns import Dive, generate
from schedvisu_lib.plan.roster.suite.master import Doubles, Master
from schedvisu_lib.plan.roster.suite.prices import Pricing, head_count
from schedvisu_lib.plan.roster.suite.state import State, cost_of_rows, part_of

_STEPS: Final = 15
"""Of the prices before the first master."""
_DIVES: Final = 2
_LEAST: Final = 0.99
"""Costs are whole numbers: what is won is at least this."""


def blame(state: State, pricing: Pricing) -> Doubles:
    """Return each person's part in what the roster costs more than the bound.

    By the prices of the bound, this is what a row costs more than the person's cheapest one, and what each shift with
    too few or too many costs more than its price says; the latter is shared by all who may do the shift.
    """
    facts, prices = state.facts, pricing.prices
    person, day = np.nonzero(state.rows >= 0)
    shift = state.rows[person, day]
    parts = np.zeros(len(state.rows))
    np.add.at(parts, person, facts.wishes[person, day, shift] - prices[day, shift])
    parts -= pricing.least
    missing = facts.required - head_count(state.rows, facts.required.shape[1])
    worse = facts.under * np.maximum(missing, 0) + facts.over * np.maximum(-missing, 0) - prices * missing
    may = facts.group_of >= 0
    parts += may @ (worse.sum(axis=0) / np.maximum(may.sum(axis=0), 1))
    return np.maximum(parts, 0.0)


def resolve(state: State, people: Ints, prices: Doubles, random: np.random.Generator, budget: Budget) -> bool | None:
    """Make the rows of a few people anew; return whether it won something, nothing if it could not.

    Rows that cost the same as the present ones are taken too.
    """
    part = part_of(state.facts, people, state.rows)
    old = state.rows[people]
    now = cost_of_rows(part, old)
    pricing = Pricing(part, state.values)
    pricing.prices = prices.copy()

    def hopeless() -> bool:
        return pricing.bound > now - _LEAST or budget.is_spent

    kept: list[Ints] = []
    pricing.improve(now, _STEPS, kept.append, hopeless)
    if hopeless():
        return None
    master = Master(part)
    for rows in (old, *kept):
        master.add(rows)
    answer = generate(master, pricing, hopeless)
    if answer is None or hopeless():
        return None
    for _ in range(_DIVES):
        found = Dive(part, master, pricing, random).run(answer, now + 0.5, lambda: budget.is_spent)
        if found is not None:
            cost = cost_of_rows(part, found)
            rows = state.rows.copy()
            rows[people] = found
            state.take(rows, state.cost + cost - now)
            return cost < now - 0.5
    return False
