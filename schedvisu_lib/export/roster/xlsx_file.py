"""A roster as a workbook: person by day to print and to correct by hand, lists, statistics and what is empty."""

from __future__ import annotations

from typing import Final

from openpyxl import Workbook

from schedvisu_lib import __version__
from schedvisu_lib.export.about import About
from schedvisu_lib.export.columns import kind_of, unit_of
from schedvisu_lib.export.printed_sheets import add_printed, sheet_name
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.grid_sheet import write_grid
from schedvisu_lib.export.roster.tables import (
    SNAPSHOT,
    day_table,
    duties_table,
    empty_table,
    meanings,
    spread_table,
    statistics_table,
)
from schedvisu_lib.export.xlsx_file import ABOUT, book_bytes, write_about, write_table

ROSTER: Final = "roster"
"""The sheet that is read back."""
DUTIES: Final = "duties"
"""The list of duties, as other makers hand theirs in."""
PLANNED: Final = "planned"
"""The hidden sheet that says what stood in the roster when the file was written."""


def roster_xlsx(content: RosterContent) -> bytes:
    """Return the workbook of a roster.

    Sheets: ``roster`` (person by day, to be corrected and read back), the duties of each day, statistics per person,
    empty seats, spread, ``duties`` (the list, for programs), and ``about``.
    """
    book = Workbook(write_only=True)
    t, taken = content.t, {ROSTER, DUTIES, PLANNED, ABOUT}
    write_grid(book.create_sheet(ROSTER), content)
    days, statistics, empty, spread = t("Duties of each day"), t("Who has what"), t("Empty seats"), t("Spread")
    write_table(add_printed(book, sheet_name(days, taken), days), day_table(content), [t("On duty")])
    write_table(add_printed(book, sheet_name(statistics, taken), statistics), statistics_table(content))
    write_table(add_printed(book, sheet_name(empty, taken), empty), empty_table(content), [t("Reason")])
    write_table(add_printed(book, sheet_name(spread, taken), spread), spread_table(content))
    duties = duties_table(content)
    write_table(add_printed(book, DUTIES, t("Duty roster")), duties)
    write_about(book.create_sheet(ABOUT), _about(content))
    hidden = book.create_sheet(PLANNED)
    hidden.sheet_state = "hidden"
    write_table(hidden, duties[SNAPSHOT])
    return book_bytes(book, t("Duty roster"), content.generated_at)


def _about(content: RosterContent) -> About:
    t, site = content.t, content.site
    facts = {
        t("Department"): f"{site.department.name}, {site.department.hospital}",
        t("Days"): t("from {first} to {last}", first=t.day(content.first), last=t.day(content.last)),
        t("Times"): t("wall clock of {zone}", zone=site.department.timezone),
        t("Generated"): f"{t.moment(content.generated_at)}, SchedVisu {__version__}",
        t("Duties"): t.number(len(content.filled)),
        t("Empty seats"): t.number(len(content.empty)),
    }
    heading = (t("Sheet"), t("Column"), t("Unit"), t("Meaning"))
    duties, meaning = duties_table(content), meanings(t)
    columns = [(DUTIES, name, unit_of(kind_of(duties[name]), t), meaning[name]) for name in duties.columns]
    notes = [
        t("To correct the roster, write another letter into the sheet roster, or empty a cell; the colour follows it."),
        t("Counts beside the days are those of the roster as it was written; they do not follow what you change."),
        t("Then schedvisu plan roster --check FILE tells the rules that are broken, --keep FILE plans around it."),
    ]
    return About(t("Duty roster"), facts, [heading, *columns], notes, content.generated_at)
