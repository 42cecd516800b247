"""Lists of duties that others made: what is read, and one line for each mistake with sheet, row and column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.roster.change.read_duties import read_duties
from schedvisu_lib.plan.roster.duty import Duty
from tests.plan.roster.small import STAFF, build_staff, duty, person

HEAD = ("date", "shift", "level", "department", "person")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "wards.csv"
    file.write_bytes(text.encode(encoding))
    return file


def workbook(folder: Path, *sheets: tuple[str, Sequence[Sequence[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = folder / "wards.xlsx"
    book.save(file)
    return file


def mistakes(file: Path) -> list[str]:
    with pytest.raises(BookError) as caught:
        read_duties(file, build_staff())
    assert all(line.startswith(f"{file}: ") for line in str(caught.value).splitlines())
    return list(caught.value.mistakes)


def given(*duties: Duty) -> list[Duty]:
    return [Duty(**{**vars(one), "origin": "given"}) for one in duties]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_whatever_parts_its_cells(delimiter: str, encoding: str, tmp_path: Path) -> None:
    rows = [HEAD, ("2026-05-04", "night", "clinical", "imaging", "Ana"), ("", "", "", "", ""),
            ("05.05.2026", "day", "clinical", "imaging", "Ben")]  # fmt: skip
    file = written(tmp_path, "\r\n".join(delimiter.join(row) for row in rows), encoding)
    assert read_duties(file, build_staff()) == given(duty(4, "night", "Ana"), duty(5, "day", "Ben"))


def test_a_workbook_is_read_from_the_sheet_that_holds_a_list(tmp_path: Path) -> None:
    grid = ("grid", [("person", "4 May"), ("Ana", "night")])
    rows = [(), HEAD, (datetime(2026, 5, 4), "night", "clinical", None, "Ana")]
    assert read_duties(workbook(tmp_path, grid, ("May", rows)), build_staff()) == given(duty(4, "night", "Ana"))
    other = [HEAD, (date(2026, 5, 5), "night", "clinical", None, "Ben")]
    file = workbook(tmp_path, ("May", rows), ("Duties", other))
    assert read_duties(file, build_staff()) == given(duty(5, "night", "Ben"))


def test_locks_maker_and_whom_it_counts_for_are_read(tmp_path: Path) -> None:
    head = ("Made by", "Date", "Shift", "Level", "Person", "Locked", "counts_for", "remark")
    rows = [head, ("Rose", "2026-05-04", "day", "clinical", "Ana", "yes", "Ben", "swapped at lunch")]
    [one] = read_duties(workbook(tmp_path, ("duties", rows)), build_staff())
    assert one == duty(4, "day", "Ana", made_by="Rose", locked=True, counts_for="Ben", origin="given")


def test_a_duty_without_a_department_has_that_of_its_pool(tmp_path: Path) -> None:
    text = "date,shift,level,department,person\n2026-05-04,night,guard,wards,Sue\n2026-05-04,night,clinical,,Ana\n"
    assert [one.department for one in read_duties(written(tmp_path, text), build_staff())] == ["", "imaging"]


def test_a_duty_has_its_persons_team_where_a_team_is_asked_for(tmp_path: Path) -> None:
    text = "date,shift,level,person\n2026-05-04,night,nursing,Rose\n2026-05-04,late,nursing,Ruby\n"
    text += "2026-05-18,night,nursing,Rose\n"  # a day after the last of the request
    assert [one.team for one in read_duties(written(tmp_path, text), build_staff())] == ["red", "", ""]
    stated = "date,shift,level,person,team\n2026-05-04,night,nursing,Rose,green\n2026-05-04,night,nursing,Ruby,\n"
    assert [one.team for one in read_duties(written(tmp_path, stated), build_staff())] == ["green", ""]


def test_an_empty_seat_of_an_exported_roster_is_no_duty(tmp_path: Path) -> None:
    text = "date,shift,level,person,reason\n2026-05-04,night,clinical,,nobody is free\n2026-05-05,night,clinical,Ana,\n"
    assert read_duties(written(tmp_path, text), build_staff()) == given(duty(5, "night", "Ana"))


def test_each_mistake_names_its_place(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ("soon", "night", "clinical", "imaging", "Ana"),
        (datetime(2026, 5, 4), "evening", "clinical", "imaging", "Ana"),
        (datetime(2026, 5, 5), "night", "clinical", "imagin", None),
        (datetime(2026, 5, 6), "night", "clinical", "imaging", "Ben"),
        (datetime(2026, 5, 6), "night", "clinical", "imaging", "Ben"),
    ]
    assert mistakes(workbook(tmp_path, ("duties", rows))) == [
        'sheet "duties", row 2, column "date": must be a day such as 2026-05-25, found \'soon\'',
        'sheet "duties", row 3, column "shift": "evening" is not in the book; allowed: day, late, night',
        'sheet "duties", row 4, column "person": must not be empty',
        'sheet "duties", row 4, column "department": "imagin" is not in the book; allowed: imaging, wards',
        'sheet "duties", row 6: is the same duty as row 5; keep one',
    ]


def test_of_many_names_the_nearest_are_told(tmp_path: Path) -> None:
    text = "date,shift,level,person\n2026-05-04,night,clinical,Anna\n2026-05-04,night,clinical,Xqz\n"
    assert mistakes(written(tmp_path, text)) == [
        'row 2, column "person": "Anna" is not in the book; nearest: Ana, Gina',
        'row 3, column "person": "Xqz" is not in the book; write one of its 18 names, or add it to the book',
    ]
    few = build_staff(staff=[*map(person, ("Ana", "Ben"))], teams=[], requests=STAFF["requests"][:2])
    with pytest.raises(BookError, match='"Anna" is not in the book; allowed: Ana, Ben'):
        read_duties(written(tmp_path, text), few)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("date,shift,level", ['row 1: lacks the column "person"; write it']),
        ("date,shift,level,persn", ['row 1: unknown heading "persn"; write "person"',
                                    'row 1: lacks the column "person"; write it']),
        ("date,shift,level,person,Person", ['row 1: "person" is the heading of two columns; keep one']),
        ("", ["holds no duties; its first row has the headings date, shift, level, person"]),
    ],
)  # fmt: skip
def test_headings_that_cannot_be_read_are_told(head: str, lines: list[str], tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, f"{head}\n")) == lines


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "nowhere.csv") == ["no such file; name a list of duties"]
    assert mistakes(written(tmp_path, "date,shift,level,person\n2026-05-04,night,clinical,Zoë", "latin-1")) == [
        "is no text in UTF-8; save it as CSV UTF-8, or as .xlsx"
    ]
    (tmp_path / "old.xlsx").write_bytes(b"no zip")
    assert mistakes(tmp_path / "old.xlsx") == ["no list of duties (BadZipFile); save it as .xlsx or as CSV"]
