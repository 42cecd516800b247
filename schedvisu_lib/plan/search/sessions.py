"""Which sessions are to be placed, and what the bookings of a book leave of the days and times for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from schedvisu_lib.plan.book.model import Book, Booking, Prescription
from schedvisu_lib.plan.terms import DAY, Terms, minute_of

EVER: Final = 10**9
"""Minutes; later than every plan."""
Position: TypeAlias = tuple[str, str, int]
"""Patient, sheet and position."""
Seats: TypeAlias = dict[Position, dict[int, Booking]]
"""The booking of each session that has one."""


class Before(NamedTuple):
    """A session that comes before another one (rule 9): both as number of a run and of its session."""

    run: int
    session: int
    after_run: int
    after_session: int
    least: int
    most: int | None


@dataclass
class Run:
    """Sessions of one prescription that are to be placed, without a booked one between them."""

    asked: Prescription
    numbers: tuple[int, ...]
    """Their session numbers."""
    length: int
    """Minutes of each, with preparation and exit."""
    days: range
    """On which they may lie, counted from the first day of the plan."""
    seats: dict[int, Booking] = field(default_factory=dict)
    """Bookings, by session, that may move but must not get lost."""
    in_order: bool = False
    """Whether it matters which session lies where, because rule 9 or a greatest distance in days is about it."""
    earliest: list[int] = field(default_factory=list)
    """Of each session: the first minute, counted from midnight of the first day, at which it may start."""
    latest: list[int] = field(default_factory=list)
    """The last such minute; before ``earliest`` if it can have no place at all."""

    def narrow(self, session: int, earliest: int = -EVER, latest: int = EVER) -> None:
        """Leave a session (by its place in the run) less time to start."""
        self.earliest[session] = max(self.earliest[session], earliest)
        self.latest[session] = min(self.latest[session], latest)


@dataclass(frozen=True)
class Sessions:
    """All runs of a plan, and the pairs of sessions of which one comes before the other."""

    runs: tuple[Run, ...]
    before: tuple[Before, ...]

    @property
    def n_visits(self) -> int:
        """Number of sessions that are to be placed."""
        return sum(len(run.numbers) for run in self.runs)


def block_minutes(book: Book, procedure: str) -> int:
    """Return how long an appointment of a procedure takes its resource and its patient.

    Raises
    ------
    ValueError
        The procedure has no minutes.
    """
    row = book.procedure[procedure]
    if row.minutes is None:
        raise ValueError(f'procedure "{procedure}" has no minutes; give them, or an exam type with measured durations')
    return row.preparation + row.minutes + row.exit


def minutes_from(terms: Terms, moment: datetime) -> int:
    """Return the minutes from midnight of the plan's first day to a moment."""
    return (moment.date() - terms.first).days * DAY + minute_of(moment.time())


def seats_of(bookings: Sequence[Booking]) -> Seats:
    """Return the booking of each session; one that does not say which session it is gets the next free number."""
    seats: Seats = defaultdict(dict)
    unnumbered = []
    for booking in bookings:
        if not (booking.patient and booking.sheet and booking.position):
            continue
        if booking.session:
            seats[booking.patient, booking.sheet, booking.position].setdefault(booking.session, booking)
        else:
            unnumbered.append(booking)
    for booking in sorted(unnumbered, key=lambda one: one.start):
        taken = seats[booking.patient or "", booking.sheet or "", booking.position or 0]
        taken[next(number for number in range(1, len(taken) + 2) if number not in taken)] = booking
    return seats


def sessions_to_place(
    book: Book, terms: Terms, asked: Collection[Position], movable: Collection[Booking], order: Sequence[int]
) -> Sessions:
    """Return the sessions that a plan is to place.

    Parameters
    ----------
    book
        Gives prescriptions, bookings and rules.
    terms
        Give first day and depth.
    asked
        Positions whose sessions without a booking are to be placed.
    movable
        Bookings of sessions that are to be placed anew; all others stay.
    order
        Numbers of the book's prescriptions in the order in which they are placed.
    """
    seats, may_move = seats_of(book.bookings), {id(booking) for booking in movable}
    runs: list[Run] = []
    for number in order:
        prescription = book.prescriptions[number]
        key = prescription.patient, prescription.sheet, prescription.position
        standing = {n: seat for n, seat in seats.get(key, {}).items() if id(seat) not in may_move}
        moving = {n: seat for n, seat in seats.get(key, {}).items() if id(seat) in may_move}
        wanted = set(range(1, prescription.sessions + 1)) if key in asked else set()
        runs += _runs(book, terms, prescription, sorted((wanted | set(moving)) - set(standing)), standing, moving)
    pairs = list(_orders(book, terms, runs, seats, may_move))
    _refuse_circles(runs, pairs)
    return Sessions(tuple(runs), tuple(pairs))


