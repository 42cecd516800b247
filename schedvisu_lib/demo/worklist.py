"""The Modality Worklist of the simulated hospital: which of its appointments match an identifier (PS3.4 annex K)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from pydicom.dataset import Dataset

from schedvisu_lib.demo.appointments import Bookings, SimAppointment
from schedvisu_lib.demo.encoding import tag_of
from schedvisu_lib.demo.headers import CHARACTER_SET, Header, write_date, write_time
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.matching import date_range, make_test, matches, values_of
from schedvisu_lib.demo.query import BadIdentifier, TooMuchAsked

_STEPS: Final = "ScheduledProcedureStepSequence"
_DATE: Final = "ScheduledProcedureStepStartDate"
_OTHERS: Final = (("RADCT2", "CT", "CT thorax"), ("RADUS1", "US", "Échographie abdominale"))
"""Steps of other departments, which a hospital's worklist holds as well: AE title, modality, description."""

Test = Callable[[Any], bool]


class WorklistQuery:
    """One identifier: the days and tests that its keys make. Any day is answered, also those that are long over.

    Parameters
    ----------
    identifier
        The request's dataset.

    Raises
    ------
    BadIdentifier
        It has no Scheduled Procedure Step Sequence of one item, or a date is malformed.
    """

    def __init__(self, identifier: Dataset) -> None:
        steps = identifier.get(_STEPS) or []
        if len(steps) != 1:
            raise BadIdentifier(f"{_STEPS} holds {len(steps)} items, not one")
        self._keys, self._step_keys = _keywords(identifier), _keywords(steps[0])
        self._tests, self._step_tests = _tests(identifier), _tests(steps[0])
        days = values_of(steps[0][_DATE]) if _DATE in steps[0] else ()
        try:
            self._days = date_range(days[0]) if days else (None, None)
        except ValueError as error:
            raise BadIdentifier(f"{_DATE}: {error}") from error

    def answers(self, hospital: Hospital) -> Iterator[Header]:
        """Return the response identifiers, sorted by tag, in order of start.

        Raises
        ------
        TooMuchAsked
            The days have no beginning or no end: this hospital has neither.
        """
        first, last = self._days
        if first is None or last is None:
            raise TooMuchAsked(f"give a {_DATE} with a first and a last day")
        bookings = Bookings(hospital)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            for item, step in _items(bookings, day):
                if matches(item, self._tests) and matches(step, self._step_tests):
                    chosen = {key: item.get(key, ()) for key in {*self._keys, "SpecificCharacterSet"}}
                    chosen[_STEPS] = [{key: step.get(key, ()) for key in self._step_keys}]
                    yield dict(sorted(chosen.items(), key=lambda pair: tag_of(pair[0])))


def _items(bookings: Bookings, day: date) -> Iterator[tuple[Header, Header]]:
    """Yield each worklist item of a day and its step."""
    appointments = bookings.appointments_on(day)
    for one in appointments:
        yield _item(one), _step(one)
    for (station, modality, words), one in zip(_OTHERS, appointments, strict=False):
        step = _step(one) | {"ScheduledStationAETitle": station, "ScheduledStationName": station, "Modality": modality}
        item = _item(one) | {"StudyInstanceUID": f"{one.study_uid}.1"[:64], "RequestedProcedureDescription": words}
        yield item, step | {"ScheduledProcedureStepLocation": "RADIOLOGY", "ScheduledProcedureStepDescription": words}


def _item(one: SimAppointment) -> Header:
    patient = one.patient
    return {
        "SpecificCharacterSet": CHARACTER_SET,
        "AccessionNumber": f"R{one.slot.day:%y%m%d}{one.number:03d}",
        "PatientName": patient.name,
        "PatientID": patient.id,
        "IssuerOfPatientID": patient.issuer,
        "PatientBirthDate": f"{patient.birth_date:%Y%m%d}",
        "PatientSex": patient.sex,
        "StudyInstanceUID": one.study_uid,
        "RequestedProcedureDescription": one.description,
        "RequestedProcedureID": f"P{one.slot.day:%y%m%d}{one.number:03d}",
    }


def _step(one: SimAppointment) -> Header:
    emission = one.slot.room.machine.emission
    end = one.slot.start + timedelta(minutes=one.slot.minutes)
    return {
        "Modality": emission.modality,
        "ScheduledStationAETitle": emission.station,
        "ScheduledProcedureStepStartDate": write_date(one.slot.start),
        "ScheduledProcedureStepStartTime": write_time(one.slot.start),
        "ScheduledProcedureStepEndDate": write_date(end),
        "ScheduledProcedureStepEndTime": write_time(end),
        "ScheduledProcedureStepDescription": one.description,
        "ScheduledProcedureStepID": f"S{one.slot.day:%y%m%d}{one.number:03d}",
        "ScheduledStationName": emission.station,
        "ScheduledProcedureStepLocation": one.scanner[:16],
        "ScheduledProcedureStepStatus": one.status,
    }


def _keywords(dataset: Dataset) -> list[str]:
    return [element.keyword for element in dataset if element.keyword and element.keyword != _STEPS]


def _tests(dataset: Dataset) -> Mapping[str, Test]:
    found = {key: make_test(dataset[key]) for key in _keywords(dataset) if key not in (_DATE, "SpecificCharacterSet")}
    return {key: test for key, test in found.items() if test is not None}
