"""The sign that something is at work: the kernel tells the screen before it begins, and when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from ipywidgets import HTML


class Busy(HTML):  # type: ignore[misc]
    """A line that says what is being done, empty otherwise; the style sheet shows it after a moment only."""

    def __init__(self) -> None:
        super().__init__()
        self.add_class("sv-busy")

    @contextmanager
    def __call__(self, words: str) -> Iterator[None]:
        """Say what is being done meanwhile; within another one, this one's words show until it ends."""
        before = self.value
        self.value = f"<span>{escape(words)}</span>"
        try:
            yield
        finally:
            self.value = before
