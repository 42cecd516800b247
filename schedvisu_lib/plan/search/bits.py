"""Words of bits, one for each step of a day, and random numbers, compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from schedvisu_lib.plan.compiled import inner
from schedvisu_lib.plan.search import context as at
from schedvisu_lib.plan.search.arrays import Longs

_ONE: Final = np.uint64(1)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_WORD: Final = np.uint64(64)
_SPREAD: Final = np.uint64(0x03F79D71B4CB0A89)
"""A de Bruijn sequence: each single bit times it has its own six bits at the top."""
_TOP: Final = np.uint64(58)
_PLACE: Final = np.zeros(64, np.int64)
for _bit in range(64):
    _PLACE[(int(_SPREAD) << _bit & 0xFFFFFFFFFFFFFFFF) >> 58] = _bit


@inner
def draw(c: Longs, n: int) -> int:
    """Return a random number from 0 to n - 1 (xorshift)."""
    x = at.random(c)[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    at.random(c)[0] = x
    drawn: int = np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % n  # type: ignore[assignment]
    return drawn


@inner
def lowest(x: Any) -> int:
    """Return the number of the lowest bit of a word that is not 0."""
    return _PLACE[((x & (~x + _ONE)) * _SPREAD) >> _TOP]


@inner
def highest(x: Any) -> int:
    """Return the number of the highest bit of a word that is not 0."""
    for shift in (1, 2, 4, 8, 16, 32):
        x |= x >> np.uint64(shift)
    return lowest(x ^ (x >> _ONE))


@inner
def clear(bits: Any, first: int, last: int) -> None:
    """Clear the bits from first to last, both included."""
    first, last = max(first, 0), min(last, len(bits) * 64 - 1)
    if first > last:
        return
    for word in range(first >> 6, (last >> 6) + 1):
        mask = _ALL
        if word == first >> 6:
            mask &= _ALL << np.uint64(first & 63)
        if word == last >> 6:
            mask &= _ALL >> np.uint64(63 - (last & 63))
        bits[word] &= ~mask


@inner
def first_bit(bits: Any, step: int) -> int:
    """Return the first bit from a step on, or -1."""
    step = max(step, 0)
    for word in range(step >> 6, len(bits)):
        x = bits[word]
        if word == step >> 6:
            x &= _ALL << np.uint64(step & 63)
        if x:
            return word * 64 + lowest(x)
    return -1


@inner
def last_bit(bits: Any, step: int) -> int:
    """Return the last bit up to a step, or -1."""
    if step < 0:
        return -1
    step = min(step, len(bits) * 64 - 1)
    for back in range((step >> 6) + 1):
        word = (step >> 6) - back
        x = bits[word]
        if back == 0:
            x &= _ALL >> np.uint64(63 - (step & 63))
        if x:
            return word * 64 + highest(x)
    return -1
