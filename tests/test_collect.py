"""How days are collected: newest first, each kept as soon as it is whole, whatever happens to archive and process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from socketserver import BaseServer

import pytest
import yaml
from pandas.testing import assert_frame_equal

import schedvisu_lib as sv
from schedvisu_lib import collect
from schedvisu_lib.collect import collect_days
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.errors import StoreError
from schedvisu_lib.pace import Pace
from schedvisu_lib.runs import recorded_runs
from schedvisu_lib.settings.pacs import Receiver, Window

from .conftest import load_demo

DAYS = [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 7)]
ASCENSION = date(2026, 5, 14)


class Morning(Hospital):
    """The simulated hospital until the eighth study, with few images."""

    def _simulate(self, day):
        def few(one):
            return replace(one, n_instances=min(one.n_instances, 4))

        studies = [replace(s, series=tuple(few(one) for one in s.series)) for s in super()._simulate(day)[:8]]
        return _file(self.seed, day, studies)


class FailingArchive(DemoArchive):
    """Ends in the middle of the answers of a day, or answers that day with a failure."""

    def __init__(self, hospital, *, dies_on=None, refuses=(), withholds=lambda day: False, **settings):
        super().__init__(hospital, port=0, **settings)
        self.dies_on, self.refuses, self.withholds = dies_on, refuses, withholds
        self.asked = []

    def _find(self, event):
        query = event.identifier
        if query.QueryRetrieveLevel == "STUDY":
            self.asked.append(str(query.StudyDate))
        if query.get("StudyDate") in self.refuses:
            yield 0xC001, None
            return
        if self.dies_on and query.get("StudyDate") == self.dies_on:
            BaseServer.shutdown(self._server)  # else it looks at its closed socket without end
            self._server.server_close()
            event.assoc.abort()
        yield from super()._find(event)

    def _instances(self, event):
        instances = super()._instances(event)
        return [one for one in instances if not self.withholds(one[0].day)]


@pytest.fixture(scope="module")
def hospital():
    return Morning(sv.load_site(Path(__file__).parents[1] / "params" / "demo.yaml"))


@pytest.fixture(scope="module")
def archive(hospital):
    with DemoArchive(hospital, port=0) as running:
        yield running


def at(site, port, **settings):
    """The site with its archive at a port."""
    quick = {"connect_timeout": 2, "association_timeout": 5, "retry_pause": 0.05}
    pacs = site.pacs.model_copy(update={"port": port, "parallel": 1} | quick | settings)
    return site.model_copy(update={"pacs": pacs})


def collected(site, days=DAYS, pace=None):
    """Collect days; return what came of it and the names that progress was told."""
    done = []
    result = collect_days(site, sv.open_store(site), days, done.append, pace)
    assert all(re.fullmatch(rf"{stored.day}, \d+ series/s", stored.words) for stored in done)
    assert sum(sum(stored.verdicts.values()) for stored in done) == result.n_series
    return result, [str(stored.day) for stored in done]


def without_ways(rows):
    """The series without the ways by which their headers came."""
    return rows.assign(reason=rows["reason"].str.replace(r" ?\[.*\]$", "", regex=True))


@pytest.fixture(scope="module")
def trouble_free(archive, tmp_path_factory):
    """A key, and the series of all days with its pseudonyms, collected without trouble."""
    folder, site = tmp_path_factory.mktemp("undisturbed"), load_demo()
    own = {
        "store": site.store.model_copy(update={"folder": folder / "store"}),
        "privacy": site.privacy.model_copy(update={"key_file": folder / "key"}),
    }
    site = at(site.model_copy(update=own), archive.port)
    collected(site)
    return folder / "key", sv.open_store(site).series(DAYS[0], DAYS[-1])


@pytest.fixture
def undisturbed(trouble_free, demo_site):
    """The series of all days, collected without trouble into a store of their own, with the key of the test's site."""
    key, series = trouble_free
    shutil.copy2(key, demo_site.privacy.key_file)
    return series


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_every_series_of_every_day_is_stored(archive, demo_site, hospital):
    site = at(demo_site, archive.port)
    result, done = collected(site)
    truth = {one.uid for day in DAYS for study in hospital.studies_on(day) for one in study.series}
    rows = sv.open_store(site).series(DAYS[0], DAYS[-1])
    assert set(rows["series_uid"]) == truth
    assert (len(rows), result.n_series, result.problems) == (len(truth), len(truth), ())
    assert sorted(result.days) == DAYS
    assert sorted(done) == [str(day) for day in DAYS]


