"""What a day is to a roster: a day off, a holiday, part of a weekend."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.periods import closed_days, is_open
from schedvisu_lib.plan.roster.book.model import DayKind, Shift
from schedvisu_lib.settings.calendar import WEEKDAYS

DAY: Final = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5


def is_day_off(site: Site, day: date) -> bool:
    """Tell whether a day is a Saturday, a Sunday, or one on which the site does not work."""
    return weekend_of(day) is not None or not is_open(site.calendar, day)


def is_holiday(site: Site, day: date) -> bool:
    """Tell whether a day is a holiday of the site's calendar; a closure of the site is none."""
    return bool(closed_days(site.calendar, day.year).get(day))


def weekend_of(day: date) -> date | None:
    """Return the Saturday of the weekend in which a day lies; nothing for a day from Monday to Friday."""
    past = day.weekday() - _SATURDAY
    return day - past * DAY if past >= 0 else None


def weekend_worked(shift: Shift, day: date) -> date | None:
    """Return the Saturday of the weekend on which a duty begins, or in which a Friday's night ends."""
    return day + DAY if shift.is_night and day.weekday() == _FRIDAY else weekend_of(day)


def is_one_of(kinds: tuple[DayKind, ...], site: Site, day: date) -> bool:
    """Tell whether a day is of one of the kinds for which a request asks (``workdays``, ``mon``)."""
    if "every" in kinds or WEEKDAYS[day.weekday()] in kinds:
        return True
    return ("days off" if is_day_off(site, day) else "workdays") in kinds
