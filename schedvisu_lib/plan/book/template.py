"""A workbook to fill in: the site's scanners and exam types, explanations in its language, lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from pydantic import BaseModel

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.book.cells import columns_of, sheets
from schedvisu_lib.plan.book.file import save
from schedvisu_lib.plan.book.help import about_columns, about_sheets
from schedvisu_lib.plan.book.model import Book, Group, Procedure, Resource
from schedvisu_lib.plan.book.workbook import HOW_TO, headings, workbook_of
from schedvisu_lib.settings.calendar import WEEKDAYS

_LAST_ROW: Final = 5000
"""Rows that have lists to choose from."""
_NAMED_IN: Final = {
    ("travel", "a"): "groups",
    ("travel", "b"): "groups",
    ("resources", "group"): "groups",
    ("closures", "resource"): "resources",
    ("orders", "before"): "procedures",
    ("orders", "after"): "procedures",
    ("incompatible", "a"): "procedures",
    ("incompatible", "b"): "procedures",
    ("exceptions", "a"): "procedures",
    ("exceptions", "b"): "procedures",
    ("exceptions", "patient"): "patients",
    ("exceptions", "resource"): "resources",
    ("busy", "patient"): "patients",
    ("prescriptions", "patient"): "patients",
    ("prescriptions", "procedure"): "procedures",
    ("bookings", "resource"): "resources",
    ("bookings", "patient"): "patients",
    ("bookings", "procedure"): "procedures",
}
"""Columns that hold one name of another sheet."""
_WIDTHS: Final = (18, 20, 110)
_COMMENT: Final = (300, 90)
"""Width and height of a comment, in points."""


def template_book(site: Site, path: str | Path) -> Path:
    """Write a workbook to fill in, and return its file.

    It is a valid book: its resources are the site's scanners, its procedures the site's exam types with measured
    durations. Comments on the headings and the sheet "how to" explain each column in the site's language.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    t = language(site.report.language)
    workbook = workbook_of(first_book(site))
    for sheet, model in sheets().items():
        _explain(workbook, sheet, model, t)
        _offer_choices(workbook[sheet], sheet, model, site)
    _write_how_to(workbook, t)
    return save(workbook, Path(path))


def first_book(site: Site) -> Book:
    """Return a book of a site's scanners and exam types, without prescriptions.

    Preparation and exit are those of the scanners, the longest one where an exam type has several.
    """
    group = "Scanners"
    resources = [Resource(name=name, group=group, scanner=name) for name in site.scanner_names]
    procedures = []
    for kind in site.exam_types:
        able = tuple(name for name in site.scanner_names if kind.scanners is None or name in kind.scanners)
        beside = ceil(max(site.scanner(name).preparation for name in able)) if able else 0
        if able:
            procedures.append(
                Procedure(name=kind.name, exam_type=kind.name, resources=able, preparation=beside, exit=beside)
            )
    if not procedures:
        procedures.append(Procedure(name=OTHER, exam_type=OTHER, resources=site.scanner_names))
    return Book(groups=(Group(name=group),), resources=tuple(resources), procedures=tuple(procedures))


def _explain(workbook: Workbook, sheet: str, model: type[BaseModel], t: Language) -> None:
    """Put what a column means as a comment on its heading."""
    meanings = about_columns(t)[sheet]
    for place, name in enumerate(headings(model), start=1):
        comment = Comment(meanings["hours" if name in WEEKDAYS else name], "SchedVisu")
        comment.width, comment.height = _COMMENT
        workbook[sheet].cell(1, place).comment = comment


def _offer_choices(table: Any, sheet: str, model: type[BaseModel], site: Site) -> None:
    """Let the cells of columns with known values offer them; what a list does not hold is refused on reading."""
    for place, name in enumerate(headings(model), start=1):
        formula = _choices(sheet, name, model, site)
        if formula:
            letter = get_column_letter(place)
            offer = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=False)
            offer.add(f"{letter}2:{letter}{_LAST_ROW}")
            table.add_data_validation(offer)


def _choices(sheet: str, name: str, model: type[BaseModel], site: Site) -> str | None:
    """Return Excel's formula of the values that a column offers."""
    if (sheet, name) in _NAMED_IN:
        return f"={_NAMED_IN[sheet, name]}!$A$2:$A${_LAST_ROW}"
    if name in WEEKDAYS:
        return None
    info = model.model_fields[name]
    if (sheet, name) == ("resources", "scanner"):
        return _inline(list(site.scanner_names))
    if (sheet, name) == ("procedures", "exam_type"):
        return _inline([*(kind.name for kind in site.exam_types), OTHER])
    if columns_of(model)[name].kind is bool:
        return _inline(["yes"])
    return _inline(list(_literals(info.annotation)))


def _inline(values: list[str]) -> str | None:
    """Return a list as Excel takes it within a formula: of at most 255 characters, without commas in its values."""
    text = ",".join(values)
    fits = values and len(text) <= 255 and not any("," in value or '"' in value for value in values)
    return f'"{text}"' if fits else None


def _literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is not dict:
        for part in get_args(annotation):
            if isinstance(part, str):
                yield part
            else:
                yield from _literals(part)


def _write_how_to(workbook: Workbook, t: Language) -> None:
    sheet = workbook.create_sheet(HOW_TO, 0)
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    lines = [
        t("A book of the appointments planner"),
        t("Fill in the sheets and leave their headings; empty rows do not matter, and this sheet is not read."),
        t("Names are yours to choose; other sheets call things by them, so they must be written alike."),
        t("Several names or hours in one cell are separated by commas; a name with a comma stands in quotes."),
        t("All mistakes are told at once, with sheet, row and column."),
    ]
    for number, line in enumerate(lines):
        sheet.append([line])
        sheet.cell(sheet.max_row, 1).font = Font(bold=not number)
    for name, about in about_sheets(t).items():
        sheet.append([])
        sheet.append([name, "", about])
        for place in (1, 3):
            sheet.cell(sheet.max_row, place).font = Font(bold=True)
        for column, meaning in about_columns(t)[name].items():
            title = "mon ... sun" if name == "resources" and column == "hours" else column
            sheet.append(["", title, meaning])
            sheet.cell(sheet.max_row, 3).alignment = Alignment(wrap_text=True, vertical="top")
    workbook.active = 0
    for table in workbook.worksheets[1:]:
        table.sheet_view.tabSelected = False
