"""The map of a scanner's occupancy by weekday and hour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_hex, to_rgb

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, add_boxes, axes_points
from schedvisu_lib.figures.hour_axis import clock_hours
from schedvisu_lib.figures.style import FRAME, INK, PALE, house_style, readable_on
from schedvisu_lib.language import language

_LIGHTEST: Final = "#f7fbff"
_DARKEST: Final = "#00307a"
_SIZE: Final = 5.0
_LEAST_SIZE: Final = 3.6
"""Of the values in the cells, in points; in smaller cells there are none."""
_LETTER: Final = 0.66
_SEEN: Final = 0.005
"""Share of an hour from which it is written."""
_BEYOND: Final = 2
"""Hours before all opening and after all closing hours that are drawn, if they were used."""

# From linear light to OKLab (Björn Ottosson, 2020).
_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)


def occupancy_colors() -> ListedColormap:
    """Return one hue from light to dark in steps that look equal, in colour and in grey.

    Straight between two blues in the cube roots of what the eye's cones see, which OKLab is a linear map of.
    """
    light, dark = (np.cbrt(_TO_LMS @ _linear(color)) for color in (_LIGHTEST, _DARKEST))
    roots = light + np.linspace(0, 1, 256)[:, None] * (dark - light)
    linear = (roots**3) @ np.linalg.inv(_TO_LMS).T
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    return ListedColormap(channels.clip(0, 1), name="occupancy")


def hours_shown(maps: Iterable[pd.DataFrame], site: Site) -> tuple[int, int]:
    """Return the first hour and the one after the last that the maps show: opening hours, and used ones near them."""
    spans = [hours for scanner in site.scanners for hours in scanner.hours.values()]
    opens = int(min(clock_hours(hours.opens) for hours in spans))
    closes = int(np.ceil(max(clock_hours(hours.closes) for hours in spans)))
    near = range(opens - _BEYOND, closes + _BEYOND)
    used = [hour for table in maps for hour in table.columns[(table >= _SEEN).any()] if hour in near]
    return min([opens, *used]), max([closes, *(hour + 1 for hour in used)])


def plot_hour_map(
    shares: pd.DataFrame, site: Site, scanner: str, hours: tuple[int, int] | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw how much of each hour a scanner was occupied: a row per weekday, the opening hours outlined.

    Parameters
    ----------
    shares
        As :func:`schedvisu_lib.studies.hour_map.hour_map` gives it.
    site
        Gives opening hours and language.
    scanner
        Its name, written above.
    hours
        The first hour and the one after the last; by default the opening hours, and used ones near them.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is hours since midnight, weekdays stand at 0, 1, 2, ... from the top.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> shares = sv.hour_map(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> ax = sv.plot_hour_map(shares, site, "Discovery 690")
    >>> [name.get_text() for name in ax.get_yticklabels()][:2]
    ['lun.', 'mar.']
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        first, end = hours or hours_shown([shares], site)
        n_rows = max(len(shares), 1)
        ax.set(xlim=(first, end), ylim=(n_rows, 0))
        cells = shares.loc[:, first : end - 1].to_numpy(dtype=float)
        if len(cells):
            draw_cells(ax, cells, first)
        frames = _opening_frames(shares, site, scanner)
        add_boxes(ax, frames, facecolor="none", edgecolor=INK, linewidth=0.8, zorder=3, gid="opening hours")
        names = [t.weekday(weekday) for weekday in shares.index]
        ax.set_yticks([row + 0.5 for row in range(len(names))], names)
        step = 1 if axes_points(ax)[0] / (end - first) >= 9 else 2
        ax.set_xticks(range(first, end + 1, step), [str(hour) for hour in range(first, end + 1, step)])
        ax.xaxis.tick_top()
        ax.tick_params(length=0, pad=1)
        ax.spines[:].set(color=FRAME, linewidth=0.3)
        if shares.empty:
            ax.text(0.5, 0.5, t("No open day."), transform=ax.transAxes, ha="center", va="center", color=PALE)
    return ax


def plot_scale(site: Site, *, ax: Axes) -> Axes:
    """Draw the scale of the maps, from 0 to 100 %."""
    with house_style():
        t = language(site.report.language)
        ax.pcolormesh(np.linspace(0, 1, 101), [0, 1], np.linspace(0.005, 0.995, 100)[None], **_look())
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.set_yticks([])
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [t.percent(share) for share in (0, 0.25, 0.5, 0.75, 1)])
        ax.tick_params(length=1.5, pad=1)
        ax.spines[:].set(color=FRAME, linewidth=0.3)
    return ax


def _opening_frames(shares: pd.DataFrame, site: Site, scanner: str) -> Floats:
    """Return left, right, top and bottom of the opening hours; weekdays in a row with the same hours share a frame."""
    frames: list[list[float]] = []
    for row, weekday in enumerate(shares.index):
        hours = site.scanner(scanner).hours.get(weekday)
        if hours is None:
            continue
        edges = [clock_hours(hours.opens), clock_hours(hours.closes)]
        if frames and frames[-1][:2] == edges and frames[-1][3] == row:
            frames[-1][3] = row + 1
        else:
            frames.append([*edges, row, row + 1])
    return np.array(frames, dtype=float).reshape(-1, 4)


def draw_cells(ax: Axes, cells: Floats, first: float, wide: float = 1.0) -> None:
    """Draw shares as cells with their percentage: a row each, the columns from ``first`` on; missing ones are blank.

    Columns are ``wide`` units of x.
    """
    n_rows, n_hours = cells.shape
    ax.pcolormesh(
        first + wide * np.arange(n_hours + 1), np.arange(n_rows + 1), cells, lw=0.3, edgecolor="white", **_look()
    )
    width, height = (points / n for points, n in zip(axes_points(ax), (n_hours, n_rows), strict=True))
    size = min(_SIZE, 0.8 * height, width / (3 * _LETTER))
    if size < _LEAST_SIZE:
        return
    colors = occupancy_colors()
    for row, column in zip(*np.nonzero(cells >= _SEEN), strict=True):
        share = cells[row, column]
        field = to_hex(colors(share))
        place = (first + wide * (column + 0.5), row + 0.5)
        # The field behind the letters keeps the frame of opening hours that begin within the hour from crossing them.
        behind = {"facecolor": field, "edgecolor": "none", "pad": 0.4}
        words, color = f"{share * 100:.0f}", readable_on(field)
        ax.text(*place, words, ha="center", va="center", fontsize=size, color=color, bbox=behind, zorder=4)


def _look() -> dict[str, Any]:
    return {"cmap": occupancy_colors(), "vmin": 0, "vmax": 1}


def _linear(color: str) -> Floats:
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
