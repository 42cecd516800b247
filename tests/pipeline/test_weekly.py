"""The weekly run against the embedded archive, over DICOM, with real notebooks, browser and mail."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.session import serving
from schedvisu_lib.job import Job
from schedvisu_lib.outcome import Status
from schedvisu_lib.pacs.pseudonym import make_key
from schedvisu_lib.periods import working_days
from schedvisu_lib.runs import NOTEBOOKS, RECORD, recorded_runs
from schedvisu_lib.tables import SERIES, empty
from tests.conftest import write_site_file
from tests.pipeline.conftest import EVENING, FRIDAY, MONDAY, WEEK, WEEK_BEFORE, mails, record_of


def truth(site: sv.Site, first: date, last: date) -> pd.DataFrame:
    """Return what a perfect reader would find: scanner, exam type, take, start, end of each exam."""
    hospital = Hospital(site)
    exams = [exam for day in working_days(site.calendar, first, last) for exam in hospital.exams(day)]
    rows = [(e.scanner, e.exam_type, e.take, pd.Timestamp(e.start), pd.Timestamp(e.end)) for e in exams]
    return pd.DataFrame(rows, columns=["scanner", "exam_type", "take", "start", "end"])


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
