"""Ticks at fixed places, and those of a finished figure as few artists: matplotlib takes 2 ms of CPU for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from schedvisu_lib.figures.boxes import Floats


def set_ticks(axis: Axis, places: Sequence[float], labels: Sequence[str]) -> None:
    """Put ticks with labels at places; ``Axes.set_xticks`` makes each of them at once, also where none is drawn."""
    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_major_formatter(FixedFormatter(list(labels)))


def lighten_ticks(ax: Axes) -> None:
    """Draw the ticks of axes that change no more as one grid, one row of marks, and plain texts: it looks the same.

    A tick takes a quarter of the time then. An axis for whose label matplotlib must find a place needs its ticks.
    """
    for axis in (ax.xaxis, ax.yaxis):
        finds_place = axis.get_label_text() and getattr(axis, "_autolabelpos", True)
        if ax.axison and axis.get_visible() and not finds_place and not len(axis.get_minorticklocs()):
            _lighten(ax, axis)


def _lighten(ax: Axes, axis: Axis) -> None:
    """Put lines and texts in the place of an axis' ticks; those that are made already may look different each."""
    every = np.asarray(axis.get_majorticklocs(), dtype=float)
    words = axis.get_major_formatter().format_ticks(every.tolist())
    low, high = np.sort(axis.get_view_interval())
    near = 1e-10 * (high - low)
    shown = np.flatnonzero((every >= low - near) & (every <= high + near))
    made: Any = axis.majorTicks
    is_x = axis is ax.xaxis
    look: Any = made[0]
    for line, ends in ((look.gridline, (0.0, 1.0)), (look.tick1line, (0.0,)), (look.tick2line, (1.0,))):
        if line.get_visible() and (len(ends) > 1 or line.get_markersize()):
            _add(ax, axis, _line(line, every[shown], ends, is_x))
    for n in shown:
        tick = made[n] if n < len(made) else look
        for label in (tick.label1, tick.label2):
            if label.get_visible() and words[n]:
                _add(ax, axis, _text(label, every[n], words[n], is_x))
    axis.set_major_locator(NullLocator())


def _line(like: Line2D, places: Floats, ends: Sequence[float], is_x: bool) -> Line2D:
    """Return a line like that of a tick, through all places: from one end of the axes to the other, or at one end."""
    along = np.repeat(places, len(ends) + 1)
    across = np.tile([*ends, np.nan], len(places))
    line = Line2D(*((along, across) if is_x else (across, along)))
    line.update_from(like)
    line.set_clip_on(len(ends) > 1)
    return line


def _text(like: Text, place: float, words: str, is_x: bool) -> Text:
    """Return a label like that of a tick, at a place."""
    x, y = like.get_position()
    text = Text(*((place, y) if is_x else (x, place)), words)
    text.update_from(like)
    text.set(rotation_mode=like.get_rotation_mode(), clip_on=False)
    return text


def _add(ax: Axes, axis: Axis, artist: Line2D | Text) -> None:
    artist.set_zorder(axis.get_zorder())
    ax.add_artist(artist)
