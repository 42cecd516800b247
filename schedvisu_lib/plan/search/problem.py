"""A book as arrays of minutes, steps and days for the search, and back to appointments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from graphlib import TopologicalSorter
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from schedvisu_lib.config import Site
from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.book.model import Book, Booking, Exemption, Prescription
from schedvisu_lib.plan.search.arrays import OPTION, RUN, STANDING, VISIT, Bits, Facts, Longs, Rows, pack
from schedvisu_lib.plan.search.calendar import Calendar, pieces
from schedvisu_lib.plan.search.pairs import Pairs, kind_of, pairs_of
from schedvisu_lib.plan.search.sessions import EVER, Position, Run, Sessions, sessions_to_place
from schedvisu_lib.plan.terms import DAY, Terms, Window, minute_of

_MODES: Final = {"early": 0, "any": 0, "late": 1, "near": 2}


class Slot(NamedTuple):
    """Where a session lies: day and step of the plan, and the number of its option."""

    day: int
    step: int
    option: int


@dataclass(frozen=True)
class Problem:
    """What is to be planned."""

    book: Book
    terms: Terms
    sessions: Sessions
    resources: tuple[str, ...]
    """Of each option."""
    facts: Facts
    standing: tuple[Booking, ...]
    """Bookings that stay."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs, in the order in which first fit takes them."""
        return self.sessions.runs

    def numbered(self, run: int, slots: Iterable[Slot]) -> list[tuple[int, Slot]]:
        """Give the slots of a run their session numbers, in order of time; no number that was booked gets lost."""
        own = self.runs[run]
        ordered = sorted(slots)
        others = [number for number in own.numbers if number not in own.seats]
        return list(zip(sorted([*own.seats, *others][: len(ordered)]), ordered, strict=True))

    def appointment(self, run: int, number: int, slot: Slot) -> Appointment:
        """Return a session as an appointment; a booked one that did not move keeps its origin."""
        own = self.runs[run]
        start = datetime.combine(self.terms.date_of(slot.day), time()) + timedelta(minutes=slot.step * self.facts.grid)
        end, resource = start + timedelta(minutes=own.length), self.resources[slot.option]
        seat = own.seats.get(number)
        stays = seat is not None and (seat.resource, seat.start, seat.end) == (resource, start, end)
        return Appointment(
            own.asked.sheet,
            own.asked.patient,
            own.asked.position,
            own.asked.procedure,
            number,
            resource,
            start,
            end,
            seat.origin if seat is not None and stays else "auto",
        )


def make_problem(
    book: Book,
    site: Site,
    terms: Terms,
    asked: Collection[Position],
    order: Sequence[int],
    *,
    movable: Collection[Booking] = (),
    resources: Collection[str] | None = None,
) -> Problem:
    """Return the arrays of a plan.

    Parameters
    ----------
    book
        With a duration for each procedure that is asked for.
    site
        Gives calendar and scanners.
    terms
        Of the run.
    asked
        Positions whose sessions without a booking are to be placed.
    order
        Numbers of the book's prescriptions in the order in which first fit takes them.
    movable
        Bookings that may move; all others stay.
    resources
        The only ones that may be used for what is placed anew; all, if None.

    Raises
    ------
    ValueError
        A procedure has no minutes.
    """
    sessions = sessions_to_place(book, terms, asked, movable, order)
    runs, may_move = sessions.runs, {id(booking) for booking in movable}
    standing = tuple(booking for booking in book.bookings if id(booking) not in may_move)
    days = max([run.days.stop for run in runs if run.days], default=1)
    calendar = Calendar(book, site, terms, standing, days)
    patients = {name: number for number, name in enumerate(dict.fromkeys(run.asked.patient for run in runs))}
    usable = [_resources_for(book, run.asked, resources) for run in runs]
    pairs = pairs_of(
        book,
        [
            *(
                kind_of(book, run.asked.procedure, name)
                for run, names in zip(runs, usable, strict=True)
                for name in names
            ),
            *(kind_of(book, held.procedure, held.resource) for held in standing if held.patient in patients),
        ],
    )
    masks = _Masks(calendar, terms)
    options = [
        (
            number,
            calendar.number[name],
            masks.number(run, name),
            pairs.numbers[kind_of(book, run.asked.procedure, name)],
        )
        for number, (run, names) in enumerate(zip(runs, usable, strict=True))
        for name in names
    ]
    visits = _standing_visits(book, terms, standing, patients, pairs, days)
    reach = _reach(pairs, masks.earliest, masks.latest, visits)
    visits = visits[(visits[:, 1] >= -reach) & (visits[:, 1] < days + reach)]
    visit_rows, lists_of_visits = _visit_rows(sessions)
    run_rows, lists_of_runs = _run_rows(terms, sessions, patients, pairs, calendar.grid)
    rows = np.array(options, np.int64).reshape(-1, 4)
    run_rows["option"] = np.searchsorted(rows[:, 0], np.arange(len(runs) + 1))
    facts = Facts(
        calendar.grid,
        days,
        reach,
        runs=run_rows,
        options=_to_rows(OPTION, rows[:, 1:]),
        visits=visit_rows,
        standing=_to_rows(STANDING, visits),
        masks=masks.bits(),
        room=calendar.room(),
        separation=pairs.separation,
        apart=pairs.apart,
        building=pairs.building,
        **lists_of_runs,
        **lists_of_visits,
    )
    return Problem(book, terms, sessions, tuple(name for names in usable for name in names), facts, standing)


