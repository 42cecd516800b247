"""The weekly run against the embedded archive, over DICOM, with real notebooks, browser and mail."""

from __future__ import annotations

from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.session import serving
from schedvisu_lib.errors import MailError, ReportError, StoreLocked
from schedvisu_lib.periods import working_days
from schedvisu_lib.pipeline import Status

from .conftest import write_site_file

EVENING = datetime(2026, 5, 22, 23)
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)


def truth(site: sv.Site, first: date, last: date) -> pd.DataFrame:
    """Return what a perfect reader would find: scanner, exam type, take, start, end of each exam."""
    hospital = Hospital(site)
    exams = [exam for day in working_days(site.calendar, first, last) for exam in hospital.exams(day)]
    rows = [(e.scanner, e.exam_type, e.take, pd.Timestamp(e.start), pd.Timestamp(e.end)) for e in exams]
    return pd.DataFrame(rows, columns=["scanner", "exam_type", "take", "start", "end"])


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


def test_weekly_run_makes_tables_report_and_mail(site: sv.Site) -> None:
    choice = pipeline.choose(site, EVENING, periods=["weekly"], scanners=["Discovery 690"])
    with serving(site):
        outcome = pipeline.run(site, choice, EVENING)
    assert outcome.problems == []
    assert outcome.status is Status.SUCCESS

    studies = sv.open_store(site).studies(MONDAY, FRIDAY)
    key = ["scanner", "start", "end"]
    found = studies[["scanner", "exam_type", "take", "start", "end"]].sort_values(key, ignore_index=True)
    meant = truth(site, MONDAY, FRIDAY).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(found, meant, check_dtype=False)

    assert outcome.report is not None
    assert outcome.report.pdf is not None
    pages = PdfReader(outcome.report.pdf).pages
    assert len(pages) == 4
    assert "Discovery 690" in pages[1].extract_text()
    assert "Prévu et réalisé" in pages[2].extract_text()
    [mail] = (site.report.folder.parent / "mail").glob("*.eml")
    message = message_from_bytes(mail.read_bytes(), policy=default)
    [attachment] = list(message.iter_attachments())
    assert attachment.get_content() == outcome.report.pdf.read_bytes()
    assert "ncompl" not in message["Subject"]

    # The same job once more has nothing to ask and nothing to rebuild, though the archive is gone.
    again = pipeline.run(site, choice, EVENING)
    assert again.done[0] == "retrieved 0 of 0 days, 0 series"
    assert not any(line.startswith("consolidated") for line in again.done)
    # Only the plan of the days to come is asked for each time.
    [problem] = again.problems
    assert problem.startswith("worklist: ")


def test_archive_that_is_down_gives_a_partial_report_that_says_so(site: sv.Site) -> None:
    choice = pipeline.choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    outcome = pipeline.run(site, choice, EVENING)
    assert outcome.status is Status.PARTIAL
    assert f"{site.pacs.host}:{site.pacs.port} cannot be reached" in outcome.problems[0]
    assert outcome.problems[1] == "8 of 8 days were not retrieved; the next run asks for them again"
    assert outcome.report is not None
    assert outcome.report.pdf is not None
    [mail] = (site.report.folder.parent / "mail").glob("*.eml")
    message = message_from_bytes(mail.read_bytes(), policy=default)
    assert message["Subject"].startswith("Incomplet")
    assert "8 of 8 days were not retrieved" in message.get_body(("plain",)).get_content()
    # Mailed again later, it is still told to be incomplete.
    mailed = pipeline.mail_report(site, choice)
    assert mailed.problems == []
    second = message_from_bytes(Path(mailed.done[0]).read_bytes(), policy=default)
    assert second["Subject"].startswith("Incomplet")


def test_retrieval_that_cannot_store_is_told_in_report_and_mail(site: sv.Site, make_series) -> None:
    sv.open_store(site).write_day(MONDAY, make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}]))
    # The store holds a day but its key is gone: nothing may be retrieved under another one.
    choice = pipeline.choose(site, EVENING, periods=["weekly"], scanners=["Discovery 690"])
    outcome = pipeline.run(site, choice, EVENING)
    assert outcome.status is Status.PARTIAL
    assert str(site.privacy.key_file) in outcome.problems[0]
    assert outcome.report is not None
    [mail] = (site.report.folder.parent / "mail").glob("*.eml")
    message = message_from_bytes(mail.read_bytes(), policy=default)
    assert message["Subject"].startswith("Incomplet")
    assert "restore it from the backup" in message.get_body(("plain",)).get_content()


