"""A plan that somebody corrected in a spreadsheet: what is read, what stands, and which rows break which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.files import plan_csv
from schedvisu_lib.export.plan.read_back import ReadBack, first_day, read_places, read_plan, rules_broken, standing
from schedvisu_lib.export.plan.xlsx_file import plan_xlsx
from schedvisu_lib.plan.appointment import appointments_in
from tests.plan.conftest import build_terms, english_site

SITE = english_site()
Correct = Callable[..., ReadBack]
MUD_1, MUD_2, ECG = 2, 5, 6
"""Rows of the list."""


@pytest.fixture
def file(content: PlanContent, tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_xlsx(content))
    return path


@pytest.fixture
def correct(file: Path, content: PlanContent) -> Correct:
    """Changes cells of a row (``start="..."``), or deletes rows, as somebody does in Excel, and reads the file."""

    def change(row: int = 0, *, delete: int = 0, **cells: Any) -> ReadBack:
        workbook = openpyxl.load_workbook(file)
        sheet = workbook["appointments"]
        head = [cell.value for cell in sheet[1]]
        for name, value in cells.items():
            sheet.cell(row, head.index(name) + 1).value = value
        if delete:
            sheet.delete_rows(delete)
        workbook.save(file)
        return read_plan(file, content.book, SITE)

    return change


def test_what_nobody_changed_is_read_as_it_was(file: Path, content: PlanContent):
    read = read_plan(file, content.book, SITE)
    pd.testing.assert_frame_equal(read.appointments, content.appointments)
    assert read.faults == ()
    assert rules_broken(read, content.book, SITE, build_terms()) == []


def test_csv_is_read_too(content: PlanContent, tmp_path: Path):
    path = tmp_path / "plan.csv"
    path.write_bytes(plan_csv(content))
    pd.testing.assert_frame_equal(read_plan(path, content.book, SITE).appointments, content.appointments)


def test_an_end_follows_its_start_and_what_moved_is_set_by_hand(correct: Correct, content: PlanContent):
    read = correct(MUD_1, start=datetime(2026, 5, 4, 9))
    [moved] = [one for one in appointments_in(read.appointments) if one.origin == "manual"]
    assert (moved.start, moved.end) == (datetime(2026, 5, 4, 9), datetime(2026, 5, 4, 9, 30))
    assert rules_broken(read, content.book, SITE, build_terms()) == []


def test_an_end_that_was_changed_stands_and_breaks_the_rule_of_its_row(correct: Correct, content: PlanContent):
    read = correct(MUD_1, end=datetime(2026, 5, 4, 9))
    [line] = rules_broken(read, content.book, SITE, build_terms())
    assert line.startswith("row 2: S1 position 1, session 1 (Mon 4 May 08:00, mud): from 08:00 to 09:00")


def test_broken_rules_are_told_by_row(correct: Correct, content: PlanContent):
    read = correct(MUD_1, start=datetime(2026, 5, 4, 14, 30))
    lines = rules_broken(read, content.book, SITE, build_terms())
    assert lines == [
        "row 2, 4: S1 position 1, session 1 (Mon 4 May 14:30, mud): "
        "2 at once on mud at 14:30, room for 1 (rule 4, capacity)"
    ]


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ({"resource": "sauna"}, 'row 2: resource "sauna" is not in the book (row)'),
        ({"start": "tomorrow"}, 'row 2: start cannot be read: "tomorrow" (row)'),
        ({"end": datetime(2026, 5, 4, 7)}, "row 2: an appointment needs a start and a later end (row)"),
    ],
)
def test_a_row_that_cannot_be_is_named(correct: Correct, cells: dict[str, Any], complaint: str):
    assert correct(MUD_1, **cells).faults == (complaint,)


def test_nothing_locked_moves_unless_it_is_unlocked(correct: Correct):
    at = datetime(2026, 5, 6, 10)
    assert correct(ECG, start=at).faults == ("row 6: it is locked; unlock it before you move it (row)",)
    read = correct(ECG, start=at, locked=False)
    assert read.faults == ()
    assert read.appointments.loc[read.appointments["procedure"] == "ecg", "start"].item() == at


def test_nothing_locked_is_taken_out(correct: Correct):
    emptied = correct(ECG, start=None, end=None)
    assert emptied.faults == ("row 6: it is locked; unlock it before you take it out (row)",)
    deleted = correct(delete=ECG)
    [line] = deleted.faults
    assert line.startswith("the locked appointment on ecg (2026-05-06 09:00")


def test_a_row_without_a_start_has_no_time_any_more(correct: Correct):
    read = correct(MUD_2, start=None)
    without = read.appointments.loc[read.appointments["start"].isna(), ["session", "resource"]]
    assert without.to_numpy().tolist() == [[2, ""], [3, ""]]


def test_a_session_without_a_time_gets_one_by_hand(correct: Correct, content: PlanContent):
    read = correct(7, start=datetime(2026, 5, 7, 8), resource="mud")
    [one] = [one for one in appointments_in(read.appointments) if one.session == 3]
    assert (one.end, one.origin) == (datetime(2026, 5, 7, 8, 30), "manual")


def test_a_plan_stands_in_the_book_beside_its_own_bookings(correct: Correct, content: PlanContent):
    read = correct(ECG, start=datetime(2026, 5, 7, 9), locked=False)
    book = standing(read, content.book)
    stands = {(booking.resource, booking.start) for booking in book.bookings}
    assert len(book.bookings) == len(stands) == 5
    assert ("ecg", datetime(2026, 5, 7, 9)) in stands  # and no more where the book had it
    assert ("mud", datetime(2026, 5, 4, 14)) in stands
    new = content.book.bookings[0].model_copy(update={"start": datetime(2026, 5, 8, 8), "end": datetime(2026, 5, 8, 9)})
    fuller = content.book.model_copy(update={"bookings": (*content.book.bookings, new)})
    assert len(standing(read, fuller).bookings) == 6


def test_a_plan_begins_with_what_it_planned(file: Path, content: PlanContent):
    read = read_plan(file, content.book, SITE)
    assert first_day(read) == pd.Timestamp("2026-05-04 08:00")
    only_given = read.appointments.loc[read.appointments["origin"] == "given"]
    assert first_day(replace(read, appointments=only_given)) is None


def test_another_file_is_refused_in_one_line(tmp_path: Path, content: PlanContent):
    with pytest.raises(PlanError, match="no such file; name a plan that this command wrote"):
        read_plan(tmp_path / "nowhere.xlsx", content.book, SITE)
    text = tmp_path / "text.xlsx"
    text.write_text("Anna Muster", encoding="utf-8")
    with pytest.raises(PlanError, match=r"no plan of appointments \(\w+\); take a file") as caught:
        read_plan(text, content.book, SITE)
    assert "Anna" not in str(caught.value)
    other = tmp_path / "other.csv"
    other.write_text("sheet;start\nS1;\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r"lacks the column\(s\) patient, position"):
        read_plan(other, content.book, SITE)


def test_places_and_times_are_read_without_the_book(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("sheet,resource,start\nS1,mud,2026-05-04 08:00\nS1,,\nS2,bath,2026-05-05 09:30\n", encoding="utf-8")
    found = read_places(file)
    assert list(found.itertuples(index=False, name=None)) == [
        ("mud", pd.Timestamp("2026-05-04 08:00")),
        ("bath", pd.Timestamp("2026-05-05 09:30")),
    ]
    file.write_text("sheet,resource,start\n", encoding="utf-8")
    assert read_places(file).empty
    file.write_text("sheet,resource\nS1,mud\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r"lacks the column\(s\) start"):
        read_places(file)
