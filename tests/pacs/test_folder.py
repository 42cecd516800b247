"""A folder of files: the same rows as from an archive, whatever else lies in it."""

from __future__ import annotations

import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.folder import Contents, FolderIndex, FolderSource
from schedvisu_lib.pacs.ladder import settle
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import DimseSource
from schedvisu_lib.pacs.values import text, whole
from schedvisu_lib.tables import FAILED, KEPT

DAYS = date(2026, 5, 11), date(2026, 5, 12)
ZONE = ZoneInfo("Europe/Zurich")


def plain(_issuer, patient_id, study_uid):
    return patient_id or study_uid


def rows_of(source, site, *days):
    """Rows by Series Instance UID; which way gave them is left out."""
    with source:
        rows = [row for day in days for row in retrieve_day(source, site, day, plain)]
    return {row.series_uid: replace(row, reason=re.sub(r" ?\[[^\[]*\]$", "", row.reason)) for row in rows}


def series_in(folder, day=DAYS[0]):
    """What is listed of a day, and what the files tell, by Series Instance UID."""
    with FolderSource(FolderIndex(folder)) as source:
        listed = source.list_day(day)
        (way,) = source.ways
        return {one.series_uid: (one, way.look_up([one])[one.series_uid]) for one in listed}


def numbers(found):
    return [whole(header, "InstanceNumber") for header in found.headers]


@pytest.fixture
def write(files, tmp_path):
    """Writes images of one CT series: `write("a.dcm", number=7)` gives the file."""
    template = next(
        image
        for file in sorted(files.iterdir())
        if (image := dcmread(file)).get("Modality") == "CT" and image.StudyDate == f"{DAYS[0]:%Y%m%d}"
    )

    def make(name, syntax=None, *, uid=None, preamble=True, **elements):
        image = dcmread(template.filename)
        for keyword, value in elements.items():
            setattr(image, keyword, value)
        image.SOPInstanceUID = uid or f"1.2.826.{abs(hash(name)) % 10**12}"
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        if syntax is not None:
            image.file_meta.TransferSyntaxUID = syntax
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if preamble:
            options = {"implicit_vr": syntax == ImplicitVRLittleEndian, "little_endian": syntax != ExplicitVRBigEndian}
            dcmwrite(file, image, enforce_file_format=True, **(options if syntax else {}))
        else:
            image.file_meta, image.preamble = FileMetaDataset(), None
            dcmwrite(file, image, implicit_vr=True, little_endian=True)
        return file

    return make


@pytest.fixture
def said(caplog):
    """What is logged while it looks through a folder."""
    ours = logging.getLogger("schedvisu_lib")
    if not ours.propagate:  # another test turned it off
        ours.addHandler(caplog.handler)
    caplog.set_level(logging.DEBUG, logger="schedvisu_lib")
    yield caplog
    ours.removeHandler(caplog.handler)


# The same as from an archive


def test_a_folder_gives_the_same_rows_as_an_archive(files, archive, site_of, base_site):
    site = site_of(archive.port)
    expected = rows_of(DimseSource(site.pacs), site, *DAYS)
    assert rows_of(FolderSource(FolderIndex(files)), base_site, *DAYS) == expected


def test_every_series_is_listed_with_the_number_of_its_images(files, hospital):
    index = FolderIndex(files)
    truth = {one.uid: (study, one) for day in DAYS for study in hospital.studies_on(day) for one in study.series}
    listed = [one for day in DAYS for one in index.on(day)]
    assert {one.series_uid for one in listed} == set(truth)
    for one in listed:
        study, series = truth[one.series_uid]
        assert (one.study_uid, one.modality, one.n_instances) == (study.uid, series.modality, series.n_instances)
        assert text(one.study, "PatientID") == study.patient.id
    n_images = sum(one.n_instances for _, one in truth.values())
    assert index.contents == Contents(images=n_images, series=len(truth), skipped=0, broken=0)
    assert index.on(date(2026, 5, 17)) == []


def test_files_lie_in_any_order_and_depth(files, tmp_path, base_site):
    for number, file in enumerate(sorted(files.iterdir())):
        target = tmp_path / str(number % 7) / str(number % 3) / f"IM{number:06d}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(file)
    moved, there = FolderSource(FolderIndex(tmp_path)), FolderSource(FolderIndex(files))
    assert rows_of(moved, base_site, DAYS[0]) == rows_of(there, base_site, DAYS[0])


