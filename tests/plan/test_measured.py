"""Which past exams a plan goes by."""

from __future__ import annotations

from datetime import date

import pytest

from schedvisu_lib.plan.measured import days_for_durations, days_for_occupancy

MONDAY, THURSDAY = date(2026, 5, 18), date(2026, 5, 21)


@pytest.mark.parametrize(("first", "today"), [(MONDAY, THURSDAY), (THURSDAY, MONDAY)])
def test_only_days_that_are_over_and_before_the_plan_count(first: date, today: date):
    assert days_for_durations(first, today) == (date(2025, 5, 19), date(2026, 5, 17))
    assert days_for_occupancy(first, today) == (date(2026, 3, 23), date(2026, 5, 17))
