"""One week through the whole chain: overview, scanner page, data quality, HTML, PDF and exports agree."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader
from typer.testing import CliRunner

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.collect import collect_days
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.periods import working_days
from tests.conftest import FromOneNursery, write_site_file

VISION = "Vision 600"
FIRST, LAST = date(2026, 5, 18), date(2026, 5, 22)
SPACES = re.compile("[\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}]")


@dataclass(frozen=True)
class Told:
    """The same week, as each way out of the store tells it."""

    html: BeautifulSoup
    pdf: list[str]
    tables: dict[str, pd.DataFrame]
    workbook: Path

    def page(self, kind: str) -> Tag:
        """Return the only page of a kind."""
        [section] = self.html.find_all("section", class_=kind)
        return section

    def row(self, kind: str, table: str, name: str) -> dict[str, str]:
        """Return a row of a table of a page by its headings; of a cell its first line."""
        found = self.page(kind).find("table", class_=table)
        headings = [cell.get_text(" ", strip=True) for cell in found.find("thead").find_all("th")]
        [row] = [row for row in found.find_all("tr") if row.find("th").get_text(strip=True) == name]
        cells = [SPACES.sub("", cell.get_text("\n").strip().split("\n")[0]) for cell in row.find_all(["th", "td"])]
        return dict(zip(headings, cells, strict=True))

    def hovered(self, kind: str) -> list[list[int]]:
        """Return the exams that the pointer finds on a page."""
        facts = [json.loads(script.string) for script in self.page(kind).select(".hoverable script")]
        return [exam for picture in facts for _, exams in picture["days"] for exam in exams]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, from_one_nursery: FromOneNursery) -> Told:
    """Retrieve a week from the demo's archive, report it and export it, by the command line."""
    folder = tmp_path_factory.mktemp("agree")
    site = sv.load_site(write_site_file(folder, drop=["planned"]))
    with DemoArchive(Hospital(site), port=0) as archive:
        asked = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
        days = working_days(site.calendar, FIRST, LAST)
        assert collect_days(asked, sv.open_store(site), days, lambda day: None).problems == ()
    with from_one_nursery():
        call(site, "report", "--scanner", VISION)
    tables = {}
    for what in ("studies", "counts", "durations", "gaps"):
        file = folder / f"{what}.csv"
        call(site, "export", what, "--out", str(file))
        tables[what] = pd.read_csv(file, sep=";", decimal=",", encoding="utf-8-sig").query("scanner == @VISION")
    call(site, "export", "all", "--out", str(folder / "all.xlsx"))
    [html], [pdf] = site.report.folder.glob("*.html"), site.report.folder.glob("*.pdf")
    pages = [SPACES.sub("", page.extract_text()) for page in PdfReader(pdf).pages]
    return Told(BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser"), pages, tables, folder / "all.xlsx")


def call(site: sv.Site, *words: str) -> None:
    done = CliRunner().invoke(
        app, [*words, "--site", str(site.file), "--end", "2026-05-22", "--period", "weekly"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output


def percent(ratio: float) -> str:
    return f"{ratio * 100:.0f}%"


def test_exams_slots_gaps_and_ratios_are_the_same_everywhere(told: Told) -> None:
    studies, counts, gaps = told.tables["studies"], told.tables["counts"], told.tables["gaps"]
    overview = told.row("overview", "overview", VISION)
    names = ("Examens", "Plages", "Trous", "Utilisation", "Occupation")
    page = {name: told.row("scanner-page", "counts", name)["Total"] for name in names}
    assert {name: overview[name] for name in names} == page
    exams, slots = int(counts["exams"].sum()), int(counts["slots"].sum())
    assert exams > 60
    assert (page["Examens"], page["Plages"], page["Trous"]) == (str(exams), str(slots), str(len(gaps)))
    assert exams == len(studies)
    assert len(gaps) == int(counts["gaps"].sum()) > 0
    assert page["Utilisation"] == percent(exams / slots)
    hours = 4 * 10 + 9  # 07:30 to 17:30, on Friday to 16:30
    busy = 0.0
    for _, day in studies.groupby("date"):
        until = ""
        for begin, end in sorted(zip(day["prepared_from"], day["prepared_until"], strict=True)):
            begins = max(begin, until)
            busy += max((pd.Timestamp(end) - pd.Timestamp(begins)).total_seconds(), 0) / 3600
            until = max(until, end)
    assert page["Occupation"] == percent(busy / hours)
    minutes = int(gaps["minutes"].sum() + 0.5)
    assert overview["Durée des trous"] == f"{minutes // 60}:{minutes % 60:02d}"


def test_each_exam_and_each_gap_has_a_duration(told: Told) -> None:
    table = told.page("scanner-page").find("table", class_="durations")
    n = {row.find("th").get_text(): int(SPACES.sub("", row.find("td").get_text())) for row in table.select("tbody tr")}
    durations, gaps = told.tables["durations"], told.tables["gaps"]
    apart = {"Rotation", "Trou\xa0: pause de midi", "Trou\xa0: hors service", "Trou\xa0: inexpliqué"}
    assert (
        sum(count for name, count in n.items() if name not in apart)
        == durations["n"].sum()
        == len(told.tables["studies"])
    )
    assert n.get("Trou\N{NO-BREAK SPACE}: pause de midi", 0) == (gaps["class"] == "lunch").sum()
    assert n.get("Trou\N{NO-BREAK SPACE}: inexpliqué", 0) == (gaps["class"] == "hole").sum()
    row = told.row("scanner-page", "durations", "FDG STAND.")
    median = durations.set_index("exam_type").loc["FDG STAND.", "median_minutes"]
    assert row["Médiane"] == f"{median:.1f}".replace(".", ",")


def test_the_pointer_finds_each_exam_once(told: Told) -> None:
    assert len(told.hovered("scanner-page")) == len(told.tables["studies"])
    rows = told.page("overview").select("table.overview tbody tr")
    n = [int(row.find("td").get_text("\n").strip().split("\n")[0]) for row in rows]
    assert len(told.hovered("overview-hours")) == sum(n)


def test_series_that_make_exams_are_those_of_the_exams(told: Told) -> None:
    found = told.page("data-quality").find("table")
    headings = [cell.get_text(" ", strip=True) for cell in found.find("thead").find_all("th")]
    [row] = [row for row in found.select("tbody tr") if "donne un examen" in row.get_text()]
    cells = [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
    assert int(SPACES.sub("", cells[headings.index(VISION)])) == told.tables["studies"]["n_series"].sum()


def test_the_pdf_prints_what_the_html_shows(told: Told) -> None:
    sections = told.html.find_all("section", class_="page")
    assert len(told.pdf) == len(sections)
    for text, section in zip(told.pdf, sections, strict=True):
        shown = [SPACES.sub("", cell.get_text("\n").strip().split("\n")[0]) for cell in section.select("td")]
        numbers = {cell for cell in shown if re.fullmatch(r"[\d:,.%]+", cell)}
        assert {cell for cell in numbers if cell not in text} == set()


def test_the_workbook_holds_the_same_rows(told: Told) -> None:
    book = openpyxl.load_workbook(told.workbook, read_only=True)
    for what, table in told.tables.items():
        headings, *rows = book[what].iter_rows(values_only=True)
        place = headings.index("scanner")
        assert len([row for row in rows if row[place] == VISION]) == len(table)
