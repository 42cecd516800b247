from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.search.bound import bound_of, pushed, pushed_late
from schedvisu_lib.plan.search.search import lower_limits, search
from tests.plan.books import MODES, books
from tests.plan.conftest import asked, build_book, build_terms, changed, daily
from tests.plan.search.test_search import problem_of


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wish=st.sampled_from(MODES))
def test_no_plan_is_better_than_the_bound(book: Book, wish: tuple[str, str | None]) -> None:
    problem = problem_of(book, build_terms(*wish))  # type: ignore[arg-type]
    for moves in (0, 500):
        found = search(problem, seconds=moves, most_moves=moves)
        bound = bound_of(problem, found.limits, found.score.lost)
        assert bound.lost <= found.score.lost
        assert bound.distance <= found.score.distance


def test_a_full_room_bounds_what_alone_would_be_free() -> None:
    """Room for two a day, at 8:00 and 8:20, on two days: of five patients one is left over."""
    book = build_book(
        depth_once=2,
        resources=changed("resources", "ecg", hours=daily("08:00-08:40")),
        prescriptions=[asked("ecg", patient=f"P{n}", sheet=f"S{n}") for n in range(5)],
    )
    problem = problem_of(book)
    limits = lower_limits(problem)
    assert limits.least[:2] == (0, 5 * 480)
    assert bound_of(problem, limits)[:2] == (5, 2 * (480 + 500) + 2 * 1440)


def test_a_course_has_one_session_a_day() -> None:
    book = build_book(prescriptions=[asked("ecg", sessions=3, least_days=2)])
    problem = problem_of(book)
    # Monday, Wednesday and Friday at 8:00 are what is wished: sessions 2 and 3 could not lie earlier.
    assert bound_of(problem, lower_limits(problem))[:2] == (0, 3 * 480)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [([2], [[2, 4, 6]]), ([2, 3], [[2, 4, 5, 6, 7], [2, 4, 5, 6]])],
)
def test_pushed_starts_follow_a_beginning_or_an_end(lengths: list[int], expected: list[list[int]]) -> None:
    """Open from step 2 to step 9."""
    allowed = np.array([[2 <= step <= 9 - length for step in range(12)] for length in lengths])
    kept = pushed(allowed, lengths, np.ones(12, np.int16))
    assert [np.flatnonzero(row).tolist() for row in kept] == expected


def test_late_starts_are_pushed_the_other_way() -> None:
    allowed = np.array([[2 <= step <= 7 for step in range(12)]])
    assert np.flatnonzero(pushed_late(allowed, [2], np.ones(12, np.int16))[0]).tolist() == [3, 5, 7]
