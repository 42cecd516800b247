"""Whether something grows worse than linear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TOLERANCE: Final = 1.25
"""A unit may cost so much more in the largest size than in the cheapest smaller one: machines are noisy."""


def worse_than_linear(values: Mapping[int, float]) -> bool:
    """Tell whether a unit costs more in the largest size than in the cheapest smaller one, beyond the tolerance.

    What is always there, however small the size, makes small sizes dear; it does not make the largest one look worse.
    """
    each = [value / n for n, value in sorted(values.items())]
    return len(each) > 1 and each[-1] > TOLERANCE * min(each[:-1])
