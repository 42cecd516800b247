"""What a session of each run is worth, nearly: prices with which relaxed days give a good bound (Lagrange)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from schedvisu_lib.plan.search.arrays import Longs
from schedvisu_lib.plan.search.chains import Floats
from schedvisu_lib.plan.search.days import Day

_STEPS: Final = 300
_PATIENCE: Final = 10
"""Steps without a better bound after which they begin anew at the best prices, and are shorter."""
_SHORTER: Final = 0.7


def first_prices(days: Sequence[Day], prices: Floats, wanted: Longs, target: float) -> tuple[float, Floats, Floats]:
    """Return a bound of the cost of ``wanted`` sessions of each run, its prices, and what each day is worth with them.

    The days keep its fines.

    Prices of sessions and fines of cliques go together, step by step, along what is wanted too much or too little.

    Parameters
    ----------
    days
        Of all patients.
    prices
        From which it starts.
    wanted
        Sessions of each run.
    target
        Cost of a plan that is known, or more.
    """
    best, kept, share, stale = -np.inf, (prices, [day.fines for day in days], np.zeros(len(days))), 1.0, 0
    for _ in range(_STEPS):
        bound, short = float(prices @ wanted), wanted.astype(float)
        worth, too_much = np.zeros(len(days)), []
        for number, day in enumerate(days):
            worth[number], visits, fined = day.relaxed(prices)
            bound -= worth[number]
            short[day.own] -= visits
            too_much.append(np.where((fined > 1) | (day.fines > 0), fined - 1.0, 0.0))
        stale += 1
        if bound > best:
            best, kept, stale = bound, (prices, [day.fines for day in days], worth), 0
        short[(short < 0) & (prices <= 0)] = 0
        length = float(short @ short + sum(row @ row for row in too_much))
        if length == 0 or bound >= target:
            break
        if stale == _PATIENCE:
            share, stale = share * _SHORTER, 0
            prices, fines, _ = kept
            for day, row in zip(days, fines, strict=True):
                day.fines = row
            continue
        step = share * (target - bound) / length
        prices = np.maximum(prices + step * short, 0)
        for day, row in zip(days, too_much, strict=True):
            day.fines = np.maximum(day.fines + step * row, 0)
    for day, row in zip(days, kept[1], strict=True):
        day.fines = row.copy()
    return best, kept[0], kept[2]