def test_record_that_cannot_be_written_is_one_line(site: sv.Site) -> None:
    choice = pipeline.choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    (site.report.folder / f"{choice.name}.json").mkdir(parents=True)
    with pytest.raises(ReportError, match=r"\.json: cannot be written .*check report\.folder"):
        pipeline._report(site, choice, EVENING, pipeline.Outcome())


def test_notebook_that_fails_leaves_a_page_and_a_status(tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path))
    choice = pipeline.choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    (site.store.folder / "series" / "2026").mkdir(parents=True)
    (site.store.folder / "series" / "2026" / "20260519.parquet").write_bytes(b"no parquet")
    outcome = pipeline.Outcome()
    pipeline._report(site, choice, EVENING, outcome)
    assert outcome.status is Status.PARTIAL
    assert outcome.report is not None
    assert len(outcome.report.failed_pages) == 1  # of the three only data quality reads the series
    assert "20260519.parquet: damaged" in outcome.problems[0]
    assert len(list(outcome.report.notebooks.glob("*.ipynb"))) == 3
    assert outcome.report.pdf is not None
    assert len(PdfReader(outcome.report.pdf).pages) == 3


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


def test_second_run_at_the_same_time_leaves(site: sv.Site) -> None:
    with sv.open_store(site).locked(), pytest.raises(StoreLocked, match="another run"):
        pipeline.consolidate_store(site)


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


def test_choice_covers_the_week_before_the_shortest_period(site: sv.Site) -> None:
    choice = pipeline.choose(site, EVENING, periods=["weekly"])
    assert (choice.first, choice.last) == (date(2026, 5, 11), FRIDAY)
    assert pipeline.choose(site, EVENING).first == date(2025, 1, 1)
    chosen = pipeline.choose(site, EVENING, first=date(2026, 4, 1), last=date(2026, 4, 10), scanners=["Millennium"])
    assert chosen.name == "schedvisu-2026-04-01_2026-04-10-millennium"
    assert chosen.periods == (sv.Period(pipeline.CHOSEN, date(2026, 4, 1), date(2026, 4, 10)),)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"periods": ["daily"]}, 'period "daily" is unknown; allowed: weekly'),
        ({"scanners": ["MRI"]}, 'scanner "MRI" is unknown; site.yaml has: Discovery 690'),
        ({"first": date(2026, 5, 2), "last": date(2026, 5, 1)}, "check --from and --to"),
        ({"last": date(2026, 5, 1)}, "--to needs --from"),
    ],
)
def test_wrong_choice_says_what_is_allowed(site: sv.Site, arguments: dict, words: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|check|needs") as error:
        pipeline.choose(site, EVENING, **arguments)
    assert words in str(error.value)


def test_today_is_not_asked_for_before_the_evening() -> None:
    assert pipeline.last_day_over(datetime(2026, 5, 22, 21, 59)) == date(2026, 5, 21)
    assert pipeline.last_day_over(datetime(2026, 5, 22, 22)) == FRIDAY


def test_report_tells_of_days_that_the_store_lacks(site: sv.Site) -> None:
    choice = pipeline.choose(site, EVENING, first=MONDAY, last=FRIDAY, scanners=["Millennium"])
    outcome = pipeline.report(site, choice, EVENING)
    assert outcome.problems == [
        "5 days (2026-05-18 to 2026-05-22) are not, or not wholly, in the store; run schedvisu retrieve"
    ]


def test_mail_without_a_report_says_what_to_do(site: sv.Site) -> None:
    with pytest.raises(MailError, match="there is no such report to mail; run schedvisu report"):
        pipeline.mail_report(site, pipeline.choose(site, EVENING, periods=["weekly"]))


def test_plan_says_what_a_run_would_do_and_does_nothing(site: sv.Site) -> None:
    lines = pipeline.plan(site, pipeline.choose(site, EVENING, periods=["weekly"]), EVENING)
    assert lines[0].startswith("retrieve: 8 days (2026-05-11 to 2026-05-22) from DEMOPACS")
    assert lines[1] == "consolidate: nothing changed in the store"
    assert lines[2].startswith("report: 7 pages")
    assert not site.store.folder.exists()
    assert not site.report.folder.exists()
