"""Somebody falls ill: whose duties are open, who could stand in, and what that breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import Leave, StaffBook
from schedvisu_lib.plan.roster.change.changes import (
    Refused,
    duties_of,
    exchanged,
    newly_broken,
    refuse_unknown,
    with_rows,
    without,
)
from schedvisu_lib.plan.roster.change.debts import record
from schedvisu_lib.plan.roster.duty import Duty, from_table, to_table
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.days import DAY
from schedvisu_lib.plan.roster.rules.duty_plan import cell_of
from schedvisu_lib.plan.roster.rules.fair import kinds_of, together
from schedvisu_lib.plan.roster.rules.seats import is_away, pool_of, teams_of

Why = Literal["next team", "free"]
"""A member of the next team in turn, or somebody else of the pool who is free that day."""


@dataclass(frozen=True)
class Proposal:
    """Somebody who could stand in.

    Parameters
    ----------
    person
        Who.
    why
        As what.
    count
        How many duties of the kind (night, weekend, holiday, and all) the person has, those before the roster included.
    broken
        The rules that this would break; none, as a rule.
    """

    person: str
    why: Why
    count: tuple[int, ...]
    broken: tuple[Broken, ...]


@dataclass(frozen=True)
class Open:
    """A duty of somebody who is absent.

    Parameters
    ----------
    duty
        As it was.
    present, size
        How many of its team are there, and how many the team has; 0 and 0 where the person stood singly.
    proposals
        Who could stand in, the first choice first: those who break no rule, then the others. None where enough of the
        team are there.
    """

    duty: Duty
    present: int
    size: int
    proposals: tuple[Proposal, ...]

    @property
    def is_covered(self) -> bool:
        """Whether those of the team who are there do the work: at least half of it."""
        return self.size > 0 and 2 * self.present >= self.size


class Absence(NamedTuple):
    """A roster without the duties of somebody who is absent."""

    table: pd.DataFrame
    book: StaffBook
    """It has the absence in its sheet ``leave``."""
    open: list[Open]
    """In order of their days."""
    broken: list[Broken]
    """What the roster breaks now and did not before; a night that ends on the first day of the absence is told, too."""


class StoodIn(NamedTuple):
    """A roster with a substitute, the book with the debt, and what the change broke."""

    table: pd.DataFrame
    book: StaffBook
    broken: list[Broken]


def absent(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    person: str,
    from_day: date,
    to_day: date,
) -> Absence:
    """Take the duties of somebody who is absent out of a roster, locked ones too, and propose who could stand in.

    Open are the duties that begin from the first to the last day of the absence. A night that ends on its first day
    stays, and is locked: it is over, as a rule. Where it is not, the absence begins on the day before.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    person
        Who is absent.
    from_day, to_day
        First and last day of the absence.

    Raises
    ------
    PlanError
        The book has no such person, or the absence ends before it begins.
    TableError
        A column of the roster is missing.
    """
    refuse_unknown(book, person)
    if to_day < from_day:
        raise PlanError(f"the absence ends ({to_day}) before it begins ({from_day}); name its days in order")
    away = Leave(person=person, first=from_day, last=to_day, kind="absence")
    new = with_rows(book, leave=(*book.leave, away))
    duties, _ = from_table(table)
    gone = sorted(duty for duty in duties if duty.person == person and from_day <= duty.date <= to_day)
    reason = language(site.report.language)("{person} is absent", person=person)
    nights = [duty for duty in duties_of(duties, person, from_day - DAY) if book.shift[duty.shift].is_night]
    held = [replace(night, locked=True) for night in nights]
    after = exchanged(table, [*gone, *nights], held, new, site, reason)
    left = from_table(after)[0]
    found = [_open(duty, left, new, site, first, last) for duty in gone]
    return Absence(after, new, found, newly_broken(duties, [*gone, *nights], held, new, site, first, last, was=book))


def stand_in(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    duty: Duty,
    substitute: str,
    *,
    in_spite: bool = False,
) -> StoodIn:
    """Give a duty of somebody who is absent to a substitute: it counts for the substitute, and the other one owes it.

    Parameters
    ----------
    table, book
        Those of an :class:`Absence`.
    site, first, last
        What the roster is checked against, and its first and last day.
    duty
        The duty, as it was.
    substitute
        Who stands in.
    in_spite
        Also if that breaks rules; these are returned.

    Raises
    ------
    PlanError
        The book has no such person, or it is the absent one.
    Refused
        It breaks rules, which are named.
    """
    refuse_unknown(book, substitute)
    if substitute == duty.person:
        raise PlanError(f"{substitute} is the one who is absent; name somebody else")
    t = language(site.report.language)
    duties, _ = from_table(table)
    taken, put = [duty] if duty in duties else [], [_in_place_of(duty, substitute)]
    broken = newly_broken(duties, taken, put, book, site, first, last)
    if broken and not in_spite:
        raise Refused(t("does not stand in: {reasons}", reasons="; ".join(map(str, broken))), broken)
    after = exchanged(table, taken, put, book, site, t("{person} is absent", person=duty.person))
    return StoodIn(after, record(book, duty, substitute), broken)


def replan(
    absence: Absence,
    site: Site,
    first: date,
    last: date,
    *,
    seconds: float = 10.0,
    stopped: Callable[[], bool] | None = None,
) -> StoodIn:
    """Let the planner fill the open duties, with as few other changes as can be, none before the first of them.

    Whoever comes in place of an absent person that stood singly is a substitute, to whom the duty is owed. Without an
    absence, :func:`schedvisu_lib.plan.roster.roster.plan_roster` with ``keep`` does the same.

    Parameters
    ----------
    absence
        Whose duties are open.
    site, first, last
        What the roster is made for, and its first and last day.
    seconds
        For which a better roster is looked for, at most.
    stopped
        Asked now and then; as soon as it says so the search ends with the best roster so far.

    Raises
    ------
    PlanError
        OR-Tools are not installed.
    """
    from schedvisu_lib.plan.roster.roster import plan_roster  # the solver, which all else here does not need

    table, book = absence.table, absence.book
    if not absence.open:
        return StoodIn(table, book, [])
    begin = pd.Timestamp(min(one.duty.date for one in absence.open))
    is_over = table["date"] < begin
    held = table.assign(locked=table["locked"] | is_over)
    planned = plan_roster(book, site, first, last, keep=held, seconds=seconds, stopped=stopped).table
    new = pd.concat([table[is_over], planned[planned["date"] >= begin]])
    duties, empty = from_table(new)
    came = without(map(_who, duties), map(_who, from_table(table)[0]))
    for one in absence.open:
        place = cell_of(one.duty)
        taker = next((name for *where, name in sorted(came) if tuple(where) == place), None)
        if taker is None or one.size:
            continue
        came.remove((*place, taker))
        duties = [_in_place_of(duty, duty.person) if _who(duty) == (*place, taker) else duty for duty in duties]
        book = record(book, one.duty, taker)
    return StoodIn(to_table(duties, empty, book), book, [])


def _who(duty: Duty) -> tuple[date, str, str, str, str]:
    return (*cell_of(duty), duty.person)


def _in_place_of(duty: Duty, substitute: str) -> Duty:
    return replace(duty, person=substitute, origin="substitute", counts_for="")


def _open(duty: Duty, left: Sequence[Duty], book: StaffBook, site: Site, first: date, last: date) -> Open:
    """Return an open duty with those who could stand in; ``left`` are the duties of the roster without it."""
    here = (
        {one.person for one in left if one.team == duty.team and cell_of(one) == cell_of(duty)} if duty.team else set()
    )
    one = Open(duty, len(here), len(book.members.get(duty.team, ())), ())
    if one.is_covered:
        return one
    has = together(left, book, site, first, last)
    kinds = kinds_of(site, book.shift[duty.shift], duty.date)
    following = _next_team(duty, left, book)
    busy = {other.person for other in left if other.date == duty.date}
    proposals = []
    for name in pool_of(book, duty.level, duty.department):
        if name in busy or name == duty.person or is_away(book, name, book.shift[duty.shift], duty.date):
            continue
        count = tuple(has[duty.level, duty.department, name][kind] for kind in kinds)
        broken = tuple(newly_broken(left, [], [_in_place_of(duty, name)], book, site, first, last))
        is_next = bool(following) and book.person[name].team == following
        proposals.append(Proposal(name, "next team" if is_next else "free", count, broken))
    return replace(one, proposals=tuple(sorted(proposals, key=_preference)))


def _preference(one: Proposal) -> tuple[Any, ...]:
    """Order proposals: rules kept, next team, fewest counts."""
    return len(one.broken), one.why != "next team", one.count, one.person


def _next_team(duty: Duty, left: Sequence[Duty], book: StaffBook) -> str:
    """Return the team that follows in turn and is not on duty that day; "" if there is none."""
    turns = teams_of(book, duty.level, duty.department)
    if duty.team not in turns:
        return ""
    place = turns.index(duty.team)
    working = {one.team for one in left if one.date == duty.date}
    return next((team for team in (*turns[place + 1 :], *turns[:place]) if team not in working), "")
