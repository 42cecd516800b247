"""What the physicist asks: which scanners, days, and exams."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from schedvisu_lib.choice import CHOSEN
from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period
from schedvisu_lib.settings.calendar import WEEKDAYS


@dataclass(frozen=True)
class Question:
    """Which scanners, days and exams a view shows; an empty choice does not limit.

    Parameters
    ----------
    scanners
        Names, in the order of the site file; at least one.
    first, last
        Days, both included.
    title
        Name of the period ("weekly"), or :data:`schedvisu_lib.choice.CHOSEN` for days of one's own.
    weekdays
        "mon", ...; workdays of the site.
    hours
        From and until: exams that begin at the first one or later and before the other; ``time.max`` is midnight.
    exam_types, takes
        Names, and numbers from 1.
    """

    scanners: tuple[str, ...]
    first: date
    last: date
    title: str = CHOSEN
    weekdays: tuple[str, ...] = ()
    hours: tuple[time, time] | None = None
    exam_types: tuple[str, ...] = ()
    takes: tuple[int, ...] = ()

    @property
    def period(self) -> Period:
        """Its days with their title."""
        return Period(self.title, self.first, self.last)

    @property
    def is_limited(self) -> bool:
        """Whether it asks for some of the exams alone."""
        return bool(self.exam_types or self.takes or self.hours)

    def moved(self, weeks: int) -> Question:
        """Return the question of as many days some weeks later (or earlier); its title stays if it is a week's."""
        step = timedelta(weeks=weeks)
        return replace(self, first=self.first + step, last=self.last + step)

    def of_days(self, period: Period) -> Question:
        """Return the same question of other days."""
        return replace(self, first=period.first, last=period.last, title=period.title)

    def of_scanners(self, *names: str) -> Question:
        """Return the same question of other scanners."""
        return replace(self, scanners=names)

    def weekdays_of(self, site: Site) -> tuple[str, ...]:
        """Return the weekdays that it asks for: the site's workdays, if it does not say."""
        asked = self.weekdays or site.calendar.workdays
        return tuple(day for day in WEEKDAYS if day in asked)
