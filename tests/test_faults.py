"""Runs that meet trouble: what was complete is stored, what is missing is said, and the next run completes it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from socketserver import BaseServer

import pytest
from pandas.testing import assert_frame_equal
from pydicom.uid import ExplicitVRLittleEndian
from typer.testing import CliRunner

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.encoding import encode_header
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.demo.wire import PendingAnswers
from tests.conftest import write_site_file

with suppress(ImportError):  # on Windows
    import resource

ROOT = Path(__file__).parents[1]

DAYS = [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 7)]
BAD = DAYS[1]
"""The day on which the archive is in trouble; newer days are asked for before it, one older one after it."""


class Morning(Hospital):
    """The simulated hospital until the third study, with few images."""

    def _simulate(self, day):
        def few(one):
            return replace(one, n_instances=min(one.n_instances, 4))

        studies = [replace(s, series=tuple(few(one) for one in s.series)) for s in super()._simulate(day)[:3]]
        return _file(self.seed, day, studies)


class Troubled(DemoArchive):
    """Does something of its own in the queries and retrievals of the bad day."""

    def __init__(self, hospital, trouble, **settings):
        super().__init__(hospital, port=0, attributes=False, **settings)
        self.trouble = trouble
        self.studies = {study.uid for study in hospital.studies_on(BAD)}

    def _entity(self):
        entity = super()._entity()
        entity.maximum_associations = 1_000  # those that broke off stay a while
        return entity

    def is_bad(self, query):
        uids = query.get("StudyInstanceUID") or []
        named = {str(uid) for uid in ([uids] if isinstance(uids, str) else uids)}
        return query.get("StudyDate") == f"{BAD:%Y%m%d}" or bool(named & self.studies)

    def _find(self, event):
        if self.is_bad(event.identifier) and self.trouble.find is not None:
            yield from self.trouble.find(self, event)
        else:
            yield from super()._find(event)

    def _get(self, event):
        if self.is_bad(event.identifier) and self.trouble.get is not None:
            yield from self.trouble.get(self, event, super()._get(event))
        else:
            yield from super()._get(event)


class Trouble:
    """What happens on the bad day, and what is said of it."""

    def __init__(self, says, kept, *, find=None, get=None):
        self.says, self.kept, self.find, self.get = says, kept, find, get


def fails(archive, event):
    yield 0xC001, None


def hangs_up(archive, event):
    event.assoc.abort()
    yield from ()


def dies(archive, event):
    BaseServer.shutdown(archive._server)  # else it looks at its closed socket without end
    archive._server.server_close()
    yield from hangs_up(archive, event)


def stops_in_an_answer(archive, event):
    event.assoc.dul.socket.send(b"\4\0\0\0\1\0half")
    while event.assoc.is_established:
        time.sleep(0.02)
    yield from ()


def names_no_study(archive, event):
    answers, row = PendingAnswers(event), {"QueryRetrieveLevel": "STUDY", "PatientID": "8812345"}
    answers.send(encode_header(row, explicit=event.context.transfer_syntax == ExplicitVRLittleEndian))
    yield from ()


def hangs_up_at_one_study(archive, event, steps):
    studies = [study.uid for study in archive.hospital.studies_on(BAD) if not study.why]
    if studies[0] in str(event.identifier.StudyInstanceUID):
        event.assoc.abort()
        return
    yield from steps


def cannot_send(archive, event, steps):
    yield next(steps)
    yield 0xA702, None


NOT_STORED = r"2026-05-05: not stored: PACS DEMOPACS at 127\.0\.0\.1:\d+: "
UNREACHABLE = r"PACS DEMOPACS at 127\.0\.0\.1:\d+ cannot be reached \(Connection refused\); check pacs\.host"
SOME_FAILED = r"2026-05-05: \d+ of \d+ series failed; asked for again by the next run"
TROUBLES = {
    "fails": Trouble(NOT_STORED + r"C-FIND at level STUDY ended with status 0xC001", [0, 2, 3], find=fails),
    "hangs up": Trouble(NOT_STORED + r"the connection was lost during C-FIND", [0, 2, 3], find=hangs_up),
    "dies": Trouble(UNREACHABLE, [2, 3], find=dies),
    "stops": Trouble(NOT_STORED + r"no answer to C-FIND at level STUDY within 1 s", [0, 2, 3], find=stops_in_an_answer),
    "names no study": Trouble("2026-05-05: not stored: the archive listed a study", [0, 2, 3], find=names_no_study),
    "hangs up in C-GET": Trouble(SOME_FAILED, [0, 1, 2, 3], get=hangs_up_at_one_study),
    "cannot send": Trouble(SOME_FAILED, [0, 1, 2, 3], get=cannot_send),
}


@pytest.fixture(scope="module")
def hospital():
    return Morning(sv.load_site(ROOT / "params" / "demo.yaml"))


@pytest.fixture(scope="module")
def archive(hospital):
    with DemoArchive(hospital, port=0, attributes=False) as running:
        yield running


def site_at(folder, port, **pacs):
    """Write a site file with its archive at a port; all sites have the same key, so that patients look the same."""
    folder.mkdir(exist_ok=True)
    file = folder / "key"
    if not file.exists():
        file.write_text("ab" * 32)
        file.chmod(0o600)
    quick = {"port": port, "parallel": 1, "tries": 2, "answer_timeout": 20, "association_timeout": 10}
    return write_site_file(folder, pacs=quick | pacs, privacy={"key_file": str(file)}, drop=["planned"])


def retrieve(site_file):
    """Run the real command; return its status, what it said on standard error, and the store."""
    days = ["--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--end", "2026-05-22"]
    ended = CliRunner().invoke(app, ["retrieve", "--site", str(site_file), *days])
    return ended.exit_code, ended.stderr, sv.open_store(sv.load_site(site_file))


@pytest.fixture(scope="module")
def undisturbed(archive, tmp_path_factory):
    """The series of all days, retrieved without trouble."""
    status, said, store = retrieve(site_at(tmp_path_factory.mktemp("undisturbed"), archive.port))
    assert (status, said) == (0, "")
    return store.series(DAYS[0], DAYS[-1])


def secrets(hospital):
    studies = [study for day in DAYS for study in hospital.studies_on(day)]
    return {"8812345"} | {one for study in studies for one in (study.patient.id, study.patient.name) if one}


def written(folder):
    """What the runs wrote into their logs."""
    return "".join(file.read_text() for file in folder.rglob("*.log"))


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_on_one_day_loses_nothing_else_is_said_and_is_mended_by_the_next_run(
    hospital, archive, undisturbed, tmp_path, name
):
    trouble = TROUBLES[name]
    with Troubled(hospital, trouble) as running:
        impatient = {"answer_timeout": 1} if name == "stops" else {}
        status, said, store = retrieve(site_at(tmp_path, running.port, **impatient))
    assert status == 3
    lines = said.splitlines()
    assert re.match(f"missing: {trouble.says}", lines[0])
    assert lines[-1].startswith("done in part; log: ")
    kept = [DAYS[n] for n in trouble.kept]
    assert [day.date() for day in store.days(DAYS[0], DAYS[-1]).query("stored").index] == kept
    if BAD in kept:
        state = store.days(BAD, BAD).iloc[0]
        assert (state["attempts"], bool(state["open"])) == (1, True)
        assert state["n_failed"] == (store.series(BAD, BAD)["verdict"] == "failed").sum() > 0
    else:
        missing = len(DAYS) - len(kept)
        assert lines[1] == f"missing: {missing} of 4 days were not retrieved; the next run asks for them again"
    for day in set(kept) - {BAD}:
        assert_frame_equal(store.series(day, day), undisturbed[undisturbed["date"] == str(day)].reset_index(drop=True))
    assert not [one for one in secrets(hospital) if one in said + written(tmp_path)]

    again = [day for day in DAYS if day not in kept or day == BAD]
    assert store.days_to_retrieve(DAYS) == again
    status, said, store = retrieve(site_at(tmp_path, archive.port))
    assert (status, said) == (0, "")
    assert_frame_equal(store.series(DAYS[0], DAYS[-1]), undisturbed)
    assert store.days_to_retrieve(DAYS) == []


def test_an_archive_that_hangs_up_at_every_question_ends_the_run_with_one_line(hospital, tmp_path):
    class Closed(DemoArchive):
        asked = 0

        def _find(self, event):
            self.asked += 1
            return hangs_up(self, event)

    with Closed(hospital, port=0) as running:
        status, said, _ = retrieve(site_at(tmp_path, running.port))
    lines = said.splitlines()
    assert status == 3
    assert "lets us in, but hangs up at each C-FIND at level STUDY; ask its administrator to allow it" in lines[0]
    assert lines[1] == "missing: 4 of 4 days were not retrieved; the next run asks for them again"
    assert running.asked == 2  # the tries of one question, not of every day


def test_an_archive_that_shows_us_nothing_on_any_day_is_suspected_and_its_days_are_not_stored(
    hospital, archive, undisturbed, tmp_path
):
    class Blind(DemoArchive):
        def _find(self, event):
            yield 0x0000, None

    with Blind(hospital, port=0) as running:
        status, said, store = retrieve(site_at(tmp_path, running.port))
    lines = said.splitlines()
    assert status == 3
    assert "lists no study on 4 days, which were not stored; check that it lets SCHEDVISU query" in lines[0]
    assert lines[1] == "missing: 4 of 4 days were not retrieved; the next run asks for them again"
    assert store.stored_days() == []
    status, said, store = retrieve(site_at(tmp_path, archive.port))
    assert (status, said) == (0, "")
    assert_frame_equal(store.series(DAYS[0], DAYS[-1]), undisturbed)


# A disk that is full


# Else a process that may write little leaves half of what Python compiled, for all others to stumble over.
KEEPS_NOTHING = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
COMMAND = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()", "retrieve"]


def retrieve_alone(site_file, limit=None):
    """Run the real command in a process that may write no file larger than a limit."""

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    days = ["--site", str(site_file), "--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--end", "2026-05-22"]
    return subprocess.run(
        [*COMMAND, *days],
        capture_output=True,
        text=True,
        timeout=120,
        env=KEEPS_NOTHING,
        preexec_fn=small_files if limit else None,
    )


def assert_ends_in_one_line_and_goes_on(ended, folder, again, undisturbed):
    """A run met a full disk: one line, nothing lost, no half file; the next one, with room, completes it."""
    lines = ended.stderr.splitlines()
    assert ended.returncode == 1, ended.stderr
    assert len(lines) == 1, ended.stderr
    assert re.match(
        r".*/series/2026/2026050\d\.parquet: cannot be written \(.+\); check permission and free space",
        lines[0],
    )
    assert not list(folder.rglob(".*.half"))
    site = sv.load_site(again)
    kept = sv.open_store(site).stored_days()
    for day in kept:
        stored = sv.open_store(site).series(day, day)
        assert_frame_equal(stored, undisturbed[undisturbed["date"] == str(day)].reset_index(drop=True))
    status, said, store = retrieve(again)
    assert (status, said) == (0, "")
    assert_frame_equal(store.series(DAYS[0], DAYS[-1]), undisturbed)
    return kept


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_disk_that_takes_no_more_of_a_file_ends_the_run_in_one_line(archive, undisturbed, tmp_path):
    site_file = site_at(tmp_path, archive.port)
    ended = retrieve_alone(site_file, limit=5_000)
    kept = assert_ends_in_one_line_and_goes_on(ended, tmp_path, site_file, undisturbed)
    assert "File too large" in ended.stderr
    assert kept == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 20 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=20k", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_ends_the_run_in_one_line_and_what_was_stored_stays(archive, undisturbed, tmp_path, small_disk):
    first = site_at(tmp_path / "site", archive.port)
    text = first.read_text()
    first.write_text(re.sub(r"(store:\n  folder: ).*", rf"\g<1>{small_disk}", text))
    ended = retrieve_alone(first)
    assert "No space left on device" in ended.stderr
    subprocess.run(["mount", "-o", "remount,size=10m", str(small_disk)], check=True)
    kept = assert_ends_in_one_line_and_goes_on(ended, small_disk, first, undisturbed)
    assert kept


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_log_that_takes_no_more_is_said_once_and_the_run_goes_on(tmp_path):
    site_file = site_at(tmp_path, 104)
    program = f"""
import logging, resource, signal
from datetime import datetime
import schedvisu_lib as sv
from schedvisu_lib.logs import start_log
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
start_log(sv.load_site({str(site_file)!r}), "retrieve", datetime(2026, 5, 8, 1))
for n in range(9):
    logging.getLogger("schedvisu_lib.collect").info("a line of a day that was stored, number %d", n)
print("done")
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=KEEPS_NOTHING)
    assert (ended.returncode, ended.stdout) == (0, "done\n")
    log = tmp_path / "log" / "retrieve-20260508-010000.log"
    assert ended.stderr == f"{log}: the log ends here (File too large); check free space of log.folder\n"
