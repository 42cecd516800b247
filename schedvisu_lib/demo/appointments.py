"""What the simulated hospital had booked: appointments that came true, late ones, no-shows, and what nobody booked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from schedvisu_lib.demo import catalogue
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.machines import Room
from schedvisu_lib.demo.people import draw_patients
from schedvisu_lib.demo.records import Patient, SimExam, SimStudy
from schedvisu_lib.demo.uids import Address, make_uid
from schedvisu_lib.settings.calendar import WEEKDAYS

_STREAM: Final = 0xB00C
"""Of the random numbers of a day's bookings, which leave the images as they are."""
_EARLY: Final = timedelta(minutes=6)
"""An exam begins no more than this before its slot."""
_LAST: Final = timedelta(minutes=10)
"""What begins in the last minutes of a day was not booked."""
_NEAR: Final = timedelta(minutes=60)
_STEP: Final = timedelta(minutes=5)
_STRANGERS: Final = 60
_OTHER_UID, _FREE_UID = 2000, 3000
"""Where the numbers of studies begin that no archive holds."""

_URGENT: Final = 0.04
"""Share of exams that nobody booked."""
_ONE_FOR_ALL: Final = 0.3
"""Share of studies in several takes that have one appointment alone."""
_OTHER_SCANNER: Final = 0.05
"""Share of appointments for which another scanner of the same kind was meant, if it has a free slot."""
_RENAMED: Final = 0.08
"""Share of appointments whose study got another UID at the scanner."""
_NO_SHOW: Final = 0.08
"""Share of free slots that were booked for somebody who did not come."""
_CANCELLED: Final = 0.05
"""Share of free slots whose appointment was cancelled."""


@dataclass(frozen=True)
class SimAppointment:
    """One Scheduled Procedure Step.

    `became` is the exam that came of it, before encounters are merged; None if nobody came, or if its images make no
    exam.
    """

    slot: Slot
    exam_type: str
    description: str
    patient: Patient
    study_uid: str
    status: str = "DEPARTED"
    became: SimExam | None = None
    number: int = 0
    """Of its day, from 1 in order of start."""

    @property
    def scanner(self) -> str:
        """Name of the scanner."""
        return self.slot.room.scanner.name


@dataclass(frozen=True, eq=False)
class Slot:
    """A stretch of a scanner's day that can be booked; equal to itself alone."""

    room: Room
    day: date
    index: int

    @property
    def length(self) -> timedelta:
        """The opening hours, divided by the number of slots."""
        weekday = WEEKDAYS[self.day.weekday()]
        return (self.closes - self.opens) / self.room.scanner.slots[weekday]

    @property
    def opens(self) -> datetime:
        """When the scanner opens on the day."""
        return datetime.combine(self.day, self.room.scanner.hours[WEEKDAYS[self.day.weekday()]].opens)

    @property
    def closes(self) -> datetime:
        """When the scanner closes on the day."""
        return datetime.combine(self.day, self.room.scanner.hours[WEEKDAYS[self.day.weekday()]].closes)

    @property
    def start(self) -> datetime:
        """When it is booked from: at five minutes sharp, as people book."""
        exact = self.opens + self.length * self.index
        return exact - (exact - self.opens) % _STEP

    @property
    def minutes(self) -> int:
        """How long it is booked for."""
        return self.length // _STEP * 5


@dataclass(frozen=True)
class Came:
    """What came of an appointment, or an exam that nobody booked: what comparing plan and effect must say."""

    outcome: str
    scanner: str
    start: datetime | None
    exam_start: datetime | None = None


