"""The template of a staff book: what it begins with, explains and offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.roster.book.file import read_staff
from schedvisu_lib.plan.roster.book.form import FORM
from schedvisu_lib.plan.roster.book.template import write_staff_template
from tests.conftest import load_demo
from tests.plan.conftest import english_site


def test_the_template_lacks_nothing_but_people(tmp_path: Path) -> None:
    file = write_staff_template(tmp_path / "staff.xlsx", english_site())
    with pytest.raises(BookError) as caught:
        read_staff(file, english_site())
    assert caught.value.mistakes == ('sheet "staff": needs at least one row; see params/staff.example.yaml',)
    workbook = load_workbook(file)
    workbook["staff"].append(["Ana", english_site().department.name, None, None, "clinical"])
    workbook.save(file)
    book = read_staff(file, english_site())
    assert [(row.name, row.hospital) for row in book.levels] == [
        ("leadership", True), ("clinical", False), ("paraclinical", False), ("administrative", True),
    ]  # fmt: skip
    assert [(row.name, row.worked, row.is_night) for row in book.shifts] == [("day", 600, False), ("night", 840, True)]
    assert (book.rest_hours, book.free_after_night) == (11, True)


def test_the_template_explains_each_column_in_the_language_of_the_site(tmp_path: Path) -> None:
    english, french = (
        load_workbook(write_staff_template(tmp_path / "staff.xlsx", site)) for site in (english_site(), load_demo())
    )
    assert english.sheetnames == ["how to", "settings", *FORM.sheets]
    rows = list(english["how to"].iter_rows(values_only=True))
    told = {row[1] for row in rows if row[1]}
    assert told == {*FORM.setting_names, *(column for model in FORM.sheets.values() for column in model.model_fields)}
    assert [row[2] for row in rows if row[1] == "rest_hours"] == [
        "Hours between the end of a duty and the start of the next one, at least."
    ]
    for sheet in french.worksheets[2:]:
        assert all(cell.comment is not None for cell in sheet[1]), sheet.title
    assert french["leave"]["C1"].comment.text == "La personne, comme dans la feuille staff."
    assert [cell.value for cell in french["levels"]["A"]] == [
        "name", "direction", "clinique", "paraclinique", "administratif",
    ]  # fmt: skip


def test_the_template_offers_what_is_known(tmp_path: Path) -> None:
    workbook = load_workbook(write_staff_template(tmp_path / "staff.xlsx", english_site()))
    offers = {
        (sheet.title, sheet[f"{offer.sqref}".partition("2:")[0] + "1"].value): offer.formula1
        for sheet in workbook.worksheets
        for offer in sheet.data_validations.dataValidation
    }
    expected = {
        ("levels", "hospital"): '"yes"',
        ("shifts", "levels"): "=levels!$A$2:$A$5000",
        ("shifts", "not_next"): "=shifts!$A$2:$A$5000",
        ("sequences", "levels"): "=levels!$A$2:$A$5000",
        ("teams", "department"): "=departments!$A$2:$A$5000",
        ("teams", "level"): "=levels!$A$2:$A$5000",
        ("staff", "department"): "=departments!$A$2:$A$5000",
        ("staff", "levels"): "=levels!$A$2:$A$5000",
        ("staff", "day"): '"yes,no"',
        ("staff", "night"): '"yes,no"',
        ("staff", "team"): "=teams!$A$2:$A$5000",
        ("staff", "contract"): "=contracts!$A$2:$A$5000",
        ("exemptions", "person"): "=staff!$A$2:$A$5000",
        ("exemptions", "no"): '"nights,days"',
        ("leave", "person"): "=staff!$A$2:$A$5000",
        ("leave", "kind"): '"leave,absence"',
        ("wishes", "person"): "=staff!$A$2:$A$5000",
        ("wishes", "shift"): "=shifts!$A$2:$A$5000",
        ("wishes", "wants"): '"on,off"',
        ("requests", "department"): "=departments!$A$2:$A$5000",
        ("requests", "level"): "=levels!$A$2:$A$5000",
        ("requests", "shift"): "=shifts!$A$2:$A$5000",
        ("requests", "days"): '"every,workdays,days off,mon,tue,wed,thu,fri,sat,sun"',
        ("requests", "by"): '"number,team"',
    }
    assert {
        place: formula for place, formula in offers.items() if place[0] not in {"duties", "counts", "debts"}
    } == expected
    assert offers["duties", "counts_for"] == offers["counts", "person"] == offers["debts", "debtor"]
