"""A rule that an appointment breaks, in words that name sheet, position and time, but no patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from schedvisu_lib.language import Language
from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.rules.timetable import NoWords, Timetable
from schedvisu_lib.plan.terms import DAY


@dataclass(frozen=True)
class Broken:
    """A rule that an appointment breaks."""

    rule: int
    """Its number in ``docs/plan-appointments.md``; 0 where the row itself is at fault."""
    text: str
    appointment_id: str
    other_id: str = ""
    """The other appointment, where two do not go together."""
    stood: bool = False
    """Whether all that take part were booked before, or set by hand: it stops nothing."""
    by: str = field(default="", compare=False)
    """The resource, or the other procedure, that is in the way."""

    def __str__(self) -> str:
        return self.text


def broken_by(table: Timetable, number: int, parts: Sequence[Appointment], what: str, by: str = "") -> Broken:
    """Return what some appointments break together, told of the first of them."""
    if table.is_quiet:
        return Broken(number, what, "", by=by)
    stood = all(part.origin == "manual" or table.is_booked(part) for part in parts)
    other_id = parts[1].appointment_id if len(parts) > 1 else ""
    return Broken(number, worded(table.t, number, parts[0], what), parts[0].appointment_id, other_id, stood, by)


def worded(t: Language, number: int, one: Appointment, what: str) -> str:
    """Say which appointment breaks a rule, and how."""
    title = f"{_position(one, t)} ({moment(one.start, t)}, {one.procedure or one.resource})"
    return t("{appointment}: {what} ({rule})", appointment=title, what=what, rule=rule_name(t, number))


def named(one: Appointment, t: Language) -> str:
    """Name an appointment within a sentence about another one."""
    if isinstance(t, NoWords):
        return one.procedure
    return f"{one.procedure or one.resource} ({_position(one, t)}, {moment(one.start, t)})"


@cache
def rule_name(t: Language, number: int) -> str:
    """Return number and short name of a rule."""
    names = {
        0: t("row"),
        1: t("place"),
        2: t("hours"),
        3: t("starts"),
        4: t("capacity"),
        5: t("allowed hours"),
        6: t("one place at a time"),
        7: t("course"),
        8: t("incompatible"),
        9: t("order"),
        10: t("indications"),
        11: t("exceptions"),
        12: t("depth"),
        13: t("time of day"),
    }
    return t("rule {n}, {name}", n=number, name=names[number]) if number else names[0]


def moment(when: datetime, t: Language) -> str:
    """Write weekday, day and time."""
    return f"{t.day(when.date(), 'EEE d MMM')} {when:%H:%M}"


def clock(minute: int) -> str:
    """Write a minute of a day as its time, within the day."""
    hours, rest = divmod(min(max(minute, 0), DAY), 60)
    return f"{hours:02d}:{rest:02d}"


def clocks(one: Appointment) -> dict[str, str]:
    """Return start and end of an appointment as times of day."""
    return {"start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}"}


def minutes(length: timedelta) -> int:
    """Return whole minutes, rounded down."""
    return length // timedelta(minutes=1)


def _position(one: Appointment, t: Language) -> str:
    if not one.sheet:
        return t("booking")
    return t(
        "{sheet} position {position}, session {session}", sheet=one.sheet, position=one.position, session=one.session
    )
