from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset

from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import Frames, SimSeries, SimStudy

from .conftest import MONDAY

DCMDUMP = shutil.which("dcmdump")


def _samples(studies: list[SimStudy]) -> dict[tuple[str, str, str], tuple[SimStudy, SimSeries]]:
    """One series of each kind of object, kind of frames and machine."""
    found = {}
    for study in studies:
        for one in study.series:
            kind = one.timing.kind if isinstance(one.timing, Frames) else ""
            found.setdefault((one.storage, kind, one.device.model), (study, one))
    return found


def _write(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def _round_trip(dataset: Dataset) -> Dataset:
    return dcmread(BytesIO(_write(dataset)))


def test_every_kind_of_dataset_is_written_and_read_again(all_studies: list[SimStudy]) -> None:
    samples = _samples(all_studies)
    assert {storage for storage, *_ in samples} == {"CT", "PT", "NM", "SC", "SR"}
    for study, series in samples.values():
        dataset = make_dataset(study, series, series.n_instances - 1)
        again = _round_trip(dataset)
        again.walk(lambda _, element: element.value)  # parse every element, so that it is encoded anew
        assert _write(again) == _write(dataset)
        assert list(again.keys()) == sorted(dataset.keys())
        assert again.StudyInstanceUID == study.uid
        assert again.SeriesInstanceUID == series.uid
        assert again.SOPInstanceUID == series.instance_uid(series.n_instances - 1)
        assert again.file_meta.MediaStorageSOPInstanceUID == again.SOPInstanceUID


def test_pixels_fit_the_frames(all_studies: list[SimStudy]) -> None:
    for study, series in _samples(all_studies).values():
        if series.storage == "SR":
            continue
        dataset = make_dataset(study, series, 0)
        frames = int(dataset.get("NumberOfFrames", 1))
        bytes_per_pixel = dataset.BitsAllocated // 8
        assert len(dataset.PixelData) == frames * dataset.Rows * dataset.Columns * bytes_per_pixel


def test_header_times_are_those_that_were_meant(all_studies: list[SimStudy]) -> None:
    study, pet = next((s, one) for s in all_studies for one in s.series if one.storage == "PT" and not one.backwards)
    first, last = (make_dataset(study, pet, index) for index in (0, pet.n_instances - 1))
    assert str(first.AcquisitionTime).startswith(f"{pet.timing.start:%H%M%S}")
    assert str(first.AcquisitionDate) == f"{study.day:%Y%m%d}"
    assert int(last.ActualFrameDuration) > 10_000
    assert last.AcquisitionTime > first.AcquisitionTime
    assert first.ManufacturerModelName == pet.device.model
    assert first.InstanceNumber == 1


def test_dynamic_image_names_its_phases(all_studies: list[SimStudy]) -> None:
    study, series = _samples(all_studies)["NM", "DYNAMIC", "MILLENNIUM MPR"]
    image = _round_trip(make_dataset(study, series, 0))
    timing = series.timing
    assert isinstance(timing, Frames)
    assert [(p.NumberOfFramesInPhase, p.ActualFrameDuration, p.PhaseDelay) for p in image.PhaseInformationSequence] == [
        (phase.frames, phase.frame_ms, phase.delay_ms) for phase in timing.phases
    ]
    assert len(image.PhaseVector) == image.NumberOfFrames == timing.n_frames
    assert "ActualFrameDuration" not in image


def test_tomographic_image_names_its_rotations(all_studies: list[SimStudy]) -> None:
    study, series = _samples(all_studies)["NM", "GATED TOMO", "Symbia Intevo 16"]
    image = _round_trip(make_dataset(study, series, 0))
    (rotation,) = image.RotationInformationSequence
    seconds = (series.timing.end - series.timing.start).total_seconds()
    assert rotation.NumberOfFramesInRotation * rotation.ActualFrameDuration / 1000 == pytest.approx(seconds)
    assert image.NumberOfFrames == rotation.NumberOfFramesInRotation * 2 * 8
    assert list(image.ImageType) == ["ORIGINAL", "PRIMARY", "GATED TOMO", "EMISSION"]


def test_names_keep_their_accents(all_studies: list[SimStudy]) -> None:
    study = next(study for study in all_studies if "É" in study.patient.name)
    assert _round_trip(make_dataset(study, study.series[0], 0)).PatientName == study.patient.name


@pytest.mark.skipif(DCMDUMP is None, reason="needs DCMTK's dcmdump (apt install dcmtk)")
def test_dcmtk_reads_a_day_without_complaint(hospital: Hospital, tmp_path: Path) -> None:
    files = []
    for study in hospital.studies_on(MONDAY):
        for series in study.series:
            files.append(tmp_path / f"{series.uid}.dcm")
            make_dataset(study, series, 0).save_as(files[-1], enforce_file_format=True)
    dump = subprocess.run(
        [str(DCMDUMP), "-q", "+P", "SOPInstanceUID", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert dump.returncode == 0
    assert dump.stderr == ""
    assert dump.stdout.count("SOPInstanceUID") == len(files)
