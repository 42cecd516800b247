"""What fits together on one day of a patient, and the best of it when each session of a run has a prize."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from schedvisu_lib.plan.search.arrays import Longs
from schedvisu_lib.plan.search.chains import (
    LONGEST,
    Bools,
    Floats,
    Starts,
    best_chain,
    follow,
    good_chains,
    mark_clashes,
    relaxed,
    tighten,
)
from schedvisu_lib.plan.search.problem import Problem
from schedvisu_lib.plan.search.starts import Start, starts_of

_STARTS: Final = 2_500
"""Of a day, at most: tables grow with their square."""
_RUNS: Final = 62
"""Of a day, at most: each has a bit."""
_LATE: Final = 1
"""Mode of runs that wish late times."""


class Best(NamedTuple):
    """What a day is worth."""

    most: float
    """No chain is worth more."""
    chain: tuple[int, ...]
    """The best one that was found: numbers of starts; none, if none is better than what was known."""


@dataclass
class Day:
    """The starts of a patient's day, in order of time (late ones first, if late times are wished)."""

    starts: tuple[Start, ...]
    runs: Longs
    """(n,) of each start, by number of the problem."""
    costs: Floats
    own: Longs
    """The day's runs, by number of the problem; compiled code counts them from 0."""
    tables: Starts
    fines: Floats
    """Of each clique, for prizes like the last ones."""
    table: Floats
    then: Longs
    chains: dict[tuple[int, ...], None] = field(default_factory=dict)
    """All that were kept."""

    def __post_init__(self) -> None:
        self._sets, self._costs = np.zeros((64, len(self.own))), np.zeros(64)

    def keep(self, chain: tuple[int, ...]) -> bool:
        """Keep a chain; tell whether it is new."""
        if not chain or chain in self.chains:
            return False
        number = len(self.chains)
        if number == len(self._sets):
            self._sets = np.concatenate([self._sets, np.zeros_like(self._sets)])
            self._costs = np.concatenate([self._costs, np.zeros_like(self._costs)])
        self.chains[chain] = None
        self._sets[number, self.tables.runs[list(chain)]] = 1
        self._costs[number] = self.costs[list(chain)].sum()
        return True

    def known(self, prizes: Floats) -> float:
        """Return what the best chain is worth that was kept; 0, if none is worth anything."""
        count = len(self.chains)
        return float((self._sets[:count] @ prizes[self.own] - self._costs[:count]).max(initial=0.0))

    def relaxed(self, prizes: Floats) -> tuple[float, Longs, Longs]:
        """Return what the day is worth at most with the fines that are there; how often runs and cliques are taken."""
        visits, fined = np.zeros(len(self.own), np.int64), np.zeros(len(self.fines), np.int64)
        most = relaxed(self.tables, prizes[self.own], self.fines, self.table, self.then, visits, fined)
        return most, visits, fined

    def best(self, prizes: Floats, steps: int, nodes: int) -> Best:
        """Return what the day is worth at most, and a chain that is worth more than all that were kept.

        Parameters
        ----------
        prizes
            Of each run of the problem.
        steps
            In which better fines are looked for.
        nodes
            Of the search for a chain; if they do not suffice, what the relaxed day is worth is the most.
        """
        known, most = self.known(prizes), self._tighten(prizes, steps)
        if most <= known:
            return Best(most, ())
        chain = np.zeros(LONGEST, np.int64)
        value, length, is_best = best_chain(self.tables, prizes[self.own], self.fines, self.table, known, nodes, chain)
        return Best(min(value, most) if is_best else most, tuple(chain[:length].tolist()))

    def good(self, prizes: Floats, least: float, nodes: int, chains: int) -> list[tuple[int, ...]] | None:
        """Return all chains that are worth ``least``; None, if there are too many."""
        if self._tighten(prizes, 0) < least:
            return []
        rows = np.zeros((chains, LONGEST), np.int64)
        count = good_chains(self.tables, prizes[self.own], self.fines, self.table, least, nodes, rows)
        return None if count < 0 else [tuple(row[row >= 0].tolist()) for row in rows[:count]]

    def worth(self, prizes: Floats, chain: Sequence[int]) -> float:
        """Return the prizes of a chain less its costs."""
        numbers = list(chain)
        return float(prizes[self.runs[numbers]].sum() - self.costs[numbers].sum())

    def _tighten(self, prizes: Floats, steps: int) -> float:
        visits = np.zeros(len(self.own), np.int64)
        return tighten(
            self.tables, prizes[self.own], self.fines, self.known(prizes), steps, self.table, self.then, visits
        )


