"""What a new roster does for the debts of its book: those that the planner paid, then those that it can still pay."""

from __future__ import annotations

from datetime import date

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.debts import PaidBack, pay_back
from schedvisu_lib.plan.roster.change.dues import settled
from schedvisu_lib.plan.roster.roster import Roster


def with_debts_paid(made: Roster, book: StaffBook, site: Site, first: date, last: date) -> PaidBack:
    """Return a roster in which debts were paid back, the book that says so, and all of these debts.

    Parameters
    ----------
    made
        The roster, as the planner made it.
    book, site, first, last
        What it was made from, and its days.
    """
    rest = pay_back(made.table, settled(book, made.paid), site, first, last)
    return PaidBack(rest.table, rest.book, [*made.paid, *rest.paid])
