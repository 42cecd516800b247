"""A week at a glance: a row per scanner and day, hours from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, add_boxes, axes_points
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.columns import agenda_columns
from schedvisu_lib.figures.hour_axis import clock_hours, hour_range, hours_since_midnight
from schedvisu_lib.figures.names import begin_and_end
from schedvisu_lib.figures.style import (
    FAINT,
    FRAME,
    LIGHTER,
    OUT_OF_SERVICE,
    SHADE,
    by_exam_type,
    exam_type_colors,
    house_style,
    readable_on,
)
from schedvisu_lib.language import language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import service_times

SCANNER_SPACE: Final = 0.6
"""Between two scanners, in heights of a row."""
_BOX: Final = (0.1, 0.9)
"""Top and bottom of an exam in its row."""
_NAME: Final = 6.5
"""Size of a scanner's name in points, if it fits beside its rows."""
_LEAST_NAME: Final = 4.5
"""The same where it does not; what is still too long is cut."""
_DAY: Final = 6.0
"""Size of a day in points, smaller in low rows."""
_CODE: Final = 5.0
"""Size of an exam type's code in points, if the row is high enough."""
_LEAST_CODE: Final = 3.5
_LETTER: Final = 0.7
"""Mean width of a bold letter, as a share of its size."""
_HOUR: Final = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Row:
    """A scanner's day and its place on the vertical axis."""

    scanner: str
    day: date
    top: float
    open: bool


def last_week(first: Day, last: Day) -> tuple[date, date]:
    """Return the part of a period that lies in the last of its weeks."""
    end = as_date(last)
    return max(as_date(first), end - timedelta(days=end.weekday())), end


def week_rows(studies: pd.DataFrame, site: Site, first: date, last: date) -> list[Row]:
    """Return a row for each scanner and each day that is a workday or has an exam, with a space between scanners."""
    rows = []
    top = 0.0
    for scanner in site.scanner_names:
        for column in agenda_columns(of_scanner(studies, scanner, first, last), site, first, last):
            rows.append(Row(scanner, column.day, top, column.open))
            top += 1
        top += SCANNER_SPACE
    return rows


def plot_week(studies: pd.DataFrame, site: Site, first: Day, last: Day, *, ax: Axes | None = None) -> Axes:
    """Draw the exams of all scanners: a row per day, hours from left to right, a box per exam in its type's colour.

    Opening hours are white, time out of service is darker than what is closed.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives scanners, calendar, opening hours, time out of service, colours and language.
    first, last
        Days, both included; of a longer period only its last week is drawn.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is hours since midnight, each row is 1 high.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        begin, end = last_week(first, last)
        rows = week_rows(studies, site, begin, end)
        left, right = _hours_of_all(studies, site, begin, end)
        ax.set(xlim=(left, right), ylim=(rows[-1].top + 1 if rows else 1, 0), facecolor="white")
        _draw_rows(ax, rows, site, left, right)
        for scanner in site.scanner_names:
            exams = of_scanner(studies, scanner, begin, end)
            tops = {row.day: row.top for row in rows if row.scanner == scanner}
            for name, opacity in (("prepared", LIGHTER), ("exam", 1.0)):
                boxes = _boxes(exams, tops, left, right, name)
                for exam_type, color, members in by_exam_type(exams, site):
                    add_boxes(
                        ax,
                        boxes[members],
                        facecolor=color,
                        alpha=opacity,
                        edgecolor="none",
                        zorder=2 + opacity,
                        gid=f"{name} {scanner} {exam_type}",
                    )
            _write_codes(ax, _boxes(exams, tops, left, right, "exam"), exams["exam_type"], site)
    return ax


def week_boxes(studies: pd.DataFrame, site: Site, first: Day, last: Day) -> tuple[pd.DataFrame, Floats]:
    """Return the week's exams, scanner by scanner in order of start, and left, right, top and bottom of each box."""
    begin, end = last_week(first, last)
    rows = week_rows(studies, site, begin, end)
    hours = _hours_of_all(studies, site, begin, end)
    exams = [of_scanner(studies, scanner, begin, end) for scanner in site.scanner_names]
    tops = [{row.day: row.top for row in rows if row.scanner == scanner} for scanner in site.scanner_names]
    boxes = [_boxes(some, places, *hours, "exam") for some, places in zip(exams, tops, strict=True)]
    return pd.concat(exams, ignore_index=True), np.concatenate(boxes)


