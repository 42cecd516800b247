"""A book is read from XLSX and YAML alike, and all its mistakes are told at once; what is written is read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

import schedvisu_lib as sv
from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.book.file import read_book, read_book_and_notes, write_book
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.book.template import first_book, template_book
from schedvisu_lib.plan.sheets.cells import joined_list, split_list
from schedvisu_lib.settings.calendar import Hours
from tests.conftest import ROOT, load_demo
from tests.plan.conftest import build_book, english_site

SHEETS: Mapping[str, Sequence[Sequence[Any]]] = {
    "groups": [["name"], ["A"]],
    "resources": [["name", "group", "mon", "tue"], ["room", "A", "08:00-12:00, 13:00-17:00", "08:00-12:00"]],
    "procedures": [["name", "minutes", "resources"], ["bath", 20, "room"]],
    "patients": [["name"], ["Dupont"]],
}
"""A small book that is right."""


def workbook(folder: Path, **changes: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook of the small book with other or more sheets: ``busy=[["patient"], ["Dupont"]]``."""
    file, book = folder / "book.xlsx", Workbook()
    book.remove(book.worksheets[0])
    for title, rows in {**SHEETS, **changes}.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    book.save(file)
    return file


def document(folder: Path, text: str) -> Path:
    file = folder / "book.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def read(file: Path) -> Book:
    return read_book(file, english_site())


def mistakes(file: Path) -> list[str]:
    with pytest.raises(BookError) as caught:
        read(file)
    assert str(caught.value).splitlines() == [f"{file}: {mistake}" for mistake in caught.value.mistakes]
    return list(caught.value.mistakes)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_workbook_and_yaml_give_the_same_book(tmp_path: Path) -> None:
    file = document(
        tmp_path,
        "groups: [{name: A}]\n"
        "resources:\n"
        '  - {name: room, group: A, hours: {mon: ["08:00-12:00", "13:00-17:00"], tue: "08:00-12:00"}}\n'
        "procedures: [{name: bath, minutes: 20, resources: [room]}]\n"
        "patients: [{name: Dupont}]\n",
    )
    book = read(file)
    assert book == read(workbook(tmp_path))
    assert book.resources[0].hours["mon"] == (
        Hours(opens=time(8), closes=time(12)),
        Hours(opens=time(13), closes=time(17)),
    )
    assert (book.grid, book.depth_course, book.depth_once) == (5, 28, 14)


def test_headings_and_titles_are_compared_without_case_spaces_and_underscores(tmp_path: Path) -> None:
    rows = [["SHEET", "Patient", "position", "Procedure", "kind", "Sessions", "Least Days"], [*"1D"], []]
    rows[1:] = [["S1", "Dupont", 1, "bath", "course", 3, 2]]
    book = read(workbook(tmp_path, PRE_SCRIPTIONS=rows))
    assert book.prescriptions[0].least_days == 2


def test_settings_are_keys_with_values(tmp_path: Path) -> None:
    book = read(workbook(tmp_path, Settings=[["Key", "Value"], ["Grid", 10], [], ["depth course", "40"]]))
    assert (book.grid, book.depth_course, book.depth_once) == (10, 40, 14)


def test_empty_rows_sheets_and_cells_do_not_matter(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        patients=[[], ["name", None, "conditions"], [], ["Dupont", "", "  "], [None, " "], ["Durand"]],
        Feuil1=[[None, ""]],
        how_to=[["Whatever stands here"]],
        busy=[["patient", "start", "end"]],
    )
    assert [row.name for row in read(file).patients] == ["Dupont", "Durand"]


MOMENT = datetime(2026, 5, 26, 8, 30)


@pytest.mark.parametrize(
    "start",
    [MOMENT, "2026-05-26 08:30", "26.05.2026 8h30", "2026-05-26T06:30:00Z", 46168.354166666664, 46168.3541666],
    ids=["Excel", "ISO", "European", "UTC", "serial", "serial with less digits"],
)
def test_days_and_times_are_read_as_excel_and_people_write_them(start: Any, tmp_path: Path) -> None:
    busy = [["patient", "start", "end"], ["Dupont", start, datetime(2026, 5, 26, 9)]]
    assert read(workbook(tmp_path, busy=busy)).busy[0].start == MOMENT


