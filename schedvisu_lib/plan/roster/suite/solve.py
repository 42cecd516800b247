"""Make a roster of an instance as cheap as CPU time allows, with a bound that tells how cheap it could be at best."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from math import ceil, inf
from typing import Final

import numpy as np

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.suite.arrays import base_of, facts_of, loosened, roster_of
from schedvisu_lib.plan.roster.suite.budget import Budget
from schedvisu_lib.plan.roster.suite.columns import Dive, generate
from schedvisu_lib.plan.roster.suite.instance import Cover, Instance, Roster, Shift, Worker
from schedvisu_lib.plan.roster.suite.kernels import SPACE
from schedvisu_lib.plan.roster.suite.master import Answer, Master
from schedvisu_lib.plan.roster.suite.moves import rebuild
from schedvisu_lib.plan.roster.suite.prices import Pricing, head_count
from schedvisu_lib.plan.roster.suite.rules import broken_rules, cost_of
from schedvisu_lib.plan.roster.suite.start import first_rows
from schedvisu_lib.plan.roster.suite.state import State, part_of
from schedvisu_lib.plan.roster.suite.teams import blame, resolve

_WINDOWS: Final = ((0, 3), (14, 4), (7, 6))
"""Days that are taken away at once, 0 for all, and from how many people at most."""
_LONG: Final = 60
"""Days from which on not all of them are taken away at once, but half as many."""
_HOT: Final = 10.0
_COLD: Final = 1.0
"""Cost by which a try may be worse, at the beginning and at the end."""
_STEPS: Final = 300
_LATEST: Final = 60
"""Steps of the prices, and how many of the last ones give their rows to the master."""


@dataclass(frozen=True)
class Solution:
    """A roster without a broken hard rule.

    Parameters
    ----------
    roster
        Person, day.
    cost
        Of it.
    bound
        No roster costs less; 0 where no better one was found in time.
    seconds
        CPU time that it took.
    """

    roster: Roster
    cost: int
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """How much more than the bound it costs, in per cent of its cost."""
        return 100.0 * (self.cost - self.bound) / self.cost if self.cost > self.bound else 0.0


def solve(instance: Instance, *, seconds: float = 60.0, seed: int = 1) -> Solution:
    """Return the best roster that is found in some CPU seconds.

    Parameters
    ----------
    instance
        The department.
    seconds
        CPU time of this process, all threads together, after compiled code was loaded; the first roster is made
        whatever it takes.
    seed
        Of the random numbers.

    Raises
    ------
    PlanError
        There is no row that keeps a person's rules.
    """
    _load()
    return _Search(instance, Budget(seconds), seed).run()


@cache
def _load() -> None:
    """Load all compiled code of this process; where it is not kept yet it is made, which takes some 15 seconds."""
    worker = Worker("A", {}, 480, 0, 1, 1, 1, 1)
    search = _Search(Instance(1, (Shift("D", 480),), (worker,), (), (Cover(0, "D", 2, 1, 1),)), Budget(0.05), 1)
    search.run()


class _Search:
    def __init__(self, instance: Instance, budget: Budget, seed: int) -> None:
        self._instance = instance
        self._budget = budget
        self._random = np.random.default_rng(seed)
        facts, values = facts_of(instance), np.empty(SPACE, np.float32)
        self._base = base_of(instance)
        self._state = State.of(facts, values, first_rows(instance, facts, values))
        self._pricing = Pricing(facts, values)
        self._master = Master(facts)
        longest = instance.days if instance.days <= _LONG else _LONG // 2
        self._windows = np.array([(days or longest, people) for days, people in _WINDOWS], np.int32)

    def run(self) -> Solution:
        """Spend the budget, and check the roster before it leaves."""
        self._anneal(self._budget.part(0.05))
        if self._can_price():
            answer = self._bound(self._budget.part(0.4))
            if answer is not None:
                self._dive(answer, self._budget.part(self._budget.spent / max(self._budget.seconds, 1e-9) + 0.08))
            left = 1 - self._budget.spent / max(self._budget.seconds, 1e-9)
            self._anneal(self._budget.part(1 - (0.8 if answer else 0.3) * left))
            self._resolve_teams()
        else:
            self._loose_bound(self._budget.part(0.15))
            self._anneal(self._budget)
        roster = roster_of(self._state.best_rows)
        if broken := broken_rules(self._instance, roster):
            raise PlanError(f"{broken[0]}: a mistake of SchedVisu, not of the instance; report it")
        return Solution(roster, cost_of(self._instance, roster), self._least, self._budget.spent)

    @property
    def _least(self) -> float:
        """A bound of the cost, which is a whole number and never below 0."""
        bound = self._pricing.bound + self._base
        return max(float(ceil(bound)), 0.0) if bound > -inf else 0.0

    @property
    def _is_best(self) -> bool:
        return self._state.best_cost + self._base < self._least + 0.5

    def _anneal(self, budget: Budget) -> None:
        """Ruin and recreate, from hot to cold."""
        state, begin = self._state, budget.spent
        state.take(state.best_rows, state.best_cost)
        there = head_count(state.rows, state.facts.required.shape[1])
        costs = np.array([state.cost, state.best_cost])
        prices = self._pricing.prices.astype(np.float32)
        tries = 1
        while not budget.is_spent and not self._is_best:
            share = (budget.spent - begin) / (budget.seconds - begin)
            heat, before = _HOT * (_COLD / _HOT) ** share, budget.spent
            rebuild(
                state.facts,
                state.rows,
                state.best_rows,
                there,
                state.values,
                costs,
                prices,
                self._random,
                tries,
                heat,
                self._windows,
            )
            tries = min(max(int(tries * 0.05 / max(budget.spent - before, 1e-4)), 1), 1000)
            state.cost, state.best_cost = float(costs[0]), float(costs[1])

    def _can_price(self) -> bool:
        """Whether everybody's cheapest row can be found, some hundred times in what is left."""
        people = np.arange(min(3, len(self._state.rows)), dtype=np.int32)
        few = Pricing(part_of(self._state.facts, people, self._state.rows), self._state.values)
        before = self._budget.spent
        few.rows(few.prices)
        took = (self._budget.spent - before) * len(self._state.rows) / len(people)
        return few.bound > -inf and 50 * took < self._budget.seconds - self._budget.spent

    def _loose_bound(self, budget: Budget) -> None:
        """Find prices and a bound without limits that reach over the whole horizon."""
        loose = Pricing(loosened(self._state.facts), self._state.values)
        loose.improve(self._state.best_cost, _STEPS, lambda _: None, lambda: budget.is_spent)
        if loose.bound > self._pricing.bound:
            self._pricing.bound, self._pricing.prices = loose.bound, loose.prices

    def _bound(self, budget: Budget) -> Answer | None:
        """Find prices and rows; return the best mixture if there was time for it."""
        latest: deque[object] = deque(maxlen=_LATEST)

        def stopped() -> bool:
            return budget.is_spent or self._is_best

        self._pricing.improve(self._state.best_cost, _STEPS, latest.append, stopped)
        for rows in (self._state.best_rows, *latest):
            self._master.add(rows)  # type: ignore[arg-type]
        answer = generate(self._master, self._pricing, stopped)
        return None if stopped() else answer

    def _dive(self, answer: Answer | None, budget: Budget) -> None:
        """Dive a few times."""
        state = self._state
        for _ in range(3):
            if answer is None or budget.is_spent or self._is_best:
                return
            dive = Dive(state.facts, self._master, self._pricing, self._random)
            found = dive.run(answer, state.best_cost, lambda: budget.is_spent)
            if found is not None:
                better = State.of(state.facts, state.values, found)
                if better.cost < state.best_cost - 0.5:
                    state.take(found, better.cost)
            answer = generate(self._master, self._pricing, lambda: budget.is_spent)

    def _resolve_teams(self) -> None:
        """Re-solve a few people at a time; more at a time where nothing can be won, fewer where it takes long."""
        state, size = self._state, 6.0
        state.take(state.best_rows, state.best_cost)
        people = len(state.rows)
        while not self._budget.is_spent and not self._is_best:
            parts = blame(state, self._pricing)
            parts += max(parts.mean(), 1e-9)
            n = min(round(size), people)
            chosen = self._random.choice(people, n, replace=False, p=parts / parts.sum()).astype(np.int32)
            before = self._budget.spent
            won = resolve(state, chosen, self._pricing.prices, self._random, self._budget)
            took = self._budget.spent - before
            if won is None:
                size = min(size * 1.03, people)
            if took > 0.02 * self._budget.seconds or won is False:
                size = max(size * 0.95, 2.0)
