"""``schedvisu plan appointments`` as a user types it: what is printed, what is written, how it exits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from schedvisu_lib.cli import app
from tests.conftest import write_site_file
from tests.plan.conftest import BOOK, asked

OK, FAILURE, USAGE, PARTIAL = 0, 1, 2, 3
FROM = ("--from", "2026-05-04")
QUICK = ("--seconds", "0")
FILE = "appointments-2026-05-04"

Plan = Callable[..., Result]


def write_book(file: Path, *prescriptions: dict[str, Any], **changes: Any) -> Path:
    content = {**BOOK, "prescriptions": list(prescriptions), **changes}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two sheets: P1 has a course of two and one that is done once, P2 one."""
    return write_book(
        tmp_path / "book.yaml",
        asked("mud", 1, sessions=2),
        asked("ecg", 2),
        asked("mud", 1, sheet="S2", patient="P2"),
    )


@pytest.fixture
def plan(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Runs the command in a folder of its own."""
    site = write_site_file(tmp_path, report={"language": "en"})
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: object, book: Path | None = book, usual: tuple[str, ...] = (*FROM, *QUICK)) -> Result:
        which = ["--book", str(book)] if book else []
        words = ["plan", "appointments", "--site", str(site), *which, *usual, *map(str, arguments)]
        return CliRunner().invoke(app, words)

    return run


def starts(file: str) -> dict[tuple[str, str, int], str]:
    """Return the start of each session in a plan's workbook."""
    rows = pd.read_excel(file, sheet_name="appointments").dropna(subset="start")
    keys = rows[["sheet", "procedure", "session"]].itertuples(index=False, name=None)
    return {key: f"{start:%d %H:%M}" for key, start in zip(keys, rows["start"], strict=True)}


def test_a_plan_is_told_and_written_as_a_workbook_here(plan: Plan):
    result = plan()
    assert (result.exit_code, result.stderr) == (OK, "")
    told, score, bound, took, file = result.stdout.splitlines()
    assert told == "placed 4 of 4 sessions; what was planned breaks no rule"
    assert score.startswith("score: 0 lost (sum of 10 - priority), ")
    assert bound.startswith("bound: 0 lost, ")
    assert "; gap " in bound
    assert took.startswith("first complete plan after ")
    assert file == f"{FILE}.xlsx"
    assert starts(file) == {
        ("S1", "mud", 1): "04 08:00",
        ("S1", "mud", 2): "05 08:00",
        ("S1", "ecg", 1): "04 08:40",
        ("S2", "mud", 1): "04 08:30",
    }


def test_a_session_without_a_time_is_explained_and_the_rest_is_done(plan: Plan, tmp_path: Path):
    busy = [{"patient": "P1", "start": "2026-05-04 12:00", "end": "2026-05-18 00:00"}]
    long = write_book(tmp_path / "long.yaml", asked("ecg", 1), asked("ecg", 2, mode="late"), busy=busy)
    result = plan(book=long)
    assert result.exit_code == PARTIAL
    assert "placed 1 of 2 sessions" in result.stdout
    [missing, ended] = result.stderr.splitlines()
    assert missing.startswith("missing: S1 position 2, session(s) 1, ecg: no time within 14 days: ")
    assert "rule 6" in missing
    assert ended.startswith("done in part; log: ")


def test_only_some_sheets_and_positions_are_planned(plan: Plan):
    assert plan("--sheet", "S1", "--position", "2").exit_code == OK
    assert list(starts(f"{FILE}.xlsx")) == [("S1", "ecg", 1)]


def test_near_a_time(plan: Plan):
    assert plan("--near", "14:00", "--sheet", "S2").exit_code == OK
    assert starts(f"{FILE}.xlsx") == {("S2", "mud", 1): "04 14:00"}


def test_formats_and_folder(plan: Plan):
    result = plan("--out", "new", "--format", "csv", "--format", "ics", "--format", "fhir")
    assert result.exit_code == OK
    assert sorted(file.name for file in Path("new").iterdir()) == [
        f"{FILE}.csv",
        f"{FILE}.json",
        *("resource-ecg.ics", "resource-mud.ics", "sheet-s1.ics", "sheet-s2.ics"),
    ]
    assert "new: 4 calendars (sheet-*.ics, resource-*.ics)" in result.stdout


def correct(file: str, row: int, **cells: Any) -> str:
    """Change cells of a row of a plan, as somebody does in Excel."""
    workbook = openpyxl.load_workbook(file)
    sheet = workbook["appointments"]
    head = [cell.value for cell in sheet[1]]
    for name, value in cells.items():
        sheet.cell(row, head.index(name) + 1).value = value
    workbook.save("corrected.xlsx")
    return "corrected.xlsx"


def test_a_corrected_plan_is_checked_and_broken_rules_are_named_by_row(plan: Plan):
    plan()
    assert plan("--check", f"{FILE}.xlsx").stdout == f"{FILE}.xlsx: 4 appointments, no rule is broken\n"
    result = plan("--check", correct(f"{FILE}.xlsx", 2, start=pd.Timestamp("2026-05-04 07:00")))
    assert result.exit_code == FAILURE
    line, told = result.stdout.splitlines()
    assert line.startswith("corrected.xlsx, row 2: S1 position 1, session 1 (Mon 4 May 07:00, mud): mud is not open")
    assert line.endswith("(rule 2, hours)")
    assert told == "corrected.xlsx: 4 appointments, 1 rule(s) broken"


def test_an_earlier_plan_stands_and_the_rest_is_filled(plan: Plan):
    plan()
    corrected = correct(f"{FILE}.xlsx", 2, start=pd.Timestamp("2026-05-04 15:00"))
    workbook = openpyxl.load_workbook(corrected)
    workbook["appointments"].delete_rows(3)  # the first session of S2 is to be planned anew
    workbook.save(corrected)
    result = plan("--plan", corrected, usual=QUICK)  # from the day on which the plan begins
    assert result.exit_code == OK
    assert starts(f"{FILE}.xlsx") == {
        ("S1", "mud", 1): "04 15:00",
        ("S1", "mud", 2): "05 08:00",
        ("S1", "ecg", 1): "04 08:40",
        ("S2", "mud", 1): "04 08:00",
    }


def test_an_earlier_plan_that_breaks_a_rule_is_told(plan: Plan):
    plan()
    result = plan("--plan", correct(f"{FILE}.xlsx", 2, start=pd.Timestamp("2026-05-04 07:00")))
    assert result.exit_code == OK
    assert result.stdout.startswith("the earlier plan breaks a rule: row 2: S1 position 1, session 1 (Mon 4 May 07:00")
    result = plan("--plan", correct(f"{FILE}.xlsx", 2, resource="sauna"))
    assert result.exit_code == FAILURE
    assert result.stderr == 'the earlier plan cannot be used: row 2: resource "sauna" is not in the book (row)\n'


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--mode", "soon"], '--mode "soon" is unknown; allowed: early, late, near, any'),
        (["--mode", "near"], 'mode "near" needs a time, as in --near 14:00'),
        (["--mode", "late", "--near", "14:00"], "--near is for --mode near, not for late; leave one of the two out"),
        (["--format", "doc"], '--format "doc" is unknown; allowed: xlsx, csv, ics, fhir, pdf, all'),
    ],
)
def test_a_wrong_command_line_is_one_line(plan: Plan, arguments: list[str], complaint: str):
    result = plan(*arguments)
    assert (result.exit_code, result.stderr) == (USAGE, f"{complaint}\n")


