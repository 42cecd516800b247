"""Why a session found no time: the smallest set of rules and obstacles that forbids every slot, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.plan.appointment import Unplaced
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.free_times import others_of
from schedvisu_lib.plan.obstacles import FAR, NEAR, Obstacle, Sets, Slots, asked_of_slots, obstacles
from schedvisu_lib.plan.rules.broken import moment, rule_name
from schedvisu_lib.plan.rules.rules import RULES, Rule, rules_broken
from schedvisu_lib.plan.rules.slots import resources_of, slots_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms


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
    table = others_of(asked, session, appointments, book, site, terms)
    return _why_not(asked, session, _looked_through(asked, session, table, asked_of_slots()), table)


def with_reasons(unplaced: Iterable[Unplaced], table: Timetable) -> list[Unplaced]:
    """Return the sessions without a time beside a timetable, each with its ``reason`` as :func:`why_not` words it.

    Raises
    ------
    PlanError
        A procedure's duration is not known.
    """
    rules, known = asked_of_slots(), dict[tuple[Prescription, int], Slots]()
    explained = []
    for one in unplaced:
        asked = table.prescriptions[one.patient, one.sheet, one.position]
        in_order = any(asked.procedure in {order.before, order.after} for order in table.book.orders)
        key = asked, one.session if in_order else 0  # else the sessions of a course have the same obstacles
        if key not in known:
            known[key] = _looked_through(asked, one.session, table, rules)
        explained.append(one._replace(reason=_why_not(asked, one.session, known[key], table)))
    return explained


def _looked_through(asked: Prescription, session: int, table: Timetable, rules: Mapping[int, Rule]) -> Slots:
    slots = list(slots_of(asked, session, table))
    return Slots(slots, obstacles(slots, table, rules))


def _why_not(asked: Prescription, session: int, found: Slots, table: Timetable) -> str:
    t, depth = table.t, len(table.terms.days_of(asked, table.book))
    which = t("session {k} of {n}: ", k=session, n=asked.sessions) if asked.sessions > 1 else ""
    if found.free():
        found = _in_order(found, session, table)
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


def _in_order(found: Slots, session: int, table: Timetable) -> Slots:
    """Return what forbids the slots to the session of this very number."""
    slots = [slot._replace(session=session) for slot in found.slots]
    others = {obstacle: forbidden for obstacle, forbidden in found.forbidden.items() if obstacle.rule != 7}
    return Slots(slots, others | obstacles(slots, table, {7: RULES[7]}))


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
    t, days, rest = table.t, found.days, found.all
    kinds: dict[tuple[int, bool | str], list[Obstacle]] = defaultdict(list)
    for obstacle in cover:
        kinds[obstacle.rule, obstacle.by if obstacle.rule == 7 else bool(obstacle.by)].append(obstacle)
    parts: list[str] = []
    for group in kinds.values():
        what, forbidden = _what(asked, group, table), 0
        for obstacle in group:
            forbidden |= found.forbidden[obstacle]
        touched = [slots for slots in days if slots & forbidden & rest]
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
    if obstacle.by == FAR and asked.most_days is not None:
        return t("more than {days} from the other sessions", days=t.days(asked.most_days))
    if obstacle.by != NEAR:
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
