"""Studies beside the booked ones: phantoms, imports, CT only, late exams, emergencies, an exam within another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from schedvisu_lib.demo import catalogue
from schedvisu_lib.demo.agenda import LUNG, new_study
from schedvisu_lib.demo.machines import FOREIGN_INSTITUTION, FOREIGN_SCANNER, Machine, Room
from schedvisu_lib.demo.people import PHANTOM, QUALITY_CONTROL
from schedvisu_lib.demo.protocols import acquire
from schedvisu_lib.demo.records import Frames, Patient, Phase, SimSeries, SimStudy
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.tables import EXCLUDED, FOREIGN, KEPT

_MINUTE: Final = timedelta(minutes=1)
_SAFE_FROM_NEIGHBOURS: Final = 6 * _MINUTE
"""A neighbour overlaps the end of an exam by less than this."""


@dataclass(frozen=True)
class Day:
    """What the extras of a day need: its working scanners, people and random numbers."""

    date: date
    rooms: tuple[Room, ...]
    patients: Iterator[Patient]
    rng: np.random.Generator

    def room(self, *modalities: str, with_ct: bool = False) -> Room | None:
        """Draw a working scanner of these emission modalities, None if there is none."""
        rooms = [
            room
            for room in self.rooms
            if room.machine.emission.modality in modalities and (room.machine.ct is not None or not with_ct)
        ]
        return rooms[int(self.rng.integers(len(rooms)))] if rooms else None

    def hours(self, room: Room) -> tuple[datetime, datetime]:
        """Return when a scanner opens and closes."""
        hours = room.scanner.hours[WEEKDAYS[self.date.weekday()]]
        return datetime.combine(self.date, hours.opens), datetime.combine(self.date, hours.closes)

    def at(self, room: Room, minutes_before_opening: int) -> datetime:
        """Return a moment before a scanner opens."""
        return self.hours(room)[0] - minutes_before_opening * _MINUTE


def extra_studies(day: Day, kinds: frozenset[str], booked: list[SimStudy]) -> list[SimStudy]:
    """Return the studies that the oddities of a day add to the booked ones."""
    found: list[SimStudy | None] = []
    for kind, make in _ALONE.items():
        if kind in kinds:
            found.append(make(day))
    for kind in ("late exam", "second late exam"):
        if kind in kinds:
            found.append(_late_exam(day, booked + [study for study in found if study is not None]))
    if "exam within an exam" in kinds:
        found.append(_exam_within(day, booked))
    return [study for study in found if study is not None]


def _phantom(day: Day) -> SimStudy | None:
    room = day.room("PT")
    if room is None:
        return None
    series = _fdg(day, room.machine, day.at(room, 50))
    return new_study(room, PHANTOM, "FDG STAND.", "PET-CT FDG", _judge(series, EXCLUDED), day.rng, why="phantom")


def _quality_control(day: Day) -> SimStudy | None:
    room = day.room("NM")
    if room is None:
        return None
    timing = Frames(day.at(room, 40), "STATIC", (Phase(1, 600_000),), 2)
    image_type = ("ORIGINAL", "PRIMARY", "STATIC", "EMISSION")
    flood = SimSeries(
        "NM", "NM", room.machine.emission, "Uniformité Co57", "QC FLOOD", image_type, timing, verdict=EXCLUDED
    )
    words = ("Quality Control NM", "Contrôle qualité quotidien")[int(day.rng.integers(2))]
    return new_study(room, QUALITY_CONTROL, "OTHER", words, (flood,), day.rng, why="quality control")


def _imported(day: Day) -> SimStudy | None:
    """Another hospital's exam from a scanner of the same model as ours."""
    room = day.room("PT", "NM", with_ct=True)
    if room is None:
        return None
    exam_type = room.machine.programme[0][0]
    start = datetime.combine(day.date, time(10)) + int(day.rng.integers(0, 240)) * _MINUTE
    series = acquire(exam_type, 0, room.machine, start, catalogue.protocol(exam_type), day.rng)
    words = catalogue.description(exam_type, 0, day.rng)
    return new_study(room, next(day.patients), exam_type, words, _abroad(series), day.rng, why="foreign")


def _foreign_scanner(day: Day) -> SimStudy | None:
    """Another hospital's exam from a scanner of a model that we do not have."""
    room = day.room("PT")
    if room is None:
        return None
    emission, ct = FOREIGN_SCANNER
    machine = replace(room.machine, emission=emission, ct=ct)
    start = datetime.combine(day.date, time(9)) + int(day.rng.integers(0, 240)) * _MINUTE
    study = new_study(
        room,
        next(day.patients),
        "FDG STAND.",
        "PET/CT Tumor",
        _abroad(_fdg(day, machine, start)),
        day.rng,
        why="foreign",
    )
    return replace(study, scanner="")


