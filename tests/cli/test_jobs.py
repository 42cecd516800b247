"""The command line, as a user types it: what it prints and how it exits."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.demo.session import serving
from schedvisu_lib.runs import recorded_runs
from tests.conftest import write_site_file

OK, FAILURE, USAGE, PARTIAL = 0, 1, 2, 3


def schedvisu(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_wrong_site_file_gives_one_line_per_mistake(tmp_path: Path) -> None:
    file = write_site_file(tmp_path, store={"foldr": "x"}, report={"language": "de"})
    result = schedvisu("run", "--site", file)
    assert result.exit_code == USAGE
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{file}: line ") for line in lines)
    assert "store.foldr: unknown key" in lines[0]
    assert "report.language" in lines[1]


def test_missing_site_file_says_what_to_copy(tmp_path: Path) -> None:
    result = schedvisu("check", "--site", tmp_path / "none.yaml")
    assert result.exit_code == USAGE
    assert "copy params/site.example.yaml" in result.stderr


def test_unknown_scanner_and_period_are_usage_errors(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    assert schedvisu("report", "--site", file, "--scanner", "MRI").exit_code == USAGE
    assert schedvisu("report", "--site", file, "--period", "daily").exit_code == USAGE
    assert schedvisu("report", "--site", file, "--from", "20260101").exit_code == USAGE


def test_report_of_a_scanner_with_a_slash_lies_in_the_folder(tmp_path: Path) -> None:
    """A part of "PET/CT 1", a name as in the example, would go for a folder."""
    file = write_site_file(tmp_path)
    for old, new in (("name: Vision 600", "name: PET/CT 1"), ("- Vision 600\n", "- PET/CT 1\n")):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    wanted = ("--end", "2026-05-22", "--period", "weekly", "--scanner", "PET/CT 1")
    result = schedvisu("run", "--site", file, *wanted, "--dry-run")
    assert result.exit_code == OK, result.output
    assert f"{tmp_path / 'report' / 'schedvisu-2026-05-22-weekly-pet-ct-1'}.pdf and .html" in result.output


def test_days_that_make_no_sense_are_usage_errors(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    for command, option, day in (("run", "--end", "9999-12-31"), ("report", "--end", "0001-01-03")):
        result = schedvisu(command, "--site", file, option, day)
        assert result.exit_code == USAGE
        assert "the year must be 1990 to 2200" in " ".join(result.stderr.replace("│", "").split())
    result = schedvisu("retrieve", "--site", file, "--from", "2026-05-22", "--to", "2026-05-18")
    assert result.exit_code == USAGE
    assert result.stderr == (
        "the last day (2026-05-18) lies before the first one (2026-05-22); check --from and --to\n"
    )


def test_retrieve_consolidate_and_dry_run(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    span = ("--from", "2026-05-21", "--to", "2026-05-22", "--end", "2026-05-22")
    dry = schedvisu("retrieve", "--site", file, *span, "--dry-run")
    assert dry.output.splitlines() == ["retrieve: 2 days", "2026-05-21", "2026-05-22"]
    with serving(sv.load_site(file)):
        result = schedvisu("retrieve", "--site", file, *span)
    assert result.exit_code == OK, result.output
    series = sv.open_store(sv.load_site(file)).series("2026-05-21", "2026-05-22")
    assert result.output.splitlines()[0] == f"retrieved 2 of 2 days, {len(series)} series"
    result = schedvisu("consolidate", "--site", file)
    assert result.output.startswith("consolidated 2026: ")
    assert schedvisu("consolidate", "--site", file).output == ""


def test_stop_at_is_told_with_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_site_file(tmp_path, drop=["planned"])
    # The next 06:00 lies at most a day ahead; here it has just struck.
    monkeypatch.setattr("schedvisu_lib.pace.next_moment", lambda now, clock: datetime.combine(now.date(), time()))
    result = schedvisu("retrieve", "--site", file, "--from", "2026-05-21", "--end", "2026-05-22", "--stop-at", "06:00")
    assert result.exit_code == PARTIAL
    assert result.stdout == "retrieved 0 of 2 days, 0 series\n"
    assert result.stderr.splitlines()[:2] == [
        "missing: stopped at 00:00, as asked",
        "missing: 2 of 2 days were not retrieved; the next run asks for them again",
    ]


def test_a_moment_to_stop_at_that_is_ahead_stops_nothing(tmp_path: Path) -> None:
    file = write_site_file(tmp_path, drop=["planned"])
    ahead = f"{datetime.now() - timedelta(minutes=1):%H:%M}"  # tomorrow
    span = ("--from", "2026-05-22", "--end", "2026-05-22", "--stop-at", ahead)
    with serving(sv.load_site(file)):
        result = schedvisu("retrieve", "--site", file, *span)
    assert (result.exit_code, result.stderr) == (OK, "")
    assert result.stdout.startswith("retrieved 1 of 1 days, ")


@pytest.mark.parametrize("written", ["6", "25:00", "06:00:00", "now"])
def test_a_moment_that_is_no_time_of_day_is_a_usage_error(tmp_path: Path, written: str) -> None:
    result = schedvisu("retrieve", "--site", write_site_file(tmp_path), "--stop-at", written)
    assert result.exit_code == USAGE
    assert "--stop-at" in result.stderr


def test_archive_down_is_partial_with_one_line_and_a_log(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    result = schedvisu("retrieve", "--site", file, "--from", "2026-05-21", "--end", "2026-05-22")
    assert result.exit_code == PARTIAL
    assert result.stderr.splitlines()[0].startswith("missing: PACS DEMOPACS at 127.0.0.1:")
    [log] = (tmp_path / "log").glob("retrieve-*.log")
    assert "cannot be reached" in log.read_text()
    assert str(log) in result.stderr
    [run] = recorded_runs(sv.load_site(file))
    assert (run.record.command, run.record.status, run.record.log) == ("retrieve", PARTIAL, log.name)
    assert [f"missing: {problem}" for problem in run.record.problems] == result.stderr.splitlines()[:-1]


def test_mistake_of_ours_ends_in_one_line_and_its_place_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "PATIENT-1"

    def mistaken(_: object) -> None:
        raise KeyError(secret)

    monkeypatch.setattr("schedvisu_lib.pipeline.consolidate_store", mistaken)
    result = schedvisu("consolidate", "--site", write_site_file(tmp_path))
    assert (result.exit_code, result.stdout) == (FAILURE, "")
    assert re.fullmatch(r"KeyError at test_jobs.py:\d+: a mistake of SchedVisu; report it\n", result.stderr)
    [log] = (tmp_path / "log").glob("consolidate-*.log")
    assert "in mistaken" in log.read_text(encoding="utf-8")
    assert "PATIENT-1" not in log.read_text(encoding="utf-8")


def test_a_demo_whose_archive_cannot_listen_is_recorded_as_failed(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    site = sv.load_site(file)
    with socket.socket() as taken:
        taken.bind((site.pacs.host, site.pacs.port))
        taken.listen()
        result = schedvisu("demo", "--site", file)
    assert result.exit_code == FAILURE
    [run] = recorded_runs(site)
    assert (run.record.command, run.record.status) == ("demo", FAILURE)
    assert run.record.problems == (result.stderr.strip(),)


def test_check_finds_each_fault_and_what_to_do(tmp_path: Path) -> None:
    file = write_site_file(tmp_path, report={"browser": "/nowhere/chromium"})
    result = schedvisu("check", "--site", file)
    assert result.exit_code == FAILURE
    faults = [line for line in result.stdout.splitlines() if line.startswith("FAULT")]
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in faults] == ["archive", "planned", "renderer"]
    assert "check pacs.host and pacs.port" in faults[0]
    assert "scanner Symbia Intevo: models Symbia Intevo 16, Encore2" in result.stdout


def test_unwritable_log_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = write_site_file(tmp_path, log={"folder": "file/log"})
    result = schedvisu("consolidate", "--site", file)
    assert result.exit_code == FAILURE
    assert result.stderr.splitlines() == [result.stderr.strip()]
    assert "check log.folder" in result.stderr


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"]])
def test_help_needs_no_pandas(command: list[str]) -> None:
    code = (
        "import sys; from schedvisu_lib.cli import app\n"
        f"try: app({command!r})\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'pandas', 'matplotlib', 'pydicom', 'papermill'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--" in done.stdout
