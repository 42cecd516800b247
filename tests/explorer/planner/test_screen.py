"""The desk, driven as a user does: by its buttons; what it shows then."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from schedvisu_lib.explorer.planner.draft import Draft
from schedvisu_lib.explorer.planner.screen import PlanScreen
from tests.explorer.planner.conftest import key, small_book, times, wanted
from tests.plan.conftest import build_terms, english_site

FORBIDDEN = (
    "not moved: S1 position 2, session 1 (Mon 4 May 08:40, ecg): overlaps mud (S1 position 1, session 1, "
    "Mon 4 May 08:30) (rule 6, one place at a time)"
)


def said(place):
    """Return the words of a place for HTML."""
    return BeautifulSoup(place.value, "html.parser").get_text("\n")


def lines(screen):
    """Return the cells of each session that is shown."""
    rows = screen.rows.rows[: len(screen.draft.of_sheet(screen.controls.chosen_sheet))]
    return [[cell.text for cell in BeautifulSoup(row.words.value, "html.parser").find_all("span")] for row in rows]


def offered(screen):
    """Return the times that are shown to choose from: the words, and whether they can be chosen."""
    shown = screen.free._lines.children
    rows = [row for row in screen.free.rows if row.widget in shown]
    return [(BeautifulSoup(row.words.value, "html.parser").span.text, not row.take.disabled) for row in rows]


def plan(screen):
    screen.plan.click()
    screen.wait()


def test_a_sheet_is_shown_with_its_sessions_timetable_and_load(screen):
    assert lines(screen)[0] == ["1", "mud", "Mon 4 May 08:00–08:30", "mud", ""]
    assert re.sub(r"\s+", " ", said(screen.heading)) == "S1 3 of 3 sessions have a time"
    assert "data:image/svg+xml" in screen.picture.value
    assert "data:image/svg+xml" in screen.load.value
    free = BeautifulSoup(screen.next_free.value, "html.parser").tbody.find_all("tr")
    # On Monday the bath of S2 ends at 8:20.
    assert [cell.text for cell in free[1].find_all(["th", "td"])] == ["bath", "bath", "20", "Mon 4 May 08:20"]
    assert (said(screen.told), said(screen.problem)) == ("", "")


def test_another_sheet_is_shown_when_it_is_chosen(screen):
    screen.controls.sheet.value = "S2"
    assert [line[1:3] for line in lines(screen)] == [
        ["bath 1/2", "Mon 4 May 08:00–08:20"],
        ["bath 2/2", "Tue 5 May 08:00–08:20"],
    ]
    assert said(screen.heading).startswith("S2")


def test_plan_finds_times_for_the_ticked_positions(tmp_path):
    screen = PlanScreen(Draft(small_book(), english_site()), build_terms(), 0, tmp_path, pd.DataFrame())
    assert lines(screen)[1] == ["2", "ecg", "not planned yet"]
    assert screen.undo.disabled
    screen.controls.positions.box(1).value = False
    plan(screen)
    assert times(screen.draft) == ["", "04 08:00 ecg", "04 10:00 ther"]
    assert re.sub(r"\s+", " ", said(screen.heading)) == "S1 2 of 3 sessions have a time"
    assert not screen.undo.disabled
    screen.undo.click()
    assert times(screen.draft) == ["", "", ""]
    assert screen.undo.disabled


def test_what_has_no_time_says_why(screen):
    screen.controls.first.value = date(2026, 5, 9)  # a Saturday
    screen.controls.depth_once.value = 2
    plan(screen)
    assert lines(screen)[0][:2] == ["1", "mud"]
    assert lines(screen)[0][2] == "no time within 2 days: mud never open long enough (rule 2, hours)"
    assert screen.rows.rows[0].move.description == "Place"
    assert screen.rows.rows[0].lock.disabled
    assert screen.rows.rows[0].delete.disabled


def test_while_a_search_runs_it_can_only_be_stopped(screen):
    screen.controls.seconds.value = 60
    screen.plan.click()
    assert "Searching for times, 60 s…" in screen.busy.value
    assert screen.plan.disabled
    assert screen.refill.disabled
    assert screen.rows.rows[0].move.disabled
    assert screen.saving.buttons["xlsx"].disabled
    assert screen.stop.layout.display == ""
    screen.stop.click()
    screen.wait(20)
    assert screen.busy.value == ""
    assert screen.stop.layout.display == "none"
    assert not screen.plan.disabled
    assert not screen.rows.rows[0].move.disabled
    assert all(times(screen.draft))


def test_a_session_is_taken_out_and_filled_again(screen):
    screen.rows.rows[0].delete.click()
    assert said(screen.told) == "Position 1, mud: taken out."
    assert times(screen.draft)[0] == ""
    assert lines(screen)[0] == ["1", "mud", "taken out by hand"]
    screen.refill.click()
    screen.wait()
    assert times(screen.draft) == ["04 08:00 mud", "04 08:40 ecg", "04 10:00 ther"]


def test_what_is_locked_is_neither_moved_nor_taken_out(screen):
    row = screen.rows.rows[0]
    row.lock.click()
    assert said(screen.told) == "Position 1, mud: locked."
    assert lines(screen)[0][4] == "locked"
    assert (row.move.disabled, row.lock.description, row.delete.disabled) == (True, "Unlock", True)
    screen.controls.first.value = date(2026, 5, 6)
    plan(screen)
    assert times(screen.draft)[0] == "04 08:00 mud"
    assert times(screen.draft)[1] == "06 08:00 ecg"
    row.lock.click()
    assert said(screen.told) == "Position 1, mud: unlocked."
    assert not row.move.disabled


def test_move_shows_the_best_times_first_and_takes_the_chosen_one(screen):
    screen.rows.rows[0].move.click()
    assert "sv-moving" in screen.rows.rows[0].widget._dom_classes
    assert screen._free_place.children == (screen.free.widget,)
    # At 8:10 the mud would end at 8:40, when the ECG begins 10 minutes away.
    assert offered(screen)[:2] == [("Mon 4 May 08:00–08:30", True), ("Mon 4 May 09:10–09:40", True)]
    screen.free.rows[1].take.click()
    assert times(screen.draft)[0] == "04 09:10 mud"
    assert said(screen.told) == "Position 1, mud: Mon 4 May 09:10, mud."
    assert said(screen.problem) == ""
    assert screen._free_place.children == ()
    assert lines(screen)[0][4] == "set by hand"


def test_the_times_of_a_day_end_with_the_forbidden_ones_and_their_rules(screen):
    screen.rows.rows[0].move.click()
    days = dict(screen.free.day.options)
    screen.free.day.value = days["Tue 5 May: 36 free"]  # from 12:00 to 17:50
    assert offered(screen)[0] == ("Tue 5 May 12:00–12:30", True)
    assert len(offered(screen)) == 12
    for _ in range(4):
        assert screen.free.more.layout.display == ""
        screen.free.more.click()
    assert len(offered(screen)) == 60  # from 8:00 on
    assert screen.free.more.layout.display == "none"
    words, is_free = offered(screen)[36]
    assert (words, is_free) == ("Tue 5 May 08:00–08:30", False)
    assert "sv-forbidden" in screen.free.rows[36].widget._dom_classes
    reason = BeautifulSoup(screen.free.rows[36].words.value, "html.parser").find_all("span")[2].text
    assert reason.startswith("rule 4: booking (Tue 5 May 08:00, mud): 2 at ")
    assert reason.endswith("(rule 4, capacity)")


def test_a_forbidden_time_says_why_without_naming_its_own_session_again(screen):
    screen.rows.rows[1].move.click()
    [monday] = [day for label, day in screen.free.day.options if label.startswith("Mon 4 May")]
    screen.free.day.value = monday
    for _ in range(4):
        screen.free.more.click()
    rows = [row for row in screen.free.rows if "Mon 4 May 08:30–08:50" in row.words.value]
    reason = BeautifulSoup(rows[0].words.value, "html.parser").find_all("span")[2].text
    assert reason.startswith("rule 6: 0 min after mud (S1 position 1, session 1, Mon 4 May 08:00)")


def test_close_leaves_the_appointment_where_it_is(screen):
    screen.rows.rows[0].move.click()
    screen.free.close.click()
    assert screen._free_place.children == ()
    assert not screen.draft.can_undo


def set_by_hand(screen, day, clock):
    screen.rows.rows[0].move.click()
    screen.free.own.day.value, screen.free.own.time.value = day, clock
    screen.free.own.set.click()


def test_another_time_is_checked_and_the_broken_rule_is_named(screen):
    set_by_hand(screen, date(2026, 5, 4), "8:30")
    assert said(screen.free.own.problem) == FORBIDDEN
    assert times(screen.draft)[0] == "04 08:00 mud"
    assert not screen.draft.can_undo
    assert screen.free.own.anyway.layout.display == ""


def test_it_is_set_in_spite_of_the_rule_if_that_is_wanted(screen):
    set_by_hand(screen, date(2026, 5, 4), "8:30")
    screen.free.own.anyway.click()
    assert times(screen.draft)[0] == "04 08:30 mud"
    assert said(screen.problem).startswith(
        "This breaks rules:\nS1 position 2, session 1 (Mon 4 May 08:40, ecg): overlaps"
    )


def test_a_time_that_breaks_nothing_is_set_at_once(screen):
    set_by_hand(screen, date(2026, 5, 6), "13h")
    assert times(screen.draft)[0] == "06 13:00 mud"


def test_a_time_that_cannot_be_read_is_asked_for_again(screen):
    set_by_hand(screen, date(2026, 5, 6), "noon")
    assert said(screen.free.own.problem) == "Choose a day, and write the time as 14:00."
    assert screen.free.own.anyway.layout.display == "none"


def test_a_field_that_makes_no_sense_is_told(screen):
    screen.controls.first.value = None
    plan(screen)
    assert said(screen.problem) == "Choose the first day."
    screen.rows.rows[0].move.click()
    assert said(screen.problem) == "Choose the first day."


def test_what_the_search_cannot_do_is_told_and_the_desk_goes_on(screen):
    screen.controls.positions.every.value = False
    plan(screen)
    assert said(screen.problem) == "Tick at least one position."
    assert not screen.plan.disabled
    assert screen.busy.value == ""


NAME = "".join(["Muster", "mann"])


def test_what_nobody_foresaw_is_told_without_a_traceback(screen, monkeypatch, library_log):
    def fail(*_):
        raise KeyError(NAME)

    monkeypatch.setattr(screen.draft, "free_times", fail)
    screen.rows.rows[0].move.click()
    assert "KeyError at test_screen.py" in said(screen.problem)
    assert NAME not in said(screen.problem) + library_log.text


def test_patients_are_named_nowhere(screen):
    set_by_hand(screen, date(2026, 5, 4), "8:30")
    shown = "".join(
        place.value for place in (screen.heading, screen.next_free, screen.free.own.problem, screen.free._title)
    )
    assert not re.search(r"\bP[12]\b", shown + str(lines(screen)) + str(offered(screen)))


def test_the_desk_speaks_french(tmp_path):
    site = english_site()
    site = site.model_copy(update={"report": site.report.model_copy(update={"language": "fr"})})
    screen = PlanScreen(Draft(small_book(), site), build_terms(), 0, tmp_path, pd.DataFrame())
    assert screen.plan.description == "Planifier"
    assert lines(screen)[0] == ["1", "mud", "pas encore planifié"]
    plan(screen)
    assert lines(screen)[0][2] == "lun. 04.05 08:00–08:30"


@pytest.mark.parametrize("position", [1, 2, 3])
def test_each_line_moves_its_own_session(screen, position):
    screen.rows.rows[position - 1].move.click()
    assert screen._moving == key(screen.draft, "S1", position)
    assert wanted().positions[position - 1] == position
