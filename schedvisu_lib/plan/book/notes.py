"""What a reader of a book should know though it stops nothing: bookings that clash, and rows that mean nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final, TypeAlias

from schedvisu_lib.plan.book.facts import Check, Facts
from schedvisu_lib.plan.book.model import Book, Booking, Busy
from schedvisu_lib.plan.rules.open_hours import Span, open_hours
from schedvisu_lib.plan.sheets.source import Mistake

_Numbered: TypeAlias = list[tuple[int, Booking]]


def notes_on(facts: Facts) -> Iterator[Mistake]:
    """Yield sheet, row, column and wording of everything that should be known; the book has no mistake."""
    for check in NOTES:
        yield from check(facts)


def more_than_the_capacity(facts: Facts) -> Iterator[Mistake]:
    """Find bookings that begin while their resource is full (rule 4)."""
    for name, booked in _by_resource(facts.book).items():
        capacity, running = facts.book.resource[name].capacity, list[Booking]()
        for number, one in booked:
            running = [other for other in running if other.end > one.start]
            if len(running) >= capacity:
                text = f'begins while "{name}" has {len(running)} other booking(s); its capacity is {capacity}'
                yield ("bookings", number), text
            running.append(one)


def at_two_places(facts: Facts) -> Iterator[Mistake]:
    """Find bookings of a patient who is at another place at this time (rule 6)."""
    elsewhere: dict[str, list[tuple[int, Booking | Busy]]] = defaultdict(list)
    for row in facts.book.busy:
        elsewhere[row.patient].append((-1, row))
    for number, one in sorted(enumerate(facts.book.bookings), key=lambda pair: pair[1].start):
        if one.patient is None:
            continue
        for other_number, other in elsewhere[one.patient]:
            if other_number != number and one.start < other.end and other.start < one.end:
                where = f'on "{other.resource}"' if isinstance(other, Booking) else "busy elsewhere"
                text = f"its patient is at two places: also {where} from {other.start:%Y-%m-%d %H:%M}"
                yield ("bookings", number), text
        elsewhere[one.patient].append((number, one))


def outside_opening_hours(facts: Facts) -> Iterator[Mistake]:
    """Find bookings of patients at which their resource is not open from start to end (rule 2)."""

    @cache
    def times(name: str, day: date) -> list[Span]:
        return open_hours(facts.book.resource[name], facts.book, facts.site, day)

    for number, one in enumerate(facts.book.bookings):
        if one.patient is None:
            continue
        last = (one.end - timedelta.resolution).date()
        is_open = last == one.start.date() and any(
            span.start <= one.start and one.end <= span.end for span in times(one.resource, last)
        )
        if not is_open:
            yield ("bookings", number), f'lies outside the opening hours of "{one.resource}"'


def never_open(facts: Facts) -> Iterator[Mistake]:
    """Find resources that are never open (rule 2)."""
    for number, resource in enumerate(facts.book.resources):
        if resource.scanner is None and not any(resource.hours.values()):
            text = f'"{resource.name}" is never open: it has neither hours nor a scanner'
            yield ("resources", number), text


def scanners_of_two_resources(facts: Facts) -> Iterator[Mistake]:
    """Find scanners that two resources name: nothing keeps these from being booked at once."""
    owner: dict[str, str] = {}
    for number, resource in enumerate(facts.book.resources):
        if resource.scanner is None:
            continue
        other = owner.setdefault(resource.scanner, resource.name)
        if other != resource.name:
            text = f'"{resource.scanner}" is the scanner of "{other}" too; the two are planned as if they were apart'
            yield ("resources", number, "scanner"), text


def conditions_of_nobody(facts: Facts) -> Iterator[Mistake]:
    """Find indications and contraindications that no patient has: the one forbids the procedure, the other nothing."""
    had = {condition for patient in facts.book.patients for condition in patient.conditions}
    for number, procedure in enumerate(facts.book.procedures):
        for column in ("indications", "contraindications"):
            for name in getattr(procedure, column):
                if name not in had:
                    yield ("procedures", number, column), f'no patient has the condition "{name}"'


def _by_resource(book: Book) -> dict[str, _Numbered]:
    """Return the bookings of each resource with their numbers, in order of start."""
    found: dict[str, _Numbered] = defaultdict(list)
    for number, one in sorted(enumerate(book.bookings), key=lambda pair: pair[1].start):
        found[one.resource].append((number, one))
    return found


NOTES: Final[tuple[Check, ...]] = (
    more_than_the_capacity,
    at_two_places,
    outside_opening_hours,
    never_open,
    scanners_of_two_resources,
    conditions_of_nobody,
)
