"""How long exams last, by exam type (design, section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import axes_points
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.style import FAINT, INK, PALE, dress, exam_type_colors, house_style
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.durations import kept_apart, type_order
from schedvisu_lib.studies.selection import Day, of_scanner
from schedvisu_lib.tables import require

FEWEST: Final = 5
"""Exams from which a violin is drawn; fewer are shown as points alone."""
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
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        exams = of_scanner(require(studies, "exam_type", "take"), site.scanner(scanner).name, first, last)
        dress(ax)
        ax.set_ylabel(t("Duration (min)"))
        ax.grid(axis="y", color=FAINT, linewidth=0.4)
        ax.set_axisbelow(True)
        if exams.empty:
            ax.set(xticks=[], yticks=[])
            ax.text(
                0.5, 0.5, t("No exam in this period."), transform=ax.transAxes, ha="center", va="center", color=PALE
            )
            return ax
        groups = durations_by_type(exams, site)
        colors = exam_type_colors(site)
        for place, ((exam_type, _), minutes) in enumerate(groups.items()):
            _draw_group(ax, place, minutes, colors.get(exam_type, site.report.other_color))
        width = min(_PAGE, round(axes_points(ax)[0] * _POINT, 1))
        names = violin_labels(list(groups), site, width)
        slant = _slant(names, width)
        between = " · " if slant == _UPRIGHT else "\n"
        labels = [
            f"{name}{between}n = {t.number(len(minutes))}" for name, minutes in zip(names, groups.values(), strict=True)
        ]
        ax.set_xticks(
            range(len(labels)),
            labels,
            rotation=slant,
            ha="right" if slant else "center",
            va="center" if slant == _UPRIGHT else "top",
            rotation_mode="anchor" if slant else "default",
        )
        ax.tick_params(axis="x", length=0)
        ax.set_xlim(-0.6, max(len(labels), 3) - 0.4)
        ax.set_ylim(0, max(float(minutes.max()) for minutes in groups.values()) * 1.05 or 1)
        # Whole minutes: "17.5" would push the label out of the picture, and a page in French writes it otherwise.
        ax.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    return ax


def durations_by_type(exams: pd.DataFrame, site: Site) -> dict[tuple[str, int], pd.Series]:
    """Return the durations in minutes by exam type and take (0 if not kept apart), in the order of the site file."""
    minutes = (exams["end"] - exams["start"]).dt.total_seconds() / 60
    groups = dict(iter(minutes.groupby([exams["exam_type"].to_numpy(), kept_apart(exams, site).to_numpy()])))
    order = {name: place for place, name in enumerate(type_order(site))}

    def place(key: tuple[str, int]) -> tuple[int, str, int]:
        return order.get(key[0], len(order)), *key

    return {(str(key[0]), int(key[1])): groups[key] for key in sorted(groups, key=place)}


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


def _draw_group(ax: Axes, place: int, minutes: pd.Series, color: str) -> None:
    values = minutes.to_numpy()
    spread = np.random.default_rng(place).uniform(-0.12, 0.12, min(len(values), _MOST_POINTS))
    if len(values) < FEWEST or np.ptp(values) == 0:
        ax.scatter(place + spread, values[: len(spread)], s=9, color=color, edgecolor=INK, linewidth=0.3, zorder=3)
        return
    parts: dict[str, Any] = ax.violinplot(values, [place], widths=_WIDTH, showextrema=False)
    [body] = parts["bodies"]
    body.set(facecolor=color, edgecolor=INK, linewidth=0.4, alpha=0.75, zorder=2)
    lower, median, upper = np.percentile(values, [25, 50, 75])
    ax.vlines(place, lower, upper, color=INK, linewidth=2.2, zorder=3)
    ax.scatter([place], [median], s=7, color="white", edgecolor=INK, linewidth=0.4, zorder=4)
