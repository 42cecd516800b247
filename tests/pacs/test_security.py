"""Our storage receiver: open only while a C-MOVE needs it, for one archive, for what was asked, up to a size."""

from __future__ import annotations

import logging
import socket
import struct
import time
import tracemalloc
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE, evt
from pynetdicom.sop_class import PositronEmissionTomographyImageStorage

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.gate import put_gate
from schedvisu_lib.pacs.dimse import GET, Archive
from schedvisu_lib.pacs.inbox import HeaderInbox
from schedvisu_lib.pacs.queries import retrieval
from schedvisu_lib.pacs.storage_scp import way_out
from schedvisu_lib.settings.pacs import Receiver

MONDAY = date(2026, 5, 11)
MEGABYTE = 1_000_000
REST_OF_LOOPBACK = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="127.0.0.2 is an address on Linux only"
)


@pytest.fixture
def settings(site_of, free_port):
    """A site whose archive is at 127.0.0.1, and whose receiver listens on a free port."""
    return site_of(104, move_port=free_port).pacs


@pytest.fixture
def call(settings):
    """Calls the receiver as the archive would: `call(ae_title="OTHER", source="127.0.0.2")` gives the association."""
    opened = []

    def associate(ae_title=settings.ae_title, called=settings.calling_ae_title, source="127.0.0.1", host="127.0.0.1"):
        entity = AE(ae_title=ae_title)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 5
        entity.add_requested_context(PositronEmissionTomographyImageStorage, ExplicitVRLittleEndian)
        opened.append(
            entity.associate(
                host,
                settings.receiver.port,
                ae_title=called,
                bind_address=(source, 0),
                evt_handlers=[(evt.EVT_CONN_OPEN, put_gate)],
            )
        )
        return opened[-1]

    yield associate
    for one in opened:
        if one.is_established:
            one.abort()


@pytest.fixture
def said(caplog):
    """What our library logs."""
    ours = logging.getLogger("schedvisu_lib")
    ours.addHandler(caplog.handler)  # another test may have turned its propagation off
    caplog.set_level(logging.DEBUG, logger="schedvisu_lib")
    yield caplog
    ours.removeHandler(caplog.handler)


def picture(n_bytes=64, uid=None):
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = PositronEmissionTomographyImageStorage
    image.SOPInstanceUID = uid or generate_uid()
    image.PatientID, image.PatientName = "8812345", "DOE^JANE"
    image.AcquisitionTime = "081530"
    image.add_new("PixelData", "OW", b"\0" * n_bytes)
    return image


def listeners(port):
    """Local addresses on which a port is listened on, as the kernel tells."""
    found = set()
    for table, family, size in (("tcp", socket.AF_INET, 8), ("tcp6", socket.AF_INET6, 32)):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address[size + 1 :], 16) == port:
                words = struct.unpack(f"<{size // 8}I", bytes.fromhex(address[:size]))
                found.add(socket.inet_ntop(family, struct.pack(f">{size // 8}I", *words)))
    return found


# When and where it listens


@REST_OF_LOOPBACK
def test_it_listens_during_a_move_alone_and_only_on_our_address_towards_the_archive(recording, site_of, free_port):
    seen, running = [], recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    instances = running._instances

    def watch(event):
        seen.append(listeners(free_port))
        return instances(event)

    running._instances = watch
    image = _some_image(running)
    with Archive(site_of(running.port, move_port=free_port).pacs) as archive:
        archive.inbox.expect([image[2]])
        archive.echo()
        assert listeners(free_port) == set()
        archive.move(retrieval([image]))
        assert listeners(free_port) == set()
        assert set(archive.inbox.headers) == {image[2]}
    assert seen == [{"127.0.0.1"}]


def _some_image(running):
    study = next(study for study in running.hospital.studies_on(MONDAY) if study.series[0].storage in ("CT", "PT"))
    return study.uid, study.series[0].uid, study.series[0].instance_uid(0)


@REST_OF_LOOPBACK
def test_it_listens_on_the_interface_that_the_site_names(settings, call):
    other = settings.model_copy(
        update={"receiver": Receiver(port=settings.receiver.port, interface="127.0.0.3", senders=("127.0.0.1",))}
    )
    with HeaderInbox(10, bool).listening(other):
        assert listeners(settings.receiver.port) == {"127.0.0.3"}
        assert call(host="127.0.0.3").is_established
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", settings.receiver.port), 1)


def test_our_address_towards_the_archive_is_told_without_asking_it(free_port):
    assert way_out("127.0.0.1", free_port) == "127.0.0.1"  # where nobody listens


def test_nothing_stays_connected_after_a_move(settings, call):
    with HeaderInbox(10, bool).listening(settings):
        left_open = call()
        silent = socket.create_connection(("127.0.0.1", settings.receiver.port))
        assert left_open.is_established
    silent.settimeout(5)
    with suppress(ConnectionResetError):
        assert silent.recv(10) == b""
    for _ in range(100):
        if not left_open.is_established:
            break
        time.sleep(0.02)
    assert left_open.is_aborted


# Who may call


def test_only_the_archives_title_calling_ours_is_let_in(settings, call):
    with HeaderInbox(10, bool).listening(settings):
        assert call(ae_title="STRANGER").is_rejected
        assert call(called="SOMEONE").is_rejected
        assert call().is_established


@REST_OF_LOOPBACK
def test_only_the_archives_address_and_those_that_the_site_names_are_let_in(settings, call, said):
    with HeaderInbox(10, bool).listening(settings):
        assert not call(source="127.0.0.2").is_established
        assert call().is_established
    assert "127.0.0.2 called, which is not the archive, and was turned away; see pacs.receiver.senders" in said.text
    named = settings.model_copy(update={"receiver": Receiver(port=settings.receiver.port, senders=("127.0.0.2",))})
    with HeaderInbox(10, bool).listening(named):
        assert call(source="127.0.0.2").is_established
        assert not call(source="127.0.0.4").is_established