@pytest.mark.parametrize("at", [time(14), "14:00", "14h", 14 / 24, datetime(1899, 12, 31, 14)])
def test_times_of_day_are_read_as_excel_and_people_write_them(at: Any, tmp_path: Path) -> None:
    rows = [
        ["sheet", "patient", "position", "procedure", "mode", "at"],
        ["S1", "Dupont", 1, "bath", "near", at],
    ]
    assert read(workbook(tmp_path, prescriptions=rows)).prescriptions[0].at == time(14)


@pytest.mark.parametrize("first", [date(2026, 5, 26), "26.05.2026", 46168], ids=["Excel", "text", "serial"])
def test_days_are_read_as_excel_and_people_write_them(first: Any, tmp_path: Path) -> None:
    rows = [["first", "last", "hours"], [first, date(2026, 5, 27), "08:00\N{EN DASH}10:00"]]
    [closure] = read(workbook(tmp_path, closures=rows)).closures
    assert (closure.first, closure.hours) == (date(2026, 5, 26), Hours(opens=time(8), closes=time(10)))


def test_times_of_yaml_that_it_takes_for_numbers_are_times(tmp_path: Path) -> None:
    text = (
        "groups: [{name: A}]\n"
        "resources: [{name: room, group: A, starts: [9:00, 08:00, 14:30], hours: {mon: 08:00-17:00}}]\n"
        "procedures: [{name: bath, minutes: 20, resources: room}]\n"
    )
    assert read(document(tmp_path, text)).resources[0].starts == (time(9), time(8), time(14, 30))


def test_numbers_are_names_in_a_workbook(tmp_path: Path) -> None:
    file = workbook(tmp_path, patients=[["name"], [4711]], busy=[["patient", "start", "end"], ["4711", MOMENT, 46169]])
    assert read(file).patients[0].name == "4711"


def test_a_name_with_a_comma_stands_in_quotes() -> None:
    assert split_list('"Room 1, floor 2", B,, "say ""A"""') == ["Room 1, floor 2", "B", 'say "A"']
    assert joined_list(["Room 1, floor 2", "B"]) == '"Room 1, floor 2", B'


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_at_once_in_the_order_of_the_book(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        settings=[["key", "value"], ["grid", 90]],
        resources=[
            ["name", "group", "mon", "tue", "capacity"],
            ["room", "A", "17:00-08:00", "8-12", 0],
            [None, "B"],
            ["hall", "B", None, None, "two"],
        ],
        procedures=[["name", "minutes", "resources"], ["bath", 0, "room, hal"], ["", 20.5, 'room, "hall']],
        orders=[["before", "after", "most"], ["bath", "mud", -1], ["mud", "bath"]],
        busy=[["patient", "start", "end"], ["Martin", MOMENT, "later"], ["Martin", MOMENT, MOMENT]],
        prescriptions=[
            ["sheet", "patient", "position", "procedure", "kind", "mode"],
            ["S1", "Martin", 1, "bath", "twice", "soon"],
        ],
        bookings=[["resource", "start", "end", "locked"], ["room", MOMENT, MOMENT, "maybe"]],
    )
    assert mistakes(file) == [
        'sheet "settings", row 2: input should be less than or equal to 60, found 90',
        'sheet "resources", row 2, column "capacity": input should be greater than or equal to 1, found 0',
        'sheet "resources", row 2, column "mon": closes before it opens',
        'sheet "resources", row 2, column "tue": write hours as "08:00-17:00"',
        'sheet "resources", row 3, column "name": missing',
        'sheet "resources", row 4, column "capacity": must be a whole number, found \'two\'',
        'sheet "procedures", row 2, column "minutes": input should be greater than 0, found 0',
        'sheet "procedures", row 3, column "name": missing',
        'sheet "procedures", row 3, column "minutes": must be a whole number, found 20.5',
        'sheet "procedures", row 3, column "resources": has a quotation mark that is not closed; separate entries by '
        "commas",
        'sheet "orders", row 2, column "most": input should be greater than or equal to 0, found -1',
        'sheet "orders", row 3, column "before": procedure "mud" is unknown; allowed: bath',
        'sheet "busy", row 2, column "end": must be a day and time such as 2026-05-25 08:30, found \'later\'',
        'sheet "busy", row 3, column "patient": patient is unknown; the sheet "patients" must have a row for it',
        'sheet "busy", row 3, column "end": 2026-05-26 08:30 is not after its start, 2026-05-26 08:30',
        "sheet \"prescriptions\", row 2, column \"kind\": input should be 'once' or 'course', found 'twice'",
        "sheet \"prescriptions\", row 2, column \"mode\": input should be 'early', 'late', 'near' or 'any', found "
        "'soon'",
        'sheet "bookings", row 2, column "locked": must be yes or no, found \'maybe\'',
    ]


