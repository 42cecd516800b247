"""How a day is listed: every study and series once, and of each series the first and the last image (case 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydicom.dataset import Dataset

from schedvisu_lib.demo.records import Numbering
from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.listing import ListedSeries, list_first_and_last, list_series, list_studies

MONDAY = date(2026, 5, 11)
ASCENSION = date(2026, 5, 14)


@pytest.fixture(params=[True, False], ids=["attributes", "bare"])
def either(request, archive, bare_archive):
    return archive if request.param else bare_archive


def numbered(numbering):
    """Numbers every series with more than two images so."""

    def edit(study):
        series = [replace(one, numbering=numbering) if one.n_instances > 2 else one for one in study.series]
        return replace(study, series=tuple(series))

    return edit


def ends_of(running, site, day=MONDAY):
    """The SOP Instance UIDs found, and the true ones, of each series."""
    with Archive(site.pacs) as archive:
        listed = list_series(archive, list_studies(archive, day))
        found = list_first_and_last(archive, listed)
    truth = {one.uid: one for study in running.hospital.studies_on(day) for one in study.series}
    expected = {uid: {one.instance_uid(0), one.instance_uid(one.n_instances - 1)} for uid, one in truth.items()}
    counts = {uid: one.n_instances for uid, one in truth.items()}
    assert {uid: ends.n_instances for uid, ends in found.items()} == counts
    return {uid: {image.sop_uid for image in ends.images} for uid, ends in found.items()}, expected


def test_each_study_of_a_day_is_listed_once(either, site_of):
    with Archive(site_of(either.port).pacs) as archive:
        studies = list_studies(archive, MONDAY)
    assert set(studies) == {study.uid for study in either.hospital.studies_on(MONDAY)}


def test_one_modality_stands_in_each_query_and_the_answers_are_joined(recording, site_of):
    running = recording()
    with Archive(site_of(running.port).pacs) as archive:
        list_studies(archive, MONDAY)
    assert [query.ModalitiesInStudy for query in running.finds] == ["PT", "NM", "CT"]
    assert {query.StudyDate for query in running.finds} == {"20260511"}


def test_no_name_birth_date_or_accession_number_is_ever_asked_for(recording, site_of, retrieved):
    running = recording()
    retrieved(site_of(running.port), MONDAY)
    asked = {element.keyword for query in running.finds for element in query}
    assert not asked & {"PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "ReferringPhysicianName"}


def test_an_empty_day_has_no_studies_and_no_series(either, site_of):
    with Archive(site_of(either.port).pacs) as archive:
        studies = list_studies(archive, ASCENSION)
        assert studies == {}
        assert list_series(archive, studies) == []
        assert list_first_and_last(archive, []) == {}


def test_every_series_of_every_study_is_listed_once_in_order(either, site_of):
    with Archive(site_of(either.port).pacs) as archive:
        listed = list_series(archive, list_studies(archive, MONDAY))
    keys = [(one.study_uid, one.series_uid) for one in listed]
    assert keys == sorted(
        {(study.uid, one.uid) for study in either.hospital.studies_on(MONDAY) for one in study.series}
    )


def test_a_study_without_a_series_of_ours_is_left_out_even_if_the_archive_lists_it(recording, site_of):
    def magnetic(study):
        return replace(study, series=tuple(replace(one, modality="MR", storage="SC") for one in study.series))

    running = recording(lambda study: magnetic(study) if study.exam_type == "OS" else study)
    bones = [study for study in running.hospital.studies_on(MONDAY) if study.exam_type == "OS"]
    with Archive(site_of(running.port).pacs) as archive:
        studies = list_studies(archive, MONDAY)
        assert not studies.keys() & {study.uid for study in bones}
        given_all_the_same = studies | {study.uid: Dataset() for study in bones}
        listed = list_series(archive, given_all_the_same)
    assert bones
    assert {one.study_uid for one in listed} == set(studies)


def test_fewer_series_than_the_study_has_are_asked_for_again_singly(recording, site_of):
    running = recording()
    running.refuses_lists = True
    with Archive(site_of(running.port).pacs) as archive:
        listed = list_series(archive, list_studies(archive, MONDAY))
    assert len(listed) == sum(len(study.series) for study in running.hospital.studies_on(MONDAY))


@pytest.mark.parametrize("attributes", [True, False])
def test_lists_that_are_refused_are_asked_singly_and_give_the_same_ends(recording, site_of, attributes):
    running = recording(attributes=attributes)
    running.refuses_lists = True
    found, expected = ends_of(running, site_of(running.port))
    assert found == expected


@pytest.mark.parametrize(
    "numbering",
    [
        Numbering(),
        Numbering(first=0),
        Numbering(first=101),
        Numbering(after=2, holes=7),  # 1 2 3 11 12 13: number 6 is missing
        Numbering(after=2, holes=2),  # 1 2 3 6 7 8: number 6 is there, but not the last
        Numbering(after=4, holes=1),  # 1 2 3 4 5 7
        Numbering(first=-2),
    ],
    ids=str,
)
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_first_and_last_image_are_found_however_they_are_numbered(recording, site_of, numbering, attributes):
    running = recording(numbered(numbering), attributes=attributes)
    found, expected = ends_of(running, site_of(running.port))
    assert found == expected


def test_a_day_that_is_numbered_as_usual_takes_few_requests(recording, site_of):
    running = recording()
    with Archive(site_of(running.port).pacs) as archive:
        listed = list_series(archive, list_studies(archive, MONDAY))
        before = archive.requests
        list_first_and_last(archive, listed)
        assert archive.requests - before < len(listed) / 3


def test_images_without_a_number_are_found_by_listing(archive, site_of):
    """A wrong count of images leads to the list of all."""
    with Archive(site_of(archive.port).pacs) as asked:
        listed = list_series(asked, list_studies(asked, MONDAY))
        ct = next(one for one in listed if one.modality == "CT" and one.n_instances > 2)
        for claimed in (0, 2, 4, 99, None):
            one = ListedSeries(ct.study, ct.answer, ct.study_uid, ct.series_uid, ct.modality, claimed)
            images = list_first_and_last(asked, [one])[ct.series_uid].images
            if claimed != 2:  # numbers 1 and 2 are there: the count is believed
                assert [image.number for image in images] == [1, ct.n_instances]


def test_a_series_that_cannot_be_listed_is_an_error(archive, site_of):
    odd = ListedSeries(Dataset(), Dataset(), "", "", "CT", None)  # names no study: the archive refuses to list all
    with Archive(site_of(archive.port).pacs) as asked, pytest.raises(PacsError, match="C-FIND at level IMAGE ended"):
        list_first_and_last(asked, [odd])
