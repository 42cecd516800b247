"""Valid DICOM datasets of the simulated hospital, made one instance at a time, with tiny images."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from pydicom.config import IGNORE
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, UID, ExplicitVRLittleEndian

from schedvisu_lib.demo.headers import (
    CHARACTER_SET,
    Header,
    image_header,
    series_header,
    study_header,
    write_date,
    write_time,
)
from schedvisu_lib.demo.records import Frames, SimSeries, SimStudy

SIDE: Final = 2
"""Rows and columns of every image."""


def make_dataset(study: SimStudy, series: SimSeries, index: int) -> Dataset:
    """Return the dataset, with file meta information, of one instance of a series of a study.

    Parameters
    ----------
    study
        The study that the series belongs to.
    series
        One of its series.
    index
        Which instance, from 0 in order of Instance Number.
    """
    header = study_header(study) | series_header(series) | image_header(series, index)
    dataset = header_dataset(header | _MODULES[series.storage](study, series, index))
    if series.storage != "SR":
        _add_pixels(dataset, series, index)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(header["SOPClassUID"])
    meta.MediaStorageSOPInstanceUID = UID(header["SOPInstanceUID"])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    dataset.file_meta = meta
    return dataset


def header_dataset(header: Header) -> Dataset:
    """Return a dataset of plain values by keyword; lists of dictionaries become sequences."""
    dataset = Dataset()
    for keyword, value in header.items():
        dataset.add(make_element(keyword, value))
    return dataset


def make_element(keyword: str, value: Any) -> DataElement:
    """Return the data element of a plain value.

    Values are not validated: some devices of the simulated hospital write times against the standard, as real ones do.
    """
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise ValueError(f"{keyword} is not a DICOM keyword")
    vr = dictionary_VR(tag)
    if vr == "SQ":
        return DataElement(tag, vr, Sequence([header_dataset(item) for item in value]))
    return DataElement(tag, vr, list(value) if isinstance(value, tuple) else value, validation_mode=IGNORE)


def _add_pixels(dataset: Dataset, series: SimSeries, index: int) -> None:
    frames = series.timing.n_frames if isinstance(series.timing, Frames) else 1
    dataset.Rows = dataset.Columns = SIDE
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    bits = 8 if series.storage == "SC" else 16
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = 1 if series.storage in ("CT", "PT") else 0
    values = (np.arange(frames * SIDE * SIDE) + index) % 200
    dataset.add_new("PixelData", "OB" if bits == 8 else "OW", values.astype("<u1" if bits == 8 else "<u2").tobytes())


def _plane(study: SimStudy, index: int) -> Header:
    return {
        "FrameOfReferenceUID": study.frame_of_reference_uid,
        "PositionReferenceIndicator": "",
        "PixelSpacing": ("2.0", "2.0"),
        "SliceThickness": "3.0",
        "ImagePositionPatient": ("0", "0", f"{-3.0 * index:.1f}"),
        "ImageOrientationPatient": ("1", "0", "0", "0", "1", "0"),
        "PatientPosition": "HFS",
        "Laterality": "",
    }


def _ct(study: SimStudy, series: SimSeries, index: int) -> Header:
    return _plane(study, index) | {
        "KVP": "120",
        "AcquisitionNumber": series.number,
        "RescaleIntercept": "-1024",
        "RescaleSlope": "1",
        "RescaleType": "HU",
    }


def _pt(study: SimStudy, series: SimSeries, index: int) -> Header:
    dynamic = "dyn" in series.description or series.protocol.startswith("RB82")
    return _plane(study, index) | {
        "Units": "BQML",
        "CountsSource": "EMISSION",
        "SeriesType": ("DYNAMIC" if dynamic else "WHOLE BODY", "IMAGE"),
        "NumberOfSlices": series.n_instances,
        "NumberOfTimeSlices": 1,
        "CorrectedImage": ("DECY", "ATTN", "SCAT"),
        "DecayCorrection": "START",
        "CollimatorType": "NONE",
        "FrameReferenceTime": "0",
        "ImageIndex": index + 1,
        "DecayFactor": "1",
        "AcquisitionNumber": series.number,
        "RescaleIntercept": "0",
        "RescaleSlope": "1",
        "RadiopharmaceuticalInformationSequence": [{"RadionuclideCodeSequence": []}],
    }


def _nm(study: SimStudy, series: SimSeries, index: int) -> Header:  # noqa: ARG001 - the same call for every kind
    frames = series.timing
    if not isinstance(frames, Frames):
        raise TypeError("an NM series is timed by frames")
    return {
        "PatientPosition": "HFS",
        "Laterality": "",
        "PixelSpacing": ("4.8", "4.8"),
        "CountsAccumulated": 1000,
        "AcquisitionTerminationCondition": "TIME",
        "PatientOrientationCodeSequence": [],
        "PatientGantryRelationshipCodeSequence": [],
        "EnergyWindowInformationSequence": [
            {"EnergyWindowRangeSequence": [_window(n)], "EnergyWindowName": f"Window {n + 1}"}
            for n in range(frames.windows)
        ],
        "RadiopharmaceuticalInformationSequence": [],
        "DetectorInformationSequence": [
            {"CollimatorType": "PARA", "FocalDistance": 0, "ViewCodeSequence": []} for _ in range(frames.detectors)
        ],
    }


def _window(n: int) -> Header:
    middle = (140.5, 159.0)[n % 2]
    return {
        "EnergyWindowLowerLimit": f"{middle * 0.925:.1f}",
        "EnergyWindowUpperLimit": f"{middle * 1.075:.1f}",
    }


def _sc(study: SimStudy, series: SimSeries, index: int) -> Header:  # noqa: ARG001 - the same call for every kind
    return {"ConversionType": "WSD", "PatientOrientation": "", "Laterality": ""}


def _sr(study: SimStudy, series: SimSeries, index: int) -> Header:  # noqa: ARG001 - the same call for every kind
    def code(value: str, meaning: str) -> list[Header]:
        return [{"CodeValue": value, "CodingSchemeDesignator": "DCM", "CodeMeaning": meaning}]

    return {
        "ReferencedPerformedProcedureStepSequence": [],
        "PerformedProcedureCodeSequence": [],
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "UNVERIFIED",
        "ContentDate": write_date(series.made),
        "ContentTime": write_time(series.made),
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": code("113701", "X-Ray Radiation Dose Report"),
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [
            {
                "RelationshipType": "CONTAINS",
                "ValueType": "TEXT",
                "ConceptNameCodeSequence": code("121106", "Comment"),
                "TextValue": "Simulated: no patient was irradiated.",
            }
        ],
    }


_MODULES: Final = {"CT": _ct, "PT": _pt, "NM": _nm, "SC": _sc, "SR": _sr}

__all__ = ["CHARACTER_SET", "SIDE", "header_dataset", "make_dataset", "make_element"]
