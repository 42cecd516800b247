"""The desk of the roster, driven as a user does: by its cells and buttons; what it shows then."""

from __future__ import annotations

import re
from datetime import date

from bs4 import BeautifulSoup

from tests.export.roster.conftest import LAST, rows_of

ADA, BO, CY, DI, NOBODY = range(5)
"""Rows of the grid."""


def said(place):
    """Return the words of a place for HTML."""
    return re.sub(r"\s+", " ", BeautifulSoup(place.value, "html.parser").get_text(" ")).strip()


def cell(screen, row, day):
    """Return the text of a cell on a day of May as the widget has it; both tell the same."""
    column = day - 4
    shown = screen.grid.widget.data.iloc[row, column]
    assert shown == screen.grid.texts[row][column]
    return shown


def rules(text):
    return re.findall(r"\(rule (\d+)", text)


def test_cells_show_letters_locks_leave_what_is_set_by_hand_broken_and_empty(screen):
    assert [cell(screen, ADA, day) for day in (4, 5, 7, 9)] == ["[N]", "", "[N]", "D*"]
    assert [cell(screen, DI, day) for day in (4, 8, 9)] == ["–", "–", ""]
    assert cell(screen, CY, 14) == "D*!"  # after the night of Wednesday
    assert cell(screen, NOBODY, 17) == "D?"
    assert said(screen.heading) == "36 duties 1 seats empty 4 rules broken"
    assert screen.lists.titles[:2] == ("Broken rules (4)", "Empty seats (1)")


def test_a_change_that_breaks_rules_names_each_at_once_and_is_not_made(screen):
    screen.grid.type(ADA, 1, "D")
    assert rules(said(screen.cell.refused)) == ["1", "4", "5"]
    assert "Ada, Tue 5 May, day: the day after a night (Mon 4 May) is free (rule 4, after a night)" in said(
        screen.cell.refused
    )
    assert cell(screen, ADA, 5) == ""
    assert screen.undo.disabled


def test_it_can_be_made_all_the_same_and_taken_back(screen):
    screen.grid.type(ADA, 1, "D")
    screen.cell.in_spite.click()
    assert cell(screen, ADA, 5) == "D*!"
    assert said(screen.told) == "Ada, Tue 5 May: day."
    assert rules(said(screen.problem)) == ["1", "4", "5"]
    screen.undo.click()
    assert cell(screen, ADA, 5) == ""
    assert screen.undo.disabled


def test_a_change_that_breaks_none_is_made(screen):
    screen.grid.type(DI, 13, "day")
    assert (cell(screen, DI, 17), cell(screen, NOBODY, 17)) == ("D*", "")
    assert said(screen.problem) == ""
    assert said(screen.heading).startswith("37 duties 0 seats empty")
    assert said(screen.empty) == "Every seat is filled."


def test_what_is_no_shift_and_the_row_of_empty_seats_stay_as_they_are(screen):
    screen.grid.type(ADA, 1, "q")
    assert said(screen.problem) == '"q" is no shift; type one of D (day), N (night), or nothing.'
    assert cell(screen, ADA, 5) == ""
    screen.grid.type(NOBODY, 13, "")
    assert said(screen.problem) == "This row shows seats that nobody fills; give them to a person above."
    assert cell(screen, NOBODY, 17) == "D?"


def test_what_the_browser_tells_back_changes_nothing(screen):
    screen.grid.type(ADA, 1, "D")
    refused = said(screen.cell.refused)
    screen.grid.type(ADA, 1, cell(screen, ADA, 5))
    assert said(screen.cell.refused) == refused != ""


