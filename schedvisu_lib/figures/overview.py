"""The overview: how all scanners went, side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import HEIGHT, WIDTH, legend_height
from schedvisu_lib.figures.legend import legend_html, type_legend
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.style import FAINT, FRAME, INK, PALETTE, house_style, readable_on
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.week import last_week, plot_week, week_rows
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.selection import between

_BAR: Final = 0.36
_SHORT: Final = 10.0
"""Percent from which a bar holds its value; that of a shorter one stands beside it."""
_LEFT: Final = 0.12
_WIDE: Final = 0.86
_AROUND: Final = 72.0
"""Height of the page's header, headings, notes and margins, in millimetres."""
_TABLE_ROW: Final = 8.7
_HOURS: Final = 5.0
"""Height of the hours over the week."""
_LEAST_ROW: Final = 1.8
_MOST_ROW: Final = 4.6


def plot_overview(overview: pd.DataFrame, site: Site, *, ax: Axes | None = None) -> Axes:
    """Draw utilisation and occupancy of each scanner as bars, with a mark where they stood the period before.

    Parameters
    ----------
    overview
        As :func:`schedvisu_lib.studies.overview.with_change` gives it.
    site
        Gives the language.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is in percent, scanners stand at 0, 1, 2, ... from the top.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        places = np.arange(len(overview))
        shown = (("utilisation", t("Utilisation"), PALETTE[0], -0.5), ("occupancy", t("Occupancy"), PALETTE[1], 0.5))
        for name, words, color, side in shown:
            now, before = overview[name] * 100, overview[f"{name}_before"] * 100
            middle = places + side * _BAR
            ax.barh(middle, now.fillna(0), _BAR, color=color, label=words)
            ax.plot(before, middle, "|", color=INK, markersize=9, markeredgewidth=1.2)
            for place, value in zip(middle, now, strict=True):
                inside = value >= _SHORT
                left, ink = (1.0, readable_on(color)) if inside else (1.0 + np.nan_to_num(value), INK)
                ax.text(left, place, t.percent(value / 100), va="center", ha="left", color=ink, fontsize=6)
        ax.plot([], [], "|", color=INK, markersize=7, label=t("period before"))
        ax.set_yticks(places, overview.index)
        ax.invert_yaxis()
        ax.set_xlim(0, max(100.0, float(np.nanmax(ax.dataLim.x1)) * 1.03))
        ax.set_xlabel("%")
        ax.grid(axis="x", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[:].set(color=FRAME, linewidth=0.4)
        ax.tick_params(length=0)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=6.5)
    return ax


def overview_header(site: Site, period: Period, generated_at: datetime) -> Html:
    """Return the head of the overview, with the report's title."""
    t = language(site.report.language)
    above, heading = element("h1", site.report.title), element("h2", t("Overview"))
    return PageHead(site, period, generated_at).html(above, heading, Html(""))


def overview_figure(overview: pd.DataFrame, site: Site) -> Html:
    """Return the bars of all scanners."""
    t = language(site.report.language)
    height = _bars_height(len(overview))
    with house_style():
        figure = new_figure(WIDTH, height)
        plot_overview(overview, site, ax=figure.add_axes((_LEFT, 7.5 / height, _WIDE, 1 - 14 / height)))
    return as_svg(figure, t("Utilisation and occupancy of the scanners"), "bars")


def overview_week(studies: pd.DataFrame, site: Site, period: Period) -> Html:
    """Return the last week of the period at a glance, as high as there is room; nothing where there is too little."""
    t = language(site.report.language)
    first, last = last_week(period.first, period.last)
    rows = week_rows(studies, site, first, last)
    entries = type_legend(between(studies, first, last), site)
    n_scanners = len(site.scanner_names)
    room = HEIGHT - _AROUND - _TABLE_ROW * n_scanners - _bars_height(n_scanners) - legend_height(list(entries))
    n_rows = rows[-1].top + 1 if rows else 0
    if not n_rows or room / n_rows < _LEAST_ROW:
        return Html("")
    height = min(_MOST_ROW * n_rows, room) + _HOURS
    with house_style():
        figure = new_figure(WIDTH, height)
        plot_week(studies, site, first, last, ax=figure.add_axes((_LEFT, 0, _WIDE, 1 - _HOURS / height)))
    title = t("The week at a glance: {week}", week=t.weeks(first, last))
    return element("div", [element("h4", title), as_svg(figure, title, "week"), legend_html(entries)], "part")


def _bars_height(n_scanners: int) -> float:
    return 14.0 + 8.0 * n_scanners
