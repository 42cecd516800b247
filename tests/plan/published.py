"""The published test of automatic dispatching, as a book.

Published: the procedures, their kinds, the two incompatibilities, the four modes and the times below. Assumed, because
the text does not say: groups, 10 minutes of travel between them, durations, opening hours (the same on all seven days),
lengths of courses, a depth of 14 days, a grid of 10 minutes, and the days, which are without a holiday.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from schedvisu_lib.plan.book.model import Book
from tests.plan.conftest import BOOK, asked, build_book, daily

FIRST: Final = date(2026, 6, 1)
EARLY: Final = {"mud": "08:00", "ecg": "08:40", "ther": "10:00", "pool": "11:00"}
"""Published: the day of the first mud pack."""
LATE: Final = {"ecg": "14:40", "pool": "15:30", "ther": "16:50", "mud": "17:50"}
SHEET: Final = (("mud", 5), ("bath", 5), ("pool", 10), ("ecg", 1), ("ther", 1))
"""Procedures in their order, with the (assumed) number of sessions."""

_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def published_book() -> Book:
    """Return the book of the published test."""
    resources = [row | {"hours": daily(*row["hours"]["mon"], days=_WEEK)} for row in BOOK["resources"]]
    prescriptions = [asked(name, position, sessions=n) for position, (name, n) in enumerate(SHEET, start=1)]
    return build_book(resources=resources, prescriptions=prescriptions)
