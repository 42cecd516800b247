"""Records of runs: which there are, how they ended, which one a mail needs, which are too old."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pydantic import ValidationError

import schedvisu_lib as sv
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.periods import Period
from schedvisu_lib.runs import (
    LOCK,
    RECORD,
    Asked,
    Days,
    FileMade,
    PageTaken,
    PlanAsked,
    ReportMade,
    RunRecord,
    SiteUsed,
    Year,
    last_run_of_report,
    new_folder,
    prune_runs,
    recorded_runs,
    runs_folder,
)
from schedvisu_lib.steps import Step

from .conftest import ROOT

START = datetime(2026, 5, 22, 23, 0, 5)
NOW = datetime(2026, 8, 30, 12)
OLDEST = NOW - timedelta(days=90)
"""With ``report.keep_runs`` of 90 days."""

Write = Callable[..., Path]


def record(started: datetime = START, status: int | None = 0, command: str = "run", **more: Any) -> RunRecord:
    return RunRecord(
        version="1.0",
        python="3.11.2",
        platform="Linux",
        command=command,
        site=SiteUsed(file="site.yaml", retrieval="0123", rules="4567"),
        asked=Asked(),
        started=started,
        status=status,
        **more,
    )


def made(name: str, *missing: str) -> ReportMade:
    return ReportMade(name=name, html=f"{name}.html", pdf=None, pages=3, missing=missing)


@pytest.fixture
def site(demo_site: sv.Site) -> sv.Site:
    assert demo_site.report.keep_runs == 90
    return demo_site


@pytest.fixture
def write(site: sv.Site) -> Write:
    """Write a record, and return its folder."""

    def run(started: datetime = START, status: int | None = 0, command: str = "run", **more: Any) -> Path:
        folder = new_folder(site, command, started)
        text = record(started, status, command, **more).model_dump_json()
        (folder / RECORD).write_text(text, encoding="utf-8")
        return folder

    return run


def names(site: sv.Site) -> list[str]:
    return sorted(path.name for path in runs_folder(site).iterdir())


# --- records ----------------------------------------------------------------------------------------------------------


def test_runs_of_one_second_have_folders_of_their_own(site: sv.Site) -> None:
    folders = [new_folder(site, "report", START) for _ in range(3)]
    assert [folder.name for folder in folders] == [
        "20260522-230005-report",
        "20260522-230005-report-2",
        "20260522-230005-report-3",
    ]
    assert new_folder(site, "run", START).name == "20260522-230005-run"


def test_a_name_that_a_file_bears_is_an_error_and_no_endless_search(site: sv.Site) -> None:
    runs_folder(site).mkdir(parents=True)
    (runs_folder(site) / "20260522-230005-run").write_text("in the way")
    with pytest.raises(FileExistsError):
        new_folder(site, "run", START)


def test_a_record_is_read_as_it_was_written(site: sv.Site, write: Write) -> None:
    more = {
        "ended": START + timedelta(seconds=90),
        "seconds": 90.5,
        "days": Days(
            asked=3, first=date(2026, 5, 20), last=date(2026, 5, 22), retrieved=2, failed=(date(2026, 5, 21),)
        ),
        "verdicts": {"kept": 40, "foreign": 2},
        "planned": PlanAsked(first=date(2026, 5, 15), last=date(2026, 6, 5), appointments=7),
        "years": (Year(year=2026, exams=12, series=42),),
        "pages": (PageTaken(number=1, name="Aperçu", seconds=2.5, error=None, notebook="01-apercu.ipynb"),),
        "report": made("schedvisu-2026-05-22", "a day"),
        "files": (FileMade(kind="mail", path=None, bytes=12),),
        "steps": (Step("retrieve", 80.25),),
        "warnings": ("a grumble",),
        "problems": ("a day",),
        "log": "run-20260522-230005.log",
    }
    folder = write(status=3, **more)
    [run] = recorded_runs(site)
    assert (run.folder, run.record) == (folder, record(status=3, **more))
    assert run.record.n_series == 42
    assert json.loads((folder / RECORD).read_text(encoding="utf-8"))["pages"][0]["name"] == "Aperçu"


def test_a_record_is_frozen() -> None:
    with pytest.raises(ValidationError):
        record().status = 1  # type: ignore[misc]


def test_records_are_listed_newest_first_and_what_is_none_is_not(site: sv.Site, write: Write) -> None:
    assert recorded_runs(site) == []
    second = write(START + timedelta(microseconds=900), command="mail")
    first = write(START + timedelta(microseconds=100))
    latest = write(START + timedelta(days=3))
    (write(START + timedelta(days=4)) / RECORD).write_text("{")  # cut short
    (write(START + timedelta(days=5)) / RECORD).unlink()
    (runs_folder(site) / "20260530-230005-run").write_text("no folder")
    (runs_folder(site) / "mine").mkdir()
    assert [run.folder for run in recorded_runs(site)] == [latest, second, first]


def test_a_record_of_a_later_version_is_read(site: sv.Site, write: Write) -> None:
    file = write() / RECORD
    file.write_text(json.dumps(json.loads(file.read_text()) | {"weather": "fine"}))
    assert len(recorded_runs(site)) == 1


@pytest.mark.parametrize(("status", "state"), [(0, "complete"), (3, "in part"), (1, "failed"), (None, "did not end")])
def test_the_state_of_a_run_that_is_over(site: sv.Site, write: Write, status: int | None, state: str) -> None:
    (write(status=status) / LOCK).touch()  # as a killed run leaves it
    assert [run.state for run in recorded_runs(site)] == [state]


def test_a_run_is_running_as_long_as_it_holds_its_lock(site: sv.Site, write: Write) -> None:
    folder = write(status=None)
    with FileLock(folder / LOCK):
        assert [run.state for run in recorded_runs(site)] == ["running"]
    assert [run.state for run in recorded_runs(site)] == ["did not end"]


# --- the run of a report ----------------------------------------------------------------------------------------------


def test_the_newest_run_that_built_a_report_is_found_by_the_reports_name(site: sv.Site, write: Write) -> None:
    assert last_run_of_report(site, "weekly") is None
    write(START, report=made("weekly", "a day"))
    wanted = write(START + timedelta(hours=1), report=made("weekly"))
    write(START + timedelta(hours=2), report=made("monthly"))
    write(START + timedelta(hours=3), command="mail")
    write(START + timedelta(hours=4), status=1)
    found = last_run_of_report(site, "weekly")
    assert found is not None
    assert found.folder == wanted


# --- age --------------------------------------------------------------------------------------------------------------


def test_runs_older_than_the_site_wants_go(site: sv.Site, write: Write) -> None:
    old = write(OLDEST - timedelta(seconds=1))
    (old / "notebooks").mkdir()
    (old / "notebooks" / "01-page.ipynb").write_text("{}")
    write(OLDEST, command="mail")
    write(NOW, command="report")
    prune_runs(site, NOW)
    assert names(site) == ["20260601-120000-mail", "20260830-120000-report"]


def test_age_counts_by_the_setting(site: sv.Site, write: Write) -> None:
    write(NOW - timedelta(days=8))
    kept = write(NOW - timedelta(days=6))
    weekly = site.model_copy(update={"report": site.report.model_copy(update={"keep_runs": 7})})
    prune_runs(weekly, NOW)
    assert names(site) == [kept.name]


def test_the_newest_record_of_a_report_that_is_still_there_stays(site: sv.Site, write: Write) -> None:
    for hours, name in enumerate(("weekly", "weekly", "gone", "monthly")):
        write(START + timedelta(hours=hours), report=made(name))
    for name in ("weekly", "monthly"):
        (site.report.folder / f"{name}.html").write_text("<p>")
    prune_runs(site, NOW)
    assert names(site) == ["20260523-000005-run", "20260523-020005-run"]
    found = last_run_of_report(site, "weekly")
    assert found is not None


def test_a_run_that_has_not_ended_stays_and_one_that_died_goes(site: sv.Site, write: Write) -> None:
    running, without_record = write(status=None), new_folder(site, "retrieve", START)
    died = write(status=None, command="report")
    (died / LOCK).touch()
    with FileLock(running / LOCK), FileLock(without_record / LOCK):
        prune_runs(site, NOW)
        assert names(site) == ["20260522-230005-retrieve", "20260522-230005-run"]
    prune_runs(site, NOW)
    assert names(site) == []


def test_what_bears_another_name_stays(site: sv.Site, tmp_path: Path, library_log: pytest.LogCaptureFixture) -> None:
    folder = runs_folder(site)
    folder.mkdir(parents=True)
    foreign = [
        "mine",
        "2026-05-22",
        "20260522-run",
        "20260522-230005",
        "20260522-230005-run.old",
        "20269922-230005-run",
    ]
    for name in foreign:
        (folder / name).mkdir()
    (folder / "20260522-230005-mail").write_text("no folder")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "20260522-230005-report").symlink_to(elsewhere)
    site.log.folder.mkdir()
    notes = [
        "notes.log",
        "run-20260522.log",
        "run-20260522-230005.log.gz",
        "run-20260522-230005.log.1.log",
        "run-20269922-230005.log",
    ]
    for name in notes:
        (site.log.folder / name).touch()
    (site.log.folder / "run-20260522-230005.log").mkdir()
    before = names(site)
    prune_runs(site, NOW)
    assert names(site) == before
    assert elsewhere.is_dir()
    assert library_log.records == []  # nor was it tried
    assert {file.name for file in site.log.folder.iterdir()} == {*notes, "run-20260522-230005.log"}


def test_logs_go_with_age_unless_their_record_stays(site: sv.Site, write: Write) -> None:
    site.log.folder.mkdir()
    times = {
        "old": OLDEST - timedelta(seconds=1),
        "kept": OLDEST - timedelta(days=1),
        "running": OLDEST - timedelta(days=2),
        "new": OLDEST,
    }
    logs = {age: f"run-{moment:%Y%m%d-%H%M%S}.log" for age, moment in times.items()}
    for name in logs.values():
        (site.log.folder / name).touch()
    write(times["old"], log=logs["old"])
    write(times["kept"], log=logs["kept"], report=made("weekly"))
    (site.report.folder / "weekly.html").write_text("<p>")
    running = write(times["running"], status=None, log=logs["running"])
    with FileLock(running / LOCK):
        prune_runs(site, NOW)
    assert {file.name for file in site.log.folder.iterdir()} == {logs["kept"], logs["running"], logs["new"]}


def test_what_cannot_be_removed_is_a_line_of_the_log(
    site: sv.Site, write: Write, monkeypatch: pytest.MonkeyPatch, library_log: pytest.LogCaptureFixture
) -> None:
    old, other = write(), write(command="mail")

    def refuse(path: Path) -> None:
        if path == old:
            raise PermissionError(13, "Permission denied")
        (path / RECORD).unlink()
        path.rmdir()

    # Who is root may remove anything.
    monkeypatch.setattr("schedvisu_lib.runs.shutil.rmtree", refuse)
    prune_runs(site, NOW)
    assert [line.getMessage() for line in library_log.records] == [
        f"{old}: is too old, but cannot be removed (Permission denied)"
    ]
    assert not other.exists()


def test_a_site_that_never_ran_has_nothing_to_remove(site: sv.Site) -> None:
    prune_runs(site, NOW)
    assert not runs_folder(site).exists()


# --- docs/data.md -----------------------------------------------------------------------------------------------------


def test_every_field_of_the_record_is_documented() -> None:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"^## The record of a run\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| ((?:`[\w.]+`(?:, )?)+) \|", section, flags=re.MULTILINE)
    said = [field for row in rows for field in re.findall(r"`([\w.]+)`", row)]
    assert said == list(_fields(RunRecord))


def _fields(model: type, above: str = "") -> list[str]:
    """Return the fields of a record, those of its parts after a dot."""
    parts = {"site": SiteUsed, "asked": Asked, "asked.periods": Period, "days": Days, "planned": PlanAsked}
    parts |= {"years": Year, "pages": PageTaken, "report": ReportMade, "files": FileMade, "steps": Step}
    fields = []
    for name in model.__annotations__ if model in (Period, Step) else model.model_fields:  # type: ignore[attr-defined]
        whole = f"{above}{name}"
        fields.append(whole)
        if whole in parts:
            fields += _fields(parts[whole], f"{whole}.")
    return fields


def test_record_of_another_version_with_a_status_of_its_own_counts_as_failed(write: Write, site: sv.Site) -> None:
    write(status=7)
    assert [run.state for run in recorded_runs(site)] == ["failed"]


def test_records_that_cannot_be_read_are_told_in_one_line(site: sv.Site, library_log: pytest.LogCaptureFixture) -> None:
    site.report.folder.mkdir(parents=True)
    runs_folder(site).write_text("a file", encoding="utf-8")
    words = f"{runs_folder(site)}: cannot be read (Not a directory); check report.folder"
    with pytest.raises(SchedVisuError, match=f"^{re.escape(words)}$"):
        recorded_runs(site)
    prune_runs(site, NOW)  # never in the way of what a command ends with
    assert library_log.messages == [f"what is too old cannot be looked for: {words}"]
