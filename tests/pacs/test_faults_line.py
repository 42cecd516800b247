"""Archives that do not let us in, hang up, fall silent or die: what may pass is waited for, the rest ends in a line."""

from __future__ import annotations

import shutil
import subprocess
import time
from threading import Thread

import pytest
from pydicom.uid import ExplicitVRLittleEndian

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.encoding import encode_header
from schedvisu_lib.demo.wire import PendingAnswers
from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, Archive
from schedvisu_lib.pacs.patience import LineBroken
from tests.pacs.faulty import MONDAY, Killable, Proxy, ask, fetch, refusal, some_images

# Not let in


@pytest.fixture(scope="module")
def strict(start_orthanc, files, orthanc_move_port):
    """The port of an Orthanc that minds whom it serves: SCHEDVISU may query and move, but not get."""
    not_all = {f"DicomAlwaysAllow{what}": False for what in ("Find", "Get", "Move")}
    us = {"AET": "SCHEDVISU", "Host": "127.0.0.1", "Port": orthanc_move_port, "AllowGet": False}
    return start_orthanc(files, **not_all, DicomCheckCalledAet=True, DicomModalities={"us": us})


def test_orthanc_ends_the_queries_of_an_unknown_caller_and_we_say_so(strict, site_of):
    line, requests = refusal(site_of(strict, ae_title="ORTHANC", calling_ae_title="STRANGER", tries=2))
    assert line.endswith(
        "lets us in, but hangs up at each C-FIND at level STUDY; ask its administrator to allow it for STRANGER"
    )
    assert requests == 2


def test_orthanc_rejects_another_title_than_its_own_and_is_not_asked_again(strict, site_of, cutting):
    proxy = cutting(strict, limit=1, cuts=0)
    line, requests = refusal(site_of(proxy.port, ae_title="WRONG", retry_pause=30))
    assert "rejected the association (Rejected Permanent, Called AE title not recognised); check pacs.ae_title" in line
    assert (requests, proxy.connections) == (0, 1)


def test_a_service_at_which_orthanc_hangs_up_is_left_for_the_next_way(
    strict, site_of, retrieved, told, rows_with_attributes, orthanc_move_port
):
    site = site_of(strict, ae_title="ORTHANC", ways=("get", "move"), move_port=orthanc_move_port, tries=2)
    rows = told(retrieved(site, MONDAY))
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


def test_the_only_service_at_which_orthanc_hangs_up_ends_the_retrieval(strict, site_of, retrieved):
    site = site_of(strict, ae_title="ORTHANC", ways=("get",), tries=2)
    with pytest.raises(PacsUnreachable, match="lets us in, but hangs up at each C-GET; ask its administrator to allow"):
        retrieved(site, MONDAY)


# DCMTK's archive, as a process that can be killed


@pytest.fixture(scope="module")
def images_of_dcmtk(files, tmp_path_factory):
    """A folder with DCMTK's database of the days."""
    if not (register := shutil.which("dcmqridx")):
        pytest.skip("dcmqrscp is not installed")
    folder = tmp_path_factory.mktemp("killable")
    stored = [str(file) for file in shutil.copytree(files, folder / "db").iterdir()]
    subprocess.run([register, str(folder / "db"), *stored], check=True)
    return folder


@pytest.fixture
def start_dcmqrscp(images_of_dcmtk, free_port):
    running = []

    def start(**settings):
        running.append(Killable(images_of_dcmtk, free_port, **settings))
        return running[-1]

    yield start
    for one in running:
        one.kill()


@pytest.mark.parametrize(("title", "peers"), [("WRONG", "ANY"), ("DCMQRSCP", "friend")], ids=["title", "caller"])
def test_dcmqrscp_rejects_a_wrong_title_and_an_unknown_caller(start_dcmqrscp, site_of, title, peers):
    line, requests = refusal(site_of(start_dcmqrscp(peers=peers).port, ae_title=title))
    assert "rejected the association (Rejected Permanent, Called AE title not recognised)" in line
    assert line.endswith("check pacs.ae_title and that the archive knows us as SCHEDVISU")
    assert requests == 0


def test_an_archive_that_is_busy_is_waited_for(start_dcmqrscp, site_of):
    port = start_dcmqrscp(associations=1).port
    pacs = site_of(port, ae_title="DCMQRSCP", tries=1).pacs
    with Archive(pacs) as first:
        first.echo()
        line, _ = refusal(site_of(port, ae_title="DCMQRSCP", tries=1))
        assert "rejected the association (Rejected Transient" in line
        assert line.endswith("it may be busy: try again later, or lower pacs.parallel")
        Thread(target=lambda: (time.sleep(0.4), first.close()), daemon=True).start()
        assert ask(site_of(port, ae_title="DCMQRSCP", tries=6, retry_pause=0.1))


# Hung up on


