"""The agenda as calendar programs read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from icalendar import Calendar, Event

import schedvisu_lib as sv
from schedvisu_lib.export.icalendar_file import agenda_bytes
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import What
from tests.conftest import Builder

from .conftest import EVENING, FRIDAY, MONDAY

ZURICH = ZoneInfo("Europe/Zurich")


def read(studies: pd.DataFrame, site: sv.Site, extent: Extent) -> Calendar:
    table = export_table(What.STUDIES, studies, site, extent)
    return Calendar.from_ical(agenda_bytes(table, site, extent, generated_at=EVENING))


def events(calendar: Calendar) -> list[Event]:
    return list(calendar.walk("VEVENT"))


@pytest.fixture
def calendar(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> Calendar:
    return read(exams, demo_site, week)


def test_an_event_for_each_exam_with_type_scanner_and_times(calendar: Calendar) -> None:
    found = [
        (str(event["SUMMARY"]), str(event["LOCATION"]), event.decoded("DTSTART"), event.decoded("DTEND"))
        for event in events(calendar)
    ]

    def at(hour: int, minute: int, second: int = 0) -> datetime:
        return datetime(2026, 5, 18, hour, minute, second, tzinfo=ZURICH)

    assert found == [
        ("FDG STAND.", "Discovery 690", at(8, 0), at(8, 20)),
        ("FDG STAND.", "Discovery 690", at(8, 30), at(9, 0)),
        ("OS, reprise 1 sur 2", "Millennium", at(9, 0), at(9, 6)),
        ("PSMA", "Discovery 690", at(11, 0), at(11, 45, 30)),
        ("OS, reprise 2 sur 2", "Millennium", at(12, 0), at(12, 30)),
    ]
    last = events(calendar)[-1]
    assert str(last["DESCRIPTION"]) == "Durée 0:30\nreprise 2 sur 2"
    assert last["CATEGORIES"].cats == ["OS"]
    assert last.decoded("DTSTAMP") == EVENING.replace(tzinfo=ZURICH)


def test_times_name_the_zone_whose_rules_are_in_the_file(calendar: Calendar) -> None:
    [event, *_] = events(calendar)
    assert event["DTSTART"].params["TZID"] == "Europe/Zurich"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Zurich"]
    assert calendar.get_missing_tzids() == set()


def test_one_scanner_alone(exams: pd.DataFrame, demo_site: sv.Site) -> None:
    calendar = read(exams, demo_site, Extent(MONDAY, FRIDAY, ("Millennium",)))
    assert {str(event["LOCATION"]) for event in events(calendar)} == {"Millennium"}
    assert str(calendar["X-WR-CALNAME"]) == "Occupation des scanners: Millennium"


def test_identifiers_are_stable_unique_and_tell_nothing(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.STUDIES, exams, demo_site, week)
    first = agenda_bytes(table, demo_site, week, generated_at=EVENING)
    later = agenda_bytes(table.iloc[::-1], demo_site, week, generated_at=EVENING + timedelta(days=1))
    uids = [str(event["UID"]) for event in events(Calendar.from_ical(first))]
    assert len(set(uids)) == len(table)
    assert {str(event["UID"]) for event in events(Calendar.from_ical(later))} == set(uids)
    for secret in (*exams["patient"], *exams["exam_id"], *exams["exam_id"].str.split("_").str[0]):
        assert f"{secret}".encode() not in first.replace(b"VERSION:2.0", b"")


def test_texts_from_outside_are_escaped(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    name = "A;B,C\x1b\nEND:VEVENT"
    studies = make_studies([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20", "exam_type": name}])
    [event] = events(read(studies, demo_site, week))
    assert str(event["SUMMARY"]) == "A;B,C END:VEVENT"
    assert event["CATEGORIES"].cats == ["A;B,C END:VEVENT"]


def test_an_unmapped_exam_and_one_without_length(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    moment = "2026-05-18 08:00:00.7"
    [event] = events(read(make_studies([{"start": moment, "end": moment, "exam_type": "OTHER"}]), demo_site, week))
    assert str(event["SUMMARY"]) == "AUTRE"
    assert event.decoded("DTSTART") == datetime(2026, 5, 18, 8, 0, 1, tzinfo=ZURICH)
    assert "DTEND" not in event  # RFC 5545: an end would have to be later


def test_no_exam_gives_an_empty_calendar(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    assert events(read(make_studies(), demo_site, week)) == []


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        # The clock goes from 03:00 back to 02:00; an end is told on the clock as it stood at the start (docs/data.md).
        ("2026-10-25 01:40", "2026-10-25 02:20", "2026-10-24 23:40", "2026-10-25 00:20"),
        ("2026-10-25 02:30", "2026-10-25 03:10", "2026-10-25 00:30", "2026-10-25 01:10"),
        ("2026-10-25 01:50", "2026-10-25 03:30", "2026-10-24 23:50", "2026-10-25 01:30"),
        ("2026-10-25 03:10", "2026-10-25 03:40", "2026-10-25 02:10", "2026-10-25 02:40"),
        # It goes from 02:00 to 03:00: 02:30 is told by a clock that had not been put forward.
        ("2026-03-29 01:50", "2026-03-29 02:30", "2026-03-29 00:50", "2026-03-29 01:30"),
        ("2026-03-29 02:30", "2026-03-29 02:50", "2026-03-29 01:30", "2026-03-29 01:50"),
        ("2026-03-29 23:50", "2026-03-30 00:10", "2026-03-29 21:50", "2026-03-29 22:10"),
    ],
)
def test_nights_in_which_the_clock_is_changed(
    start: str, end: str, begins: str, ends: str, demo_site: sv.Site, make_studies: Builder
) -> None:
    extent = Extent(date(2026, 3, 1), date(2026, 11, 30), ("Discovery 690",))
    [event] = events(read(make_studies([{"start": start, "end": end}]), demo_site, extent))
    found = [event.decoded(name).astimezone(UTC) for name in ("DTSTART", "DTEND")]
    assert found == [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (begins, ends)]


def test_the_rules_of_the_zone_hold_for_programs_that_know_no_zones(demo_site: sv.Site, make_studies: Builder) -> None:
    """A program may read the file by its VTIMEZONE alone."""
    extent = Extent(date(2025, 12, 1), date(2026, 11, 30), ("Discovery 690",))
    days = ["2025-12-01 08:00", "2026-03-29 12:00", "2026-07-01 08:00", "2026-10-25 12:00", "2026-11-30 08:00"]
    calendar = read(
        make_studies([{"start": day, "end": pd.Timestamp(day) + pd.Timedelta("20min")} for day in days]),
        demo_site,
        extent,
    )
    [zone] = calendar.walk("VTIMEZONE")
    own = zone.to_tz()
    for event in events(calendar):
        start = event.decoded("DTSTART").replace(tzinfo=None)
        assert start.replace(tzinfo=own).utcoffset() == start.replace(tzinfo=ZURICH).utcoffset()
