"""What appointments break, as tests of all rules ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.check import check
from schedvisu_lib.plan.terms import Terms
from tests.plan.conftest import build_table, build_terms, english_site

Rows = Sequence[Mapping[str, Any]]
MON, TUE, WED, THU = (f"2026-05-{day:02d}" for day in (4, 5, 6, 7))


def at(procedure: str, day: str, clock: str, session: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an appointment, as a row of a table."""
    return {"procedure": procedure, "start": f"{day} {clock}", "session": session, **fields}


def booked(resource: str, day: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """Return a booking of nobody, as a row of a table."""
    times = {"resource": resource, "start": f"{day} {start}", "end": f"{day} {end}"}
    return {"procedure": "", "sheet": "", "patient": "", "origin": "given", **times, **fields}


def bookings(rows: Rows) -> list[dict[str, Any]]:
    """Return rows as the book holds them."""
    names = ("resource", "start", "end", "patient", "procedure", "sheet", "position", "session")
    return [{name: row[name] for name in names if row.get(name)} for row in rows]


def found(rule: int, book: Book, rows: Rows, terms: Terms | None = None, unplaced: Rows = ()) -> list[str]:
    """Return what rows break: one rule and no other."""
    broken = check(build_table(book, rows, unplaced), book, english_site(), terms or build_terms())
    assert {one.rule for one in broken} <= {rule}, broken
    return [one.text for one in broken]
