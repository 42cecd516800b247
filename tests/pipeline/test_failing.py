"""Runs whose steps fail: what still comes of them, and what they say in report, mail and record."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.errors import StoreLocked
from schedvisu_lib.job import Job
from schedvisu_lib.outcome import Status
from schedvisu_lib.recording import recorded
from schedvisu_lib.runs import Asked, recorded_runs, runs_folder
from tests.conftest import write_site_file
from tests.pipeline.conftest import EVENING, FRIDAY, MONDAY, WEEK, WEEK_BEFORE, body, mails, record_of

LACKING = "5 days (2026-05-18 to 2026-05-22) are not, or not wholly, in the store; run schedvisu retrieve"


@pytest.fixture(scope="module")
def down(
    tmp_path_factory: pytest.TempPathFactory, with_bare_notebooks: Callable[[], AbstractContextManager[None]]
) -> tuple[sv.Site, Job]:
    """The job of a week whose archive does not answer."""
    with with_bare_notebooks():
        site = sv.load_site(write_site_file(tmp_path_factory.mktemp("down")))
        choice = choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
        return site, pipeline.run(site, choice, EVENING)


def test_archive_that_is_down_gives_a_partial_report_that_says_so(down: tuple[sv.Site, Job]) -> None:
    site, outcome = down
    assert outcome.status is Status.PARTIAL
    assert f"{site.pacs.host}:{site.pacs.port} cannot be reached" in outcome.problems[0]
    assert outcome.problems[1] == "8 of 8 days were not retrieved; the next run asks for them again"
    assert outcome.report is not None
    assert outcome.report.pdf is not None
    message = mails(site)[0]
    assert message["Subject"].startswith("Incomplet")
    assert "8 of 8 days were not retrieved" in " ".join(body(message).split())


def test_archive_that_is_down_is_recorded(down: tuple[sv.Site, Job]) -> None:
    site, outcome = down
    record = record_of(site, "run")
    assert record["status"] == 3
    assert record["days"] == {
        "asked": 8,
        "first": "2026-05-11",
        "last": "2026-05-22",
        "retrieved": 0,
        "failed": [str(day) for day in (*WEEK_BEFORE, *WEEK)],
    }
    assert record["verdicts"] == {}
    assert record["problems"] == outcome.problems
    assert record["report"]["missing"] == outcome.problems


def test_mailed_again_later_it_is_still_told_to_be_incomplete(down: tuple[sv.Site, Job]) -> None:
    site, outcome = down
    assert outcome.report is not None
    mailed = pipeline.mail_report(site, choose(site, EVENING, periods=["weekly"], scanners=["Millennium"]), EVENING)
    assert mailed.problems == []
    second = mails(site)[-1]
    assert second["Subject"].startswith("Incomplet")
    [attachment] = list(second.iter_attachments())
    assert attachment.get_content() == outcome.report.pdf.read_bytes()  # type: ignore[union-attr, attr-defined]
    record = record_of(site, "mail")
    assert (record["status"], record["report"], record["pages"]) == (0, None, [])
    assert [step["name"] for step in record["steps"]] == ["mail"]
    assert record["files"] == [
        {"kind": "mail", "path": mailed.done[0], "bytes": len(Path(mailed.done[0]).read_bytes())}
    ]


@pytest.mark.usefixtures("bare")
def test_retrieval_that_cannot_store_is_told_in_report_and_mail(site: sv.Site, make_series) -> None:
    sv.open_store(site).write_day(MONDAY, make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}]))
    # The store holds a day but its key is gone: nothing may be retrieved under another one.
    choice = choose(site, EVENING, periods=["weekly"], scanners=["Discovery 690"])
    outcome = pipeline.run(site, choice, EVENING)
    assert outcome.status is Status.PARTIAL
    assert str(site.privacy.key_file) in outcome.problems[0]
    assert outcome.report is not None
    [message] = mails(site)
    assert message["Subject"].startswith("Incomplet")
    assert "restore it from the backup" in " ".join(body(message).split())


@pytest.mark.usefixtures("bare")
def test_report_that_cannot_be_written_is_a_failed_run_with_a_mail_and_a_record(site: sv.Site, tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path, drop=["planned"]))
    choice = choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    (site.report.folder / f"{choice.name}.html").mkdir(parents=True)
    outcome = pipeline.run(site, choice, EVENING)
    assert outcome.status is Status.FAILURE
    assert outcome.problems[-1].startswith(f"cannot write {site.report.folder / choice.name}.html: ")
    [message] = mails(site)
    assert message["Subject"].startswith("Échec")
    record = record_of(site, "run")
    assert (record["status"], record["report"], record["problems"]) == (1, None, outcome.problems)
    assert [file["kind"] for file in record["files"]] == ["mail"]
    assert [step["name"] for step in record["steps"]][-2:] == ["convert", "mail"]
    assert len(record["pages"]) >= 3  # they were executed


@pytest.mark.usefixtures("bare")
def test_mistake_of_ours_in_any_step_is_mailed_too(site: sv.Site, make_series, monkeypatch: pytest.MonkeyPatch) -> None:
    sv.open_store(site).write_day(MONDAY, make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}]))

    def mistaken(*_: object, **__: object) -> None:
        raise KeyError("PATIENT-1")

    for step in ("collect.collect_days", "pipeline.consolidate", "pipeline.build_report"):
        monkeypatch.setattr(f"schedvisu_lib.{step}", mistaken)
    outcome = pipeline.run(site, choose(site, EVENING, periods=["weekly"], scanners=["Millennium"]), EVENING)
    assert outcome.status is Status.FAILURE
    assert sum("KeyError at test_failing.py:" in problem for problem in outcome.problems) == 3
    [message] = mails(site)
    assert message["Subject"].startswith("Échec")
    assert "a mistake of SchedVisu; report it" in " ".join(body(message).split())
    assert "PATIENT-1" not in f"{message}{record_of(site, 'run')}"


@pytest.mark.usefixtures("bare")
def test_record_that_cannot_be_written_does_not_lose_the_report(tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path, report={"browser": "/nowhere/chromium"}))
    site.report.folder.mkdir()
    runs_folder(site).write_text("in the way")
    outcome = pipeline.report(site, choose(site, EVENING, first=MONDAY, last=FRIDAY, scanners=["Millennium"]), EVENING)
    assert outcome.status is Status.PARTIAL
    assert outcome.report is not None
    assert outcome.report.html.is_file()
    lacking, browser, record = outcome.problems
    assert lacking == LACKING
    assert browser.startswith("report.browser: ")
    assert record.startswith(f"{runs_folder(site)}: the record of this run cannot be written (")
    assert record.endswith("; check report.folder")
    assert runs_folder(site).read_text() == "in the way"
    assert not outcome.notebooks.exists()


def test_notebooks_that_fail_leave_a_page_and_a_status(site: sv.Site) -> None:
    choice = choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    for table in ("series", "planned"):
        file = site.store.folder / table / "2026" / "20260519.parquet"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"no parquet")
    outcome = pipeline.report(site, choice, EVENING)
    assert outcome.status is Status.PARTIAL
    assert outcome.report is not None
    failed = {page.name: page.error or "" for page in outcome.pages if page.error}
    # Only plan and effect reads the plan, and only the pages on the quality of the data the series.
    assert set(failed) == {"Millennium, prévu et réalisé", "Qualité des données", "Examens à vérifier"}
    assert set(outcome.report.failed_pages) == set(failed.values())
    assert set(failed.values()) <= set(outcome.problems)
    assert LACKING in outcome.problems
    assert all("20260519.parquet: damaged" in error for error in failed.values())
    assert len(list(outcome.report.notebooks.glob("*.ipynb"))) == outcome.report.n_pages
    assert outcome.report.pdf is not None
    assert len(PdfReader(outcome.report.pdf).pages) == outcome.report.n_pages
    record = record_of(site, "report")
    assert record["status"] == 3
    assert {page["name"]: page["error"] for page in record["pages"] if page["error"]} == failed


def test_second_run_at_the_same_time_leaves_and_disturbs_nothing(site: sv.Site) -> None:
    with recorded(site, "run", Asked()) as first, sv.open_store(site).locked():
        first.notebooks.mkdir()
        (first.notebooks / "01-page.ipynb").write_text("{}")
        with pytest.raises(StoreLocked, match="another run"):
            pipeline.report(site, choose(site, EVENING, periods=["weekly"]), EVENING)
        second, running = recorded_runs(site)
        assert (running.state, running.record.command) == ("running", "run")
        assert (second.state, second.record.command, second.record.status) == ("failed", "report", 1)
        [problem] = second.record.problems
        assert "another run of schedvisu is at work here" in problem
    assert [file.name for file in first.notebooks.iterdir()] == ["01-page.ipynb"]
    assert [run.state for run in recorded_runs(site)] == ["failed", "complete"]


@pytest.mark.skipif(os.name != "posix", reason="SIGINT")
def test_retrieval_that_is_interrupted_is_recorded_as_far_as_it_came(tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path, drop=["planned"]))
    # Who starts the tests in the background of a script makes them, and all that they start, ignore SIGINT.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heed}; from schedvisu_lib.cli import main; main()"
    command = [sys.executable, "-c", program, "retrieve", "--site", str(site.file), "--from", "2026-05-11"]
    with (
        DemoArchive(Hospital(site), port=site.pacs.port),
        subprocess.Popen([*command, "--end", "2026-05-22"], stderr=subprocess.PIPE, text=True) as process,
    ):
        deadline = time.monotonic() + 60
        while len(sv.open_store(site).stored_days()) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        [run] = recorded_runs(site)
        assert (run.state, run.record.status, run.record.ended) == ("running", None, None)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert errors.startswith("interrupted; what was complete is kept")
    [run] = recorded_runs(site)
    assert (run.state, run.record.status, run.record.problems) == ("failed", 1, ("interrupted",))
    assert [step.name for step in run.record.steps] == ["retrieve"]
    days = run.record.days
    assert days is not None
    retrieved = [day for day in (*WEEK_BEFORE, *WEEK) if day not in days.failed]
    assert (days.asked, days.retrieved) == (8, len(retrieved))
    assert 1 <= days.retrieved < 8
    assert set(retrieved) <= set(sv.open_store(site).stored_days())
    series = sv.open_store(site).series(min(retrieved), FRIDAY)
    kept = series.loc[series["date"].isin(pd.to_datetime(retrieved)), "verdict"]
    assert run.record.verdicts == kept.value_counts().to_dict()
