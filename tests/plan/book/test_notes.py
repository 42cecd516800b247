"""What is only noted on a book: each note with its place and exact wording."""

from __future__ import annotations

from tests.plan.book.conftest import booked, notes
from tests.plan.conftest import BOOK, changed


def test_more_bookings_than_the_capacity_are_noted() -> None:
    bookings = [
        booked("mud", "08:30", "09:00"),
        booked("mud", "08:00", "08:30", "P2"),
        booked("mud", "08:20", "08:40", None),
        *(booked("pool", "09:00", "09:45", None) for _ in range(12)),
    ]
    assert notes(bookings=bookings) == [
        ("bookings.2", 'begins while "mud" has 1 other booking(s); its capacity is 1'),
        ("bookings.0", 'begins while "mud" has 1 other booking(s); its capacity is 1'),
    ]
    [(place, text)] = notes(bookings=[*bookings[3:], booked("pool", "09:10", "09:45", None)])
    assert (place, text) == ("bookings.12", 'begins while "pool" has 12 other booking(s); its capacity is 12')


def test_a_patient_at_two_places_is_noted() -> None:
    bookings = [
        booked("bath", "08:20", "08:40"),
        booked("mud", "08:00", "08:30"),
        booked("ecg", "08:40", "09:00"),
        booked("ther", "10:00", "10:20", "P2"),
    ]
    busy = [{"patient": "P2", "start": "2026-05-04 10:10", "end": "2026-05-04 11:00"}]
    assert notes(bookings=bookings, busy=busy) == [
        ("bookings.0", 'its patient is at two places: also on "mud" from 2026-05-04 08:00'),
        ("bookings.3", "its patient is at two places: also busy elsewhere from 2026-05-04 10:10"),
    ]


def test_bookings_outside_opening_hours_are_noted_unless_they_only_take_the_resource() -> None:
    bookings = [
        booked("ecg", "14:30", "14:50"),
        booked("ecg", "14:50", "15:10", "P2"),
        booked("bath", "07:00", "08:30", None),
    ]
    assert notes(bookings=bookings) == [("bookings.1", 'lies outside the opening hours of "ecg"')]


def test_resources_that_are_never_open_or_share_a_scanner_are_noted() -> None:
    found = notes(
        resources=[
            *BOOK["resources"],
            {"name": "spa", "group": "A"},
            {"name": "one", "group": "A", "scanner": "Millennium"},
            {"name": "two", "group": "A", "scanner": "Millennium"},
        ]
    )
    assert found == [
        ("resources.5", '"spa" is never open: it has neither hours nor a scanner'),
        (
            "resources.7.scanner",
            '"Millennium" is the scanner of "one" too; the two are planned as if they were apart',
        ),
    ]


def test_conditions_that_nobody_has_are_noted() -> None:
    procedures = changed("procedures", "mud", indications=["gout", "age"], contraindications=["pacemaker"])
    assert notes(procedures=procedures, patients=[{"name": "P1", "conditions": ["gout"]}]) == [
        ("procedures.0.indications", 'no patient has the condition "age"'),
        ("procedures.0.contraindications", 'no patient has the condition "pacemaker"'),
    ]
