"""Write the files of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from schedvisu_lib.export.csv_file import csv_bytes, dialect_of
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.fhir import plan_fhir
from schedvisu_lib.export.plan.icalendar_file import plan_ics
from schedvisu_lib.export.plan.pages import pages_pdf
from schedvisu_lib.export.plan.tables import appointments_table
from schedvisu_lib.export.plan.xlsx_file import plan_xlsx
from schedvisu_lib.export.writing import unique_name, write_export


class PlanFormat(StrEnum):
    """What a plan is written as."""

    XLSX = "xlsx"
    CSV = "csv"
    ICS = "ics"
    FHIR = "fhir"
    PDF = "pdf"
    ALL = "all"


def plan_csv(content: PlanContent) -> bytes:
    """Return all appointments as CSV, as spreadsheets in the report's language expect it."""
    return csv_bytes(appointments_table(content), dialect_of(content.site.report.language))


_ONE_FILE: Final[dict[PlanFormat, tuple[str, Callable[[PlanContent], bytes]]]] = {
    PlanFormat.XLSX: ("xlsx", plan_xlsx),
    PlanFormat.CSV: ("csv", plan_csv),
    PlanFormat.FHIR: ("json", plan_fhir),
    PlanFormat.PDF: ("pdf", pages_pdf),
}


def write_plan(
    content: PlanContent, folder: Path, wanted: Sequence[PlanFormat]
) -> Iterator[tuple[PlanFormat, list[Path]]]:
    """Write a plan in some formats; yield each format with its files as soon as they are written.

    No file's name holds a patient's: ``appointments-<first day>`` has all, a calendar is called by sheets or resource.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or the browser fails.
    """
    formats = list(PlanFormat)[:-1] if PlanFormat.ALL in wanted else list(dict.fromkeys(wanted))
    for form in formats:
        if form is PlanFormat.ICS:
            yield form, list(_write_calendars(content, folder))
        else:
            ending, make = _ONE_FILE[form]
            file = folder / f"appointments-{content.first}.{ending}"
            write_export(file, make(content))
            yield form, [file]


def _write_calendars(content: PlanContent, folder: Path) -> Iterator[Path]:
    taken: set[str] = set()
    for patient, sheets in content.patients.items():
        if (content.placed["patient"] == patient).any():
            file = folder / f"{unique_name(f'sheet-{sheets}', taken)}.ics"
            write_export(file, plan_ics(content, "patient", patient))
            yield file
    for resource in content.resources:
        file = folder / f"{unique_name(f'resource-{resource}', taken)}.ics"
        write_export(file, plan_ics(content, "resource", resource))
        yield file