def test_days_are_kept_newest_first(archive, demo_site):
    result, done = collected(at(demo_site, archive.port), [DAYS[1], DAYS[3], DAYS[0]])
    assert result.days == (DAYS[3], DAYS[1], DAYS[0])
    assert done == ["2026-05-07", "2026-05-05", "2026-05-04"]


@pytest.mark.parametrize("parallel", [2, 8])
def test_more_connections_give_the_same_tables(archive, demo_site, undisturbed, parallel):
    site = at(demo_site, archive.port, parallel=parallel)
    result, _ = collected(site)
    assert sorted(result.days) == DAYS
    assert_frame_equal(sv.open_store(site).series(DAYS[0], DAYS[-1]), undisturbed)


def test_two_connections_that_move_images_give_the_same_tables(hospital, demo_site, undisturbed):
    port = free_port()
    with DemoArchive(hospital, port=0, attributes=True, destinations={"SCHEDVISU": ("127.0.0.1", port)}) as running:
        site = at(demo_site, running.port, parallel=2, ways=("move",), receiver=Receiver(port=port))
        result, _ = collected(site)
    assert result.problems == ()
    rows = sv.open_store(site).series(DAYS[0], DAYS[-1])
    assert set(rows.loc[rows["verdict"] == "kept", "reason"]) == {"[C-MOVE]"}
    assert_frame_equal(without_ways(rows), without_ways(undisturbed))


def test_no_days_ask_nothing_and_make_no_key(demo_site):
    result, done = collected(at(demo_site, free_port()), [])
    assert (result.days, result.n_series, result.problems, done) == ((), 0, (), [])
    assert not demo_site.privacy.key_file.exists()


def test_an_empty_day_beside_others_is_stored_as_empty(archive, demo_site):
    site = at(demo_site, archive.port)
    result, _ = collected(site, [DAYS[0], ASCENSION])
    assert (sorted(result.days), result.problems) == ([DAYS[0], ASCENSION], ())
    assert sv.open_store(site).days_to_retrieve([DAYS[0], ASCENSION]) == []
    assert sv.open_store(site).series(ASCENSION, ASCENSION).empty


def test_empty_days_alone_are_not_believed_but_said(archive, demo_site):
    site = at(demo_site, archive.port)
    result, done = collected(site, [ASCENSION])
    assert (result.days, result.n_series, done) == ((), 0, [])
    assert result.problems == (
        f"DEMOPACS at 127.0.0.1:{archive.port} lists no study on 1 days, which were not stored; check that it lets "
        "SCHEDVISU query, or write the days into calendar.closures",
        "1 of 1 days were not retrieved; the next run asks for them again",
    )
    assert sv.open_store(site).days_to_retrieve([ASCENSION]) == [ASCENSION]


# Held back


def test_a_moment_that_is_over_begins_no_day_and_says_so(hospital, demo_site):
    stop_at = datetime.now() - timedelta(seconds=1)
    with FailingArchive(hospital) as running:
        result, done = collected(at(demo_site, running.port), pace=Pace(stop_at=stop_at))
        assert running.asked == []
    assert (result.days, done) == ((), [])
    assert result.problems == (
        f"stopped at {stop_at:%H:%M}, as asked",
        "4 of 4 days were not retrieved; the next run asks for them again",
    )


def test_a_moment_in_the_middle_keeps_what_was_complete_and_the_next_run_asks_for_the_rest(
    hospital, demo_site, undisturbed
):
    with FailingArchive(hospital) as running:
        site = at(demo_site, running.port)
        stop_at = datetime.now() + timedelta(seconds=1.5)
        result, _ = collected(site, pace=Pace(pause=1, stop_at=stop_at))
        kept = list(result.days)
        assert 1 <= len(kept) < 4
        assert kept == sorted(DAYS, reverse=True)[: len(kept)]
        assert result.problems[0] == f"stopped at {stop_at:%H:%M}, as asked"
        store = sv.open_store(site)
        running.asked.clear()
        result, _ = collected(site, store.days_to_retrieve(DAYS))
        assert set(running.asked) == {f"{day:%Y%m%d}" for day in DAYS if day not in kept}
    assert (sorted(kept + list(result.days)), result.problems) == (DAYS, ())
    assert_frame_equal(store.series(DAYS[0], DAYS[-1]), undisturbed)


