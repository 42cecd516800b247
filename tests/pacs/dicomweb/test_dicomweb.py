"""A day through web services: the same rows as through DIMSE, from a real server."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset, dcmread

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dicomweb import DicomWebSource, DicomWebWay, WebArchive
from schedvisu_lib.pacs.dicomweb_json import to_dataset
from schedvisu_lib.pacs.queries import bare_image_query
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.source import MODALITIES
from schedvisu_lib.pacs.sources import DimseSource
from schedvisu_lib.pacs.timing import is_derived
from schedvisu_lib.pacs.values import text, values, whole
from schedvisu_lib.settings.pacs import DicomWeb
from schedvisu_lib.tables import VERDICTS

DAYS = date(2026, 5, 11), date(2026, 5, 12)
FAR_AWAY = date(2026, 5, 17)


def plain(_issuer, patient_id, study_uid):
    return patient_id or study_uid


def rows_of(source, site, *days):
    """Rows by Series Instance UID; which way gave them is left out."""
    with source:
        rows = [row for day in days for row in retrieve_day(source, site, day, plain)]
    return {row.series_uid: replace(row, reason=re.sub(r" ?\[[^\[]*\]$", "", row.reason)) for row in rows}


@pytest.fixture(scope="session")
def expected(archive, site_of):
    """The rows that the embedded archive gives."""
    site = site_of(archive.port)
    return rows_of(DimseSource(site.pacs), site, *DAYS)


@pytest.fixture(scope="session")
def listed(web):
    with DicomWebSource(web) as source:
        return [one for day in DAYS for one in source.list_day(day)]


# The same as through DIMSE


def test_web_services_give_the_same_rows(web, base_site, expected):
    source = DicomWebSource(web)
    assert rows_of(source, base_site, *DAYS) == expected
    assert {row.verdict for row in expected.values()} <= set(VERDICTS)
    assert source.traffic.images == 0


def test_whole_headers_alone_give_the_same_rows(web, base_site, expected):
    source = DicomWebSource(web)
    source.ways = source.ways[-1:]
    assert [way.name for way in source.ways] == ["DICOMweb"]
    assert rows_of(source, base_site, *DAYS) == expected


def test_the_way_stands_beside_listing_through_dimse(web, archive, site_of, base_site, expected):
    source = DimseSource(site_of(archive.port).pacs)
    source.ways = [DicomWebWay(web)]
    assert rows_of(source, base_site, *DAYS) == expected


def test_one_number_and_one_uid_at_a_time_give_the_same_rows(web, base_site, expected):
    source = DicomWebSource(web)
    source._archive._takes_several_numbers = False
    source._archive.habits.takes_lists = False
    monday = {uid: row for uid, row in expected.items() if row.date.date() == DAYS[0]}
    assert rows_of(source, base_site, DAYS[0]) == monday


def test_a_day_without_studies_is_empty(web):
    with DicomWebSource(web) as source:
        assert source.list_day(FAR_AWAY) == []


def test_every_series_of_the_days_is_listed(hospital, listed):
    truth = {one.uid: (study, one) for day in DAYS for study in hospital.studies_on(day) for one in study.series}
    assert {one.series_uid for one in listed} == set(truth)
    for one in listed:
        study, series = truth[one.series_uid]
        assert (one.study_uid, one.modality, one.n_instances) == (study.uid, series.modality, series.n_instances)
        assert text(one.study, "PatientID") == study.patient.id


# Few requests


def test_a_day_takes_fewer_requests_than_it_has_series(web, base_site, listed):
    source = DicomWebSource(web)
    rows_of(source, base_site, *DAYS)
    assert source.traffic.requests < len(listed) / 2
    assert source.traffic.received < 500_000
    assert source.traffic.sent > 100 * source.traffic.requests


def test_listing_takes_one_request_for_each_modality_and_one_for_all_series(web):
    with DicomWebSource(web) as source:
        source.list_day(DAYS[0])
        assert source.traffic.requests <= len(MODALITIES) + 2


def test_answers_tell_no_times_of_nm_images(web, listed):
    with DicomWebSource(web) as source:
        series, instances, headers = source.ways
        of_nm = [one for one in listed if one.modality == "NM"]
        reconstructed = {one.series_uid for one in of_nm if is_derived(one.answer)}
        assert reconstructed
        assert series.look_up(of_nm).keys() == instances.look_up(of_nm).keys() == reconstructed
        assert headers.look_up(of_nm).keys() == {one.series_uid for one in of_nm}


# What else they are asked


def test_images_of_several_series_are_asked_for_at_once(web, listed):
    some = [one for one in listed if one.modality == "CT"][:3]
    archive = WebArchive(web)
    found = archive.query(bare_image_query([one.study_uid for one in some], [one.series_uid for one in some]))
    assert len(found) == sum(one.n_instances or 0 for one in some)
    assert archive.client.traffic.requests <= 2


def test_an_image_that_is_gone_fails_its_series_alone(web, listed):
    way = DicomWebWay(web)
    single = [one for one in listed if one.n_instances == 1 and one.modality == "NM"][:2]
    gone = replace(single[0], series_uid="1.2.3.4")
    found = way.look_up([gone, single[1]])
    way.close()
    assert found["1.2.3.4"].headers == ()
    assert re.match(r"the archive (did not give its metadata|listed no images of it)", found["1.2.3.4"].problem)
    assert len(found[single[1].series_uid].headers) == 1


def test_the_services_are_asked_whether_they_are_there(web):
    with DicomWebSource(web) as source:
        source.echo()
        assert source.traffic.requests == 1
    wrong = web.model_copy(update={"dicomweb": DicomWeb(url=f"{web.dicomweb.url}/nothing")})
    with (
        DicomWebSource(wrong) as source,
        pytest.raises(PacsUnreachable, match=r"nothing: .*check pacs\.dicomweb\.url"),
    ):
        source.echo()


# DICOM JSON


def test_headers_are_those_of_the_files(web, listed, files):
    one = next(one for one in listed if one.n_instances == 1 and one.modality == "NM")
    (header,) = DicomWebWay(web).look_up([one])[one.series_uid].headers
    file = dcmread(files / f"{text(header, 'SOPInstanceUID')}.dcm", stop_before_pixels=True)
    compared = [element.keyword for element in file if element.VR not in ("SQ", "PN")]
    assert len(compared) > 20
    for keyword in compared:
        assert [norm(value) for value in values(header, keyword)] == [norm(value) for value in values(file, keyword)]
    assert "PatientName" not in header


def norm(value):
    try:
        return float(value)
    except ValueError:
        return value


def test_elements_that_cannot_be_read_are_left_out_and_the_others_kept():
    header = to_dataset(
        {
            "00080032": {"vr": "TM", "Value": ["101112.5"]},
            "00080008": {"vr": "CS", "Value": ["ORIGINAL", None, "STATIC"]},
            "00200013": {"vr": "IS", "Value": ["5"]},
            "00181242": {"vr": "IS", "Value": ["long"]},
            "00540010": {"vr": "US", "Value": ["x"]},
            "00540020": {"vr": "US", "BulkDataURI": "http://hospital.example/bulk"},
            "00540032": {"vr": "SQ", "Value": [{"00181242": {"vr": "IS", "Value": [1000.0]}, "00540036": 7}, None]},
            "00080020": 7,
            "00080060": {"vr": "CS"},
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "SPECIMEN^JEANNE"}]},
            "7FE00010": {"vr": "OW", "InlineBinary": "AAAA"},
            "study": {"vr": "UI", "Value": ["1.2"]},
        }
    )
    assert {element.keyword for element in header} == {
        "AcquisitionTime",
        "ImageType",
        "InstanceNumber",
        "PhaseInformationSequence",
        "Modality",
    }
    assert text(header, "AcquisitionTime") == "101112.5"
    assert values(header, "ImageType") == ["ORIGINAL", "", "STATIC"]
    assert whole(header, "InstanceNumber") == 5
    assert [whole(item, "ActualFrameDuration") for item in header.PhaseInformationSequence] == [1000, None]
    assert text(header, "Modality") == ""


TEXTS = st.lists(st.text("AB 1.^\\\\é", max_size=5) | st.sampled_from(["20260511", None]), max_size=3)


@given(st.sampled_from(["AE", "AS", "CS", "DA", "DT", "LO", "SH", "TM", "UI"]), TEXTS)
@pytest.mark.filterwarnings("ignore")  # of pydicom, about odd values
def test_texts_are_read_as_pydicom_reads_them(vr, found):
    try:
        by_pydicom = Dataset.from_json({"00081030": {"vr": vr, "Value": found}})
    except Exception:  # as the reader of answers takes it
        by_pydicom = Dataset()
    read = to_dataset({"00081030": {"vr": vr, "Value": found}})
    assert values(read, "StudyDescription") == values(by_pydicom, "StudyDescription")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["vr", "Value", "BulkDataURI", "00080008"]), inner),
    max_leaves=8,
)
TAGS = st.sampled_from(["00080008", "00080032", "00200013", "00540032", "7FE00010", "zz"]) | st.text()
ELEMENT = st.fixed_dictionaries(
    {"vr": st.sampled_from(["CS", "IS", "DS", "TM", "US", "AT", "SQ", "OB", "??"])}, optional={"Value": JSON}
)


@given(st.dictionaries(TAGS, ELEMENT | JSON))
def test_no_answer_breaks_the_reader(answer):
    header = to_dataset(answer)
    for element in header:
        assert all(isinstance(value, str) for value in values(header, element.keyword))
        assert element.tag.group < 0x7FE0
