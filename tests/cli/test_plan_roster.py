"""``schedvisu plan roster`` as a user types it: what is printed, what is written, how it exits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner, Result

from schedvisu_lib.cli import app
from tests.conftest import ROOT, write_site_file
from tests.export.roster.conftest import STAFF

OK, FAILURE, USAGE, PARTIAL = 0, 1, 2, 3
DAYS = ("--from", "2026-05-04", "--to", "2026-05-10", "--seconds", "5")
FILE = "roster-2026-05-04"

Plan = Callable[..., Result]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Runs the command in a folder of its own, with the small staff book unless another one is given."""
    site = write_site_file(tmp_path, report={"folder": str(tmp_path / "report"), "language": "en"})
    usual = tmp_path / "staff.yaml"
    usual.write_text(yaml.safe_dump(STAFF, sort_keys=False), encoding="utf-8")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: object, book: object = usual) -> Result:
        which = ["--book", str(book)] if book else []
        return CliRunner().invoke(app, ["plan", "roster", "--site", str(site), *which, *map(str, arguments)])

    return run


def write_book(folder: Path, **changes: Any) -> Path:
    file = folder / "other.yaml"
    file.write_text(yaml.safe_dump({**STAFF, **changes}, sort_keys=False), encoding="utf-8")
    return file


def grid(file: Path) -> Any:
    return openpyxl.load_workbook(file)["roster"]


def test_it_says_for_each_level_how_many_seats_are_filled_and_how_even_it_is(plan: Plan):
    result = plan(*DAYS)
    assert (result.exit_code, result.stderr) == (OK, "")
    lines = result.stdout.splitlines()
    # Seven nights and two days of physicians; five days of a team, whose other one rests.
    assert "clinical: 9 seats, 9 filled, 0 empty" in lines
    assert "paraclinical · NM: 5 seats, 5 filled, 0 empty" in lines
    assert [line for line in lines if line.startswith("  spread of 4 persons, in teams: nights 0, weekends 0")]
    assert [line for line in lines if "proved best" in line]
    assert lines[-1] == f"{FILE}.xlsx"
    letters = [cell.value for row in grid(Path(f"{FILE}.xlsx"))["C5:I8"] for cell in row if cell.value]
    assert (letters.count("N"), letters.count("D")) == (7, 2)


def test_without_a_search_no_gap_is_told(plan: Plan):
    result = plan(*DAYS[:4], "--seconds", "0")
    assert result.exit_code == OK
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("cost "))
    assert "no bound is known; " in line
    assert "gap" not in line


def test_all_formats_are_written_into_a_folder(plan: Plan, tmp_path: Path):
    result = plan(*DAYS, "--into", "out", "--formats", "csv", "--formats", "ics")
    assert result.exit_code == OK
    names = sorted(file.name for file in Path("out").iterdir())
    assert names[:2] == ["department-nm.ics", "person-ada.ics"]
    assert f"{FILE}.csv" in names
    assert "out: 9 calendars (person-*.ics, department-*.ics)" in result.stdout


def test_a_seat_that_nobody_fills_is_missing_with_its_reason(plan: Plan, tmp_path: Path):
    leave = [{"person": name, "first": "2026-05-05", "last": "2026-05-05"} for name in ("Ada", "Bo", "Cy", "Di")]
    result = plan(*DAYS, book=write_book(tmp_path, leave=leave))
    assert result.exit_code == PARTIAL
    # The night that begins on Monday ends on the day of leave.
    missing = [line for line in result.stderr.splitlines() if line.startswith("missing: ")]
    assert [line.split(": ")[1] for line in missing] == ["Mon 4 May, night, clinical", "Tue 5 May, night, clinical"]
    assert "clinical: 9 seats, 7 filled, 2 empty" in result.stdout


def test_a_corrected_roster_is_checked_by_cell(plan: Plan):
    plan(*DAYS)
    file = Path(f"{FILE}.xlsx")
    assert plan("--check", file).exit_code == OK
    workbook = openpyxl.load_workbook(file)
    sheet = workbook["roster"]
    [on_monday] = [row for row in range(5, 9) if sheet.cell(row, 3).value == "N"]
    sheet.cell(on_monday, 4).value = "N"
    workbook.save(file)
    result = plan("--check", file)
    assert result.exit_code == FAILURE
    assert f"{file.name}, D{on_monday}: " in result.stdout
    assert "(rule 4, after a night)" in result.stdout
    assert "1 cells changed by hand" in result.stdout


