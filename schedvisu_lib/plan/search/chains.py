"""The best appointments of one patient on one day, compiled: chains of starts in order of time.

What a start is worth (prize less cost) is given. :func:`fill_table` relaxes: only neighbours of a chain must fit
together, and of all others only what some bits remember; it tells, for each start and each set of bits, what a chain
from there on is worth at most. With it as a bound, :func:`best_chain` looks for the best chain in which all fit
together, and :func:`good_chains` for all that are worth enough.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from schedvisu_lib.plan.compiled import compiled, inner
from schedvisu_lib.plan.search.arrays import Longs

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST: Final = 64
"""Appointments of a chain, at most."""
_SLACK: Final = 1e-6


@compiled
def fill_table(
    worth: Floats, clash: Bools, groups: Longs, bits: Longs, bans: Longs, table: Floats, following: Longs
) -> None:
    """Fill in what a chain from each start on is worth at most, and which start follows in it (-1: none).

    Parameters
    ----------
    worth
        (n,) of each start, by time of start.
    clash
        (n, n) whether two do not fit together.
    groups
        (n,) below n; of starts of a group that could follow, only the first one does: where it is worth no less than
        those after it, and allows no less, they are not needed.
    bits
        (n,) the bit of each start's run, 0 if none remembers it.
    bans
        (n,) the bits that may not follow a start.
    table, following
        (n, sets of bits) to be filled: sets hold what the start itself bans.
    """
    n, sets = table.shape
    seen = np.full(n, -1)
    for one in range(n - 1, -1, -1):
        table[one] = 0.0
        following[one] = -1
        for other in range(one + 1, n):
            if not clash[one, other] and seen[groups[other]] != one:
                seen[groups[other]] = one
                for banned in range(sets):
                    if banned & bans[one] == bans[one] and banned & bits[other] == 0:
                        value = table[other, banned | bans[other]]
                        if value > table[one, banned]:
                            table[one, banned], following[one, banned] = value, other
        table[one] += worth[one]


@inner
def _fits(clash: Bools, taken: Longs, level: int, one: int) -> bool:
    """Tell whether a start goes with all that are taken."""
    for before in range(level):  # noqa: SIM110 - all() of a generator cannot be compiled
        if clash[taken[before], one]:
            return False
    return True


@compiled
def best_chain(
    worth: Floats, clash: Bools, groups: Longs, bits: Longs, bans: Longs, table: Floats, nodes: int, chain: Longs
) -> tuple[float, int, bool]:
    """Write the best chain in which all fit together; return its worth and length, and whether it is proved best.

    Depth first, what promises most before the rest, through so many nodes at most.
    """
    n = len(worth)
    best, length, level, is_new, stamp = 0.0, 0, 0, True, 0
    seen = np.zeros(n, np.int64)
    banned, value = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1)
    todo, end = np.zeros((LONGEST + 1, n), np.int64), np.zeros(LONGEST + 1, np.int64)
    place, taken, promise = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64), np.zeros(n)
    while level >= 0:
        if is_new:
            end[level], stamp = 0, stamp + 1
            for one in range(taken[level - 1] + 1 if level else 0, n):
                if seen[groups[one]] == stamp or banned[level] & bits[one] or not _fits(clash, taken, level, one):
                    continue
                seen[groups[one]] = stamp
                most = value[level] + table[one, banned[level] | bans[one]]
                if most > best + _SLACK:
                    todo[level, end[level]], promise[end[level]] = one, -most
                    end[level] += 1
            todo[level, : end[level]] = todo[level, : end[level]][np.argsort(promise[: end[level]])]
            place[level], is_new = 0, False
        if place[level] == end[level]:
            level -= 1
            continue
        one = todo[level, place[level]]
        place[level] += 1
        if value[level] + table[one, banned[level] | bans[one]] <= best + _SLACK:
            place[level] = end[level]  # the rest promises less
            continue
        nodes -= 1
        if nodes < 0 or level == LONGEST:
            return best, length, False
        taken[level] = one
        banned[level + 1], value[level + 1] = banned[level] | bans[one], value[level] + worth[one]
        if value[level + 1] > best:
            best, length = value[level + 1], level + 1
            chain[:length] = taken[:length]
        level, is_new = level + 1, True
    return best, length, True


@compiled
def good_chains(
    worth: Floats,
    clash: Bools,
    groups: Longs,
    bits: Longs,
    bans: Longs,
    table: Floats,
    least: float,
    nodes: int,
    chains: Longs,
) -> int:
    """Write chains that are worth ``least`` (rows end with -1); return how many, or -1 if there are too many."""
    n, count, level = len(worth), 0, 0
    banned, value = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1)
    place, taken = np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64)
    seen = np.zeros((LONGEST + 1, n), np.bool_)
    while level >= 0:
        one = place[level]
        if one == n or level == LONGEST:
            level -= 1
            continue
        place[level] += 1
        if banned[level] & bits[one] or seen[level, groups[one]] or not _fits(clash, taken, level, one):
            continue
        seen[level, groups[one]] = True
        if value[level] + table[one, banned[level] | bans[one]] < least:
            continue
        nodes -= 1
        taken[level] = one
        banned[level + 1], value[level + 1] = banned[level] | bans[one], value[level] + worth[one]
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
