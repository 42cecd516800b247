"""The arrays of :mod:`schedvisu_lib.plan.search.arrays` for compiled functions: one table of addresses and shapes.

A compiled function that takes thirty arrays, and calls others with them, takes many times as long to compile as one
that takes this table and asks for those that it needs: ``at.runs(c)[run].length``.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search.arrays import FILLED, OPTION, PLACE, RUN, VISIT, Facts, Longs, State

GRID, DAYS, REACH = range(3)
"""Places of the plain numbers in the table."""
_FACTS: Final = (
    "runs", "options", "visits", "masks", "separation", "apart", "building", "ahead", "behind", "before", "after",
)  # fmt: skip
_STATE: Final = (
    "visits", "runs", "room", "full", "n_of_day", "of_day", "head", "has", "totals", "bits", "costs", "picks", "log",
    "counts", "lists", "best", "best_totals", "random", "ways", "packing",
)  # fmt: skip
_FIRST: Final = 4
"""Place of the first array: address, and up to three lengths."""


def context_of(facts: Facts, state: State) -> Longs:
    """Return the table; it is good for as long as both live."""
    arrays = [*(getattr(facts, name) for name in _FACTS), *(getattr(state, name) for name in _STATE)]
    rows = [[facts.grid, facts.days, facts.reach, 0], *map(_row, arrays)]
    return np.array(rows, np.int64).ravel()


def _row(array: npt.NDArray[Any]) -> list[int]:
    if not array.flags.c_contiguous:
        raise ValueError("compiled functions need arrays without gaps")
    return [array.ctypes.data, *array.shape, *[0] * (3 - array.ndim)]


@intrinsic  # type: ignore[untyped-decorator]
def _pointer(_typing: Any, _address: Any) -> Any:
    """Return an address as a pointer."""

    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


def _line(number: int, dtype: Any) -> Any:
    place = _FIRST + 4 * number

    @inner
    def array(c: Longs) -> Any:
        return carray(_pointer(c[place]), (c[place + 1],), dtype)

    return array


def _plane(number: int, dtype: Any) -> Any:
    place = _FIRST + 4 * number

    @inner
    def array(c: Longs) -> Any:
        return carray(_pointer(c[place]), (c[place + 1], c[place + 2]), dtype)

    return array


def _block(number: int, dtype: Any) -> Any:
    place = _FIRST + 4 * number

    @inner
    def array(c: Longs) -> Any:
        return carray(_pointer(c[place]), (c[place + 1], c[place + 2], c[place + 3]), dtype)

    return array


runs = _line(0, RUN)
options = _line(1, OPTION)
visits = _line(2, VISIT)
masks = _block(3, np.uint64)
separation = _block(4, np.int32)
apart = _block(5, np.uint8)
building = _line(6, np.int32)
ahead = _line(7, np.int32)
behind = _line(8, np.int32)
before = _plane(9, np.int64)
after = _plane(10, np.int64)
places = _line(11, PLACE)
filled = _line(12, FILLED)
room = _block(13, np.int16)
full = _block(14, np.uint64)
n_of_day = _plane(15, np.int32)
of_day = _block(16, np.int32)
head = _plane(17, np.int32)
has = _plane(18, np.uint8)
totals = _line(19, np.int64)
bits = _plane(20, np.uint64)
costs = _plane(21, np.int64)
picks = _block(22, np.int32)
log = _plane(23, np.int32)
counts = _line(24, np.int32)
lists = _plane(25, np.int32)
best = _plane(26, np.int32)
best_totals = _line(27, np.int64)
random = _line(28, np.uint64)
ways = _plane(29, np.uint64)
packing = _plane(30, np.int64)
