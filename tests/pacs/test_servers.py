"""The same simulated days give the same rows from every server, by every way that it supports."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from pydicom import dcmread

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.settings.pacs import DicomWeb
from schedvisu_lib.tables import DERIVED, EXCLUDED, FOREIGN, KEPT, NO_TIMING
from tests.conftest import free_port
from tests.pacs.conftest import written_once
from tests.pacs.servers import FewerImages, running, write_images

MONDAY, TUESDAY = DAYS = date(2026, 5, 11), date(2026, 5, 12)
BUSY_DAY = date(2026, 5, 19)
"""A day of 45 studies."""
WEB_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")

SERIES, IMAGE = "SERIES answers", "IMAGE answers"
HEADERS, GET, MOVE = "C-GET without bulk data", "C-GET", "C-MOVE"
WEB, WEB_SERIES, WEB_IMAGE = "DICOMweb", "QIDO-RS series", "QIDO-RS instances"
FILES = "files"
LISTED = ("study_description", "series_description", "protocol", "model", "station", "institution", "n_instances")


class Case(NamedTuple):
    """A server (a fixture that gives its settings), the ways that the site names, and those by which headers come."""

    server: str
    named: tuple[str, ...] | None
    one: str
    """Of series of one image."""
    several: str
    """Of series of several images."""
    timeless: str
    """Of series whose headers tell no time, which the ways before leave open."""


CASES = {
    "embedded": Case("embedded", None, SERIES, IMAGE, GET),
    "embedded without bulk data": Case("embedded_with_headers", None, SERIES, IMAGE, HEADERS),
    "bare": Case("bare", None, GET, GET, GET),
    "bare without bulk data": Case("bare_with_headers", None, HEADERS, HEADERS, HEADERS),
    "bare move": Case("bare_with_headers", ("series", "image", "move"), MOVE, MOVE, MOVE),
    "orthanc": Case("open_orthanc", None, SERIES, IMAGE, GET),
    "orthanc images": Case("open_orthanc", ("image", "get"), IMAGE, IMAGE, GET),
    "orthanc get": Case("open_orthanc", ("get",), GET, GET, GET),
    "orthanc move": Case("open_orthanc", ("move",), MOVE, MOVE, MOVE),
    "orthanc that reads no files for queries": Case("closed_orthanc", None, GET, GET, GET),
    "orthanc with web services": Case("orthanc_with_web", None, SERIES, IMAGE, WEB),
    "orthanc with web services for headers": Case("orthanc_with_web", ("dicomweb",), WEB, WEB, WEB),
    "web services alone": Case("web_alone", None, WEB_SERIES, WEB_IMAGE, WEB),
    "dcmqrscp": Case("dcmtk", None, GET, GET, GET),
    "dcmqrscp get": Case("dcmtk", ("get",), GET, GET, GET),
    "dcmqrscp move": Case("dcmtk", ("move",), MOVE, MOVE, MOVE),
    "a folder": Case("folder", None, FILES, FILES, FILES),
}


# Servers: what a site file says of each


@pytest.fixture
def embedded(archive):
    return {"port": archive.port}


@pytest.fixture
def bare(bare_archive):
    return {"port": bare_archive.port}


@pytest.fixture
def embedded_with_headers(hospital):
    with DemoArchive(hospital, port=0, without_bulk_data=True) as running:
        yield {"port": running.port}


@pytest.fixture
def bare_with_headers(hospital):
    move_port = free_port()
    ours = {"SCHEDVISU": ("127.0.0.1", move_port)}
    with DemoArchive(hospital, port=0, attributes=False, without_bulk_data=True, destinations=ours) as running:
        yield {"port": running.port, "move_port": move_port}


@pytest.fixture
def open_orthanc(orthanc, orthanc_move_port):
    return {"port": orthanc, "ae_title": "ORTHANC", "move_port": orthanc_move_port}


@pytest.fixture(scope="module")
def closed_orthanc(files, start_orthanc):
    """Answers only what stands in its database."""
    return {"port": start_orthanc(files, StorageAccessOnFind="Never"), "ae_title": "ORTHANC"}


@pytest.fixture(scope="module")
def orthanc_with_web(files, start_orthanc):
    if not WEB_PLUGIN.exists():
        pytest.skip("Orthanc's web services are not installed (package orthanc-dicomweb)")
    web_port = free_port()
    port = start_orthanc(
        files, HttpServerEnabled=True, HttpPort=web_port, AuthenticationEnabled=False, Plugins=[str(WEB_PLUGIN)]
    )
    url = f"http://127.0.0.1:{web_port}/dicom-web"
    return {"port": port, "ae_title": "ORTHANC", "dicomweb": DicomWeb(url=url)}


@pytest.fixture
def web_alone(orthanc_with_web):
    return {"host": "", "port": 104, "dicomweb": orthanc_with_web["dicomweb"]}


@pytest.fixture
def dcmtk(dcmqrscp, dcmqrscp_move_port):
    return {"port": dcmqrscp, "ae_title": "DCMQRSCP", "move_port": dcmqrscp_move_port}


@pytest.fixture
def folder(files):
    return {"host": "", "port": 104, "folder": files}


@pytest.fixture
def qrscp(hospital, tmp_path):
    """The archive that pynetdicom ships, with a few studies: it refuses lists of UIDs, and knows no descriptions."""
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="pynetdicom's qrscp needs SQLAlchemy")
    port, move_port = free_port(), free_port()
    index = fill_qrscp(sqlalchemy, hospital, tmp_path)
    settings = {"ae_title": "QRSCP", "bind_address": "127.0.0.1", "port": port, "max_pdu": 0}
    settings |= dict.fromkeys(("acse_timeout", "dimse_timeout", "network_timeout"), 30)
    settings |= {"instance_location": tmp_path, "database_location": index}
    lines = ["[DEFAULT]", *(f"{key}: {value}" for key, value in settings.items())]
    lines += ["[SCHEDVISU]", "address: 127.0.0.1", f"port: {move_port}"]
    (tmp_path / "qrscp.ini").write_text("\n".join(lines))
    command = [sys.executable, "-m", "pynetdicom", "qrscp", "-q", "-c", str(tmp_path / "qrscp.ini")]
    with running(command, port, tmp_path / "log"):
        yield {"port": port, "ae_title": "QRSCP", "move_port": move_port}


def few_studies(hospital):
    """The smallest studies of each set of modalities."""
    by_size = sorted(hospital.studies_on(MONDAY), key=lambda study: study.n_instances, reverse=True)
    return list({study.modalities: study for study in by_size}.values())


def fill_qrscp(sqlalchemy, hospital, folder):
    from pynetdicom.apps.qrscp import db

    index, images = folder / "index.sqlite", folder / "images"
    images.mkdir()
    db.create(f"sqlite:///{index}")
    engine = sqlalchemy.create_engine(f"sqlite:///{index}")
    with sqlalchemy.orm.Session(engine) as session:
        for file in write_images(few_studies(hospital), images).iterdir():
            db.add_instance(dcmread(file), session, str(file))
    engine.dispose()
    return index


# The same rows


@pytest.fixture(scope="module")
def truth(hospital):
    return {one.uid: one for day in DAYS for study in hospital.studies_on(day) for one in study.series}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rows_are_the_same_and_reasons_name_the_way(
    case, request, site_of, retrieved, told, truth, rows_with_attributes
):
    settings = request.getfixturevalue(case.server)
    rows = retrieved(site_of(**settings, ways=case.named), *DAYS)
    assert told(rows) == as_listed(told(rows_with_attributes), told(rows))
    kept = {uid: row for uid, row in rows.items() if row.verdict == KEPT}
    assert set(kept) == {uid for uid, series in truth.items() if series.verdict == KEPT}
    for uid, row in kept.items():
        assert (row.start, row.end) == (truth[uid].start, truth[uid].end)
        assert row.timing == rows_with_attributes[uid].timing
        assert row.reason == f"[{way_of(case, row)}]"
    timeless = [row.reason for row in rows.values() if row.verdict == NO_TIMING]
    assert {reason.partition(" [")[2] for reason in timeless} == {f"{case.timeless}]"}
    derived = [row.reason for row in rows.values() if row.verdict == DERIVED]
    assert {reason.partition(" [")[2] for reason in derived} == {f"{case.one}]", f"{case.several}]"}


def as_listed(expected, rows):
    """The expected rows as a server lists them: without what it does not tell of series that are left out unfetched.

    Orthanc, if it reads no files, names the study's institution for series that name none.
    """

    def listed(row, given):
        if not row.institution and given.institution:
            names = {one.institution for one in expected.values() if one.study_uid == row.study_uid}
            row = replace(row, institution=given.institution if given.institution in names else "another study's")
        empty = {name: getattr(given, name) for name in LISTED if not getattr(given, name)}
        return replace(row, **empty) if given.verdict in (EXCLUDED, FOREIGN) else row

    return {uid: listed(row, rows[uid]) for uid, row in expected.items()}


def way_of(case, row):
    """Web services answer no sequences, so that those of NM stand in whole headers only."""
    if case.server == "web_alone" and row.modality == "NM":
        return case.timeless
    return case.one if row.n_instances == 1 else case.several


@pytest.mark.parametrize("way", ["get", "move"])
def test_an_archive_that_refuses_lists_gives_the_same_rows(way, qrscp, site_of, retrieved, told, rows_with_attributes):
    rows = retrieved(site_of(**qrscp, ways=(way,)), MONDAY)
    studies = {row.study_uid for row in rows.values()}
    expected = {uid: row for uid, row in rows_with_attributes.items() if row.study_uid in studies}
    assert len(studies) > 4
    assert told(rows) == as_listed(told(expected), told(rows))
    kept = [row for row in rows.values() if row.verdict == KEPT]
    assert {row.modality for row in kept} == {"CT", "PT", "NM"}
    assert {row.reason for row in kept} == {"[C-GET]" if way == "get" else "[C-MOVE]"}


# What it costs


@pytest.fixture(scope="module")
def busy_hospital(base_site):
    return FewerImages(base_site)


@pytest.fixture(scope="module")
def busy_day(busy_hospital):
    return busy_hospital.studies_on(BUSY_DAY)


@pytest.fixture(scope="module")
def busy_files(busy_day, tmp_path_factory):
    return written_once(lambda: busy_day, "images-of-a-busy-day", tmp_path_factory)


def traffic_of_the_busy_day(site, busy_day):
    """Retrieve it, and return what went over the line."""
    with open_sources(site.pacs)() as source:
        rows = retrieve_day(source, site, BUSY_DAY, lambda _issuer, patient_id, _study_uid: patient_id)
    assert_true(rows, busy_day)
    return source.traffic


def assert_true(rows, studies):
    truth = {one.uid: one for study in studies for one in study.series}
    assert len(studies) >= 41
    assert {row.series_uid: row.verdict for row in rows} == {uid: one.verdict for uid, one in truth.items()}
    kept = {row.series_uid: (row.start, row.end) for row in rows if row.verdict == KEPT}
    assert kept == {uid: (truth[uid].start, truth[uid].end) for uid in kept}


def test_a_day_in_orthanc_takes_30_requests_and_half_a_megabyte(busy_day, busy_files, start_orthanc, site_of):
    site = site_of(start_orthanc(busy_files), ae_title="ORTHANC")
    traffic = traffic_of_the_busy_day(site, busy_day)
    assert traffic.images == 0
    assert traffic.requests <= 30
    assert traffic.sent + traffic.received <= 500_000


def test_a_day_in_an_orthanc_without_attributes_takes_hardly_more_than_its_images(
    busy_day, busy_files, start_orthanc, site_of
):
    site = site_of(start_orthanc(busy_files, StorageAccessOnFind="Never"), ae_title="ORTHANC")
    traffic = traffic_of_the_busy_day(site, busy_day)
    assert traffic.images > 300
    assert traffic.requests <= 0.12 * traffic.images


def test_a_day_in_a_bare_archive_takes_hardly_more_than_its_images(busy_hospital, busy_day, site_of):
    with DemoArchive(busy_hospital, port=0, attributes=False) as running:
        traffic = traffic_of_the_busy_day(site_of(running.port), busy_day)
    assert traffic.images > 300
    assert traffic.requests <= 0.12 * traffic.images
