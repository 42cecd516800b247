"""Work in steps, given up as soon as something newer is wanted: rapid changes never pile up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

_PAUSE: Final = 0.02
"""Seconds before each step, in which the kernel reads what the user did meanwhile; it does nothing else then."""


class Newest:
    """Does the newest piece of work alone, a step at a time.

    Without a running event loop, as in a test, all steps are done at once.
    """

    def __init__(self) -> None:
        self._steps: Iterator[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to do."""
        return self._steps is None

    def begin(self, work: Callable[[], Iterator[None]]) -> None:
        """Give up what is being done, and begin a piece of work soon; it rests at each ``yield``."""
        self.give_up()
        self._steps = work()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self.finish()
        else:
            self._later()

    def finish(self) -> None:
        """Do all steps that are left now."""
        while not self.is_idle:
            self._step()

    def give_up(self) -> None:
        """Do no more of the work; what it holds open is closed."""
        if self._timer is not None:
            self._timer.cancel()
        if self._steps is not None:
            self._steps.close()  # type: ignore[attr-defined]  # a generator
        self._timer = self._steps = None

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._step_and_go_on)

    def _step_and_go_on(self) -> None:
        self._step()
        if not self.is_idle:
            self._later()

    def _step(self) -> None:
        steps = self._steps
        try:
            next(steps)  # type: ignore[arg-type]  # not idle
        except StopIteration:
            if self._steps is steps:
                self._steps = None
        except BaseException:
            self._steps = None
            raise
