"""What the notebook calls: a book is read and planned, or a sentence says why not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from openpyxl import load_workbook

import schedvisu_lib as sv
from schedvisu_lib.errors import PlanError
from schedvisu_lib.explorer.planner.files import save_plan
from schedvisu_lib.explorer.saving import Form
from schedvisu_lib.plan.appointment import Appointment, to_table
from tests.conftest import write_site_file
from tests.explorer.planner.conftest import HELD, SHEETS
from tests.filling import fill_demo
from tests.plan.conftest import BOOK, changed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site file and a book."""
    folder = tmp_path_factory.mktemp("book")
    write_site_file(folder, report={"folder": "report", "language": "en"})
    write_book(folder / "book.yaml")
    return folder


SCANS: dict[str, Any] = {
    "resources": [{"name": "PET", "group": "A", "scanner": "Vision 600"}],
    "procedures": [{"name": "scan", "minutes": 20, "resources": ["PET"]}],
    "incompatible": [],
    "prescriptions": [{"sheet": "S1", "patient": "P1", "position": 1, "procedure": "scan"}],
    "bookings": [],
}
"""A book of one procedure on a scanner."""


def write_book(file: Path, **changes: object) -> Path:
    content = {**BOOK, "prescriptions": SHEETS, "bookings": [HELD], **changes}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def planned(folder: Path, **changes: object):
    arguments = {"first": "2026-05-04", "seconds": 0.0} | changes
    return sv.plan_book(folder / "book.yaml", folder / "site.yaml", **arguments)


def words(html) -> list[str]:
    return [cell.get_text() for cell in BeautifulSoup(html.text, "html.parser").find_all(["td", "th"])]


def test_a_book_is_planned_and_tells_how_well(folder):
    plan = planned(folder)
    assert repr(plan) == "Planned: 2 sheets, 6 of 6 rows have a time"
    told = words(plan.summary())
    numbers = dict(zip(told[2::2], told[3::2], strict=True))
    assert (numbers["Sessions"], numbers["with a time"], numbers["without a time"]) == ("5", "5", "0")
    assert "Every session has a time." in plan.unplaced().text
    assert words(plan.asked())[6:12] == ["S1", "1", "mud", "1", "30 min", "5"]


def test_only_the_named_sheets_are_planned(folder):
    plan = planned(folder, sheets=["S2"])
    assert set(plan.appointments["sheet"]) == {"S2", ""}
    assert "S1" not in words(plan.asked())


def test_a_mode_near_a_time_is_read(folder):
    found = planned(folder, mode="near", near="14h", sheets=["S2"]).appointments
    starts = found.loc[found["sheet"] == "S2", "start"]
    assert [f"{start:%d %H:%M}" for start in starts] == ["04 14:00", "05 14:00"]


WRONG = [
    ({"first": "4 May"}, 'first day "4 May" is no day; write it as 2026-05-25'),
    ({"mode": "near"}, 'near "" is no time; write it as 14:00'),
    ({"mode": "noon"}, 'mode "noon" is none of early, late, near, any'),
    ({"sheets": ["S9"]}, 'sheet "S9" has no prescriptions in the book'),
]


@pytest.mark.parametrize(("changes", "line"), WRONG)
def test_what_a_user_can_cause_is_told_in_one_line(folder, changes, line):
    with pytest.raises(PlanError) as error:
        planned(folder, **changes)
    assert str(error.value) == line


def test_a_missing_site_file_is_a_mistake_of_the_plan_too(folder):
    with pytest.raises(PlanError, match=r"nowhere\.yaml"):
        sv.plan_book(folder / "book.yaml", folder / "nowhere.yaml", first="2026-05-04")


def test_a_duration_that_cannot_be_measured_is_told_with_the_file(folder, tmp_path):
    procedures = changed("procedures", "ecg", minutes=None, exam_type="PSMA")
    book = write_book(tmp_path / "book.yaml", procedures=procedures)
    with pytest.raises(PlanError, match=r'book\.yaml: sheet "procedures", "ecg", .* 0 exams'):
        sv.plan_book(book, folder / "site.yaml", first="2026-05-04")


def test_the_desk_begins_with_the_plan(folder, tmp_path):
    assert repr(planned(folder).desk(tmp_path)) == "Planner's desk: 2 sheets, 5 of 5 sessions have a time"


def test_a_desk_without_a_plan_begins_with_the_bookings(folder, tmp_path):
    desk = sv.plan_desk(folder / "book.yaml", folder / "site.yaml", first="2026-05-04", out=tmp_path)
    assert repr(desk) == "Planner's desk: 2 sheets, 0 of 5 sessions have a time"


def test_a_desk_whose_book_is_wrong_shows_a_sentence(folder, tmp_path):
    book = write_book(tmp_path / "wrong.yaml", prescriptions=[SHEETS[0] | {"procedure": "massage"}])
    desk = sv.plan_desk(book, folder / "site.yaml", first="2026-05-04")
    assert "massage" in repr(desk)
    assert "massage" in desk.widget.value
    assert "wrong.yaml" in desk.widget.value


def test_a_plan_that_was_corrected_stands_and_what_it_breaks_is_told(folder, tmp_path):
    plan = planned(folder)
    [file] = save_plan(plan.content, Form.XLSX, tmp_path)
    book = load_workbook(file)
    sheet = book["appointments"]
    column = {cell.value: cell.column for cell in sheet[1]}
    names = [sheet.cell(row, column["sheet"]).value for row in range(1, sheet.max_row + 1)]
    row = 1 + names.index("S2")  # its first session
    sheet.cell(row, column["start"]).value = datetime(2026, 5, 4, 7)
    book.save(file)
    again = planned(folder, earlier=file)
    assert again.appointments.set_index(["sheet", "position"]).loc[("S2", 1), "origin"].tolist()[0] == "manual"
    assert f"The earlier plan breaks a rule: row {row}: S2 position 1" in again.summary().text
    others = plan.appointments["sheet"] != "S2"
    assert set(plan.appointments.loc[others, "start"]) <= set(again.appointments["start"])


def test_without_a_past_plan_nothing_is_compared(folder):
    assert "No past plan is named." in planned(folder).held([]).text


def test_past_plans_are_compared_by_procedure_and_week(tmp_path):
    site = fill_demo(tmp_path, date(2026, 5, 18), date(2026, 5, 18))
    exam = sv.open_store(site).studies("2026-05-18", "2026-05-18").query("scanner == 'Vision 600'").iloc[0]
    scan = SCANS["procedures"][0] | {"exam_type": exam["exam_type"]}
    book = write_book(tmp_path / "book.yaml", **SCANS | {"procedures": [scan]})
    past = Appointment("S1", "P1", 1, "scan", 1, "PET", exam["start"], exam["end"] - timedelta(minutes=2))
    to_table([past]).to_csv(tmp_path / "past.csv", index=False)
    plan = sv.plan_book(book, site.file, first="2026-05-19", seconds=0)
    found = words(plan.held([tmp_path / "past.csv"]))
    assert found[7:] == ["scan", "2026-W21", "1", "1", "p80", "0\N{NO-BREAK SPACE}%", "2,0 min"]
