"""What each person has by a roster, and what would be fair."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty, from_table
from schedvisu_lib.plan.roster.rules.days import is_holiday, weekend_worked
from schedvisu_lib.plan.roster.rules.fair import KINDS, Group, Kind, Share, Tally, groups, shares, spread, together
from schedvisu_lib.plan.roster.rules.wishes import unmet, wanted

COLUMNS: Final[dict[str, str]] = {
    "person": "str",
    "department": "str",
    "title": "str",
    "total": "int64",
    "nights": "int64",
    "weekends": "int64",
    "holidays": "int64",
    "hours": "float64",
    **{f"{prefix}_{kind}": "float64" for prefix in ("has", "fair") for kind in KINDS},
    "wishes": "int64",
    "wishes_met": "int64",
    "owes": "int64",
    "is_owed": "int64",
}
"""Columns of the statistics and their types.

``total``, ``nights``, ``weekends``, ``holidays`` and ``hours`` are what the person works in the period. ``has_nights``
is what counts for the person by this roster and before it, over all levels; ``fair_nights`` is the fair share of it; so
for the other kinds. ``wishes`` are those of the period, one for each day; ``owes`` and ``is_owed`` are duties not paid
back.
"""
SPREAD_COLUMNS: Final[dict[str, str]] = {
    "level": "str",
    "department": "str",
    "by": "str",
    "title": "str",
    "persons": "int64",
    "nights": "int64",
    "weekends": "int64",
    "holidays": "int64",
    "total": "int64",
}
"""Columns of the spread and their types: who shares the same duties, and largest minus smallest count of each kind."""


def statistics(table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> pd.DataFrame:
    """Return what each person of the book has by a roster, in the order of the book.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`; duties outside the period do not count.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`.
    """
    duties = _within(table, first, last)
    of_person: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        of_person[duty.person].append(duty)
    has, fair = together(duties, book, site, first, last), shares(book, site, first, last)
    wishes = Counter(one.person for one in wanted(book, first, last))
    not_met = Counter(one.person for one in unmet(duties, book, first, last))
    owes = Counter(debt.debtor for debt in book.debts if debt.paid is None)
    is_owed = Counter(debt.creditor for debt in book.debts if debt.paid is None)
    of_all = _summed(has), _summed(fair)
    rows: list[dict[str, Any]] = [
        {
            "person": name,
            "department": person.department,
            "title": person.title,
            **_worked(of_person[name], book, site),
            **{f"has_{kind}": of_all[0][name][kind] for kind in KINDS},
            **{f"fair_{kind}": of_all[1][name][kind] for kind in KINDS},
            "wishes": wishes[name],
            "wishes_met": wishes[name] - not_met[name],
            "owes": owes[name],
            "is_owed": is_owed[name],
        }
        for name, person in book.person.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def spread_table(table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> pd.DataFrame:
    """Return how evenly duties are spread: a row for each group of those who share the same duties.

    Returns
    -------
    DataFrame
        Columns of :data:`SPREAD_COLUMNS`.
    """
    found, sizes = spread(_within(table, first, last), book, site, first, last), groups(book)
    rows = [_spread_row(group, len(sizes[group]), tally) for group, tally in found.items()]
    return pd.DataFrame(rows, columns=list(SPREAD_COLUMNS)).astype(SPREAD_COLUMNS)


def _within(table: pd.DataFrame, first: date, last: date) -> list[Duty]:
    return [duty for duty in from_table(table)[0] if first <= duty.date <= last]


def _worked(duties: Sequence[Duty], book: StaffBook, site: Site) -> dict[str, float]:
    """Return what somebody works, whomever it counts for."""
    shifts = [(book.shift[duty.shift], duty.date) for duty in duties]
    return {
        "total": len(shifts),
        "nights": sum(shift.is_night for shift, _ in shifts),
        "weekends": len({weekend_worked(shift, day) for shift, day in shifts} - {None}),
        "holidays": sum(is_holiday(site, day) for _, day in shifts),
        "hours": sum(shift.worked for shift, _ in shifts) / 60,
    }


def _summed(
    of_member: dict[tuple[str, str, str], Tally] | dict[tuple[str, str, str], Share],
) -> dict[str, dict[Kind, float]]:
    """Sum what somebody has in each of their pools."""
    found: dict[str, dict[Kind, float]] = defaultdict(lambda: dict.fromkeys(KINDS, 0.0))
    for (_, _, person), each in of_member.items():
        for kind in KINDS:
            found[person][kind] += each[kind]
    return found


def _spread_row(group: Group, persons: int, tally: Tally) -> dict[str, Any]:
    return {
        "level": group.level,
        "department": group.department,
        "by": group.by,
        "title": group.title,
        "persons": persons,
        **{str(kind): number for kind, number in tally.items()},
    }
