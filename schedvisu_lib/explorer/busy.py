"""The sign that something is at work: the kernel tells the screen before it begins, and when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from ipywidgets import HTML


class Busy(HTML):  # type: ignore[misc]
    """A line that says what is being done, empty otherwise; the style sheet shows it after a moment only."""

    value: str

    def __init__(self) -> None:
        super().__init__()
        self.add_class("sv-busy")
        self._works: list[str] = []

    @contextmanager
    def __call__(self, words: str) -> Iterator[None]:
        """Say what is being done meanwhile; of several works, which may end in any order, the newest is named."""
        work = f"<span>{escape(words)}</span>"
        self._works.append(work)
        self.value = work
        try:
            yield
        finally:
            self._works.remove(work)
            self.value = self._works[-1] if self._works else ""
