"""The embedded PACS over real associations, with pynetdicom as the caller."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, Association, build_role, evt
from pynetdicom.sop_class import (
    CompositeInstanceRetrieveWithoutBulkDataGet,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from schedvisu_lib.config import Site
from schedvisu_lib.demo.archive import DemoArchive, start_demo_archive
from schedvisu_lib.demo.headers import SOP_CLASSES
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import Frames, SimSeries, SimStudy
from schedvisu_lib.errors import PacsError
from schedvisu_lib.gate import Gate

from .conftest import DAY, MONDAY, Find, at_once, free_port, identifier_of

GET = StudyRootQueryRetrieveInformationModelGet
MOVE = StudyRootQueryRetrieveInformationModelMove
FIND = StudyRootQueryRetrieveInformationModelFind
HEADERS = CompositeInstanceRetrieveWithoutBulkDataGet


def _sample(hospital: Hospital, storage: str) -> tuple[SimStudy, SimSeries]:
    return next((study, one) for study in hospital.studies_on(MONDAY) for one in study.series if one.storage == storage)


def test_echo(archive: DemoArchive) -> None:
    caller = AE()
    caller.add_requested_context(Verification)
    association = caller.associate("127.0.0.1", archive.port, ae_title="WHOEVER")
    assert association.is_established
    assert association.send_c_echo().Status == 0
    association.release()


def test_study_query(find: Find, hospital: Hospital) -> None:
    answers, status = find(
        "STUDY",
        StudyDate=DAY,
        StudyTime="",
        StudyInstanceUID="",
        PatientID="",
        IssuerOfPatientID="",
        PatientName="",
        StudyDescription="",
        ModalitiesInStudy="",
        NumberOfStudyRelatedSeries="",
        NumberOfStudyRelatedInstances="",
    )
    assert status.Status == 0
    studies = hospital.studies_on(MONDAY)
    assert [answer.StudyInstanceUID for answer in answers] == [study.uid for study in studies]
    for answer, study in zip(answers, studies, strict=True):
        assert answer.PatientID == study.patient.id
        assert answer.IssuerOfPatientID == "HDD"
        assert answer.PatientName == study.patient.name
        assert answer.StudyDescription == study.description
        assert answer.NumberOfStudyRelatedSeries == len(study.series)
        assert answer.NumberOfStudyRelatedInstances == study.n_instances
        assert answer.StudyTime == f"{study.registered:%H%M%S}"
        assert answer.QueryRetrieveLevel == "STUDY"
        modalities = answer.ModalitiesInStudy
        assert tuple([modalities] if isinstance(modalities, str) else modalities) == study.modalities


def test_study_query_by_modality_and_wildcard(find: Find, hospital: Hospital) -> None:
    answers, _ = find("STUDY", StudyDate=DAY, StudyInstanceUID="", ModalitiesInStudy="NM", StudyDescription="*sc?nti*")
    wanted = [s for s in hospital.studies_on(MONDAY) if "NM" in s.modalities and "scinti" in s.description]
    assert {answer.StudyInstanceUID for answer in answers} == {study.uid for study in wanted}


def test_study_query_over_a_range_of_days(find: Find, hospital: Hospital) -> None:
    answers, status = find("STUDY", StudyDate="20250301-20250304", StudyInstanceUID="")
    days = [study.uid for day in (MONDAY, date(2025, 3, 4)) for study in hospital.studies_on(day)]
    assert [answer.StudyInstanceUID for answer in answers] == days
    assert status.Status == 0


def test_series_query_of_a_study(find: Find, hospital: Hospital) -> None:
    study = hospital.studies_on(MONDAY)[3]
    answers, _ = find(
        "SERIES",
        StudyInstanceUID=study.uid,
        SeriesInstanceUID="",
        Modality="",
        SeriesDescription="",
        ProtocolName="",
        InstitutionName="",
        StationName="",
        ManufacturerModelName="",
        NumberOfSeriesRelatedInstances="",
        SeriesDate="",
        SeriesTime="",
    )
    assert [answer.SeriesInstanceUID for answer in answers] == [one.uid for one in study.series]
    for answer, one in zip(answers, study.series, strict=True):
        assert answer.ManufacturerModelName == one.device.model
        assert answer.SeriesDescription == one.description
        assert answer.ProtocolName == one.protocol
        assert answer.InstitutionName == one.institution
        assert answer.NumberOfSeriesRelatedInstances == one.n_instances
        assert answer.SeriesDate == DAY


def test_relational_series_query_of_a_day(find: Find, hospital: Hospital) -> None:
    answers, status = find("SERIES", StudyInstanceUID="", StudyDate=DAY, SeriesInstanceUID="", Modality="PT")
    wanted = [one for study in hospital.studies_on(MONDAY) for one in study.series if one.modality == "PT"]
    assert {answer.SeriesInstanceUID for answer in answers} == {one.uid for one in wanted}
    assert {answer.StudyDate for answer in answers} == {DAY}
    assert status.Status == 0


def test_series_query_holds_the_header_of_an_only_instance(find: Find, hospital: Hospital) -> None:
    study, one = next(
        (study, one)
        for study in hospital.studies_on(MONDAY)
        for one in study.series
        if isinstance(one.timing, Frames) and one.timing.kind == "DYNAMIC"
    )
    (answer,), _ = find(
        "SERIES",
        StudyInstanceUID=study.uid,
        SeriesInstanceUID=one.uid,
        AcquisitionTime="",
        ImageType="",
        NumberOfFrames="",
        PhaseInformationSequence=[],
    )
    assert answer.AcquisitionTime.startswith(f"{one.timing.start:%H%M%S}")
    assert answer.NumberOfFrames == one.timing.n_frames
    assert [item.ActualFrameDuration for item in answer.PhaseInformationSequence] == [
        phase.frame_ms for phase in one.timing.phases
    ]


IMAGE_KEYS: dict[str, Any] = {
    "SOPClassUID": "",
    "SOPInstanceUID": "",
    "AcquisitionDate": "",
    "AcquisitionTime": "",
    "ActualFrameDuration": "",
    "ImageType": "",
}


def test_image_query_with_lists_of_series(find: Find, hospital: Hospital) -> None:
    pets = [one for study in hospital.studies_on(MONDAY) for one in study.series if one.storage == "PT"]
    uids = [one.uid for one in pets]
    answers, status = find("IMAGE", StudyInstanceUID="", SeriesInstanceUID=uids, InstanceNumber="1", **IMAGE_KEYS)
    assert status.Status == 0
    assert [answer.SeriesInstanceUID for answer in answers] == [one.uid for one in pets if one.numbering.first == 1]
    assert {answer.SOPClassUID for answer in answers} == {SOP_CLASSES["PT"]}
    assert all(answer.InstanceNumber == 1 and answer.ActualFrameDuration > 0 for answer in answers)


def test_image_query_with_a_list_of_instances(find: Find, hospital: Hospital) -> None:
    _, ct = _sample(hospital, "CT")
    _, pet = _sample(hospital, "PT")
    uids = [ct.instance_uid(0), pet.instance_uid(5), pet.instance_uid(6), pet.uid, "1.2.3"]
    answers, _ = find("IMAGE", StudyInstanceUID="", SeriesInstanceUID="", **IMAGE_KEYS | {"SOPInstanceUID": uids})
    assert [answer.SOPInstanceUID for answer in answers] == uids[:3]


def test_image_query_of_a_series_gives_every_instance(find: Find, hospital: Hospital) -> None:
    study, pet = _sample(hospital, "PT")
    answers, _ = find(
        "IMAGE", StudyInstanceUID=study.uid, SeriesInstanceUID=pet.uid, InstanceNumber="", SOPInstanceUID=""
    )
    assert [answer.InstanceNumber for answer in answers] == list(range(1, pet.n_instances + 1))


def test_archive_without_attributes_answers_required_keys_only(find_bare: Find, hospital: Hospital) -> None:
    study, pet = _sample(hospital, "PT")
    (answer,), _ = find_bare(
        "IMAGE", StudyInstanceUID=study.uid, SeriesInstanceUID=pet.uid, InstanceNumber="1", **IMAGE_KEYS
    )
    assert answer.SOPInstanceUID == pet.instance_uid(0)
    assert "AcquisitionTime" not in answer
    (series,), _ = find_bare(
        "SERIES", StudyInstanceUID=study.uid, SeriesInstanceUID=pet.uid, Modality="", ManufacturerModelName=""
    )
    assert series.Modality == "PT"
    assert "ManufacturerModelName" not in series


def test_unknown_uid_matches_nothing(find: Find) -> None:
    answers, status = find("SERIES", StudyInstanceUID="1.2.3", SeriesInstanceUID="")
    assert (answers, status.Status) == ([], 0)


@pytest.mark.filterwarnings("ignore:Invalid value for VR DA")
@pytest.mark.parametrize(
    ("level", "keys"),
    [(None, {"StudyDate": DAY}), ("PATIENT", {"PatientID": ""}), ("STUDY", {"StudyDate": "20251399"})],
)
def test_identifier_that_does_not_fit_the_model_is_refused(find: Find, level: str | None, keys: dict[str, str]) -> None:
    answers, status = find(level, **keys)
    assert (answers, status.Status) == ([], 0xA900)
    assert status.ErrorComment


@pytest.mark.parametrize("dates", ["", "-20250303"])
def test_query_without_a_first_day_is_refused(find: Find, dates: str) -> None:
    answers, status = find("STUDY", StudyDate=dates, StudyInstanceUID="", PatientID="D1234567")
    assert (answers, status.Status) == ([], 0xA700)
    assert "StudyDate" in status.ErrorComment


def test_query_is_cancelled(archive: DemoArchive) -> None:
    caller = AE()
    caller.add_requested_context(FIND)
    association = caller.associate("127.0.0.1", archive.port, evt_handlers=[(evt.EVT_CONN_OPEN, at_once)])
    query = identifier_of("SERIES", StudyInstanceUID="", StudyDate="20250303-20260331", SeriesInstanceUID="")
    last = 0
    for number, (status, _) in enumerate(association.send_c_find(query, FIND, msg_id=7)):
        last = status.Status
        if number == 0:
            association.send_c_cancel(7, None, FIND)
    association.release()
    assert last == 0xFE00


def test_small_pdus_are_respected(archive: DemoArchive, hospital: Hospital) -> None:
    caller = AE()
    caller.add_requested_context(FIND)
    sizes: list[int] = []
    association = caller.associate(
        "127.0.0.1",
        archive.port,
        max_pdu=128,
        evt_handlers=[(evt.EVT_CONN_OPEN, at_once), (evt.EVT_DATA_RECV, lambda event: sizes.append(len(event.data)))],
    )
    query = identifier_of("STUDY", StudyDate=DAY, StudyInstanceUID="", StudyDescription="", PatientName="")
    answers = [answer for _, answer in association.send_c_find(query, FIND) if answer is not None]
    association.release()
    assert [answer.StudyInstanceUID for answer in answers] == [study.uid for study in hospital.studies_on(MONDAY)]
    assert max(sizes[1:]) <= 128 + 6


def _get(archive: DemoArchive, level: str, *, service: str = GET, **keys: Any) -> tuple[list[Dataset], list[Dataset]]:
    """Return the images that arrived and every status."""
    images: list[Dataset] = []

    def store(event: Any) -> int:
        images.append(event.dataset)
        return 0

    caller = AE()
    caller.add_requested_context(service)
    for sop_class in SOP_CLASSES.values():
        caller.add_requested_context(sop_class)
    association = caller.associate(
        "127.0.0.1",
        archive.port,
        ext_neg=[build_role(sop_class, scp_role=True) for sop_class in SOP_CLASSES.values()],
        evt_handlers=[(evt.EVT_C_STORE, store), (evt.EVT_CONN_OPEN, at_once)],
    )
    assert association.is_established
    statuses = [status for status, _ in association.send_c_get(identifier_of(level, **keys), service)]
    association.release()
    return images, statuses


def test_get_by_list_of_instances(archive: DemoArchive, hospital: Hospital) -> None:
    study, pet = _sample(hospital, "PT")
    _, ct = _sample(hospital, "CT")
    uids = [pet.instance_uid(0), pet.instance_uid(pet.n_instances - 1), ct.instance_uid(2 if ct.n_instances > 2 else 0)]
    images, statuses = _get(archive, "IMAGE", SOPInstanceUID=uids)
    assert [image.SOPInstanceUID for image in images] == uids
    assert statuses[-1].Status == 0
    assert statuses[-1].NumberOfCompletedSuboperations == 3
    assert images[0].StudyInstanceUID == study.uid


def test_get_of_a_study(archive: DemoArchive, hospital: Hospital) -> None:
    study = min(hospital.studies_on(MONDAY), key=lambda study: study.n_instances)
    images, statuses = _get(archive, "STUDY", StudyInstanceUID=study.uid)
    assert len(images) == study.n_instances
    assert statuses[-1].Status == 0


def test_get_of_an_unknown_instance_completes_with_none(archive: DemoArchive) -> None:
    images, statuses = _get(archive, "IMAGE", SOPInstanceUID="1.2.3")
    assert (images, statuses[-1].Status) == ([], 0)


def test_get_without_a_uid_is_refused(archive: DemoArchive) -> None:
    images, statuses = _get(archive, "STUDY", StudyDate=DAY)
    assert (images, statuses[-1].Status) == ([], 0xA900)


def test_images_come_without_bulk_data_where_that_is_offered(hospital: Hospital, archive: DemoArchive) -> None:
    _, pet = _sample(hospital, "PT")
    uids = [pet.instance_uid(0), pet.instance_uid(pet.n_instances - 1)]
    whole, _ = _get(archive, "IMAGE", SOPInstanceUID=uids)
    with DemoArchive(hospital, port=0, without_bulk_data=True) as offering:
        images, statuses = _get(offering, "IMAGE", service=HEADERS, SOPInstanceUID=uids)
    assert (statuses[-1].Status, statuses[-1].NumberOfCompletedSuboperations) == (0, 2)
    assert [image.SOPInstanceUID for image in images] == uids
    for image, other in zip(images, whole, strict=True):
        assert other.pop("PixelData").value
        assert image == other
    with pytest.raises(ValueError, match="Without Bulk Data"):
        _get(archive, "IMAGE", service=HEADERS, SOPInstanceUID=uids)


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[Dataset]]]:
    """A storage server on a free port, and what it received."""
    images: list[Dataset] = []

    def store(event: Any) -> int:
        images.append(event.dataset)
        return 0

    entity = AE(ae_title="MAILBOX")
    for sop_class in SOP_CLASSES.values():
        entity.add_supported_context(sop_class)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    yield server.server_address[1], images
    server.shutdown()


def _move(archive: DemoArchive, destination: str, level: str, **keys: Any) -> list[Dataset]:
    caller = AE()
    caller.add_requested_context(MOVE)
    association = caller.associate("127.0.0.1", archive.port, evt_handlers=[(evt.EVT_CONN_OPEN, at_once)])
    assert association.is_established
    statuses = [status for status, _ in association.send_c_move(identifier_of(level, **keys), destination, MOVE)]
    association.release()
    return statuses


def test_move_sends_to_the_destination(
    archive: DemoArchive, hospital: Hospital, mailbox: tuple[int, list[Dataset]]
) -> None:
    port, images = mailbox
    archive.destinations["MAILBOX"] = ("127.0.0.1", port)
    study = next(s for s in hospital.studies_on(MONDAY) if s.modalities == ("NM",))
    statuses = _move(archive, "MAILBOX", "SERIES", StudyInstanceUID=study.uid, SeriesInstanceUID=study.series[0].uid)
    assert statuses[-1].Status == 0
    assert [image.SeriesInstanceUID for image in images] == [study.series[0].uid]


def test_move_never_misses_an_answer_of_the_destination(
    archive: DemoArchive, hospital: Hospital, mailbox: tuple[int, list[Dataset]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """pynetdicom's own thread takes one now and then (its issue 875), and the caller waited until it gave up."""
    opened: list[Association] = []
    begin = Association.request
    monkeypatch.setattr(Association, "request", lambda self: (opened.append(self), begin(self))[1])
    test_move_sends_to_the_destination(archive, hospital, mailbox)
    asked, sending = opened
    assert asked.acceptor.port == archive.port
    assert sending.acceptor.port == mailbox[0]
    assert isinstance(sending._reactor_checkpoint, Gate)


