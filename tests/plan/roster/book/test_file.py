"""A staff book is read from XLSX and YAML alike, with all its mistakes; what is written is read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook

import schedvisu_lib as sv
from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.roster.book.file import read_staff, read_staff_and_notes, write_staff
from schedvisu_lib.plan.roster.book.form import FORM
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.roster import plan_roster
from schedvisu_lib.plan.sheets.file import read as read_any
from tests.conftest import ROOT, load_demo
from tests.plan.conftest import english_site
from tests.plan.roster.books import staff_books
from tests.plan.roster.small import build_staff

TEXT = """\
free_after_night: no
departments: [{name: imaging}]
levels: [{name: clinical}]
shifts: [{name: night, start: 17:00, end: 7:00}]
sequences: [{shifts: [night, off, night]}]
staff:
  - {name: Ana, department: imaging, levels: clinical, day: no}
  - {name: Ben, department: imaging, levels: [clinical]}
exemptions: [{person: Ben, no: nights, first: 2026-05-04, last: 2026-05-10}]
wishes: [{person: Ana, first: 2026-05-05, last: 2026-05-06, wants: on}]
requests: [{department: imaging, level: clinical, shift: night, first: 2026-05-04, last: 2026-05-17, days: [sat, mon]}]
"""
SHEETS: Mapping[str, Sequence[Sequence[Any]]] = {
    "settings": [["key", "value"], ["free after night", "no"]],
    "departments": [["name"], ["imaging"]],
    "levels": [["name"], ["clinical"]],
    "shifts": [["name", "start", "end"], ["night", time(17), "7:00"]],
    "sequences": [["shifts"], ["night, off, night"]],
    "staff": [
        ["name", "department", "levels", "day"],
        ["Ana", "imaging", "clinical", "no"],
        ["Ben", "imaging", "clinical"],
    ],
    "exemptions": [["person", "no", "first", "last"], ["Ben", "nights", date(2026, 5, 4), date(2026, 5, 10)]],
    "wishes": [["person", "first", "last", "wants"], ["Ana", date(2026, 5, 5), date(2026, 5, 6), "on"]],
    "requests": [
        ["department", "level", "shift", "first", "last", "days"],
        ["imaging", "clinical", "night", date(2026, 5, 4), date(2026, 5, 17), "sat, mon"],
    ],
}  # fmt: skip


def workbook(folder: Path, **changes: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook of the small book with other sheets."""
    file, book = folder / "staff.xlsx", Workbook()
    book.remove(book.worksheets[0])
    for title, rows in {**SHEETS, **changes}.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(file)
    return file


def document(folder: Path, text: str) -> Path:
    file = folder / "staff.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(file: Path) -> list[str]:
    with pytest.raises(BookError) as caught:
        read_staff(file, english_site())
    assert str(caught.value).splitlines() == [f"{file}: {mistake}" for mistake in caught.value.mistakes]
    return list(caught.value.mistakes)


def test_workbook_and_yaml_give_the_same_book(tmp_path: Path) -> None:
    book = read_staff(document(tmp_path, TEXT), english_site())
    assert book == read_staff(workbook(tmp_path), english_site())
    assert (book.rest_hours, book.free_after_night, book.fair_nights) == (11, False, 3)
    assert [(row.day, row.night) for row in book.staff] == [(False, True), (True, True)]
    assert book.sequences[0].shifts == ("night", "off", "night")
    assert (book.exemptions[0].no, book.wishes[0].wants, book.requests[0].days) == ("nights", "on", ("sat", "mon"))


def test_mistakes_name_sheet_row_and_column(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        settings=[["key", "value"], ["rest_hours", "long"]],
        levels=[["name", "hospital"], ["clinical"], ["clinical", "maybe"]],
        staff=[
            ["name", "department", "levels", "team", "contract"],
            ["Ana", "imagin", "clinical", "red", "full"],
            ["Ana", "imaging", "clinical, care"],
            ["Ben", None, None],
        ],
        leave=[["person", "first", "last"], ["Zoe", date(2026, 5, 5), date(2026, 5, 4)]],
        wishes=[["person", "first", "last", "wants", "shift"], ["Zoe", "May", date(2026, 5, 6), "free", "day"]],
        debts=[["debtor", "creditor", "date", "shift", "level"], ["Ana", "Ana", date(2026, 5, 6), "night", "clinical"]],
    )
    assert mistakes(file) == [
        "sheet \"settings\", row 2: must be a number, found 'long'",
        'sheet "levels", row 3, column "hospital": must be yes or no, found \'maybe\'',
        'sheet "staff", row 2, column "department": department "imagin" is unknown; allowed: imaging',
        'sheet "staff", row 2, column "team": team "red" is unknown; allowed: none',
        'sheet "staff", row 2, column "contract": contract "full" is unknown; allowed: none',
        'sheet "staff", row 3, column "name": "Ana" stands in a row above already; names must differ',
        'sheet "staff", row 3, column "levels": level "care" is unknown; allowed: clinical',
        'sheet "staff", row 4, column "department": missing',
        'sheet "staff", row 4, column "levels": missing',
        'sheet "leave", row 2: ends (2026-05-04) before it begins (2026-05-05)',
        'sheet "wishes", row 2, column "first": must be a day such as 2026-05-25, found \'May\'',
        'sheet "debts", row 2, column "creditor": "Ana" is the debtor too; nobody owes a duty to themselves',
    ]


