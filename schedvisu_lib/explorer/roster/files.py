"""The roster as files, in the forms in which others want it."""

from __future__ import annotations

from pathlib import Path

from schedvisu_lib.explorer.saving import Form
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.language import Language


def save_roster(content: RosterContent, form: Form, folder: Path) -> list[Path]:
    """Write a roster into a folder: a workbook, pages to print, or a calendar for each person and department.

    Raises
    ------
    SchedVisuError
        A file cannot be written, or there is no browser that prints the pages.
    """
    from schedvisu_lib.export.roster.files import RosterFormat, write_roster  # what makes files is needed last

    return [file for _, files in write_roster(content, folder, [RosterFormat(form)]) for file in files]


def form_words(t: Language) -> dict[Form, tuple[str, str]]:
    """Return name and explanation of each form of file."""
    return {
        Form.XLSX: ("XLSX", t("A workbook to print and to correct by hand")),
        Form.ICS: ("iCalendar", t("A calendar for each person and department")),
        Form.PDF: ("PDF", t("Pages to print: roster, duties of each day, statistics")),
    }
