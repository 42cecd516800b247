"""Where the days of an agenda stand: a column each, a space between weeks, a narrow strip for a closed day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import Floats, axes_points, points_per_unit
from schedvisu_lib.figures.style import FAINT
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import closures_between, iso_week, working_days
from schedvisu_lib.studies.service import is_out_of_service

WEEK_SPACE: Final = 0.45
"""Between two weeks, in widths of a column."""
CLOSED_WIDTH: Final = 0.4
"""Of a closed day, in widths of a column."""

_MOST_DAY_NAMES: Final = 12
_LETTER: Final = 3.3
"""Mean width of a letter of the labels, in points."""
_PAGE: Final = 390.0
"""Width of the axes on a page, in points: with the hour profile beside them."""
_MOST_DAY_NUMBERS: Final = 30
_MOST_WEEKS: Final = 27
_MOST_MONTHS: Final = 14
_LEAST_WEEK: Final = 0.031
"""Share of the whole width of a week that is named; the names of narrower ones would overlap."""
_LEAST_MONTH: Final = 0.05
"""The same for a month."""


@dataclass(frozen=True)
class Column:
    """A day's place on the horizontal axis."""

    day: date
    left: float
    width: float
    closed: str | None = None
    """Why the department is closed on the day ("" if nobody said); None on a day with a column of its own."""
    open: bool = True
    """Whether the department works on the day; not, where exams ran on a closed one."""
    service: bool = False
    """Whether the scanner is out of service the whole day, while the department works."""

    @property
    def middle(self) -> float:
        """The centre of the column."""
        return self.left + self.width / 2

    @property
    def offers(self) -> bool:
        """Whether the scanner has opening hours on the day."""
        return self.closed is None and self.open and not self.service


def agenda_columns(
    exams: pd.DataFrame, site: Site, first: date, last: date, scanner: str | None = None
) -> list[Column]:
    """Return a column for each working day and for each other day with an exam, and a strip for each closed workday.

    With a scanner, the days on which it is out of service from morning to evening are strips too.
    """
    closed = closures_between(site.calendar, first, last, site.report.language)
    service = _days_without(site, scanner, first, last) if scanner else set()
    closed |= dict.fromkeys(service, language(site.report.language)("out of service"))
    used = set(np.unique(exams["date"].to_numpy()).astype("datetime64[D]").tolist())
    working = set(working_days(site.calendar, first, last))
    days = sorted({*working, *used, *closed})
    columns: list[Column] = []
    left, week_before = 0.0, 0
    for day in days:
        week = (day.toordinal() - 1) // 7  # the first day of all was a Monday
        if columns and week != week_before:
            left += WEEK_SPACE
        week_before = week
        reason = None if day in used else closed.get(day)
        width = 1.0 if reason is None else CLOSED_WIDTH
        columns.append(Column(day, left, width, reason, day in working, day in service))
        left += width
    return columns


def edges_of(columns: list[Column], days: pd.Series) -> Floats:
    """Return the left edge of the column of each of some days."""
    known = np.array([column.day for column in columns], "datetime64[us]")
    lefts = np.array([column.left for column in columns])
    edges: Floats = lefts[known.searchsorted(days.to_numpy())]
    return edges


def _days_without(site: Site, scanner: str, first: date, last: date) -> set[date]:
    """Return the working days on which a scanner is out of service from morning to evening."""
    machine = site.scanner(scanner)
    if not machine.service:
        return set()
    return {day for day in working_days(site.calendar, first, last) if is_out_of_service(machine, day)}


def strip_names(columns: list[Column], t: Language) -> list[tuple[float, str]]:
    """Return where the name of each closed day stands; strips beside each other with the same name bear it once."""
    names = []
    for (name, _), strips in groupby(columns, key=lambda column: (column.closed, iso_week(column.day))):
        if name is not None:
            run = list(strips)
            names.append(((run[0].left + run[-1].left + run[-1].width) / 2, name or t("closed")))
    return names


