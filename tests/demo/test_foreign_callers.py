"""DCMTK's own programs as callers of the embedded PACS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom import dcmread

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital

from .conftest import DAY, MONDAY

# A virtual environment's findscu is pynetdicom's; DCMTK's lies in the system's folders.
SYSTEM = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"
FINDSCU, GETSCU = shutil.which("findscu", path=SYSTEM), shutil.which("getscu", path=SYSTEM)


def _run(program: str | None, archive: DemoArchive, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert program is not None
    address = ("-aec", archive.ae_title, "127.0.0.1", str(archive.port))
    return subprocess.run(
        [program, *arguments, *address], capture_output=True, text=True, check=False, timeout=60, errors="replace"
    )


@pytest.mark.skipif(FINDSCU is None, reason="needs DCMTK's findscu (apt install dcmtk)")
def test_dcmtk_finds_the_studies_of_a_day(archive: DemoArchive, hospital: Hospital) -> None:
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyDate={DAY}", "-k", "StudyInstanceUID", "-k", "PatientName")
    done = _run(FINDSCU, archive, "-S", *keys)
    assert done.returncode == 0
    said = done.stdout + done.stderr
    assert all(study.uid in said for study in hospital.studies_on(MONDAY))


@pytest.mark.skipif(FINDSCU is None, reason="needs DCMTK's findscu (apt install dcmtk)")
def test_dcmtk_reads_nested_sequences_in_answers(archive: DemoArchive, hospital: Hospital) -> None:
    series = next(
        one for study in hospital.studies_on(MONDAY) for one in study.series if one.image_type[2:3] == ("TOMO",)
    )
    keys = ("-k", "QueryRetrieveLevel=SERIES", "-k", f"SeriesInstanceUID={series.uid}", "-k", "(0054,0052)")
    done = _run(FINDSCU, archive, "-S", *keys)
    assert done.returncode == 0
    assert "NumberOfFramesInRotation" in done.stdout + done.stderr


@pytest.mark.skipif(GETSCU is None, reason="needs DCMTK's getscu (apt install dcmtk)")
def test_dcmtk_gets_a_series(archive: DemoArchive, hospital: Hospital, tmp_path: Path) -> None:
    study = next(study for study in hospital.studies_on(MONDAY) if study.modalities == ("NM",))
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study.uid}")
    done = _run(GETSCU, archive, "-S", "-od", str(tmp_path), *keys)
    assert done.returncode == 0, done.stderr
    images = [dcmread(file) for file in tmp_path.iterdir()]
    assert {image.SeriesInstanceUID for image in images} == {one.uid for one in study.series}
