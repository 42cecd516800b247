"""A line to an application: only a last status of success is a whole answer; every refusal says what to do."""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from datetime import date
from threading import Thread

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, build_context, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as Find
from pynetdicom.sop_class import Verification

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.wire import PendingAnswers
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.gate import Gate
from schedvisu_lib.pacs import line as line_module
from schedvisu_lib.pacs.line import Line, TooManyAnswers
from schedvisu_lib.pacs.patience import LineBroken

MONDAY = date(2026, 5, 11)


def studies_query(**keys):
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.StudyInstanceUID = ""
    query.StudyDate = f"{MONDAY:%Y%m%d}"
    for keyword, value in keys.items():
        setattr(query, keyword, value)
    return query


def uids(answers):
    return [one.StudyInstanceUID for one in answers]


@pytest.fixture
def line_to(site_of):
    """Opens lines: `line_to(port, tries=2)`."""

    def make(port, **settings):
        return Line(site_of(port, **settings).pacs, [build_context(Find)])

    return make


@pytest.fixture
def serve():
    """Starts a small server: `serve([SOP classes], handlers, port=0, require_called_aet=True)` gives its port."""
    running = []

    def start(classes, handlers=(), *, port=0, **settings):
        entity = AE(ae_title="SMALL")
        for one in classes:
            entity.add_supported_context(one)
        for name, value in settings.items():
            setattr(entity, name, value)
        running.append(entity.start_server(("127.0.0.1", port), block=False, evt_handlers=list(handlers)))
        return running[-1].server_address[1]

    yield start
    for one in running:
        one.shutdown()


# Reaching it


def test_an_archive_that_is_there_answers_an_echo(archive, line_to):
    with line_to(archive.port) as asked:
        assert not asked.is_open
        asked.echo()
        assert asked.is_open
        assert asked.traffic.requests == 1
    assert not asked.is_open


@pytest.mark.parametrize(("server", "title"), [("orthanc", "ORTHANC"), ("dcmqrscp", "DCMQRSCP")])
def test_real_archives_answer_an_echo(request, line_to, server, title):
    with line_to(request.getfixturevalue(server), ae_title=title) as asked:
        asked.echo()
        assert asked.offers(Find)


def test_a_closed_port_is_named_with_what_to_check(line_to, free_port):
    words = re.escape(f"PACS DEMOPACS at 127.0.0.1:{free_port} cannot be reached (Connection refused); ")
    with line_to(free_port) as asked, pytest.raises(PacsUnreachable, match=f"{words}check pacs.host"):
        asked.echo()


def test_an_unknown_host_is_named_at_once(line_to):
    began = time.monotonic()
    with (
        line_to(104, host="pacs.invalid", retry_pause=30) as asked,
        pytest.raises(PacsUnreachable, match=r"PACS DEMOPACS at pacs\.invalid:104: its name is not known .*pacs\.host"),
    ):
        asked.echo()
    assert time.monotonic() - began < 20


def test_a_wrong_ae_title_is_rejected_once_and_the_line_says_what_to_check(serve, line_to):
    knocks = []
    port = serve([Verification], [(evt.EVT_REQUESTED, lambda _: knocks.append(1))], require_called_aet=True)
    with line_to(port, ae_title="WRONG", calling_ae_title="US") as asked, pytest.raises(PacsUnreachable) as caught:
        asked.echo()
    said = str(caught.value)
    assert f"PACS WRONG at 127.0.0.1:{port} rejected the association" in said
    assert "Called AE title not recognised" in said
    assert said.endswith("check pacs.ae_title and that the archive knows us as US")
    assert "\n" not in said
    assert len(knocks) < 4  # where the rejection itself is lost, the next attempt tells


def test_dcmqrscp_rejects_a_wrong_ae_title(dcmqrscp, line_to):
    with (
        line_to(dcmqrscp, ae_title="WRONG") as asked,
        pytest.raises(PacsUnreachable, match=r"PACS WRONG at .* rejected the association .*; check pacs\.ae_title"),
    ):
        asked.find(studies_query(), Find)


@pytest.fixture
def full():
    """A server that rejects every association for now (PS3.8 9.3.4); gives its port and how many asked."""
    asked = []

    def reject(server):
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    if connection.recv(65_536):
                        asked.append(1)
                        connection.sendall(b"\x03\x00\x00\x00\x00\x04\x00\x02\x03\x02")
                        connection.recv(1)  # until the caller hangs up

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=reject, args=(server,), daemon=True).start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)


