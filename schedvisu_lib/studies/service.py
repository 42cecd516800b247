"""When a scanner is out of service, and what is left of its opening hours and slots (design, section 5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import days_between, is_open, working_days
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.settings.scanners import Scanner

Moments: TypeAlias = np.datetime64 | npt.NDArray[np.datetime64]
Spans: TypeAlias = npt.NDArray[np.timedelta64]

_DAY = pd.Timedelta(days=1)
_ZERO = pd.Timedelta(0)


@dataclass(frozen=True)
class Offer:
    """What a scanner offers on a day, times since midnight."""

    slots: int = 0
    opens: pd.Timedelta | None = None
    closes: pd.Timedelta | None = None
    opening: pd.Timedelta = _ZERO
    """Opening hours without the time out of service between them."""
    closing: pd.Timedelta | None = None
    """Usual closing time, from which overtime counts: also of a day that service ends earlier."""


@cache
def _since_midnight(clock: time) -> pd.Timedelta:
    return pd.Timedelta(clock.isoformat())


def service_times(machine: Scanner, day: date) -> list[tuple[pd.Timedelta, pd.Timedelta]]:
    """Return begin and end (since midnight) of the times in which a scanner is out of service on a day, disjoint."""
    spans = sorted(
        (_since_midnight(entry.hours.opens), _since_midnight(entry.hours.closes)) if entry.hours else (_ZERO, _DAY)
        for entry in machine.service
        if entry.includes(day)
    )
    union: list[tuple[pd.Timedelta, pd.Timedelta]] = []
    for begin, end in spans:
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((begin, end))
    return union


def is_out_of_service(machine: Scanner, day: date) -> bool:
    """Tell whether a scanner is out of service on the whole of a day: by its date, or all its opening hours."""
    hours = machine.hours.get(WEEKDAYS[day.weekday()])
    opening = (_since_midnight(hours.opens), _since_midnight(hours.closes)) if hours else (_ZERO, _DAY)
    return any(begin <= opening[0] and opening[1] <= end for begin, end in service_times(machine, day))


def is_scanner_open(site: Site, scanner: str, day: date) -> bool:
    """Tell whether the department works on a day and the scanner is not out of service on the whole of it."""
    return is_open(site.calendar, day) and not is_out_of_service(site.scanner(scanner), day)


def offer_of(site: Site, scanner: str, day: date) -> Offer:
    """Return the slots and opening hours of a scanner on a day: none where the department or the scanner is closed.

    Part of a day out of service takes its share of the opening hours, and as large a share of the slots (rounded, the
    half up).
    """
    if not is_scanner_open(site, scanner, day):
        return Offer()
    return _offer_if_open(site.scanner(scanner), day)


def offers_between(site: Site, scanner: str, first: date, last: date) -> dict[date, Offer | None]:
    """Return of every day from first to last what :func:`offer_of` does, None where the scanner is closed.

    Days without any service are those of their weekday.
    """
    machine = site.scanner(scanner)
    working = set(working_days(site.calendar, first, last))
    usual: dict[int, Offer] = {}
    offers: dict[date, Offer | None] = {}
    for day in days_between(first, last):
        if day not in working:
            offers[day] = None
        elif any(entry.includes(day) for entry in machine.service):
            offers[day] = None if is_out_of_service(machine, day) else _offer_if_open(machine, day)
        else:
            weekday = day.weekday()
            if weekday not in usual:
                usual[weekday] = _offer_if_open(machine, day)
            offers[day] = usual[weekday]
    return offers


def _offer_if_open(machine: Scanner, day: date) -> Offer:
    """Return what a scanner offers on a day on which neither the department nor the scanner is closed."""
    weekday = WEEKDAYS[day.weekday()]
    slots, hours = machine.slots.get(weekday, 0), machine.hours.get(weekday)
    if hours is None:
        return Offer(slots)
    opens, closes = _since_midnight(hours.opens), _since_midnight(hours.closes)
    whole = closes - opens
    lost = [(max(begin, opens), min(end, closes)) for begin, end in service_times(machine, day)]
    lost = [(begin, end) for begin, end in lost if begin < end]
    if not lost:
        return Offer(slots, opens, closes, whole, closes)
    left = whole - sum((end - begin for begin, end in lost), _ZERO)
    closing = closes
    if lost[0][0] == opens:
        opens = lost[0][1]
    if lost[-1][1] == closes:
        closes = lost[-1][0]
    return Offer(int(slots * (left / whole) + 0.5), opens, closes, left, closing)


def service_overlap(gaps: pd.DataFrame, site: Site) -> Spans:
    """Return how much of each gap (``date``, ``scanner``, ``start``, ``end``) lies in time out of service."""
    overlap = np.zeros(len(gaps), "timedelta64[us]")
    dates, scanners, starts, ends = (gaps[name].to_numpy() for name in ("date", "scanner", "start", "end"))
    present = set(scanners)
    for machine in site.scanners:
        if not machine.service or machine.name not in present:
            continue
        stretches = [(np.datetime64(e.first) <= dates) & (dates <= np.datetime64(e.last)) for e in machine.service]
        rows = np.flatnonzero((scanners == machine.name) & np.logical_or.reduce(stretches))
        for midnight in np.unique(dates[rows]):
            same_day = rows[dates[rows] == midnight]
            for begin, end in service_times(machine, pd.Timestamp(midnight).date()):
                edges = midnight + begin.to_timedelta64(), midnight + end.to_timedelta64()
                overlap[same_day] += common_time(starts[same_day], ends[same_day], *edges)
    return overlap


def common_time(starts: Moments, ends: Moments, begin: Moments, end: Moments) -> Spans:
    """Return how much of each span lies between two moments, or between those of each."""
    positive: Spans = np.maximum(np.minimum(ends, end) - np.maximum(starts, begin), np.timedelta64(0))
    return positive
