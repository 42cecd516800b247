"""The difference of two rosters: the duties that were added, taken away, or went to somebody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any, Final

import pandas as pd

from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.duty import from_table

COLUMNS: Final = {
    "date": "datetime64[us]",
    "shift": "str",
    "level": "str",
    "department": "str",
    "before": "str",
    "after": "str",
    "change": "str",
}
"""Columns of a difference: who had the duty, who has it now, and what this is: one of :data:`CHANGES`."""

ADDED, TAKEN, MOVED = "added", "taken away", "went to somebody else"
CHANGES: Final = (ADDED, TAKEN, MOVED)
"""``before`` is "" for the first, ``after`` for the second."""

Place = tuple[date, str, str, str]
"""Day, shift, level and department of a duty."""


def diff(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each duty from one roster to another.

    Of the people who left a shift of a level and department on a day, and of those who came, the first in order of
    their names are told as one who took over from the other.

    Parameters
    ----------
    old, new
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`. Empty seats, locks and whom a duty counts for are
        not compared.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`, in order of date, shift, level, department and names; empty if nothing changed.

    Raises
    ------
    TableError
        A column of a roster is missing.
    """
    had, has = _people(old), _people(new)
    rows = [
        (*place, before, after, MOVED if before and after else ADDED if after else TAKEN)
        for place in sorted(had.keys() | has.keys())
        for before, after in _pairs(had.get(place, Counter()), has.get(place, Counter()))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def worded(difference: pd.DataFrame, t: Language) -> list[str]:
    """Return a line for each row of a difference, as people read it."""
    return [_line(row.date.date(), row, t) for row in difference.itertuples(index=False)]


def _people(table: pd.DataFrame) -> dict[Place, Counter[str]]:
    people: dict[Place, Counter[str]] = {}
    for duty in from_table(table)[0]:
        place = (duty.date, duty.shift, duty.level, duty.department)
        people.setdefault(place, Counter())[duty.person] += 1
    return people


def _pairs(had: Counter[str], has: Counter[str]) -> Iterator[tuple[str, str]]:
    """Yield who left and who came, in pairs as long as there are both."""
    yield from zip_longest(sorted((had - has).elements()), sorted((has - had).elements()), fillvalue="")


def _line(day: date, row: Any, t: Language) -> str:
    what = ", ".join(part for part in (t.day(day, "EEE d MMM"), row.shift, row.level, row.department) if part)
    if row.change == ADDED:
        return t("{duty}: {person} was added", duty=what, person=row.after)
    if row.change == TAKEN:
        return t("{duty}: {person} was taken away", duty=what, person=row.before)
    return t("{duty}: {after} instead of {before}", duty=what, after=row.after, before=row.before)