def test_the_folder_is_looked_through_once_for_all_threads(write, tmp_path, said):
    write("a.dcm")
    index = FolderIndex(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(index.on, [DAYS[0]] * 8))
    assert [[one.n_instances for one in listed] for listed in found] == [[1]] * 8
    assert said.messages == [f"{tmp_path}: 1 images of 1 series; 0 other files skipped"]


# First and last


@pytest.mark.parametrize(
    ("given", "first_and_last"),
    [
        ([0, 1, 2], [0, 2]),
        ([1, 2, 9], [1, 9]),
        ([10, 11], [10, 11]),
        ([3], [3]),
        ([None, 1, 5], [1, None]),
        ([-1, 2], [-1, 2]),
    ],
)
def test_first_and_last_have_the_lowest_and_the_highest_number(write, tmp_path, given, first_and_last):
    for number in given:
        write(f"{number}.dcm", InstanceNumber=number)
    ((listed, found),) = series_in(tmp_path).values()
    assert numbers(found) == first_and_last
    assert (listed.n_instances, found.n_instances, found.complete) == (len(given), len(given), True)


def test_an_image_in_several_files_counts_once(write, tmp_path):
    for name in ("a.dcm", "b.dcm", "copy/a.dcm"):
        write(name, uid="1.2.3.4", InstanceNumber=1)
    write("c.dcm", InstanceNumber=2)
    ((listed, found),) = series_in(tmp_path).values()
    assert listed.n_instances == 2
    assert numbers(found) == [1, 2]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_every_coding_is_read(write, tmp_path, syntax):
    write("a.dcm", syntax, InstanceNumber=4, AcquisitionTime="101112")
    ((_, found),) = series_in(tmp_path).values()
    assert text(found.headers[0], "AcquisitionTime") == "101112"
    assert "PixelData" not in found.headers[0]


def test_a_file_without_preamble_is_read(write, tmp_path):
    write("IM0001", preamble=False, AcquisitionTime="101112")
    ((_, found),) = series_in(tmp_path).values()
    assert text(found.headers[0], "AcquisitionTime") == "101112"


def test_the_study_has_what_any_of_its_series_tells(write, tmp_path):
    write("a.dcm", SeriesInstanceUID="1.2.1", StudyDescription="", StudyDate="")
    write("b.dcm", SeriesInstanceUID="1.2.2", StudyDescription="FDG")
    found = series_in(tmp_path)
    assert {text(listed.study, "StudyDescription") for listed, _ in found.values()} == {"FDG"}
    assert set(found) == {"1.2.1", "1.2.2"}


def test_a_study_without_one_of_our_modalities_is_left_out(write, tmp_path):
    write("a.dcm", SeriesInstanceUID="1.2.1", StudyInstanceUID="1.2", Modality="MR")
    write("b.dcm", SeriesInstanceUID="1.3.1", StudyInstanceUID="1.3", Modality="SR")
    write("c.dcm", SeriesInstanceUID="1.3.2", StudyInstanceUID="1.3")
    assert set(series_in(tmp_path)) == {"1.3.1", "1.3.2"}


# What else lies in a folder


def test_other_files_are_skipped_and_counted_in_one_line(write, tmp_path, said):
    image = write("a.dcm")
    (tmp_path / "empty").touch()
    (tmp_path / "notes.txt").write_text("SPECIMEN^JEANNE")
    (tmp_path / "looks.bin").write_bytes(b"\x08\x00\x05\x00" + bytes(400))
    (tmp_path / "short.bin").write_bytes(b"\x02\x00")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(200))
    media = FileSet()
    media.add(image)
    media.write(tmp_path / "media")
    index = FolderIndex(tmp_path)
    assert index.contents == Contents(images=1, series=1, skipped=6, broken=0)
    assert said.messages == [f"{tmp_path}: 1 images of 1 series; 6 other files skipped"]


def test_a_dicom_file_that_cannot_be_read_is_reported_and_the_others_are_read(write, tmp_path, said):
    whole_file = write("a.dcm").read_bytes()
    (tmp_path / "cut_in_meta.dcm").write_bytes(whole_file[:200])
    (tmp_path / "cut_in_header.dcm").write_bytes(whole_file[:700])
    (tmp_path / "rubbish.dcm").write_bytes(bytes(128) + b"DICM" + bytes(range(256)))
    write("without.dcm", SeriesInstanceUID="")
    contents = FolderIndex(tmp_path).contents
    assert (contents.images, contents.skipped, contents.broken) == (1, 0, 4)
    assert said.messages[1:] == [f"{tmp_path}: 4 files cannot be read, although they should; their series lack images"]


