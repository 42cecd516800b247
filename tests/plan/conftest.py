"""A small book, its site and terms, and tables of appointments, as all tests of the planner use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from functools import cache
from typing import Any

import pandas as pd

import schedvisu_lib as sv
from schedvisu_lib.plan.appointment import Appointment, Unplaced, to_table
from schedvisu_lib.plan.book.model import Book, Mode
from schedvisu_lib.plan.terms import Terms, Wish
from tests.conftest import load_demo

MONDAY = date(2026, 5, 4)
"""First day of the plans of tests: two weeks without holiday until Ascension, Thursday 14 May."""

WEEK = ("mon", "tue", "wed", "thu", "fri")


def daily(*hours: str, days: Sequence[str] = WEEK) -> dict[str, list[str]]:
    """Return the same opening hours for each working day: ``daily("08:00-12:00", "13:00-17:00")``."""
    return {day: list(hours) for day in days}


BOOK: Mapping[str, Any] = {
    "grid": 10,
    "depth_course": 14,
    "depth_once": 14,
    "groups": [{"name": name} for name in "ABC"],
    "travel": [{"a": a, "b": b, "minutes": 10} for a, b in ("AB", "AC", "BC")],
    "resources": [
        {"name": "mud", "group": "B", "hours": daily("08:00-18:20")},
        {"name": "bath", "group": "A", "hours": daily("08:00-18:20")},
        {
            "name": "pool",
            "group": "C",
            "capacity": 12,
            "hours": daily("08:00-18:20"),
            "starts": ["09:00", "11:00", "15:30"],
        },
        {"name": "ecg", "group": "A", "hours": daily("08:00-15:00")},
        {"name": "ther", "group": "A", "hours": daily("10:00-17:10")},
    ],
    "procedures": [
        {"name": name, "minutes": minutes, "resources": [name]}
        for name, minutes in (("mud", 30), ("bath", 20), ("pool", 45), ("ecg", 20), ("ther", 20))
    ],
    "incompatible": [
        {"a": "bath", "b": "mud", "rule": "same day"},
        {"a": "pool", "b": "mud", "rule": "within", "minutes": 90},
    ],
    "patients": [{"name": "P1"}, {"name": "P2"}],
}
"""Resources, procedures and incompatibilities of the published test, without prescriptions."""


def build_book(**changes: Any) -> Book:
    """Return the small book with other fields: ``build_book(grid=5, prescriptions=[asked("mud")])``."""
    return Book.model_validate({**BOOK, **changes})


def changed(sheet: str, name: str, **fields: Any) -> list[dict[str, Any]]:
    """Return ``resources`` or ``procedures`` of the small book with other fields in the row of that name."""
    assert name in [row["name"] for row in BOOK[sheet]]
    return [{**row, **fields} if row["name"] == name else row for row in BOOK[sheet]]


def asked(procedure: str, position: int = 1, *, sessions: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a prescription of patient P1 on sheet S1: a course if it has several sessions."""
    usual = {"sheet": "S1", "patient": "P1", "kind": "course" if sessions > 1 else "once", "sessions": sessions}
    return {**usual, "procedure": procedure, "position": position, **fields}


@cache
def english_site() -> sv.Site:
    """Return the demo's site, speaking English."""
    site = load_demo()
    return site.model_copy(update={"report": site.report.model_copy(update={"language": "en"})})


def build_terms(mode: Mode = "any", at: str | None = None, first: date = MONDAY, **depths: int) -> Terms:
    """Return the terms of a run: ``build_terms("near", "14:00", depth_once=7)``."""
    return Terms(first, Wish(mode, time.fromisoformat(at) if at else None), **depths)


def build_table(
    book: Book, rows: Sequence[Mapping[str, Any]], unplaced: Sequence[Mapping[str, Any]] = ()
) -> pd.DataFrame:
    """Return a table of appointments; each row needs ``procedure`` and ``start``, the rest has defaults.

    They are those of P1's sheet S1: the position that asks for the procedure, session 1, the procedure's first
    resource and length, origin "auto", not locked. Those without a time need ``procedure``.
    """
    positions = {(row.sheet, row.procedure): row.position for row in reversed(book.prescriptions)}

    def usual(row: Mapping[str, Any]) -> dict[str, Any]:
        sheet = row.get("sheet", "S1")
        position = positions.get((sheet, row["procedure"]), 1 if sheet else 0)
        return {"sheet": sheet, "patient": "P1", "position": position, "session": 1 if sheet else 0}

    def appointment(row: Mapping[str, Any]) -> Appointment:
        procedure = book.procedure.get(row["procedure"])
        start = pd.Timestamp(row["start"]).to_pydatetime()
        fields = dict(row) | {"start": start}
        if procedure is not None:
            length = procedure.preparation + (procedure.minutes or 0) + procedure.exit
            fields = {"resource": procedure.resources[0], "end": start + timedelta(minutes=length)} | fields
        fields["end"] = pd.Timestamp(fields["end"]).to_pydatetime()
        return Appointment(**(usual(row) | fields))

    without = (Unplaced(**(usual(row) | {"reason": "no time"} | dict(row))) for row in unplaced)
    return to_table(map(appointment, rows), without)
