"""What a book of the appointments planner holds: resources, procedures, rules and prescriptions, each row validated.

The fields of :class:`Book` are the sheets of the workbook, the fields of each row's model are its columns;
``docs/plan-appointments.md`` says the rules in which they take part.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from schedvisu_lib.settings.base import Settings, Text
from schedvisu_lib.settings.calendar import Closure, HoursText, Weekday

Minutes = Annotated[int, Field(ge=0)]
Mode = Literal["early", "late", "near", "any"]


class Group(Settings):
    """Where resources lie: a floor of a building."""

    name: Text
    building: str = ""
    """Two groups without a building of their own are two buildings."""


class Travel(Settings):
    """Minutes on foot between two groups, in either direction; 0 where nothing is given."""

    a: Text
    b: Text
    minutes: Minutes


class Resource(Settings):
    """A scanner, room, device or physician."""

    name: Text
    group: Text
    capacity: int = Field(1, ge=1)
    scanner: str | None = None
    """Name of the site's scanner whose hours, lunch and days out of service it has where it has no hours."""
    hours: dict[Weekday, tuple[HoursText, ...]] = Field(default_factory=dict)
    """Opening hours of each weekday; those without are closed."""
    starts: tuple[time, ...] = ()
    """The only times at which something may begin here; any, if empty."""


class ResourceClosure(Closure):
    """Days, or part of each, on which a resource is closed; without a resource, all are."""

    resource: str | None = None
    hours: HoursText | None = None


class Procedure(Settings):
    """What is done: how long, where, under which conditions."""

    name: Text
    minutes: Annotated[int, Field(gt=0)] | None = None
    """Duration; where none is given, ``exam_type`` tells it."""
    exam_type: str | None = None
    """The exam type whose measured durations give the duration, at ``percentile``."""
    percentile: int = Field(80, ge=1, le=99)
    resources: tuple[Text, ...] = Field(min_length=1)
    preparation: Minutes = 0
    exit: Minutes = 0
    hours: tuple[HoursText, ...] = ()
    indications: tuple[Text, ...] = ()
    contraindications: tuple[Text, ...] = ()


class Order(Settings):
    """One procedure of a patient comes before another one."""

    before: Text
    after: Text
    least: Minutes = 0
    """Minutes from the end of the one to the start of the other, at least."""
    most: Annotated[int, Field(ge=0)] | None = None


class Incompatibility(Settings):
    """Two procedures of one patient that do not go together."""

    a: Text
    b: Text
    rule: Literal["same day", "within"]
    minutes: Minutes = 0
    """Of ``within``: from the end of one to the start of the other, in either order."""


class Exemption(Settings):
    """What is allowed or forbidden in spite of the rules, for everybody, a patient, or on a resource."""

    kind: Literal["allow", "forbid"]
    a: Text
    b: str | None = None
    patient: str | None = None
    resource: str | None = None


class Patient(Settings):
    """Somebody with prescriptions."""

    name: Text
    """Name or code, as the book calls this patient."""
    conditions: tuple[Text, ...] = ()
    """For indications and contraindications."""


class Busy(Settings):
    """A time at which a patient is elsewhere."""

    patient: Text
    start: datetime
    end: datetime


class Prescription(Settings):
    """One position of a patient's sheet."""

    sheet: Text
    patient: Text
    position: int = Field(ge=1)
    procedure: Text
    kind: Literal["once", "course"] = "once"
    sessions: int = Field(1, ge=1)
    least_days: int = Field(1, ge=1)
    most_days: Annotated[int, Field(ge=1)] | None = None
    priority: int = Field(5, ge=1, le=9)
    """1 is the most urgent."""
    resources: tuple[Text, ...] = ()
    """Those that may be used; all that can do the procedure, if empty."""
    depth: Annotated[int, Field(ge=1)] | None = None
    mode: Mode | None = None
    at: time | None = None
    """T of the mode ``near``."""


class Booking(Settings):
    """An appointment that stands already; without a patient, the resource is simply taken."""

    resource: Text
    start: datetime
    end: datetime
    patient: str | None = None
    procedure: str | None = None
    sheet: str | None = None
    position: int | None = None
    session: int | None = None
    locked: bool = False
    """A locked one never moves."""
    origin: Literal["auto", "manual", "given"] = "given"


class Book(Settings):
    """Everything that a plan is made from; made by :func:`schedvisu_lib.plan.book.file.read_book`."""

    grid: int = Field(5, ge=1, le=60)
    """Minutes from one possible start to the next one."""
    depth_course: int = Field(28, ge=1)
    depth_once: int = Field(14, ge=1)
    groups: tuple[Group, ...] = Field(min_length=1)
    travel: tuple[Travel, ...] = ()
    resources: tuple[Resource, ...] = Field(min_length=1)
    closures: tuple[ResourceClosure, ...] = ()
    procedures: tuple[Procedure, ...] = Field(min_length=1)
    orders: tuple[Order, ...] = ()
    incompatible: tuple[Incompatibility, ...] = ()
    exceptions: tuple[Exemption, ...] = ()
    patients: tuple[Patient, ...] = ()
    busy: tuple[Busy, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    bookings: tuple[Booking, ...] = ()

    @cached_property
    def group_of(self) -> dict[str, str]:
        """Group of each resource."""
        return {resource.name: resource.group for resource in self.resources}

    @cached_property
    def procedure(self) -> dict[str, Procedure]:
        """Each procedure by name."""
        return {procedure.name: procedure for procedure in self.procedures}

    @cached_property
    def resource(self) -> dict[str, Resource]:
        """Each resource by name."""
        return {resource.name: resource for resource in self.resources}
