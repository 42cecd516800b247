"""The duty roster: a row for each person, a column for each day, and what nobody fills."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointments import paler
from schedvisu_lib.figures.boxes import Floats, add_boxes, add_hatch, add_lines, points_per_unit
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.roster_lines import (
    COUNTED,
    NEEDED,
    PALE_RED,
    POOL,
    RED,
    Line,
    RosterFrame,
    empty_words,
    pool_words,
    roster_lines,
    shift_colors,
    shift_letters,
)
from schedvisu_lib.figures.style import CLOSED, FAINT, FRAME, INK, PALE, SHADE, dress, house_style, readable_on
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.language import Language, language
from schedvisu_lib.tables import require

APART: Final = 0.4
"""Between the days and the counts, in columns."""
_SIZE: Final = 6.0
"""Of the letters at most, in points."""
_LEAST_SIZE: Final = 3.2
_WIDE: Final = 0.72
"""Of a capital, in sizes."""
_LONGEST_NAME: Final = 26
_MARK: Final = 0.3
"""Side of the triangle that marks a duty, in rows."""
_INSET: Final = 0.05
"""Of a box in its cell."""
MARKS: Final = {"manual": (1, 0), "substitute": (1, 1), "swap": (0, 1)}
"""The corner of the triangle, right and down, by the origin of a duty."""


def plot_roster(
    duties: pd.DataFrame, frame: RosterFrame, site: Site, *, lines: Sequence[Line] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw who is on duty when: a row per person, a column per day, a box with the letter of the shift.

    Days off are grey, leave and absence are hatched. Duties that stood before the plan are pale with a frame, locked
    ones have a black frame; a triangle in a corner marks what was set by hand (above), a substitute (below, right) and
    a swap (below, left). The letters of seats that nobody fills stand in a red row below their pool, counts at the
    right. A duty of another level than that of the row is in italics.

    Parameters
    ----------
    duties
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    frame
        People, shifts, days, leave and counts; only its days are drawn.
    site
        Gives the language.
    lines
        Those to be drawn; all, if None.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; days stand at 0.5, 1.5, ... from the left, lines from the top.

    Raises
    ------
    TableError
        A column is missing.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        rows = require(duties, *NEEDED)
        drawn = roster_lines(rows, frame) if lines is None else list(lines)
        days = list(frame.days["date"])
        _prepare(ax, drawn, frame.days, t)
        if not drawn or not days:
            ax.text(0.5, 0.5, t("No duty on these days."), transform=ax.transAxes, ha="center", va="center", color=PALE)
            return ax
        row_of = {line.person: n for n, line in enumerate(drawn) if line.kind == "person"}
        column_of = {day: n for n, day in enumerate(days)}
        _draw_ground(ax, drawn, frame, row_of, column_of)
        placed = rows.loc[rows["person"].isin(list(row_of)) & rows["date"].isin(days)]
        placed = placed.assign(row=placed["person"].map(row_of), column=placed["date"].map(column_of))
        _draw_duties(ax, placed, drawn, frame.shifts)
        _draw_empty(ax, rows.loc[(rows["person"] == "") & rows["date"].isin(days)], drawn, column_of, frame.shifts)
        _draw_counts(ax, drawn, frame.counts, len(days), t)
    return ax


def _prepare(ax: Axes, lines: Sequence[Line], days: pd.DataFrame, t: Language) -> None:
    """Give the axes their limits, and names to days and lines."""
    dress(ax)
    ax.set(xlim=(0, max(len(days), 1) + APART + len(COUNTED)), ylim=(max(len(lines), 1), 0))
    people = [(n + 0.5, line) for n, line in enumerate(lines) if line.kind != "pool"]
    names = [shortened(line.words(t), _LONGEST_NAME) for _, line in people]
    set_ticks(ax.yaxis, [place for place, _ in people], names)
    ax.xaxis.tick_top()
    set_ticks(ax.xaxis, [n + 0.5 for n in range(len(days))], _day_names(days, t))
    ax.tick_params(length=0, pad=1.5)
    ax.spines[:].set_visible(False)


def _day_names(days: pd.DataFrame, t: Language) -> list[str]:
    """Return the names of columns: weekday over day, and the month above where one begins."""
    names = []
    for n, day in enumerate(moment.date() for moment in days["date"]):
        month = t.day(day, "MMM") if n == 0 or day.day == 1 else ""
        names.append("\n".join(filter(None, [month, t.day(day, "EEEEE"), str(day.day)])))
    return names


def _draw_ground(
    ax: Axes, lines: Sequence[Line], frame: RosterFrame, row_of: dict[str, int], column_of: dict[pd.Timestamp, int]
) -> None:
    """Draw days off, leave, the grid, and the headings of pools."""
    n_rows, n_days = len(lines), len(frame.days)
    off = np.flatnonzero(frame.days["off"])
    add_boxes(ax, _columns(off, n_rows), facecolor=SHADE, edgecolor="none", zorder=0.5, gid="days off")
    away = frame.away.loc[frame.away["person"].isin(list(row_of))]
    cells = _cells(away["person"].map(row_of).to_numpy(float), away["date"].map(column_of).to_numpy(float), 0)
    add_boxes(ax, cells, facecolor=CLOSED, edgecolor="none", zorder=0.8, gid="away")
    add_hatch(ax, cells, "/", 3, edgecolor="white", linewidth=0.5, zorder=0.9, gid="away lines")
    across = [[0, n, n_days, n] for n in range(n_rows + 1)]
    weeks = [n for n, day in enumerate(frame.days["date"]) if day.weekday() == 0]
    down = [[n, 0, n, n_rows] for n in range(n_days + 1) if n not in weeks]
    add_lines(ax, np.array(across + down, float), edgecolor=FAINT, linewidth=0.35, zorder=1, gid="grid")
    add_lines(
        ax, np.array([[n, 0, n, n_rows] for n in weeks], float).reshape(-1, 4),
        edgecolor=FRAME, linewidth=0.6, zorder=1.1, gid="weeks",
    )  # fmt: skip
    vacant = np.array([[0, n_days, n, n + 1] for n, line in enumerate(lines) if line.kind == "empty"], float)
    add_boxes(ax, vacant.reshape(-1, 4), facecolor=PALE_RED, edgecolor="none", zorder=0.95, gid="empty rows")
    heads = [n for n, line in enumerate(lines) if line.kind == "pool"]
    width = n_days + APART + len(COUNTED)
    fields = np.array([[0, width, n, n + 1] for n in heads], float).reshape(-1, 4)
    add_boxes(ax, fields, facecolor=POOL, edgecolor="none", zorder=1.5, gid="pools")
    for n in heads:
        words = pool_words(lines[n].level, lines[n].department)
        ax.text(0.15, n + 0.5, words, ha="left", va="center", fontsize=_SIZE, fontweight="bold", zorder=5, gid="pool")
    teams = [
        n + 1
        for n, (line, after) in enumerate(pairwise(lines))
        if line.kind == after.kind == "person" and line.team != after.team
    ]
    ends = np.array([[0, n, n_days, n] for n in teams], float).reshape(-1, 4)
    add_lines(ax, ends, edgecolor=FRAME, linewidth=0.6, zorder=1.2, gid="teams")


def _draw_duties(ax: Axes, rows: pd.DataFrame, lines: Sequence[Line], shifts: pd.DataFrame) -> None:
    """Draw a box for each duty, with its letter and marks."""
    colors, letters = shift_colors(shifts), shift_letters(list(shifts["shift"]))
    boxes = _cells(rows["row"].to_numpy(float), rows["column"].to_numpy(float), _INSET)
    stood = (rows["origin"] == "given").to_numpy()
    for shift, places in rows.groupby("shift").indices.items():
        color = colors[str(shift)]
        framed: dict[str, Any] = {"facecolor": paler(color), "edgecolor": color, "linewidth": 0.6}
        add_boxes(ax, boxes[places[stood[places]]], **framed, zorder=2, gid=f"stood {shift}")
        planned = places[~stood[places]]
        add_boxes(ax, boxes[planned], facecolor=color, edgecolor="none", zorder=2, gid=f"planned {shift}")
    locked = rows["locked"].to_numpy(bool)
    add_boxes(ax, boxes[locked], facecolor="none", edgecolor=INK, linewidth=0.9, zorder=3, gid="locked")
    size = _letter_size(ax, max(map(len, letters.values()), default=1))
    for (left, right, top, bottom), row, is_pale in zip(boxes, rows.itertuples(), stood, strict=True):
        ink = INK if is_pale else readable_on(colors[row.shift])
        if row.origin in MARKS:
            _draw_mark(ax, (left, right, top, bottom), MARKS[row.origin], ink, f"mark {row.origin}")
        if size >= _LEAST_SIZE:
            other = row.level != lines[row.row].level
            ax.text(
                (left + right) / 2, (top + bottom) / 2, letters[row.shift], ha="center", va="center_baseline",
                fontsize=size, color=ink, fontstyle="italic" if other else "normal", zorder=4, gid="duty",
            )  # fmt: skip


def _draw_mark(ax: Axes, box: tuple[float, ...], corner: tuple[int, int], color: str, gid: str) -> None:
    """Draw a triangle in a corner of a box, as wide as high on paper."""
    left, right, top, bottom = box
    across, down = points_per_unit(ax)
    high = _MARK
    wide = high * down / across
    x, y = (right if corner[0] else left), (bottom if corner[1] else top)
    to_x, to_y = x + (-wide if corner[0] else wide), y + (-high if corner[1] else high)
    ax.add_artist(Polygon([(x, y), (to_x, y), (x, to_y)], facecolor=color, edgecolor="none", zorder=3.5, gid=gid))


def _draw_empty(
    ax: Axes, seats: pd.DataFrame, lines: Sequence[Line], column_of: dict[pd.Timestamp, int], shifts: pd.DataFrame
) -> None:
    """Draw the shifts that lack somebody into the red row of their pool."""
    letters = shift_letters(list(shifts["shift"]))
    row_of = {(line.level, line.department): n for n, line in enumerate(lines) if line.kind == "empty"}
    for (level, department, day), own in seats.groupby(["level", "department", "date"]):
        row, column = row_of.get((level, department)), column_of[day]
        if row is None:
            continue
        add_boxes(ax, _cells(np.array([row]), np.array([column]), 0), facecolor=RED, linewidth=0, zorder=2, gid="empty")
        words = empty_words(own, letters)
        ax.text(
            column + 0.5, row + 0.5, words, ha="center", va="center_baseline", fontsize=_letter_size(ax, len(words)),
            fontweight="bold", color="white", zorder=4, gid="empty seats",
        )  # fmt: skip


def _draw_counts(ax: Axes, lines: Sequence[Line], counts: pd.DataFrame, n_days: int, t: Language) -> None:
    """Write what each person has at the right, under upright headings."""
    numbers = counts.set_index("person")
    size = min(_letter_size(ax, 2), 5.5)
    heads = (t("nights"), t("weekends"), t("holidays"), t("total"))
    for place, (name, head) in enumerate(zip(COUNTED, heads, strict=True)):
        x = n_days + APART + place + 0.5
        ax.text(x, -0.25, head, rotation=90, ha="center", va="bottom", fontsize=5.2, color="#444444", gid="count head")
        for n, line in enumerate(lines):
            if line.kind == "person" and line.person in numbers.index:
                words = t.number(int(numbers.loc[line.person, name]))
                weight = "bold" if name == "total" else "normal"
                ax.text(
                    x, n + 0.5, words, ha="center", va="center_baseline", fontsize=size, fontweight=weight, gid="count"
                )


def _letter_size(ax: Axes, letters: int) -> float:
    """Return the size of so many letters in a cell, in points."""
    across, down = points_per_unit(ax)
    return min(_SIZE, 0.72 * abs(down), 0.92 * across / (_WIDE * max(letters, 1)))


def _columns(places: Any, n_rows: int) -> Floats:
    return np.array([[n, n + 1, 0, n_rows] for n in places], float).reshape(-1, 4)


def _cells(rows: Any, columns: Any, inset: float) -> Floats:
    """Return left, right, top and bottom of cells."""
    return np.column_stack([columns + inset, columns + 1 - inset, rows + inset, rows + 1 - inset]).reshape(-1, 4)
