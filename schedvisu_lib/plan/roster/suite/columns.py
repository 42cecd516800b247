"""Column generation: the master asks for prices, the prices for rows, until no row makes the mixture cheaper.

Then diving: rows of the largest shares are fixed, some at a time, and rows that fit to these are generated anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from schedvisu_lib.plan.roster.suite.arrays import Facts, Ints
from schedvisu_lib.plan.roster.suite.master import Answer, Doubles, Master
from schedvisu_lib.plan.roster.suite.prices import Pricing

_MIXES: Final = (0.7, 0.3, 0.0)
"""Parts of the best prices so far in those that rows are asked for: the master's own swing to and fro."""
_CLOSE: Final = 0.01
"""Cost between the mixture and the bound that is no gap."""
_ALMOST: Final = 0.99
"""Share from which on a row is as good as chosen."""


def generate(master: Master, pricing: Pricing, stopped: Callable[[], bool]) -> Answer | None:
    """Add rows until the mixture is the best of all rows; return the last one."""
    answer = None
    while not stopped():
        answer = master.solve()
        if answer is None or answer.cost - pricing.bound < _CLOSE:
            return answer
        added = 0
        for part in _MIXES:
            rows, _ = pricing.rows(part * pricing.prices + (1 - part) * answer.prices)
            added += master.add(rows)
        if not added:
            return answer
    return answer


class Dive:
    """One dive: fix rows until each person has one."""

    def __init__(self, facts: Facts, master: Master, pricing: Pricing, random: np.random.Generator) -> None:
        self._facts = facts
        self._master = master
        self._pricing = pricing
        self._random = random
        self._fixed: dict[int, int] = {}
        """Person -> number of the column."""

    def run(self, answer: Answer, most: float, stopped: Callable[[], bool]) -> Ints | None:
        """Return everybody's row; nothing if it would cost ``most`` or more, or if time is up."""
        people = len(self._facts.limits)
        step = max(1, people // 12)
        now: Answer | None = answer
        try:
            while now is not None and len(self._fixed) < people:
                if stopped() or now.cost >= most - _CLOSE:
                    return None
                self._fix_some(now.shares, step)
                now = self._follow()
        finally:
            self._master.fix(set())
        if now is None:
            return None
        columns = self._master.columns
        return np.stack([columns[self._fixed[person]][1] for person in range(people)])

    def _fix_some(self, shares: Doubles, step: int) -> None:
        """Fix all rows that are as good as chosen, and some more of the largest shares."""
        columns = self._master.columns
        noisy = shares * (1 + 0.2 * self._random.random(len(shares)))
        more = step
        for number in np.argsort(-noisy, kind="stable").tolist():
            person = columns[number][0]
            if person in self._fixed or shares[number] < 1e-6:
                continue
            if shares[number] < _ALMOST:
                if more == 0:
                    break
                more -= 1
            self._fixed[person] = number
        self._master.fix(set(self._fixed.values()))

    def _follow(self) -> Answer | None:
        """Solve again, with new rows of those who are not fixed."""
        now = self._master.solve()
        for _ in range(3):
            if now is None or len(self._fixed) == len(self._facts.limits):
                break
            rows, _ = self._pricing.rows(now.prices)
            if not self._master.add(rows):
                break
            now = self._master.solve()
        return now
