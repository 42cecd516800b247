"""A book as a workbook (XLSX): a sheet for each kind of row, headings in its first row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from pydantic import BaseModel

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.sheets.cells import Column, columns_of, excel_readers, is_empty, joined_list
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.plan.sheets.source import Mistake, Source, unknown
from schedvisu_lib.settings.calendar import WEEKDAYS, Hours
from schedvisu_lib.yaml_file import KeyPath

SETTINGS: Final = "settings"
HOW_TO: Final = "how to"
"""The sheet that explains the others; nobody reads it but people."""
KEY, VALUE = "key", "value"

_HEAD: Final = PatternFill("solid", start_color="DDE6EE")
_FORMATS: Final = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", time: "hh:mm"}
_YES_NO: Final = {True: "yes", False: "no"}
_NARROWEST, _WIDEST = 10, 60
"""Widths of columns, in characters."""

Table: TypeAlias = list[tuple[int, tuple[Any, ...]]]
"""Rows with their numbers; empty ones are left out."""
Sheet: TypeAlias = Any
"""openpyxl's types do not know what a cell may hold."""


def headings(model: type[BaseModel]) -> list[str]:
    """Return the headings of a sheet: the columns of its rows, a weekday each for hours of the week."""
    parts = ((list(WEEKDAYS) if column.is_week else [name]) for name, column in columns_of(model).items())
    return [str(name) for name in chain.from_iterable(parts)]


def squeeze(heading: Any) -> str:
    """Return a title or heading as it is compared: without case, spaces and underscores."""
    return re.sub(r"[\s_]", "", str(heading)).casefold()


def read_workbook(file: Path, form: Form[BookT], zone: ZoneInfo) -> Source:
    """Read a book from a workbook.

    Raises
    ------
    BookError
        The file cannot be read, or is no workbook.
    """
    tables = _tables(file, form)
    known = {squeeze(name): name for name in (SETTINGS, *form.sheets)}
    reading = _Reading(form)
    for number, (title, table) in enumerate(tables, start=1):
        name = known.get(squeeze(title))
        if name is not None:
            reading.read(name, table)
        elif squeeze(title) != squeeze(HOW_TO) and table:
            reading.mistakes.append(((), f"sheet {number}: {unknown('title', title, list(known.values()))}"))
    return reading.source(file, zone)


def _tables(file: Path, form: Form[BookT]) -> list[tuple[str, Table]]:
    """Return title and rows of each sheet."""
    try:
        with file.open("rb") as content:
            workbook = load_workbook(content, read_only=True, data_only=True)
            return [(sheet.title, _rows(sheet)) for sheet in workbook.worksheets]
    except FileNotFoundError:
        raise BookError(file, [f"no such file; `{form.template}` writes one"]) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); close it in Excel, or check its permissions"
        raise BookError(file, [problem]) from None
    except Exception as error:  # whatever openpyxl stumbles over; its text may hold a cell
        raise BookError(file, [f"no workbook ({type(error).__name__}); save it as .xlsx"]) from None


def _rows(sheet: Sheet) -> Table:
    """Return the rows that hold something, with their numbers."""
    sheet.reset_dimensions()  # some programs write a size that is not that of the sheet
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    return [(number, row) for number, row in rows if not all(map(is_empty, row))]