def test_a_clicked_cell_shows_what_it_could_hold_and_why_not(screen):
    click = {"region": "body", "column": ["May 2026", "Tue", "5"], "primary_key_row": BO, "column_index": 1}
    screen.grid._clicked(click)
    assert said(screen.cell.heading) == "Bo Tue 5 May 2026 · night · clinical"
    assert list(screen.cell.buttons) == [None, "day", "night"]
    assert screen.cell.buttons["night"].disabled
    day = screen.cell._choices.children[1].children[1]
    assert said(day) == "Bo, Tue 5 May, day: no request asks for it (rule 1, seat)"
    screen.cell.buttons[None].click()
    assert cell(screen, BO, 5) == ""
    assert said(screen.empty).endswith(
        "Tue 5 May 2026 night clinical taken out by hand Sun 17 May 2026 day clinical " + REASON
    )


REASON = "Ada, Bo, Cy had a night (rule 4); Di has most_shifts (rule 10)"


def test_what_is_locked_is_not_changed_until_it_is_unlocked(screen):
    screen.grid.type(ADA, 0, "")
    assert "is locked; unlock it first" in said(screen.problem)
    assert cell(screen, ADA, 4) == "[N]"
    assert screen.cell.lock.description == "Unlock"
    screen.cell.lock.click()
    assert (said(screen.told), cell(screen, ADA, 4)) == ("Ada: unlocked.", "N")
    screen.cell.lock.click()
    assert cell(screen, ADA, 4) == "[N]"


def test_an_absence_opens_duties_and_a_substitute_owes_nothing_but_is_owed(screen):
    absence = screen.absence
    absence.person.value = "Bo"
    absence.first.value, absence.last.value = date(2026, 5, 12), LAST
    absence.go.click()
    assert said(screen.told) == "Bo is absent: 2 duties are open."
    assert [(duty.date.day, choice.options[0][0]) for duty, choice, _ in absence.lines] == [
        (12, "Di, free that day, has 3"),
        (16, "Cy, free that day, has 4, breaks 2 rule(s)"),
    ]
    assert cell(screen, NOBODY, 12) == "N?"
    absence.lines[0][2].click()
    assert (cell(screen, DI, 12), cell(screen, NOBODY, 12)) == ("N*", "")
    assert [(debt.debtor, debt.creditor) for debt in screen.draft.book.debts] == [("Bo", "Di")]
    assert len(absence.lines) == 1


def test_a_substitute_who_would_break_a_rule_is_refused_by_name(screen):
    screen.absence.person.value = "Bo"
    screen.absence.first.value = screen.absence.last.value = date(2026, 5, 16)
    screen.absence.go.click()
    screen.absence.lines[0][2].click()  # Cy has the night of Sunday
    assert said(screen.problem).startswith("does not stand in: Cy, ")
    assert rules(said(screen.problem)) == ["4", "5"]
    assert cell(screen, NOBODY, 16) == "N?"
    assert screen.draft.book.debts == ()


def test_versions_are_saved_compared_and_taken_back(screen):
    history = screen.history
    history.author.value, history.note.value = "head nurse", "first"
    history.save.click()
    assert "Saved as version 1" in said(history.told)
    screen.grid.type(DI, 13, "D")
    history.compare.click()
    assert said(history.told) == "Sun 17 May, day, clinical: Di was added"
    history.restore.click()
    assert cell(screen, DI, 17) == ""
    assert history.chosen.options[0][0].endswith("head nurse, first")


def test_planning_around_keeps_what_stands(screen):
    screen.grid.type(DI, 13, "D")
    screen.replan.click()
    screen.wait(60)
    assert said(screen.problem) == ""
    assert cell(screen, ADA, 4) == "[N]"
    assert cell(screen, ADA, 9) == "D*"
    by_hand = rows_of(screen.draft.table, person="Di", shift="day")
    assert set(by_hand["date"].dt.day) >= {17}
    assert rows_of(screen.draft.table, date="2026-05-04", shift="night")["person"].tolist() == ["Ada"]


def test_files_are_saved(screen, tmp_path):
    screen.saving.save("xlsx")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["roster-2026-05-04.xlsx"]
    screen.draft.absent("Bo", LAST, LAST)
    screen.saving.buttons["xlsx"].click()
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"roster-2026-05-04.xlsx", "staff-2026-05-04.xlsx"}  # the absence belongs to the book
