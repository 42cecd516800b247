"""Read and write a book: XLSX or YAML -> validated :class:`Book`, with all mistakes at once; book -> XLSX."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError, create_model

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError
from schedvisu_lib.mistakes import mistakes_of
from schedvisu_lib.plan.book.cells import Column, Reader, columns_of, is_empty, setting_names, sheets, split_list
from schedvisu_lib.plan.book.checks import mistakes_in
from schedvisu_lib.plan.book.facts import Facts
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.book.notes import notes_on
from schedvisu_lib.plan.book.source import EXAMPLE, Mistake, Source, read_document
from schedvisu_lib.plan.book.workbook import SETTINGS, read_workbook, workbook_of
from schedvisu_lib.settings.base import Settings

_LOG: Final = logging.getLogger(__name__)


class BookRead(NamedTuple):
    """A book, and what its reader should know though it stops nothing."""

    book: Book
    notes: tuple[str, ...]
    """One line each, naming sheet and row (YAML: line and key path)."""


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


def read_book_and_notes(path: str | Path, site: Site) -> BookRead:
    """Read and validate a book, as :func:`read_book` does, and return its notes.

    They name bookings that overlap or lie outside opening hours: these stand already, so they stop nothing. So do rules
    that never apply, and resources that are never open.
    """
    file = Path(path).expanduser().resolve()
    read = read_document if file.suffix.lower() in {".yaml", ".yml"} else read_workbook
    source = read(file, ZoneInfo(site.department.timezone))
    judged = _Judged(source)
    facts = Facts(judged.book(), site, judged.names)
    mistakes = [*judged.mistakes, *(judged.in_file(mistake) for mistake in mistakes_in(facts))]
    if mistakes:
        lines = [f"{source.where(place)}{text}" for place, text in sorted(mistakes, key=_in_order)]
        raise BookError(file, list(dict.fromkeys(lines)))
    notes = sorted((judged.in_file(note) for note in notes_on(facts)), key=_in_order)
    return BookRead(facts.book, tuple(f"{source.where(place)}{text}" for place, text in notes))


def write_book(book: Book, path: str | Path) -> Path:
    """Write a book as a workbook that :func:`read_book` reads as the same book; return the file.

    Raises
    ------
    BookError
        The file cannot be written.
    """
    return save(workbook_of(book), Path(path))


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


@cache
def _settings_model() -> type[BaseModel]:
    """Return the model of those fields of a book that are no sheets."""
    infos = {name: Book.model_fields[name] for name in setting_names()}
    fields: dict[str, Any] = {name: (info.annotation, info) for name, info in infos.items()}
    return create_model("BookSettings", __base__=Settings, **fields)


def _in_order(mistake: Mistake) -> tuple[int, int]:
    """Return a mistake's place in the book: sheet, then row; what is no sheet of a book comes first."""
    place = [*mistake[0], "", 0]
    order = ["", *setting_names(), SETTINGS, *sheets()]
    sheet = str(place[0])
    return order.index(sheet) if sheet in order else 0, place[1] if isinstance(place[1], int) else 0


class _Judged:
    """The rows of a source that are right by themselves, and the mistakes of the others."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.mistakes: list[Mistake] = list(source.mistakes)
        self.settings = self._validated(_settings_model(), (), source.settings) or _settings_model()()
        self.rows: dict[str, dict[int, BaseModel]] = {
            sheet: dict(self._rows(sheet, model)) for sheet, model in sheets().items()
        }
        self.names = {sheet: self._names(sheet) for sheet in ("groups", "resources", "procedures", "patients")}
        for sheet in sheets():
            told = any(place[:1] == (sheet,) for place, _ in self.mistakes)
            if Book.model_fields[sheet].is_required() and not self.rows[sheet] and not told:
                self.mistakes.append(((sheet,), f"needs at least one row; see {EXAMPLE}"))

    def book(self) -> Book:
        """Return the book of the rows that are right; it is whole if there is no mistake."""
        fields: dict[str, Any] = {sheet: tuple(rows.values()) for sheet, rows in self.rows.items()}
        return Book.model_construct(None, **dict(self.settings), **fields)

    def in_file(self, mistake: Mistake) -> Mistake:
        """Return a mistake with the number of its row in the file, instead of that in the book."""
        (sheet, *rest), text = mistake
        if not rest:
            return mistake
        number = list(self.rows[str(sheet)])[int(rest[0])]
        return (sheet, number, *rest[1:]), text

    def _rows(self, sheet: str, model: type[BaseModel]) -> Iterator[tuple[int, BaseModel]]:
        for number, cells in self.source.rows.get(sheet, {}).items():
            row = self._validated(model, (sheet, number), cells)
            if row is not None:
                yield number, row

    def _validated(self, model: type[BaseModel], place: tuple[str | int, ...], cells: Mapping[str, Any]) -> Any:
        """Return a row as its model, or None where it has a mistake."""
        before = len(self.mistakes)
        values: dict[str, Any] = {}
        is_lacking = False
        for name, column in columns_of(model).items():
            value = cells.get(name)
            if is_empty(value):
                is_lacking |= column.required
                if column.required and (str(place[0]), name) not in self.source.lacking:
                    self.mistakes.append(((*place, name), "missing"))
            else:
                try:
                    values[name] = self._value(value, column)
                except ValueError as error:
                    self.mistakes.append(((*place, name), str(error)))
        if is_lacking or len(self.mistakes) > before:
            return None
        try:
            return model.model_validate(values)
        except ValidationError as error:
            self.mistakes += [((*place, *key), text) for key, text in mistakes_of(error, values, model)]
            return None

    def _value(self, value: Any, column: Column) -> Any:
        reader = self.source.readers[column.kind]
        if column.is_week:
            if not isinstance(value, dict):
                raise ValueError('must hold weekdays with hours, as {mon: ["08:00-12:00", "13:00-17:00"]}')
            return {day: _list(hours, reader) for day, hours in value.items() if not is_empty(hours)}
        return _list(value, reader) if column.is_list else reader(value)

    def _names(self, sheet: str) -> frozenset[str]:
        """Return the names that a sheet gives, also those of rows with a mistake elsewhere."""
        names = set()
        for cells in self.source.rows.get(sheet, {}).values():
            try:
                names.add(self.source.readers[str](cells.get("name")))
            except ValueError:
                continue
        return frozenset(names)


def _list(value: Any, reader: Reader) -> list[Any]:
    """Return a list; in one cell, its entries are separated by commas."""
    entries = value if isinstance(value, list) else split_list(value) if isinstance(value, str) else [value]
    return [reader(entry) for entry in entries]
