"""The workbook of a plan, as Excel and a printer see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.xlsx_file import plan_xlsx
from tests.plan.conftest import build_table

from .conftest import ANNA, BERT, at


def read(content: PlanContent) -> Any:
    return openpyxl.load_workbook(BytesIO(plan_xlsx(content)))


@pytest.fixture
def workbook(content: PlanContent) -> Any:
    return read(content)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_a_sheet_for_all_for_timetables_for_each_resource_and_for_what_is_left(workbook: Any):
    names = [
        "appointments",
        "timetables",
        "without a time",
        "load",
        "next_free",
        "mud",
        "pool",
        "ecg",
        "about",
        "planned",
    ]
    assert workbook.sheetnames == names
    assert [sheet.title for sheet in workbook if sheet.sheet_state == "hidden"] == ["planned"]


def test_the_list_holds_every_row_with_true_times(workbook: Any):
    head, first, *_, last = rows(workbook["appointments"])
    assert head[:8] == ("sheet", "patient", "position", "procedure", "session", "resource", "start", "end")
    times = (datetime(2026, 5, 4, 8), datetime(2026, 5, 4, 8, 30))
    assert first[:8] == ("S1", ANNA, 1, "mud", 1, "mud", *times)
    assert last[6:] == (None, None, "auto", False, "session 3 of 3: no time within 14 days", last[-1])
    assert workbook["appointments"].auto_filter.ref == "A1:L7"
    assert workbook["appointments"].freeze_panes == "A2"


def test_each_patients_timetable_prints_on_a_page_of_its_own(workbook: Any):
    sheet = workbook["timetables"]
    assert rows(sheet)[1:] == [
        ("S1", "Mon 4 May 2026", "08:00", "08:30", "mud", "mud", "1/3", None),
        ("S1", "Tue 5 May 2026", "08:30", "09:00", "mud", "mud", "2/3", None),
        ("S1", "Wed 6 May 2026", "09:00", "09:20", "ecg", "ecg", None, "booked before, locked"),
        ("S2", "Mon 4 May 2026", "09:00", "09:45", "pool", "pool", None, None),
    ]
    assert [mark.id for mark in sheet.row_breaks.brk] == [4]


def test_sheets_print_on_a4_landscape_as_wide_as_the_page_with_headings(workbook: Any):
    for name in ("appointments", "timetables", "without a time", "load", "next_free", "mud"):
        setup = workbook[name].page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
        assert workbook[name].sheet_properties.pageSetUpPr.fitToPage
        assert workbook[name].print_title_rows == "$1:$1"


def test_a_resources_sheet_names_sheets_and_what_is_taken(workbook: Any):
    assert rows(workbook["mud"])[1:] == [
        ("Mon 4 May 2026", "08:00", "08:30", "mud", "S1", "1", "1/3", None),
        ("Mon 4 May 2026", "14:00", "16:00", None, None, None, None, "booked before"),
        ("Tue 5 May 2026", "08:30", "09:00", "mud", "S1", "1", "2/3", None),
    ]


def test_what_has_no_time_stands_with_its_reason_in_lines_that_break(workbook: Any):
    sheet = workbook["without a time"]
    assert rows(sheet)[1:] == [("S1", "1", "3", "mud", "no time within 14 days")]
    assert sheet["E2"].alignment.wrap_text


def test_the_load_stands_by_resource_and_day(workbook: Any):
    head, first, *_ = rows(workbook["load"])
    found = dict(zip(head, first, strict=True))
    assert (found["resource"], found["open_minutes"], found["taken_minutes"]) == ("mud", 620, 150)
    assert found["occupancy"] == pytest.approx(150 / 620)
    assert workbook["load"].cell(2, 1 + head.index("occupancy")).number_format == "0.0%"


def test_only_the_list_names_patients(workbook: Any):
    for sheet in workbook:
        words = [str(cell) for row in rows(sheet) for cell in row if cell is not None]
        assert any(ANNA in word or BERT in word for word in words) == (sheet.title == "appointments"), sheet.title


def test_a_text_that_looks_like_a_formula_is_none(content: PlanContent, table: pd.DataFrame):
    sheet = read(replace(content, appointments=build_table(content.book, [at("mud", "04 08:00", sheet="=1+1")])))
    assert (sheet["appointments"]["A2"].value, sheet["appointments"]["A2"].data_type) == ("=1+1", "s")


def test_resources_and_locks_are_chosen_from_lists(workbook: Any):
    found = {str(one.sqref): one.formula1 for one in workbook["appointments"].data_validations.dataValidation}
    assert found == {"F2:F206": '"mud,bath,pool,ecg,ther"', "J2:J206": '"TRUE,FALSE"'}


def test_identifiers_are_not_printed_and_reasons_break_into_lines(workbook: Any):
    sheet = workbook["appointments"]
    assert sheet.print_area == "'appointments'!$A$1:$K$7"
    assert [sheet.cell(1, n).value for n in (11, 12)] == ["reason", "appointment_id"]
    assert sheet["K7"].alignment.wrap_text


def test_long_reasons_make_their_row_higher(content: PlanContent, table: pd.DataFrame):
    table = table.assign(reason=["x" * 130 if reason else "" for reason in table["reason"]])
    sheet = read(replace(content, appointments=table))["without a time"]
    assert sheet.row_dimensions[2].height == 3 * 15  # 48 letters of 60 on a line


def test_durations_have_a_sheet_where_they_are_known(content: PlanContent):
    rows_of = {"procedure": "mud", "exam_type": "", "percentile": pd.NA, "n": pd.NA, "minutes": 30, "source": "given"}
    durations = pd.DataFrame([rows_of]).astype({"percentile": "Int64", "n": "Int64"})
    book = read(replace(content, durations=durations))
    assert book.sheetnames[3:6] == ["load", "next_free", "durations"]
    assert rows(book["durations"])[1] == ("mud", None, None, None, 30, "given")
    assert book["durations"]["E2"].number_format == "0"
    meanings = {(row[0], row[1]): row[3] for row in rows(book["about"]) if row[0] == "durations"}
    assert meanings["durations", "n"] == "how many exams"


def test_what_was_booked_without_a_sheet_has_no_position(workbook: Any):
    [nameless] = [row for row in rows(workbook["appointments"])[1:] if row[0] is None]
    assert (nameless[2], nameless[4], nameless[5]) == (None, None, "mud")


def test_an_empty_plan_has_its_sheets(content: PlanContent, table: pd.DataFrame):
    empty = read(replace(content, appointments=table.iloc[:0]))
    assert empty.sheetnames == ["appointments", "timetables", "without a time", "load", "next_free", "about", "planned"]
