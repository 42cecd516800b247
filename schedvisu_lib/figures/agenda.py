"""The agenda: what ran when, a column per day, hours downwards (design, section 6)."""

from __future__ import annotations

from datetime import date
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from schedvisu_lib.config import WEEKDAYS, Site
from schedvisu_lib.figures.columns import Column, agenda_columns, day_ticks
from schedvisu_lib.figures.style import FAINT, INK, LIGHTER, SHADE, exam_type_colors, house_style
from schedvisu_lib.language import language
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.selection import Day, as_date, of_scanner

HATCHES: Final = {1: "\\\\\\\\", 2: "////"}
"""Of the first and second take of a study that has several; later ones are crossed."""
LATER_TAKE: Final = "xxxx"
BEYOND: Final = 2.5
"""Hours before opening and after closing that the axis may show; what lies further is cut, with a mark at the edge."""

_BOX: Final = 0.76
"""Width of a box in its column; it stands at the left or at the right of it."""
_MOST_EDGES: Final = 40
"""Columns up to which boxes have a white edge."""

_Floats = npt.NDArray[np.float64]


def plot_agenda(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, ax: Axes | None = None
) -> Axes:
    """Draw a scanner's exams: a column per working day, hours downwards, a box per exam in its type's colour.

    Boxes stand left and right in turn, so that overlaps show; preparation is lighter; takes are hatched; a dashed line
    is a gap; the white field is the opening hours; a grey strip is a closed day. A triangle at the edge marks an exam
    that goes on beyond it.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, opening hours, gap threshold, colours and language.
    scanner
        Its name.
    first, last
        Days, both included.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; y is hours since midnight, x has a width of 1 per day.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        begin, end = as_date(first), as_date(last)
        exams = of_scanner(studies, scanner, begin, end)
        columns = agenda_columns(exams, site, begin, end)
        top, bottom = _hour_range(exams, site, scanner)
        _draw_frame(ax, columns, site, scanner, top, bottom)
        if exams.empty:
            words = language(site.report.language)("No exam in this period.")
            ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color="#777777")
            return ax
        left = _lefts(exams, columns)
        _draw_boxes(ax, exams, left, site, top, bottom, edges=len(columns) <= _MOST_EDGES)
        _draw_gaps(ax, find_gaps(exams, site), columns)
        _mark_cuts(ax, exams, left, top, bottom)
    return ax


def _hours(moments: pd.Series, days: pd.Series) -> _Floats:
    """Return hours since midnight of each exam's day."""
    return ((moments - days).dt.total_seconds() / 3600).to_numpy(dtype=float)


def _hour_range(exams: pd.DataFrame, site: Site, scanner: str) -> tuple[float, float]:
    """Return the hours at the top and bottom of the axis, whole ones."""
    times = site.scanner(scanner).hours.values()
    opens = min(time.opens.hour + time.opens.minute / 60 for time in times)
    closes = max(time.closes.hour + time.closes.minute / 60 for time in times)
    earliest = min([opens, *_hours(exams["prepared_from"], exams["date"])])
    latest = max([closes, *_hours(exams["prepared_until"], exams["date"])])
    return float(np.floor(max(earliest, opens - BEYOND, 0))), float(np.ceil(min(latest, closes + BEYOND, 24)))


def _lefts(exams: pd.DataFrame, columns: list[Column]) -> _Floats:
    """Return the left edge of each exam's box: at the left and at the right of its column in turn."""
    left = exams["date"].dt.date.map({column.day: column.left for column in columns}).to_numpy(dtype=float)
    turn = (exams.groupby("date").cumcount() % 2).to_numpy()
    return left + np.where(turn == 0, 0.03, 1 - 0.03 - _BOX)


