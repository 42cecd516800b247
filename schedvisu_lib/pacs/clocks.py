"""What a time of the wall clock means in the nights in which it is changed for daylight saving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OF_ONE_EXAM: Final = timedelta(hours=3)
"""A series that begins this long after its study belongs to the same exam; later ones are told on their own clock."""

Moments = tuple[datetime, ...]
"""The moments, in UTC, that a time of the wall clock may mean: two in the hour that the clock goes through twice."""


@dataclass(frozen=True)
class Stretch:
    """When a scanner began to acquire something, and how long that truly lasted."""

    begins: Moments
    lasts: timedelta


def moments(clock: datetime, zone: ZoneInfo, stated: Collection[timedelta] = ()) -> Moments:
    """Return what a time may mean; in the repeated hour, a stated offset from UTC tells which of the runs.

    A time in the missing hour was written by a clock that had not been put forward yet.
    """
    if clock.tzinfo is not None:
        return (clock.astimezone(UTC),)
    runs = [clock.replace(tzinfo=zone, fold=run) for run in (0, 1)]
    possible = tuple(run.astimezone(UTC) for run in runs)
    if possible[0] >= possible[1]:
        return possible[:1]
    meant = tuple(moment for moment, run in zip(possible, runs, strict=True) if run.utcoffset() in stated)
    return meant or possible


def on_one_clock(study: Moments, stretches: Sequence[Stretch], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return begin and end on the clock as it stood when the study began, or else the series."""
    began, begins = _settled(study, [stretch.begins for stretch in stretches])
    start = min(begins)
    end = max(begin + stretch.lasts for begin, stretch in zip(begins, stretches, strict=True))
    anchor = began if timedelta(0) <= start - began <= OF_ONE_EXAM else start
    clock = anchor.astimezone(zone).utcoffset() or timedelta(0)
    return (start + clock).replace(tzinfo=None), (end + clock).replace(tzinfo=None)


def _settled(study: Moments, begins: Sequence[Moments]) -> tuple[datetime, list[datetime]]:
    """Choose when the study (else the first image) began and when each image: close together, no image before it."""
    chains = []
    for origin in study or begins[0]:
        chain = [origin]
        for possible in begins:
            later = [moment for moment in possible if moment >= origin]
            chain.append(_nearest(later or possible, chain[-1]))
        chains.append(chain)
    began, *chosen = min(chains, key=lambda chain: (bool(study) and min(chain) < chain[0], max(chain) - min(chain)))
    return began, chosen


def _nearest(moments: Sequence[datetime], reference: datetime) -> datetime:
    return min(moments, key=lambda moment: abs(moment - reference))
