"""The best appointments of one patient on one day, compiled: chains of starts in order of time.

What a start is worth (prize of its run less cost) is given. :func:`relaxed` looks only at neighbours of a chain, and
lets a fine for each clique (runs of which a day holds one at most, if only a run itself) keep those that it takes too
often; :func:`tighten` looks for fines with which that comes close to the truth. With it as a bound,
:func:`best_chain` looks for the best chain in which all fit together, and :func:`good_chains` for all that are worth
enough.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from schedvisu_lib.plan.compiled import compiled, inner
from schedvisu_lib.plan.search.arrays import Longs

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST: Final = 64
"""Appointments of a chain, at most."""
_SLACK: Final = 1e-6
_PATIENCE: Final = 3
"""Steps without a better bound after which they get shorter."""


class Starts(NamedTuple):
    """The starts of a day, as compiled code takes them."""

    runs: Longs
    """(n,) number of each start's run, by time of start."""
    costs: Floats
    clash: Bools
    """(n, n) whether two do not fit together."""
    groups: Longs
    """(n,) of starts of a group that could follow, only the first one does: it costs no more than those after it, and
    allows no less."""
    following: Longs
    """(n + 1, most) the starts that may follow each, one of each group, ended by -1; in the last row the first ones."""
    bans: Longs
    """(runs,) the bits of the runs that do not go with each, its own too."""
    cliques: Longs
    """(runs, most) those of each run, ended by -1."""


@compiled
def mark_clashes(runs: Longs, times: Longs, kinds: Longs, pauses: Longs, clash: Bools) -> None:
    """Mark which starts do not fit together.

    Parameters
    ----------
    runs, kinds
        (n,) of each start.
    times
        (n, 2) at which each begins and ends.
    pauses
        (kinds, kinds) between two; below 0 if they do not go together at all.
    clash
        (n, n) to be filled.
    """
    for one in range(len(runs)):
        for other in range(len(runs)):
            pause = pauses[kinds[one], kinds[other]]
            is_after = times[one, 0] >= times[other, 1] + pause or times[other, 0] >= times[one, 1] + pause
            clash[one, other] = runs[one] == runs[other] or pause < 0 or not is_after


@compiled
def follow(runs: Longs, groups: Longs, clash: Bools, following: Longs, together: Bools) -> None:
    """Write for each start, and in the last row for the beginning, the first start of each group that may follow.

    ``together`` marks the runs of which some starts fit together.
    """
    n = len(groups)
    seen = np.full(n, -1)
    for one in range(-1, n):
        row, count = one if one >= 0 else n, 0
        for other in range(one + 1, n):
            if one >= 0 and clash[one, other]:
                continue
            if one >= 0:
                together[runs[one], runs[other]] = together[runs[other], runs[one]] = True
            if seen[groups[other]] != row:
                seen[groups[other]] = row
                following[row, count] = other
                count += 1


@inner
def _fits(clash: Bools, taken: Longs, level: int, one: int) -> bool:
    """Tell whether a start goes with all that are taken."""
    for before in range(level - 1, -1, -1):  # noqa: SIM110 - all() of a generator cannot be compiled
        if clash[taken[before], one]:
            return False
    return True


@inner
def _without(day: Starts, fines: Floats, run: int) -> float:
    """Return the fines of a run's cliques, which are not to be had again."""
    lost = 0.0
    for clique in day.cliques[run]:
        if clique >= 0:
            lost += fines[clique]
    return lost


@compiled
def relaxed(
    day: Starts, prizes: Floats, fines: Floats, table: Floats, then: Longs, visits: Longs, fined: Longs
) -> float:
    """Return what a day is worth at most; write what a chain from each start on is worth less fines, at most.

    ``then`` tells the start that follows in it (-1: none; the last row is the beginning), ``visits`` how often the
    best chain takes each run, ``fined`` each clique.
    """
    n = len(day.runs)
    left = prizes.copy()
    for run in range(len(prizes)):
        left[run] -= _without(day, fines, run)
    for row in range(n - 1, -2, -1):
        best, first = 0.0, -1
        for other in day.following[row]:
            if other < 0:
                break
            if table[other] > best:
                best, first = table[other], other
        table[row] = best + (left[day.runs[row]] - day.costs[row] if row >= 0 else 0.0)
        then[row] = first
    visits[:], fined[:] = 0, 0
    one = then[n]
    while one >= 0:
        visits[day.runs[one]] += 1
        for clique in day.cliques[day.runs[one]]:
            if clique >= 0:
                fined[clique] += 1
        one = then[one]
    most: float = table[n] + fines.sum()
    return most


