"""The worklist of the simulated hospital: what was booked, and what came of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind

from schedvisu_lib.config import Site
from schedvisu_lib.demo.appointments import Bookings
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.periods import is_open
from schedvisu_lib.settings.calendar import WEEKDAYS

from .conftest import DAY, MONDAY, at_once
from .test_foreign_callers import SYSTEM, _run

FINDSCU = shutil.which("findscu", path=SYSTEM)
Ask = Callable[..., tuple[list[Dataset], Dataset]]


@pytest.fixture(scope="module")
def bookings(hospital: Hospital) -> Bookings:
    return Bookings(hospital)


@pytest.fixture
def ask(archive: DemoArchive) -> Iterator[Ask]:
    """Asks the worklist: ``ask(days, item={...}, step={...})`` gives answers and the last status."""
    caller = AE(ae_title="ANYONE")
    caller.add_requested_context(ModalityWorklistInformationFind)
    association = caller.associate("127.0.0.1", archive.port, evt_handlers=[(evt.EVT_CONN_OPEN, at_once)])
    assert association.is_established

    def find(days: str, item: dict[str, Any] | None = None, **step: Any) -> tuple[list[Dataset], Dataset]:
        query, asked = Dataset(), Dataset()
        for keyword, value in (
            {"ScheduledProcedureStepID": "", "ScheduledProcedureStepStartDate": days} | step
        ).items():
            setattr(asked, keyword, value)
        for keyword, value in ({"PatientID": "", "StudyInstanceUID": ""} | (item or {})).items():
            setattr(query, keyword, value)
        query.ScheduledProcedureStepSequence = [asked]
        answers: list[Dataset] = []
        status = Dataset()
        for answered, identifier in association.send_c_find(query, ModalityWorklistInformationFind):
            status = answered
            if identifier is not None:
                answers.append(identifier)
        return answers, status

    yield find
    association.release()


# What was booked


def test_a_day_is_the_same_whenever_it_is_asked(site: Site, bookings: Bookings) -> None:
    again = Bookings(Hospital(site)).appointments_on(MONDAY)
    facts = [(one.slot.start, one.scanner, one.study_uid, one.status) for one in again]
    assert facts == [(o.slot.start, o.scanner, o.study_uid, o.status) for o in bookings.appointments_on(MONDAY)]
    other = Bookings(Hospital(site, seed=7)).appointments_on(MONDAY)
    assert facts != [(one.slot.start, one.scanner, one.study_uid, one.status) for one in other]


def test_closed_days_have_no_appointment(site: Site, bookings: Bookings) -> None:
    for day in (MONDAY + timedelta(days=n) for n in range(60)):
        assert bool(bookings.appointments_on(day)) == is_open(site.calendar, day)


def test_no_slot_is_booked_twice_and_all_lie_in_the_opening_hours(bookings: Bookings, month: list[date]) -> None:
    for day in month:
        appointments = bookings.appointments_on(day)
        slots = [(one.scanner, one.slot.start) for one in appointments]
        assert len(set(slots)) == len(slots)
        for one in appointments:
            hours = one.slot.room.scanner.hours[WEEKDAYS[day.weekday()]]
            assert hours.opens <= one.slot.start.time() < hours.closes
            assert one.slot.start.minute % 5 == 0
            assert 25 <= one.slot.minutes <= 65


def test_no_exam_was_booked_twice_and_every_one_is_accounted_for(
    hospital: Hospital, bookings: Bookings, month: list[date]
) -> None:
    for day in month:
        came = bookings.outcomes(day)
        starts = Counter((one.exam_start) for one in came if one.exam_start is not None)
        assert starts == Counter(exam.start for exam in hospital.exams(day))
        assert sum(one.start is not None for one in came) == len(bookings.appointments_on(day))


def test_a_months_deviations_are_realistic(bookings: Bookings, month: list[date]) -> None:
    came = Counter(one.outcome for day in month for one in bookings.outcomes(day))
    n = came["done"] + came["elsewhere"] + came["not done"]
    assert 0.85 < came["done"] / n < 0.97
    assert 0.01 < came["not done"] / n < 0.1
    assert 0.02 < came["unplanned"] / n < 0.12
    assert {"cancelled", "elsewhere", "further take", "joined"} <= set(came)
    delays = [
        (one.exam_start - one.start).total_seconds() / 60
        for day in month
        for one in bookings.outcomes(day)
        if one.outcome == "done" and one.start is not None and one.exam_start is not None
    ]
    assert min(delays) >= -6
    assert 3 < sorted(delays)[len(delays) // 2] < 12


# What the worklist answers


def test_a_days_worklist_holds_its_appointments_and_those_of_others(ask: Ask, bookings: Bookings) -> None:
    keys = dict.fromkeys(
        ("ScheduledStationAETitle", "ScheduledProcedureStepStartTime", "ScheduledProcedureStepStatus", "Modality"), ""
    )
    answers, status = ask(DAY, {"RequestedProcedureDescription": "", "PatientName": ""}, **keys)
    assert status.Status == 0
    steps = [answer.ScheduledProcedureStepSequence[0] for answer in answers]
    ours = [n for n, step in enumerate(steps) if step.ScheduledStationAETitle not in ("RADCT2", "RADUS1")]
    appointments = bookings.appointments_on(MONDAY)
    assert len(answers) == len(ours) + 2
    for n, one in zip(ours, appointments, strict=True):
        assert steps[n].ScheduledStationAETitle == one.slot.room.machine.emission.station
        assert steps[n].ScheduledProcedureStepStartDate == DAY
        assert steps[n].ScheduledProcedureStepStartTime == f"{one.slot.start:%H%M%S}"
        assert steps[n].ScheduledProcedureStepStatus == one.status
        assert answers[n].PatientID == one.patient.id
        assert answers[n].PatientName == one.patient.name
        assert answers[n].StudyInstanceUID == one.study_uid
        assert answers[n].RequestedProcedureDescription == one.description


def test_only_the_keys_that_are_asked_are_answered(ask: Ask) -> None:
    [answer, *_], _ = ask(DAY)
    keywords = {element.keyword for element in answer}
    assert keywords == {"SpecificCharacterSet", "PatientID", "StudyInstanceUID", "ScheduledProcedureStepSequence"}


def test_days_stations_and_patients_select(ask: Ask, bookings: Bookings) -> None:
    two_days, _ = ask("20250303-20250304", ScheduledStationAETitle="HDDPT690")
    meant = [
        one
        for day in (MONDAY, MONDAY + timedelta(days=1))
        for one in bookings.appointments_on(day)
        if one.scanner == "Discovery 690"
    ]
    assert [answer.StudyInstanceUID for answer in two_days] == [one.study_uid for one in meant]
    person = meant[0].patient.id
    found, _ = ask(DAY, {"PatientID": person})
    assert {answer.PatientID for answer in found} == {person}


@pytest.mark.parametrize(("days", "status"), [("", 0xA700), ("20250303-", 0xA700), ("soon", 0xA900)])
def test_days_without_end_or_sense_are_refused(ask: Ask, days: str, status: int) -> None:
    answers, last = ask(days)
    assert (answers, last.Status) == ([], status)


@pytest.mark.skipif(FINDSCU is None, reason="needs DCMTK's findscu (apt install dcmtk)")
def test_dcmtk_reads_the_worklist(archive: DemoArchive, bookings: Bookings) -> None:
    keys = ("-k", f"(0040,0100)[0].ScheduledProcedureStepStartDate={DAY}", "-k", "StudyInstanceUID")
    done = _run(FINDSCU, archive, "-W", *keys)
    assert done.returncode == 0
    said = done.stdout + done.stderr
    assert all(one.study_uid in said for one in bookings.appointments_on(MONDAY))
