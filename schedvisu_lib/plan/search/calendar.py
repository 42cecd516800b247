"""When each resource is free on the days of a plan, and at which steps something may start there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import gcd
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from schedvisu_lib.config import Site
from schedvisu_lib.plan.book.model import Book, Booking, Procedure
from schedvisu_lib.plan.rules.open_hours import open_hours
from schedvisu_lib.plan.search.sessions import minutes_from
from schedvisu_lib.plan.terms import DAY, Terms, Window, minute_of

_MOST_TAKEN: Final = 30_000


class Piece(NamedTuple):
    """The part of a time that lies on one day of a plan, in minutes."""

    day: int
    start: int
    end: int


def pieces(terms: Terms, start: datetime, end: datetime, days: range) -> Iterator[Piece]:
    """Return the parts of a time that lie on certain days."""
    first, last = minutes_from(terms, start), minutes_from(terms, end)
    if end.second or end.microsecond:
        last += 1
    for day in range(max(first // DAY, days.start), min((last - 1) // DAY + 1, days.stop)):
        yield Piece(day, max(first - day * DAY, 0), min(last - day * DAY, DAY))


def grid_of(book: Book) -> int:
    """Return the minutes of a step: those of the book's grid, or fewer where fixed starts do not lie on it."""
    return gcd(book.grid, *(minute_of(start) for resource in book.resources for start in resource.starts))


class Calendar:
    """The free minutes of all resources of a book.

    Parameters
    ----------
    book, site, terms
        What the plan is made from.
    bookings
        Those that stay.
    days
        Number of days of the plan.
    """

    def __init__(self, book: Book, site: Site, terms: Terms, bookings: Iterable[Booking], days: int) -> None:
        self.book, self.grid, self.days = book, grid_of(book), days
        self.number = {resource.name: number for number, resource in enumerate(book.resources)}
        shape = (len(book.resources), days, DAY)
        closed, taken = np.ones(shape, bool), np.zeros(shape, np.int16)
        for number, resource in enumerate(book.resources):
            for day in range(days):
                for span in open_hours(resource, book, site, terms.date_of(day)):
                    for piece in pieces(terms, span.start, span.end, range(day, day + 1)):
                        closed[number, day, piece.start : piece.end] = False
        for booking in bookings:
            for piece in pieces(terms, booking.start, booking.end, range(days)):
                taken[self.number[booking.resource], piece.day, piece.start : piece.end] += 1
        self._capacity = np.array([min(resource.capacity, _MOST_TAKEN) for resource in book.resources], np.int16)
        self.taken = taken
        self._blocked = np.zeros((*shape[:2], DAY + 1), np.int16)
        np.cumsum(closed | (taken >= self._capacity[:, None, None]), axis=2, dtype=np.int16, out=self._blocked[..., 1:])

    @property
    def steps(self) -> int:
        """Steps of a day."""
        return -(-DAY // self.grid)

    def starts(self, procedure: Procedure, length: int, resource: str, window: Window) -> npt.NDArray[np.bool_]:
        """Return (days, steps) when a procedure may start beside what is booked (rules 2 to 5 and 13)."""
        fixed = self.book.resource[resource].starts
        minutes = np.array([minute_of(start) for start in fixed] or range(0, DAY, self.book.grid))
        good = (window.earliest_start <= minutes) & (minutes <= window.latest_start)
        good &= minutes + length <= min(window.latest_end, DAY)
        if procedure.hours:
            spans = [(minute_of(hours.opens), minute_of(hours.closes)) for hours in procedure.hours]
            good &= np.any([(opens <= minutes) & (minutes + length <= closes) for opens, closes in spans], axis=0)
        minutes = minutes[good]
        blocked = self._blocked[self.number[resource]]
        starts = np.zeros((self.days, self.steps), bool)
        starts[:, minutes // self.grid] = blocked[:, minutes + length] == blocked[:, minutes]
        return starts

    def room(self) -> npt.NDArray[np.int16]:
        """Return how many appointments fit in beside what is booked, for each resource, day and step.

        A booking that does not lie on the grid takes the whole of its steps, if the resource has a capacity above 1; of
        the others, only what may start is told, to the minute, by :meth:`starts`.
        """
        padded = np.zeros((*self.taken.shape[:2], self.steps * self.grid), np.int16)
        padded[..., :DAY] = self.taken
        most = padded.reshape(*self.taken.shape[:2], self.steps, self.grid).max(axis=3)
        capacity = self._capacity[:, None, None]
        return np.where(capacity == 1, 1, np.maximum(capacity - most, 0)).astype(np.int16)
