"""The cheapest row of one person, by dynamic programming over the days; compiled.

A state after a day: a *node* (days off in a row, up to the least that is asked for; or the class of the shift and the
days on in a row), weekends, units of work, and how often each of up to two *counted* groups was worked. Limits of
other groups are first left out; those that the row breaks are counted in the next attempt.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import compiled, inner
from schedvisu_lib.plan.roster.suite.arrays import (
    CLASSES,
    GROUPS,
    LEAST_OFF,
    LEAST_ON,
    LEAST_UNITS,
    MOST_ON,
    WEEKENDS,
    Facts,
    Floats,
    Ints,
)
from schedvisu_lib.plan.roster.suite.frame import (
    HALF,
    INF,
    bands,
    end_of_tail,
    fix,
    merge,
    narrow,
    node_before,
    use_outside,
)

_LEAST_UNITS: Final = 16
"""A group is only counted if there is scratch left for as many units beside it."""
SPACE: Final = 12_000_000
"""States that are kept at most; beyond, units far from an even spread are left out."""


@inner
def _forward(
    facts: Facts,
    person: int,
    first: int,
    end: int,
    start: int,
    sizes: Any,
    counted: Any,
    best: Floats,
    off: Floats,
    low: Ints,
    high: Ints,
    values: Floats,
    alive: Any,
) -> None:
    """Write the value of each state after each day: the least cost of getting there."""
    limits = facts.limits[person]
    n_groups, most_on, least_on, least_off = limits[GROUPS], limits[MOST_ON], limits[LEAST_ON], limits[LEAST_OFF]
    nodes, n_weekends, _, _, _, size = sizes
    layer = nodes * size
    alive[: end - first + 1] = 0
    values[:layer] = INF
    values[start * size] = np.float32(0)
    alive[0, start] = 1
    for day in range(first, end):
        source, target = (day - first) * layer, (day - first + 1) * layer
        values[target : target + layer] = INF
        weekday = day % 7
        for node in range(nodes):
            if not alive[day - first, node]:
                continue
            works = node >= least_off
            length = (node - least_off) % most_on + 1 if works else node + 1
            own = (node - least_off) // most_on if works else 0
            if off[day] < HALF and (not works or length >= least_on or length == day):
                to = 0 if works else min(length, least_off - 1)
                alive[day - first + 1, to] = 1
                _relax(values, source + node * size, target + to * size, sizes, off[day], 0, 0, 0,
                       low[day + 1] - low[day], high[day] - low[day], high[day + 1] - low[day + 1])  # fmt: skip
            if (works and length == most_on) or (not works and length < least_off):
                continue
            weekend = 1 if n_weekends > 1 and (weekday == 5 or (weekday == 6 and not works)) else 0
            for group in range(n_groups):
                cost = best[day, group]
                if cost >= HALF or (works and not facts.follows[person, own, group]):
                    continue
                to = least_off + facts.group_class[person, group] * most_on + (length if works else 0)
                alive[day - first + 1, to] = 1
                _relax(values, source + node * size, target + to * size, sizes, cost, weekend,
                       1 if group == counted[0] else 0, 1 if group == counted[1] else 0,
                       low[day + 1] - low[day] - facts.group_units[person, group],
                       high[day] - low[day], high[day + 1] - low[day + 1])  # fmt: skip


@inner
def _relax(
    values: Floats,
    source: int,
    target: int,
    sizes: Any,
    cost: Any,
    weekend: int,
    one: int,
    two: int,
    back: int,
    last: int,
    last_to: int,
) -> None:
    """Go from all states of a node to those of another; ``back`` is how far units move to the left."""
    _, n_weekends, n_one, n_two, n_units, _ = sizes
    begin, stop = max(0, back), min(last, last_to + back) + 1
    if begin >= stop:
        return
    for w in range(n_weekends - weekend):
        for a in range(n_one - one):
            for b in range(n_two - two):
                here = source + ((w * n_one + a) * n_two + b) * n_units
                there = target + (((w + weekend) * n_one + a + one) * n_two + b + two) * n_units - back
                old, new = values[here + begin : here + stop], values[there + begin : there + stop]
                for unit in range(stop - begin):  # without a branch: several units at once
                    value = old[unit] + cost
                    new[unit] = value if value < new[unit] else new[unit]


@inner
def _last_state(
    facts: Facts, person: int, first: int, end: int, sizes: Any, low: Ints, high: Ints, values: Floats
) -> int:
    """Return the cheapest state after the last day that has enough units, or -1."""
    nodes, _, _, _, n_units, size = sizes
    layer = nodes * size
    final = (end - first) * layer
    found, at = HALF, -1
    for place in range(layer):
        unit = place % n_units + low[end]
        if values[final + place] < found and facts.limits[person, LEAST_UNITS] <= unit <= high[end]:
            found, at = values[final + place], place
    return at


@inner
def _backward(
    facts: Facts,
    person: int,
    first: int,
    end: int,
    sizes: Any,
    counted: Any,
    best: Floats,
    shift_of: Ints,
    off: Floats,
    low: Ints,
    high: Ints,
    values: Floats,
    alive: Any,
    row: Any,
) -> float:
    """Write the cheapest row; return its cost, or infinity if there is none."""
    layer = sizes[0] * sizes[5]
    at = _last_state(facts, person, first, end, sizes, low, high, values)
    if at < 0:
        return np.inf
    cost = float(values[(end - first) * layer + at])
    for day in range(end - 1, first - 1, -1):
        value = values[(day + 1 - first) * layer + at]
        source = values[(day - first) * layer : (day + 1 - first) * layer]
        here = alive[day - first]
        if at // sizes[5] < facts.limits[person, LEAST_OFF]:
            row[day] = -1
            at = _from_off(facts, person, day, at, value, sizes, off, low, high, source, here)
        else:
            at, group = _from_on(facts, person, day, at, value, sizes, counted, best, low, high, source, here)
            row[day] = shift_of[day, group]
        if at < 0:
            return np.inf
    return cost


@inner
def _from_off(
    facts: Facts,
    person: int,
    day: int,
    at: int,
    value: Any,
    sizes: Any,
    off: Floats,
    low: Ints,
    high: Ints,
    source: Floats,
    alive: Any,
) -> int:
    """Return the state before a day off that leads to state ``at``, or -1."""
    most_on, least_on, least_off = facts.limits[person, MOST_ON : LEAST_OFF + 1]
    nodes, _, _, _, n_units, size = sizes
    node, was = at // size, at % n_units + low[day + 1] - low[day]
    if off[day] >= HALF or not 0 <= was <= high[day] - low[day]:
        return -1
    for before in range(nodes):
        works = before >= least_off
        length = (before - least_off) % most_on + 1 if works else before + 1
        to = 0 if works else min(length, least_off - 1)
        if not alive[before] or to != node or (works and length < least_on and length != day):
            continue
        place = before * size + (at % size) // n_units * n_units + was
        if source[place] + off[day] == value:
            return place
    return -1


@inner
def _from_on(
    facts: Facts,
    person: int,
    day: int,
    at: int,
    value: Any,
    sizes: Any,
    counted: Any,
    best: Floats,
    low: Ints,
    high: Ints,
    source: Floats,
    alive: Any,
) -> tuple[int, int]:
    """Return the state before a day on that leads to state ``at``, or -1, and the group that was worked."""
    most_on, _, least_off = facts.limits[person, MOST_ON : LEAST_OFF + 1]
    nodes, n_weekends, n_one, n_two, n_units, size = sizes
    node, unit = at // size, at % n_units
    b, a, w = at // n_units % n_two, at // (n_units * n_two) % n_one, at % size // (n_units * n_two * n_one)
    own, length = (node - least_off) // most_on, (node - least_off) % most_on
    for group in range(facts.limits[person, GROUPS]):
        one, two = 1 if group == counted[0] else 0, 1 if group == counted[1] else 0
        was = unit + low[day + 1] - low[day] - facts.group_units[person, group]
        if facts.group_class[person, group] != own or best[day, group] >= HALF:
            continue
        if a < one or b < two or not 0 <= was <= high[day] - low[day]:
            continue
        for before in range(nodes):
            works = before >= least_off
            if not alive[before] or (before != least_off - 1 and not works):
                continue
            if ((before - least_off) % most_on + 1 if works else 0) != length:
                continue
            if works and not facts.follows[person, (before - least_off) // most_on, group]:
                continue
            weekend = 1 if n_weekends > 1 and (day % 7 == 5 or (day % 7 == 6 and not works)) else 0
            place = before * size + (((w - weekend) * n_one + a - one) * n_two + b - two) * n_units + was
            if w >= weekend and source[place] + best[day, group] == value:
                return place, group
    return -1, 0


@inner
def cheapest(
    facts: Facts, person: int, costs: Floats, row: Any, first: int, until: int, new: Any, values: Floats, told: Any
) -> None:
    """Write the cheapest days ``first`` to ``until`` of a row whose other days stay.

    Parameters
    ----------
    costs
        Day, shift: what it costs the person to work it.
    row
        The person's present days; those outside are right.
    new
        Gets the days from ``first`` to where the row does not depend on them any more. Another array than ``row``,
        unless these are all days.
    values
        Scratch; it bounds the number of states.
    told
        Gets the cost, infinity if no row was found; and a cost that no row is below. They differ if the limits of
        more than two groups matter, or if there is not enough scratch.
    """
    limits = facts.limits[person]
    days, n_groups = len(row), limits[GROUPS]
    end = until if until == days else end_of_tail(row, until)
    used = np.zeros(2 + n_groups, np.int32)
    use_outside(facts, person, row, first, end, used)
    best, shift_of = np.empty((days, n_groups), np.float32), np.zeros((days, n_groups), np.int32)
    off = np.zeros(days, np.float32)
    merge(facts, person, costs, first, until, best, shift_of)
    fix(facts, person, row, until, end, best, shift_of, off)
    start = node_before(facts, person, row, first)
    counted, counts = np.full(2, -1, np.int32), np.zeros(n_groups, np.int32)
    low, high = np.zeros(days + 1, np.int32), np.zeros(days + 1, np.int32)
    widest = bands(facts, person, used, first, end, best, low, high)
    nodes = limits[LEAST_OFF] + limits[CLASSES] * limits[MOST_ON]
    alive = np.zeros((end - first + 1, nodes), np.uint8)
    weekends = _weekend_states(facts, person, row, first, until, end, used[0], best)
    told[0], told[1] = np.inf, -np.inf
    if widest <= 0:
        return
    exact, n_counted = True, 0
    for _ in range(n_groups + 3):
        n_one = _times(facts, person, counted[0], used)
        n_two = _times(facts, person, counted[1], used)
        per_unit = (end - first + 1) * nodes * weekends * n_one * n_two
        if per_unit * widest > len(values):
            exact = False
            widest = narrow(facts, person, used, first, end, low, high, len(values) // per_unit - 2)
            if per_unit * widest > len(values):
                return
        sizes = (nodes, weekends, n_one, n_two, widest, weekends * n_one * n_two * widest)
        _forward(facts, person, first, end, start, sizes, counted, best, off, low, high, values, alive)
        cost = _backward(facts, person, first, end, sizes, counted, best, shift_of, off, low, high, values, alive, new)
        if exact:
            told[1] = cost
        if cost >= HALF:
            return
        worst = _over_its_limit(facts, person, new, first, end, used, counts)
        if worst < 0:
            told[0] = cost
            return
        if n_counted < 2 and per_unit * _times(facts, person, worst, used) * _LEAST_UNITS <= len(values):
            counted[n_counted] = worst
            n_counted += 1
        else:
            exact = False
            _leave_out(facts, person, worst, first, until, new, counts, best)


@inner
def _times(facts: Facts, person: int, group: int, used: Any) -> int:
    """Return how many numbers of times a group can be worked; one if it is not counted."""
    return 1 if group < 0 else facts.group_most[person, group] - used[2 + group] + 1


@inner
def _weekend_states(
    facts: Facts, person: int, row: Any, first: int, until: int, end: int, used: int, best: Floats
) -> int:
    """Return how many numbers of weekends there can be; one if they need not be counted."""
    left = facts.limits[person, WEEKENDS] - used
    if left == 0:
        _rest_at_weekends(first, until, best, row)
    touched = (end - 1) // 7 - first // 7 + 1
    return 1 if left == 0 or left >= touched else left + 1


@inner
def _rest_at_weekends(first: int, until: int, best: Floats, row: Any) -> None:
    """Allow no work at weekends, except on a Sunday whose Saturday stays a day of work."""
    for day in range(first, until):
        if day % 7 == 5 or (day % 7 == 6 and (day > first or day == 0 or row[day - 1] < 0)):
            best[day] = INF


@inner
def _over_its_limit(facts: Facts, person: int, new: Any, first: int, end: int, used: Any, counts: Any) -> int:
    """Count the groups of a row; return one that it has too often, or -1."""
    counts[:] = used[2:]
    for day in range(first, end):
        if new[day] >= 0:
            counts[facts.group_of[person, new[day]]] += 1
    worst = -1
    for group in range(len(counts)):
        if counts[group] > facts.group_most[person, group]:
            worst = group
    return worst


@inner
def _leave_out(
    facts: Facts, person: int, group: int, first: int, until: int, new: Any, counts: Any, best: Floats
) -> None:
    """Forbid a group on all days but on the cheapest ones on which the row has it, as many as may be."""
    surplus = counts[group] - facts.group_most[person, group]
    while surplus > 0:
        dearest, at = -INF, -1
        for day in range(first, until):
            has = new[day] >= 0 and facts.group_of[person, new[day]] == group
            if has and dearest < best[day, group] < HALF:
                dearest, at = best[day, group], day
        if at < 0:
            break
        best[at, group] = INF
        surplus -= 1
    for day in range(first, until):
        if new[day] < 0 or facts.group_of[person, new[day]] != group:
            best[day, group] = INF


@compiled
def cheapest_rows(
    facts: Facts,
    costs: Floats,
    people: Ints,
    rows: Ints,
    first: int,
    until: int,
    new: Ints,
    told: Any,
    values: Floats,
) -> None:
    """Do for each of some people what :func:`cheapest` does.

    Parameters
    ----------
    costs
        Day, shift: beside the person's own wishes.
    rows, new, told
        Of each of ``people``; ``new`` may be ``rows`` if all days are asked for.
    """
    for place in range(len(people)):
        own = facts.wishes[people[place]] + costs
        cheapest(facts, people[place], own, rows[place], first, until, new[place], values, told[place])
