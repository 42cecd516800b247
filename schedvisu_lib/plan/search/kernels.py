"""The search's inner loops, compiled: where a visit can lie, and giving it a time or taking it away.

All work on :class:`~schedvisu_lib.plan.search.arrays.Facts` and :class:`~schedvisu_lib.plan.search.arrays.State`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import STALE, Longs
from schedvisu_lib.plan.search.bits import clear, draw, first_bit, last_bit
from schedvisu_lib.plan.search.context import GRID, REACH

DAY: Final = 1440
NONE: Final = 1 << 60
"""Cost of what cannot be."""
_WITHOUT: Final = 1 << 40
"""Cost of a place after which another session that must start soon finds none; more than all minutes of a run."""
_ONE: Final = np.uint64(1)
_WORD: Final = np.uint64(64)


# Where a visit can lie


@inner
def open_starts(c: Longs, run: int, option: int, day: int, row: int) -> bool:
    """Write the steps of a day at which a run may start into a row of scratch; tell whether that says anything."""
    bits, scratch = at.bits(c)[row], at.bits(c)[3]
    words, resource = len(bits), at.options(c)[option].resource
    some = taken = np.uint64(0)
    for word in range(words):
        bits[word] = at.masks(c)[at.options(c)[option].mask, day, word]
        scratch[word] = at.full(c)[resource, day, word]
        some |= bits[word]
        taken |= scratch[word]
    if some == 0:
        return False
    if taken != 0:
        _widen(scratch, at.runs(c)[run].steps)
        for word in range(words):
            bits[word] &= ~scratch[word]
    kind, patient = at.options(c)[option].kind, at.runs(c)[run].patient
    for column in range(day, day + 2 * c[REACH] + 1):
        for place in range(at.n_of_day(c)[patient, column]):
            other = at.of_day(c)[patient, column, place]
            if at.places(c)[other].day == day and at.apart(c)[at.runs(c)[run].kin, kind, at.places(c)[other].kind]:
                return False
            pause = at.separation(c)[at.runs(c)[run].kin, kind, at.places(c)[other].kind]
            shift = (at.places(c)[other].day - day) * DAY
            before = at.places(c)[other].start + shift - pause - at.runs(c)[run].length
            behind = at.places(c)[other].end + shift + pause
            clear(bits, before // c[GRID] + 1, (behind - 1) // c[GRID])
    return True


@inner
def _widen(bits: Any, steps: int) -> None:
    """Set each bit that has a set one less than so many steps after it."""
    done = 1
    while done < steps:
        shift = min(done, steps - done, 63)
        for word in range(len(bits)):
            following = bits[word + 1] if word + 1 < len(bits) else np.uint64(0)
            bits[word] |= (bits[word] >> np.uint64(shift)) | (following << (_WORD - np.uint64(shift)))
        done += shift


@inner
def pick(c: Longs, run: int, bits: Any) -> int:
    """Return the step that is nearest to what the run wishes, or -1."""
    if at.runs(c)[run].mode == 0:
        return first_bit(bits, 0)
    if at.runs(c)[run].mode == 1:
        return last_bit(bits, len(bits) * 64 - 1)
    after = first_bit(bits, -(-at.runs(c)[run].at // c[GRID]))
    before = last_bit(bits, at.runs(c)[run].at // c[GRID])
    if after < 0 or (before >= 0 and at.runs(c)[run].at - before * c[GRID] <= after * c[GRID] - at.runs(c)[run].at):
        return before
    return after


@inner
def cost_of(c: Longs, run: int, day: int, step: int) -> int:
    """Return the minutes from midnight of the first day, by the run's wish."""
    minute = step * c[GRID]
    if at.runs(c)[run].mode == 1:
        return day * DAY + DAY - minute
    if at.runs(c)[run].mode == 2:
        return day * DAY + abs(minute - at.runs(c)[run].at)
    return day * DAY + minute


