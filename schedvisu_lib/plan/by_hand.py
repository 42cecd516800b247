"""Correct a plan by hand: delete, move, lock, fill again; each gives a new table and leaves the old one as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.language import language
from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book, Booking
from schedvisu_lib.plan.check import broken_of
from schedvisu_lib.plan.rules.broken import Broken
from schedvisu_lib.plan.rules.slots import length_of, needed_length, resources_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms


class Refused(PlanError):
    """A move that breaks rules.

    Parameters
    ----------
    text
        Names them.
    broken
        What would be broken.
    """

    def __init__(self, text: str, broken: Sequence[Broken]) -> None:
        self.broken = tuple(broken)
        super().__init__(text)


class Change(NamedTuple):
    """A table after a change by hand, and what the change broke."""

    appointments: pd.DataFrame
    broken: list[Broken]


def delete(appointments: pd.DataFrame, appointment_id: str, book: Book, site: Site, terms: Terms) -> Change:
    """Take an appointment out: its session has no time then; a booking that nothing asks for is gone.

    Raises
    ------
    PlanError
        There is no such appointment, or it is locked.
    """
    number = _unlocked_row(appointments, appointment_id)
    before = Timetable(appointments_in(appointments), book, site, terms)
    after = Timetable(_placed_without(appointments, number), book, site, terms)
    row = appointments.iloc[number]
    patients = [one for one in after.appointments if one.patient and one.patient == row["patient"]]
    had = {broken for one in before.appointments if one.patient == row["patient"] for broken in broken_of(one, before)}
    causes = [broken for one in patients for broken in broken_of(one, after) if broken not in had]
    if (row["patient"], row["sheet"], row["position"]) in after.prescriptions:
        t = language(site.report.language)
        reason = t("taken out by hand")
        empty = {"resource": "", "start": pd.NaT, "end": pd.NaT, "origin": "manual", "reason": reason}
        return Change(_sorted(_with(appointments, number, empty)), causes)
    return Change(_sorted(appointments.drop(index=appointments.index[number])), causes)


def move(
    appointments: pd.DataFrame,
    appointment_id: str,
    start: datetime,
    resource: str | None = None,
    *,
    book: Book,
    site: Site,
    terms: Terms,
    in_spite: bool = False,
) -> Change:
    """Give an appointment, or a session without a time, another start, and another resource if one is named.

    It is as long as its procedure takes. A session that had no time comes on the first resource that breaks no rule.

    Parameters
    ----------
    appointments, appointment_id
        The table, and which of its rows.
    start
        Where it shall begin.
    resource
        Where it shall be; if None, where it is.
    book, site, terms
        What the appointments are checked against.
    in_spite
        Move it also if that breaks rules; these are returned.

    Raises
    ------
    PlanError
        There is no such appointment, it is locked, or the resource is unknown.
    Refused
        The move breaks rules, which are named.
    """
    number = _unlocked_row(appointments, appointment_id)
    table = Timetable(_placed_without(appointments, number), book, site, terms)
    choice = _moved(appointments.iloc[number], start, resource, book, table)
    t = table.t
    one, broken = min(((one, broken_of(one, table)) for one in choice), key=lambda pair: len(pair[1]))
    if broken and not in_spite:
        raise Refused(t("not moved: {reasons}", reasons="; ".join(map(str, broken))), broken)
    values = {name: getattr(one, name) for name in ("resource", "start", "end", "origin")}
    changed = _with(appointments, number, values | {"reason": "", "appointment_id": one.appointment_id})
    return Change(_sorted(changed), broken)


def lock(appointments: pd.DataFrame, appointment_id: str) -> Change:
    """Lock an appointment: nothing moves it any more.

    Raises
    ------
    PlanError
        There is no such appointment, or the session has no time.
    """
    number = _row(appointments, appointment_id)
    if pd.isna(appointments["start"].iloc[number]):
        raise PlanError(f"{_name(appointments, number)} has no time; give it one before locking it")
    return Change(_with(appointments, number, {"locked": True}), [])


def unlock(appointments: pd.DataFrame, appointment_id: str) -> Change:
    """Unlock an appointment.

    Raises
    ------
    PlanError
        There is no such appointment.
    """
    return Change(_with(appointments, _row(appointments, appointment_id), {"locked": False}), [])


def refill(
    appointments: pd.DataFrame, book: Book, site: Site, terms: Terms, *, improve: bool = False, seconds: float = 3.0
) -> Change:
    """Look for times for all sessions without one; all others keep theirs, unless ``improve`` lets unlocked ones move.

    Parameters
    ----------
    appointments
        All that has a time stands, as if the book held it; the book's own bookings stand only if they are rows here.
    book, site, terms
        What is asked for, and how.
    improve
        Whether what is not locked may move.
    seconds
        How long to search.

    Raises
    ------
    PlanError
        The book cannot be planned.
    """
    from schedvisu_lib.plan.appointments import propose  # compiled code, which corrections by hand do not need

    held = book.model_copy(update={"bookings": tuple(map(booking_of, appointments_in(appointments)))})
    wish = terms.wish
    filled = propose(
        held,
        site,
        wish.mode,
        wish.at,
        first=terms.first,
        depth_course=terms.depth_course,
        depth_once=terms.depth_once,
        seconds=seconds,
        improve=improve,
    )
    return Change(filled, [])


def booking_of(one: Appointment) -> Booking:
    """Return an appointment as a booking of a book, where it stands as it is."""
    return Booking(
        resource=one.resource,
        start=one.start,
        end=one.end,
        patient=one.patient or None,
        procedure=one.procedure or None,
        sheet=one.sheet or None,
        position=one.position if one.sheet else None,
        session=one.session if one.sheet else None,
        locked=one.locked,
        origin=one.origin,
    )


def _row(appointments: pd.DataFrame, appointment_id: str) -> int:
    """Return the place of an appointment's row."""
    places = np.flatnonzero(appointments["appointment_id"] == appointment_id)
    if not len(places):
        raise PlanError(f'no appointment has the id "{appointment_id}"; take one of the column appointment_id')
    return int(places[0])


