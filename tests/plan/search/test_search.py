from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.books import FIRST, sheet
from schedvisu_lib.plan.appointments import plan
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.check import check, complete
from schedvisu_lib.plan.search.problem import Problem, make_problem
from schedvisu_lib.plan.search.search import Found, lower_limits, search, unseated
from schedvisu_lib.plan.terms import Terms, Wish
from tests.plan.books import MODES, books
from tests.plan.conftest import MONDAY, asked, build_book, build_terms, changed, daily, english_site


def problem_of(book: Book, terms: Terms | None = None, **options: object) -> Problem:
    everything = {(row.patient, row.sheet, row.position) for row in book.prescriptions}
    order = range(len(book.prescriptions))
    return make_problem(book, english_site(), terms or build_terms(), everything, order, **options)  # type: ignore[arg-type]


def starts(problem: Problem, found: Found, run: int) -> list[str]:
    return [
        f"{problem.appointment(run, number, slot).start:%d %H:%M}"
        for number, slot in problem.numbered(run, found.slots[run])
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wish=st.sampled_from(MODES), moves=st.sampled_from([0, 300]))
def test_no_plan_breaks_a_rule(book: Book, wish: tuple[str, str | None], moves: int) -> None:
    """By the checker, which was written from the text of the rules and not from the arrays."""
    site, terms = english_site(), build_terms(*wish)  # type: ignore[arg-type]
    found = plan(book, site, *wish, first=MONDAY, seconds=0.01 if moves else 0)  # type: ignore[arg-type]
    assert [broken.text for broken in check(found.table, book, site, terms) if not broken.stood] == []
    assert complete(found.table, book, site) == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wish=st.sampled_from(MODES))
def test_the_search_counts_what_the_score_counts_and_never_gets_worse(book: Book, wish: tuple[str, str | None]) -> None:
    found = search(problem_of(book, build_terms(*wish)), seconds=1, most_moves=300, by_priority=False)  # type: ignore[arg-type]
    assert found.score <= found.first_score
    assert found.limits.least.lost <= found.score.lost
    if found.limits.least.lost == found.score.lost:
        assert found.limits.least.distance <= found.score.distance
    table = plan(book, english_site(), *wish, first=MONDAY, seconds=0, by_priority=False)  # type: ignore[arg-type]
    assert table.score[:2] == found.first_score[:2]


def test_the_same_moves_give_the_same_plan() -> None:
    problem = problem_of(build_book(prescriptions=[asked("mud", 1, sessions=5), asked("bath", 2, sessions=5)]))
    one, other = (search(problem, seconds=1, most_moves=500, seed=3) for _ in range(2))
    assert one.slots == other.slots


def test_first_fit_takes_the_earliest_day_then_the_earliest_time() -> None:
    problem = problem_of(build_book(prescriptions=[asked("ecg", 1), asked("ther", 2), asked("bath", 3)]))
    found = search(problem, seconds=0)
    assert [starts(problem, found, run) for run in range(3)] == [["04 08:00"], ["04 10:00"], ["04 08:20"]]


def test_the_search_makes_room_where_first_fit_left_none() -> None:
    """Two rooms are open half an hour: P1, who could use either, takes the only one of P2."""
    hours = {"mon": ["08:00-08:30"]}
    book = build_book(
        depth_once=5,
        resources=[{"name": name, "group": "A", "hours": hours} for name in ("one", "two")],
        procedures=[
            {"name": "both", "minutes": 30, "resources": ["one", "two"]},
            {"name": "first", "minutes": 30, "resources": ["one"]},
        ],
        incompatible=[],
        prescriptions=[asked("both"), asked("first", patient="P2", sheet="S2")],
    )
    assert search(problem_of(book), seconds=0).score.lost == 5
    assert search(problem_of(book), seconds=1, most_moves=500).score.lost == 0