def test_mistakes_of_yaml_name_line_and_key(tmp_path: Path) -> None:
    text = (
        "grid: often\n"
        "depht: 3\n"
        "groups:\n"
        "  - {name: A}\n"
        "resources:\n"
        "  - name: room\n"
        "    group: B\n"
        '    hours: {mon: "08:00-12:00", monday: "08:00-12:00"}\n'
        "  - {group: A, hours: 08:00-12:00}\n"
        "procedures:\n"
        "  - name: 12\n"
        "    resource: [room]\n"
        "    minutes: 20\n"
        "  - bath\n"
        "patients: {Dupont: {conditions: []}}\n"
    )
    assert mistakes(document(tmp_path, text)) == [
        "line 2: unknown key; allowed: grid, depth_course, depth_once, groups, travel, resources, closures, "
        "procedures, orders, incompatible, exceptions, patients, busy, prescriptions, bookings",
        "line 1: grid: must be a whole number, found 'often'",
        "line 8: resources.0.hours.monday: input should be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun', found "
        "'monday'",
        "line 9: resources.1.name: missing",
        'line 9: resources.1.hours: must hold weekdays with hours, as {mon: ["08:00-12:00", "13:00-17:00"]}',
        'line 12: procedures.0: unknown key "resource"; allowed: name, minutes, exam_type, percentile, resources, '
        "preparation, exit, hours, indications, contraindications",
        "line 11: procedures.0.name: must be text; write it in quotes",
        "line 11: procedures.0.resources: missing",
        "line 14: procedures.1: must hold keys with values; allowed: name, minutes, exam_type, percentile, resources, "
        "preparation, exit, hours, indications, contraindications",
        "line 15: patients: must be a list, a line with a dash for each row; see params/book.example.yaml",
    ]


def test_unknown_sheets_and_columns_are_told_by_their_place(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        Dupont=[["position"], [1]],
        buzy=[["patient"], ["Dupont"]],
        travel=[["a", "b", "minute", "Dupont"], ["A", "A", 3, 4]],
        settings=[["gird", 3], ["grid", 5], ["grid", 6]],
        closures=[["first", "first", "last"], [MOMENT, MOMENT, MOMENT, "why"]],
        patients=[["name"], ["Durand"]],
    )
    titles = (
        "settings, groups, travel, resources, closures, procedures, orders, incompatible, exceptions, patients, busy, "
        "prescriptions, bookings"
    )
    assert mistakes(file) == [
        f"sheet 5: unknown title; allowed: {titles}",
        f'sheet 6: unknown title "buzy"; allowed: {titles}',
        'sheet "settings", row 1: unknown key "gird"; allowed: grid, depth_course, depth_once',
        'sheet "settings", row 3: "grid" stands in two rows; keep one',
        'sheet "travel", row 1: column C: unknown heading "minute"; allowed: a, b, minutes',
        'sheet "travel", row 1: column D: unknown heading; allowed: a, b, minutes',
        'sheet "travel", row 1: lacks the column "minutes"; see params/book.example.yaml',
        'sheet "closures", row 1: column B: "first" is the heading of two columns; keep one',
        'sheet "closures", row 1: column D: holds values, but no heading; write one',
    ]


