"""Propose times and resources for the prescriptions of a book (``docs/plan-appointments.md``)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, time
from math import nan
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.appointment import Appointment, Unplaced, to_table
from schedvisu_lib.plan.book.model import Book, Booking, Mode
from schedvisu_lib.plan.check import check
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.search.problem import Problem, Slot, make_problem
from schedvisu_lib.plan.search.score import Score, score_of
from schedvisu_lib.plan.search.sessions import Position, seats_of
from schedvisu_lib.plan.terms import Terms, Wish
from schedvisu_lib.plan.why import with_reasons

if TYPE_CHECKING:
    from schedvisu_lib.plan.search.search import Found

BoundBy = Literal["alone", "relaxed", "exact"]


@dataclass(frozen=True)
class Plan:
    """A table of appointments, and how good it is.

    Parameters
    ----------
    table
        With the columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    score
        Of the sessions that were asked for; waiting and changes are those of all appointments.
    bound
        No plan is better in its first number; and none that loses as much as this one has less distance.
    first_score
        Of the first fit, as the search counts it.
    first_seconds, seconds
        After which the search had its first complete plan, and this one.
    moves
        That the search tried.
    no_slot
        Number of sessions without a time that could have none even if no other session was planned.
    """

    table: pd.DataFrame
    score: Score
    bound: Score
    first_score: Score
    first_seconds: float
    seconds: float
    moves: int
    no_slot: int

    @property
    def gap(self) -> float:
        """By which part of the bound the distance may be too large; 0 if the plan is proved best.

        Not a number where the plan loses more sessions than the bound: then their distances cannot be compared.
        """
        if self.score.lost > self.bound.lost:
            return nan
        return (self.score.distance - self.bound.distance) / max(abs(self.bound.distance), 1)

    @property
    def unplaced(self) -> int:
        """Number of sessions without a time."""
        return int(self.table["start"].isna().sum())


def propose(book: Book, site: Site, mode: Mode = "any", at: time | str | None = None, **options: Any) -> pd.DataFrame:
    """Return appointments for the prescriptions that have none: what :func:`plan` does, without its score.

    Returns
    -------
    DataFrame
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`: a row for each session that was asked for and for
        each booking; a session without a time says why in ``reason``.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> book = sv.read_book("params/book.demo.yaml", site)
    >>> appointments = sv.propose(book, site, "early", first="2026-05-25", seconds=0)
    >>> len(appointments), int(appointments["start"].notna().sum())
    (39, 38)
    """
    return plan(book, site, mode, at, **options).table


def plan(
    book: Book,
    site: Site,
    mode: Mode = "any",
    at: time | str | None = None,
    *,
    first: date | str,
    sheets: Collection[str] | None = None,
    positions: Collection[int] | None = None,
    resources: Collection[str] | None = None,
    depth_course: int | None = None,
    depth_once: int | None = None,
    seconds: float = 3.0,
    improve: bool = False,
    by_priority: bool = True,
    seed: int = 1,
    bound: BoundBy = "alone",
    stopped: Callable[[], bool] | None = None,
) -> Plan:
    """Plan the sessions that have no booking, and check the plan rule by rule.

    Parameters
    ----------
    book
        With the duration of each procedure that is asked for.
    site
        Gives calendar, scanners' hours and language.
    mode, at
        Time of day that is wished; ``at`` only with "near". A prescription's own mode comes before it.
    first
        The first day that is looked through.
    sheets, positions
        Those to be planned; all, if None.
    resources
        The only ones that may be used; all, if None.
    depth_course, depth_once
        Days that are looked through; the book's, if None.
    seconds
        For which a plan is looked for; with 0, the first fit in the order of the book.
    improve
        Whether bookings that are not locked may move too.
    by_priority
        Whether what is less urgent takes only the times that the more urgent leaves; else all are planned at once.
    seed
        Of the random numbers.
    bound
        "alone" costs nothing: what the search knows anyway, at least each prescription as if there were no other;
        "relaxed": a linear program of all resources, for large books; "exact": whole days and CP-SAT, for a single
        sheet, as many seconds again.
    stopped
        Asked now and then; as soon as it says so the search ends with the best plan so far.

    Raises
    ------
    PlanError
        A sheet, position or resource is unknown; a procedure has no duration; numba or OR-Tools are not installed; or
        the plan broke a rule, which would be a mistake of SchedVisu.
    """
    search = _search()
    wish = Wish(mode, time.fromisoformat(at) if isinstance(at, str) else at)
    start = date.fromisoformat(first) if isinstance(first, str) else first
    terms = Terms(start, wish, depth_course, depth_once)
    asked = _asked(book, sheets, positions, resources)
    order = sorted(range(len(book.prescriptions)), key=lambda n: book.prescriptions[n].priority if by_priority else 0)
    try:
        problem = _problem(book, site, terms, asked, order, _movable(book) if improve else [], resources)
        found = search.search(problem, seconds=seconds, by_priority=by_priority, seed=seed, stopped=stopped)
    except ValueError as error:
        raise PlanError(str(error)) from error
    slots, least = _bounded(problem, found, bound, seconds, seed)
    table = _table(book, site, problem, slots)
    wrong = [broken.text for broken in check(table, book, site, terms) if not broken.stood]
    if wrong:
        raise PlanError(f"the plan would break {len(wrong)} rule(s): {wrong[0]}; a mistake of SchedVisu, report it")
    standing = {one.appointment_id for one in _standing(book, problem)}
    limits = found.limits
    no_slot = sum(len(run.numbers) for run in problem.runs) - int(limits.most.sum())
    return Plan(
        table,
        score_of(table, book, terms, booked=standing),
        least,
        found.first_score,
        found.first_seconds,
        found.seconds,
        found.moves,
        no_slot,
    )


def _search() -> ModuleType:
    """Return the module of the search, which needs what not every installation has."""
    try:
        from schedvisu_lib.plan.search import search
    except ImportError as error:
        raise PlanError(f'the planner needs numba and OR-Tools: pip install "schedvisu[plan]" ({error})') from error
    return search


def _asked(
    book: Book, sheets: Collection[str] | None, positions: Collection[int] | None, resources: Collection[str] | None
) -> set[Position]:
    known = {row.sheet for row in book.prescriptions}
    for name in sheets or ():
        if name not in known:
            raise PlanError(f'sheet "{name}" has no prescriptions in the book')
    for name in resources or ():
        if name not in book.resource:
            raise PlanError(f'resource "{name}" is not in the book')
    chosen = [row for row in book.prescriptions if sheets is None or row.sheet in sheets]
    for number in positions or ():
        if number not in {row.position for row in chosen}:
            raise PlanError(f"position {number} is on none of the sheets that are to be planned")
    return {(row.patient, row.sheet, row.position) for row in chosen if positions is None or row.position in positions}


def _movable(book: Book) -> list[Booking]:
    """Return the bookings of prescribed sessions that are not locked."""
    prescribed = {(row.patient, row.sheet, row.position): row for row in book.prescriptions}
    return [
        booking
        for key, taken in seats_of(book.bookings).items()
        for number, booking in taken.items()
        if not booking.locked
        and key in prescribed
        and number <= prescribed[key].sessions
        and booking.procedure in {None, prescribed[key].procedure}
    ]


def _problem(
    book: Book,
    site: Site,
    terms: Terms,
    asked: set[Position],
    order: list[int],
    movable: list[Booking],
    resources: Collection[str] | None,
) -> Problem:
    """Return the problem; bookings that already break a rule where they are do not move."""
    search = _search()
    while True:
        problem = make_problem(book, site, terms, asked, order, movable=movable, resources=resources)
        stuck = {id(booking) for booking in search.unseated(problem)} if movable else set()
        if not stuck:
            return problem
        movable = [booking for booking in movable if id(booking) not in stuck]


def _bounded(
    problem: Problem, found: Found, by: BoundBy, seconds: float, seed: int
) -> tuple[tuple[tuple[Slot, ...], ...], Score]:
    """Return the slots, better ones if the exact way finds them, and a bound."""
    if by == "alone":
        return found.slots, found.bound
    try:
        if by == "relaxed":
            from schedvisu_lib.plan.search.bound import bound_of

            return found.slots, bound_of(problem, found.limits, found.score.lost)
        from schedvisu_lib.plan.search.proof import best_of
    except ImportError as error:
        raise PlanError(f'the bound needs OR-Tools: pip install "schedvisu[plan]" ({error})') from error
    return best_of(problem, found, seconds, seed)


def _table(book: Book, site: Site, problem: Problem, slots: tuple[tuple[Slot, ...], ...]) -> pd.DataFrame:
    placed, unplaced = list(_standing(book, problem)), []
    for number, run in enumerate(problem.runs):
        numbered = problem.numbered(number, slots[number])
        placed += [problem.appointment(number, session, slot) for session, slot in numbered]
        asked, given = run.asked, {session for session, _ in numbered}
        unplaced += [
            Unplaced(asked.sheet, asked.patient, asked.position, asked.procedure, session, "")
            for session in run.numbers
            if session not in given
        ]
    return to_table(placed, with_reasons(unplaced, Timetable(placed, book, site, problem.terms)))


def _standing(book: Book, problem: Problem) -> Iterator[Appointment]:
    """Return the bookings that stay, as appointments."""
    numbers = {id(one): number for taken in seats_of(book.bookings).values() for number, one in taken.items()}
    for booking in problem.standing:
        yield Appointment(
            booking.sheet or "",
            booking.patient or "",
            booking.position or 0,
            booking.procedure or "",
            numbers.get(id(booking), booking.session or 0),
            booking.resource,
            booking.start,
            booking.end,
            booking.origin,
            booking.locked,
        )
