"""Read and write a book: XLSX or YAML -> validated :class:`Book`, with all mistakes at once; book -> XLSX."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.plan.book.checks import mistakes_in
from schedvisu_lib.plan.book.form import FORM
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.book.notes import notes_on
from schedvisu_lib.plan.sheets.file import BookRead, read, write

_LOG: Final = logging.getLogger(__name__)


def read_book(path: str | Path, site: Site) -> Book:
    """Read and validate a book; its notes go to the log.

    Parameters
    ----------
    path
        A workbook (XLSX) or, by its name, a YAML file; ``docs/plan-appointments.md`` says what it holds.
    site
        Gives scanners, exam types and the time zone.

    Raises
    ------
    BookError
        Lists every mistake, one line each: file, sheet, row and column (YAML: line and key path), what was found and
        what is allowed. None names a patient.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> book = sv.read_book("params/book.demo.yaml", site)
    >>> len(book.patients), book.procedure["FDG injection"].minutes
    (12, 15)
    """
    book, notes = read_book_and_notes(path, site)
    for note in notes:
        _LOG.warning("%s: %s", path, note)
    return book


def read_book_and_notes(path: str | Path, site: Site) -> BookRead[Book]:
    """Read and validate a book, as :func:`read_book` does, and return its notes.

    They name bookings that overlap or lie outside opening hours: these stand already, so they stop nothing. So do rules
    that never apply, and resources that are never open.
    """
    return read(path, FORM, site, mistakes_in, notes_on)


def write_book(book: Book, path: str | Path) -> Path:
    """Write a book as a workbook that :func:`read_book` reads as the same book; return the file.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    return write(book, FORM, path)
