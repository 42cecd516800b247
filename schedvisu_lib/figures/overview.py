"""The overview: how all scanners went, side by side."""

from __future__ import annotations

from datetime import datetime

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import WIDTH
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.style import FAINT, INK, PALETTE, house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period

_BAR = 0.36


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
                ax.text(1, place, t.percent(value / 100), va="center", ha="left", color="white", fontsize=6)
        ax.plot([], [], "|", color=INK, markersize=7, label=t("period before"))
        ax.set_yticks(places, overview.index)
        ax.invert_yaxis()
        ax.set_xlim(0, max(100.0, float(np.nanmax(ax.dataLim.x1)) * 1.03))
        ax.set_xlabel("%")
        ax.grid(axis="x", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
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
    with house_style():
        figure = new_figure(WIDTH, 12 + 13 * len(overview))
        plot_overview(overview, site, ax=figure.add_axes((0.12, 0.13, 0.87, 0.78)))
    return as_svg(figure, t("Utilisation and occupancy of the scanners"), "bars")
