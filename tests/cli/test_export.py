"""``schedvisu export`` as a user types it, on a small store: what lies in the files and how it exits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from icalendar import Calendar
from pypdf import PdfReader
from typer.testing import CliRunner, Result

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.errors import ReportError
from schedvisu_lib.report.browser import find_browser
from tests.conftest import Builder, write_site_file

OK, FAILURE, USAGE, PARTIAL = 0, 1, 2, 3
DAYS = ("--from", "2026-05-18", "--to", "2026-05-19", "--end", "2026-05-22")
D690 = "Discovery 690"

Export = Callable[..., Result]


@pytest.fixture
def site(tmp_path: Path, make_series: Builder) -> sv.Site:
    """Two stored days: three exams on the Discovery 690 on Monday, one with a nasty description; none on Tuesday."""
    site = sv.load_site(write_site_file(tmp_path))
    rows = [
        {"study_uid": f"1.2.{number}", "series_uid": f"1.2.{number}.1", "patient": f"pseudonym {number}"} | more
        for number, more in enumerate(
            [
                {"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"},
                {"start": "2026-05-18 08:30", "end": "2026-05-18 09:00"},
                {"start": "2026-05-18 11:00", "end": "2026-05-18 11:45:30", "study_description": "=cœur; \x1b"},
            ],
            start=1,
        )
    ]
    store = sv.open_store(site)
    store.write_day(datetime(2026, 5, 18).date(), make_series(rows))
    store.write_day(datetime(2026, 5, 19).date(), make_series())
    return site


@pytest.fixture
def export(site: sv.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Runs the command in a folder of its own."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: object, days: tuple[str, ...] = DAYS) -> Result:
        words = ["export", *map(str, arguments), "--site", str(site.file), *days]
        return CliRunner().invoke(app, words)

    return run


def test_studies_as_french_csv_in_this_folder(export: Export, site: sv.Site) -> None:
    result = export("studies")
    assert (result.exit_code, result.stderr) == (OK, "")
    assert result.stdout == "studies-2026-05-18_2026-05-19.csv: studies 3 rows\n"
    read = pd.read_csv("studies-2026-05-18_2026-05-19.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert list(read["minutes"]) == [20, 30, 45.5]
    assert list(read["exam_type"]) == ["FDG STAND.", "FDG STAND.", "OTHER"]
    assert list(read["study_description"])[2] == "'=cœur;  "
    assert "pseudonym" not in Path("studies-2026-05-18_2026-05-19.csv").read_text(encoding="utf-8")


def test_counts_for_english_programs(export: Export, site: sv.Site) -> None:
    twice = ("--scanner", D690, "--scanner", D690)
    assert export("counts", *twice, "--delimiter", ",", "--out", "c.csv").exit_code == OK
    read = pd.read_csv("c.csv", encoding="utf-8-sig")
    studies = sv.open_store(site).studies("2026-05-18", "2026-05-19")
    meant = sv.count_table(studies, site, D690, "2026-05-18", "2026-05-19")
    assert list(read["bin"]) == list(meant.index)
    for name in meant.columns:
        assert list(read[name]) == pytest.approx(list(meant[name]), abs=5e-7), name


def test_all_tables_as_a_workbook(export: Export, site: sv.Site) -> None:
    result = export("all", "--out", "week.xlsx")
    assert result.stdout == "week.xlsx: studies 3 rows, counts 10 rows, durations 2 rows, gaps 1 row\n"
    book = openpyxl.load_workbook("week.xlsx")
    assert book.sheetnames == ["studies", "counts", "durations", "gaps", "about"]
    [_, gap] = book["gaps"].iter_rows(values_only=True)
    assert gap[4:] == (110, "hole")  # 09:00 + 5 min to 11:00 - 5 min
    assert book["studies"]["F4"].value == "=cœur;  "
    assert book["studies"]["F4"].data_type == "s"


def test_durations_as_parquet_in_a_folder_that_is_made(export: Export) -> None:
    result = export("durations", "--scanner", D690, "--format", "parquet", "--out", "new")
    assert result.exit_code == OK
    read = pd.read_parquet(Path("new", "durations-2026-05-18_2026-05-19-discovery-690.parquet"))
    assert list(zip(read["exam_type"], read["n"], read["median_minutes"], strict=True)) == [
        ("FDG STAND.", 2, 25),
        ("OTHER", 1, 45.5),
    ]


def test_agenda_as_icalendar(export: Export) -> None:
    assert export("agenda", "--scanner", D690).stdout.endswith(".ics: agenda 3 rows\n")
    content = Path("agenda-2026-05-18_2026-05-19-discovery-690.ics").read_bytes()
    events = list(Calendar.from_ical(content).walk("VEVENT"))
    assert [str(event["SUMMARY"]) for event in events] == ["FDG STAND.", "FDG STAND.", "AUTRE"]
    assert b"pseudonym" not in content
    assert b"1.2.1" not in content


def test_without_days_it_is_the_shortest_period_of_the_report(export: Export) -> None:
    result = export("gaps", days=("--end", "2026-05-22"))
    assert result.stdout == "gaps-2026-05-18_2026-05-22.csv: gaps 1 row\n"
    result = export("gaps", "--period", "monthly", days=("--end", "2026-05-22"))
    assert result.stdout == "gaps-2026-04-27_2026-05-22.csv: gaps 1 row\n"


def test_days_that_the_store_lacks_are_told_and_the_rest_is_written(export: Export) -> None:
    result = export("all", "--out", "week.xlsx", days=("--from", "2026-05-18", "--end", "2026-05-22"))
    assert result.exit_code == PARTIAL
    lacking = "3 days (2026-05-20 to 2026-05-22) are not, or not wholly, in the store; run schedvisu retrieve"
    assert result.stderr.splitlines()[0] == f"missing: {lacking}"
    assert result.stdout.startswith("week.xlsx: studies 3 rows")
    facts = dict(row[:2] for row in openpyxl.load_workbook("week.xlsx")["about"].iter_rows(values_only=True))
    assert facts["Manque"] == lacking


@pytest.mark.parametrize("what", ["studies", "durations", "gaps", "agenda"])
def test_days_without_exams_give_a_heading_and_no_error(what: str, export: Export) -> None:
    days = ("--from", "2026-05-19", "--to", "2026-05-19", "--end", "2026-05-22")
    result = export(what, days=days)
    assert (result.exit_code, result.stderr) == (OK, "")
    assert result.stdout.endswith(f": {what} 0 rows\n")
    [file] = Path().glob(f"{what}-*")
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1 or file.suffix == ".ics"


def test_an_older_file_is_replaced_whole(export: Export) -> None:
    Path("g.csv").write_text("of last week", encoding="utf-8")
    assert export("gaps", "--out", "g.csv").exit_code == OK
    assert "of last week" not in Path("g.csv").read_text(encoding="utf-8")
    assert sorted(file.name for file in Path().iterdir()) == ["g.csv"]


def test_a_file_that_cannot_be_written_is_one_line(export: Export) -> None:
    Path("taken").write_text("", encoding="utf-8")
    result = export("gaps", "--out", "taken/g.csv")
    assert result.exit_code == FAILURE
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(str(Path("taken", "g.csv")) + ": cannot be written (")
    assert "close it where it is open, or choose another --out" in result.stderr


def test_while_a_run_is_writing_what_was_made_before_is_exported(export: Export, site: sv.Site) -> None:
    assert export("studies", "--out", "s.csv").exit_code == OK
    (site.store.folder / "series" / "2026" / "20260519.parquet").touch()  # as a run that retrieves does
    with sv.open_store(site).locked():
        result = export("studies", "--out", "s.csv")
    assert result.exit_code == PARTIAL
    assert "what changed in 2026 since its exams were made" in result.stderr
    assert str(site.store.folder) in result.stderr
    assert result.stdout == "s.csv: studies 3 rows\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["agenda", "--format", "xlsx"], "agenda cannot be written as xlsx; allowed: ics"),
        (["gaps", "--out", "g.doc"], 'g.doc: the ending "doc" is no format; allowed for gaps: csv, xlsx, parquet'),
        (["gaps", "--delimiter", ":"], '--delimiter ":" is unknown; allowed: , ; tab'),
        (["gaps", "--out", "g.xlsx", "--delimiter", ","], "--delimiter is for csv, not for xlsx; leave it out"),
        (["gaps", "--period", "weekly"], "--from and --period both say which days; leave one of them out"),
        (["gaps", "--scanner", "MRI"], 'scanner "MRI" is unknown; site.yaml has: Discovery 690'),
        (["page"], "page scanner-page shows one scanner; add one --scanner (site.yaml has: Discovery 690"),
        (["page", "--page", "overview", "--scanner", D690], "page overview shows all scanners; leave --scanner out"),
        (
            ["page", "--page", "overview", "--format", "csv"],
            "page cannot be written as csv; allowed: pdf, png, svg, html",
        ),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments: list[str], words: str, export: Export) -> None:
    result = export(*arguments)
    assert result.exit_code == USAGE
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(words)
    assert list(Path().iterdir()) == []


def test_an_unknown_thing_to_export_is_told_with_what_there_is(export: Export) -> None:
    result = export("exams")
    assert result.exit_code == USAGE
    assert "durations" in result.stderr


def test_a_page_as_pdf(export: Export, site: sv.Site) -> None:
    try:
        find_browser(site.report.browser)
    except ReportError as error:
        pytest.skip(str(error))
    result = export("page", "--scanner", D690, "--out", "page.pdf")
    assert (result.exit_code, result.stderr) == (OK, "")
    assert result.stdout.startswith(f"page.pdf: {D690}, ")
    [page] = PdfReader("page.pdf").pages
    assert D690 in page.extract_text()
    assert [file.name for file in Path().iterdir()] == ["page.pdf"]


def test_help_of_export_needs_no_pandas() -> None:
    code = (
        "import sys; from schedvisu_lib.cli import app\n"
        "try: app(['export', '--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'pandas', 'openpyxl', 'icalendar', 'papermill'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--delimiter" in done.stdout
