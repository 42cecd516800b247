"""``schedvisu runs``, as a user types it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.runs import LOCK, RECORD, Asked, Days, FileMade, PageTaken, RunRecord, SiteUsed, new_folder
from schedvisu_lib.steps import Step
from tests.conftest import write_site_file

OK, USAGE = 0, 2
START = datetime(2026, 5, 22, 23, 0, 5)


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


def runs(site: sv.Site, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["runs", "--site", str(site.file), *map(str, arguments)])


def write(site: sv.Site, started: datetime = START, command: str = "run", status: int | None = 0, **more: Any) -> Path:
    folder = new_folder(site, command, started)
    record = RunRecord(
        version="1.0",
        python="3.11.2",
        platform="Linux-6",
        command=command,
        site=SiteUsed(file="site.yaml", retrieval="0123", rules="4567"),
        started=started,
        status=status,
        **{"asked": Asked()} | more,
    )
    (folder / RECORD).write_text(record.model_dump_json(), encoding="utf-8")
    return folder


def cells(result: Result) -> list[list[str]]:
    """Return what stands between two spaces, line by line."""
    lines = result.output.splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def days(asked: int, retrieved: int) -> Days:
    return Days(asked=asked, first=date(2026, 5, 11), last=date(2026, 5, 22), retrieved=retrieved, failed=())


def page(number: int, seconds: float) -> PageTaken:
    return PageTaken(number=number, name=f"Vision 600, {number}", seconds=seconds, error=None, notebook=None)


def test_records_that_cannot_be_read_end_in_one_line(site: sv.Site) -> None:
    site.report.folder.mkdir(parents=True)
    (site.report.folder / "runs").touch()
    result = runs(site)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("cannot be read (Not a directory); check report.folder\n")


def test_without_a_run_one_sentence_says_so(site: sv.Site) -> None:
    result = runs(site)
    assert result.exit_code == OK
    assert result.output == f"there is no record of a run in {site.report.folder / 'runs'} yet\n"


def test_runs_are_listed_newest_first_with_their_numbers(site: sv.Site) -> None:
    write(
        site,
        seconds=3725.0,
        status=3,
        days=days(8, 7),
        verdicts={"kept": 1200, "foreign": 34},
        pages=(page(1, 2), page(2, 3)),
        problems=("a day", "a page"),
    )
    write(site, START + timedelta(days=1), "mail", seconds=0.44)
    write(site, START + timedelta(days=2), "report", status=1, seconds=125.0, problems=("no room",))
    write(site, START + timedelta(days=3), "retrieve", status=None)
    result = runs(site)
    assert result.exit_code == OK
    assert cells(result) == [
        ["when", "command", "took", "days", "series", "pages", "status", "missing"],
        ["2026-05-25 23:00:05", "retrieve", "did not end"],
        ["2026-05-24 23:00:05", "report", "2 min 05 s", "failed", "1"],
        ["2026-05-23 23:00:05", "mail", "0.4 s", "complete"],
        ["2026-05-22 23:00:05", "run", "1 h 02 min", "7", "1234", "2", "in part", "2"],
    ]
    assert "\x1b" not in result.output


def test_a_run_that_is_at_work_is_said_to_be(site: sv.Site) -> None:
    folder = write(site, status=None)
    with FileLock(folder / LOCK):
        assert cells(runs(site))[1][-1] == "running"


def test_last_limits_the_list_and_says_what_it_leaves_out(site: sv.Site) -> None:
    for day in range(5):
        write(site, START + timedelta(days=day), seconds=1.0)
    lines = runs(site, "--last", 2).output.splitlines()
    assert [line[:10] for line in lines[1:3]] == ["2026-05-26", "2026-05-25"]
    assert lines[3:] == ["3 older ones are not listed; --last shows more"]
    assert len(runs(site, "--last", 5).output.splitlines()) == 6
    assert runs(site, "--last", 0).exit_code == USAGE


def test_one_run_is_shown_whole(site: sv.Site) -> None:
    long = "2026-05-21: not stored: " + "an answer that goes on and on " * 12 + "[end]"
    write(
        site,
        status=3,
        ended=START + timedelta(seconds=95),
        seconds=95.0,
        asked=Asked(scanners=("Vision 600",), first=date(2026, 5, 11), last=date(2026, 5, 22)),
        days=days(8, 7),
        verdicts={"foreign": 34, "kept": 1200},
        pages=tuple(page(number, seconds) for number, seconds in enumerate((1, 7.04, 2, 9, 3, 4), start=1)),
        files=(
            FileMade(kind="pdf", path="/report/weekly.pdf", bytes=2_345_678),
            FileMade(kind="mail", path=None, bytes=3_000_000),
        ),
        steps=(Step("retrieve", 80.04), Step("execute", 0.26)),
        warnings=("page 3 overflows",),
        problems=(long,),
        log="run-20260522-230005.log",
    )
    result = runs(site, "20260522")
    assert result.exit_code == OK
    shown = cells(result)
    for row in (
        ["run", "20260522-230005-run"],
        ["status", "in part"],
        ["started", "2026-05-22 23:00:05"],
        ["ended", "2026-05-22 23:01:40 (took 1 min 35 s)"],
        ["asked for", "run; Vision 600; 2026-05-11 to 2026-05-22"],
        ["days", "7 of 8 retrieved, 1234 series"],
        ["series", "34 foreign, 1200 kept"],
        ["pdf", "/report/weekly.pdf (2.3 MB)"],
        ["mail", "taken by the server (3.0 MB)"],
        ["version", "SchedVisu 1.0, Python 3.11.2, Linux-6"],
        ["log", "run-20260522-230005.log"],
        ["retrieve", "1 min 20 s"],
        ["execute", "0.3 s"],
        ["- page 3 overflows"],
        [f"- {long}"],
    ):
        assert row in shown, row
    slowest = shown[shown.index(["page", "slowest pages", "took"]) + 1 :][:6]
    assert slowest == [
        ["4", "Vision 600, 4", "9.0 s"],
        ["2", "Vision 600, 2", "7.0 s"],
        ["6", "Vision 600, 6", "4.0 s"],
        ["5", "Vision 600, 5", "3.0 s"],
        ["3", "Vision 600, 3", "2.0 s"],
        [],
    ]


@pytest.mark.parametrize("name", ["20260522-230005-run", "20260522-230005-r", "2026-05-22 23:00", "2026-05-22"])
def test_a_run_is_found_by_name_or_time_or_how_these_begin(site: sv.Site, name: str) -> None:
    write(site)
    write(site, START + timedelta(days=1))
    assert ["run", "20260522-230005-run"] in cells(runs(site, name))


def test_a_whole_name_is_found_though_another_one_begins_so(site: sv.Site) -> None:
    write(site)
    write(site)
    assert ["run", "20260522-230005-run"] in cells(runs(site, "20260522-230005-run"))
    assert ["run", "20260522-230005-run-2"] in cells(runs(site, "20260522-230005-run-2"))


def test_a_name_of_none_or_of_several_says_what_to_do(site: sv.Site) -> None:
    write(site)
    write(site, command="mail")
    result = runs(site, "2026-05-22")
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr == (
        '2 runs begin with "2026-05-22": 20260522-230005-run, 20260522-230005-mail; write more of the name\n'
    )
    result = runs(site, "2025")
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr == 'no run begins with "2025"; schedvisu runs lists them\n'


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_on_a_terminal_states_have_colours_and_lines_fit(site: sv.Site) -> None:
    write(site, seconds=1.0, days=days(8, 7), verdicts={"kept": 1_234_567}, pages=(page(1, 2),), problems=("a",))
    write(site, START + timedelta(1), "consolidate", 3, seconds=3725.0)
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()", "runs", "--site", str(site.file)]
    plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "CI"}}
    subprocess.run(command, stdout=slave, check=True, timeout=60, env=plain | {"COLUMNS": "80", "TERM": "xterm"})
    os.close(slave)
    shown = os.read(master, 10_000).decode()
    os.close(master)
    assert "\x1b[32mcomplete" in shown
    assert "…" not in shown
    assert len(shown.strip().splitlines()) == 3
