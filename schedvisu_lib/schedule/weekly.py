"""When the task runs: days of the week and a time of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from schedvisu_lib.errors import ScheduleError

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Days of the week in the order of ``date.weekday()``."""


@dataclass(frozen=True)
class Weekly:
    """Days of the week (0 is Monday, in order) and the time of day, on the clock of the machine."""

    days: tuple[int, ...]
    at: time

    def next_time(self, now: datetime) -> datetime:
        """Return the first moment after ``now``."""
        moments = (datetime.combine(now.date() + timedelta(days=ahead), self.at) for ahead in range(8))
        return next(moment for moment in moments if moment > now and moment.weekday() in self.days)

    def __str__(self) -> str:
        named = ",".join(DAYS[day][:3] for day in self.days)
        return f"{'daily' if len(self.days) == len(DAYS) else named} {self.at:%H:%M}"


def read_weekly(text: str) -> Weekly:
    """Read days and time of day: ``sat 01:00``, ``mon,thu 6:30``, ``mon-fri 22:00``, ``daily 01:00``.

    A span may run over the end of the week (``sat-mon``); days may be written out.

    Raises
    ------
    ScheduleError
        The text is none of these.
    """
    match = re.fullmatch(r"([a-z,\s-]+?)\s+(\d{1,2}):(\d{2})", text.strip().lower())
    try:
        if match is None:
            raise ValueError
        at = time(int(match[2]), int(match[3]))
        if match[1] == "daily":
            return Weekly(tuple(range(len(DAYS))), at)
        days = {day for part in match[1].split(",") for day in _span(part)}
    except ValueError:
        raise ScheduleError(
            f'"{text}" is no time of the week; write one like "sat 01:00", "mon,thu 06:30", "mon-fri 22:00" or '
            '"daily 01:00"'
        ) from None
    return Weekly(tuple(sorted(days)), at)


def _span(text: str) -> list[int]:
    """Return the days from the first to the last that a text names."""
    first, *rest = (_day(name) for name in text.split("-"))
    if len(rest) > 1:
        raise ValueError
    last = rest[0] if rest else first
    return [(first + ahead) % len(DAYS) for ahead in range((last - first) % len(DAYS) + 1)]


def _day(name: str) -> int:
    found = [number for number, day in enumerate(DAYS) if len(name.strip()) >= 3 and day.startswith(name.strip())]
    if len(found) != 1:
        raise ValueError
    return found[0]
