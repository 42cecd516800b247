"""The day of one simulated scanner: which exam goes into which slot, and when it really begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from schedvisu_lib.demo import catalogue
from schedvisu_lib.demo.machines import Room
from schedvisu_lib.demo.protocols import acquire
from schedvisu_lib.demo.records import Patient, SimSeries, SimStudy
from schedvisu_lib.settings.calendar import WEEKDAYS

BONE: Final = "OS"
LUNG: Final = "V/P POUMON"
_MINUTE: Final = timedelta(minutes=1)
_LATE_PHASE_AFTER: Final = timedelta(minutes=110)
_LATE_PHASE_BEFORE: Final = timedelta(minutes=240)
_TAKES_APART: Final = timedelta(minutes=75)
"""At least this long between the two phases of a bone scan, more than any site's pause within a take."""

LONG_TAIL: Final = timedelta(minutes=8)
"""A last series of at least this length can be overlapped by a neighbour without a pause in between."""


@dataclass
class _Visit:
    """One study to be: its part goes into each slot named, one take each."""

    exam_type: str
    patient: Patient
    slots: list[tuple[int, int]]
    """Slot and part of the protocol, in order of take."""
    encounter: str = ""
    after: _Visit | None = None
    takes: list[tuple[SimSeries, ...]] = field(default_factory=list)

    @property
    def end(self) -> datetime:
        return max(series.timing.end for series in self.takes[-1] if series.timed)


def day_of_scanner(
    room: Room, day: date, n_slots: int, patients: Iterator[Patient], rng: np.random.Generator
) -> list[SimStudy]:
    """Return the studies of a scanner on a day on which `n_slots` of its slots are filled."""
    weekday = WEEKDAYS[day.weekday()]
    hours, slots = room.scanner.hours.get(weekday), room.scanner.slots.get(weekday, 0)
    if hours is None or slots == 0 or n_slots == 0:
        return []
    opens, closes = datetime.combine(day, hours.opens), datetime.combine(day, hours.closes)
    slot = (closes - opens) / slots
    visits = _fill_slots(room, _choose_slots(opens, slot, slots, n_slots, rng), slot, patients, rng)
    late = timedelta(minutes=int(rng.integers(15, 45))) if rng.random() < 0.15 else timedelta()
    _lay_out(room, visits, opens + late, slot, rng)
    return [_study(visit, room, rng) for visit in visits]


def _choose_slots(opens: datetime, slot: timedelta, slots: int, n: int, rng: np.random.Generator) -> list[int]:
    """Choose the slots that are filled: lunch, the first and the last ones less often."""
    starts = [opens + slot * index for index in range(slots)]
    weights = np.array([0.25 if time(11, 50) <= start.time() < time(13) else 1.0 for start in starts])
    weights[0] *= 0.8
    weights[-1] *= 0.5
    chosen = rng.choice(slots, min(n, slots), replace=False, p=weights / weights.sum())
    return sorted(int(index) for index in chosen)


def _fill_slots(
    room: Room, chosen: list[int], slot: timedelta, patients: Iterator[Patient], rng: np.random.Generator
) -> list[_Visit]:
    free = list(chosen)
    visits: list[_Visit] = []
    names = [name for name, _ in room.machine.programme]
    shares = np.array([share for _, share in room.machine.programme])
    while free:
        first = free.pop(0)
        exam_type = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        person = next(patients)
        if exam_type == BONE:
            visits.append(_bone_scan(person, first, free, slot, rng))
        elif exam_type == LUNG:
            visits.extend(_lungs(person, first, free, slot, rng))
        else:
            visits.append(_Visit(exam_type, person, [(first, 0)]))
    return visits


def _bone_scan(person: Patient, first: int, free: list[int], slot: timedelta, rng: np.random.Generator) -> _Visit:
    """Two takes where a slot two to four hours later is free, else the late phase alone."""
    later = [index for index in free if _LATE_PHASE_AFTER <= slot * (index - first) <= _LATE_PHASE_BEFORE]
    if not later or rng.random() < 0.15:
        return _Visit(BONE, person, [(first, 1)])
    second = later[int(rng.integers(len(later)))]
    free.remove(second)
    return _Visit(BONE, person, [(first, 0), (second, 1)])


def _lungs(person: Patient, first: int, free: list[int], slot: timedelta, rng: np.random.Generator) -> Iterator[_Visit]:
    """Ventilation, then perfusion as a study of its own: mostly in the next slot, now and then hours later."""
    ventilation = _Visit(LUNG, person, [(first, 0)], encounter=f"{person.id} lungs")
    yield ventilation
    near = [index for index in free if slot * (index - first) < timedelta(minutes=75)]
    far = [index for index in free if slot * (index - first) > timedelta(minutes=200)]
    if near and not (far and rng.random() < 0.12):
        second = near[0]
    elif far:
        second = far[0]
    else:
        return
    free.remove(second)
    yield _Visit(LUNG, person, [(second, 1)], encounter=ventilation.encounter, after=ventilation)


def _lay_out(room: Room, visits: list[_Visit], opens: datetime, slot: timedelta, rng: np.random.Generator) -> None:
    """Let each part begin around its slot's start, after the one before; neighbours overlap now and then."""
    parts = sorted(((index, part, visit) for visit in visits for index, part in visit.slots), key=lambda item: item[0])
    free_from, tail = opens, timedelta()
    for index, part, visit in parts:
        turnover = timedelta(seconds=int(rng.integers(200, 560)))
        jitter = timedelta(seconds=int(rng.integers(-180, 420)))
        start = max(opens + slot * index + jitter, free_from + turnover)
        if tail >= LONG_TAIL and rng.random() < 0.04:
            start = free_from - timedelta(seconds=int(rng.integers(60, 290)))
        if visit.takes:
            start = max(start, visit.end + _TAKES_APART)
        if visit.after is not None:
            start = max(start, visit.after.end + 8 * _MINUTE)
        start = start.replace(microsecond=0)
        name = catalogue.protocol(visit.exam_type)
        series = acquire(visit.exam_type, part, room.machine, start, name, rng)
        visit.takes.append(series)
        last = max((one for one in series if one.timed), key=lambda one: (one.timing.end, one.timing.start))
        free_from = max(free_from, last.timing.end)
        tail = last.timing.end - last.timing.start if last.timing.end == free_from else timedelta()


def _study(visit: _Visit, room: Room, rng: np.random.Generator) -> SimStudy:
    series = tuple(replace(one, take=take) for take, part in enumerate(visit.takes, 1) for one in part)
    words = catalogue.description(visit.exam_type, visit.slots[0][1], rng)
    return new_study(room, visit.patient, visit.exam_type, words, series, rng, encounter=visit.encounter)


def new_study(
    room: Room,
    patient: Patient,
    exam_type: str,
    description: str,
    series: tuple[SimSeries, ...],
    rng: np.random.Generator,
    *,
    encounter: str = "",
    why: str = "",
) -> SimStudy:
    """Return a study of these series, registered some minutes before the first one, on the same day."""
    first = min(one.timing.start for one in series)
    registered = first.replace(microsecond=0) - timedelta(seconds=int(rng.integers(120, 900)))
    if registered.date() != first.date():
        registered = first.replace(hour=0, minute=0, second=0, microsecond=0)
    accession = f"A{int(rng.integers(1_000_000, 9_999_999))}"
    return SimStudy(
        patient, description, registered, accession, room.scanner.name, exam_type, series, why=why, encounter=encounter
    )
