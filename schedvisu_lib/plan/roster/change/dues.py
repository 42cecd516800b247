"""What is owed when a roster is made, and which of its duties pay it back.

A debt is paid by a duty of its level and kind (night, weekend, other) that the debtor has beyond the share of the
period; the others of the pool, who have fewer then, are first of all those who stood in, as their counts are higher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import Debt, StaffBook
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.change.debts import Kind, kind_of
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import STAND_INS
from schedvisu_lib.plan.roster.rules.seats import demands, may_do


@dataclass(frozen=True)
class Due:
    """What somebody owes in duties of one level and kind.

    Parameters
    ----------
    share
        How many of them the person would have in the period without any debt.
    debts
        From before the period, the oldest first.
    """

    person: str
    level: str
    kind: Kind
    share: int
    debts: tuple[Debt, ...]


def dues(book: StaffBook, site: Site, first: date, last: date) -> list[Due]:
    """Return what is owed when a period begins."""
    owed: dict[tuple[str, str, Kind], list[Debt]] = defaultdict(list)
    for debt in sorted((one for one in book.debts if one.paid is None), key=lambda one: (one.date, one.creditor)):
        if debt.date < first and debt.debtor in book.person:
            owed[debt.debtor, debt.level, kind_of(book, debt.shift, debt.date)].append(debt)
    return [
        Due(*key, round(_share(book, site, first, last, *key)), tuple(debts)) for key, debts in sorted(owed.items())
    ]


def paid_by(duties: Iterable[Duty], owed: Iterable[Due], book: StaffBook, first: date, last: date) -> Iterator[Debt]:
    """Yield the debts that a roster pays, with the day of the duty that pays each."""
    within = sorted(duty for duty in duties if first <= duty.date <= last)
    for due in owed:
        beyond = [duty for duty in within if pays(book, due, duty)][due.share :]
        for debt, duty in zip(due.debts, beyond, strict=False):
            yield debt.model_copy(update={"paid": duty.date})


def settled(book: StaffBook, paid: Iterable[Debt]) -> StaffBook:
    """Return a book in which debts are marked as paid."""
    done = {one.model_copy(update={"paid": None}): one for one in paid}
    return with_rows(book, debts=tuple(done.get(debt, debt) for debt in book.debts))


def pays(book: StaffBook, due: Due, duty: Duty) -> bool:
    """Tell whether a duty is of the level and kind that somebody owes, and not one in another's place."""
    return (
        (duty.person, duty.level, kind_of(book, duty.shift, duty.date)) == (due.person, due.level, due.kind)
        and not duty.counts_for
        and duty.origin not in STAND_INS
    )


def _share(book: StaffBook, site: Site, first: date, last: date, person: str, level: str, kind: Kind) -> float:
    """Return somebody's part of the seats of a level and kind, split among all who may sit in each."""
    share = 0.0
    for one in demands(book, site, first, last):
        if one.level == level and kind_of(book, one.shift, one.date) == kind and may_do(book, person, one):
            able = [other.name for other in book.staff if may_do(book, other.name, one)]
            most = {name: book.contract_of(name).most_shifts or 0 for name in able}
            part = most[person] / sum(most.values()) if all(most.values()) else 1 / len(able)
            seats = one.preferred if one.by == "number" else one.preferred * len(able) / len(_teams(book, able))
            share += seats * part
    return share


def _teams(book: StaffBook, names: list[str]) -> set[str | None]:
    return {book.person[name].team for name in names}
