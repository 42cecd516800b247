"""A small department whose roster is changed: clinicians who stand singly, nurses in teams, a guard of the hospital."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty, Empty, to_table

MONDAY, SUNDAY = date(2026, 5, 4), date(2026, 5, 17)
"""First and last day: two weeks; Thursday 14 May is Ascension."""


def may(day: int) -> date:
    """Return a day of May 2026, which the 4th begins as a Monday."""
    return date(2026, 5, day)


def person(name: str, level: str = "clinical", **fields: Any) -> dict[str, Any]:
    """Return a person of imaging."""
    return {"name": name, "department": "imaging", "levels": [level], **fields}


def request(level: str, shift: str, **fields: Any) -> dict[str, Any]:
    """Return a request for one on every day."""
    department = {} if level == "guard" else {"department": "imaging"}
    return {**department, "level": level, "shift": shift, "first": MONDAY, "last": SUNDAY, **fields}


def absent_on(name: str, first: int, last: int | None = None) -> dict[str, Any]:
    """Return days of May on which somebody is on leave."""
    return {"person": name, "first": may(first), "last": may(last or first)}


STAFF: Mapping[str, Any] = {
    "departments": [{"name": "imaging"}, {"name": "wards"}],
    "levels": [{"name": "clinical"}, {"name": "nursing"}, {"name": "guard", "hospital": True}],
    "shifts": [
        {"name": "day", "start": "07:00", "end": "17:00"},
        {"name": "late", "start": "12:00", "end": "21:00", "levels": ["clinical"]},
        {"name": "night", "start": "17:00", "end": "07:00"},
    ],
    "teams": [
        {"name": name, "department": "imaging", "level": "nursing", "turn": turn}
        for turn, name in enumerate(("red", "green", "blue"), start=1)
    ],
    "staff": [
        *map(person, ("Ana", "Ben", "Cleo", "Dan")),
        *(
            person(name, "nursing", team=team)
            for team, names in (
                ("red", ("Rose", "Ruby", "Rita", "Rolf")),
                ("green", ("Gail", "Gwen", "Gina", "Glen")),
                ("blue", ("Beth", "Bill", "Bert", "Bess")),
            )
            for name in names
        ),
        *(person(name, "guard", department=ward) for name, ward in (("Sam", "imaging"), ("Sue", "wards"))),
    ],
    "requests": [
        request("clinical", "day"),
        request("clinical", "night"),
        request("nursing", "day", by="team"),
        request("nursing", "night", by="team"),
        request("guard", "night", required=0, preferred=1),
    ],
}


def build_staff(**changes: Any) -> StaffBook:
    """Return the small book with other fields: ``build_staff(leave=[absent_on("Ana", 5)])``."""
    return StaffBook.model_validate({**STAFF, **changes})


def duty(day: int, shift: str, name: str, level: str = "clinical", department: str = "imaging", **fields: Any) -> Duty:
    """Return a duty of a day of May."""
    return Duty(may(day), shift, level, department, name, **fields)


def table_of(*duties: Duty, empty: tuple[Empty, ...] = (), book: StaffBook | None = None) -> pd.DataFrame:
    """Return a roster."""
    return to_table(duties, empty, book or build_staff())
