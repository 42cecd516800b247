"""The plan as files, in the forms that the desk offers; the command writes the same ones."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from schedvisu_lib.export.plan.content import PlanContent


class Form(StrEnum):
    """Of the files of a plan."""

    XLSX = "xlsx"
    ICS = "ics"
    PDF = "pdf"


def save_plan(content: PlanContent, form: Form, folder: Path) -> list[Path]:
    """Write a plan into a folder: a workbook, pages to print, or a calendar for each patient and resource.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or there is no browser that prints the pages.
    """
    from schedvisu_lib.export.plan.files import PlanFormat, write_plan  # what makes files, when one is first saved

    return [file for _, files in write_plan(content, folder, [PlanFormat(form)]) for file in files]