def _draw_frame(ax: Axes, columns: list[Column], site: Site, scanner: str, top: float, bottom: float) -> None:
    """Draw opening hours, closed days and both axes."""
    t = language(site.report.language)
    right = columns[-1].left + columns[-1].width if columns else 1.0
    ax.set(xlim=(-0.3, right + 0.3), ylim=(bottom, top), facecolor=SHADE)
    hours = site.scanner(scanner).hours
    fields = [
        (c.left, c.left + c.width, time.opens.hour + time.opens.minute / 60, time.closes.hour + time.closes.minute / 60)
        for c in columns
        if c.closed is None and (time := hours.get(WEEKDAYS[c.day.weekday()])) is not None
    ]
    _add_boxes(ax, np.array(fields).reshape(-1, 4), facecolor="white", edgecolor="none", zorder=0.5)
    closed = [(c.left, c.left + c.width, top, bottom) for c in columns if c.closed is not None]
    _add_boxes(ax, np.array(closed).reshape(-1, 4), facecolor="#cccccc", edgecolor="none", zorder=0.6)
    if len(columns) <= _MOST_EDGES:
        for column in columns:
            if column.closed is not None:
                name = column.closed or t("closed")
                ax.text(column.middle, (top + bottom) / 2, name, rotation=90, ha="center", va="center", fontsize=5.5)
    ax.set_xticks(*day_ticks(columns, t))
    ax.set_yticks(range(int(top), int(bottom) + 1), [f"{hour:02d}:00" for hour in range(int(top), int(bottom) + 1)])
    ax.grid(axis="y", color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.tick_params(axis="x", length=0 if len(columns) <= _MOST_EDGES else 2)


def _draw_boxes(
    ax: Axes, exams: pd.DataFrame, left: _Floats, site: Site, top: float, bottom: float, *, edges: bool
) -> None:
    """Draw the exams as one path per colour, and the hatches as one path per take: thousands of artists are slow."""
    colors = exam_type_colors(site)
    marks = {name: _hours(exams[name], exams["date"]) for name in ("prepared_from", "start", "end", "prepared_until")}
    marks = {name: hours.clip(top, bottom) for name, hours in marks.items()}
    right = left + _BOX
    line = {"edgecolor": "white", "linewidth": 0.3} if edges else {"edgecolor": "none"}
    for exam_type, rows in exams.groupby("exam_type").indices.items():
        color = colors[str(exam_type)]
        before = np.column_stack([left, right, marks["prepared_from"], marks["start"]])[rows]
        after = np.column_stack([left, right, marks["end"], marks["prepared_until"]])[rows]
        _add_boxes(ax, np.vstack([before, after]), facecolor=color, alpha=LIGHTER, edgecolor="none", zorder=2)
        body = np.column_stack([left, right, marks["start"], marks["end"]])[rows]
        _add_boxes(ax, body, facecolor=color, zorder=3, label=str(exam_type), gid=f"exams {exam_type}", **line)
    bodies = np.column_stack([left, right, marks["start"], marks["end"]])
    several = (exams["n_takes"] > 1).to_numpy()
    take = exams["take"].clip(upper=3).to_numpy()
    for number in (1, 2, 3):
        rows = np.flatnonzero(several & (take == number))
        hatch = HATCHES.get(number, LATER_TAKE)
        _add_boxes(
            ax, bodies[rows], facecolor="none", edgecolor=INK, linewidth=0, hatch=hatch, zorder=4, gid=f"take {number}"
        )


def _draw_gaps(ax: Axes, gaps: pd.DataFrame, columns: list[Column]) -> None:
    middle = gaps["date"].dt.date.map({column.day: column.middle for column in columns}).to_numpy(dtype=float)
    start, end = _hours(gaps["start"], gaps["date"]), _hours(gaps["end"], gaps["date"])
    lines = np.stack([np.column_stack([middle, start]), np.column_stack([middle, end])], axis=1)
    width = 0.9 if len(columns) <= _MOST_EDGES else 0.4
    ax.add_collection(
        LineCollection(list(lines), colors="black", linewidths=width, linestyles=[(0, (3, 2))], zorder=5, gid="gaps"),
        autolim=False,
    )


def _mark_cuts(ax: Axes, exams: pd.DataFrame, left: _Floats, top: float, bottom: float) -> None:
    """Mark the exams that begin above or end below the axis."""
    middle = left + _BOX / 2
    late = _hours(exams["end"], exams["date"]) > bottom
    early = _hours(exams["start"], exams["date"]) < top
    for cut, edge, marker in ((late, bottom, "v"), (early, top, "^")):
        ax.plot(
            middle[cut],
            np.full(cut.sum(), edge),
            marker,
            color=INK,
            markersize=3,
            clip_on=False,
            zorder=6,
            gid=f"cut {marker}",
        )


def _add_boxes(ax: Axes, boxes: _Floats, **style: object) -> None:
    """Add rectangles, given as rows of left, right, top and bottom, as one path.

    ``add_artist`` leaves the limits alone; ``add_patch`` would walk through every vertex to find them.
    """
    if not len(boxes):
        return
    left, right, top, bottom = boxes.T
    corners = np.stack(
        [np.column_stack(pair) for pair in ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))],
        axis=1,
    )
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    ax.add_artist(PathPatch(Path(corners.reshape(-1, 2), np.tile(codes, len(boxes))), **style))


def days_shown(studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date) -> int:
    """Return how many columns the agenda of a period has."""
    columns = agenda_columns(of_scanner(studies, scanner, first, last), site, first, last)
    return sum(column.closed is None for column in columns)
