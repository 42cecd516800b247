"""The rules that appointments keep, each in one function, numbered as in ``docs/plan-appointments.md``.

A rule looks at one appointment beside all others and says what it breaks; both appointments of a pair that break a rule
say it in the same words. Nothing here knows how times are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from schedvisu_lib.language import Language
from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.book.model import Incompatibility, Order
from schedvisu_lib.plan.rules.broken import Broken, broken_by, clock, clocks, minutes, moment, named
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import minute_of

Rule: TypeAlias = Callable[[Appointment, Timetable], Iterator[Broken]]


def place(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 1: the resource is one of the prescription's, and one of those that can do the procedure."""
    t, asked, procedure = table.t, table.prescription(one), table.book.procedure.get(one.procedure)
    if procedure is not None and one.resource not in procedure.resources:
        what = t("{procedure} is not done on {resource}", procedure=one.procedure, resource=one.resource)
        yield _broken(table, 1, one, what, by=one.resource)
    elif asked is not None and asked.resources and one.resource not in asked.resources:
        what = t("{resource} is none of the resources that the prescription names", resource=one.resource)
        yield _broken(table, 1, one, what, by=one.resource)


def hours(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 2: from start to end the resource is open."""
    t, spans = table.t, table.open_hours(one.resource, one.start.date())
    if not any(span.start <= one.start and one.end <= span.end for span in spans):
        what = t("{resource} is not open from {start} to {end}", resource=one.resource, **clocks(one))
        yield _broken(table, 2, one, what, by=one.resource)


def starts(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 3: a resource with fixed starts begins only then, every other one on the book's grid."""
    t, fixed = table.t, table.book.resource[one.resource].starts
    if fixed and one.start.time() not in fixed:
        times = ", ".join(f"{begin:%H:%M}" for begin in fixed)
        what = t("{resource} begins only at {times}", resource=one.resource, times=times)
        yield _broken(table, 3, one, what, by=one.resource)
    if not fixed and not table.is_booked(one) and not _is_on_grid(one.start, table.book.grid):
        what = t("{start} is not on the grid of {n} min", start=f"{one.start:%H:%M}", n=table.book.grid)
        yield _broken(table, 3, one, what, by=one.resource)


def capacity(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 4: at no moment are there more appointments on a resource than its capacity."""
    room, others = table.book.resource[one.resource].capacity, table.of_resource(one)
    if len(others) < room:
        return
    for when in sorted({one.start, *(other.start for other in others if other.start > one.start)}):
        present = [other for other in others if other.start <= when < other.end]
        if len(present) >= room and table.is_quiet:
            yield broken_by(table, 4, (one, *present), "", one.resource)
            return
        if len(present) >= room:
            yield _overfull(table, when, [one, *present])


def allowed_hours(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 5: the whole appointment lies within one of the procedure's allowed hours, if it has any."""
    t, procedure = table.t, table.book.procedure.get(one.procedure)
    if procedure is None or not procedure.hours:
        return
    begin, end = one.start.time(), _closing(one)
    if not any(allowed.opens <= begin and end <= allowed.closes for allowed in procedure.hours):
        spans = ", ".join(f"{allowed.opens:%H:%M}–{allowed.closes:%H:%M}" for allowed in procedure.hours)
        what = t("{procedure} is done only within {times}", procedure=one.procedure, times=spans)
        yield _broken(table, 5, one, what)


def one_place(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 6: a patient's appointments never overlap, leave time for the way, and none lies in a busy time."""
    t = table.t
    for other in table.of_patient_near(one, table.longest_way):
        way = table.travel(one, other)
        if one.end + way <= other.start or other.end + way <= one.start:
            continue
        first, then = _in_time(one, other)
        pause = then.start - first.end
        if pause < timedelta(0):
            what = t("overlaps {other}", other=named(first, t))
        else:
            values = {"n": minutes(pause), "other": named(first, t), "way": minutes(way)}
            what = t("{n} min after {other}, the way takes {way}", **values)
        yield _broken(table, 6, then, what, first, by=other.procedure)
    for busy in table.busy(one):
        if busy.start < one.end and one.start < busy.end:
            what = t(
                "the patient is elsewhere from {start} to {end}", start=moment(busy.start, t), end=moment(busy.end, t)
            )
            yield _broken(table, 6, one, what)


def course(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 7: sessions lie on different days in their order, from one to the next at least and at most so many days."""
    asked = table.prescription(one)
    if asked is None:
        return
    sessions = sorted([one, *table.of_position(one)], key=lambda session: session.session)
    for first, then in pairwise(sessions):
        if one is not first and one is not then:
            continue
        days, steps = (then.start.date() - first.start.date()).days, then.session - first.session
        most = None if asked.most_days is None else asked.most_days * steps
        if days < asked.least_days or (most is not None and days > most):
            yield _broken(table, 7, then, _wrong_days(table.t, days, first, asked.least_days, most), first)


def incompatible(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 8: two procedures of a patient never on one day, or at least so many minutes between them."""
    for other in table.of_patient_incompatible(one):
        for rule in table.incompatible(one, other):
            first, then = _in_time(one, other)
            what = _clash(table.t, rule, first, then)
            if what and table.exception("allow", one, other) is None:
                yield _broken(table, 8, then, what, first, by=other.procedure)


def order(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 9: session k of B starts after session k of A of its sheet has ended, at least and at most so long after."""
    t = table.t
    for rule in table.orders_to(one):
        for position, sessions in table.sessions(one, rule.before).items():
            before = table.session(one, position, min(one.session, sessions))
            if before is not None:
                yield from _wrong_order(table, rule, before, one, by=rule.before)
            else:
                what = t("{procedure} comes before and has no time", procedure=rule.before)
                yield _broken(table, 9, one, what, by=rule.before)
    for rule in table.orders_from(one):
        last = table.sessions(one, one.procedure).get(one.position, one.session)
        for after in table.of_procedure(one, rule.after):
            if min(after.session, last) == one.session:
                yield from _wrong_order(table, rule, one, after, by=rule.after)


def indications(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 10: a procedure is only for patients with one of its indications, and with none of its contraindications."""
    t, procedure = table.t, table.book.procedure.get(one.procedure)
    if procedure is None or not one.patient or not (procedure.indications or procedure.contraindications):
        return
    conditions, allowed = table.conditions(one), table.exception("allow", one)
    if procedure.indications and not conditions.intersection(procedure.indications) and allowed is None:
        names = ", ".join(procedure.indications)
        yield _broken(table, 10, one, t("none of the indications is there ({conditions})", conditions=names))
    if conditions.intersection(procedure.contraindications) and allowed is None:
        names = ", ".join(procedure.contraindications)
        yield _broken(table, 10, one, t("a contraindication is there ({conditions})", conditions=names))


def exceptions(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 11: what is forbidden for a patient or on a resource, or two procedures on one day, has no appointment."""
    if not table.book.exceptions:
        return
    t, forbidden = table.t, table.exception("forbid", one)
    if forbidden is not None:
        if forbidden.resource:
            what = t("{procedure} is forbidden on {resource}", procedure=one.procedure, resource=one.resource)
        else:
            what = t("{procedure} is forbidden here", procedure=one.procedure)
        yield _broken(table, 11, one, what, by=forbidden.resource or "")
    for other in table.of_patient(one):
        if other.start.date() == one.start.date() and table.exception("forbid", one, other) is not None:
            first, then = _in_time(one, other)
            what = t("forbidden on one day with {other}", other=named(first, t))
            yield _broken(table, 11, then, what, first, by=other.procedure)


def depth(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 12: the day is one of those that are looked through for the prescription."""
    t, asked, terms = table.t, table.prescription(one), table.terms
    if asked is None or table.is_booked(one):
        return
    days = terms.days_of(asked, table.book)
    if (one.start.date() - terms.first).days not in days:
        what = t("not within {days} from {first}", days=t.days(len(days)), first=t.day(terms.first))
        yield _broken(table, 12, one, what)


def time_of_day(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 13: the appointment lies in the window of its mode."""
    t, asked = table.t, table.prescription(one)
    if asked is None or table.is_booked(one):
        return
    wish = table.terms.wish_of(asked)
    start, length = minute_of(one.start.time()), minutes(one.end - one.start)
    if not wish.window.earliest_start <= start <= wish.window.latest_start:
        first, last = clock(wish.window.earliest_start), clock(wish.window.latest_start)
        what = t("does not start between {first} and {last}", first=first, last=last)
        yield _broken(table, 13, one, what)
    elif start + length > wish.window.latest_end:
        yield _broken(table, 13, one, t("ends after {last}", last=clock(wish.window.latest_end)))


RULES: Final[dict[int, Rule]] = {
    1: place,
    2: hours,
    3: starts,
    4: capacity,
    5: allowed_hours,
    6: one_place,
    7: course,
    8: incompatible,
    9: order,
    10: indications,
    11: exceptions,
    12: depth,
    13: time_of_day,
}
"""Each rule by its number."""


def rules_broken(one: Appointment, table: Timetable) -> list[Broken]:
    """Return all that an appointment breaks beside the others of a timetable, of which it may be one."""
    return [broken for rule in RULES.values() for broken in rule(one, table)]


def _broken(
    table: Timetable, number: int, one: Appointment, what: str, other: Appointment | None = None, *, by: str = ""
) -> Broken:
    parts = (one,) if other is None else (one, other)
    return broken_by(table, number, parts, what, by)


def _in_time(one: Appointment, other: Appointment) -> tuple[Appointment, Appointment]:
    """Return two appointments in the order of their times, whichever is asked about."""
    if one.start != other.start:
        return (one, other) if one.start < other.start else (other, one)
    return (one, other) if _moment_of(one) <= _moment_of(other) else (other, one)


def _moment_of(one: Appointment) -> tuple[datetime, datetime, str, str, int, int]:
    return one.start, one.end, one.resource, one.sheet, one.position, one.session


def _closing(one: Appointment) -> time:
    """Return the time of day at which an appointment ends; what runs past midnight lies in no hours."""
    return one.end.time() if one.end.date() == one.start.date() else time.max


def _is_on_grid(start: datetime, grid: int) -> bool:
    return minute_of(start.time()) % grid == 0 and start.second == start.microsecond == 0


def _overfull(table: Timetable, when: datetime, present: Sequence[Appointment]) -> Broken:
    t, (latest, *earlier) = table.t, sorted(present, key=_moment_of, reverse=True)
    room, clock = table.book.resource[latest.resource].capacity, f"{when:%H:%M}"
    values = {"n": len(present), "resource": latest.resource, "time": clock, "room": room}
    what = t("{n} at once on {resource} at {time}, room for {room}", **values)
    return broken_by(table, 4, (latest, *earlier), what, latest.resource)


def _wrong_days(t: Language, days: int, first: Appointment, least: int, most: int | None) -> str:
    other = named(first, t)
    if days < 0:
        wanted = t.days(least)
        return t(
            "{days} before {other}, at least {least} after it asked for", days=t.days(-days), other=other, least=wanted
        )
    if days == 0:
        return t("on the day of {other}, at least {least} after it asked for", other=other, least=t.days(least))
    if days < least:
        return t("{days} after {other}, at least {least} asked for", days=t.days(days), other=other, least=least)
    return t("{days} after {other}, at most {most} asked for", days=t.days(days), other=other, most=most)


def _clash(t: Language, rule: Incompatibility, first: Appointment, then: Appointment) -> str:
    """Say how two appointments offend against an incompatibility; nothing if they do not."""
    if rule.rule == "same day":
        same_day = first.start.date() == then.start.date()
        return t("on one day with {other}", other=named(first, t)) if same_day else ""
    pause = minutes(then.start - first.end)
    if pause >= rule.minutes:
        return ""
    values = {"n": max(pause, 0), "other": named(first, t), "least": rule.minutes}
    return t("{n} min after {other}, at least {least} asked for", **values)


def _wrong_order(table: Timetable, rule: Order, first: Appointment, then: Appointment, by: str) -> Iterator[Broken]:
    t, pause = table.t, minutes(then.start - first.end)
    if pause < 0:
        yield _broken(table, 9, then, t("starts before the end of {other}", other=named(first, t)), first, by=by)
    elif pause < rule.least:
        values = {"n": pause, "other": named(first, t), "least": rule.least}
        yield _broken(table, 9, then, t("{n} min after {other}, at least {least} asked for", **values), first, by=by)
    elif rule.most is not None and pause > rule.most:
        values = {"n": pause, "other": named(first, t), "most": rule.most}
        yield _broken(table, 9, then, t("{n} min after {other}, at most {most} asked for", **values), first, by=by)
