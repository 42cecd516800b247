"""Mails to the people of a roster: who gets one, what it says, and the calendar that it carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from icalendar import Calendar

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.notice import Notice, compose, notices
from schedvisu_lib.plan.roster.duty import Duty, to_table
from tests.export.roster.conftest import EMPTY, STAFF, build_content, build_staff, duties_by_hand

MAILED = [{**one, "email": f"{one['name'].lower().replace(' ', '.')}@hospital.example"} for one in STAFF["staff"]]
FRIDAY = date(2026, 5, 8)
"""Its night is Bo's."""


def handed_to_ada(duty: Duty) -> Duty:
    """Return the roster's duties as they are when Ada does the night of Friday instead of Bo."""
    return replace(duty, person="Ada") if (duty.date, duty.shift) == (FRIDAY, "night") else duty


def changed(content: RosterContent) -> RosterContent:
    """Return the roster after that change, a day later."""
    duties = to_table(map(handed_to_ada, duties_by_hand()), EMPTY, content.book)
    return replace(content, duties=duties, generated_at=datetime(2026, 5, 2, 12))


def body(notice: Notice, content: RosterContent) -> list[str]:
    part = compose(notice, content).get_body(("plain",))
    assert part is not None
    return part.get_content().splitlines()


def test_who_knows_no_roster_gets_all_duties_and_those_without_any_get_nothing() -> None:
    content = build_content(book=build_staff(staff=[*MAILED, {**MAILED[0], "name": "Eve"}]))
    told = list(notices(content))
    assert [str(one) for one in told] == [
        "Ada: 5 duties", "Bo: 5 duties", "Cy: 5 duties", "Di: 3 duties",
        "Tech 1: 5 duties", "Tech 2: 5 duties", "Tech 3: 4 duties", "Tech 4: 4 duties",
    ]  # fmt: skip
    message = compose(told[3], content)
    assert (message["To"], message["Subject"]) == (
        "di@hospital.example",
        "Your duties from 4 May 2026 to 17 May 2026",
    )
    assert body(told[3], content)[:6] == [
        "Di,",
        "",
        "Your duties from 4 May 2026 to 17 May 2026:",
        "  Sun 10 May 2026, night, 17:00–07:00, clinical",
        "  Thu 14 May 2026, night, 17:00–07:00, clinical",
        "  Sat 16 May 2026, day, 07:00–17:00, clinical",
    ]


def test_only_those_whose_duties_changed_are_told_what_is_new_and_what_is_gone() -> None:
    content = build_content(book=build_staff(staff=MAILED))
    told = list(notices(changed(content), content.duties))
    assert [str(one) for one in told] == ["Ada: 6 duties, 1 new, 0 gone", "Bo: 4 duties, 0 new, 1 gone"]
    assert body(told[1], changed(content))[:5] == [
        "Bo,",
        "",
        "No longer yours:",
        "  Fri 8 May 2026, night, 17:00–07:00, clinical",
        "",
    ]
    assert body(told[0], changed(content))[2:4] == ["New:", "  Fri 8 May 2026, night, 17:00–07:00, clinical"]
    assert compose(told[0], content)["Subject"] == "Changed: your duties from 4 May 2026 to 17 May 2026"


def test_the_calendar_cancels_what_is_gone_where_nothing_takes_its_place() -> None:
    content = build_content(book=build_staff(staff=MAILED))
    bo = list(notices(changed(content), content.duties))[1]
    [attached] = compose(bo, changed(content)).iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "person-bo.ics")
    events = Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
    assert [(f"{one['dtstart'].dt:%d}", str(one["status"])) for one in events] == [
        ("05", "CONFIRMED"), ("10", "CONFIRMED"), ("12", "CONFIRMED"), ("16", "CONFIRMED"), ("08", "CANCELLED"),
    ]  # fmt: skip


def test_who_left_the_book_has_news_too() -> None:
    content = build_content(book=build_staff(staff=MAILED))
    before = [*duties_by_hand(), Duty(FRIDAY, "night", "clinical", "", "Zoe")]
    assert [str(one) for one in notices(content, to_table(before, EMPTY, content.book))] == [
        "Zoe: 0 duties, 0 new, 1 gone"
    ]


def test_days_outside_the_roster_are_no_news() -> None:
    content = build_content(book=build_staff(staff=MAILED))
    before = [*duties_by_hand(), Duty(date(2026, 5, 3), "night", "clinical", "", "Cy")]
    assert list(notices(content, to_table(before, EMPTY, content.book))) == []
