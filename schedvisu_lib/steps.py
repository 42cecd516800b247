"""Time the steps of a job, in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """A part of a job that has ended, well or not."""

    name: str
    seconds: float


class Steps:
    """The steps of a job so far, in the order in which they ended.

    Parameters
    ----------
    on_change
        Called before and after each step.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self.ended: list[Step] = []
        self._on_change = on_change
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, begins: Callable[[str], None]) -> None:
        """Tell somebody the name of each step when it begins."""
        self._watchers.append(begins)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; also one that fails."""
        self._on_change()
        for begins in self._watchers:
            begins(name)
        began = perf_counter()
        try:
            yield
        finally:
            self.ended.append(Step(name, round(perf_counter() - began, 3)))
            _LOG.info("%s took %.1f s", name, self.ended[-1].seconds)
            self._on_change()
