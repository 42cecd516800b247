"""The weekly run against the embedded archive, over DICOM, with real notebooks, browser and mail."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.session import serving
from schedvisu_lib.errors import MailError, StoreLocked
from schedvisu_lib.job import Job
from schedvisu_lib.outcome import Status
from schedvisu_lib.pacs.pseudonym import make_key
from schedvisu_lib.periods import working_days
from schedvisu_lib.recording import recorded
from schedvisu_lib.report.pages import notebooks_folder
from schedvisu_lib.runs import NOTEBOOKS, RECORD, Asked, recorded_runs, runs_folder
from schedvisu_lib.tables import SERIES, empty

from .conftest import ROOT, write_site_file

EVENING = datetime(2026, 5, 22, 23)
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
WEEK = working_days(sv.load_site(ROOT / "params" / "demo.yaml").calendar, MONDAY, FRIDAY)
WEEK_BEFORE = [date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 13)]
"""The week of Ascension has three open days."""
LACKING = "5 days (2026-05-18 to 2026-05-22) are not, or not wholly, in the store; run schedvisu retrieve"


def truth(site: sv.Site, first: date, last: date) -> pd.DataFrame:
    """Return what a perfect reader would find: scanner, exam type, take, start, end of each exam."""
    hospital = Hospital(site)
    exams = [exam for day in working_days(site.calendar, first, last) for exam in hospital.exams(day)]
    rows = [(e.scanner, e.exam_type, e.take, pd.Timestamp(e.start), pd.Timestamp(e.end)) for e in exams]
    return pd.DataFrame(rows, columns=["scanner", "exam_type", "take", "start", "end"])


def mails(site: sv.Site) -> list[EmailMessage]:
    """Return the mails in the outbox, the oldest first."""
    assert site.mail is not None
    files = sorted(site.mail.outbox.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]  # type: ignore[misc]


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def record_of(site: sv.Site, command: str) -> dict[str, Any]:
    """Return the only record of a command, as it stands on the disk."""
    [file] = runs_folder(site).glob(f"*-{command}/{RECORD}")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


@pytest.fixture(scope="module")
def bare_notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's notebooks without what takes their time: the same parameters, and one sentence."""
    folder = tmp_path_factory.mktemp("bare")
    for file in notebooks_folder().glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        shown = nbformat.v4.new_code_cell('from IPython.display import HTML\nHTML(f"<p>{first} to {last}</p>")')
        notebook.cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])] + [shown]
        nbformat.write(notebook, folder / file.name)
    return folder