def test_who_is_absent_is_replaced_the_debt_is_kept_and_the_rest_stays(plan: Plan, tmp_path: Path):
    # Of four physicians one has the night before, one the night after: whoever is ill on a workday, one is free.
    book = write_book(tmp_path, leave=[])
    plan(*DAYS, "--versions", "kept", "--author", "office", book=book)
    before = {row[0].value: [cell.value for cell in row[2:9]] for row in grid(Path(f"{FILE}.xlsx"))["A5:I8"]}
    [ill] = [name for name, cells in before.items() if cells[2] == "N"]  # on Wednesday
    arguments = ("--keep", f"{FILE}.xlsx", "--absent", ill, "--absent-from", "2026-05-06", "--seconds", 5)
    result = plan(*arguments, "--out", "new", "--versions", "kept", "--author", "office", book=book)
    assert f"stands in for {ill}" in result.stdout
    after = {row[0].value: [cell.value for cell in row[2:9]] for row in grid(Path(f"new/{FILE}.xlsx"))["A5:I8"]}
    assert after[ill][2] is None
    assert [sum(cells[n] == "N" for cells in after.values()) for n in range(7)] == [1] * 7
    debts = openpyxl.load_workbook("new/staff-2026-05-04.xlsx")["debts"]
    assert [cell.value for cell in debts["A"]][1] == ill
    result = plan("--diff", 1, 2, "--versions", "kept", book=None)
    assert result.exit_code == OK
    assert f"instead of {ill}" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 -> 2: ")


def test_what_a_head_nurse_made_stays_and_says_so(plan: Plan):
    rows = [f"2026-05-{day:02d};day;paraclinical;Tech {n}" for day in range(4, 8) for n in (3, 4)]
    Path("nurse.csv").write_text("\n".join(["date;shift;level;person", *rows]), encoding="utf-8")
    result = plan(*DAYS, "--merge", "nurse.csv")
    assert result.exit_code == PARTIAL  # it is hers to say who comes on Friday
    assert "paraclinical · NM: 5 seats, 4 filled, 1 empty" in result.stdout
    assert "missing: Fri 8 May, day, paraclinical · NM: nobody was named" in result.stderr
    duties = openpyxl.load_workbook(f"{FILE}.xlsx")["duties"]
    head, *all_rows = duties.iter_rows(values_only=True)
    made = {(row[head.index("level")], row[head.index("made_by")]) for row in all_rows if row[head.index("person")]}
    assert made == {("paraclinical", "nurse.csv"), ("clinical", "SchedVisu")}


def test_people_are_mailed_their_duties_and_then_only_what_changed(plan: Plan, tmp_path: Path):
    staff = [{**one, "email": f"{one['name'][:2].lower()}@hospital.example"} for one in STAFF["staff"][:4]]
    book = write_book(tmp_path, staff=[*staff, *STAFF["staff"][4:]])
    plan(*DAYS, "--versions", "kept", book=book)
    result = plan("--notify", f"{FILE}.xlsx", book=book)
    assert result.exit_code == PARTIAL
    names = "Tech 1, Tech 2, Tech 3, Tech 4"
    told = f'missing: 4 with news, but no address in column "email" of the sheet "staff": {names}\n'
    assert result.stderr.startswith(told)
    outbox = next(tmp_path.rglob("*-notice.eml")).parent
    assert result.stdout.splitlines()[-1] == f"4 mails in {outbox}"
    mails = [message_from_bytes(file.read_bytes()) for file in sorted(outbox.iterdir())]
    assert [mail["To"] for mail in mails] == [one["email"] for one in staff]
    result = plan("--notify", f"{FILE}.xlsx", "--since", 1, "--versions", "kept", book=book)
    assert (result.exit_code, result.stdout) == (OK, "nobody has news\n")
    assert len(list(outbox.iterdir())) == 4


def test_a_roster_that_breaks_a_rule_is_mailed_to_nobody(plan: Plan, tmp_path: Path):
    plan(*DAYS)
    every_day = {"first": "2026-05-04", "last": "2026-05-10"}
    book = write_book(tmp_path, leave=[{"person": name, **every_day} for name in ("Ada", "Bo", "Cy", "Di")])
    result = plan("--notify", f"{FILE}.xlsx", book=book)
    assert result.exit_code == FAILURE
    assert f"{FILE}.xlsx: " in result.stderr
    assert "(rule 7, leave)" in result.stderr
    assert not list(tmp_path.rglob("*-notice.eml"))


