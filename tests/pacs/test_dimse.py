"""Requests to an archive: only a last status of success is a whole answer; every refusal says what to do."""

from __future__ import annotations

import re
import socket
import time
from datetime import date
from threading import Thread

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind, Verification

from schedvisu_lib.demo.wire import PendingAnswers
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.dimse import Archive, image_queries
from schedvisu_lib.pacs.listing import list_first_and_last, list_series, list_studies

MONDAY = date(2026, 5, 11)


def studies_query(**keys):
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.StudyInstanceUID = ""
    query.StudyDate = "20260511"
    for keyword, value in keys.items():
        setattr(query, keyword, value)
    return query


@pytest.fixture
def serve():
    """Starts a small server: `serve([SOP classes], handlers, ae_title=...)` gives its port."""
    running = []

    def start(classes, handlers=(), **settings):
        entity = AE(ae_title="SMALL")
        for one in classes:
            entity.add_supported_context(one)
        for name, value in settings.items():
            setattr(entity, name, value)
        running.append(entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=list(handlers)))
        return running[-1].server_address[1]

    yield start
    for one in running:
        one.shutdown()


# Reaching it


def test_an_archive_that_is_there_answers_an_echo(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        asked.echo()


@pytest.mark.parametrize(("server", "title"), [("orthanc", "ORTHANC"), ("dcmqrscp", "DCMQRSCP")])
def test_real_archives_answer_an_echo(request, site_of, server, title):
    with Archive(site_of(request.getfixturevalue(server), ae_title=title).pacs) as asked:
        asked.echo()


def test_a_closed_port_is_named_with_what_to_check(site_of, free_port):
    words = re.escape(f"PACS DEMOPACS at 127.0.0.1:{free_port} cannot be reached (Connection refused); ")
    with Archive(site_of(free_port).pacs) as asked, pytest.raises(PacsUnreachable, match=f"{words}check pacs.host"):
        asked.echo()


def test_an_unknown_host_is_named(site_of):
    with (
        Archive(site_of(104, host="pacs.invalid").pacs) as asked,
        pytest.raises(PacsUnreachable, match=r"PACS DEMOPACS at pacs\.invalid:104 cannot be reached"),
    ):
        asked.echo()


def test_a_wrong_ae_title_is_rejected_and_the_line_says_what_to_check(serve, site_of):
    port = serve([Verification], require_called_aet=True)
    site = site_of(port, ae_title="WRONG", calling_ae_title="US")
    with Archive(site.pacs) as asked, pytest.raises(PacsUnreachable) as caught:
        asked.echo()
    line = str(caught.value)
    assert f"PACS WRONG at 127.0.0.1:{port} rejected the association" in line
    assert "Called AE title not recognised" in line
    assert line.endswith("check pacs.ae_title and that the archive knows us as US")
    assert "\n" not in line


def test_dcmqrscp_rejects_a_wrong_ae_title(dcmqrscp, site_of):
    with (
        Archive(site_of(dcmqrscp, ae_title="WRONG").pacs) as asked,
        pytest.raises(PacsUnreachable, match=r"PACS WRONG at .* rejected the association .*; check pacs\.ae_title"),
    ):
        asked.find(studies_query())


def test_a_port_of_something_else_is_no_archive(site_of):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            for _ in range(2):
                connection, _ = server.accept()
                connection.sendall(b"220 mail.example ESMTP\r\n")
                connection.close()

        Thread(target=greet, daemon=True).start()
        with (
            Archive(site_of(server.getsockname()[1], connect_timeout=2).pacs) as asked,
            pytest.raises(
                PacsUnreachable, match="accepts connections but no association; check that it is a DICOM port"
            ),
        ):
            asked.echo()


def test_an_archive_that_never_answers_ends_in_an_error(serve, site_of):
    def slow(event):
        time.sleep(3)
        return 0x0000

    port = serve([Verification], [(evt.EVT_C_ECHO, slow)])
    with (
        Archive(site_of(port, answer_timeout=0.3).pacs) as asked,
        pytest.raises(PacsError, match="the connection was lost during C-ECHO"),
    ):
        asked.echo()


def test_an_archive_that_offers_no_queries_is_unreachable_for_us(serve, site_of):
    with (
        Archive(site_of(serve([Verification])).pacs) as asked,
        pytest.raises(PacsUnreachable, match="does not offer what we ask for"),
    ):
        asked.find(studies_query())


def test_an_archive_that_offers_no_c_get_fails_no_series_but_the_retrieval(serve, site_of):
    port = serve([Verification, StudyRootQueryRetrieveInformationModelFind])
    with (
        Archive(site_of(port).pacs) as asked,
        pytest.raises(PacsUnreachable, match=r"does not offer what we ask for .*see pacs\.retrieve"),
    ):
        asked.fetch(image_queries([("1.2", "1.2.3", "1.2.3.4")], 50))


# Answers


def test_one_association_serves_many_requests(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        asked.echo()
        association = asked._association
        first, second = asked.find(studies_query()), asked.find(studies_query())
        assert asked._association is association
        assert asked.requests == 3
    assert [one.StudyInstanceUID for one in first] == [one.StudyInstanceUID for one in second]
    assert not association.is_established


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (studies_query(QueryRetrieveLevel="PATIENT"), r"0xA900 \(identifier does not match the SOP class\)"),
        (studies_query(StudyDate=""), r"0xA700 \(out of resources: too many answers\)"),
    ],
)
def test_any_last_status_but_success_is_an_error_and_the_association_goes_on(archive, site_of, query, status):
    with Archive(site_of(archive.port).pacs) as asked:
        with pytest.raises(PacsError, match=f"C-FIND at level [A-Z]+ ended with status {status}"):
            asked.find(query)
        assert asked.requests == 1
        assert asked.find(studies_query())


