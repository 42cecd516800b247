"""What is wrong with the small book with other fields, and what is noted on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from schedvisu_lib.plan.book.checks import mistakes_in
from schedvisu_lib.plan.book.facts import Facts
from schedvisu_lib.plan.book.notes import notes_on
from schedvisu_lib.plan.sheets.source import Mistake
from tests.plan.conftest import build_book, english_site

Found: TypeAlias = list[tuple[str, str]]


def _all(check: Callable[[Facts], Iterator[Mistake]], changes: dict[str, Any]) -> Found:
    book = build_book(**changes)
    sheets = ("groups", "resources", "procedures", "patients")
    names = {sheet: [row.name for row in getattr(book, sheet)] for sheet in sheets}
    found = check(Facts(book, english_site(), names))
    return [(".".join(map(str, place)), text) for place, text in found]


def mistakes(**changes: Any) -> Found:
    """Return place and wording of the mistakes of the small book with other fields."""
    return _all(mistakes_in, changes)


def notes(**changes: Any) -> Found:
    """Return place and wording of what is noted on the small book with other fields, which has no mistake."""
    assert not mistakes(**changes)
    return _all(notes_on, changes)


def booked(resource: str, start: str, end: str, patient: str | None = "P1", **fields: Any) -> dict[str, Any]:
    """Return a booking on Monday 4 May 2026."""
    return {
        "resource": resource,
        "start": f"2026-05-04 {start}",
        "end": f"2026-05-04 {end}",
        "patient": patient,
        **fields,
    }