def test_sheets_that_a_book_needs_must_have_a_row(tmp_path: Path) -> None:
    assert mistakes(workbook(tmp_path, groups=[["name"]], resources=[], procedures=[["name", "resources"]])) == [
        'sheet "groups": needs at least one row; see params/book.example.yaml',
        'sheet "resources": needs at least one row; see params/book.example.yaml',
        'sheet "procedures": needs at least one row; see params/book.example.yaml',
    ]


def test_no_mistake_names_a_patient(tmp_path: Path) -> None:
    wrong = [
        ["sheet", "patient", "position", "procedure", "mode"],
        *(["S1", name, 1, "bath", "soon"] for name in ("Dupont", "Durand", "Martin", MOMENT)),
    ]
    file = workbook(
        tmp_path,
        patients=[["name"], ["Dupont"], ["Durand"], ["Dupont"]],
        prescriptions=wrong,
        busy=[["patient", "start", "end"], ["Martin", MOMENT, MOMENT], ["Durand", 1, 2]],
        exceptions=[["kind", "a", "patient"], ["forbid", "bath", "Martin"], ["allow", "mud", "Durand"]],
        bookings=[["resource", "start", "end", "patient"], ["room", MOMENT, MOMENT, "Martin"]],
    )
    told = "\n".join(mistakes(file))
    assert not any(name in told for name in ("Dupont", "Durand", "Martin"))
    assert 'sheet "patients", row 4, column "name": the name stands in a row above already; names must differ' in told


def test_files_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("groups", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("groups: [", encoding="utf-8")
    (tmp_path / "list.yaml").write_text("[1, 2]", encoding="utf-8")
    found = [mistakes(tmp_path / name) for name in ("no.xlsx", "text.xlsx", "no.yaml", "list.yaml")]
    assert found == [
        ["no such file; `schedvisu plan appointments --template FILE` writes one"],
        ["no workbook (BadZipFile); save it as .xlsx"],
        ["no such file; copy params/book.example.yaml and fill it in"],
        ["holds no book; copy params/book.example.yaml and fill it in"],
    ]
    [broken] = mistakes(tmp_path / "broken.yaml")
    assert broken.endswith("see params/book.example.yaml")


def test_notes_go_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = workbook(tmp_path, resources=[*SHEETS["resources"], ["hall", "A"]])
    read(file)
    assert caplog.messages == [
        f'{file}: sheet "resources", row 3: "hall" is never open: it has neither hours nor a scanner'
    ]


# --- what is written --------------------------------------------------------------------------------------------------

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12
).map(str.strip).filter(bool)  # fmt: skip


