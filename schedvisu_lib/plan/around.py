"""What stands around appointments in a figure: opening hours, times at which patients are elsewhere, ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointments import Around
from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.appointment import appointments_in
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.rules.open_hours import open_hours
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms
from schedvisu_lib.studies.selection import Day, as_days

_TIMES: Final = {"start": "datetime64[us]", "end": "datetime64[us]"}


def around(appointments: pd.DataFrame, book: Book, site: Site, first: Day, last: Day) -> Around:
    """Return what stands around appointments between two days, both included.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    book, site
        Give opening hours, busy times, and the minutes between groups.
    first, last
        Days, both included.
    """
    begin, end = as_days(first, last)
    opening = (
        (resource.name, *span)
        for resource in book.resources
        for day in days_between(begin, end)
        for span in open_hours(resource, book, site, day)
    )
    busy = ((row.patient, row.start, row.end) for row in book.busy)
    return Around(
        _table("resource", opening),
        _table("patient", busy),
        _table("patient", _ways(Timetable(appointments_in(appointments), book, site, Terms(begin)))),
    )


def _ways(table: Timetable) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield for each appointment that follows another one of its day elsewhere the last minutes to walk there."""
    in_order = sorted((one for one in table.appointments if one.patient), key=lambda one: (one.patient, one.start))
    for one, other in pairwise(in_order):
        way = table.travel(one, other)
        if way and one.patient == other.patient and one.start.date() == other.start.date():
            yield one.patient, other.start - way, other.start


def _table(name: str, rows: Any) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[name, *_TIMES]).astype({name: "str", **_TIMES})
