"""What a move lifts, compiled: visits that have to do with each other, so that their runs can be filled anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import FILL, Longs
from schedvisu_lib.plan.search.bits import draw
from schedvisu_lib.plan.search.context import DAYS, GRID, REACH
from schedvisu_lib.plan.search.kernels import DAY, lift


@inner
def _want(c: Longs, run: int) -> None:
    """Have a run filled again."""
    if not at.filled(c)[run].mark:
        at.filled(c)[run].mark = 1
        at.lists(c)[FILL, at.counts(c)[3]] = run
        at.counts(c)[3] += 1


@inner
def _lift_one(c: Longs, visit: int) -> None:
    at.log(c)[at.counts(c)[0], 0] = visit
    at.log(c)[at.counts(c)[0], 1] = at.places(c)[visit].option
    at.log(c)[at.counts(c)[0], 2] = at.places(c)[visit].day
    at.log(c)[at.counts(c)[0], 3] = at.places(c)[visit].start // c[GRID]
    at.counts(c)[0] += 1
    lift(c, visit)


@inner
def _lift_run(c: Longs, run: int) -> None:
    """Lift all visits of a run, and of the runs that come after it."""
    for visit in range(at.runs(c)[run + 1].first - 1, at.runs(c)[run].first - 1, -1):
        if at.places(c)[visit].day >= 0:
            _lift_one(c, visit)
    _want(c, run)
    for row in range(at.runs(c)[run].behind, at.runs(c)[run + 1].behind):
        other = at.behind(c)[row]
        for visit in range(at.runs(c)[other + 1].first - 1, at.runs(c)[other].first - 1, -1):
            if at.places(c)[visit].day >= 0:
                _lift_one(c, visit)
        _want(c, other)


@inner
def _remove(c: Longs, visit: int) -> None:
    """Lift a visit; of a run whose order matters, all."""
    run = at.visits(c)[visit].run
    if at.runs(c)[run].ordered:
        _lift_run(c, run)
    else:
        _lift_one(c, visit)
        _want(c, run)


@inner
def _remove_near(c: Longs, active: Any, resource: int, day: int, low: int, high: int, most: int) -> None:
    """Lift visits of a resource and day that overlap some minutes."""
    visit = at.head(c)[resource, day]
    while visit >= 0 and most > 0:
        following = at.places(c)[visit].behind
        run = at.visits(c)[visit].run
        if active[run] and at.places(c)[visit].start < high and at.places(c)[visit].end > low:
            _remove(c, visit)
            most -= 1
            if at.runs(c)[run].ordered:  # may have lifted the following one too
                following = at.head(c)[resource, day]
        visit = following


@inner
def _remove_of_patient(c: Longs, active: Any, patient: int, day: int, low: int, high: int) -> None:
    """Lift visits of a patient's day that overlap some minutes."""
    column = day + c[REACH]
    place_of = at.n_of_day(c)[patient, column] - 1
    while place_of >= 0:
        visit = at.of_day(c)[patient, column, place_of]
        if (
            visit < len(at.visits(c)) - 1
            and active[at.visits(c)[visit].run]
            and at.places(c)[visit].start < high
            and at.places(c)[visit].end > low
        ):
            _remove(c, visit)
        place_of = min(place_of, at.n_of_day(c)[patient, column]) - 1


@inner
def _some_visit(c: Longs, active: Any) -> int:
    """Return a visit that has a time, or -1."""
    n = len(at.visits(c)) - 1
    for _ in range(50):
        visit = draw(c, n)
        if at.places(c)[visit].day >= 0 and active[at.visits(c)[visit].run]:
            return visit
    return -1


@inner
def _lacking(c: Longs, active: Any, possible: Any) -> int:
    """Return a run that lacks visits although it could have more, or -1."""
    n = len(at.runs(c)) - 1
    start = draw(c, n)
    for number in range(n):
        run = (start + number) % n
        if active[run] and at.filled(c)[run].placed < possible[run, 0]:
            return run
    return -1


