"""What stands between the exams of an agenda: gaps by class, the lunch window, time out of service."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, add_lines, points_per_unit
from schedvisu_lib.figures.columns import Column, edges_of
from schedvisu_lib.figures.hour_axis import clock_hours, hours_since_midnight
from schedvisu_lib.figures.style import OUT_OF_SERVICE, PALE
from schedvisu_lib.language import Language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.gaps import HOLE, LUNCH, SERVICE
from schedvisu_lib.studies.service import service_times

_FINE: Final = 0.5
"""Width of a line, in points, from which its dashes are longer."""
_CAP: Final = 0.1
"""Half the width of the ends of a line, in widths of a column."""
_WORD: Final = 5.5
"""Size of the word in a field, in points."""
_LETTER: Final = 0.62
"""Mean width of its letters, as a share of their size."""
_HOUR: Final = pd.Timedelta(hours=1)


def draw_gaps(ax: Axes, gaps: pd.DataFrame, columns: list[Column]) -> None:
    """Draw each gap as a line in the middle of its day: a hole dashed black, lunch dotted grey, service with ends."""
    if gaps.empty:
        return
    middle = edges_of(columns, gaps["date"]) + 0.5  # a day with exams is 1 wide
    start, end = hours_since_midnight(gaps["start"], gaps["date"]), hours_since_midnight(gaps["end"], gaps["date"])
    ends = np.column_stack([middle, start, middle, end])
    width = float(np.clip(0.07 * points_per_unit(ax)[0], 0.25, 0.9))
    broad = width > _FINE
    looks: dict[str, dict[str, Any]] = {
        HOLE: {"edgecolor": "black", "linewidth": width, "linestyle": (0, (3, 2) if broad else (8, 5)), "zorder": 5},
        LUNCH: {
            "edgecolor": PALE,
            "linewidth": 1.3 * width,
            # Each dot is a curve in the PDF, so that thousands of fine lines have short dashes, far apart.
            "linestyle": (0, (0.1, 2) if broad else (2, 12)),
            "capstyle": "round" if broad else "butt",
            "zorder": 5,
        },
        # Under the word of the field in which it lies.
        SERVICE: {"edgecolor": PALE, "linewidth": 0.7 * width, "zorder": 0.7},
    }
    for kind, look in looks.items():
        lines = ends[(gaps["class"] == kind).to_numpy()]
        if kind == SERVICE:
            lines = np.vstack([lines, *(_caps(lines, edge) for edge in (1, 3))])
        add_lines(ax, lines, gid=f"gaps {kind}", **look)


def _caps(lines: Floats, edge: int) -> Floats:
    """Return the short lines across one end of each line."""
    return np.column_stack([lines[:, 0] - _CAP, lines[:, edge], lines[:, 0] + _CAP, lines[:, edge]])


def lunch_fields(columns: list[Column], site: Site, scanner: str) -> Floats:
    """Return left, right, top and bottom of the lunch window within the opening hours of each day."""
    machine = site.scanner(scanner)
    if machine.lunch is None:
        return np.empty((0, 4))
    begin, end = clock_hours(machine.lunch.opens), clock_hours(machine.lunch.closes)
    fields = [
        (c.left, c.left + c.width, max(begin, clock_hours(hours.opens)), min(end, clock_hours(hours.closes)))
        for c in columns
        if c.offers and (hours := machine.hours.get(WEEKDAYS[c.day.weekday()])) is not None
    ]
    return np.array([field for field in fields if field[2] < field[3]]).reshape(-1, 4)


def service_fields(columns: list[Column], site: Site, scanner: str, top: float, bottom: float) -> Floats:
    """Return left, right, top and bottom of the time out of service of each day that has a column of its own."""
    machine = site.scanner(scanner)
    fields = [
        (column.left, column.left + column.width, max(begin / _HOUR, top), min(end / _HOUR, bottom))
        for column in columns
        if column.closed is None and column.open
        for begin, end in service_times(machine, column.day)
    ]
    return np.array([field for field in fields if field[2] < field[3]]).reshape(-1, 4)


def name_service(ax: Axes, fields: Floats, boxes: Floats, t: Language) -> None:
    """Write the word in the grey fields of time out of service, where it has room between the boxes."""
    word = t("out of service")
    across, down = points_per_unit(ax)
    length = _WORD * _LETTER * (len(word) + 1)
    for field in fields:
        left, right, top, bottom = _longest_free(field, boxes)
        level = (right - left) * across >= length and (bottom - top) * down >= 1.4 * _WORD
        if level or (bottom - top) * down >= length:
            ax.text(
                (left + right) / 2, (top + bottom) / 2, word, rotation=0 if level else 90, ha="center", va="center",
                fontsize=_WORD, color="#444444", zorder=0.8, clip_on=True,
                bbox={"facecolor": OUT_OF_SERVICE, "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip


def _longest_free(field: Floats, boxes: Floats) -> Floats:
    """Return the highest part of a field in which no box lies."""
    left, right, top, bottom = field
    inside = (boxes[:, 0] < right) & (boxes[:, 1] > left) & (boxes[:, 2] < bottom) & (boxes[:, 3] > top)
    taken = boxes[inside][np.argsort(boxes[inside][:, 2])]
    begins = np.maximum.accumulate(np.append(top, taken[:, 3]))
    ends = np.append(taken[:, 2], bottom)
    place = int(np.argmax(ends - begins))
    return np.array([left, right, begins[place], ends[place]])