@pytest.mark.parametrize("status", [0xFE00, 0xA700, 0xC001, 0xB001, 0x0110])
def test_rows_before_a_failure_are_no_answer(serve, site_of, status):
    def cut_short(event):
        row = Dataset()
        row.StudyInstanceUID = "1.2.3"
        yield 0xFF00, row
        yield status, None

    port = serve([StudyRootQueryRetrieveInformationModelFind], [(evt.EVT_C_FIND, cut_short)])
    with Archive(site_of(port).pacs) as asked, pytest.raises(PacsError, match=f"0x{status:04X}"):
        asked.find(studies_query())


def test_an_answer_that_cannot_be_decoded_is_an_error_not_a_missing_row(serve, site_of):
    def garbled(event):
        PendingAnswers(event).send(b"\x08\x00\x15\x11\xff\xff\xff\xffgarbage")
        yield 0x0000, None

    port = serve([StudyRootQueryRetrieveInformationModelFind], [(evt.EVT_C_FIND, garbled)])
    with Archive(site_of(port).pacs) as asked, pytest.raises(PacsError, match="cannot be decoded"):
        asked.find(studies_query())


# A line that breaks


def test_a_find_that_breaks_once_is_asked_again_on_a_fresh_association(archive, site_of, cutting):
    with Archive(site_of(archive.port).pacs) as asked:
        whole = [one.StudyInstanceUID for one in asked.find(studies_query())]
    proxy = cutting(archive.port, limit=5_500, cuts=1)
    with Archive(site_of(proxy.port).pacs) as asked:
        assert [one.StudyInstanceUID for one in asked.find(studies_query())] == whole
        assert asked.requests == 2
    assert proxy.cuts_left == 0


def test_a_find_that_breaks_twice_is_an_error(archive, site_of, cutting):
    proxy = cutting(archive.port, limit=5_500, cuts=2)
    with Archive(site_of(proxy.port).pacs) as asked:
        with pytest.raises(PacsError, match="the connection was lost during C-FIND at level STUDY"):
            asked.find(studies_query())
        assert asked.requests == 2
        assert asked.find(studies_query())


def test_an_archive_that_is_gone_after_the_break_is_unreachable(archive, site_of, cutting):
    proxy = cutting(archive.port, limit=5_500, cuts=1, then_close=True)
    with Archive(site_of(proxy.port).pacs) as asked, pytest.raises(PacsUnreachable, match="cannot be reached"):
        asked.find(studies_query())


def some_images(asked, n):
    listed = [one for one in list_series(asked, list_studies(asked, MONDAY)) if one.modality in ("CT", "PT")][: n // 2]
    ends = list_first_and_last(asked, listed)
    return [(i.study_uid, i.series_uid, i.sop_uid) for one in ends.values() for i in one.images]


def test_a_get_that_breaks_once_brings_every_image(bare_archive, site_of, cutting):
    with Archive(site_of(bare_archive.port).pacs) as asked:
        images = some_images(asked, 24)
    proxy = cutting(bare_archive.port, limit=15_000, cuts=1)
    with Archive(site_of(proxy.port).pacs) as asked:
        headers = asked.fetch(image_queries(images, 50))
    assert proxy.cuts_left == 0
    assert set(headers) == {sop for *_, sop in images}


def test_a_get_that_always_breaks_brings_single_images_or_none_and_no_broken_ones(bare_archive, site_of, cutting):
    with Archive(site_of(bare_archive.port).pacs) as asked:
        images = some_images(asked, 12)
    proxy = cutting(bare_archive.port, limit=7_500, cuts=10_000)
    with Archive(site_of(proxy.port).pacs) as asked:
        headers = asked.fetch(image_queries(images, 50))
    assert set(headers) <= {sop for *_, sop in images}
    for uid, header in headers.items():
        assert header.SOPInstanceUID == uid
        assert header.HighBit  # the last element before the pixels


# Fetching


def test_images_are_asked_for_in_lists_of_the_size_that_the_site_says():
    images = [(f"1.{n % 2}", f"1.{n % 2}.{n}", f"1.{n % 2}.{n}.1") for n in range(5)]
    queries = list(image_queries(images, 2))
    assert [list(query.SOPInstanceUID) for query in queries[:2]] == [["1.0.0.1", "1.1.1.1"], ["1.0.2.1", "1.1.3.1"]]
    assert [query.SOPInstanceUID for query in queries[2:]] == ["1.0.4.1"]
    assert list(queries[0].StudyInstanceUID) == ["1.0", "1.1"]
    assert list(image_queries([], 50)) == []


def test_what_a_list_did_not_bring_is_asked_for_singly(recording, site_of):
    running = recording(attributes=False)
    with Archive(site_of(running.port).pacs) as asked:
        images = some_images(asked, 8)
        running.withheld = {images[0][2], images[3][2]}
        before = asked.requests
        headers = asked.fetch(image_queries(images, 50))
        assert asked.requests - before == 1 + 2
    assert set(headers) == {sop for *_, sop in images} - running.withheld


def test_two_moves_at_once_do_not_take_each_others_port(recording, site_of, free_port):
    running = recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    site = site_of(running.port, retrieve="move", move_port=free_port)
    with Archive(site_of(running.port).pacs) as asked:
        images = some_images(asked, 16)
    came, errors = [], []

    def fetch(part):
        try:
            with Archive(site.pacs) as archive:
                came.append(set(archive.fetch(image_queries(part, 4))))
        except PacsError as error:
            errors.append(error)

    threads = [Thread(target=fetch, args=(images[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sorted(map(len, came)) == sorted(len(images[n::2]) for n in range(2))
