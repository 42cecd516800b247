"""The cells of a book: what a column holds, and how its values are read from a workbook or a YAML file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from io import StringIO
from types import NoneType
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel
from pydantic import BaseModel

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.planned.clock import on_the_wall, read_clock, read_day, read_moment
from schedvisu_lib.settings.calendar import Hours

Reader: TypeAlias = Callable[[Any], Any]
"""Makes a cell of one type; ``ValueError`` says what is allowed, and never the value of a text."""

_DAY: Final = 24 * 60
_YES: Final = {"yes", "true", "1", "x", "oui", "vrai"}
_NO: Final = {"no", "false", "0", "non", "faux"}
"""As people write them, and as spreadsheets in the languages of the reports write them into CSV."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet: a field of the model of its rows."""

    name: str
    kind: type
    """str, int, bool, time, date, datetime or Hours."""
    is_list: bool
    is_week: bool
    """Whether it holds a list for each weekday: in a workbook, columns ``mon`` to ``sun`` stand for it."""
    required: bool


@cache
def sheets() -> Mapping[str, type[BaseModel]]:
    """Return the model of the rows of each sheet, in the order of the book."""
    fields = Book.model_fields.items()
    return {name: get_args(info.annotation)[0] for name, info in fields if get_origin(info.annotation) is tuple}


@cache
def setting_names() -> tuple[str, ...]:
    """Return the fields of the book that are no sheets."""
    return tuple(name for name in Book.model_fields if name not in sheets())


@cache
def columns_of(model: type[BaseModel]) -> Mapping[str, Column]:
    """Return the columns of a sheet, by name."""
    return {
        name: Column(
            name,
            _kind_in(info.annotation),
            get_origin(info.annotation) is tuple,
            get_origin(info.annotation) is dict,
            info.is_required(),
        )
        for name, info in model.model_fields.items()
    }


def _kind_in(annotation: Any) -> type:
    """Return the type of the values within a field: ``str`` of ``tuple[Text, ...]``."""
    if get_origin(annotation) is Literal:
        return str
    parts = [part for part in get_args(annotation) if part is not NoneType and part is not Ellipsis]
    if not parts:
        return annotation  # type: ignore[no-any-return]
    return _kind_in(parts[-1] if get_origin(annotation) is dict else parts[0])


def is_empty(value: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def split_list(text: str) -> list[str]:
    """Return the entries of a list in one cell: separated by commas; one that holds a comma stands in quotes."""
    try:
        rows = list(csv.reader(StringIO(text.strip(), newline=""), skipinitialspace=True, strict=True))
    except csv.Error:
        raise ValueError("has a quotation mark that is not closed; separate entries by commas") from None
    return [entry.strip() for row in rows for entry in row if entry.strip()]


def joined_list(entries: Iterable[str]) -> str:
    """Return entries as :func:`split_list` reads them."""
    return ", ".join(_quoted(entry) if set(entry) & set(',"\r\n') else entry for entry in entries)


def _quoted(entry: str) -> str:
    return '"' + entry.replace('"', '""') + '"'


def excel_text(value: Any) -> str:
    """Read a text; a number that Excel made of one becomes text again."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() else str(value)
    raise ValueError("must be text; format the cell as text and write it again")


def yaml_text(value: Any) -> str:
    """Read a text; YAML makes other numbers of some codes (0123 is 83), so it must be one already."""
    if isinstance(value, str):
        return value.strip()
    raise ValueError("must be text; write it in quotes")


def whole_number(value: Any) -> int:
    """Read a whole number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal():
        return int(value)
    raise ValueError(f"must be a whole number, found {_found(value)}")


def flag(value: Any) -> bool:
    """Read yes or no."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in _YES | _NO:
        return word in _YES
    raise ValueError(f"must be yes or no, found {_found(value)}")


def excel_time(value: Any) -> time:
    """Read a time of day; Excel also keeps one as the part of a day that is over."""
    if isinstance(value, datetime):
        return _rounded(value).time()
    if isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1:
        return _rounded(datetime.min + timedelta(days=value)).time()
    return _time(value)


def yaml_time(value: Any) -> time:
    """Read a time of day; YAML 1.1 makes minutes of 14:00, as there are 60 of one in the other."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _DAY:
        return time(*divmod(value, 60))
    return _time(value)


def _time(value: Any) -> time:
    found = read_clock(value) if isinstance(value, str) else value
    if isinstance(found, time):
        return found
    raise ValueError(f"must be a time of day such as 14:00, found {_found(value)}")


def excel_day(value: Any) -> date:
    """Read a day; one without a format is a number of days."""
    return yaml_day(_from_serial(value))


def yaml_day(value: Any) -> date:
    """Read a day."""
    found = read_day(value) if isinstance(value, str) else value
    if isinstance(found, datetime):
        found = found.date()
    if isinstance(found, date):
        return found
    raise ValueError(f"must be a day such as 2026-05-25, found {_found(value)}")


def moment(value: Any, zone: ZoneInfo) -> datetime:
    """Read day and time, on the wall clock of a zone."""
    found = read_moment(value, zone) if isinstance(value, str) else value
    if isinstance(found, datetime):
        return on_the_wall(found, zone)
    raise ValueError(f"must be a day and time such as 2026-05-25 08:30, found {_found(value)}")


def hours_text(value: Any) -> str:
    """Read hours; what is wrong with them is said by their own model."""
    if isinstance(value, str):
        return value.replace("\N{EN DASH}", "-").strip()
    raise ValueError(f'write hours as "08:00-17:00", found {_found(value)}')


def excel_readers(zone: ZoneInfo) -> Mapping[type, Reader]:
    """Return what reads the cells of a workbook, by their type."""
    readers = {**_BOTH, str: excel_text, time: excel_time, date: excel_day}
    return {**readers, datetime: lambda value: moment(_from_serial(value), zone)}


def yaml_readers(zone: ZoneInfo) -> Mapping[type, Reader]:
    """Return what reads the values of a YAML file, by their type."""
    readers = {**_BOTH, str: yaml_text, time: yaml_time, date: yaml_day}
    return {**readers, datetime: lambda value: moment(value, zone)}


_BOTH: Final[Mapping[type, Reader]] = {int: whole_number, bool: flag, Hours: hours_text}


def _from_serial(value: Any) -> Any:
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            value = from_excel(value)
        except (OverflowError, ValueError):
            return value
    return _rounded(value) if isinstance(value, datetime) else value


def _rounded(moment: datetime) -> datetime:
    """Round to the second: Excel counts in parts of a day."""
    return (moment + timedelta(seconds=0.5)).replace(microsecond=0)


def _found(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
