"""Archives that fall silent, or do not come to an end: no wait is without end, and what came whole is kept."""

from __future__ import annotations

import time

import pytest
from pynetdicom.dimse_primitives import C_GET

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, Archive
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.queries import retrieval, study_query
from tests.pacs.faulty import MONDAY, StoppingProxy, fetch, refusal, some_images

IMPATIENT = {"answer_timeout": 1, "association_timeout": 1, "tries": 2}


@pytest.mark.parametrize("drip", [None, 0.2], ids=["silent", "dripping"])
@pytest.mark.parametrize("part", ["first bytes", "greeting", "first answer", "last answer"])
def test_an_archive_that_falls_silent_in_the_middle_of_a_message_is_given_up(archive, site_of, part, drip):
    with Archive(site_of(archive.port).pacs) as undisturbed:
        undisturbed.offers(GET)
        greeting = undisturbed.traffic.received
        undisturbed.query(study_query(MONDAY, "PT"))
        whole = undisturbed.traffic.received
    limit = {"first bytes": 3, "greeting": greeting // 2, "first answer": greeting + 50, "last answer": whole - 20}[
        part
    ]
    began = time.monotonic()
    with StoppingProxy(archive.port, limit, drip) as proxy:
        error = LineBroken if "answer" in part else PacsUnreachable
        line, requests = refusal(site_of(proxy.port, **IMPATIENT), error)
    if "answer" in part:
        assert line.endswith("no answer to C-FIND at level STUDY within 1 s; see answer_timeout")
        assert requests == 2
    else:
        assert "accepts connections but no association" in line
    assert time.monotonic() - began < 15


def test_an_archive_that_falls_silent_in_the_middle_of_an_image_is_given_up_and_whole_images_kept(
    hospital, bare_archive, site_of
):
    began = time.monotonic()
    with StoppingProxy(bare_archive.port, 20_000) as proxy:
        arrived, requests, error = fetch(site_of(proxy.port, **IMPATIENT), some_images(hospital, 30))
    assert time.monotonic() - began < 15
    assert error.endswith("no answer to C-GET within 1 s; see answer_timeout")
    assert requests == 2
    assert 0 < len(arrived) < 30


# Without end


class Endless(DemoArchive):
    """Sends the same images again and again, asked for or not, and reports of it or not."""

    asked_for = reports = True

    def _get(self, event):
        send = event.assoc.dimse.send_msg
        event.assoc.dimse.send_msg = lambda message, context: (
            send(message, context) if self.reports or not isinstance(message, C_GET) else None
        )
        yield 60_000
        for n in range(60_000):
            if not event.assoc.is_established:
                return
            study = self.hospital.studies_on(MONDAY)[0 if self.asked_for else 1]
            yield 0xFF00, make_dataset(study, study.series[0], n % 2)
            time.sleep(0.02)


@pytest.mark.parametrize(
    ("asked_for", "reports"),
    [(True, True), (False, True), (True, False), (False, False)],
    ids=["asked for", "others", "asked for, without reports", "others, without reports"],
)
def test_images_without_end_are_ended_after_a_time_and_not_asked_for_again(hospital, site_of, asked_for, reports):
    with Endless(hospital, port=0) as running:
        running.asked_for, running.reports = asked_for, reports
        study = hospital.studies_on(MONDAY)[0]
        uids = [study.series[0].instance_uid(n) for n in range(2)]
        pacs = site_of(running.port, request_timeout=0.5, answer_timeout=5, tries=4, retry_pause=30).pacs
        began = time.monotonic()
        with Archive(pacs) as archive:
            archive.inbox.expect(uids)
            with pytest.raises(PacsError, match=r"C-GET did not end within 0\.5 s; see request_timeout"):
                archive.get(retrieval([(study.uid, study.series[0].uid, uid) for uid in uids]), GET)
            assert archive.traffic.requests == 1
            assert set(archive.inbox.headers) == (set(uids) if asked_for else set())
            assert archive.query(study_query(MONDAY, "PT"))
        assert time.monotonic() - began < 15
