"""Rules 6 to 9, of two appointments of a patient, by example on both sides of their edge; values by hand."""

from __future__ import annotations

import pytest

from tests.plan.conftest import asked, build_book
from tests.plan.rules.conftest import MON, THU, TUE, WED, at, booked, found

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
