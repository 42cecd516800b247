"""The hour-of-day profile: how busy a scanner is, and with what (design, section 6)."""

from __future__ import annotations

from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.style import FAINT, FRAME, PALE, REST, exam_type_colors, house_style
from schedvisu_lib.language import language
from schedvisu_lib.studies.hours import QUARTER, hour_profile
from schedvisu_lib.studies.selection import Day

MAIN_TYPES: Final = 5
"""How many exam types are shown in their colours; the others are one grey area."""


def plot_hours(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, ax: Axes | None = None
) -> Axes:
    """Draw at each hour (downwards) the share of open days on which each of the main exam types runs, stacked.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, colours and language.
    scanner
        Its name.
    first, last
        Days, both included.
    ax
        Where to draw; the current axes by default. Its limits of y are kept if it shares them with an agenda.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is in percent, y is hours since midnight.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        profile = hour_profile(studies, site, scanner, first, last) * 100
        shown = profile.iloc[:, :MAIN_TYPES].assign(**{"": profile.iloc[:, MAIN_TYPES:].sum(axis="columns")})
        colors = exam_type_colors(site) | {"": REST}
        edges = np.append(shown.index.to_numpy(dtype=float), 24.0)
        base = np.zeros(len(shown))
        for name, share in shown.items():
            top = base + share.to_numpy()
            left, right = (np.append(line, line[-1:]) for line in (base, top))
            ax.fill_betweenx(
                edges,
                left,
                right,
                step="post",
                facecolor=colors.get(str(name), site.report.other_color),
                edgecolor="none",
                label=str(name) or t("others"),
            )
            base = top
        ax.set_xlim(0, max(float(base.max(initial=0)) * 1.08, 1))
        if not ax.yaxis_inverted():
            ax.set_ylim(*_busy_hours(profile))
        ax.set_xlabel(t("% of open days"), color=PALE)
        ax.grid(color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[:].set(color=FRAME, linewidth=0.4)
    return ax


def _busy_hours(profile: pd.DataFrame) -> tuple[float, float]:
    """Return the bottom and top of the axis: the hours at which anything runs."""
    hours = profile.index[profile.sum(axis="columns") > 0]
    return (float(np.ceil(hours[-1] + QUARTER)), float(np.floor(hours[0]))) if len(hours) else (18.0, 7.0)
