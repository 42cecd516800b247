"""What other settings of a scanner would change: a table beside today's numbers, and the ratios by weekday."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element, table
from schedvisu_lib.figures.style import FAINT, FRAME, INK, PALE, PALETTE, house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.settings.scanners import Scanner
from schedvisu_lib.studies.gaps import CLASSES, HOLE, LUNCH, SERVICE
from schedvisu_lib.studies.what_if import DIFFERENCE, THEN, TODAY

_MINUS: Final = "\N{MINUS SIGN}"
_ZERO: Final = re.compile(r"[^1-9]*")
_ROOM: Final = 1.3
"""How much longer the axis is than its values: their labels stand there."""
_ROW: Final = 5.2
"""Of a weekday in the figure, in millimetres, as the next three."""
_TOP: Final = 11.0
_BOTTOM: Final = 6.0
_LEFT: Final = 11.0


def what_if_html(numbers: pd.DataFrame, site: Site, scanner: str) -> Html:
    """Show the what-if table: a row per measure with today's value, the other one, and the difference.

    Classes of gaps have a row where they can occur: lunch and service need a setting of the scanner.
    """
    t = language(site.report.language)
    rows = [[name, *_cells(numbers, columns, write, t)] for name, columns, write in _measures(site.scanner(scanner), t)]
    return table(["", t("Today"), t("What if"), t("Difference")], rows, "counts what-if")


def plot_weekdays(ratios: pd.Series, site: Site, *, ax: Axes | None = None) -> Axes:
    """Draw a ratio of each weekday: an open circle for today, a dot for the other one, and a line between them.

    Parameters
    ----------
    ratios
        Index ``case`` and ``weekday``, as a column of :func:`schedvisu_lib.studies.what_if.ratios_by_weekday`.
    site
        Gives the language.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is in percent, weekdays stand at 0, 1, 2, ... from the top.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        today, then = (ratios.xs(case).to_numpy(dtype=float) * 100 for case in (TODAY, THEN))
        rows = np.arange(len(today))
        ax.hlines(rows, today, then, color=PALETTE[0], linewidth=1.2, zorder=2)
        circles: dict[str, Any] = {"s": 17, "linewidths": 0.8, "edgecolors": PALE, "facecolors": "white"}
        ax.scatter(today, rows, label=t("today"), zorder=3, **circles)
        ax.scatter(then, rows, label=t("what if"), zorder=4, s=17, color=PALETTE[0], linewidths=0)
        furthest = np.fmax(today, then)
        for row in np.flatnonzero(np.isfinite(furthest)):
            ax.annotate(
                t.percent(then[row] / 100), (furthest[row], row), (4.5, 0), textcoords="offset points",
                va="center_baseline", color=INK, fontsize=6.0,
            )  # fmt: skip
        ax.set_xlim(0, max(float(np.nanmax(np.append(furthest, 0))) * _ROOM, 10))
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_yticks(rows, [t.weekday(str(day)) for day in ratios.xs(TODAY).index])
        ax.tick_params(length=0)
        ax.grid(axis="x", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[:].set_visible(False)
        ax.spines["left"].set(visible=True, color=FRAME)
    return ax


def weekdays_picture(ratios: pd.DataFrame, site: Site, width: float) -> Html:
    """Draw utilisation and occupancy of each weekday side by side, today and then.

    Parameters
    ----------
    ratios
        As :func:`schedvisu_lib.studies.what_if.ratios_by_weekday` gives it.
    site
        Gives the language.
    width
        In millimetres.
    """
    t = language(site.report.language)
    names = {"utilisation": t("Utilisation"), "occupancy": t("Occupancy")}
    height = _TOP + _BOTTOM + _ROW * ratios.index.get_level_values("weekday").nunique()
    with house_style():
        figure = new_figure(width, height)
        each = (width - 2 * _LEFT) / 2 - 2
        for place, (name, title) in enumerate(names.items()):
            left = (_LEFT + place * (each + _LEFT + 2)) / width
            ax = figure.add_axes((left, _BOTTOM / height, each / width, 1 - (_TOP + _BOTTOM) / height))
            plot_weekdays(ratios[name], site, ax=ax)
            ax.set_title(f"{title} (%)", loc="left", fontsize=7.0, color=INK, pad=4)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="upper right", ncols=2, frameon=False, fontsize=6.0, borderpad=0, borderaxespad=0.2,
            handletextpad=0.1, columnspacing=1.0, labelcolor=PALE,
        )  # fmt: skip
    return as_svg(figure, t("Utilisation and occupancy by weekday, today and with the other values"))


_Measure = tuple[str, tuple[str, ...], Callable[[Any, Language], str]]


def _measures(machine: Scanner, t: Language) -> list[_Measure]:
    """Return of each row: its name, its columns, and how a value is written."""
    classes = {LUNCH: t("Gap: lunch"), SERVICE: t("Gap: out of service"), HOLE: t("Gap: hole")}
    possible = {LUNCH: machine.lunch is not None, SERVICE: bool(machine.service), HOLE: True}
    return [
        (t("Exams"), ("exams",), _count),
        (t("Slots"), ("slots",), _count),
        (t("Utilisation"), ("utilisation",), _percent),
        (t("Opening hours"), ("opening",), _duration),
        (t("Time with prepared exams"), ("busy",), _duration),
        (t("Occupancy"), ("occupancy",), _percent),
        (t("Gaps"), ("gaps", "gap_time"), _count),
        *((classes[name], (f"gaps_{name}", f"gap_time_{name}"), _count) for name in CLASSES if possible[name]),
        (t("Idle before first"), ("idle_before",), _duration),
        (t("Idle after last"), ("idle_after",), _duration),
        (t("Overtime"), ("overtime",), _duration),
    ]


def _count(value: float, t: Language) -> str:
    return t.number(value)


def _percent(value: float, t: Language) -> str:
    return t.percent(value, 1)


def _duration(value: pd.Timedelta, t: Language) -> str:
    return t.duration(value)


def _cells(
    numbers: pd.DataFrame, columns: tuple[str, ...], write: Callable[[Any, Language], str], t: Language
) -> list[str | Html]:
    """Write today, then and difference of a measure; a second column is the time of what the first one counts."""
    first, *time = columns
    change = numbers[first][DIFFERENCE]
    points = write is _percent and np.isfinite(change)
    differences = [_signed(t("{points} pts", points=t.number(change * 100, 1)) if points else write(change, t))]
    cells = [write(numbers[first][case], t) for case in (TODAY, THEN)]
    if time:
        spans = numbers[time[0]]
        cells = [f"{cell} ({t.duration(spans[case])})" for cell, case in zip(cells, (TODAY, THEN), strict=True)]
        differences.append(_signed(t.duration(spans[DIFFERENCE])))
    words = f"{differences[0]} ({differences[1]})" if time else differences[0]
    same = all(_ZERO.fullmatch(part) for part in differences)
    return [*cells, element("span", words, "same") if same else element("b", words)]


def _signed(words: str) -> str:
    """Write a difference with its sign; none for what is rounded to zero."""
    if words == NOTHING:
        return words
    if _ZERO.fullmatch(words):
        return words.removeprefix("-")
    return words.replace("-", _MINUS) if words.startswith("-") else f"+{words}"