def test_open_scanners_ask_for_technologists(plan: Plan, tmp_path: Path):
    staff = [{**person, "team": None} for person in STAFF["staff"]]
    shifts = [{"name": "day", "start": "07:00", "end": "18:00"}, {"name": "night", "start": "18:00", "end": "07:00"}]
    book = write_book(tmp_path, staff=staff, shifts=shifts, teams=[], requests=STAFF["requests"][:2])
    result = plan(*DAYS, "--from-scanners", "paraclinical", book=book)
    # Five scanners on each of five days ask for more than the four technologists.
    assert "paraclinical · NM: 25 seats, 20 filled, 5 empty" in result.stdout


def test_planned_appointments_ask_for_physicians(plan: Plan, tmp_path: Path):
    rows = [f"2026-05-{day:02d} {hour:02d}:00;Vision 600" for day, n in ((4, 3), (5, 1)) for hour in range(9, 9 + n)]
    Path("plan.csv").write_text("\n".join(["start;resource", *rows, ";", "2026-05-04 09:00;ECG"]), encoding="utf-8")
    shifts = [{"name": "day", "start": "07:00", "end": "18:00"}, {"name": "night", "start": "18:00", "end": "07:00"}]
    book = write_book(tmp_path, shifts=shifts, requests=STAFF["requests"][2:])
    result = plan(*DAYS, "--from-exams", "clinical=2", "--appointments", "plan.csv", book=book)
    # Two for the three exams of Monday, and one on each other day on which a scanner is open.
    assert "clinical: 6 seats, 6 filled, 0 empty" in result.stdout
    Path("plan.csv").write_text("start;resource\nsoon;Vision 600", encoding="utf-8")
    result = plan(*DAYS, "--from-exams", "clinical=2", "--appointments", "plan.csv", book=book)
    assert result.exit_code == FAILURE
    assert result.stderr.endswith('\nplan.csv: row 2: start "soon" is no time; write it as 2026-05-25 08:00\n')


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "2026-05-10"), "--from is missing: name the first and the last day of the roster, or one to --keep"),
        (("--from", "2026-05-04"), "--to is missing"),
        (("--from", "2026-05-04", "--to", "2026-05-01"), "--to 2026-05-01 lies before --from 2026-05-04"),
        ((*DAYS, "--format", "doc"), '--format "doc" is unknown; allowed: xlsx, csv, ics, pdf, all'),
        ((*DAYS, "--absent", "Ada"), "--absent needs --keep"),
        ((*DAYS, "--since", "1"), "--since needs --notify"),
        ((*DAYS, "--appointments", "plan.csv"), "--appointments needs --from-exams"),
        ((*DAYS, "--from-exams", "clinical"), '--from-exams "clinical" cannot be read; write it as physicians=12'),
    ],
)
def test_what_makes_no_sense_is_one_line(plan: Plan, arguments: tuple[str, ...], words: str):
    result = plan(*arguments)
    assert result.exit_code == USAGE
    assert result.stderr.startswith(words)
    assert len(result.stderr.splitlines()) == 1


def test_without_a_book_it_says_how_to_get_one(plan: Plan):
    result = plan(*DAYS, book=None)
    assert result.exit_code == USAGE
    assert result.stderr == "--book is missing: name the book, or write an empty one with --template FILE\n"
    assert plan("--template", "staff.xlsx", book=None).stdout.startswith("staff.xlsx: an empty book")


def test_mistakes_of_the_book_and_unknown_people_are_told(plan: Plan, tmp_path: Path):
    result = plan(*DAYS, book=write_book(tmp_path, levels=[{"name": "clinical"}]))
    assert result.exit_code == USAGE
    assert "paraclinical" in result.stderr
    plan(*DAYS)
    result = plan("--keep", f"{FILE}.xlsx", "--absent", "Zoe", "--absent-from", "2026-05-05")
    assert (result.exit_code, result.stderr) == (
        FAILURE,
        'person "Zoe" is not in the book; add a row to its sheet "staff"\n',
    )


def test_the_demo_book_becomes_a_roster(plan: Plan):
    days = ("--from", "2026-05-25", "--to", "2026-05-31", "--seconds", "10")
    result = plan(*days, book=ROOT / "params" / "staff.demo.yaml")
    assert result.exit_code == OK, result.stderr
    assert "nursing · Therapy ward: 14 seats, 14 filled, 0 empty" in result.stdout


def test_help_loads_no_planner():
    code = "import sys; from schedvisu_lib.cli import app; from typer.testing import CliRunner as C; "
    code += "C().invoke(app, ['plan', 'roster', '--help']); "
    code += "print([name for name in ('pandas', 'ortools', 'openpyxl', 'matplotlib') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