class Aborting(DemoArchive):
    """Aborts after some answers or images, as often as it is told to."""

    def __init__(self, hospital, *, aborts, after, **settings):
        super().__init__(hospital, port=0, attributes=False, **settings)
        self.aborts, self._after = aborts, after

    def _find(self, event):
        if not self.aborts:
            yield from super()._find(event)
            return
        query, answers = self._query(event), PendingAnswers(event)
        explicit = event.context.transfer_syntax == ExplicitVRLittleEndian
        for hit in list(query.hits(self.hospital, MONDAY))[: self._after]:
            answers.send(encode_header(query.answer(hit, self.ae_title), explicit=explicit))
        self._abort(event)

    def _get(self, event):
        yield from self._until_abort(super()._get(event), event, 1)

    def _move(self, event):
        yield from self._until_abort(super()._move(event), event, 2)

    def _until_abort(self, steps, event, n_before_images):
        for n, step in enumerate(steps):
            if self.aborts and n == self._after + n_before_images:
                self._abort(event)
                return
            yield step

    def _abort(self, event):
        self.aborts -= 1
        event.assoc.abort()


def test_a_find_that_is_aborted_is_asked_again_and_its_rows_are_never_an_answer(hospital, archive, site_of):
    whole = [one.StudyInstanceUID for one in ask(site_of(archive.port))]
    with Aborting(hospital, aborts=3, after=4) as running:
        assert [one.StudyInstanceUID for one in ask(site_of(running.port))] == whole
        assert running.aborts == 0
        running.aborts = 1_000
        line, requests = refusal(site_of(running.port, tries=3), LineBroken)
    assert "the connection was lost during C-FIND at level STUDY" in line
    assert requests == 3


@pytest.mark.parametrize("aborts", [1, 1_000], ids=["once", "always"])
@pytest.mark.parametrize("service", ["C-GET", "C-MOVE"])
def test_what_came_before_an_abort_is_kept_and_the_rest_asked_for_again(hospital, site_of, free_port, service, aborts):
    images = some_images(hospital, 6)
    uids = [sop_uid for *_, sop_uid in images]
    with Aborting(hospital, aborts=aborts, after=4, destinations={"SCHEDVISU": ("127.0.0.1", free_port)}) as running:
        site = site_of(running.port, tries=2, move_port=free_port)
        move = {"ask_for": lambda archive, query: archive.move(query)} if service == "C-MOVE" else {}
        arrived, requests, error = fetch(site, images, **move)
    assert requests == 2
    if aborts == 1:
        assert (arrived, error) == (set(uids), None)
    else:
        assert len(arrived) == 4
        assert arrived < set(uids)
        assert f"the connection was lost during {service}" in error


def test_images_whose_own_association_breaks_in_a_move_are_asked_for_again(
    start_dcmqrscp, site_of, dcmqrscp_move_port, cutting, retrieved, told, rows_with_attributes
):
    proxy = cutting(dcmqrscp_move_port, limit=2_000, cuts=1)
    server = start_dcmqrscp(destination=proxy.port)
    site = site_of(server.port, ae_title="DCMQRSCP", ways=("move",), move_port=dcmqrscp_move_port)
    rows = told(retrieved(site, MONDAY))
    assert proxy.cuts_left == 0
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


def test_a_line_that_does_not_open_at_once_after_it_broke_is_tried_anew(archive, site_of):
    with Archive(site_of(archive.port).pacs) as undisturbed:
        undisturbed.offers(GET)
        greeting = undisturbed.traffic.received

    class Stuttering(Proxy):
        """Lets an association begin only at the second try, and cuts the answers on the first three of them."""

        cuts = 3

        def connect(self):
            return self.connections % 3 != 1  # an association, a knock after its failure, an association

        def answer(self, client, data, passed):
            if passed + len(data) > greeting and self.cuts:
                self.cuts -= 1
                return False
            return super().answer(client, data, passed)

    with Stuttering(archive.port) as proxy:
        assert ask(site_of(proxy.port, tries=4))
        assert (proxy.cuts, proxy.connections) == (0, 12)


# Killed


@pytest.fixture
def fatal(cutting):
    """A proxy that does something once an amount of answers has passed, and cuts the line there."""

    def start(target, limit, deed):
        proxy = cutting(target, limit=limit, cuts=1)
        pass_on = proxy.answer

        def answer(client, data, passed):
            goes_on = pass_on(client, data, passed)
            if not goes_on:
                deed()
            return goes_on

        proxy.answer = answer
        return proxy

    return start


@pytest.mark.parametrize("limit", [2_000, 60_000, 250_000], ids=["in C-FIND", "in C-GET", "later in C-GET"])
def test_an_archive_that_is_killed_and_back_within_the_tries_gives_the_whole_day(
    start_dcmqrscp, fatal, site_of, retrieved, told, rows_with_attributes, limit
):
    server = start_dcmqrscp()
    proxy = fatal(server.port, limit, lambda: server.kill_and_start(0.3))
    rows = told(retrieved(site_of(proxy.port, ae_title="DCMQRSCP", tries=6, retry_pause=0.1), MONDAY))
    assert proxy.cuts_left == 0
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


@pytest.mark.parametrize("limit", [2_000, 60_000], ids=["in C-FIND", "in C-GET"])
def test_an_archive_that_is_killed_for_good_ends_the_retrieval(start_dcmqrscp, fatal, site_of, retrieved, limit):
    server = start_dcmqrscp()

    def end():
        server.kill()
        proxy.close_port()

    proxy = fatal(server.port, limit, end)
    with pytest.raises(
        PacsUnreachable, match=r"cannot be reached \(Connection refused\); check pacs\.host and pacs\.port"
    ):
        retrieved(site_of(proxy.port, ae_title="DCMQRSCP", tries=3, retry_pause=0.1), MONDAY)
