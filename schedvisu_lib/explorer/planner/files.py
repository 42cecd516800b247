"""The plan as files, in the forms in which others want it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.writing import write_export
from schedvisu_lib.slugs import slug

_NAME = "appointments"


class Form(StrEnum):
    """Of the files of a plan."""

    XLSX = "xlsx"
    ICS = "ics"
    PDF = "pdf"


def save_plan(content: PlanContent, form: Form, folder: Path) -> list[Path]:
    """Write a plan into a folder: a workbook, pages to print, or a calendar for each patient and resource.

    Calendars of patients are named for their sheets.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or there is no browser that prints the pages.
    """
    files = []
    for name, made in _made(content, form):
        file = folder / f"{name}.{form}"
        write_export(file, made)
        files.append(file)
    return files


def _made(content: PlanContent, form: Form) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file; what makes it is imported when it is first needed."""
    if form is Form.XLSX:
        from schedvisu_lib.export.plan.xlsx_file import plan_xlsx

        yield _NAME, plan_xlsx(content)
    elif form is Form.PDF:
        from schedvisu_lib.export.plan.pages import pages_pdf

        yield _NAME, pages_pdf(content)
    else:
        from schedvisu_lib.export.plan.icalendar_file import plan_ics

        for patient, sheets in content.patients.items():
            yield f"{_NAME}-{slug(sheets)}", plan_ics(content, "patient", patient)
        for resource in content.resources:
            yield f"{_NAME}-{slug(resource)}", plan_ics(content, "resource", resource)