@given(
    names=st.lists(NAMES, min_size=3, max_size=3, unique=True),
    patients=st.lists(NAMES, min_size=2, max_size=2, unique=True),
    grid=st.integers(1, 60),
    numbers=st.lists(st.integers(1, 500), min_size=3, max_size=3),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    at=st.times().map(lambda clock: clock.replace(microsecond=0)),
    locked=st.booleans(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_book_that_was_written_is_read_as_the_same(
    names: list[str],
    patients: list[str],
    grid: int,
    numbers: list[int],
    start: datetime,
    at: time,
    locked: bool,
    tmp_path: Path,
) -> None:
    end = datetime(2028, 1, 1)
    book = build_book(
        grid=grid,
        groups=[{"name": names[0], "building": names[1]}],
        travel=[{"a": names[0], "b": names[0], "minutes": numbers[0]}],
        resources=[
            {"name": names[n], "group": names[0], "capacity": numbers[n], "starts": [at] if n else []} for n in range(2)
        ] + [{"name": names[2], "group": names[0], "hours": {"wed": ["08:00-12:00", "13:00-23:00"]}}],
        closures=[{"resource": names[1], "first": start.date(), "last": end.date(), "hours": "10:00-11:00"}],
        procedures=[{"name": names[0], "minutes": numbers[0], "resources": names[:2], "indications": names}],
        incompatible=[{"a": names[0], "b": names[0], "rule": "same day"}],
        patients=[{"name": patients[0], "conditions": names[:1]}, {"name": patients[1]}],
        busy=[{"patient": patients[0], "start": start, "end": end}],
        prescriptions=[
            {"sheet": names[2], "patient": patients[1], "position": numbers[1], "procedure": names[0], "mode": "near",
             "at": at, "resources": [names[1]]}
        ],
        bookings=[{"resource": names[0], "start": start, "end": end, "locked": locked, "origin": "auto"}],
    )  # fmt: skip
    assert read_book(write_book(book, tmp_path / "book.xlsx"), english_site()) == book


def test_texts_are_written_as_texts_and_never_as_formulas(tmp_path: Path) -> None:
    file = write_book(build_book(patients=[{"name": "=1+1"}, {"name": "0123"}, {"name": "3/4"}]), tmp_path / "b.xlsx")
    cells = [row[0] for row in load_workbook(file)["patients"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), ("0123", "s"), ("3/4", "s")]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"b\.xlsx: cannot be written \(No such file or directory\); close it in Excel"):
        write_book(build_book(), tmp_path / "no" / "b.xlsx")


# --- the template -----------------------------------------------------------------------------------------------------


def test_the_template_is_a_book_of_the_site(tmp_path: Path) -> None:
    site = load_demo()
    book, notes = read_book_and_notes(template_book(site, tmp_path / "book.xlsx"), site)
    assert book == first_book(site)
    assert not notes
    assert [row.scanner for row in book.resources] == list(site.scanner_names)
    assert book.procedure["OS"].resources == ("Discovery 670", "Symbia Intevo", "Millennium")
    assert (book.procedure["FET"].preparation, book.procedure["FDG STAND."].preparation) == (4, 5)


def test_the_template_of_a_site_without_exam_types_has_one_procedure() -> None:
    site = load_demo().model_copy(update={"exam_types": ()})
    assert [row.exam_type for row in first_book(site).procedures] == ["OTHER"]


def test_the_template_explains_each_column_in_the_language_of_the_site(tmp_path: Path) -> None:
    english, french = (
        load_workbook(template_book(site, tmp_path / "book.xlsx")) for site in (english_site(), load_demo())
    )
    assert english.sheetnames[0] == "how to"
    told = [row[2] for row in english["how to"].iter_rows(values_only=True) if row[1] == "least_days"]
    assert told == ["Days from one session to the next one, at least; 1 if empty."]
    for sheet in french.worksheets[2:]:
        assert all(cell.comment is not None for cell in sheet[1]), sheet.title
    assert french["busy"]["A1"].comment.text == "Le patient, comme dans la feuille patients."


def test_the_template_offers_what_is_known(tmp_path: Path) -> None:
    table = load_workbook(template_book(english_site(), tmp_path / "book.xlsx"))
    offers = {
        (title, str(offer.sqref)): offer.formula1
        for title in ("resources", "prescriptions")
        for offer in table[title].data_validations.dataValidation
    }
    assert offers["resources", "B2:B5000"] == "=groups!$A$2:$A$5000"
    assert offers["resources", "D2:D5000"] == '"Discovery 690,Vision 600,Discovery 670,Symbia Intevo,Millennium"'
    assert offers["prescriptions", "E2:E5000"] == '"once,course"'
    assert offers["prescriptions", "L2:L5000"] == '"early,late,near,any"'


# --- the books that come with the product -----------------------------------------------------------------------------


def test_the_demo_book_is_right_and_says_nothing_that_it_should_not() -> None:
    book, notes = read_book_and_notes(ROOT / "params" / "book.demo.yaml", load_demo())
    assert not notes
    assert (len(book.resources), len(book.patients), len(book.prescriptions), len(book.bookings)) == (11, 12, 34, 5)
    assert {row.scanner for row in book.resources} - {None} == set(load_demo().scanner_names)


def test_the_example_book_is_right() -> None:
    site = sv.load_site(ROOT / "params" / "site.example.yaml")
    assert not read_book_and_notes(ROOT / "params" / "book.example.yaml", site).notes


def test_the_example_book_is_yaml_of_plain_types() -> None:
    assert set(yaml.safe_load((ROOT / "params" / "book.example.yaml").read_text("utf-8"))) == set(Book.model_fields)
