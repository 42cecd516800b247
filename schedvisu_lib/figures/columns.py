"""Where the days of an agenda stand: a column each, a space between weeks, a narrow strip for a closed day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language
from schedvisu_lib.periods import closures_between, iso_week, working_days

WEEK_SPACE: Final = 0.45
"""Between two weeks, in widths of a column."""
CLOSED_WIDTH: Final = 0.4
"""Of a closed day, in widths of a column."""

_MOST_DAY_NAMES: Final = 12
_MOST_DAY_NUMBERS: Final = 30
_MOST_LABELS: Final = 14


@dataclass(frozen=True)
class Column:
    """A day's place on the horizontal axis."""

    day: date
    left: float
    width: float
    closed: str | None = None
    """Why the department is closed on the day ("" if nobody said); None on a day with a column of its own."""

    @property
    def middle(self) -> float:
        """The centre of the column."""
        return self.left + self.width / 2


def agenda_columns(exams: pd.DataFrame, site: Site, first: date, last: date) -> list[Column]:
    """Return a column for each working day and for each other day with an exam, and a strip for each closed workday."""
    closed = closures_between(site.calendar, first, last, site.report.language)
    used = {pd.Timestamp(day).date() for day in exams["date"].unique()}
    days = sorted({*working_days(site.calendar, first, last), *used, *closed})
    columns: list[Column] = []
    left = 0.0
    for day in days:
        if columns and iso_week(day) != iso_week(columns[-1].day):
            left += WEEK_SPACE
        reason = None if day in used else closed.get(day)
        width = 1.0 if reason is None else CLOSED_WIDTH
        columns.append(Column(day, left, width, reason))
        left += width
    return columns


def day_ticks(columns: list[Column], t: Language) -> tuple[list[float], list[str]]:
    """Return places and labels of the horizontal axis: days where there are few, months where there are many."""
    days = [column for column in columns if column.closed is None]
    if len(days) <= _MOST_DAY_NAMES:
        return [c.middle for c in days], [t.day(c.day, "EEE dd.MM") for c in days]
    if len(days) <= _MOST_DAY_NUMBERS:
        firsts = {iso_week(c.day): c.day for c in reversed(days)}
        labels = [
            t.day(c.day, "d")
            + (f"\n{t.weeks(c.day, c.day)} · {t.day(c.day, 'MMM')}" if c.day == firsts[iso_week(c.day)] else "")
            for c in days
        ]
        return [c.middle for c in days], labels
    starts = list({(c.day.year, c.day.month): c for c in reversed(columns)}.values())[::-1]
    stride = int(np.ceil(len(starts) / _MOST_LABELS))
    chosen = [c for c in starts if (c.day.month - 1) % stride == 0]
    return [c.left for c in chosen], [t.day(c.day, "MMM y") for c in chosen]
