"""The exam mix: what each scanner made, as a stacked bar."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.boxes import Floats, add_boxes, axes_points
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.durations import short_name
from schedvisu_lib.figures.style import FAINT, INK, PALE, exam_type_colors, house_style, readable_on
from schedvisu_lib.language import Language, language

_BAR: Final = (-0.42, 0.42)
_BAR_BESIDE: Final = (-0.46, 0.16)
"""The same where the period before stands below it."""
_BEFORE: Final = (0.22, 0.46)
_PALER: Final = 0.55
_SIZE: Final = 6.0
"""Of a label, in points; smaller in a low bar."""
_LETTER: Final = 0.62
"""Mean width of a letter, as a share of its size."""
_AIR: Final = 3.0
"""Around a label, in points."""
Place: TypeAlias = tuple[float, float]
"""Top and bottom of a bar in its row of height 1."""


def plot_mix(mix: pd.DataFrame, before: pd.DataFrame | None, site: Site, *, ax: Axes | None = None) -> Axes:
    """Draw a stacked bar of each scanner's exams by type, with that of the period before, if given, below it.

    Parameters
    ----------
    mix
        As :func:`schedvisu_lib.studies.mix.exam_mix` gives it.
    before
        The same of the previous period; None to leave it out.
    site
        Gives colours and language.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is in exams, scanners stand at 0, 1, 2, ... from the top.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        totals = [table.sum(axis="columns").max() for table in (mix, before) if table is not None]
        most = max(float(np.nanmax([*totals, 1.0])), 1.0)
        ax.set(xlim=(0, most * 1.06), ylim=(len(mix) - 0.5, -0.5))
        place = _BAR if before is None else _BAR_BESIDE
        colors = exam_type_colors(site)
        _stack(ax, mix, place, {name: colors.get(name, site.report.other_color) for name in mix.columns}, "mix")
        _name_parts(ax, mix, place, site)
        _write_totals(ax, mix, place, INK, t)
        if before is not None:
            pale = {name: _paler(colors.get(name, site.report.other_color)) for name in before.columns}
            _stack(ax, before, _BEFORE, pale, "before")
            _write_totals(ax, before, _BEFORE, PALE, t)
        ax.set_yticks(range(len(mix)), mix.index)
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        ax.grid(axis="x", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    return ax


def _stack(ax: Axes, mix: pd.DataFrame, place: Place, colors: dict[str, str], kind: str) -> None:
    """Draw a bar per scanner between two heights of its row."""
    left = np.zeros(len(mix))
    middle, height = _rows(mix, place)
    for exam_type in mix.columns:
        right = left + mix[exam_type].to_numpy(dtype=float)
        boxes = np.column_stack([left, right, middle - height / 2, middle + height / 2])[right > left]
        look: Any = {"edgecolor": "white", "linewidth": 0.5, "gid": f"{kind} {exam_type}"}
        add_boxes(ax, boxes, facecolor=colors[exam_type], **look)
        left = right


def _name_parts(ax: Axes, mix: pd.DataFrame, place: Place, site: Site) -> None:
    """Write name and number of exams into each part of the bars, or code and number, or one of them, as it fits."""
    t = language(site.report.language)
    colors, codes = exam_type_colors(site), exam_type_codes(site)
    middle, _ = _rows(mix, place)
    size, high = _letters(ax, mix, place)
    per_exam = axes_points(ax)[0] / np.ptp(ax.get_xlim())
    right = mix.to_numpy(dtype=float).cumsum(axis=1)
    for column, exam_type in enumerate(mix.columns):
        name = t(OTHER) if exam_type == OTHER else short_name(exam_type, 0, t)
        ink = readable_on(colors.get(exam_type, site.report.other_color))
        for row in np.flatnonzero(mix[exam_type]):
            count = mix[exam_type].iloc[row]
            number, code = t.number(count), codes.get(exam_type, "")
            ways = [f"{name} {number}", f"{name}\n{number}", f"{code} {number}", f"{code}\n{number}", number, code]
            text = next((way for way in ways if _fits(way, size, count * per_exam, high)), "")
            x = right[row, column] - count / 2
            ax.text(x, middle[row], text, ha="center", va="center", fontsize=size, color=ink, linespacing=1.0)


def _write_totals(ax: Axes, mix: pd.DataFrame, place: Place, color: str, t: Language) -> None:
    """Write the number of all exams behind each bar."""
    totals = mix.sum(axis="columns").to_numpy(dtype=float)
    beyond = 2 * np.ptp(ax.get_xlim()) / axes_points(ax)[0]
    middle, _ = _rows(mix, place)
    size, _ = _letters(ax, mix, place)
    for row in np.flatnonzero(totals):
        ax.text(totals[row] + beyond, middle[row], t.number(totals[row]), va="center", fontsize=size, color=color)


def _rows(mix: pd.DataFrame, place: Place) -> tuple[Floats, float]:
    """Return the middle of each row's bar, and its height."""
    return np.arange(len(mix), dtype=np.float64) + np.float64(sum(place) / 2), place[1] - place[0]


def _letters(ax: Axes, mix: pd.DataFrame, place: Place) -> tuple[float, float]:
    """Return the size of the letters, and the height of a bar, in points."""
    high = axes_points(ax)[1] / len(mix) * (place[1] - place[0])
    return min(_SIZE, 0.8 * high), high


def _fits(text: str, size: float, width: float, height: float) -> bool:
    lines = text.split("\n")
    return max(map(len, lines)) * _LETTER * size < width - _AIR and len(lines) * 1.25 * size < height


def _paler(color: str) -> str:
    """Return a colour mixed with white."""
    red, green, blue = (1 - (1 - channel) * _PALER for channel in to_rgb(color))
    return to_hex((red, green, blue))