def test_mistakes_of_yaml_name_line_and_key(tmp_path: Path) -> None:
    text = (
        TEXT.replace("day: no}", "day: maybe}").replace("person: Ben", "person: Bea").replace("[sat, mon]", "[never]")
    )
    assert mistakes(document(tmp_path, text)) == [
        "line 7: staff.0.day: must be yes or no, found 'maybe'",
        'line 9: exemptions.0.person: person "Bea" is unknown; allowed: Ana, Ben',
        "line 11: requests.0.days.0: input should be 'every', 'workdays', 'days off', 'mon', 'tue', 'wed', 'thu', "
        "'fri', 'sat' or 'sun', found 'never'",
    ]


def test_a_mistake_in_a_person_makes_no_pool_look_empty(tmp_path: Path) -> None:
    text = TEXT.replace("levels: clinical", "levels: care").replace("levels: [clinical]", "levels: clinical, night: 3")
    assert [line.split(": ")[1] for line in mistakes(document(tmp_path, text))] == ["staff.0.levels", "staff.1.night"]


def test_what_a_staff_book_needs_is_told(tmp_path: Path) -> None:
    assert mistakes(document(tmp_path, "rest_hours: 11")) == [
        f'line 1: {sheet}: needs at least one row; see params/staff.example.yaml'
        for sheet in ("departments", "levels", "shifts", "staff")
    ]  # fmt: skip
    assert mistakes(tmp_path / "no.xlsx") == ["no such file; `schedvisu plan roster --template FILE` writes one"]


def test_notes_go_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_staff(document(tmp_path, TEXT.replace("required: 1", "required: 1")), english_site())
    assert not caplog.messages
    file = document(tmp_path, TEXT.replace("2026-05-17, days", "2026-05-17, required: 3, days"))
    read_staff(file, english_site())
    assert caplog.messages == [
        f"{file}: line 11: requests.0: asks for 3 persons, but 1 can be on duty on 2026-05-04 (and 1 more day)",
        f"{file}: line 11: requests.0: asks for 3 persons, but 2 can be on duty on 2026-05-11 (and 1 more day)",
    ]


# --- what is written --------------------------------------------------------------------------------------------------


def nothing(_: Any) -> Iterator[Any]:
    return iter(())


@given(book=staff_books())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_book_that_was_written_is_read_as_the_same(book: StaffBook, tmp_path: Path) -> None:
    file = write_staff(book, tmp_path / "staff.xlsx")
    assert read_any(file, FORM, english_site(), nothing, nothing).book == book


def test_so_are_names_that_look_like_numbers_lists_and_formulas(tmp_path: Path) -> None:
    names = ["=1+1", "0123", 'Doe, "Jo"', "off"]
    book = build_staff(
        departments=[{"name": "imaging", "rooms": names}],
        levels=[{"name": "clinical"}],
        teams=[],
        staff=[{"name": name, "department": "imaging", "levels": ["clinical"], "skills": names} for name in names],
        requests=[],
        debts=[{"debtor": names[0], "creditor": names[2], "date": "2026-05-04", "shift": "day", "level": "clinical",
                "paid": "2026-05-05"}],
        shifts=[{"name": "day", "start": "07:00", "end": "16:30:30"}],
    )  # fmt: skip
    assert read_staff(write_staff(book, tmp_path / "staff.xlsx"), english_site()) == book


# --- the books that come with the product -----------------------------------------------------------------------------


def test_the_demo_book_is_right_and_says_nothing_that_it_should_not(tmp_path: Path) -> None:
    book, notes = read_staff_and_notes(ROOT / "params" / "staff.demo.yaml", load_demo())
    assert not notes
    levels = [level for person in book.staff for level in person.levels]
    assert {level: levels.count(level) for level in book.level} == {
        "leadership": 3, "clinical": 8, "paraclinical": 9, "nursing": 12,
    }  # fmt: skip
    assert {name: len(members) for name, members in book.members.items()} == dict.fromkeys(
        ("Team A", "Team B", "Team C", "Team D"), 3
    )
    assert book.leave
    assert book.wishes
    assert book.exemptions
    assert book.counts
    assert book.debts
    assert read_staff(write_staff(book, tmp_path / "demo.xlsx"), load_demo()) == book


def test_the_example_book_is_right() -> None:
    site = sv.load_site(ROOT / "params" / "site.example.yaml")
    assert not read_staff_and_notes(ROOT / "params" / "staff.example.yaml", site).notes


def test_the_demo_book_gives_a_roster_with_every_seat_filled() -> None:
    pytest.importorskip("ortools")
    book = read_staff(ROOT / "params" / "staff.demo.yaml", english_site())
    roster = plan_roster(book, english_site(), date(2026, 5, 25), date(2026, 5, 31))
    assert (roster.empty, roster.unfilled) == (0, 0)
    # Whit Monday: a physician by day and by night, somebody of leadership, two teams of three without Nurse D2, ill.
    monday = roster.table[roster.table["date"] == "2026-05-25"]
    of_teams = monday[monday["level"] == "nursing"]
    assert monday[monday["level"] != "nursing"].groupby(["level", "shift"]).size().to_dict() == {
        ("clinical", "day"): 1, ("clinical", "night"): 1, ("leadership", "day"): 1,
    }  # fmt: skip
    assert of_teams["team"].nunique() == 2
    assert "Nurse D2" not in set(roster.table.loc[roster.table["date"] <= "2026-05-29", "person"])
    # Each of the five scanners has a technologist on each of the four workdays.
    assert (roster.table["level"] == "paraclinical").sum() == 20