def test_without_a_book_it_says_how_to_make_one(plan: Plan):
    result = plan(book=None)
    assert result.exit_code == USAGE
    assert result.stderr.startswith("--book is missing: name the book, or write an empty one with --template FILE")
    assert plan("--template", "mine.xlsx", book=None).exit_code == OK
    assert "prescriptions" in openpyxl.load_workbook("mine.xlsx").sheetnames


def test_mistakes_of_the_book_are_told_and_end_it(plan: Plan, tmp_path: Path):
    wrong = write_book(tmp_path / "wrong.yaml", asked("sauna", 1))
    result = plan(book=wrong)
    assert result.exit_code == USAGE
    assert "sauna" in result.stderr or "unknown procedure" in result.stderr
    assert str(wrong) in result.stderr


def test_an_unknown_sheet_is_a_failure(plan: Plan):
    result = plan("--sheet", "S8")
    assert (result.exit_code, result.stderr) == (FAILURE, 'sheet "S8" has no prescriptions in the book\n')


@pytest.mark.parametrize(
    ("planner", "missing", "named"),
    [("appointments", ["numba", "ortools"], "numba and ortools"), ("roster", ["ortools"], "ortools")],
)
def test_without_its_libraries_it_says_what_to_install_before_it_reads(
    planner: str, missing: list[str], named: str, monkeypatch: pytest.MonkeyPatch
):
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    result = CliRunner().invoke(app, ["plan", planner, "--site", "nowhere.yaml"])
    line = f'the planner needs {named}: pip install "schedvisu[plan]"\n'
    assert (result.exit_code, result.stderr) == (FAILURE, line)


