"""An instance as the arrays that compiled code works on.

Of one person, shifts that differ in nothing but their costs form a *group*: the same minutes, the same neighbours
allowed on the day before and after, and no limit of their own that could matter. Groups after which the same groups
are allowed form a *class*. Minutes are counted in *units*, the greatest common divisor of the lengths of the person's
shifts.
"""

from __future__ import annotations

from math import gcd
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from schedvisu_lib.plan.roster.suite.instance import OFF, Instance, Roster, Worker

Ints: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.uint8]

NEVER: Final = np.float32(1e9)
"""Cost of what must not be."""
NO_ROW: Final = -2
"""In a row that was asked for and not found: not even a day off."""


class Facts(NamedTuple):
    """What does not change; the first index is the person's number."""

    limits: Ints
    """Columns as :data:`LIMITS` names them."""
    group_of: Ints
    """Person, shift: its group, or -1."""
    group_class: Ints
    """Person, group."""
    group_units: Ints
    group_most: Ints
    """How many of it at most; the horizon's days where there is no limit that matters."""
    follows: Flags
    """Person, class, group: whether the group may follow the class on the next day."""
    wishes: Floats
    """Person, day, shift: what it costs beside the cover; :data:`NEVER` on days off and for what may not be done."""
    required: Ints
    """Day, shift."""
    under: Floats
    over: Floats


OF_PEOPLE: Final = Facts._fields[:7]
"""Arrays whose first index is a person."""
LIMITS: Final = (
    "groups",
    "classes",
    "most_units",
    "least_units",
    "most_on",
    "least_on",
    "least_off",
    "weekends",
)  # fmt: skip
GROUPS, CLASSES, MOST_UNITS, LEAST_UNITS, MOST_ON, LEAST_ON, LEAST_OFF, WEEKENDS = range(len(LIMITS))


def facts_of(instance: Instance) -> Facts:
    """Return the arrays of an instance."""
    people, shifts, days = len(instance.workers), len(instance.shifts), instance.days
    facts = Facts(
        np.zeros((people, len(LIMITS)), np.int32),
        np.full((people, shifts), -1, np.int32),
        np.zeros((people, shifts), np.int32),
        np.zeros((people, shifts), np.int32),
        np.zeros((people, shifts), np.int32),
        np.zeros((people, shifts, shifts), np.uint8),
        np.zeros((people, days, shifts), np.float32),
        np.zeros((days, shifts), np.int32),
        np.zeros((days, shifts), np.float32),
        np.zeros((days, shifts), np.float32),
    )
    for person, worker in enumerate(instance.workers):
        _write_person(instance, facts, person, worker)
    _write_wishes(instance, facts)
    number = {shift.name: place for place, shift in enumerate(instance.shifts)}
    for cover in instance.cover:
        at = cover.day, number[cover.shift]
        facts.required[at], facts.under[at], facts.over[at] = cover.required, cover.under, cover.over
    return facts


def without_weekends(facts: Facts) -> Facts:
    """Return facts that limit nobody's weekends."""
    limits = facts.limits.copy()
    limits[:, WEEKENDS] = len(facts.required)
    return facts._replace(limits=limits)


def loosened(facts: Facts) -> Facts:
    """Return facts that limit neither weekends nor groups nor units: their bound is one for the others too."""
    limits = without_weekends(facts).limits
    limits[:, [MOST_UNITS, LEAST_UNITS]] = 0
    days = len(facts.required)
    return facts._replace(
        limits=limits, group_units=np.zeros_like(facts.group_units), group_most=np.full_like(facts.group_most, days)
    )


def base_of(instance: Instance) -> int:
    """Return what the wishes cost of people who never work."""
    return sum(request.weight for request in instance.requests if request.wanted)


def rows_of(roster: Roster) -> Ints:
    """Return a roster as an array: person, day."""
    return np.array(roster, np.int32)


def roster_of(rows: Ints) -> Roster:
    """Return an array as a roster."""
    return tuple(tuple(row) for row in rows.tolist())


def _write_person(instance: Instance, facts: Facts, person: int, worker: Worker) -> None:
    shifts, days = instance.shifts, instance.days
    may = [number for number, shift in enumerate(shifts) if worker.most_of.get(shift.name, days) > 0]
    unit = gcd(*(shifts[number].minutes for number in may)) if may else 1
    most_on = min(worker.most_days_on, days)
    followers = {n: frozenset(m for m in may if shifts[m].name not in shifts[n].not_before) for n in may}
    classes: dict[frozenset[int], int] = {}
    groups: dict[Any, int] = {}
    for n in may:
        most = min(worker.most_of.get(shifts[n].name, days), days)
        held = most < _longest(shifts[n].minutes, worker, days)
        leaders = frozenset(m for m in may if n in followers[m])
        own = classes.setdefault(followers[n], len(classes))
        group = groups.setdefault((own, leaders, shifts[n].minutes, n if held else OFF), len(groups))
        facts.group_of[person, n] = group
        facts.group_class[person, group] = own
        facts.group_units[person, group] = shifts[n].minutes // unit
        facts.group_most[person, group] = most if held else days
    for allowed, own in classes.items():
        for m in allowed:
            facts.follows[person, own, facts.group_of[person, m]] = 1
    facts.limits[person] = (
        len(groups),
        len(classes),
        min(worker.most_minutes // unit, days * max((shifts[n].minutes // unit for n in may), default=0)),
        -(-worker.least_minutes // unit),
        most_on,
        worker.least_days_on,
        min(worker.least_days_off, days),
        min(worker.most_weekends, days // 7 + 1),
    )  # fmt: skip


def _longest(minutes: int, worker: Worker, days: int) -> int:
    """Return how many shifts of a length a person could have at most, if there were no limit to the shift itself."""
    cycle = worker.most_days_on + worker.least_days_off
    on = days // cycle * worker.most_days_on + min(days % cycle, worker.most_days_on)
    return min(worker.most_minutes // minutes, max(on, 0) if worker.most_days_on else 0)


def _write_wishes(instance: Instance, facts: Facts) -> None:
    number = {shift.name: place for place, shift in enumerate(instance.shifts)}
    place = {worker.name: person for person, worker in enumerate(instance.workers)}
    for request in instance.requests:
        change = -request.weight if request.wanted else request.weight
        facts.wishes[place[request.worker], request.day, number[request.shift]] += change
    for person, worker in enumerate(instance.workers):
        facts.wishes[person, sorted(worker.days_off)] = NEVER
        facts.wishes[person][:, facts.group_of[person] < 0] = NEVER
