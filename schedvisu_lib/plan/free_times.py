"""The times that are left for a session, and why the others are not; and where one more booking fits best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book, Patient, Prescription
from schedvisu_lib.plan.rules.broken import minutes
from schedvisu_lib.plan.rules.open_hours import Span
from schedvisu_lib.plan.rules.rules import rules_broken
from schedvisu_lib.plan.rules.slots import slots_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms

COLUMNS: Final = {
    "resource": "str",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "free": "bool",
    "distance": "int64",
    "waiting": "int64",
    "rules": "str",
    "reason": "str",
}
_NOBODY: Final = "?"
"""Patient and sheet of the booking that nobody has asked for yet."""


def free_times(
    asked: Prescription, session: int, appointments: pd.DataFrame, book: Book, site: Site, terms: Terms
) -> pd.DataFrame:
    """Return every time at which a session could begin, the best ones first, and what forbids each of the others.

    Parameters
    ----------
    asked, session
        The prescription, and which of its sessions; where that has a time, it counts as taken out.
    appointments
        What stands.
    book, site, terms
        Rules and calendar; days and hours that are looked through.

    Returns
    -------
    DataFrame
        A row per resource and start while the resource is open: ``resource``, ``start``, ``end``, ``free`` (no rule
        forbids it), ``distance`` from the wish and ``waiting`` that it adds to the patient's day (minutes), ``rules``
        (numbers of those that forbid it, as "4, 8") and ``reason`` (in words). In order of ``free``, ``distance``,
        ``waiting``, ``resource``.

    Raises
    ------
    PlanError
        The procedure's duration is not known.
    """
    table = others_of(asked, session, appointments, book, site, terms)
    rows = [_row(asked, slot, table) for slot in slots_of(asked, session, table)]
    times = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    ranked = times.assign(taken=~times["free"]).sort_values(["taken", "distance", "waiting", "resource", "start"])
    return ranked.drop(columns="taken").reset_index(drop=True)


def one_more(
    procedure: str, appointments: pd.DataFrame, book: Book, site: Site, terms: Terms, resources: Iterable[str] = ()
) -> pd.DataFrame:
    """Return where one more booking of a procedure fits best, for a patient who has no other appointments.

    Best is the earliest day, there the time that leaves the fewest minutes beside it that are too short for one more of
    the same, there what is nearest to the wish.

    Parameters
    ----------
    procedure
        Of the book.
    appointments, book, site, terms
        As for :func:`free_times`.
    resources
        Those that may be used; all that can do the procedure, if empty.

    Returns
    -------
    DataFrame
        The free rows of :func:`free_times` with ``lost``, the minutes that become too short (0 where several fit at
        once).

    Raises
    ------
    PlanError
        The procedure is not in the book, or its duration is not known.
    """
    if procedure not in book.procedure:
        raise PlanError(f'procedure "{procedure}" is not in the book; it has: {", ".join(book.procedure)}')
    somebody = Patient(name=_NOBODY, conditions=book.procedure[procedure].indications)
    asked = Prescription(sheet=_NOBODY, patient=_NOBODY, position=1, procedure=procedure, resources=tuple(resources))
    with_somebody = book.model_copy(update={"patients": (*book.patients, somebody)})
    times = free_times(asked, 1, appointments, with_somebody, site, terms)
    times = times.loc[times["free"]]
    table = Timetable(appointments_in(appointments), book, site, terms)
    spans = map(Span._make, times[["start", "end"]].itertuples(index=False))
    lost = [_lost(resource, span, table) for resource, span in zip(times["resource"], spans, strict=True)]
    ranked = times.assign(lost=pd.Series(lost, times.index, "int64"), day=times["start"].dt.normalize())
    return ranked.sort_values(["day", "lost", "distance", "resource"]).drop(columns="day").reset_index(drop=True)


def others_of(
    asked: Prescription, session: int, appointments: pd.DataFrame, book: Book, site: Site, terms: Terms
) -> Timetable:
    """Return the timetable of all appointments but those of one session."""
    if asked not in book.prescriptions:
        book = book.model_copy(update={"prescriptions": (*book.prescriptions, asked)})
    key = asked.patient, asked.sheet, asked.position, session
    others = [
        one for one in appointments_in(appointments) if (one.patient, one.sheet, one.position, one.session) != key
    ]
    return Timetable(others, book, site, terms)


def _row(asked: Prescription, slot: Appointment, table: Timetable) -> tuple[object, ...]:
    broken = rules_broken(slot, table)
    rules = ", ".join(map(str, sorted({one.rule for one in broken})))
    reasons = "; ".join(dict.fromkeys(one.text for one in broken))
    distance = table.terms.distance_of(asked, slot.session, slot.start)
    return slot.resource, slot.start, slot.end, not broken, distance, _added_waiting(slot, table), rules, reasons


def _added_waiting(slot: Appointment, table: Timetable) -> int:
    """Return by how many minutes the patient waits longer on the day of a slot."""
    present = [Span(one.start, one.end) for one in table.of_patient(slot) if one.start.date() == slot.start.date()]
    return minutes(_waiting([*present, Span(slot.start, slot.end)]) - _waiting(present))


def _waiting(spans: Sequence[Span]) -> timedelta:
    """Return the time between the appointments of a day, the way included."""
    pauses = (then.start - first.end for first, then in pairwise(sorted(spans)))
    return sum((max(pause, timedelta(0)) for pause in pauses), timedelta(0))


def _lost(resource: str, span: Span, table: Timetable) -> int:
    """Return the free minutes beside a time that are fewer than it takes."""
    row = table.book.resource[resource]
    if row.capacity > 1 or row.starts:
        return 0
    taken = table.taken(resource, span.start.date())
    around = next(hours for hours in table.open_hours(resource, span.start.date()) if hours.end >= span.end)
    before: datetime = max([around.start, *(one.end for one in taken if one.end <= span.start)])
    after: datetime = min([around.end, *(one.start for one in taken if one.start >= span.end)])
    beside = (span.start - before, after - span.end)
    return minutes(sum((pause for pause in beside if pause < span.end - span.start), timedelta(0)))
