from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from schedvisu_lib.plan.search.arrays import unpack
from schedvisu_lib.plan.search.problem import Problem, Slot
from tests.plan.conftest import asked, build_book, build_terms, changed, daily
from tests.plan.search.test_search import problem_of


def starts_of(problem: Problem, option: int, day: int) -> list[str]:
    steps = np.flatnonzero(unpack(problem.facts.masks[problem.facts.options["mask"][option]])[day])
    return [f"{step * problem.facts.grid // 60:02}:{step * problem.facts.grid % 60:02}" for step in steps]


def booked(resource: str, start: str, minutes: int, **fields: object) -> dict[str, object]:
    begin = datetime.fromisoformat(start)
    return {"resource": resource, "start": begin, "end": begin + timedelta(minutes=minutes), **fields}


def test_starts_lie_within_open_hours_beside_what_is_booked_to_the_minute() -> None:
    book = build_book(
        resources=changed("resources", "ecg", hours=daily("08:00-10:00")),
        prescriptions=[asked("ecg")],
        bookings=[booked("ecg", "2026-05-04 08:25", 20)],
    )
    problem = problem_of(book)
    assert starts_of(problem, 0, 0) == ["08:00", "08:50", "09:00", "09:10", "09:20", "09:30", "09:40"]
    assert starts_of(problem, 0, 1)[:2] == ["08:00", "08:10"]
    assert starts_of(problem, 0, 5) == []  # Saturday


def test_no_start_on_a_holiday() -> None:
    problem = problem_of(build_book(prescriptions=[asked("ecg")]))
    assert [day for day in range(14) if starts_of(problem, 0, day)] == [0, 1, 2, 3, 4, 7, 8, 9]  # Ascension, 15 May


def test_the_windows_of_the_modes() -> None:
    book = build_book(resources=changed("resources", "ecg", hours=daily("08:00-18:00")), prescriptions=[asked("ecg")])
    found = {mode: starts_of(problem_of(book, build_terms(mode, at)), 0, 0) for mode, at in
             (("early", None), ("late", None), ("near", "14:00"))}  # fmt: skip
    assert (found["early"][0], found["early"][-1]) == ("08:00", "11:40")
    assert (found["late"][0], found["late"][-1]) == ("12:00", "17:40")
    assert (found["near"][0], found["near"][-1]) == ("12:00", "16:00")


def test_fixed_starts_need_not_lie_on_the_grid() -> None:
    book = build_book(
        grid=20, resources=changed("resources", "pool", starts=["08:45", "11:00"]), prescriptions=[asked("pool")]
    )
    problem = problem_of(book)
    assert problem.facts.grid == 5
    assert starts_of(problem, 0, 0) == ["08:45", "11:00"]


def test_allowed_hours_hold_the_whole_appointment() -> None:
    book = build_book(
        procedures=changed("procedures", "ecg", hours=["09:00-09:30"], preparation=10), prescriptions=[asked("ecg")]
    )
    assert starts_of(problem_of(book), 0, 0) == ["09:00"]


