from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.books import FIRST, sheet
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.search import by_days
from schedvisu_lib.plan.search.by_days import _choose, _dived, _Program, is_whole, plan_by_days
from schedvisu_lib.plan.search.days import days_of, make_day
from schedvisu_lib.plan.search.exact import prove
from schedvisu_lib.plan.search.search import lower_limits, search
from schedvisu_lib.plan.terms import Terms, Wish
from tests.plan.books import MODES, books
from tests.plan.conftest import asked, build_book, build_terms, changed, daily
from tests.plan.search.test_search import problem_of


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wish=st.sampled_from(MODES))
def test_no_plan_is_better_than_the_bound(book: Book, wish: tuple[str, str | None]) -> None:
    problem = problem_of(book, build_terms(*wish))  # type: ignore[arg-type]
    limits = lower_limits(problem)
    found, proof = plan_by_days(problem, limits, seconds=3), prove(problem, seconds=20)
    assert proof.is_best
    assert proof.score is not None
    assert limits.least <= found.bound
    assert found.bound[:2] <= proof.score[:2]
    assert found.score is None or proof.score[:2] <= found.score[:2]


@given(
    lengths=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    prizes=st.lists(st.integers(0, 30), min_size=3, max_size=3),
    costs=st.lists(st.integers(0, 9), min_size=24, max_size=24),
    steps=st.integers(0, 20),
    never=st.booleans(),
)
def test_a_day_is_worth_the_best_of_all_sets_that_fit(
    lengths: list[int], prizes: list[int], costs: list[int], steps: int, never: bool
) -> None:
    """Against all sets, for runs of some lengths that may start at any of 6 steps, at any cost; two perhaps never."""
    ones = sorted((step, run) for run in range(len(lengths)) for step in range(6))
    runs = np.array([run for _, run in ones])
    begins = np.array([step for step, _ in ones])
    ends = begins + np.array(lengths)[runs]
    clash = (begins[:, None] < ends) & (begins < ends[:, None]) | (runs[:, None] == runs)
    if never:
        clash |= (runs[:, None] < 2) & (runs < 2)
    cost = np.array(costs[: len(ones)], np.float64)
    day = make_day((None,) * len(ones), runs, cost, runs, clash)  # type: ignore[arg-type]
    worth = np.array(prizes, np.float64)[runs] - cost
    sets = {
        chosen: worth[list(chosen)].sum()
        for size in range(len(lengths) + 1)
        for chosen in combinations(range(len(ones)), size)
        if not any(clash[one, other] for one, other in combinations(chosen, 2))
    }
    expected = max(sets.values())
    prize = np.array(prizes[: len(lengths)], np.float64)
    assert day.relaxed(prize)[0] >= expected - 1e-6
    assert day.best(prize, steps, 0).most >= expected - 1e-6  # fines alone, at least
    best = day.best(prize, steps, 100_000)
    assert best.most == pytest.approx(expected)
    assert day.worth(prize, best.chain) == pytest.approx(expected)
    good = day.good(prize, 0.5, 100_000, 10_000)
    assert good is not None
    assert max((day.worth(prize, chain) for chain in good), default=0.0) == pytest.approx(expected)
    assert {sets[chain] for chain in good} <= set(sets.values())
    day.keep(best.chain)
    assert day.known(prize) == pytest.approx(expected)
    again = day.best(prize, steps, 100_000)
    assert again.most == pytest.approx(expected)
    assert again.chain == ()


def test_days_that_hold_one_of_two_are_seen() -> None:
    """Mud twice and bath three times, not on one day: each alone would begin on Monday, together they fill the week."""
    book = build_book(
        depth_course=7,
        incompatible=[{"a": "bath", "b": "mud", "rule": "same day"}],
        prescriptions=[asked("mud", 1, sessions=2), asked("bath", 2, sessions=3)],
    )
    problem = problem_of(book)
    limits = lower_limits(problem)
    found = plan_by_days(problem, limits, seconds=5)
    assert {slot.day for slots in found.slots for slot in slots} == {0, 1, 2, 3, 4}
    # At 8:00 each; of mud the second, of bath the second and third session could not lie earlier than a day later.
    wished = 1440 + (1440 + 2880)
    assert limits.least.distance == 5 * 480
    assert found.bound.distance == 5 * 480 + (1 + 2 + 3 + 4) * 1440 - wished
    assert found.score == found.bound