@REST_OF_LOOPBACK
def test_of_other_addresses_not_a_byte_is_read(settings):
    with (
        HeaderInbox(10, bool).listening(settings),
        socket.create_connection(("127.0.0.1", settings.receiver.port), 2, ("127.0.0.2", 0)) as stranger,
    ):
        stranger.settimeout(2)
        assert stranger.recv(1) == b""  # closed before a word was said


def test_a_sender_whose_name_is_not_known_is_said(settings):
    named = settings.model_copy(update={"receiver": Receiver(senders=("pacs.invalid",))})
    with (
        pytest.raises(PacsUnreachable, match=r"pacs\.invalid: its name is not known .*check pacs\.host and pacs\.rec"),
        HeaderInbox(10, bool).listening(named),
    ):
        pass


# What is taken


def test_only_images_that_were_asked_for_are_taken(settings, call, said):
    inbox, wanted, other = HeaderInbox(10, bool), picture(), picture()
    inbox.expect([wanted.SOPInstanceUID])
    with inbox.listening(settings):
        association = call()
        assert association.send_c_store(other).Status == 0x0124
        assert association.send_c_store(wanted).Status == 0x0000
        inbox.expect(())
        assert association.send_c_store(wanted).Status == 0x0124
    assert inbox.headers == {}
    assert "an image that was not asked for was refused" in said.text
    assert "DOE" not in said.text
    assert "8812345" not in said.text


def test_an_image_above_the_limit_is_refused_and_the_next_one_is_taken(settings, call):
    inbox, large, small = HeaderInbox(2, bool), picture(2 * MEGABYTE), picture(MEGABYTE)
    inbox.expect([large.SOPInstanceUID, small.SOPInstanceUID])
    with inbox.listening(settings):
        association = call()
        assert association.send_c_store(large).Status == 0xA700
        assert association.send_c_store(small).Status == 0x0000
    assert set(inbox.headers) == {small.SOPInstanceUID}


def pdu(kind, length):
    return struct.pack(">BBL", kind, 0, length)


HUGE = pdu(4, 4_000_000_000)
"""The head of a message that would fill the memory in one piece."""
PIECE = pdu(4, 16_006) + struct.pack(">L", 16_002) + b"\1\0" + bytes(16_000)
"""A part of an image that is not its last."""


def send_without_end(connection, head, part=bytes(65_536)):
    """Send a head and then parts until the other side hangs up; return how many bytes it took."""
    sent = 0
    connection.settimeout(5)
    with suppress(OSError):
        connection.sendall(head)
        while sent < 60 * MEGABYTE:
            connection.sendall(part)
            sent += len(part)
    return sent


def peak(job):
    """Bytes that Python held at most during a job, beyond those before it, and what the job gave."""
    tracemalloc.start()
    try:
        result = job()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("head", "part"), [(HUGE, bytes(65_536)), (b"", PIECE)], ids=["one piece", "pieces"])
def test_the_line_is_cut_before_an_image_fills_the_memory(settings, call, said, head, part):
    inbox = HeaderInbox(2, bool)
    with inbox.listening(settings):
        connection = call().dul.socket.socket
        used, sent = peak(lambda: send_without_end(connection, head, part))
    assert sent < 20 * MEGABYTE  # what lay in the buffers of the system
    assert used < 10 * MEGABYTE
    assert "the line was cut: an image is larger than pacs.largest_image" in said.text
    assert inbox.headers == {}


def test_a_greeting_without_end_is_cut_as_well(settings):
    def flood():
        with socket.create_connection(("127.0.0.1", settings.receiver.port)) as connection:
            return send_without_end(connection, pdu(1, 500 * MEGABYTE))

    with HeaderInbox(2000, bool).listening(settings):
        used, sent = peak(flood)
    assert sent < 20 * MEGABYTE
    assert used < 5 * MEGABYTE


# The same on the association of a C-GET


class Flooding(DemoArchive):
    """Sends, instead of an image, a message without end."""

    sent = 0

    def _get(self, event):
        yield 1
        self.sent += send_without_end(event.assoc.dul.socket.socket, HUGE)
        yield 0xFF00, picture()


def test_an_image_without_end_in_a_get_is_cut_and_not_asked_for_again(hospital, site_of):
    with Flooding(hospital, port=0) as running:
        pacs = site_of(running.port, largest_image=2, tries=4, retry_pause=30).pacs
        with Archive(pacs) as archive:
            image = _some_image(running)
            archive.inbox.expect([image[2]])

            def get():
                with pytest.raises(PacsError) as caught:
                    archive.get(retrieval([image]), GET)
                return str(caught.value)

            used, line = peak(get)
            assert archive.traffic.requests == 1
    assert line.endswith("more than 3 MB at once came for C-GET; the line was cut")
    assert running.sent < 20 * MEGABYTE
    assert used < 10 * MEGABYTE


def test_what_a_get_brings_beside_what_was_asked_for_is_refused(recording, site_of):
    running = recording(attributes=False)
    study = next(study for study in running.hospital.studies_on(MONDAY) if study.series[0].n_instances > 3)
    series = study.series[0]
    query = retrieval([(study.uid, series.uid, series.instance_uid(0))])
    query.SOPInstanceUID = ""
    query.QueryRetrieveLevel = "SERIES"
    with Archive(site_of(running.port).pacs) as archive:
        archive.inbox.expect([series.instance_uid(0)])
        archive.get(query, GET)
        assert set(archive.inbox.headers) == {series.instance_uid(0)}
        assert archive.inbox.n_images == series.n_instances
