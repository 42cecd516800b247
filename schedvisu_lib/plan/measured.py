"""Which past exams a plan goes by: for durations those of a year, for the scanners' occupancy those of some weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_DURATIONS: Final = timedelta(weeks=52)
_OCCUPANCY: Final = timedelta(weeks=8)
_DAY: Final = timedelta(days=1)


def days_for_durations(first: date, today: date) -> tuple[date, date]:
    """Return the first and last day of the exams that tell how long procedures take: 52 weeks, all of them over.

    Parameters
    ----------
    first
        The first day of the plan.
    today
        When it is made.
    """
    return _days_before(min(first, today), _DURATIONS)


def days_for_occupancy(first: date, today: date) -> tuple[date, date]:
    """Return the first and last day of the exams that tell how busy scanners are: 8 weeks, all of them over.

    Parameters
    ----------
    first
        The first day of the plan.
    today
        When it is made.
    """
    return _days_before(min(first, today), _OCCUPANCY)


def _days_before(day: date, length: timedelta) -> tuple[date, date]:
    return day - length, day - _DAY
