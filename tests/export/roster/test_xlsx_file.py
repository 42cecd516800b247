"""The workbook of a roster, as Excel and a printer see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.xlsx_file import roster_xlsx

from .conftest import LAST, STAFF, build_content, build_staff


def read(content: RosterContent) -> Any:
    return openpyxl.load_workbook(BytesIO(roster_xlsx(content)))


@pytest.fixture
def workbook(content: RosterContent) -> Any:
    return read(content)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_a_sheet_for_the_grid_for_days_people_empty_seats_spread_and_the_list(workbook: Any):
    names = ["roster", "Duties of each day", "Who has what", "Empty seats", "Spread", "duties", "about", "planned"]
    assert workbook.sheetnames == names
    assert [sheet.title for sheet in workbook if sheet.sheet_state == "hidden"] == ["planned"]


def test_the_grid_has_a_letter_for_each_duty_and_what_is_empty_in_red(workbook: Any):
    sheet = workbook["roster"]
    assert [cell.value for cell in sheet[3]][:4] == ["Person", "Team", datetime(2026, 5, 4), datetime(2026, 5, 5)]
    ada, nobody = ([cell.value for cell in sheet[row]] for row in (5, 9))
    # Nights on 4, 7, 11 and 15 May, the day on 9; what is counted stands behind the 14 days.
    assert ada[2:16] == ["N", None, None, "N", None, "D", None, "N", None, None, None, "N", None, None]
    assert ada[16:] == [4, 2, 0, 5]
    assert [cell.value for cell in sheet["A"]][3:14] == [
        "clinical", "Ada", "Bo", "Cy", "Di", "nobody", "paraclinical · NM", "Tech 1", "Tech 2", "Tech 3", "Tech 4",
    ]  # fmt: skip
    assert nobody[15] == "D"
    assert sheet["P9"].fill.start_color.rgb == "00C00000"


def test_the_duties_of_each_day_say_how_to_call_people():
    staff = [{**one, "phone": "2134"} if one["name"] == "Ada" else one for one in STAFF["staff"]]
    sheet = read(build_content(book=build_staff(staff=staff)))["Duties of each day"]
    assert [row[4] for row in rows(sheet)[1:4]] == ["T1: Tech 1, Tech 2", "Ada (2134)", "T1: Tech 1, Tech 2"]


def test_cells_tell_who_set_a_duty_and_what_is_locked(workbook: Any):
    sheet = workbook["roster"]
    locked, by_hand, swapped, usual = sheet["C5"], sheet["H5"], sheet["M7"], sheet["D6"]
    assert locked.font.bold
    assert locked.border.left.style == "medium"
    assert (by_hand.font.underline, by_hand.comment.text) == ("single", "set by hand")
    assert swapped.comment.text == "swapped, counts for Ada"
    assert (usual.font.bold, usual.font.underline, usual.comment) == (False, None, None)


def test_colours_follow_the_letters_and_these_are_offered(workbook: Any):
    sheet = workbook["roster"]
    rules = {
        rule.formula[0]: (str(area.sqref), rule.dxf.fill.bgColor.rgb)
        for area in sheet.conditional_formatting
        for rule in area.rules
    }
    # People stand in rows 5 to 8 and 11 to 14, neither pools nor empty seats.
    assert rules == {'"D"': ("C5:P8 C11:P14", "00FFC369"), '"N"': ("C5:P8 C11:P14", "000072B2")}
    [choice] = sheet.data_validations.dataValidation
    assert choice.formula1 == '"D,N"'


def test_days_off_and_leave_are_shaded(workbook: Any):
    sheet = workbook["roster"]
    assert [sheet[f"{column}6"].fill.start_color.rgb for column in "GHM"] == ["00000000", "00EEEFF1", "00EEEFF1"]
    assert [sheet[f"{column}8"].fill.fill_type for column in "CGH"] == ["lightUp", "lightUp", "solid"]  # Di, to Friday


def test_it_prints_two_weeks_on_a4_and_more_on_a3_with_headings_and_names_on_each_page(workbook: Any):
    sheet = workbook["roster"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$3", "$A:$B")
    assert sheet.freeze_panes == "C4"
    long = read(build_content(last=LAST + timedelta(days=14)))["roster"]
    assert long.page_setup.paperSize == 8


def test_lists_have_who_is_on_duty_what_is_empty_and_the_spread(workbook: Any):
    head, *days = rows(workbook["Duties of each day"])
    assert head == ("Day", "Shift", "From – to", "Level", "On duty", "Empty seats")
    assert days[0] == ("Mon 4 May 2026", "day", "07:00–17:00", "paraclinical · NM", "T1: Tech 1, Tech 2", 0)
    assert days[-2] == ("Sun 17 May 2026", "day", "07:00–17:00", "clinical", None, 1)
    [_, empty] = rows(workbook["Empty seats"])
    assert empty[:3] == ("Sun 17 May 2026", "day", "clinical")
    people = {row[0]: row[2:] for row in rows(workbook["Who has what"])[1:]}
    assert people["Di"] == (2, 2, 1, 3, 38, 0, 0)  # two nights of 14 h and a day of 10 h
    # The swap on Ascension counts for Ada: nights 4 4 4 2, total 6 5 4 3.
    assert rows(workbook["Spread"])[1] == ("clinical", 2, 0, 1, 3)


def test_a_name_is_never_a_formula(content: RosterContent):
    staff = [one.model_copy(update={"name": "=1+1"}) if one.name == "Di" else one for one in build_staff().staff]
    book = build_staff(staff=[one.model_dump() for one in staff], leave=[])
    duties = content.duties.assign(person=content.duties["person"].replace("Di", "=1+1"))
    cell = read(build_content(duties=duties, book=book))["roster"]["A8"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
