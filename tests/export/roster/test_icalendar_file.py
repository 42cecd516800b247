"""Calendars of people and departments, as another program reads them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.icalendar_file import department_ics, person_ics
from schedvisu_lib.plan.roster.duty import from_table, to_table

from .conftest import MONDAY, build_content

ZURICH = ZoneInfo("Europe/Zurich")


def events(calendar: bytes) -> list:
    return Calendar.from_ical(calendar).walk("VEVENT")


def test_a_person_has_an_event_for_each_duty_with_true_times(content: RosterContent):
    found = events(person_ics(content, "Ada"))
    assert [f"{one['dtstart'].dt:%d %H:%M}" for one in found] == [
        "04 17:00", "07 17:00", "09 07:00", "11 17:00", "15 17:00",
    ]  # fmt: skip
    assert found[0]["dtend"].dt == datetime(2026, 5, 5, 7, tzinfo=ZURICH)
    assert str(found[0]["summary"]) == "night, clinical"


def test_another_shift_of_the_day_takes_the_place_of_the_former_event(content: RosterContent):
    duties, empty = from_table(content.duties)
    other = [
        type(one)(one.date, "day", one.level, one.department, "Ada")
        if one.person == "Ada" and one.date == MONDAY
        else one
        for one in duties
    ]
    later = build_content(duties=to_table(other, empty, content.book), generated_at=datetime(2026, 5, 2, 12))
    first, second = (events(person_ics(one, "Ada"))[0] for one in (content, later))
    assert first["uid"] == second["uid"]
    assert second["sequence"] - first["sequence"] == 24 * 60
    assert str(second["summary"]) == "day, clinical"
    uids = [one["uid"] for name in ("Ada", "Bo") for one in events(person_ics(content, name))]
    assert len(set(uids)) == len(uids) == 10


def test_a_department_has_an_event_for_each_shift_with_all_names(content: RosterContent):
    found = events(department_ics(content, "NM"))
    # 14 nights and 4 days of physicians, whose level is the hospital's, and 9 days of technologists.
    assert len(found) == 27
    assert str(found[0]["summary"]) == "day, paraclinical · NM: T1: Tech 1, Tech 2"
    assert len({one["uid"] for one in found}) == 27
