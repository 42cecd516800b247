"""What duties break, as tests of all rules of a roster ask it."""

from __future__ import annotations

from typing import Any

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.check import check_duties
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may

SITE = english_site()
TEAM = ("Rose", "Ruby", "Rita", "Rolf")


def broken(*duties: Duty, book: StaffBook | None = None, **changes: Any) -> list[Broken]:
    """Return what duties break, beside the small book with these changes or another one."""
    return check_duties(duties, book or build_staff(**changes), SITE, MONDAY, SUNDAY)


def found(*duties: Duty, book: StaffBook | None = None, **changes: Any) -> list[tuple[int, str, int]]:
    """Return rule, person and day of what duties break."""
    return [
        (one.rule, one.person or one.team, one.date.day) for one in broken(*duties, book=book, **changes) if one.date
    ]


def on(*days: int, shift: str = "day", **fields: Any) -> list[Duty]:
    """Return duties of Ana."""
    return [duty(day, shift, "Ana", **fields) for day in days]


def given(day: int, shift: str = "night", name: str = "Ana", **fields: Any) -> dict[str, Any]:
    """Return a row of the book's sheet of duties."""
    return {"date": may(day), "shift": shift, "level": "clinical", "department": "imaging", "person": name, **fields}


def team(day: int, shift: str, *names: str, name: str = "red", **fields: Any) -> list[Duty]:
    """Return a duty of each of these, with a team."""
    return [duty(day, shift, one, "nursing", team=name, **fields) for one in names]
