"""Ask a Modality Worklist for its Scheduled Procedure Steps (C-FIND, PS3.4 annex K)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind

from schedvisu_lib.pacs.line import Line, TooManyAnswers
from schedvisu_lib.pacs.values import items, parse_date, parse_time, text, values
from schedvisu_lib.periods import days_between
from schedvisu_lib.planned.listing import Appointment, Clerk, Listing, booked_minutes
from schedvisu_lib.settings.pacs import Pacs
from schedvisu_lib.settings.planned import Worklist


def open_worklist(settings: Worklist, pacs: Pacs) -> Line:
    """Return a line to the worklist; what the site file leaves out is as in ``pacs``."""
    return Line(settings.peer(pacs), [build_context(ModalityWorklistInformationFind)])


def read_worklist(line: Line, clerk: Clerk, first: date, last: date) -> Listing:
    """Return what the worklist lists from first to last day, whatever the station.

    Raises
    ------
    PacsUnreachable
        It cannot be reached, or does not let us ask.
    PacsError
        It did not answer completely.
    """
    listing = Listing("worklist", days=frozenset(days_between(first, last)))
    for answer in _answers(line, first, last):
        steps = items(answer, "ScheduledProcedureStepSequence")
        if not steps:
            listing.lacks("worklist: an item has no Scheduled Procedure Step Sequence; ask who runs the worklist")
        for step in steps:
            _read_step(answer, step, clerk, listing)
    return listing


def worklist_query(first: date, last: date) -> Dataset:
    """Return the identifier that asks for the steps of all stations from first to last day."""
    step = Dataset()
    step.Modality = ""
    step.ScheduledStationAETitle = ""
    step.ScheduledProcedureStepStartDate = f"{first:%Y%m%d}-{last:%Y%m%d}"
    step.ScheduledProcedureStepStartTime = ""
    step.ScheduledProcedureStepEndDate = ""
    step.ScheduledProcedureStepEndTime = ""
    step.ScheduledProcedureStepDescription = ""
    step.ScheduledProcedureStepID = ""
    step.ScheduledStationName = ""
    step.ScheduledProcedureStepLocation = ""
    step.ScheduledProcedureStepStatus = ""
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.PatientID = ""
    query.IssuerOfPatientID = ""
    query.StudyInstanceUID = ""
    query.RequestedProcedureDescription = ""
    query.RequestedProcedureID = ""
    query.ScheduledProcedureStepSequence = [step]
    return query


def _answers(line: Line, first: date, last: date) -> Iterator[Dataset]:
    """Yield the worklist's items; where they are too many for one answer, by half of the days at a time."""
    try:
        yield from line.find(worklist_query(first, last), ModalityWorklistInformationFind)
    except TooManyAnswers:
        if first == last:
            raise
        middle = first + (last - first) // 2
        yield from _answers(line, first, middle)
        yield from _answers(line, middle + timedelta(days=1), last)


def _read_step(answer: Dataset, step: Dataset, clerk: Clerk, listing: Listing) -> None:
    stations = values(step, "ScheduledStationAETitle")
    places = [*stations, *values(step, "ScheduledStationName"), text(step, "ScheduledProcedureStepLocation")]
    scanner = clerk.scanner([*places, text(step, "Modality")])
    if not scanner:
        listing.leave_out(f"AE title {stations[0]}" if stations and stations[0] else "no AE title")
        return
    start = _moment(step, "Start")
    if start is None:
        listing.lacks(f"worklist: a step of {scanner} has no start date and time; ask who runs the worklist")
        return
    patient_id = text(answer, "PatientID")
    status = clerk.status(text(step, "ScheduledProcedureStepStatus"))
    description = text(answer, "RequestedProcedureDescription") or text(step, "ScheduledProcedureStepDescription")
    if not clerk.is_exam(patient_id, description):
        return
    study_uid, step_id = text(answer, "StudyInstanceUID"), text(step, "ScheduledProcedureStepID")
    # Without an identifier of its own a step is known by its time: moved, it is another one.
    parts = (step_id,) if step_id else (scanner, start.isoformat())
    listing.appointments.append(
        Appointment(
            appointment_id=clerk.appointment_id("worklist", study_uid, text(answer, "RequestedProcedureID"), *parts),
            start=start,
            scanner=scanner,
            source="worklist",
            patient=clerk.patient(patient_id, text(answer, "IssuerOfPatientID")),
            study_uid=study_uid,
            minutes=booked_minutes(start, _moment(step, "End")),
            description=description,
            status=status or "scheduled",
        )
    )


def _moment(step: Dataset, which: str) -> datetime | None:
    """Return when a step starts or ends; few worklists tell the end, which the standard does not ask for."""
    day = parse_date(text(step, f"ScheduledProcedureStep{which}Date"))
    clock = parse_time(text(step, f"ScheduledProcedureStep{which}Time"))
    if day is None and which == "End":
        day = parse_date(text(step, "ScheduledProcedureStepStartDate"))
    return datetime.combine(day, clock) if day is not None and clock is not None else None
