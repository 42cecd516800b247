"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Effort:
    """How often each thing is measured, and of which sizes; four years are what the targets are about."""

    runs: int
    years: tuple[int, ...]
    hospitals: tuple[int, ...]
    """Of five scanners each."""


WHOLE: Final = Effort(runs=3, years=(1, 2, 4, 8, 16), hospitals=(1, 2, 4, 8))
QUICK: Final = Effort(runs=1, years=(1, 2, 4), hospitals=(1, 2))
