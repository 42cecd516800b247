"""What the controls ask for, by their values."""

from __future__ import annotations

from datetime import date, time

import pytest

from schedvisu_lib.explorer.planner.controls import PlanControls
from schedvisu_lib.explorer.planner.times import time_in
from schedvisu_lib.language import language
from schedvisu_lib.plan.terms import Terms, Wish
from tests.explorer.planner.conftest import small_book
from tests.plan.conftest import MONDAY, asked, build_terms

T = language("en")


def controls(changed=lambda: None, terms=None, book=None):
    return PlanControls(book or small_book(), terms or build_terms(), 3.0, T, changed)


def test_at_first_the_whole_first_sheet_is_asked_for_with_the_depths_of_the_book():
    wanted = controls().wanted
    assert (wanted.sheet, wanted.positions, wanted.resources, wanted.seconds) == ("S1", (1, 2, 3), {}, 3.0)
    assert wanted.terms == Terms(MONDAY, Wish(), 14, 14)


def test_what_is_not_ticked_is_not_asked_for():
    panel = controls()
    panel.positions.box(2).value = False
    assert panel.wanted.positions == (1, 3)
    assert not panel.positions.every.value
    panel.positions.every.value = True
    assert panel.wanted.positions == (1, 2, 3)
    panel.positions.every.value = False
    assert panel.wanted.positions == ()


def test_resources_can_be_chosen_where_there_is_a_choice():
    panel = controls()
    panel.sheet.value = "S2"
    toggles = panel.positions.toggles(1)
    assert toggles.offered == ("bath", "ecg")
    toggles.button("bath").value = False
    assert panel.wanted.resources == {1: ("ecg",)}
    assert panel.wanted.limit(small_book()).prescriptions[3].resources == ("ecg",)
    assert panel.wanted.limit(small_book()).prescriptions[0].resources == ()
    toggles.button("ecg").value = False  # none means all
    assert panel.wanted.resources == {}


def test_a_sheet_keeps_what_was_chosen_while_another_one_is_looked_at():
    seen = []
    panel = controls(lambda: seen.append(panel.chosen_sheet))
    panel.positions.box(1).value = False
    panel.sheet.value = "S2"
    assert panel.wanted.positions == (1,)
    panel.sheet.value = "S1"
    assert panel.wanted.positions == (2, 3)
    assert seen == ["S2", "S1"]


def test_mode_depths_first_day_and_seconds_are_those_of_the_fields():
    panel = controls()
    panel.first.value = date(2026, 5, 6)
    panel.depth_once.value, panel.depth_course.value, panel.seconds.value = 3, 21, 10
    panel.mode.value = "late"
    assert panel.wanted.terms == Terms(date(2026, 5, 6), Wish("late"), 21, 3)
    assert panel.wanted.seconds == 10.0


def test_near_a_time_needs_one():
    panel = controls()
    assert panel.at.layout.display == "none"
    panel.mode.value = "near"
    assert panel.at.layout.display is None
    panel.at.value = "14h30"
    assert panel.wanted.terms.wish == Wish("near", time(14, 30))
    panel.at.value = "afternoon"
    with pytest.raises(ValueError, match=r"Write the time as 14:00\."):
        _ = panel.wanted


def test_a_first_day_is_needed():
    panel = controls()
    panel.first.value = None
    with pytest.raises(ValueError, match=r"Choose the first day\."):
        _ = panel.wanted


def test_it_begins_with_the_terms_that_it_is_given():
    panel = controls(terms=build_terms("near", "09:30", date(2026, 5, 7), depth_once=5))
    assert panel.wanted.terms == Terms(date(2026, 5, 7), Wish("near", time(9, 30)), 14, 5)


def test_among_many_sheets_the_user_types():
    many = [asked("ecg", 1, sheet=f"S{n}") for n in range(40)]
    panel = controls(book=small_book(prescriptions=many))
    assert panel.wanted.sheet == "S0"
    panel.sheet.value = "S37"
    assert panel.wanted.sheet == "S37"
    panel.sheet.value = "S99"
    with pytest.raises(ValueError, match=r"Choose a sheet of the book\."):
        _ = panel.wanted


def test_a_course_says_how_often_it_is_asked_for():
    panel = controls()
    panel.sheet.value = "S2"
    assert panel.positions.box(1).description == "1 · bath × 2"


@pytest.mark.parametrize(
    ("text", "clock"), [("14:00", time(14)), (" 9.5", None), ("9.05", time(9, 5)), ("8h", time(8)), ("24:00", None)]
)
def test_times_are_read_as_people_write_them(text, clock):
    assert time_in(text) == clock