@inner
def best_of_day(c: Longs, run: int, visit: int, day: int, blink: int) -> tuple[int, int, int]:
    """Return cost, option and step of the best place on a day; of 1,000 places so many are overlooked (blink)."""
    best, best_option, best_step = NONE, -1, -1
    first, n = at.runs(c)[run].option, at.runs(c)[run + 1].option - at.runs(c)[run].option
    turn = draw(c, n) if blink and n > 1 else 0
    for number in range(n):
        option = first + (number + turn) % n
        if blink and draw(c, 1000) < blink:
            continue
        if not open_starts(c, run, option, day, 0):
            continue
        bits = at.bits(c)[0]
        if at.runs(c)[run].ordered and not narrow(c, visit, day, bits):
            continue
        step, penalty = pick(c, run, bits), 0
        if at.runs(c)[run].ordered:
            step, penalty = _before_followers(c, run, visit, option, day, step)
        if step >= 0:
            cost = cost_of(c, run, day, step) + penalty
            if cost < best:
                best, best_option, best_step = cost, option, step
    return best, best_option, best_step


@inner
def _before_followers(c: Longs, run: int, visit: int, option: int, day: int, first: int) -> tuple[int, int]:
    """Return the best step after which those that must start soon still find a place, and 0.

    If there is none, the best step at all, and a cost that keeps it behind those of all other days.
    """
    step, bits = first, at.bits(c)[0]
    while step >= 0 and not _followers_fit(c, run, visit, option, day, step):
        clear(bits, step, step)
        step = pick(c, run, bits)
    if step < 0:
        return first, _WITHOUT
    return step, 0


