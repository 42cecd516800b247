"""What we ask archives for: keys, lists of UIDs, and never more of a patient than the ID."""

from __future__ import annotations

from datetime import date

import pytest

from schedvisu_lib.pacs.queries import (
    bare_image_query,
    day_query,
    headers_retrieval,
    image_query,
    named_images_query,
    retrieval,
    series_query,
    study_query,
)
from schedvisu_lib.pacs.timing import ATTRIBUTES, SEQUENCES

MONDAY = date(2026, 5, 11)
IMAGES = [("1.0", "1.0.1", "1.0.1.7"), ("1.1", "1.1.1", "1.1.1.7"), ("1.0", "1.0.1", "1.0.1.9")]


def keys(query):
    return {element.keyword for element in query}


def test_studies_are_asked_for_by_day_and_modality():
    query = study_query(MONDAY, "PT")
    assert (query.QueryRetrieveLevel, query.StudyDate, query.ModalitiesInStudy) == ("STUDY", "20260511", "PT")
    assert query.SpecificCharacterSet == "ISO_IR 192"
    assert {"PatientID", "IssuerOfPatientID", "StudyTime", "StudyDescription", "StudyInstanceUID"} <= keys(query)


@pytest.mark.parametrize("uids", [["1.0"], ["1.0", "1.1"]])
def test_series_are_asked_for_by_studies_with_all_that_headers_would_tell(uids):
    query = series_query(uids)
    found = query.StudyInstanceUID
    assert ([found] if isinstance(found, str) else list(found)) == uids
    assert query.QueryRetrieveLevel == "SERIES"
    assert set(ATTRIBUTES) | set(SEQUENCES) | {"NumberOfSeriesRelatedInstances", "Modality"} <= keys(query)
    assert not query.SeriesInstanceUID


def test_a_day_of_series_names_no_study():
    query = day_query(MONDAY)
    assert (query.QueryRetrieveLevel, query.StudyDate, query.StudyInstanceUID) == ("SERIES", "20260511", "")


def test_images_are_asked_for_by_number_with_their_series_named_once():
    query = image_query(["1.0", "1.1", "1.0"], ["1.0.1", "1.1.1", "1.0.2"], [1, 7, 8])
    assert list(query.StudyInstanceUID) == ["1.0", "1.1"]
    assert list(query.SeriesInstanceUID) == ["1.0.1", "1.1.1", "1.0.2"]
    assert [int(number) for number in query.InstanceNumber] == [1, 7, 8]
    assert set(ATTRIBUTES) | set(SEQUENCES) <= keys(query)


def test_thousands_of_images_are_listed_with_no_more_than_tells_them_apart():
    query = bare_image_query(["1.0"], ["1.0.1"])
    assert keys(query) == {
        "SpecificCharacterSet",
        "QueryRetrieveLevel",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SOPInstanceUID",
        "SOPClassUID",
        "InstanceNumber",
    }
    assert query.InstanceNumber is None


def test_images_are_sent_by_their_uids_below_studies_and_series_named_once():
    query = retrieval(IMAGES)
    assert list(query.SOPInstanceUID) == ["1.0.1.7", "1.1.1.7", "1.0.1.9"]
    assert list(query.SeriesInstanceUID) == ["1.0.1", "1.1.1"]
    assert list(query.StudyInstanceUID) == ["1.0", "1.1"]
    assert query.QueryRetrieveLevel == "IMAGE"
    single = retrieval(IMAGES[:1])
    assert (single.StudyInstanceUID, single.SeriesInstanceUID, single.SOPInstanceUID) == IMAGES[0]


def test_without_bulk_data_images_are_named_by_their_uid_alone():
    query = headers_retrieval(["1.0.1.7", "1.0.1.9"])
    assert keys(query) == {"QueryRetrieveLevel", "SOPInstanceUID"}
    assert list(query.SOPInstanceUID) == ["1.0.1.7", "1.0.1.9"]


def test_named_images_are_asked_for_their_headers_whatever_their_number():
    query = named_images_query(IMAGES)
    assert list(query.SOPInstanceUID) == ["1.0.1.7", "1.1.1.7", "1.0.1.9"]
    assert list(query.StudyInstanceUID) == ["1.0", "1.1"]
    assert query.InstanceNumber is None
    assert set(ATTRIBUTES) | set(SEQUENCES) <= keys(query)


@pytest.mark.parametrize(
    "query",
    [
        study_query(MONDAY, "PT"),
        series_query(["1.0"]),
        day_query(MONDAY),
        image_query(["1.0"], ["1.0.1"], [1]),
        bare_image_query(["1.0"], ["1.0.1"]),
        named_images_query(IMAGES),
    ],
)
def test_no_name_birth_date_sex_or_accession_number_is_asked_for(query):
    asked = {element.keyword for element in query.iterall()}
    assert not asked & {"PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "ReferringPhysicianName"}
