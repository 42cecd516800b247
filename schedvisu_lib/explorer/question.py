"""What the physicist asks: which scanners, days, and exams."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from schedvisu_lib.choice import CHOSEN
from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period, find_period
from schedvisu_lib.settings.calendar import WEEKDAYS

EARLIEST: Final = date(1980, 1, 1)
LATEST: Final = date(2099, 12, 31)
"""Days beyond these are nobody's question: they stand in a field while a year is typed ("0202" on the way to 2026), and
to count two thousand years takes minutes."""


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

    @property
    def hours_text(self) -> tuple[str, str] | None:
        """Its hours as :func:`schedvisu_lib.choose_exams` takes them, midnight as "24:00"; None where all are meant."""
        if self.hours is None:
            return None
        begin, end = self.hours
        return f"{begin:%H:%M}", "24:00" if end == time.max else f"{end:%H:%M}"

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


def as_text(scanners: Sequence[str] = (), days: tuple[date, date] | None = None, title: str | None = None) -> str:
    """Return as JSON what a first question shall ask for: some scanners, and days or the title of a period."""
    asked: dict[str, object] = {"scanners": list(scanners)} if scanners else {}
    if days:
        asked |= {"first": days[0].isoformat(), "last": days[1].isoformat()}
    if title:
        asked["title"] = title
    return json.dumps(asked, ensure_ascii=False)


def question_from(text: str, site: Site, now: datetime, default: Question) -> Question:
    """Return the question of a text that :func:`as_text` made; what it does not say, or says wrongly, is the default's.

    Parameters
    ----------
    text
        JSON; "" for nothing.
    site
        Knows its scanners and periods.
    now
        The moment on which a period ends that is given by its title alone.
    default
        What is asked where the text does not say.
    """
    try:
        asked = json.loads(text or "{}")
    except ValueError:
        return default
    if not isinstance(asked, dict):
        return default
    names = asked.get("scanners")
    wanted = names if isinstance(names, list) else []
    scanners = tuple(name for name in site.scanner_names if name in wanted)
    question = default.of_scanners(*scanners) if scanners else default
    try:
        return question.of_days(_days(asked, site, now) or default.period)
    except (KeyError, TypeError, ValueError):  # no day of the calendar, no period of the site, or in no order
        return question


def _days(asked: Mapping[str, str], site: Site, now: datetime) -> Period | None:
    title = asked.get("title")
    named = find_period(site, title, now) if title and title != CHOSEN else None
    if "first" not in asked and "last" not in asked:
        return named
    first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked.get("last", asked["first"]))
    if not EARLIEST <= first <= last <= LATEST:
        raise ValueError(f"{first} to {last} are no days that somebody asks for")
    return Period(title or CHOSEN, first, last)