def _resources_for(book: Book, asked: Prescription, only: Collection[str] | None) -> list[str]:
    """Return the resources on which a prescription may be done (rules 1, 10 and 11)."""
    procedure = book.procedure[asked.procedure]
    conditions = {condition for row in book.patients if row.name == asked.patient for condition in row.conditions}
    indicated = not procedure.indications or bool(conditions.intersection(procedure.indications))
    fit = indicated and not conditions.intersection(procedure.contraindications)

    def named(kind: str, resource: str) -> bool:
        return any(row.kind == kind and _is_about(row, asked, resource) for row in book.exceptions)

    return [
        name
        for name in procedure.resources
        if (not asked.resources or name in asked.resources)
        and (only is None or name in only)
        and (fit or named("allow", name))
        and not named("forbid", name)
    ]


def _is_about(row: Exemption, asked: Prescription, resource: str) -> bool:
    return (
        row.a == asked.procedure
        and row.b is None
        and row.patient in {None, asked.patient}
        and row.resource in {None, resource}
    )


class _Masks:
    """The steps at which runs may start; runs of one procedure, resource and window share theirs."""

    def __init__(self, calendar: Calendar, terms: Terms) -> None:
        self.calendar, self.terms = calendar, terms
        self.words = -(-calendar.steps // 64)
        self.earliest, self.latest = DAY, 0
        self._numbers: dict[tuple[str, str, Window], int] = {}
        self._bits: list[Bits] = []

    def number(self, run: Run, resource: str) -> int:
        """Return the number of a run's mask on a resource."""
        window = self.terms.wish_of(run.asked).window
        key = run.asked.procedure, resource, window
        if key not in self._numbers:
            procedure = self.calendar.book.procedure[run.asked.procedure]
            starts = self.calendar.starts(procedure, run.length, resource, window)
            steps = np.flatnonzero(starts.any(axis=0)) * self.calendar.grid
            self.earliest = min(self.earliest, *steps[:1], DAY)
            self.latest = max(self.latest, *(steps[-1:] + run.length), 0)
            self._numbers[key] = len(self._bits)
            self._bits.append(pack(starts, self.words))
        return self._numbers[key]

    def bits(self) -> Bits:
        """Return the masks."""
        shape = (len(self._bits), self.calendar.days, self.words)
        return np.stack(self._bits) if self._bits else np.zeros(shape, np.uint64)


def _standing_visits(
    book: Book, terms: Terms, standing: Iterable[Booking], patients: Mapping[str, int], pairs: Pairs, days: int
) -> Longs:
    """Return patient, day, start, end and kind of what patients have already, and of when they are busy."""
    around = int(pairs.separation.max(initial=0)) // DAY + 2
    near = range(-around, days + around)

    def rows() -> Iterator[tuple[int, ...]]:
        for held in standing:
            if held.patient is not None and held.patient in patients:
                kind = pairs.numbers[kind_of(book, held.procedure, held.resource)]
                for piece in pieces(terms, held.start, held.end, near):
                    yield patients[held.patient], *piece, kind
        for busy in book.busy:
            if busy.patient in patients:
                for piece in pieces(terms, busy.start, busy.end, near):
                    yield patients[busy.patient], *piece, len(pairs.numbers)

    return np.array(list(rows()), np.int64).reshape(-1, 5)


def _reach(pairs: Pairs, earliest: int, latest: int, visits: Longs) -> int:
    """Return how many days away an appointment may lie and still be too near."""
    longest = int(pairs.separation.max(initial=0))
    night = DAY - max([latest, *visits[:, 3]]) + min([earliest, *visits[:, 2]])
    return 0 if longest <= max(night, 0) else 1 + (longest - night) // DAY


def _run_rows(
    terms: Terms, sessions: Sessions, patients: Mapping[str, int], pairs: Pairs, grid: int
) -> tuple[Rows, dict[str, Any]]:
    """Return the rows of the runs, and the lists of those that come before and after each."""
    runs = sessions.runs
    ahead, behind = _ahead_and_behind(sessions)
    wishes = [terms.wish_of(run.asked) for run in runs]
    rows = np.zeros(len(runs) + 1, RUN)
    columns: dict[str, Iterable[int]] = {
        "patient": (patients[run.asked.patient] for run in runs),
        "kin": (pairs.classes.get(run.asked.patient, 0) for run in runs),
        "length": (run.length for run in runs),
        "steps": (-(-run.length // grid) for run in runs),
        "day": (run.days.start for run in runs),
        "end": (max(run.days.stop, run.days.start) for run in runs),
        "least": (run.asked.least_days for run in runs),
        "ordered": (run.in_order for run in runs),
        "mode": (_MODES[wish.mode] for wish in wishes),
        "at": (0 if wish.at is None else minute_of(wish.at) for wish in wishes),
        "level": (run.asked.priority for run in runs),
    }
    for name, values in columns.items():
        rows[name][:-1] = list(values)
    for name, entries in (("first", [run.numbers for run in runs]), ("ahead", ahead), ("behind", behind)):
        rows[name][1:] = np.cumsum([len(row) for row in entries])
    lists = {"ahead": ahead, "behind": behind}
    return rows, {name: np.array([one for row in lists[name] for one in row], np.int32) for name in lists}


def _visit_rows(sessions: Sessions) -> tuple[Rows, dict[str, Any]]:
    """Return the rows of the visits, and the lists of those that come before and after each.

    A booked session that may move weighs more than all that were not booked.
    """
    runs = sessions.runs
    before, after = _pairs_in_order(sessions)
    heavy = 1 + sum((10 - run.asked.priority) * len(run.numbers) for run in runs)
    rows = np.zeros(len(before) + 1, VISIT)
    values = [
        (
            number,
            heavy if place < len(run.seats) else 10 - run.asked.priority,
            (session - 1) * run.asked.least_days * DAY,
            run.earliest[place],
            run.latest[place],
            -1 if run.asked.most_days is None else run.asked.most_days * (session - previous),
        )
        for number, run in enumerate(runs)
        for place, (previous, session) in enumerate(zip((0, *run.numbers), run.numbers, strict=False))
    ]
    table = np.array(values, np.int64).reshape(-1, 6)
    for column, name in enumerate(("run", "weight", "offset", "low", "high", "most")):
        rows[name][:-1] = table[:, column]
    for name, entries in (("before", before), ("after", after)):
        rows[name][1:] = np.cumsum([len(row) for row in entries])
    lists = {"before": before, "after": after}
    return rows, {
        name: np.array([one for row in lists[name] for one in row], np.int64).reshape(-1, 3) for name in lists
    }


Follower: TypeAlias = tuple[int, int, int]
"""A visit, and the least and most (-1: any) minutes to or from it."""


def _pairs_in_order(sessions: Sessions) -> tuple[list[list[Follower]], list[list[Follower]]]:
    """Return of each visit those that come before, and those that come after it."""
    first = np.cumsum([0, *(len(run.numbers) for run in sessions.runs)]).tolist()
    before: list[list[Follower]] = [[] for _ in range(first[-1])]
    after: list[list[Follower]] = [[] for _ in range(first[-1])]
    for pair in sessions.before:
        one, other = first[pair.run] + pair.session, first[pair.after_run] + pair.after_session
        most = -1 if pair.most is None else pair.most
        before[other].append((one, pair.least, most))
        after[one].append((other, pair.least, most))
    return before, after


def _ahead_and_behind(sessions: Sessions) -> tuple[list[list[int]], list[list[int]]]:
    """Return of each run all that come before it, in an order in which they can be placed, and all after it."""
    direct: dict[int, set[int]] = defaultdict(set)
    for pair in sessions.before:
        if sessions.runs[pair.after_run].latest[0] > -EVER:
            direct[pair.after_run].add(pair.run)
    ahead: list[list[int]] = [[] for _ in sessions.runs]
    behind: list[list[int]] = [[] for _ in sessions.runs]
    for run in TopologicalSorter(direct).static_order():
        ahead[run] = list(dict.fromkeys(one for near in sorted(direct.get(run, ())) for one in (*ahead[near], near)))
        for one in ahead[run]:
            behind[one].append(run)
    return ahead, behind


def _to_rows(kind: np.dtype[np.void], table: Longs) -> Rows:
    """Return a table of numbers as rows with names."""
    rows = np.zeros(len(table), kind)
    for column, name in enumerate(kind.names or ()):
        rows[name] = table[:, column]
    return rows
