"""Swaps that two people agree upon: who is on duty changes, whom the duty counts for does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.changes import (
    Change,
    Refused,
    exchanged,
    newly_broken,
    refuse_locked,
    refuse_unknown,
    the_duty,
)
from schedvisu_lib.plan.roster.duty import Duty, from_table


class Turn(NamedTuple):
    """A duty, named by its person and day; by its shift too, where somebody has two on a day."""

    person: str
    day: date
    shift: str | None = None


def swap(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    one: Turn,
    other: Turn,
    *,
    in_spite: bool = False,
) -> Change:
    """Exchange two duties of two people; each still counts for the one who had it.

    Swapped again, a duty counts as before the first swap; given back, it counts for its person again.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    one, other
        The two duties.
    in_spite
        Swap them also if that breaks rules; these are returned.

    Raises
    ------
    PlanError
        There is no such duty or person, one is locked, or both are of one person.
    Refused
        The swap breaks rules of one of the two, which are named.
    """
    duties, _ = from_table(table)
    for turn in (one, other):
        refuse_unknown(book, turn.person)
    mine, theirs = (the_duty(duties, *turn) for turn in (one, other))
    if mine.person == theirs.person:
        raise PlanError(f"both duties are those of {mine.person}; name the duties of two people")
    put = [_handed(mine, theirs.person), _handed(theirs, mine.person)]
    return _changed(table, [mine, theirs], put, book, site, first, last, in_spite=in_spite)


def give(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    one: Turn,
    taker: str,
    *,
    in_spite: bool = False,
) -> Change:
    """Give a duty to somebody who takes it; it still counts for the one who had it.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What the roster is checked against, and its first and last day.
    one
        The duty.
    taker
        Who takes it.
    in_spite
        Give it also if that breaks rules; these are returned.

    Raises
    ------
    PlanError
        There is no such duty or person, it is locked, or the taker has it already.
    Refused
        It breaks rules, which are named.
    """
    duties, _ = from_table(table)
    mine = the_duty(duties, *one)
    refuse_unknown(book, taker)
    if mine.person == taker:
        raise PlanError(f"the duty is that of {taker} already; name somebody else")
    return _changed(table, [mine], [_handed(mine, taker)], book, site, first, last, in_spite=in_spite)


def _handed(duty: Duty, taker: str) -> Duty:
    """Return a duty of somebody else that counts as before."""
    return replace(duty, person=taker, origin="swap", counts_for="" if duty.counted == taker else duty.counted)


def _changed(
    table: pd.DataFrame,
    taken: list[Duty],
    put: list[Duty],
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    *,
    in_spite: bool,
) -> Change:
    for duty in taken:
        refuse_locked(duty)
    t = language(site.report.language)
    broken = newly_broken(from_table(table)[0], taken, put, book, site, first, last)
    if broken and not in_spite:
        raise Refused(t("not swapped: {reasons}", reasons="; ".join(map(str, broken))), broken)
    return Change(exchanged(table, taken, put, book, site, t("swapped")), broken)
