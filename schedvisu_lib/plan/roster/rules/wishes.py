"""What persons wish of each day of a period, and whether they have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty


@dataclass(frozen=True)
class Wanted:
    """A wish of a person for one day: a duty, or none."""

    person: str
    date: date
    shift: str
    """ "" for any."""
    wants: Literal["on", "off"]
    weight: int


def wanted(book: StaffBook, first: date, last: date) -> Iterator[Wanted]:
    """Yield what is wished for each day of a period, in order of the rows of the sheet ``wishes``."""
    for row in book.wishes:
        for day in days_between(max(first, row.first), min(last, row.last)):
            yield Wanted(row.person, day, row.shift or "", row.wants, row.weight)


def unmet(duties: Iterable[Duty], book: StaffBook, first: date, last: date) -> list[Wanted]:
    """Return the wishes that a roster does not meet; a duty counts on the day on which it begins, for who is there."""
    there = {(duty.person, duty.date, name) for duty in duties for name in ("", duty.shift)}
    return [
        one for one in wanted(book, first, last) if ((one.person, one.date, one.shift) in there) != (one.wants == "on")
    ]
