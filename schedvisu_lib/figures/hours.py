"""The hour-of-day profile: how busy a scanner is, and with what (design, section 6)."""

from __future__ import annotations

from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import points_per_unit
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.style import (
    FAINT,
    FRAME,
    GHOST,
    PALE,
    REST,
    dress,
    exam_type_colors,
    house_style,
    outside,
    readable_on,
)
from schedvisu_lib.language import language
from schedvisu_lib.studies.hours import QUARTER, hour_profile
from schedvisu_lib.studies.selection import Day
from schedvisu_lib.tables import require

MAIN_TYPES: Final = 5
"""How many exam types are shown in their colours; the others are one grey area."""
_LETTERS: Final = 5.0
"""Size of the code on an area, in points."""
_CODE: Final = 1.6 * _LETTERS
"""Width that a code needs, in points."""


def plot_hours(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, ax: Axes | None = None
) -> Axes:
    """Draw at each hour (downwards) the share of open days on which each of the main exam types runs, stacked.

    White lines part the areas; each bears the two letters of its exam type where there is room.

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

    Raises
    ------
    ValueError
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> ax = sv.plot_hours(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> float(ax.dataLim.x1.round())  # the busiest quarter of an hour
    67.0
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        profile = hour_profile(require(studies, "exam_type"), site, scanner, first, last) * 100
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
                edgecolor="white",
                linewidth=0.3,
                label=str(name) or t("others"),
            )
            base = top
        dress(ax)
        ax.set_xlim(0, max(float(base.max(initial=0)) * 1.08, 1))
        if not ax.yaxis_inverted():
            ax.set_ylim(*_busy_hours(profile))
            if profile.empty:  # an agenda beside it says so itself
                words = t("No exam in this period.")
                ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=PALE)
        ax.set_xlabel(t("% of open days"), color=outside(ax, PALE))
        ax.grid(color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[:].set(color=FRAME, linewidth=0.4)
        _name_areas(ax, shown, colors, exam_type_codes(site))
    return ax


def add_ghost(ax: Axes, studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> Axes:
    """Add the outline of all exam types of another period to axes of :func:`plot_hours`.

    Parameters
    ----------
    ax
        The axes; they grow if the other period was busier.
    studies
        The studies table.
    site
        Gives the calendar and the language.
    scanner
        Its name.
    first, last
        Days of the other period, both included.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    with house_style():
        total = hour_profile(studies, site, scanner, first, last).sum(axis="columns").astype(float) * 100
        hours = total.index.to_numpy(dtype=float)
        edges = np.column_stack([hours, hours + QUARTER]).ravel()
        outline = np.repeat(total.to_numpy(), 2)
        style: dict[str, Any] = {"scaley": False, "scalex": False, "solid_joinstyle": "miter"}
        # A white seam, so that the line is seen on dark areas too.
        ax.plot(outline, edges, color="white", linewidth=1.7, zorder=4, gid="seam", **style)
        words = language(site.report.language)("period before (profile)")
        ax.plot(outline, edges, color=GHOST, linewidth=0.8, zorder=4.1, gid="ghost", label=words, **style)
        ax.set_xlim(0, max(ax.get_xlim()[1], float(outline.max(initial=0)) * 1.08))
    return ax


def _name_areas(ax: Axes, shown: pd.DataFrame, colors: dict[str, str], codes: dict[str, str]) -> None:
    """Write each type's code at the hour at which its area is widest, if it has room there."""
    across, down = points_per_unit(ax)
    if QUARTER * down < _LETTERS * 0.8:
        return
    right = shown.cumsum(axis="columns")
    top, bottom = sorted(ax.get_ylim())
    for name, share in shown.items():
        code = codes.get(str(name), "")
        within = share.loc[(share.index >= top) & (share.index < bottom)]
        if not code or within.empty or within.max() * across < _CODE:
            continue
        hour = within.idxmax()
        ax.text(
            float(right.loc[hour, name] - share.loc[hour] / 2), float(hour) + QUARTER / 2, code, ha="center",
            va="center_baseline", fontsize=_LETTERS, color=readable_on(colors[str(name)]), zorder=3, gid="code",
        )  # fmt: skip


def _busy_hours(profile: pd.DataFrame) -> tuple[float, float]:
    """Return the bottom and top of the axis: the hours at which anything runs."""
    hours = profile.index[profile.sum(axis="columns") > 0]
    return (float(np.ceil(hours[-1] + QUARTER)), float(np.floor(hours[0]))) if len(hours) else (18.0, 7.0)
