"""A search that runs beside the screen: it can be stopped, and the screen stays alive meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event, Thread

import pandas as pd

Search = Callable[[Callable[[], bool]], pd.DataFrame]
"""Gives a table of appointments, and asks now and then whether it shall stop."""
Found = Callable[[pd.DataFrame | Exception], None]
"""Told what a search found, or why it failed."""


class Searching:
    """Runs one search at a time in a thread."""

    def __init__(self) -> None:
        self._thread: Thread | None = None
        self._stop = Event()

    @property
    def is_running(self) -> bool:
        """Whether a search is running."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, search: Search, found: Found) -> None:
        """Begin a search; what it found is told in the thread of the screen, where there is one."""
        self._stop = stop = Event()
        try:
            tell = asyncio.get_running_loop().call_soon_threadsafe
        except RuntimeError:  # as in a test: nothing else uses the widgets meanwhile
            tell = None

        def run() -> None:
            result: pd.DataFrame | Exception
            try:
                result = search(stop.is_set)
            except Exception as error:
                result = error
            if tell is None:
                found(result)
            else:
                tell(found, result)

        self._thread = Thread(target=run, daemon=True, name="plan")
        self._thread.start()

    def stop(self) -> None:
        """Let the search end soon, with the best plan that it has."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the search is over."""
        if self._thread is not None:
            self._thread.join(timeout)
