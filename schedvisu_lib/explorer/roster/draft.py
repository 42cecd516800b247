"""The roster that lies on the desk: each change gives a new table, and the ones before are kept to go back to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change import by_hand
from schedvisu_lib.plan.roster.change.difference import diff, worded
from schedvisu_lib.plan.roster.change.paying import with_debts_paid
from schedvisu_lib.plan.roster.change.substitutes import Open, absent, stand_in
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.roster import plan_roster
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.check import check


class State(NamedTuple):
    """A roster, and the book that goes with it: absences and debts change both."""

    table: pd.DataFrame
    book: StaffBook


class RosterDraft:
    """A roster that is being changed.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site, first, last
        What it was made from, and its days.

    Attributes
    ----------
    begin : DataFrame
        The roster as it was at first.
    begin_book : StaffBook
        The book as it was at first.
    """

    def __init__(self, table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> None:
        self._now = State(table, book)
        self._before: list[State] = []
        self.site, self.first, self.last = site, first, last
        self.begin, self.begin_book = table, book

    @property
    def table(self) -> pd.DataFrame:
        """The roster as it is now."""
        return self._now.table

    @property
    def book(self) -> StaffBook:
        """The book as it is now."""
        return self._now.book

    @property
    def t(self) -> Language:
        """The language."""
        return language(self.site.report.language)

    @property
    def can_undo(self) -> bool:
        """Whether there was a change."""
        return bool(self._before)

    def undo(self) -> None:
        """Go back to what was before the last change; without one, stay."""
        if self._before:
            self._now = self._before.pop()

    def take(self, table: pd.DataFrame, book: StaffBook | None = None) -> None:
        """Let a table be the roster from now on."""
        self._before.append(self._now)
        self._now = State(table, book or self.book)

    def duty(self, person: str, day: date) -> pd.Series | None:
        """Return the row of somebody's duty on a day, if there is one."""
        rows = self.table.loc[(self.table["person"] == person) & (self.table["date"] == pd.Timestamp(day))]
        return None if rows.empty else rows.iloc[0]

    def choices(self, person: str, day: date) -> list[by_hand.Choice]:
        """Return what a cell could hold, with the rules that forbid it."""
        return by_hand.choices(self.table, self.book, *self._where, person, day)

    def set(self, person: str, day: date, shift: str | None, *, in_spite: bool = False) -> list[Broken]:
        """Give somebody a shift, or none, and return what that breaks.

        Raises
        ------
        PlanError
            It cannot be: the duty is locked.
        Refused
            It breaks rules, and shall not be done in spite of them.
        """
        change = by_hand.set_duty(self.table, self.book, *self._where, person, day, shift, in_spite=in_spite)
        if change.table is not self.table:
            self.take(change.table)
        return change.broken

    def toggle_lock(self, person: str, day: date) -> bool:
        """Lock a duty, or unlock a locked one; return whether it is locked then."""
        row = self.duty(person, day)
        if row is not None and row["locked"]:
            self.take(by_hand.unlock(self.table, person, day).table)
            return False
        self.take(by_hand.lock(self.table, person, day).table)
        return True

    def absent(self, person: str, first: date, last: date) -> list[Open]:
        """Let somebody be absent, and return the duties that are open then, with those who could stand in."""
        found = absent(self.table, self.book, *self._where, person, first, last)
        self.take(found.table, found.book)
        return found.open

    def stand_in(self, duty: Duty, substitute: str) -> None:
        """Let a substitute do a duty; the absent one owes it.

        Raises
        ------
        Refused
            It breaks rules.
        """
        found = stand_in(self.table, self.book, *self._where, duty, substitute)
        self.take(found.table, found.book)

    def broken(self) -> list[Broken]:
        """Return every rule that the roster breaks."""
        return check(self.table, self.book, *self._where)

    def replan(self, seconds: float, stopped: Callable[[], bool] | None = None) -> State:
        """Return the roster planned anew: around what is locked or set by hand, with as few changes as can be.

        The book that goes with it says which debts were paid.
        """
        made = plan_roster(self.book, *self._where, seconds=seconds, keep=self.table, stopped=stopped)
        paid = with_debts_paid(made, self.book, *self._where)
        return State(paid.table, paid.book)

    def changes(self, since: pd.DataFrame) -> list[str]:
        """Return a line for each duty that differs from another roster."""
        return worded(diff(since, self.table), self.t)

    @property
    def _where(self) -> tuple[Site, date, date]:
        return self.site, self.first, self.last
