from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.plan.appointments import plan
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.search.bound import bound_of
from schedvisu_lib.plan.search.exact import prove
from schedvisu_lib.plan.search.search import search
from tests.plan.books import MODES, books
from tests.plan.conftest import asked, build_book, build_terms, english_site
from tests.plan.published import FIRST, published_book
from tests.plan.search.test_search import problem_of


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wish=st.sampled_from(MODES))
def test_exact_is_no_worse_than_the_search_and_no_better_than_the_bound(
    book: Book, wish: tuple[str, str | None]
) -> None:
    problem = problem_of(book, build_terms(*wish))  # type: ignore[arg-type]
    found = search(problem, seconds=1, most_moves=1_000, by_priority=False)
    proof = prove(problem, seconds=20, hint=found.slots)
    assert proof.is_best
    assert proof.score is not None
    assert proof.score[:2] <= found.score[:2]
    assert bound_of(problem, found.limits, proof.score.lost)[:2] <= proof.score[:2]


@pytest.mark.parametrize("mode", ["early", "late"])
def test_the_published_sheet_is_proved_best(mode: str) -> None:
    found = plan(published_book(), english_site(), mode, first=FIRST, seconds=1)  # type: ignore[arg-type]
    problem = problem_of(published_book(), build_terms(mode, first=FIRST))  # type: ignore[arg-type]
    proof = prove(problem, seconds=20)
    assert proof.is_best
    assert proof.score is not None
    assert proof.score[:2] == found.score[:2]


def test_nothing_to_place_is_best() -> None:
    book = build_book(prescriptions=[asked("ecg", resources=["mud"])])
    proof = prove(problem_of(book), seconds=5)
    assert proof.is_best
    assert proof.slots == ((),)
    assert proof.bound.lost == 5