def _unlocked_row(appointments: pd.DataFrame, appointment_id: str) -> int:
    """Return the place of an appointment's row, and refuse a locked one."""
    number = _row(appointments, appointment_id)
    if appointments["locked"].iloc[number]:
        raise PlanError(f"{_name(appointments, number)} is locked; unlock it first")
    return number


def _name(appointments: pd.DataFrame, number: int) -> str:
    row = appointments.iloc[number]
    if not row["sheet"]:
        return f"the booking on {row['resource']} ({row['start']:%Y-%m-%d %H:%M})"
    return f"{row['sheet']} position {row['position']}, session {row['session']}"


def _moved(
    row: pd.Series[Any], start: datetime, resource: str | None, book: Book, table: Timetable
) -> list[Appointment]:
    """Return the appointment at its new time: on the resource asked for, on its own, or on each that may be used."""
    length = length_of(book, row["procedure"])
    if length is None:
        length = needed_length(book, row["procedure"]) if pd.isna(row["start"]) else row["end"] - row["start"]
    if resource is not None and resource not in book.resource:
        raise PlanError(f'resource "{resource}" is not in the book; it has: {", ".join(book.resource)}')
    asked = table.prescriptions.get((row["patient"], row["sheet"], row["position"]))
    if resource is None and not row["resource"] and asked is None:
        raise PlanError(f"{row['sheet']} position {row['position']} is not in the book; name a resource")
    chosen = resource or row["resource"]
    of_what = row["sheet"], row["patient"], int(row["position"]), row["procedure"], int(row["session"])
    return [
        Appointment(*of_what, name, start, start + length, "manual")
        for name in ([chosen] if chosen or asked is None else resources_of(asked, book))
    ]


def _placed_without(appointments: pd.DataFrame, number: int) -> list[Appointment]:
    """Return all appointments with a time but one."""
    return appointments_in(appointments.drop(index=appointments.index[number]))


def _with(appointments: pd.DataFrame, number: int, values: dict[str, Any]) -> pd.DataFrame:
    """Return the table with other values in one row."""
    changed = appointments.reset_index(drop=True)
    changed.loc[number, list(values)] = list(values.values())
    return changed.astype({name: appointments[name].dtype for name in values})


def _sorted(appointments: pd.DataFrame) -> pd.DataFrame:
    return appointments.sort_values(["start", "resource", "sheet", "position", "session"], ignore_index=True)