def day_ticks(columns: list[Column], t: Language, narrow: float = 1.0) -> tuple[list[float], list[str]]:
    """Return places and labels of the horizontal axis.

    Up to 12 days each is named; up to 30 numbered, with week and month over the first of a week; up to 27 weeks each
    week is named, with the month over its first one; beyond, months are named, or every second, third, ... one. Of axes
    that are so many times narrower than those of a page, fewer are named.
    """
    days = [column for column in columns if column.closed is None] or columns
    if len(days) <= _MOST_DAY_NAMES:
        return [c.middle for c in days], [t.day(c.day, "EEE d MMM") for c in days]
    if len(days) <= _MOST_DAY_NUMBERS / narrow:
        firsts = {iso_week(c.day): c.day for c in reversed(days)}
        labels = [
            (f"{t.weeks(c.day, c.day)} · {t.day(c.day, 'MMM')}\n" if c.day == firsts[iso_week(c.day)] else "")
            + t.day(c.day, "d")
            for c in days
        ]
        return [c.middle for c in days], labels
    weeks = list({iso_week(c.day): c for c in reversed(columns)}.values())[::-1]
    if len(weeks) <= _MOST_WEEKS / narrow:
        chosen = _spaced(weeks, columns, _LEAST_WEEK * narrow)
        return [c.left for c in chosen], _under(chosen, "MMM", [t.weeks(c.day, c.day) for c in chosen], t)
    months = list({(c.day.year, c.day.month): c for c in reversed(columns)}.values())[::-1]
    stride = _stride(len(months) * narrow)
    chosen = [c for c in months if (c.day.month - 1) % stride == 0 and c.day.year % (stride // 12 or 1) == 0]
    chosen = _spaced(chosen, columns, _LEAST_MONTH * narrow)
    return [c.left for c in chosen], _under(chosen, "y", [t.day(c.day, "MMM") for c in chosen], t)


def _spaced(chosen: list[Column], columns: list[Column], least: float) -> list[Column]:
    """Leave out what is nearer to the next one, or to the end, than a share of the width: the labels would overlap."""
    width = columns[-1].left + columns[-1].width
    ends = [*(c.left for c in chosen[1:]), width]
    return [c for c, end in zip(chosen, ends, strict=True) if end - c.left >= least * width]


def _under(chosen: list[Column], pattern: str, labels: list[str], t: Language) -> list[str]:
    """Return labels, each under its month or year where a new one begins."""
    above = [t.day(c.day, pattern) for c in chosen]
    new = [position == 0 or word != above[position - 1] for position, word in enumerate(above)]
    return [f"{word}\n{label}" if first else label for word, label, first in zip(above, labels, new, strict=True)]


def draw_day_axis(ax: Axes, columns: list[Column], t: Language) -> None:
    """Write the days over the columns, as in a calendar; weeks and months begin at their tick."""
    ax.xaxis.tick_top()
    n_days = len([column for column in columns if column.closed is None])
    narrow = max(1.0, _PAGE / axes_points(ax)[0])
    few = n_days <= _MOST_DAY_NUMBERS / narrow
    places, labels = day_ticks(columns, t, narrow)
    if n_days <= _MOST_DAY_NAMES and max(map(len, labels), default=0) * _LETTER > points_per_unit(ax)[0]:
        labels = [label.replace(" ", "\n", 1) for label in labels]  # weekday over date, where columns are narrow
    set_ticks(ax.xaxis, places, labels)
    for tick in ax.xaxis.get_major_ticks(1):  # those that are made later look like it
        tick.label2.set_horizontalalignment("center" if few else "left")
    ax.tick_params(axis="x", length=0, pad=2)
    if not few:
        ax.grid(axis="x", color=FAINT, linewidth=0.5)


def _stride(n_months: float) -> int:
    """Return of how many months one is named."""
    least = int(np.ceil(n_months / _MOST_MONTHS))
    return next((months for months in (1, 2, 3, 6, 12) if months >= least), 12 * int(np.ceil(least / 12)))
