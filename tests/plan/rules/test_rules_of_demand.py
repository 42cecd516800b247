"""Rules 10 to 13, of what is asked for and allowed, by example on both sides of their edge; values by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plan.conftest import asked, build_book, build_terms, changed
from tests.plan.rules.conftest import MON, THU, TUE, WED, at, bookings, found

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
