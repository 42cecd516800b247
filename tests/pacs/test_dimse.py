"""Requests to an archive: what it is offered, and images that come by C-GET and C-MOVE, whatever breaks meanwhile."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import PositronEmissionTomographyImageStorage as Pet
from pynetdicom.sop_class import Verification

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.dimse import FIND, GET, HEADERS, MOVE, Archive
from schedvisu_lib.pacs.queries import headers_retrieval, retrieval, study_query

MONDAY = date(2026, 5, 11)


def some_images(hospital, n):
    """Names of the first images of n series, and of the first four images of each longer one."""
    names = [
        (study.uid, one.uid, one.instance_uid(index))
        for study in hospital.studies_on(MONDAY)
        for one in study.series
        if one.storage in ("CT", "PT", "NM")
        for index in range(min(one.n_instances, 4))
    ]
    return names[:n]


def sop_uids(names):
    return {sop_uid for *_, sop_uid in names}


@pytest.fixture
def serve():
    """Starts a small server: `serve([SOP classes], handlers)` gives its port."""
    running = []

    def start(classes, handlers=()):
        entity = AE(ae_title="SMALL")
        for one in classes:
            entity.add_supported_context(one)
        running.append(entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=list(handlers)))
        return running[-1].server_address[1]

    yield start
    for one in running:
        one.shutdown()


# What is proposed


def test_one_association_proposes_every_service_and_every_image_and_asks_for_relational_queries(serve, site_of):
    proposed = []

    def look(event):
        request = event.assoc.requestor
        proposed.append((request.requested_contexts, request.role_selection, request.sop_class_extended))

    port = serve([Verification], [(evt.EVT_REQUESTED, look)])
    with Archive(site_of(port).pacs) as asked:
        asked.echo()
    [(contexts, roles, extended)] = proposed
    assert {FIND, GET, MOVE, HEADERS, Verification, Pet} <= {context.abstract_syntax for context in contexts}
    assert len(contexts) <= 128
    assert (roles[Pet].scu_role, roles[Pet].scp_role) == (False, True)
    assert extended == {FIND: b"\x01"}


def test_what_an_archive_offers_is_told_by_the_association(archive, site_of, recording):
    with Archive(site_of(archive.port).pacs) as asked:
        assert [asked.offers(service) for service in (FIND, GET, MOVE, HEADERS)] == [True, True, True, False]
    with Archive(site_of(recording(without_bulk_data=True).port).pacs) as asked:
        assert asked.offers(HEADERS)


def test_a_query_is_answered_and_counted(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        answers = asked.query(study_query(MONDAY, "PT"))
        assert asked.traffic.requests == 1
    ours = {study.uid for study in archive.hospital.studies_on(MONDAY) if "PT" in study.modalities}
    assert {one.StudyInstanceUID for one in answers} == ours


# Images that come


def test_images_come_over_the_association_that_asked(bare_archive, site_of):
    names = some_images(bare_archive.hospital, 7)
    with Archive(site_of(bare_archive.port).pacs) as asked:
        asked.inbox.expect(sop_uids(names))
        asked.get(retrieval(names), GET)
        assert set(asked.inbox.headers) == sop_uids(names)
        assert asked.inbox.n_images == 7
        assert asked.traffic.requests == 1


def test_images_without_bulk_data_are_named_by_their_uid_alone(recording, site_of):
    running = recording(attributes=False, without_bulk_data=True)
    names = some_images(running.hospital, 5)
    with Archive(site_of(running.port).pacs) as asked:
        asked.inbox.expect(sop_uids(names))
        asked.get(headers_retrieval([sop_uid for *_, sop_uid in names]), HEADERS)
        assert set(asked.inbox.headers) == sop_uids(names)


def test_a_service_that_is_not_offered_is_refused_without_being_asked(archive, site_of):
    names = some_images(archive.hospital, 1)
    with (
        Archive(site_of(archive.port).pacs) as asked,
        pytest.raises(PacsUnreachable, match="does not offer C-GET; ask its administrator to allow it for SCHEDVISU"),
    ):
        asked.get(headers_retrieval([names[0][2]]), HEADERS)
    assert asked.traffic.requests == 0


@pytest.mark.parametrize("service", [GET, MOVE])
def test_a_failure_to_send_is_an_error(recording, site_of, free_port, service):
    running = recording(destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    empty = Dataset()
    empty.QueryRetrieveLevel = "IMAGE"  # names no image
    with (
        Archive(site_of(running.port, move_port=free_port).pacs) as asked,
        pytest.raises(PacsError, match=r"C-(GET|MOVE) ended with status 0xA900"),
    ):
        asked.get(empty, GET) if service == GET else asked.move(empty)


def test_an_unknown_move_destination_says_what_the_archive_must_know(bare_archive, site_of, free_port):
    names = some_images(bare_archive.hospital, 1)
    with (
        Archive(site_of(bare_archive.port, move_port=free_port).pacs) as asked,
        pytest.raises(PacsUnreachable, match=r"0xA801 \(move destination unknown: the archive must know our AE title"),
    ):
        asked.move(retrieval(names))


def test_a_get_that_breaks_once_brings_every_image(bare_archive, site_of, cutting):
    names = some_images(bare_archive.hospital, 24)
    proxy = cutting(bare_archive.port, limit=15_000, cuts=1)
    with Archive(site_of(proxy.port).pacs) as asked:
        asked.inbox.expect(sop_uids(names))
        asked.get(retrieval(names), GET)
        assert set(asked.inbox.headers) == sop_uids(names)
        assert asked.traffic.requests == 2
    assert proxy.cuts_left == 0


def test_a_get_that_always_breaks_keeps_what_arrived_whole(bare_archive, site_of, cutting):
    names = some_images(bare_archive.hospital, 24)
    proxy = cutting(bare_archive.port, limit=15_000, cuts=10_000)
    with Archive(site_of(proxy.port, tries=3).pacs) as asked:
        asked.inbox.expect(sop_uids(names))
        with pytest.raises(PacsError, match="the connection was lost during C-GET"):
            asked.get(retrieval(names), GET)
        assert asked.traffic.requests == 3
        headers = asked.inbox.headers
    assert headers
    assert set(headers) < sop_uids(names)
    for uid, header in headers.items():
        assert header.SOPInstanceUID == uid
        assert header.HighBit  # the last element before the pixels


def test_two_moves_at_once_do_not_take_each_others_port(recording, site_of, free_port):
    running = recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    site = site_of(running.port, move_port=free_port)
    names = some_images(running.hospital, 16)
    came, errors = [], []

    def fetch(part):
        try:
            with Archive(site.pacs) as asked:
                asked.inbox.expect(sop_uids(part))
                for begin in range(0, len(part), 4):
                    asked.move(retrieval(part[begin : begin + 4]))
                came.append(set(asked.inbox.headers))
        except PacsError as error:
            errors.append(error)

    threads = [Thread(target=fetch, args=(names[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sorted(map(sorted, came)) == sorted(sorted(sop_uids(names[n::2])) for n in range(2))
