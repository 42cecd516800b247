"""What must be right between the rows of a book: each mistake with its place and exact wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.book.file import read_book
from tests.plan.book.conftest import Found, booked, mistakes, notes
from tests.plan.conftest import BOOK, asked, changed, english_site


def test_the_small_book_is_right() -> None:
    assert mistakes() == []
    assert notes() == []


# --- names ------------------------------------------------------------------------------------------------------------


def test_names_differ_and_a_patients_is_not_told() -> None:
    twice = {sheet: [*BOOK[sheet], BOOK[sheet][0]] for sheet in ("groups", "resources", "procedures", "patients")}
    assert mistakes(**twice) == [
        ("groups.3.name", '"A" stands in a row above already; names must differ'),
        ("resources.5.name", '"mud" stands in a row above already; names must differ'),
        ("procedures.5.name", '"mud" stands in a row above already; names must differ'),
        ("patients.2.name", "the name stands in a row above already; names must differ"),
    ]


def test_names_must_be_those_of_a_row() -> None:
    resources = "bath, ecg, mud, pool, ther"
    unknown_patient = 'patient is unknown; the sheet "patients" must have a row for it'
    unknown_procedure = f'procedure "sauna" is unknown; allowed: {resources}'
    assert mistakes(
        travel=[{"a": "E", "b": "A", "minutes": 2}, {"a": "A", "b": "D", "minutes": 3}],
        resources=changed("resources", "ecg", group="D"),
        closures=[{"resource": "spa", "first": "2026-05-04", "last": "2026-05-04"}],
        procedures=changed("procedures", "ecg", resources=["spa", "ecg"]),
        orders=[{"before": "sauna", "after": "mud"}, {"before": "mud", "after": "spa"}],
        incompatible=[{"a": "sauna", "b": "sauna", "rule": "same day"}],
        exceptions=[{"kind": "forbid", "a": "sauna", "b": "sauna", "patient": "P3", "resource": "spa"}],
        busy=[{"patient": "P3", "start": "2026-05-04 08:00", "end": "2026-05-04 09:00"}],
        prescriptions=[asked("sauna", patient="P3", resources=["spa"])],
        bookings=[booked("spa", "08:00", "09:00", "P3", procedure="sauna")],
    ) == [
        ("travel.0.a", 'group "E" is unknown; allowed: A, B, C'),
        ("travel.1.b", 'group "D" is unknown; allowed: A, B, C'),
        ("resources.3.group", 'group "D" is unknown; allowed: A, B, C'),
        ("closures.0.resource", f'resource "spa" is unknown; allowed: {resources}'),
        ("procedures.3.resources", f'resource "spa" is unknown; allowed: {resources}'),
        ("orders.0.before", unknown_procedure),
        ("orders.1.after", unknown_procedure.replace("sauna", "spa")),
        ("incompatible.0.a", unknown_procedure),
        ("incompatible.0.b", unknown_procedure),
        ("exceptions.0.a", unknown_procedure),
        ("exceptions.0.b", unknown_procedure),
        ("exceptions.0.patient", unknown_patient),
        ("exceptions.0.resource", f'resource "spa" is unknown; allowed: {resources}'),
        ("busy.0.patient", unknown_patient),
        ("prescriptions.0.patient", unknown_patient),
        ("prescriptions.0.procedure", unknown_procedure),
        ("prescriptions.0.resources", f'resource "spa" is unknown; allowed: {resources}'),
        ("bookings.0.resource", f'resource "spa" is unknown; allowed: {resources}'),
        ("bookings.0.patient", unknown_patient),
        ("bookings.0.procedure", unknown_procedure),
    ]


def test_of_many_allowed_names_twelve_are_told() -> None:
    groups = [{"name": f"G{n:02d}"} for n in range(15)] + [{"name": name} for name in "ABC"]
    [(_, text)] = mistakes(groups=groups, travel=[{"a": "A", "b": "D", "minutes": 3}])
    assert text == ('group "D" is unknown; allowed: A, B, C, G00, G01, G02, G03, G04, G05, G06, G07, G08, and 6 more')


def test_scanners_and_exam_types_are_the_sites() -> None:
    scanners = "Discovery 690, Vision 600, Discovery 670, Symbia Intevo, Millennium"
    found = mistakes(
        resources=changed("resources", "ecg", scanner="Vision"),
        procedures=changed("procedures", "ecg", exam_type="FDG"),
    )
    assert found[0] == ("resources.3.scanner", f'scanner "Vision" is unknown; demo.yaml has: {scanners}')
    assert found[1][0] == "procedures.3.exam_type"
    assert found[1][1].startswith('exam type "FDG" is unknown; demo.yaml has: FDG STAND., FDG CERV., ')
    assert not mistakes(procedures=changed("procedures", "ecg", exam_type="OTHER"))


# --- prescriptions ----------------------------------------------------------------------------------------------------


def test_a_position_stands_once_in_a_sheet() -> None:
    rows = [asked("mud", 1), asked("ecg", 2), asked("ther", 1), asked("mud", 1, sheet="S2")]
    assert mistakes(prescriptions=rows) == [
        ("prescriptions.2.position", 'position 1 of "S1" stands in a row above already; number them apart')
    ]


def test_a_sheet_is_one_patients() -> None:
    rows = [asked("mud", 1), asked("ecg", 2, patient="P2"), asked("ecg", 3)]
    bookings = [booked("mud", "08:00", "08:30", "P2", procedure="mud", sheet="S1", position=1)]
    text = "\"S1\" is another patient's sheet by the rows above; a sheet is one patient's"
    assert mistakes(prescriptions=rows, bookings=bookings) == [
        ("prescriptions.1.patient", text),
        ("bookings.0.patient", text),
    ]


def test_a_course_fits_in_the_depth() -> None:
    def course(**fields: Any) -> Found:
        return mistakes(prescriptions=[asked("mud", **{"sessions": 4, "least_days": 4, "depth": 13, **fields})])

    assert course() == []
    assert course(depth=12) == [
        (
            "prescriptions.0.sessions",
            "4 sessions with least_days 4 take 13 days, more than the depth of 12; raise the depth, or ask for fewer "
            "sessions",
        )
    ]
    assert not course(depth=None, least_days=4)  # the book's depth for courses is 14
    assert course(depth=None, least_days=5)[0][1].startswith("4 sessions with least_days 5 take 16 days, more than the")


def test_what_is_asked_for_does_not_contradict_itself() -> None:
    rows = [
        asked("mud", 1, sessions=2, kind="once"),
        asked("ecg", 2, sessions=2, least_days=3, most_days=2),
        asked("ther", 3, sessions=2, least_days=3, most_days=3),
        asked("ther", 4, mode="near"),
        asked("ther", 5, at="14:00"),
        asked("ther", 6, at="14:00", mode="near"),
        asked("ther", 7, resources=["ther", "ecg"]),
    ]
    assert mistakes(prescriptions=rows) == [
        ("prescriptions.0.sessions", '2 given, but what is done "once" has 1; write "course" as kind'),
        ("prescriptions.1.most_days", "2 days at most, but at least 3; raise one or lower the other"),
        ("prescriptions.3.at", 'missing; the mode "near" needs a time, such as 14:00'),
        ("prescriptions.4.at", '14:00 given, but only the mode "near" has a time'),
        ("prescriptions.6.resources", '"ecg" cannot do "ther"; allowed: ther'),
    ]


# --- times that stand -------------------------------------------------------------------------------------------------


def test_what_stands_ends_after_its_start() -> None:
    text = "2026-05-04 08:00 is not after its start, 2026-05-04 0{}"
    busy = [{"patient": "P1", "start": "2026-05-04 09:00", "end": "2026-05-04 08:00"}]
    assert mistakes(busy=busy, bookings=[booked("mud", "08:00", "08:00")]) == [
        ("busy.0.end", text.format("9:00")),
        ("bookings.0.end", text.format("8:00")),
    ]


def test_a_booking_tells_all_of_its_session() -> None:
    bookings = [
        booked("mud", "08:00", "08:30", None, sheet="S9"),
        booked("mud", "09:00", "09:30", session=2),
        booked("mud", "10:00", "10:30", sheet="S9", position=1),
    ]
    assert mistakes(bookings=bookings) == [
        ("bookings.0.patient", "missing; a booking with a sheet is its patient's"),
        ("bookings.0.position", "missing; a booking with a sheet is one of its positions"),
        ("bookings.1.sheet", "missing; position and session are those of a sheet"),
    ]


def test_a_session_is_booked_once_and_as_what_was_prescribed() -> None:
    usual = {"sheet": "S1", "position": 1}
    bookings = [
        booked("mud", "08:00", "08:30", procedure="mud", session=1, **usual),
        booked("mud", "09:00", "09:30", procedure="mud", session=1, **usual),
        booked("mud", "10:00", "10:30", procedure="mud", **usual),
        booked("ecg", "11:00", "11:30", procedure="ecg", **usual),
    ]
    assert mistakes(prescriptions=[asked("mud", sessions=4)], bookings=bookings) == [
        ("bookings.1.session", 'session 1 of "S1" position 1 is booked in a row above already'),
        ("bookings.3.procedure", 'position 1 of "S1" asks for "mud"; write this'),
    ]


# --- rows of the file -------------------------------------------------------------------------------------------------


def test_mistakes_between_rows_name_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "book.yaml"
    file.write_text(
        "groups: [{name: A}]\n"
        'resources: [{name: room, group: A, hours: {mon: "08:00-12:00"}}]\n'
        "procedures:\n"
        "  - {name: bath, minutes: 0, resources: [room]}\n"
        "  - {name: mud, minutes: 20, resources: [room]}\n"
        "orders:\n"
        "  - {before: bath, after: mud, most: never}\n"
        "  -\n"
        "  - {before: bath, after: mud}\n"
        "  - {before: mud,\n"
        "     after: bath}\n",
        encoding="utf-8",
    )
    with pytest.raises(BookError) as caught:
        read_book(file, english_site())
    assert caught.value.mistakes == (
        "line 4: procedures.0.minutes: input should be greater than 0, found 0",
        "line 7: orders.0.most: must be a whole number, found 'never'",
        'line 11: orders.3.after: makes a circle with the rows above ("mud" before "bath" before "mud"); take one of '
        "them out",
    )
