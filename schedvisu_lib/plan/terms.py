"""The terms of a run: which days and times are looked through, and how far a time is from what was wished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from schedvisu_lib.plan.book.model import Book, Mode, Prescription

NOON: Final = 12 * 60
DAY: Final = 24 * 60
"""Minutes of a day; a day later is never better than any time of an earlier one."""
_NEAR: Final = 120
"""Minutes to either side of the time of the mode ``near``."""


class Window(NamedTuple):
    """Minutes of a day between which an appointment may lie."""

    earliest_start: int
    latest_start: int
    latest_end: int


@dataclass(frozen=True)
class Wish:
    """A time mode, with its time where it is ``near`` one."""

    mode: Mode = "any"
    at: time | None = None

    def __post_init__(self) -> None:
        if self.mode == "near" and self.at is None:
            raise ValueError('mode "near" needs a time, as in --near 14:00')
        if self.mode != "near" and self.at is not None:
            raise ValueError(f'mode "{self.mode}" has no time; leave the time out, or choose mode "near"')

    @property
    def window(self) -> Window:
        """The minutes of a day that the mode leaves (rule 13)."""
        if self.mode == "early":
            return Window(0, DAY, NOON)
        if self.mode == "late":
            return Window(NOON, DAY, DAY)
        if self.at is not None:
            target = minute_of(self.at)
            return Window(target - _NEAR, target + _NEAR, DAY)
        return Window(0, DAY, DAY)

    def distance(self, days: int, minute: int) -> int:
        """Return how many minutes an appointment is from what was wished.

        Parameters
        ----------
        days
            Days after the earliest one on which its session could lie.
        minute
            Its start, in minutes after midnight.
        """
        if self.mode == "late":
            return days * DAY + DAY - minute
        if self.at is not None:
            return days * DAY + abs(minute - minute_of(self.at))
        return days * DAY + minute


@dataclass(frozen=True)
class Terms:
    """What a person chooses for a run; a prescription's own depth and mode come before these."""

    first: date
    """The first day that is looked through."""
    wish: Wish = Wish()
    depth_course: int | None = None
    """Days; the book's, if None."""
    depth_once: int | None = None

    def days_of(self, prescription: Prescription, book: Book) -> range:
        """Return the days, counted from the first one, that are looked through for a prescription (rule 12)."""
        if prescription.kind == "course":
            depth = prescription.depth or self.depth_course or book.depth_course
        else:
            depth = prescription.depth or self.depth_once or book.depth_once
        return range(depth)

    def wish_of(self, prescription: Prescription) -> Wish:
        """Return the wish for a prescription: its own, or that of the run."""
        return Wish(prescription.mode, prescription.at) if prescription.mode is not None else self.wish

    def earliest_day(self, prescription: Prescription, session: int) -> int:
        """Return the earliest day, counted from the first one, on which a session could lie."""
        return (session - 1) * prescription.least_days

    def distance_of(self, prescription: Prescription, session: int, start: datetime) -> int:
        """Return how many minutes a session's start is from what was wished."""
        days = (start.date() - self.first).days - self.earliest_day(prescription, session)
        return self.wish_of(prescription).distance(days, minute_of(start.time()))

    def date_of(self, day: int) -> date:
        """Return the date of a day, counted from the first one."""
        return self.first + timedelta(days=day)


def minute_of(clock: time) -> int:
    """Return the minutes after midnight."""
    return clock.hour * 60 + clock.minute