def test_a_rejection_for_now_is_tried_again_as_often_as_the_site_says(full, line_to):
    port, asked = full
    with (
        line_to(port, tries=3) as line,
        pytest.raises(PacsUnreachable, match=r"rejected the association \(Rejected Transient, Local limit exceeded\)"),
    ):
        line.echo()
    assert len(asked) == 3


def test_a_port_of_something_else_is_no_archive(line_to):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            for _ in range(4):
                connection, _ = server.accept()
                connection.sendall(b"220 mail.example ESMTP\r\n")
                connection.close()

        Thread(target=greet, daemon=True).start()
        with (
            line_to(server.getsockname()[1], connect_timeout=2, association_timeout=2, tries=2) as asked,
            pytest.raises(
                PacsUnreachable,
                match="accepts connections but no association; check that it is a DICOM port without TLS",
            ),
        ):
            asked.echo()


def test_an_archive_that_never_answers_ends_in_an_error_that_names_the_setting(serve, line_to):
    def slow(event):
        time.sleep(1.5)
        return 0x0000

    port = serve([Verification], [(evt.EVT_C_ECHO, slow)])
    with (
        line_to(port, answer_timeout=0.3, tries=2) as asked,
        pytest.raises(LineBroken, match=r"no answer to C-ECHO within 0\.3 s; see answer_timeout"),
    ):
        asked.echo()
    assert asked.traffic.requests == 2


def test_an_archive_that_offers_no_queries_is_unreachable_for_us(serve, line_to):
    with line_to(serve([Verification])) as asked:
        assert not asked.offers(Find)
        with pytest.raises(
            PacsUnreachable, match="does not offer C-FIND at level STUDY; ask its administrator to allow it for SCHED"
        ):
            asked.find(studies_query(), Find)
        asked.echo()  # it is there all the same


# Answers


def test_one_association_serves_many_requests(archive, line_to):
    with line_to(archive.port) as asked:
        asked.echo()
        association = asked._association
        first, second = asked.find(studies_query(), Find), asked.find(studies_query(), Find)
        assert asked._association is association
        assert asked.traffic.requests == 3
    assert uids(first) == uids(second)
    assert not association.is_established


def test_what_goes_over_the_line_is_counted(archive, line_to):
    with line_to(archive.port) as asked:
        asked.find(studies_query(), Find)
        small = (asked.traffic.sent, asked.traffic.received)
        asked.find(studies_query(StudyDescription="", PatientID=""), Find)
        large = (asked.traffic.sent - small[0], asked.traffic.received - small[1])
    assert 100 < large[0] < small[0]  # the first one also asked for the association
    assert large[1] > small[1] > len(asked.where)


@pytest.mark.parametrize(
    ("query", "error", "status"),
    [
        (studies_query(QueryRetrieveLevel="PATIENT"), PacsError, r"0xA900 \(identifier does not match the SOP class\)"),
        (studies_query(StudyDate=""), TooManyAnswers, r"0xA700 \(out of resources: too many answers\)"),
    ],
)
def test_any_last_status_but_success_is_an_error_and_the_association_goes_on(archive, line_to, query, error, status):
    with line_to(archive.port) as asked:
        with pytest.raises(error, match=f"C-FIND at level [A-Z]+ ended with status {status}"):
            asked.find(query, Find)
        assert asked.traffic.requests == 1
        association = asked._association
        assert asked.find(studies_query(), Find)
        assert asked._association is association


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0xFE00, TooManyAnswers),
        (0xA700, TooManyAnswers),
        (0xC001, PacsError),
        (0xB001, PacsError),
        (0x0110, PacsError),
        (0x0122, PacsUnreachable),
        (0x0124, PacsUnreachable),
    ],
)
def test_rows_before_a_failure_are_no_answer_and_the_failure_is_not_asked_for_again(serve, line_to, status, error):
    def cut_short(event):
        row = Dataset()
        row.StudyInstanceUID = "1.2.3"
        yield 0xFF00, row
        yield status, None

    port = serve([Find], [(evt.EVT_C_FIND, cut_short)])
    with line_to(port) as asked, pytest.raises(PacsError, match=f"0x{status:04X}") as caught:
        asked.find(studies_query(), Find)
    assert type(caught.value) is error
    assert asked.traffic.requests == 1


