"""Which duties do not move, and which should stay where they can."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import cell_of, given_duty

_DECIDED: Final = ("manual", "swap", "substitute")
"""Origins of duties that people agreed upon."""


def standing_and_rest(
    book: StaffBook, first: date, last: date, kept: Collection[Duty] = ()
) -> tuple[list[Duty], list[Duty]]:
    """Return the duties that do not move, and the others of the period.

    Standing are the book's duties outside the period, its locked ones, and of a roster those that are locked, set by
    hand, swapped or of a substitute; but not what somebody would have to do on a day of absence (rule 12).

    Parameters
    ----------
    kept
        A roster that is planned anew; of its duties those of the period count.
    """
    around: list[Duty] = []
    locked: list[Duty] = []
    loose: list[Duty] = []
    for row in book.duties:
        duty = given_duty(book, row)
        (locked if row.locked else loose).append(duty) if first <= row.date <= last else around.append(duty)
    mine = [duty for duty in kept if first <= duty.date <= last]
    has = {(cell_of(duty), name) for duty in mine for name in (duty.person, duty.counts_for)}
    decided = [duty for duty in mine if duty.locked or duty.origin in _DECIDED]
    stands = list(_there(book, [*(duty for duty in locked if (cell_of(duty), duty.person) not in has), *decided]))
    taken = {(cell_of(duty), duty.person) for duty in stands}
    stands += (duty for duty in _locked_in(mine, locked) if (cell_of(duty), duty.person) not in taken)
    taken = {(cell_of(duty), duty.person) for duty in stands}
    rest = [duty for duty in (mine or loose) if (cell_of(duty), duty.person) not in taken]
    return [*around, *stands], rest


def _locked_in(mine: Iterable[Duty], locked: Iterable[Duty]) -> Iterator[Duty]:
    """Yield the duties of a roster that are locked in the book."""
    names = {(cell_of(duty), duty.person) for duty in locked}
    return (duty for duty in mine if (cell_of(duty), duty.person) in names)


def _there(book: StaffBook, duties: Iterable[Duty]) -> Iterator[Duty]:
    """Yield the duties whose persons are not absent on that day."""
    absent = [row for row in book.leave if row.kind == "absence"]
    for duty in duties:
        if not any(row.person == duty.person and row.first <= duty.date <= row.last for row in absent):
            yield duty
