"""The hours that a scanner's agenda shows, and where its exams stand on them."""

from __future__ import annotations

from datetime import time
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats

Flags: TypeAlias = npt.NDArray[np.bool_]

BEYOND: Final = 2.5
"""Hours before opening and after closing that the axis may show; what lies further is cut, with a mark at the edge."""
_HOUR: Final = np.timedelta64(1, "h")


def hours_since_midnight(moments: pd.Series, days: pd.Series) -> Floats:
    """Return hours since midnight of each exam's day; more than 24 on the day after."""
    hours: Floats = (moments.to_numpy() - days.to_numpy()) / _HOUR
    return hours


def clock_hours(clock: time) -> float:
    """Return a time of day in hours."""
    return clock.hour + clock.minute / 60


def hour_range(exams: pd.DataFrame, site: Site, scanner: str) -> tuple[float, float]:
    """Return the first and last hour of the axis: whole ones, from the opening hours or the exams that lie near them.

    An exam that begins or ends far outside (an emergency at night) does not stretch the axis: it is cut.
    """
    times = site.scanner(scanner).hours.values()
    opens = min(clock_hours(hours.opens) for hours in times)
    closes = max(clock_hours(hours.closes) for hours in times)
    begin = hours_since_midnight(exams["prepared_from"], exams["date"])
    end = hours_since_midnight(exams["prepared_until"], exams["date"])
    earliest = begin[begin >= max(opens - BEYOND, 0)].min(initial=opens)
    latest = end[end <= min(closes + BEYOND, 24)].max(initial=closes)
    return float(np.floor(earliest)), float(np.ceil(latest))


def shared_range(ax: Axes, top: float, bottom: float) -> tuple[float, float]:
    """Return the first and last hour of the axis, so that agendas which share it show the hours of all of them."""
    shares = len(ax.get_shared_y_axes().get_siblings(ax)) > 1
    if not shares or not ax.yaxis_inverted():  # another agenda has turned it round
        return top, bottom
    low, high = ax.get_ylim()
    return min(top, high), max(bottom, low)


def beyond_axis(exams: pd.DataFrame, top: float, bottom: float) -> tuple[Flags, Flags]:
    """Tell which exams begin above and which end below the axis."""
    early = hours_since_midnight(exams["start"], exams["date"]) < top
    late = hours_since_midnight(exams["end"], exams["date"]) > bottom
    return early, late
