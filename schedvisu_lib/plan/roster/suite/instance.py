"""An instance of the public shift-scheduling suite (https://www.schedulingbenchmarks.org): who may work what when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

OFF: Final = -1
"""In a roster: no shift on this day."""
WEEK: Final = 7
SATURDAY: Final = 5
"""Days are counted from a Monday, which is day 0."""

Roster: TypeAlias = tuple[tuple[int, ...], ...]
"""Of each worker, of each day: the number of the shift in the instance, or :data:`OFF`."""


@dataclass(frozen=True)
class Shift:
    """A shift.

    Parameters
    ----------
    name
        As the file has it.
    minutes
        That it lasts.
    not_before
        Names of the shifts that may not follow it on the next day.
    """

    name: str
    minutes: int
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Worker:
    """A person with the limits of the contract.

    Parameters
    ----------
    name
        As the file has it.
    most_of
        Name of a shift -> how many of it at most.
    most_minutes, least_minutes
        Of work in the whole horizon.
    most_days_on, least_days_on, least_days_off
        In a row. Before the first and after the last day the person counts as having had enough to meet the least.
    most_weekends
        With work on Saturday or Sunday.
    days_off
        On which the person does not work.
    """

    name: str
    most_of: Mapping[str, int]
    most_minutes: int
    least_minutes: int
    most_days_on: int
    least_days_on: int
    least_days_off: int
    most_weekends: int
    days_off: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Request:
    """A person's wish for a shift on a day, or against it; its weight is paid if it is not met."""

    worker: str
    day: int
    shift: str
    weight: int
    wanted: bool


@dataclass(frozen=True)
class Cover:
    """How many people a shift should have on a day, and what each one too few or too many costs."""

    day: int
    shift: str
    required: int
    under: int
    over: int


@dataclass(frozen=True)
class Instance:
    """A department, its people and a horizon of days; names are unique, and all that is named is there."""

    days: int
    shifts: tuple[Shift, ...]
    workers: tuple[Worker, ...]
    requests: tuple[Request, ...] = ()
    cover: tuple[Cover, ...] = ()
