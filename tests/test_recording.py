"""A record is kept of every command, however it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import MailError
from schedvisu_lib.logs import start_log
from schedvisu_lib.recording import recorded
from schedvisu_lib.runs import RECORD, Asked, recorded_runs, runs_folder

from .conftest import write_site_file


def stands(site: sv.Site) -> dict[str, Any]:
    """Return the only record as it stands on the disk."""
    [file] = runs_folder(site).glob(f"*/{RECORD}")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("library_log")
def test_a_record_stands_from_the_start_and_is_complete_at_the_end(demo_site: sv.Site) -> None:
    before = datetime.now()
    with recorded(demo_site, "consolidate", Asked(scanners=("Millennium",))) as job:
        early = stands(demo_site)
        assert (early["status"], early["ended"], early["seconds"]) == (None, None, None)
        assert early["asked"]["scanners"] == ["Millennium"]
        job.done.append("consolidated 2026")
    late = stands(demo_site)
    assert late["status"] == 0
    assert before <= datetime.fromisoformat(late["started"]) <= datetime.fromisoformat(late["ended"]) <= datetime.now()
    assert late["seconds"] == pytest.approx(
        (datetime.fromisoformat(late["ended"]) - datetime.fromisoformat(late["started"])).total_seconds(), abs=0.5
    )
    assert late["python"] == sys.version.split()[0]
    assert late["log"] is None


def test_the_record_grows_with_each_step(demo_site: sv.Site) -> None:
    with recorded(demo_site, "run", Asked()) as job:
        with job.steps.step("retrieve"):
            job.verdicts["kept"] += 3
        assert stands(demo_site)["verdicts"] == {"kept": 3}
        job.problems.append("a day")
        with job.steps.step("mail"):
            # What is known before a step is written down before it: it may be the last.
            now = stands(demo_site)
            assert (now["problems"], [step["name"] for step in now["steps"]]) == (["a day"], ["retrieve"])
    assert stands(demo_site)["status"] == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MailError("there is no such report"), "there is no such report"),
        (KeyboardInterrupt(), "interrupted"),
        (ValueError("Patient D1234567"), "ValueError at test_recording.py:"),
    ],
)
def test_an_error_that_ends_a_command_is_its_last_problem(demo_site: sv.Site, error: BaseException, words: str) -> None:
    def work() -> None:
        with recorded(demo_site, "mail", Asked()) as job:
            job.problems.append("a day")
            raise error

    with pytest.raises(type(error)):
        work()
    record = stands(demo_site)
    assert record["status"] == 1
    assert record["problems"][0] == "a day"
    assert record["problems"][1].startswith(words)
    assert "D1234567" not in json.dumps(record)


@pytest.mark.usefixtures("library_log")
def test_the_record_names_its_log(demo_site: sv.Site) -> None:
    log = start_log(demo_site, "retrieve", datetime.now())
    with recorded(demo_site, "retrieve", Asked()) as job:
        job.lack("a day is missing")
        job.warn("a grumble")
    record = stands(demo_site)
    assert (record["log"], record["problems"], record["warnings"]) == (log.name, ["a day is missing"], ["a grumble"])
    assert [line.split(": ", 1)[1] for line in log.read_text().splitlines()] == ["a day is missing", "a grumble"]


def test_a_command_tidies_up_after_itself(demo_site: sv.Site) -> None:
    keep = demo_site.report.keep_runs
    old = runs_folder(demo_site) / f"{datetime.now() - timedelta(days=keep, hours=1):%Y%m%d-%H%M%S}-run"
    young = runs_folder(demo_site) / f"{datetime.now() - timedelta(days=keep - 1):%Y%m%d-%H%M%S}-run"
    for folder in (old, young):
        folder.mkdir(parents=True)
    with recorded(demo_site, "run", Asked()):
        pass
    assert (old.exists(), young.exists()) == (False, True)


def test_two_at_once_keep_apart(demo_site: sv.Site) -> None:
    with recorded(demo_site, "run", Asked()) as first, recorded(demo_site, "run", Asked()) as second:
        assert first.notebooks.parent != second.notebooks.parent
        assert [run.state for run in recorded_runs(demo_site)] == ["running", "running"]
    assert [run.state for run in recorded_runs(demo_site)] == ["complete", "complete"]


def test_a_folder_that_cannot_be_made_is_one_problem_and_work_goes_on(demo_site: sv.Site) -> None:
    demo_site.report.folder.write_text("in the way")
    with recorded(demo_site, "report", Asked()) as job:
        job.notebooks.mkdir()
        (job.notebooks / "01-page.ipynb").write_text("{}")
        job.done.append("all")
    [problem] = job.problems
    assert problem.startswith(f"{runs_folder(demo_site)}: the record of this run cannot be written (")
    assert int(job.status) == 3
    assert not job.notebooks.exists()  # nobody would find them
    assert demo_site.report.folder.read_text() == "in the way"


def test_a_record_that_cannot_be_replaced_any_more_is_one_problem(demo_site: sv.Site) -> None:
    with recorded(demo_site, "report", Asked()) as job:
        file = job.notebooks.with_name(RECORD)
        file.unlink()
        file.mkdir()
        with job.steps.step("print"):
            pass
    [problem] = job.problems
    assert problem.startswith(f"{file}: the record of this run cannot be written (Is a directory)")


def test_a_record_that_can_be_written_again_is_no_problem(demo_site: sv.Site) -> None:
    with recorded(demo_site, "report", Asked()) as job:
        file = job.notebooks.with_name(RECORD)
        file.unlink()
        file.mkdir()
        with job.steps.step("execute"):
            pass
        file.rmdir()
    assert job.problems == []
    assert stands(demo_site)["status"] == 0


def test_a_run_that_is_killed_did_not_end(tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path))
    program = f"""
import os, signal
import schedvisu_lib as sv
from schedvisu_lib.recording import recorded
from schedvisu_lib.runs import Asked, recorded_runs
site = sv.load_site({str(site.file)!r})
with recorded(site, "run", Asked()) as job:
    with job.steps.step("retrieve"):
        pass
    print(*[run.state for run in recorded_runs(site)], flush=True)
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode != 0, done.stdout) == (True, "running\n")
    [run] = recorded_runs(site)
    assert (run.state, run.record.status) == ("did not end", None)
    assert [step.name for step in run.record.steps] == ["retrieve"]
