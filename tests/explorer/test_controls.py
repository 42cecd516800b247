"""The controls: which question they make of what the user sets, and how they show one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.choice import CHOSEN
from schedvisu_lib.explorer.comparison import BEFORE, NOTHING, OTHER_DAYS, OTHER_SCANNER, YEAR_EARLIER, Comparison
from schedvisu_lib.explorer.controls import Controls
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from tests.explorer.small_desk import D670, D690, VISION, small_desk

MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
WEEK = timedelta(weeks=1)


class Told:
    """The controls of a small desk, and what they told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sides: list[tuple[Question, ...]] = []
        self.controls = Controls(desk, lambda: self.sides.append(self.controls.sides))

    @property
    def question(self) -> Question:
        return self.sides[-1][0]

    def scanner(self, name: str) -> None:
        scanners = self.controls.scanners
        if scanners.several.value:
            button = scanners.together.button(name)
            button.value = not button.value
        else:
            scanners.alone.value = name

    def click(self, step: str) -> None:
        self.controls.days.steps[step].click()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Controls change nothing of a desk."""
    return small_desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def told(desk: Desk) -> Told:
    return Told(desk)


def test_first_question_is_the_first_scanner_in_the_shortest_period_to_the_last_friday(told: Told) -> None:
    assert told.controls.sides == (Question((D690,), MONDAY, FRIDAY, "weekly"),)
    assert told.sides == []


def test_period_ends_on_the_last_friday_before_the_last_stored_evening(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    desk.stored = desk.stored[:-1]  # to Thursday
    assert Told(desk).controls.question == Question((D690,), MONDAY - WEEK, FRIDAY - WEEK, "weekly")


# Scanners


def test_click_on_a_scanner_chooses_it_alone(told: Told) -> None:
    told.scanner(VISION)
    assert told.question.scanners == (VISION,)
    assert len(told.sides) == 1


def test_last_scanner_stays_chosen(told: Told) -> None:
    told.scanner(D690)
    assert told.controls.scanners.value == (D690,)
    assert told.sides == []
    told.controls.scanners.several.value = True
    told.scanner(D690)
    assert told.controls.scanners.together.button(D690).value
    assert told.sides == []


def test_with_several_clicks_add_and_remove_in_the_order_of_the_site(told: Told) -> None:
    told.controls.scanners.several.value = True
    told.scanner(D670)
    told.scanner(VISION)
    assert told.question.scanners == (D690, VISION, D670)
    told.scanner(D690)
    assert told.question.scanners == (VISION, D670)
    told.controls.scanners.several.value = False
    assert told.question.scanners == (VISION,)


# Days


def test_period_by_name_sets_its_days(told: Told) -> None:
    told.controls.days.title.value = "monthly"
    assert told.sides == [(Question((D690,), date(2026, 4, 27), FRIDAY, "monthly"),)]
    assert told.controls.days.first.value == date(2026, 4, 27)


def test_days_of_ones_own_are_chosen_days(told: Told) -> None:
    told.controls.days.first.value = date(2026, 5, 20)
    assert told.question == Question((D690,), date(2026, 5, 20), FRIDAY, CHOSEN)
    assert told.controls.days.title.value == CHOSEN


@pytest.mark.parametrize(
    ("title", "step", "first", "last", "then"),
    [
        ("weekly", "week before", MONDAY - WEEK, FRIDAY - WEEK, "weekly"),
        ("weekly", "period after", MONDAY + WEEK, FRIDAY + WEEK, "weekly"),
        ("monthly", "week before", date(2026, 4, 20), FRIDAY - WEEK, "monthly"),
        ("monthly", "period before", date(2026, 3, 30), date(2026, 4, 24), "monthly"),
        # A year that is moved is a year no longer.
        ("yearly", "week after", date(2026, 1, 8), FRIDAY + WEEK, CHOSEN),
    ],
)
def test_buttons_lead_a_week_or_a_period_further(
    told: Told, title: str, step: str, first: date, last: date, then: str
) -> None:
    told.controls.days.title.value = title
    told.click(step)
    assert told.question == Question((D690,), first, last, then)


def test_chosen_days_move_by_as_many_days(told: Told) -> None:
    told.controls.show(Question((D690,), date(2026, 5, 5), date(2026, 5, 7)))
    told.click("period after")
    assert (told.question.first, told.question.last) == (date(2026, 5, 8), date(2026, 5, 10))


def test_latest_leads_back_to_the_last_friday(told: Told) -> None:
    told.click("week before")
    told.click("latest")
    assert told.question == Question((D690,), MONDAY, FRIDAY, "weekly")


def test_days_in_the_wrong_order_are_a_sentence_and_no_question(told: Told) -> None:
    told.controls.days.last.value = date(2026, 5, 1)
    assert told.sides == [()]
    words = "The last day (1 May 2026) lies before the first one (18 May 2026): change one of them."
    assert told.controls.problem == words
    assert words in told.controls.problem_line.value
    for step in ("week before", "period after"):
        told.click(step)
    assert told.sides == [()]
    told.controls.days.first.value = None
    assert told.controls.problem == "Choose a first and a last day."
    told.click("latest")
    assert told.question == Question((D690,), MONDAY, FRIDAY, "weekly")
    assert told.controls.problem_line.value == ""


@pytest.mark.parametrize(("picker", "day"), [("first", date(202, 5, 18)), ("last", date(9999, 5, 22))])
def test_years_that_are_still_being_typed_are_no_question(told: Told, picker: str, day: date) -> None:
    getattr(told.controls.days, picker).value = day
    assert told.sides == [()]
    assert told.controls.problem == "Choose days between 1 Jan 1980 and 31 Dec 2099."


def test_steps_end_at_the_first_day_that_can_be_asked_for(told: Told) -> None:
    told.controls.days.first.value, told.controls.days.last.value = date(1980, 1, 1), date(1980, 1, 5)
    n = len(told.sides)
    told.click("week before")
    assert len(told.sides) == n
    told.click("week after")
    assert told.question.period == Period(CHOSEN, date(1980, 1, 8), date(1980, 1, 12))


# Filters


def test_filters_limit_the_question_and_their_heading_counts_them(told: Told) -> None:
    filters = told.controls.filters
    assert filters.widget.titles == ("Filters",)
    filters.weekdays.button("mon").value = True
    filters.hours.value = (time(8), time.max)
    filters.exam_types.button("PSMA").value = True
    expected = Question((D690,), MONDAY, FRIDAY, "weekly", ("mon",), (time(8), time.max), ("PSMA",))
    assert told.question == expected
    assert filters.widget.titles == ("Active filters: 3",)
    filters.reset.click()
    assert told.question == Question((D690,), MONDAY, FRIDAY, "weekly")
    assert filters.widget.titles == ("Filters",)


def test_hours_never_shrink_to_nothing(told: Told) -> None:
    hours = told.controls.filters.hours
    hours.value = (time(8), time(8))
    assert told.question.hours == (time(8), time(8, 30))
    hours.value = (time.max, time.max)
    assert told.question.hours == (time(23, 30), time.max)


def test_types_and_takes_are_those_of_the_chosen_scanners_in_the_order_of_the_site(told: Told) -> None:
    filters = told.controls.filters
    assert (filters.exam_types.offered, filters.takes.offered) == (("FDG STAND.", "PSMA"), (1,))
    filters.exam_types.button("PSMA").value = True
    told.scanner(D670)
    assert (filters.exam_types.offered, filters.takes.offered) == (("OS",), (1, 2))
    assert told.question.exam_types == ()  # what is not offered limits nothing
    filters.takes.button(2).value = True
    assert told.question.takes == (2,)


def test_weekdays_are_those_on_which_the_site_works(tmp_path: Path) -> None:
    told = Told(small_desk(tmp_path, calendar={"workdays": ["tue", "sat"]}))
    assert told.controls.filters.weekdays.offered == ("tue", "sat")


# Comparison


@pytest.mark.parametrize(
    ("kind", "first", "last", "scanners"),
    [
        (BEFORE, MONDAY - WEEK, FRIDAY - WEEK, (D690,)),
        (YEAR_EARLIER, date(2025, 5, 19), date(2025, 5, 23), (D690,)),  # week 21 both
        (OTHER_DAYS, MONDAY - WEEK, FRIDAY - WEEK, (D690,)),  # until others are picked
        (OTHER_SCANNER, MONDAY, FRIDAY, ("Millennium",)),
    ],
)
def test_other_side_has_other_days_or_another_scanner(
    told: Told, kind: str, first: date, last: date, scanners: tuple[str, ...]
) -> None:
    told.controls.filters.weekdays.button("mon").value = True
    told.controls.comparison.kind.value = kind
    question, beside = told.sides[-1]
    assert question == Question((D690,), MONDAY, FRIDAY, "weekly", ("mon",))
    assert (beside.first, beside.last, beside.scanners, beside.weekdays) == (first, last, scanners, ("mon",))
    told.controls.comparison.kind.value = NOTHING
    assert told.sides[-1] == (question,)


def test_other_days_are_picked(told: Told) -> None:
    comparison = told.controls.comparison
    comparison.kind.value = OTHER_DAYS
    comparison.last.value = date(2026, 5, 12)
    assert told.sides[-1][1] == Question((D690,), MONDAY - WEEK, date(2026, 5, 12), CHOSEN)
    comparison.last.value = date(2026, 5, 1)
    assert told.sides[-1] == ()
    assert "lies before" in told.controls.problem


def test_scanner_is_never_compared_with_itself_unless_it_was_meant(told: Told) -> None:
    told.scanner("Millennium")
    told.controls.comparison.kind.value = OTHER_SCANNER
    assert told.sides[-1][1].scanners == (D690,)


@pytest.fixture(scope="module")
def a_year_earlier() -> Comparison:
    comparison = Comparison(language("en"), lambda: None)
    comparison.kind.value = YEAR_EARLIER
    return comparison


@given(day=st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_same_weeks_of_the_year_before_have_the_same_number(a_year_earlier: Comparison, day: date) -> None:
    beside = a_year_earlier.beside(Question((D690,), day, day + timedelta(days=4)))
    assert beside is not None
    year, week, weekday = day.isocalendar()
    there = beside.first.isocalendar()
    assert (there.year, there.weekday) == (year - 1, weekday)
    assert there.week == week or (week == 53 and there.week == 52)
    assert beside.last - beside.first == timedelta(days=4)


# From outside


def test_controls_show_a_question_that_comes_from_elsewhere(told: Told) -> None:
    for question in (
        Question((VISION, D670), date(2026, 5, 4), date(2026, 5, 15), "biweekly", ("mon", "fri"), takes=(2,)),
        Question((D690,), MONDAY, FRIDAY, "weekly", (), (time(7, 30), time(12)), ("PSMA",)),
    ):
        told.controls.show(question)
        assert told.controls.question == question
    assert told.sides == []
    assert told.controls.scanners.several.value


def test_hours_that_the_slider_has_not_become_those_around_them(told: Told) -> None:
    told.controls.show(replace(told.controls.default, hours=(time(8, 10), time(9, 40))))
    assert told.controls.question is not None
    assert told.controls.question.hours == (time(8), time(10))


def test_renewed_controls_keep_what_is_still_there(tmp_path: Path) -> None:
    told = Told(small_desk(tmp_path))
    told.controls.scanners.several.value = True
    told.scanner(VISION)
    told.controls.filters.exam_types.button("PSMA").value = True
    site = told.desk.site
    told.desk.site = site.model_copy(update={"scanners": site.scanners[:1]})
    told.desk.site.__dict__.pop("scanner_names")  # it was worked out of all
    told.controls.renew()
    assert told.controls.question == Question((D690,), MONDAY, FRIDAY, "weekly", exam_types=("PSMA",))