def test_a_moment_that_is_not_reached_stops_nothing(archive, demo_site):
    result, _ = collected(at(demo_site, archive.port), DAYS[:1], Pace(stop_at=datetime.now() + timedelta(hours=1)))
    assert (result.days, result.problems) == ((DAYS[0],), ())


def test_days_pause_in_between_and_not_after_the_last(archive, demo_site):
    moments = []
    store = sv.open_store(demo_site)
    collect_days(
        at(demo_site, archive.port), store, DAYS[:3], lambda _: moments.append(time.monotonic()), Pace(pause=0.7)
    )
    assert all(after - before >= 0.7 for before, after in pairwise(moments))
    began = time.monotonic()
    collected(at(demo_site, archive.port), DAYS[3:], Pace(pause=60))
    assert time.monotonic() - began < 30


def test_outside_the_window_nothing_is_asked_and_no_connection_is_held(hospital, demo_site):
    later = datetime.now() + timedelta(hours=1)
    window = Window(begins=later.time(), ends=(later + timedelta(hours=1)).time())
    with FailingArchive(hospital) as running:
        site = at(demo_site, running.port)
        result, _ = collected(site, pace=Pace(window, stop_at=datetime.now() + timedelta(seconds=0.5)))
        assert (running.asked, running._server.active_associations) == ([], [])
    assert result.days == ()


# An archive in trouble


def test_an_archive_that_is_down_from_the_start_is_said_once(demo_site):
    port = free_port()
    result, done = collected(at(demo_site, port, parallel=2))
    down, missing = result.problems
    assert f"PACS DEMOPACS at 127.0.0.1:{port} cannot be reached (Connection refused); check pacs.host" in down
    assert missing == "4 of 4 days were not retrieved; the next run asks for them again"
    assert (result.days, done) == ((), [])
    assert sv.open_store(demo_site).is_empty()


def test_an_archive_that_ends_in_the_middle_loses_nothing_that_was_complete(archive, hospital, demo_site, undisturbed):
    with FailingArchive(hospital, dies_on="20260505") as dying:
        site = at(demo_site, dying.port)
        result, done = collected(site)
    assert result.days == (DAYS[3], DAYS[2])
    assert done == ["2026-05-07", "2026-05-06"]
    assert len(result.problems) == 2
    assert "cannot be reached" in result.problems[0]
    assert result.problems[1] == "2 of 4 days were not retrieved; the next run asks for them again"
    store = sv.open_store(site)
    assert store.days_to_retrieve(DAYS) == DAYS[:2]

    again = at(demo_site, archive.port)
    result, _ = collected(again, store.days_to_retrieve(DAYS))
    assert (result.days, result.problems) == ((DAYS[1], DAYS[0]), ())
    assert_frame_equal(store.series(DAYS[0], DAYS[-1]), undisturbed)


def test_a_day_that_the_archive_refuses_does_not_take_the_others_with_it(hospital, demo_site, caplog):
    with FailingArchive(hospital, refuses=("20260506",)) as refusing:
        result, _ = collected(at(demo_site, refusing.port))
    assert result.days == (DAYS[3], DAYS[1], DAYS[0])
    assert result.problems[0].startswith("2026-05-06: not stored: PACS DEMOPACS at 127.0.0.1:")
    assert "C-FIND at level STUDY ended with status 0xC001" in result.problems[0]
    assert result.problems[1] == "1 of 4 days were not retrieved; the next run asks for them again"


def test_a_mistake_of_our_own_does_not_take_the_other_days_with_it(archive, demo_site, monkeypatch):
    whole = collect.retrieve_day

    def stumble(asked, site, day, pseudonymise):
        if day == DAYS[2]:
            raise ZeroDivisionError("DOE^JANE")
        return whole(asked, site, day, pseudonymise)

    monkeypatch.setattr(collect, "retrieve_day", stumble)
    result, _ = collected(at(demo_site, archive.port))
    assert result.days == (DAYS[3], DAYS[1], DAYS[0])
    assert "2026-05-06: not stored: ZeroDivisionError at test_collect.py:" in result.problems[0]
    assert "DOE" not in "".join(result.problems)


