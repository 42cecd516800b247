"""Tables as a workbook for Excel: a sheet each, with filters and formats, and a sheet that tells what they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any, Final, TypeAlias

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from schedvisu_lib import __version__
from schedvisu_lib.errors import ExportError
from schedvisu_lib.export.about import About
from schedvisu_lib.export.columns import Kind, kind_of
from schedvisu_lib.export.target import What
from schedvisu_lib.export.texts import looks_like_formula, printable

Sheet: TypeAlias = Any
"""A sheet that is written row by row; openpyxl's types do not know its filters and columns."""

ABOUT: Final = "about"
"""Name of the sheet that explains the others."""

_MOST_ROWS: Final = 1_048_575
"""Rows of a sheet, less the heading."""

_FORMATS: Final = {
    Kind.TEXT: "General",
    Kind.COUNT: "0",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.MINUTES: "0.0",
    Kind.RATIO: "0.0%",
    Kind.FLAG: '"TRUE";"TRUE";"FALSE"',  # Excel writes truth in its language, LibreOffice by the format
}
_WHOLE: Final = "0"
_WIDTHS: Final = {Kind.DAY: 12, Kind.MOMENT: 18}
_NARROWEST, _WIDEST, _FILTER_BUTTON = 8, 60, 4
"""Widths of columns, in characters."""

_HEAD: Final = PatternFill("solid", start_color="DDE6EE")
_BOLD: Final = Font(name="Calibri", size=11, bold=True)
"""The font that cells have; without its name some programs take another one."""
_OFF_THE_EDGE: Final = Alignment(horizontal="right", indent=1, vertical="top")
"""Of numbers: the text of the next column begins right behind the edge."""
_MEANING_WIDTH: Final = 90
_LINE_HEIGHT: Final = 15.0
"""Of a row, in points, for each line of its text."""
_FILLED: Final = 0.8
"""Share of a line that words fill that break into lines, where letters are broad."""


def xlsx_bytes(tables: Mapping[What, pd.DataFrame], about: About) -> bytes:
    """Return a workbook with a sheet for each table, named like it, and one that tells of them.

    Raises
    ------
    ExportError
        A table has more rows than a sheet can hold.
    """
    book = Workbook(write_only=True)
    for what, table in tables.items():
        if len(table) > _MOST_ROWS:
            raise ExportError(
                f"{what} has {len(table)} rows, more than a sheet of Excel holds; choose fewer days, or parquet"
            )
        write_table(book.create_sheet(str(what)), table)
    write_about(book.create_sheet(ABOUT), about)
    book.properties.subject = ", ".join(tables)
    return book_bytes(book, about.title, about.generated_at)