def test_an_empty_book_needs_no_libraries(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert plan("--template", "book.xlsx", usual=()).exit_code == OK


def test_a_run_is_recorded(plan: Plan, tmp_path: Path):
    plan()
    [record] = (tmp_path / "report" / "runs").glob("*-plan/run.json")
    assert '"name":"plan"' in record.read_text(encoding="utf-8").replace(" ", "")


def test_help_imports_nothing_of_the_work():
    program = (
        "import sys, atexit\n"
        "from schedvisu_lib.cli import main\n"
        "sys.argv = ['schedvisu', 'plan', 'appointments', '--help']\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}))\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert "--depth-course" in done.stdout
    assert not imported & {"pandas", "numpy", "matplotlib", "numba", "ortools", "openpyxl", "icalendar"}


def test_a_check_says_how_many_sessions_have_no_time_left(plan: Plan, tmp_path: Path):
    taken = [{"resource": "bath", "start": "2026-05-04 08:00", "end": "2026-05-04 09:00"}]  # of nobody: no session
    book = write_book(tmp_path / "two.yaml", asked("mud", 1, sessions=2), bookings=taken)
    plan(book=book)
    workbook = openpyxl.load_workbook(f"{FILE}.xlsx")
    workbook["appointments"].delete_rows(4)
    workbook.save("corrected.xlsx")
    assert plan("--check", "corrected.xlsx", book=book).stdout.splitlines() == [
        "corrected.xlsx: 2 appointments, no rule is broken",
        "corrected.xlsx: 1 session(s) of the book have no time in it; --plan corrected.xlsx looks for one",
    ]


def test_what_an_improved_plan_moved_is_told_and_what_is_locked_stays(plan: Plan):
    plan()
    corrected = correct(f"{FILE}.xlsx", 2, start=pd.Timestamp("2026-05-04 15:00"), locked=True)
    late = correct(corrected, 3, start=pd.Timestamp("2026-05-04 17:00"))
    result = plan("--plan", late, "--improve", "--seconds", "0.5", usual=FROM)
    [line] = [line for line in result.stdout.splitlines() if line.startswith("moved: S2")]
    assert line == ("moved: S2 position 1, session 1: from 2026-05-04 17:00 on mud to 2026-05-04 08:00 on mud")
    assert starts(f"{FILE}.xlsx")["S1", "mud", 1] == "04 15:00"


def test_a_book_that_asks_for_nothing_is_told(plan: Plan, tmp_path: Path):
    result = plan(book=write_book(tmp_path / "empty.yaml"))
    assert 'the book asks for no session: fill in its sheet "prescriptions"' in result.stdout.splitlines()


def test_past_plans_are_compared_with_exams_that_are_not_there(plan: Plan, tmp_path: Path, book: Path):
    plan()
    site = tmp_path / "site.yaml"
    words = ["plan", "held", "--site", str(site), "--book", str(book), "--plan", f"{FILE}.xlsx"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == PARTIAL
    assert result.stderr.startswith("missing: no appointment of a measured procedure met an exam")
    assert CliRunner().invoke(app, words[:-2]).exit_code == USAGE
