"""Working days, holidays, periods and bins (design, section 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, Literal

import holidays

from schedvisu_lib.config import Site
from schedvisu_lib.settings.calendar import WEEKDAYS, Calendar

_WEEKS: Final = {"weekly": 1, "biweekly": 2, "monthly": 4, "quarterly": 12, "half-yearly": 24}
_FRIDAY: Final = 4
_DAY: Final = timedelta(days=1)
OVER_FROM: Final = time(22)
"""A Friday counts as over from this time of the day."""

BinKind = Literal["day", "week", "4 weeks", "month", "year"]


@dataclass(frozen=True)
class Period:
    """A stretch of days with the name that it was asked by; both ends are included.

    Examples
    --------
    >>> from datetime import date
    >>> sv.Period("Pentecost", date(2026, 5, 18), date(2026, 5, 22))
    Period(Pentecost: 2026-05-18 to 2026-05-22)
    """

    title: str
    first: date
    last: date

    def __repr__(self) -> str:
        return f"Period({self.title}: {self.first} to {self.last})"


@dataclass(frozen=True)
class Bin:
    """One column of the count table; both ends are included."""

    label: str
    first: date
    last: date
    kind: BinKind


def last_friday_over(now: date | datetime) -> date:
    """Return the last Friday that is over.

    A Friday is over from 22:00 of its day; a plain date means the beginning of that day.
    """
    if isinstance(now, datetime):
        day, over = now.date(), now.time() >= OVER_FROM
    else:
        day, over = now, False
    back = (day.weekday() - _FRIDAY) % 7
    return day - timedelta(days=back if back or over else 7)


def find_period(site: Site, title: str, today: date | datetime) -> Period:
    """Return the period of a title (a built-in name, or one of the site's own) that ends on the last Friday over.

    Raises
    ------
    ValueError
        The title is unknown; the message lists the known ones.
    """
    last = last_friday_over(today)
    if title in _WEEKS or title in site.periods.own:
        weeks = _WEEKS.get(title) or int(site.periods.own[title].removesuffix("w"))
        return Period(title, last - timedelta(days=_FRIDAY, weeks=weeks - 1), last)
    if title == "yearly":
        return Period(title, date(last.year, 1, 1), last)
    if title == "multi-year":
        return Period(title, date(min(site.periods.first_year, last.year), 1, 1), last)
    known = ", ".join((*_WEEKS, "yearly", "multi-year", *site.periods.own))
    raise ValueError(f'period "{title}" is unknown; allowed: {known}')


def report_periods(site: Site, today: date | datetime | str) -> list[Period]:
    """Return the periods of the site's report that end on the last Friday over, in the order of the site file.

    Parameters
    ----------
    site
        Gives the periods of its report, and those of its own.
    today
        A moment, a day, or either as text. A Friday is over from 22:00: a plain Friday means the week before.

    Returns
    -------
    list of Period
        Each with title, first and last day, both included (design, section 5.5).

    Raises
    ------
    ValueError
        ``today`` cannot be read.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> sv.report_periods(site, "2026-05-22 22:00")[0]
    Period(weekly: 2026-05-18 to 2026-05-22)
    """
    now = _moment(today) if isinstance(today, str) else today
    return [find_period(site, title, now) for title in site.periods.report]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'moment "{text}" cannot be read; write it as 2026-05-22 or 2026-05-22 22:00') from None


def previous_period(period: Period) -> Period:
    """Return the stretch of as many days that ends the day before a period.

    A period of whole weeks is compared with whole weeks: from a Monday to a Friday.
    """
    days = (period.last - period.first).days + 1
    if period.first.weekday() == 0 and period.last.weekday() == _FRIDAY:
        days += 2
    return Period(period.title, period.first - timedelta(days=days), period.last - timedelta(days=days))


def days_between(first: date, last: date) -> list[date]:
    """Return every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@cache
def closed_days(calendar: Calendar, year: int, language: str | None = None) -> dict[date, str]:
    """Return the holidays and the site's closures (named "") of one year.

    Holidays have their name in a language, if the holidays library knows them in it, else in the country's own.
    """
    closed = {
        day: ""
        for closure in calendar.closures
        for day in days_between(max(closure.first, date(year, 1, 1)), min(closure.last, date(year, 12, 31)))
    }
    known = holidays.country_holidays(calendar.country).supported_languages
    spoken = next((code for code in known if language and code[:2] == language), None)
    public = holidays.country_holidays(calendar.country, subdiv=calendar.subdivision, years=year, language=spoken)
    return closed | dict(public.items())


def is_open(calendar: Calendar, day: date) -> bool:
    """Tell whether the department works on a day: one of its workdays, no holiday, no closure."""
    return WEEKDAYS[day.weekday()] in calendar.workdays and day not in closed_days(calendar, day.year)


def working_days(calendar: Calendar, first: date, last: date) -> list[date]:
    """Return the open days from first to last, both included."""
    return list(_working_days(calendar, first, last))


@lru_cache(maxsize=256)
def _working_days(calendar: Calendar, first: date, last: date) -> tuple[date, ...]:
    """Return what :func:`working_days` does; every figure and table of the same days asks for it."""
    return tuple(day for day in days_between(first, last) if is_open(calendar, day))


def closures_between(calendar: Calendar, first: date, last: date, language: str | None = None) -> dict[date, str]:
    """Return the workdays from first to last on which the department is closed, with the holiday's name or ""."""
    return dict(_closures_between(calendar, first, last, language))


@lru_cache(maxsize=256)
def _closures_between(
    calendar: Calendar, first: date, last: date, language: str | None
) -> tuple[tuple[date, str], ...]:
    """Return what :func:`closures_between` does; agenda and legend of the same days ask for it."""
    return tuple(
        (day, closed_days(calendar, day.year, language)[day])
        for day in sorted({*days_between(first, last)}.difference(working_days(calendar, first, last)))
        if WEEKDAYS[day.weekday()] in calendar.workdays
    )


def make_bins(calendar: Calendar, first: date, last: date) -> list[Bin]:
    """Return the bins of a period, which cover it without holes.

    Up to 10 working days: a bin each; up to 22: by week; up to 86: by 4 weeks; up to 270: by month; beyond: by year.
    A day's bin reaches to the day before the next working day, so that an exam on a closed day is counted too.
    """
    days = working_days(calendar, first, last)
    if not days:
        return [Bin(first.isoformat(), first, last, "day")] if first <= last else []
    kind = _bin_kind(len(days))
    starts = days if kind == "day" else _starts(kind, first, last)
    labels = [day.isoformat() for day in starts]
    edges = [first, *starts[1:], last + _DAY]
    bins = []
    for day, (start, after) in zip(labels, pairwise(edges), strict=True):
        end = after - _DAY
        bins.append(Bin(_label(kind, date.fromisoformat(day), start, end), start, end, kind))
    return bins


def _bin_kind(n_working_days: int) -> BinKind:
    limits: tuple[tuple[int, BinKind], ...] = ((10, "day"), (22, "week"), (86, "4 weeks"), (270, "month"))
    return next((kind for most, kind in limits if n_working_days <= most), "year")


def _starts(kind: BinKind, first: date, last: date) -> list[date]:
    """Return the first day of each bin: the period's first day, then each boundary of the kind."""
    monday = first - timedelta(days=first.weekday())

    def begins(day: date) -> bool:
        if kind == "year":
            return (day.month, day.day) == (1, 1)
        if kind == "month":
            return day.day == 1
        weeks, rest = divmod((day - monday).days, 7)
        return rest == 0 and weeks % (4 if kind == "4 weeks" else 1) == 0

    return [first, *(day for day in days_between(first + _DAY, last) if begins(day))]


def _label(kind: BinKind, day: date, first: date, last: date) -> str:
    if kind == "day":
        return day.isoformat()
    if kind == "month":
        return f"{first:%Y-%m}"
    if kind == "year":
        return f"{first:%Y}"
    begin, end = iso_week(first), iso_week(last)
    return begin if begin == end else f"{begin}/{end}"


def iso_week(day: date) -> str:
    """Return the ISO week of a day with its ISO year, as in "2020-W53"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
