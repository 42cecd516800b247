"""How good a plan is: the four numbers that are compared one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.terms import Terms


class Score(NamedTuple):
    """A plan is better than another one if it is less, number by number; they are never added, so none can overflow."""

    lost: int
    """Sum of 10 - priority of the sessions without a time."""
    distance: int
    """Minutes from what was wished."""
    waiting: int
    """Minutes between neighbours of a patient's day."""
    changes: int
    """Changes of building between them."""


def score_of(table: pd.DataFrame, book: Book, terms: Terms, *, booked: Collection[str] = ()) -> Score:
    """Return the score of a table of appointments.

    Parameters
    ----------
    table
        With the columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    book, terms
        What it was planned from.
    booked
        ``appointment_id`` of those that stand already: they have no distance, but patients wait for them too.
    """
    asked = {(row.patient, row.sheet, row.position): row for row in book.prescriptions}
    without = table.loc[table["start"].isna(), ["patient", "sheet", "position"]]
    lost = sum(10 - asked[key].priority for key in without.itertuples(index=False, name=None))
    rows = appointments_in(table)
    distance = sum(
        terms.distance_of(asked[one.patient, one.sheet, one.position], one.session, one.start)
        for one in rows
        if one.sheet and (one.patient, one.sheet, one.position) in asked and one.appointment_id not in booked
    )
    return Score(lost, distance, *waiting_of(rows, book))


def waiting_of(appointments: Iterable[Appointment], book: Book) -> tuple[int, int]:
    """Return minutes of waiting and number of changes of building, over all days of all patients."""
    days = defaultdict(list)
    for one in appointments:
        if one.patient:
            days[one.patient, one.start.date()].append(one)
    buildings = {group.name: (group.building, "" if group.building else group.name) for group in book.groups}
    waiting = changes = 0
    for day in days.values():
        for one, other in pairwise(sorted(day, key=lambda appointment: appointment.start)):
            waiting += max(0, int((other.start - one.end).total_seconds()) // 60)
            changes += buildings[book.group_of[one.resource]] != buildings[book.group_of[other.resource]]
    return waiting, changes