def test_a_session_that_must_follow_soon_keeps_its_place_while_the_first_one_is_placed() -> None:
    """The scan is open from 14:00 only: the injection may not lie at 08:00, whatever first fit would like."""
    book = build_book(
        orders=[{"before": "ecg", "after": "mud", "least": 30, "most": 60}],
        resources=changed("resources", "mud", hours=daily("14:00-18:00")),
        prescriptions=[asked("ecg", 1), asked("mud", 2)],
    )
    problem = problem_of(book)
    found = search(problem, seconds=0)
    assert [starts(problem, found, run) for run in range(2)] == [["04 12:40"], ["04 14:00"]]


def test_what_comes_first_is_placed_where_that_which_must_follow_soon_cannot_be() -> None:
    """The injection ends by 15:00, the scan opens at 17:00: too late for the scan, but not for the injection."""
    book = build_book(
        orders=[{"before": "ecg", "after": "mud", "least": 30, "most": 60}],
        resources=changed("resources", "mud", hours=daily("17:00-18:20")),
        prescriptions=[asked("ecg", 1), asked("mud", 2)],
    )
    problem = problem_of(book)
    for moves in (0, 300):
        found = search(problem, seconds=moves, most_moves=moves)
        assert [starts(problem, found, run) for run in range(2)] == [["04 08:00"], []]


def test_one_that_can_be_followed_waits_for_the_day_on_which_it_can() -> None:
    """The scan is open on Tuesday only: the injection does not lie on Monday, though it could."""
    book = build_book(
        orders=[{"before": "ecg", "after": "mud", "least": 30, "most": 60}],
        resources=changed("resources", "mud", hours={"tue": ["08:00-12:00"]}),
        prescriptions=[asked("ecg", 1), asked("mud", 2)],
    )
    problem = problem_of(book)
    found = search(problem, seconds=0)
    assert [starts(problem, found, run) for run in range(2)] == [["05 08:00"], ["05 08:50"]]


def test_a_sheet_of_ten_positions_is_nearly_the_best_after_some_moves() -> None:
    """CP-SAT proved 59,625 minutes; run after run, without packing days, the search stays at 62,445."""
    book = sheet(10, seed=1)
    everything = {(row.patient, row.sheet, row.position) for row in book.prescriptions}
    problem = make_problem(book, english_site(), build_terms("near", "14:00", first=FIRST), everything, range(10))
    found = search(problem, seconds=60, most_moves=40_000)
    assert found.score.lost == 0
    assert 59_625 <= found.score.distance <= 59_625 * 1.01


def test_what_has_no_slot_at_all_is_told_from_what_found_none() -> None:
    book = build_book(
        depth_course=3,
        resources=changed("resources", "ecg", hours=daily("08:00-08:20")),
        prescriptions=[
            asked("mud", 1, sessions=5),
            *(asked("ecg", patient=f"P{n}", sheet=f"S{n}", depth=1) for n in (2, 3)),
        ],
    )
    problem = problem_of(book)
    limits = lower_limits(problem)
    assert limits.most.tolist() == [3, 1, 1]
    assert limits.least.lost == 2 * 5
    assert search(problem, seconds=0).score.lost == 3 * 5


@pytest.mark.parametrize(("minute", "moves"), [(0, True), (5, False)])
def test_a_booking_that_is_not_on_the_grid_does_not_move(minute: int, moves: bool) -> None:
    start = datetime(2026, 5, 6, 14, minute)
    held = {"resource": "ecg", "start": start, "end": start + timedelta(minutes=20), "patient": "P1"}
    held |= {"procedure": "ecg", "sheet": "S1", "position": 1, "session": 1}
    book = build_book(prescriptions=[asked("ecg")], bookings=[held])
    problem = problem_of(book, movable=book.bookings)
    assert (unseated(problem) == []) is moves


def test_terms_count_the_days_as_the_plan_does() -> None:
    problem = problem_of(build_book(prescriptions=[asked("ecg", sessions=2)]), Terms(MONDAY, Wish("late")))
    found = search(problem, seconds=0)
    assert found.score.distance == 2 * (24 * 60 - (14 * 60 + 40))
