"""A workbook to write the staff in: levels and shifts that are usual, explanations in the language of the site."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.form import FORM
from schedvisu_lib.plan.roster.book.help import about_columns, about_sheets
from schedvisu_lib.plan.roster.book.model import Department, Level, Shift, StaffBook
from schedvisu_lib.plan.sheets.file import save
from schedvisu_lib.plan.sheets.template import Help, template_of

_SEVERAL: Final = {
    ("shifts", "levels"): "levels",
    ("shifts", "not_next"): "shifts",
    ("sequences", "levels"): "levels",
    ("staff", "levels"): "levels",
}
"""Columns that hold several names of a sheet, but often one."""


def write_staff_template(path: str | Path, site: Site) -> Path:
    """Write a workbook to fill in, and return its file.

    It has the department of the site, usual levels and shifts, and no people: it is a book once the sheet ``staff`` has
    some. Comments on headings and the sheet "how to" explain each column in the language of the site; cells offer the
    names that other sheets give.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    t = language(site.report.language)
    about = Help(
        lines=[
            t("A staff book of the roster planner"),
            t("Fill in the sheets and leave their headings; empty rows do not matter, and this sheet is not read."),
            t("Names are yours to choose; other sheets call things by them, so they must be written alike."),
            t("Several names in one cell are separated by commas; a name with a comma stands in quotes."),
            t("All mistakes are told at once, with sheet, row and column."),
        ],
        sheets=about_sheets(t),
        columns=about_columns(t),
        named=_SEVERAL,
    )
    return save(template_of(first_staff(site, t), FORM, about), Path(path))


def first_staff(site: Site, t: Language) -> StaffBook:
    """Return what a staff book begins with: a site's department, levels and shifts in its language, and nobody."""
    levels = (
        Level(name=t("leadership"), hospital=True),
        Level(name=t("clinical")),
        Level(name=t("paraclinical")),
        Level(name=t("administrative"), hospital=True),
    )
    shifts = (
        Shift(name=t("day"), start=time(7), end=time(17)),
        Shift(name=t("night"), start=time(17), end=time(7)),
    )
    departments = (Department(name=site.department.name),)
    # Not validated: it has no people yet.
    return StaffBook.model_construct(None, departments=departments, levels=levels, shifts=shifts, staff=())
