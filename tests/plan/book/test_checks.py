"""What must be right between the rows of a book, and what is only noted: each with its place and exact wording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.book.checks import mistakes_in
from schedvisu_lib.plan.book.facts import Facts
from schedvisu_lib.plan.book.file import read_book
from schedvisu_lib.plan.book.notes import notes_on
from schedvisu_lib.plan.sheets.source import Mistake
from tests.plan.conftest import BOOK, asked, build_book, changed, daily, english_site

Found: TypeAlias = list[tuple[str, str]]


def _all(check: Callable[[Facts], Iterator[Mistake]], changes: dict[str, Any]) -> Found:
    book = build_book(**changes)
    sheets = ("groups", "resources", "procedures", "patients")
    names = {sheet: [row.name for row in getattr(book, sheet)] for sheet in sheets}
    found = check(Facts(book, english_site(), names))
    return [(".".join(map(str, place)), text) for place, text in found]


def mistakes(**changes: Any) -> Found:
    """Return place and wording of the mistakes of the small book with other fields."""
    return _all(mistakes_in, changes)


def notes(**changes: Any) -> Found:
    assert not mistakes(**changes)
    return _all(notes_on, changes)


def booked(resource: str, start: str, end: str, patient: str | None = "P1", **fields: Any) -> dict[str, Any]:
    """Return a booking on Monday 4 May 2026."""
    return {
        "resource": resource,
        "start": f"2026-05-04 {start}",
        "end": f"2026-05-04 {end}",
        "patient": patient,
        **fields,
    }


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


# --- procedures and the rules between them ----------------------------------------------------------------------------


def test_a_procedure_needs_minutes_or_an_exam_type() -> None:
    without = changed("procedures", "mud", minutes=None)
    assert mistakes(procedures=without) == [
        ("procedures.0.minutes", "missing, and there is no exam_type to tell the duration either")
    ]
    assert not mistakes(procedures=changed("procedures", "mud", minutes=None, exam_type="OS"))


def too_long(needed: int, longest: int) -> Found:
    text = (
        f"takes {needed} minutes with preparation and exit, but the longest time on its resources, within their "
        f"opening hours and its own, is {longest}"
    )
    return [("procedures.3.minutes", text)]


def test_a_procedure_fits_in_an_opening_time_of_its_resources() -> None:
    def ecg(week: dict[str, list[str]], minutes: int, **fields: Any) -> Found:
        return mistakes(
            resources=changed("resources", "ecg", hours=week),
            procedures=changed("procedures", "ecg", minutes=minutes, preparation=5, exit=5, **fields),
        )

    assert not ecg({"mon": ["08:00-09:00"], "tue": ["08:00-10:00"]}, 110)
    assert ecg({"mon": ["08:00-09:00"], "tue": ["08:00-10:00"]}, 111) == too_long(121, 120)
    assert not ecg(daily("08:00-09:00", "09:00-10:00"), 110)
    assert ecg(daily("08:00-10:00"), 60, hours=["07:00-09:00"]) == too_long(70, 60)
    assert ecg(daily("08:00-10:00"), 60, hours=["10:00-12:00"]) == too_long(70, 0)
    assert not ecg(daily("08:00-10:00"), 60, resources=["ecg", "mud"], hours=["10:00-12:00"])


def test_a_procedure_fits_from_a_fixed_start_on() -> None:
    resources = changed("resources", "ecg", starts=["09:00", "14:10"])
    assert not mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=360))
    found = mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=361))
    assert found == too_long(361, 360)


def test_a_procedure_on_a_scanner_fits_before_or_after_its_lunch() -> None:
    resources = changed("resources", "ecg", hours={}, scanner="Millennium")  # 08:00-16:30, lunch 12:00-13:00
    assert not mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=240))
    assert mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=241)) == too_long(241, 240)


def test_a_pair_stands_in_one_row() -> None:
    text = "a row above is about the same pair already; keep one"
    assert mistakes(
        travel=[{"a": "A", "b": "B", "minutes": 5}, {"a": "B", "b": "A", "minutes": 6}],
        orders=[{"before": "mud", "after": "ecg"}, {"before": "mud", "after": "ecg", "least": 5}],
        incompatible=[
            {"a": "mud", "b": "bath", "rule": "within", "minutes": 5},
            {"a": "mud", "b": "bath", "rule": "same day"},
            {"a": "bath", "b": "mud", "rule": "within", "minutes": 6},
        ],
    ) == [("travel.1", text), ("orders.1", text), ("incompatible.2", text)]


def test_orders_make_no_circle() -> None:
    pairs = [("mud", "bath"), ("bath", "pool"), ("mud", "pool"), ("pool", "mud"), ("ecg", "ther"), ("ther", "ther")]
    assert mistakes(orders=[{"before": one, "after": other} for one, other in pairs]) == [
        (
            "orders.3.after",
            'makes a circle with the rows above ("pool" before "mud" before "pool"); take one of them out',
        ),
        ("orders.5.after", 'makes a circle with the rows above ("ther" before "ther"); take one of them out'),
    ]


def test_two_orders_that_contradict_each_other_are_a_circle() -> None:
    circle = 'makes a circle with the rows above ("ecg" before "mud" before "ecg"); take one of them out'
    orders = [{"before": "mud", "after": "ecg"}, {"before": "ecg", "after": "mud"}]
    assert mistakes(orders=orders) == [("orders.1.after", circle)]


def test_an_order_leaves_time() -> None:
    out = "take one of the two rules out"
    assert mistakes(
        orders=[
            {"before": "ecg", "after": "ther", "least": 30, "most": 29},
            {"before": "mud", "after": "bath", "most": 1439},
            {"before": "mud", "after": "pool", "most": 89},
        ]
    ) == [
        ("orders.0.most", "29 minutes at most, but at least 30; raise one or lower the other"),
        ("orders.1.most", f'1439 minutes at most, but "mud" and "bath" are incompatible on one day; {out}'),
        ("orders.2.most", f'89 minutes at most, but "mud" and "pool" are incompatible within 90 minutes; {out}'),
    ]


def test_orders_that_leave_time_are_right() -> None:
    orders = [
        {"before": "ecg", "after": "ther", "least": 30, "most": 30},
        {"before": "mud", "after": "bath", "most": 1440},
        {"before": "mud", "after": "pool", "most": 90},
    ]
    assert not mistakes(orders=orders)
    close = [{"before": "mud", "after": "bath", "most": 60}]
    assert not mistakes(orders=close, exceptions=[{"kind": "allow", "a": "bath", "b": "mud"}])
    for only in ({"patient": "P1"}, {"resource": "mud"}):
        assert mistakes(orders=close, exceptions=[{"kind": "allow", "a": "bath", "b": "mud", **only}])


def test_an_order_leaves_time_beside_what_is_forbidden() -> None:
    orders = [{"before": "ecg", "after": "ther", "most": 1439}]
    forbidden = {"kind": "forbid", "a": "ther", "b": "ecg"}
    assert mistakes(orders=orders, exceptions=[forbidden]) == [
        (
            "orders.0.most",
            '1439 minutes at most, but "ecg" and "ther" are forbidden on one day; take one of the two rules out',
        )
    ]
    assert not mistakes(orders=orders, exceptions=[forbidden | {"patient": "P1"}])
    assert not mistakes(orders=orders, exceptions=[{"kind": "forbid", "a": "ther"}])


def test_only_within_has_minutes_and_needs_them() -> None:
    incompatible = [
        {"a": "mud", "b": "ecg", "rule": "within"},
        {"a": "mud", "b": "ther", "rule": "same day", "minutes": 5},
    ]
    assert mistakes(incompatible=incompatible) == [
        ("incompatible.0.minutes", 'missing; "within" needs minutes'),
        (
            "incompatible.1.minutes",
            '5 given, but "same day" has none; write "within", or leave the minutes out',
        ),
    ]


def test_nothing_is_both_allowed_and_forbidden() -> None:
    exceptions = [
        {"kind": "allow", "a": "mud", "b": "bath", "patient": "P1"},
        {"kind": "forbid", "a": "mud", "b": "bath", "patient": "P2"},
        {"kind": "forbid", "a": "mud", "b": "bath", "resource": "mud"},
        {"kind": "forbid", "a": "bath", "b": "mud", "patient": "P1"},
        {"kind": "allow", "a": "bath", "b": "mud", "patient": "P1"},
        {"kind": "forbid", "a": "bath", "patient": "P1"},
    ]
    assert mistakes(exceptions=exceptions) == [
        ("exceptions.3.kind", "the same is both allowed and forbidden (a row above); keep one")
    ]


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


# --- notes ------------------------------------------------------------------------------------------------------------


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
