"""The effective agenda as iCalendar (RFC 5545): an event for each exam, without anything of the patient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from icalendar import Calendar, Event

from schedvisu_lib import __version__
from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.export.tables import Extent
from schedvisu_lib.export.texts import printable
from schedvisu_lib.language import Language, language


def agenda_bytes(studies: pd.DataFrame, site: Site, extent: Extent, *, generated_at: datetime) -> bytes:
    """Return the exams of an extent as one calendar, in the time zone of the site.

    Parameters
    ----------
    studies
        The table of an export (:func:`schedvisu_lib.export.tables.export_table`).
    site
        Gives time zone, language and title.
    extent
        Its days and scanners.
    generated_at
        When it is made, on the wall clock of the site.
    """
    t = language(site.report.language)
    zone = ZoneInfo(site.department.timezone)
    name = f"{site.report.title}: {', '.join(extent.scanners)}"
    days = extent.first, extent.last
    return calendar_bytes(_events(studies, zone, t), site, name, days, generated_at=generated_at)


def calendar_bytes(
    events: Iterable[Event], site: Site, name: str, days: tuple[date, date], *, generated_at: datetime
) -> bytes:
    """Return events as a calendar of a name, with the rules of the site's time zone around its first and last day."""
    calendar = Calendar()
    calendar.add("prodid", f"-//SchedVisu//SchedVisu {__version__}//{site.report.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", printable(name))
    calendar.add("x-wr-timezone", site.department.timezone)
    stamp = generated_at.replace(tzinfo=ZoneInfo(site.department.timezone)).astimezone(UTC)
    for event in events:
        event.add("dtstamp", stamp)
        calendar.add_component(event)
    # Rules of the zone from well before the first event to well after the last one.
    calendar.add_missing_timezones(date(days[0].year - 1, 1, 1), date(days[1].year + 2, 1, 1))
    return bytes(calendar.to_ical())


def _events(studies: pd.DataFrame, zone: ZoneInfo, t: Language) -> Iterator[Event]:
    for exam in studies.itertuples():
        duration = exam.end - exam.start
        start = exam.start.to_pydatetime().replace(tzinfo=zone).astimezone(UTC)
        begin, end = _to_the_second(start), _to_the_second(start + duration)  # what truly passed, see docs/data.md
        name = printable(t("OTHER") if exam.exam_type == OTHER else exam.exam_type)
        take = t("take {take} of {n}", take=exam.take, n=exam.n_takes) if exam.n_takes > 1 else ""
        event = Event()
        event.add("uid", uid_of(exam.exam_id))
        event.add("summary", f"{name}, {take}" if take else name)
        event.add("location", printable(exam.scanner))
        event.add("dtstart", on_the_clock(begin, zone))
        if end > begin:  # an event without an end takes no time
            event.add("dtend", on_the_clock(end, zone))
        event.add("categories", [name])
        event.add("description", "\n".join(filter(None, [t("Duration {time}", time=t.duration(duration)), take])))
        event.add("transp", "TRANSPARENT")  # it is over: nobody is to find it in the way of an appointment
        yield event


def uid_of(exam_id: str) -> str:
    """Return the event's identifier: the same whenever the exam is exported, and without its study's UID."""
    return f"{hashlib.sha256(exam_id.encode()).hexdigest()[:32]}@schedvisu"


def _to_the_second(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def on_the_clock(moment: datetime, zone: ZoneInfo) -> Any:
    """Return a moment on the clock of a zone; in UTC, where the clock shows that time for the second time.

    With a zone's name, a time that occurs twice means the first one (RFC 5545, 3.3.5).
    """
    local = moment.astimezone(zone)
    return moment if local.fold else local
