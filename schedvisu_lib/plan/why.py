"""Why a session found no time: the smallest set of rules and obstacles that forbids every slot, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.free_times import others_of
from schedvisu_lib.plan.rules.broken import moment, rule_name
from schedvisu_lib.plan.rules.rules import RULES, rules_broken
from schedvisu_lib.plan.rules.slots import resources_of, slots_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms

_KEPT: Final = frozenset({1, 2, 3, 12})
"""Rules that every slot keeps, as :func:`~schedvisu_lib.plan.rules.slots.slots_of` yields no others."""
_NEAR: Final = "near"
_FAR: Final = "far"
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

    slots: list[Appointment]
    forbidden: Sets

    @property
    def all(self) -> int:
        """All slots."""
        return (1 << len(self.slots)) - 1

    def days(self) -> dict[date, int]:
        """Return the slots of each day."""
        days: dict[date, int] = defaultdict(int)
        for number, slot in enumerate(self.slots):
            days[slot.start.date()] |= 1 << number
        return days

    def first(self, slots: int) -> Appointment:
        """Return the earliest of some slots."""
        return min((slot for number, slot in enumerate(self.slots) if slots >> number & 1), key=lambda slot: slot.start)

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


def why_not(asked: Prescription, session: int, appointments: pd.DataFrame, book: Book, site: Site, terms: Terms) -> str:
    """Say in one line why a session found no time: the fewest rules that forbid all slots, and which one to lift.

    A slot is a resource, day and start at which the session would fit if it were alone; each rule that it breaks there,
    with the resource or procedure that is in the way, is an obstacle. The answer names a smallest set of obstacles of
    which at least one forbids each slot, and the one without which most slots would be free.

    Parameters
    ----------
    asked, session
        The prescription, and which of its sessions.
    appointments
        What stands.
    book, site, terms
        Rules and calendar; days and hours that were looked through.

    Raises
    ------
    PlanError
        The procedure's duration is not known.
    """
    return why_not_beside(asked, session, others_of(asked, session, appointments, book, site, terms))


def with_reasons(appointments: pd.DataFrame, book: Book, site: Site, terms: Terms) -> pd.DataFrame:
    """Return the table with the ``reason`` of each session without a time as :func:`why_not` words it.

    Raises
    ------
    PlanError
        A procedure's duration is not known.
    """
    table = Timetable(appointments_in(appointments), book, site, terms)
    explained = appointments.copy()
    without = appointments.loc[appointments["start"].isna(), ["patient", "sheet", "position", "session"]]
    known: dict[tuple[Prescription, int], Slots] = {}
    for row, (patient, sheet, position, session) in zip(
        without.index, without.itertuples(index=False, name=None), strict=True
    ):
        asked = table.prescriptions.get((patient, sheet, position))
        if asked is None:
            continue
        in_order = any(asked.procedure in {order.before, order.after} for order in book.orders)
        key = asked, session if in_order else 0  # else the sessions of a course have the same obstacles
        if key not in known:
            known[key] = _looked_through(asked, session, table)
        explained.loc[row, "reason"] = _why_not(asked, session, known[key], table)
    return explained


def why_not_beside(asked: Prescription, session: int, table: Timetable) -> str:
    """Say what :func:`why_not` does, of a session that is not in a timetable."""
    return _why_not(asked, session, _looked_through(asked, session, table), table)


def _looked_through(asked: Prescription, session: int, table: Timetable) -> Slots:
    return look_through(list(slots_of(asked, session, table)), table, by_days_apart)


def _why_not(asked: Prescription, session: int, found: Slots, table: Timetable) -> str:
    t, depth = table.t, len(table.terms.days_of(asked, table.book))
    which = t("session {k} of {n}: ", k=session, n=asked.sessions) if asked.sessions > 1 else ""
    if found.free():
        found = look_through(list(slots_of(asked, session, table)), table, by_rules)
    if not found.slots:
        return which + t("no time within {days}: {reasons}", days=t.days(depth), reasons=_without_slots(asked, table))
    if found.free():
        first = found.first(found.free())
        where = {"resource": first.resource, "when": moment(first.start, t)}
        return which + t("free on {resource}, {when}: fill again, or place it by hand", **where)
    cover = smallest_cover(found.forbidden, found.all)
    reasons = t("no time within {days}: {reasons}", days=t.days(depth), reasons=_reasons(asked, cover, found, table))
    return which + reasons + _help(asked, cover, found, table, session)


def _without_slots(asked: Prescription, table: Timetable) -> str:
    t, names = table.t, ", ".join(resources_of(asked, table.book))
    if not names:
        return t("no resource of the prescription can do it ({rule})", rule=rule_name(t, 1))
    return t("{resources} never open long enough ({rule})", resources=names, rule=rule_name(t, 2))


def by_rules(slot: Appointment, table: Timetable) -> set[Obstacle]:
    """Return what forbids a slot."""
    rules = (rule for number, rule in RULES.items() if number not in _KEPT)
    return {Obstacle(broken.rule, broken.by) for rule in rules for broken in rule(slot, table)}


def by_days_apart(slot: Appointment, table: Timetable) -> set[Obstacle]:
    """Return what forbids a slot to any session of its course: numbers can be changed, days between sessions cannot."""
    obstacles = {obstacle for obstacle in by_rules(slot, table) if obstacle.rule != 7}
    asked = table.prescription(slot)
    days = [abs((slot.start.date() - other.start.date()).days) for other in table.of_position(slot)]
    if asked is None or not days:
        return obstacles
    if min(days) < asked.least_days:
        obstacles.add(Obstacle(7, _NEAR))
    if asked.most_days is not None and min(days) > asked.most_days:
        obstacles.add(Obstacle(7, _FAR))
    return obstacles


def look_through(
    slots: list[Appointment], table: Timetable, obstacles_of: Callable[[Appointment, Timetable], Iterable[Obstacle]]
) -> Slots:
    """Find what forbids each slot."""
    forbidden: dict[Obstacle, int] = defaultdict(int)
    quiet = table.quiet()
    for number, slot in enumerate(slots):
        for obstacle in obstacles_of(slot, quiet):
            forbidden[obstacle] |= 1 << number
    return Slots(slots, dict(forbidden))


def smallest_cover(sets: Sets, everything: int) -> list[Obstacle]:
    """Return a smallest set of obstacles that together forbid all slots, the one that forbids most first.

    Some obstacle must forbid the first slot that is not covered yet: each such obstacle is tried, with covers of one
    obstacle first, then of two, and so on.

    Raises
    ------
    ValueError
        Nothing forbids some slot.
    """
    for size in range(len(sets) + 1):
        cover = _cover(sets, everything, size)
        if cover is not None:
            return sorted(cover, key=lambda obstacle: (-sets[obstacle].bit_count(), obstacle))
    raise ValueError("a slot is free")


def _cover(sets: Sets, rest: int, size: int) -> list[Obstacle] | None:
    """Return at most so many obstacles that forbid all slots of the rest, or None if there are none."""
    if not rest:
        return []
    if rest.bit_count() > size * max(((slots & rest).bit_count() for slots in sets.values()), default=0):
        return None
    first = rest & -rest
    candidates = [obstacle for obstacle, slots in sets.items() if slots & first]
    for obstacle in sorted(candidates, key=lambda one: (-(sets[one] & rest).bit_count(), one)):
        cover = _cover(sets, rest & ~sets[obstacle], size - 1)
        if cover is not None:
            return [obstacle, *cover]
    return None


def _reasons(asked: Prescription, cover: list[Obstacle], found: Slots, table: Timetable) -> str:
    """Word a cover: how many days or times each rule takes, the last one the rest."""
    t, days, rest = table.t, found.days(), found.all
    kinds: dict[tuple[int, bool | str], list[Obstacle]] = defaultdict(list)
    for obstacle in cover:
        kinds[obstacle.rule, obstacle.by if obstacle.rule == 7 else bool(obstacle.by)].append(obstacle)
    parts: list[str] = []
    for obstacles in kinds.values():
        what, forbidden = _what(asked, obstacles, table), 0
        for obstacle in obstacles:
            forbidden |= found.forbidden[obstacle]
        touched = [slots for slots in days.values() if slots & forbidden & rest]
        whole = all(slots & forbidden == slots for slots in touched)
        if len(parts) + 1 == len(kinds):
            words = t("otherwise {what}", what=what) if parts else t("{what} at every possible time", what=what)
        elif whole:
            words = t("{what} on {n} of {total} days", what=what, n=len(touched), total=len(days))
        else:
            times = (forbidden & rest).bit_count()
            words = t("{what} at {n} of {total} times", what=what, n=times, total=len(found.slots))
        parts.append(words)
        rest &= ~forbidden
    return t("; ").join(parts)


def _what(asked: Prescription, obstacles: list[Obstacle], table: Timetable) -> str:
    """Word what is in the way by one rule."""
    t, rule, names = table.t, obstacles[0].rule, ", ".join(one.by for one in obstacles if one.by)
    words = {
        4: t("{names} full", names=names),
        5: t("outside the allowed hours of the procedure"),
        6: t("{names} of the same patient too near", names=names) if names else t("the patient is elsewhere"),
        7: _wrong_days(asked, obstacles[0], table),
        9: _wrong_order(asked, obstacles, table),
        10: t("an indication is missing, or a contraindication is there"),
        11: t("forbidden with {names}", names=names) if names else t("forbidden"),
        13: t("outside the hours of the mode"),
    }
    if rule == 8:
        pairs = {one.by: table.incompatibilities(asked.procedure, one.by) for one in obstacles}
        same_day = all(row.rule == "same day" for rows in pairs.values() for row in rows)
        words[8] = t("{names} on the same day", names=names) if same_day else t("{names} too near", names=names)
    number = t("rule {n}", n=rule)
    return f"{words[rule]} ({number})" if rule in words else rule_name(t, rule)


def _wrong_order(asked: Prescription, obstacles: list[Obstacle], table: Timetable) -> str:
    t, names = table.t, ", ".join(one.by for one in obstacles)
    if not any(table.of_procedure(asked, one.by) for one in obstacles):
        return t("{names} comes before and has no time", names=names)
    return t("not in order with {names}", names=names)


def _wrong_days(asked: Prescription, obstacle: Obstacle, table: Timetable) -> str:
    t = table.t
    if obstacle.by == _FAR and asked.most_days is not None:
        return t("more than {days} from the other sessions", days=t.days(asked.most_days))
    if obstacle.by != _NEAR:
        return t("too few or too many days between the sessions")
    if asked.least_days == 1:
        return t("another session on the same day")
    return t("another session less than {days} away", days=t.days(asked.least_days))


def _help(asked: Prescription, cover: list[Obstacle], found: Slots, table: Timetable, session: int) -> str:
    """Say which obstacle alone forbids most slots, or from when on there is a free time beyond the depth."""
    t = table.t
    best = max(found.forbidden, key=lambda one: (found.freed(one).bit_count(), -one.rule, one.by))
    freed = found.freed(best)
    if freed:
        values = {"n": freed.bit_count(), "when": moment(found.first(freed).start, t)}
        if cover == [best]:
            return t("; without it {n} free times, the first {when}", **values)
        what = _what(asked, [best], table)
        return t("; without {what} {n} free times, the first {when}", what=what, **values)
    later = _beyond(asked, session, table)
    if later is None:
        return t("; no rule is alone in the way")
    depth = t("rule {n}", n=12)
    return t("; the first free time is {when}, beyond the depth ({rule})", when=moment(later, t), rule=depth)


def _beyond(asked: Prescription, session: int, table: Timetable) -> datetime | None:
    """Return the first start that is free but for the depth, among as many days again."""
    depth = len(table.terms.days_of(asked, table.book))
    end = table.terms.date_of(depth)
    further = slots_of(asked.model_copy(update={"depth": 2 * depth}), session, table)
    later = sorted((slot for slot in further if slot.start.date() >= end), key=lambda slot: slot.start)
    quiet = table.quiet()
    free = (slot.start for slot in later if {broken.rule for broken in rules_broken(slot, quiet)} == {12})
    return next(free, None)