def test_room_counts_what_is_booked_on_a_resource_for_several() -> None:
    book = build_book(
        prescriptions=[asked("pool")],
        bookings=[booked("pool", "2026-05-04 09:00", 45), booked("pool", "2026-05-04 09:40", 10)],
    )
    room = problem_of(book).facts.room[2, 0]
    steps = {clock: int(room[clock // problem_of(book).facts.grid]) for clock in (530, 540, 580, 590)}
    assert steps == {530: 12, 540: 11, 580: 10, 590: 12}


def test_what_two_procedures_need_between_them() -> None:
    book = build_book(
        prescriptions=[asked("mud", 1), asked("pool", 2), asked("bath", 3), asked("ecg", 4)],
        exceptions=[
            {"kind": "allow", "a": "pool", "b": "mud", "patient": "P1"},
            {"kind": "forbid", "a": "ecg", "b": "mud", "resource": "ecg"},
        ],
    )
    facts = problem_of(book).facts
    mud, pool, bath, ecg = facts.options["kind"]
    usual, p1 = 0, int(facts.runs["kin"][0])
    assert p1 == 1
    assert [facts.separation[kin, mud, pool] for kin in (usual, p1)] == [90, 10]  # then only the way
    assert facts.separation[usual, bath, ecg] == 0  # one group
    assert facts.apart[usual, mud, bath] == facts.apart[usual, bath, mud] == 1
    assert facts.apart[usual, mud, ecg] == 1
    assert facts.apart[usual, bath, ecg] == facts.apart[usual, mud, pool] == 0


def test_resources_that_a_patient_may_not_use_are_no_options() -> None:
    book = build_book(
        procedures=[
            {"name": "ecg", "minutes": 20, "resources": ["ecg", "ther", "bath"], "indications": ["heart"]},
        ],
        incompatible=[],
        patients=[{"name": "P1"}, {"name": "P2", "conditions": ["heart"]}, {"name": "P3"}],
        exceptions=[
            {"kind": "forbid", "a": "ecg", "resource": "ther"},
            {"kind": "allow", "a": "ecg", "patient": "P3", "resource": "bath"},
        ],
        prescriptions=[asked("ecg", patient=name, sheet=name) for name in ("P1", "P2", "P3")],
    )
    problem = problem_of(book)
    edges = problem.facts.runs["option"].tolist()
    names = [problem.resources[low:high] for low, high in pairwise(edges)]
    assert names == [(), ("ecg", "bath"), ("bath",)]


def test_a_booked_session_splits_a_course_and_leaves_its_days() -> None:
    held = booked("mud", "2026-05-06 09:00", 30, patient="P1", procedure="mud", sheet="S1", position=1, session=2)
    book = build_book(prescriptions=[asked("mud", sessions=4, least_days=2, most_days=3)], bookings=[held])
    problem = problem_of(book)
    assert [run.numbers for run in problem.runs] == [(1,), (3, 4)]
    assert [(run.days.start, run.days.stop) for run in problem.runs] == [(0, 1), (4, 14)]
    assert problem.runs[1].latest == [
        6 * 1440 - 1,
        9 * 1440 - 1,
    ]  # Saturday, three days after Wednesday, and three more
    assert problem.facts.visits["offset"][:-1].tolist() == [0, 2 * 2 * 1440, 3 * 2 * 1440]


def test_a_session_comes_after_a_booked_one() -> None:
    held = booked("ecg", "2026-05-05 09:00", 20, patient="P1", procedure="ecg", sheet="S1", position=1, session=1)
    book = build_book(
        orders=[{"before": "ecg", "after": "mud", "least": 60, "most": 90}],
        prescriptions=[asked("ecg", 1), asked("mud", 2)],
        bookings=[held],
    )
    run = problem_of(book).runs[0]
    assert (run.earliest, run.latest) == ([1440 + 9 * 60 + 80], [1440 + 9 * 60 + 110])


def test_a_circle_of_orders_has_no_place() -> None:
    orders = [{"before": "ecg", "after": "mud"}, {"before": "mud", "after": "ecg"}]
    book = build_book(orders=orders, prescriptions=[asked("ecg", 1), asked("mud", 2), asked("ther", 3)])
    assert [run.latest[0] < 0 for run in problem_of(book).runs] == [True, True, False]


def test_slots_become_appointments_in_the_order_of_their_days() -> None:
    problem = problem_of(build_book(prescriptions=[asked("mud", sessions=3)]))
    numbered = problem.numbered(0, [Slot(4, 48, 0), Slot(1, 60, 0)])
    rows = [problem.appointment(0, number, slot) for number, slot in numbered]
    assert [(row.session, f"{row.start:%d %H:%M}", f"{row.end:%H:%M}", row.resource) for row in rows] == [
        (1, "05 10:00", "10:30", "mud"),
        (2, "08 08:00", "08:30", "mud"),
    ]
