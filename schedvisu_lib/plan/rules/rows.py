"""Read the rows of a table of appointments, wherever it was made: each a valid appointment, or told what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from schedvisu_lib.errors import TableError
from schedvisu_lib.language import Language
from schedvisu_lib.plan.appointment import COLUMNS, Appointment, Unplaced
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.rules.broken import Broken, rule_name
from schedvisu_lib.plan.sheets.cells import flag

_ORIGINS = {"auto", "manual", "given"}


def read_rows(table: pd.DataFrame, book: Book, t: Language) -> tuple[list[Appointment], list[Unplaced], list[Broken]]:
    """Return the appointments of a table, its sessions without a time, and what is wrong with the others.

    Texts, numbers and times are read as a spreadsheet writes them: empty cells, whole numbers as decimals, times as
    text. The table may have been sorted, or have lost its index.

    Raises
    ------
    TableError
        A column is missing.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise TableError(f"table lacks the column(s) {', '.join(missing)}; see docs/plan-appointments.md")
    placed: list[Appointment] = []
    unplaced: list[Unplaced] = []
    faults: list[Broken] = []
    names = list(COLUMNS)
    for number, values in enumerate(table[names].itertuples(index=False, name=None), start=1):
        row = dict(zip(names, values, strict=True))
        try:
            read = read_row(row, book, t)
        except ValueError as error:
            text = t("row {n}: {what} ({rule})", n=number, what=error, rule=rule_name(t, 0))
            faults.append(Broken(0, text, _text(row["appointment_id"])))
        else:
            (placed if isinstance(read, Appointment) else unplaced).append(read)  # type: ignore[arg-type]
    return placed, unplaced, faults


def read_row(row: Mapping[str, Any], book: Book, t: Language) -> Appointment | Unplaced:
    """Read a row, given by the names of the columns; ``ValueError`` says what is wrong with it."""
    of_what = (
        _text(row["sheet"]),
        _text(row["patient"]),
        _cell(row, "position", _whole, t),
        _text(row["procedure"]),
        _cell(row, "session", _whole, t),
    )
    start, end = (_cell(row, name, _moment, t) for name in ("start", "end"))
    resource, origin = _text(row["resource"]), _text(row["origin"]) or "auto"
    if of_what[3] and of_what[3] not in book.procedure:
        raise ValueError(t('procedure "{name}" is not in the book', name=of_what[3]))
    if start is None and end is None:
        return Unplaced(*of_what, _text(row["reason"]))
    if resource not in book.resource:
        raise ValueError(t('resource "{name}" is not in the book', name=resource))
    if start is None or end is None or end <= start:
        raise ValueError(t("an appointment needs a start and a later end"))
    if origin not in _ORIGINS:
        raise ValueError(t('origin "{name}" is none of auto, manual, given', name=origin))
    return Appointment(*of_what, resource, start, end, origin, _cell(row, "locked", _flag, t))  # type: ignore[arg-type]


def _cell(row: Mapping[str, Any], name: str, read: Callable[[Any], Any], t: Language) -> Any:
    try:
        return read(row[name])
    except (ValueError, TypeError, OverflowError):
        raise ValueError(t('{column} cannot be read: "{value}"', column=name, value=row[name])) from None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if pd.isna(value) else str(value)


def _whole(value: Any) -> int:
    if pd.isna(value) or value == "":
        return 0
    number = float(value)
    if not number.is_integer() or number < 0:
        raise ValueError
    return int(number)


def _moment(value: Any) -> datetime | None:
    """Return a wall clock time to the second: spreadsheets keep times as fractions of a day."""
    if pd.isna(value) or value == "":
        return None
    if not isinstance(value, str | datetime):
        raise TypeError
    moment = pd.Timestamp(value)
    if moment.tzinfo is not None:
        raise ValueError
    exact: datetime = (moment.round("s") if moment.microsecond else moment).to_pydatetime()
    return exact


def _flag(value: Any) -> bool:
    word = _text(value).removesuffix(".0")
    return bool(word) and flag(word)
