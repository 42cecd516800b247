"""A plan as a workbook: a list to correct by hand, and sheets to print of patients, resources and load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.pagebreak import Break

from schedvisu_lib import __version__
from schedvisu_lib.export.about import About
from schedvisu_lib.export.columns import kind_of, unit_of
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.tables import (
    SNAPSHOT,
    appointments_table,
    meanings,
    resource_table,
    timetable,
    unplaced_table,
)
from schedvisu_lib.export.texts import printable
from schedvisu_lib.export.xlsx_file import ABOUT, write_about, write_table

APPOINTMENTS: Final = "appointments"
"""The sheet that is read back."""
PLANNED: Final = "planned"
"""The hidden sheet that says where each appointment was when the file was written."""

_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_LONGEST: Final = 31
"""Letters of a sheet's name in Excel."""
_A4: Final = 9
_MARGIN: Final = 0.4
"""Of a printed page, in inches."""


def plan_xlsx(content: PlanContent) -> bytes:
    """Return the workbook of a plan.

    Sheets: ``appointments`` (all, to be corrected and read back), the timetables (a page for each patient), those
    without a time, ``load``, ``next_free``, one for each resource with appointments, and ``about``.
    """
    book = Workbook(write_only=True)
    t, taken = content.t, {APPOINTMENTS, PLANNED, "load", "next_free", ABOUT}
    plain = {APPOINTMENTS: appointments_table(content), "load": content.load, "next_free": content.free}
    write_table(add_printed(book, APPOINTMENTS, t("Appointments")), plain[APPOINTMENTS])
    timetables = timetable(content)
    sheet = add_printed(book, sheet_name(t("timetables"), taken), t("Timetables"))
    for row in _last_rows(timetables):
        sheet.row_breaks.append(Break(id=row))
    write_table(sheet, timetables)
    title = t("Without a time")
    write_table(
        add_printed(book, sheet_name(t("without a time"), taken), title), unplaced_table(content), [t("Reason")]
    )
    for name in ("load", "next_free"):
        write_table(add_printed(book, name, t("Load of the resources")), plain[name])
    for resource in content.resources:
        write_table(add_printed(book, sheet_name(resource, taken), resource), resource_table(content, resource))
    write_about(book.create_sheet(ABOUT), _about(content, plain))
    hidden = book.create_sheet(PLANNED)
    hidden.sheet_state = "hidden"
    write_table(hidden, plain[APPOINTMENTS][SNAPSHOT])
    facts = book.properties
    facts.title, facts.creator = printable(t("Plan of appointments")), f"SchedVisu {__version__}"
    facts.created = facts.modified = content.generated_at
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet, with a number if there is one already; it counts as taken then."""
    plain = _FORBIDDEN.sub(" ", name).strip()[:_LONGEST] or "-"
    lower, choice, number = {other.lower() for other in taken}, plain, 1
    while choice.lower() in lower:
        number += 1
        choice = f"{plain[: _LONGEST - len(str(number)) - 1]} {number}"
    taken.add(choice)
    return choice


def add_printed(book: Workbook, name: str, title: str) -> Any:
    """Add an empty sheet that prints on A4 landscape, as wide as the page, with the headings on each page."""
    sheet: Any = book.create_sheet(name)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left = margins.right = _MARGIN
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text = printable(title).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    return sheet


def _last_rows(timetables: pd.DataFrame) -> Iterator[int]:
    """Yield the row of the sheet after which the next patient begins, but for the last one."""
    whose = timetables.iloc[:, 0]
    changes = whose.ne(whose.shift(-1)).to_numpy().nonzero()[0]
    yield from (int(row) + 2 for row in changes[:-1])


def _about(content: PlanContent, plain: dict[str, pd.DataFrame]) -> About:
    t, site = content.t, content.site
    first, last = content.days
    facts = {
        t("Department"): f"{site.department.name}, {site.department.hospital}",
        t("Days"): t("from {first} to {last}", first=t.day(first), last=t.day(last)),
        t("Times"): t("wall clock of {zone}", zone=site.department.timezone),
        t("Generated"): f"{t.moment(content.generated_at)}, SchedVisu {__version__}",
        t("Appointments"): t.number(len(content.placed)),
        t("Without a time"): t.number(len(content.unplaced)),
    }
    heading = (t("Sheet"), t("Column"), t("Unit"), t("Meaning"))
    columns = [
        (sheet, str(name), unit_of(kind_of(table[name]), t), meanings(t)[sheet][str(name)])
        for sheet, table in plain.items()
        for name in table.columns
    ]
    notes = [
        t("To correct the plan, change resource and start in the sheet appointments; the end follows its start."),
        t("To have a session planned anew, delete its row or its start; locked ones and all others stay."),
        t("Then schedvisu plan appointments --check FILE tells the rules that are broken, --plan FILE fills the rest."),
    ]
    return About(t("Plan of appointments"), facts, [heading, *columns], notes, content.generated_at)
