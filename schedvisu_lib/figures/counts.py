"""Exams of each bin against the slots that there were."""

from __future__ import annotations

from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, add_lines, points_per_unit
from schedvisu_lib.figures.style import FAINT, INK, PALETTE, dress, house_style, readable_on
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Bin, make_bins
from schedvisu_lib.studies.counts import count_table
from schedvisu_lib.studies.selection import Day, as_days

_BAR: Final = 0.62
"""Width of a bar, in widths of its place; the line of the slots is wider."""
_SLOTS: Final = 0.82
_SIZE: Final = 6.5
"""Of the numbers, in points."""
_LETTER: Final = 3.9
"""Mean width of a letter of the labels, in points."""
_SLANT: Final = 30


def plot_counts(
    studies: pd.DataFrame,
    site: Site,
    scanner: str,
    first: Day,
    last: Day,
    *,
    among: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar for the exams of each bin of the count table, and a line for its slots.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, slots and language.
    scanner
        Its name.
    first, last
        Days, both included; their number of working days decides the bins (:func:`schedvisu_lib.count_table`).
    among
        All exams, where ``studies`` are some of them; exams on slots are the same without.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; bars stand at 0, 1, 2, ...

    Raises
    ------
    ValueError
        The scanner is unknown.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> ax = sv.plot_counts(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> [int(bar.get_height()) for bar in ax.containers[0]]
    [11, 11, 10, 10, 9]
    """
    with house_style():  # for the axes that may be made now
        ax = ax if ax is not None else plt.gca()
    counts = count_table(studies, site, scanner, first, last, among=among)
    return draw_counts(counts, make_bins(site.calendar, *as_days(first, last)), site, ax)


def draw_counts(counts: pd.DataFrame, bins: list[Bin], site: Site, ax: Axes) -> Axes:
    """Draw a count table of some bins, as :func:`plot_counts` does."""
    with house_style():
        dress(ax)
        t = language(site.report.language)
        places = np.arange(len(counts))
        exams, slots = counts["exams"].to_numpy(dtype=float), counts["slots"].to_numpy(dtype=float)
        ax.bar(places, exams, _BAR, color=PALETTE[0], label=t("Exams"), gid="exams")
        lines = np.column_stack([places - _SLOTS / 2, slots, places + _SLOTS / 2, slots])
        add_lines(ax, lines, edgecolor=INK, linewidth=1.0, gid="slots", label=t("Slots"))
        ax.set_xlim(-0.6, max(len(counts), 3) - 0.4)
        ax.set_ylim(0, max([*exams, *slots, 1.0]) * 1.06)
        _write_numbers(ax, exams, t)
        labels = [t.bin(column) for column in bins]
        slanted = max(map(len, labels), default=0) * _LETTER > points_per_unit(ax)[0]
        turned: dict[str, Any] = {"rotation": _SLANT, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
        ax.set_xticks(places, labels, **turned)
        ax.tick_params(axis="x", length=0)
        ax.grid(axis="y", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.yaxis.set_major_formatter(lambda number, _: t.number(number))
        signs = [Patch(color=PALETTE[0]), Line2D([], [], color=INK, linewidth=1.0)]
        ax.legend(
            signs, [t("Exams"), t("Slots")], loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False,
            fontsize=6, borderaxespad=0.2, handlelength=1.4,
        )  # fmt: skip
    return ax


def _write_numbers(ax: Axes, exams: Floats, t: Language) -> None:
    """Write the number at the foot of each bar, or over one that is too low for it."""
    down = points_per_unit(ax)[1]
    for place, number in enumerate(exams):
        inside = number * down >= _SIZE * 1.5
        height, ink = (0.0, readable_on(PALETTE[0])) if inside else (number, INK)
        ax.annotate(
            t.number(number), (place, height), (0, 2), textcoords="offset points", ha="center", va="bottom", color=ink,
            fontsize=_SIZE, gid="number",
        )  # fmt: skip