def _ct_only(day: Day) -> SimStudy | None:
    room = day.room("PT", "NM", with_ct=True)
    if room is None:
        return None
    series = _fdg(day, room.machine, day.at(room, 30)) if room.machine.emission.modality == "PT" else _lung(day, room)
    ct = tuple(one for one in series if one.storage == "CT")
    return new_study(room, next(day.patients), "OTHER", "CT thorax natif", ct, day.rng, why="mixed")


def _emergency(day: Day) -> SimStudy | None:
    """Lung perfusion in the night: begins before midnight, ends after it."""
    room = day.room("NM", with_ct=True)
    if room is None:
        return None
    start = datetime.combine(day.date, time(23, 48)) + timedelta(seconds=int(day.rng.integers(0, 240)))
    series = acquire(LUNG, 1, room.machine, start, catalogue.protocol(LUNG), day.rng)
    return new_study(room, next(day.patients), LUNG, catalogue.description(LUNG, 1, day.rng), series, day.rng)


def _late_exam(day: Day, others: list[SimStudy]) -> SimStudy | None:
    """One exam more when the day should be over: it ends after closing."""
    room = day.room("PT", "NM", with_ct=True)
    if room is None:
        return None
    closes = day.hours(room)[1]
    ends = [
        one.timing.end
        for study in others
        if study.scanner == room.scanner.name and not study.why
        for one in study.series
        if one.timed and one.timing.end < closes + 180 * _MINUTE
    ]
    start = max([closes - int(day.rng.integers(4, 9)) * _MINUTE, *(end + 5 * _MINUTE for end in ends)])
    exam_type = room.machine.programme[1][0]
    series = acquire(exam_type, 0, room.machine, start.replace(microsecond=0), catalogue.protocol(exam_type), day.rng)
    return new_study(room, next(day.patients), exam_type, catalogue.description(exam_type, 0, day.rng), series, day.rng)


def _exam_within(day: Day, booked: list[SimStudy]) -> SimStudy | None:
    """Put a short exam wholly within one long series of another exam of its scanner."""
    rooms = {room.scanner.name: room for room in day.rooms}
    hosts = [
        (study, one)
        for study in booked
        if not study.why
        for one in study.series
        if one.verdict == KEPT and one.timing.end - one.timing.start >= 15 * _MINUTE
    ]
    for index in day.rng.permutation(len(hosts)):
        study, host = hosts[int(index)]
        room = rooms[study.scanner]
        names = {name for name, _ in room.machine.programme}
        exam_type = next(name for name in ("FDG CERV.", "THYROIDE", "GANGL. SENT.") if name in names)
        start = host.timing.start.replace(microsecond=0) + 2 * _MINUTE
        series = acquire(exam_type, 0, room.machine, start, catalogue.protocol(exam_type), day.rng)
        if max(one.timing.end for one in series if one.timed) <= host.timing.end - _SAFE_FROM_NEIGHBOURS:
            words = catalogue.description(exam_type, 0, day.rng)
            return new_study(room, next(day.patients), exam_type, words, series, day.rng)
    return None


def _fdg(day: Day, machine: Machine, start: datetime) -> tuple[SimSeries, ...]:
    return acquire("FDG STAND.", 0, machine, start, catalogue.protocol("FDG STAND."), day.rng)


def _lung(day: Day, room: Room) -> tuple[SimSeries, ...]:
    return acquire(LUNG, 1, room.machine, day.at(room, 60), catalogue.protocol(LUNG), day.rng)


def _abroad(series: tuple[SimSeries, ...]) -> tuple[SimSeries, ...]:
    return tuple(replace(one, institution=FOREIGN_INSTITUTION) for one in _judge(series, FOREIGN))


def _judge(series: tuple[SimSeries, ...], verdict: str) -> tuple[SimSeries, ...]:
    return tuple(one if one.verdict == EXCLUDED else replace(one, verdict=verdict) for one in series)


_ALONE: Final = {
    "phantom": _phantom,
    "quality control": _quality_control,
    "imported study": _imported,
    "study of a foreign scanner": _foreign_scanner,
    "CT only": _ct_only,
    "emergency across midnight": _emergency,
}
