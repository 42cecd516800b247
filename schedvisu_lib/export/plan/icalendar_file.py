"""Appointments as iCalendar (RFC 5545), a file for each patient or resource; none names a patient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from icalendar import Event

from schedvisu_lib.export.icalendar_file import calendar_bytes, on_the_clock
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.texts import printable
from schedvisu_lib.figures.appointment_lists import most_sessions, session_words, state_words
from schedvisu_lib.figures.appointments import Whose

_MINUTE: Final = 60


def plan_ics(content: PlanContent, of: Whose, name: str) -> bytes:
    """Return the appointments of a patient, a sheet or a resource as one calendar.

    The UID of an event comes from its ``appointment_id``, so that a session that was planned anew takes the place of
    its former event; SEQUENCE is the minute at which the file was made, since an event of a later file counts.

    Parameters
    ----------
    content
        The plan.
    of, name
        Whose: the column of the appointments, and what stands in it.
    """
    rows = content.placed.loc[content.placed[of] == name]
    whose = name if of != "patient" else content.patients.get(name, "")
    t, days = content.t, content.days
    title = f"{t('Appointments')}: {whose}"
    return calendar_bytes(_events(rows, content, of), content.site, title, days, generated_at=content.generated_at)


def uid_of(uid: str) -> str:
    """Return the identifier of an appointment's event."""
    return f"{uid}@schedvisu"


def is_settled(row: Any) -> bool:
    """Tell whether an appointment is more than a proposal: it stood before, was set by hand, or is locked."""
    return bool(row.origin != "auto" or row.locked)


def _events(rows: pd.DataFrame, content: PlanContent, of: Whose) -> Iterator[Event]:
    t, zone = content.t, ZoneInfo(content.site.department.timezone)
    most = most_sessions(content.appointments)
    made = content.generated_at.replace(tzinfo=zone).astimezone(UTC)
    for row in rows.itertuples():
        procedure = printable(row.procedure or t("taken"))
        session = session_words(row, most)
        session = t("session {session}", session=session) if session else ""
        event = Event()
        event.add("uid", uid_of(row.uid))
        event.add("sequence", int(made.timestamp()) // _MINUTE)
        event.add("summary", printable(", ".join(filter(None, [procedure, row.sheet if of == "resource" else ""]))))
        event.add("location", printable(row.resource))
        event.add("dtstart", on_the_clock(_moment(row.start, zone), zone))
        event.add("dtend", on_the_clock(_moment(row.end, zone), zone))
        event.add("categories", [procedure])
        words = ", ".join(filter(None, [session, state_words(row, t)]))
        if words:
            event.add("description", printable(words))
        event.add("status", "CONFIRMED" if is_settled(row) else "TENTATIVE")
        event.add("transp", "OPAQUE")  # nobody may plan anything else there
        yield event


def _moment(local: pd.Timestamp, zone: ZoneInfo) -> datetime:
    moment: datetime = local.to_pydatetime()
    return moment.replace(tzinfo=zone).astimezone(UTC)
