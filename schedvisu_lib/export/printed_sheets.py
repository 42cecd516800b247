"""Sheets of a workbook that are printed: on A4 landscape, under names that Excel takes."""

from __future__ import annotations

import re
from typing import Any, Final

from openpyxl import Workbook

from schedvisu_lib.export.texts import printable

_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_LONGEST: Final = 31
"""Letters of a sheet's name in Excel."""
_A4: Final = 9
_MARGIN: Final = 0.4
"""Of a printed page, in inches."""


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet, with a number if there is one already; it counts as taken then."""
    plain = _FORBIDDEN.sub(" ", name).strip()[:_LONGEST] or "-"
    lower, choice, number = {other.lower() for other in taken}, plain, 1
    while choice.lower() in lower:
        number += 1
        choice = f"{plain[: _LONGEST - len(str(number)) - 1]} {number}"
    taken.add(choice)
    return choice


def add_printed(book: Workbook, name: str, title: str, *, headings: bool = True) -> Any:
    """Add an empty sheet that prints on A4 landscape, as wide as the page, with any headings on each page."""
    sheet: Any = book.create_sheet(name)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left = margins.right = _MARGIN
    if headings:
        sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text = printable(title).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    return sheet
