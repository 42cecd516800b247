"""A plan as a workbook: a list to correct by hand, and sheets to print of patients, resources and load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from schedvisu_lib import __version__
from schedvisu_lib.config import Site
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
from schedvisu_lib.export.printed_sheets import add_printed, sheet_name
from schedvisu_lib.export.xlsx_file import ABOUT, book_bytes, write_about, write_table
from schedvisu_lib.language import Language, language

APPOINTMENTS: Final = "appointments"
"""The sheet that is read back."""
PLANNED: Final = "planned"
"""The hidden sheet that says where each appointment was when the file was written."""

_MORE_ROWS: Final = 200
"""Rows below the last one in which a list is offered too."""
_LONGEST_LIST: Final = 250
"""Letters of a list to choose from, in Excel."""


def plan_xlsx(content: PlanContent) -> bytes:
    """Return the workbook of a plan.

    Sheets: ``appointments`` (all, to be corrected and read back), the timetables (a page for each patient), those
    without a time, ``load``, ``next_free``, ``durations``, one for each resource with appointments, and ``about``.
    """
    book = Workbook(write_only=True)
    t = content.t
    titles = {"load": t("Load of the resources"), "next_free": t("Next free times"), "durations": t("Durations")}
    taken = {APPOINTMENTS, PLANNED, *titles, ABOUT}
    plain = _plain_tables(content)
    _write_appointments(add_printed(book, APPOINTMENTS, t("Appointments")), plain[APPOINTMENTS], content)
    timetables = timetable(content)
    sheet = add_printed(book, sheet_name(t("timetables"), taken), t("Timetables"))
    for row in _last_rows(timetables):
        sheet.row_breaks.append(Break(id=row))
    write_table(sheet, timetables)
    title = t("Without a time")
    write_table(
        add_printed(book, sheet_name(t("without a time"), taken), title), unplaced_table(content), [t("Reason")]
    )
    for name, words in titles.items():
        if name in plain:
            write_table(add_printed(book, name, words), plain[name])
    for resource in content.resources:
        write_table(add_printed(book, sheet_name(resource, taken), resource), resource_table(content, resource))
    write_about(add_printed(book, ABOUT, t("Plan of appointments"), headings=False), _about(content, plain))
    hidden = book.create_sheet(PLANNED)
    hidden.sheet_state = "hidden"
    write_table(hidden, plain[APPOINTMENTS][SNAPSHOT])
    return book_bytes(book, t("Plan of appointments"), content.generated_at)


def held_xlsx(table: pd.DataFrame, site: Site) -> bytes:
    """Return the workbook that tells whether planned durations held: the table, and what its columns mean."""
    book = Workbook(write_only=True)
    t = language(site.report.language)
    write_table(add_printed(book, "held", t("Did the planned durations hold?")), table)
    facts = {t("Department"): f"{site.department.name}, {site.department.hospital}"}
    made = datetime.now().replace(microsecond=0)
    columns = _column_rows({"held": table}, t)
    about = About(t("Did the planned durations hold?"), facts, columns, [], made)
    write_about(add_printed(book, ABOUT, about.title, headings=False), about)
    return book_bytes(book, about.title, made)


def _plain_tables(content: PlanContent) -> dict[str, pd.DataFrame]:
    """Return the tables with plain columns by the names of their sheets."""
    tables = {APPOINTMENTS: appointments_table(content), "load": content.load, "next_free": content.free}
    return tables if content.durations is None else tables | {"durations": content.durations}


def _write_appointments(sheet: Any, table: pd.DataFrame, content: PlanContent) -> None:
    """Write the list that is corrected by hand: with lists to choose from, and printed without the identifiers."""
    rows = len(table) + 1
    sheet.print_area = f"A1:{get_column_letter(len(table.columns) - 1)}{rows}"
    names = ",".join(content.book.resource)
    if len(names) <= _LONGEST_LIST and '"' not in names and names.count(",") == len(content.book.resource) - 1:
        _offer(sheet, table, "resource", names)
    _offer(sheet, table, "locked", "TRUE,FALSE")
    write_table(sheet, table, ["reason"])


def _offer(sheet: Any, table: pd.DataFrame, column: str, names: str) -> None:
    """Let a column's cells be chosen from a list."""
    letter = get_column_letter(table.columns.get_loc(column) + 1)
    choice = DataValidation(type="list", formula1=f'"{names}"', allow_blank=True)
    choice.add(f"{letter}2:{letter}{len(table) + _MORE_ROWS}")
    sheet.data_validations.append(choice)


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
    notes = [
        t("To correct the plan, change resource and start in the sheet appointments; the end follows its start."),
        t("To have a session planned anew, delete its row or its start; locked ones and all others stay."),
        t("Then schedvisu plan appointments --check FILE tells the rules that are broken, --plan FILE fills the rest."),
    ]
    return About(t("Plan of appointments"), facts, _column_rows(plain, t), notes, content.generated_at)


def _column_rows(plain: Mapping[str, pd.DataFrame], t: Language) -> list[tuple[str, str, str, str]]:
    """Return what each column of some sheets holds, below headings."""
    columns = [
        (sheet, str(name), unit_of(kind_of(table[name]), t), meanings(t)[sheet][str(name)])
        for sheet, table in plain.items()
        for name in table.columns
    ]
    return [(t("Sheet"), t("Column"), t("Unit"), t("Meaning")), *columns]