def test_an_answer_that_cannot_be_decoded_is_an_error_not_a_missing_row(serve, line_to):
    def garbled(event):
        PendingAnswers(event).send(b"\x08\x00\x15\x11\xff\xff\xff\xffgarbage")
        yield 0x0000, None

    port = serve([Find], [(evt.EVT_C_FIND, garbled)])
    with line_to(port) as asked, pytest.raises(PacsError, match="an answer to the C-FIND at level STUDY cannot be dec"):
        asked.find(studies_query(), Find)


def endless(event):
    row = Dataset()
    row.StudyInstanceUID = "1.2.3"
    while event.assoc.is_established:
        yield 0xFF00, row
        time.sleep(0.001)


def test_answers_without_end_are_ended_after_a_time_and_the_next_request_is_answered(serve, line_to):
    port = serve([Verification, Find], [(evt.EVT_C_FIND, endless)])
    with line_to(port, request_timeout=0.4) as asked:
        with pytest.raises(PacsError, match=r"C-FIND at level STUDY did not end within 0\.4 s; see request_timeout"):
            asked.find(studies_query(), Find)
        assert asked.traffic.requests == 1
        asked.echo()


def test_answers_without_end_are_ended_after_a_number(serve, line_to, monkeypatch):
    monkeypatch.setattr(line_module, "MOST_ANSWERS", 20)
    with (
        line_to(serve([Find], [(evt.EVT_C_FIND, endless)])) as asked,
        pytest.raises(PacsError, match="C-FIND at level STUDY did not end after 20 answers; ask its administrator"),
    ):
        asked.find(studies_query(), Find)


# A line that breaks


def test_a_find_that_breaks_once_is_asked_again_on_a_fresh_association(archive, line_to, cutting):
    with line_to(archive.port) as asked:
        whole = uids(asked.find(studies_query(), Find))
    proxy = cutting(archive.port, limit=2_000, cuts=1)
    with line_to(proxy.port) as asked:
        assert uids(asked.find(studies_query(), Find)) == whole
        assert asked.traffic.requests == 2
    assert proxy.cuts_left == 0


def test_a_find_that_breaks_too_often_is_an_error(archive, line_to, cutting):
    proxy = cutting(archive.port, limit=2_000, cuts=2)
    with line_to(proxy.port, tries=2) as asked:
        with pytest.raises(LineBroken, match="the connection was lost during C-FIND at level STUDY"):
            asked.find(studies_query(), Find)
        assert asked.traffic.requests == 2
        assert asked.find(studies_query(), Find)


def test_pauses_between_tries_double(archive, line_to, cutting):
    proxy = cutting(archive.port, limit=2_000, cuts=3)
    began = time.monotonic()
    with line_to(proxy.port, tries=4, retry_pause=0.1) as asked:
        assert asked.find(studies_query(), Find)
    assert 0.1 + 0.2 + 0.4 <= time.monotonic() - began < 5
    assert proxy.cuts_left == 0


def test_an_archive_that_is_gone_after_the_break_is_unreachable(archive, line_to, cutting):
    proxy = cutting(archive.port, limit=2_000, cuts=1, then_close=True)
    with line_to(proxy.port) as asked, pytest.raises(PacsUnreachable, match="cannot be reached"):
        asked.find(studies_query(), Find)


def test_an_archive_that_starts_meanwhile_is_waited_for(hospital, line_to, free_port):
    starting = DemoArchive(hospital, port=free_port)
    with line_to(free_port, tries=6, retry_pause=0.2) as asked:
        Thread(target=lambda: (time.sleep(0.5), starting.start()), daemon=True).start()
        try:
            asked.echo()
            assert asked.traffic.requests == 1
        finally:
            starting.stop()


def test_an_archive_that_left_between_two_requests_is_called_anew(hospital, line_to):
    with DemoArchive(hospital, port=0) as running, line_to(running.port) as asked:
        before = uids(asked.find(studies_query(), Find))
        for association in running._server.active_associations:
            association.abort()
        deadline = time.monotonic() + 5
        while asked.is_open and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not asked.is_open
        assert uids(asked.find(studies_query(), Find)) == before


def test_every_association_has_its_gate(archive, line_to):
    with line_to(archive.port) as asked:
        asked.echo()
        assert isinstance(asked._association._reactor_checkpoint, Gate)
