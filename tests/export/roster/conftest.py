"""A small roster made by hand: four physicians singly, two teams of two technologists, two weeks with Ascension."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty, Empty, to_table
from tests.plan.conftest import english_site

MONDAY, LAST = date(2026, 5, 4), date(2026, 5, 17)
"""Ascension is Thursday 14 May."""
ALWAYS = {"first": "2026-05-01", "last": "2026-05-31"}
PHYSICIANS = ("Ada", "Bo", "Cy", "Di")

STAFF: dict[str, Any] = {
    "departments": [{"name": "NM"}],
    "levels": [{"name": "clinical", "hospital": True}, {"name": "paraclinical"}],
    "shifts": [
        {"name": "day", "start": "07:00", "end": "17:00"},
        {"name": "night", "start": "17:00", "end": "07:00"},
    ],
    "teams": [
        {"name": "T1", "department": "NM", "level": "paraclinical", "turn": 1},
        {"name": "T2", "department": "NM", "level": "paraclinical", "turn": 2},
    ],
    "staff": [
        *({"name": name, "department": "NM", "levels": ["clinical"], "title": "physician"} for name in PHYSICIANS),
        *(
            {"name": f"Tech {n}", "department": "NM", "levels": ["paraclinical"], "team": f"T{(n + 1) // 2}"}
            for n in range(1, 5)
        ),
    ],
    "leave": [{"person": "Di", "first": "2026-05-04", "last": "2026-05-08"}],
    "requests": [
        {"level": "clinical", "shift": "night", **ALWAYS},
        {"level": "clinical", "shift": "day", "days": ["days off"], **ALWAYS},
        {"department": "NM", "level": "paraclinical", "shift": "day", "days": ["workdays"], "by": "team", **ALWAYS},
    ],
}
"""The staff book, as YAML holds it."""

NIGHTS = ["Ada", "Bo", "Cy", "Ada", "Bo", "Cy", "Di", "Ada", "Bo", "Cy", "Di", "Ada", "Bo", "Cy"]
"""Who has the night of each day, from Monday on."""
DAYS_OFF = {9: "Ada", 10: "Bo", 14: "Cy", 16: "Di"}
"""Who has the day on each day off of May; Sunday 17 has nobody."""


def build_staff(**changes: Any) -> StaffBook:
    """Return the small staff book with other fields."""
    return StaffBook.model_validate({**STAFF, **changes})


def duties_by_hand() -> list[Duty]:
    """Return the duties of the small roster."""
    found = []
    for n, name in enumerate(NIGHTS):
        day = MONDAY + timedelta(days=n)
        found.append(Duty(day, "night", "clinical", "", name, origin="given" if n == 0 else "auto", locked=n in {0, 3}))
    for number, name in DAYS_OFF.items():
        origin = {9: "manual", 10: "substitute", 14: "swap"}.get(number, "auto")
        counts_for = "Ada" if number == 14 else ""
        day = date(2026, 5, number)
        found.append(Duty(day, "day", "clinical", "", name, origin=origin, counts_for=counts_for))  # type: ignore[arg-type]
    for n in (0, 1, 2, 3, 4, 7, 8, 9, 11):
        day, team = MONDAY + timedelta(days=n), 1 if n < 7 else 2
        found += [Duty(day, "day", "paraclinical", "NM", f"Tech {2 * team - k}", f"T{team}") for k in (1, 0)]
    return found


EMPTY = [Empty(LAST, "day", "clinical", "", "Ada, Bo, Cy had a night (rule 4); Di has most_shifts (rule 10)")]


def build_content(language: str = "en", **changes: Any) -> RosterContent:
    """Return what the files of the small roster are made from."""
    book = build_staff()
    site = english_site()
    site = site.model_copy(update={"report": site.report.model_copy(update={"language": language})})
    fields = {"duties": to_table(duties_by_hand(), EMPTY, book), "book": book, "site": site, "first": MONDAY}
    return RosterContent(**{**fields, "last": LAST, "generated_at": datetime(2026, 5, 1, 12, 0), **changes})


@pytest.fixture
def content() -> RosterContent:
    """The small roster."""
    return build_content()


def rows_of(table: pd.DataFrame, **fields: Any) -> pd.DataFrame:
    """Return the rows of a table with some values."""
    for name, value in fields.items():
        table = table.loc[table[name] == value]
    return table
