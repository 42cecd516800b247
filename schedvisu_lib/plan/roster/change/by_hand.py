"""Change a roster by hand: set a cell or a team, lock, unlock; each gives a new roster and leaves the old one alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.changes import (
    Change,
    Refused,
    broken_by_each,
    duties_of,
    exchanged,
    newly_broken,
    refuse_locked,
    refuse_unknown,
    the_duty,
)
from schedvisu_lib.plan.roster.duty import Duty, from_table
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan, cell_of
from schedvisu_lib.plan.roster.rules.lacking import filled
from schedvisu_lib.plan.roster.rules.seats import has_level, is_away, is_exempt, pool_department


@dataclass(frozen=True)
class Choice:
    """What a cell of person and day could hold.

    Parameters
    ----------
    shift
        A shift; None for no duty.
    level, department
        What the duty would be for; "" where there is none, or the level is the hospital's.
    is_set
        Whether the cell holds it now.
    broken
        The rules that forbid it; none, if it may be set.
    """

    shift: str | None
    level: str
    department: str
    is_set: bool
    broken: tuple[Broken, ...]


def set_duty(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    person: str,
    day: date,
    shift: str | None,
    *,
    level: str | None = None,
    in_spite: bool = False,
) -> Change:
    """Give somebody a shift on a day in place of what they have, or none.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    person, day
        The cell.
    shift
        What it shall hold; None for no duty.
    level
        What the duty is for. If None: where the shift has an empty seat, else where it is asked for, else the person's
        first level.
    in_spite
        Set it also if that breaks rules; these are returned. It has the origin "manual", and stands then.

    Raises
    ------
    PlanError
        Person, shift or level is unknown, the day lies outside the roster, or the duty in the cell is locked.
    Refused
        It breaks rules, which are named.
    """
    _refuse_nowhere(book, first, last, person, day)
    duties, _ = from_table(table)
    taken = duties_of(duties, person, day)
    put = [] if shift is None else [_duty(duties, book, site, person, day, shift, level)]
    return _set(table, duties, taken, put, book, site, first, last, in_spite=in_spite)


def set_team(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    team: str,
    day: date,
    shift: str | None,
    *,
    in_spite: bool = False,
) -> Change:
    """Give a whole team a shift on a day in place of what its members have, or none.

    Members who are away or exempt that day are left out; those who stood in with the team go with it.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    team, day
        Which team, and when.
    shift
        What it shall have; None for no duty.
    in_spite
        Set it also if that breaks rules; these are returned. It has the origin "manual", and stands then.

    Raises
    ------
    PlanError
        Team or shift is unknown, the day lies outside the roster, or a duty of one of them is locked.
    Refused
        It breaks rules, which are named.
    """
    if team not in book.team:
        raise PlanError(f'team "{team}" is not in the book; it has: {", ".join(book.team)}')
    _refuse_outside(first, last, day)
    duties, _ = from_table(table)
    members = book.members[team]
    taken = [duty for duty in duties if duty.date == day and (duty.team == team or duty.person in members)]
    put = [] if shift is None else _duties_of_team(book, team, day, _known_shift(book, shift))
    return _set(table, duties, taken, put, book, site, first, last, in_spite=in_spite)


def lock(table: pd.DataFrame, person: str, day: date, shift: str | None = None) -> Change:
    """Lock a duty: nothing moves it any more, unless its person is absent.

    Raises
    ------
    PlanError
        There is no such duty, or there are several and no shift is named.
    """
    return Change(_with_lock(table, person, day, shift, is_locked=True), [])


def unlock(table: pd.DataFrame, person: str, day: date, shift: str | None = None) -> Change:
    """Unlock a duty.

    Raises
    ------
    PlanError
        There is no such duty, or there are several and no shift is named.
    """
    return Change(_with_lock(table, person, day, shift, is_locked=False), [])


def choices(
    table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date, person: str, day: date
) -> list[Choice]:
    """Return what a cell could hold: no duty, and each shift, with the rules that forbid it.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    person, day
        The cell. Where it is locked, it has no choice but what it holds.

    Returns
    -------
    list of Choice
        No duty first, then the shifts in the order of the book, without those that have none of the person's levels.

    Raises
    ------
    PlanError
        The person is unknown, or the day lies outside the roster.
    """
    _refuse_nowhere(book, first, last, person, day)
    duties, _ = from_table(table)
    taken = duties_of(duties, person, day)
    if any(duty.locked for duty in taken):
        return [Choice(duty.shift, duty.level, duty.department, True, ()) for duty in taken]
    shifts = [one.name for one in book.shifts if any(has_level(one, level) for level in book.person[person].levels)]
    options: list[list[Duty]] = [[], *([_duty(duties, book, site, person, day, shift, None)] for shift in shifts)]
    now = [_what(duty) for duty in taken]
    found = broken_by_each(duties, taken, options, book, site, first, last)
    return [
        _choice(put, is_set=[_what(duty) for duty in put] == now, broken=broken)
        for put, broken in zip(options, found, strict=True)
    ]


def _choice(put: Sequence[Duty], *, is_set: bool, broken: Sequence[Broken]) -> Choice:
    shift, level, department = next(((one.shift, one.level, one.department) for one in put), (None, "", ""))
    return Choice(shift, level, department, is_set, () if is_set else tuple(broken))


def _with_lock(table: pd.DataFrame, person: str, day: date, shift: str | None, *, is_locked: bool) -> pd.DataFrame:
    the_duty(from_table(table)[0], person, day, shift)
    rows = (table["person"] == person) & (table["date"] == pd.Timestamp(day))
    if shift is not None:
        rows &= table["shift"] == shift
    return table.assign(locked=table["locked"].mask(rows, is_locked).astype("bool"))


def _set(
    table: pd.DataFrame,
    duties: Sequence[Duty],
    taken: Sequence[Duty],
    put: Sequence[Duty],
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    *,
    in_spite: bool,
) -> Change:
    for duty in taken:
        refuse_locked(duty)
    if sorted(map(_what, taken)) == sorted(map(_what, put)):
        return Change(table, [])
    t = language(site.report.language)
    broken = newly_broken(duties, taken, put, book, site, first, last)
    if broken and not in_spite:
        raise Refused(t("not set: {reasons}", reasons="; ".join(map(str, broken))), broken)
    return Change(exchanged(table, taken, put, book, site, t("taken out by hand")), broken)


def _refuse_nowhere(book: StaffBook, first: date, last: date, person: str, day: date) -> None:
    """Refuse a cell that the roster does not have."""
    refuse_unknown(book, person)
    _refuse_outside(first, last, day)


def _refuse_outside(first: date, last: date, day: date) -> None:
    if not first <= day <= last:
        raise PlanError(f"{day} lies outside the roster; name a day from {first} to {last}")


def _known_shift(book: StaffBook, shift: str) -> str:
    if shift not in book.shift:
        raise PlanError(f'shift "{shift}" is not in the book; it has: {", ".join(book.shift)}')
    return shift


def _duties_of_team(book: StaffBook, team: str, day: date, shift: str) -> list[Duty]:
    """Return the duties of all members who can be there."""
    own, kind = book.team[team], book.shift[shift]
    department = pool_department(book, own.level, own.department)
    there = [
        name for name in book.members[team] if not (is_exempt(book, name, kind, day) or is_away(book, name, kind, day))
    ]
    return [Duty(day, shift, own.level, department, name, team, "manual") for name in there]


def _duty(
    duties: Sequence[Duty], book: StaffBook, site: Site, person: str, day: date, shift: str, level: str | None
) -> Duty:
    """Return the duty of a person in a shift, at the level where it is needed most."""
    _known_shift(book, shift)
    if level is not None and level not in book.level:
        raise PlanError(f'level "{level}" is not in the book; it has: {", ".join(book.level)}')
    one = book.person[person]
    levels = (
        [level] if level is not None else sorted(one.levels, key=lambda name: not has_level(book.shift[shift], name))
    )
    places = [Duty(day, shift, name, pool_department(book, name, one.department), person) for name in levels]
    return min((_as_asked(place, duties, book, site) for place in places), key=lambda pair: pair[0])[1]


def _as_asked(duty: Duty, duties: Sequence[Duty], book: StaffBook, site: Site) -> tuple[int, Duty]:
    """Return a duty, with its team where the request is by team; 0 if it fills a seat, 1 if all are filled, else 2."""
    plan = DutyPlan(book, site, duty.date, duty.date, ())
    asked = plan.asked.get(cell_of(duty), [])
    team = book.person[duty.person].team or ""
    if team and any(one.by == "team" for one in asked):
        duty = replace(duty, team=team)
    duty = replace(duty, origin="manual")
    known = (one for one in duties if one.person in book.person and one.person != duty.person)
    others = [one for one in known if cell_of(one) == cell_of(duty)]
    before, after = (sum(filled(plan, asked, some)) for some in (others, [*others, duty]))
    return 2 if not asked else 0 if after > before else 1, duty


def _what(duty: Duty) -> tuple[str, str, str, str]:
    return duty.person, duty.shift, duty.level, duty.department
