"""Books so small that all of their rosters can be tried, and all of these rosters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from random import Random
from typing import Any, Final

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.check import check_duties
from schedvisu_lib.plan.roster.rules.duty_plan import given_duty
from tests.plan.conftest import english_site

FIRST: Final = date(2026, 5, 8)
LAST: Final = date(2026, 5, 10)
"""From a Friday to a Sunday."""
_LOCKED: Final = {
    "date": date(2026, 5, 9), "shift": "day", "level": "clinical", "person": "Ada", "locked": True,
}  # fmt: skip
"""A duty of the Saturday that stands in every third book."""


def tiny_book(seed: int) -> StaffBook:
    """Return a book of two persons, or of a person and a team of two, with rules, wishes and history by chance."""
    dice = Random(seed)  # noqa: S311
    team = dice.random() < 0.3
    names = ("Ada", "Rae", "Roy") if team else ("Ada", "Bob")
    return StaffBook.model_validate({
        "free_after_night": dice.random() < 0.5,
        "rest_hours": dice.choice((0, 11)),
        "departments": [{"name": "imaging"}],
        "levels": [{"name": "clinical"}],
        "shifts": [
            {"name": name, "start": start, "end": end}
            for name, start, end in (("day", "07:00", "17:00"), ("night", "17:00", "07:00"))
        ],
        "sequences": [{"shifts": dice.choice((["night", "off", "night"], ["off", "day", "off"], ["day", "day"]))}]
        if dice.random() < 0.3
        else [],
        "contracts": [
            {
                "name": "limits", "most_shifts": dice.choice((None, 1, 2)), "most_nights": dice.choice((None, 1)),
                "least_shifts": dice.choice((0, 0, 2)), "least_minutes": dice.choice((0, 0, 1500)),
                "most_in_row": dice.choice((None, 2)), "least_in_row": dice.choice((1, 1, 2)),
                "least_free_in_row": dice.choice((1, 1, 2)), "most_weekends": dice.choice((None, None, 0)),
            }
        ],
        "teams": [{"name": "red", "department": "imaging", "level": "clinical"}] if team else [],
        "staff": [
            {
                "name": name, "department": "imaging", "levels": ["clinical"], "title": dice.choice(("MD", "")),
                "contract": dice.choice((None, "limits")), "skills": dice.choice(([], ["PET"])),
                "team": None if name in {"Ada", "Bob"} else "red", "night": dice.random() < 0.9,
            }
            for name in names
        ],
        "leave": [{"person": dice.choice(names), "first": date(2026, 5, 9), "last": date(2026, 5, 9)}]
        if dice.random() < 0.4
        else [],
        "wishes": [
            {
                "person": dice.choice(names), "first": date(2026, 5, day), "last": date(2026, 5, day),
                "shift": dice.choice((None, "night")), "wants": dice.choice(("on", "off")),
                "weight": dice.randint(1, 3),
            }
            for day in (8, 10)
        ],
        "requests": [
            {
                "department": "imaging", "level": "clinical", "shift": shift, "first": FIRST, "last": LAST,
                "required": required, "preferred": required + dice.choice((0, 1)), "by": by,
                "title": dice.choice((None, None, "MD")) if by == "number" else None,
                "too_few": dice.choice((100, 40)), **dice.choice(({}, {"skill": "PET", "skilled": 1})),
            }
            for shift in ("day", "night")
            for by in (["number", "team"] if team else ["number"])
            for required in [dice.choice((0, 1, 1))]
        ],
        "duties": [
            {"date": date(2026, 5, 7), "shift": dice.choice(("day", "night")), "level": "clinical", "person": "Ada"},
            *([{**_LOCKED, "counts_for": dice.choice((None, names[1]))}] if seed % 3 == 0 else []),
        ],
        "counts": [{"person": "Ada", "level": "clinical", "nights": 1, "weekends": dice.randint(0, 1), "total": 2}],
    })  # fmt: skip


def every_roster(book: StaffBook) -> Iterator[list[Duty]]:
    """Yield all rosters of a tiny book that keep the rules; each person's days are tried first for themselves."""
    site = english_site()

    def kept(duties: list[Duty], rules: set[int]) -> bool:
        found = check_duties(duties, book, site, FIRST, LAST)
        return not any(one.rule in rules and not one.stood for one in found)

    options = []
    for name in book.person:
        team = book.person[name].team or ""
        days = [date(2026, 5, day) for day in (8, 9, 10)]
        mine = [
            [_duty(book, day, shift, name, team) for day, shift in zip(days, shifts, strict=True) if shift]
            for shifts in product(("", "day", "night"), repeat=3)
        ]
        options.append([duties for duties in mine if kept(duties, set(range(1, 11)))])
    for parts in product(*options):
        duties = [duty for part in parts for duty in part]
        if kept(duties, {11, 12}):
            yield duties


def _duty(book: StaffBook, day: date, shift: str, name: str, team: str) -> Duty:
    """Return a duty; the one of the book, if it stands."""
    standing = (given_duty(book, row) for row in book.duties)
    bare = Duty(day, shift, "clinical", "imaging", name, team)
    return next((one for one in standing if (one.date, one.shift, one.person) == (day, shift, name)), bare)


def absent_book(book: StaffBook, name: str) -> StaffBook:
    """Return a tiny book in which somebody is absent on the last day."""
    away: dict[str, Any] = {"person": name, "first": LAST, "last": LAST, "kind": "absence"}
    return StaffBook.model_validate({**book.model_dump(), "leave": [*book.model_dump()["leave"], away]})