@cache
def compile_days() -> None:
    """Have what plans days compiled, before a clock runs."""
    ones, clash, prizes = np.arange(2), np.eye(2, dtype=bool), np.full(2, 9.0)
    mark_clashes(ones, np.zeros((2, 2), np.int64), ones, np.zeros((2, 2), np.int64), clash)
    day = make_day((), ones, np.ones(2), ones, clash)
    day.relaxed(prizes)
    day.best(prizes, 1, 1)
    day.good(prizes, 1.0, 1, 1)


def days_of(problem: Problem) -> list[Day]:
    """Return the days of all patients on which any session could start; none if one has too many starts or runs."""
    patients = problem.facts.runs["patient"]
    by_day: dict[tuple[int, int], dict[tuple[int, int, int], Start]] = defaultdict(dict)
    for run in range(len(problem.runs)):
        for one in starts_of(problem, run):
            by_day[int(patients[run]), one.slot.day].setdefault((run, one.kind, one.slot.step), one)
    days = [list(ones.values()) for ones in by_day.values()]
    if any(len(ones) > _STARTS or len({one.run for one in ones}) > _RUNS for ones in days):
        return []
    return [_day(problem, ones) for ones in days]


def _day(problem: Problem, starts: list[Start]) -> Day:
    facts = problem.facts
    if all(facts.runs["mode"][one.run] == _LATE for one in starts):
        starts.sort(key=lambda one: -one.end)
    else:
        starts.sort(key=lambda one: one.start)
    runs, kinds, begins, ends = (
        np.array(column) for column in zip(*((one.run, one.kind, one.start, one.end) for one in starts), strict=True)
    )
    known, numbers = np.unique(kinds, return_inverse=True)
    every = facts.runs["kin"][runs[0]], known[:, None], known[None, :]
    pauses = np.where(facts.apart[every], -1, facts.separation[every]).astype(np.int64)
    clash = np.zeros((len(starts), len(starts)), bool)
    mark_clashes(runs, np.stack([begins, ends], axis=1), numbers, pauses, clash)
    return make_day(tuple(starts), runs, np.array([one.cost for one in starts], np.float64), kinds, clash)


def make_day(starts: tuple[Start, ...], runs: Longs, costs: Floats, kinds: Longs, clash: Bools) -> Day:
    """Return a day, ready for compiled code.

    Parameters
    ----------
    starts
        In an order in which chains take them.
    runs, costs, kinds
        (n,) of each start.
    clash
        (n, n) whether two do not fit together.
    """
    own, numbers = np.unique(runs, return_inverse=True)
    groups = _groups(runs, costs, kinds)
    numbers = numbers.astype(np.int64)
    following = np.full((len(runs) + 1, int(groups.max()) + 2), -1, np.int64)
    together = np.zeros((len(own), len(own)), bool)
    follow(numbers, groups, clash, following, together)
    never = ~together
    cliques = _cliques(never)
    of_run = [[number for number, clique in enumerate(cliques) if run in clique] for run in range(len(own))]
    most = max(map(len, of_run))
    tables = Starts(
        numbers,
        costs,
        clash,
        groups,
        np.ascontiguousarray(following[:, : 1 + int((following >= 0).sum(axis=1).max())]),
        never @ (1 << np.arange(len(own))),
        np.array([[*row, *[-1] * (most - len(row))] for row in of_run], np.int64),
    )
    return Day(
        starts, runs, costs, own, tables, np.zeros(len(cliques)), np.zeros(len(runs) + 1), np.zeros(len(runs) + 1, int)
    )


def _groups(runs: Longs, costs: Floats, kinds: Longs) -> Longs:
    """Return groups of starts of one run and kind that cost no less the later they come in the order of the day."""
    groups = np.zeros(len(runs), np.int64)
    last: dict[tuple[int, int], tuple[int, float]] = {}
    number = -1
    for place, (run, kind, cost) in enumerate(zip(runs.tolist(), kinds.tolist(), costs.tolist(), strict=True)):
        group, before = last.get((run, kind), (-1, np.inf))
        if before > cost:
            group = number = number + 1
        groups[place], last[run, kind] = group, (group, cost)
    return groups


def _cliques(never: Bools) -> list[set[int]]:
    """Return sets of runs of which no two go together, so that each pair that does not, and each run, is in one."""
    n = len(never)
    todo = {(one, other) for one in range(n) for other in range(one) if never[one, other]}
    cliques: list[set[int]] = []
    while todo:
        clique = set(min(todo))
        for run in range(n):
            if run not in clique and never[run, list(clique)].all():
                clique.add(run)
        cliques.append(clique)
        todo -= {(one, other) for one in clique for other in clique}
    return cliques + [{run} for run in range(n) if not any(run in clique for clique in cliques)]
