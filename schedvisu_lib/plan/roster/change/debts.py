"""Duties that are owed: who was absent owes the one who stood in, and pays it back in a later roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, Literal, NamedTuple

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import Debt, StaffBook
from schedvisu_lib.plan.roster.change.changes import exchanged, newly_broken, with_rows
from schedvisu_lib.plan.roster.duty import Duty, from_table
from schedvisu_lib.plan.roster.rules.days import weekend_worked

Kind = Literal["night", "weekend", "other"]
"""What a debt is paid in."""

COLUMNS: Final = {
    "debtor": "str",
    "creditor": "str",
    "date": "datetime64[us]",
    "shift": "str",
    "level": "str",
    "kind": "str",
}
"""Columns of what is owed: by whom, to whom, and the duty in which somebody stood in."""


class PaidBack(NamedTuple):
    """A roster in which debts were paid back, and the book that says so."""

    table: pd.DataFrame
    book: StaffBook
    paid: list[Debt]
    """Those that this roster paid; ``paid`` is the day of the duty."""


def kind_of(book: StaffBook, shift: str, day: date) -> Kind:
    """Return the kind of a duty: a night, on a weekend (no night), or another one."""
    if book.shift[shift].is_night:
        return "night"
    return "weekend" if weekend_worked(book.shift[shift], day) else "other"


def record(book: StaffBook, duty: Duty, substitute: str) -> StaffBook:
    """Return a book in which the person of a duty owes it to the one who stands in.

    Where that person stood in already, the one who was absent first owes it to the new substitute; where it is this
    one who takes it back, nobody owes it any more.
    """
    mine = next(
        (
            debt
            for debt in book.debts
            if (debt.creditor, debt.date, debt.shift, debt.level) == (duty.person, duty.date, duty.shift, duty.level)
            and debt.paid is None
        ),
        None,
    )
    debtor = duty.person if mine is None else mine.debtor
    others = tuple(debt for debt in book.debts if debt is not mine)
    if debtor == substitute:
        return with_rows(book, debts=others)
    owed_now = Debt(debtor=debtor, creditor=substitute, date=duty.date, shift=duty.shift, level=duty.level)
    return with_rows(book, debts=(*others, owed_now))


def owed(book: StaffBook) -> pd.DataFrame:
    """Return what is owed and not paid yet, the oldest first.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`.
    """
    rows = [
        (debt.debtor, debt.creditor, debt.date, debt.shift, debt.level, kind_of(book, debt.shift, debt.date))
        for debt in _unpaid(book)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def pay_back(table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> PaidBack:
    """Give duties of those who stood in to those who owe them one, wherever that breaks no rule.

    A debt is paid by the first duty of its level and kind (:func:`kind_of`) that the creditor has in this roster, after
    the day on which they stood in. The debtor does it as a substitute, and it counts for the debtor. Locked duties, and
    those that were swapped or are those of a substitute, stay where they are.

    Parameters
    ----------
    table
        A new roster: columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book
        Has the debts.
    site, first, last
        What the roster is checked against, and its first and last day.

    Raises
    ------
    TableError
        A column of the roster is missing.
    """
    debts, paid = list(book.debts), []
    for debt in _unpaid(book):
        found = _payment(debt, table, book, site, first, last)
        if found is not None:
            day, table = found
            done = debt.model_copy(update={"paid": day})
            debts[next(n for n, one in enumerate(debts) if one is debt)] = done
            paid.append(done)
    return PaidBack(table, with_rows(book, debts=tuple(debts)), paid)


def _unpaid(book: StaffBook) -> list[Debt]:
    return sorted((debt for debt in book.debts if debt.paid is None), key=lambda debt: (debt.date, debt.debtor))


def _payment(
    debt: Debt, table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date
) -> tuple[date, pd.DataFrame] | None:
    """Return the day of the first duty that pays a debt, and the roster in which the debtor has it."""
    if debt.debtor not in book.person:
        return None
    kind, reason = kind_of(book, debt.shift, debt.date), language(site.report.language)("paid back")
    duties, _ = from_table(table)
    for duty in sorted(duties):
        if _pays(duty, debt, kind, book) and first <= duty.date <= last:
            done = replace(duty, person=debt.debtor, origin="substitute")
            if not newly_broken(duties, [duty], [done], book, site, first, last):
                return duty.date, exchanged(table, [duty], [done], book, site, reason)
    return None


def _pays(duty: Duty, debt: Debt, kind: Kind, book: StaffBook) -> bool:
    return (
        (duty.person, duty.level) == (debt.creditor, debt.level)
        and duty.date > debt.date
        and not (duty.locked or duty.counts_for or duty.origin == "substitute")
        and kind_of(book, duty.shift, duty.date) == kind
    )
