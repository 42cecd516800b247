"""One number of a scanner over equal periods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import axes_points
from schedvisu_lib.figures.style import FAINT, FRAME, INK, PALE, PALETTE, dress, house_style
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.language import Language, language

MEASURES: Final = {
    "exams": "Exams",
    "utilisation": "Utilisation",
    "occupancy": "Occupancy",
    "gaps": "Gaps",
    "gap_time": "Time of gaps",
    "turnover": "Turnover",
    "first_start": "First start",
    "last_end": "Last end",
    "overtime": "Overtime",
}
"""Columns of :func:`schedvisu_lib.scanner_trend` that are drawn, and their names: the message ids of the catalogue."""
_CLOCKS: Final = ("first_start", "last_end")
"""Times of the day, which are not drawn from midnight; they span at least an hour."""
_RATIOS: Final = ("utilisation", "occupancy")
_HOUR: Final = pd.Timedelta(hours=1)
_SIZE: Final = 5.0
"""Of the values, in points."""
_VALLEY: Final = 0.15
"""Share of the scale below a point from which its value may stand there."""
_LETTER: Final = 0.62
"""Mean width of a figure, as a share of its size."""


def plot_trend(trend: pd.DataFrame, site: Site, name: str, *, ax: Axes | None = None) -> Axes:
    """Draw one number of equal periods as a line with its values; it breaks where a period has none.

    Counts, shares and durations are drawn from zero, times of the day on a scale of their own. Where values have no
    room, only the highest, the lowest and the last one are written.

    Parameters
    ----------
    trend
        As :func:`schedvisu_lib.scanner_trend` gives it.
    site
        Gives the language.
    name
        The column: "exams", "utilisation", "turnover", ...
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; periods stand at 0, 1, 2, ... Durations and times of the day are in hours, shares from 0 to 1.

    Raises
    ------
    KeyError
        The table has no such column.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> store = sv.open_store(site)
    >>> studies = store.studies("2026-04-27", "2026-05-22")
    >>> trend = sv.scanner_trend(studies, site, "Discovery 690", "2026-05-18", "2026-05-22", store.stored_days(), n=4)
    >>> ax = sv.plot_trend(trend, site, "exams")
    >>> ax.get_title(loc="left")
    'Examens'
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        dress(ax)
        t = language(site.report.language)
        values = trend[name]
        heights = (values / _HOUR if values.dtype.kind == "m" else values).to_numpy(dtype=float)
        places = np.arange(len(heights))
        look: dict[str, Any] = {"color": PALETTE[0], "marker": "o", "clip_on": False}
        lines = [Line2D(places, heights, linewidth=1.0, markersize=2.4, gid="trend", **look)]
        if len(heights) and np.isfinite(heights[-1]):
            lines.append(Line2D(places[-1:], heights[-1:], linestyle="none", markersize=4.5, gid="last", **look))
        for line in lines:
            ax.add_line(line)
        ax.set_xlim(-0.4, max(len(heights) - 0.6, 0.6))
        ax.set_ylim(*_limits(heights, name))
        write = _writer(name, values, t)
        words = ["" if pd.isna(value) else write(value) for value in values]
        _write_values(ax, heights, words)
        ends = [0, len(heights) - 1] if len(heights) > 1 else list(range(len(heights)))
        set_ticks(ax.xaxis, ends, [t.day(trend.index[place].date()) for place in ends])
        if len(ends) > 1:
            left, right = ax.get_xticklabels()
            left.set_horizontalalignment("left")
            right.set_horizontalalignment("right")
        ax.tick_params(length=0)
        ax.yaxis.set_major_locator(MaxNLocator(3, integer=name not in _RATIOS))
        ax.yaxis.set_major_formatter(lambda height, _: _scale_text(height, name, values, t))
        ax.tick_params(axis="y", labelcolor=PALE)
        ax.grid(axis="y", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[["top", "right", "left"]].set_visible(False)
        ax.spines["bottom"].set(color=FRAME, linewidth=0.4)
        heading: dict[str, Any] = {"loc": "left", "fontsize": 7, "fontweight": "bold", "color": INK, "pad": 3}
        ax.set_title(t(MEASURES.get(name, name)), y=1.0, **heading)  # without y, axes look for a place: a third slower
    return ax


def _limits(heights: np.ndarray, name: str) -> tuple[float, float]:
    """Return the ends of the scale, with room for the values over the line."""
    known = heights[np.isfinite(heights)]
    if not len(known):
        return 0.0, 1.0
    if name not in _CLOCKS:
        return 0.0, max(float(known.max()), 1e-9) * 1.25
    low, high = float(known.min()), float(known.max())
    wider = max(1.0 - (high - low), 0.0) / 2
    low, high = low - wider, high + wider
    return low - 0.1 * (high - low), high + 0.25 * (high - low)


def _writer(name: str, values: pd.Series, t: Language) -> Callable[[Any], str]:
    if values.dtype.kind == "m":
        return t.duration
    return t.percent if name in _RATIOS else t.number


def _scale_text(height: float, name: str, values: pd.Series, t: Language) -> str:
    return _writer(name, values, t)(height * _HOUR if values.dtype.kind == "m" else height)


def _write_values(ax: Axes, heights: np.ndarray, words: list[str]) -> None:
    """Write the values over their points: all, if they fit beside each other, else the most telling ones."""
    known = np.flatnonzero(np.isfinite(heights))
    if not len(known):
        return
    room = axes_points(ax)[0] / float(np.ptp(ax.get_xlim()))
    needed = _SIZE * _LETTER * max(len(word) for word in words)
    chosen = known
    if needed > room:
        chosen = np.array([known[-1]])
        for place in (known[np.argmax(heights[known])], known[np.argmin(heights[known])]):
            if (np.abs(chosen - place) * room > needed).all():
                chosen = np.append(chosen, place)
    for place in chosen:
        away, side = (-3, "top") if _is_valley(heights, place, ax.get_ylim()) else (3, "bottom")
        ax.annotate(
            words[place], (float(place), heights[place]), (0, away), textcoords="offset points", ha="center", va=side,
            fontsize=_SIZE, color=INK, gid="value",
        )  # fmt: skip


def _is_valley(heights: np.ndarray, place: int | np.signedinteger[Any], limits: tuple[float, float]) -> bool:
    """Tell whether the line rises from a point on both sides, and there is room for letters below it."""
    beside = [heights[near] for near in (place - 1, place + 1) if 0 <= near < len(heights)]
    low, high = limits
    room = heights[place] - low > _VALLEY * (high - low)
    return room and all(near >= heights[place] for near in beside) and any(near > heights[place] for near in beside)
