"""Each rule of docs/plan-appointments.md by example, on both sides of its edge; values worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.check import check
from schedvisu_lib.plan.rules.rules import RULES
from schedvisu_lib.plan.terms import Terms
from tests.plan.conftest import asked, build_book, build_table, build_terms, changed, daily, english_site

Rows = Sequence[Mapping[str, Any]]
MON, TUE, WED, THU = (f"2026-05-{day:02d}" for day in (4, 5, 6, 7))


def at(procedure: str, day: str, clock: str, session: int = 1, **fields: Any) -> dict[str, Any]:
    return {"procedure": procedure, "start": f"{day} {clock}", "session": session, **fields}


def booked(resource: str, day: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """Return a booking of nobody, as a row of a table."""
    times = {"resource": resource, "start": f"{day} {start}", "end": f"{day} {end}"}
    return {"procedure": "", "sheet": "", "patient": "", "origin": "given", **times, **fields}


def bookings(rows: Rows) -> list[dict[str, Any]]:
    """Return rows as the book holds them."""
    names = ("resource", "start", "end", "patient", "procedure", "sheet", "position", "session")
    return [{name: row[name] for name in names if row.get(name)} for row in rows]


def found(rule: int, book: Book, rows: Rows, terms: Terms | None = None, unplaced: Rows = ()) -> list[str]:
    """Return what rows break: one rule and no other."""
    broken = check(build_table(book, rows, unplaced), book, english_site(), terms or build_terms())
    assert {one.rule for one in broken} <= {rule}, broken
    return [one.text for one in broken]


def test_every_rule_of_the_document_stands_in_one_function() -> None:
    assert list(RULES) == list(range(1, 14))
    for number, rule in RULES.items():
        assert (rule.__doc__ or "").startswith(f"Rule {number}: ")


# 1 place


def test_a_procedure_lies_on_a_resource_that_can_do_it() -> None:
    book = build_book(prescriptions=[asked("mud")])
    assert found(1, book, [at("mud", MON, "08:00")]) == []
    assert found(1, book, [at("mud", MON, "08:00", resource="bath")]) == [
        "S1 position 1, session 1 (Mon 4 May 08:00, mud): mud is not done on bath (rule 1, place)"
    ]


def test_a_prescription_may_name_its_resources() -> None:
    procedures = changed("procedures", "mud", resources=["mud", "bath"])
    book = build_book(procedures=procedures, prescriptions=[asked("mud", resources=["bath"])])
    assert found(1, book, [at("mud", MON, "08:00", resource="bath")]) == []
    assert found(1, book, [at("mud", MON, "08:00", resource="mud")]) == [
        "S1 position 1, session 1 (Mon 4 May 08:00, mud): mud is none of the resources that the prescription names "
        "(rule 1, place)"
    ]


# 2 hours


@pytest.mark.parametrize(("clock", "is_open"), [("08:00", True), ("17:50", True), ("07:50", False), ("18:00", False)])
def test_a_resource_is_open_from_start_to_end(clock: str, is_open: bool) -> None:
    book = build_book(prescriptions=[asked("mud")])  # 08:00-18:20, mud takes 30 minutes
    assert (found(2, book, [at("mud", MON, clock)]) == []) == is_open


def test_an_appointment_does_not_lie_across_a_closure() -> None:
    book = build_book(
        prescriptions=[asked("mud")],
        resources=changed("resources", "mud", hours=daily("08:00-12:00", "12:10-18:00")),
    )
    assert found(2, book, [at("mud", MON, "11:40")]) == [
        "S1 position 1, session 1 (Mon 4 May 11:40, mud): mud is not open from 11:40 to 12:10 (rule 2, hours)"
    ]
    assert found(2, book, [at("mud", MON, "11:30")]) == []


# 3 starts


def test_a_resource_with_fixed_starts_begins_only_then() -> None:
    book = build_book(prescriptions=[asked("pool")])
    assert found(3, book, [at("pool", MON, "09:00")]) == []
    assert found(3, book, [at("pool", MON, "09:10")]) == [
        "S1 position 1, session 1 (Mon 4 May 09:10, pool): pool begins only at 09:00, 11:00, 15:30 (rule 3, starts)"
    ]


def test_starts_lie_on_the_grid_unless_they_are_fixed_or_booked() -> None:
    book = build_book(grid=20, prescriptions=[asked("mud"), asked("pool", 2)])
    assert found(3, book, [at("mud", MON, "08:40")]) == []
    assert found(3, book, [at("pool", MON, "15:30")]) == []
    off_grid = [at("mud", MON, "08:30", end=f"{MON} 09:00", resource="mud", patient="P1", sheet="S1", position=1)]
    assert found(3, book, off_grid) == [
        "S1 position 1, session 1 (Mon 4 May 08:30, mud): 08:30 is not on the grid of 20 min (rule 3, starts)"
    ]
    assert found(3, build_book(grid=20, prescriptions=[asked("mud")], bookings=bookings(off_grid)), off_grid) == []


# 4 capacity


def test_a_resource_holds_no_more_than_its_capacity() -> None:
    book = build_book(
        prescriptions=[asked("bath", sheet=sheet, patient=sheet) for sheet in ("A", "B", "C")],
        resources=changed("resources", "bath", capacity=2),
    )
    two = [at("bath", MON, clock, sheet=sheet, patient=sheet) for sheet, clock in (("A", "08:00"), ("B", "08:10"))]
    assert found(4, book, [*two, at("bath", MON, "08:20", sheet="C", patient="C")]) == []
    assert found(4, book, [*two, at("bath", MON, "08:10", sheet="C", patient="C")]) == [
        "C position 1, session 1 (Mon 4 May 08:10, bath): 3 at once on bath at 08:10, room for 2 (rule 4, capacity)"
    ]


def test_what_is_booked_counts_for_the_capacity() -> None:
    book = build_book(prescriptions=[asked("bath")])
    taken = booked("bath", MON, "08:20", "09:00")
    assert found(4, book, [at("bath", MON, "08:00"), taken]) == []
    assert found(4, book, [at("bath", MON, "08:10"), taken]) == [
        "booking (Mon 4 May 08:20, bath): 2 at once on bath at 08:20, room for 1 (rule 4, capacity)"
    ]


def test_a_booking_past_midnight_takes_both_days() -> None:
    book = build_book(prescriptions=[asked("bath")])
    night = booked("bath", MON, "17:00", "17:01") | {"end": f"{TUE} 08:10"}
    broken = check(build_table(book, [night, at("bath", TUE, "08:00")]), book, english_site(), build_terms())
    assert "2 at once on bath at 08:00, room for 1" in " ".join(one.text for one in broken if one.rule == 4)


# 5 allowed hours


@pytest.mark.parametrize(
    ("clock", "fits"), [("08:00", True), ("09:40", True), ("09:50", False), ("12:50", False), ("13:00", True)]
)
def test_a_procedure_lies_within_one_of_its_hours(clock: str, fits: bool) -> None:
    procedures = changed("procedures", "bath", hours=["08:00-10:00", "13:00-15:00"])  # 20 minutes
    book = build_book(prescriptions=[asked("bath")], procedures=procedures)
    expected = (
        f"S1 position 1, session 1 (Mon 4 May {clock}, bath): bath is done only within 08:00–10:00, 13:00–15:00 "
        "(rule 5, allowed hours)"
    )
    assert found(5, book, [at("bath", MON, clock)]) == ([] if fits else [expected])


# 6 one place at a time


def test_a_patient_has_time_for_the_way() -> None:
    book = build_book(prescriptions=[asked("ecg"), asked("pool", 2)])  # from A to C: 10 minutes
    assert found(6, book, [at("ecg", MON, "08:30"), at("pool", MON, "09:00")]) == []
    assert found(6, book, [at("ecg", MON, "08:40"), at("pool", MON, "09:00")]) == [
        "S1 position 2, session 1 (Mon 4 May 09:00, pool): 0 min after ecg (S1 position 1, session 1, "
        "Mon 4 May 08:40), the way takes 10 (rule 6, one place at a time)"
    ]


def test_within_a_group_nobody_walks_unless_minutes_are_given() -> None:
    rows = [at("ecg", MON, "08:00"), at("bath", MON, "08:20")]
    prescriptions = [asked("ecg"), asked("bath", 2)]
    assert found(6, build_book(prescriptions=prescriptions), rows) == []
    book = build_book(prescriptions=prescriptions, travel=[{"a": "A", "b": "A", "minutes": 5}])
    assert len(found(6, book, rows)) == 1


def test_two_appointments_of_a_patient_never_overlap() -> None:
    book = build_book(prescriptions=[asked("ecg"), asked("bath", 2), asked("bath", patient="P2", sheet="S2")])
    rows = [at("ecg", MON, "08:00"), at("bath", MON, "08:10")]
    assert found(6, book, rows) == [
        "S1 position 2, session 1 (Mon 4 May 08:10, bath): overlaps ecg (S1 position 1, session 1, Mon 4 May 08:00) "
        "(rule 6, one place at a time)"
    ]
    assert found(6, book, [rows[0], rows[1] | {"patient": "P2", "sheet": "S2"}]) == []


@pytest.mark.parametrize(("clock", "fits"), [("08:40", True), ("08:50", False), ("09:50", False), ("10:00", True)])
def test_a_patient_who_is_elsewhere_has_no_appointment(clock: str, fits: bool) -> None:
    busy = [{"patient": "P1", "start": f"{MON} 09:00", "end": f"{MON} 10:00"}]
    book = build_book(prescriptions=[asked("ecg")], busy=busy)
    expected = (
        f"S1 position 1, session 1 (Mon 4 May {clock}, ecg): the patient is elsewhere from Mon 4 May 09:00 "
        "to Mon 4 May 10:00 (rule 6, one place at a time)"
    )
    assert found(6, book, [at("ecg", MON, clock)]) == ([] if fits else [expected])


# 7 course


def test_sessions_lie_on_different_days() -> None:
    book = build_book(prescriptions=[asked("mud", sessions=2)])
    assert found(7, book, [at("mud", MON, "08:00"), at("mud", TUE, "08:00", 2)]) == []
    assert found(7, book, [at("mud", MON, "08:00"), at("mud", MON, "12:00", 2)]) == [
        "S1 position 1, session 2 (Mon 4 May 12:00, mud): on the day of mud (S1 position 1, session 1, "
        "Mon 4 May 08:00), at least 1 day after it asked for (rule 7, course)"
    ]


def test_sessions_lie_in_their_order() -> None:
    book = build_book(prescriptions=[asked("mud", sessions=2)])
    assert found(7, book, [at("mud", TUE, "08:00"), at("mud", MON, "08:00", 2)]) == [
        "S1 position 1, session 2 (Mon 4 May 08:00, mud): 1 day before mud (S1 position 1, session 1, "
        "Tue 5 May 08:00), at least 1 day after it asked for (rule 7, course)"
    ]


@pytest.mark.parametrize(("day", "fits"), [(TUE, False), (WED, True), (THU, True), ("2026-05-08", False)])
def test_from_a_session_to_the_next_least_and_most_days(day: str, fits: bool) -> None:
    book = build_book(prescriptions=[asked("mud", sessions=2, least_days=2, most_days=3)])
    assert (found(7, book, [at("mud", MON, "08:00"), at("mud", day, "08:00", 2)]) == []) == fits


@pytest.mark.parametrize(("day", "fits"), [(TUE, True), ("2026-05-08", True), ("2026-05-11", False)])
def test_where_a_session_has_no_time_each_step_counts(day: str, fits: bool) -> None:
    book = build_book(prescriptions=[asked("mud", sessions=3, most_days=2)])  # from 1 to 3: 1 to 4 days
    rows = [at("mud", MON, "08:00"), at("mud", day, "08:00", 3)]
    assert (found(7, book, rows, unplaced=[{"procedure": "mud", "session": 2}]) == []) == fits


# 8 incompatible


def test_two_procedures_never_on_one_day() -> None:
    book = build_book(prescriptions=[asked("mud"), asked("bath", 2)])
    assert found(8, book, [at("mud", MON, "08:00"), at("bath", TUE, "08:00")]) == []
    assert found(8, book, [at("mud", MON, "08:00"), at("bath", MON, "17:00")]) == [
        "S1 position 2, session 1 (Mon 4 May 17:00, bath): on one day with mud (S1 position 1, session 1, "
        "Mon 4 May 08:00) (rule 8, incompatible)"
    ]


@pytest.mark.parametrize(
    ("mud", "fits"), [("09:00", True), ("09:10", False), ("13:00", False), ("13:10", False), ("13:20", True)]
)
def test_so_many_minutes_between_two_procedures_in_either_order(mud: str, fits: bool) -> None:
    """Pool from 11:00 to 11:45, mud takes 30 minutes: it ends by 09:30, or starts from 13:15 on."""
    book = build_book(prescriptions=[asked("mud"), asked("pool", 2)])
    assert (found(8, book, [at("mud", MON, mud), at("pool", MON, "11:00")]) == []) == fits


def test_a_booking_of_the_patient_counts_whatever_its_sheet() -> None:
    book = build_book(prescriptions=[asked("mud")])
    bath = booked("bath", MON, "16:00", "16:20", procedure="bath", patient="P1")
    assert found(8, book, [at("mud", MON, "08:00"), bath]) == [
        "booking (Mon 4 May 16:00, bath): on one day with mud (S1 position 1, session 1, Mon 4 May 08:00) "
        "(rule 8, incompatible)"
    ]
    assert found(8, book, [at("mud", MON, "08:00"), bath | {"patient": "P2"}]) == []
    assert found(8, book, [at("mud", MON, "08:00"), bath | {"patient": ""}]) == []


def test_a_procedure_may_be_incompatible_with_itself() -> None:
    rule = [{"a": "ecg", "b": "ecg", "rule": "within", "minutes": 60}]
    book = build_book(prescriptions=[asked("ecg"), asked("ecg", 2)], incompatible=rule)
    first = at("ecg", MON, "08:00")
    assert found(8, book, [first, at("ecg", MON, "09:20", position=2)]) == []
    assert len(found(8, book, [first, at("ecg", MON, "09:10", position=2)])) == 1


# 9 order


def test_a_procedure_starts_after_the_end_of_another() -> None:
    book = build_book(
        prescriptions=[asked("ecg"), asked("bath", 2)],
        orders=[{"before": "ecg", "after": "bath", "least": 60, "most": 120}],
    )
    ecg = at("ecg", MON, "08:00")  # to 08:20
    assert found(9, book, [ecg, at("bath", MON, "09:20")]) == []
    assert found(9, book, [ecg, at("bath", MON, "10:20")]) == []
    expected = "S1 position 2, session 1 (Mon 4 May {}, bath): {} (rule 9, order)"
    name = "ecg (S1 position 1, session 1, Mon 4 May {})"
    assert found(9, book, [ecg, at("bath", MON, "09:10")]) == [
        expected.format("09:10", f"50 min after {name.format('08:00')}, at least 60 asked for")
    ]
    assert found(9, book, [ecg, at("bath", MON, "10:30")]) == [
        expected.format("10:30", f"130 min after {name.format('08:00')}, at most 120 asked for")
    ]
    assert found(9, book, [at("ecg", MON, "09:00"), at("bath", MON, "08:00")]) == [
        expected.format("08:00", f"starts before the end of {name.format('09:00')}")
    ]


def test_session_k_comes_after_session_k_or_the_last_one() -> None:
    book = build_book(
        prescriptions=[asked("ecg", sessions=2), asked("bath", 2, sessions=3)],
        orders=[{"before": "ecg", "after": "bath"}],
    )
    ecg = [at("ecg", MON, "08:00"), at("ecg", WED, "08:00", 2)]
    bath = [at("bath", MON, "08:20"), at("bath", WED, "08:20", 2), at("bath", THU, "08:20", 3)]
    assert found(9, book, [*ecg, *bath]) == []
    early = [bath[0], at("bath", TUE, "08:20", 2), bath[2]]
    assert len(found(9, book, [*ecg, *early])) == 1
    late = [ecg[0], at("ecg", THU, "09:00", 2)]
    assert [text[:25] for text in found(9, book, [*late, *bath])] == [
        "S1 position 2, session 2 ",
        "S1 position 2, session 3 ",
    ]


def test_what_comes_after_has_no_time_while_the_other_has_none() -> None:
    book = build_book(prescriptions=[asked("ecg"), asked("bath", 2)], orders=[{"before": "ecg", "after": "bath"}])
    assert found(9, book, [at("ecg", MON, "08:00")], unplaced=[{"procedure": "bath"}]) == []
    assert found(9, book, [at("bath", MON, "08:00")], unplaced=[{"procedure": "ecg"}]) == [
        "S1 position 2, session 1 (Mon 4 May 08:00, bath): ecg comes before and has no time (rule 9, order)"
    ]


def test_orders_bind_within_a_sheet() -> None:
    book = build_book(
        prescriptions=[asked("ecg"), asked("bath", sheet="S2")], orders=[{"before": "ecg", "after": "bath"}]
    )
    assert found(9, book, [at("ecg", TUE, "08:00"), at("bath", MON, "08:00", sheet="S2")]) == []


# 10 indications


@pytest.mark.parametrize(
    ("conditions", "what"),
    [
        (["back"], None),
        ([], "none of the indications is there (back, knee)"),
        (["knee", "heart"], "a contraindication is there (heart)"),
    ],
)
def test_conditions_of_the_patient_decide(conditions: list[str], what: str | None) -> None:
    procedures = changed("procedures", "bath", indications=["back", "knee"], contraindications=["heart"])
    book = build_book(
        prescriptions=[asked("bath")], procedures=procedures, patients=[{"name": "P1", "conditions": conditions}]
    )
    expected = f"S1 position 1, session 1 (Mon 4 May 08:00, bath): {what} (rule 10, indications)"
    assert found(10, book, [at("bath", MON, "08:00")]) == ([expected] if what else [])


@pytest.mark.parametrize(
    ("exception", "fits"),
    [({}, True), ({"patient": "P1"}, True), ({"patient": "P2"}, False), ({"resource": "bath"}, True)],
)
def test_an_exception_allows_it_all_the_same(exception: dict[str, str], fits: bool) -> None:
    book = build_book(
        prescriptions=[asked("bath")],
        procedures=changed("procedures", "bath", indications=["back"]),
        exceptions=[{"kind": "allow", "a": "bath", **exception}],
    )
    assert (found(10, book, [at("bath", MON, "08:00")]) == []) == fits


# 11 exceptions


@pytest.mark.parametrize(
    ("exception", "what"),
    [
        ({"patient": "P1"}, "bath is forbidden here"),
        ({"resource": "bath"}, "bath is forbidden on bath"),
        ({"patient": "P2"}, None),
        ({"resource": "mud"}, None),
        ({"patient": "P1", "resource": "mud"}, None),
    ],
)
def test_a_procedure_is_forbidden_for_a_patient_or_on_a_resource(exception: dict[str, str], what: str | None) -> None:
    exceptions = [{"kind": "forbid", "a": "bath", **exception}, {"kind": "allow", "a": "bath"}]
    book = build_book(prescriptions=[asked("bath")], exceptions=exceptions)
    expected = f"S1 position 1, session 1 (Mon 4 May 08:00, bath): {what} (rule 11, exceptions)"
    assert found(11, book, [at("bath", MON, "08:00")]) == ([expected] if what else [])


@pytest.mark.parametrize(("patient", "fits"), [({}, False), ({"patient": "P1"}, False), ({"patient": "P2"}, True)])
@pytest.mark.parametrize("pair", [("ecg", "bath"), ("bath", "ecg")])
def test_two_procedures_are_forbidden_on_one_day(pair: tuple[str, str], patient: dict[str, str], fits: bool) -> None:
    forbidden = {"kind": "forbid", "a": pair[0], "b": pair[1], **patient}
    book = build_book(prescriptions=[asked("ecg"), asked("bath", 2)], exceptions=[forbidden])
    assert found(11, book, [at("ecg", MON, "08:00"), at("bath", TUE, "08:00")]) == []
    assert (found(11, book, [at("ecg", MON, "08:00"), at("bath", MON, "14:00")]) == []) == fits


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({}, True),
        ({"patient": "P1"}, True),
        ({"patient": "P2"}, False),
        ({"resource": "mud"}, True),
        ({"resource": "pool"}, False),
    ],
)
def test_two_procedures_are_allowed_in_spite_of_their_incompatibility(where: dict[str, str], fits: bool) -> None:
    allowed = {"kind": "allow", "a": "bath", "b": "mud", **where}
    book = build_book(prescriptions=[asked("mud"), asked("bath", 2)], exceptions=[allowed])
    assert (found(8, book, [at("mud", MON, "08:00"), at("bath", MON, "17:00")]) == []) == fits


# 12 depth


@pytest.mark.parametrize(("day", "outside"), [("2026-04-30", "Thu 30 Apr"), (MON, ""), (WED, ""), (THU, "Thu 7 May")])
def test_a_day_lies_within_the_depth(day: str, outside: str) -> None:
    """Three days from Monday on."""
    book = build_book(prescriptions=[asked("ecg")], depth_once=14, depth_course=14)
    expected = f"S1 position 1, session 1 ({outside} 08:00, ecg): not within 3 days from 4 May 2026 (rule 12, depth)"
    assert found(12, book, [at("ecg", day, "08:00")], build_terms(depth_once=3)) == ([expected] if outside else [])


def test_courses_have_a_depth_of_their_own_and_so_may_prescriptions() -> None:
    course = build_book(prescriptions=[asked("ecg", sessions=2)])
    rows = [at("ecg", MON, "08:00"), at("ecg", WED, "08:00", 2)]
    assert found(12, course, rows, build_terms(depth_once=1, depth_course=3)) == []
    assert len(found(12, course, rows, build_terms(depth_once=3, depth_course=2))) == 1
    own = build_book(prescriptions=[asked("ecg", sessions=2, depth=3)])
    assert found(12, own, rows, build_terms(depth_course=1)) == []


def test_what_is_booked_lies_where_it_lies() -> None:
    rows = [at("ecg", "2026-04-29", "13:00", end="2026-04-29 14:15", resource="ecg", patient="P1", sheet="S1")]
    rows[0]["position"] = 1
    book = build_book(prescriptions=[asked("ecg")], bookings=bookings(rows))
    assert found(12, book, rows, build_terms("early")) == []


# 13 time of day


@pytest.mark.parametrize(
    ("mode", "clock", "fits"),
    [
        ("early", "11:40", True),
        ("early", "11:50", False),
        ("late", "12:00", True),
        ("late", "11:50", False),
        ("near", "08:00", True),
        ("near", "12:00", True),
        ("near", "12:10", False),
        ("any", "08:00", True),
        ("any", "14:40", True),
    ],
)
def test_an_appointment_lies_in_the_window_of_its_mode(mode: Any, clock: str, fits: bool) -> None:
    book = build_book(prescriptions=[asked("ecg")])  # 20 minutes
    terms = build_terms(mode, "10:00" if mode == "near" else None)
    assert (found(13, book, [at("ecg", MON, clock)], terms) == []) == fits


def test_the_window_is_named() -> None:
    book = build_book(prescriptions=[asked("ecg")])
    title = "S1 position 1, session 1 (Mon 4 May 11:50, ecg): {} (rule 13, time of day)"
    for mode, at_time, what in [
        ("early", None, "ends after 12:00"),
        ("late", None, "does not start between 12:00 and 24:00"),
        ("near", "08:00", "does not start between 06:00 and 10:00"),
    ]:
        assert found(13, book, [at("ecg", MON, "11:50")], build_terms(mode, at_time)) == [title.format(what)]  # type: ignore[arg-type]


def test_a_prescription_may_have_its_own_mode() -> None:
    book = build_book(prescriptions=[asked("ecg", mode="late")])
    assert found(13, book, [at("ecg", MON, "13:00")], build_terms("early")) == []
    assert len(found(13, book, [at("ecg", MON, "10:00")], build_terms("early"))) == 1
