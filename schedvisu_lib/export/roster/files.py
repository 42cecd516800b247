"""Write the files of a roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from schedvisu_lib.export.csv_file import csv_bytes, dialect_of
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.icalendar_file import department_ics, person_ics
from schedvisu_lib.export.roster.pages import pages_pdf
from schedvisu_lib.export.roster.tables import duties_table
from schedvisu_lib.export.roster.xlsx_file import roster_xlsx
from schedvisu_lib.export.writing import unique_name, write_export


class RosterFormat(StrEnum):
    """What a roster is written as."""

    XLSX = "xlsx"
    CSV = "csv"
    ICS = "ics"
    PDF = "pdf"
    ALL = "all"


def roster_csv(content: RosterContent) -> bytes:
    """Return duties and empty seats as CSV, as spreadsheets in the report's language expect it."""
    return csv_bytes(duties_table(content), dialect_of(content.site.report.language))


_MAKERS: dict[RosterFormat, Callable[[RosterContent], bytes]] = {
    RosterFormat.XLSX: roster_xlsx,
    RosterFormat.CSV: roster_csv,
    RosterFormat.PDF: pages_pdf,
}


def write_roster(
    content: RosterContent, folder: Path, wanted: Sequence[RosterFormat]
) -> Iterator[tuple[RosterFormat, list[Path]]]:
    """Write a roster in some formats; yield each format with its files as soon as they are written.

    ``roster-<first day>`` has all; a calendar is called by person or department.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or the browser fails.
    """
    formats = list(RosterFormat)[:-1] if RosterFormat.ALL in wanted else list(dict.fromkeys(wanted))
    for form in formats:
        if form is RosterFormat.ICS:
            yield form, list(_write_calendars(content, folder))
        else:
            file = folder / f"roster-{content.first}.{form}"
            write_export(file, _MAKERS[form](content))
            yield form, [file]


def _write_calendars(content: RosterContent, folder: Path) -> Iterator[Path]:
    taken: set[str] = set()
    for person in content.people:
        file = folder / f"{unique_name(f'person-{person}', taken)}.ics"
        write_export(file, person_ics(content, person))
        yield file
    for department in content.departments:
        file = folder / f"{unique_name(f'department-{department}', taken)}.ics"
        write_export(file, department_ics(content, department))
        yield file
