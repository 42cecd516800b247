"""The simulated hospital: what was scanned on a day, and what a perfect reader of the images would find."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Final

import numpy as np

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.demo.agenda import day_of_scanner
from schedvisu_lib.demo.blemishes import blemish
from schedvisu_lib.demo.demand import out_of_service, slots_filled
from schedvisu_lib.demo.extras import Day, extra_studies
from schedvisu_lib.demo.machines import MACHINES, rooms_of
from schedvisu_lib.demo.people import draw_patients
from schedvisu_lib.demo.records import SimExam, SimSeries, SimStudy
from schedvisu_lib.demo.rota import due
from schedvisu_lib.demo.uids import Address, find_address
from schedvisu_lib.errors import ConfigError
from schedvisu_lib.periods import is_open

FEWEST_EXAMS: Final = 25
MOST_EXAMS: Final = 50
_DAYS_KEPT: Final = 64
_PEOPLE: Final = 120
_TRIES: Final = 20


class Hospital:
    """A nuclear medicine department that exists for any day asked; a day depends on seed, site and day alone.

    On open days it makes 25 to 50 exams, as far as the site's slots allow; on closed days none. Exam types are named
    as in ``params/demo.yaml``, whatever the site file calls them.

    Parameters
    ----------
    site
        The site file's scanners (those whose model is one of the five machines of the demo), hours, slots,
        institutions and calendar.
    seed
        Another seed is another hospital.
    last_day
        Days after it hold nothing; None means that there is no end.

    Raises
    ------
    ConfigError
        No scanner of the site is one of the demo's machines.
    """

    def __init__(self, site: Site, seed: int = 2019, *, last_day: date | None = None) -> None:
        self.site = site
        self.seed = seed
        self.last_day = last_day
        self.rooms = rooms_of(site.scanners)
        if not self.rooms:
            known = ", ".join(machine.emission.model for machine in MACHINES)
            raise ConfigError(site.file, [f"scanners: none is a machine of the simulated hospital; it has: {known}"])
        self._days: OrderedDict[date, tuple[SimStudy, ...]] = OrderedDict()
        self._lock = Lock()

    def studies_on(self, day: date) -> tuple[SimStudy, ...]:
        """Return the studies whose Study Date is a day, in order of Study Time; none on a closed day."""
        with self._lock:
            if day in self._days:
                self._days.move_to_end(day)
                return self._days[day]
        studies = self._simulate(day)
        with self._lock:
            self._days[day] = studies
            while len(self._days) > _DAYS_KEPT:
                self._days.popitem(last=False)
        return studies

    def truth(self, day: date) -> list[SimExam]:
        """Return each take of each study of a day as a perfect reader of the images would see it, by start.

        Start and end are the earliest start and the latest end, by design section 5.2, of the take's series that
        design section 5.1 and 5.2 keep: a series without Acquisition Time, a derived or an excluded one does not
        count. Takes are numbered by design section 5.3.3. `kept` is False for a take that must not become an exam,
        and `why` says the reason (phantom, quality control, foreign, mixed); its start and end then span all its
        series that have times. Encounters (5.3.6) are *not* merged here: studies meant as one share `encounter`;
        :meth:`exams` merges them. Preparation is not included.
        """
        exams = [exam for study in self.studies_on(day) for exam in study.exams]
        return sorted(exams, key=lambda exam: (exam.start, exam.study_uid, exam.take))

    def exams(self, day: date) -> list[SimExam]:
        """Return the exams that the studies table must hold for a day: the kept takes, encounters merged, by start.

        A merged exam has the first study's UID and take.
        """
        return merge_encounters(self.site, [exam for exam in self.truth(day) if exam.kept])

    def find_study(self, uid: str) -> tuple[SimStudy, Address] | None:
        """Return the study that a Study, Series or SOP Instance UID belongs to, and the UID's address."""
        address = find_address(self.seed, uid)
        if address is None:
            return None
        studies = self.studies_on(address.day)
        if not 1 <= address.study <= len(studies):
            return None
        study = studies[address.study - 1]
        if address.series > len(study.series):
            return None
        if address.instance and address.instance > study.series[address.series - 1].n_instances:
            return None
        return study, address

    def _simulate(self, day: date) -> tuple[SimStudy, ...]:
        if not is_open(self.site.calendar, day) or (self.last_day is not None and day > self.last_day):
            return ()
        rng = np.random.default_rng([self.seed, day.toordinal()])
        studies: tuple[SimStudy, ...] = ()
        for _ in range(_TRIES):
            studies = self._try_day(day, rng)
            exams = [exam for study in studies for exam in study.exams if exam.kept]
            if len(merge_encounters(self.site, exams)) >= FEWEST_EXAMS and len(exams) <= MOST_EXAMS:
                break
        return studies

    def _try_day(self, day: date, rng: np.random.Generator) -> tuple[SimStudy, ...]:
        patients = iter(draw_patients(rng, _PEOPLE))
        filled = slots_filled(self.rooms, self.seed, day, rng)
        studies = [
            study
            for room in self.rooms
            for study in day_of_scanner(room, day, filled[room.scanner.name], patients, rng)
        ]
        kinds = due(self.site.calendar, self.seed, day)
        absent = out_of_service(self.rooms, self.seed, day)
        working = tuple(room for room in self.rooms if room is not absent and filled[room.scanner.name])
        studies += extra_studies(Day(day, working, patients, rng), kinds, studies)
        studies = [self._name_institution(study) for study in studies]
        return _file(self.seed, day, blemish(studies, kinds, rng))

    def _name_institution(self, study: SimStudy) -> SimStudy:
        names = self.site.department.institutions
        owner = {squeeze_model(machine.emission.model): n for n, machine in enumerate(MACHINES)}

        def named(series: SimSeries) -> SimSeries:
            if series.institution:
                return series
            name = names[owner.get(squeeze_model(study.series[0].device.model), 0) % len(names)]
            return replace(series, institution=name.upper() if series.device.manufacturer == "SIEMENS" else name)

        return replace(study, series=tuple(named(series) for series in study.series))


def merge_encounters(site: Site, exams: Iterable[SimExam]) -> list[SimExam]:
    """Merge the exams of one encounter where the pause is at most what the site states for their type (5.3.6)."""
    limits = {kind.name: kind.one_encounter for kind in site.exam_types}
    merged: list[SimExam] = []
    for exam in sorted(exams, key=lambda exam: (exam.start, exam.study_uid, exam.take)):
        limit = limits.get(exam.exam_type)
        place = _partner(merged, exam) if limit is not None and exam.encounter else None
        if place is not None and limit is not None:
            first = merged[place]
            minutes = (exam.start - first.end).total_seconds() / 60
            if limit == "day" or minutes <= limit:
                merged[place] = replace(first, end=max(first.end, exam.end))
                continue
        merged.append(exam)
    return merged


def _partner(exams: Sequence[SimExam], exam: SimExam) -> int | None:
    places = [n for n, other in enumerate(exams) if other.encounter == exam.encounter and other.scanner == exam.scanner]
    return places[-1] if places else None


def _file(seed: int, day: date, studies: Sequence[SimStudy]) -> tuple[SimStudy, ...]:
    """Give each study and series its address: studies are numbered by Study Time, series by Series Time."""
    filed = []
    for number, study in enumerate(sorted(studies, key=lambda study: (study.registered, study.accession)), 1):
        series = tuple(
            replace(one, seed=seed, address=Address(day, number, n))
            for n, one in enumerate(sorted(study.series, key=lambda one: one.made), 1)
        )
        filed.append(replace(study, series=series, seed=seed, address=Address(day, number)))
    return tuple(filed)