class Bookings:
    """The appointments of the simulated hospital; a day's depend on the hospital and the day alone.

    Most exams were booked for the slot in which they began, or for an earlier one. A few were urgent, a few slots were
    booked for people who did not come, a few appointments were cancelled, and a few were meant for another scanner.
    """

    def __init__(self, hospital: Hospital) -> None:
        self._hospital = hospital

    def appointments_on(self, day: date) -> tuple[SimAppointment, ...]:
        """Return the appointments of a day in order of start; none on a closed day."""
        rng = np.random.default_rng([self._hospital.seed, day.toordinal(), _STREAM])
        studies = {study.uid: study for study in self._hospital.studies_on(day)}
        slots = [slot for room in self._hospital.rooms for slot in _slots_of(room, day)] if studies else []
        came = _exams_in_slots(slots, list(studies.values()), rng)
        free = [slot for slot in slots if slot not in came]
        booked = []
        for slot, exam in came.items():
            study = studies[exam.study_uid]
            meant = _meant(slot, exam, free, rng)
            alone = len(study.exams) == 1 and not study.encounter and meant is slot
            uid = self._uid(day, _OTHER_UID + study.number) if alone and rng.random() < _RENAMED else study.uid
            became = exam if exam.kept else None
            booked.append(SimAppointment(meant, exam.exam_type, study.description, study.patient, uid, became=became))
        booked += self._in_vain(day, free, {study.patient for study in studies.values()}, rng)
        in_order = sorted(booked, key=lambda one: (one.slot.start, one.scanner))
        return tuple(replace(one, number=number) for number, one in enumerate(in_order, start=1))

    def outcomes(self, day: date) -> list[Came]:
        """Return what came of each appointment of a day, and the exams that none of them meant."""
        exams = self._hospital.exams(day)
        appointments = self.appointments_on(day)
        came = []
        met: list[SimExam] = []
        for one in appointments:
            exam = _merged(one.became, exams) if one.became is not None else None
            if exam is None:
                came.append(Came("cancelled" if one.status == "CANCELED" else "not done", one.scanner, one.slot.start))
            elif exam in met:
                came.append(Came("joined", one.scanner, one.slot.start))
            else:
                met.append(exam)
                outcome = "done" if exam.scanner == one.scanner else "elsewhere"
                came.append(Came(outcome, one.scanner, one.slot.start, exam.start))
        begun, planned = {exam.study_uid for exam in met}, {one.scanner for one in appointments}
        for exam in exams:
            if exam not in met:
                outcome = "unplanned" if exam.scanner in planned else "no plan"
                outcome = "further take" if exam.study_uid in begun else outcome
                came.append(Came(outcome, exam.scanner, None, exam.start))
        return came

    def _in_vain(
        self, day: date, free: Sequence[Slot], present: set[Patient], rng: np.random.Generator
    ) -> Iterator[SimAppointment]:
        """Yield appointments of people who did not come, or who called in time."""
        strangers = (one for one in draw_patients(rng, _STRANGERS) if one not in present)
        for number, slot in enumerate(free):
            chance = rng.random()
            if chance < _NO_SHOW + _CANCELLED:
                programme = slot.room.machine.programme
                exam_type = programme[int(rng.integers(len(programme)))][0]
                status = "SCHEDULED" if chance < _NO_SHOW else "CANCELED"
                words, uid = catalogue.description(exam_type, 0, rng), self._uid(day, _FREE_UID + number)
                yield SimAppointment(slot, exam_type, words, next(strangers), uid, status)

    def _uid(self, day: date, number: int) -> str:
        return make_uid(self._hospital.seed, Address(day, number))


def _merged(exam: SimExam, exams: Sequence[SimExam]) -> SimExam:
    """Return the exam of a day that an exam is, or into which its encounter merged it."""
    for one in exams:
        if (one.study_uid, one.take) == (exam.study_uid, exam.take):
            return one
    earlier = [one for one in exams if one.encounter == exam.encounter and one.start <= exam.start]
    return earlier[-1]


def _slots_of(room: Room, day: date) -> list[Slot]:
    weekday = WEEKDAYS[day.weekday()]
    n = room.scanner.slots.get(weekday, 0) if weekday in room.scanner.hours else 0
    return [Slot(room, day, index) for index in range(n)]


def _exams_in_slots(
    slots: Sequence[Slot], studies: Sequence[SimStudy], rng: np.random.Generator
) -> Mapping[Slot, SimExam]:
    """Return the exams that were booked, each with its slot: the last free one before it begins."""
    booked: dict[Slot, SimExam] = {}
    for scanner in dict.fromkeys(slot.room.scanner.name for slot in slots):
        own = [slot for slot in slots if slot.room.scanner.name == scanner]
        exams = sorted(_booked_exams(scanner, own[0], studies, rng), key=lambda exam: exam.start, reverse=True)
        for exam in exams:
            before = [slot for slot in own if slot.opens + slot.length * slot.index <= exam.start + _EARLY]
            if before:
                booked[before[-1]] = exam
                own = [slot for slot in own if slot.index < before[-1].index]
    return booked


def _booked_exams(scanner: str, slot: Slot, studies: Sequence[SimStudy], rng: np.random.Generator) -> Iterator[SimExam]:
    """Yield the exams of a scanner for which there was an appointment."""
    exams = [exam for study in studies for exam in study.exams if exam.scanner == scanner and exam.kept]
    for study in studies:
        takes = [exam for exam in study.exams if exam.scanner == scanner]
        if not takes or study.why not in ("", "mixed"):
            continue
        regular = all(slot.opens - _EARLY <= take.start < slot.closes - _LAST for take in takes)
        within = any(
            other.start < take.start and take.end < other.end
            for take in takes
            for other in exams
            if other.study_uid != take.study_uid
        )
        urgent = len(takes) == 1 and not study.encounter and rng.random() < _URGENT
        if regular and not within and not urgent:
            yield from takes[:1] if len(takes) > 1 and rng.random() < _ONE_FOR_ALL else takes


def _meant(slot: Slot, exam: SimExam, free: list[Slot], rng: np.random.Generator) -> Slot:
    """Return the slot that was booked: that of the exam, or now and then another scanner's, which is then taken."""
    if exam.kept and not exam.encounter and rng.random() < _OTHER_SCANNER:
        for other in free:
            does_it = exam.exam_type in {name for name, _ in other.room.machine.programme}
            if does_it and other.room is not slot.room and abs(other.start - slot.start) < _NEAR:
                free.remove(other)
                return other
    return slot
