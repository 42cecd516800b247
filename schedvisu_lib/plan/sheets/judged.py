"""Which rows of a file are right by themselves, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic

from pydantic import BaseModel, ValidationError

from schedvisu_lib.mistakes import mistakes_of
from schedvisu_lib.plan.sheets.cells import Column, Reader, columns_of, is_empty, split_list
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.plan.sheets.source import Mistake, Source


class Judged(Generic[BookT]):
    """The rows of a source that are right by themselves, and the mistakes of the others.

    Parameters
    ----------
    source
        What the file holds.
    form
        The kind of book.
    """

    def __init__(self, source: Source, form: Form[BookT]) -> None:
        self.form = form
        self.source = source
        self.mistakes: list[Mistake] = list(source.mistakes)
        usual = form.settings_model
        self.settings = self._validated(usual, (), source.settings) or usual()
        self.rows: dict[str, dict[int, BaseModel]] = {
            sheet: dict(self._rows(sheet, model)) for sheet, model in form.sheets.items()
        }
        self.names = {sheet: self._names(sheet) for sheet in form.named}
        for sheet in form.sheets:
            told = any(place[:1] == (sheet,) for place, _ in self.mistakes)
            if form.model.model_fields[sheet].is_required() and not self.rows[sheet] and not told:
                self.mistakes.append(((sheet,), f"needs at least one row; see {form.example}"))

    def book(self) -> BookT:
        """Return the book of the rows that are right; it is whole if there is no mistake."""
        fields: dict[str, Any] = {sheet: tuple(rows.values()) for sheet, rows in self.rows.items()}
        return self.form.model.model_construct(None, **dict(self.settings), **fields)

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
