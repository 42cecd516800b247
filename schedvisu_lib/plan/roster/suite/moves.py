"""Ruin and recreate: a few people's days are taken away and given back one person after the other; compiled.

Each gets the cheapest days that there are for them while all others stay, and while those who come after them have
none: the first ones take what is worth most. Simulated annealing decides whether the new rows stay.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import compiled, inner
from schedvisu_lib.plan.roster.suite.arrays import Facts, Floats, Ints
from schedvisu_lib.plan.roster.suite.kernels import cheapest

MOST_PEOPLE: Final = 6


@inner
def _price(
    facts: Facts,
    person: int,
    there: Ints,
    first: int,
    until: int,
    prices: Floats,
    part: float,
    noise: float,
    costs: Floats,
    random: Any,
) -> None:
    """Write what each shift on some days costs a person, given how many others are there.

    A ``part`` of it is what the shift is worth by some prices, whoever is there. A little noise chooses among rows
    that cost the same.
    """
    for day in range(first, until):
        for shift in range(there.shape[1]):
            if facts.group_of[person, shift] < 0:
                continue
            here = facts.over[day, shift]
            if there[day, shift] < facts.required[day, shift]:
                here = -facts.under[day, shift]
            here = np.float32(here - part * (here + prices[day, shift]) + noise * random.random())
            costs[day, shift] = facts.wishes[person, day, shift] + here


@inner
def _take(facts: Facts, person: int, row: Any, first: int, until: int, there: Ints) -> float:
    """Count a person's days no more; return the change of cost."""
    change = 0.0
    for day in range(first, until):
        shift = row[day]
        if shift >= 0:
            there[day, shift] -= 1
            more = there[day, shift] >= facts.required[day, shift]
            change += -facts.over[day, shift] if more else facts.under[day, shift]
            change -= facts.wishes[person, day, shift]
    return change


@inner
def _give(facts: Facts, person: int, row: Any, first: int, until: int, there: Ints) -> float:
    """Count a person's days; return the change of cost."""
    change = 0.0
    for day in range(first, until):
        shift = row[day]
        if shift >= 0:
            more = there[day, shift] >= facts.required[day, shift]
            change += facts.over[day, shift] if more else -facts.under[day, shift]
            change += facts.wishes[person, day, shift]
            there[day, shift] += 1
    return change


@compiled
def rebuild(
    facts: Facts,
    rows: Ints,
    best_rows: Ints,
    there: Ints,
    values: Floats,
    costs_of: Any,
    prices: Floats,
    random: Any,
    tries: int,
    heat: float,
    windows: Ints,
) -> int:
    """Try new rows for a few people at a time; return how many of the tries stayed.

    Parameters
    ----------
    rows, there
        The roster and how many it has on each day in each shift; changed.
    best_rows
        The best roster so far; changed.
    costs_of
        What the roster and the best one cost; changed.
    prices
        Day, shift: what one person more is worth there, by the bound.
    random
        A generator of numpy.
    heat
        How much worse a try may be is drawn from an exponential law with this mean.
    windows
        Days that are taken away, the whole horizon if they are as many, and from how many people at most.
    """
    people, days = rows.shape
    kept = np.empty((MOST_PEOPLE, days), np.int32)
    costs, told = np.zeros(there.shape, np.float32), np.zeros(2)
    stayed = 0
    for _ in range(tries):
        which = int(random.random() * len(windows))
        n = min(1 + int(random.random() * windows[which, 1]), people)
        first, until = _some_days(windows[which, 0], days, random)
        chosen = _some_people(n, people, random)
        change = 0.0
        for k in range(n):
            kept[k] = rows[chosen[k]]
            change += _take(facts, chosen[k], rows[chosen[k]], first, until, there)
        share = random.random() if random.random() < 0.5 else 0.0
        noise = 0.01 if random.random() < 0.5 else heat * random.random()
        for k in range(n):
            row = rows[chosen[k]]
            part = share if k < n - 1 else 0.0  # the last one has nobody to leave anything for
            _price(facts, chosen[k], there, first, until, prices, part, noise, costs, random)
            cheapest(facts, chosen[k], costs, kept[k], first, until, row, values, told)
            if told[0] == np.inf:
                row[:] = kept[k]
            change += _give(facts, chosen[k], row, first, until, there)
        if change <= 0 or change < -heat * np.log(1 - random.random()):
            costs_of[0] += change
            stayed += 1
            if costs_of[0] < costs_of[1] - 0.5:
                costs_of[1] = costs_of[0]
                best_rows[:] = rows
        else:
            _put_back(facts, rows, chosen, kept, first, until, there)
    return stayed


@inner
def _some_days(window: int, days: int, random: Any) -> tuple[int, int]:
    """Return the first day of a window, and the one after its last."""
    if window >= days:
        return 0, days
    first = int(random.random() * (days + window - 3)) - window + 2
    return max(first, 0), min(first + window, days)


@inner
def _some_people(n: int, people: int, random: Any) -> Any:
    """Return some people, each once."""
    chosen = np.full(n, -1, np.int64)
    for k in range(n):
        again = True
        while again:
            one = int(random.random() * people)
            again = False
            for other in range(k):
                again = again or chosen[other] == one
        chosen[k] = one
    return chosen


@inner
def _put_back(facts: Facts, rows: Ints, chosen: Any, kept: Ints, first: int, until: int, there: Ints) -> None:
    """Give some people the rows back that they had."""
    for k in range(len(chosen)):
        _take(facts, chosen[k], rows[chosen[k]], first, until, there)
        rows[chosen[k]] = kept[k]
        _give(facts, chosen[k], kept[k], first, until, there)
