"""Days and times as people and programs write them in tables; the day stands before the month, as in Europe."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

_DAY_FIRST: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-./]?)(\d{2})\2(\d{2})", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2})\s?[:hH.]\s?(\d{2})?(?::(\d{2}))?(?:\.\d+)?", re.ASCII)
_LENGTH: Final = re.compile(r"(\d{1,4})(?:[.,](\d+))?(?:\s?min\.?)?", re.ASCII)


def read_day(text: str) -> date | None:
    """Return the day of "2026-05-22", "20260522", "22.05.2026", "22/05/26", else None."""
    if year_first := _YEAR_FIRST.fullmatch(text.strip()):
        year, _, month, day = year_first.groups()
    elif day_first := _DAY_FIRST.fullmatch(text.strip()):
        day, month, year = day_first.groups()
        year = f"20{year}" if len(year) == len("26") else year
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """Return the time of day of "8:30", "08:30:00", "8h30", "8h", else None."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return day and time of "22.05.2026 08:30" or of an ISO moment on the wall clock of a zone, else None."""
    words = re.split(r"[\sT]+", text.strip(), maxsplit=1)
    if len(words) < len(("day", "time")):
        return None
    day, clock = read_day(words[0]), read_clock(words[1])
    if day is not None and clock is not None:
        return datetime.combine(day, clock)
    try:
        return on_the_wall(datetime.fromisoformat(text.strip()), zone)
    except ValueError:
        return None


def read_minutes(text: str) -> float | None:
    """Return the minutes of "30", "30 min", "12,5" or, as hours, "0:30", else None."""
    if length := _LENGTH.fullmatch(text.strip()):
        return float(f"{length[1]}.{length[2] or 0}")
    clock = read_clock(text)
    return clock.hour * 60 + clock.minute + clock.second / 60 if clock is not None else None


def on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock on the wall of a zone shows at a moment; one without zone is such a time already."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
