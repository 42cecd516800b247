"""Read the rows of a roster, wherever it was made: each a valid duty, or told what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast, get_args

import pandas as pd

from schedvisu_lib.errors import TableError
from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import COLUMNS, Duty, Origin
from schedvisu_lib.plan.roster.rules.broken import Broken, rule_name, worded
from schedvisu_lib.plan.roster.rules.seats import pool_department

_YES, _NO = ("true", "yes", "1", "1.0", "x"), ("false", "no", "0", "0.0", "")


def read_rows(table: pd.DataFrame, book: StaffBook, t: Language) -> tuple[list[Duty], list[Broken]]:
    """Return the duties of a roster, and what is wrong with the rows that are none; empty seats are left out.

    Raises
    ------
    TableError
        A column is missing.
    """
    lacking = [name for name in COLUMNS if name not in table.columns]
    if lacking:
        raise TableError(f"the roster lacks the column(s) {', '.join(lacking)}; take one that the planner made")
    duties: list[Duty] = []
    faults: list[Broken] = []
    names = list(COLUMNS)
    for number, values in enumerate(table[names].itertuples(index=False, name=None), start=1):
        row = dict(zip(names, values, strict=True))
        if not _text(row["person"]):
            continue
        day = _day(row["date"])
        try:
            duties.append(read_row(row, day, book, t))
        except ValueError as error:
            faults.append(_fault(t, number, row, day, str(error)))
    return duties, faults


def read_row(row: Mapping[str, Any], day: date | None, book: StaffBook, t: Language) -> Duty:
    """Read a row with a person, given by the names of the columns; ``ValueError`` says what is wrong with it."""
    text = {name: _text(row[name]) for name in COLUMNS if COLUMNS[name] == "str"}
    if day is None:
        raise ValueError(t('{column} cannot be read: "{value}"', column="date", value=row["date"]))
    known: Mapping[str, Mapping[str, object]] = {
        "person": book.person,
        "shift": book.shift,
        "level": book.level,
        "team": book.team,
        "counts_for": book.person,
        "department": {one.name: one for one in book.departments},
    }
    for column, names in known.items():
        if text[column] not in names and (text[column] or column not in ("team", "counts_for", "department")):
            raise ValueError(t('{column} "{name}" is not in the book', column=column, name=text[column]))
    department = pool_department(book, text["level"], text["department"])
    if not department and not book.level[text["level"]].hospital:
        raise ValueError(t("{level} needs a department", level=text["level"]))
    origin = text["origin"] or "auto"
    if origin not in get_args(Origin):
        raise ValueError(t('origin "{name}" is none of {allowed}', name=origin, allowed=", ".join(get_args(Origin))))
    _same_times(row, day, text["shift"], book, t)
    return Duty(
        day,
        text["shift"],
        text["level"],
        department,
        text["person"],
        text["team"],
        cast(Origin, origin),
        _flag(row["locked"], t),
        text["made_by"],
        text["counts_for"],
    )


def _same_times(row: Mapping[str, Any], day: date, shift: str, book: StaffBook, t: Language) -> None:
    """Refuse a row whose start or end is not that of its shift; one without them has the shift's."""
    for column, right in zip(("start", "end"), book.shift[shift].span(day), strict=True):
        value = row[column]
        if not pd.isna(value) and value != right and _moment(value) != right:
            what = t('{column} is "{value}", but {shift} has {right}', column=column, value=value, shift=shift,
                     right=f"{right:%Y-%m-%d %H:%M}")  # fmt: skip
            raise ValueError(what)


def _fault(t: Language, number: int, row: Mapping[str, Any], day: date | None, what: str) -> Broken:
    person, shift = _text(row["person"]), _text(row["shift"])
    if day is None:
        text = t("row {n}: {what} ({rule})", n=number, what=what, rule=rule_name(t, 0))
        return Broken(0, text, person=person)
    return Broken(0, worded(t, 0, person, day, shift, what), day, shift, person=person)


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NaT or value != value else str(value).strip()


def _day(value: Any) -> date | None:
    moment = _moment(value)
    return moment.date() if moment is not None and moment == moment.normalize() else None


def _moment(value: Any) -> pd.Timestamp | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return None  # a spreadsheet's number of days would be read as nanoseconds
    try:
        moment = pd.Timestamp(value) if isinstance(value, (date, datetime, str)) else pd.NaT
    except ValueError:
        return None
    return None if moment is pd.NaT or moment.tzinfo is not None else moment


def _flag(value: Any, t: Language) -> bool:
    text = _text(value).lower()
    if text not in (*_YES, *_NO):
        raise ValueError(t('{column} cannot be read: "{value}"', column="locked", value=value))
    return text in _YES
