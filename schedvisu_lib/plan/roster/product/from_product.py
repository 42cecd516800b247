"""Scanners as requests of a roster: their open hours ask for technologists, their exams for physicians."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError, PlanError
from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.roster.book.form import FORM, Facts
from schedvisu_lib.plan.roster.book.model import Request, Shift, StaffBook
from schedvisu_lib.plan.roster.book.request_checks import CHECKS
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.product.expected import WEEKS, expected_exams
from schedvisu_lib.plan.roster.product.stretches import stretches
from schedvisu_lib.plan.roster.rules.days import is_one_of
from schedvisu_lib.plan.roster.rules.seats import has_level
from schedvisu_lib.studies.service import offers_between

_NEARLY: Final = 1e-9
"""Means are no exact numbers: 24.000000001 exams are 24."""


@dataclass(frozen=True)
class PerScanner:
    """So many persons for each scanner that is open, in shifts that cover its hours; such as technologists."""

    level: str
    persons: int = 1
    title: str | None = None
    department: str | None = None
    """The only one of the book with people of this level, if nothing is said."""
    shifts: tuple[str, ...] = ()
    """Those to choose from; all of the level that are no nights, if nothing is said."""
    scanners: tuple[str, ...] = ()
    """Those that count; all of the site, if nothing is said."""


@dataclass(frozen=True)
class PerExams:
    """One person for so many exams of a day, in the shift that covers most of the open hours; such as physicians."""

    level: str
    exams: float
    title: str | None = None
    department: str | None = None
    shifts: tuple[str, ...] = ()
    scanners: tuple[str, ...] = ()
    least: int = 1
    """Persons on each day on which a scanner is open, at least."""

    def __post_init__(self) -> None:
        if self.exams <= 0:
            raise PlanError(f"one person for {self.exams:g} exams; give a number above 0")


Need: TypeAlias = PerScanner | PerExams
_Kind: TypeAlias = tuple[str | None, str, str, str | None]
"""Department, level, shift and title of a request."""


class _Session(NamedTuple):
    """The time from the first to the last open minute of a scanner on a day; lunch is part of it."""

    scanner: str
    opens: datetime
    closes: datetime


def requests_from(
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    needs: Sequence[Need],
    *,
    studies: pd.DataFrame | None = None,
    appointments: pd.DataFrame | None = None,
    weeks: int = WEEKS,
    scanner_of: Mapping[str, str] | None = None,
) -> tuple[Request, ...]:
    """Return requests for those who are needed while scanners are open.

    Parameters
    ----------
    book
        Gives shifts, levels and departments.
    site
        Gives the scanners' hours, holidays, closures and days out of service.
    first, last
        Days of the roster, both included.
    needs
        Who is needed: technologists by scanner, physicians by exams.
    studies, appointments, weeks, scanner_of
        What tells the exams that are expected (:func:`schedvisu_lib.plan.roster.product.expected.expected_exams`); only
        :class:`PerExams` needs them.

    Raises
    ------
    PlanError
        A level, shift or scanner is unknown; shifts do not cover a scanner's hours; nothing tells the exams.
    BookError
        A request that the book cannot have, such as one of a level that nobody does.

    Examples
    --------
    >>> from datetime import date
    >>> from schedvisu_lib.plan.roster.book.file import read_staff
    >>> from schedvisu_lib.plan.roster.product.from_product import PerScanner, requests_from
    >>> site = sv.load_site("params/demo.yaml")
    >>> book = read_staff("params/staff.demo.yaml", site)
    >>> made = requests_from(book, site, date(2026, 6, 1), date(2026, 6, 12), [PerScanner("paraclinical")])
    >>> for row in made:
    ...     print(row.shift, row.first, row.last, row.days, row.required)
    PET day 2026-06-01 2026-06-12 ('workdays',) 2
    SPECT day 2026-06-01 2026-06-12 ('workdays',) 3
    """
    made: list[Request] = []
    for need in needs:
        shifts, department = _shifts_of(need, book), _department_of(need, book)
        sessions = _sessions(site, _scanners_of(need, site), first, last)
        if isinstance(need, PerScanner):
            numbers = _by_scanner(need, shifts, sessions)
        else:
            expected = expected_exams(
                site, first, last, _scanners_of(need, site), studies=studies, appointments=appointments, weeks=weeks,
                scanner_of=scanner_of,
            )  # fmt: skip
            numbers = _by_exams(need, shifts, sessions, expected)
        made += _requests(need, department, book, site, numbers)
    _check(book, site, made)
    return tuple(made)


def with_requests(book: StaffBook, requests: Iterable[Request], site: Site) -> StaffBook:
    """Return a book with more requests.

    On their days, those of the same department, level, shift and title (any, if the new one has none) that the book has
    already stand aside.
    """
    new = tuple(requests)
    taken: dict[_Kind, set[date]] = defaultdict(set)
    for row in new:
        taken[_kind(row)].update(_days_of(row, site))
    kept: list[Request] = []
    for row in book.requests:
        of_any_title = taken[*_kind(row)[:3], None]
        kept += _beside(row, of_any_title | taken[_kind(row)], site)
    return with_rows(book, requests=(*kept, *new))


# --- what is needed ---------------------------------------------------------------------------------------------------


def _sessions(site: Site, scanners: Iterable[str], first: date, last: date) -> dict[date, list[_Session]]:
    """Return the open sessions of each day."""
    sessions: dict[date, list[_Session]] = defaultdict(list)
    for scanner in scanners:
        for day, offer in offers_between(site, scanner, first, last).items():
            if offer is not None and offer.opens is not None and offer.closes is not None:
                midnight = datetime.combine(day, datetime.min.time())
                opens, closes = midnight + offer.opens.to_pytimedelta(), midnight + offer.closes.to_pytimedelta()
                sessions[day].append(_Session(scanner, opens, closes))
    return sessions


def _by_scanner(
    need: PerScanner, shifts: Sequence[Shift], sessions: Mapping[date, Sequence[_Session]]
) -> dict[str, Counter[date]]:
    """Return the persons whom open scanners need, by shift and day."""
    numbers: dict[str, Counter[date]] = defaultdict(Counter)
    for day, own in sessions.items():
        for session in own:
            for shift in _covering(session, shifts, day, need):
                numbers[shift.name][day] += need.persons
    return numbers


def _covering(session: _Session, shifts: Sequence[Shift], day: date, need: Need) -> Iterator[Shift]:
    """Yield the shifts that together cover a session: the shortest one that does alone, else as few as can be."""
    spans = {shift.name: shift.span(day) for shift in shifts}
    alone = [one for one in shifts if spans[one.name][0] <= session.opens and session.closes <= spans[one.name][1]]
    if alone:
        yield min(alone, key=lambda shift: spans[shift.name][1] - spans[shift.name][0])
        return
    since = session.opens
    while since < session.closes:
        begun = [shift for shift in shifts if spans[shift.name][0] <= since < spans[shift.name][1]]
        if not begun:
            raise PlanError(
                f'no shift of "{need.level}" covers {since:%Y-%m-%d %H:%M}, when {session.scanner} is open until '
                f'{session.closes:%H:%M}; change the sheet "shifts", or leave the scanner out'
            )
        furthest = max(begun, key=lambda shift: spans[shift.name][1])
        yield furthest
        since = spans[furthest.name][1]


def _by_exams(
    need: PerExams, shifts: Sequence[Shift], sessions: Mapping[date, Sequence[_Session]], expected: Mapping[date, float]
) -> dict[str, Counter[date]]:
    """Return the persons whom the exams of a day need, by shift and day."""
    numbers: dict[str, Counter[date]] = defaultdict(Counter)
    for day, own in sessions.items():
        opens, closes = min(one.opens for one in own), max(one.closes for one in own)

        def common(shift: Shift, day: date = day, opens: datetime = opens, closes: datetime = closes) -> timedelta:
            begin, end = shift.span(day)
            return min(end, closes) - max(begin, opens)

        best = max(shifts, key=lambda shift: (common(shift), -shift.worked))
        persons = max(need.least, ceil(expected.get(day, 0.0) / need.exams - _NEARLY))
        numbers[best.name][day] += persons
    return numbers


def _requests(
    need: Need, department: str | None, book: StaffBook, site: Site, numbers: Mapping[str, Mapping[date, int]]
) -> Iterator[Request]:
    for shift in (name for name in book.shift if name in numbers):
        for first, last, days, number in stretches(numbers[shift], site):
            yield Request(
                department=department, level=need.level, shift=shift, first=first, last=last, days=days,
                required=number, title=need.title,
            )  # fmt: skip


# --- names ------------------------------------------------------------------------------------------------------------


def _shifts_of(need: Need, book: StaffBook) -> list[Shift]:
    """Return the shifts to choose from."""
    if need.level not in book.level:
        raise PlanError(f'level "{need.level}" is unknown; allowed: {", ".join(book.level)}')
    for name in need.shifts:
        if name not in book.shift:
            raise PlanError(f'shift "{name}" is unknown; allowed: {", ".join(book.shift)}')
    usual = [shift for shift in book.shifts if has_level(shift, need.level) and not shift.is_night]
    shifts = [book.shift[name] for name in need.shifts] or usual
    if not shifts:
        raise PlanError(f'"{need.level}" has no shift by day; add one to the sheet "shifts"')
    return shifts


def _scanners_of(need: Need, site: Site) -> tuple[str, ...]:
    """Return the scanners that count."""
    for name in need.scanners:
        if name not in site.scanner_names:
            known = ", ".join(site.scanner_names)
            raise PlanError(f'scanner "{name}" is unknown; {site.file.name} has: {known}')
    return need.scanners or site.scanner_names


def _department_of(need: Need, book: StaffBook) -> str | None:
    if need.department is not None or book.level[need.level].hospital:
        return need.department
    own = {person.department for person in book.staff if need.level in person.levels}
    if len(own) != 1:
        raise PlanError(
            f'say which department needs "{need.level}"; its people are in: {", ".join(sorted(own)) or "none"}'
        )
    return own.pop()


def _check(book: StaffBook, site: Site, made: Sequence[Request]) -> None:
    """Refuse requests that the book could not have."""
    names = {sheet: [row.name for row in getattr(book, sheet)] for sheet in FORM.named}
    facts = Facts(with_rows(book, requests=tuple(made)), site, names)
    unknown = {row.department for row in made} - {None, *names["departments"]}
    lines = [f'department "{name}" is unknown; allowed: {", ".join(names["departments"])}' for name in unknown]
    lines += [f"{place[-1]}: {text}" for check in CHECKS for place, text in check(facts)]
    if lines:
        raise BookError(None, list(dict.fromkeys(lines)))


# --- requests that stand aside ----------------------------------------------------------------------------------------


def _kind(row: Request) -> _Kind:
    return row.department, row.level, row.shift, row.title


def _days_of(row: Request, site: Site) -> list[date]:
    return [day for day in days_between(row.first, row.last) if is_one_of(row.days, site, day)]


def _beside(row: Request, taken: Collection[date], site: Site) -> Iterator[Request]:
    """Yield what is left of a request without some days."""
    own = _days_of(row, site)
    left = [day for day in own if day not in taken]
    if len(left) == len(own):
        yield row
    else:
        for first, last, days, _ in stretches(dict.fromkeys(left, 1), site):
            yield row.model_copy(update={"first": first, "last": last, "days": days})
