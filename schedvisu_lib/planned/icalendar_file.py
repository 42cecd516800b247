"""Read the appointments of iCalendar files (RFC 5545), as calendars of rooms are exported."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from schedvisu_lib.planned.clock import on_the_wall
from schedvisu_lib.planned.files import files_of, keep, read_bytes
from schedvisu_lib.planned.listing import Appointment, Clerk, Listing, PlanError, booked_minutes
from schedvisu_lib.settings.planned import CalendarPlan

_LOG = logging.getLogger(__name__)


def read_calendar_plan(settings: CalendarPlan, clerk: Clerk, first: date, last: date) -> Listing:
    """Return what the iCalendar files list from first to last day; of an event that recurs, its first time alone.

    Raises
    ------
    PlanError
        There is no such file, or it is no iCalendar file.
    """
    listing = Listing("icalendar")
    found: list[Appointment] = []
    for file in files_of(settings.path, settings.pattern, "planned.icalendar"):
        for number, event in enumerate(_events(file), start=1):
            found += _appointment(event, f"{file} event {number}", file, settings, clerk, listing)
    return keep(listing, found, first, last)


def _events(file: Path) -> list[Event]:
    try:
        calendars = Calendar.from_ical(read_bytes(file), multiple=True)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:  # its own text may hold a summary
        raise PlanError(f"{file}: no iCalendar file ({type(error).__name__}); export it anew") from None
    if not calendars:
        raise PlanError(f"{file}: no iCalendar file (it is empty); export it anew")
    return [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]


def _appointment(
    event: Event, place: str, file: Path, settings: CalendarPlan, clerk: Clerk, listing: Listing
) -> Iterator[Appointment]:
    """Yield the appointment of an event, if it is one of the site's scanners."""
    summary = _text(event, "SUMMARY")
    scanner = clerk.scanner([_text(event, "LOCATION"), file.stem]) or clerk.scanner_within(summary)
    if not scanner:
        listing.leave_out(file.name)
        return
    zone = ZoneInfo(clerk.site.department.timezone)
    start, end = _times(event, zone)
    if start is None:
        if not _is_whole_day(event):
            listing.lacks(f"{place}: has no start; correct it in the calendar")
        return
    if "RRULE" in event or "RDATE" in event:
        _LOG.warning("%s: recurs, and only its first time is read; export single events", place)
    status = clerk.status(_text(event, "STATUS"))
    uid = _text(event, "UID")
    parts = (uid, _text(event, "RECURRENCE-ID")) if uid else (scanner, start.isoformat(), summary)
    yield Appointment(
        appointment_id=clerk.appointment_id("icalendar", *parts),
        start=start,
        scanner=scanner,
        source="icalendar",
        minutes=booked_minutes(start, end),
        description=_description(summary, settings),
        status=status or "scheduled",
    )


def _description(summary: str, settings: CalendarPlan) -> str:
    """Return the part of a summary that the site file says to be free of names, "" without such a pattern."""
    match = re.search(settings.description, summary) if settings.description is not None else None
    if match is None:
        return ""
    return (match[1] if match.re.groups else match[0] or "").strip()


def _times(event: Event, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return start and end on the wall clock of the site; none for a whole day."""
    try:
        start, end, duration = (event.decoded(name, None) for name in ("DTSTART", "DTEND", "DURATION"))
        if not isinstance(start, datetime):
            return None, None
        begin = on_the_wall(start, zone)
        if isinstance(end, datetime):
            return begin, on_the_wall(end, zone)
        return begin, begin + duration if isinstance(duration, timedelta) else None
    except (ValueError, KeyError, OverflowError, AttributeError, TypeError):
        return None, None


def _is_whole_day(event: Event) -> bool:
    try:
        start = event.decoded("DTSTART", None)
    except (ValueError, KeyError, AttributeError, TypeError):
        return False
    return isinstance(start, date) and not isinstance(start, datetime)


def _text(event: Event, name: str) -> str:
    value = event.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return ""
    return (value.to_ical().decode(errors="replace") if name == "RECURRENCE-ID" else str(value)).strip()
