"""Read and write books: XLSX or YAML -> validated rows, with all mistakes at once; book -> XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.sheets.facts import Facts
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.plan.sheets.judged import Judged
from schedvisu_lib.plan.sheets.source import Mistake, read_document
from schedvisu_lib.plan.sheets.workbook import SETTINGS, read_workbook, workbook_of

Checks: TypeAlias = Callable[[Facts[BookT]], Iterator[Mistake]]
"""Yields all that is to be said about a book."""


class BookRead(NamedTuple, Generic[BookT]):
    """A book, and what its reader should know though it stops nothing."""

    book: BookT
    notes: tuple[str, ...]
    """One line each, naming sheet and row (YAML: line and key path)."""


def read(
    path: str | Path, form: Form[BookT], site: Site, mistakes_in: Checks[BookT], notes_on: Checks[BookT]
) -> BookRead[BookT]:
    """Read and validate a book.

    Parameters
    ----------
    path
        A workbook (XLSX) or, by its name, a YAML file.
    form
        The kind of book.
    site
        Gives the time zone, and what the checks ask it.
    mistakes_in
        Yields what is wrong between rows.
    notes_on
        Yields what should be known of a book without mistakes.

    Raises
    ------
    BookError
        Lists every mistake, one line each.
    """
    file = Path(path).expanduser().resolve()
    is_yaml = file.suffix.lower() in {".yaml", ".yml"}
    source = (read_document if is_yaml else read_workbook)(file, form, ZoneInfo(site.department.timezone))
    judged = Judged(source, form)
    facts = Facts(judged.book(), site, judged.names)

    def in_order(found: list[Mistake]) -> list[str]:
        found = sorted(found, key=lambda mistake: _place_in(form, mistake))
        return list(dict.fromkeys(f"{source.where(place)}{text}" for place, text in found))

    mistakes = [*judged.mistakes, *map(judged.in_file, mistakes_in(facts))]
    if mistakes:
        raise BookError(file, in_order(mistakes))
    return BookRead(facts.book, tuple(in_order([judged.in_file(note) for note in notes_on(facts)])))


def write(book: BookT, form: Form[BookT], path: str | Path) -> Path:
    """Write a book as a workbook that :func:`read` reads as the same book; return the file.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    return save(workbook_of(book, form), Path(path))


def save(workbook: Any, file: Path) -> Path:
    """Write a workbook to a file.

    Raises
    ------
    BookError
        It cannot be written.
    """
    try:
        workbook.save(file)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); close it in Excel, or name another file"
        raise BookError(file, [problem]) from None
    return file


def _place_in(form: Form[BookT], mistake: Mistake) -> tuple[int, int]:
    """Return a mistake's place in the book: sheet, then row; what is no sheet of a book comes first."""
    place = [*mistake[0], "", 0]
    order = ["", *form.setting_names, SETTINGS, *form.sheets]
    sheet = str(place[0])
    return order.index(sheet) if sheet in order else 0, place[1] if isinstance(place[1], int) else 0
