"""Header facts of the simulated hospital as plain values by DICOM keyword, for queries and for datasets alike.

A value is a text, a number, a tuple of these, or a list of dictionaries for a sequence. An attribute that the
device does not write is absent.
"""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any, Final

from schedvisu_lib.demo.records import Frames, Phase, SimSeries, SimStudy, TimeFormat

Header = dict[str, Any]
"""Values by DICOM keyword."""

SOP_CLASSES: Final = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "NM": "1.2.840.10008.5.1.4.1.1.20",
    "SC": "1.2.840.10008.5.1.4.1.1.7",
    "SR": "1.2.840.10008.5.1.4.1.1.88.22",
}
"""CT, PET, Nuclear Medicine, Secondary Capture Image Storage and Enhanced SR Storage, by kind of series."""

CHARACTER_SET: Final = "ISO_IR 100"


def write_date(moment: datetime) -> str:
    """Write a DA value."""
    return f"{moment:%Y%m%d}"


def write_time(moment: datetime, form: TimeFormat = "seconds") -> str:
    """Write a TM value as a device does."""
    if form == "micro":
        return f"{moment:%H%M%S.%f}"
    if form == "tenths":
        return f"{moment:%H%M%S}.{moment.microsecond // 100_000}"
    return f"{moment:%H%M}" if form == "minutes" else f"{moment:%H%M%S}{'.' if form == 'trailing dot' else ''}"


def study_header(study: SimStudy) -> Header:
    """Return the attributes of patient and study."""
    patient = study.patient
    return {
        "SpecificCharacterSet": CHARACTER_SET,
        "PatientID": patient.id,
        "IssuerOfPatientID": patient.issuer,
        "PatientName": patient.name,
        "PatientBirthDate": f"{patient.birth_date:%Y%m%d}",
        "PatientSex": patient.sex,
        "StudyInstanceUID": study.uid,
        "StudyDate": write_date(study.registered),
        "StudyTime": write_time(study.registered),
        "StudyID": f"{study.number}",
        "AccessionNumber": study.accession,
        "StudyDescription": study.description,
        "ReferringPhysicianName": "",
    }


def series_header(series: SimSeries) -> Header:
    """Return the attributes of a series."""
    header = {
        "SeriesInstanceUID": series.uid,
        "SeriesNumber": series.number,
        "Modality": series.modality,
        "SeriesDate": write_date(series.made),
        "SeriesTime": write_time(series.made),
        "SeriesDescription": series.description,
        "ProtocolName": series.protocol,
        "Manufacturer": series.device.manufacturer,
        "ManufacturerModelName": series.device.model,
        "StationName": series.device.station,
    }
    if series.institution:
        header["InstitutionName"] = series.institution
    return header


def image_header(series: SimSeries, index: int) -> Header:
    """Return the attributes of the instance with an index from 0, all but those of the pixels."""
    position = series.position(index)
    acquired = series.timing.acquired(position)
    content = max(series.made, acquired) if series.created else acquired
    header: Header = {
        "SOPClassUID": SOP_CLASSES[series.storage],
        "SOPInstanceUID": series.instance_uid(index),
        "InstanceNumber": series.numbering.number(index),
        "ContentDate": write_date(content),
        "ContentTime": write_time(content),
    }
    if series.image_type:
        header["ImageType"] = series.image_type
    if series.timed:
        form = series.time_format or series.device.time_format
        header["AcquisitionDate"] = write_date(acquired)
        header["AcquisitionTime"] = write_time(acquired, form)
        if form == "micro":
            header["AcquisitionDateTime"] = f"{acquired:%Y%m%d%H%M%S.%f}"
    frame_ms = series.timing.frame_ms(position)
    if frame_ms is not None:
        header["ActualFrameDuration"] = frame_ms
    if isinstance(series.timing, Frames):
        header |= _frames_header(series.timing)
    return header


def _frames_header(frames: Frames) -> Header:
    """Return the multi-frame attributes of an NM image (PS3.3 C.8.4.8 and the modules after it)."""
    header: Header = {
        "NumberOfFrames": frames.n_frames,
        "NumberOfDetectors": frames.detectors,
        "NumberOfEnergyWindows": frames.windows,
    }
    windows, detectors = range(1, frames.windows + 1), range(1, frames.detectors + 1)
    if frames.kind == "RECON TOMO":
        return header | {
            "FrameIncrementPointer": (0x00540080,),
            "SliceVector": tuple(range(1, frames.n_frames + 1)),
            "NumberOfSlices": frames.n_frames,
        }
    if frames.kind in ("STATIC", "WHOLE BODY"):
        places = list(product(windows, detectors))
        pointers: tuple[int, ...] = (0x00540010, 0x00540020)
    elif frames.kind == "DYNAMIC":
        steps = [(phase, n) for phase, part in enumerate(frames.phases, 1) for n in range(1, part.frames + 1)]
        rows = list(product(windows, detectors, steps))
        places = [(window, detector) for window, detector, _ in rows]
        pointers = (0x00540010, 0x00540020, 0x00540030, 0x00540100)
        header |= {
            "PhaseVector": tuple(step[0] for *_, step in rows),
            "TimeSliceVector": tuple(step[1] for *_, step in rows),
            "NumberOfPhases": len(frames.phases),
            "PhaseInformationSequence": [_phase(phase) for phase in frames.phases],
        }
    else:
        turns = [(turn, n) for turn, part in enumerate(frames.phases, 1) for n in range(1, part.frames + 1)]
        slots = range(1, frames.time_slots + 1)
        views = list(product(windows, detectors, turns, slots))
        places = [(window, detector) for window, detector, *_ in views]
        pointers = (0x00540010, 0x00540020, 0x00540050, 0x00540090)
        header |= {
            "RotationVector": tuple(turn[0] for *_, turn, _ in views),
            "AngularViewVector": tuple(turn[1] for *_, turn, _ in views),
            "NumberOfRotations": len(frames.phases),
            "RotationInformationSequence": [_rotation(part, frames.detectors) for part in frames.phases],
        }
        if frames.kind == "GATED TOMO":
            pointers = (0x00540010, 0x00540020, 0x00540050, 0x00540060, 0x00540070, 0x00540090)
            header |= {
                "RRIntervalVector": (1,) * len(views),
                "TimeSlotVector": tuple(slot for *_, slot in views),
                "NumberOfRRIntervals": 1,
                "NumberOfTimeSlots": frames.time_slots,
            }
    return header | {
        "FrameIncrementPointer": pointers,
        "EnergyWindowVector": tuple(window for window, _ in places),
        "DetectorVector": tuple(detector for _, detector in places),
    }


def _phase(phase: Phase) -> Header:
    return {
        "ActualFrameDuration": phase.frame_ms,
        "NumberOfFramesInPhase": phase.frames,
        "PhaseDelay": phase.delay_ms,
        "PauseBetweenFrames": 0,
    }


def _rotation(rotation: Phase, detectors: int) -> Header:
    arc = 360 // detectors
    return {
        "StartAngle": "0",
        "AngularStep": f"{arc / rotation.frames:g}",
        "RotationDirection": "CW",
        "ScanArc": f"{arc}",
        "ActualFrameDuration": rotation.frame_ms,
        "NumberOfFramesInRotation": rotation.frames,
        "RadialPosition": (),
    }