def book_bytes(book: Workbook, title: str, made: datetime) -> bytes:
    """Return a workbook as a file that says what it is."""
    facts = book.properties
    facts.title, facts.creator = printable(title), f"SchedVisu {__version__}"
    facts.created = facts.modified = made
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def write_table(sheet: Sheet, table: pd.DataFrame, wrapped: Collection[str] = ()) -> None:
    """Write a table into an empty sheet that is written row by row: headings that stay, filters, formats, widths.

    Texts in the columns ``wrapped`` break into lines.
    """
    # A sheet that is written row by row wants to know all this before its first row.
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    kinds = [kind_of(table[name]) for name in table.columns]
    for place, (name, kind) in enumerate(zip(table.columns, kinds, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(table[name], kind)
    sheet.append(_headings(sheet, table.columns))
    writers = [
        _TextColumn(sheet, wrap=name in wrapped)
        if kind is Kind.TEXT
        else _ValueColumn(sheet, _format(table[name], kind))
        for name, kind in zip(table.columns, kinds, strict=True)
    ]
    columns = [_values(table[name], kind) for name, kind in zip(table.columns, kinds, strict=True)]
    broken = [place for place, name in enumerate(table.columns) if name in wrapped]
    for number, row in enumerate(zip(*columns, strict=True), start=2):
        if broken:
            _heighten(sheet, number, (row[place] for place in broken), _WIDEST)
        sheet.append([write(value) for write, value in zip(writers, row, strict=True)])


def _heighten(sheet: Sheet, row: int, texts: Iterable[str], width: int) -> None:
    """Make a row as high as its longest text needs that breaks into lines; not every program does so by itself."""
    lines = max(ceil(len(text) / (_FILLED * width)) for text in texts)
    if lines > 1:
        sheet.row_dimensions[row].height = _LINE_HEIGHT * lines


class _ValueColumn:
    """Writes numbers and times with the format of their kind; one cell does for all rows, each written at once."""

    def __init__(self, sheet: Sheet, number_format: str) -> None:
        self._cell = WriteOnlyCell(sheet)
        self._cell.number_format = number_format
        self._cell.alignment = _OFF_THE_EDGE

    def __call__(self, value: Any) -> Any:
        if pd.isna(value):
            return None
        self._cell.value = value
        return self._cell


class _TextColumn:
    """Writes texts as they are, and never as a formula, nor so that it becomes one when somebody edits the cell."""

    def __init__(self, sheet: Sheet, *, wrap: bool) -> None:
        self._plain, self._quoted = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
        self._quoted.quotePrefix = True
        self._plain.alignment = self._quoted.alignment = Alignment(wrap_text=wrap, vertical="top")

    def __call__(self, text: str) -> Any:
        return _as_text(self._quoted if looks_like_formula(text) else self._plain, text)


def _as_text(cell: Any, text: str) -> Any:
    cell.value = printable(text)
    cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
    return cell


def _values(column: pd.Series, kind: Kind) -> Sequence[Any]:
    if kind in {Kind.DAY, Kind.MOMENT}:
        return list(column.dt.round("s"))
    return list(column)


def _format(column: pd.Series, kind: Kind) -> str:
    """Return the format of a column; whole minutes have no decimals."""
    return _WHOLE if kind is Kind.MINUTES and pd.api.types.is_integer_dtype(column) else _FORMATS[kind]


def _width(column: pd.Series, kind: Kind) -> int:
    longest = max((len(text) for text in column), default=0) if kind is Kind.TEXT else _WIDTHS.get(kind, 0)
    return min(max(longest, len(str(column.name)) + _FILTER_BUTTON, _NARROWEST), _WIDEST)


def _headings(sheet: Sheet, names: Sequence[str]) -> Iterator[Any]:
    for name in names:
        cell = WriteOnlyCell(sheet, str(name))
        cell.font, cell.fill = _BOLD, _HEAD
        yield cell


def write_about(sheet: Sheet, about: About) -> None:
    """Write what is told of a workbook into an empty sheet."""
    texts = [*about.columns, *((label, value, "", "") for label, value in about.facts.items())]
    for place, letter in enumerate("ABC"):
        longest = max(len(row[place]) for row in (about.columns if place else texts))
        sheet.column_dimensions[letter].width = longest + 2
    sheet.column_dimensions["D"].width = _MEANING_WIDTH

    def bold(text: str) -> Any:
        cell = _as_text(WriteOnlyCell(sheet), text)
        cell.font = _BOLD
        return cell

    def plain(text: str) -> Any:
        return _as_text(WriteOnlyCell(sheet), text)

    def wrapped(text: str) -> Any:
        cell = plain(text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    sheet.append([bold(about.title)])
    for label, value in about.facts.items():
        sheet.append([plain(label), plain(value)])
    sheet.append([])
    heading, *columns = about.columns
    sheet.append(_headings(sheet, heading))
    for *left, meaning in columns:
        sheet.append([*map(plain, left), wrapped(meaning)])
    sheet.append([])
    for row, line in enumerate(about.notes, start=len(about.facts) + len(columns) + 5):
        _heighten(sheet, row, [line], _MEANING_WIDTH)
        sheet.append([None, None, None, wrapped(line)])
