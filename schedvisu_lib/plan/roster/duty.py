"""Duties as the planner hands them out: one row for each person in a shift, and one for each seat that stays empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import pandas as pd

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.roster.book.model import StaffBook

Origin = Literal["auto", "manual", "given", "substitute", "swap"]

COLUMNS: Final = {
    "date": "datetime64[us]",
    "shift": "str",
    "level": "str",
    "department": "str",
    "team": "str",
    "person": "str",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "origin": "str",
    "locked": "bool",
    "made_by": "str",
    "counts_for": "str",
    "reason": "str",
}
"""Columns of a roster and their types; times are the local wall clock of the site.

A seat that nobody fills has "" as ``person``, and its ``reason`` says why. ``department`` is "" where the level is the
hospital's, ``team`` where the person stands singly, ``counts_for`` where the duty counts for its person.
"""


@dataclass(frozen=True, order=True)
class Duty:
    """A person in a shift on a day."""

    date: date
    shift: str
    level: str
    department: str
    person: str
    team: str = ""
    origin: Origin = "auto"
    locked: bool = False
    made_by: str = ""
    counts_for: str = ""

    @property
    def counted(self) -> str:
        """The person for whom it counts."""
        return self.counts_for or self.person

    def span(self, book: StaffBook) -> tuple[datetime, datetime]:
        """Return when it begins and ends."""
        return book.shift[self.shift].span(self.date)


@dataclass(frozen=True, order=True)
class Empty:
    """A required seat that nobody fills, and why."""

    date: date
    shift: str
    level: str
    department: str
    reason: str = ""


def to_table(duties: Iterable[Duty], empty: Iterable[Empty], book: StaffBook) -> pd.DataFrame:
    """Return duties and empty seats in order of date, shift's start, level, department and person.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`.

    Raises
    ------
    TableError
        The book does not know a shift.
    """
    nobody = {"person": "", "team": "", "origin": "auto", "locked": False, "made_by": "", "counts_for": ""}
    rows: list[dict[str, Any]] = [
        *({**vars(duty), "reason": ""} for duty in duties),
        *({**vars(seat), **nobody} for seat in empty),
    ]
    for row in rows:
        if row["shift"] not in book.shift:
            raise TableError(
                f'{row["date"]}: the book has no shift "{row["shift"]}"; add it to the sheet shifts, or drop its duties'
            )
        row["start"], row["end"] = book.shift[row["shift"]].span(row["date"])
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    order = ["date", "start", "level", "department", "team", "person"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def from_table(table: pd.DataFrame) -> tuple[list[Duty], list[Empty]]:
    """Return the duties and empty seats of a roster.

    Raises
    ------
    TableError
        A column is missing.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise TableError(f"the roster lacks the column(s) {', '.join(missing)}; take one that the planner made")
    duties, empty = [], []
    for row in table.itertuples(index=False):
        where = (row.date.date(), row.shift, row.level, row.department)
        if row.person:
            duties.append(Duty(*where, row.person, row.team, row.origin, bool(row.locked), row.made_by, row.counts_for))
        else:
            empty.append(Empty(*where, row.reason))
    return duties, empty