def test_series_whose_images_do_not_come_are_said_and_asked_for_again_until_given_up(hospital, demo_site):
    few = demo_site.model_copy(update={"store": demo_site.store.model_copy(update={"retries": 1})})
    with FailingArchive(hospital, attributes=False, withholds=lambda day: day == DAYS[0]) as withholding:
        site = at(few, withholding.port)
        store = sv.open_store(site)
        first, _ = collected(site, DAYS[:2])
        n = store.day_state(DAYS[0]).n_failed
        rows = len(store.series(DAYS[0], DAYS[0]))
        assert n > 10
        assert first.problems == (f"2026-05-04: {n} of {rows} series failed; asked for again by the next run",)
        assert store.days_to_retrieve(DAYS[:2]) == [DAYS[0]]
        second, _ = collected(site, [DAYS[0]])
        assert second.problems == (f"2026-05-04: {n} of {rows} series failed; given up",)
        assert store.days_to_retrieve(DAYS[:2]) == []


# The key of the pseudonyms


def test_a_key_is_made_for_an_empty_store(archive, demo_site):
    collected(at(demo_site, archive.port), DAYS[:1])
    assert demo_site.privacy.key_file.exists()


def test_a_key_that_exists_is_used(archive, demo_site):
    demo_site.privacy.key_file.write_text("ab" * 32)
    demo_site.privacy.key_file.chmod(0o600)
    collected(at(demo_site, archive.port), DAYS[:1])
    assert demo_site.privacy.key_file.read_text() == "ab" * 32


def test_a_key_that_is_missing_for_a_filled_store_is_an_error_and_none_is_made(archive, demo_site):
    site = at(demo_site, archive.port)
    collected(site, DAYS[:1])
    site.privacy.key_file.unlink()
    with pytest.raises(StoreError, match=r"the key of the pseudonyms cannot be read .* restore it from the backup"):
        collected(site, DAYS[1:2])
    assert not site.privacy.key_file.exists()
    assert sv.open_store(site).days_to_retrieve(DAYS[:2]) == [DAYS[1]]


def test_a_store_that_cannot_be_written_ends_the_collection(archive, demo_site):
    site = at(demo_site, archive.port)
    demo_site.store.folder.write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be written .*store\.folder"):
        collected(site, DAYS)


# A process that is killed


def site_file_for(demo_site, port, folder):
    """Write the demo's site file with other paths and another port."""
    content = yaml.safe_load(demo_site.file.read_text(encoding="utf-8"))
    content["pacs"] |= {"port": port, "parallel": 2}
    content["store"]["folder"], content["privacy"]["key_file"] = str(folder / "store"), str(folder / "key")
    content["report"]["folder"], content["log"]["folder"] = str(folder / "report"), str(folder / "log")
    file = folder / "site.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_retrieval_that_is_killed_and_run_again_gives_the_same_tables(archive, demo_site, tmp_path, undisturbed):
    (tmp_path / "killed").mkdir()
    file = site_file_for(demo_site, archive.port, tmp_path / "killed")
    # With the same key, patients have the same pseudonyms.
    key = tmp_path / "killed" / "key"
    key.write_text(demo_site.privacy.key_file.read_text())
    key.chmod(0o600)
    site = sv.load_site(file)
    command = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()", "retrieve", "--site", str(file)]
    command += ["--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--end", "2026-05-22"]
    stored = site.store.folder / "series" / "2026"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not list(stored.glob("*.parquet")) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    before = sv.open_store(site).days_to_retrieve(DAYS)
    assert len(before) < len(DAYS)
    assert [(run.state, run.record.status, run.record.ended) for run in recorded_runs(site)] == [
        ("did not end", None, None)
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"retrieved {len(before)} of {len(before)} days" in ended.stdout
    assert [run.state for run in recorded_runs(site)] == ["complete", "did not end"]
    assert_frame_equal(sv.open_store(site).series(DAYS[0], DAYS[-1]), undisturbed)
    assert not list(site.store.folder.rglob(".*.half"))
    log = "".join(one.read_text() for one in site.log.folder.iterdir())
    assert "series stored, 0 failed" in log
    for study in archive.hospital.studies_on(DAYS[0]):
        assert study.patient.id not in log
        assert study.patient.name not in log
