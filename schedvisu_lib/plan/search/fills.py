"""Fill runs with visits, compiled: each at its best place left, so that what a run has is the best it alone can do."""

from __future__ import annotations

from typing import Any

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import SET, Longs
from schedvisu_lib.plan.search.bits import first_bit
from schedvisu_lib.plan.search.context import DAYS, REACH
from schedvisu_lib.plan.search.kernels import NONE, best_of_day, lift, narrow, open_starts, place


@inner
def _set(c: Longs, visit: int, option: int, day: int, step: int) -> None:
    place(c, visit, option, day, step)
    at.lists(c)[SET, at.counts(c)[1]] = visit
    at.counts(c)[1] += 1


@inner
def _fill_any(c: Longs, run: int, blink: int) -> None:
    """Place the visits that a run lacks on the earliest days that are left.

    That is the best that the run alone can do: any time of a day is better than every one of the next day.
    """
    for day in range(at.runs(c)[run].day, at.runs(c)[run].end):
        if at.filled(c)[run].placed == at.runs(c)[run + 1].first - at.runs(c)[run].first:
            return
        fill_day(c, run, day, blink)


@inner
def fill_day(c: Longs, run: int, day: int, blink: int) -> None:
    """Place a visit of a run without an order on a day, if it lacks one and can have it there."""
    if has_place(c, run, day):
        _, option, step = best_of_day(c, run, -1, day, blink)
        if step >= 0:
            set_visit(c, run, option, day, step)


@inner
def has_place(c: Longs, run: int, day: int) -> bool:
    """Tell whether a run without an order lacks a visit, and the days of the others let it have one on a day."""
    if at.filled(c)[run].placed == at.runs(c)[run + 1].first - at.runs(c)[run].first:
        return False
    if not at.runs(c)[run].day <= day < at.runs(c)[run].end:
        return False
    for other in range(max(day - at.runs(c)[run].least + 1, 0), min(day + at.runs(c)[run].least, c[DAYS])):
        if at.has(c)[run, other]:
            return False
    return True


@inner
def set_visit(c: Longs, run: int, option: int, day: int, step: int) -> None:
    """Give a time to the first visit of a run without an order that lacks one."""
    visit = at.runs(c)[run].first
    while at.places(c)[visit].day >= 0:
        visit += 1
    _set(c, visit, option, day, step)


@inner
def _fill_ordered(c: Longs, run: int, blink: int) -> None:
    """Place the sessions that an ordered run lacks at its end: as many as can be, at the least cost over all days."""
    first, n = at.runs(c)[run].first, at.runs(c)[run + 1].first - at.runs(c)[run].first
    done = at.filled(c)[run].placed
    reached, best_day = done - 1, -1
    for k in range(done, n):
        best = NONE
        for day in range(at.runs(c)[run].day, at.runs(c)[run].end):
            at.costs(c)[k, day] = NONE
            base, from_day = _cheapest_before(c, run, k, done, day)
            if base >= NONE:
                continue
            cost, option, step = best_of_day(c, run, first + k, day, blink)
            if step >= 0:
                at.costs(c)[k, day] = base + cost
                at.picks(c)[k, day, 0], at.picks(c)[k, day, 1], at.picks(c)[k, day, 2] = option, step, from_day
                if base + cost < best:
                    best, reached = base + cost, k
                    best_day = day
        if best == NONE:
            break
    if best_day >= 0:
        _place_ordered(c, run, done, reached, best_day)


@inner
def _place_ordered(c: Longs, run: int, done: int, reached: int, last_day: int) -> None:
    """Place sessions of an ordered run on the days that were found to be best, the last of them first found."""
    day = last_day
    for k in range(reached, done - 1, -1):  # the way back; its days are kept in column 0 of the costs
        from_day = at.picks(c)[k, day, 2]
        at.costs(c)[k, 0], day = day, from_day
    for k in range(done, reached + 1):
        day = at.costs(c)[k, 0]
        visit = at.runs(c)[run].first + k
        option, step = at.picks(c)[k, day, 0], at.picks(c)[k, day, 1]
        if c[REACH]:  # the session before may be too near
            _, option, step = best_of_day(c, run, visit, day, 0)
            if step < 0:
                return
        _set(c, visit, option, day, step)


@inner
def _cheapest_before(c: Longs, run: int, k: int, done: int, day: int) -> tuple[int, int]:
    """Return the least cost of the sessions before the k-th, if that lies on a day, and the day of the last of them."""
    visit = at.runs(c)[run].first + k
    least, most = at.runs(c)[run].least, at.visits(c)[visit].most
    if k == 0:
        return 0, -1
    if k == done:
        days = day - at.places(c)[visit - 1].day
        fits = days >= least and (most < 0 or days <= most)
        return (0 if fits else NONE), -1
    best, best_day = NONE, -1
    for other in range(at.runs(c)[run].day, day - least + 1):
        if (most < 0 or day - other <= most) and at.costs(c)[k - 1, other] < best:
            best, best_day = at.costs(c)[k - 1, other], other
    return best, best_day


@inner
def fill(c: Longs, run: int, blink: int) -> None:
    """Place what a run lacks, and before that what its predecessors lack."""
    for row in range(at.runs(c)[run].ahead, at.runs(c)[run + 1].ahead):
        other = at.ahead(c)[row]
        if at.filled(c)[other].placed < at.runs(c)[other + 1].first - at.runs(c)[other].first:
            _fill_ordered(c, other, blink)
    if at.filled(c)[run].placed < at.runs(c)[run + 1].first - at.runs(c)[run].first:
        if at.runs(c)[run].ordered:
            _fill_ordered(c, run, blink)
        else:
            _fill_any(c, run, blink)


@inner
def first_fit(c: Longs, active: Any) -> None:
    """Fill the active runs in their order."""
    for run in range(len(at.runs(c)) - 1):
        if active[run]:
            at.counts(c)[1] = 0
            fill(c, run, 0)


@inner
def alone(c: Longs, table: Any) -> None:
    """Tell of each run how many visits it could have if there were no other, and their cost; of an empty plan."""
    for run in range(len(at.runs(c)) - 1):
        at.counts(c)[1] = 0
        before = at.totals(c)[1]
        fill(c, run, 0)
        table[run, 0] = at.filled(c)[run].placed
        table[run, 1] = at.totals(c)[1] - before
        for number in range(at.counts(c)[1] - 1, -1, -1):
            lift(c, at.lists(c)[SET, number])


@inner
def seat(c: Longs, visit: int, option: int, day: int, step: int) -> bool:
    """Place a visit where it was booked, if the rules allow it."""
    run = at.visits(c)[visit].run
    if not at.runs(c)[run].day <= day < at.runs(c)[run].end or not open_starts(c, run, option, day, 0):
        return False
    if at.runs(c)[run].ordered and not narrow(c, visit, day, at.bits(c)[0]):
        return False
    for other in range(max(day - at.runs(c)[run].least + 1, 0), min(day + at.runs(c)[run].least, c[DAYS])):
        if at.has(c)[run, other]:
            return False
    if first_bit(at.bits(c)[0], step) != step:
        return False
    place(c, visit, option, day, step)
    return True


@inner
def lift_all(c: Longs, of_runs: Any) -> None:
    """Lift all visits of some runs."""
    for visit in range(len(at.visits(c)) - 1):
        if of_runs[at.visits(c)[visit].run] and at.places(c)[visit].day >= 0:
            lift(c, visit)
