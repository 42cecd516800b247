"""A workbook to fill in: explanations in the language of the site, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, get_args, get_origin

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from pydantic import BaseModel

from schedvisu_lib.plan.sheets.cells import Column, columns_of
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.plan.sheets.workbook import HOW_TO, headings, workbook_of
from schedvisu_lib.settings.calendar import WEEKDAYS

_LAST_ROW: Final = 5000
"""Rows that have lists to choose from."""
_WIDTHS: Final = (18, 20, 110)
_COMMENT: Final = (300, 90)
"""Width and height of a comment, in points."""

_Place: TypeAlias = tuple[str, str]
"""Sheet and column."""


@dataclass(frozen=True)
class Help:
    """What a workbook says about itself."""

    lines: Sequence[str]
    """What stands above all, its title first."""
    sheets: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    """By sheet; the weekdays are one column."""
    values: Mapping[_Place, Sequence[str]] = field(default_factory=dict)
    """Values that a column offers, where neither its type nor another sheet tells them."""
    named: Mapping[_Place, str] = field(default_factory=dict)
    """Sheets whose names a column offers though it may hold several."""


def template_of(book: BookT, form: Form[BookT], about: Help) -> Workbook:
    """Return a workbook of a book, with comments on its headings, lists to choose from, and the sheet "how to"."""
    workbook = workbook_of(book, form)
    named = {(sheet, column): target for sheet, column, target, _ in form.references if _is_one(form, sheet, column)}
    for sheet, model in form.sheets.items():
        _explain(workbook[sheet], model, about.columns[sheet])
        for place, name in enumerate(headings(model), start=1):
            target = named.get((sheet, name)) or about.named.get((sheet, name))
            values = about.values.get((sheet, name)) or list(_values(model, name))
            _offer(workbook[sheet], place, f"={target}!$A$2:$A${_LAST_ROW}" if target else _inline(values))
    _write_how_to(workbook, form, about)
    return workbook


def _is_one(form: Form[BookT], sheet: str, column: str) -> bool:
    return not columns_of(form.sheets[sheet])[column].is_list


def _explain(table: Any, model: type[BaseModel], meanings: Mapping[str, str]) -> None:
    """Put what a column means as a comment on its heading."""
    for place, name in enumerate(headings(model), start=1):
        comment = Comment(meanings["hours" if name in WEEKDAYS else name], "SchedVisu")
        comment.width, comment.height = _COMMENT
        table.cell(1, place).comment = comment


def _offer(table: Any, place: int, formula: str | None) -> None:
    """Let the cells of a column offer values; what a list does not hold is refused on reading."""
    if formula:
        letter = get_column_letter(place)
        offer = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=False)
        offer.add(f"{letter}2:{letter}{_LAST_ROW}")
        table.add_data_validation(offer)


def _values(model: type[BaseModel], name: str) -> Iterator[str]:
    """Yield the values that the type of a column allows, where they are few."""
    column: Column | None = columns_of(model).get(name)
    if column is None:
        return
    if column.kind is bool:
        yield from ["yes", "no"] if column.is_usually_yes else ["yes"]
    else:
        yield from _literals(model.model_fields[name].annotation)


def _inline(values: Sequence[str]) -> str | None:
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


def _write_how_to(workbook: Workbook, form: Form[BookT], about: Help) -> None:
    sheet = workbook.create_sheet(HOW_TO, 0)
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for number, line in enumerate(about.lines):
        sheet.append([line])
        sheet.cell(sheet.max_row, 1).font = Font(bold=not number)
    for name, meaning_of_sheet in about.sheets.items():
        sheet.append([])
        sheet.append([name, "", meaning_of_sheet])
        for place in (1, 3):
            sheet.cell(sheet.max_row, place).font = Font(bold=True)
        columns = columns_of(form.sheets.get(name, form.settings_model))
        for column, meaning in about.columns[name].items():
            sheet.append(["", "mon ... sun" if columns[column].is_week else column, meaning])
            sheet.cell(sheet.max_row, 3).alignment = Alignment(wrap_text=True, vertical="top")
    workbook.active = 0
    for table in workbook.worksheets[1:]:
        table.sheet_view.tabSelected = False
