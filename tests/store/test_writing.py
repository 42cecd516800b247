"""One writer at a time, and whole files or the former ones, however a run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import StoreError, StoreLocked
from tests.store.conftest import MONDAY, TUESDAY, file_of, with_store


def test_a_second_run_is_told_that_the_store_is_locked(store, demo_site):
    second = sv.open_store(demo_site).locked()
    words = "another run of schedvisu is at work here since"
    with store.locked(), pytest.raises(StoreLocked, match=words):
        second.__enter__()
    with store.locked():
        pass


def test_another_process_is_kept_out_too_and_let_in_when_the_first_is_killed(store, demo_site):
    code = (
        "import sys, time, filelock\n"
        "with filelock.FileLock(sys.argv[1], timeout=0):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(60)\n"
    )
    demo_site.store.folder.mkdir(parents=True)
    command = [sys.executable, "-c", code, str(demo_site.store.folder / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(StoreLocked), store.locked():
            pass
        other.kill()
    with store.locked():
        pass


def test_reading_needs_no_lock(store, series_of, demo_site):
    with store.locked():
        store.write_day(MONDAY, series_of(MONDAY))
        assert len(sv.open_store(demo_site).series(MONDAY, MONDAY)) == 3


def test_half_files_of_a_killed_run_are_swept(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    half = file_of(demo_site, MONDAY).with_name(".20260512.parquet.half")
    half.write_bytes(b"half")
    assert len(store.series(MONDAY, TUESDAY)) == 3
    with store.locked():
        assert not half.exists()
        assert file_of(demo_site, MONDAY).exists()


def test_a_file_in_place_of_the_folder_is_named(store, series_of, demo_site):
    demo_site.store.folder.write_text("in the way")
    words = f"{demo_site.store.folder}.*check .*store.folder"
    with pytest.raises(StoreError, match=words), store.locked():
        pass
    with pytest.raises(StoreError, match=words):
        store.write_day(MONDAY, series_of(MONDAY))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="only Linux has a folder that not even root may write")  # noqa: PTH112
def test_a_folder_that_cannot_be_written_is_named(demo_site, series_of, tmp_path):
    store = sv.open_store(with_store(demo_site, folder=type(tmp_path)("/proc/self/store")))
    with pytest.raises(StoreError, match=r"/proc/self/store.*check .*store\.folder"), store.locked():
        pass


def test_a_mistake_of_the_caller_is_not_taken_for_one_of_the_folder(store):
    with pytest.raises(PermissionError), store.locked():
        raise PermissionError("of something else")


# Crashes

WRITER = """
import sys
from pathlib import Path
import pandas as pd
import schedvisu_lib as sv
site = sv.load_site(sys.argv[1])
store = sv.open_store(site.model_copy(update={"store": site.store.model_copy(update={"folder": Path(sys.argv[2])})}))
rows = store.series("2026-05-11", "2026-05-11")
print("ready", flush=True)
for n in range(1_000_000):
    store.write_day(pd.Timestamp("2026-05-11").date(), rows.assign(reason=str(n % 2) * 50))
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_writer_that_is_killed_leaves_the_old_day_or_the_new_one(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY, n=15, reason="0" * 50))
    for wait in (0.003, 0.023, 0.047):
        command = [sys.executable, "-c", WRITER, str(demo_site.file), str(demo_site.store.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
        rows = store.series(MONDAY, MONDAY)
        assert len(rows) == 15
        assert set(rows["reason"]) in ({"0" * 50}, {"1" * 50})
        assert store.day_state(MONDAY) is not None
    with store.locked():
        assert [file.name for file in file_of(demo_site, MONDAY).parent.iterdir()] == ["20260511.parquet"]


@pytest.mark.skipif(os.name != "posix", reason="Windows does not replace a file that is open")
def test_who_reads_a_day_meanwhile_reads_the_former_one_to_its_end(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    before = file_of(demo_site, MONDAY).read_bytes()
    with file_of(demo_site, MONDAY).open("rb") as reader:
        store.write_day(MONDAY, series_of(MONDAY, n=9))
        assert reader.read() == before
    assert file_of(demo_site, MONDAY).read_bytes() != before


def test_a_write_that_fails_leaves_the_former_day(store, series_of, demo_site, monkeypatch):
    store.write_day(MONDAY, series_of(MONDAY))
    before = file_of(demo_site, MONDAY).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"20260511\.parquet: cannot be written \(No space left on device\)"):
        store.write_day(MONDAY, series_of(MONDAY, n=9))
    assert file_of(demo_site, MONDAY).read_bytes() == before
    assert len(list(file_of(demo_site, MONDAY).parent.iterdir())) == 1
