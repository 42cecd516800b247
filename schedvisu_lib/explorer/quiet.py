"""Controls that are set by the program and by the user alike: only what the user does is told to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Quiet:
    """Tells whether the program is setting controls just now."""

    def __init__(self) -> None:
        self._depth = 0

    def __bool__(self) -> bool:
        return self._depth > 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Be quiet meanwhile."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
