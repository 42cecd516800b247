"""Read and write a staff book: XLSX or YAML -> validated :class:`StaffBook`, all mistakes told; book -> XLSX."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.checks import mistakes_in
from schedvisu_lib.plan.roster.book.form import FORM
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.book.notes import notes_on
from schedvisu_lib.plan.sheets.file import BookRead, read, write

_LOG: Final = logging.getLogger(__name__)


def read_staff(path: str | Path, site: Site) -> StaffBook:
    """Read and validate a staff book; its notes go to the log.

    Parameters
    ----------
    path
        A workbook (XLSX) or, by its name, a YAML file; ``docs/plan-roster.md`` says what it holds.
    site
        Gives the calendar and the time zone.

    Raises
    ------
    BookError
        Lists every mistake, one line each: file, sheet, row and column (YAML: line and key path), what was found and
        what is allowed.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> book = sv.read_staff("params/staff.demo.yaml", site)
    >>> len(book.staff), [team.name for team in book.teams]
    (32, ['Team A', 'Team B', 'Team C', 'Team D'])
    """
    book, notes = read_staff_and_notes(path, site)
    for note in notes:
        _LOG.warning("%s: %s", path, note)
    return book


def read_staff_and_notes(path: str | Path, site: Site) -> BookRead[StaffBook]:
    """Read and validate a staff book, as :func:`read_staff` does, and return its notes.

    They name persons whom no request can use, requests for more than a pool has, given duties that break rules, and
    rows that mean nothing: none of these stops a roster.
    """
    return read(path, FORM, site, mistakes_in, notes_on)


def write_staff(book: StaffBook, path: str | Path) -> Path:
    """Write a staff book as a workbook that :func:`read_staff` reads as the same book; return the file.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    return write(book, FORM, path)
