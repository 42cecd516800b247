"""Pack a patient's day, compiled: of the visits that lack a time, those that fit together best."""

from __future__ import annotations

from typing import Final

import numpy as np

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import FILL, WAYS, Longs
from schedvisu_lib.plan.search.bits import draw, first_bit, last_bit, lowest
from schedvisu_lib.plan.search.context import DAYS, GRID
from schedvisu_lib.plan.search.fills import has_place, set_visit
from schedvisu_lib.plan.search.kernels import DAY, cost_of, open_starts

RUN, PRIZE, FIRST, OPTION, TODO, CHOSEN, START, END, WAY, VALUE, BEST_WAY, BEST_START = range(12)
"""Rows of the table: of the runs, of the ways, of the levels, and of the best day found."""
_LEVELS: Final = 12
"""Visits that are packed on a day, at most; the rest is filled in as always."""
_STEPS: Final = 12
"""From this row on, for each level: the step at which each run could be next, and its way."""


@inner
def pack_day(c: Longs, patient: int, day: int, nodes: int) -> None:
    """Place visits of a patient's runs that are to be filled on a day: the best set and order of some that are tried.

    Depth first, one visit after the other in time (or, if late times are wished, backwards), each as near to those
    before as the rules allow; what is worth most is kept. A visit is worth a day or more, by chance, less the minutes
    of its time of day.
    """
    n = _collect(c, patient, day)
    if n == 0:
        return
    p = at.packing(c)
    mode = at.runs(c)[p[RUN, 0]].mode
    backwards = mode == 1 or (mode == 2 and draw(c, 2) == 1)
    level = used = best = length = 0
    p[VALUE, 0] = 0
    p[TODO, 0] = _next(c, n, 0, 0, 0, backwards)
    while level >= 0:
        if p[TODO, level] == 0 or nodes <= 0:
            level -= 1
            if level >= 0:
                used &= ~(1 << p[CHOSEN, level])
            continue
        one = lowest(np.uint64(p[TODO, level]))
        p[TODO, level] &= p[TODO, level] - 1
        nodes -= 1
        run, step, way = p[RUN, one], p[_STEPS + 2 * level, one], p[_STEPS + 2 * level + 1, one]
        p[CHOSEN, level], p[WAY, level] = one, way
        p[START, level] = step * c[GRID]
        p[END, level] = step * c[GRID] + at.runs(c)[run].length
        p[VALUE, level + 1] = p[VALUE, level] + p[PRIZE, one] - cost_of(c, run, 0, step)
        if p[VALUE, level + 1] > best:
            best, length = p[VALUE, level + 1], level + 1
            for place in range(length):
                p[BEST_WAY, place], p[BEST_START, place] = p[WAY, place], p[START, place]
        if level + 1 < _LEVELS:
            used |= 1 << one
            level += 1
            p[TODO, level] = _next(c, n, level, used, best, backwards)
    for place in range(length):
        way = p[BEST_WAY, place]
        one = 0
        while p[FIRST, one + 1] <= way:
            one += 1
        set_visit(c, p[RUN, one], p[OPTION, way], day, p[BEST_START, place] // c[GRID])


@inner
def _collect(c: Longs, patient: int, day: int) -> int:
    """List a patient's runs that lack a visit and may have one on a day, with the starts that are open; how many."""
    p = at.packing(c)
    n = m = 0
    for number in range(at.counts(c)[3]):
        run = at.lists(c)[FILL, number]
        if at.runs(c)[run].patient != patient or at.runs(c)[run].ordered or not has_place(c, run, day):
            continue
        if n == WAYS // 2 - 1:
            break
        p[RUN, n], p[FIRST, n] = run, m
        p[PRIZE, n] = DAY + draw(c, 2 * DAY)
        for option in range(at.runs(c)[run].option, at.runs(c)[run + 1].option):
            if m < WAYS and open_starts(c, run, option, day, 0):
                p[OPTION, m] = option
                for word in range(at.bits(c).shape[1]):
                    at.ways(c)[m, word] = at.bits(c)[0, word]
                m += 1
        if m > p[FIRST, n]:
            n += 1
        p[FIRST, n] = m
    return n


@inner
def _next(c: Longs, n: int, level: int, used: int, best: int, backwards: bool) -> int:
    """Find when each run that is left could be next; tell by bits which are to be tried, none if it cannot pay.

    One that could only begin when another one could have ended is not tried: that one fits in before.
    """
    p = at.packing(c)
    row = _STEPS + 2 * level
    hope, frontier = p[VALUE, level], 10 * DAY
    for one in range(n):
        p[row, one] = -1
        if used >> one & 1:
            continue
        _nearest(c, one, level, row, backwards)
        step = p[row, one]
        if step >= 0:
            hope += p[PRIZE, one]
            length = at.runs(c)[p[RUN, one]].length
            frontier = min(frontier, -step * c[GRID] if backwards else step * c[GRID] + length)
    if hope <= best:
        return 0
    todo = 0
    for one in range(n):
        step = p[row, one]
        if step >= 0:
            length = at.runs(c)[p[RUN, one]].length
            if (-step * c[GRID] - length if backwards else step * c[GRID]) < frontier:
                todo |= 1 << one
    return todo


@inner
def _nearest(c: Longs, one: int, level: int, row: int, backwards: bool) -> None:
    """Write the step, and the way, by which a run could be next after those on the levels before."""
    p = at.packing(c)
    run = p[RUN, one]
    for way in range(p[FIRST, one], p[FIRST, one + 1]):
        kind, minute, fits = at.options(c)[p[OPTION, way]].kind, (DAY if backwards else 0), True
        for before in range(level):
            other = at.options(c)[p[OPTION, p[WAY, before]]].kind
            if at.apart(c)[at.runs(c)[run].kin, kind, other]:
                fits = False
                break
            pause = at.separation(c)[at.runs(c)[run].kin, kind, other]
            minute = min(minute, p[START, before] - pause) if backwards else max(minute, p[END, before] + pause)
        if not fits:
            continue
        if backwards:
            minute -= at.runs(c)[run].length
            step = last_bit(at.ways(c)[way], minute // c[GRID]) if minute >= 0 else -1
            if step > p[row, one]:
                p[row, one], p[row + 1, one] = step, way
        else:
            step = first_bit(at.ways(c)[way], -(-minute // c[GRID]))
            if step >= 0 and (p[row, one] < 0 or step < p[row, one]):
                p[row, one], p[row + 1, one] = step, way


@inner
def pack_days(c: Longs, nodes: int) -> None:
    """Pack the days of one of the patients whose runs are to be filled, one after the other."""
    if at.counts(c)[3] == 0:
        return
    patient = at.runs(c)[at.lists(c)[FILL, draw(c, at.counts(c)[3])]].patient
    for day in range(c[DAYS]):
        pack_day(c, patient, day, nodes)