class _Reading(Generic[BookT]):
    """Gathers what the sheets of a workbook hold."""

    def __init__(self, form: Form[BookT]) -> None:
        self.form = form
        self.settings: dict[str, Any] = {}
        self.rows: dict[str, dict[int, dict[str, Any]]] = {}
        self.mistakes: list[Mistake] = []
        self._lacking: set[tuple[str, str]] = set()
        self._row_of_setting: dict[str, int] = {}

    def read(self, name: str, table: Table) -> None:
        """Read one sheet."""
        if name in self.rows or (name == SETTINGS and self.settings):
            self.mistakes.append(((name,), "there are two sheets of this title; keep one"))
            return
        if name == SETTINGS:
            self._read_settings(table)
        else:
            self.rows[name] = self._read_rows(name, table)

    def source(self, file: Path, zone: ZoneInfo) -> Source:
        """Return what was gathered."""
        readers, lacking = excel_readers(zone), frozenset(self._lacking)
        return Source(file, self.settings, self.rows, tuple(self.mistakes), lacking, readers, self._where)

    def _where(self, path: KeyPath) -> str:
        if not path:
            return ""
        sheet, *rest = path
        if sheet in self._row_of_setting:
            return f'sheet "{SETTINGS}", row {self._row_of_setting[str(sheet)]}: '
        parts = [f'sheet "{sheet}"']
        if rest:
            parts.append(f"row {rest[0]}")
        if len(rest) > 1:
            weekday = rest[2] if len(rest) > 2 and rest[2] in WEEKDAYS else None
            parts.append(f'column "{weekday or rest[1]}"')
        return ", ".join(parts) + ": "

    def _read_settings(self, table: Table) -> None:
        known = {squeeze(name): name for name in self.form.setting_names}
        for number, row in table:
            cells = [*row, None, None]
            if is_empty(cells[0]) or (number == 1 and squeeze(cells[0]) == KEY):
                continue
            name = known.get(squeeze(cells[0]))
            if name is None:
                self.mistakes.append(((SETTINGS, number), unknown("key", str(cells[0]), list(known.values()))))
            elif name in self._row_of_setting:
                self.mistakes.append(((SETTINGS, number), f'"{name}" stands in two rows; keep one'))
            else:
                self._row_of_setting[name] = number
                if not is_empty(cells[1]):
                    self.settings[name] = cells[1]

    def _read_rows(self, sheet: str, table: Table) -> dict[int, dict[str, Any]]:
        if not table:
            return {}
        top, heading = table[0]
        names = self._names(sheet, top, heading)
        headless = {place for _, row in table for place, value in enumerate(row) if not is_empty(value)} - {
            place for place, title in enumerate(heading) if not is_empty(title)
        }
        for place in sorted(headless):
            column = get_column_letter(place + 1)
            self.mistakes.append(((sheet, top), f"column {column}: holds values, but no heading; write one"))
        columns = columns_of(self.form.sheets[sheet])
        rows = {number: _cells(columns, names, row) for number, row in table[1:]}
        if rows:
            for name in (name for name, column in columns.items() if column.required and name not in names.values()):
                self._lacking.add((sheet, name))
                self.mistakes.append(((sheet, top), f'lacks the column "{name}"; see {self.form.example}'))
        return rows

    def _names(self, sheet: str, top: int, heading: Sequence[Any]) -> dict[int, str]:
        """Return the name of each column by its place."""
        allowed = headings(self.form.sheets[sheet])
        known = {squeeze(name): name for name in allowed}
        names: dict[int, str] = {}
        for place, title in enumerate(heading):
            if is_empty(title):
                continue
            name = known.get(squeeze(title))
            where = f"column {get_column_letter(place + 1)}: "
            if name is None:
                self.mistakes.append(((sheet, top), where + unknown("heading", str(title), allowed)))
            elif name in names.values():
                self.mistakes.append(((sheet, top), f'{where}"{name}" is the heading of two columns; keep one'))
            else:
                names[place] = name
        return names


def _cells(columns: Mapping[str, Column], names: Mapping[int, str], row: Sequence[Any]) -> dict[str, Any]:
    """Return the cells of a row, with hours of the week in one."""
    week = next((name for name, column in columns.items() if column.is_week), "")
    cells: dict[str, Any] = {}
    for place, value in enumerate(row):
        name = names.get(place)
        if name is None or is_empty(value):
            continue
        if name in columns:
            cells[name] = value
        else:
            cells.setdefault(week, {})[name] = value
    return cells


def workbook_of(book: BookT, form: Form[BookT]) -> Workbook:
    """Return a workbook that :func:`read_workbook` reads as this book; empty sheets have their headings too."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    settings = workbook.create_sheet(SETTINGS)
    _write_head(settings, [KEY, VALUE])
    for number, name in enumerate(form.setting_names, start=2):
        value = getattr(book, name)
        _write(settings, number, 1, name)
        _write(settings, number, 2, _YES_NO[value] if isinstance(value, bool) else value)
    _fit(settings)
    for name, model in form.sheets.items():
        sheet = workbook.create_sheet(name)
        _write_head(sheet, headings(model))
        for number, row in enumerate(getattr(book, name), start=2):
            for place, value in enumerate(_values(row, columns_of(model)), start=1):
                _write(sheet, number, place, value)
        _fit(sheet)
    return workbook


def _values(row: BaseModel, columns: Mapping[str, Column]) -> Iterator[Any]:
    """Yield the value of each cell of a row."""
    for name, column in columns.items():
        value = getattr(row, name)
        if column.is_week:
            yield from (_cell(value.get(weekday, ()), column) for weekday in WEEKDAYS)
        else:
            yield _cell(value, column)


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if isinstance(value, tuple):
        return joined_list(_entry(entry, column.kind) for entry in value) or None
    if column.kind is bool:
        return _YES_NO[value] if value or column.is_usually_yes else None
    return _entry(value, Hours) if column.kind is Hours else value


def _entry(value: Any, kind: type) -> str:
    """Return an entry of a list as text."""
    if kind is Hours:
        return f"{value.opens:%H:%M}-{value.closes:%H:%M}"
    return f"{value:%H:%M:%S}".removesuffix(":00") if kind is time else str(value)


def _write_head(sheet: Sheet, names: Iterable[str]) -> None:
    for place, name in enumerate(names, start=1):
        cell = sheet.cell(1, place, name)
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = "A2"


def _write(sheet: Sheet, row: int, place: int, value: Any) -> None:
    cell = sheet.cell(row, place)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
        cell.number_format = "@"  # Excel makes no number or day of what is typed over it
    else:
        cell.value = value
        cell.number_format = _FORMATS.get(type(value), "General")


def _fit(sheet: Sheet) -> None:
    for cells in sheet.columns:
        longest = max(len(str(cell.value)) for cell in cells if cell.value is not None)
        sheet.column_dimensions[cells[0].column_letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
