"""What a staff book of the roster planner holds: people, shifts, rules and requests, each row validated.

The fields of :class:`StaffBook` are the sheets of the workbook, the fields of each row's model are its columns;
``docs/plan-roster.md`` says the rules in which they take part.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from schedvisu_lib.settings.base import Address, Settings, Text
from schedvisu_lib.settings.calendar import Closure

Day: TypeAlias = date
"""Where a field is called ``date``."""
Count = Annotated[int, Field(ge=0)]
DayKind = Literal["every", "workdays", "days off", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]

OFF = "off"
"""In a sequence: a day without duty."""


class Department(Settings):
    """A department, with the rooms of its duties."""

    name: Text
    rooms: tuple[Text, ...] = ()


class Level(Settings):
    """What a duty is for."""

    name: Text
    hospital: bool = False
    """Whether all departments share one pool."""


class Shift(Settings):
    """A kind of duty; one that does not end after it starts ends on the next day: a night, unless it ends at 0:00."""

    name: Text
    start: time
    end: time
    minutes: Annotated[int, Field(gt=0)] | None = None
    """Working time; all of it, if nothing is said."""
    levels: tuple[Text, ...] = ()
    not_next: tuple[Text, ...] = ()

    @property
    def is_night(self) -> bool:
        """Whether part of it lies on the next day; an evening that ends at 0:00 is no night."""
        return time(0) < self.end <= self.start

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Return start and end of the shift that begins on a day."""
        start = datetime.combine(day, self.start)
        return start, datetime.combine(day + timedelta(days=1) if self.end <= self.start else day, self.end)

    @property
    def worked(self) -> int:
        """Working time in minutes."""
        start, end = self.span(date(2000, 1, 1))
        return self.minutes if self.minutes is not None else int((end - start).total_seconds()) // 60


class Sequence(Settings):
    """Shifts on days that follow each other, which nobody may have; ``off`` is a day without duty."""

    shifts: tuple[Text, ...] = Field(min_length=2)
    levels: tuple[Text, ...] = ()


class Contract(Settings):
    """Limits of a person; all of them over the period of the roster."""

    name: Text
    least_shifts: Count = 0
    most_shifts: Count | None = None
    most_nights: Count | None = None
    least_minutes: Count = 0
    most_minutes: Count | None = None
    most_in_row: Annotated[int, Field(ge=1)] | None = None
    least_in_row: int = Field(1, ge=1)
    most_nights_in_row: Annotated[int, Field(ge=1)] | None = None
    least_free_in_row: int = Field(1, ge=1)
    most_weekends: Count | None = None


class Team(Settings):
    """A fixed group that is on duty together."""

    name: Text
    department: Text
    level: Text
    turn: int = Field(1, ge=1)
    """Its place in the rotation of the teams of its pool."""


class Person(Settings):
    """Somebody who does duties."""

    name: Text
    """Name or code."""
    department: Text
    title: str = ""
    position: str = ""
    levels: tuple[Text, ...] = Field(min_length=1)
    day: bool = True
    night: bool = True
    team: str | None = None
    contract: str | None = None
    skills: tuple[Text, ...] = ()
    email: Address | None = None
    """Where notices of the person's duties go."""
    phone: str = ""
    """How to call the person; printed with the duties of each day."""


class Exemption(Closure):
    """A time in which a person does no nights, or no days; of pregnancy, nursing and the like."""

    person: Text
    no: Literal["nights", "days"]
    why: str = ""


class Leave(Closure):
    """Days on which a person is not there."""

    person: Text
    kind: Literal["leave", "absence"] = "leave"


class Wish(Closure):
    """What a person wishes of each day of a stretch."""

    person: Text
    shift: str | None = None
    wants: Literal["on", "off"]
    weight: int = Field(1, ge=1)


class Request(Closure):
    """How many persons, or teams, a department wants in a shift."""

    department: str | None = None
    """Nothing where the level is the hospital's."""
    level: Text
    shift: Text
    days: tuple[DayKind, ...] = ("every",)
    by: Literal["number", "team"] = "number"
    required: Count = 1
    preferred: Count | None = None
    """As many as required, if nothing is said."""
    title: str | None = None
    skill: str | None = None
    skilled: Count = 0
    too_few: int = Field(100, ge=1)
    too_many: int = Field(1, ge=0)


class GivenDuty(Settings):
    """A duty that stands already."""

    date: Day
    shift: Text
    level: Text
    department: str | None = None
    person: Text
    team: str | None = None
    locked: bool = False
    """A locked one never moves."""
    made_by: str = ""
    counts_for: str | None = None
    """Whom it counts for; the person, if nothing is said."""


class Done(Settings):
    """What a person did before the duties of the book."""

    person: Text
    level: Text
    nights: Count = 0
    weekends: Count = 0
    holidays: Count = 0
    total: Count = 0


class Debt(Settings):
    """A duty that somebody owes to the one who stood in."""

    debtor: Text
    creditor: Text
    date: Day
    shift: Text
    level: Text
    paid: Day | None = None


class StaffBook(Settings):
    """Everything that a roster is made from; made by :func:`schedvisu_lib.plan.roster.book.file.read_staff`."""

    rest_hours: float = Field(11, ge=0, le=72)
    free_after_night: bool = True
    fair_nights: Count = 3
    fair_weekends: Count = 3
    fair_holidays: Count = 3
    fair_total: Count = 1
    departments: tuple[Department, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=1)
    shifts: tuple[Shift, ...] = Field(min_length=1)
    sequences: tuple[Sequence, ...] = ()
    contracts: tuple[Contract, ...] = ()
    teams: tuple[Team, ...] = ()
    staff: tuple[Person, ...] = Field(min_length=1)
    exemptions: tuple[Exemption, ...] = ()
    leave: tuple[Leave, ...] = ()
    wishes: tuple[Wish, ...] = ()
    requests: tuple[Request, ...] = ()
    duties: tuple[GivenDuty, ...] = ()
    counts: tuple[Done, ...] = ()
    debts: tuple[Debt, ...] = ()

    @cached_property
    def level(self) -> dict[str, Level]:
        """Each level by name."""
        return {level.name: level for level in self.levels}

    @cached_property
    def shift(self) -> dict[str, Shift]:
        """Each shift by name."""
        return {shift.name: shift for shift in self.shifts}

    @cached_property
    def person(self) -> dict[str, Person]:
        """Each person by name."""
        return {person.name: person for person in self.staff}

    @cached_property
    def contract(self) -> dict[str, Contract]:
        """Each contract by name."""
        return {contract.name: contract for contract in self.contracts}

    @cached_property
    def team(self) -> dict[str, Team]:
        """Each team by name."""
        return {team.name: team for team in self.teams}

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The persons of each team."""
        return {team.name: tuple(one.name for one in self.staff if one.team == team.name) for team in self.teams}

    @cached_property
    def leave_of(self) -> dict[str, list[Leave]]:
        """Leave and absence of each person."""
        return {
            name: [leave for leave in self.leave if leave.person == name] for name in {one.person for one in self.leave}
        }

    @cached_property
    def exemptions_of(self) -> dict[str, list[Exemption]]:
        """Exemptions of each person."""
        names = {one.person for one in self.exemptions}
        return {name: [one for one in self.exemptions if one.person == name] for name in names}

    def contract_of(self, person: str) -> Contract:
        """Return the limits of a person; none, where no contract is named."""
        name = self.person[person].contract
        return self.contract[name] if name is not None else Contract(name="none")
