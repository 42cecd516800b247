"""What forbids the slots of a session: rules, each with the resource or the other procedure that is in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import compress
from typing import Final, NamedTuple, TypeAlias

from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.rules.broken import Broken, broken_by
from schedvisu_lib.plan.rules.rules import RULES, Rule
from schedvisu_lib.plan.rules.timetable import Timetable

_KEPT: Final = frozenset({1, 2, 3, 12})
"""Rules that every slot keeps, as :func:`~schedvisu_lib.plan.rules.slots.slots_of` yields no others."""
_BY_DAY: Final = frozenset({7, 10, 11})
"""Rules that all slots of a session on one resource and day break alike."""
_BY_CLOCK: Final = frozenset({5, 13})
"""Rules that all slots of a session at one time of day break alike, but for those at which it is booked."""
_BY_SPAN: Final = frozenset({4, 6, 8})
"""Rules that a slot keeps if a longer one, from before its start until after its end, keeps them."""
NEAR: Final = "near"
FAR: Final = "far"
"""In the way by rule 7, whatever the numbers of the sessions: another session too near, or all others too far."""


class Obstacle(NamedTuple):
    """What forbids slots: a rule, and the resource or other procedure that is in the way."""

    rule: int
    by: str


Sets: TypeAlias = Mapping[Obstacle, int]
"""The slots that each obstacle forbids, as bits."""


@dataclass(frozen=True)
class Slots:
    """Slots of a session, the first one as the lowest bit, and what forbids each."""

    slots: Sequence[Appointment]
    forbidden: Sets

    @property
    def all(self) -> int:
        """All slots."""
        return (1 << len(self.slots)) - 1

    @cached_property
    def days(self) -> list[int]:
        """The slots of each day."""
        return [_bits(alike) for alike in _alike(self.slots, lambda slot: slot.start.date())]

    def first(self, slots: int) -> Appointment:
        """Return the earliest of some slots."""
        chosen = compress(self.slots, map(int, reversed(f"{slots:b}")))
        return min(chosen, key=lambda slot: slot.start)

    def free(self) -> int:
        """Return the slots that nothing forbids."""
        taken = 0
        for slots in self.forbidden.values():
            taken |= slots
        return self.all & ~taken

    def freed(self, obstacle: Obstacle) -> int:
        """Return the slots that nothing but one obstacle forbids."""
        others = 0
        for other, slots in self.forbidden.items():
            if other != obstacle:
                others |= slots
        return self.forbidden[obstacle] & ~others


def asked_of_slots() -> dict[int, Rule]:
    """Return the rules that slots may break, for sessions that may be renumbered; what one says of rooms is kept."""
    rules = {number: rule for number, rule in RULES.items() if number not in _KEPT}
    return rules | {4: _remembered(RULES[4]), 7: days_apart}


def days_apart(slot: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 7, whatever the numbers of the sessions: these can be changed, days between the sessions cannot."""
    asked = table.prescription(slot)
    days = [abs((slot.start.date() - other.start.date()).days) for other in table.of_position(slot)]
    if asked is None or not days:
        return
    if min(days) < asked.least_days:
        yield broken_by(table, 7, (slot,), "", NEAR)
    if asked.most_days is not None and min(days) > asked.most_days:
        yield broken_by(table, 7, (slot,), "", FAR)


def obstacles(slots: Sequence[Appointment], table: Timetable, rules: Mapping[int, Rule]) -> dict[Obstacle, int]:
    """Find what forbids each slot of a session.

    Parameters
    ----------
    slots
        As :func:`~schedvisu_lib.plan.rules.slots.slots_of` yields them.
    table
        What stands.
    rules
        Those that are asked, by number; each once of slots that break it alike.
    """
    quiet = table.quiet()
    forbidden: dict[Obstacle, set[int]] = defaultdict(set)
    days = _alike(slots, lambda slot: (slot.resource, slot.start.date()))
    times = _alike(slots, lambda slot: (slot.start.time(), table.is_booked(slot)))
    for number, rule in rules.items():
        if number in _BY_DAY:
            groups = days
        elif number in _BY_CLOCK:
            groups = times
        else:
            on = (day for day in days if number not in _BY_SPAN or _is_broken(rule, [slots[n] for n in day], quiet))
            groups = [[n] for day in on for n in day]
        for group in groups:
            for broken in rule(slots[group[0]], quiet):
                forbidden[Obstacle(broken.rule, broken.by)].update(group)
    return {obstacle: _bits(numbers) for obstacle, numbers in forbidden.items()}


def _alike(slots: Iterable[Appointment], part: Callable[[Appointment], Hashable]) -> list[list[int]]:
    """Return the numbers of slots that are alike in a part of them, kind by kind."""
    kinds: dict[Hashable, list[int]] = defaultdict(list)
    for number, slot in enumerate(slots):
        kinds[part(slot)].append(number)
    return list(kinds.values())


def _bits(numbers: Iterable[int]) -> int:
    """Return the slots of some numbers."""
    return sum(1 << number for number in numbers)


def _is_broken(rule: Rule, day: Sequence[Appointment], table: Timetable) -> bool:
    """Tell whether a rule is broken by an appointment over all slots of a resource's day."""
    return any(True for _ in rule(day[0]._replace(end=day[-1].end), table))


def _remembered(rule: Rule) -> Rule:
    """Return a rule that only asks about resource and times, and remembers what it said of each."""
    known: dict[tuple[str, datetime, datetime], list[Broken]] = {}

    def ask(slot: Appointment, table: Timetable) -> Iterator[Broken]:
        key = slot.resource, slot.start, slot.end
        if key not in known:
            known[key] = list(rule(slot, table))
        yield from known[key]

    return ask