def test_move_to_an_unknown_destination_is_refused(archive: DemoArchive, hospital: Hospital) -> None:
    statuses = _move(archive, "STRANGER", "STUDY", StudyInstanceUID=hospital.studies_on(MONDAY)[0].uid)
    assert statuses[-1].Status == 0xA801


def test_move_to_a_destination_that_does_not_answer_is_refused(archive: DemoArchive, hospital: Hospital) -> None:
    statuses = _move(archive, "NOBODY", "STUDY", StudyInstanceUID=hospital.studies_on(MONDAY)[0].uid)
    assert statuses[-1].Status == 0xA801


def test_move_without_a_uid_is_refused(archive: DemoArchive, mailbox: tuple[int, list[Dataset]]) -> None:
    archive.destinations["MAILBOX"] = ("127.0.0.1", mailbox[0])
    assert _move(archive, "MAILBOX", "STUDY", StudyDate=DAY)[-1].Status == 0xA900


def test_port_in_use_is_told(archive: DemoArchive, hospital: Hospital) -> None:
    with pytest.raises(PacsError, match=rf"cannot listen on 127.0.0.1:{archive.port}.*pacs.port"):
        DemoArchive(hospital, port=archive.port).start()


def test_demo_archive_of_a_site_is_where_the_site_looks_for_it(site: Site) -> None:
    pacs = site.pacs.model_copy(update={"port": free_port()})
    running = start_demo_archive(site.model_copy(update={"pacs": pacs}), last_day=MONDAY)
    try:
        assert (running.port, running.ae_title) == (pacs.port, "DEMOPACS")
        assert running.destinations == {"SCHEDVISU": ("127.0.0.1", 11105)}
        with socket.create_connection(("127.0.0.1", pacs.port), timeout=5):
            pass
    finally:
        running.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", pacs.port), timeout=5)
