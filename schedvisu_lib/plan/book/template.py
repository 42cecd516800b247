"""A workbook to fill in: the site's scanners and exam types, explanations in its language, lists to choose from."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.language import language
from schedvisu_lib.plan.book.form import FORM
from schedvisu_lib.plan.book.help import about_columns, about_sheets
from schedvisu_lib.plan.book.model import Book, Group, Procedure, Resource
from schedvisu_lib.plan.sheets.file import save
from schedvisu_lib.plan.sheets.template import Help, template_of


def template_book(site: Site, path: str | Path) -> Path:
    """Write a workbook to fill in, and return its file.

    It is a valid book: its resources are the site's scanners, its procedures the site's exam types with measured
    durations. Comments on the headings and the sheet "how to" explain each column in the site's language.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    t = language(site.report.language)
    exam_types = [*(kind.name for kind in site.exam_types), OTHER]
    about = Help(
        lines=[
            t("A book of the appointments planner"),
            t("Fill in the sheets and leave their headings; empty rows do not matter, and this sheet is not read."),
            t("Names are yours to choose; other sheets call things by them, so they must be written alike."),
            t("Several names or hours in one cell are separated by commas; a name with a comma stands in quotes."),
            t("All mistakes are told at once, with sheet, row and column."),
        ],
        sheets=about_sheets(t),
        columns=about_columns(t),
        values={("resources", "scanner"): site.scanner_names, ("procedures", "exam_type"): exam_types},
    )
    return save(template_of(first_book(site), FORM, about), Path(path))


def first_book(site: Site) -> Book:
    """Return a book of a site's scanners and exam types, without prescriptions.

    Preparation and exit are those of the scanners, the longest one where an exam type has several.
    """
    group = "Scanners"
    resources = [Resource(name=name, group=group, scanner=name) for name in site.scanner_names]
    procedures = []
    for kind in site.exam_types:
        able = tuple(name for name in site.scanner_names if kind.scanners is None or name in kind.scanners)
        beside = ceil(max(site.scanner(name).preparation for name in able)) if able else 0
        if able:
            procedures.append(
                Procedure(name=kind.name, exam_type=kind.name, resources=able, preparation=beside, exit=beside)
            )
    if not procedures:
        procedures.append(Procedure(name=OTHER, exam_type=OTHER, resources=site.scanner_names))
    return Book(groups=(Group(name=group),), resources=tuple(resources), procedures=tuple(procedures))