def test_no_byte_where_a_file_is_cut_gives_a_wrong_header(write, tmp_path, said):
    file = write("a.dcm", InstanceNumber=12)
    content = file.read_bytes()
    header = dcmread(file, stop_before_pixels=True)
    pixels = content.rindex(b"\xe0\x7f\x10\x00")
    write("b.dcm", InstanceNumber=1)
    for end in range(0, pixels, 37):
        file.write_bytes(content[:end])
        for _, found in series_in(tmp_path).values():
            for read in found.headers:
                if whole(read, "InstanceNumber") == 12:
                    assert all(read[element.tag] == element for element in header if element.tag in read)


def test_a_header_that_is_broken_fails_its_series_alone(write, tmp_path, base_site, said):
    good = write("good.dcm", SeriesInstanceUID="1.2.1")
    bad = write("bad.dcm", SeriesInstanceUID="1.2.2", ImageComments="x" * 2000)
    content = bad.read_bytes()
    bad.write_bytes(content[: content.index(b"x" * 2000) + 1000])
    rows = rows_of(FolderSource(FolderIndex(tmp_path)), base_site, DAYS[0])
    assert rows["1.2.1"].verdict == KEPT, good
    assert (rows["1.2.2"].verdict, rows["1.2.2"].start) == (FAILED, None)
    assert rows["1.2.2"].reason.startswith("a file of it cannot be read")


def test_a_file_that_goes_away_fails_its_series(write, tmp_path):
    file = write("a.dcm")
    write("b.dcm", SeriesInstanceUID="1.2.2")
    with FolderSource(FolderIndex(tmp_path)) as source:
        listed = source.list_day(DAYS[0])
        file.unlink()
        settled = settle(source.ways, listed, ZONE)
    problems = {uid: one.problem for uid, one in settled.items()}
    assert problems.pop("1.2.2") == ""
    assert list(problems.values()) == ["a file of it cannot be read (FileNotFoundError)"]


def test_images_without_a_date_are_reported(write, tmp_path, said):
    write("a.dcm", StudyDate="")
    assert series_in(tmp_path) == {}
    assert "1 series have no Study Date and lie on no day" in said.messages


def test_nothing_that_is_said_holds_a_patient(files, hospital, base_site, tmp_path, said):
    some = sorted(files.iterdir())[:40]
    for number, file in enumerate(some):
        content = file.read_bytes()
        (tmp_path / f"{number}.dcm").write_bytes(content if number % 3 else content[: 300 + 40 * number])
    rows_of(FolderSource(FolderIndex(tmp_path)), base_site, *DAYS)
    for day in DAYS:
        for study in hospital.studies_on(day):
            for secret in (study.patient.id, study.patient.name):
                assert not secret or secret not in said.text


# No folder


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PacsUnreachable, match=r"gone: cannot be read \(No such file .*\); check pacs\.folder"):
        FolderIndex(tmp_path / "gone").on(DAYS[0])


def test_a_file_is_no_folder(write):
    with pytest.raises(PacsUnreachable, match=r"cannot be read \(Not a directory\); check pacs\.folder"):
        FolderIndex(write("a.dcm")).on(DAYS[0])


@pytest.mark.skipif(os.name != "posix", reason="links of a file to itself")
def test_a_drive_that_fails_below_the_folder_is_told_without_names_of_folders_which_may_be_patients(write, tmp_path):
    loop = write("DUPONT^JEAN/a.dcm").with_name("b.dcm")
    loop.symlink_to(loop)
    with pytest.raises(PacsUnreachable, match=r"cannot be read \(Too many levels .*\); check pacs\.folder") as caught:
        FolderIndex(tmp_path).on(DAYS[0])
    assert str(tmp_path) in str(caught.value)
    assert "DUPONT" not in str(caught.value)


def test_a_folder_without_images_is_no_quiet_week(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(PacsUnreachable, match=r"holds no DICOM file; check pacs\.folder"):
        FolderIndex(tmp_path).on(DAYS[0])


def test_it_is_looked_for_again_once_the_drive_is_there(write, tmp_path):
    index = FolderIndex(tmp_path)
    with pytest.raises(PacsUnreachable):
        index.on(DAYS[0])
    write("a.dcm")
    assert len(index.on(DAYS[0])) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_and_a_folder_that_we_must_not_read_are_reported(write, tmp_path):
    write("a.dcm")
    write("b.dcm").chmod(0)
    locked = write("locked/c.dcm").parent
    locked.chmod(0)
    try:
        assert FolderIndex(tmp_path).contents == Contents(images=1, series=1, skipped=0, broken=2)
    finally:
        locked.chmod(0o700)
