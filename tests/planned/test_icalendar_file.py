"""iCalendar files, as calendars of rooms are exported."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.planned.icalendar_file import read_calendar_plan
from schedvisu_lib.planned.listing import Listing, PlanError

from .conftest import SiteWith

FIRST, LAST = date(2026, 5, 18), date(2026, 5, 22)
ReadIcs = Callable[..., Listing]


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n" + "".join(events) + "END:VCALENDAR\r\n"


@pytest.fixture
def read_ics(site_with: SiteWith, clerk_of: Any, tmp_path: Path) -> ReadIcs:
    def read(content: str | bytes, *, name: str = "rooms.ics", description: str | None = None) -> Listing:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        site = site_with(icalendar={"path": file, "description": description}, scanners={"Salle TEP": "Vision 600"})
        return read_calendar_plan(site.planned.icalendar, clerk_of(site), FIRST, LAST)

    return read


@pytest.mark.parametrize(
    "start",
    ["DTSTART:20260518T083000", "DTSTART;TZID=Europe/Paris:20260518T083000", "DTSTART:20260518T063000Z",
     "DTSTART;TZID=America/New_York:20260518T023000"],
)  # fmt: skip
def test_floating_zoned_and_universal_times_stand_on_the_sites_wall_clock(read_ics: ReadIcs, start: str) -> None:
    [one] = read_ics(calendar(event(start, "DURATION:PT45M", "LOCATION:Salle TEP"))).appointments
    assert one.start == datetime(2026, 5, 18, 8, 30)
    assert (one.minutes, one.scanner, one.status, one.source) == (45, "Vision 600", "scheduled", "icalendar")
    assert (one.patient, one.study_uid) == ("", "")


def test_end_tells_the_length_and_nothing_tells_none(read_ics: ReadIcs) -> None:
    known = event("DTSTART:20260518T083000", "DTEND:20260518T090000", "LOCATION:Salle TEP")
    unknown = event("DTSTART:20260518T093000", "LOCATION:Salle TEP", uid="2")
    first, second = read_ics(calendar(known, unknown)).appointments
    assert first.minutes == 30
    assert second.minutes != second.minutes


def test_scanner_is_that_of_the_location_else_of_the_file_else_of_the_summary(read_ics: ReadIcs) -> None:
    at = "DTSTART:20260518T083000"
    by_location = read_ics(calendar(event(at, "LOCATION:Salle TEP")), name="millennium.ics").appointments
    by_file = read_ics(calendar(event(at, "LOCATION:somewhere")), name="millennium.ics").appointments
    by_summary = read_ics(calendar(event(at, "SUMMARY:os - Symbia Intevo"))).appointments
    assert [one.scanner for one in (*by_location, *by_file, *by_summary)] == [
        "Vision 600",
        "Millennium",
        "Symbia Intevo",
    ]


def test_cancelled_events_are_cancelled(read_ics: ReadIcs) -> None:
    [one] = read_ics(calendar(event("DTSTART:20260518T083000", "LOCATION:Salle TEP", "STATUS:CANCELLED"))).appointments
    assert one.status == "cancelled"


def test_summaries_are_kept_only_as_far_as_the_site_says(read_ics: ReadIcs) -> None:
    text = calendar(event("DTSTART:20260518T083000", "LOCATION:Salle TEP", "SUMMARY:DUPONT Jeanne - PET-CT FDG"))
    [silent] = read_ics(text).appointments
    [told] = read_ics(text, description="^.* - (.+)$").appointments
    assert silent.description == ""
    assert told.description == "PET-CT FDG"
    assert "DUPONT" not in repr((silent, told))


def test_whole_days_and_other_rooms_are_left_out(read_ics: ReadIcs) -> None:
    whole_day = event("DTSTART;VALUE=DATE:20260518", "LOCATION:Salle TEP")
    other = event("DTSTART:20260518T083000", "LOCATION:IRM", uid="2")
    ours = event("DTSTART:20260518T083000", "LOCATION:Salle TEP", uid="3")
    listing = read_ics(calendar(whole_day, other, ours))
    assert len(listing.appointments) == 1
    assert listing.problems() == []


def test_an_event_that_recurs_is_read_once_and_told(read_ics: ReadIcs, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    listing = read_ics(calendar(event("DTSTART:20260518T083000", "RRULE:FREQ=DAILY", "LOCATION:Salle TEP")))
    assert len(listing.appointments) == 1
    assert "rooms.ics event 1: recurs, and only its first time is read" in caplog.text


def test_an_event_without_a_start_is_one_line_without_its_words(read_ics: ReadIcs, tmp_path: Path) -> None:
    text = calendar(event("DTSTART:nonsense", "LOCATION:Salle TEP", "SUMMARY:DUPONT Jeanne"))
    listing = read_ics(text)
    assert listing.problems() == [f"{tmp_path / 'rooms.ics'} event 1: has no start; correct it in the calendar"]
    assert listing.days == frozenset()


@pytest.mark.parametrize("content", ["", "hello DUPONT", b"\xff\xfe\x00"])
def test_something_else_is_no_calendar(read_ics: ReadIcs, content: str | bytes) -> None:
    with pytest.raises(PlanError, match=r"rooms\.ics: no iCalendar file \(.*\); export it anew") as raised:
        read_ics(content)
    assert "DUPONT" not in str(raised.value)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(["DTSTART", "DTEND", "DURATION", "SUMMARY", "STATUS", "RRULE", "LOCATION", "UID"]),
            max_size=5,
        )
        .flatmap(lambda names: st.tuples(*(st.text(max_size=20).map(lambda text, n=n: f"{n}:{text}") for n in names)))
        .map(lambda lines: calendar(event(*lines)).encode()),
    )
)
def test_no_file_is_a_crash(read_ics: ReadIcs, content: bytes) -> None:
    try:
        listing = read_ics(content, name="millennium.ics")
    except PlanError:
        return
    assert all(FIRST <= one.start.date() <= LAST for one in listing.appointments)