@inner
def ruin(c: Longs, active: Any, possible: Any) -> int:
    """Lift visits that have to do with each other; return the run that is to be filled first, or -1."""
    if at.totals(c)[0] > 0 and draw(c, 100) < 10:
        run: int = _lacking(c, active, possible)
        if run >= 0:
            _make_room(c, active, run, at.runs(c)[run].end - 1)
            return run
    visit = _some_visit(c, active)
    if visit < 0:
        return -1
    run, day = at.visits(c)[visit].run, at.places(c)[visit].day
    way = draw(c, 100)
    if at.n_of_day(c).shape[0] == 1:  # one patient alone is never in the way of others
        way = 30 + draw(c, 70)
    if way < 30:
        middle, width = (at.places(c)[visit].start + at.places(c)[visit].end) // 2, 15 + draw(c, 150)
        resource = at.options(c)[at.places(c)[visit].option].resource
        _remove_near(c, active, resource, day, middle - width, middle + width, 10)
        return -1
    if way < 60:
        _remove_days(c, active, at.runs(c)[run].patient, day)
        return -1
    if way < 68:
        _lift_run(c, run)
        _others_of(c, active, at.runs(c)[run].patient, 1 + draw(c, 3))
        return -1 if draw(c, 2) else run
    _remove(c, visit)
    _make_room(c, active, run, day)
    return run


@inner
def _remove_days(c: Longs, active: Any, patient: int, day: int) -> None:
    """Lift what a patient has on a day and perhaps on others, and some of the last visits, which may come there."""
    last = at.n_of_day(c).shape[1] - c[REACH] - 1
    for _ in range(1 + draw(c, 3)):
        low = 0 if draw(c, 4) else draw(c, DAY)
        _remove_of_patient(c, active, patient, day, low, low + DAY // 4 + draw(c, DAY))
        day = min(day + 1, c[DAYS] - 1) if draw(c, 2) else draw(c, c[DAYS])
    most, chance = draw(c, 6), 3
    if draw(c, 4) == 0:
        most, chance = 10 + draw(c, 20), 2
    column = last
    while column >= c[REACH] and most > 0:
        place_of = at.n_of_day(c)[patient, column] - 1
        while place_of >= 0 and most > 0:
            visit = at.of_day(c)[patient, column, place_of]
            if visit < len(at.visits(c)) - 1 and active[at.visits(c)[visit].run] and draw(c, chance) == 0:
                _remove(c, visit)
                most -= 1
            place_of = min(place_of, at.n_of_day(c)[patient, column]) - 1
        column -= 1


@inner
def _others_of(c: Longs, active: Any, patient: int, n: int) -> None:
    """Lift some runs of a patient: those of visits near a random one in the list of all visits."""
    for _ in range(20 * n):
        visit = draw(c, len(at.visits(c)) - 1)
        run = at.visits(c)[visit].run
        if at.runs(c)[run].patient == patient and active[run] and not at.filled(c)[run].mark:
            _lift_run(c, run)
            n -= 1
            if n <= 0:
                return


@inner
def _make_room(c: Longs, active: Any, run: int, last: int) -> None:
    """Lift what stands in the way of a run on a day up to a last one, on one of its resources."""
    if at.runs(c)[run].ordered:
        _lift_run(c, run)
    _want(c, run)
    n, days = at.runs(c)[run + 1].option - at.runs(c)[run].option, last + 1 - at.runs(c)[run].day
    if n == 0 or days <= 0:
        return
    option = at.runs(c)[run].option + draw(c, n)
    day = at.runs(c)[run].day + draw(c, days)
    if draw(c, 3) == 0:
        day = last
    low = 6 * 60 + draw(c, 12 * 60)
    for _ in range(10):  # a time at which the run may start there, if one is soon found
        step = draw(c, at.room(c).shape[2])
        if at.masks(c)[at.options(c)[option].mask, day, step >> 6] >> np.uint64(step & 63) & np.uint64(1):
            low = step * c[GRID]
            break
    high = low + at.runs(c)[run].length
    _remove_near(c, active, at.options(c)[option].resource, day, low, high, 6)
    _remove_of_patient(c, active, at.runs(c)[run].patient, day, low - 30, high + 30)