def _runs(
    book: Book,
    terms: Terms,
    prescription: Prescription,
    numbers: list[int],
    standing: dict[int, Booking],
    moving: dict[int, Booking],
) -> Iterator[Run]:
    length = block_minutes(book, prescription.procedure) if numbers else 0
    edges = [0, *sorted(standing), max([*numbers, *standing, 0]) + 1]
    depth = terms.days_of(prescription, book)
    for low, high in pairwise(edges):
        own = tuple(number for number in numbers if low < number < high)
        if not own:
            continue
        days = depth
        if low in standing:
            days = range(max(days.start, _day(terms, standing[low]) + prescription.least_days), days.stop)
        if high in standing:
            days = range(days.start, min(days.stop, _day(terms, standing[high]) - prescription.least_days + 1))
        run = Run(prescription, own, length, days, {n: moving[n] for n in own if n in moving})
        run.earliest, run.latest = [-EVER] * len(own), [EVER] * len(own)
        if prescription.most_days is not None and (len(own) > 1 or low in standing or high in standing):
            run.in_order = True
            for place, number in enumerate(own):
                if low in standing:
                    last = _day(terms, standing[low]) + prescription.most_days * (number - low)
                    run.narrow(place, latest=last * DAY + DAY - 1)
                if high in standing:
                    first = _day(terms, standing[high]) - prescription.most_days * (high - number)
                    run.narrow(place, earliest=first * DAY)
        yield run


def _day(terms: Terms, booking: Booking) -> int:
    return (booking.start.date() - terms.first).days


def _orders(book: Book, terms: Terms, runs: Sequence[Run], seats: Seats, may_move: Collection[int]) -> Iterator[Before]:
    """Tie sessions to those that come before them on their sheet, and to bookings before and after them (rule 9)."""
    if not book.orders:
        return
    free = {
        (run.asked.patient, run.asked.sheet, run.asked.position, number): (place, session)
        for place, run in enumerate(runs)
        for session, number in enumerate(run.numbers)
    }
    positions = _positions(book, seats)
    for patient, sheet in {(run.asked.patient, run.asked.sheet): None for run in runs}:
        for order in book.orders:
            for before, n_before in positions.get((patient, sheet, order.before), {}).items():
                for after, n_after in positions.get((patient, sheet, order.after), {}).items():
                    for session in range(1, n_after + 1):
                        first = patient, sheet, before, min(session, n_before)
                        then = patient, sheet, after, session
                        standing = [
                            None if seat is None or id(seat) in may_move else seat
                            for seat in (seats.get(key[:3], {}).get(key[3]) for key in (first, then))
                        ]
                        if then in free and first in free:
                            runs[free[first][0]].in_order = runs[free[then][0]].in_order = True
                            yield Before(*free[first], *free[then], order.least, order.most)
                        elif then in free:
                            _after(terms, runs, free[then], standing[0], order.least, order.most)
                        elif first in free and standing[1] is not None:
                            _ahead(terms, runs, free[first], standing[1], order.least, order.most)


def _positions(book: Book, seats: Seats) -> dict[tuple[str, str, str], dict[int, int]]:
    """Return, of each patient, sheet and procedure, the number of sessions of its positions."""
    positions: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
    prescribed = set()
    for row in book.prescriptions:
        prescribed.add((row.patient, row.sheet, row.position))
        positions[row.patient, row.sheet, row.procedure][row.position] = row.sessions
    for (patient, sheet, position), taken in seats.items():
        if (patient, sheet, position) not in prescribed:
            for number, booking in taken.items():
                known = positions[patient, sheet, booking.procedure or ""]
                known[position] = max(number, known.get(position, 0))
    return positions


def _after(
    terms: Terms, runs: Sequence[Run], which: tuple[int, int], booking: Booking | None, least: int, most: int | None
) -> None:
    """Let a session start after a booking has ended; never, if what comes before has no time."""
    run, session = runs[which[0]], which[1]
    run.in_order = True
    if booking is None:
        run.narrow(session, latest=-EVER)
        return
    end = minutes_from(terms, booking.end)
    run.narrow(session, end + least, EVER if most is None else end + most)


def _ahead(
    terms: Terms, runs: Sequence[Run], which: tuple[int, int], booking: Booking, least: int, most: int | None
) -> None:
    """Let a session end before a booking starts."""
    run, session = runs[which[0]], which[1]
    run.in_order = True
    start = minutes_from(terms, booking.start) - run.length
    run.narrow(session, -EVER if most is None else start - most, start - least)


def _refuse_circles(runs: Sequence[Run], pairs: Sequence[Before]) -> None:
    """Leave no time to runs that would have to come before themselves."""
    ahead: dict[int, set[int]] = defaultdict(set)
    for pair in pairs:
        ahead[pair.after_run].add(pair.run)
    while True:
        try:
            TopologicalSorter(ahead).prepare()
        except CycleError as error:
            for run in set(error.args[1]):
                runs[run].latest = [-EVER] * len(runs[run].numbers)
                ahead.pop(run, None)
                for others in ahead.values():
                    others.discard(run)
            continue
        return
