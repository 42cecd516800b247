"""Images that arrive: their headers are kept, whatever their coding; pixels and strangers never."""

from __future__ import annotations

import socket
from datetime import date

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    generate_uid,
)
from pynetdicom import AE, evt
from pynetdicom.sop_class import MRImageStorage, PositronEmissionTomographyImageStorage

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.gate import put_gate
from schedvisu_lib.pacs.dimse import GET, Archive
from schedvisu_lib.pacs.inbox import IMAGES, SYNTAXES, HeaderInbox
from schedvisu_lib.pacs.queries import retrieval
from schedvisu_lib.settings.pacs import Receiver

SYNTAX = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, JPEGBaseline8Bit]


def picture(syntax):
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    image.SOPClassUID = PositronEmissionTomographyImageStorage
    image.SOPInstanceUID = generate_uid()
    image.AcquisitionDate, image.AcquisitionTime = "20250303", "081530.5"
    image.ActualFrameDuration = "180000"
    pixels = bytes(range(256)) * 16
    image.add_new("PixelData", "OB" if syntax == JPEGBaseline8Bit else "OW", pixels)
    if syntax == JPEGBaseline8Bit:
        image.PixelData = encapsulate([pixels])
    return image


def inbox_for(*images):
    inbox = HeaderInbox(2000, lambda: None)
    inbox.expect([image.SOPInstanceUID for image in images])
    return inbox


@pytest.fixture
def settings(site_of, free_port):
    return site_of(104, receiver=Receiver(port=free_port, interface="127.0.0.1")).pacs


@pytest.fixture
def deliver(settings):
    """Opens an association to the inbox as the archive would: `deliver(syntax)`."""
    opened = []

    def associate(syntax, ae_title=settings.ae_title, sop_class=PositronEmissionTomographyImageStorage):
        entity = AE(ae_title=ae_title)
        entity.add_requested_context(sop_class, syntax)
        opened.append(
            entity.associate(
                "127.0.0.1",
                settings.receiver.port,
                ae_title=settings.calling_ae_title,
                evt_handlers=[(evt.EVT_CONN_OPEN, put_gate)],
            )
        )
        return opened[-1]

    yield associate
    for one in opened:
        if one.is_established:
            one.release()


@pytest.mark.parametrize("syntax", SYNTAX, ids=lambda uid: uid.name)
def test_the_header_of_an_image_is_kept_and_its_pixels_are_not(settings, deliver, syntax):
    image = picture(syntax)
    inbox = inbox_for(image)
    with inbox.listening(settings):
        assert deliver(syntax).send_c_store(image).Status == 0x0000
    header = inbox.headers[image.SOPInstanceUID]
    assert "PixelData" not in header
    assert (header.AcquisitionTime, header.ActualFrameDuration) == ("081530.5", 180_000)


def test_a_broken_image_is_refused_and_the_next_one_is_taken(settings, deliver, monkeypatch):
    broken, image = picture(ExplicitVRLittleEndian), picture(ExplicitVRLittleEndian)
    inbox = inbox_for(broken, image)
    with inbox.listening(settings):
        association = deliver(ExplicitVRLittleEndian)
        monkeypatch.setattr("pynetdicom.association.encode", lambda *_, **__: b"\x08\x00\x05\x00SQ\x00\x00\xff")
        assert association.send_c_store(broken).Status == 0xC000
        monkeypatch.undo()
        assert association.send_c_store(image).Status == 0x0000
    assert list(inbox.headers) == [image.SOPInstanceUID]
    assert inbox.n_images == 2


def test_what_was_expected_before_is_forgotten(settings, deliver):
    first, second = picture(ImplicitVRLittleEndian), picture(ImplicitVRLittleEndian)
    inbox = inbox_for(first)
    with inbox.listening(settings):
        association = deliver(ImplicitVRLittleEndian)
        assert association.send_c_store(first).Status == 0x0000
        inbox.expect([second.SOPInstanceUID])
        assert inbox.headers == {}
        assert association.send_c_store(first).Status == 0x0124
        assert association.send_c_store(second).Status == 0x0000
    assert list(inbox.headers) == [second.SOPInstanceUID]


def test_each_image_that_arrives_is_told(settings, deliver):
    arrived = []
    inbox = HeaderInbox(2000, lambda: arrived.append(1))
    with inbox.listening(settings):
        assert deliver(ImplicitVRLittleEndian).send_c_store(picture(ImplicitVRLittleEndian)).Status == 0x0124
    assert arrived == [1]


def test_only_the_configured_archive_may_deliver(settings, deliver):
    with inbox_for().listening(settings):
        assert deliver(ImplicitVRLittleEndian, ae_title="STRANGER").is_rejected
        assert deliver(ImplicitVRLittleEndian).is_established


def test_what_is_no_image_of_ours_is_not_accepted(settings, deliver):
    with inbox_for().listening(settings):
        assert not deliver(ImplicitVRLittleEndian, sop_class=MRImageStorage).accepted_contexts


def test_the_port_is_open_only_while_it_is_needed(settings):
    for _ in range(2):
        with inbox_for().listening(settings):
            socket.create_connection(("127.0.0.1", settings.receiver.port), 1).close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", settings.receiver.port), 1)


def test_a_port_that_is_taken_says_what_to_change(settings):
    words = (
        rf"cannot listen on port {settings.receiver.port} for C-MOVE \(.+\); see pacs.receiver, or leave move out of "
        r"pacs\.ways"
    )
    second = inbox_for().listening(settings)
    with inbox_for().listening(settings), pytest.raises(PacsUnreachable, match=words):
        second.__enter__()


def test_one_association_can_propose_every_class_in_every_syntax():
    assert len(IMAGES) * len(SYNTAXES) + 5 <= 128


@pytest.mark.parametrize("way", ["get", "move"])
def test_no_fetched_header_holds_pixels(recording, site_of, free_port, way):
    running = recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    images = [
        (study.uid, one.uid, one.instance_uid(0))
        for study in running.hospital.studies_on(date(2026, 5, 11))
        for one in study.series
        if one.storage in ("CT", "PT", "NM", "SC")
    ]
    with Archive(site_of(running.port, move_port=free_port).pacs) as asked:
        asked.inbox.expect([sop for *_, sop in images])
        asked.get(retrieval(images), GET) if way == "get" else asked.move(retrieval(images))
        headers = asked.inbox.headers
    assert set(headers) == {sop for *_, sop in images}
    assert {header.Modality for header in headers.values()} >= {"CT", "PT", "NM"}
    assert all(element.tag.group < 0x7FE0 for header in headers.values() for element in header)
