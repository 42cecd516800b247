"""Which source a site has: an archive over DIMSE or DICOMweb, or a folder; and over DIMSE, by which ways."""

from __future__ import annotations

from datetime import date

import pytest

from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.pacs.dicomweb import DicomWebSource
from schedvisu_lib.pacs.folder import FolderSource
from schedvisu_lib.pacs.sources import DimseSource, open_sources
from schedvisu_lib.settings.pacs import DicomWeb, Pacs
from tests.pacs.odd import OddArchive

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)
WEB = {"url": "http://127.0.0.1:8042/dicom-web"}


def way_names(**settings):
    connect = open_sources(Pacs(**settings))
    return [way.name for way in connect().ways]


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"host": "pacs", "ae_title": "PACS"}, DimseSource),
        ({"host": "pacs", "ae_title": "PACS", "dicomweb": WEB}, DimseSource),
        ({"dicomweb": WEB}, DicomWebSource),
    ],
)
def test_a_site_with_a_host_speaks_dimse_and_without_one_web_services(settings, kind):
    assert type(open_sources(Pacs(**settings))()) is kind


def test_a_folder_is_read_once_for_all_threads(hospital, tmp_path):
    some = [(study, one) for study in hospital.studies_on(MONDAY) for one in study.series if one.modality == "PT"]
    (first, one), (second, other) = some[0], some[-1]
    make_dataset(first, one, 0).save_as(tmp_path / "first.dcm", enforce_file_format=True)
    connect = open_sources(Pacs(folder=tmp_path))
    with connect() as source:
        assert type(source) is FolderSource
        assert [listed.series_uid for listed in source.list_day(MONDAY)] == [one.uid]
    make_dataset(second, other, 0).save_as(tmp_path / "second.dcm", enforce_file_format=True)
    with connect() as source:
        assert [listed.series_uid for listed in source.list_day(MONDAY)] == [one.uid]
    with open_sources(Pacs(folder=tmp_path))() as source:
        assert {listed.series_uid for listed in source.list_day(MONDAY)} == {one.uid, other.uid}


def test_every_thread_has_a_source_of_its_own():
    connect = open_sources(Pacs(host="pacs", ae_title="PACS"))
    assert connect() is not connect()


def test_without_a_choice_all_ways_are_tried_cheapest_first():
    assert way_names(host="pacs", ae_title="PACS") == [
        "SERIES answers",
        "IMAGE answers",
        "C-GET without bulk data",
        "C-GET",
        "C-MOVE",
    ]


def test_where_there_are_web_services_no_image_is_sent():
    *answers, web = way_names(host="pacs", ae_title="PACS", dicomweb=WEB)
    assert answers == ["SERIES answers", "IMAGE answers"]
    assert "DICOMweb" in web


@pytest.mark.parametrize(
    ("ways", "names"),
    [
        (("get",), ["C-GET"]),
        (("move", "get"), ["C-MOVE", "C-GET"]),
        (("headers", "image"), ["C-GET without bulk data", "IMAGE answers"]),
    ],
)
def test_the_site_says_which_ways_and_in_which_order(ways, names):
    assert way_names(host="pacs", ae_title="PACS", ways=ways) == names


def test_settings_name_the_source_as_messages_do():
    assert Pacs(host="pacs", ae_title="PACS", dicomweb=DicomWeb(**WEB)).shown == "PACS at pacs:104"
    assert Pacs(dicomweb=WEB).shown == "DICOMweb at http://127.0.0.1:8042/dicom-web"


# An archive over DIMSE


def test_a_source_opens_nothing_before_it_is_asked_and_can_be_used_again(hospital, site_of):
    with OddArchive(hospital) as running:
        source = open_sources(site_of(running.port).pacs)()
        assert not source.archive.is_open
        with source:
            first = [one.series_uid for one in source.list_day(MONDAY)]
            assert source.archive.is_open
        assert not source.archive.is_open
        with source:
            assert [one.series_uid for one in source.list_day(MONDAY)] == first
    assert source.traffic.requests == 8


def test_what_is_known_of_one_day_is_forgotten_before_the_next(archive, site_of):
    with open_sources(site_of(archive.port).pacs)() as source:
        image_answers = source.ways[1]
        monday = source.list_day(MONDAY)
        image_answers.look_up(monday)
        assert source._ends._known.keys() == {one.series_uid for one in monday}
        source.list_day(TUESDAY)
        assert source._ends._known == {}


def test_requests_images_and_bytes_are_counted(bare_archive, site_of):
    with open_sources(site_of(bare_archive.port, ways=("get",)).pacs)() as source:
        listed = [one for one in source.list_day(MONDAY) if one.modality == "PT"][:2]
        before = source.traffic
        found = source.ways[0].look_up(listed)
        after = source.traffic
    sent = sum(len(one.headers) for one in found.values())
    assert after.images - before.images == sent > 1
    assert after.requests > before.requests
    assert after.received - before.received > sent * 1_000
