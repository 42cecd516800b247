"""The plan as files, in the forms that the desk offers."""

from __future__ import annotations

from pathlib import Path

from schedvisu_lib.explorer.saving import Form
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.language import Language


def save_plan(content: PlanContent, form: Form, folder: Path) -> list[Path]:
    """Write a plan into a folder: a workbook, pages to print, or a calendar for each patient and resource.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or there is no browser that prints the pages.
    """
    from schedvisu_lib.export.plan.files import PlanFormat, write_plan  # what makes files, when one is first saved

    return [file for _, files in write_plan(content, folder, [PlanFormat(form)]) for file in files]


def form_words(t: Language) -> dict[Form, tuple[str, str]]:
    """Return name and explanation of each form of file."""
    return {
        Form.XLSX: ("XLSX", t("A workbook with all appointments")),
        Form.ICS: ("iCalendar", t("A calendar for each sheet and resource")),
        Form.PDF: ("PDF", t("Pages to print: timetables, days of resources, load")),
    }
