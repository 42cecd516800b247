"""What forbids a session's slots: slots that are asked together are forbidden by what forbids each alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.obstacles import Obstacle, asked_of_slots, obstacles
from schedvisu_lib.plan.rules.rules import RULES, rules_broken
from schedvisu_lib.plan.rules.slots import slots_of
from schedvisu_lib.plan.rules.timetable import Timetable

from .books import MODES, books
from .conftest import MONDAY, asked, build_book, build_table, build_terms, changed, english_site


def timetable(book: Book, standing: list[Appointment], **terms: Any) -> Timetable:
    return Timetable(standing, book, english_site(), build_terms(**terms))


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    """Draw a timetable in which any sessions stand at any times, with hours of procedures and conditions."""
    drawn = draw(books())
    hours = changed("procedures", "bath", hours=["08:00-10:00", "14:00-16:30"], indications=["back"])
    book = build_book(**drawn.model_dump(exclude={"procedures"}), procedures=hours)
    mode, at = draw(st.sampled_from(MODES))
    table = timetable(book, [], mode=mode, at=at)
    for row in book.prescriptions:
        for session in range(1, row.sessions + 1):
            slots = list(slots_of(row, session, table))
            if slots and draw(st.booleans()):
                table.add(draw(st.sampled_from(slots)))
    return table


@settings(max_examples=25)
@given(timetables(), st.data())
def test_slots_asked_together_are_forbidden_as_each_alone(table: Timetable, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(table.book.prescriptions))
    slots = list(slots_of(row, data.draw(st.integers(1, row.sessions)), table))
    quiet = table.quiet()
    alone: dict[Obstacle, int] = defaultdict(int)
    for number, slot in enumerate(slots):
        for broken in rules_broken(slot, quiet):
            alone[Obstacle(broken.rule, broken.by)] |= 1 << number
    assert obstacles(slots, table, RULES) == alone
    rules = asked_of_slots()
    of_rooms = {obstacle: forbidden for obstacle, forbidden in alone.items() if obstacle.rule == 4}
    assert [obstacles(slots, table, {4: rules[4]}) for _ in "12"] == [of_rooms, of_rooms]  # the second time by heart


def test_days_between_sessions_count_whatever_their_numbers() -> None:
    """Sessions on Monday and Friday: Tuesday is next to one, Wednesday is two days from both."""
    book = build_book(prescriptions=[asked("ecg", sessions=3, least_days=2)])
    rows = [
        {"procedure": "ecg", "session": number, "start": f"{MONDAY + timedelta(days=day)} 08:00"}
        for number, day in ((1, 0), (2, 4))
    ]
    table = timetable(book, appointments_in(build_table(book, rows)), depth_course=5)
    slots = list(slots_of(book.prescriptions[0], 3, table))
    near = obstacles(slots, table, {7: asked_of_slots()[7]})[Obstacle(7, "near")]
    assert {slot.start.day for number, slot in enumerate(slots) if near >> number & 1} == {4, 5, 7, 8}


def test_a_booking_may_go_back_to_its_time_beyond_the_hours_of_the_mode() -> None:
    """Ecg is booked on Tuesday at 14:00; early, nothing else ends after noon."""
    booking = {"resource": "ecg", "procedure": "ecg", "patient": "P1", "sheet": "S1", "position": 1, "session": 1}
    booking |= {"start": "2026-05-05 14:00", "end": "2026-05-05 14:20"}
    book = build_book(prescriptions=[asked("ecg")], bookings=[booking])
    table = timetable(book, [], mode="early", depth_once=2)
    slots = list(slots_of(book.prescriptions[0], 1, table))
    late = obstacles(slots, table, RULES)[Obstacle(13, "")]
    free = [slot.start for number, slot in enumerate(slots) if not late >> number & 1]
    assert [start for start in free if start.hour >= 12] == [datetime(2026, 5, 5, 14)]


def test_times_too_late_after_what_comes_before_are_found_though_the_first_is_not() -> None:
    """Ecg ends at 08:00, bath is to start at most an hour later: 08:00 to 09:00 in steps of 10 minutes."""
    book = build_book(
        prescriptions=[asked("bath"), asked("ecg", 2)], orders=[{"before": "ecg", "after": "bath", "most": 60}]
    )
    before = build_table(book, [{"procedure": "ecg", "start": f"{MONDAY} 07:40"}])
    table = timetable(book, appointments_in(before), depth_once=1)
    slots = list(slots_of(book.prescriptions[0], 1, table))
    assert obstacles(slots, table, {9: RULES[9]}) == {Obstacle(9, "ecg"): (1 << len(slots)) - (1 << 7)}
