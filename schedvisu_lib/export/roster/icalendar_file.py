"""Duties as iCalendar (RFC 5545): a file for each person, and one for each department."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from icalendar import Event, vText

from schedvisu_lib.export.icalendar_file import calendar_bytes, on_the_clock
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.texts import printable
from schedvisu_lib.figures.roster_lines import pool_words
from schedvisu_lib.figures.roster_page import day_lines

_MINUTE: Final = 60


def person_ics(content: RosterContent, person: str, gone: pd.DataFrame | None = None) -> bytes:
    """Return the duties of a person as one calendar.

    The UID of an event comes from person and day, so that another shift of that day takes the place of the former
    event; SEQUENCE is the minute at which the file was made, since an event of a later file counts. Duties that are
    ``gone`` since an earlier file are cancelled, on days that have no other.
    """
    rows = content.filled.loc[content.filled["person"] == person]
    events = [_duty(row, content) for row in rows.itertuples(index=False)]
    if gone is not None:
        free = gone.loc[~gone["date"].isin(rows["date"])]
        events += [_cancelled(_duty(row, content)) for row in free.itertuples(index=False)]
    return _calendar(content, person, events)


def department_ics(content: RosterContent, department: str) -> bytes:
    """Return who is on duty for a department: an event for each day, shift and level, with all names.

    Levels of the hospital are in it with the people of the department.
    """
    rows = content.filled
    own = [content.department_of(row) == department for row in rows.itertuples(index=False)]
    return _calendar(content, department, _shifts(rows.loc[own], content, department))


def uid_of(*of: object) -> str:
    """Return the identifier of an event: the same whenever a roster has it."""
    return f"{hashlib.sha256('|'.join(map(str, of)).encode()).hexdigest()[:32]}@schedvisu"


def _calendar(content: RosterContent, whose: str, events: Iterable[Event]) -> bytes:
    name = f"{content.t('Duties')}: {whose}"
    days = (content.first, content.last)
    return calendar_bytes(events, content.site, name, days, generated_at=content.generated_at)


def _duty(row: Any, content: RosterContent) -> Event:
    event = _event(content, row.start, row.end, "duty", row.person, row.date.date())
    event.add("summary", printable(f"{row.shift}, {row.level}"))
    words = [pool_words(row.level, row.department), row.team and f"{content.t('Team')} {row.team}"]
    event.add("description", printable(", ".join(filter(None, words))))
    event.add("categories", [printable(row.shift)])
    return event


def _cancelled(event: Event) -> Event:
    event["status"], event["transp"] = vText("CANCELLED"), vText("TRANSPARENT")
    return event


def _shifts(rows: pd.DataFrame, content: RosterContent, department: str) -> Iterator[Event]:
    times = rows.drop_duplicates(["date", "shift"]).set_index(["date", "shift"])[["start", "end"]]
    for day, shift, pool, names, _ in day_lines(rows, {}):
        start, end = times.loc[(pd.Timestamp(day), shift)]
        event = _event(content, start, end, "shift", department, day, shift, pool)
        event.add("summary", printable(f"{shift}, {pool}: {'; '.join(names)}"))
        event.add("categories", [printable(shift)])
        yield event


def _event(content: RosterContent, start: pd.Timestamp, end: pd.Timestamp, *of: object) -> Event:
    zone = ZoneInfo(content.site.department.timezone)
    made = content.generated_at.replace(tzinfo=zone)
    event = Event()
    event.add("uid", uid_of(*of))
    event.add("sequence", int(made.timestamp()) // _MINUTE)
    event.add("dtstart", on_the_clock(_moment(start, zone), zone))
    event.add("dtend", on_the_clock(_moment(end, zone), zone))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")  # nobody may plan anything else there
    return event


def _moment(local: pd.Timestamp, zone: ZoneInfo) -> datetime:
    moment: datetime = local.to_pydatetime()
    return moment.replace(tzinfo=zone).astimezone(UTC)
