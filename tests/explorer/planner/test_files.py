"""The plan as files, and the row of buttons that saves it."""

from __future__ import annotations

from icalendar import Calendar
from openpyxl import load_workbook

from schedvisu_lib.explorer.saving import Form
from tests.explorer.planner.conftest import key


def test_the_workbook_holds_the_plan_as_it_is_now(screen, tmp_path):
    screen.rows.rows[0].delete.click()
    screen.saving.buttons[Form.XLSX].click()
    [file] = (tmp_path / "out").iterdir()
    assert file.name == "appointments-2026-05-04.xlsx"
    assert str(file) in screen.saving.made.value
    assert 'download="appointments-2026-05-04.xlsx"' in screen.saving.made.value
    head, *rows = load_workbook(file)["appointments"].iter_rows(values_only=True)
    placed = {(row[head.index("sheet")], row[head.index("position")]): row[head.index("resource")] for row in rows}
    assert placed["S1", 2] == "ecg"
    assert not placed["S1", 1]


def test_each_sheet_and_each_resource_has_a_calendar(screen, tmp_path):
    screen.saving.buttons[Form.ICS].click()
    names = {file.name for file in (tmp_path / "out").iterdir()}
    owners = ("sheet-s1", "sheet-s2", "resource-mud", "resource-bath", "resource-ecg", "resource-ther")
    assert names == {f"{name}.ics" for name in owners}
    events = Calendar.from_ical((tmp_path / "out" / "sheet-s1.ics").read_bytes()).walk("VEVENT")
    names = [str(event["uid"]).partition("@")[0] for event in events]
    assert names == [key(screen.draft, "S1", position) for position in (1, 2, 3)]


def test_many_files_are_told_by_their_folder(screen, tmp_path, monkeypatch):
    monkeypatch.setattr("schedvisu_lib.explorer.saving._MOST", 5)
    screen.saving.buttons[Form.ICS].click()
    assert f"6 files in <code>{tmp_path / 'out'}</code>" in screen.saving.made.value


def test_what_cannot_be_written_is_told(screen, tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")
    screen.saving.buttons[Form.XLSX].click()
    assert "appointments-2026-05-04.xlsx: cannot be written" in screen.saving.made.value
    assert "sv-problem" in screen.saving.made.value
    assert screen.saving.busy.value == ""
