"""Ruin and recreate, compiled: lift visits that are in each other's way, fill their runs anew, keep what is good."""

from __future__ import annotations

from math import log
from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import compiled, inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import FILL, SET, STALE, Flags, Longs
from schedvisu_lib.plan.search.bits import draw
from schedvisu_lib.plan.search.context import DAYS, GRID
from schedvisu_lib.plan.search.fills import alone, fill, fill_day, first_fit, lift_all, seat
from schedvisu_lib.plan.search.kernels import lift, place
from schedvisu_lib.plan.search.packing import pack_days
from schedvisu_lib.plan.search.ruins import ruin

_BLINK: Final = 25
"""Of 1,000 places of a visit, so many are overlooked: the next best one may let others in."""
_WAITING: Final = 1e-3
_CHANGE: Final = 1e-4
"""Minutes of distance that a minute of waiting, and a change of building, count while plans are compared in passing."""
_PACKED, _BY_DAY = 20, 60
"""Of 100 moves, so many pack whole days; up to so many fill day after day; the others run after run."""
_TRIED: Final = 100
"""Visits that are tried while a day is packed: more days packed less well gave better plans than fewer packed well."""

FIRST_FIT, ALONE, SEAT, LIFT, KEEP, RETURN, IMPROVE = range(7)
"""What :data:`work` can do: one entry for all takes much less time to compile than seven."""


@inner
def improve(c: Longs, active: Any, possible: Any, moves: int, heat: float, penalty: float) -> int:
    """Try so many moves; return how many of them made the best plan better.

    A plan that is worse by x minutes is accepted with probability exp(-x / heat); a weight of 1 that gets lost counts
    as ``penalty`` minutes. The best plan is kept by what counts: lost weight, distance, waiting, changes of building.
    """
    better = 0
    old = np.zeros(4, np.int64)
    for _ in range(moves):
        for part in range(4):
            old[part] = at.totals(c)[part]
        at.counts(c)[0] = at.counts(c)[1] = at.counts(c)[3] = 0
        seed = ruin(c, active, possible)
        _order(c, seed)
        way = draw(c, 100)
        if way < _PACKED:
            pack_days(c, _TRIED)
        elif way < _BY_DAY:
            _fill_days(c)
        for number in range(at.counts(c)[3]):
            fill(c, at.lists(c)[FILL, number], _BLINK)
        for number in range(at.counts(c)[3]):
            at.filled(c)[at.lists(c)[FILL, number]].mark = 0
        change = (
            float(at.totals(c)[0] - old[0]) * penalty
            + float(at.totals(c)[1] - old[1])
            + float(at.totals(c)[2] - old[2]) * _WAITING
            + float(at.totals(c)[3] - old[3]) * _CHANGE
        )
        if change > 0 and change >= -heat * log((draw(c, 1 << 30) + 1) / (1 << 30)):
            _take_back(c)
        elif _is_best(c):
            keep(c)
            better += 1
    return better


@inner
def _is_best(c: Longs) -> bool:
    for part in range(4):
        if at.totals(c)[part] != at.best_totals(c)[part]:
            return at.totals(c)[part] < at.best_totals(c)[part]
    return False


@inner
def keep(c: Longs) -> None:
    """Let the plan be the best one."""
    for number in range(at.counts(c)[2]):
        visit = at.lists(c)[STALE, number]
        at.places(c)[visit].stale = 0
        at.best(c)[visit, 0], at.best(c)[visit, 1], at.best(c)[visit, 2] = (
            at.places(c)[visit].day,
            at.places(c)[visit].start,
            at.places(c)[visit].option,
        )
    at.counts(c)[2] = 0
    for part in range(4):
        at.best_totals(c)[part] = at.totals(c)[part]


@inner
def _take_back(c: Longs) -> None:
    for number in range(at.counts(c)[1] - 1, -1, -1):
        lift(c, at.lists(c)[SET, number])
    for number in range(at.counts(c)[0] - 1, -1, -1):
        place(c, at.log(c)[number, 0], at.log(c)[number, 1], at.log(c)[number, 2], at.log(c)[number, 3])


