"""Every time at which a session could begin if nothing but its length and the hours of its resources counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.rules.open_hours import Span
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import minute_of


def slots_of(asked: Prescription, session: int, table: Timetable) -> Iterator[Appointment]:
    """Yield an appointment for each resource, day and start that is possible for a session, in this order.

    The resources are those that may be used (rule 1), the days those that are looked through (rule 12); the resource is
    open from start to end (rule 2), and starts lie on the grid or are its fixed ones (rule 3).

    Raises
    ------
    PlanError
        The procedure's duration is not known.
    """
    length = needed_length(table.book, asked.procedure)
    days = [table.terms.date_of(day) for day in table.terms.days_of(asked, table.book)]
    of_what = asked.sheet, asked.patient, asked.position, asked.procedure, session
    for resource in resources_of(asked, table.book):
        for day in days:
            spans = table.open_hours(resource, day)
            for start in _starts(table.book, resource, day, spans, length):
                yield Appointment(*of_what, resource, start, start + length, "manual")


def resources_of(asked: Prescription, book: Book) -> list[str]:
    """Return the resources that may be used for a prescription, in the procedure's order (rule 1)."""
    able = book.procedure[asked.procedure].resources
    return [name for name in able if not asked.resources or name in asked.resources]


def length_of(book: Book, procedure: str) -> timedelta | None:
    """Return how long an appointment takes: preparation, duration and exit; None where the duration is not known."""
    done = book.procedure.get(procedure)
    if done is None or done.minutes is None:
        return None
    return timedelta(minutes=done.preparation + done.minutes + done.exit)


def needed_length(book: Book, procedure: str) -> timedelta:
    """Return what :func:`length_of` does, and refuse a procedure whose duration is not known."""
    length = length_of(book, procedure)
    if length is None:
        raise PlanError(f'procedure "{procedure}" has no minutes; give them in the book')
    return length


def _starts(book: Book, resource: str, day: date, spans: Sequence[Span], length: timedelta) -> Iterator[datetime]:
    """Yield the starts on a resource from which on it is open as long as needed."""
    fixed = book.resource[resource].starts
    for span in spans:
        if fixed:
            starts = [datetime.combine(day, start) for start in sorted(fixed)]
        else:
            first = -(-minute_of(span.start.time()) // book.grid) * book.grid
            midnight = datetime.combine(day, time())
            last = (span.end - length - midnight) // timedelta(minutes=1)
            starts = [midnight + timedelta(minutes=n) for n in range(first, last + 1, book.grid)]
        yield from (start for start in starts if span.start <= start and start + length <= span.end)
