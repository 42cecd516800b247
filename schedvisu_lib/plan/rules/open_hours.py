"""When a resource is open on a day (rule 2 of ``docs/plan-appointments.md``), as disjoint times in their order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from schedvisu_lib.config import Site
from schedvisu_lib.periods import closed_days, is_open
from schedvisu_lib.plan.book.model import Book, Resource
from schedvisu_lib.settings.calendar import WEEKDAYS, Hours
from schedvisu_lib.studies.service import service_times


class Span(NamedTuple):
    """A time between two moments of the local wall clock."""

    start: datetime
    end: datetime


def open_hours(resource: Resource, book: Book, site: Site, day: date) -> list[Span]:
    """Return when a resource is open: its weekday's hours on no closed day of the site, less closures and service.

    Parameters
    ----------
    resource
        One of the book's.
    book
        Gives the closures.
    site
        Gives holidays, closures of the department, and the scanners' hours, lunch and days out of service.
    day
        The day.
    """
    if is_closed_by_site(site, day):
        return []
    hours = own_hours(resource, day) if resource.hours else scanner_hours(resource, site, day)
    return without(joined(hours), [*closures_on(resource, book, day), *service_on(resource, site, day)])


def is_closed_by_site(site: Site, day: date) -> bool:
    """Tell whether a day is a holiday or lies in one of the site's closures; its workdays bind only scanners."""
    return day in closed_days(site.calendar, day.year)


def own_hours(resource: Resource, day: date) -> list[Span]:
    """Return the hours that a resource has of its own on the weekday of a day."""
    return [_on(day, hours) for hours in resource.hours.get(WEEKDAYS[day.weekday()], ())]


def scanner_hours(resource: Resource, site: Site, day: date) -> list[Span]:
    """Return the hours of the scanner that a resource names: on workdays, without its lunch."""
    if resource.scanner is None or not is_open(site.calendar, day):
        return []
    scanner = site.scanner(resource.scanner)
    hours = scanner.hours.get(WEEKDAYS[day.weekday()])
    return without([_on(day, hours)] if hours else [], [_on(day, scanner.lunch)] if scanner.lunch else [])


def closures_on(resource: Resource, book: Book, day: date) -> list[Span]:
    """Return the times of a day at which the book closes a resource, or all of them."""
    return [
        _on(day, closure.hours) if closure.hours else _whole(day)
        for closure in book.closures
        if closure.resource in {None, resource.name} and closure.first <= day <= closure.last
    ]


def service_on(resource: Resource, site: Site, day: date) -> list[Span]:
    """Return the times of a day at which the scanner that a resource names is out of service."""
    if resource.scanner is None:
        return []
    midnight = datetime.combine(day, time())
    return [
        Span(midnight + begin.to_pytimedelta(), midnight + end.to_pytimedelta())
        for begin, end in service_times(site.scanner(resource.scanner), day)
    ]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the union of some times: what overlaps or touches is one."""
    union: list[Span] = []
    for span in sorted(spans):
        if union and span.start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union


def without(spans: Iterable[Span], lost: Iterable[Span]) -> list[Span]:
    """Return what is left of disjoint times outside some others."""
    left = list(spans)
    for gone in lost:
        pieces = [
            piece
            for span in left
            for piece in (Span(span.start, min(span.end, gone.start)), Span(max(span.start, gone.end), span.end))
        ]
        left = [piece for piece in pieces if piece.start < piece.end]
    return left


def _on(day: date, hours: Hours) -> Span:
    return Span(datetime.combine(day, hours.opens), datetime.combine(day, hours.closes))


def _whole(day: date) -> Span:
    midnight = datetime.combine(day, time())
    return Span(midnight, midnight + timedelta(days=1))