def test_a_sheet_of_twenty_positions_is_proved_best() -> None:
    """CP-SAT is still 12 % away after a minute."""
    terms = Terms(FIRST, Wish("early", None))
    problem = problem_of(sheet(20, seed=1), terms)
    limits = lower_limits(problem)
    plan_by_days(problem, limits, seconds=0)
    found = plan_by_days(problem, limits, seconds=20)
    assert found.bound == (0, 314_265, 0, 0)
    assert found.score == found.bound


def test_a_plan_that_is_given_stays_as_it_is_if_there_is_no_time() -> None:
    """Each session in its group of rooms: rooms elsewhere are free at the same time, but too far from the others."""
    problem = problem_of(sheet(10, seed=2), Terms(FIRST, Wish("any", None)))
    hint = search(problem, seconds=1, most_moves=200).slots
    found = plan_by_days(problem, lower_limits(problem), seconds=0, hint=hint)
    kinds = problem.facts.options["kind"]
    placed, given = (
        [{(slot.day, slot.step, int(kinds[slot.option])) for slot in row} for row in slots]
        for slots in (found.slots, hint)
    )
    assert placed == given


def test_a_choice_that_found_nothing_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []

    def at_second(program: _Program, threads: ThreadPoolExecutor, seconds: float) -> None:
        calls.append(seconds)
        if len(calls) > 1:
            _choose(program, threads, seconds)

    monkeypatch.setattr(by_days, "_choose", at_second)
    problem = problem_of(sheet(10, seed=1), Terms(FIRST, Wish("near", time(14))))
    limits = lower_limits(problem)
    found = plan_by_days(problem, limits, seconds=30, hint=search(problem, seconds=0).slots)
    assert found.score == found.bound == (0, 59_625, 0, 0)


def test_sets_that_are_chosen_can_be_kept_while_others_are_planned_anew() -> None:
    problem = problem_of(sheet(10, seed=2), Terms(FIRST, Wish("any", None)))
    limits = lower_limits(problem)
    program = _Program(problem, limits, days_of(problem))
    program.add_hint(search(problem, seconds=0).slots)
    first, known = program.target, set(program.sets)
    with ThreadPoolExecutor(1) as threads:
        _choose(program, threads, 1.0)
        assert program.target < first
        assert not set(program.plan.items()) <= known
        [last] = list(program.plan)[-1:]
        kept = {day: chain for day, chain in program.plan.items() if day != last}
        assert _dived(program, threads, dict(kept)).items() >= kept.items()


def test_what_ties_days_makes_no_plan_of_days() -> None:
    book = build_book(prescriptions=[asked("mud", 1, sessions=3, least_days=2)])
    problem = problem_of(book)
    assert not is_whole(problem)
    assert plan_by_days(problem, lower_limits(problem), seconds=1).slots == ()


def test_a_room_that_never_opens_leaves_no_day() -> None:
    book = build_book(resources=changed("resources", "ecg", hours=daily("08:00-08:05")), prescriptions=[asked("ecg")])
    problem = problem_of(book)
    assert days_of(problem) == []
    assert plan_by_days(problem, lower_limits(problem), seconds=1).bound == lower_limits(problem).least


def test_the_search_ends_with_whole_days() -> None:
    problem = problem_of(sheet(20, seed=1), Terms(FIRST, Wish("early", None)))
    found = search(problem, seconds=30)
    assert found.score[:2] == found.bound[:2] == (0, 314_265)