@inner
def narrow(c: Longs, visit: int, day: int, bits: Any) -> bool:
    """Leave only the starts after what comes before the visit (rule 9) and within its own minutes."""
    low, high = at.visits(c)[visit].low, at.visits(c)[visit].high
    for row in range(at.visits(c)[visit].before, at.visits(c)[visit + 1].before):
        other = at.before(c)[row, 0]
        if at.places(c)[other].day < 0:
            return False
        end = at.places(c)[other].day * DAY + at.places(c)[other].end
        low = max(low, end + at.before(c)[row, 1])
        if at.before(c)[row, 2] >= 0:
            high = min(high, end + at.before(c)[row, 2])
    low, high = low - day * DAY, high - day * DAY
    if low >= DAY or high < 0:
        return False
    clear(bits, 0, (low - 1) // c[GRID])
    clear(bits, high // c[GRID] + 1, DAY)
    return True


@inner
def _followers_fit(c: Longs, run: int, visit: int, option: int, day: int, step: int) -> bool:
    """Tell whether each visit that must start soon after this one would still find a place on its day."""
    end = step * c[GRID] + at.runs(c)[run].length
    for row in range(at.visits(c)[visit].after, at.visits(c)[visit + 1].after):
        other, least, most = at.after(c)[row, 0], at.after(c)[row, 1], at.after(c)[row, 2]
        if most < 0 or at.places(c)[other].day >= 0 or end + most >= DAY:
            continue
        follower, found = at.visits(c)[other].run, False
        for next_option in range(at.runs(c)[follower].option, at.runs(c)[follower + 1].option):
            kinds = at.runs(c)[run].kin, at.options(c)[option].kind, at.options(c)[next_option].kind
            if at.apart(c)[kinds] or not open_starts(c, follower, next_option, day, 2):
                continue
            from_minute = end + max(least, np.int64(at.separation(c)[kinds]))
            start = first_bit(at.bits(c)[2], -(-from_minute // c[GRID]))
            if start >= 0 and start * c[GRID] <= end + most:
                found = True
                break
        if not found:
            return False
    return True


# Place and lift


@inner
def _is_visit(c: Longs, visit: int) -> bool:
    return at.building(c)[at.places(c)[visit].kind] >= 0


@inner
def _link(c: Longs, one: int, other: int, sign: int) -> None:
    """Add, or take away, waiting and change of building between two visits that are neighbours on a day."""
    if one >= 0 and other >= 0:
        at.totals(c)[2] += sign * max(0, at.places(c)[other].start - at.places(c)[one].end)
        at.totals(c)[3] += sign * (at.building(c)[at.places(c)[one].kind] != at.building(c)[at.places(c)[other].kind])


@inner
def _neighbours(c: Longs, patient: int, column: int, place: int) -> tuple[int, int]:
    """Return the appointments before and after a place of a patient's day, or -1."""
    one = other = -1
    for near in range(place - 1, -1, -1):
        if _is_visit(c, at.of_day(c)[patient, column, near]):
            one = at.of_day(c)[patient, column, near]
            break
    for near in range(place + 1, at.n_of_day(c)[patient, column]):
        if _is_visit(c, at.of_day(c)[patient, column, near]):
            other = at.of_day(c)[patient, column, near]
            break
    return one, other


@inner
def _touch(c: Longs, visit: int) -> None:
    if not at.places(c)[visit].stale:
        at.places(c)[visit].stale = 1
        at.lists(c)[STALE, at.counts(c)[2]] = visit
        at.counts(c)[2] += 1


@inner
def place(c: Longs, visit: int, option: int, day: int, step: int) -> None:
    """Give a visit a time."""
    run, resource = at.visits(c)[visit].run, at.options(c)[option].resource
    at.places(c)[visit].day, at.places(c)[visit].option, at.places(c)[visit].kind = (
        day,
        option,
        at.options(c)[option].kind,
    )
    at.places(c)[visit].start = step * c[GRID]
    at.places(c)[visit].end = at.places(c)[visit].start + at.runs(c)[run].length
    for taken in range(step, step + at.runs(c)[run].steps):
        at.room(c)[resource, day, taken] -= 1
        if at.room(c)[resource, day, taken] == 0:
            at.full(c)[resource, day, taken >> 6] |= _ONE << np.uint64(taken & 63)
    head = at.head(c)[resource, day]
    at.places(c)[visit].behind, at.places(c)[visit].ahead, at.head(c)[resource, day] = head, -1, visit
    if head >= 0:
        at.places(c)[head].ahead = visit
    patient, column = at.runs(c)[run].patient, day + c[REACH]
    where = at.n_of_day(c)[patient, column]
    while where > 0 and at.places(c)[at.of_day(c)[patient, column, where - 1]].start > at.places(c)[visit].start:
        at.of_day(c)[patient, column, where] = at.of_day(c)[patient, column, where - 1]
        where -= 1
    at.of_day(c)[patient, column, where] = visit
    at.n_of_day(c)[patient, column] += 1
    one, other = _neighbours(c, patient, column, where)
    _link(c, one, other, -1)
    _link(c, one, visit, 1)
    _link(c, visit, other, 1)
    rank = at.runs(c)[run].first + at.filled(c)[run].placed
    at.totals(c)[0] -= at.visits(c)[rank].weight
    at.totals(c)[1] += cost_of(c, run, day, step) - at.visits(c)[rank].offset
    at.filled(c)[run].placed += 1
    at.has(c)[run, day] = 1
    _touch(c, visit)


@inner
def lift(c: Longs, visit: int) -> None:
    """Take a visit's time away."""
    run, option, day = at.visits(c)[visit].run, at.places(c)[visit].option, at.places(c)[visit].day
    resource, step = at.options(c)[option].resource, at.places(c)[visit].start // c[GRID]
    for taken in range(step, step + at.runs(c)[run].steps):
        if at.room(c)[resource, day, taken] == 0:
            at.full(c)[resource, day, taken >> 6] &= ~(_ONE << np.uint64(taken & 63))
        at.room(c)[resource, day, taken] += 1
    before, behind = at.places(c)[visit].ahead, at.places(c)[visit].behind
    if before >= 0:
        at.places(c)[before].behind = behind
    else:
        at.head(c)[resource, day] = behind
    if behind >= 0:
        at.places(c)[behind].ahead = before
    patient, column = at.runs(c)[run].patient, day + c[REACH]
    where = 0
    while at.of_day(c)[patient, column, where] != visit:
        where += 1
    one, other = _neighbours(c, patient, column, where)
    _link(c, one, visit, -1)
    _link(c, visit, other, -1)
    _link(c, one, other, 1)
    at.n_of_day(c)[patient, column] -= 1
    for near in range(where, at.n_of_day(c)[patient, column]):
        at.of_day(c)[patient, column, near] = at.of_day(c)[patient, column, near + 1]
    at.filled(c)[run].placed -= 1
    rank = at.runs(c)[run].first + at.filled(c)[run].placed
    at.totals(c)[0] += at.visits(c)[rank].weight
    at.totals(c)[1] -= cost_of(c, run, day, step) - at.visits(c)[rank].offset
    at.has(c)[run, day] = 0
    at.places(c)[visit].day = -1
    _touch(c, visit)
