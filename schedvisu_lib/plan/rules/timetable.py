"""Appointments by patient, by course and by resource and day, with the book that they are checked against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta

from babel.support import Translations

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.appointment import Appointment
from schedvisu_lib.plan.book.model import Book, Exemption, Incompatibility, Order, Prescription
from schedvisu_lib.plan.rules.open_hours import Span, open_hours
from schedvisu_lib.plan.terms import Terms

_NONE = timedelta(0)


class NoWords(Language):
    """A language that neither translates nor fills in: much quicker, for texts that nobody reads."""

    def __call__(self, text: str, **values: object) -> str:  # noqa: ARG002
        """Return the text."""
        return text

    def day(self, day: date, pattern: str = "") -> str:  # noqa: ARG002
        """Return the pattern."""
        return pattern

    def days(self, n: int) -> str:  # noqa: ARG002
        """Return nothing."""
        return ""


class Timetable:
    """Appointments that stand, and what the rules ask about them.

    Parameters
    ----------
    appointments
        Each on a resource of the book.
    book, site, terms
        What they are checked against.
    """

    def __init__(self, appointments: Iterable[Appointment], book: Book, site: Site, terms: Terms) -> None:
        self.book, self.site, self.terms = book, site, terms
        self.is_quiet = False
        self.t: Language = language(site.report.language)
        self.prescriptions = {(asked.patient, asked.sheet, asked.position): asked for asked in book.prescriptions}
        ways = {pair: way.minutes for way in book.travel for pair in ((way.a, way.b), (way.b, way.a))}
        self._travel = {pair: timedelta(minutes=minutes) for pair, minutes in ways.items()}
        self.longest_way = max(self._travel.values(), default=_NONE)
        self._conditions = {patient.name: frozenset(patient.conditions) for patient in book.patients}
        self._sessions: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
        for asked in book.prescriptions:
            self._sessions[asked.patient, asked.sheet, asked.procedure][asked.position] = asked.sessions
        self._orders_to: dict[str, list[Order]] = defaultdict(list)
        self._orders_from: dict[str, list[Order]] = defaultdict(list)
        for order in book.orders:
            self._orders_to[order.after].append(order)
            self._orders_from[order.before].append(order)
        self._incompatible: dict[tuple[str, str], list[Incompatibility]] = defaultdict(list)
        self._clashing: dict[str, dict[str, None]] = defaultdict(dict)
        for rule in book.incompatible:
            for pair in {(rule.a, rule.b), (rule.b, rule.a)}:
                self._incompatible[pair].append(rule)
                self._clashing[pair[0]][pair[1]] = None
        self._exceptions: dict[tuple[str, str | None, str | None], list[Exemption]] = defaultdict(list)
        for exception in book.exceptions:
            self._exceptions[exception.kind, exception.a, exception.b].append(exception)
            if exception.b not in {None, exception.a}:
                self._exceptions[exception.kind, exception.b, exception.a].append(exception)
        self._busy: dict[str, list[Span]] = defaultdict(list)
        for busy in book.busy:
            self._busy[busy.patient].append(Span(busy.start, busy.end))
        self._bookings = {(held.resource, held.start, held.end, held.patient or "") for held in book.bookings}
        self._open: dict[tuple[str, date], list[Span]] = {}
        self._of_patient: dict[str, list[Appointment]] = defaultdict(list)
        self._of_position: dict[tuple[str, str, int], list[Appointment]] = defaultdict(list)
        self._of_procedure: dict[tuple[str, str], list[Appointment]] = defaultdict(list)
        self._on_day: dict[tuple[str, date], list[Appointment]] = defaultdict(list)
        self._of_resource: dict[tuple[str, date], list[Appointment]] = defaultdict(list)
        self.appointments: list[Appointment] = []
        for one in appointments:
            self.add(one)

    def add(self, one: Appointment) -> None:
        """Let one more appointment stand."""
        self.appointments.append(one)
        if one.patient:
            self._of_patient[one.patient].append(one)
            self._of_procedure[one.patient, one.procedure].append(one)
            if one.sheet:
                self._of_position[one.patient, one.sheet, one.position].append(one)
        for day in days_of(one.start, one.end):
            self._of_resource[one.resource, day].append(one)
            if one.patient:
                self._on_day[one.patient, day].append(one)

    def quiet(self) -> Timetable:
        """Return the same timetable for those who ask which rules are broken, a thousand times, but not in words."""
        same = copy(self)
        same.is_quiet = True
        same.t = NoWords(self.t.code, Translations())
        return same

    def of_patient(self, one: Appointment) -> list[Appointment]:
        """Return the other appointments of an appointment's patient."""
        return [other for other in self._of_patient.get(one.patient, ()) if other is not one]

    def of_patient_near(self, one: Appointment, reach: timedelta) -> list[Appointment]:
        """Return the other appointments of an appointment's patient that lie less than so long before or after it."""
        return _present(self._on_day, one.patient, one, reach)

    def of_position(self, one: Appointment) -> list[Appointment]:
        """Return the other sessions of an appointment's position."""
        sessions = self._of_position.get((one.patient, one.sheet, one.position), ()) if one.sheet else ()
        return [other for other in sessions if other is not one]

    def of_procedure(self, one: Appointment | Prescription, procedure: str) -> list[Appointment]:
        """Return the appointments of a procedure on the sheet of an appointment or prescription."""
        done = self._of_procedure.get((one.patient, procedure), ()) if one.sheet else ()
        return [other for other in done if other.sheet == one.sheet]

    def of_resource(self, one: Appointment) -> list[Appointment]:
        """Return the other appointments on an appointment's resource that overlap it."""
        return _present(self._of_resource, one.resource, one, _NONE)

    def taken(self, resource: str, day: date) -> Sequence[Appointment]:
        """Return the appointments that touch a day of a resource."""
        return self._of_resource.get((resource, day), ())

    def open_hours(self, resource: str, day: date) -> list[Span]:
        """Return when a resource is open on a day."""
        key = resource, day
        if key not in self._open:
            self._open[key] = open_hours(self.book.resource[resource], self.book, self.site, day)
        return self._open[key]

    def travel(self, one: Appointment, other: Appointment) -> timedelta:
        """Return how long the way between the resources of two appointments takes."""
        groups = self.book.group_of[one.resource], self.book.group_of[other.resource]
        return self._travel.get(groups, _NONE)

    def conditions(self, one: Appointment) -> frozenset[str]:
        """Return the conditions of an appointment's patient."""
        return self._conditions.get(one.patient, frozenset())

    def busy(self, one: Appointment) -> Sequence[Span]:
        """Return the times at which an appointment's patient is elsewhere."""
        return self._busy.get(one.patient, ())

    def prescription(self, one: Appointment) -> Prescription | None:
        """Return what asks for an appointment; nothing does for a booking that came without a sheet."""
        return self.prescriptions.get((one.patient, one.sheet, one.position)) if one.sheet else None

    def sessions(self, one: Appointment, procedure: str) -> dict[int, int]:
        """Return the number of sessions of each position of an appointment's sheet that asks for a procedure."""
        asked = dict(self._sessions.get((one.patient, one.sheet, procedure), {}))
        for other in self.of_procedure(one, procedure):
            if (other.patient, other.sheet, other.position) not in self.prescriptions:
                asked[other.position] = max(other.session, asked.get(other.position, 0))
        return asked

    def session(self, one: Appointment, position: int, number: int) -> Appointment | None:
        """Return a session of an appointment's sheet, if it has a time."""
        found = self._of_position.get((one.patient, one.sheet, position), ())
        return next((other for other in found if other.session == number), None)

    def orders_to(self, one: Appointment) -> Sequence[Order]:
        """Return the orders in which an appointment comes after another procedure."""
        return self._orders_to.get(one.procedure, ()) if one.sheet else ()

    def orders_from(self, one: Appointment) -> Sequence[Order]:
        """Return the orders in which an appointment comes before another procedure."""
        return self._orders_from.get(one.procedure, ()) if one.sheet else ()

    def incompatible(self, one: Appointment, other: Appointment) -> Sequence[Incompatibility]:
        """Return the incompatibilities of the procedures of two appointments."""
        return self.incompatibilities(one.procedure, other.procedure)

    def of_patient_incompatible(self, one: Appointment) -> list[Appointment]:
        """Return the others of the patient whose procedures are in some way incompatible with this one."""
        clashing = (self._of_procedure.get((one.patient, name), ()) for name in self._clashing.get(one.procedure, ()))
        return [other for others in clashing for other in others if other is not one]

    def incompatibilities(self, one: str, other: str) -> Sequence[Incompatibility]:
        """Return the incompatibilities of two procedures."""
        return self._incompatible.get((one, other), ())

    def exception(self, kind: str, one: Appointment, other: Appointment | None = None) -> Exemption | None:
        """Return an exception for an appointment, or for two: their patient's, with one of them on its resource."""
        resources = {None, one.resource, other.resource if other else None}
        found = self._exceptions.get((kind, one.procedure, other.procedure if other else None), ())
        return next((row for row in found if row.patient in {None, one.patient} and row.resource in resources), None)

    def is_booked(self, one: Appointment) -> bool:
        """Tell whether an appointment stands in the book just so."""
        return (one.resource, one.start, one.end, one.patient) in self._bookings


def days_of(start: datetime, end: datetime) -> list[date]:
    """Return the days that a time touches."""
    first, last = start.date(), (end - timedelta.resolution).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)] if first < last else [first]


def _present(
    kept: Mapping[tuple[str, date], Sequence[Appointment]], name: str, one: Appointment, reach: timedelta
) -> list[Appointment]:
    """Return the others of a patient or resource, kept by day, that lie less than so long before or after one."""
    start, end = one.start - reach, one.end + reach
    present = {
        id(other): other
        for day in days_of(start, end)
        for other in kept.get((name, day), ())
        if other.start < end and start < other.end and other is not one
    }
    return list(present.values())