def _hours_of_all(studies: pd.DataFrame, site: Site, first: date, last: date) -> tuple[float, float]:
    ranges = [hour_range(of_scanner(studies, name, first, last), site, name) for name in site.scanner_names]
    return min(begin for begin, _ in ranges), max(end for _, end in ranges)


def _boxes(exams: pd.DataFrame, tops: dict[date, float], left: float, right: float, name: str) -> Floats:
    """Return left, right, top and bottom of each exam, or of its prepared time."""
    begin, end = {"exam": ("start", "end"), "prepared": ("prepared_from", "prepared_until")}[name]
    top = exams["date"].dt.date.map(tops).to_numpy(dtype=float)
    return np.column_stack(
        [
            hours_since_midnight(exams[begin], exams["date"]).clip(left, right),
            hours_since_midnight(exams[end], exams["date"]).clip(left, right),
            top + _BOX[0],
            top + _BOX[1],
        ]
    )


def _write_codes(ax: Axes, boxes: Floats, exam_types: pd.Series, site: Site) -> None:
    """Write the code of its type into each box that has room for it."""
    colors, codes = exam_type_colors(site), exam_type_codes(site)
    width, height = axes_points(ax) / np.abs([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
    size = min(_CODE, 0.8 * height * (_BOX[1] - _BOX[0]))
    if size < _LEAST_CODE:
        return
    for (begin, end, top, bottom), exam_type in zip(boxes, exam_types, strict=True):
        if (end - begin) * width > 2 * _LETTER * size:
            ink = readable_on(colors.get(exam_type, site.report.other_color))
            place = ((begin + end) / 2, (top + bottom) / 2)
            ax.text(*place, codes.get(exam_type, ""), ha="center", va="center", fontsize=size, color=ink, zorder=4)


def _draw_rows(ax: Axes, rows: list[Row], site: Site, left: float, right: float) -> None:
    """Draw opening hours and time out of service of each row, both axes, and each scanner's name at the side."""
    t = language(site.report.language)
    shut, fields, service = [], [], []
    for row in rows:
        shut.append((left, right, row.top, row.top + 1))
        hours = site.scanner(row.scanner).hours.get(WEEKDAYS[row.day.weekday()])
        if row.open and hours is not None:
            fields.append((clock_hours(hours.opens), clock_hours(hours.closes), row.top, row.top + 1))
        spans = service_times(site.scanner(row.scanner), row.day) if row.open else []
        service += [(max(begin / _HOUR, left), min(end / _HOUR, right), row.top, row.top + 1) for begin, end in spans]
    service = [field for field in service if field[0] < field[1]]
    add_boxes(ax, np.array(shut).reshape(-1, 4), facecolor=SHADE, edgecolor="none", zorder=0.2)
    add_boxes(ax, np.array(fields).reshape(-1, 4), facecolor="white", edgecolor="none", zorder=0.3, gid="opening hours")
    add_boxes(
        ax, np.array(service).reshape(-1, 4), facecolor=OUT_OF_SERVICE, edgecolor="none", zorder=0.4, gid="service"
    )
    add_boxes(ax, np.array(shut).reshape(-1, 4), facecolor="none", edgecolor=FAINT, linewidth=0.3, zorder=0.6)
    rows_height = float(np.ptp(ax.get_ylim()))
    for scanner in site.scanner_names:
        tops = [row.top for row in rows if row.scanner == scanner]
        if tops:
            middle = (tops[0] + tops[-1] + 1) / 2
            place: dict[str, Any] = {
                "transform": ax.get_yaxis_transform(),
                "ha": "center",
                "va": "center",
                "rotation": 90,
            }
            room = axes_points(ax)[1] / rows_height * (tops[-1] + 1 - tops[0])
            size = max(min(_NAME, room / (_LETTER * len(scanner))), _LEAST_NAME)
            name = begin_and_end(scanner, max(int(room / (_LETTER * size) + 1e-6), 3))
            ax.text(-0.085, middle, name, fontsize=size, fontweight="bold", gid="scanner", **place)
            add_boxes(ax, np.array([(left, right, tops[0], tops[-1] + 1)]), facecolor="none", edgecolor=FRAME, lw=0.4)
    days = [t.day(row.day, "EEE d MMM") for row in rows]
    ax.set_yticks([row.top + 0.5 for row in rows], days, fontsize=min(_DAY, 0.85 * axes_points(ax)[1] / rows_height))
    ax.xaxis.tick_top()
    ax.set_xticks(range(int(left), int(right) + 1), [f"{hour:02d}:00" for hour in range(int(left), int(right) + 1)])
    ax.grid(axis="x", color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.tick_params(length=0, pad=2)
    ax.spines[:].set_visible(False)
