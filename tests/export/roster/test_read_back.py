"""A roster that was corrected in a spreadsheet: what was changed, and which rules that breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.read_back import ReadRoster, read_roster, rules_broken
from schedvisu_lib.export.roster.xlsx_file import roster_xlsx
from tests.plan.conftest import english_site

from .conftest import LAST, MONDAY, build_staff, rows_of

Edit = Callable[..., ReadRoster]


@pytest.fixture
def edit(content: RosterContent, tmp_path: Path) -> Edit:
    """Writes the roster, changes cells of its grid as a user does, and reads it back."""

    def edited(**cells: Any) -> ReadRoster:
        file = tmp_path / "roster.xlsx"
        file.write_bytes(roster_xlsx(content))
        workbook = openpyxl.load_workbook(file)
        for name, value in cells.items():
            workbook["roster"][name] = value
        workbook.save(file)
        return read_roster(file, content.book, content.site)

    return edited


def test_what_nobody_changed_is_the_same_roster(edit: Edit, content: RosterContent):
    read = edit()
    pd.testing.assert_frame_equal(read.table, content.duties)
    assert (read.first, read.last, read.faults, read.changed) == (MONDAY, LAST, (), ())


@pytest.mark.parametrize("typed", ["D", "d", "day", " Day "])
def test_a_letter_or_a_name_becomes_a_duty_set_by_hand_that_fills_the_empty_seat(edit: Edit, typed: str):
    read = edit(P8=typed)  # Di, Sunday 17 May
    [row] = rows_of(read.table, person="Di", date=pd.Timestamp(LAST)).to_dict("records")
    assert (row["shift"], row["level"], row["department"], row["origin"]) == ("day", "clinical", "", "manual")
    assert (read.table["person"] != "").all()
    assert read.changed == (("Di", LAST),)
    assert not [line for line in rules_broken(read, build_staff(), english_site()) if line.startswith("P8")]


def test_an_emptied_cell_leaves_an_empty_seat(edit: Edit):
    read = edit(D6=None)  # Bo's night of Tuesday
    [empty] = rows_of(read.table, person="", shift="night").to_dict("records")
    assert empty["date"].date() == date(2026, 5, 5)
    assert len(rows_of(read.table, person="Bo")) == 4


def test_each_broken_rule_is_named_with_its_cell(edit: Edit):
    read = edit(P6="D")  # Bo has the night of Saturday
    lines = [line for line in rules_broken(read, build_staff(), english_site()) if line.startswith("P6: ")]
    assert [line[line.index("(rule") :] for line in lines] == ["(rule 4, after a night)", "(rule 5, rest)"]


def test_what_cannot_be_is_a_fault_that_names_the_cell(edit: Edit, content: RosterContent):
    read = edit(C5="D", D5="X", A6="Zoe", A14="Tech 3")
    assert read.faults == (
        'D5: "X" is no shift; allowed: D, N',
        'row 6: "Zoe" is not in the book',
        "row 14: a second row of Tech 3; keep one",
        "Bo is missing; put the row back, or empty its cells",
        "Tech 4 is missing; put the row back, or empty its cells",
        "C5: it is locked; unlock it before you change it",
    )
    assert rows_of(read.table, person="Ada", date=pd.Timestamp(MONDAY))["shift"].item() == "night"


def test_another_file_is_refused_in_one_line(tmp_path: Path, content: RosterContent):
    wrong = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(wrong)
    broken = tmp_path / "broken.xlsx"
    broken.write_text("no workbook")
    for file, words in (
        (wrong, 'lacks the sheet "roster" or "planned"'),
        (broken, "no duty roster (BadZipFile)"),
        (tmp_path / "none.xlsx", "no such file"),
        (tmp_path / "roster.csv", "no workbook"),
    ):
        with pytest.raises(PlanError) as caught:
            read_roster(file, content.book, content.site)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
