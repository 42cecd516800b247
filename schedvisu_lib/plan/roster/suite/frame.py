"""What the dynamic programme starts from: a row before some days, what it has used, which units matter; compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.roster.suite.arrays import (
    GROUPS,
    LEAST_OFF,
    LEAST_UNITS,
    MOST_ON,
    MOST_UNITS,
    NEVER,
    Facts,
    Floats,
    Ints,
)

INF: Final = np.float32(np.inf)
HALF: Final = np.float32(NEVER / 2)
"""Costs from which on something must not be."""


@inner
def node_before(facts: Facts, person: int, row: Any, day: int) -> int:
    """Return the node of a row before a day."""
    limits = facts.limits[person]
    least_off, most_on = limits[LEAST_OFF], limits[MOST_ON]
    works = day > 0 and row[day - 1] >= 0
    length = 0
    while length < day and (row[day - 1 - length] >= 0) == works:
        length += 1
    if not works:
        return (least_off if length == day else min(length, least_off)) - 1
    group = facts.group_of[person, row[day - 1]]
    return least_off + facts.group_class[person, group] * most_on + length - 1


@inner
def end_of_tail(row: Any, day: int) -> int:
    """Return the day from which on a row is right, whatever stands before ``day``, if it was right before.

    The row's days on or off that begin at ``day`` may continue what is before; the next ones begin anew.
    """
    days = len(row)
    end = day
    while end < days and (row[end] >= 0) == (row[day] >= 0):
        end += 1
    return min(end + 1, days)


@inner
def use_outside(facts: Facts, person: int, row: Any, first: int, end: int, used: Any) -> None:
    """Write what a row uses outside of some days: weekends, units, and from the third entry on its groups."""
    used[:] = 0
    for day in range(len(row)):
        if row[day] >= 0 and not first <= day < end:
            group = facts.group_of[person, row[day]]
            used[1] += facts.group_units[person, group]
            used[2 + group] += 1
            if day % 7 == 5 or (day % 7 == 6 and row[day - 1] < 0):
                used[0] += 1


@inner
def merge(facts: Facts, person: int, costs: Floats, first: int, end: int, best: Floats, shift_of: Ints) -> None:
    """Write the cost of the cheapest shift of each group, and which one it is."""
    best[first:end] = INF
    for day in range(first, end):
        for shift in range(costs.shape[1]):
            group = facts.group_of[person, shift]
            if group >= 0 and costs[day, shift] < HALF and costs[day, shift] < best[day, group]:
                best[day, group] = costs[day, shift]
                shift_of[day, group] = shift


@inner
def fix(facts: Facts, person: int, row: Any, first: int, end: int, best: Floats, shift_of: Ints, off: Floats) -> None:
    """Allow on some days nothing but what a row has."""
    for day in range(first, end):
        best[day] = INF
        off[day] = np.float32(0)
        if row[day] >= 0:
            group = facts.group_of[person, row[day]]
            best[day, group] = np.float32(0)
            shift_of[day, group] = row[day]
            off[day] = INF


@inner
def bands(facts: Facts, person: int, used: Any, first: int, end: int, best: Floats, low: Ints, high: Ints) -> int:
    """Write the fewest and most units that matter before each day; return the widest range."""
    limits = facts.limits[person]
    most_on, least_off, n_groups = limits[MOST_ON], limits[LEAST_OFF], limits[GROUPS]
    longest = 0
    for group in range(n_groups):
        longest = max(longest, facts.group_units[person, group])
    low[first], high[first] = used[1], used[1]
    for day in range(first, end):
        may = 0
        for group in range(n_groups):
            if best[day, group] < HALF:
                may = max(may, facts.group_units[person, group])
        high[day + 1] = min(high[day] + may, limits[MOST_UNITS])
        low[day + 1] = used[1]
    need = limits[LEAST_UNITS]
    for day in range(end, first, -1):
        cycle = most_on + least_off
        left = end - day
        on = left // cycle * most_on + min(left % cycle, most_on)
        low[day] = max(used[1], limits[LEAST_UNITS] - on * longest)
        need = low[day]
    low[first] = used[1]
    widest = 1
    for day in range(first, end + 1):
        widest = max(widest, high[day] - low[day] + 1)
    return widest if need <= limits[MOST_UNITS] else 0


@inner
def narrow(facts: Facts, person: int, used: Any, first: int, end: int, low: Ints, high: Ints, width: int) -> int:
    """Keep only the units near an even spread over the days; return the widest range."""
    limits = facts.limits[person]
    middle = (limits[MOST_UNITS] + limits[LEAST_UNITS]) / 2 - used[1]
    widest = 1
    for day in range(first + 1, end + 1):
        even = used[1] + middle * (day - first) / (end - first)
        low[day] = min(max(low[day], int(even) - width // 2), high[day])
        high[day] = max(min(high[day], int(even) + width // 2), low[day])
        widest = max(widest, high[day] - low[day] + 1)
    return widest
