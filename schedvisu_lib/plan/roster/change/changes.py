"""What all changes of a roster share: find a duty, put others in its place, tell what is broken that was not before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table, to_table
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.check import check_duties
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan, cell_of
from schedvisu_lib.plan.roster.rules.lacking import filled
from schedvisu_lib.plan.roster.rules.seats import Cell

T = TypeVar("T")
_LIMITS: Final = (9, 10)
"""Rules whose words hold by how much they are broken."""


class Refused(PlanError):
    """A change that breaks rules.

    Parameters
    ----------
    text
        Names them.
    broken
        What would be broken.
    """

    def __init__(self, text: str, broken: Sequence[Broken]) -> None:
        self.broken = tuple(broken)
        super().__init__(text)


class Change(NamedTuple):
    """A roster after a change, and what the change broke."""

    table: pd.DataFrame
    broken: list[Broken]


def with_rows(book: StaffBook, **sheets: Any) -> StaffBook:
    """Return a book with other rows in some sheets; they are taken as they are."""
    fields = {name: getattr(book, name) for name in StaffBook.model_fields}
    return StaffBook.model_construct(**{**fields, **sheets})  # a copy would keep what the old one had worked out


def duties_of(duties: Iterable[Duty], person: str, day: date) -> list[Duty]:
    """Return what somebody does on a day."""
    return [duty for duty in duties if duty.person == person and duty.date == day]


def the_duty(duties: Iterable[Duty], person: str, day: date, shift: str | None = None) -> Duty:
    """Return the duty of somebody on a day.

    Raises
    ------
    PlanError
        There is none, or there are several and no shift is named.
    """
    found = [duty for duty in duties_of(duties, person, day) if shift in (None, duty.shift)]
    if not found:
        raise PlanError(f"{person} has no duty{_of(shift)} on {day}; name one of the roster")
    if len(found) > 1:
        raise PlanError(f"{person} has {len(found)} duties on {day}; name the shift of one")
    return found[0]


def refuse_locked(duty: Duty) -> None:
    """Refuse to move a locked duty.

    Raises
    ------
    PlanError
        It is locked.
    """
    if duty.locked:
        raise PlanError(f"{duty.person} on {duty.date}, {duty.shift}: is locked; unlock it first")


def refuse_unknown(book: StaffBook, person: str) -> None:
    """Refuse somebody whom the book does not have.

    Raises
    ------
    PlanError
        The person is unknown.
    """
    if person not in book.person:
        raise PlanError(f'person "{person}" is not in the book; add a row to its sheet "staff"')


def without(some: Iterable[T], taken: Iterable[T]) -> list[T]:
    """Return what is left of some things without others, each of which is taken out once."""
    left, gone = [], Counter(taken)
    for one in some:
        if gone[one]:
            gone[one] -= 1
        else:
            left.append(one)
    return left


def exchanged(
    table: pd.DataFrame, taken: Collection[Duty], put: Collection[Duty], book: StaffBook, site: Site, reason: str
) -> pd.DataFrame:
    """Return a roster with other duties in place of some.

    Parameters
    ----------
    table, book, site
        The roster, and what it was made from.
    taken, put
        What goes, each of them once, and what comes.
    reason
        Why a seat is empty that was not before.
    """
    duties, empty = from_table(table)
    duties = [*without(duties, taken), *put]
    cells = {cell_of(duty) for duty in (*taken, *put)}
    return to_table(duties, seats_left(duties, empty, cells, book, site, reason), book)


def seats_left(
    duties: Iterable[Duty], empty: Iterable[Empty], cells: Collection[Cell], book: StaffBook, site: Site, reason: str
) -> list[Empty]:
    """Return the required seats that are empty, counted anew in some cells.

    Parameters
    ----------
    duties
        All of the roster.
    empty
        What was empty before: in other cells it stays so, in these the reason is kept.
    cells
        Where to count.
    book, site
        What is asked for.
    reason
        Why a seat is empty that was not before.
    """
    left: list[Empty] = []
    known: dict[Cell, list[Empty]] = {cell: [] for cell in cells}
    for seat in empty:
        known.get(cell_of(seat), left).append(seat)
    there: dict[Cell, list[Duty]] = {cell: [] for cell in cells}
    for duty in duties:
        if cell_of(duty) in there and duty.person in book.person:
            there[cell_of(duty)].append(duty)
    for day in sorted({cell[0] for cell in cells}):
        plan = DutyPlan(book, site, day, day, ())
        for cell, asked in plan.asked.items():
            if cell in cells:
                pairs = zip(asked, filled(plan, asked, there[cell]), strict=True)
                lacking = sum(max(one.required - number, 0) for one, number in pairs)
                seats = [*known[cell], *(Empty(*cell, reason) for _ in range(lacking))]
                left += seats[:lacking]
    return left


def newly_broken(
    duties: Sequence[Duty],
    taken: Collection[Duty],
    put: Collection[Duty],
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    *,
    was: StaffBook | None = None,
) -> list[Broken]:
    """Return what a change breaks that was not broken before, in the order of the check.

    Only what the change can touch is checked: all duties of its people and teams, and those in the same seats. A limit
    that somebody exceeds less than before is not told.

    Parameters
    ----------
    duties
        All of the roster.
    taken, put
        What goes, each of them once, and what comes.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    was
        The book before the change, if it was another one.
    """
    return broken_by_each(duties, taken, [put], book, site, first, last, was=was)[0]


def broken_by_each(
    duties: Sequence[Duty],
    taken: Collection[Duty],
    options: Sequence[Collection[Duty]],
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    *,
    was: StaffBook | None = None,
) -> list[list[Broken]]:
    """Return what :func:`newly_broken` does for each of several things that could come in place of what goes."""
    near = _near(duties, [*taken, *chain(*options)], book)
    rest = without(near, taken)
    had = check_duties(near, was or book, site, first, last)
    known = {(one.rule, one.text) for one in had}
    found = []
    for put in options:
        has = check_duties([*rest, *put], book, site, first, last)
        losers = {duty.person for duty in taken} - {duty.person for duty in put}
        found.append([one for one in has if (one.rule, one.text) not in known and not _is_less(one, had, has, losers)])
    return found


def _near(duties: Iterable[Duty], changed: Sequence[Duty], book: StaffBook) -> list[Duty]:
    """Return the duties that share rules with some that change."""
    cells = {cell_of(one) for one in changed}
    people = {one.person for one in changed}
    teams = {one.team for one in changed} | {book.person[name].team for name in people if name in book.person}
    people |= {name for team in teams if team for name in book.members.get(team, ())}
    teams.discard("")
    known = (one for one in duties if one.person in book.person)
    return [one for one in known if one.person in people or one.team in teams or cell_of(one) in cells]


def _is_less(one: Broken, had: Sequence[Broken], has: Sequence[Broken], losers: Collection[str]) -> bool:
    """Tell whether somebody who only lost duties still exceeds a limit: by less than before, and so in other words."""
    if one.person not in losers or one.rule not in _LIMITS:
        return False
    before, after = (sum((two.rule, two.person) == (one.rule, one.person) for two in some) for some in (had, has))
    return after <= before


def _of(shift: str | None) -> str:
    return "" if shift is None else f" in {shift}"