@pytest.fixture(scope="module")
def _module_patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def bare(bare_notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reports of which no page is looked at be made of bare notebooks."""
    monkeypatch.setattr("schedvisu_lib.report.execute.notebooks_folder", lambda: bare_notebooks)


# The whole week


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> tuple[sv.Site, Job]:
    """The job of a week, of which the store held the week before, and what became of it."""
    site = sv.load_site(write_site_file(tmp_path_factory.mktemp("weekly")))
    make_key(site.privacy.key_file)
    for day in WEEK_BEFORE:
        sv.open_store(site).write_day(day, empty(SERIES))
    choice = choose(site, EVENING, periods=["weekly"], scanners=["Discovery 690"])
    with serving(site):
        return site, pipeline.run(site, choice, EVENING)


def test_weekly_run_makes_the_tables(weekly: tuple[sv.Site, Job]) -> None:
    site, outcome = weekly
    assert outcome.problems == []
    assert outcome.status is Status.SUCCESS
    studies = sv.open_store(site).studies(MONDAY, FRIDAY)
    key = ["scanner", "start", "end"]
    found = studies[["scanner", "exam_type", "take", "start", "end"]].sort_values(key, ignore_index=True)
    meant = truth(site, MONDAY, FRIDAY).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(found, meant, check_dtype=False)


def test_weekly_run_makes_report_and_mail(weekly: tuple[sv.Site, Job]) -> None:
    site, outcome = weekly
    assert outcome.report is not None
    assert outcome.report.pdf is not None
    pages = PdfReader(outcome.report.pdf).pages
    assert len(pages) == outcome.report.n_pages
    texts = [page.extract_text() for page in pages]
    assert any("Discovery 690" in text for text in texts[1:])
    assert any("Prévu et réalisé" in text for text in texts[2:])
    [message] = mails(site)
    [attachment] = list(message.iter_attachments())
    assert attachment.get_content() == outcome.report.pdf.read_bytes()  # type: ignore[attr-defined]
    assert "ncompl" not in message["Subject"]


def test_weekly_run_is_recorded_with_its_numbers(weekly: tuple[sv.Site, Job]) -> None:
    site, outcome = weekly
    record = record_of(site, "run")
    store = sv.open_store(site)
    series, studies = store.series(MONDAY, FRIDAY), store.studies(MONDAY, FRIDAY)
    assert (record["version"], record["command"], record["status"]) == (sv.__version__, "run", 0)
    assert record["asked"] == {
        "as_of": "2026-05-22T23:00:00",
        "periods": [{"title": "weekly", "first": "2026-05-18", "last": "2026-05-22"}],
        "scanners": ["Discovery 690"],
        "first": "2026-05-11",
        "last": "2026-05-22",
    }
    assert record["site"] == {
        "file": "site.yaml",
        "retrieval": site.retrieval_fingerprint(),
        "rules": site.rules_fingerprint(),
    }
    assert record["days"] == {
        "asked": 5,
        "first": "2026-05-18",
        "last": "2026-05-22",
        "retrieved": 5,
        "failed": [],
    }
    assert record["verdicts"] == series["verdict"].value_counts().sort_index().to_dict()
    assert outcome.done[0] == f"retrieved 5 of 5 days, {sum(record['verdicts'].values())} series"
    planned = store.planned("2026-05-15", "2026-06-05")
    assert record["planned"] == {"first": "2026-05-15", "last": "2026-06-05", "appointments": len(planned)}
    assert record["years"] == [{"year": 2026, "exams": len(studies), "series": len(series)}]
    assert (record["problems"], record["report"]["missing"]) == ([], [])


def test_weekly_run_is_recorded_with_its_pages_files_and_times(weekly: tuple[sv.Site, Job]) -> None:
    site, outcome = weekly
    record = record_of(site, "run")
    assert outcome.report is not None
    pages = record["pages"]
    assert [page["number"] for page in pages] == list(range(1, outcome.report.n_pages + 1))
    names = [page["name"] for page in pages]
    assert {"Discovery 690, hebdomadaire", "Discovery 690, prévu et réalisé", "Qualité des données"} <= set(names)
    assert all(page["seconds"] > 0.1 and page["error"] is None for page in pages)
    [run] = (run for run in recorded_runs(site) if run.record.command == "run")
    executed = sorted(file.name for file in (run.folder / NOTEBOOKS).iterdir())
    assert [page["notebook"] for page in pages] == executed
    name = "schedvisu-2026-05-22-weekly-discovery-690"
    assert record["report"] == {
        "name": name,
        "html": f"{name}.html",
        "pdf": f"{name}.pdf",
        "pages": len(pages),
        "missing": [],
    }
    assert [file["kind"] for file in record["files"]] == ["pdf", "html", "mail"]
    assert all(Path(file["path"]).is_file() for file in record["files"])
    assert [file["bytes"] for file in record["files"][:2]] == [
        Path(file["path"]).stat().st_size for file in record["files"][:2]
    ]
    steps = record["steps"]
    assert [step["name"] for step in steps] == [
        "retrieve",
        "planned",
        "consolidate",
        "execute",
        "convert",
        "print",
        "mail",
    ]
    assert 0 < sum(step["seconds"] for step in steps) <= record["seconds"] + 0.01  # rounded to 0.001
    # Nothing but the record and the notebooks is left in its folder, and nobody's work in the report's.
    assert {path.name for path in run.folder.iterdir()} == {RECORD, NOTEBOOKS}
    assert {path.name for path in site.report.folder.iterdir()} == {"runs", f"{name}.html", f"{name}.pdf"}


def test_no_patient_is_in_the_record(weekly: tuple[sv.Site, Job]) -> None:
    site, _ = weekly
    text = json.dumps(record_of(site, "run"), ensure_ascii=False)
    hospital = Hospital(site)
    people = {study.patient for day in WEEK for study in hospital.studies_on(day)}
    assert len(people) > 100
    assert not [word for one in people for word in (one.id, one.name) if word in text]
    pseudonyms = set(sv.open_store(site).series(MONDAY, FRIDAY)["patient"])
    assert not [pseudonym for pseudonym in pseudonyms if pseudonym in text]


@pytest.mark.usefixtures("bare")
def test_the_same_job_once_more_has_nothing_to_ask_and_nothing_to_rebuild(
    weekly: tuple[sv.Site, Job], site: sv.Site
) -> None:
    first, _ = weekly
    shutil.copytree(first.store.folder, site.store.folder, copy_function=shutil.copy2)
    shutil.copy2(first.privacy.key_file, site.privacy.key_file)
    choice = choose(site, EVENING, periods=["weekly"], scanners=["Discovery 690"])
    again = pipeline.run(site, choice, EVENING)  # though the archive is gone
    assert again.done[0] == "retrieved 0 of 0 days, 0 series"
    assert not any(line.startswith("consolidated") for line in again.done)
    # Only the plan of the days to come is asked for each time.
    [problem] = again.problems
    assert problem.startswith("worklist: ")
    record = record_of(site, "run")
    assert record["days"] == {"asked": 0, "first": None, "last": None, "retrieved": 0, "failed": []}
    assert (record["verdicts"], record["years"], record["status"]) == ({}, [], 3)
    assert record["planned"]["appointments"] == 0


# What fails


@pytest.fixture(scope="module")
def down(
    tmp_path_factory: pytest.TempPathFactory, bare_notebooks: Path, _module_patch: pytest.MonkeyPatch
) -> tuple[sv.Site, Job]:
    """The job of a week whose archive does not answer."""
    with _module_patch.context() as patch:
        patch.setattr("schedvisu_lib.report.execute.notebooks_folder", lambda: bare_notebooks)
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
    assert sum("KeyError at test_pipeline.py:" in problem for problem in outcome.problems) == 3
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


# What changed, what would be done


def test_damaged_day_is_named_and_the_last_good_studies_stay(site: sv.Site, make_series) -> None:
    store = sv.open_store(site)
    rows = make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}])
    store.write_day(MONDAY, rows)
    assert pipeline.consolidate_store(site).done == ["consolidated 2026: 1 exams from 1 series"]
    file = site.store.folder / "series" / "2026" / "20260519.parquet"
    file.write_bytes(b"PAR1 but no more")
    outcome = pipeline.consolidate_store(site)
    assert outcome.status is Status.PARTIAL
    assert str(file) in outcome.problems[0]
    assert "delete it" in outcome.problems[0]
    assert len(store.studies(MONDAY, FRIDAY)) == 1
    file.unlink()
    assert pipeline.consolidate_store(site).problems == []


def test_changed_rule_rebuilds_studies_only_then(tmp_path: Path, make_series) -> None:
    file = write_site_file(tmp_path)
    site = sv.load_site(file)
    sv.open_store(site).write_day(MONDAY, make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}]))
    assert len(pipeline.consolidate_store(site).done) == 1
    assert pipeline.consolidate_store(site).done == []
    file.write_text(file.read_text().replace("name: FDG STAND.", "name: FDG"))
    changed = sv.load_site(file)
    assert len(pipeline.consolidate_store(changed).done) == 1
    assert list(sv.open_store(changed).studies(MONDAY, FRIDAY)["exam_type"]) == ["FDG"]


def test_mail_without_a_report_says_what_to_do(site: sv.Site) -> None:
    with pytest.raises(MailError, match="there is no such report to mail; run schedvisu report"):
        pipeline.mail_report(site, choose(site, EVENING, periods=["weekly"]), EVENING)


def test_plan_says_what_a_run_would_do_and_does_nothing(site: sv.Site) -> None:
    lines = pipeline.plan(site, choose(site, EVENING, periods=["weekly"]), EVENING)
    assert lines[0].startswith("retrieve: 8 days (2026-05-11 to 2026-05-22) from DEMOPACS")
    assert lines[1] == "consolidate: nothing changed in the store"
    assert lines[2].startswith("report: 9 pages, ")
    assert not site.store.folder.exists()
    assert not site.report.folder.exists()