@compiled
def tighten(
    day: Starts, prizes: Floats, fines: Floats, least: float, steps: int, table: Floats, then: Longs, visits: Longs
) -> float:
    """Look for better fines in so many steps, and fill the table with the best; return what the day is worth at most.

    A chain worth ``least`` is known.
    """
    best, kept, share, stale = np.inf, fines.copy(), 1.0, 0
    fined = np.zeros(len(fines), np.int64)
    for _ in range(steps):
        most = relaxed(day, prizes, fines, table, then, visits, fined)
        if most < best:
            best, stale = most, 0
            kept[:] = fines
        else:
            stale += 1
            if stale == _PATIENCE:
                share, stale = share / 2, 0
        length = 0.0
        for clique in range(len(fines)):
            if fined[clique] > 1 or fines[clique] > 0:
                length += (fined[clique] - 1) ** 2
        if length == 0 or best <= least + _SLACK:
            break
        step = share * max(most - least, 1.0) / length
        for clique in range(len(fines)):
            fines[clique] = max(0.0, fines[clique] + step * (fined[clique] - 1))
    fines[:] = kept
    return relaxed(day, prizes, fines, table, then, visits, fined)


@inner
def _insert(row: Longs, count: int, promise: Floats, one: int) -> None:
    """Put a start among those of a row, what promises most first."""
    where = count
    while where and promise[row[where - 1]] < promise[one]:
        row[where] = row[where - 1]
        where -= 1
    row[where] = one


@compiled
def best_chain(
    day: Starts, prizes: Floats, fines: Floats, table: Floats, least: float, nodes: int, chain: Longs
) -> tuple[float, int, bool]:
    """Write the best chain in which all fit together; return its worth and length, and whether it is proved best.

    Depth first, what promises most before the rest, through so many nodes at most; only one that is worth more than
    ``least`` is written, or none.
    """
    n = len(day.runs)
    best, length, level, is_new, stamp = least, 0, 0, True, 0
    seen = np.zeros(n, np.int64)
    banned, value, rest = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1), np.zeros(LONGEST + 1)
    todo, promise, end = np.zeros((LONGEST + 1, n), np.int64), np.zeros(n), np.zeros(LONGEST + 1, np.int64)
    place, taken = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64)
    rest[0] = fines.sum()
    while level >= 0:
        if is_new:
            count, stamp = 0, stamp + 1
            for one in range(taken[level - 1] + 1 if level else 0, n):
                is_banned = seen[day.groups[one]] == stamp or banned[level] >> day.runs[one] & 1
                if is_banned or not _fits(day.clash, taken, level, one):
                    continue
                seen[day.groups[one]] = stamp
                promise[one] = value[level] + rest[level] + table[one]
                if promise[one] > best + _SLACK:
                    _insert(todo[level], count, promise, one)
                    count += 1
            place[level], end[level], is_new = 0, count, False
        if place[level] == end[level]:
            level -= 1
            continue
        one = todo[level, place[level]]
        place[level] += 1
        if value[level] + rest[level] + table[one] <= best + _SLACK:
            place[level] = end[level]  # the rest promises less
            continue
        nodes -= 1
        if nodes < 0 or level == LONGEST:
            return best, length, False
        run = day.runs[one]
        taken[level] = one
        banned[level + 1], value[level + 1] = banned[level] | day.bans[run], value[level] + prizes[run] - day.costs[one]
        rest[level + 1] = rest[level] - _without(day, fines, run)
        if value[level + 1] > best:
            best, length = value[level + 1], level + 1
            chain[:length] = taken[:length]
        level, is_new = level + 1, True
    return best, length, True


@compiled
def good_chains(
    day: Starts, prizes: Floats, fines: Floats, table: Floats, least: float, nodes: int, chains: Longs
) -> int:
    """Write chains that are worth ``least`` (rows end with -1); return how many, or -1 if there are too many."""
    n, count, level = len(day.runs), 0, 0
    banned, value, rest = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1), np.zeros(LONGEST + 1)
    place, taken = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64)
    seen = np.zeros((LONGEST + 1, n), np.bool_)
    rest[0] = fines.sum()
    while level >= 0:
        one = place[level]
        if one == n or level == LONGEST:
            level -= 1
            continue
        place[level] += 1
        run, group = day.runs[one], day.groups[one]
        if banned[level] >> run & 1 or seen[level, group] or not _fits(day.clash, taken, level, one):
            continue
        seen[level, group] = True
        if value[level] + rest[level] + table[one] < least:
            continue
        nodes -= 1
        taken[level] = one
        banned[level + 1], value[level + 1] = banned[level] | day.bans[run], value[level] + prizes[run] - day.costs[one]
        rest[level + 1] = rest[level] - _without(day, fines, run)
        if value[level + 1] >= least:
            if count == len(chains):
                return -1
            chains[count] = -1
            chains[count, : level + 1] = taken[: level + 1]
            count += 1
        if nodes < 0:
            return -1
        level += 1
        place[level], seen[level] = one + 1, False
    return count
