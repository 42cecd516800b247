from __future__ import annotations

import pytest

from schedvisu_lib.plan.appointments import plan
from schedvisu_lib.plan.search.proof import best_of
from schedvisu_lib.plan.search.search import search
from tests.plan.conftest import build_terms, english_site
from tests.plan.published import FIRST, published_book
from tests.plan.search.test_search import problem_of


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_the_bound_is_no_worse_than_that_of_each_run_alone(seconds: float) -> None:
    """However little time there is for it."""
    problem = problem_of(published_book(), build_terms("any", first=FIRST))
    found = search(problem, seconds=0)
    slots, bound = best_of(problem, found, seconds)
    assert bound >= found.limits.least
    assert len(slots) == len(found.slots)


def test_the_bound_of_a_plan_is_no_worse_if_it_is_to_be_exact() -> None:
    options = {"first": FIRST, "seconds": 0.02}
    alone = plan(published_book(), english_site(), "any", bound="alone", **options)  # type: ignore[arg-type]
    exact = plan(published_book(), english_site(), "any", bound="exact", **options)  # type: ignore[arg-type]
    assert exact.bound >= alone.bound


def test_a_first_fit_becomes_the_best_plan() -> None:
    problem = problem_of(published_book(), build_terms("early", first=FIRST))
    found = search(problem, seconds=0)
    slots, bound = best_of(problem, found, 10)
    assert slots != found.slots
    assert bound[:2] < found.score[:2]