@inner
def return_to_best(c: Longs) -> None:
    """Make the best plan the plan again."""
    n = at.counts(c)[2]
    for number in range(n):
        visit = at.lists(c)[STALE, number]
        if at.places(c)[visit].day >= 0:
            lift(c, visit)
    for number in range(n):
        visit = at.lists(c)[STALE, number]
        if at.best(c)[visit, 0] >= 0:
            place(c, visit, at.best(c)[visit, 2], at.best(c)[visit, 0], at.best(c)[visit, 1] // c[GRID])
    keep(c)


# Order


@inner
def _order(c: Longs, seed: int) -> None:
    """Shuffle the runs that are to be filled; now and then the seed comes first, or the long ones do."""
    n = at.counts(c)[3]
    _shuffle(c)
    if draw(c, 4) == 0:
        for number in range(1, n):
            run, place_of = at.lists(c)[FILL, number], number
            while place_of > 0 and _is_harder(c, run, at.lists(c)[FILL, place_of - 1]):
                at.lists(c)[FILL, place_of] = at.lists(c)[FILL, place_of - 1]
                place_of -= 1
            at.lists(c)[FILL, place_of] = run
    if seed >= 0 and draw(c, 5) > 0:
        for number in range(n):
            if at.lists(c)[FILL, number] == seed:
                at.lists(c)[FILL, number], at.lists(c)[FILL, 0] = at.lists(c)[FILL, 0], at.lists(c)[FILL, number]


@inner
def _shuffle(c: Longs) -> None:
    for number in range(at.counts(c)[3] - 1, 0, -1):
        other = draw(c, number + 1)
        at.lists(c)[FILL, number], at.lists(c)[FILL, other] = at.lists(c)[FILL, other], at.lists(c)[FILL, number]


@inner
def _fill_days(c: Longs) -> None:
    """Fill day after day, on each with the runs in another order: one order for all packs only some of them well."""
    for day in range(c[DAYS]):
        for number in range(at.counts(c)[3]):
            run = at.lists(c)[FILL, number]
            if not at.runs(c)[run].ordered and draw(c, 1000) >= _BLINK:
                fill_day(c, run, day, _BLINK)
        _shuffle(c)


@inner
def _is_harder(c: Longs, one: int, other: int) -> bool:
    """Tell whether a run has fewer resources than another one, or longer visits if as many."""
    ways = at.runs(c)[one + 1].option - at.runs(c)[one].option, at.runs(c)[other + 1].option - at.runs(c)[other].option
    if ways[0] != ways[1]:
        return ways[0] < ways[1]
    return at.runs(c)[one].length > at.runs(c)[other].length


# The entry


@compiled
def work(c: Longs, task: int, runs: Flags, table: Longs, moves: int, heat: float, penalty: float) -> int:
    """Do one of the tasks.

    Parameters
    ----------
    c
        What is given, and the plan: see :mod:`schedvisu_lib.plan.search.context`.
    task
        ``FIRST_FIT`` fills the runs in their order; ``ALONE`` writes of each run the visits that it could have
        alone, and their cost; ``SEAT`` places visits where they were booked, if the rules allow it; ``LIFT`` lifts
        all visits of the runs; ``KEEP`` makes the plan the best one, ``RETURN`` the best plan the plan;
        ``IMPROVE`` tries moves.
    runs
        (R,) 1 for those that may be touched.
    table
        (R, 2) visits that each run could have, and their cost; of ``SEAT`` (n, 5) visit, option, day, step, and
        whether it was placed.
    moves, heat, penalty
        Of ``IMPROVE``: see there.
    """
    if task == FIRST_FIT:
        first_fit(c, runs)
    elif task == ALONE:
        alone(c, table)
    elif task == SEAT:
        for row in range(len(table)):
            table[row, 4] = seat(c, table[row, 0], table[row, 1], table[row, 2], table[row, 3])
    elif task == LIFT:
        lift_all(c, runs)
    elif task == RETURN:
        return_to_best(c)
    elif task == IMPROVE:
        return improve(c, runs, table, moves, heat, penalty)
    if task != RETURN:
        keep(c)
    return 0
