"""Rules 1 to 5 of docs/plan-appointments.md, of resources, by example on both sides of their edge; values by hand."""

from __future__ import annotations

import pytest

from schedvisu_lib.plan.check import check
from schedvisu_lib.plan.rules.rules import RULES
from tests.plan.conftest import asked, build_book, build_table, build_terms, changed, daily, english_site
from tests.plan.rules.conftest import MON, TUE, at, booked, bookings, found


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
