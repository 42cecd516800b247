"""How long exams last, by exam type (design, section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, axes_points
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.style import FAINT, INK, PALE, dress, exam_type_colors, house_style
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.figures.violins import violin_outline
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.durations import Lengths, exam_durations
from schedvisu_lib.studies.selection import Day

FEWEST: Final = 5
"""Exams from which a violin is drawn; fewer are shown as points alone."""
_MINUTE: Final = np.timedelta64(1, "m")
_WIDTH: Final = 0.85
_MOST_POINTS: Final = 60
_POINT: Final = 25.4 / 72
"""In millimetres."""
_PAGE: Final = 79.0
"""Width of the axes on a page, in millimetres."""
_LETTER: Final = 1.25
"""Mean width of a letter of the labels, in millimetres."""
_LONGEST: Final = 15
"""Letters of a label."""
_LEFT: Final = 8.5
"""Room in millimetres at the left of the axes on a page."""
_SLANT: Final = 40
_UPRIGHT: Final = 90
_SLANTED: Final = 6.0
"""Least distance in millimetres of slanted labels, which have two lines."""


def plot_durations(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, ax: Axes | None = None
) -> Axes:
    """Draw a violin of the durations (minutes, images only) of each exam type; takes apart where the type says so.

    The violin ends at the shortest and longest exam; the bar is the middle half, the white point the median. Types with
    fewer than five exams are shown as points; the number of exams stands under each name.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives exam types, colours and language.
    scanner
        Its name.
    first, last
        Days, both included.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; violins stand at 0, 1, 2, ... in the order of the site's exam types, y is minutes.

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
    >>> ax = sv.plot_durations(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> [" ".join(name.get_text().split()) for name in ax.get_xticklabels()][:2]
    ['FDG STAND. n = 29', 'FDG CERV. n = 8']
    """
    with house_style():  # for the axes that may be made now
        ax = ax if ax is not None else plt.gca()
    return draw_durations(exam_durations(studies, site, scanner, first, last), site, ax)


def draw_durations(groups: Mapping[tuple[str, int], Lengths], site: Site, ax: Axes) -> Axes:
    """Draw the durations of each exam type and take, as :func:`plot_durations` does."""
    with house_style():
        t = language(site.report.language)
        dress(ax)
        ax.set_ylabel(t("Duration (min)"))
        ax.grid(axis="y", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        if not groups:
            ax.set(xticks=[], yticks=[])
            ax.text(
                0.5, 0.5, t("No exam in this period."), transform=ax.transAxes, ha="center", va="center", color=PALE
            )
            return ax
        minutes = [lengths / _MINUTE for lengths in groups.values()]
        colors = exam_type_colors(site)
        _draw_groups(ax, minutes, [colors.get(exam_type, site.report.other_color) for exam_type, _ in groups])
        _name_groups(ax, groups, site)
        ax.set_xlim(-0.6, max(len(groups), 3) - 0.4)
        ax.set_ylim(0, max(float(values.max()) for values in minutes) * 1.05 or 1)
        # Whole minutes: "17.5" would push the label out of the picture, and a page in French writes it otherwise.
        ax.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    return ax


def _name_groups(ax: Axes, groups: Mapping[tuple[str, int], Lengths], site: Site) -> None:
    """Write name and number of exams under each group, turned if they would not fit beside each other."""
    t = language(site.report.language)
    width = min(_PAGE, round(axes_points(ax)[0] * _POINT, 1))
    names = violin_labels(list(groups), site, width)
    slant = _slant(names, width)
    between = " · " if slant == _UPRIGHT else "\n"
    labels = [
        f"{name}{between}n = {t.number(len(lengths))}" for name, lengths in zip(names, groups.values(), strict=True)
    ]
    set_ticks(ax.xaxis, range(len(labels)), labels)
    ax.tick_params(axis="x", length=0)
    if slant:
        for label in ax.get_xticklabels():
            label.set(rotation=slant, ha="right", va="center" if slant == _UPRIGHT else "top", rotation_mode="anchor")


def group_name(exam_type: str, take: int, t: Language) -> str:
    """Return the name of an exam type, with its take where takes are kept apart."""
    name = t("OTHER") if exam_type == "OTHER" else exam_type
    return t("{name}, take {take}", name=name, take=take) if take else name


def short_name(exam_type: str, take: int, t: Language, longest: int = _LONGEST, code: str = "") -> str:
    """Return :func:`group_name` with an exam type of more letters than ``longest`` cut; its take is kept.

    A code, by which the legend has the whole name, stands before one that is cut.
    """
    if code and len(exam_type) > longest:
        return group_name(f"{code} {shortened(exam_type, longest - len(code) - 1)}", take, t)
    return group_name(shortened(exam_type, longest), take, t)


def violin_labels(groups: Sequence[tuple[str, int]], site: Site, width: float = _PAGE) -> list[str]:
    """Return the name of each exam type and take, as short as they must be to stand below violins on a page.

    ``width`` is that of the axes in millimetres.

    A long name with a take is its code, another one is cut; so is what would reach beyond the left edge.
    """
    t, codes = language(site.report.language), exam_type_codes(site)
    labels = []
    for exam_type, take in groups:
        code = codes.get(exam_type, "")
        alone = code and take and len(group_name(exam_type, take, t)) > _LONGEST
        labels.append(group_name(code, take, t) if alone else short_name(exam_type, take, t, code=code))
    if _slant(labels, width) != _SLANT:
        return labels
    room = width / max(len(labels), 3)
    fit = [int((_LEFT + (place + 0.6) * room) / (_LETTER * cos(radians(_SLANT)))) for place in range(len(labels))]
    return [shortened(label, max(letters, 4)) for label, letters in zip(labels, fit, strict=True)]


def violin_caption(t: Language) -> str:
    """Return one line that says what :func:`plot_durations` draws."""
    return t(
        "Violins: the wider, the more exams of the type lasted so long; ends: shortest and longest; bar: middle half; "
        "white point: median; under {n} exams single points.",
        n=FEWEST,
    )


def label_height(names: list[str]) -> float:
    """Return how much room in millimetres the labels need below the violins."""
    longest = max((len(name) for name in names), default=0) * _LETTER
    return {0: 7.0, _SLANT: 4.5 + longest * 0.64, _UPRIGHT: 2.5 + longest + _LETTER * len(" · n = 123")}[_slant(names)]


def _slant(names: list[str], width: float = _PAGE) -> int:
    """Return by how many degrees the labels are turned so that they fit beside each other."""
    room = width / max(len(names), 3)
    if max((len(name) for name in names), default=0) * _LETTER <= room:
        return 0
    return _SLANT if room >= _SLANTED else _UPRIGHT


def _draw_groups(ax: Axes, groups: Sequence[Floats], colors: Sequence[str]) -> None:
    """Draw a violin of each group with its middle half and median, or its points; all alike as one collection."""
    bodies, bars, medians, faces = [], [], [], []
    for place, (values, color) in enumerate(zip(groups, colors, strict=True)):
        if len(values) < FEWEST or np.ptp(values) == 0:
            spread = np.random.default_rng(place).uniform(-0.12, 0.12, min(len(values), _MOST_POINTS))
            some = values[: len(spread)]
            ax.scatter(place + spread, some, s=9, color=color, edgecolor=INK, linewidth=0.3, zorder=3)
            continue
        lower, median, upper = np.percentile(values, [25, 50, 75])
        bodies.append(violin_outline(values, place, _WIDTH))
        bars.append([(place, lower), (place, upper)])
        medians.append((place, median))
        faces.append(color)
    if bodies:
        look: Any = {"facecolors": faces, "edgecolor": INK, "linewidth": 0.4, "alpha": 0.75, "zorder": 2}
        ax.add_collection(PolyCollection(bodies, **look), autolim=False)
        ax.add_collection(LineCollection(bars, color=INK, linewidth=2.2, zorder=3), autolim=False)
        places, heights = np.transpose(medians)
        ax.scatter(places, heights, s=7, color="white", edgecolor=INK, linewidth=0.4, zorder=4)
