"""What fits together on one day of a patient, and the best of it when each session of a run has a prize."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from schedvisu_lib.plan.search.arrays import Longs
from schedvisu_lib.plan.search.chains import LONGEST, Bools, Floats, best_chain, fill_table, good_chains
from schedvisu_lib.plan.search.problem import Problem
from schedvisu_lib.plan.search.starts import Start, starts_of

_ADDED: Final = 2
"""Runs that are remembered anew at once."""
_STARTS: Final = 2_500
"""Of a day, at most: tables grow with their square."""
_CELLS: Final = 2_000_000
"""Of a table, at most."""
_CHAINS: Final = 500
"""Of a day, for the choice of a plan."""


class Best(NamedTuple):
    """What a day is worth."""

    most: float
    """No chain is worth more."""
    chain: tuple[int, ...]
    """The best one that was found: numbers of starts."""


class _Table(NamedTuple):
    """The arguments of the compiled code, for the starts with these numbers."""

    numbers: Longs
    worth: Floats
    clash: Bools
    groups: Longs
    bits: Longs
    bans: Longs
    table: Floats
    following: Longs


@dataclass
class Day:
    """The starts of a patient's day, in order of time, and which do not fit together."""

    starts: tuple[Start, ...]
    runs: Longs
    costs: Floats
    groups: Longs
    """Starts of one run and kind, where they cost the more the later they are; else each is its own group."""
    clash: Bools
    never: Bools
    """(runs, runs) whether no start of the one fits with one of the other."""
    remembered: list[int] = field(default_factory=list)
    """Runs that have a bit in the table."""

    def best(self, prizes: Floats, bits: int, nodes: int) -> Best:
        """Return the best chain; with so many bits and nodes at most, perhaps a good one with what it might lack."""
        if not (prizes[self.runs] > self.costs).any():
            return Best(0.0, ())
        chain, bits = np.zeros(LONGEST, np.int64), min(bits, int(np.log2(_CELLS / len(self.starts))))
        while True:
            made = self._table(prizes, bits, 0.0)
            _, length, is_best = best_chain(*made[1:7], nodes, chain)
            found = tuple(made.numbers[chain[:length]].tolist())
            if is_best:
                return Best(self.worth(prizes, found), found)
            relaxed = made.table[np.arange(len(made.bans)), made.bans]
            more = self._repeated(made, int(relaxed.argmax()))
            if not more or len(self.remembered) + _ADDED > bits:
                return Best(float(relaxed.max()), found)
            self.remembered += more[:_ADDED]

    def worth(self, prizes: Floats, chain: Sequence[int]) -> float:
        """Return the prizes of a chain less its costs."""
        numbers = list(chain)
        return float(prizes[self.runs[numbers]].sum() - self.costs[numbers].sum())

    def good(self, prizes: Floats, bits: int, nodes: int, within: float) -> list[tuple[int, ...]]:
        """Return chains that are worth nearly as much as the best one: less and less, until there are few."""
        best = self.best(prizes, bits, nodes)
        least = self.worth(prizes, best.chain)
        made = self._table(prizes, bits, within)
        chains, count = np.zeros((_CHAINS, LONGEST), np.int64), -1 if len(made.numbers) else 0
        while count < 0 and within >= 1:
            count = good_chains(*made[1:7], least - within, nodes, chains)
            within /= 2
        return [tuple(made.numbers[row[row >= 0]].tolist()) for row in chains[: max(count, 0)]]

    def _table(self, prizes: Floats, bits: int, within: float) -> _Table:
        """Return the filled table of the starts that are worth anything, or lack not more than ``within``."""
        worth = prizes[self.runs] - self.costs
        numbers = np.flatnonzero(worth > -within)
        own = np.zeros(len(self.never), np.int64)
        remembered = self.remembered[:bits]
        own[remembered] = 1 << np.arange(len(remembered))
        bans = (self.never * own).sum(axis=1)
        runs, shape = self.runs[numbers], (len(numbers), 1 << len(remembered))
        clash = np.ascontiguousarray(self.clash[np.ix_(numbers, numbers)])
        groups = np.unique(self.groups[numbers], return_inverse=True)[1].astype(np.int64)
        made = _Table(
            numbers, worth[numbers], clash, groups, own[runs], bans[runs], np.zeros(shape), np.zeros(shape, np.int64)
        )
        fill_table(*made[1:])
        return made

    def _repeated(self, made: _Table, first: int) -> list[int]:
        """Return the runs that the best chain of the table takes though one before them forbids it."""
        chain, banned = [first], int(made.bans[first])
        while (one := int(made.following[chain[-1], banned])) >= 0:
            chain.append(one)
            banned |= int(made.bans[one])
        runs = self.runs[made.numbers[chain]].tolist()
        again = [other for one, other in combinations(runs, 2) if self.never[one, other]]
        return [run for run in dict.fromkeys(again) if run not in self.remembered]


def days_of(problem: Problem) -> list[Day]:
    """Return the days of all patients on which any session could start; none if one has too many starts."""
    patients = problem.facts.runs["patient"]
    by_day: dict[tuple[int, int], dict[tuple[int, int, int], Start]] = defaultdict(dict)
    for run in range(len(problem.runs)):
        for one in starts_of(problem, run):
            by_day[int(patients[run]), one.slot.day].setdefault((run, one.kind, one.slot.step), one)
    if max(map(len, by_day.values()), default=0) > _STARTS:
        return []
    return [_day(problem, tuple(sorted(ones.values(), key=lambda one: one.start))) for ones in by_day.values()]


def _day(problem: Problem, starts: tuple[Start, ...]) -> Day:
    facts, n_runs = problem.facts, len(problem.runs)
    runs, kinds, begins, ends = (
        np.array(column, np.int64)
        for column in zip(*((one.run, one.kind, one.start, one.end) for one in starts), strict=True)
    )
    both = facts.runs["kin"][runs][:, None], kinds[:, None], kinds[None, :]
    late = ends[:, None] + facts.separation[both]
    clash = (begins[None, :] < late) & (begins[:, None] < late.T) | (facts.apart[both] > 0)
    clash |= runs[:, None] == runs[None, :]
    is_of = (runs[:, None] == np.arange(n_runs)).astype(np.float32)
    number = is_of.sum(axis=0)
    never = (is_of.T @ clash.astype(np.float32) @ is_of == np.outer(number, number)) & np.outer(number > 0, number > 0)
    costs = np.array([one.cost for one in starts], np.float64)
    groups = np.unique(runs * (1 + kinds.max()) + kinds, return_inverse=True)[1].astype(np.int64)
    if any((np.diff(costs[groups == group]) < 0).any() for group in range(groups.max() + 1)):
        groups = np.arange(len(starts))
    return Day(starts, runs, costs, groups, clash, never)
